package evaluate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dossier/checks"
	"dossier/fixtures/jpegwriter"
	"dossier/pipeline"
)

// document is a record with one finding of each check given, by suspicion; a negative one means
// that the check was skipped.
func document(region checks.Region, severity pipeline.Severity, suspicions map[string]float64) pipeline.Document {
	d := pipeline.Document{Format: pipeline.Format{Name: "jpeg", Width: 64, Height: 40}, Edit: pipeline.Edit{Verdict: pipeline.EditNone}}
	for _, id := range []string{"edits/ghost", "edits/grid", "format/size"} {
		s, ok := suspicions[id]
		if !ok {
			continue
		}
		r := pipeline.Result{Check: id, Version: 2, Outcome: pipeline.Ran}
		if s < 0 {
			r.Outcome = pipeline.Skipped
		} else if s > 0 {
			r.Findings = []pipeline.Finding{{Code: "c", Severity: severity, Region: region, Measures: []checks.Measure{{Name: "suspicion", Value: s}}}}
			d.Edit.Score = max(d.Edit.Score, s)
		}
		d.Results = append(d.Results, r)
	}
	if d.Edit.Score > 0 && severity == pipeline.NeedReview {
		d.Edit.Verdict = pipeline.EditReview
	}
	return d
}

func TestScoreOfADocument(t *testing.T) {
	at := checks.Region{X: 1, Y: 2, Width: 3, Height: 4}
	f := score(Entry{}, document(at, pipeline.NeedReview, map[string]float64{"edits/ghost": 0.8, "edits/grid": -1, "format/size": 0.9}))
	if len(f.Checks) != 2 || f.Score != 0.9 || f.Pixels != 2560 {
		t.Fatalf("%+v", f)
	}
	ghost, _ := f.Check("edits/ghost")
	grid, _ := f.Check("edits/grid")
	if ghost.Score != 0.8 || ghost.Severity != "review" || ghost.Version != 2 || grid.Score != 0 || grid.Outcome != pipeline.Skipped {
		t.Errorf("%+v %+v", ghost, grid)
	}
	if len(f.Regions) != 1 || f.Regions[0] != at {
		t.Errorf("regions %v", f.Regions)
	}
	if _, ok := f.Check("format/size"); ok {
		t.Error("a check of another family is measured")
	}
	// A finding that does not say how suspicious it is counts as the judge counts it.
	silent := pipeline.Finding{Severity: pipeline.Note}
	if suspicionOf(silent) != 0 {
		t.Error("a silent note is suspicious")
	}
	silent.Severity = pipeline.NeedReview
	if suspicionOf(silent) != 0.5 {
		t.Error("a silent review is not even odds")
	}
	// What the judge adds for a check that broke down is no answer of the check.
	d := document(at, pipeline.NeedReview, map[string]float64{"edits/ghost": 0.8})
	d.Results[0].Outcome = pipeline.Failed
	if f := score(Entry{}, d); f.Checks[0].Score != 0 || len(f.Regions) != 0 {
		t.Errorf("%+v", f)
	}
}

// set writes a list of n sources, each with an altered file with a mask and its honest twin, and
// returns an examine that scores them: a fake check that finds the share found of the altered
// files and alarms on the share alarmed of the others.
func set(t *testing.T, n int, found, alarmed float64) (*List, Examine) {
	t.Helper()
	dir := t.TempDir()
	var lines strings.Builder
	picture := jpegOf(t, 64, 40)
	put(t, dir, "mask.png", pngOf(t, maskOf(64, 40, maskArea)))
	scores := map[string]float64{}
	rnd := rand.New(rand.NewPCG(7, 7))
	for i := range n {
		for _, label := range []Label{Altered, Honest, Untouched} {
			name := fmt.Sprintf("%04d-%c.jpg", i, label[0])
			// A comment that no check reads makes the files differ, so that a fake examine can know them.
			data := append(append(append([]byte{}, picture[:2]...), 0xFF, 0xFE, 0, 12), fmt.Sprintf("%04d-%-5s", i, label)[:10]...)
			data = append(data, picture[2:]...)
			put(t, dir, name, data)
			mask, kind := "", "resave"
			p := alarmed
			if label == Altered {
				mask, p, kind = "mask.png", found, []string{"blur", "paste"}[i%2]
			}
			s := checks.NewSubject("", checks.Unknown, data)
			if rnd.Float64() < p {
				scores[s.SHA256] = 0.5 + rnd.Float64()/2
			}
			fmt.Fprintf(&lines, `{"path":%q,"label":%q,"type":%q,"mask":%q,"source":"s%d.jpg","chain":"c%d"}`+"\n", name, label, kind, mask, i, i%3)
		}
	}
	l, err := ReadLabels(put(t, dir, "labels.jsonl", []byte(lines.String())))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Verify(); err != nil {
		t.Fatal(err)
	}
	return l, func(_ context.Context, s *checks.Subject) (pipeline.Document, error) {
		return document(checks.Region{X: 8, Y: 8, Width: 16, Height: 16}, pipeline.NeedReview,
			map[string]float64{"edits/grid": scores[s.SHA256], "edits/ghost": -1}), nil
	}
}

// maskArea is the altered part of the fake files: the left half of it is reported.
var maskArea = image.Rect(8, 8, 40, 24)

func run(t *testing.T, l *List, examine Examine, o Options) []File {
	t.Helper()
	files, err := Run(t.Context(), l, examine, o)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestFiguresOfAKnownSet(t *testing.T) {
	l, examine := set(t, 120, 0.7, 0.02)
	var last, calls atomic.Int64
	files := run(t, l, examine, Options{Workers: 4, Told: func(done, of int) {
		calls.Add(1)
		last.Store(int64(done))
		if of != 360 {
			t.Errorf("of %d files", of)
		}
	}})
	if calls.Load() != 360 || last.Load() != 360 {
		t.Errorf("told %d times, at last of %d", calls.Load(), last.Load())
	}
	for i, f := range files {
		if f.Path != l.Entries[i].Path {
			t.Fatalf("file %d is %s, the list has %s", i, f.Path, l.Entries[i].Path)
		}
	}
	r := Summarize(l, files, nil)
	if len(r.Halves) != 3 || r.headline().Name != Report {
		t.Fatalf("%d halves, headline %s", len(r.Halves), r.headline().Name)
	}
	all := r.Halves[2]
	if all.Altered != 120 || all.Honest != 120 || all.Untouched != 120 || all.Sources != 120 {
		t.Errorf("%+v", all)
	}
	// Counted by hand from the files.
	var found, alarms int
	for _, f := range files {
		if f.Score > 0 {
			if f.Label == Altered {
				found++
			} else {
				alarms++
			}
		}
	}
	near(t, "area", all.Overall.AUC.Value, (float64(found)/120*(1-float64(alarms)/240))+
		0.5*(1-float64(found)/120)*(1-float64(alarms)/240)+pairsAbove(files), 1e-9)
	for _, o := range all.Overall.At {
		if float64(o.Alarms) > o.Rate*240 {
			t.Errorf("%d alarms at %v", o.Alarms, o.Rate)
		}
	}
	if at := all.Overall.At[1]; at.Found != found || at.Threshold != 0 || at.Alarms != alarms {
		t.Errorf("at 5 %%: %+v; %d found and %d alarms above 0", at, found, alarms)
	}
	if all.Overall.Masked != 120 || all.Overall.Regions != found {
		t.Errorf("%d masks and %d regions, want 120 and %d", all.Overall.Masked, all.Overall.Regions, found)
	}
	near(t, "overlap", all.Overall.IoU.Pixels, 0.5, 1e-9)
	near(t, "overlap of all", all.Overall.AllIoU.Pixels, 0.5, 1e-9) // 70 % have one: the median does
	sum := 0
	for _, c := range all.Cells {
		sum += c.Of
	}
	if len(all.Types) != 2 || len(all.Chains) != 3 || len(all.Cells) != 6 || sum != 120 {
		t.Errorf("%d types, %d chains, %d cells of %d files", len(all.Types), len(all.Chains), len(all.Cells), sum)
	}
	for _, m := range all.Checks {
		switch m.Name {
		case "edits/grid":
			near(t, "area of the check", m.AUC.Value, all.Overall.AUC.Value, 1e-9)
			if m.Measured != 360 {
				t.Errorf("measured on %d", m.Measured)
			}
		case "edits/ghost": // always skipped
			if m.AUC.Value != 0.5 || m.Measured != 0 || m.At[0].Found != 0 {
				t.Errorf("%+v", m)
			}
		default:
			t.Errorf("a check %s", m.Name)
		}
	}
	review := 0
	for _, a := range all.FalseAlarms {
		if a.Type == "" {
			review += a.Review
		}
	}
	if review != alarms {
		t.Errorf("%d false alarms at review, want %d", review, alarms)
	}
	// The report half is judged by the thresholds of the other.
	report, calibrate := r.headline(), r.Halves[0]
	if report.Overall.At[0].From != Calibrate || report.Overall.At[0].Threshold != calibrate.Overall.At[0].Threshold {
		t.Errorf("%+v", report.Overall.At[0])
	}
	wrong := report.Altered - report.Overall.At[1].Found
	for _, a := range report.FalseAlarms {
		if a.Type == "" {
			wrong += a.Review + a.Strong // of the fake check every score above 0
		}
	}
	if len(r.Mistakes) != min(worst, wrong) || wrong == 0 {
		t.Errorf("%d mistakes of %d", len(r.Mistakes), wrong)
	}
	for _, m := range r.Mistakes {
		if m.file.Half != Report || m.Label == Altered && m.Score > report.Overall.At[1].Threshold || m.Label != Altered && m.Score == 0 {
			t.Errorf("no mistake of the half that is reported: %+v", m)
		}
	}
}

// pairsAbove is the share of pairs with both scores above 0 that are in order.
func pairsAbove(files []File) float64 {
	var n, all float64
	for _, a := range files {
		for _, b := range files {
			if a.Label == Altered && b.Label != Altered {
				all++
				if a.Score > b.Score && b.Score > 0 {
					n++
				}
			}
		}
	}
	return n / all
}

func TestOneHalfAlone(t *testing.T) {
	l, examine := set(t, 30, 0.7, 0.1)
	files := run(t, l, examine, Options{Half: Report})
	r := Summarize(l, files, nil)
	if len(r.Halves) != 1 || r.Halves[0].Overall.At[0].From != Report {
		t.Errorf("%+v", r.Halves)
	}
	for _, f := range files {
		if f.Half != Report {
			t.Errorf("%s is of the other half", f.Path)
		}
	}
	if _, err := Tabulate(l, files); err == nil {
		t.Error("a calibration was made of the half to report on")
	}
}

func TestBrokenProgramsAndInterruptions(t *testing.T) {
	l, examine := set(t, 20, 1, 0)
	broken := errors.New("broken")
	var n atomic.Int64
	_, err := Run(t.Context(), l, func(ctx context.Context, s *checks.Subject) (pipeline.Document, error) {
		if n.Add(1) == 7 {
			return pipeline.Document{}, broken
		}
		return examine(ctx, s)
	}, Options{Workers: 3})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "line ") {
		t.Errorf("a broken program: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	_, err = Run(ctx, l, func(ctx context.Context, s *checks.Subject) (pipeline.Document, error) {
		stop()
		return examine(ctx, s)
	}, Options{Workers: 2})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}

// A set whose altered files come from another writer leaks; one written alike does not.
func TestLeak(t *testing.T) {
	made := func(altered, honest jpegwriter.Options) []File {
		var files []File
		for i := range 60 {
			for k, o := range []jpegwriter.Options{altered, honest} {
				data, err := jpegwriter.Encode(scene(i, 48+i%5, 40), o)
				if err != nil {
					t.Fatal(err)
				}
				files = append(files, File{Entry: Entry{Label: []Label{Altered, Honest}[k], Source: fmt.Sprint(i)}, header: headerOf(data)})
			}
		}
		return files
	}
	alike := measureLeak(made(jpegwriter.Options{Quality: 80}, jpegwriter.Options{Quality: 80}))
	if alike.AUC.Value < 0.4 || alike.AUC.Value > 0.6 {
		t.Errorf("files written alike: %+v", alike)
	}
	other := measureLeak(made(jpegwriter.Options{Quality: 80}, jpegwriter.Options{Quality: 81, Optimize: true}))
	if other.AUC.Value < 0.99 || len(other.Telling) == 0 {
		t.Errorf("files written by two programs: %+v", other)
	}
	if again := measureLeak(made(jpegwriter.Options{Quality: 80}, jpegwriter.Options{Quality: 80})); fmt.Sprint(again) != fmt.Sprint(alike) {
		t.Error("the leak is not the same twice")
	}
	if one := measureLeak(made(jpegwriter.Options{}, jpegwriter.Options{})[:1]); one.AUC.Value != 0.5 {
		t.Errorf("one file: %+v", one)
	}
	if f := headerOf([]byte("no picture")); len(f) != 1 {
		t.Errorf("of no picture: %v", f)
	}
}

func scene(seed, w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	rnd := rand.New(rand.NewPCG(uint64(seed), 1))
	for i := range m.Pix {
		m.Pix[i] = byte(rnd.Uint32()>>27) + byte(i%(4*w)/4)
	}
	return m
}

func TestOrigin(t *testing.T) {
	m := scene(1, 40, 40)
	for _, c := range []struct {
		o    jpegwriter.Options
		want string
	}{
		{jpegwriter.Options{EXIF: &jpegwriter.EXIF{Make: "Lanting"}, NoJFIF: true}, OriginDevice},
		{jpegwriter.Options{EXIF: &jpegwriter.EXIF{Make: "Lanting", BigEndian: true}, DPI: 300}, OriginDevice},
		{jpegwriter.Options{EXIF: &jpegwriter.EXIF{Software: "Editor"}, NoJFIF: true}, OriginMessenger},
		{jpegwriter.Options{DPI: 200}, OriginScan},
		{jpegwriter.Options{DPI: 72}, OriginMessenger},
		{jpegwriter.Options{}, OriginMessenger},
	} {
		data, err := jpegwriter.Encode(m, c.o)
		if err != nil {
			t.Fatal(err)
		}
		if got := OriginOf(data); got != c.want {
			t.Errorf("%+v is a %s, want %s", c.o, got, c.want)
		}
	}
	if got := OriginOf(pngOf(t, m)); got != OriginBitmap {
		t.Errorf("a PNG file is a %s", got)
	}
}

func TestCalibration(t *testing.T) {
	l, examine := set(t, 150, 0.9, 0.3)
	files := run(t, l, examine, Options{Workers: 4})
	c, err := Tabulate(l, files)
	if err != nil {
		t.Fatal(err)
	}
	honest := pick(files, func(f File) bool { return f.negative() && f.Half == Calibrate })
	if len(c.Tables) != 3 { // all and two checks, of one origin
		t.Fatalf("%d tables", len(c.Tables))
	}
	for _, table := range c.Tables {
		if table.Files != len(honest) || table.Origin != OriginMessenger || table.Sources != len(honest)/2 {
			t.Errorf("%+v", table)
		}
		if table.Check == "edits/ghost" && (len(table.Steps) != 0 || table.Measured != 0) {
			t.Errorf("%+v", table)
		}
		if len(table.Steps) > maxSteps {
			t.Errorf("%d steps", len(table.Steps))
		}
		// The table's p-value is never below the exact one, and equal to it in the tail.
		for i := range honest {
			s := honest[i].Score
			if table.Check != "all" || s == 0 {
				continue
			}
			n := 0
			for k := range honest {
				if honest[k].Score >= s {
					n++
				}
			}
			exact := float64(1+n) / float64(1+len(honest))
			p := table.P(s)
			if p < exact-1e-12 || n <= maxSteps/2 && p > exact+1e-12 {
				t.Errorf("p of %v is %v, exactly %v (%d files)", s, p, exact, n)
			}
		}
		if p := table.P(2); p != 1/float64(1+table.Files) {
			t.Errorf("above all: %v", p)
		}
		if table.P(0) != 1 {
			t.Errorf("of nothing: %v", table.P(0))
		}
	}
	var b bytes.Buffer
	c.Dossier, c.Profile, c.MadeAt = "v", "p", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	if err := c.Write(&b); err != nil {
		t.Fatal(err)
	}
	validate(t, CalibrationSchema, b.Bytes())
}
