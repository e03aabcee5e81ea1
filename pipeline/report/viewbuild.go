package report

import (
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"dossier/checks"
	"dossier/pipeline"
)

// builder makes a page; it holds what several parts of it look up.
type builder struct {
	c        *pipeline.Case
	opt      Options
	numbered []Numbered
	rules    map[string]*ruleView
	byName   map[string]int // document path -> number in the report
}

func newPage(c *pipeline.Case, opt Options) page {
	b := &builder{c: c, opt: opt, numbered: Number(c), rules: map[string]*ruleView{}, byName: map[string]int{}}
	for i, d := range c.Documents {
		b.byName[d.Path] = i + 1
	}
	p := page{
		Lang: opt.Lang, HTMLLang: htmlLang(opt.Lang), Policy: policy,
		Style: template.CSS(pageStyle), Script: template.JS(pageScript),
		Case: c, Path: c.Path.Title(),
		Verdict: verdictTone(c.Verdict), VerdictWord: VerdictWord(c.Verdict), VerdictMeaning: verdictMeaning(c.Verdict),
	}
	for i, r := range c.Rules {
		v := ruleView{Rule: r, Anchor: strconv.Itoa(i + 1)}
		if u, err := url.Parse(r.Source); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
			v.Link = r.Source
		}
		p.Rules = append(p.Rules, v)
		b.rules[r.ID] = &v
	}
	p.Title = pageTitle(c)
	results := [][]pipeline.Result{c.Results}
	for _, d := range c.Documents {
		results = append(results, d.Results)
	}
	p.Counts = countsOf(tally(b.numbered, results...), len(c.Documents))
	items := ToDo(c)
	p.ToDo = b.todo(items)
	p.Command = commandFor(c)
	if m, ok := ClientMessage(c); ok {
		p.Message = &messageView{AfterLooking: m.AfterLooking, Cards: []messageCard{
			{"message-zh", "zh-Hans", "中文", m.Text.Zh},
			{"message-en", "en", "English", m.Text.En},
		}}
	}
	for i := range c.Documents {
		p.Documents = append(p.Documents, b.document(i))
	}
	if len(c.Results) > 0 {
		p.CaseSection = &caseView{Findings: b.findings(-1, 0, 0), restView: b.rest(c.Results)}
	}
	p.Answers = answers(c.Answers)
	p.Versions = b.versions()
	for _, check := range slices.Sorted(maps.Keys(c.Versions.Checks)) {
		p.CheckVersions = append(p.CheckVersions, checkVersion{check, c.Versions.Checks[check]})
	}
	return p
}

func htmlLang(lang string) string {
	if lang == Chinese {
		return "zh-Hans"
	}
	return "en"
}

// pageTitle ends up in window lists, histories and print headers, so it is masked.
func pageTitle(c *pipeline.Case) checks.Text {
	word, name := VerdictWord(c.Verdict), MaskNumbers(visible(c.Case))
	return checks.Text{En: word.En + ": " + name + " – Dossier", Zh: word.Zh + "：" + name + " – Dossier"}
}

func verdictTone(v pipeline.Verdict) string {
	switch v {
	case pipeline.VerdictPass, pipeline.VerdictReview:
		return string(v)
	}
	return string(pipeline.VerdictFail)
}

// A count is how many findings there are of each tone, and checks that could not be completed.
type count struct{ fail, review, accepted, note, broken int }

func tally(findings []Numbered, results ...[]pipeline.Result) (n count) {
	for _, list := range results {
		for _, r := range list {
			if r.Outcome != pipeline.Ran && r.Outcome != pipeline.Skipped {
				n.broken++
			}
		}
	}
	for _, f := range findings {
		switch tone(f.Finding) {
		case "fail":
			n.fail++
		case "review":
			n.review++
		case "accepted":
			n.accepted++
		case "note":
			n.note++
		}
	}
	return n
}

// countsOf words a count; documents below 0 are not mentioned.
func countsOf(n count, documents int) checks.Text {
	var parts []checks.Text
	if documents >= 0 {
		parts = append(parts, things(documents, "document", "documents", "共 %s 份文件"))
	}
	if n.fail > 0 {
		parts = append(parts, things(n.fail, "finding must be put right", "findings must be put right", "%s 处必须改正"))
	}
	if n.review > 0 {
		parts = append(parts, things(n.review, "needs a look", "need a look", "%s 处需人工查看"))
	}
	if n.broken > 0 {
		parts = append(parts, things(n.broken, "check could not be completed", "checks could not be completed", "%s 项检查未能完成"))
	}
	if n.accepted > 0 {
		parts = append(parts, things(n.accepted, "accepted", "accepted", "%s 处已认可"))
	}
	if n.note > 0 {
		parts = append(parts, things(n.note, "note", "notes", "%s 条提示"))
	}
	if n == (count{}) {
		parts = append(parts, checks.Text{En: "nothing found", Zh: "未发现问题"})
	}
	return joinTexts(listSeparator, parts...)
}

func (b *builder) todo(items []Item) []todoGroup {
	var groups []todoGroup
	for i, it := range items {
		if len(groups) == 0 || groups[len(groups)-1].Tone != string(it.Severity) {
			groups = append(groups, todoGroup{Tone: string(it.Severity), Word: toneWord(string(it.Severity)), Start: i + 1})
		}
		view := todoItem{Remedy: startSentence(it.Remedy)}
		for _, pt := range it.Points {
			v := todoPoint{Number: pt.Number, Message: pt.Message}
			if pt.Number == 0 && pt.Check != "" {
				title := b.checkTitle(pt.Check)
				v.Message = checks.Text{En: title.En + ": " + pt.Message.En, Zh: title.Zh + "：" + pt.Message.Zh}
			}
			if pt.Document < 0 {
				v.Message = startSentence(v.Message)
			} else {
				name := b.documentName(pt.Document)
				v.Document = &name
			}
			view.Points = append(view.Points, v)
		}
		g := &groups[len(groups)-1]
		g.Items = append(g.Items, view)
	}
	return groups
}

func (b *builder) documentName(i int) documentName {
	d := &b.c.Documents[i]
	return documentName{Number: i + 1, Title: capitalText(d.Kind.Title()), Path: d.Path}
}

// startSentence gives the English clause a capital, unless it begins with a file name or the
// like, which is written as it is.
func startSentence(t checks.Text) checks.Text {
	word, _, _ := strings.Cut(t.En, " ")
	if strings.IndexFunc(word, func(r rune) bool { return (r < 'a' || r > 'z') && r != '\'' && r != ',' }) < 0 {
		t.En = capital(t.En)
	}
	return t
}

func capitalText(t checks.Text) checks.Text { return checks.Text{En: capital(t.En), Zh: t.Zh} }

// commandFor is the command that comes next, where there is one.
func commandFor(c *pipeline.Case) *command {
	quoted, ok := shellQuote(c.Case)
	if !ok {
		return nil
	}
	switch c.Verdict {
	case pipeline.VerdictPass:
		return &command{checks.Text{En: "Build the submission with", Zh: "生成提交包："}, "dossier bundle " + quoted}
	case pipeline.VerdictReview:
		for _, n := range Number(c) {
			if n.Finding.Open() {
				return &command{checks.Text{En: "After looking, accept a finding with", Zh: "查看后如可接受，用以下命令认可："},
					"dossier bundle " + quoted + " --accept " + n.Result.Check + ` --because "..."`}
			}
		}
	}
	return nil
}

// shellQuote writes a word as a POSIX shell takes it; not ok for one that cannot be typed.
func shellQuote(s string) (string, bool) {
	if s != visible(s) || s == "" {
		return "", false
	}
	plain := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune("-_./", r) || r > 0x2e80
	}
	if strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 && s[0] != '-' {
		return s, true
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'", true
}

func (b *builder) document(i int) documentView {
	d := &b.c.Documents[i]
	var own []Numbered
	for _, n := range b.numbered {
		if n.Document == i {
			own = append(own, n)
		}
	}
	v := documentView{
		documentName: b.documentName(i),
		Verdict:      verdictTone(d.Verdict), VerdictWord: VerdictWord(d.Verdict), Counts: countsOf(tally(own, d.Results), -1),
		KindSource: kindSourceWord(d.KindSource), Format: formatTitle(d.Format.Name), Bytes: sizeText(d.Format.Bytes),
		Origin: d.Origin, SHA256: d.SHA256, restView: b.rest(d.Results),
	}
	if d.Format.Width > 0 && d.Format.Height > 0 {
		v.Pixels = groupDigits(d.Format.Width) + " × " + groupDigits(d.Format.Height) + " px"
	}
	if d.Edit.Verdict != pipeline.EditNotMeasured && d.Edit.Verdict != "" {
		t := editWord(d.Edit)
		score := strconv.FormatFloat(d.Edit.Score, 'f', 2, 64)
		v.Edit = &checks.Text{En: t.En + " (score " + score + " of 1)", Zh: t.Zh + "（评分 " + score + "，满分 1）"}
	}
	v.Seals = sealsText(d.Seals)
	for _, r := range d.Readings {
		sure := strconv.FormatFloat(100*r.Confidence, 'f', 0, 64) + "%"
		how := checks.Text{En: "read with confidence " + sure, Zh: "识别置信度 " + sure}
		switch r.Basis {
		case checks.BasisCheckCharacter:
			how.En += ", chosen among look-alike readings by its check character"
			how.Zh += "，由校验位从相近读法中选定"
		case checks.BasisAlphabet:
			how.En += ", with look-alike characters put right"
			how.Zh += "，已按号码字符集更正形近字符"
		}
		v.Readings = append(v.Readings, readingView{capitalText(fieldTitle(r.Field)), r.Value, how})
	}
	if d.Parts > 0 {
		t := things(d.Parts, "picture, examined as a document of its own", "pictures, examined as documents of their own", "%s 张图片，已分别作为文件检查")
		v.Parts = &t
	}
	if d.ReceivedAt != nil {
		v.Received = formatTime(*d.ReceivedAt)
	}
	if b.opt.DocumentLink != nil {
		v.Link = b.opt.DocumentLink(d)
	}
	width, height := d.Format.Width, d.Format.Height
	if b.opt.Picture != nil {
		data, contentType, w, h, err := b.opt.Picture(d.SHA256)
		if err == nil {
			v.Picture = embedPicture(data, contentType)
		}
		if v.Picture != "" && w > 0 && h > 0 {
			width, height = w, h
		}
	}
	v.Findings = b.findings(i, width, height)
	if v.Picture != "" {
		v.Regions = frame(own, width, height)
		for _, r := range v.Regions {
			for j := range v.Findings {
				if v.Findings[j].Number == r.Number {
					v.Findings[j].Framed = true
				}
			}
		}
	}
	return v
}

func sizeText(n int64) checks.Text {
	exact := groupDigits(n)
	if n < 1000 {
		return checks.Text{En: exact + " bytes", Zh: exact + " 字节"}
	}
	return checks.Text{En: formatBytes(n) + " (" + exact + " bytes)", Zh: formatBytes(n) + "（" + exact + " 字节）"}
}

func sealsText(seals []checks.Seal) *checks.Text {
	if len(seals) == 0 {
		return nil
	}
	var list []checks.Text
	for _, s := range seals {
		color := wordOf(s.Color, map[string]checks.Text{"red": {En: "red", Zh: "红色"}, "blue": {En: "blue", Zh: "蓝色"}, "other": {En: "other colour", Zh: "其他颜色"}})
		shape := wordOf(s.Shape, map[string]checks.Text{"round": {En: "round", Zh: "圆形"}, "oval": {En: "oval", Zh: "椭圆形"}, "square": {En: "square", Zh: "方形"}, "other": {En: "other shape", Zh: "其他形状"}})
		t := checks.Text{En: color.En + ", " + shape.En, Zh: color.Zh + shape.Zh}
		if s.DiameterMM != nil {
			mm := strconv.FormatFloat(*s.DiameterMM, 'f', 1, 64)
			t.En += ", " + mm + " mm"
			t.Zh += "，直径 " + mm + " mm"
		}
		if over, ok := overlapsText(s.Overlaps); ok {
			t.En += ", over " + over.En
			t.Zh += "，压盖" + over.Zh
		}
		list = append(list, t)
	}
	joined := joinTexts(checks.Text{En: "; ", Zh: "；"}, list...)
	return &joined
}

// overlapsText names the parts of a form that a chop lies over, with the share of each; false if it lies over none.
func overlapsText(overlaps map[string]float64) (checks.Text, bool) {
	var list []checks.Text
	for _, part := range slices.Sorted(maps.Keys(overlaps)) {
		percent := strconv.FormatFloat(100*overlaps[part], 'f', 0, 64)
		if percent == "0" {
			continue
		}
		name := wordOf(part, map[string]checks.Text{
			checks.OverlapSignature: {En: "the signature", Zh: "签名"},
			checks.OverlapDate:      {En: "the date", Zh: "日期"},
			checks.OverlapCompany:   {En: "the company's name", Zh: "单位名称"},
		})
		list = append(list, checks.Text{En: percent + "% of " + name.En, Zh: name.Zh + "的 " + percent + "%"})
	}
	return joinTexts(checks.Text{En: " and ", Zh: "和"}, list...), len(list) > 0
}

func wordOf(key string, words map[string]checks.Text) checks.Text {
	if t, ok := words[key]; ok {
		return t
	}
	return checks.Text{En: key, Zh: key}
}

// findings are those of one document, or of the case for -1, with width and height of the
// upright picture for wording places; 0 if unknown.
func (b *builder) findings(document, width, height int) []findingView {
	var list []findingView
	for _, n := range b.numbered {
		if n.Document != document {
			continue
		}
		f := n.Finding
		v := findingView{
			Number: n.Number, Tone: tone(f), Word: toneWord(tone(f)), CheckTitle: b.checkTitle(n.Result.Check),
			Message: startSentence(f.Message), Remedy: startSentence(f.Remedy), Remedied: f.Remedy.En != "" || f.Remedy.Zh != "",
			Rule: b.rules[f.Rule], Decision: f.Decision,
		}
		if f.Rule != "" && v.Rule == nil { // cited, but the record does not hold its text
			v.Rule = &ruleView{Rule: pipeline.Rule{ID: f.Rule}}
		}
		for _, name := range f.Documents {
			v.Documents = append(v.Documents, aboutView{b.byName[name], name})
		}
		for _, m := range f.Measures {
			v.Measures = append(v.Measures, measureView{measureTitle(m.Name), formatValue(m.Value), unitWord(m.Unit), formatWant(m.Want)})
		}
		if !f.Region.IsZero() {
			v.HasPlace, v.Place = true, placeText(f.Region, width, height)
		}
		if f.Overlay != "" && b.opt.Overlay != nil {
			if data, contentType, err := b.opt.Overlay(f.Overlay); err == nil {
				v.Evidence = embedPicture(data, contentType)
			}
		}
		if d, ok := placeOn(b.c, n); ok {
			v.Place = placeText(f.Region, d.Format.Width, d.Format.Height)
			if b.opt.Picture != nil {
				if data, _, w, h, err := b.opt.Picture(d.SHA256); err == nil && len(data) <= maxEmbedded {
					if shown, err := cut(data, w, h, f.Region); err == nil {
						v.Evidence = embedPicture(shown, "image/jpeg")
					}
				}
			}
		}
		list = append(list, v)
	}
	return list
}

func (b *builder) checkTitle(check string) checks.Text {
	if b.opt.CheckTitle != nil {
		if t, ok := b.opt.CheckTitle(check); ok {
			return t
		}
	}
	return checks.Text{En: check, Zh: check}
}

// rest gathers the checks without findings: those that failed or were skipped by their reason,
// so that ten checks skipped for one reason take one line, and those that passed.
func (b *builder) rest(results []pipeline.Result) (v restView) {
	at := map[string]*[]checks.Text{}
	type entry struct {
		failed bool
		reason checks.Text
		titles *[]checks.Text
	}
	var entries []entry
	var passed []checks.Text
	for _, r := range results {
		title := b.checkTitle(r.Check)
		if r.Outcome == pipeline.Ran {
			if len(r.Findings) == 0 {
				passed = append(passed, title)
			}
			continue
		}
		reason := reasonText(r)
		key := fmt.Sprint(r.Outcome == pipeline.Skipped, "\x00", reason.En)
		if at[key] == nil {
			at[key] = new([]checks.Text)
			entries = append(entries, entry{r.Outcome != pipeline.Skipped, reason, at[key]})
		}
		*at[key] = append(*at[key], title)
	}
	for _, e := range entries {
		view := checksView{joinTexts(listSeparator, *e.titles...), e.reason}
		if e.failed {
			v.Failed = append(v.Failed, view)
		} else {
			v.Skipped = append(v.Skipped, view)
		}
	}
	if len(passed) > 0 {
		v.Passed = &passedView{
			things(len(passed), "check found nothing", "checks found nothing", "%s 项检查未发现问题"),
			joinTexts(listSeparator, passed...)}
	}
	return v
}

// answers are shown in the order of the form, fields that the form does not have last.
func answers(given map[string]string) []answerView {
	var list []answerView
	seen := map[string]bool{}
	add := func(field string) {
		if value := given[field]; value != "" && !seen[field] {
			seen[field] = true
			list = append(list, answerView{capitalText(fieldTitle(field)), value})
		}
	}
	for _, f := range checks.Fields() {
		add(f.Name)
	}
	for _, field := range slices.Sorted(maps.Keys(given)) {
		add(field)
	}
	return list
}

func (b *builder) versions() []versionView {
	var list []versionView
	for _, v := range b.opt.Versions {
		view := versionView{Version: v.Version, Word: VerdictWord(v.Verdict), Href: v.Href, Current: v.Version == b.c.Version}
		if !v.GeneratedAt.IsZero() {
			view.At = formatTime(v.GeneratedAt)
		}
		list = append(list, view)
	}
	slices.SortStableFunc(list, func(a, c versionView) int { return cmp.Compare(c.Version, a.Version) })
	return list
}
