package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"

	"dossier/checks"
	"dossier/checks/deadline"
	"dossier/pipeline/desk"
	"dossier/pipeline/report"
)

func (p *program) statusCommand() *cobra.Command {
	var asJSON, onlyDue bool
	var calendar string
	c := &cobra.Command{
		Use:   "status [CASE]",
		Short: p.say("How things stand: cases, the unsorted tray, what was left alone and why", "查看现状：各案件、待分拣文件、被忽略的文件及原因"),
		Long: p.say(`Shows every case with its verdict and what is still to do, the files in the tray "unsorted" with a
suggestion for each, and the entries of the inbox that were left alone, with the reason. With the
name of a case it shows that case in detail.`,
			`显示每个案件的结论和待办事项、“unsorted”中待分拣的文件及建议、收件夹中被忽略的项目及原因。
给出案件名则显示该案件的详情。`),
		Args: wants(0, 1, checks.Text{En: "status takes at most one case", Zh: "status 最多接受一个案件名"}),
		RunE: func(c *cobra.Command, args []string) error {
			d, err := p.openDesk(c.Context())
			if err != nil {
				return err
			}
			defer d.Close()
			if len(args) == 1 {
				return p.caseStatus(c, d, args[0], asJSON)
			}
			s, err := d.Status(c.Context())
			if err != nil {
				return err
			}
			if calendar != "" {
				return p.writeCalendar(calendar, s)
			}
			if onlyDue {
				s = s.DueOnly()
			}
			if asJSON {
				return writeJSON(p.out, s)
			}
			p.showStatus(d, s)
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, p.say("print JSON", "输出 JSON"))
	c.Flags().BoolVar(&onlyDue, "due", false, p.say("only the cases for which something is due, the most urgent first", "只列出有期限的案件，最紧急的在前"))
	c.Flags().StringVar(&calendar, "ics", "", p.say("write the terms into this calendar file (- for standard output)", "把期限写入日历文件（- 表示标准输出）"))
	return c
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func (p *program) showStatus(d *desk.Desk, s desk.Status) {
	if len(s.Cases) == 0 {
		p.tell("no cases yet; `dossier new CASE` makes one, `dossier batch DIR` reads existing folders",
			"还没有案件；`dossier new 案件名` 新建，`dossier batch 文件夹` 读取已有的文件夹")
	}
	for _, c := range s.Cases {
		word := p.say("new   ", "待检查　")
		if c.Verdict != "" {
			word = p.verdictWord(c.Verdict)
		}
		more := ""
		if c.Pending {
			more = p.say("  (being examined)", "（检查中）")
		}
		if c.Bundled {
			more += p.say("  bundle.zip", "　已生成材料包")
		}
		if c.State != checks.Collecting && c.State != checks.Ready {
			more += "  " + deadline.Title(c.State).In(p.lang)
		}
		fmt.Fprintf(p.out, "%s  %s  %s%s\n", word, runewidth.FillRight(visible(c.Name), 24),
			p.say("%[1]s, report %[3]d", "%[2]d 份文件，报告第 %[3]d 版", count(c.Documents, "document", "documents"), c.Documents, c.ReportVersion), more)
		for _, due := range c.Due {
			fmt.Fprintf(p.out, "        %s\n", p.dueLine(due))
		}
	}
	if len(s.Unsorted) > 0 {
		fmt.Fprintf(p.out, "\n%s\n", p.say("Waiting in the tray \"unsorted\":", "“unsorted”中待分拣："))
		for _, u := range s.Unsorted {
			fmt.Fprintf(p.out, "  %s  %s\n", visible(u.Name), u.Suggestion.Why.In(p.lang))
			if u.Suggestion.Case != "" {
				fmt.Fprintf(p.out, "      dossier assign %q %q\n", u.Name, u.Suggestion.Case)
			}
		}
	}
	if len(s.Ignored) > 0 {
		fmt.Fprintf(p.out, "\n%s\n", p.say("Left alone in the inbox:", "收件夹中被忽略的项目："))
		for _, i := range s.Ignored {
			line := fmt.Sprintf("  %s  (%s)", visible(i.Path), ignoreWord(i.Reason).In(p.lang))
			if i.Detail != "" {
				line += "  " + visible(i.Detail)
			}
			fmt.Fprintln(p.out, line)
		}
	}
}

func (p *program) caseStatus(c *cobra.Command, d *desk.Desk, name string, asJSON bool) error {
	record, err := d.Report(c.Context(), name, 0)
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(p.out, record)
	}
	if err := report.Summary(p.out, record, p.lang); err != nil {
		return err
	}
	return p.finish(d, record)
}
