package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dossier/checks"
	"dossier/pipeline/desk"
)

func (p *program) purgeCommand() *cobra.Command {
	var o purgeOptions
	c := &cobra.Command{
		Use:   "purge CASE... | --older-than DAYS",
		Short: p.say("Remove the personal data of cases, for good", "永久删除案件中的个人信息"),
		Long: p.say(`Removes a case for good: its folders under cases/ and inbox/, its answers, reports and decisions, its
row in the desk's summary.csv, and the originals that no other case holds. "purge unsorted" empties
the tray. With --older-than all cases go in which nothing has come in, been decided or been bundled
for so many days. You are asked before anything is removed, unless --yes is given.

What stays, in purged.jsonl on the desk: when, by whom, and the SHA-256 of the documents and bundles,
by which a file that turns up later can be recognised; the case's name only as a SHA-256. Out of
reach are the folders that batch has read, summaries written elsewhere with --csv, bundles already
handed out, earlier reports of other cases that name this one, and backups.`,
			`永久删除案件：cases/ 和 inbox/ 下的文件夹，答案、报告和决定，工作台 summary.csv 中的对应行，
以及其他案件未使用的原件。“purge unsorted” 清空待分拣的文件。用 --older-than 则删除在指定天数内
没有收到文件、没有决定、也没有生成材料包的全部案件。删除前会要求确认，除非给出 --yes。

保留在工作台 purged.jsonl 中的内容：时间、操作人，以及文件和材料包的 SHA-256（日后再出现时可以辨认）；
案件名仅保留其 SHA-256。以下内容不受影响：batch 读取过的文件夹、用 --csv 写到别处的汇总、
已交出的材料包、其他案件旧报告中提及本案件之处，以及备份。`),
		Example: "  dossier purge acme\n  dossier purge --older-than 180 --yes",
		RunE: func(c *cobra.Command, args []string) error {
			if (len(args) > 0) == c.Flags().Changed("older-than") {
				return usage(checks.Text{En: "purge takes the names of cases, or --older-than DAYS", Zh: "purge 需要案件名，或 --older-than 天数"},
					checks.Text{En: "`dossier status` lists the cases", Zh: "`dossier status` 列出全部案件"})
			}
			if len(args) == 0 && o.days < 1 {
				return usage(checks.Textf("--older-than is %d days, wanted at least 1", "--older-than 为 %d 天，至少应为 1 天", o.days),
					checks.Text{En: "name the cases to remove them whatever their age", Zh: "如需删除较新的案件，请直接给出案件名"})
			}
			d, err := p.openDesk(c.Context())
			if err != nil {
				return err
			}
			defer d.Close()
			return p.purge(c.Context(), d, args, o)
		},
	}
	c.Flags().IntVar(&o.days, "older-than", 0, p.say("all cases in which nothing has happened for so many days", "删除多少天内没有任何变化的全部案件"))
	c.Flags().BoolVarP(&o.yes, "yes", "y", false, p.say("do not ask", "不再询问"))
	c.Flags().StringVar(&o.who, "who", "", p.say("who removes (default: the user logged in)", "由谁删除（默认：当前登录用户）"))
	return c
}

type purgeOptions struct {
	days int
	yes  bool
	who  string
}

func (p *program) purge(ctx context.Context, d *desk.Desk, names []string, o purgeOptions) error {
	if len(names) == 0 {
		var err error
		if names, err = d.Dormant(ctx, time.Now().AddDate(0, 0, -o.days)); err != nil {
			return err
		}
		if len(names) == 0 {
			p.tell("in every case something has happened within %d days; nothing was removed", "所有案件在 %d 天内都有变化；没有删除任何内容", o.days)
			return nil
		}
	}
	if !o.yes {
		for _, name := range names {
			fmt.Fprintf(p.err, "  %s\n", visible(name))
		}
		sure, err := p.ask(ctx, p.say("Remove %[1]s for good? Type yes: ", "永久删除以上 %[2]d 个案件？请输入 yes：", count(len(names), "case", "cases"), len(names)))
		if err != nil {
			return err
		}
		if !sure {
			p.tell("nothing was removed", "没有删除任何内容")
			return outcome(exitWork)
		}
	}
	done := 0
	for _, name := range names {
		gone, err := d.Purge(ctx, name, signer(o.who))
		if err != nil {
			if done == 0 {
				return err
			}
			p.report(err)
			return outcome(exitPartial)
		}
		done++
		p.showPurged(gone)
	}
	return nil
}

func (p *program) showPurged(gone desk.Purged) {
	fmt.Fprintln(p.out, p.say("removed: %[1]s (%[2]s, %[3]s)", "已删除：%[1]s（%[4]d 份文件，%[5]d 份原件）",
		visible(gone.Case), count(gone.Documents, "document", "documents"), count(gone.Originals, "original", "originals"), gone.Documents, gone.Originals))
	for _, folder := range gone.Folders {
		fmt.Fprintf(p.out, "  %s\n", visible(folder))
	}
	if gone.Rows > 0 {
		fmt.Fprintln(p.out, p.say("  its row in %s", "  %s 中的对应行", desk.SummaryName))
	}
	if gone.Shared > 0 {
		p.tell("%[1]s kept: another case holds the same file", "%[2]d 份原件被保留：其他案件也有相同的文件", count(gone.Shared, "original is", "originals are"), gone.Shared)
	}
	if gone.Elsewhere > 0 {
		p.tell("%[1]s the same file; `dossier examine CASE` writes a report that no longer names this one",
			"有 %[2]d 个案件含相同文件；用 `dossier examine 案件名` 可生成不再提及本案件的新报告", count(gone.Elsewhere, "case held", "cases held"), gone.Elsewhere)
	}
}

// ask puts a question and reports whether the answer was yes. Without anybody to answer it is
// wrong usage.
func (p *program) ask(ctx context.Context, question string) (bool, error) {
	fmt.Fprint(p.err, question)
	type answer struct {
		line string
		err  error
	}
	got := make(chan answer, 1)
	go func() { // a read from a terminal does not end with ctx
		line, err := bufio.NewReader(p.in).ReadString('\n')
		got <- answer{line, err}
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(p.err)
		return false, &problem{code: exitFault, what: checks.Text{En: "interrupted; nothing was removed", Zh: "已中断；没有删除任何内容"}}
	case a := <-got:
		line := strings.ToLower(strings.TrimSpace(a.line))
		if line == "" && a.err != nil {
			fmt.Fprintln(p.err)
			return false, usage(checks.Text{En: "nobody answered; nothing was removed", Zh: "没有得到回答；没有删除任何内容"},
				checks.Text{En: "in a script, say --yes", Zh: "在脚本中请使用 --yes"})
		}
		return line == "yes" || line == "y" || line == "是", nil
	}
}
