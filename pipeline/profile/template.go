package profile

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"dossier/checks"
)

// formHints say how each answer is written. The facts are those of the rules P06 and P07 and of
// the form's own remarks.
var formHints = map[string]checks.Text{
	checks.FieldAccountType: {
		En: "service, subscription or enterprise. Unless the client is a media company, a verified service account is almost always right.",
		Zh: "service 服务号、subscription 订阅号、enterprise 企业号。除媒体外，认证服务号几乎总是合适的选择。"},
	checks.FieldAccountName: {
		En: "4 to 30 bytes, a Chinese character counts two (enterprise accounts 3 to 20). It can never be changed.",
		Zh: "4-30 个字节，一个汉字算两个（企业号 3-20 个）。注册后不可更改。"},
	checks.FieldIntroduction: {
		En: "4 to 120 characters. It can be changed once a month.",
		Zh: "4-120 个字，每月可修改一次。"},
	checks.FieldCompanyName: {
		En: "exactly as on the business licence, brackets included.",
		Zh: "与营业执照完全一致，包括括号。"},
	checks.FieldLicenseNumber: {
		En: "13, 15 or 18 characters, as on the business licence.",
		Zh: "与营业执照一致，13、15 或 18 位。"},
	checks.FieldOrganizationCode: {
		En: "XXXXXXXX-X with the hyphen, or the 18-character code.",
		Zh: "XXXXXXXX-X（含连字符），或 18 位统一社会信用代码。"},
	checks.FieldLegalRepresentative: {
		En: "as on the business licence.",
		Zh: "与营业执照一致。"},
	checks.FieldOperatorName: {
		En: "as on the ID card, the person on the photo holding it; a middle dot in a name is written ·",
		Zh: "与身份证一致，即手持身份证照片上的人；姓名中的间隔号写作 ·"},
	checks.FieldIDNumber: {
		En: "18 digits, the last may be X. The holder is at least 18 years old.",
		Zh: "18 位，末位可为 X，持有人须年满 18 周岁。"},
	checks.FieldMobile: {
		En: "a Chinese mobile number, 11 digits beginning with 1.",
		Zh: "中国手机号，1 开头的 11 位数字。"},
	checks.FieldFixedLine: {
		En: "area code, hyphen, number, for example 010-12345678.",
		Zh: "区号-号码，例如 010-12345678。"},
	checks.FieldEmail: {
		En: "not yet used for another account. The link sent there must be opened within 48 hours.",
		Zh: "未注册过公众账号的邮箱。邮件中的链接须在 48 小时内打开。"},
	checks.FieldProposal: {
		En: "what the account is for, and whether a service or a subscription account is wanted; or leave this empty and add a file. For several lines put | after the colon and indent them by two spaces.",
		Zh: "账号的用途，以及申请服务号还是订阅号；也可留空并另附文件。如有多行，请在冒号后写 | 并将各行缩进两个空格。"},
	checks.FieldFeaturesNeeded: {
		En: "verification, advanced features, developer tools: what of it is needed.",
		Zh: "需要认证、高级功能、开发者工具中的哪些。"},
	checks.FieldWorkPhone: {
		En: "with country code, in quotation marks, for example \"+44 20 7946 0000\".",
		Zh: "含国家代码并加引号，例如 \"+44 20 7946 0000\"。"},
	checks.FieldWorkEmail: {
		En: "an address of the company; the answer and the account come there.",
		Zh: "公司邮箱，答复和账号都发到这里。"},
	checks.FieldApplicationNumber: {
		En: "given by the platform after applying; with it and the email address progress is tracked.",
		Zh: "提交后由平台给出，凭此编号和邮箱查询进度。"},
}

// form lists each path's answers in the order its form asks for them.
var form = map[checks.Path][]string{
	checks.Organization: {
		checks.FieldAccountType, checks.FieldAccountName, checks.FieldIntroduction,
		checks.FieldCompanyName, checks.FieldLicenseNumber, checks.FieldOrganizationCode, checks.FieldLegalRepresentative,
		checks.FieldOperatorName, checks.FieldIDNumber, checks.FieldMobile, checks.FieldFixedLine, checks.FieldEmail,
	},
	checks.Individual: {
		checks.FieldAccountType, checks.FieldAccountName, checks.FieldIntroduction,
		checks.FieldOperatorName, checks.FieldIDNumber, checks.FieldMobile, checks.FieldFixedLine, checks.FieldEmail,
	},
	checks.Overseas: {
		checks.FieldAccountType, checks.FieldAccountName, checks.FieldProposal, checks.FieldFeaturesNeeded,
		checks.FieldCompanyName, checks.FieldWorkPhone, checks.FieldWorkEmail, checks.FieldApplicationNumber,
	},
}

// FormFields lists the answers a path's form asks for, in its order, without acknowledgements.
// The list is empty for a path there is none of.
func FormFields(path checks.Path) []checks.Field {
	var out []checks.Field
	for _, name := range form[path] {
		f, _ := checks.FieldNamed(name)
		out = append(out, f)
	}
	return out
}

// Template returns an answers.yaml to fill in for the path, with remarks in the languages given
// ("zh", "en"; both when none is). It parses as it is, with every answer empty.
func Template(path checks.Path, langs ...string) []byte { return Fill(path, nil, langs...) }

// Fill is Template with the values given filled in, by field name; ParseAnswers reads them back as
// they are, but for space around them. A value under a name that the path's form does not have is
// left out.
func Fill(path checks.Path, values map[string]string, langs ...string) []byte {
	if len(langs) == 0 {
		langs = []string{"zh", "en"}
	}
	w := &templateWriter{langs: langs}
	required, acknowledge, documents := needs(path)
	types := accountTypesOf(path)

	w.remark("", checks.Text{
		En: "Answers for a WeChat Official Account. Write after each colon and one space; * must be filled in. A value that holds a colon or # goes in \"quotation marks\".",
		Zh: "微信公众账号注册资料。请在冒号和一个空格之后填写，带 * 的必填；含冒号或 # 的内容请加\"引号\"。"})
	w.remark("", checks.Text{
		En: "Never write a password here: this file is kept and becomes part of the bundle.",
		Zh: "切勿在此填写密码：本文件会被保存并随材料打包。"})
	w.line("%s: %s", keyPath, path)
	if p, ok := ForPath(path); ok {
		w.line("# %s: %s", keyProfile, p.Name())
	}
	for _, name := range form[path] {
		field, _ := checks.FieldNamed(name)
		hint := formHints[name]
		if name == checks.FieldAccountType && path != checks.Organization {
			hint = types
		}
		if name == checks.FieldCompanyName && path == checks.Overseas {
			hint = checks.Text{En: "as on the registration certificate.", Zh: "与注册证书一致。"}
		}
		star := " "
		if slices.Contains(required, name) {
			star = "*"
		}
		w.line("")
		w.remark(star, checks.Text{En: field.Title.En + ": " + hint.En, Zh: field.Title.Zh + "：" + hint.Zh})
		w.line("%s", strings.TrimRight(name+": "+scalar(values[name]), " "))
	}

	w.line("")
	w.remark("*", checks.Text{
		En: "what the client has been told and accepts: yes or no",
		Zh: "已告知客户并得到确认的事项：yes 或 no"})
	w.line("%s:", keyAcknowledged)
	for _, name := range acknowledge {
		field, ok := checks.FieldNamed(name)
		if !ok {
			continue
		}
		w.indent = "  "
		w.remark("", field.Title)
		said := "no"
		if values[name] == checks.Yes {
			said = checks.Yes
		}
		w.line("%s: %s", name, said)
		w.indent = ""
	}
	w.indent = "  "
	w.remark("", checks.Text{En: "who of the client's was told, and on which day (2014-09-10)", Zh: "被告知人的姓名，以及日期（2014-09-10）"})
	w.line("%s", strings.TrimRight(keyBy+": "+scalar(values[checks.FieldAcknowledgedBy]), " "))
	w.line("%s", strings.TrimRight(keyOn+": "+scalar(values[checks.FieldAcknowledgedOn]), " "))
	w.indent = ""

	w.line("")
	w.remark("", checks.Text{
		En: "What the files are, where their names do not say it: the file's name, colon, and one of",
		Zh: "文件名看不出种类的文件请在此写明：文件名、冒号，以及以下之一"})
	for _, k := range documents {
		title := k.Title()
		var words []string
		for _, lang := range langs {
			words = append(words, title.In(lang))
		}
		w.line("#   %s  %s", k, strings.Join(words, " / "))
	}
	w.line("%s:", keyDocuments)
	if len(documents) > 0 {
		w.line("  # scan0001.jpg: %s", documents[0])
	}
	return []byte(w.b.String())
}

// plainScalar matches what can stand in YAML without quotation marks and be nothing but text: it
// begins with a letter and holds letters, digits and a few harmless signs.
var plainScalar = regexp.MustCompile(`^[\p{Han}A-Za-z][\p{Han}A-Za-z0-9 ._@·（）()-]*$`)

// yamlWords are words that YAML readers of one age or another take for something else than text.
var yamlWords = map[string]bool{"yes": true, "no": true, "true": true, "false": true, "on": true, "off": true, "null": true, "y": true, "n": true}

// scalar writes a value so that it is read back as the same text.
func scalar(value string) string {
	value = strings.TrimSpace(value)
	if value == "" || plainScalar.MatchString(value) && !yamlWords[strings.ToLower(value)] {
		return value
	}
	// JSON's strings are YAML's (YAML 1.2, section 1.3); HTML need not be thought of here.
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(err) // a string always encodes
	}
	return strings.TrimSpace(b.String())
}

type templateWriter struct {
	b      strings.Builder
	langs  []string
	indent string
}

func (w *templateWriter) line(format string, args ...any) {
	if format != "" {
		w.b.WriteString(w.indent)
		fmt.Fprintf(&w.b, format, args...)
	}
	w.b.WriteByte('\n')
}

func (w *templateWriter) remark(star string, t checks.Text) {
	for i, lang := range w.langs {
		mark := star
		if i > 0 && star != "" {
			mark = " "
		}
		if mark != "" {
			mark += " "
		}
		w.line("# %s%s", mark, t.In(lang))
	}
}

// needs is what the latest built-in profile of the path asks for.
func needs(path checks.Path) (required, acknowledge []string, documents []checks.Kind) {
	p, ok := ForPath(path)
	if !ok {
		return nil, nil, nil
	}
	choices := p.Checks[completeCheck].Choices
	required = choices["required_answers"]
	acknowledge = choices["required_acknowledgements"]
	for _, d := range p.Documents {
		documents = append(documents, d.Kind)
	}
	return required, acknowledge, documents
}

// accountTypesOf words the account types a path may have.
func accountTypesOf(path checks.Path) checks.Text {
	if path == checks.Individual {
		return checks.Text{En: "an individual can only have a subscription account: subscription", Zh: "个人只能注册订阅号：subscription"}
	}
	return checks.Text{En: "service or subscription", Zh: "service 服务号、subscription 订阅号"}
}
