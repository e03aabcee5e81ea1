package desk

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dossier/checks"
	"dossier/checks/deadline"
	"dossier/pipeline"
	"dossier/pipeline/ledger"
)

// Status is how things stand on the desk.
type Status struct {
	Schema   string         `json:"schema"` // StatusSchema
	Desk     string         `json:"desk"`
	Cases    []CaseStatus   `json:"cases"`
	Unsorted []Waiting      `json:"unsorted"`
	Ignored  []IgnoredEntry `json:"ignored"`
}

// StatusSchema names the JSON of Status.
const StatusSchema = "dossier.status/1"

// CaseStatus is one case in the desk's status.
type CaseStatus struct {
	Name          string           `json:"name"`
	Path          checks.Path      `json:"path"`
	Verdict       pipeline.Verdict `json:"verdict"` // of the newest report; "" if there is none
	ReportVersion int              `json:"report_version"`
	Documents     int              `json:"documents"`
	Pending       bool             `json:"pending"` // an examination is still to come
	Trouble       string           `json:"trouble"` // why the last one did not come to its end
	Changed       time.Time        `json:"changed"`
	Bundled       bool             `json:"bundled"` // the newest report has been bundled
	State         checks.State     `json:"state"`   // where it stands on its way
	Due           []DueItem        `json:"due"`     // what has to happen, and by when; oldest term first
}

// DueOnly is the status of those cases for which something is due, the most urgent first.
func (s Status) DueOnly() Status {
	s.Cases = slices.DeleteFunc(slices.Clone(s.Cases), func(c CaseStatus) bool { return len(c.Due) == 0 })
	slices.SortStableFunc(s.Cases, func(a, b CaseStatus) int { return a.Due[0].By.Compare(b.Due[0].By) })
	s.Unsorted, s.Ignored = []Waiting{}, []IgnoredEntry{}
	return s
}

// Waiting is a file in the tray.
type Waiting struct {
	Name       string     `json:"name"`
	SHA256     string     `json:"sha256"`
	ReceivedAt time.Time  `json:"received_at"`
	Suggestion Suggestion `json:"suggestion"`
}

// IgnoredEntry is something that was left alone.
type IgnoredEntry struct {
	Path   string                `json:"path"`
	Reason pipeline.IgnoreReason `json:"reason"`
	Detail string                `json:"detail"`
	At     time.Time             `json:"at"`
}

// Status tells how things stand.
func (d *Desk) Status(ctx context.Context) (Status, error) {
	s := Status{Schema: StatusSchema, Desk: d.dir, Cases: []CaseStatus{}, Unsorted: []Waiting{}, Ignored: []IgnoredEntry{}}
	lines, err := d.ledger.Cases(ctx)
	if err != nil {
		return s, err
	}
	events, err := d.ledger.AllEvents(ctx)
	if err != nil {
		return s, err
	}
	bundled, err := d.ledger.BundledVersions(ctx)
	if err != nil {
		return s, err
	}
	reckon := &reckoning{desk: d, now: d.now(), terms: map[checks.Path]deadline.Terms{}}
	s.Cases = slices.Grow(s.Cases, len(lines))
	for _, l := range lines {
		c := CaseStatus{Name: l.Name, Path: l.Path, Verdict: l.Verdict, ReportVersion: l.Version, Documents: l.Documents,
			Pending: l.Pending, Trouble: l.Trouble, Changed: l.Changed, State: stateOf(events[l.Name], l.Verdict),
			Bundled: l.Version > 0 && bundled[l.Name] == l.Version}
		if c.Due, err = reckon.due(l.Name, l.Path, events[l.Name]); err != nil {
			return s, err
		}
		s.Cases = append(s.Cases, c)
	}
	if err := d.unsorted(ctx, &s); err != nil {
		return s, err
	}
	ignored, err := d.ledger.IgnoredEntries(ctx)
	if err != nil {
		return s, err
	}
	for _, i := range ignored {
		s.Ignored = append(s.Ignored, IgnoredEntry(i))
	}
	return s, nil
}

func (d *Desk) unsorted(ctx context.Context, s *Status) error {
	tray, err := d.ledger.Case(ctx, pipeline.Unsorted)
	if errors.Is(err, ledger.ErrNotFound) || err == nil && len(tray.Documents) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	candidates, err := d.candidates(ctx, s.Cases)
	if err != nil {
		return err
	}
	for _, doc := range tray.Documents {
		if doc.Origin != nil {
			continue // goes where its file goes
		}
		s.Unsorted = append(s.Unsorted, Waiting{Name: doc.Name, SHA256: doc.SHA256, ReceivedAt: doc.ReceivedAt, Suggestion: suggest(doc.Name, candidates)})
	}
	return nil
}

// mostLooked is into how many unfinished cases it is looked for a missing document. With more than that
// open at once, "the only case that lacks a licence" is not to be expected.
const mostLooked = 100

// candidates finds for every case that does not pass yet which kinds of document it still lacks.
func (d *Desk) candidates(ctx context.Context, cases []CaseStatus) ([]candidate, error) {
	var out []candidate
	looked := 0
	for _, line := range cases {
		k := candidate{name: line.Name, missing: map[checks.Kind]bool{}}
		out = append(out, k)
		if line.State != checks.Collecting || looked == mostLooked {
			continue
		}
		looked++
		c, err := d.ledger.Case(ctx, line.Name)
		if err != nil {
			return nil, err
		}
		answers := d.answersOf(c)
		p, err := d.profileFor(answers.Path, "")
		if err != nil {
			return nil, err
		}
		for _, r := range p.Requirements() {
			if r.Min > 0 {
				k.missing[r.Kind] = true
			}
		}
		reported, err := d.reportedKinds(ctx, line.Name)
		if err != nil {
			return nil, err
		}
		for _, doc := range c.Documents {
			kind, source := kindOf(answers.Answers, doc)
			if seen, ok := reported[doc.SHA256]; ok && source != pipeline.KindGiven {
				kind = seen // by its content, perhaps
			}
			delete(k.missing, kind)
		}
	}
	return out, nil
}

// reportedKinds is what the case's newest report says its documents are, by SHA-256; nil without a report.
func (d *Desk) reportedKinds(ctx context.Context, caseName string) (map[string]checks.Kind, error) {
	report, err := d.ledger.Report(ctx, caseName, 0)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	kinds := map[string]checks.Kind{}
	for _, doc := range report.Documents {
		kinds[doc.SHA256] = doc.Kind
	}
	return kinds, nil
}

// Assign takes a document from the tray, or from another case, over to a case, and examines
// both. It returns the report of the case it now belongs to.
func (d *Desk) Assign(ctx context.Context, from, name, to string) (*pipeline.Case, error) {
	if err := checkName(to); err != nil {
		return nil, err
	}
	if _, err := d.ledger.Move(ctx, from, name, to); err != nil {
		if errors.Is(err, ledger.ErrNotFound) {
			return nil, &NoDocumentError{Case: from, Name: name, Err: err}
		}
		return nil, err
	}
	if from != pipeline.Unsorted {
		if _, err := d.Examine(ctx, from); err != nil {
			return nil, err
		}
	}
	return d.Examine(ctx, to)
}

// A NoDocumentError says that a case has no such document.
type NoDocumentError struct {
	Case, Name string
	Err        error
}

func (e *NoDocumentError) Error() string {
	return "there is no file " + quote(e.Name) + " in " + quote(e.Case)
}

// Message says so in both languages.
func (e *NoDocumentError) Message() checks.Text {
	return checks.Textf("there is no file %q in %q", "%[2]q 中没有文件 %[1]q", e.Name, e.Case)
}

// Unwrap returns the ledger's error.
func (e *NoDocumentError) Unwrap() error { return e.Err }

// Hint says how to find the name.
func (e *NoDocumentError) Hint() checks.Text {
	return checks.Text{En: "`dossier status` lists the files in the tray, the case's report those of a case",
		Zh: "`dossier status` 列出待分拣的文件；案件的文件见其报告"}
}

func quote(s string) string { return `"` + s + `"` }

// below reports whether a path lies in a folder.
func below(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
