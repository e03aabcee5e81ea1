// Package examine runs the checks: it opens a document within limits, gives every check its
// turn and its time, contains their panics, and keeps the memory of all documents under way
// together within one budget.
//
// What lives here: the runner and its guards. What must not: what the checks look for, how bad
// a finding is, and where documents come from or go to.
//
// A check that panics, runs out of time or returns an error has the outcome "failed"; the
// document goes on to the next check. Nothing here turns a failure into a pass.
package examine

import (
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/pipeline"
)

const (
	// DefaultTimeout is what one check may take on one document. The slowest honest one (a
	// full decode of the largest picture allowed) takes about a second on one old core, so
	// eight leave room for a busy machine and still end a document within ten.
	DefaultTimeout = 8 * time.Second

	// DefaultMemoryBudget bounds the decoded pictures of all documents under way together.
	// With the largest single picture at 320 MiB (decode refuses more) one such picture is
	// examined at a time and the process stays within 512 MiB.
	DefaultMemoryBudget = 336 << 20

	// abandonGrace is how long the memory of a check that does not end is kept reserved. Go
	// cannot stop a goroutine, and keeping the reservation for ever would stop all work.
	abandonGrace = time.Minute
)

// A Runner runs a list of checks. It is safe for use by several goroutines; all of them share
// its memory budget.
type Runner struct {
	checks     []*checks.Check
	settings   func(*checks.Check) (checks.Settings, error)
	recognizer Recognizer
	timeout    time.Duration
	budget     int64
	memory     *semaphore.Weighted
	log        *slog.Logger
}

// Options of a Runner. Zero values mean the defaults.
type Options struct {
	Timeout      time.Duration // of one check on one document
	MemoryBudget int64         // bytes of decoded pictures under way together
	Log          *slog.Logger  // told of checks that panic; nil: nobody is
	Recognize    Recognizer    // tells kinds by content; nil: they are what people say
}

// New makes a runner of the checks, each with the settings the profile gives it.
func New(list []*checks.Check, settings func(*checks.Check) (checks.Settings, error), o Options) *Runner {
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.MemoryBudget <= 0 {
		o.MemoryBudget = DefaultMemoryBudget
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Runner{checks: list, settings: settings, recognizer: o.Recognize, timeout: o.Timeout, budget: o.MemoryBudget,
		memory: semaphore.NewWeighted(o.MemoryBudget), log: o.Log}
}

// WithSettings returns a runner of the same checks under another profile, sharing the memory
// budget with the first.
func (r *Runner) WithSettings(settings func(*checks.Check) (checks.Settings, error)) *Runner {
	copied := *r
	copied.settings = settings
	return &copied
}

// Workers is how many documents are worth examining at the same time: one a core.
func Workers() int { return runtime.GOMAXPROCS(0) }

// Document settles the subject's kind and runs every check that applies to it. The error is only ever the
// context's: whatever is wrong with the document or with a check is in the result.
func (r *Runner) Document(ctx context.Context, s *checks.Subject) (pipeline.Examined, error) {
	out := pipeline.Examined{Name: s.Name, SHA256: s.SHA256, Kind: s.Kind, Bytes: s.Size, Parts: s.Parts,
		Overlays: map[string]image.Image{}}

	// The header is read before anything else: it says how much memory the picture will take,
	// and that much is reserved before the first check may decode it.
	header := guarded(ctx, r.timeout, func(ctx context.Context) (decode.Header, error) { return decode.Headers.Of(ctx, s) })
	out.Format = string(header.value.Format)
	if out.Format == "" {
		out.Format = string(decode.Unknown)
	}
	out.Width, out.Height = header.value.Upright()

	need := min(s.Size+header.value.MemoryCost, r.budget)
	if need < 0 { // a header's sum past 64 bit
		need = r.budget
	}
	if err := r.memory.Acquire(ctx, need); err != nil {
		return out, err
	}
	running := &stragglers{}
	defer func() { go running.release(func() { r.memory.Release(need) }) }()

	out.KindSource = r.recognize(ctx, s, running)
	out.Kind = s.Kind
	for _, c := range r.checks {
		if !c.AppliesTo(s.Kind) {
			continue
		}
		m := r.one(ctx, c, s, running)
		for n, f := range m.Observation.Findings {
			if f.Overlay != nil {
				out.Overlays[pipeline.OverlayPath(s.SHA256, c.ID, n)] = f.Overlay
			}
		}
		out.Measured = append(out.Measured, m)
		if err := ctx.Err(); err != nil {
			return out, err
		}
	}
	preview := guardedBy(ctx, r.timeout, running, func(ctx context.Context) ([]byte, error) { return makePreview(ctx, s) })
	if preview.err == nil {
		out.Preview = preview.value
	}
	return out, ctx.Err()
}

// Case runs the case checks.
func (r *Runner) Case(ctx context.Context, c *checks.Case) ([]pipeline.Measured, error) {
	var out []pipeline.Measured
	for _, check := range r.checks {
		if check.RunCase == nil {
			continue
		}
		m := r.measure(ctx, check, nil, func(ctx context.Context, settings checks.Settings) (checks.Observation, error) {
			findings, err := check.RunCase(ctx, c, settings)
			return checks.Observation{Findings: findings}, err
		})
		out = append(out, m)
		if err := ctx.Err(); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (r *Runner) one(ctx context.Context, c *checks.Check, s *checks.Subject, running *stragglers) pipeline.Measured {
	return r.measure(ctx, c, running, func(ctx context.Context, settings checks.Settings) (checks.Observation, error) {
		return c.Run(ctx, s, settings)
	})
}

func (r *Runner) measure(ctx context.Context, c *checks.Check, running *stragglers,
	run func(context.Context, checks.Settings) (checks.Observation, error)) pipeline.Measured {
	m := pipeline.Measured{Check: c, Outcome: pipeline.Ran}
	settings, err := r.settings(c)
	if err == nil {
		got := guardedBy(ctx, r.limit(c), running, func(ctx context.Context) (checks.Observation, error) { return run(ctx, settings) })
		m.Observation, err = got.value, got.err
	}
	if err == nil {
		err = undeclared(c, m.Observation.Findings)
	}
	if err == nil {
		return m
	}
	m.Observation = checks.Observation{}
	if reason, ok := checks.SkipReason(err); ok {
		m.Outcome, m.Reason = pipeline.Skipped, reason
		return m
	}
	m.Outcome, m.Reason = pipeline.Failed, failure(err, r.limit(c))
	var p *panicError
	if errors.As(err, &p) {
		// The panic's value is left out: it may quote the document. The stack names our code.
		r.log.Error("a check broke down", "check", c.ID, "stack", string(p.stack))
	}
	return m
}

// limit is what a check may take.
func (r *Runner) limit(c *checks.Check) time.Duration {
	return r.timeout * time.Duration(max(1, c.Effort))
}

// undeclared refuses findings a check has not announced: the profile has no severity for them.
func undeclared(c *checks.Check, findings []checks.Finding) error {
	for _, f := range findings {
		known := false
		for _, code := range c.Codes {
			known = known || code.Code == f.Code
		}
		if !known {
			return fmt.Errorf("check %s made the undeclared finding %q", c.ID, f.Code)
		}
	}
	return nil
}

// failure words an error for the report. The details of a panic stay out of it: they help
// nobody who reads a report, and may hold what was read from the document.
func failure(err error, timeout time.Duration) checks.Text {
	var p *panicError
	var limit *checks.LimitError
	switch {
	case errors.As(err, &p):
		return checks.Text{En: "the check broke down on this file", Zh: "该检查在处理此文件时发生内部错误"}
	case errors.Is(err, context.DeadlineExceeded):
		return checks.Textf("the check did not finish within %s", "该检查未能在 %s 内完成", timeout)
	case errors.Is(err, context.Canceled):
		return checks.Text{En: "the check was interrupted", Zh: "检查被中断"}
	case errors.As(err, &limit):
		return checks.Textf("the check refused to go on: %s", "超出处理上限，检查中止：%s", limit.Error())
	}
	return checks.Textf("the check could not do its work: %s", "该检查无法完成：%s", firstLine(err.Error()))
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	const longest = 300 // enough for a layered error, too little to flood a report
	if len(s) > longest {
		s = s[:longest] + "…"
	}
	return s
}

type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

type result[T any] struct {
	value T
	err   error
}

func guarded[T any](ctx context.Context, timeout time.Duration, f func(context.Context) (T, error)) result[T] {
	return guardedBy(ctx, timeout, nil, f)
}

// guardedBy runs f with a time limit and turns a panic into an error. When the time is up it
// returns at once; f may still be running then, and running knows of it.
func guardedBy[T any](ctx context.Context, timeout time.Duration, running *stragglers, f func(context.Context) (T, error)) result[T] {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	done := make(chan result[T], 1)
	running.add()
	go func() {
		defer running.finish()
		defer cancel()
		var r result[T]
		defer func() {
			if p := recover(); p != nil {
				r = result[T]{err: &panicError{p, debug.Stack()}}
			}
			done <- r
		}()
		r.value, r.err = f(ctx)
	}()
	select {
	case r := <-done:
		return r
	case <-ctx.Done():
		select { // finished in the same instant
		case r := <-done:
			return r
		default:
			return result[T]{err: ctx.Err()}
		}
	}
}
