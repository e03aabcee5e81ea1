package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"dossier/checks"
)

// Names of the published JSON schemas.
const (
	DocumentSchema = "dossier.document/1"
	CaseSchema     = "dossier.case/1"
)

// Severity is how bad the profile holds a finding to be.
type Severity string

// Severities, mildest first.
const (
	Note       Severity = "note"   // worth knowing, changes nothing
	NeedReview Severity = "review" // a person must look and decide
	Fail       Severity = "fail"   // blocks the bundle
)

// Verdict is what is said of a document or a case.
type Verdict string

// Verdicts, best first.
const (
	VerdictPass   Verdict = "pass"
	VerdictReview Verdict = "review"
	VerdictFail   Verdict = "fail"
)

// Worse returns the worse of two verdicts.
func (v Verdict) Worse(w Verdict) Verdict {
	if v.rank() >= w.rank() {
		return v
	}
	return w
}

func (v Verdict) rank() int {
	switch v {
	case VerdictPass:
		return 0
	case VerdictReview:
		return 1
	}
	return 2 // fail, and any word we do not know
}

// Outcome is what became of a check.
type Outcome string

// Outcomes. Only Ran can reassure.
const (
	Ran     Outcome = "ran"
	Skipped Outcome = "skipped" // not measurable here; Reason says why
	Failed  Outcome = "failed"  // panic, timeout or error; Reason says which
)

// KindSource says where a document's kind was taken from.
type KindSource string

// Sources of a kind, strongest first.
const (
	KindGiven       KindSource = "given"   // answers.yaml or the command line
	KindFromContent KindSource = "content" // recognised in the picture
	KindFromName    KindSource = "name"    // a hint in the file name
)

// A Finding is a check's finding after the profile has judged it.
type Finding struct {
	Code      string           `json:"code"`
	Severity  Severity         `json:"severity"`
	Rule      string           `json:"rule,omitempty"` // the profile's rule id, e.g. "S21"
	Message   checks.Text      `json:"message"`
	Remedy    checks.Text      `json:"remedy"`
	Measures  []checks.Measure `json:"measures"`
	Region    checks.Region    `json:"region"`  // [0,0,0,0]: the whole document
	Overlay   string           `json:"overlay"` // relative path of a picture of the evidence, or ""
	Documents []string         `json:"documents,omitempty"`
	Decision  *Decision        `json:"decision,omitempty"` // set when a person has accepted it
}

// Open reports whether the finding still needs a person: a review nobody has decided.
func (f Finding) Open() bool { return f.Severity == NeedReview && f.Decision == nil }

// A Result is one check's outcome on one document or case.
type Result struct {
	Check    string    `json:"check"`
	Version  int       `json:"version"`
	Outcome  Outcome   `json:"outcome"`
	Reason   string    `json:"reason"`              // English; empty when the check ran
	ReasonZh string    `json:"reason_zh,omitempty"` // the same in Chinese
	Findings []Finding `json:"findings"`
}

// Format is what a document's bytes are.
type Format struct {
	Name   string `json:"name"` // jpeg, bmp, gif, png, webp, tiff, heic, pdf, ..., unknown
	OK     bool   `json:"ok"`   // no finding of the format family blocks it
	Bytes  int64  `json:"bytes"`
	Width  int    `json:"width"`  // of the upright picture, in pixels; 0 if unknown
	Height int    `json:"height"` // likewise
}

// EditVerdict words what was seen of editing.
type EditVerdict string

// Edit verdicts. NotMeasured is not None: nothing was looked at closely enough to say.
const (
	EditNone        EditVerdict = "none"
	EditReview      EditVerdict = "review"
	EditStrong      EditVerdict = "strong"
	EditNotMeasured EditVerdict = "not_measured"
)

// Edit sums up the edits family. Score is 0..1 and rises with suspicion.
type Edit struct {
	Verdict EditVerdict `json:"verdict"`
	Score   float64     `json:"score"`
}

// A Document is the stored record of one examined document: one line of `dossier check
// --json`, one entry of a case report.
type Document struct {
	Schema     string           `json:"schema"` // DocumentSchema
	Path       string           `json:"path"`   // as given on the command line, or its name in the case
	SHA256     string           `json:"sha256"`
	Kind       checks.Kind      `json:"kind"`
	KindSource KindSource       `json:"kind_source"`
	Verdict    Verdict          `json:"verdict"`
	Format     Format           `json:"format"`
	Edit       Edit             `json:"edit"`
	Seals      []checks.Seal    `json:"seals"`
	Readings   []checks.Reading `json:"readings"`
	Results    []Result         `json:"results"`
	Origin     *checks.Origin   `json:"origin,omitempty"` // when it was taken out of another file
	Parts      int              `json:"parts,omitempty"`  // pictures taken out of this one
	ReceivedAt *time.Time       `json:"received_at,omitempty"`
}

// ProfileRef names the profile a report was judged by, exactly.
type ProfileRef struct {
	ID     string      `json:"id"` // "wechat-organization@2014-09"
	Title  checks.Text `json:"title"`
	SHA256 string      `json:"sha256"` // of the profile as it was applied, extensions merged in
}

// A Rule is one rule of a profile as a report cites it.
type Rule struct {
	ID     string      `json:"id"`
	Text   checks.Text `json:"text"`
	Source string      `json:"source"`
}

// A Case is the stored record of one examined case: report.json.
type Case struct {
	Schema      string            `json:"schema"` // CaseSchema
	Case        string            `json:"case"`
	Version     int               `json:"version"` // of the report, from 1
	GeneratedAt time.Time         `json:"generated_at"`
	Path        checks.Path       `json:"path"`
	Profile     ProfileRef        `json:"profile"`
	Verdict     Verdict           `json:"verdict"`
	Answers     map[string]string `json:"answers"`
	Documents   []Document        `json:"documents"`        // in upload order
	Results     []Result          `json:"results"`          // of the case checks
	Replaced    []Replaced        `json:"replaced"`         // documents a later file took the place of
	Events      []checks.Event    `json:"events,omitempty"` // what happened after it was submitted, oldest first
	Rules       []Rule            `json:"rules"`            // those the findings cite
	Versions    Versions          `json:"versions"`
}

// Replaced is a document that a later file of the same name took the place of.
type Replaced struct {
	Name   string    `json:"name"`
	SHA256 string    `json:"sha256"`
	At     time.Time `json:"at"`
}

// Versions says what made a report.
type Versions struct {
	Dossier string         `json:"dossier"`
	Checks  map[string]int `json:"checks"`
}

// A Decision is a person's word on a finding that needs review.
type Decision struct {
	Check       string    `json:"check"`
	Code        string    `json:"code"`
	Document    string    `json:"document"`    // SHA-256 of the document, "" for a finding of the case
	Fingerprint string    `json:"fingerprint"` // of exactly the finding that was accepted
	Who         string    `json:"who"`
	When        time.Time `json:"when"`
	Because     string    `json:"because"`
}

// Fingerprint identifies what a decision is about: this finding, with these figures, on these
// bytes. A replaced scan or another figure is another finding and is decided anew.
func Fingerprint(check, documentSHA256 string, f Finding) string {
	parts := append([]string{check, f.Code, documentSHA256, f.Message.En}, f.Documents...)
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// Walk calls visit for every finding of the case with the result it belongs to and its
// document, nil for a finding of the case itself. The finding may be changed in place.
func (c *Case) Walk(visit func(doc *Document, r *Result, f *Finding)) {
	for i := range c.Results {
		for j := range c.Results[i].Findings {
			visit(nil, &c.Results[i], &c.Results[i].Findings[j])
		}
	}
	for d := range c.Documents {
		c.Documents[d].Walk(func(r *Result, f *Finding) { visit(&c.Documents[d], r, f) })
	}
}

// Walk calls visit for every finding of the document; the finding may be changed in place.
func (d *Document) Walk(visit func(r *Result, f *Finding)) {
	for i := range d.Results {
		for j := range d.Results[i].Findings {
			visit(&d.Results[i], &d.Results[i].Findings[j])
		}
	}
}
