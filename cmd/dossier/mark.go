package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dossier/checks"
	"dossier/checks/deadline"
	"dossier/pipeline/desk"
)

func (p *program) markCommand() *cobra.Command {
	var e checks.Event
	var at string
	c := &cobra.Command{
		Use:   "mark CASE STATE",
		Short: p.say("Record what happened to a case: submitted, link_opened, approved, refused, closed", "记录案件进展：submitted、link_opened、approved、refused、closed"),
		Long: p.say(`Records what happened to a case after its bundle was handed over. From then on "dossier status" reckons
what is due and what is late, in China's working days.

  submitted     the form has been sent off
  link_opened   the link in the platform's email has been opened (within 48 hours)
  approved      the account exists
  refused       the platform has sent it back; --code names its code, which is then explained
  closed        given up or finished: nothing is due any more, and its places are given back
  collecting    a closed case is taken up again

What was recorded is never changed; record the next thing that happens.`,
			`记录案件提交后的进展。此后 dossier status 会按中国工作日计算期限，提示临近和逾期的事项。

  submitted     表单已提交
  link_opened   已打开平台邮件中的链接（48 小时内）
  approved      账号已开通
  refused       平台已退回；用 --code 填写退回代码，程序会加以说明
  closed        放弃或办结：不再有期限，名额随之释放
  collecting    重新启用已结案的案件

记录不可更改；有新进展时再记录即可。`),
		Example: "  dossier mark acme submitted\n  dossier mark acme refused --code -39\n  dossier mark acme link_opened --at \"2014-09-16 09:30\"",
		Args:    wants(2, 2, checks.Text{En: "mark takes the name of a case and a state", Zh: "mark 需要案件名和状态"}),
		RunE: func(c *cobra.Command, args []string) error {
			e.State = checks.State(args[1])
			if !recordable(e.State) {
				return usage(checks.Textf("there is no state %q to record", "没有 %q 这种可记录的状态", args[1]),
					checks.Textf("the states are: %s", "可用的状态：%s", strings.Join(recordableWords(), ", ")))
			}
			if at != "" {
				t, err := time.ParseInLocation("2006-01-02 15:04", at, deadline.China)
				if err != nil {
					t, err = time.ParseInLocation(time.DateOnly, at, deadline.China)
				}
				if err != nil {
					return usage(checks.Textf("%q is no time", "%q 不是有效的时间", at), checks.Text{En: "write it as 2014-09-16 09:30, in China's time", Zh: "请写成 2014-09-16 09:30（北京时间）"})
				}
				if t.After(time.Now()) {
					return usage(checks.Textf("%s has not come yet", "%s 尚未到来", at), checks.Text{En: "record what has happened", Zh: "请记录已发生的事项"})
				}
				e.At = t
			}
			e.Who = signer(e.Who)
			d, err := p.openDesk(c.Context())
			if err != nil {
				return err
			}
			defer d.Close()
			record, err := d.Mark(c.Context(), args[0], e)
			if err != nil {
				return err
			}
			if means, todo, ok := deadline.RefusalMeans(e.Code); ok {
				p.tell("code %[1]s: %[2]s. %[3]s", "代码 %[1]s：%[4]s。%[5]s", e.Code, means.En, todo.En, means.Zh, todo.Zh)
			}
			fmt.Fprintln(p.out, p.caseLine(d, record))
			s, err := d.Status(c.Context())
			if err != nil {
				return err
			}
			for _, one := range s.Cases {
				if one.Name != args[0] {
					continue
				}
				for _, due := range one.Due {
					fmt.Fprintf(p.out, "      %s\n", p.dueLine(due))
				}
			}
			return nil
		},
	}
	c.Flags().StringVar(&at, "at", "", p.say("when it happened, as 2014-09-16 09:30 in China's time (default: now)", "发生时间，如 2014-09-16 09:30（北京时间，默认为现在）"))
	c.Flags().StringVar(&e.Code, "code", "", p.say("the platform's code of a refusal", "平台的退回代码"))
	c.Flags().StringVar(&e.Number, "number", "", p.say("the application number (overseas)", "申请编号（境外）"))
	c.Flags().StringVar(&e.Note, "note", "", p.say("a note, such as the platform's own words", "备注，例如平台的原话"))
	c.Flags().StringVar(&e.Who, "who", "", p.say("who records it (default: the user logged in)", "记录人（默认：当前登录用户）"))
	return c
}

func recordable(s checks.State) bool {
	for _, word := range recordableWords() {
		if string(s) == word {
			return true
		}
	}
	return false
}

func recordableWords() []string {
	var words []string
	for _, s := range deadline.States() {
		if s != checks.Ready { // what the report says, not what a person records
			words = append(words, string(s))
		}
	}
	return words
}

// dueLine is one line on a thing that is due.
func (p *program) dueLine(due desk.DueItem) string {
	by := due.By.In(deadline.China).Format("2006-01-02 15:04")
	line := p.say("due by %[1]s: %[2]s", "%[1]s 前：%[3]s", by, due.What.En, due.What.Zh)
	if due.Late {
		line = p.say("LATE since %[1]s: %[2]s", "已逾期（%[1]s）：%[3]s", by, due.What.En, due.What.Zh)
	}
	if due.Uncertain {
		line += p.say(" (holidays of that time are not known: it may be later)", "（该时段节假日未知，可能更晚）")
	}
	return line
}
