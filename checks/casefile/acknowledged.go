package casefile

import (
	"context"
	_ "embed"
	"regexp"
	"strings"

	"dossier/checks"
)

//go:embed acknowledged.md
var acknowledgedDoc string

// Acknowledged looks whether the client has been told what follows from the choice made: what cannot
// be changed, what an account of the type can and cannot do, and what the application has to say.
var Acknowledged = &checks.Check{
	ID:      "casefile/acknowledged",
	Version: 1,
	Title:   checks.Text{En: "the client knows what the choice means", Zh: "客户已知悉所作选择的含义"},
	Doc:     acknowledgedDoc,
	Codes: []checks.Code{
		{Code: "unsigned", Title: checks.Text{En: "nobody's name and day stand behind what was acknowledged", Zh: "确认事项未注明确认人和日期"}},
		{Code: "enterprise_is_internal", Title: checks.Text{En: "an enterprise account is for employees only", Zh: "企业号仅供内部员工"}},
		{Code: "verification_needed", Title: checks.Text{En: "advanced features need verification", Zh: "高级功能须通过认证"}},
		{Code: "service_advised", Title: checks.Text{En: "a service account is almost always right", Zh: "通常应选择服务号"}},
		{Code: "proposal_without_type", Title: checks.Text{En: "the proposal does not say which type of account", Zh: "用途说明未写明账号类型"}},
		{Code: "proposal_other_type", Title: checks.Text{En: "the proposal speaks of another type of account", Zh: "用途说明中的账号类型不同"}},
		{Code: "features_not_stated", Title: checks.Text{En: "it is not said which features are needed", Zh: "未说明所需功能"}},
		{Code: "weak_credential", Title: checks.Text{En: "the proof of the business is weak", Zh: "业务证明材料证明力较弱"}},
	},
	RunCase: runAcknowledged,
}

func runAcknowledged(_ context.Context, c *checks.Case, _ checks.Settings) ([]checks.Finding, error) {
	if !c.Answers.Given || len(c.Answers.Problems) > 0 {
		return nil, checks.Skip(checks.Text{En: "there are no answers that could be read", Zh: "没有可读取的答案"})
	}
	var findings []checks.Finding
	add := func(code string, message, remedy checks.Text) {
		findings = append(findings, checks.Finding{Code: code, Message: message, Remedy: remedy})
	}
	if acknowledgedAny(c) && (!answered(c, checks.FieldAcknowledgedBy) || !answered(c, checks.FieldAcknowledgedOn)) {
		add("unsigned", checks.Text{En: "answers.yaml says that the client was told, and not who or when.", Zh: "answers.yaml 写明客户已知悉，但未注明是谁、在何时。"},
			checks.Text{En: "Write under \"acknowledged:\" in answers.yaml: by: NAME and on: DAY. What can never be changed is what clients come back about.", Zh: "请在 answers.yaml 的 acknowledged: 下写明 by: 姓名 和 on: 日期；日后客户追问的往往就是这些不可更改的事项。"})
	}
	switch {
	case c.Answers.AccountType == "enterprise":
		add("enterprise_is_internal", checks.Text{En: "An enterprise account is internal: only employees with a company email address can follow it.", Zh: "企业号仅供内部使用：只有拥有企业邮箱的员工才能关注。"},
			checks.Text{En: "Make sure that the client wants no account for the public.", Zh: "请确认客户不需要面向公众的账号。"})
	case c.Path == checks.Organization && c.Answers.AccountType == "subscription":
		add("service_advised", checks.Text{En: "Unless the client is a media company, a verified service account is almost always right, and the type can never be changed.", Zh: "除媒体外，认证服务号几乎总是合适的选择，而账号类型注册后不可更改。"},
			checks.Text{En: "Ask the client once more.", Zh: "请再次与客户确认。"})
	}
	if c.Path == checks.Organization && (c.Answers.AccountType == "service" || c.Answers.AccountType == "enterprise") {
		add("verification_needed", checks.Text{En: "Only verified service and enterprise accounts get the advanced features.", Zh: "只有通过认证的服务号和企业号才有高级功能。"},
			checks.Text{En: "Tell the client that verification is a step of its own, with a fee and its own term.", Zh: "请告知客户：认证需另行办理，有费用和期限。"})
	}
	if c.Path == checks.Overseas {
		overseas(c, add)
	}
	return findings, nil
}

// acknowledgedAny reports whether anything has been acknowledged.
func acknowledgedAny(c *checks.Case) bool {
	for _, f := range checks.Fields() {
		if f.Acknowledge && c.Answers.Values[f.Name] == checks.Yes {
			return true
		}
	}
	return false
}

// Words by which a proposal speaks of a type of account, in both languages.
var (
	speaksOfService      = regexp.MustCompile(`(?i)\bservice\s+(?:official\s+)?account|服务号`)
	speaksOfSubscription = regexp.MustCompile(`(?i)\bsubscription\s+(?:official\s+)?account|订阅号`)
	speaksOfFeatures     = regexp.MustCompile(`(?i)verif|advanced|developer|\bapi\b|interface|认证|高级|开发|接口`)
)

// overseas looks at what the application from outside China has to say: rules S02, S03 and S04.
func overseas(c *checks.Case, add func(code string, message, remedy checks.Text)) {
	text := c.Answers.Values[checks.FieldProposal]
	if strings.TrimSpace(text) != "" { // a proposal in a file is read by a person
		service, subscription := speaksOfService.MatchString(text), speaksOfSubscription.MatchString(text)
		other := c.Answers.AccountType == "service" && subscription && !service || c.Answers.AccountType == "subscription" && service && !subscription
		switch {
		case other:
			add("proposal_other_type", checks.Textf("The proposal speaks of another type of account than account_type: %[1]s.", "用途说明中的账号类型与 account_type: %[1]s 不同。", shown(c.Answers.AccountType)),
				checks.Text{En: "Let both say the same.", Zh: "请使两处一致。"})
		case !service && !subscription:
			add("proposal_without_type", checks.Text{En: "The proposal does not say whether a service or a subscription account is wanted.", Zh: "用途说明未写明申请服务号还是订阅号。"},
				checks.Text{En: "Add a sentence such as \"We apply for a service account.\"", Zh: "请补充，例如“我们申请服务号”。"})
		}
	}
	if !answered(c, checks.FieldFeaturesNeeded) && !speaksOfFeatures.MatchString(text) {
		add("features_not_stated", checks.Text{En: "It is not said whether verification, advanced features or developer tools are needed.", Zh: "未说明是否需要认证、高级功能或开发者工具。"},
			checks.Text{En: "Write it under \"features_needed:\" in answers.yaml, or \"none\".", Zh: "请在 answers.yaml 的 features_needed: 中填写；不需要则写 none。"})
	}
	weak := false
	for _, d := range c.Documents {
		if d.Kind != checks.Credential || d.Container {
			continue
		}
		if !cardName.MatchString(d.Name) {
			return // at least one that is more than a card
		}
		weak = true
	}
	if weak {
		add("weak_credential", checks.Text{En: "By their names the only proofs of the business are business cards, the weakest kind.", Zh: "从文件名看，业务证明材料只有名片，证明力最弱。"},
			checks.Text{En: "Ask for the business registration certificate; it is the strongest.", Zh: "请索取商业登记证，其证明力最强。"})
	}
}

// cardName matches what files with a business card are called.
var cardName = regexp.MustCompile(`(?i)business[ _-]?card|name[ _-]?card|visiting[ _-]?card|mingpian|名片`)
