package deadline

import (
	"time"

	"dossier/checks"
)

// Terms are the platform's terms (rules S05, S12, S28 and P10).
type Terms struct {
	LinkHours        int // the email link must be opened within
	AnswerDays       int // working days within which the platform answers
	OpenDays         int // a registration once begun stays open for
	VerificationDays int // years of a verification are counted in days: it must be renewed after
	FollowUpDays     int // working days after which an unanswered overseas application is asked about
}

// DefaultTerms are those of September 2014. FollowUpDays is ours: a fortnight's working days, for the
// guide only says to follow up.
var DefaultTerms = Terms{LinkHours: 48, AnswerDays: 7, OpenDays: 30, VerificationDays: 365, FollowUpDays: 10}

// Names of the limits by which a profile sets the terms.
const (
	LimitLinkHours        = "link_hours"
	LimitAnswerDays       = "answer_days"
	LimitOpenDays         = "open_days"
	LimitVerificationDays = "verification_days"
	LimitFollowUpDays     = "follow_up_days"
)

// TermsOf makes terms of a profile's limits.
func TermsOf(limit func(name string) float64) Terms {
	return Terms{LinkHours: int(limit(LimitLinkHours)), AnswerDays: int(limit(LimitAnswerDays)), OpenDays: int(limit(LimitOpenDays)),
		VerificationDays: int(limit(LimitVerificationDays)), FollowUpDays: int(limit(LimitFollowUpDays))}
}

// An Item is one thing that has to happen by some time.
type Item struct {
	ID   string      `json:"id"` // open_link, answer, resubmit, verify_again, follow_up
	By   time.Time   `json:"by"`
	What checks.Text `json:"what"`
	// On says who has to move: client, agency or platform.
	On string `json:"on"`
	// Uncertain is true if a year on the way has no announced holidays: the day may move.
	Uncertain bool `json:"uncertain,omitempty"`
}

// Late reports whether the item is overdue at now.
func (i Item) Late(now time.Time) bool { return now.After(i.By) }

// Left is the time that is left at now; negative when it is late.
func (i Item) Left(now time.Time) time.Duration { return i.By.Sub(now) }

// Due lists what is due for a case with these events, oldest first, by the terms. A case that has not
// been submitted has no term of the platform's running.
func Due(path checks.Path, events []checks.Event, terms Terms, calendar Calendar) []Item {
	if len(events) == 0 {
		return nil
	}
	last := events[len(events)-1]
	var items []Item
	switch last.State {
	case Submitted:
		if path == checks.Overseas {
			by, known := calendar.AddWorkingDays(last.At, terms.FollowUpDays)
			return []Item{{ID: "follow_up", By: by, On: "agency", Uncertain: !known, What: checks.Text{
				En: "no answer yet: ask the platform, with the email address and the application number",
				Zh: "若仍无答复，请凭邮箱和申请编号向平台查询"}}}
		}
		items = append(items,
			Item{ID: "open_link", By: last.At.Add(time.Duration(terms.LinkHours) * time.Hour), On: "client", What: checks.Textf(
				"the link in the platform's email has to be opened within %d hours", "须在 %d 小时内打开平台邮件中的链接", terms.LinkHours)},
			Item{ID: "registration_open", By: last.At.AddDate(0, 0, terms.OpenDays), On: "agency", What: checks.Textf(
				"the registration has to be completed within %d days, then it begins anew", "须在 %d 天内完成注册，逾期须重新开始", terms.OpenDays)})
	case LinkOpened:
		by, known := calendar.AddWorkingDays(last.At, terms.AnswerDays)
		items = append(items, Item{ID: "answer", By: by, On: "platform", Uncertain: !known, What: checks.Textf(
			"the platform answers by email within %d working days", "平台在 %d 个工作日内邮件答复", terms.AnswerDays)})
	case Refused:
		items = append(items, Item{ID: "resubmit", By: last.At.AddDate(0, 0, terms.OpenDays), On: "agency", What: refusedText(last.Code, terms.OpenDays)})
	case Approved:
		items = append(items, Item{ID: "verify_again", By: last.At.AddDate(0, 0, terms.VerificationDays), On: "client", What: checks.Text{
			En: "a verification is valid for one year and has to be renewed", Zh: "认证有效期一年，须按期续审"}})
	}
	return items
}

func refusedText(code string, days int) checks.Text {
	means, todo, ok := RefusalMeans(code)
	if !ok {
		return checks.Textf("mend what the platform refused and submit again within %d days", "请修正退回的内容，并在 %d 天内重新提交", days)
	}
	return checks.Textf("refused with %[1]s: %[2]s. %[3]s Submit again within %[4]d days", "退回代码 %[1]s：%[5]s。%[6]s请在 %[4]d 天内重新提交",
		code, means.En, todo.En, days, means.Zh, todo.Zh)
}
