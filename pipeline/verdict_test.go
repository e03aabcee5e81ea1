package pipeline

import (
	"testing"
	"time"

	"dossier/checks"

	"pgregory.net/rapid"
)

var severities = []Severity{Note, NeedReview, Fail}

func genFinding(t *rapid.T) Finding {
	f := Finding{
		Code:     rapid.SampledFrom([]string{"too_big", "editor_named", "broken"}).Draw(t, "code"),
		Severity: rapid.SampledFrom(severities).Draw(t, "severity"),
		Message:  checks.Text{En: rapid.SampledFrom([]string{"3 bytes", "4 bytes", "5 bytes"}).Draw(t, "message")},
	}
	if rapid.Bool().Draw(t, "decided") {
		f.Decision = &Decision{Who: "clerk", Because: "seen the original"}
	}
	return f
}

func genResults(t *rapid.T) []Result {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Result {
		return Result{
			Check:    rapid.SampledFrom([]string{"format/size", "edits/metadata"}).Draw(t, "check"),
			Outcome:  rapid.SampledFrom([]Outcome{Ran, Skipped, Failed}).Draw(t, "outcome"),
			Findings: rapid.SliceOfN(rapid.Custom(genFinding), 0, 4).Draw(t, "findings"),
		}
	}), 0, 4).Draw(t, "results")
}

func genCase(t *rapid.T) *Case {
	c := &Case{Results: genResults(t)}
	for _, sha := range []string{"aa", "bb"}[:rapid.IntRange(0, 2).Draw(t, "documents")] {
		c.Documents = append(c.Documents, Document{SHA256: sha, Results: genResults(t)})
	}
	return c
}

func count(c *Case, want func(r *Result, f *Finding) bool) (n int) {
	c.Walk(func(_ *Document, r *Result, f *Finding) {
		if want(r, f) {
			n++
		}
	})
	return n
}

func TestAddingAFindingNeverImprovesAVerdict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Document{Results: genResults(t)}
		if len(d.Results) == 0 {
			t.Skip("nowhere to add a finding")
		}
		// A result that failed in silence asks for a review; a finding in it takes its place.
		// The judge never leaves one empty, so neither does this test.
		for i := range d.Results {
			if d.Results[i].Outcome == Failed {
				d.Results[i].Findings = append(d.Results[i].Findings, Finding{Code: "check_failed", Severity: NeedReview})
			}
		}
		d.Conclude()
		before := d.Verdict
		r := &d.Results[rapid.IntRange(0, len(d.Results)-1).Draw(t, "where")]
		r.Findings = append(r.Findings, genFinding(t))
		d.Conclude()
		if before.Worse(d.Verdict) != d.Verdict {
			t.Fatalf("verdict went from %s to %s by adding a finding", before, d.Verdict)
		}
	})
}

func TestOnlyFailBlocks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genCase(t)
		c.Conclude()
		fails := count(c, func(_ *Result, f *Finding) bool { return f.Severity == Fail })
		if (c.Verdict == VerdictFail) != (fails > 0) {
			t.Fatalf("verdict %s with %d failures", c.Verdict, fails)
		}
		if got := len(c.Failures()); got != fails {
			t.Fatalf("Failures lists %d, want %d", got, fails)
		}
	})
}

func TestDecisionsNeverLiftAFail(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genCase(t)
		var all []Decision
		c.Walk(func(doc *Document, r *Result, f *Finding) {
			all = append(all, Decision{Check: r.Check, Code: f.Code, Document: shaOf(doc),
				Fingerprint: Fingerprint(r.Check, shaOf(doc), *f), Who: "clerk", When: time.Unix(1, 0), Because: "seen"})
		})
		c.Apply(all)
		fails := count(c, func(_ *Result, f *Finding) bool { return f.Severity == Fail })
		if (c.Verdict == VerdictFail) != (fails > 0) {
			t.Fatalf("verdict %s with %d failures after deciding everything", c.Verdict, fails)
		}
		if n := count(c, func(_ *Result, f *Finding) bool { return f.Severity != NeedReview && f.Decision != nil }); n != 0 {
			t.Fatalf("%d findings that are not reviews carry a decision", n)
		}
		if open := c.OpenReviews(); len(open) != 0 {
			t.Fatalf("%d reviews are open after deciding everything", len(open))
		}
		// Applied again, nothing changes; taken back, every review is open again.
		v := c.Verdict
		c.Apply(all)
		if c.Verdict != v {
			t.Fatalf("a second Apply changed %s to %s", v, c.Verdict)
		}
		c.Apply(nil)
		reviews := count(c, func(_ *Result, f *Finding) bool { return f.Severity == NeedReview })
		if got := len(c.OpenReviews()); got != reviews {
			t.Fatalf("%d reviews open after taking decisions back, want %d", got, reviews)
		}
	})
}

func oneReview() (*Case, Decision) {
	f := Finding{Code: "editor_named", Severity: NeedReview, Message: checks.Text{En: "saved by an editor"}}
	c := &Case{
		Results:   []Result{{Check: "casefile/complete", Outcome: Ran}},
		Documents: []Document{{SHA256: "aa", Results: []Result{{Check: "edits/metadata", Outcome: Ran, Findings: []Finding{f}}}}},
	}
	return c, Decision{Check: "edits/metadata", Code: f.Code, Document: "aa", Fingerprint: Fingerprint("edits/metadata", "aa", f), Who: "clerk", Because: "cropped only"}
}

func TestApply(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*Case, *Decision)
		want   Verdict
	}{
		{"the finding it was made on", func(*Case, *Decision) {}, VerdictPass},
		{"the scan was replaced", func(c *Case, _ *Decision) { c.Documents[0].SHA256 = "bb" }, VerdictReview},
		{"the figure changed", func(c *Case, _ *Decision) { c.Documents[0].Results[0].Findings[0].Message.En = "saved by two" }, VerdictReview},
		{"the finding became a failure", func(c *Case, _ *Decision) { c.Documents[0].Results[0].Findings[0].Severity = Fail }, VerdictFail},
		{"a fingerprint under another check's name", func(_ *Case, d *Decision) { d.Check = "format/size" }, VerdictReview},
		{"a severity nobody knows", func(c *Case, _ *Decision) { c.Documents[0].Results[0].Findings[0].Severity = "fine" }, VerdictFail},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, d := oneReview()
			tc.change(c, &d)
			c.Apply([]Decision{d})
			if c.Verdict != tc.want {
				t.Errorf("verdict %s, want %s", c.Verdict, tc.want)
			}
		})
	}
}

func TestTheLatestDecisionHolds(t *testing.T) {
	c, d := oneReview()
	later := d
	later.When, later.Because = d.When.Add(time.Hour), "asked the client"
	for _, list := range [][]Decision{{d, later}, {later, d}} {
		c.Apply(list)
		if got := c.Documents[0].Results[0].Findings[0].Decision.Because; got != later.Because {
			t.Errorf("decision %q holds, want the later one", got)
		}
	}
}

func TestNothingThatDidNotRunReassures(t *testing.T) {
	for _, tc := range []struct {
		name    string
		results []Result
		want    Verdict
	}{
		{"no check at all", nil, VerdictReview},
		{"everything skipped", []Result{{Outcome: Skipped}}, VerdictReview},
		{"one failed, without a finding", []Result{{Outcome: Ran}, {Outcome: Failed}}, VerdictReview},
		{"one ran, one had nothing to measure", []Result{{Outcome: Ran}, {Outcome: Skipped}}, VerdictPass},
	} {
		d := Document{Results: tc.results}
		d.Conclude()
		if d.Verdict != tc.want {
			t.Errorf("%s: verdict %s, want %s", tc.name, d.Verdict, tc.want)
		}
	}
}
