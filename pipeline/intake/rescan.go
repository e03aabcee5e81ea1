package intake

import (
	"context"
	"fmt"
	"os"
)

// startScan looks through the inbox, or a folder that was reported, if that is due.
func (w *Watcher) startScan(ctx context.Context) {
	if w.scanning || len(w.scans) == 0 {
		return
	}
	// Many new folders at once are looked through together with everything else.
	dir := "."
	var known map[string]stamp
	if !w.scans["."] && len(w.scans) <= 64 {
		for dir = range w.scans {
			break
		}
		delete(w.scans, dir)
	} else {
		clear(w.scans)
		w.nextScan = w.now().Add(w.o.Rescan)
		known = w.known()
	}
	source := w.source
	w.scanning = true
	go func() {
		var watchError error
		var watch func(string)
		if source != nil {
			watch = func(path string) {
				if err := source.Add(path); err != nil && !missing(err) {
					watchError = err
				}
			}
		}
		s, err := scan(ctx, w.inbox, dir, known, watch)
		s.watchError = watchError
		w.scanned <- scanResult{s, err}
	}()
}

// known are the files that this look through the inbox need not look at. Between two rescans a
// poll is after what is new or still changing; ten thousand files that were taken in and left
// where they lie are only seen to be there, which costs a tenth.
func (w *Watcher) known() map[string]stamp {
	if w.now().Before(w.fullScan) {
		known := make(map[string]stamp, len(w.entries))
		for rel, e := range w.entries {
			if _, answers := answersCase(rel); e.state == resting && !answers { // answers are edited where they lie
				known[rel] = e.rest.last
			}
		}
		return known
	}
	w.fullScan = w.now().Add(w.o.Rescan)
	return nil
}

// merge takes over what a look through a folder found.
func (w *Watcher) merge(r scanResult) {
	w.scanning = false
	s := r.snapshot
	if s.dir == "." {
		w.absent = s.missing
		w.blind = s.watchError != nil
		every := w.o.Rescan
		if w.source == nil || w.absent || w.blind || r.err != nil {
			every = w.o.PollEvery
		}
		w.nextScan = w.now().Add(every)
		switch {
		case r.err != nil:
			w.say(fmt.Errorf("the inbox %s cannot be looked through; check that the folder may be read: %w", w.inbox, r.err))
		case s.missing:
			w.say(fmt.Errorf("the inbox %s is not there; files are taken in again as soon as it is back", w.inbox))
		case s.watchError != nil:
			w.say(fmt.Errorf("not every folder's changes are reported by the system, so the inbox is polled; on Linux raise fs.inotify.max_user_watches: %w", s.watchError))
		case s.full:
			w.say(fmt.Errorf("the inbox holds more than %d files; the rest is looked at when these have left", MaxEntries))
		default:
			w.say(nil)
		}
	}
	if r.err != nil {
		return
	}
	if s.missing {
		w.forget(s.dir)
		return
	}
	for _, dir := range s.folders {
		w.folders[dir] = true
	}
	for rel, left := range s.ignored {
		if e := w.entries[rel]; e != nil && e.state != reading {
			delete(w.entries, rel)
		}
		w.leave(rel, left)
	}
	for rel, st := range s.files {
		w.observe(rel, st)
	}
	w.compare(s)
}

// compare looks at everything that was followed below the folder and was not found there.
func (w *Watcher) compare(s snapshot) {
	var gone []string
	for rel := range w.entries {
		if _, found := s.files[rel]; !found && under(rel, s.dir) {
			gone = append(gone, rel)
		}
	}
	for rel := range w.ignored {
		_, isFile := s.files[rel]
		if _, found := s.ignored[rel]; !found && !isFile && under(rel, s.dir) {
			gone = append(gone, rel)
		}
	}
	if len(gone) == 0 {
		return
	}
	root, err := os.OpenRoot(w.inbox)
	if err != nil {
		w.scans["."] = true
		return
	}
	defer root.Close()
	for _, rel := range gone {
		// The snapshot is older than this moment; what is true now decides.
		info, err := root.Lstat(rel)
		if err == nil && info.IsDir() {
			w.unleave(rel) // it was left alone and was looked through this time
			continue
		}
		w.look(root, rel)
	}
}
