package report

import (
	"cmp"
	"slices"
	"strings"

	"dossier/checks"
	"dossier/pipeline"
)

// An Item is one step of the list of what to do. It may stand for several findings, when one
// step mends them all.
type Item struct {
	Severity pipeline.Severity // Fail: must be done; NeedReview: a person must look and decide
	Remedy   checks.Text       // the step; never empty
	ByClient bool              // the client must send or say something; false: the clerk can do it
	Points   []Point           // why, at least one, in the order of the report
}

// A Point is one reason for an item.
type Point struct {
	Number   int // of the finding in this report, from 1; 0 for a check that could not be completed
	Document int // index in Case.Documents; -1: the case as a whole
	Check    string
	Code     string // empty for a check that could not be completed
	Message  checks.Text
	Measures []checks.Measure
	Follows  bool // from another point of the item, which is its cause
}

// A Numbered finding is one finding with its number in the report.
type Numbered struct {
	Number   int // from 1, in the order of the page: documents first, then the case
	Document int // index in Case.Documents; -1: the case as a whole
	Result   *pipeline.Result
	Finding  *pipeline.Finding
}

// Number lists all findings of a case in the order in which a report shows them and numbers
// them: document by document, each with its gravest first, then those of the case.
func Number(c *pipeline.Case) []Numbered {
	var list []Numbered
	for i := range c.Documents {
		list = append(list, inOrder(c.Documents[i].Results, i)...)
	}
	list = append(list, inOrder(c.Results, -1)...)
	for i := range list {
		list[i].Number = i + 1
	}
	return list
}

func inOrder(results []pipeline.Result, document int) []Numbered {
	var list []Numbered
	for i := range results {
		for j := range results[i].Findings {
			list = append(list, Numbered{Document: document, Result: &results[i], Finding: &results[i].Findings[j]})
		}
	}
	slices.SortStableFunc(list, func(a, b Numbered) int {
		return cmp.Or(
			cmp.Compare(toneRank(tone(a.Finding)), toneRank(tone(b.Finding))),
			cmp.Compare(importance(a.Result.Check, a.Finding.Code), importance(b.Result.Check, b.Finding.Code)))
	})
	return list
}

func toneRank(tone string) int {
	return slices.Index([]string{"fail", "review", "accepted", "note"}, tone)
}

// order is the order of importance among findings of one severity: what is missing or cannot be
// opened makes every other question idle, what the upload form refuses at once comes next, then
// what the platform's reviewers refuse, most frequent first (section 7 of the rules:
// names and numbers not as registered, unclear scans, chops, the holder, the letter, forgery,
// quotas). An entry is a family, a check or "check code"; the first that fits counts.
var order = []string{
	"casefile/complete document_missing", "casefile/complete answers_missing", "casefile/complete answers_unreadable",
	"format/content", "format/decode", "format/extension",
	"format/size", "format/pixels", "format",
	"casefile/complete", "casefile/consistent", "casefile/numbers",
	"legibility", "seal", "holder", "form", "edits",
	"casefile/quota", "casefile/answers", "casefile/acknowledged", "casefile",
}

func importance(check, code string) int {
	family, _, _ := strings.Cut(check, "/")
	for i, entry := range order {
		if entry == check+" "+code || entry == check || entry == family {
			return i
		}
	}
	return len(order)
}

// Remedies for what a finding or a record leaves unsaid.
var (
	lookYourself = checks.Text{
		En: "Look at it yourself: a check could not be completed. Examine the case again; if it fails again, decide by eye.",
		Zh: "请人工查看：有检查未能完成。请重新检查该案卷；若仍失败，由人工判断。",
	}
	lookUnmeasured = checks.Text{
		En: "Look at it yourself: what should be checked could not be measured.",
		Zh: "请人工查看：应检查的内容无法测量。",
	}
	openAndDecide = checks.Text{
		En: "Open the document, look, and decide whether to accept it.",
		Zh: "打开文件查看，并决定是否认可。",
	}
	sendAgain = checks.Text{
		En: "Ask the client to send this document again.",
		Zh: "请客户重新发送该文件。",
	}
)

// ToDo derives from a record what a clerk has to do, in order of importance: first what must be
// put right, then what needs a look. Findings that the same step mends are one item. Accepted
// findings and notes ask for nothing. The list is empty exactly when nothing is left to do.
func ToDo(c *pipeline.Case) []Item {
	var list []Item
	at := map[string]int{} // severity and remedy -> index in list
	add := func(severity pipeline.Severity, remedy checks.Text, byClient bool, p Point) {
		key := string(severity) + "\x00" + remedy.En + "\x00" + remedy.Zh
		i, ok := at[key]
		if !ok {
			i = len(list)
			at[key] = i
			list = append(list, Item{Severity: severity, Remedy: remedy})
		}
		list[i].Points = append(list[i].Points, p)
		list[i].ByClient = list[i].ByClient || byClient
	}
	numbered := Number(c)
	causeOf := causes(numbered)
	explained := map[int]bool{} // documents (and -1, the case) whose verdict an item accounts for
	for _, n := range numbered {
		severity := n.Finding.Severity
		switch tone(n.Finding) {
		case "note", "accepted":
			continue
		case "fail":
			severity = pipeline.Fail
		}
		explained[n.Document] = true
		mended := n // what the step is for
		if cause, ok := causeOf[n.Number]; ok {
			mended = numbered[cause-1]
		}
		if tone(mended.Finding) == "fail" {
			severity = pipeline.Fail
		}
		add(severity, remedyOf(mended), byClient(mended.Result.Check, mended.Finding.Code), Point{
			Number: n.Number, Document: n.Document, Check: n.Result.Check, Code: n.Finding.Code,
			Message: n.Finding.Message, Measures: n.Finding.Measures, Follows: mended.Number != n.Number})
	}
	unfinished := func(results []pipeline.Result, document int) {
		for _, r := range results {
			if r.Outcome == pipeline.Ran || r.Outcome == pipeline.Skipped || len(r.Findings) > 0 {
				continue // findings of a check that failed are items of their own
			}
			explained[document] = true
			add(pipeline.NeedReview, lookYourself, false, Point{Document: document, Check: r.Check, Message: reasonText(r)})
		}
	}
	for i := range c.Documents {
		unfinished(c.Documents[i].Results, i)
	}
	unfinished(c.Results, -1)
	ofDocuments := pipeline.VerdictPass
	for i := range c.Documents {
		ofDocuments = ofDocuments.Worse(c.Documents[i].Verdict)
		if c.Documents[i].Verdict != pipeline.VerdictPass && !explained[i] {
			add(pipeline.NeedReview, lookUnmeasured, false, unmeasured(c.Documents[i].Results, i))
		}
	}
	if ofDocuments != ofDocuments.Worse(c.Verdict) && !explained[-1] {
		add(pipeline.NeedReview, lookUnmeasured, false, unmeasured(c.Results, -1))
	}
	slices.SortStableFunc(list, func(a, b Item) int {
		return cmp.Or(
			cmp.Compare(toneRank(string(a.Severity)), toneRank(string(b.Severity))),
			cmp.Compare(itemImportance(a), itemImportance(b)))
	})
	return list
}

// itemImportance is that of the gravest point; checks that failed come after findings.
func itemImportance(it Item) int {
	best := len(order) + 2
	for _, p := range it.Points {
		if p.Number == 0 {
			best = min(best, len(order)+1)
			continue
		}
		best = min(best, importance(p.Check, p.Code))
	}
	return best
}

// remedyOf is the finding's remedy, or what is left to do when the check named none.
func remedyOf(n Numbered) checks.Text {
	r := n.Finding.Remedy
	fallback := sendAgain
	if n.Finding.Severity == pipeline.NeedReview {
		fallback = openAndDecide
	}
	if r.En == "" {
		r.En = fallback.En
	}
	if r.Zh == "" {
		r.Zh = fallback.Zh
	}
	return r
}

// reasonText is why a check did not run, in both languages.
func reasonText(r pipeline.Result) checks.Text {
	t := checks.Text{En: r.Reason, Zh: r.ReasonZh}
	if t.En == "" {
		t.En = "no reason was recorded"
	}
	if t.Zh == "" {
		t.Zh = t.En
		if r.Reason == "" {
			t.Zh = "未记录原因"
		}
	}
	return t
}

// unmeasured says which checks were skipped where nothing else explains a verdict.
func unmeasured(results []pipeline.Result, document int) Point {
	p := Point{Document: document, Message: checks.Text{En: "no finding explains the verdict", Zh: "没有能说明结论的检查结果"}}
	var reasons []checks.Text
	for _, r := range results {
		if r.Outcome == pipeline.Skipped {
			reason := reasonText(r)
			reasons = append(reasons, checks.Text{En: r.Check + ": " + reason.En, Zh: r.Check + "：" + reason.Zh})
		}
	}
	if len(reasons) > 0 {
		p.Message = joinTexts(checks.Text{En: "; ", Zh: "；"}, reasons...)
	}
	return p
}
