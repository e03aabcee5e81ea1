package casefile

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"dossier/checks"
)

//go:embed complete.md
var completeDoc string

// Names of the lists Complete compares with.
const (
	choiceAnswers          = "required_answers"
	choiceAcknowledgements = "required_acknowledgements"
	choiceAccountTypes     = "account_types"
)

// Complete looks whether the case holds what the path's profile asks for: every document, of
// the right kind, once, and every answer.
var Complete = &checks.Check{
	ID:      "casefile/complete",
	Version: 1,
	Title:   checks.Text{En: "everything asked for is there, once", Zh: "所需材料齐全且不重复"},
	Doc:     completeDoc,
	Choices: []checks.Choice{
		{Name: choiceAnswers, Default: []string{checks.FieldAccountType, checks.FieldAccountName},
			Reason: "the answers every path's form asks for; each path's profile lists its own"},
		{Name: choiceAcknowledgements, Default: []string{checks.FieldAccountTypeIsFinal, checks.FieldNameIsFinal},
			Reason: "what no path lets a client change afterwards, so the client must have been told"},
		{Name: choiceAccountTypes, Default: []string{"service", "subscription", "enterprise"},
			Reason: "the account types the platform has; a path may be open to fewer"},
	},
	Codes: []checks.Code{
		{Code: "document_missing", Title: checks.Text{En: "a required document is missing", Zh: "缺少必需的材料"}},
		{Code: "document_too_many", Title: checks.Text{En: "more documents of a kind than can be uploaded", Zh: "同类材料多于可上传的数量"}},
		{Code: "document_not_asked", Title: checks.Text{En: "a document this path does not ask for", Zh: "该注册类型不需要的材料"}},
		{Code: "document_unknown_kind", Title: checks.Text{En: "it is not known what a document is", Zh: "无法判断材料的种类"}},
		{Code: "document_duplicate", Title: checks.Text{En: "the same file under two names", Zh: "同一文件以不同名称重复提交"}},
		{Code: "document_elsewhere", Title: checks.Text{En: "the same file is in another case", Zh: "同一文件也出现在其他客户的材料中"}},
		{Code: "answers_missing", Title: checks.Text{En: "there is no answers.yaml", Zh: "没有 answers.yaml"}},
		{Code: "answers_unreadable", Title: checks.Text{En: "answers.yaml cannot be read", Zh: "answers.yaml 无法读取"}},
		{Code: "answer_missing", Title: checks.Text{En: "answers the form needs are missing", Zh: "缺少表单必填的资料"}},
		{Code: "not_acknowledged", Title: checks.Text{En: "the client has not been told what cannot be changed", Zh: "客户尚未确认注册后不可更改的事项"}},
		{Code: "account_type_not_open", Title: checks.Text{En: "this path cannot have that account type", Zh: "该注册类型不能选择此账号类型"}},
		{Code: "path_mismatch", Title: checks.Text{En: "answers.yaml is for another path", Zh: "answers.yaml 填写的注册类型不一致"}},
	},
	RunCase: runComplete,
}

func runComplete(_ context.Context, c *checks.Case, settings checks.Settings) ([]checks.Finding, error) {
	documents := slices.DeleteFunc(slices.Clone(c.Documents), func(d checks.CaseDocument) bool { return d.Container })
	findings := completeAnswers(c, settings)
	findings = append(findings, completeKinds(c, documents)...)
	findings = append(findings, unknownKinds(c, documents)...)
	findings = append(findings, duplicates(documents)...)
	return append(findings, elsewhere(c)...), nil
}

// completeKinds counts the documents of each kind against what is required.
func completeKinds(c *checks.Case, documents []checks.CaseDocument) []checks.Finding {
	var findings []checks.Finding
	unknown := namesOf(documents, checks.Unknown)
	required := map[checks.Kind]checks.Requirement{}
	for _, r := range c.Required {
		required[r.Kind] = r
	}
	for _, kind := range checks.Kinds() {
		if kind == checks.Unknown {
			continue
		}
		names := namesOf(documents, kind)
		r, asked := required[kind]
		switch {
		case !asked && len(names) > 0:
			findings = append(findings, notAsked(c, kind, names))
		case !asked:
		case len(names) < r.Min && !answered(c, r.InsteadAnswer):
			findings = append(findings, missing(r, names, unknown))
		case r.Max > 0 && len(names) > r.Max:
			findings = append(findings, tooMany(r, names))
		}
	}
	return findings
}

// namesOf lists the documents of a kind, the same bytes once.
func namesOf(documents []checks.CaseDocument, kind checks.Kind) []string {
	var names []string
	seen := map[string]bool{}
	for _, d := range documents {
		if d.Kind == kind && !seen[d.SHA256] {
			seen[d.SHA256] = true
			names = append(names, d.Name)
		}
	}
	return names
}

func missing(r checks.Requirement, have, unknown []string) checks.Finding {
	title := r.Kind.Title()
	f := checks.Finding{
		Code: "document_missing",
		Rule: r.Rule,
		Message: checks.Text{
			En: fmt.Sprintf("The %s is missing: %s.", title.En, r.Why.En),
			Zh: fmt.Sprintf("缺少%s：%s。", title.Zh, r.Why.Zh),
		},
		Measures:  []checks.Measure{{Name: "documents", Value: float64(len(have)), Want: fmt.Sprintf(">= %d", r.Min)}},
		Documents: have,
	}
	if len(have) > 0 {
		f.Message = checks.Textf("Of the %[1]s, %[4]d are needed and %[3]d is there: %[5]s.", "%[2]s需要 %[4]d 份，现有 %[3]d 份：%[6]s。",
			title.En, title.Zh, len(have), r.Min, r.Why.En, r.Why.Zh)
	}
	ask := fileNames(r.Kind)
	f.Remedy = checks.Textf("Ask the client for it and save it in the case's folder as, for example, %[1]s.",
		"请向客户索取，并以例如“%[2]s”为文件名放入该客户的文件夹。", ask.En, ask.Zh)
	if len(unknown) > 0 {
		f.Remedy = checks.Textf("If %[1]s is it, write under \"documents:\" in answers.yaml: %[2]s. Otherwise ask the client for it and save it as, for example, %[3]s.",
			"如果“%[1]s”就是这份材料，请在 answers.yaml 的 documents: 下写明：%[2]s；否则请向客户索取，并以例如“%[4]s”为文件名存入。",
			shown(unknown[0]), declaration(unknown[0], r.Kind), ask.En, ask.Zh)
	}
	if field, ok := checks.FieldNamed(r.InsteadAnswer); ok {
		f.Remedy = checks.Text{
			En: fmt.Sprintf("Write the text under \"%s:\" in answers.yaml, or: %s", field.Name, f.Remedy.En),
			Zh: fmt.Sprintf("可直接在 answers.yaml 的 %s: 中填写文字；或者：%s", field.Name, f.Remedy.Zh),
		}
	}
	return f
}

func tooMany(r checks.Requirement, names []string) checks.Finding {
	title := r.Kind.Title()
	return checks.Finding{
		Code: "document_too_many",
		Rule: r.Rule,
		Message: checks.Textf("There are %[1]d documents of the kind \"%[2]s\", and the form takes %[3]d: %[4]s.",
			"“%[5]s”共有 %[1]d 份，而表单只收 %[3]d 份：%[6]s。",
			len(names), title.En, r.Max, list(names, ", "), title.Zh, list(names, "、")),
		Remedy: checks.Textf("Keep the best one. If another shows something else, say what it is under \"documents:\" in answers.yaml, for example: %s.",
			"请只保留最清晰的一份；如果其中某个文件是别的材料，请在 answers.yaml 的 documents: 下写明，例如：%s。",
			declaration(names[len(names)-1], checks.Credential)),
		Measures:  []checks.Measure{{Name: "documents", Value: float64(len(names)), Want: fmt.Sprintf("<= %d", r.Max)}},
		Documents: names,
	}
}

func notAsked(c *checks.Case, kind checks.Kind, names []string) checks.Finding {
	title, path := kind.Title(), pathTitle(c.Path)
	return checks.Finding{
		Code: "document_not_asked",
		Message: checks.Textf("Registering %[1]s asks for no %[2]s: %[3]s.", "%[4]s注册不需要%[5]s：%[6]s。",
			path.En, title.En, list(names, ", "), path.Zh, title.Zh, list(names, "、")),
		Remedy: checks.Text{
			En: "Nothing need be done if the path is right; it is not part of the upload. If the client registers along another path, correct \"path:\" in answers.yaml.",
			Zh: "如果注册类型无误则无需处理，该材料不用上传；如果客户应按其他类型注册，请更正 answers.yaml 中的 path:。",
		},
		Documents: names,
	}
}

func unknownKinds(c *checks.Case, documents []checks.CaseDocument) []checks.Finding {
	var kinds []string
	for _, r := range c.Required {
		kinds = append(kinds, string(r.Kind))
	}
	first := checks.BusinessLicense
	if len(c.Required) > 0 {
		first = c.Required[0].Kind
	}
	var findings []checks.Finding
	for _, name := range namesOf(documents, checks.Unknown) {
		findings = append(findings, checks.Finding{
			Code: "document_unknown_kind",
			Message: checks.Textf("Neither its content nor its name tells what %[1]s is.", "从内容和文件名都无法判断“%[1]s”是哪种材料。",
				shown(name)),
			Remedy: checks.Textf("Look at it and say what it is under \"documents:\" in answers.yaml, for example: %[1]s. The kinds of this path: %[2]s.",
				"请查看该文件，并在 answers.yaml 的 documents: 下写明种类，例如：%[1]s。本类型可用的种类：%[2]s。",
				declaration(name, first), strings.Join(kinds, ", ")),
			Documents: []string{name},
		})
	}
	return findings
}

func duplicates(documents []checks.CaseDocument) []checks.Finding {
	var findings []checks.Finding
	names := map[string][]string{}
	for _, d := range documents {
		if !slices.Contains(names[d.SHA256], d.Name) {
			names[d.SHA256] = append(names[d.SHA256], d.Name)
		}
	}
	for _, d := range documents {
		same := names[d.SHA256]
		if len(same) < 2 {
			continue
		}
		delete(names, d.SHA256)
		findings = append(findings, checks.Finding{
			Code: "document_duplicate",
			Message: checks.Textf("These are one and the same file, byte for byte: %[1]s.", "以下文件逐字节完全相同：%[2]s。",
				list(same, ", "), list(same, "、")),
			Remedy: checks.Text{
				En: "Remove all but one. If they should show different things, one was saved under the wrong name: ask the client for the other.",
				Zh: "请只保留一份；如果它们本应是不同的材料，说明其中一份存错了，请向客户索取正确的文件。",
			},
			Measures:  []checks.Measure{{Name: "copies", Value: float64(len(same)), Want: "1"}},
			Documents: same,
		})
	}
	return findings
}

func elsewhere(c *checks.Case) []checks.Finding {
	var findings []checks.Finding
	byName := map[string][]string{}
	for _, e := range c.Elsewhere {
		if !slices.Contains(byName[e.Name], e.Case) {
			byName[e.Name] = append(byName[e.Name], e.Case)
		}
	}
	for _, e := range c.Elsewhere {
		cases, ok := byName[e.Name]
		if !ok {
			continue
		}
		delete(byName, e.Name)
		findings = append(findings, checks.Finding{
			Code: "document_elsewhere",
			Message: checks.Textf("%[1]s was also received in another case, byte for byte: %[2]s.",
				"“%[1]s”也逐字节出现在其他客户的材料中：%[3]s。", shown(e.Name), list(cases, ", "), list(cases, "、")),
			Remedy: checks.Text{
				En: "Look at the document and at the other case: whose is it? If both belong to one client, accept this and say so.",
				Zh: "请对照另一客户核实该文件属于谁；如果两者本是同一客户，请接受此项并说明原因。",
			},
			Measures:  []checks.Measure{{Name: "other_cases", Value: float64(len(cases)), Want: "0"}},
			Documents: []string{e.Name},
		})
	}
	return findings
}
