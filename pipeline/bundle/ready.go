package bundle

import (
	"fmt"
	"strings"

	"dossier/checks"
	"dossier/pipeline"
)

// A Stand says in what way something keeps a case from being bundled.
type Stand string

// The ways, gravest first.
const (
	StandFails      Stand = "fails"      // must be put right; nobody can accept it
	StandEmpty      Stand = "empty"      // the case holds no document to submit
	StandUnmeasured Stand = "unmeasured" // a check did not come to its end, so nothing is known
	StandUndecided  Stand = "undecided"  // a person must look and decide
)

// A Blocker is one thing that keeps a case from being bundled.
type Blocker struct {
	Stand       Stand       `json:"stand"`
	Check       string      `json:"check"`       // "" when no check is behind it
	Code        string      `json:"code"`        // of the finding, "" when there is none
	Document    string      `json:"document"`    // its name as received; "" for the case as a whole
	SHA256      string      `json:"sha256"`      // of the document
	Fingerprint string      `json:"fingerprint"` // what a decision on it must carry; only of StandUndecided
	Message     checks.Text `json:"message"`
	Remedy      checks.Text `json:"remedy"`
}

// A NotReadyError says that a case cannot be bundled yet and lists everything in the way.
type NotReadyError struct {
	Case     string
	Verdict  pipeline.Verdict
	Blockers []Blocker // never empty; grave ones first
}

func (e *NotReadyError) Error() string {
	return fmt.Sprintf("case %s is not ready to be bundled: %s", e.Case, e.Summary().En)
}

// Summary counts what is in the way, in a clause.
func (e *NotReadyError) Summary() checks.Text {
	count := map[Stand]int{}
	for _, b := range e.Blockers {
		count[b.Stand]++
	}
	var en, zh []string
	add := func(s Stand, one, many, chinese string) {
		if n := count[s]; n == 1 {
			en, zh = append(en, "1 "+one), append(zh, fmt.Sprintf(chinese, 1))
		} else if n > 1 {
			en, zh = append(en, fmt.Sprintf("%d %s", n, many)), append(zh, fmt.Sprintf(chinese, n))
		}
	}
	add(StandFails, "finding must be put right", "findings must be put right", "%d 项必须改正")
	if count[StandEmpty] > 0 {
		en, zh = append(en, "there is no document to submit"), append(zh, "没有可提交的文件")
	}
	add(StandUnmeasured, "check did not come to its end", "checks did not come to their end", "%d 项检查未能完成")
	add(StandUndecided, "finding waits for a decision", "findings wait for a decision", "%d 项等待人工决定")
	return checks.Text{En: strings.Join(en, ", "), Zh: strings.Join(zh, "，")}
}

// Ready returns nil if the case may be bundled, and otherwise a *NotReadyError.
func Ready(c *pipeline.Case) error {
	by := map[Stand][]Blocker{}
	add := func(b Blocker) { by[b.Stand] = append(by[b.Stand], b) }

	for _, p := range c.Failures() {
		add(pointBlocker(StandFails, p))
	}
	for _, p := range c.OpenReviews() {
		b := pointBlocker(StandUndecided, p)
		b.Fingerprint = p.Fingerprint
		add(b)
	}
	unmeasured(nil, c.Results, add)
	for i := range c.Documents {
		unmeasured(&c.Documents[i], c.Documents[i].Results, add)
	}
	if in, _ := choose(c); len(in) == 0 {
		add(Blocker{Stand: StandEmpty,
			Message: checks.Text{En: "the case holds no document to submit", Zh: "该客户没有可提交的文件"},
			Remedy:  checks.Text{En: "put the client's scans into the case's folder in the inbox", Zh: "请把客户的扫描件放入收件箱中该客户的文件夹"}})
	}
	var all []Blocker
	for _, s := range []Stand{StandFails, StandEmpty, StandUnmeasured, StandUndecided} {
		all = append(all, by[s]...)
	}
	// The verdict has the last word: if it is not "pass" although nothing above says why, the
	// record is not one to build on.
	if len(all) == 0 && c.Verdict != pipeline.VerdictPass {
		all = append(all, Blocker{Stand: StandUnmeasured,
			Message: checks.Textf("the stored verdict of the case is %q", "该客户已存报告的结论为“%s”", string(c.Verdict)),
			Remedy:  again})
	}
	if len(all) == 0 {
		return nil
	}
	return &NotReadyError{Case: c.Case, Verdict: c.Verdict, Blockers: all}
}

var again = checks.Text{En: "have the case examined again", Zh: "请重新检查该客户的材料"}

func pointBlocker(s Stand, p pipeline.Point) Blocker {
	b := Blocker{Stand: s, Check: p.Result.Check, Code: p.Finding.Code, Message: p.Finding.Message, Remedy: p.Finding.Remedy}
	if p.Document != nil {
		b.Document, b.SHA256 = p.Document.Path, p.Document.SHA256
	}
	return b
}

// unmeasured finds checks that failed and left no finding a person could decide, and documents
// on which no check ran at all.
func unmeasured(doc *pipeline.Document, results []pipeline.Result, add func(Blocker)) {
	blocker := Blocker{Stand: StandUnmeasured, Remedy: again}
	if doc != nil {
		blocker.Document, blocker.SHA256 = doc.Path, doc.SHA256
	}
	ran := false
	for _, r := range results {
		ran = ran || r.Outcome == pipeline.Ran
		if r.Outcome == pipeline.Ran || r.Outcome == pipeline.Skipped || len(r.Findings) > 0 {
			continue
		}
		b := blocker
		b.Check = r.Check
		b.Message = checks.Textf("the check %[1]s did not come to its end: %[2]s", "检查 %[1]s 未能完成：%[3]s", r.Check, r.Reason, or(r.ReasonZh, r.Reason))
		add(b)
	}
	if !ran {
		b := blocker
		b.Message = checks.Text{En: "no check has run on this document", Zh: "该文件尚未做过任何检查"}
		if doc == nil {
			b.Message = checks.Text{En: "no check has run on the case as a whole", Zh: "尚未对整份材料做过检查"}
		}
		add(b)
	}
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// choose splits the documents of a case into those that are submitted and those that are left
// out, both in upload order.
//
// A file whose pictures became documents of their own (a PDF of scans) is left out, for they
// are in. A document of unknown kind is in only if a person has decided on a finding about it:
// whoever accepted it wants it submitted, and nothing else says what it would be for.
func choose(c *pipeline.Case) (in []*pipeline.Document, out []LeftOut) {
	decided := map[string]bool{} // by SHA-256, and by name for findings of the case
	c.Walk(func(doc *pipeline.Document, _ *pipeline.Result, f *pipeline.Finding) {
		if f.Decision == nil {
			return
		}
		if doc != nil {
			decided["sha256 "+doc.SHA256] = true
		}
		for _, name := range f.Documents {
			decided["name "+name] = true
		}
	})
	for i := range c.Documents {
		d := &c.Documents[i]
		left := LeftOut{OriginalName: d.Path, SHA256: d.SHA256, Bytes: d.Format.Bytes, Kind: d.Kind}
		switch {
		case d.Parts > 0:
			left.Reason = checks.Textf("the pictures taken out of it (%d) are in the bundle as documents of their own", "从中取出的图片（%d 张）已作为单独的文件收入", d.Parts)
			out = append(out, left)
		case d.Kind == checks.Unknown && !decided["sha256 "+d.SHA256] && !decided["name "+d.Path]:
			left.Reason = checks.Text{En: "its kind is not known and nobody has decided to submit it", Zh: "无法识别其类别，也没有人决定提交它"}
			out = append(out, left)
		default:
			in = append(in, d)
		}
	}
	return in, out
}
