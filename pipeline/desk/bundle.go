package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"dossier/checks"
	"dossier/pipeline"
	"dossier/pipeline/bundle"
	"dossier/pipeline/ledger"
	"dossier/pipeline/report"
)

// An Acceptance is a person's word that what a check found has been looked at and is in order.
type Acceptance struct {
	Check    string // its id
	Document string // the name of one document; empty: wherever the check found something
	Because  string
	Who      string
}

// A NothingToAcceptError says that a check has no finding in the case that waits for a person.
type NothingToAcceptError struct {
	Check  string
	Case   string
	Failed bool     // it has findings that nobody can accept
	Open   []string // the checks that do wait for a person
}

func (e *NothingToAcceptError) Error() string {
	return fmt.Sprintf("%s has found nothing in %q that waits for a decision", e.Check, e.Case)
}

// Message says so in both languages.
func (e *NothingToAcceptError) Message() checks.Text {
	return checks.Textf("%[1]s has found nothing in %[2]q that waits for a decision", "%[1]s 在 %[2]q 中没有等待决定的结论", e.Check, e.Case)
}

// Hint says what can be decided, or why this cannot.
func (e *NothingToAcceptError) Hint() checks.Text {
	switch {
	case e.Failed:
		return checks.Text{En: "what it found fails the profile and cannot be accepted: the document has to be mended",
			Zh: "该检查的结论为不合格，不能接受，必须改正文件"}
	case len(e.Open) > 0:
		return checks.Textf("waiting for a decision: %s", "等待决定的检查：%s", strings.Join(e.Open, ", "))
	}
	return checks.Text{En: "no finding of this case waits for a decision", Zh: "本案件没有等待决定的项目"}
}

// Accept records decisions on all findings of a check that wait for one, and returns how many
// there were. The case is examined anew with them.
func (d *Desk) Accept(ctx context.Context, caseName string, a Acceptance) (int, error) {
	if strings.TrimSpace(a.Because) == "" || strings.TrimSpace(a.Who) == "" {
		return 0, errors.New("a decision needs a name and a reason")
	}
	c, err := d.Examine(ctx, caseName)
	if err != nil {
		return 0, err
	}
	nothing := &NothingToAcceptError{Check: a.Check, Case: caseName}
	seen := map[string]bool{}
	var decisions []pipeline.Decision
	for _, p := range c.OpenReviews() {
		if id := p.Result.Check; !seen[id] {
			seen[id] = true
			nothing.Open = append(nothing.Open, id)
		}
		sha, name := "", ""
		if p.Document != nil {
			sha, name = p.Document.SHA256, p.Document.Path
		}
		if p.Result.Check != a.Check || a.Document != "" && a.Document != name {
			continue
		}
		decisions = append(decisions, pipeline.Decision{
			Check: a.Check, Code: p.Finding.Code, Document: sha, Fingerprint: p.Fingerprint,
			Who: a.Who, When: d.now().UTC(), Because: a.Because,
		})
	}
	if len(decisions) == 0 {
		for _, p := range c.Failures() {
			nothing.Failed = nothing.Failed || p.Result.Check == a.Check
		}
		return 0, nothing
	}
	if err := d.ledger.Decide(ctx, caseName, decisions); err != nil {
		return 0, named(caseName, err)
	}
	_, err = d.Examine(ctx, caseName)
	return len(decisions), err
}

// A Bundle is a submission that was built.
type Bundle struct {
	Path     string
	SHA256   string
	Manifest *bundle.Manifest
}

// Bundle builds the submission of a case in its folder. A case that is not ready is a
// *bundle.NotReadyError.
func (d *Desk) Bundle(ctx context.Context, caseName string) (Bundle, error) {
	c, err := d.Examine(ctx, caseName)
	if err != nil {
		return Bundle{}, err
	}
	if err := bundle.Ready(c); err != nil {
		return Bundle{}, err
	}
	in := bundle.Input{Case: c, Report: map[string][]byte{},
		Open: func(sha string) (io.ReadCloser, error) { return d.vault.Open(sha) }}
	answers, err := d.ledger.Answers(ctx, caseName)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return Bundle{}, err
	}
	in.Answers = answers.Data
	// The report in a bundle leads to no files of this desk, and is the same on every machine.
	html := d.htmlOptions(c, "", nil)
	html.DocumentLink = nil
	for _, file := range []struct {
		name string
		fill func(io.Writer) error
	}{
		{reportJSON, func(w io.Writer) error { return report.JSON(w, c) }},
		{reportHTML, func(w io.Writer) error { return report.HTML(w, c, html) }},
		{reportPDF, func(w io.Writer) error { return report.PDF(w, c, d.pdfOptions()) }},
	} {
		var b bytes.Buffer
		if err := file.fill(&b); err != nil {
			return Bundle{}, fmt.Errorf("writing %s: %w", file.name, err)
		}
		in.Report[file.name] = b.Bytes()
	}
	path := filepath.Join(d.CaseDir(caseName), bundleName)
	manifest, err := bundle.Build(ctx, path, in)
	if err != nil {
		return Bundle{}, err
	}
	sum, err := fileDigest(path)
	if err != nil {
		return Bundle{}, err
	}
	if err := d.ledger.RecordBundle(ctx, caseName, c.Version, sum, d.now()); err != nil {
		return Bundle{}, err
	}
	return Bundle{Path: path, SHA256: sum, Manifest: manifest}, nil
}
