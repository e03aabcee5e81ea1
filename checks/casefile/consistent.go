package casefile

import (
	"context"
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"dossier/checks"
	"dossier/checks/number"
	"dossier/checks/picture/reading"
)

//go:embed consistent.md
var consistentDoc string

const limitConfidence = "min_confidence"

// Consistent looks whether the answers agree with each other and with what could be read on the
// documents, and the documents with each other.
var Consistent = &checks.Check{
	ID:      "casefile/consistent",
	Version: 1,
	Title:   checks.Text{En: "answers and documents agree", Zh: "所填资料与各份材料一致"},
	Doc:     consistentDoc,
	Limits: []checks.Limit{
		{Name: limitConfidence, Default: 0.9, Unit: "", Reason: "a reading below it is wrong often enough that it proves nothing against the client; wrong numbers are to be given with more in at most one of 200 readings"},
	},
	Codes: []checks.Code{
		{Code: "codes_disagree", Title: checks.Text{En: "credit code and organisation code do not belong together", Zh: "统一社会信用代码与组织机构代码不匹配"}},
		{Code: "number_differs", Title: checks.Text{En: "a number on a document is not the one in the answers", Zh: "材料上的号码与所填不一致"}},
		{Code: "number_unclear", Title: checks.Text{En: "a number could not be read for certain", Zh: "号码未能可靠识别"}},
		{Code: "name_differs", Title: checks.Text{En: "a name on a document is not the one in the answers", Zh: "材料上的名称与所填不一致"}},
		{Code: "name_look_alike", Title: checks.Text{En: "a name differs in characters that look alike", Zh: "名称中有形近字不同"}},
		{Code: "name_unclear", Title: checks.Text{En: "a name could not be read for certain", Zh: "名称未能可靠识别"}},
		{Code: "name_written_differently", Title: checks.Text{En: "the same name, with other brackets, widths or dots", Zh: "名称相同，但括号、全半角或间隔号不同"}},
		{Code: "documents_disagree", Title: checks.Text{En: "two documents do not name the same", Zh: "两份材料的内容不一致"}},
		{Code: "birth_differs", Title: checks.Text{En: "the day of birth is not the one in the ID number", Zh: "出生日期与身份证号码不符"}},
		{Code: "qr_differs", Title: checks.Text{En: "the QR code belongs to another company", Zh: "二维码指向另一家企业"}},
		{Code: "qr_unknown", Title: checks.Text{En: "a QR code that is not the register's", Zh: "二维码不是企业登记机关的链接"}},
	},
	RunCase: runConsistent,
}

// A compared is one fact that answers and documents state.
type compared struct {
	answer   string   // the field of the answers
	readings []string // the fields under which documents state it
	number   bool     // exact, else a name
	title    checks.Text
}

// facts lists what is compared, in form order.
var facts = []compared{
	{checks.FieldCompanyName, []string{"company"}, false, checks.Text{En: "company name", Zh: "企业名称"}},
	{checks.FieldLicenseNumber, []string{"uscc", "license_number"}, true, checks.Text{En: "licence number", Zh: "营业执照注册号"}},
	{checks.FieldOrganizationCode, []string{"organization_code"}, true, checks.Text{En: "organisation code", Zh: "组织机构代码"}},
	{checks.FieldLegalRepresentative, []string{"legal_representative"}, false, checks.Text{En: "legal representative", Zh: "法定代表人"}},
	{checks.FieldOperatorName, []string{"name"}, false, checks.Text{En: "operator's name", Zh: "运营者姓名"}},
	{checks.FieldIDNumber, []string{"id_number"}, true, checks.Text{En: "ID number", Zh: "身份证号码"}},
	{checks.FieldMobile, []string{"mobile"}, true, checks.Text{En: "mobile number", Zh: "手机号码"}},
}

// A stated is one reading with the document it is from.
type stated struct {
	checks.Reading
	document checks.CaseDocument
}

func (s stated) where() checks.Text {
	k := s.document.Kind.Title()
	return checks.Textf("the %[1]s (%[3]s)", "%[2]s（%[3]s）", k.En, k.Zh, shown(s.document.Name))
}

func runConsistent(_ context.Context, c *checks.Case, settings checks.Settings) ([]checks.Finding, error) {
	confident := settings.Number(limitConfidence)
	k := &consistency{c: c, confident: confident}
	haveAnswers := c.Answers.Given && len(c.Answers.Problems) == 0
	for _, fact := range facts {
		readings := k.readings(fact)
		if haveAnswers && answered(c, fact.answer) {
			for _, r := range readings {
				k.againstAnswer(fact, r)
			}
			continue // each has been compared with the answer: comparing them again would say it twice
		}
		k.amongEachOther(fact, readings)
	}
	if haveAnswers {
		k.codes()
	}
	k.births()
	k.qrCodes()
	if k.compared == 0 {
		return nil, checks.Skip(checks.Text{En: "there are no two statements of the same fact: nothing was read on the documents, or the answers are missing",
			Zh: "没有可以互相核对的内容：材料上未读出内容，或缺少所填资料"})
	}
	return k.findings, nil
}

// consistency is one run over a case.
type consistency struct {
	c         *checks.Case
	confident float64
	compared  int // pairs of statements that were looked at
	findings  []checks.Finding
}

func (k *consistency) readings(fact compared) (list []stated) {
	for _, d := range k.c.Documents {
		for _, field := range fact.readings {
			said := map[string]bool{} // a form names the company twice; the same name is one statement
			for _, r := range d.Readings {
				if r.Field == field && strings.TrimSpace(r.Value) != "" && !said[r.Value] && fits(k.c, fact, r) {
					said[r.Value] = true
					list = append(list, stated{r, d})
				}
			}
		}
	}
	return list
}

// fits reports whether a reading states the same thing as the answer: a licence may carry two numbers,
// the old and the new one, and the client gives one of them.
func fits(c *checks.Case, fact compared, r checks.Reading) bool {
	if fact.answer != checks.FieldLicenseNumber || !answered(c, fact.answer) {
		return true
	}
	long := len(number.Normalize(c.Answers.Values[fact.answer])) > 15
	return long == (r.Field == "uscc")
}

func (k *consistency) add(code string, message, remedy checks.Text, confidence float64, region checks.Region, documents ...string) {
	f := checks.Finding{Code: code, Message: message, Remedy: remedy, Region: region, Documents: documents}
	if confidence > 0 {
		f.Measures = []checks.Measure{{Name: "confidence", Value: confidence, Want: fmt.Sprintf(">= %g", k.confident)}}
	}
	k.findings = append(k.findings, f)
}

// sheet names the answers in a sentence.
var sheet = checks.Text{En: "answers.yaml", Zh: "answers.yaml "}

func (k *consistency) againstAnswer(fact compared, r stated) {
	k.compared++
	have := strings.TrimSpace(k.c.Answers.Values[fact.answer])
	if fact.number {
		k.number(fact, have, r)
		return
	}
	likeness := compare(have, r.Value)
	if likeness >= lookAlike && readAs(have, r.Value) {
		likeness = unread
	}
	where := r.where()
	what := differenceText(have, r.Value, sheet, where)
	message := checks.Textf("%[1]s: %[2]s.", "%[3]s：%[4]s。", capital(fact.title.En), what.En, fact.title.Zh, what.Zh)
	look := checks.Textf("Look at %[1]s and write the name in answers.yaml exactly as it stands there, or ask the client for the right document.",
		"请查看%[2]s，在 answers.yaml 中完全按其写法填写；如果材料不对，请向客户索取正确的材料。", where.En, where.Zh)
	switch {
	case likeness == same:
	case likeness == sameWidths:
		k.add("name_written_differently", message, checks.Textf("It is the same name; write it as on %[1]s all the same, since the platform has refused other brackets.",
			"名称相同，但平台曾因括号不同而退回，请按%[2]s的写法填写。", where.En, where.Zh), 0, r.Box, r.document.Name)
	case likeness == unread || likeness == different && r.Confidence < k.confident:
		k.add("name_unclear", message, checks.Textf("It could not be read for certain. Compare it by eye; if it cannot be read on %[1]s, ask for a sharper picture.",
			"未能可靠识别，请人工对照；如果%[2]s上看不清，请客户提供更清晰的图片。", where.En, where.Zh), r.Confidence, r.Box, r.document.Name)
	case likeness == lookAlike:
		k.add("name_look_alike", message, look, r.Confidence, r.Box, r.document.Name)
	default:
		k.add("name_differs", message, look, r.Confidence, r.Box, r.document.Name)
	}
}

// readAs reports whether a name may have been read as what was read: the two are the same but for
// characters that the reader does not know. It takes another for each of them, or none.
func readAs(name, read string) bool {
	unknown, err := reading.Unreadable(widthless(name))
	if err != nil || len(unknown) == 0 {
		return false
	}
	var pattern strings.Builder
	pattern.WriteString("^")
	for _, r := range widthless(name) {
		if slices.Contains(unknown, r) {
			pattern.WriteString(".?")
		} else {
			pattern.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	pattern.WriteString("$")
	match, err := regexp.MatchString(pattern.String(), widthless(read))
	return err == nil && match
}

func (k *consistency) number(fact compared, have string, r stated) {
	x, y := number.Normalize(have), number.Normalize(r.Value)
	if x == y {
		return
	}
	where := r.where()
	what := differenceText(x, y, sheet, where)
	message := checks.Textf("%[1]s: %[2]s.", "%[3]s：%[4]s。", capital(fact.title.En), what.En, fact.title.Zh, what.Zh)
	if r.Confidence < k.confident {
		k.add("number_unclear", message, checks.Textf("It could not be read for certain. Compare it by eye with %[1]s; if it cannot be read there, ask for a sharper picture.",
			"未能可靠识别，请与%[2]s人工对照；如果看不清，请客户提供更清晰的图片。", where.En, where.Zh), r.Confidence, r.Box, r.document.Name)
		return
	}
	k.add("number_differs", message, checks.Textf("Compare it with %[1]s character by character and correct answers.yaml; if the paper is another's, ask the client for the right one.",
		"请与%[2]s逐字核对并更正 answers.yaml；如果材料属于他人，请向客户索取正确的材料。", where.En, where.Zh), r.Confidence, r.Box, r.document.Name)
}

// amongEachOther compares what several documents state when the answers say nothing.
func (k *consistency) amongEachOther(fact compared, list []stated) {
	for i := 1; i < len(list); i++ {
		a, b := list[0], list[i]
		if a.Field != b.Field {
			continue // a licence's old and new number are two facts
		}
		k.compared++
		x, y := a.Value, b.Value
		if fact.number {
			x, y = number.Normalize(x), number.Normalize(y)
		}
		if l := compare(x, y); l == same || l == sameWidths || l == unread {
			continue
		}
		if min(a.Confidence, b.Confidence) < k.confident {
			continue // two doubtful readings that differ say nothing about the papers
		}
		what := differenceText(x, y, a.where(), b.where())
		k.add("documents_disagree", checks.Textf("%[1]s: %[2]s.", "%[3]s：%[4]s。", capital(fact.title.En), what.En, fact.title.Zh, what.Zh),
			checks.Text{En: "Look at both. If they are of two clients, take one out of the case; if one is out of date, ask for the new one.",
				Zh: "请查看两份材料：如果属于不同客户，请移出其中一份；如果有一份已过期，请索取新的。"},
			min(a.Confidence, b.Confidence), b.Box, a.document.Name, b.document.Name)
	}
}

// codes compares the credit code's characters 9 to 17 with the organisation code: since 2015 they are
// the same thing (GB 32100-2015, 4.4).
func (k *consistency) codes() {
	long, short := k.c.Answers.Values[checks.FieldLicenseNumber], k.c.Answers.Values[checks.FieldOrganizationCode]
	credit, faults := number.ParseCreditCode(long)
	if number.Has(faults, number.Length) || number.Has(faults, number.Character) {
		return
	}
	printed, faults := number.ParseOrganizationCode(short)
	if number.Has(faults, number.Length) || number.Has(faults, number.Character) {
		return
	}
	k.compared++
	if credit.Organization == printed {
		return
	}
	x, y := shownDifference(credit.Organization, printed)
	k.add("codes_disagree", checks.Textf("Characters 9 to 17 of the credit code are %[1]q, the organisation code is %[2]q; they have to be the same.",
		"统一社会信用代码的第 9 至 17 位为“%[3]s”，组织机构代码为“%[4]s”，两者应当相同。", x, y, x, y),
		checks.Text{En: "Compare both with the papers and correct the wrong one in answers.yaml.", Zh: "请与证照核对，并在 answers.yaml 中更正有误的一项。"}, 0, checks.Region{})
}

// births compares a day of birth that was read with the one inside the ID number.
func (k *consistency) births() {
	for _, d := range k.c.Documents {
		for _, r := range d.Readings {
			if r.Field != "birth_date" {
				continue
			}
			value := k.c.Answers.Values[checks.FieldIDNumber]
			id, faults := number.ParseResidentID(value, k.c.Now)
			if value == "" || id.Born.IsZero() || number.Has(faults, number.Date) {
				continue
			}
			k.compared++
			if r.Value == id.Born.Format("2006-01-02") || r.Confidence < k.confident {
				continue
			}
			s := stated{r, d}
			k.add("birth_differs", checks.Textf("By its number the ID's holder was born on %[1]s, %[2]s has %[3]s.", "按身份证号码，持有人生于 %[1]s；%[4]s为 %[3]s。",
				id.Born.Format("2006-01-02"), s.where().En, shown(r.Value), s.where().Zh),
				checks.Text{En: "Compare the number and the day of birth with the card.", Zh: "请将号码和出生日期与证件核对。"}, r.Confidence, r.Box, d.Name)
		}
	}
}

// registerHost is where the QR code of a licence leads: the national register of enterprises.
const registerHost = "gsxt.gov.cn"

// qrCodes compares the code inside a licence's QR code with the answers.
func (k *consistency) qrCodes() {
	for _, d := range k.c.Documents {
		for _, r := range d.Readings {
			if r.Field != "qr" {
				continue
			}
			s := stated{r, d}
			code := registerCode(r.Value)
			if code == "" {
				if d.Kind == checks.BusinessLicense {
					k.compared++
					k.add("qr_unknown", checks.Textf("The QR code on %[1]s does not lead to the register of enterprises.", "%[2]s上的二维码不是国家企业信用信息公示系统的链接。", s.where().En, s.where().Zh),
						checks.Text{En: "Nothing need be done: some offices print codes of their own.", Zh: "无需处理：部分登记机关印有自己的二维码。"}, 0, r.Box, d.Name)
				}
				continue
			}
			have := number.Normalize(k.c.Answers.Values[checks.FieldLicenseNumber])
			if len(have) != 18 {
				continue
			}
			k.compared++
			if have == code {
				continue
			}
			x, y := shownDifference(have, code)
			k.add("qr_differs", checks.Textf("answers.yaml has the credit code %[1]q, the QR code on %[2]s belongs to %[3]q.", "answers.yaml 中的统一社会信用代码为“%[1]s”，%[4]s上二维码对应的是“%[3]s”。",
				x, s.where().En, y, s.where().Zh),
				checks.Text{En: "A QR code is not misread: compare the code with the licence and correct answers.yaml, or ask for the right licence.", Zh: "二维码不会误读：请与营业执照核对并更正 answers.yaml，或索取正确的营业执照。"}, 0, r.Box, d.Name)
		}
	}
}

// registerCode returns the credit code in a link to the register, or "".
func registerCode(link string) string {
	if !strings.Contains(strings.ToLower(link), registerHost) {
		return ""
	}
	_, after, ok := strings.Cut(link, "uniscid=")
	if !ok {
		return ""
	}
	after, _, _ = strings.Cut(after, "&")
	code := number.Normalize(after)
	if len(code) != 18 {
		return ""
	}
	return code
}
