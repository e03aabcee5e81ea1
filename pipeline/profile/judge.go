package profile

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"dossier/checks"
	"dossier/pipeline"
)

// Codes of the findings the judge makes itself, where a check could not speak.
const (
	CodeCheckFailed = "check_failed" // the check panicked, ran out of time or returned an error
	CodeNotMeasured = "not_measured" // the check skipped, and the profile needs its answer
)

// CautionRule is the rule of every profile that those findings are about: what was not measured
// is looked at by a person.
const CautionRule = "D02"

// Judge turns what the checks measured on one document into its record: every finding gets its
// severity and rule, what could not be measured becomes a finding of its own, the families of
// edits and format are summed up, and the verdict follows.
//
// Results keep the order of e.Measured and their findings the order of the observation, so that
// finding n of a check has the overlay pipeline.OverlayPath(e.SHA256, check, n); what the judge
// adds comes last. ReceivedAt and Origin are left to the caller.
func Judge(p *Profile, e pipeline.Examined) pipeline.Document {
	d := pipeline.Document{
		Schema: pipeline.DocumentSchema, Path: e.Name, SHA256: e.SHA256, Kind: e.Kind, KindSource: e.KindSource,
		Format: pipeline.Format{Name: e.Format, Bytes: e.Bytes, Width: e.Width, Height: e.Height},
		Seals:  []checks.Seal{}, Readings: []checks.Reading{}, Results: []pipeline.Result{}, Parts: e.Parts,
	}
	for _, m := range e.Measured {
		d.Results = append(d.Results, p.result(m, e.Kind, e.SHA256))
		d.Seals = append(d.Seals, m.Observation.Seals...)
		d.Readings = append(d.Readings, m.Observation.Readings...)
	}
	// What a container cannot tell, its pages do: they are documents of their own. And where a
	// document must be replaced anyway, what could not be measured on it is no question yet.
	if e.Parts == 0 && conclusion(d.Results) != pipeline.VerdictFail {
		p.requireMustRun(d.Results, e.Measured)
	}
	d.Format.OK = p.formatOK(d)
	d.Edit = p.sumUpEdits(d.Results)
	d.Conclude()
	return d
}

// JudgeCase turns what the case checks measured into results, as Judge does for a document.
func JudgeCase(p *Profile, measured []pipeline.Measured) []pipeline.Result {
	out := []pipeline.Result{}
	for _, m := range measured {
		out = append(out, p.result(m, "", ""))
	}
	p.requireMustRun(out, measured)
	return out
}

func (p *Profile) result(m pipeline.Measured, kind checks.Kind, sha256 string) pipeline.Result {
	r := pipeline.Result{Check: m.Check.ID, Version: m.Check.Version, Outcome: m.Outcome,
		Reason: m.Reason.En, ReasonZh: m.Reason.Zh, Findings: []pipeline.Finding{}}
	for n, f := range m.Observation.Findings {
		severity, rule := p.SeverityFor(m.Check.ID, f.Code, kind)
		finding := pipeline.Finding{Code: f.Code, Severity: severity, Rule: cmp.Or(f.Rule, rule), Message: f.Message, Remedy: f.Remedy,
			Measures: f.Measures, Region: f.Region, Documents: f.Documents}
		if finding.Measures == nil {
			finding.Measures = []checks.Measure{}
		}
		if f.Overlay != nil && sha256 != "" {
			finding.Overlay = pipeline.OverlayPath(sha256, m.Check.ID, n)
		}
		r.Findings = append(r.Findings, finding)
	}
	if m.Outcome != pipeline.Ran && m.Outcome != pipeline.Skipped {
		r.Findings = append(r.Findings, unmeasured(CodeCheckFailed, m,
			checks.Text{En: "This check did not come to an end", Zh: "此项检查未能完成"}))
	}
	return r
}

// requireMustRun adds a finding to each result that was skipped although the profile needs it.
func (p *Profile) requireMustRun(results []pipeline.Result, measured []pipeline.Measured) {
	for i, m := range measured {
		if m.Outcome == pipeline.Skipped && p.Checks[m.Check.ID].MustRun {
			results[i].Findings = append(results[i].Findings, unmeasured(CodeNotMeasured, m,
				checks.Text{En: "This could not be measured", Zh: "此项无法测量"}))
		}
	}
}

func conclusion(results []pipeline.Result) pipeline.Verdict {
	d := pipeline.Document{Results: results}
	d.Conclude()
	return d.Verdict
}

func unmeasured(code string, m pipeline.Measured, what checks.Text) pipeline.Finding {
	message := checks.Text{En: what.En + ": " + m.Check.Title.En, Zh: what.Zh + "：" + m.Check.Title.Zh}
	if m.Reason.En != "" {
		message = checks.Text{En: message.En + " (" + m.Reason.En + ")", Zh: message.Zh + "（" + m.Reason.Zh + "）"}
	}
	message = checks.Text{En: message.En + ".", Zh: message.Zh + "。"}
	return pipeline.Finding{
		Code: code, Severity: pipeline.NeedReview, Rule: CautionRule, Message: message,
		Remedy: checks.Textf("Look at it yourself (\"dossier explain %[1]s\" says what the check looks for) and decide, or ask for a new scan.",
			"请自行查看（运行“dossier explain %[1]s”可了解检查内容）后作出决定，或请客户重新提供。", m.Check.ID),
		Measures: []checks.Measure{},
	}
}

// formatOK reports whether the file is one the form takes: the format family did its work and
// found nothing that blocks. A container is never submitted itself.
func (p *Profile) formatOK(d pipeline.Document) bool {
	ran := false
	for _, r := range d.Results {
		if !strings.HasPrefix(r.Check, "format/") {
			continue
		}
		ran = ran || r.Outcome == pipeline.Ran
		if r.Outcome != pipeline.Ran && (r.Outcome != pipeline.Skipped || p.Checks[r.Check].MustRun) {
			return false
		}
		for _, f := range r.Findings {
			if f.Severity != pipeline.Note && f.Severity != pipeline.NeedReview {
				return false
			}
		}
	}
	return ran && d.Parts == 0
}

// MeasureSuspicion is the name of the measure by which a finding of the edits family says how
// suspicious it is by itself, from 0 (not at all) to 1 (certain).
const MeasureSuspicion = "suspicion"

// defaultSuspicion is that of a finding which does not say: even odds, the weight that prefers
// neither side.
const defaultSuspicion = 0.5

// strongSuspicion is from where on a finding that needs review is a strong sign: its check holds it to
// be nine times likelier in an altered picture than in an honest one. It still waits for a person, whose
// word settles it; a failure would not.
const strongSuspicion = 0.9

// sumUpEdits words what the edits family found.
//
// The verdict is strong when a finding fails, or needs review and is suspicious enough by itself
// (strongSuspicion); review when one needs review, none when there is neither and every check the profile
// calls reassuring has run, and otherwise not_measured.
//
// The score lies in the band of the worst of these: notes 0..0.3, review 0.4..0.9, strong 0.9..1,
// so that it agrees with the verdict and compares between files. Within the band it is
// 1 - product of (1 - suspicion), taking for each check its most suspicious finding of that
// severity: independent checks add up, one check repeating itself does not. A note that states
// no suspicion is information and adds nothing. Another finding never lowers the score.
func (p *Profile) sumUpEdits(results []pipeline.Result) pipeline.Edit {
	worst := -1
	var left [3]float64 // for each severity: how far from certain the band is
	for i := range left {
		left[i] = 1
	}
	ran := map[string]bool{}
	for _, r := range results {
		if !strings.HasPrefix(r.Check, "edits/") {
			continue
		}
		ran[r.Check] = ran[r.Check] || r.Outcome == pipeline.Ran
		var most [3]float64
		for _, f := range r.Findings {
			if f.Code == CodeCheckFailed || f.Code == CodeNotMeasured {
				continue // nothing was seen; that is not suspicious
			}
			level := max(slices.Index(severities, f.Severity), 0)
			if !slices.Contains(severities, f.Severity) {
				level = len(severities) - 1
			}
			if level == 1 && suspicion(f) >= strongSuspicion {
				level = 2
			}
			worst = max(worst, level)
			most[level] = max(most[level], suspicion(f))
		}
		for i := range left {
			left[i] *= 1 - most[i]
		}
	}
	edit := pipeline.Edit{Verdict: pipeline.EditNotMeasured}
	bands := [3]struct{ from, to float64 }{{0, 0.3}, {0.4, 0.9}, {0.9, 1}}
	if worst >= 0 {
		b := bands[worst]
		edit.Score = b.from + (b.to-b.from)*(1-left[worst])
	}
	reassured := len(p.Reassuring) > 0
	for _, id := range p.Reassuring {
		reassured = reassured && ran[id]
	}
	switch {
	case worst == 2:
		edit.Verdict = pipeline.EditStrong
	case worst == 1:
		edit.Verdict = pipeline.EditReview
	case reassured:
		edit.Verdict = pipeline.EditNone
	}
	return edit
}

// suspicion is the finding's own, or the default for one that is more than a note.
func suspicion(f pipeline.Finding) float64 {
	for _, m := range f.Measures {
		if m.Name == MeasureSuspicion && !math.IsNaN(m.Value) {
			return min(max(m.Value, 0), 1)
		}
	}
	if f.Severity == pipeline.Note {
		return 0
	}
	return defaultSuspicion
}
