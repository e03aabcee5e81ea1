package intake

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"dossier/pipeline"
)

// Options say how an inbox is watched. Zero values mean the defaults.
type Options struct {
	Inbox string // the folder; it may be missing for a while, and come back
	// Settle is how long a file must be at rest before it is read: 2 s. Writers that pause
	// longer in the middle of a file are rare (a stalled download keeps its temporary name),
	// and what changes afterwards is taken in again as a replacement.
	Settle time.Duration
	// Rescan is how often the whole inbox is looked through for what the system's
	// notifications missed: 30 s.
	Rescan time.Duration
	// Poll does without notifications, for network drives, where they show only what this
	// machine does: the inbox is looked through every PollEvery instead (2 s). A file that was
	// taken in and kept is looked at again at every Rescan.
	Poll      bool
	PollEvery time.Duration
	// Patience is how long a file may keep changing before it is reported as such: 10 min. It
	// is watched on.
	Patience time.Duration
	// Keep leaves files in the inbox after they were taken in.
	Keep bool
	// Workers is how many files are read at once: 2. Reading is mostly waiting for the disk to
	// have written; the cores are for the checks.
	Workers int
	// Happened is told of every event, from several goroutines at once. It may take its time:
	// it holds up one worker, not the watching.
	Happened func(Event)
	Log      *slog.Logger

	source func() (eventSource, error) // notifications; a test's own in tests
}

func (o Options) withDefaults() Options {
	set := func(d *time.Duration, value time.Duration) {
		if *d <= 0 {
			*d = value
		}
	}
	set(&o.Settle, 2*time.Second)
	set(&o.Rescan, 30*time.Second)
	set(&o.PollEvery, 2*time.Second)
	set(&o.Patience, 10*time.Minute)
	if o.Workers <= 0 {
		o.Workers = 2
	}
	if o.Happened == nil {
		o.Happened = func(Event) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.source == nil {
		o.source = newNotifications
	}
	return o
}

// An eventSource tells of changes in folders: fsnotify, or nothing at all.
type eventSource interface {
	Add(path string) error
	Events() <-chan fsnotify.Event
	Errors() <-chan error
	Close() error
}

type notifications struct{ *fsnotify.Watcher }

func newNotifications() (eventSource, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	return notifications{w}, nil
}

func (n notifications) Events() <-chan fsnotify.Event { return n.Watcher.Events }
func (n notifications) Errors() <-chan error          { return n.Watcher.Errors }

// A Watcher takes in what lands in an inbox.
//
// Its state belongs to one goroutine, the one in Run. Looking through folders, reading files
// and speaking to the ledger happen in others, which get values and give values back. What
// the system reports is only ever a hint to look: files are judged by what lstat says of them,
// so that lost, late and invented notifications cost time and nothing else.
type Watcher struct {
	taker   *Taker
	o       Options
	inbox   string // absolute
	events  <-chan fsnotify.Event
	errors  <-chan error
	source  eventSource
	entries map[string]*entry    // files followed, by path below the inbox
	ignored map[string]leftAlone // entries left alone, as the ledger was told
	dirty   map[string]bool      // paths that notifications named and that were not looked at yet
	dirtyAt time.Time            // when to look at them
	wake    time.Time            // when the earliest entry is due, or zero
	queue   []string             // settled, waiting for a worker
	running int
	results chan result

	scans    map[string]bool // folders to look through; "." is all of it
	scanning bool
	scanned  chan scanResult
	nextScan time.Time
	fullScan time.Time       // when a look has to look at every file again
	folders  map[string]bool // folders seen, so that one that goes is known to have been one
	absent   bool            // the inbox was not there at the last look
	blind    bool            // some folders' notifications could not be had
	said     string          // the last trouble with the inbox as a whole, not to be repeated

	notes     []note // for the ledger and for Happened, in order
	noting    bool
	noted     chan error
	noteAt    time.Time // after trouble: not before
	noteTries int
}

// entry states: who moves a file from one to the next is written beside each.
type state int

const (
	waiting state = iota // not yet at rest, or to be tried again; check() moves it on
	queued               // at rest; dispatch() moves it on
	reading              // a worker has it; finish() moves it on
	resting              // taken in, or left alone, and still there; only a change moves it on
)

type entry struct {
	state    state
	rest     rest
	touched  bool      // something was noticed while a worker had it
	retryAt  time.Time // not to be tried before, after trouble
	attempts int       // in a row that met trouble
	late     bool      // reported as still changing
}

// A result is what a worker hands back.
type result struct {
	rel   string
	want  stamp // what the file looked like when it was given to the worker
	err   error // nil, errChanged, errGone, *leftAlone, or trouble
	stays bool  // the file was left where it is on purpose, looking like stamp
	stamp stamp
}

type scanResult struct {
	snapshot snapshot
	err      error
}

// A note is something for the ledger or for Happened, sent by one goroutine in order, so that
// "left alone" and its taking back never overtake each other.
type note struct {
	entry  pipeline.Ignored
	forget bool
	event  *Event // only this, when set
}

// NewWatcher prepares to watch o.Inbox. taker does the taking in.
func NewWatcher(taker *Taker, o Options) (*Watcher, error) {
	if taker == nil || taker.Vault == nil || taker.Ledger == nil {
		return nil, errors.New("watch: a vault and a ledger are needed")
	}
	if o.Inbox == "" {
		return nil, errors.New("watch: no inbox is given")
	}
	inbox, err := filepath.Abs(o.Inbox)
	if err != nil {
		return nil, fmt.Errorf("watch %s: %w", o.Inbox, err)
	}
	return &Watcher{taker: taker, o: o.withDefaults(), inbox: inbox}, nil
}

// grain is how finely times are kept: what falls due within it is done together, so that ten
// thousand files do not mean ten thousand wake-ups. A twentieth of the window is not felt.
func (w *Watcher) grain() time.Duration {
	return min(max(w.o.Settle/20, time.Millisecond), 100*time.Millisecond)
}

// Run watches until ctx ends, waits for the files that are being taken in at that moment, and
// returns nil. Whatever goes wrong with a file, a folder, the vault or the ledger is told to
// Happened and tried again.
func (w *Watcher) Run(ctx context.Context) error {
	w.entries = map[string]*entry{}
	w.ignored = map[string]leftAlone{}
	w.dirty = map[string]bool{}
	w.scans = map[string]bool{".": true}
	w.results = make(chan result)
	w.scanned = make(chan scanResult)
	w.noted = make(chan error)
	w.folders = map[string]bool{}
	w.queue, w.notes = nil, nil
	w.absent, w.blind, w.said = false, false, ""
	w.dirtyAt, w.wake, w.noteAt, w.nextScan, w.fullScan = time.Time{}, time.Time{}, time.Time{}, time.Time{}, time.Time{}
	if !w.o.Poll {
		source, err := w.o.source()
		if err != nil {
			w.say(fmt.Errorf("the system's notifications are not available, so the inbox is polled: %w", err))
		} else {
			w.source, w.events, w.errors = source, source.Events(), source.Errors()
			defer source.Close()
		}
	}
	defer w.drain()
	if err := w.taker.recover(ctx, w.inbox, w.o.Keep); err != nil && ctx.Err() == nil {
		w.say(fmt.Errorf("files that an interrupted run had set aside could not be looked at: %w", err))
	}

	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		w.startScan(ctx)
		w.dispatch(ctx)
		w.startNote(ctx)
		timer.Reset(time.Until(w.nextWake()))
		select {
		case <-ctx.Done():
			return nil
		case e, ok := <-w.events:
			if !ok {
				w.events = nil
				continue
			}
			w.notice(e)
		case err, ok := <-w.errors:
			if !ok {
				w.errors = nil
				continue
			}
			w.o.Log.Debug("notifications were lost, looking through the inbox", "error", err)
			w.scans["."] = true // something was missed, nobody knows what
			w.fullScan = time.Time{}
		case s := <-w.scanned:
			w.merge(s)
		case r := <-w.results:
			w.finish(r)
		case err := <-w.noted:
			w.finishNote(err)
		case <-timer.C:
			w.tick()
		}
	}
}

// drain waits for everything that was started, so that nothing outlives Run.
func (w *Watcher) drain() {
	for w.running > 0 || w.scanning || w.noting {
		select {
		case <-w.results:
			w.running--
		case <-w.scanned:
			w.scanning = false
		case <-w.noted:
			w.noting = false
		}
	}
	w.source, w.events, w.errors = nil, nil, nil
}

// now reads the clock the windows are measured by. It is the monotonic one: a laptop whose
// time is set while a file settles must not matter.
func (w *Watcher) now() time.Time { return time.Now() }

// nextWake is when the owner has something to do if nobody calls before. A look through the
// inbox that is still going on calls by itself.
func (w *Watcher) nextWake() time.Time {
	next := w.now().Add(time.Hour)
	for _, t := range []time.Time{w.wake, w.dirtyAt, w.noteAt} {
		if !t.IsZero() && t.Before(next) {
			next = t
		}
	}
	if !w.scanning && w.nextScan.Before(next) {
		next = w.nextScan
	}
	return next
}

// tick does what has fallen due.
func (w *Watcher) tick() {
	now := w.now()
	if !w.scanning && !now.Before(w.nextScan) {
		w.scans["."] = true
	}
	if !w.dirtyAt.IsZero() && !now.Before(w.dirtyAt) {
		w.lookAtDirty()
	}
	if !w.wake.IsZero() && !now.Before(w.wake) {
		w.checkWaiting()
	}
	if !w.noteAt.IsZero() && !now.Before(w.noteAt) {
		w.noteAt = time.Time{}
	}
}

// notice marks what a notification names; it is looked at together with what else comes now.
func (w *Watcher) notice(e fsnotify.Event) {
	rel, err := filepath.Rel(w.inbox, e.Name)
	if err != nil || strings.HasPrefix(rel, "..") {
		w.scans["."] = true
		return
	}
	rel = filepath.ToSlash(rel)
	if isLeaving(path.Base(rel)) {
		return // our own
	}
	if en := w.entries[rel]; en != nil && en.state == waiting && en.attempts > 0 {
		// Somebody did something about a file that could not be read: new rights, perhaps.
		en.retryAt = time.Time{}
		w.schedule(en)
	}
	w.dirty[rel] = true
	if w.dirtyAt.IsZero() {
		w.dirtyAt = w.now().Add(w.grain())
	}
}

func isLeaving(base string) bool { return strings.HasPrefix(base, leavingPrefix) }
