package deadline

import (
	"slices"

	"dossier/checks"
)

// The states of a case, for short.
const (
	Collecting = checks.Collecting
	Ready      = checks.Ready
	Submitted  = checks.Submitted
	LinkOpened = checks.LinkOpened
	Approved   = checks.Approved
	Refused    = checks.Refused
	Closed     = checks.Closed
)

// States lists the states in their usual order.
func States() []checks.State {
	return []checks.State{Collecting, Ready, Submitted, LinkOpened, Approved, Refused, Closed}
}

// Title is the state's name for people.
func Title(s checks.State) checks.Text {
	switch s {
	case Collecting:
		return checks.Text{En: "collecting documents", Zh: "收集材料中"}
	case Ready:
		return checks.Text{En: "ready to submit", Zh: "可以提交"}
	case Submitted:
		return checks.Text{En: "submitted", Zh: "已提交"}
	case LinkOpened:
		return checks.Text{En: "email link opened", Zh: "已打开邮件链接"}
	case Approved:
		return checks.Text{En: "approved", Zh: "已通过"}
	case Refused:
		return checks.Text{En: "refused", Zh: "已被退回"}
	case Closed:
		return checks.Text{En: "closed", Zh: "已结案"}
	}
	return checks.Text{En: string(s), Zh: string(s)}
}

// next lists where a case can go from each state. A refused case is mended and submitted again; an
// approved one can still be verified, which is refused or not in turn.
var next = map[checks.State][]checks.State{
	"":         {Submitted, Closed},
	Collecting: {Submitted, Closed},
	Ready:      {Submitted, Closed},
	Submitted:  {LinkOpened, Approved, Refused, Closed},
	LinkOpened: {Approved, Refused, Closed},
	Approved:   {Closed},
	Refused:    {Submitted, Closed},
	Closed:     {Collecting},
}

// CanFollow reports whether a case in state a can be said to be in state b next.
func CanFollow(a, b checks.State) bool { return slices.Contains(next[a], b) }

// Following lists the states that can come after s.
func Following(s checks.State) []checks.State { return slices.Clone(next[s]) }

// refusals are the codes that the platform's pages answer with, and what each means for the case.
var refusals = []struct {
	code        string
	means, todo checks.Text
}{
	{"-8", checks.Text{En: "the captcha was wrong", Zh: "验证码错误"}, checks.Text{En: "Submit again.", Zh: "请重新提交。"}},
	{"-10", checks.Text{En: "a picture is too big", Zh: "图片过大"}, checks.Text{En: "Make a smaller copy with `dossier shrink`.", Zh: "请用 `dossier shrink` 生成较小的副本。"}},
	{"-13", checks.Text{En: "too many attempts in a short time", Zh: "操作过于频繁"}, checks.Text{En: "Wait an hour and submit again.", Zh: "请一小时后重新提交。"}},
	{"-18", checks.Text{En: "the page was open for too long", Zh: "页面打开时间过长"}, checks.Text{En: "Open the form again with everything at hand.", Zh: "请备齐资料后重新打开表单。"}},
	{"-20", checks.Text{En: "the platform cannot open a picture", Zh: "平台无法解析图片"}, checks.Text{En: "See what format/decode says of it, and send a copy from `dossier shrink`.", Zh: "请查看 format/decode 的结论，并提交 `dossier shrink` 生成的副本。"}},
	{"-22", checks.Text{En: "the ID is banned for repeated false information", Zh: "该身份证因多次提交虚假信息被禁用"}, checks.Text{En: "This ID cannot be used again: let another person be the operator.", Zh: "该身份证不能再使用，请更换运营者。"}},
	{"-34", checks.Text{En: "the ID has reached its number of accounts", Zh: "该身份证注册数量已达上限"}, checks.Text{En: "Let another person be the operator.", Zh: "请更换运营者。"}},
	{"-35", checks.Text{En: "the mobile number has reached its number of accounts", Zh: "该手机号注册数量已达上限"}, checks.Text{En: "Give another mobile number.", Zh: "请更换手机号。"}},
	{"-39", checks.Text{En: "a picture has too many pixels", Zh: "图片像素过多"}, checks.Text{En: "Make a smaller copy with `dossier shrink`.", Zh: "请用 `dossier shrink` 生成较小的副本。"}},
	{"25", checks.Text{En: "the operator is under 18", Zh: "运营者未满 18 周岁"}, checks.Text{En: "Let another person be the operator.", Zh: "请更换运营者。"}},
	{"210023", checks.Text{En: "the email address is in use", Zh: "邮箱已被使用"}, checks.Text{En: "Give an email address that no account uses.", Zh: "请使用未注册过的邮箱。"}},
	{"210041", checks.Text{En: "the account name is too long", Zh: "账号名称过长"}, checks.Text{En: "Agree on a shorter name with the client.", Zh: "请与客户商定更短的名称。"}},
	{"211001", checks.Text{En: "the account name is taken", Zh: "账号名称已被占用"}, checks.Text{En: "Agree on another name with the client.", Zh: "请与客户另定名称。"}},
}

// RefusalMeans says what a code of the platform means and what to do about it; false for a code that
// is not on record.
func RefusalMeans(code string) (means, todo checks.Text, ok bool) {
	for _, r := range refusals {
		if r.code == code {
			return r.means, r.todo, true
		}
	}
	return checks.Text{}, checks.Text{}, false
}

// RefusalCodes lists the codes on record.
func RefusalCodes() []string {
	var codes []string
	for _, r := range refusals {
		codes = append(codes, r.code)
	}
	return codes
}
