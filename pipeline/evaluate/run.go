package evaluate

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"dossier/checks"
	"dossier/pipeline"
)

// family is the family of checks whose answers are measured.
const family = "edits/"

// suspicion is the measure by which a finding says how suspicious it is, 0..1.
const suspicion = "suspicion"

// Examine runs the checks over one file and judges what they found. Its error is that of a
// broken program or of the context; a bad file is in the document.
type Examine func(ctx context.Context, s *checks.Subject) (pipeline.Document, error)

// A File is what became of one labelled file.
type File struct {
	Entry
	Verdict pipeline.EditVerdict `json:"verdict"`
	Score   float64              `json:"score"`
	Format  string               `json:"format"`
	Origin  string               `json:"origin"` // what kind of file it is, for calibration: see OriginOf
	Checks  []CheckScore         `json:"checks"`
	Regions []checks.Region      `json:"regions,omitempty"` // of the findings that carry the score
	Overlap *Overlap             `json:"overlap,omitempty"` // with the mask, if there is one
	Pixels  int64                `json:"pixels"`

	header features
}

// A CheckScore is one check's answer on one file.
type CheckScore struct {
	Check    string           `json:"check"`
	Version  int              `json:"version"`
	Outcome  pipeline.Outcome `json:"outcome"`
	Score    float64          `json:"score"`    // the greatest suspicion of its findings; 0 without
	Severity string           `json:"severity"` // the worst of its findings, empty without
	Overlap  *Overlap         `json:"overlap,omitempty"`

	regions []checks.Region
}

// Check returns the score of that check, false if it was not run.
func (f *File) Check(id string) (CheckScore, bool) {
	for _, c := range f.Checks {
		if c.Check == id {
			return c, true
		}
	}
	return CheckScore{}, false
}

// Options of a run.
type Options struct {
	Workers int    // files examined at the same time; 0: 1
	Half    string // only this half; empty: both
	Told    func(done, of int)
}

// Run examines every file of the list, in the order of the list.
func Run(ctx context.Context, l *List, examine Examine, o Options) ([]File, error) {
	var entries []Entry
	for _, e := range l.Entries {
		if o.Half == "" || e.Half == o.Half {
			entries = append(entries, e)
		}
	}
	files := make([]File, len(entries))
	told := make(chan struct{})
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		done := 0
		for range told {
			done++
			if o.Told != nil {
				o.Told(done, len(entries))
			}
		}
	}()
	g, within := errgroup.WithContext(ctx)
	g.SetLimit(max(1, o.Workers))
	for i, e := range entries {
		if within.Err() != nil {
			break
		}
		g.Go(func() error {
			f, err := one(within, e, examine)
			if err != nil {
				return fmt.Errorf("line %d, %s: %w", e.Line, e.Path, err)
			}
			files[i] = f
			told <- struct{}{}
			return nil
		})
	}
	err := g.Wait()
	close(told)
	<-finished
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	return files, nil
}

func one(ctx context.Context, e Entry, examine Examine) (File, error) {
	if err := ctx.Err(); err != nil {
		return File{}, err
	}
	data, err := os.ReadFile(e.File)
	if err != nil {
		return File{}, err
	}
	// The name is a hint that a check may look at: the list's own names must not be one.
	s := checks.NewSubject("file", e.Kind, data)
	d, err := examine(ctx, s)
	if err != nil {
		return File{}, err
	}
	f := score(e, d)
	f.header = headerOf(data)
	f.Origin = OriginOf(data)
	if e.Mask != "" {
		err = f.compare()
	}
	return f, err
}

// score takes from a document record what is measured.
func score(e Entry, d pipeline.Document) File {
	f := File{Entry: e, Verdict: d.Edit.Verdict, Score: d.Edit.Score, Format: d.Format.Name, Checks: []CheckScore{},
		Pixels: int64(d.Format.Width) * int64(d.Format.Height)}
	worst := -1
	for _, r := range d.Results {
		if !strings.HasPrefix(r.Check, family) {
			continue
		}
		c := CheckScore{Check: r.Check, Version: r.Version, Outcome: r.Outcome}
		level := -1
		for _, finding := range r.Findings {
			if r.Outcome != pipeline.Ran {
				break // what the judge says of a check that did not run is no answer of it
			}
			c.Score = max(c.Score, suspicionOf(finding))
			level = max(level, slices.Index(severities, finding.Severity))
			if !finding.Region.IsZero() && suspicionOf(finding) > 0 {
				c.regions = append(c.regions, finding.Region)
			}
		}
		if level >= 0 {
			c.Severity = string(severities[level])
		}
		worst = max(worst, level)
		f.Checks = append(f.Checks, c)
	}
	// The regions that carry the score are those of the worst severity that has any.
	for level := worst; level >= 0 && len(f.Regions) == 0; level-- {
		for _, r := range d.Results {
			if !strings.HasPrefix(r.Check, family) || r.Outcome != pipeline.Ran {
				continue
			}
			for _, finding := range r.Findings {
				if finding.Severity == severities[level] && !finding.Region.IsZero() && suspicionOf(finding) > 0 {
					f.Regions = append(f.Regions, finding.Region)
				}
			}
		}
	}
	return f
}

// severities, mildest first.
var severities = []pipeline.Severity{pipeline.Note, pipeline.NeedReview, pipeline.Fail}

// suspicionOf is what a finding says, or, where it says nothing, 0 for a note and even odds for
// more: the judge reads it the same way.
func suspicionOf(f pipeline.Finding) float64 {
	for _, m := range f.Measures {
		if m.Name == suspicion && m.Value == m.Value {
			return min(max(m.Value, 0), 1)
		}
	}
	if f.Severity == pipeline.Note {
		return 0
	}
	return 0.5
}

// compare lays the regions over the mask.
func (f *File) compare() error {
	any := len(f.Regions) > 0
	for _, c := range f.Checks {
		any = any || len(c.regions) > 0
	}
	if !any {
		f.Overlap = &Overlap{}
		return nil
	}
	mask, err := readMask(f.MaskFile)
	if err != nil {
		return err
	}
	o := IoU(f.Regions, mask)
	f.Overlap = &o
	for i := range f.Checks {
		if c := &f.Checks[i]; len(c.regions) > 0 {
			o := IoU(c.regions, mask)
			c.Overlap = &o
		}
	}
	return nil
}
