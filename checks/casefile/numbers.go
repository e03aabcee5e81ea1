package casefile

import (
	"context"
	_ "embed"

	"dossier/checks"
)

//go:embed numbers.md
var numbersDoc string

// Names of the limits Numbers compares with.
const (
	limitMinAge            = "min_age"
	limitNameMin           = "account_name_min_bytes"
	limitNameMax           = "account_name_max_bytes"
	limitEnterpriseNameMin = "enterprise_name_min_bytes"
	limitEnterpriseNameMax = "enterprise_name_max_bytes"
	limitIntroductionMin   = "introduction_min_characters"
	limitIntroductionMax   = "introduction_max_characters"
	limitPersonNameMax     = "person_name_max_characters"
	limitIDDigits          = "id_number_characters"
)

// Numbers looks at every answer that has a form of its own: whether the numbers can be right by
// their standards, and whether names and texts have the lengths the platform counts.
var Numbers = &checks.Check{
	ID:      "casefile/numbers",
	Version: 1,
	Title:   checks.Text{En: "numbers and names can be right", Zh: "号码与名称符合规范"},
	Doc:     numbersDoc,
	Limits: []checks.Limit{
		{Name: limitMinAge, Default: 18, Unit: "years", Reason: "younger holders are refused with code 25 (rule P06)"},
		{Name: limitIDDigits, Default: 18, Unit: "characters", Reason: "the form refuses the 15 digits that were valid until 2012 (rule P06)"},
		{Name: limitNameMin, Default: 4, Unit: "bytes", Reason: "in GBK, as the form counts: two for a Chinese character (rule P07)"},
		{Name: limitNameMax, Default: 30, Unit: "bytes", Reason: "refused with code 210041 above it (rule P07)"},
		{Name: limitEnterpriseNameMin, Default: 3, Unit: "bytes", Reason: "the form's own count for enterprise accounts (rule P07)"},
		{Name: limitEnterpriseNameMax, Default: 20, Unit: "bytes", Reason: "the form's own count for enterprise accounts (rule P07)"},
		{Name: limitIntroductionMin, Default: 4, Unit: "characters", Reason: "the form's own count (rule P07)"},
		{Name: limitIntroductionMax, Default: 120, Unit: "characters", Reason: "the form's own count (rule P07)"},
		{Name: limitPersonNameMax, Default: 20, Unit: "characters", Reason: "the form's field holds no more; minority names with a middle dot reach 15"},
	},
	Codes: []checks.Code{
		{Code: "id_number_wrong", Title: checks.Text{En: "the ID number cannot be right", Zh: "身份证号码有误"}},
		{Code: "id_number_old", Title: checks.Text{En: "the ID number has the old 15 digits", Zh: "身份证号码为旧的 15 位"}},
		{Code: "id_region_unknown", Title: checks.Text{En: "the ID number's region code was not in use when its holder was born", Zh: "身份证号码的行政区划代码在持有人出生时不存在"}},
		{Code: "holder_underage", Title: checks.Text{En: "the holder of the ID is too young", Zh: "身份证持有人未满年龄"}},
		{Code: "holder_age", Title: checks.Text{En: "the holder of the ID would be over 100", Zh: "身份证持有人年龄超过 100 岁"}},
		{Code: "credit_code_wrong", Title: checks.Text{En: "the unified social credit code cannot be right", Zh: "统一社会信用代码有误"}},
		{Code: "credit_code_unusual", Title: checks.Text{En: "the credit code names a department, category or region the standard does not list", Zh: "统一社会信用代码的登记部门、类别或区划不在标准之列"}},
		{Code: "license_number_wrong", Title: checks.Text{En: "the licence number cannot be right", Zh: "营业执照注册号有误"}},
		{Code: "license_number_old", Title: checks.Text{En: "a licence number of 13 digits, which has no check digit", Zh: "13 位的营业执照注册号，无校验位"}},
		{Code: "organization_code_wrong", Title: checks.Text{En: "the organisation code cannot be right", Zh: "组织机构代码有误"}},
		{Code: "organization_code_hyphen", Title: checks.Text{En: "the organisation code lacks its hyphen", Zh: "组织机构代码缺少连字符"}},
		{Code: "mobile_wrong", Title: checks.Text{En: "the mobile number cannot be right", Zh: "手机号码有误"}},
		{Code: "mobile_unassigned", Title: checks.Text{En: "a mobile number in a range not known to be in use", Zh: "手机号段未见分配"}},
		{Code: "fixed_line_wrong", Title: checks.Text{En: "the fixed line is not area code, hyphen, number", Zh: "固定电话不是“区号-号码”的形式"}},
		{Code: "fixed_line_unassigned", Title: checks.Text{En: "a fixed line in a range not known to be in use", Zh: "固定电话号段未见分配"}},
		{Code: "work_phone_unusual", Title: checks.Text{En: "the work phone is not a number a phone can call", Zh: "工作电话无法拨打"}},
		{Code: "email_wrong", Title: checks.Text{En: "the email address cannot be right", Zh: "邮箱地址有误"}},
		{Code: "account_name_length", Title: checks.Text{En: "the account name is too short or too long", Zh: "账号名称长度不符"}},
		{Code: "account_name_character", Title: checks.Text{En: "the account name has a character that is not allowed", Zh: "账号名称含有不允许的字符"}},
		{Code: "introduction_length", Title: checks.Text{En: "the introduction is too short or too long", Zh: "功能介绍长度不符"}},
		{Code: "person_name_wrong", Title: checks.Text{En: "a person's name has a form that is not accepted", Zh: "姓名不符合规范"}},
	},
	RunCase: runNumbers,
}

// field checkers in form order: what is wrong is read in the order in which it is filled in.
var numberCheckers = []struct {
	field string
	check func(c *numberCheck, value string)
}{
	{checks.FieldAccountName, (*numberCheck).accountName},
	{checks.FieldIntroduction, (*numberCheck).introduction},
	{checks.FieldLicenseNumber, (*numberCheck).license},
	{checks.FieldOrganizationCode, (*numberCheck).organizationCode},
	{checks.FieldLegalRepresentative, (*numberCheck).personName},
	{checks.FieldOperatorName, (*numberCheck).personName},
	{checks.FieldIDNumber, (*numberCheck).residentID},
	{checks.FieldMobile, (*numberCheck).mobile},
	{checks.FieldFixedLine, (*numberCheck).fixedLine},
	{checks.FieldEmail, (*numberCheck).email},
	{checks.FieldWorkPhone, (*numberCheck).workPhone},
	{checks.FieldWorkEmail, (*numberCheck).email},
}

func runNumbers(_ context.Context, c *checks.Case, settings checks.Settings) ([]checks.Finding, error) {
	if !c.Answers.Given || len(c.Answers.Problems) > 0 {
		return nil, checks.Skip(checks.Text{En: "there are no answers that could be read", Zh: "没有可读取的答案"})
	}
	n := &numberCheck{c: c, settings: settings}
	for _, one := range numberCheckers {
		if answered(c, one.field) {
			n.field = field(one.field)
			one.check(n, c.Answers.Values[one.field])
		}
	}
	return n.findings, nil
}

// A numberCheck is one run over the answers.
type numberCheck struct {
	c        *checks.Case
	settings checks.Settings
	field    checks.Field // under examination
	findings []checks.Finding
}

// add records a finding about the field. The message is a clause that goes on from the field's
// title; the remedy is whole sentences.
func (n *numberCheck) add(code string, message, remedy checks.Text, measures ...checks.Measure) {
	at := checks.Text{}
	if line := n.c.Answers.Lines[n.field.Name]; line > 0 {
		at = checks.Textf(" (answers.yaml, line %d)", "（answers.yaml 第 %d 行）", line)
	}
	n.findings = append(n.findings, checks.Finding{
		Code: code,
		Message: checks.Textf("%[1]s%[2]s: %[3]s.", "%[4]s%[5]s：%[6]s。",
			capital(n.field.Title.En), at.En, message.En, n.field.Title.Zh, at.Zh, message.Zh),
		Remedy:   remedy,
		Measures: measures,
	})
}
