package document

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dossier/checks"
	"dossier/checks/picture/kinds"
	"dossier/checks/picture/reading"
)

// run runs the check on a file of which a kind is stated, and skips the test where the program was built without
// models.
func run(t *testing.T, s *checks.Subject, words map[string][]string) (checks.Observation, error) {
	t.Helper()
	settings, err := Kind.Settings(nil, words)
	if err != nil {
		t.Fatal(err)
	}
	o, err := Kind.Run(t.Context(), s, settings)
	if why, ok := checks.SkipReason(err); ok && strings.Contains(why.En, "without models") {
		t.Skip(why.En)
	}
	return o, err
}

func kept(t *testing.T, name string, stated checks.Kind, source string) *checks.Subject {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "fixtures", "cases", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	s := checks.NewSubject(filepath.Base(name), stated, data)
	s.Stated, s.StatedSource = stated, source
	return s
}

// A real picture that is stated to be another document, and the same stated right.
func TestKind(t *testing.T) {
	const name = "individual-complete/IMG_2041.jpg"
	o, err := run(t, kept(t, name, checks.HolderPhoto, "given"), nil)
	if err != nil || len(o.Findings) != 0 {
		t.Errorf("stated right: %v, %v", o.Findings, err)
	}
	o, err = run(t, kept(t, name, checks.BusinessLicense, "given"), nil)
	if err != nil || len(o.Findings) != 1 || o.Findings[0].Code != "kind_contradicts_answers" || o.Findings[0].Region.IsZero() {
		t.Errorf("stated wrong: %+v, %v", o.Findings, err)
	}
}

// What follows from each content, however sure, and what people state.
func TestContradiction(t *testing.T) {
	license := func(confidence float64) *kinds.Result {
		return &kinds.Result{What: kinds.Document, Kind: checks.BusinessLicense, Confidence: confidence,
			Evidence: []kinds.Evidence{{Word: "营业执照", Weight: 3, Region: checks.Region{X: 1, Y: 2, Width: 3, Height: 4}}}}
	}
	other := func(what kinds.What, confidence float64) *kinds.Result {
		return &kinds.Result{What: what, Kind: checks.Unknown, Confidence: confidence}
	}
	for _, test := range []struct {
		name   string
		stated checks.Kind
		source string
		seen   *kinds.Result
		want   string
	}{
		{"given and right", checks.BusinessLicense, "given", license(1), ""},
		{"given and wrong", checks.HolderPhoto, "given", license(0.9), "kind_contradicts_answers"},
		{"given and perhaps wrong", checks.HolderPhoto, "given", license(0.7), ""},
		{"named and right", checks.BusinessLicense, "name", license(1), ""},
		{"named wrong", checks.HolderPhoto, "name", license(0.7), "kind_contradicts_name"},
		{"named, content too unsure", checks.HolderPhoto, "name", license(0.4), ""},
		{"named by nobody", checks.Unknown, "name", license(1), ""},
		{"a receipt by any name", checks.BusinessLicense, "name", other(kinds.OtherPaper, 0.9), "other_paper"},
		{"a receipt given", checks.BusinessLicense, "given", other(kinds.OtherPaper, 0.9), "other_paper"},
		{"perhaps a receipt given", checks.BusinessLicense, "given", other(kinds.OtherPaper, 0.6), ""},
		{"perhaps a receipt named", checks.BusinessLicense, "name", other(kinds.OtherPaper, 0.6), "kind_contradicts_name"},
		{"a landscape", checks.Unknown, "name", other(kinds.NotDocument, 0.9), "not_a_document"},
		{"unclear", checks.HolderPhoto, "given", other(kinds.Unclear, 0), ""},
	} {
		s := &checks.Subject{Kind: test.stated, Stated: test.stated, StatedSource: test.source,
			Recognition: &checks.Recognition{Kind: test.seen.Kind, Confidence: test.seen.Confidence, Decides: test.seen.Confidence >= kinds.Decides}}
		if s.Recognition.Decides && test.source != "given" {
			s.Kind = test.seen.Kind
		}
		f, _ := contradiction(s, test.seen, kinds.Sure)
		if f.Code != test.want {
			t.Errorf("%s: %q, want %q", test.name, f.Code, test.want)
		}
		if f.Code != "" && (f.Message.En == "" || f.Message.Zh == "" || f.Remedy.En == "" || f.Remedy.Zh == "") {
			t.Errorf("%s: words are missing: %+v", test.name, f)
		}
	}
}

// What could not be recognised before is not tried again, and its reason is the check's.
func TestNotMeasured(t *testing.T) {
	s := checks.NewSubject("a.jpg", checks.Unknown, []byte("no picture"))
	if _, err := run(t, s, nil); !skipped(err) {
		t.Errorf("no picture: %v", err)
	}
	if _, err := run(t, s, map[string][]string{"reading": {"off"}}); !skipped(err) {
		t.Errorf("switched off: %v", err)
	}
	s.Recognition = &checks.Recognition{Err: context.DeadlineExceeded}
	if _, err := run(t, s, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("out of time: %v", err)
	}
	s.Parts = 2
	if _, err := run(t, s, nil); !skipped(err) {
		t.Errorf("a container: %v", err)
	}
}

func skipped(err error) bool {
	_, ok := checks.SkipReason(err)
	return ok
}

func TestRecognize(t *testing.T) {
	s := kept(t, "individual-complete/IMG_2041.jpg", checks.Unknown, "name")
	on, err := Kind.Settings(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	off, err := Kind.Settings(nil, map[string][]string{reading.ChoiceName: {"off"}})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := Recognize(t.Context(), s, off); !skipped(err) {
		t.Errorf("with reading switched off: %+v, %v", r, err)
	}
	r, err := Recognize(t.Context(), s, on)
	if skipped(err) {
		t.Skip(err)
	}
	if err != nil || r.Kind != checks.HolderPhoto || !r.Decides {
		t.Errorf("%+v, %v", r, err)
	}
}
