package casefile

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"time"

	"dossier/checks"
	"dossier/checks/deadline"
)

//go:embed deadlines.md
var deadlinesDoc string

// Deadlines looks what is due, near or late for a case that has been submitted.
var Deadlines = &checks.Check{
	ID:      "casefile/deadlines",
	Version: 1,
	Title:   checks.Text{En: "terms after submission", Zh: "提交后的期限"},
	Doc:     deadlinesDoc,
	Limits: []checks.Limit{
		{Name: deadline.LimitLinkHours, Default: 48, Unit: "h", Reason: "rule S12"},
		{Name: deadline.LimitAnswerDays, Default: 7, Unit: "working days", Reason: "rule S28"},
		{Name: deadline.LimitOpenDays, Default: 30, Unit: "days", Reason: "the page closes a registration that is not completed (rule P10)"},
		{Name: deadline.LimitVerificationDays, Default: 365, Unit: "days", Reason: "a verification is valid one year (rule P10)"},
		{Name: deadline.LimitFollowUpDays, Default: 10, Unit: "working days", Reason: "the guide says to follow up and not when (S05); a fortnight's working days is ours"},
		{Name: limitNearHours, Default: 24, Unit: "h", Reason: "a working day before the link's 48 hours end: enough to call the client"},
	},
	Codes: []checks.Code{
		{Code: "late", Title: checks.Text{En: "a term has passed", Zh: "期限已过"}},
		{Code: "near", Title: checks.Text{En: "a term ends soon", Zh: "期限将至"}},
		{Code: "due", Title: checks.Text{En: "a term is running", Zh: "期限进行中"}},
		{Code: "refused", Title: checks.Text{En: "the platform has refused the case", Zh: "平台已退回"}},
	},
	RunCase: runDeadlines,
}

const limitNearHours = "near_hours"

func runDeadlines(_ context.Context, c *checks.Case, settings checks.Settings) ([]checks.Finding, error) {
	if len(c.Events) == 0 {
		return nil, checks.Skip(checks.Text{En: "the case has not been submitted", Zh: "案件尚未提交"})
	}
	near := time.Duration(settings.Number(limitNearHours) * float64(time.Hour))
	var findings []checks.Finding
	if last := c.Events[len(c.Events)-1]; last.State == checks.Refused {
		findings = append(findings, refusedFinding(last))
	}
	for _, item := range deadline.Due(c.Path, c.Events, deadline.TermsOf(settings.Number), deadline.Calendar{}) {
		left := item.Left(c.Now)
		f := checks.Finding{Measures: []checks.Measure{{Name: "time_left", Value: math.Round(left.Hours()), Unit: "h", Want: ">= 0"}}}
		by := item.By.In(deadline.China).Format("2006-01-02 15:04")
		switch {
		case left < 0:
			f.Code = "late"
			f.Message = checks.Textf("Late since %[1]s: %[2]s.", "已于 %[1]s 逾期：%[3]s。", by, item.What.En, item.What.Zh)
			f.Remedy = lateRemedy(item)
		case left <= near:
			f.Code = "near"
			f.Message = checks.Textf("By %[1]s: %[2]s.", "须在 %[1]s 前：%[3]s。", by, item.What.En, item.What.Zh)
			f.Remedy = lateRemedy(item)
		default:
			f.Code = "due"
			f.Message = checks.Textf("By %[1]s: %[2]s.", "%[1]s 前：%[3]s。", by, item.What.En, item.What.Zh)
			f.Remedy = checks.Text{En: "Nothing need be done yet; record what happens with `dossier mark`.", Zh: "暂时无需处理；有进展时请用 `dossier mark` 记录。"}
		}
		if item.Uncertain {
			f.Message.En += " The holidays of that time have not been announced to this program, so it may be later."
			f.Message.Zh += "该时段的节假日安排尚未收录，实际可能更晚。"
		}
		findings = append(findings, f)
	}
	return findings, nil
}

// lateRemedy says who has to move now.
func lateRemedy(item deadline.Item) checks.Text {
	switch item.On {
	case "client":
		return checks.Text{En: "Call the client, and record with `dossier mark` when it is done.", Zh: "请联系客户，完成后用 `dossier mark` 记录。"}
	case "platform":
		return checks.Text{En: "Look for the platform's email, also among the spam; if there is none, ask the platform.", Zh: "请查收平台邮件（包括垃圾邮件）；若没有，请联系平台。"}
	}
	return checks.Text{En: "Do it now, and record it with `dossier mark`.", Zh: "请立即处理，并用 `dossier mark` 记录。"}
}

func refusedFinding(e checks.Event) checks.Finding {
	means, todo, ok := deadline.RefusalMeans(e.Code)
	f := checks.Finding{Code: "refused", Remedy: todo}
	day := e.At.In(deadline.China).Format(time.DateOnly)
	switch {
	case ok:
		f.Message = checks.Textf("The platform refused the case on %[1]s with code %[2]s: %[3]s.", "平台于 %[1]s 退回，代码 %[2]s：%[4]s。", day, e.Code, means.En, means.Zh)
	case e.Code != "":
		f.Message = checks.Textf("The platform refused the case on %[1]s with code %[2]s, which is not on record.", "平台于 %[1]s 退回，代码 %[2]s（未收录）。", day, shown(e.Code))
	default:
		f.Message = checks.Textf("The platform refused the case on %[1]s.", "平台于 %[1]s 退回。", day)
	}
	if e.Note != "" {
		f.Message.En += fmt.Sprintf(" Its words: %q.", shown(e.Note))
		f.Message.Zh += fmt.Sprintf("原文：“%s”。", shown(e.Note))
	}
	if !ok {
		f.Remedy = checks.Text{En: "Read the platform's email, mend what it names and submit again.", Zh: "请阅读平台邮件，按其说明修正后重新提交。"}
	}
	return f
}
