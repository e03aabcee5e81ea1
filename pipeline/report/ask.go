package report

import (
	"regexp"
	"strings"

	"dossier/checks"
)

// What is asked of the client is not what the clerk is told. A remedy is written for the clerk
// ("make a smaller copy, or ask the client for a new scan"); the client is sent the problem and
// the part that is theirs. What only the clerk can do is not sent at all.

// clerksWork are the checks whose findings a clerk mends alone: the ending of a file's name,
// bytes behind a picture's end, dates to keep.
var clerksWork = []string{"format/extension", "format/trailing-data", "casefile/deadlines"}

// clerksCodes are findings of casefile/complete about the clerk's own folder and answers sheet.
var clerksCodes = []string{
	"document_too_many", "document_not_asked", "document_unknown_kind", "document_duplicate", "document_elsewhere",
	"answers_missing", "answers_unreadable", "path_mismatch",
}

// What is asked where a remedy holds nothing that could be passed on.
var (
	pleaseAgain   = checks.Text{En: "please send it again", Zh: "请重新发送"}
	pleaseSend    = checks.Text{En: "please send it to us", Zh: "请发送给我们"}
	pleaseTell    = checks.Text{En: "please tell us", Zh: "请告诉我们"}
	pleaseConfirm = checks.Text{En: "please confirm that you know this", Zh: "请确认您已知悉"}
	pleaseClear   = checks.Text{En: "please check this and tell us", Zh: "请核实后告诉我们"}
)

// byClient reports whether the client has a part in mending a finding.
func byClient(check, code string) bool {
	for _, own := range clerksWork {
		if check == own {
			return false
		}
	}
	for _, own := range clerksCodes {
		if check == "casefile/complete" && code == own {
			return false
		}
	}
	return true
}

// askClient words one point for the client: what is wrong and what to do. Not ok where the
// point is none of the client's.
func askClient(p Point, remedy checks.Text) (problem, ask checks.Text, ok bool) {
	if p.Number == 0 || !byClient(p.Check, p.Code) {
		return problem, ask, false // a broken check of ours is no matter for the client either
	}
	switch p.Code {
	case "answer_missing", "not_acknowledged":
		fields := fieldsNamed(remedy.En)
		if p.Check != "casefile/complete" || fields == (checks.Text{}) {
			return problem, ask, false // a field of a profile of one's own: no words for it
		}
		if p.Code == "not_acknowledged" {
			return fields, pleaseConfirm, true
		}
		return checks.Text{En: "still missing: " + fields.En, Zh: "尚缺资料：" + fields.Zh}, pleaseTell, true
	}
	if ask, ok := passOn(remedy); ok {
		return p.Message, ask, true
	}
	switch {
	case p.Code == "document_missing":
		return p.Message, pleaseSend, true
	case p.Document < 0:
		return p.Message, pleaseClear, true
	}
	return p.Message, pleaseAgain, true
}

// fieldName finds the names of fields as remedies spell them for answers.yaml ("id_number:").
var fieldName = regexp.MustCompile(`\b[a-z][a-z_]+:`)

// fieldsNamed lists the titles of the fields that a remedy names, in its order.
func fieldsNamed(remedy string) checks.Text {
	var titles []checks.Text
	for _, name := range fieldName.FindAllString(remedy, -1) {
		if f, ok := checks.FieldNamed(strings.TrimSuffix(name, ":")); ok {
			titles = append(titles, f.Title)
		}
	}
	return joinTexts(checks.Text{En: "; ", Zh: "；"}, titles...)
}

// The part of a remedy that says what to ask the client, up to the end of its sentence.
var (
	askEn  = regexp.MustCompile(`(?i)\b(?:ask|tell) the client (to|for) ([^.;]*(?:\.[^\s.;][^.;]*)*)`)
	askZh  = regexp.MustCompile(`(?:请|让|要求|通知|联系)客户([^。；]+)`)
	takeZh = regexp.MustCompile(`向客户(?:索取|索要|要)([^。；]+)`)
)

// clerksWords tell that a passage is about the clerk's own desk.
var clerksWords = regexp.MustCompile(`(?i)answers\.yaml|dossier|folder|documents:|\bit and\b|文件夹|案卷|存入|放入|填写`)

// passOn turns the clerk's remedy into what is said to the client, where it holds such a part
// in both languages.
func passOn(remedy checks.Text) (ask checks.Text, ok bool) {
	en := askEn.FindStringSubmatch(remedy.En)
	if en == nil || clerksWords.MatchString(en[2]) {
		return ask, false
	}
	ask.En = "please " + strings.TrimSpace(en[2])
	if strings.EqualFold(en[1], "for") {
		ask.En = "please send us " + strings.TrimSpace(en[2])
	}
	if zh := askZh.FindStringSubmatch(remedy.Zh); zh != nil {
		ask.Zh = "请您" + strings.TrimSpace(zh[1])
	} else if zh := takeZh.FindStringSubmatch(remedy.Zh); zh != nil {
		ask.Zh = "请您提供" + strings.TrimSpace(strings.Trim(zh[1], "，"))
	}
	return ask, ask.Zh != "" && !clerksWords.MatchString(ask.Zh)
}
