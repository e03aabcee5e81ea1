package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image/png"
	"slices"

	"dossier/checks"
	"dossier/pipeline"
	"dossier/pipeline/ledger"
	"dossier/pipeline/profile"
)

// previewName is a document's reduced picture among its derived files in the vault.
const previewName = "preview.jpg"

// Examine examines a case as it stands now and returns its report, which is then in the ledger
// and in the case's folder. When there is a report of this very state, that one is returned.
func (d *Desk) Examine(ctx context.Context, caseName string) (*pipeline.Case, error) {
	c, err := d.ledger.Case(ctx, caseName)
	if err != nil {
		return nil, named(caseName, err)
	}
	version := c.Version
	if c.Pending || version == 0 {
		record, err := d.examine(ctx, c)
		if err != nil {
			return nil, fmt.Errorf("examining the case %q: %w", caseName, err)
		}
		if version, err = d.ledger.StoreReport(ctx, caseName, c.Revision, record); err != nil {
			return nil, err
		}
		d.step("report stored")
	}
	record, err := d.ledger.Report(ctx, caseName, version)
	if err != nil {
		return nil, named(caseName, err)
	}
	return record, d.project(ctx, record)
}

// ExamineAgain examines a case although nothing of it has changed.
func (d *Desk) ExamineAgain(ctx context.Context, caseName string) (*pipeline.Case, error) {
	if err := d.ledger.Touch(ctx, caseName); err != nil {
		return nil, named(caseName, err)
	}
	return d.Examine(ctx, caseName)
}

// Report returns a stored report of a case; version 0 is the newest.
func (d *Desk) Report(ctx context.Context, caseName string, version int) (*pipeline.Case, error) {
	if version == 0 {
		return d.Examine(ctx, caseName)
	}
	c, err := d.ledger.Report(ctx, caseName, version)
	return c, named(caseName, err)
}

func (d *Desk) examine(ctx context.Context, c ledger.Case) (*pipeline.Case, error) {
	answers := d.answersOf(c)
	p, err := d.profileFor(answers.Path, answers.asked)
	if err != nil {
		var wrong *profile.Problem
		if answers.asked == "" || !errors.As(err, &wrong) {
			return nil, err
		}
		// The client's sheet asks for a profile that does not exist: a finding, not a fault.
		answers.Problems = append(answers.Problems, wrong.Brief())
		if p, err = d.profileFor(answers.Path, ""); err != nil {
			return nil, err
		}
	}
	e, err := d.examinerFor(p)
	if err != nil {
		return nil, err
	}

	record := &pipeline.Case{
		Schema: pipeline.CaseSchema, Case: c.Name, GeneratedAt: d.now().UTC(), Path: answers.Path, Profile: p.Ref(),
		Answers: answers.Values, Documents: []pipeline.Document{}, Replaced: c.Replaced,
		Versions: pipeline.Versions{Dossier: d.version, Checks: e.Versions()},
	}
	input := &checks.Case{Name: c.Name, Path: answers.Path, Answers: answers.Answers.Answers, Required: p.Requirements(), Now: record.GeneratedAt}
	for _, doc := range c.Documents {
		kind, source := kindOf(answers.Answers, doc)
		got, err := d.document(ctx, e, doc, kind, source)
		if err != nil {
			return nil, fmt.Errorf("document %q: %w", doc.Name, err)
		}
		record.Documents = append(record.Documents, got)
	}
	sortForUpload(record.Documents)
	for _, doc := range record.Documents {
		input.Documents = append(input.Documents, checks.CaseDocument{
			Name: doc.Path, SHA256: doc.SHA256, Kind: doc.Kind, KindSource: string(doc.KindSource), Bytes: doc.Format.Bytes,
			Origin: doc.Origin, Container: doc.Parts > 0, Readings: doc.Readings, Seals: doc.Seals,
		})
	}
	if input.Elsewhere, err = d.ledger.Elsewhere(ctx, c.Name); err != nil {
		return nil, err
	}
	places, err := d.placesOf(answers.Values)
	if err != nil {
		return nil, err
	}
	if input.Places, err = d.ledger.TakePlaces(ctx, c.Name, places); err != nil {
		return nil, err
	}
	if input.Events, err = d.ledger.Events(ctx, c.Name); err != nil {
		return nil, err
	}
	record.Events = input.Events
	if record.Results, err = e.Case(ctx, input); err != nil {
		return nil, err
	}
	record.Rules = p.Cite(record)
	decisions, err := d.ledger.Decisions(ctx, c.Name)
	if err != nil {
		return nil, err
	}
	record.Apply(decisions)
	return record, nil
}

// caseAnswers is an answers sheet with what the desk adds to it.
type caseAnswers struct {
	profile.Answers
	Path  checks.Path
	asked string // the profile the sheet asks for
}

// answersOf reads the case's sheet. A sheet that cannot be read is told by its Problems.
func (d *Desk) answersOf(c ledger.Case) caseAnswers {
	a := caseAnswers{Path: c.Path}
	if c.Answers != nil {
		parsed, err := profile.ParseAnswers(c.Answers.Data)
		if err != nil {
			// Its words may quote the sheet, so that they are shown in the report only.
			d.log.Info("an answers sheet could not be read", "case", c.Name)
		}
		a.Answers, a.asked = parsed, parsed.Profile
		a.Answers.Given = true
		if parsed.Path != "" {
			a.Path = parsed.Path
		}
	}
	if a.Path == "" {
		a.Path = d.Config.Path
	}
	if a.Values == nil {
		a.Values = map[string]string{}
	}
	return a
}

// kindOf says what people state a document to be: what the answers say of it, or of the file it was taken
// out of, else what its name hints at.
func kindOf(a profile.Answers, doc ledger.Document) (checks.Kind, pipeline.KindSource) {
	names := append([]string{doc.Name}, doc.Aliases...)
	if doc.Origin != nil {
		names = append(names, doc.Origin.Name)
	}
	for _, name := range names {
		if k, ok := a.KindOf(name); ok {
			return k, pipeline.KindGiven
		}
	}
	for _, name := range names {
		if k, ok := pipeline.KindByName(name); ok {
			return k, pipeline.KindFromName
		}
	}
	return checks.Unknown, pipeline.KindFromName
}

// sortForUpload puts documents into the order in which the platform asks for them; within a
// kind they stay in the order they came.
func sortForUpload(documents []pipeline.Document) {
	order := map[checks.Kind]int{}
	for i, k := range checks.Kinds() {
		order[k] = i
	}
	slices.SortStableFunc(documents, func(a, b pipeline.Document) int { return order[a.Kind] - order[b.Kind] })
}

// digestOf is a digest of what could not be taken out of a document.
func digestOf(problems []checks.Text) []byte {
	h := sha256.New()
	for _, p := range problems {
		fmt.Fprintln(h, p.En)
	}
	return h.Sum(nil)[:8]
}

// document examines one document, or finds the result of an earlier examination of the same
// bytes under the same name, stated kind, checks and profile.
func (d *Desk) document(ctx context.Context, e *Examiner, doc ledger.Document, kind checks.Kind, source pipeline.KindSource) (pipeline.Document, error) {
	key := fmt.Sprintf("%s %d %x %s %s", e.Key(), doc.Parts, digestOf(doc.Problems), source, kind)
	got, ok, err := d.ledger.CachedDocument(ctx, doc.SHA256, doc.Name, key)
	if err != nil {
		return got, err
	}
	if !ok {
		head, size, err := d.vault.ReadHead(doc.SHA256, checks.MaxSubjectBytes)
		if err != nil {
			return got, err
		}
		s := &checks.Subject{Name: doc.Name, Kind: kind, Data: head, Size: size, SHA256: doc.SHA256, Parts: doc.Parts, PartProblems: doc.Problems}
		examination, err := e.Document(ctx, s, source)
		if err != nil {
			return got, err
		}
		if err := d.keepPictures(doc.SHA256, examination); err != nil {
			return got, err
		}
		got = examination.Document
		got.Path = doc.Name
		if err := d.ledger.StoreDocument(ctx, key, got); err != nil {
			return got, err
		}
	}
	received := doc.ReceivedAt.UTC()
	got.Origin, got.Parts, got.ReceivedAt = doc.Origin, doc.Parts, &received
	return got, nil
}

// keepPictures puts the pictures made during an examination beside the original.
func (d *Desk) keepPictures(sha string, e Examination) error {
	if e.Preview != nil {
		if err := d.vault.PutDerived(sha, previewName, e.Preview); err != nil {
			return err
		}
	}
	for name, img := range e.Overlays {
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			return fmt.Errorf("encoding %s: %w", name, err)
		}
		if err := d.vault.PutDerived(sha, name, b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}
