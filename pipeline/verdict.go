package pipeline

// verdictOf is what one finding does to the verdict: a failure blocks, a review that nobody has
// decided waits for a person, everything else passes. A decision never lifts a failure, and a
// severity we do not know is as bad as can be.
func verdictOf(f Finding) Verdict {
	switch f.Severity {
	case Note:
		return VerdictPass
	case NeedReview:
		if f.Open() {
			return VerdictReview
		}
		return VerdictPass
	}
	return VerdictFail
}

// conclude sums up results. Only a check that ran can reassure: when none did, or when one
// failed and left no finding that a person could decide, a person must look.
func conclude(results []Result) Verdict {
	v, ran := VerdictPass, false
	for _, r := range results {
		ran = ran || r.Outcome == Ran
		if r.Outcome != Ran && r.Outcome != Skipped && len(r.Findings) == 0 {
			v = v.Worse(VerdictReview)
		}
		for _, f := range r.Findings {
			v = v.Worse(verdictOf(f))
		}
	}
	if !ran {
		v = v.Worse(VerdictReview)
	}
	return v
}

// Conclude sets the document's verdict from its findings and the decisions on them.
func (d *Document) Conclude() { d.Verdict = conclude(d.Results) }

// Conclude sets the verdicts of all documents of the case, and the case's own: the worst of
// theirs and of what the case checks found.
func (c *Case) Conclude() {
	c.Verdict = conclude(c.Results)
	for i := range c.Documents {
		c.Documents[i].Conclude()
		c.Verdict = c.Verdict.Worse(c.Documents[i].Verdict)
	}
}

// Apply attaches the decisions to the findings they were made on, and concludes again.
//
// The list given is all there is: a decision that a finding carries from before and that is not
// in the list is taken off. A decision holds for the finding with the same fingerprint, check
// and document, and only for one that needs review; of several the latest holds.
func (c *Case) Apply(decisions []Decision) {
	byFingerprint := map[string]Decision{}
	for _, d := range decisions {
		if held, ok := byFingerprint[d.Fingerprint]; !ok || !d.When.Before(held.When) {
			byFingerprint[d.Fingerprint] = d
		}
	}
	c.Walk(func(doc *Document, r *Result, f *Finding) {
		f.Decision = nil
		if f.Severity != NeedReview {
			return
		}
		sha := shaOf(doc)
		d, ok := byFingerprint[Fingerprint(r.Check, sha, *f)]
		// The fingerprint alone would do; the rest guards against a decision that was put
		// together by hand from parts of two.
		if ok && d.Check == r.Check && d.Code == f.Code && d.Document == sha {
			f.Decision = &d
		}
	})
	c.Conclude()
}

// A Point is one finding of a case together with where it stands.
type Point struct {
	Document    *Document // nil for a finding of the case itself
	Result      *Result
	Finding     *Finding
	Fingerprint string // what a decision on it must carry
}

// OpenReviews lists the findings that wait for a person, those of the case first and then
// those of the documents in their order.
func (c *Case) OpenReviews() []Point {
	return c.points(func(f Finding) bool { return f.Open() })
}

// Failures lists the findings that block the bundle, in the order of OpenReviews.
func (c *Case) Failures() []Point {
	return c.points(func(f Finding) bool { return verdictOf(f) == VerdictFail })
}

func (c *Case) points(want func(Finding) bool) []Point {
	var out []Point
	c.Walk(func(doc *Document, r *Result, f *Finding) {
		if want(*f) {
			out = append(out, Point{Document: doc, Result: r, Finding: f, Fingerprint: Fingerprint(r.Check, shaOf(doc), *f)})
		}
	})
	return out
}

func shaOf(doc *Document) string {
	if doc == nil {
		return ""
	}
	return doc.SHA256
}
