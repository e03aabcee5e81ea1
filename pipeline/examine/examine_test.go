package examine

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/pipeline"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func picture(t testing.TB, width, height int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.Pix[i] = uint8(i)
	}
	img.SetGray(1, 1, color.Gray{Y: 200})
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func defaults(c *checks.Check) (checks.Settings, error) { return c.Settings(nil, nil) }

func check(id string, run func(context.Context, *checks.Subject, checks.Settings) (checks.Observation, error)) *checks.Check {
	return &checks.Check{ID: id, Version: 1, Codes: []checks.Code{{Code: "seen"}}, Run: run}
}

func sees(context.Context, *checks.Subject, checks.Settings) (checks.Observation, error) {
	return checks.Observation{Findings: []checks.Finding{{Code: "seen"}}}, nil
}

func TestOutcomes(t *testing.T) {
	stuck := make(chan struct{})
	defer close(stuck)
	var logged bytes.Buffer
	for _, c := range []struct {
		name     string
		run      func(context.Context, *checks.Subject, checks.Settings) (checks.Observation, error)
		want     pipeline.Outcome
		reason   string
		findings int
	}{
		{"a finding is kept", sees, pipeline.Ran, "", 1},
		{"a panic is contained", func(context.Context, *checks.Subject, checks.Settings) (checks.Observation, error) {
			panic("secret 11010519491231002X")
		}, pipeline.Failed, "broke down", 0},
		{"an error is a failure, and what was found before it does not count", func(context.Context, *checks.Subject, checks.Settings) (checks.Observation, error) {
			return checks.Observation{Findings: []checks.Finding{{Code: "seen"}}}, errors.New("no luck")
		}, pipeline.Failed, "no luck", 0},
		{"a check that never ends is left behind", func(context.Context, *checks.Subject, checks.Settings) (checks.Observation, error) {
			<-stuck
			return checks.Observation{}, nil
		}, pipeline.Failed, "did not finish", 0},
		{"skipping gives the reason", func(context.Context, *checks.Subject, checks.Settings) (checks.Observation, error) {
			return checks.Observation{}, checks.Skip(checks.Text{En: "too small", Zh: "太小"})
		}, pipeline.Skipped, "too small", 0},
		{"a finding that was not declared is a failure", func(context.Context, *checks.Subject, checks.Settings) (checks.Observation, error) {
			return checks.Observation{Findings: []checks.Finding{{Code: "surprise"}}}, nil
		}, pipeline.Failed, "surprise", 0},
		{"an undeclared limit is a failure", func(_ context.Context, _ *checks.Subject, s checks.Settings) (checks.Observation, error) {
			s.Number("nothing")
			return checks.Observation{}, nil
		}, pipeline.Failed, "broke down", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			// Behind every one of them stands a check that must still get its turn.
			list := []*checks.Check{check("a/b", c.run), check("z/after", sees)}
			r := New(list, defaults, Options{Timeout: 100 * time.Millisecond, Log: slog.New(slog.NewTextHandler(&logged, nil))})
			got, err := r.Document(t.Context(), checks.NewSubject("x.jpg", checks.Unknown, picture(t, 64, 48)))
			if err != nil {
				t.Fatal(err)
			}
			m := got.Measured[0]
			if m.Outcome != c.want || !strings.Contains(m.Reason.En, c.reason) || len(m.Observation.Findings) != c.findings {
				t.Errorf("outcome %s (%s) with %d findings, want %s (%s) with %d",
					m.Outcome, m.Reason.En, len(m.Observation.Findings), c.want, c.reason, c.findings)
			}
			if c.want != pipeline.Ran && m.Reason.Zh == "" {
				t.Error("the reason is missing in Chinese")
			}
			if len(got.Measured) != 2 || len(got.Measured[1].Observation.Findings) != 1 {
				t.Errorf("the next check did not get its turn: %+v", got.Measured)
			}
			if got.Format != "jpeg" || got.Width != 64 || got.Height != 48 || len(got.Preview) == 0 {
				t.Errorf("format %s %dx%d, preview of %d bytes", got.Format, got.Width, got.Height, len(got.Preview))
			}
		})
	}
	if strings.Contains(logged.String(), "11010519491231002X") {
		t.Error("the log quotes what the check was holding")
	}
	if !strings.Contains(logged.String(), "a/b") {
		t.Error("the log does not name the check that broke down")
	}
}

func TestChecksSeeOnlyTheirKinds(t *testing.T) {
	only := check("a/licence", sees)
	only.Kinds = []checks.Kind{checks.BusinessLicense}
	r := New([]*checks.Check{only}, defaults, Options{})
	for kind, want := range map[checks.Kind]int{checks.BusinessLicense: 1, checks.HolderPhoto: 0} {
		got, err := r.Document(t.Context(), checks.NewSubject("x.jpg", kind, picture(t, 64, 48)))
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Measured) != want {
			t.Errorf("%s: %d checks ran, want %d", kind, len(got.Measured), want)
		}
	}
}

func TestOverlaysAreNamedAsTheJudgeExpects(t *testing.T) {
	evidence := image.NewGray(image.Rect(0, 0, 4, 4))
	c := check("a/b", func(context.Context, *checks.Subject, checks.Settings) (checks.Observation, error) {
		return checks.Observation{Findings: []checks.Finding{{Code: "seen"}, {Code: "seen", Overlay: evidence}}}, nil
	})
	s := checks.NewSubject("x.jpg", checks.Unknown, picture(t, 64, 48))
	got, err := New([]*checks.Check{c}, defaults, Options{}).Document(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if got.Overlays[pipeline.OverlayPath(s.SHA256, "a/b", 1)] != image.Image(evidence) || len(got.Overlays) != 1 {
		t.Errorf("overlays %v", got.Overlays)
	}
}

// However many documents are under way, the pictures being held stay within the budget.
func TestMemoryBudgetHolds(t *testing.T) {
	small, large := picture(t, 400, 400), picture(t, 1200, 1000)
	cost := func(data []byte) int64 {
		h, err := decode.Headers.Of(t.Context(), checks.NewSubject("x.jpg", checks.Unknown, data))
		if err != nil || h.MemoryCost < int64(h.Width*h.Height) {
			t.Fatalf("cost of a picture %+v, %v", h, err)
		}
		return int64(len(data)) + h.MemoryCost
	}
	for _, c := range []struct {
		name   string
		budget int64
		most   int // documents at once, at least and at most
	}{
		// A budget smaller than one picture still lets that one through, alone.
		{"less than one", 1000, 1},
		{"one large", cost(large), 0},
		{"two large", 2*cost(large) + 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var mu sync.Mutex
			var held, most int64
			under, together := 0, 0
			check := check("a/b", func(_ context.Context, s *checks.Subject, _ checks.Settings) (checks.Observation, error) {
				mu.Lock()
				held += cost(s.Data)
				under++
				most, together = max(most, held), max(together, under)
				mu.Unlock()
				runtime.Gosched() // let others in, if the budget does
				mu.Lock()
				held -= cost(s.Data)
				under--
				mu.Unlock()
				return checks.Observation{}, nil
			})
			r := New([]*checks.Check{check}, defaults, Options{MemoryBudget: c.budget})
			var wg sync.WaitGroup
			for i := range 24 {
				wg.Go(func() {
					if _, err := r.Document(t.Context(), checks.NewSubject("x.jpg", checks.Unknown, [][]byte{small, large}[i%2])); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if most > c.budget && together > 1 {
				t.Errorf("%d bytes of %d documents were held under a budget of %d", most, together, c.budget)
			}
			if c.most > 0 && together > c.most {
				t.Errorf("%d documents at once, want at most %d", together, c.most)
			}
		})
	}
}

// Under a budget for all, documents do not wait for one another: each of these waits until the
// other is there.
func TestDocumentsRunTogetherWithinTheBudget(t *testing.T) {
	var inside sync.WaitGroup
	inside.Add(2)
	meet := check("a/b", func(context.Context, *checks.Subject, checks.Settings) (checks.Observation, error) {
		inside.Done()
		inside.Wait()
		return checks.Observation{Findings: []checks.Finding{{Code: "seen"}}}, nil
	})
	r := New([]*checks.Check{meet}, defaults, Options{Timeout: time.Minute})
	data := picture(t, 64, 48)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			got, err := r.Document(t.Context(), checks.NewSubject("x.jpg", checks.Unknown, data))
			if err != nil || got.Measured[0].Outcome != pipeline.Ran {
				t.Errorf("%+v, %v", got.Measured, err)
			}
		})
	}
	wg.Wait()
}

// A check that overran its time still holds the picture: its memory is not given to the next.
func TestMemoryOfAStragglerStaysReserved(t *testing.T) {
	let := make(chan struct{})
	stuck := check("a/b", func(context.Context, *checks.Subject, checks.Settings) (checks.Observation, error) {
		<-let
		return checks.Observation{}, nil
	})
	r := New([]*checks.Check{stuck}, defaults, Options{Timeout: 20 * time.Millisecond, MemoryBudget: 1000})
	subject := func() *checks.Subject { return checks.NewSubject("x.jpg", checks.Unknown, picture(t, 64, 48)) }
	got, err := r.Document(t.Context(), subject())
	if err != nil || got.Measured[0].Outcome != pipeline.Failed {
		t.Fatalf("%+v, %v", got.Measured, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := r.Document(ctx, subject()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the next document got in although the budget was held: %v", err)
	}
	close(let)
	if _, err := r.Document(t.Context(), subject()); err != nil {
		t.Errorf("after the straggler's end: %v", err)
	}
}

func TestInterruptionIsAnErrorNotAResult(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := check("a/b", func(context.Context, *checks.Subject, checks.Settings) (checks.Observation, error) {
		cancel()
		return checks.Observation{}, nil
	})
	_, err := New([]*checks.Check{c, check("a/c", sees)}, defaults, Options{}).
		Document(ctx, checks.NewSubject("x.jpg", checks.Unknown, picture(t, 8, 8)))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the interruption", err)
	}
}

func TestCaseChecks(t *testing.T) {
	c := &checks.Check{ID: "casefile/x", Version: 1, Codes: []checks.Code{{Code: "seen"}},
		RunCase: func(_ context.Context, c *checks.Case, _ checks.Settings) ([]checks.Finding, error) {
			if c.Name == "boom" {
				panic("boom")
			}
			return []checks.Finding{{Code: "seen"}}, nil
		}}
	r := New([]*checks.Check{c, check("a/b", sees)}, defaults, Options{})
	got, err := r.Case(t.Context(), &checks.Case{Name: "fine"})
	if err != nil || len(got) != 1 || len(got[0].Observation.Findings) != 1 {
		t.Errorf("case checks gave %+v, %v", got, err)
	}
	got, err = r.Case(t.Context(), &checks.Case{Name: "boom"})
	if err != nil || got[0].Outcome != pipeline.Failed {
		t.Errorf("a panicking case check gave %+v, %v", got, err)
	}
}

// A check that says it is hard work is given more time, and no other is.
func TestEffortStretchesTheLimit(t *testing.T) {
	const limit = time.Hour // the deadline is looked at and never waited for
	given := map[string]time.Duration{}
	ask := func(id string, effort int) *checks.Check {
		c := check(id, func(ctx context.Context, _ *checks.Subject, _ checks.Settings) (checks.Observation, error) {
			if deadline, ok := ctx.Deadline(); ok {
				given[id] = time.Until(deadline)
			}
			return checks.Observation{}, nil
		})
		c.Effort = effort
		return c
	}
	r := New([]*checks.Check{ask("a/usual", 0), ask("a/hard", 4)}, defaults, Options{Timeout: limit})
	if _, err := r.Document(t.Context(), checks.NewSubject("a.jpg", checks.Unknown, picture(t, 8, 8))); err != nil {
		t.Fatal(err)
	}
	if given["a/usual"] > limit || given["a/usual"] == 0 || given["a/hard"] < 3*limit || given["a/hard"] > 4*limit {
		t.Errorf("given %v, want one limit and four", given)
	}
}
