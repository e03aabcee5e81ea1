package intake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"dossier/pipeline"
)

// This file is what the Watcher's goroutine does with each file: follow it until it rests, give
// it to a worker, and draw the conclusions.

// lookAtDirty looks at every path that notifications named.
func (w *Watcher) lookAtDirty() {
	dirty := w.dirty
	w.dirty, w.dirtyAt = map[string]bool{}, time.Time{}
	root, err := os.OpenRoot(w.inbox)
	if err != nil {
		w.scans["."] = true
		return
	}
	defer root.Close()
	for rel := range dirty {
		if rel == "." {
			w.scans["."] = true
			continue
		}
		w.look(root, rel)
	}
}

// look looks at one path and follows up what is there now.
func (w *Watcher) look(root *os.Root, rel string) {
	info, err := root.Lstat(rel)
	switch {
	case missing(err):
		w.forget(rel)
		return
	case err != nil:
		return // the next look through the inbox says more
	}
	// A folder above may be hidden or a link, if notifications and the world have moved apart.
	var left *leftAlone
	parents(rel, func(part string) bool {
		mode := info.Mode()
		if part != rel {
			mode = fs.ModeDir
		}
		if reason, detail := ignoreEntry(part, mode); reason != "" {
			if part == rel {
				left = &leftAlone{reason, detail}
			} else {
				left = &leftAlone{}
			}
		}
		return left == nil
	})
	switch {
	case left != nil && left.reason == "":
		return
	case left != nil:
		if e := w.entries[rel]; e != nil && e.state == reading {
			e.touched = true
		} else {
			delete(w.entries, rel)
		}
		w.leave(rel, *left)
	case info.IsDir():
		w.scans[rel] = true
	default:
		w.observe(rel, stamp{info})
	}
}

// observe follows a file that is there and looks like s.
func (w *Watcher) observe(rel string, s stamp) {
	now := w.now()
	e := w.entries[rel]
	if e == nil {
		e = &entry{rest: newRest(s, now)}
		w.entries[rel] = e
		w.schedule(e)
		return
	}
	switch e.state {
	case reading:
		e.touched = true
		return
	case resting:
		if e.rest.last.alike(s) {
			return
		}
		// A file that was replaced where it lay begins anew.
		*e = entry{rest: newRest(s, now)}
		w.unleave(rel)
	case queued, waiting:
		if !e.rest.last.alike(s) {
			e.attempts, e.retryAt = 0, time.Time{}
			if e.state == queued {
				e.state = waiting // dispatch() passes over it
			}
		}
		e.rest.observe(s, now)
	}
	w.schedule(e)
}

// schedule makes sure that the owner wakes when e is due.
func (w *Watcher) schedule(e *entry) {
	if due := w.due(e); e.state == waiting && (w.wake.IsZero() || due.Before(w.wake)) {
		w.wake = due
	}
}

func (w *Watcher) due(e *entry) time.Time {
	due := e.rest.due(w.o.Settle)
	if e.retryAt.After(due) {
		due = e.retryAt
	}
	return due
}

// checkWaiting looks once more at the files whose window has passed, and queues those that
// have not changed.
func (w *Watcher) checkWaiting() {
	w.wake = time.Time{}
	now := w.now()
	root, err := os.OpenRoot(w.inbox)
	if err != nil {
		w.scans["."] = true
		return // when the inbox is back, all is looked through
	}
	defer root.Close()
	horizon := now.Add(w.grain())
	var settled []string
	for rel, e := range w.entries {
		if e.state != waiting {
			continue
		}
		if w.due(e).Before(horizon) {
			w.look(root, rel)
			if w.entries[rel] != e || e.state != waiting {
				continue
			}
			if !w.due(e).After(horizon) {
				if e.rest.last.info.Size() == 0 && w.claimed(root, rel) {
					e.rest.since = now // a browser is writing the real file beside it
				} else {
					e.state = queued
					settled = append(settled, rel)
					continue
				}
			}
		}
		if !e.late && now.Sub(e.rest.first) > w.o.Patience && e.attempts == 0 {
			e.late = true
			w.leave(rel, leftAlone{pipeline.IgnoreUnsettled, "it is taken in when it comes to rest"})
		}
		w.schedule(e)
	}
	slices.Sort(settled)
	w.queue = append(w.queue, settled...)
}

// claimed reports whether an empty file only holds the name for a download in progress.
func (w *Watcher) claimed(root *os.Root, rel string) bool {
	for _, suffix := range []string{".part", ".crdownload", ".download", ".partial"} {
		if _, err := root.Lstat(rel + suffix); err == nil {
			return true
		}
	}
	return false
}

// forget drops what is no longer there: rel and, if it was a folder, everything below it.
func (w *Watcher) forget(rel string) {
	drop := func(p string) {
		if e := w.entries[p]; e != nil {
			if e.state == reading {
				e.touched = true // finish() will look
			} else {
				delete(w.entries, p)
			}
		}
		w.unleave(p)
	}
	drop(rel)
	if rel != "." && !w.folders[rel] {
		return
	}
	for p := range w.folders {
		if under(p, rel) {
			delete(w.folders, p)
		}
	}
	for p := range w.entries {
		if under(p, rel) {
			drop(p)
		}
	}
	for p := range w.ignored {
		if under(p, rel) {
			w.unleave(p)
		}
	}
}

// leave notes that an entry is left alone, once for each reason.
func (w *Watcher) leave(rel string, left leftAlone) {
	if was, ok := w.ignored[rel]; ok && was == left {
		return
	}
	w.ignored[rel] = left
	record := w.taker.ignoredAt(w.path(rel), left)
	w.notes = append(w.notes, note{entry: record})
}

// unleave takes leave back.
func (w *Watcher) unleave(rel string) {
	if _, ok := w.ignored[rel]; !ok {
		return
	}
	delete(w.ignored, rel)
	w.notes = append(w.notes, note{entry: pipeline.Ignored{Path: w.path(rel)}, forget: true})
}

func (w *Watcher) path(rel string) string { return filepath.Join(w.inbox, filepath.FromSlash(rel)) }

// say tells of trouble with the inbox as a whole, once until it is another or over (nil).
func (w *Watcher) say(err error) {
	if err == nil {
		w.said = ""
		return
	}
	if err.Error() == w.said {
		return
	}
	w.said = err.Error()
	w.o.Log.Warn("watching the inbox", "error", err)
	w.notes = append(w.notes, note{event: &Event{Kind: EventTrouble, Path: w.inbox, Err: err}})
}

// dispatch gives settled files to the workers.
func (w *Watcher) dispatch(ctx context.Context) {
	for w.running < w.o.Workers && len(w.queue) > 0 && ctx.Err() == nil {
		rel := w.queue[0]
		w.queue = w.queue[1:]
		e := w.entries[rel]
		if e == nil || e.state != queued {
			continue // it went, or changed, while it waited
		}
		e.state, e.touched = reading, false
		w.running++
		want := e.rest.last
		go func() { w.results <- w.work(ctx, rel, want) }()
	}
}

// work takes one file in. It runs in a worker and touches nothing of the Watcher's state.
func (w *Watcher) work(ctx context.Context, rel string, want stamp) result {
	r := result{rel: rel, want: want}
	root, err := os.OpenRoot(w.inbox)
	if err != nil {
		r.err = errGone
		return r
	}
	defer root.Close()
	in := file{root: root, rel: rel, path: w.path(rel)}
	var answers bool
	in.place, answers = placeIn(rel)
	event := Event{Path: in.path, Case: in.place.Case}
	if answers {
		var changed bool
		changed, r.err = w.taker.answers(ctx, in, &want)
		r.stays, r.stamp = true, want
		event.Kind = EventAnswers
		if r.err == nil && !changed {
			return r
		}
	} else {
		var done bool
		event.Kind = EventTaken
		done, r.stays, r.err = w.takeIn(ctx, in, want, &event)
		r.stamp = want
		if done {
			w.o.Happened(event)
		}
		if done || r.err == nil {
			return r
		}
	}
	var left *leftAlone
	switch {
	case r.err == nil:
		w.o.Happened(event)
	case ctx.Err() != nil, errors.Is(r.err, errChanged), errors.Is(r.err, errGone), errors.As(r.err, &left):
	default:
		w.o.Log.Warn("taking in", "error", r.err)
		w.o.Happened(Event{Kind: EventTrouble, Path: in.path, Case: in.place.Case, Err: r.err})
	}
	return r
}

// takeIn is the order that nothing may break: vault, ledger, and only then the removal. done
// says that the ledger has the file.
func (w *Watcher) takeIn(ctx context.Context, in file, want stamp, event *Event) (done, stays bool, err error) {
	if w.o.Keep {
		_, seen, err := w.taker.Ledger.Seen(ctx, in.path, want.info.Size(), want.info.ModTime())
		if err != nil {
			return false, false, fmt.Errorf("look up in the ledger: %w", err)
		}
		if seen {
			return false, true, nil
		}
	}
	s, err := w.taker.stage(ctx, in, &want)
	if err != nil {
		return false, false, err
	}
	event.Receipts = s.receipts
	event.Standings, err = w.taker.record(ctx, s.receipts)
	if err != nil {
		return false, false, err
	}
	if w.o.Keep {
		return true, true, nil
	}
	switch err := remove(in, s.stamp); {
	case errors.Is(err, errChanged):
		return true, false, errChanged // another file lies there now; it is taken in in its turn
	case err != nil:
		event.Remains = err
		return true, true, nil
	}
	return true, false, nil
}

// finish draws the conclusions from what a worker hands back.
func (w *Watcher) finish(r result) {
	w.running--
	e := w.entries[r.rel]
	if e == nil {
		return
	}
	now := w.now()
	again := func() {
		e.state, e.rest.since = waiting, now
		w.schedule(e)
	}
	var left *leftAlone
	switch {
	case r.err == nil && r.stays:
		e.state, e.rest.last, e.attempts = resting, r.stamp, 0
		w.unleave(r.rel)
	case r.err == nil, errors.Is(r.err, errGone):
		delete(w.entries, r.rel)
		w.unleave(r.rel)
	case errors.Is(r.err, errChanged):
		again()
	case errors.As(r.err, &left) && left.reason != pipeline.IgnoreUnreadable:
		// Only a change of the file can change this.
		e.state, e.rest.last = resting, r.want
		w.leave(r.rel, *left)
	default:
		e.retryAt = now.Add(backoff(w.o.Settle, e.attempts))
		e.attempts++
		again()
		if left != nil {
			w.leave(r.rel, *left)
		}
	}
	if e.touched {
		e.touched = false
		w.dirty[r.rel] = true
		if w.dirtyAt.IsZero() {
			w.dirtyAt = now.Add(w.grain())
		}
	}
}

// maxBackoff is the longest wait before something is tried again: long enough to cost nothing,
// short enough that a clerk who has freed some disk sees it go on.
const maxBackoff = 5 * time.Minute

func backoff(base time.Duration, attempts int) time.Duration {
	return min(base<<min(attempts, 10), maxBackoff)
}

// startNote sends the next note, one at a time.
func (w *Watcher) startNote(ctx context.Context) {
	if w.noting || len(w.notes) == 0 || !w.noteAt.IsZero() || ctx.Err() != nil {
		return
	}
	w.noting = true
	n := w.notes[0]
	go func() { w.noted <- w.send(ctx, n) }()
}

func (w *Watcher) send(ctx context.Context, n note) error {
	switch {
	case n.event != nil:
		w.o.Happened(*n.event)
	case n.forget:
		return w.taker.Ledger.ForgetIgnored(ctx, n.entry.Path)
	default:
		if err := w.taker.Ledger.Ignore(ctx, n.entry); err != nil {
			return err
		}
		w.o.Happened(Event{Kind: EventIgnored, Path: n.entry.Path, Ignored: n.entry})
	}
	return nil
}

// finishNote goes on to the next note, or waits before it tries the same again.
func (w *Watcher) finishNote(err error) {
	w.noting = false
	if err == nil {
		w.notes, w.noteTries = w.notes[1:], 0
		return
	}
	w.o.Log.Warn("noting in the ledger what is left alone", "error", err)
	w.noteAt = w.now().Add(backoff(time.Second, w.noteTries))
	w.noteTries++
}
