package checks

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestSharedIsComputedOnce(t *testing.T) {
	var computed atomic.Int32
	shared := NewShared("size", func(_ context.Context, s *Subject) (int, error) {
		computed.Add(1)
		return len(s.Data), nil
	})
	s := NewSubject("a.jpg", Unknown, []byte("four"))
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if got, err := shared.Of(t.Context(), s); got != 4 || err != nil {
				t.Errorf("got %d, %v, want 4", got, err)
			}
		})
	}
	wg.Wait()
	if n := computed.Load(); n != 1 {
		t.Errorf("computed %d times, want once", n)
	}
	if got, _ := shared.Of(t.Context(), NewSubject("b.jpg", Unknown, []byte("fives"))); got != 5 {
		t.Errorf("another subject got %d, want its own 5", got)
	}
}

func TestSharedErrorIsRememberedAndPanicContained(t *testing.T) {
	var computed int
	broken := errors.New("broken")
	shared := NewShared("broken", func(context.Context, *Subject) (int, error) {
		computed++
		return 0, broken
	})
	s := NewSubject("a.jpg", Unknown, nil)
	for range 3 {
		if _, err := shared.Of(t.Context(), s); !errors.Is(err, broken) {
			t.Errorf("error %v, want the subject's", err)
		}
	}
	if computed != 1 {
		t.Errorf("computed %d times, want once: the error is the subject's", computed)
	}
	breaks := NewShared("breaks", func(context.Context, *Subject) (int, error) { panic("boom") })
	for range 2 {
		if _, err := breaks.Of(t.Context(), s); err == nil || !strings.Contains(err.Error(), "computing breaks: panic: boom") {
			t.Errorf("error %v, want the panic as an error", err)
		}
	}
}

// Being interrupted is the caller's story and not the subject's: whoever asks next, with time
// left, gets the value.
func TestInterruptionIsNotRemembered(t *testing.T) {
	for name, word := range map[string]func(error) error{
		"plain":        func(err error) error { return err },
		"wrapped":      func(err error) error { return fmt.Errorf("decoding: %w", err) },
		"unmistakable": func(error) error { return errors.New("short read") },
	} {
		shared := NewShared(name, func(ctx context.Context, _ *Subject) (string, error) {
			if err := ctx.Err(); err != nil {
				return "half", word(err)
			}
			return "whole", nil
		})
		s := NewSubject("a.jpg", Unknown, nil)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := shared.Of(ended, s); err == nil {
			t.Errorf("%s: the interrupted caller got no error", name)
		}
		if got, err := shared.Of(t.Context(), s); got != "whole" || err != nil {
			t.Errorf("%s: the next caller got %q, %v, want the value", name, got, err)
		}
	}
}

// Of several callers the one who computes gives up; one of those who wait takes over, and no
// two compute at the same time.
func TestWaitingCallerTakesOver(t *testing.T) {
	begun := make(chan struct{}, 8)
	var under, computed atomic.Int32
	shared := NewShared("slow", func(ctx context.Context, _ *Subject) (string, error) {
		if under.Add(1) > 1 {
			t.Error("two compute at the same time")
		}
		defer under.Add(-1)
		begun <- struct{}{}
		if computed.Add(1) == 1 {
			<-ctx.Done()
			return "", ctx.Err()
		}
		return "whole", nil
	})
	s := NewSubject("a.jpg", Unknown, nil)
	first, giveUp := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := shared.Of(first, s); !errors.Is(err, context.Canceled) {
			t.Errorf("the first caller got %v, want its own interruption", err)
		}
	})
	<-begun
	for range 4 {
		wg.Go(func() {
			if got, err := shared.Of(t.Context(), s); got != "whole" || err != nil {
				t.Errorf("a waiting caller got %q, %v, want the value", got, err)
			}
		})
	}
	impatient, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := shared.Of(impatient, s); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a caller whose time ended while waiting got %v", err)
	}
	giveUp()
	wg.Wait()
	if n := computed.Load(); n != 2 {
		t.Errorf("computed %d times, want twice: the interrupted one and one more", n)
	}
}
