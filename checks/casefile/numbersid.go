package casefile

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"dossier/checks"
	"dossier/checks/number"
)

// implausibleAge is the age above which a holder is asked about: of the 1.4 billion numbers in use
// some 120,000 belong to people over 100, and none of them to an account's operator.
const implausibleAge = 100

func (n *numberCheck) residentID(value string) {
	id, faults := number.ParseResidentID(value, n.c.Now)
	if len(faults) == 0 || len(faults) == 1 && id.From15 {
		if id.From15 && n.settings.Number(limitIDDigits) == 18 {
			n.add("id_number_old", checks.Textf("15 digits are no longer accepted; as 18 it is %s", "15 位号码已不被接受；18 位为 %s", id.Number),
				checks.Text{En: "Compare the 18 characters with the card and write them in answers.yaml.", Zh: "请与证件核对这 18 位号码，并填入 answers.yaml。"},
				checks.Measure{Name: "characters", Value: 15, Want: "18"})
		}
		n.holderAge(id)
		return
	}
	if number.Has(faults, number.Region) && len(faults) == 1 {
		n.regionOfItsTime(id, faults[0])
		n.holderAge(id)
		return
	}
	candidates := number.SuggestResidentID(value, n.c.Now)
	n.add("id_number_wrong", faultsText(faults), n.fromPaper(checks.Text{En: "the ID card", Zh: "身份证"}, value, candidates), measureLength(faults, value, 18)...)
}

// regionOfItsTime reports a region code that does not fit the date of birth: the arithmetic holds,
// so a slip would have to be two.
func (n *numberCheck) regionOfItsTime(id number.ResidentID, fault number.Fault) {
	what := checks.Textf("there is no region with the code %s", "没有代码为 %s 的行政区划", fault.Detail)
	if id.Region.Until != 0 {
		what = checks.Textf("its region code %[1]s (%[2]s) was given up in %[3]d, and the holder was born in %[4]d",
			"其行政区划代码 %[1]s（%[2]s）已于 %[3]d 年停用，而持有人生于 %[4]d 年",
			id.Region.Code, id.Region.FullName(), id.Region.Until, id.Born.Year())
	}
	n.add("id_region_unknown", what, n.fromPaper(checks.Text{En: "the ID card", Zh: "身份证"}, "", nil))
}

func (n *numberCheck) holderAge(id number.ResidentID) {
	age := id.Age(n.c.Now)
	least := int(n.settings.Number(limitMinAge))
	switch {
	case age < least:
		n.add("holder_underage", checks.Textf("its holder was born on %[1]s and is %[2]d, at least %[3]d years are asked for",
			"持有人生于 %[1]s，现年 %[2]d 岁，须年满 %[3]d 周岁", id.Born.Format("2006-01-02"), age, least),
			checks.Text{En: "Let another person of the client's be the operator.", Zh: "请客户另选一位运营者。"},
			checks.Measure{Name: "age", Value: float64(age), Unit: "years", Want: fmt.Sprintf(">= %d", least)})
	case age > implausibleAge:
		n.add("holder_age", checks.Textf("its holder would be %d years old", "持有人应已 %d 岁", age),
			n.fromPaper(checks.Text{En: "the ID card", Zh: "身份证"}, "", nil),
			checks.Measure{Name: "age", Value: float64(age), Unit: "years", Want: fmt.Sprintf("<= %d", implausibleAge)})
	}
}

// license takes either of the numbers a licence can carry, told apart by their length.
func (n *numberCheck) license(value string) {
	paper := checks.Text{En: "the licence", Zh: "营业执照"}
	if length := utf8.RuneCountInString(number.Normalize(value)); length == 13 || length == 15 {
		s, faults := number.ParseLicenseNumber(value)
		switch {
		case len(faults) == 0:
		case len(faults) == 1 && faults[0].Code == number.Form:
			n.add("license_number_old", checks.Text{En: "13 digits, the style until 2007, which nothing in the number can prove", Zh: "13 位，为 2007 年前的旧式号码，号码本身无法校验"},
				n.fromPaper(paper, "", nil), checks.Measure{Name: "characters", Value: 13, Want: "15 or 18"})
		default:
			n.add("license_number_wrong", faultsText(faults), n.fromPaper(paper, s, number.SuggestLicenseNumber(s)))
		}
		return
	}
	code, faults := number.ParseCreditCode(value)
	if len(faults) == 0 {
		return
	}
	unusual := true
	for _, f := range faults {
		unusual = unusual && (f.Code == number.Structure || f.Code == number.Region)
	}
	if unusual { // both check characters hold: newer kinds of register appear before the lists know them
		n.add("credit_code_unusual", faultsText(faults), n.fromPaper(paper, "", nil))
		return
	}
	n.add("credit_code_wrong", faultsText(faults), n.fromPaper(paper, code.Code, number.SuggestCreditCode(value)), measureLength(faults, value, 18)...)
}

func (n *numberCheck) organizationCode(value string) {
	paper := checks.Text{En: "the certificate", Zh: "组织机构代码证"}
	if utf8.RuneCountInString(number.Normalize(value)) == 18 { // the field also takes the 18-character code
		paper = checks.Text{En: "the licence", Zh: "营业执照"}
		if _, faults := number.ParseCreditCode(value); number.Has(faults, number.Check) || number.Has(faults, number.InnerCode) || number.Has(faults, number.Character) || number.Has(faults, number.Zeros) {
			n.add("organization_code_wrong", faultsText(faults), n.fromPaper(paper, value, number.SuggestCreditCode(value)))
		}
		return
	}
	printed, faults := number.ParseOrganizationCode(value)
	switch {
	case len(faults) == 0:
	case len(faults) == 1 && faults[0].Code == number.Form:
		n.add("organization_code_hyphen", checks.Textf("the form wants the hyphen: %s", "表单要求写连字符：%s", printed),
			checks.Textf("Write organization_code: %s in answers.yaml.", "请在 answers.yaml 中写 organization_code: %s。", printed))
	default:
		n.add("organization_code_wrong", faultsText(faults), n.fromPaper(paper, value, number.SuggestOrganizationCode(value)), measureLength(faults, value, 9)...)
	}
}

// mostCandidates is how many are named: more would be a guessing game, and the paper is at hand.
const mostCandidates = 4

// fromPaper is the remedy for a wrong number: look at the paper, first at the place where the slip
// most likely is.
func (n *numberCheck) fromPaper(paper checks.Text, value string, candidates []number.Candidate) checks.Text {
	look := checks.Textf("Compare it with %[1]s, character by character, and correct answers.yaml.", "请与%[2]s逐字核对，并更正 answers.yaml。", paper.En, paper.Zh)
	if len(candidates) == 0 {
		return look
	}
	was := number.Normalize(value)
	var en, zh []string
	for _, c := range candidates[:min(len(candidates), mostCandidates)] {
		s := slipText(was, c)
		en, zh = append(en, s.En), append(zh, s.Zh)
	}
	more := checks.Text{}
	if rest := len(candidates) - mostCandidates; rest > 0 {
		more = checks.Textf(", or %d others", "，或另外 %d 种", rest)
	}
	return checks.Textf("Look first here: %[1]s%[2]s. %[3]s", "请先看这里：%[4]s%[5]s。%[6]s",
		strings.Join(en, "; "), more.En, look.En, strings.Join(zh, "；"), more.Zh, look.Zh)
}

// slipText words one candidate: where it differs and what it would be.
func slipText(was string, c number.Candidate) checks.Text {
	is := strings.ReplaceAll(c.Number, "-", "")
	if c.Slip == number.Transposition {
		return checks.Textf("characters %[1]d and %[2]d swapped (%[3]s)", "第 %[1]d、%[2]d 位可能颠倒（%[3]s）", c.At+1, c.At+2, c.Number)
	}
	return checks.Textf("character %[1]d may be %[2]q, not %[3]q (%[4]s)", "第 %[1]d 位可能是“%[5]s”而不是“%[6]s”（%[4]s）",
		c.At+1, is[c.At:c.At+1], was[c.At:c.At+1], c.Number, is[c.At:c.At+1], was[c.At:c.At+1])
}

// faultsText words what is wrong with a number, at most three things of it.
func faultsText(faults []number.Fault) checks.Text {
	var en, zh []string
	for _, f := range faults[:min(len(faults), 3)] {
		t := faultText(f)
		en, zh = append(en, t.En), append(zh, t.Zh)
	}
	return checks.Text{En: strings.Join(en, ", and "), Zh: strings.Join(zh, "，且")}
}

func faultText(f number.Fault) checks.Text {
	have, want, _ := strings.Cut(f.Detail, " of ")
	switch f.Code {
	case number.Length:
		return checks.Textf("it has %[1]s characters, %[2]s are asked for", "共 %[1]s 位，应为 %[2]s 位", have, want)
	case number.Character:
		return checks.Textf("character %[1]d, %[2]q, cannot occur in it", "第 %[1]d 位“%[3]s”不应出现", f.At+1, shown(f.Detail), shown(f.Detail))
	case number.Check:
		return checks.Text{En: "its check character does not fit the others", Zh: "校验位与其余各位不符"}
	case number.InnerCode:
		return checks.Text{En: "characters 9 to 17 do not fit each other either, so the slip is most likely among them", Zh: "第 9 至 17 位自身的校验也不符，错误很可能就在其中"}
	case number.Date:
		return checks.Textf("characters 7 to 14 are no day of birth (%s)", "第 7 至 14 位不是有效的出生日期（%s）", f.Detail)
	case number.Region:
		return checks.Textf("there is no region with the code %s", "没有代码为 %s 的行政区划", f.Detail)
	case number.Zeros:
		return checks.Text{En: "it is all zeros", Zh: "全部为零"}
	case number.Structure:
		return checks.Textf("character %[1]d stands for no %[2]s of the standard", "第 %[1]d 位不属于标准所列的登记部门或类别（%[2]s）", f.At+1, f.Detail)
	}
	return checks.Text{En: f.Detail, Zh: f.Detail}
}

// measureLength gives the number of characters when that is what is wrong.
func measureLength(faults []number.Fault, value string, want int) []checks.Measure {
	if !number.Has(faults, number.Length) {
		return nil
	}
	have := utf8.RuneCountInString(number.Normalize(value))
	return []checks.Measure{{Name: "characters", Value: float64(have), Want: fmt.Sprint(want)}}
}
