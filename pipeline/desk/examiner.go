package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"sort"

	"dossier/checks"
	"dossier/pipeline"
	"dossier/pipeline/examine"
	"dossier/pipeline/profile"
)

// An Examiner measures documents and judges them by one profile. It is safe for use by several
// goroutines.
type Examiner struct {
	Profile *profile.Profile
	Checks  []*checks.Check
	runner  *examine.Runner
}

// NewExaminer makes an examiner of the checks under a profile. The profile must name severities
// for all their findings; if it does not, that is an error here and not a surprise later.
func NewExaminer(list []*checks.Check, p *profile.Profile, o examine.Options) (*Examiner, error) {
	if err := p.Validate(list); err != nil {
		return nil, err
	}
	return &Examiner{Profile: p, Checks: list, runner: examine.New(list, p.Settings, o)}, nil
}

// under returns an examiner of the same checks and the same memory budget under another
// profile.
func (e *Examiner) under(p *profile.Profile) (*Examiner, error) {
	if err := p.Validate(e.Checks); err != nil {
		return nil, err
	}
	return &Examiner{Profile: p, Checks: e.Checks, runner: e.runner.WithSettings(p.Settings)}, nil
}

// An Examination is one examined and judged document with the pictures made on the way.
type Examination struct {
	Document pipeline.Document
	Preview  []byte                 // JPEG; nil if there is no picture
	Overlays map[string]image.Image // by the path the findings name
}

// Document examines one document, of which people state the kind s.Kind; its content may overrule a name. The
// error is only ever the context's.
func (e *Examiner) Document(ctx context.Context, s *checks.Subject, source pipeline.KindSource) (Examination, error) {
	s.Stated, s.StatedSource = s.Kind, string(source)
	examined, err := e.runner.Document(ctx, s)
	if err != nil {
		return Examination{}, err
	}
	return Examination{Document: profile.Judge(e.Profile, examined), Preview: examined.Preview, Overlays: examined.Overlays}, nil
}

// Case runs and judges the case checks.
func (e *Examiner) Case(ctx context.Context, c *checks.Case) ([]pipeline.Result, error) {
	measured, err := e.runner.Case(ctx, c)
	if err != nil {
		return nil, err
	}
	return profile.JudgeCase(e.Profile, measured), nil
}

// Key identifies everything but the document that a document's results depend on: the checks
// with their versions, and the profile. Results kept under the same key may be used again.
func (e *Examiner) Key() string {
	h := sha256.New()
	fmt.Fprintln(h, e.Profile.Digest())
	versions := e.Versions()
	ids := make([]string, 0, len(versions))
	for id := range versions {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for _, id := range ids {
		fmt.Fprintln(h, id, versions[id])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Versions returns the version of every check by its id.
func (e *Examiner) Versions() map[string]int {
	v := map[string]int{}
	for _, c := range e.Checks {
		v[c.ID] = c.Version
	}
	return v
}
