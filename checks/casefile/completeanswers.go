package casefile

import (
	"fmt"
	"slices"
	"strings"

	"dossier/checks"
)

// maxProblems is how many of the sheet's problems are repeated, one finding each: more would
// bury the rest of the report, and mending the first usually mends several.
const maxProblems = 10

// completeAnswers is the part of Complete that looks at the answers sheet.
func completeAnswers(c *checks.Case, settings checks.Settings) []checks.Finding {
	if !c.Answers.Given {
		return []checks.Finding{noAnswers(c)}
	}
	if len(c.Answers.Problems) > 0 {
		return unreadable(c)
	}
	var findings []checks.Finding
	if p := c.Answers.Path; p != "" && p != c.Path {
		findings = append(findings, pathMismatch(c))
	}
	if t := c.Answers.AccountType; t != "" && !settings.Has(choiceAccountTypes, t) {
		findings = append(findings, accountTypeNotOpen(c, settings.Words(choiceAccountTypes)))
	}
	var missing, unsaid []checks.Field
	for _, name := range settings.Words(choiceAnswers) {
		if !answered(c, name) {
			missing = append(missing, field(name))
		}
	}
	for _, name := range settings.Words(choiceAcknowledgements) {
		if c.Answers.Values[name] != checks.Yes {
			unsaid = append(unsaid, field(name))
		}
	}
	if len(missing) > 0 {
		findings = append(findings, answerMissing(c, missing))
	}
	if len(unsaid) > 0 {
		findings = append(findings, notAcknowledged(c, unsaid))
	}
	return findings
}

// answered reports whether the sheet holds a value under that name.
func answered(c *checks.Case, name string) bool {
	return name != "" && strings.TrimSpace(c.Answers.Values[name]) != ""
}

// field returns the field of that name; a name only a user's profile knows is its own title.
func field(name string) checks.Field {
	if f, ok := checks.FieldNamed(name); ok {
		return f
	}
	return checks.Field{Name: name, Title: checks.Text{En: name, Zh: name}}
}

func noAnswers(c *checks.Case) checks.Finding {
	return checks.Finding{
		Code: "answers_missing",
		Message: checks.Text{
			En: "The case has no answers.yaml, so nothing can be compared with what the form will say.",
			Zh: "该客户没有 answers.yaml，无法核对材料与注册表单的内容。",
		},
		Remedy: checks.Textf("Put an answers.yaml into the case's folder and fill it in; \"dossier new %[1]s --path %[2]s\" writes an empty one.",
			"请在该客户的文件夹中放入填好的 answers.yaml；运行“dossier new %[1]s --path %[2]s”可生成空白模板。",
			shown(c.Name), c.Path),
	}
}

func unreadable(c *checks.Case) []checks.Finding {
	var findings []checks.Finding
	for _, p := range c.Answers.Problems[:min(len(c.Answers.Problems), maxProblems)] {
		findings = append(findings, checks.Finding{
			Code:    "answers_unreadable",
			Message: checks.Text{En: "answers.yaml, " + p.En + ".", Zh: "answers.yaml，" + p.Zh + "。"},
			Remedy: checks.Text{
				En: "Correct that line in answers.yaml and put the file into the case's folder again; until then none of the answers are compared.",
				Zh: "请更正 answers.yaml 中的这一行，再放回该客户的文件夹；在此之前所有资料都不会核对。",
			},
		})
	}
	return findings
}

func pathMismatch(c *checks.Case) checks.Finding {
	sheet, own := pathTitle(c.Answers.Path), pathTitle(c.Path)
	return checks.Finding{
		Code: "path_mismatch",
		Message: checks.Textf("answers.yaml is filled in for registering %[1]s, but the case is checked for registering %[2]s.",
			"answers.yaml 填写的是%[3]s注册，而该客户按%[4]s注册检查。", sheet.En, own.En, sheet.Zh, own.Zh),
		Remedy: checks.Textf("If the case is right, write \"path: %[1]s\" in answers.yaml and answer what that path asks; if the sheet is right, remove its \"profile:\" line or name a profile of %[2]s.",
			"如果应按当前类型注册，请在 answers.yaml 中写 path: %[1]s 并补齐该类型的资料；如果答卷是对的，请删除其中的 profile: 一行，或改为 %[2]s 类型的要求。",
			c.Path, c.Answers.Path),
	}
}

func accountTypeNotOpen(c *checks.Case, open []string) checks.Finding {
	path, have := pathTitle(c.Path), accountTypeTitle(c.Answers.AccountType)
	var en, zh []string
	for _, t := range open {
		title := accountTypeTitle(t)
		en, zh = append(en, title.En), append(zh, title.Zh)
	}
	return checks.Finding{
		Code: "account_type_not_open",
		Message: checks.Textf("Registering %[1]s, the account cannot be of the type %[2]s; possible: %[3]s.",
			"%[4]s注册不能选择%[5]s，可选：%[6]s。",
			path.En, have.En, strings.Join(en, ", "), path.Zh, have.Zh, strings.Join(zh, "、")),
		Remedy: checks.Textf("Agree with the client on another type and write it in answers.yaml: account_type: %[1]s.",
			"请与客户商定其他类型，并在 answers.yaml 中填写：account_type: %[1]s。", first(open)),
	}
}

func answerMissing(c *checks.Case, missing []checks.Field) checks.Finding {
	var en, zh, names []string
	for _, f := range missing {
		at := checks.Text{En: f.Name, Zh: f.Name}
		if line := c.Answers.Lines[f.Name]; line > 0 {
			at = checks.Textf("%[1]s, line %[2]d", "%[1]s，第 %[2]d 行", f.Name, line)
		}
		en = append(en, fmt.Sprintf("%s (%s)", f.Title.En, at.En))
		zh = append(zh, fmt.Sprintf("%s（%s）", f.Title.Zh, at.Zh))
		names = append(names, f.Name+":")
	}
	return checks.Finding{
		Code: "answer_missing",
		Message: checks.Textf("answers.yaml does not say yet: %[1]s.", "answers.yaml 尚未填写：%[2]s。",
			strings.Join(en, ", "), strings.Join(zh, "、")),
		Remedy: checks.Textf("Ask the client and fill in %[1]s in answers.yaml.", "请向客户询问，并在 answers.yaml 中填写 %[2]s。",
			strings.Join(names, " "), strings.Join(names, " ")),
		Measures: []checks.Measure{{Name: "answers_missing", Value: float64(len(missing)), Want: "0"}},
	}
}

func notAcknowledged(c *checks.Case, unsaid []checks.Field) checks.Finding {
	var en, zh, lines []string
	for _, f := range unsaid {
		en, zh = append(en, f.Title.En), append(zh, f.Title.Zh)
		lines = append(lines, f.Name+": "+checks.Yes)
	}
	return checks.Finding{
		Code: "not_acknowledged",
		Message: checks.Textf("answers.yaml does not say that the client knows: %[1]s.", "answers.yaml 尚未确认客户已知悉：%[2]s。",
			strings.Join(en, "; "), strings.Join(zh, "；")),
		Remedy: checks.Textf("Tell the client, and then write under \"acknowledged:\" in answers.yaml: %[1]s.",
			"请告知客户，然后在 answers.yaml 的 acknowledged: 下写：%[2]s。",
			strings.Join(lines, ", "), strings.Join(lines, "，")),
		Measures: []checks.Measure{{Name: "not_acknowledged", Value: float64(len(unsaid)), Want: "0"}},
	}
}

// pathTitle words a path so that it fits after "registering".
func pathTitle(p checks.Path) checks.Text {
	switch p {
	case checks.Organization:
		return checks.Text{En: "an organization", Zh: "组织"}
	case checks.Individual:
		return checks.Text{En: "an individual", Zh: "个人"}
	case checks.Overseas:
		return checks.Text{En: "from outside China", Zh: "境外"}
	}
	return checks.Text{En: string(p), Zh: string(p)}
}

func accountTypeTitle(t string) checks.Text {
	i := slices.Index([]string{"service", "subscription", "enterprise"}, t)
	if i < 0 {
		return checks.Text{En: t, Zh: t}
	}
	return checks.Text{En: t, Zh: []string{"服务号", "订阅号", "企业号"}[i]}
}

func first(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return words[0]
}
