package desk

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"dossier/pipeline"
	"dossier/pipeline/examine"
	"dossier/pipeline/intake"
	"dossier/pipeline/ledger"
)

// BatchOptions say how a batch is done. Zero values mean the defaults.
type BatchOptions struct {
	Workers int // cases at the same time; one a core
}

// A BatchEvent tells how far a batch has come. Exactly one of Planned, Report and Err is set.
type BatchEvent struct {
	Planned int            // how many cases there are, told once before the first is begun
	Number  int            // of the case in the order of the folders, from 0; -1 if it has none
	Case    string         // the case, or the folder, that is done
	Report  *pipeline.Case // its report
	Resumed bool           // it had been done before and was not done again
	Again   bool           // it was told before; a later folder has changed what is to say of it
	Files   int            // that were read for it
	Bytes   int64          // likewise
	Ignored []pipeline.Ignored
	Err     error // why it could not be done; the others go on
}

// Batch takes in and examines existing client folders, without touching them, and returns how
// many cases they make. It may be interrupted at any moment; called again it goes on where it
// was. notify is called for one event at a time, in the order in which cases get done. At the end
// cases whose documents turned up in later folders too are examined once more, so that what is
// said of a case does not depend on its place.
func (d *Desk) Batch(ctx context.Context, dirs []string, o BatchOptions, notify func(BatchEvent)) (int, error) {
	if o.Workers <= 0 {
		o.Workers = examine.Workers()
	}
	var saying sync.Mutex
	number := map[string]int{} // the cases' places in the plan
	say := func(e BatchEvent) {
		saying.Lock()
		defer saying.Unlock()
		if n, ok := number[e.Case]; ok {
			e.Number = n
		} else {
			e.Number = -1
		}
		notify(e)
	}
	if err := d.finishProjections(ctx, func(e Event) { say(BatchEvent{Case: e.Case, Err: e.Err}) }); err != nil {
		return 0, err
	}
	plan := intake.PlanOptions{Claimed: d.claimed}
	total := 0
	for f, err := range intake.Plan(ctx, dirs, plan) {
		if err == nil && f.Name != pipeline.Unsorted {
			number[f.Name] = total
			total++
		}
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
	}
	if total > 0 {
		say(BatchEvent{Planned: total})
	}

	folders := make(chan intake.CaseFolder)
	var workers sync.WaitGroup
	for range o.Workers {
		workers.Go(func() {
			for f := range folders {
				if e := d.batchOne(ctx, f); ctx.Err() == nil && (f.Name != pipeline.Unsorted || e.Err != nil) {
					say(e)
				}
			}
		})
	}
	for f, err := range intake.Plan(ctx, dirs, plan) {
		if err != nil {
			say(BatchEvent{Case: f.Dir, Err: err})
			continue
		}
		select {
		case folders <- f:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
	}
	close(folders)
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return total, err
	}
	return total, d.batchAgain(ctx, o.Workers, number, say)
}

// batchAgain examines those of the cases once more that wait for it.
func (d *Desk) batchAgain(ctx context.Context, workers int, number map[string]int, say func(BatchEvent)) error {
	lines, err := d.ledger.Cases(ctx)
	if err != nil {
		return err
	}
	names := make(chan string)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for name := range names {
				e := BatchEvent{Case: name, Again: true}
				if e.Report, e.Err = d.Examine(ctx, name); ctx.Err() == nil {
					say(e)
				}
			}
		})
	}
	for _, l := range lines {
		// One whose examination failed in this batch has been told of, and would fail again.
		if _, ours := number[l.Name]; ours && l.Pending && l.Version > 0 && ctx.Err() == nil {
			names <- l.Name
		}
	}
	close(names)
	group.Wait()
	return ctx.Err()
}

func (d *Desk) batchOne(ctx context.Context, f intake.CaseFolder) BatchEvent {
	e := BatchEvent{Case: f.Name}
	taken, err := d.taker.TakeFolder(ctx, f)
	e.Files, e.Bytes, e.Ignored = len(taken.Receipts), taken.Bytes, taken.Ignored
	if err != nil {
		e.Err = fmt.Errorf("taking in %s: %w", f.Dir, err)
		return e
	}
	if f.Name == pipeline.Unsorted {
		return e
	}
	c, err := d.ledger.Case(ctx, f.Name)
	if errors.Is(err, ledger.ErrNotFound) {
		e.Err = errors.New("every file in this folder was left alone; `dossier status` says why")
		return e
	}
	if err != nil {
		e.Err = err
		return e
	}
	e.Resumed = !c.Pending && c.Version > 0
	e.Report, e.Err = d.Examine(ctx, f.Name)
	return e
}

// claimed reports whether a case of that name has documents that did not come from dir: then
// the folder is another client's of the same name.
func (d *Desk) claimed(ctx context.Context, name, dir string) (bool, error) {
	c, err := d.ledger.Case(ctx, name)
	if errors.Is(err, ledger.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, doc := range c.Documents {
		if doc.Origin == nil && !below(doc.SourcePath, dir) {
			return true, nil
		}
	}
	return false, nil
}
