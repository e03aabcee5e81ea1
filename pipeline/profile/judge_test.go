package profile

import (
	"image"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dossier/checks"
	"dossier/pipeline"
)

func check(id string) *checks.Check {
	return &checks.Check{ID: id, Version: 3, Title: checks.Text{En: "title of " + id, Zh: id + "的名称"}}
}

func ran(id string, findings ...checks.Finding) pipeline.Measured {
	return pipeline.Measured{Check: check(id), Outcome: pipeline.Ran, Observation: checks.Observation{Findings: findings}}
}

func outcome(id string, o pipeline.Outcome) pipeline.Measured {
	return pipeline.Measured{Check: check(id), Outcome: o, Reason: checks.Text{En: "because", Zh: "因为"}}
}

func found(code string) checks.Finding {
	return checks.Finding{Code: code, Message: checks.Text{En: code, Zh: code}}
}

func suspicious(code string, s float64) checks.Finding {
	f := found(code)
	f.Measures = []checks.Measure{{Name: MeasureSuspicion, Value: s}}
	return f
}

// edits is a profile that knows three checks of the family.
func edits(reassuring ...string) *Profile {
	policy := Policy{Rule: "S23", Severities: map[string]Judgement{
		"seen": {Severity: pipeline.Note}, "odd": {Severity: pipeline.NeedReview}, "forged": {Severity: pipeline.Fail}}}
	return &Profile{Reassuring: reassuring, Checks: map[string]Policy{"edits/a": policy, "edits/b": policy, "edits/c": policy}}
}

func TestJudge(t *testing.T) {
	p := mustGet(t, "wechat-organization")
	e := pipeline.Examined{Name: "license.jpg", SHA256: "abcdef0123456789", Kind: checks.BusinessLicense, KindSource: pipeline.KindGiven,
		Format: "jpeg", Bytes: 1_999_999, Width: 3000, Height: 1500,
		Measured: []pipeline.Measured{
			ran("format/content"),
			{Check: check("format/size"), Outcome: pipeline.Ran, Observation: checks.Observation{
				Findings: []checks.Finding{{Code: "size_near_limit", Region: checks.Region{X: 1}, Overlay: image.NewGray(image.Rect(0, 0, 1, 1))}},
				Seals:    []checks.Seal{{Shape: "round"}},
				Readings: []checks.Reading{{Field: "uscc"}},
			}},
		}}
	d := Judge(p, e)
	if d.Schema != pipeline.DocumentSchema || d.Path != "license.jpg" || d.SHA256 != e.SHA256 || d.Kind != e.Kind || d.KindSource != pipeline.KindGiven {
		t.Errorf("the document is described as %+v", d)
	}
	if want := (pipeline.Format{Name: "jpeg", OK: true, Bytes: 1_999_999, Width: 3000, Height: 1500}); d.Format != want {
		t.Errorf("format %+v, want %+v", d.Format, want)
	}
	if len(d.Seals) != 1 || len(d.Readings) != 1 {
		t.Errorf("%d seals and %d readings, want one of each", len(d.Seals), len(d.Readings))
	}
	f := d.Results[1].Findings[0]
	if f.Severity != pipeline.Note || f.Rule != "S21" || f.Region.X != 1 || f.Overlay != "overlays/abcdef012345-format-size-1.png" || f.Measures == nil {
		t.Errorf("finding %+v", f)
	}
	if d.Results[1].Version != 3 || d.Verdict != pipeline.VerdictPass {
		t.Errorf("version %d, verdict %s", d.Results[1].Version, d.Verdict)
	}
}

func TestNothingReassuresButWhatRan(t *testing.T) {
	p := mustGet(t, "wechat-organization")
	for _, tc := range []struct {
		name     string
		parts    int
		measured []pipeline.Measured
		verdict  pipeline.Verdict
		formatOK bool
		codes    string
	}{
		{"all ran", 0, []pipeline.Measured{ran("format/content"), ran("format/size")}, pipeline.VerdictPass, true, ""},
		{"one failed", 0, []pipeline.Measured{ran("format/content"), outcome("format/size", pipeline.Failed)}, pipeline.VerdictReview, false, CodeCheckFailed},
		{"an outcome nobody knows", 0, []pipeline.Measured{ran("format/content"), outcome("format/size", "perhaps")}, pipeline.VerdictReview, false, CodeCheckFailed},
		{"one that must run was skipped", 0, []pipeline.Measured{ran("format/content"), outcome("format/decode", pipeline.Skipped)}, pipeline.VerdictReview, false, CodeNotMeasured},
		{"one that need not was skipped", 0, []pipeline.Measured{ran("format/content"), outcome("format/trailing-data", pipeline.Skipped)}, pipeline.VerdictPass, true, ""},
		{"a container, whose pages are measured in its place", 2, []pipeline.Measured{ran("format/content", found("container_opened")), outcome("format/decode", pipeline.Skipped)},
			pipeline.VerdictPass, false, "container_opened"},
		{"a check that failed on a container", 2, []pipeline.Measured{ran("format/content"), outcome("format/decode", pipeline.Failed)}, pipeline.VerdictReview, false, CodeCheckFailed},
		{"a file that must be replaced anyway", 0, []pipeline.Measured{ran("format/content", found("format_unknown")), outcome("format/decode", pipeline.Skipped)},
			pipeline.VerdictFail, false, "format_unknown"},
		{"nothing was measured", 0, nil, pipeline.VerdictReview, false, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := Judge(p, pipeline.Examined{Kind: checks.HolderPhoto, Parts: tc.parts, Measured: tc.measured})
			var codes []string
			d.Walk(func(r *pipeline.Result, f *pipeline.Finding) {
				codes = append(codes, f.Code)
				if f.Rule == "" || f.Code == CodeCheckFailed && (f.Rule != CautionRule || f.Severity != pipeline.NeedReview || !strings.Contains(f.Message.Zh, "因为")) {
					t.Errorf("finding %+v", f)
				}
			})
			if d.Verdict != tc.verdict || d.Format.OK != tc.formatOK || strings.Join(codes, " ") != tc.codes {
				t.Errorf("verdict %s, format ok %v, findings %v", d.Verdict, d.Format.OK, codes)
			}
		})
	}
}

func TestJudgeCase(t *testing.T) {
	p := mustGet(t, "wechat-organization")
	missing := found("document_missing")
	missing.Rule, missing.Documents = "S23", []string{"a.jpg"}
	got := JudgeCase(p, []pipeline.Measured{ran("casefile/complete", missing, found("answer_missing"), found("document_unknown_kind"))})
	want := []struct {
		severity pipeline.Severity
		rule     string
	}{{pipeline.Fail, "S23"}, {pipeline.Fail, "S25"}, {pipeline.NeedReview, "D03"}}
	for i, f := range got[0].Findings {
		if f.Severity != want[i].severity || f.Rule != want[i].rule {
			t.Errorf("%s: %s by %s, want %v", f.Code, f.Severity, f.Rule, want[i])
		}
	}
	if got[0].Findings[0].Documents[0] != "a.jpg" {
		t.Error("the finding lost its documents")
	}
	got = JudgeCase(p, []pipeline.Measured{outcome("casefile/complete", pipeline.Skipped)})
	if len(got[0].Findings) != 1 || got[0].Findings[0].Code != CodeNotMeasured {
		t.Errorf("completeness was skipped and nobody is asked: %+v", got[0])
	}
}

func TestEditsAreSummedUp(t *testing.T) {
	close := func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
	for _, tc := range []struct {
		name     string
		profile  *Profile
		measured []pipeline.Measured
		verdict  pipeline.EditVerdict
		score    float64
	}{
		{"nothing found, and nothing that could reassure", edits(), []pipeline.Measured{ran("edits/a")}, pipeline.EditNotMeasured, 0},
		{"nothing found by all that reassure", edits("edits/a", "edits/b"), []pipeline.Measured{ran("edits/a"), ran("edits/b")}, pipeline.EditNone, 0},
		{"one of them was skipped", edits("edits/a", "edits/b"), []pipeline.Measured{ran("edits/a"), outcome("edits/b", pipeline.Skipped)}, pipeline.EditNotMeasured, 0},
		{"one of them failed", edits("edits/a"), []pipeline.Measured{outcome("edits/a", pipeline.Failed)}, pipeline.EditNotMeasured, 0},
		{"a note is information", edits("edits/a"), []pipeline.Measured{ran("edits/a", found("seen"))}, pipeline.EditNone, 0},
		{"a note that suspects", edits("edits/a"), []pipeline.Measured{ran("edits/a", suspicious("seen", 1))}, pipeline.EditNone, 0.3},
		{"a review", edits("edits/a"), []pipeline.Measured{ran("edits/a", found("odd"))}, pipeline.EditReview, 0.4 + 0.5*0.5},
		{"the same check twice adds nothing", edits(), []pipeline.Measured{ran("edits/a", found("odd"), found("odd"))}, pipeline.EditReview, 0.4 + 0.5*0.5},
		{"two checks add up", edits(), []pipeline.Measured{ran("edits/a", found("odd")), ran("edits/b", suspicious("odd", 0.8))}, pipeline.EditReview, 0.4 + 0.5*0.9},
		{"a failure", edits(), []pipeline.Measured{ran("edits/a", suspicious("forged", 0.2)), ran("edits/b", found("odd"))}, pipeline.EditStrong, 0.9 + 0.1*0.2},
		{"a review that is suspicious enough", edits(), []pipeline.Measured{ran("edits/a", suspicious("odd", 0.9))}, pipeline.EditStrong, 0.9 + 0.1*0.9},
		{"a review just below", edits(), []pipeline.Measured{ran("edits/a", suspicious("odd", 0.89))}, pipeline.EditReview, 0.4 + 0.5*0.89},
		{"a suspicion out of range", edits(), []pipeline.Measured{ran("edits/a", suspicious("odd", 7))}, pipeline.EditStrong, 1},
		{"a suspicion that is no number", edits(), []pipeline.Measured{ran("edits/a", suspicious("odd", math.NaN()))}, pipeline.EditReview, 0.4 + 0.5*0.5},
		{"another family does not count", edits("edits/a"), []pipeline.Measured{ran("edits/a"), ran("format/size", found("odd"))}, pipeline.EditNone, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := Judge(tc.profile, pipeline.Examined{Measured: tc.measured}).Edit
			if got.Verdict != tc.verdict || !close(got.Score, tc.score) {
				t.Errorf("%s %.3f, want %s %.3f", got.Verdict, got.Score, tc.verdict, tc.score)
			}
		})
	}
}

func TestAnotherEditFindingNeverLowersTheScore(t *testing.T) {
	rank := map[pipeline.EditVerdict]int{pipeline.EditNone: 0, pipeline.EditNotMeasured: 0, pipeline.EditReview: 1, pipeline.EditStrong: 2}
	gen := rapid.Custom(func(t *rapid.T) checks.Finding {
		f := found(rapid.SampledFrom([]string{"seen", "odd", "forged", "undeclared"}).Draw(t, "code"))
		if rapid.Bool().Draw(t, "says") {
			f.Measures = []checks.Measure{{Name: MeasureSuspicion, Value: rapid.Float64Range(-1, 2).Draw(t, "suspicion")}}
		}
		return f
	})
	rapid.Check(t, func(t *rapid.T) {
		p := edits("edits/a")
		measured := []pipeline.Measured{ran("edits/a"), ran("edits/b"), ran("edits/c")}
		for i := range measured {
			measured[i].Observation.Findings = rapid.SliceOfN(gen, 0, 3).Draw(t, "findings")
		}
		before := Judge(p, pipeline.Examined{Measured: measured}).Edit
		i := rapid.IntRange(0, 2).Draw(t, "where")
		measured[i].Observation.Findings = append(measured[i].Observation.Findings, gen.Draw(t, "another"))
		after := Judge(p, pipeline.Examined{Measured: measured}).Edit
		if after.Score < before.Score || rank[after.Verdict] < rank[before.Verdict] {
			t.Fatalf("from %+v to %+v by another finding", before, after)
		}
		if after.Score < 0 || after.Score > 1 || (after.Score >= 0.4) != (rank[after.Verdict] > 0) {
			t.Fatalf("score and verdict disagree: %+v", after)
		}
	})
}
