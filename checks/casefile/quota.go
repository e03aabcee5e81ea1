package casefile

import (
	"context"
	_ "embed"
	"fmt"

	"dossier/checks"
)

//go:embed quota.md
var quotaDoc string

// quotas are the limits Quota compares with, by the answer they count.
var quotas = []struct {
	field, limit string
	fallback     float64
	reason       string
	full, last   string // codes
	who          checks.Text
	instead      checks.Text
}{
	{checks.FieldIDNumber, "accounts_per_id", 2, "rule S26; five since 2014-08-27, so later profiles differ; refused with -34", "id_quota", "id_last",
		checks.Text{En: "this ID", Zh: "该身份证"}, checks.Text{En: "Let another person of the client's be the operator.", Zh: "请客户另选一位运营者。"}},
	{checks.FieldMobile, "accounts_per_mobile", 0, "no number is published for 2014 (0: none); five later, refused with -35", "mobile_quota", "mobile_last",
		checks.Text{En: "this mobile number", Zh: "该手机号"}, checks.Text{En: "Ask the client for another mobile number.", Zh: "请客户提供另一个手机号。"}},
	{checks.FieldEmail, "accounts_per_email", 1, "an address that an account uses is refused with 210023", "email_used", "",
		checks.Text{En: "this email address", Zh: "该邮箱"}, checks.Text{En: "Ask the client for an address that no account uses.", Zh: "请客户提供未注册过的邮箱。"}},
	{checks.FieldLicenseNumber, "accounts_per_entity", 0, "no number is published (0: none)", "entity_quota", "entity_last",
		checks.Text{En: "this company", Zh: "该企业"}, checks.Text{En: "Ask the client which of the accounts is wanted.", Zh: "请与客户确认需要注册哪个账号。"}},
}

// Quota counts the accounts registered, or being registered, with the same ID, mobile number, email
// address and company over all cases of the desk.
var Quota = &checks.Check{
	ID:      "casefile/quota",
	Version: 1,
	Title:   checks.Text{En: "accounts still free for this ID, number and address", Zh: "身份证、手机号、邮箱的注册名额"},
	Doc:     quotaDoc,
	Limits:  quotaLimits(),
	Codes: []checks.Code{
		{Code: "id_quota", Title: checks.Text{En: "the ID has no account left", Zh: "身份证注册名额已满"}},
		{Code: "id_last", Title: checks.Text{En: "this is the ID's last account", Zh: "这是该身份证的最后一个名额"}},
		{Code: "mobile_quota", Title: checks.Text{En: "the mobile number has no account left", Zh: "手机号注册名额已满"}},
		{Code: "mobile_last", Title: checks.Text{En: "this is the mobile number's last account", Zh: "这是该手机号的最后一个名额"}},
		{Code: "email_used", Title: checks.Text{En: "the email address is used in another case", Zh: "邮箱已用于其他案件"}},
		{Code: "entity_quota", Title: checks.Text{En: "the company has no account left", Zh: "企业注册名额已满"}},
		{Code: "entity_last", Title: checks.Text{En: "this is the company's last account", Zh: "这是该企业的最后一个名额"}},
		{Code: "entity_again", Title: checks.Text{En: "the company has another case", Zh: "该企业另有案件"}},
	},
	RunCase: runQuota,
}

func quotaLimits() []checks.Limit {
	var list []checks.Limit
	for _, q := range quotas {
		list = append(list, checks.Limit{Name: q.limit, Default: q.fallback, Reason: q.reason})
	}
	return list
}

func runQuota(_ context.Context, c *checks.Case, settings checks.Settings) ([]checks.Finding, error) {
	if len(c.Places) == 0 {
		return nil, checks.Skip(checks.Text{En: "the answers name no ID, mobile number, email address or company yet", Zh: "答案中尚无身份证、手机号、邮箱或企业"})
	}
	var findings []checks.Finding
	for _, place := range c.Places {
		for _, q := range quotas {
			if q.field != place.Field {
				continue
			}
			limit := int(settings.Number(q.limit))
			nth := place.Before + 1
			code := ""
			switch {
			case limit > 0 && nth > limit:
				code = q.full
			case limit > 0 && nth == limit && nth > 1:
				code = q.last
			case q.field == checks.FieldLicenseNumber && place.Before > 0:
				code = "entity_again"
			}
			if code == "" {
				continue
			}
			f := checks.Finding{
				Code:     code,
				Measures: []checks.Measure{{Name: "accounts", Value: float64(nth)}},
			}
			others := checks.Textf("before it: %[1]s", "在先：%[2]s", casesText(place).En, casesText(place).Zh)
			switch code {
			case q.full:
				f.Measures[0].Want = fmt.Sprintf("<= %d", limit)
				f.Message = checks.Textf("This would be account %[1]d with %[2]s (%[3]s), %[4]d are allowed; %[5]s.", "用%[6]s（%[3]s）注册的第 %[1]d 个账号，最多 %[4]d 个；%[7]s。",
					nth, q.who.En, shown(place.Masked), limit, others.En, q.who.Zh, others.Zh)
				f.Remedy = checks.Textf("%[1]s If one of the others was given up, close it: `dossier mark CASE closed`.", "%[2]s如果其中某个已放弃，请结案：`dossier mark 案件名 closed`。", q.instead.En, q.instead.Zh)
			case q.last:
				f.Measures[0].Want = fmt.Sprintf("<= %d", limit)
				f.Message = checks.Textf("This is account %[1]d of %[4]d with %[2]s (%[3]s), the last; %[5]s.", "用%[6]s（%[3]s）注册的第 %[1]d 个账号，共 %[4]d 个名额，已是最后一个；%[7]s。",
					nth, q.who.En, shown(place.Masked), limit, others.En, q.who.Zh, others.Zh)
				f.Remedy = checks.Text{En: "Nothing need be done; tell the client.", Zh: "无需处理，请告知客户。"}
			default:
				f.Message = checks.Textf("%[1]s (%[2]s) has other cases on this desk; %[3]s.", "%[4]s（%[2]s）另有案件；%[5]s。", capital(q.who.En), shown(place.Masked), others.En, q.who.Zh, others.Zh)
				f.Remedy = checks.Text{En: "Make sure that the client wants another account.", Zh: "请确认客户确实需要再注册一个账号。"}
			}
			findings = append(findings, f)
		}
	}
	return findings, nil
}

// casesText lists the cases that came before, as far as they are known.
func casesText(p checks.Place) checks.Text {
	names := checks.Text{En: list(p.Cases, ", "), Zh: list(p.Cases, "、")}
	gone := p.Before - len(p.Cases)
	switch {
	case gone > 0 && len(p.Cases) == 0:
		return checks.Textf("%d that are no longer on the desk", "%d 个已不在工作台上的案件", gone)
	case gone > 0:
		return checks.Textf("%[1]s and %[2]d that are no longer on the desk", "%[3]s，以及 %[2]d 个已不在工作台上的案件", names.En, gone, names.Zh)
	}
	return names
}
