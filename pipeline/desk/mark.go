package desk

import (
	"context"
	"slices"
	"time"

	"dossier/checks"
	"dossier/checks/deadline"
	"dossier/pipeline"
	"dossier/pipeline/profile"
)

// Mark records what happened to a case after it was submitted, and returns its new report.
func (d *Desk) Mark(ctx context.Context, caseName string, e checks.Event) (*pipeline.Case, error) {
	if e.At.IsZero() {
		e.At = d.now().UTC()
	}
	if err := d.ledger.RecordEvent(ctx, caseName, e); err != nil {
		return nil, named(caseName, err)
	}
	return d.Examine(ctx, caseName)
}

// A DueItem is one thing that is due for a case.
type DueItem struct {
	Case string `json:"case"`
	deadline.Item
	Late bool `json:"late"`
}

// stateOf says where a case stands: what was last recorded, else what its report says.
func stateOf(events []checks.Event, verdict pipeline.Verdict) checks.State {
	if n := len(events); n > 0 && events[n-1].State != checks.Collecting {
		return events[n-1].State
	}
	if verdict == pipeline.VerdictPass {
		return checks.Ready
	}
	return checks.Collecting
}

// terms are the terms of a profile: what it says of the check of deadlines, else that check's own.
func (d *Desk) terms(p *profile.Profile) deadline.Terms {
	i := slices.IndexFunc(d.checks, func(c *checks.Check) bool { return c.ID == deadlinesCheck })
	if i < 0 {
		return deadline.DefaultTerms
	}
	settings, err := p.Settings(d.checks[i])
	if err != nil {
		return deadline.DefaultTerms
	}
	return deadline.TermsOf(settings.Number)
}

// deadlinesCheck is the check whose limits are the terms.
const deadlinesCheck = "casefile/deadlines"

// reckoning lists what is due for cases, looking up the terms of each path once.
type reckoning struct {
	desk  *Desk
	now   time.Time
	terms map[checks.Path]deadline.Terms
}

// due lists what is due for a case.
func (r *reckoning) due(name string, path checks.Path, events []checks.Event) ([]DueItem, error) {
	items := []DueItem{}
	if len(events) == 0 {
		return items, nil
	}
	if path == "" {
		path = r.desk.Config.Path
	}
	terms, ok := r.terms[path]
	if !ok {
		p, err := r.desk.profileFor(path, "")
		if err != nil {
			return nil, err
		}
		terms = r.desk.terms(p)
		r.terms[path] = terms
	}
	for _, i := range deadline.Due(path, events, terms, r.desk.Config.calendar()) {
		items = append(items, DueItem{Case: name, Item: i, Late: i.Late(r.now)})
	}
	return items, nil
}
