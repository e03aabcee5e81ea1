package desk

import (
	"context"
	"fmt"
	"sync"
	"time"

	"dossier/pipeline"
	"dossier/pipeline/examine"
	"dossier/pipeline/intake"
)

const (
	// quiet is how long a case must have received nothing before it is examined: the four
	// files of a client come to rest within moments of each other and make one report.
	quiet = 500 * time.Millisecond

	// impatience is when it is examined anyway, though files keep coming.
	impatience = 3 * time.Second

	// lookEvery is how often the ledger is asked for work that another process made (a
	// decision, an assignment). One look takes less than a tenth of a millisecond.
	lookEvery = 2 * time.Second

	// firstRetry doubles with every attempt at a case that could not be examined, up to
	// lastRetry: a full disk is not worth a try every second.
	firstRetry = 10 * time.Second
	lastRetry  = 10 * time.Minute
)

// An Event is one thing that happened on the desk.
type Event struct {
	Case     string
	Name     string            // of the document taken in
	Standing pipeline.Standing // set for a document taken in
	Report   *pipeline.Case    // set for a case that has been examined
	Ignored  *pipeline.Ignored // set for an entry that was left alone
	Answers  bool              // the case's answers changed
	Err      error             // something that did not work; it is tried again
}

// Watch takes in what lands in the inbox and examines the cases it belongs to, until ctx ends.
// What earlier runs left undone is done first. notify is called for one event at a time.
func (d *Desk) Watch(ctx context.Context, notify func(Event)) error {
	var saying sync.Mutex
	say := func(e Event) {
		saying.Lock()
		defer saying.Unlock()
		notify(e)
	}
	if err := d.finishProjections(ctx, say); err != nil {
		if ctx.Err() != nil {
			return nil // the next start goes on with it
		}
		return err
	}

	arrivals := make(chan string, 64)
	watcher, err := intake.NewWatcher(d.taker, intake.Options{
		Inbox: d.InboxDir(), Settle: d.Config.Settle, Rescan: d.Config.Rescan, Poll: d.Config.Polling, Keep: d.Config.Keep, Log: d.log,
		Happened: func(e intake.Event) {
			d.tellIntake(e, say)
			if e.Case != "" && e.Case != pipeline.Unsorted {
				select {
				case arrivals <- e.Case:
				case <-ctx.Done():
				}
			}
		},
	})
	if err != nil {
		return fmt.Errorf("watching the inbox: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watching := make(chan error, 1)
	go func() {
		defer cancel()
		watching <- watcher.Run(ctx)
	}()
	d.work(ctx, arrivals, say)
	return <-watching
}

func (d *Desk) tellIntake(e intake.Event, say func(Event)) {
	switch e.Kind {
	case intake.EventTaken:
		for i, r := range e.Receipts {
			say(Event{Case: r.Case, Name: r.Name, Standing: e.Standings[i]})
		}
		if e.Remains != nil {
			say(Event{Case: e.Case, Err: fmt.Errorf("taken in, but it could not be removed from the inbox: %w", e.Remains)})
		}
	case intake.EventAnswers:
		say(Event{Case: e.Case, Answers: true})
	case intake.EventIgnored:
		ignored := e.Ignored
		say(Event{Ignored: &ignored})
	case intake.EventTrouble:
		say(Event{Case: e.Case, Err: e.Err})
	}
}

// finishProjections writes out the reports that a killed process left unwritten.
func (d *Desk) finishProjections(ctx context.Context, say func(Event)) error {
	left, err := d.ledger.Unprojected(ctx)
	if err != nil {
		return err
	}
	names := make([]string, len(left))
	for i, l := range left {
		names[i] = l.Case
	}
	if err := d.sweepProjections(names); err != nil {
		return err
	}
	for _, l := range left {
		c, err := d.ledger.Report(ctx, l.Case, l.Version)
		if err == nil {
			err = d.project(ctx, c)
		}
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			say(Event{Case: l.Case, Err: fmt.Errorf("writing the report out: %w", err)})
		}
	}
	return nil
}

// work examines the cases that wait for it, one a core, until ctx ends. One goroutine, this
// one, knows which are under way and which are still receiving files.
func (d *Desk) work(ctx context.Context, arrivals <-chan string, say func(Event)) {
	type stirring struct{ first, last time.Time }
	stir := map[string]stirring{}
	under := map[string]bool{}
	done := make(chan string)
	var workers sync.WaitGroup
	defer workers.Wait()
	slots := examine.Workers()
	timer := time.NewTimer(0)
	defer timer.Stop()

	for {
		select {
		case <-ctx.Done():
			go func() { // let those under way hand in
				workers.Wait()
				close(done)
			}()
			for range done {
			}
			return
		case name := <-arrivals:
			now := time.Now()
			s, ok := stir[name]
			if !ok {
				s.first = now
			}
			s.last = now
			stir[name] = s
			timer.Reset(quiet)
			continue
		case name := <-done:
			delete(under, name)
		case <-timer.C:
		}

		next := lookEvery
		// As many as are under way may be at the head of the list, and they are passed over.
		pending, err := d.ledger.Pending(ctx, 4*slots+len(under)+len(stir))
		if err != nil && ctx.Err() == nil {
			say(Event{Err: fmt.Errorf("looking for work: %w", err)})
		}
		now := time.Now()
		for _, w := range pending {
			if len(under) >= slots {
				break
			}
			if under[w.Case] {
				continue
			}
			if s, ok := stir[w.Case]; ok {
				wait := min(quiet-now.Sub(s.last), impatience-now.Sub(s.first))
				if wait > 0 {
					next = min(next, wait)
					continue
				}
				delete(stir, w.Case)
			}
			under[w.Case] = true
			workers.Go(func() {
				d.tryExamine(ctx, w.Case, w.Revision, w.Attempts, say)
				done <- w.Case
			})
		}
		for name, s := range stir { // of files that changed nothing
			if now.Sub(s.last) > impatience {
				delete(stir, name)
			}
		}
		timer.Reset(next)
	}
}

// tryExamine examines a case and, should that not work, sees to it that it is tried again
// later and not at once.
func (d *Desk) tryExamine(ctx context.Context, name string, revision int64, attempts int, say func(Event)) {
	c, err := d.Examine(ctx, name)
	if err == nil {
		say(Event{Case: name, Report: c})
		return
	}
	if ctx.Err() != nil {
		return // it is still pending
	}
	say(Event{Case: name, Err: err})
	wait := lastRetry
	if attempts < 6 { // 10 s doubled six times is past the longest wait
		wait = min(lastRetry, firstRetry<<attempts)
	}
	if err := d.ledger.Postpone(ctx, name, revision, d.now().Add(wait), "the examination could not be completed"); err != nil && ctx.Err() == nil {
		say(Event{Case: name, Err: err})
	}
}
