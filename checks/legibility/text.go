package legibility

import (
	"context"
	_ "embed"
	"image"
	"strings"

	"dossier/checks"
	"dossier/checks/number"
	"dossier/checks/picture/fields"
	"dossier/checks/picture/reading"
)

//go:embed text.md
var textDoc string

const (
	limitConfidence = "min_confidence"
)

// Text reads what the document states and gives it on as readings; it finds what could not be read.
var Text = &checks.Check{
	ID:      "legibility/text",
	Version: 2,
	Title:   checks.Text{En: "what the document states can be read", Zh: "材料上的文字可以识别"},
	Doc:     textDoc,
	Kinds: []checks.Kind{checks.BusinessLicense, checks.OrganizationCodeCertificate, checks.HolderPhoto, checks.ApplicationForm,
		checks.Proposal, checks.Credential},
	Limits: []checks.Limit{
		{Name: limitConfidence, Default: 0.5, Unit: "", Reason: "a reading below it is wrong about as often as right on drawn documents of poor quality, and is no more than a hint of what is written"},
	},
	Choices: []checks.Choice{
		{Name: reading.ChoiceName, Default: []string{"on"}, Reason: "reading takes most of a document's time; \"off\" leaves it out, and with it everything that compares what is written"},
	},
	Codes: []checks.Code{
		{Code: "nothing_read", Title: checks.Text{En: "no text could be read", Zh: "未能读出任何文字"}},
		{Code: "number_unread", Title: checks.Text{En: "a number the document must show could not be read", Zh: "材料应有的号码未能读出"}},
		{Code: "name_unread", Title: checks.Text{En: "a name the document must show could not be read", Zh: "材料应有的名称或姓名未能读出"}},
		{Code: "number_check_fails", Title: checks.Text{En: "a number was read whose check character does not fit", Zh: "读出的号码校验位不符"}},
	},
	// A page of small print takes a second on two idle cores and ten times that where eight people share
	// them; a check that is cut off there says nothing of the document.
	Effort: 4,
	Run:    runText,
}

// A wanted is a field that a document of a kind always shows, under one of several names.
type wanted struct {
	fields []string
	number bool
	title  checks.Text
}

// shows lists what a reviewer looks for on the documents of each kind; what depends on the layout is not
// among it.
var shows = map[checks.Kind][]wanted{
	checks.BusinessLicense: {
		{[]string{"uscc", "license_number"}, true, checks.Text{En: "the credit code or registration number", Zh: "统一社会信用代码或注册号"}},
		{[]string{"company"}, false, checks.Text{En: "the company's name", Zh: "企业名称"}},
		{[]string{"legal_representative"}, false, checks.Text{En: "the legal representative", Zh: "法定代表人"}},
	},
	checks.OrganizationCodeCertificate: {
		{[]string{"organization_code", "uscc"}, true, checks.Text{En: "the organisation code", Zh: "组织机构代码"}},
		{[]string{"company"}, false, checks.Text{En: "the organisation's name", Zh: "机构名称"}},
	},
	checks.HolderPhoto: {
		{[]string{"id_number"}, true, checks.Text{En: "the ID number", Zh: "身份证号码"}},
		{[]string{"name"}, false, checks.Text{En: "the holder's name", Zh: "持证人姓名"}},
	},
	checks.ApplicationForm: {
		{[]string{"id_number"}, true, checks.Text{En: "the operator's ID number", Zh: "运营者身份证号码"}},
		{[]string{"name"}, false, checks.Text{En: "the operator's name", Zh: "运营者姓名"}},
		{[]string{"company"}, false, checks.Text{En: "the company's name", Zh: "单位全称"}},
	},
}

// retake is the remedy for a picture that cannot be read.
var retake = checks.Text{
	En: "Look at the picture at full size. If you cannot read it either, ask the client for a sharper one: nearer, in daylight, the paper flat, nothing lying over the text.",
	Zh: "请将图片放大到原始尺寸查看。如果人眼也看不清，请客户重新拍摄：靠近一些、光线充足、纸面平整、文字不被遮挡。",
}

func runText(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	if err := reading.On(settings); err != nil {
		return checks.Observation{}, err
	}
	if err := s.OnePage(); err != nil {
		return checks.Observation{}, err
	}
	page, err := reading.Text.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	readings, err := fields.Of.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	o := checks.Observation{Readings: readings}
	if len(page.Lines) == 0 {
		o.Findings = append(o.Findings, checks.Finding{Code: "nothing_read",
			Message: checks.Text{En: "No text could be read in this picture.", Zh: "这张图片中未能读出任何文字。"}, Remedy: retake})
		return o, nil
	}
	o.Findings = findings(s.Kind, readings, around(page.Lines), settings.Number(limitConfidence))
	return o, nil
}

// around is the box of all lines: on a photograph of a person with the card about the card.
func around(lines []reading.Line) checks.Region {
	var all image.Rectangle
	for _, l := range lines {
		all = all.Union(image.Rect(l.Box.X, l.Box.Y, l.Box.X+l.Box.Width, l.Box.Y+l.Box.Height))
	}
	return checks.Region{X: all.Min.X, Y: all.Min.Y, Width: all.Dx(), Height: all.Dy()}
}

// findings says what a document of that kind must show and what was not read of it with at least that
// confidence. What was not read stands somewhere among what was: print is the place of all of it.
func findings(kind checks.Kind, readings []checks.Reading, print checks.Region, least float64) (found []checks.Finding) {
	var numbers, names []checks.Text
	for _, w := range shows[kind] {
		if sureOf(readings, w.fields, least) {
			continue
		}
		if w.number {
			numbers = append(numbers, w.title)
		} else {
			names = append(names, w.title)
		}
	}
	unread := func(code string, what []checks.Text) {
		if len(what) == 0 {
			return
		}
		t := list(what)
		found = append(found, checks.Finding{Code: code, Remedy: retake, Region: print,
			Message: checks.Textf("%[1]s could not be read.", "未能读出%[2]s。", capital(t.En), t.Zh)})
	}
	// A number that was read and does not hold has been read; it is said below.
	doubtful := checkFails(readings)
	if len(doubtful) == 0 {
		unread("number_unread", numbers)
	}
	unread("name_unread", names)
	for _, r := range doubtful {
		title := titles[r.Field]
		found = append(found, checks.Finding{Code: "number_check_fails", Region: r.Box,
			Message: checks.Textf("%[1]s was read as %[3]q, whose check character does not fit the others: it is misread or misprinted.",
				"%[2]s读作“%[3]s”，其校验位不符：可能是识别有误，也可能是原件有误。", capital(title.En), title.Zh, r.Value),
			Remedy: checks.Text{En: "Compare it by eye with the number in answers.yaml. If it is hard to read, ask for a sharper picture; if the paper itself is wrong, have it corrected.",
				Zh: "请与 answers.yaml 中的号码人工核对。如果看不清，请客户提供更清晰的图片；如果原件写错，请更正后重新提供。"},
			Measures: []checks.Measure{{Name: "confidence", Value: r.Confidence}}})
	}
	return found
}

// titles names the numbers that carry a check character.
var titles = map[string]checks.Text{
	"id_number":         {En: "the ID number", Zh: "身份证号码"},
	"uscc":              {En: "the credit code", Zh: "统一社会信用代码"},
	"license_number":    {En: "the registration number", Zh: "注册号"},
	"organization_code": {En: "the organisation code", Zh: "组织机构代码"},
}

// checkFails lists the numbers of the right length whose check character does not fit.
func checkFails(readings []checks.Reading) (list []checks.Reading) {
	for _, r := range readings {
		var faults []number.Fault
		switch r.Field {
		case "id_number":
			_, faults = number.ParseResidentID(r.Value, fields.LatestBirth)
		case "uscc":
			_, faults = number.ParseCreditCode(r.Value)
		case "license_number":
			_, faults = number.ParseLicenseNumber(r.Value)
		case "organization_code":
			_, faults = number.ParseOrganizationCode(r.Value)
		}
		if number.Has(faults, number.Check) || number.Has(faults, number.InnerCode) {
			list = append(list, r)
		}
	}
	return list
}

// sureOf reports whether one of the fields was read with that confidence.
func sureOf(readings []checks.Reading, fields []string, least float64) bool {
	for _, r := range readings {
		for _, f := range fields {
			if r.Field == f && r.Confidence >= least {
				return true
			}
		}
	}
	return false
}

// list joins what could not be read as a sentence does.
func list(what []checks.Text) checks.Text {
	var en, zh []string
	for _, t := range what {
		en, zh = append(en, t.En), append(zh, t.Zh)
	}
	t := checks.Text{En: en[0], Zh: strings.Join(zh, "、")}
	if n := len(en); n > 1 {
		t.En = strings.Join(en[:n-1], ", ") + " and " + en[n-1]
	}
	return t
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
