// Package sheet reads clients from a spreadsheet, one row a client, and writes the empty table to
// fill in.
//
// What lives here: xlsx and csv files, their headers in both languages, and what spreadsheets do to
// numbers. What must not: desks, cases, and judging answers: a row becomes the values of an answers
// sheet, and the checks look at those.
package sheet

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"dossier/checks"
	"dossier/pipeline/profile"
)

// Limits of what is read. A file of an agency's whole year has a few thousand rows.
const (
	maxBytes     = 16 << 20 // of the file
	maxUnzipped  = 256 << 20
	maxRows      = 10_000
	maxColumns   = 200
	maxCellBytes = 8 << 10 // longer than any answer; the introduction has 120 characters
)

// A Client is one row of a spreadsheet.
type Client struct {
	Row    int // from 1, as spreadsheets count; the header is a row too
	Case   string
	Path   checks.Path
	Values map[string]string // by field name, acknowledgements included ("yes" or "no")
}

// A Problem says what is wrong with a spreadsheet, and where.
type Problem struct {
	Row    int    // from 1; 0: the table as a whole
	Column string // "C"; empty: the whole row
	What   checks.Text
	Todo   checks.Text
}

// columnCase and columnPath are the columns that are no fields of the form.
const (
	columnCase = "case"
	columnPath = "path"
	columnNote = "note" // read by people only
)

// A column is one column a table can have: its name and the headers it is known by.
type column struct {
	name    string
	title   checks.Text
	aliases []string
}

// columns lists every column, in the order of the template.
func columns() []column {
	list := []column{
		{columnCase, checks.Text{En: "case", Zh: "案件名"}, []string{"client", "name of case", "客户", "案件", "客户名称"}},
		{columnPath, checks.Text{En: "registration path", Zh: "注册类型"}, []string{"registration", "主体类型"}},
	}
	aliases := map[string][]string{
		checks.FieldAccountType:         {"type", "类型"},
		checks.FieldAccountName:         {"公众号名称", "帐号名称", "name of account"},
		checks.FieldCompanyName:         {"company", "公司名称", "企业全称"},
		checks.FieldLicenseNumber:       {"license number", "licence number", "uscc", "unified social credit code", "统一社会信用代码", "注册号", "营业执照号", "营业执照注册号"},
		checks.FieldOrganizationCode:    {"organization code"},
		checks.FieldLegalRepresentative: {"法人", "法人代表"},
		checks.FieldOperatorName:        {"operator", "operator name", "运营者", "管理员", "姓名"},
		checks.FieldIDNumber:            {"id", "id number", "身份证", "身份证号", "身份证号码"},
		checks.FieldMobile:              {"mobile", "phone", "手机", "手机号"},
		checks.FieldFixedLine:           {"landline", "座机", "电话"},
		checks.FieldEmail:               {"email", "mail", "电子邮箱", "e-mail"},
		checks.FieldProposal:            {"proposal", "用途"},
		checks.FieldFeaturesNeeded:      {"features"},
		checks.FieldIntroduction:        {"简介", "介绍"},
	}
	for _, f := range checks.Fields() {
		list = append(list, column{f.Name, f.Title, aliases[f.Name]})
	}
	return append(list, column{columnNote, checks.Text{En: "note", Zh: "备注"}, []string{"notes", "remark", "remarks", "说明"}})
}

// folded takes from a header what spelling does not change.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(s))
}

// columnNamed finds the column a header means: its name in answers.yaml, its title in either language,
// an alias, or both titles behind each other as the template has them.
func columnNamed(header string) (column, bool) {
	want := folded(header)
	for _, c := range columns() {
		known := append([]string{c.name, c.title.En, c.title.Zh, c.title.Zh + c.title.En, c.title.En + c.title.Zh}, c.aliases...)
		for _, k := range known {
			if folded(k) == want {
				return c, true
			}
		}
	}
	return column{}, false
}

// paths and account types, as people write them in a cell.
var (
	pathWords = map[string]checks.Path{
		"organization": checks.Organization, "organisation": checks.Organization, "组织": checks.Organization, "企业": checks.Organization, "公司": checks.Organization, "媒体": checks.Organization,
		"individual": checks.Individual, "person": checks.Individual, "个人": checks.Individual,
		"overseas": checks.Overseas, "foreign": checks.Overseas, "境外": checks.Overseas, "海外": checks.Overseas,
	}
	typeWords = map[string]string{
		"service": "service", "服务号": "service", "subscription": "subscription", "订阅号": "subscription", "enterprise": "enterprise", "企业号": "enterprise",
	}
	yesWords = map[string]string{"yes": checks.Yes, "y": checks.Yes, "是": checks.Yes, "已确认": checks.Yes, "true": checks.Yes, "1": checks.Yes, "√": checks.Yes, "✓": checks.Yes,
		"no": "no", "n": "no", "否": "no", "false": "no", "0": "no"}
)

// Answers is the row as an answers.yaml.
func (c Client) Answers() []byte { return profile.Fill(c.Path, c.Values) }
