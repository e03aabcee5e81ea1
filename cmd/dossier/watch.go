package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"dossier/checks"
	"dossier/pipeline"
	"dossier/pipeline/desk"
)

func (p *program) watchCommand() *cobra.Command {
	var polling, keep bool
	c := &cobra.Command{
		Use:   "watch",
		Short: p.say("Take in and check whatever is dropped into the inbox, until interrupted", "持续收取并检查放入收件夹的文件，直到中断"),
		Long: p.say(`Watches desk/inbox. A file dropped into inbox/CASE/ is taken in once it has come to rest, leaves the
inbox when the vault and the ledger hold it, and the case's report is in desk/cases/CASE/ seconds
later. Folders can be dropped in whole. Files straight in inbox/ wait in the tray "unsorted";
"dossier assign" gives them to a case. A file that is dropped again under the same name replaces the
earlier one, and the earlier report stays readable.`,
			`监视 desk/inbox。放入 inbox/CASE/ 的文件在静止后被收取；存入保险库和台账后才离开收件夹，
几秒后报告出现在 desk/cases/CASE/。可以整个文件夹放入。直接放在 inbox/ 下的文件进入
“unsorted”（待分拣），用 dossier assign 指定给某个案件。同名文件再次放入即替换原件，
旧报告仍可查阅。`),
		Args: wants(0, 0, checks.Text{En: "watch takes no arguments", Zh: "watch 不需要参数"}),
		RunE: func(c *cobra.Command, _ []string) error {
			d, err := p.openDesk(c.Context())
			if err != nil {
				return err
			}
			defer d.Close()
			release, err := d.WatchAlone()
			if err != nil {
				return err
			}
			defer release()
			if c.Flags().Changed("polling") {
				d.Config.Polling = polling
			}
			if c.Flags().Changed("keep") {
				d.Config.Keep = keep
			}
			p.tell("watching %s; press Ctrl-C to stop", "正在监视 %s；按 Ctrl-C 停止", d.InboxDir())
			err = d.Watch(c.Context(), func(e desk.Event) { p.showEvent(d, e) })
			if c.Context().Err() != nil {
				p.tell("stopped; whatever is unfinished is taken up at the next start", "已停止；未完成的工作会在下次启动时继续")
				return nil
			}
			return err
		},
	}
	c.Flags().BoolVar(&polling, "polling", false, p.say("walk the inbox instead of waiting for its events, for network drives",
		"用定期扫描代替事件通知（用于网络盘）"))
	c.Flags().BoolVar(&keep, "keep", false, p.say("leave files in the inbox after taking them in", "收取后保留收件夹中的文件"))
	return c
}

func (p *program) showEvent(d *desk.Desk, e desk.Event) {
	switch {
	case e.Err != nil:
		what := inWords(e.Err).In(p.lang)
		if e.Case != "" {
			what = p.say("%[1]s: %[2]s", "%[1]s：%[2]s", visible(e.Case), what)
		}
		fmt.Fprintln(p.err, what)
	case e.Report != nil:
		fmt.Fprintf(p.out, "%s\n", p.caseLine(d, e.Report))
	case e.Standing == pipeline.StandingSame:
		p.tell("already here, nothing to do: %s/%s", "已有相同文件，无需处理：%s/%s", visible(e.Case), visible(e.Name))
	case e.Standing == pipeline.StandingReplaced:
		p.tell("taken in, replaces the earlier one: %s/%s", "已收取，替换了先前的文件：%s/%s", visible(e.Case), visible(e.Name))
	case e.Case == pipeline.Unsorted:
		p.tell("taken in, waits in the tray \"unsorted\": %[1]s  (dossier assign %[2]q CASE)",
			"已收取，在“unsorted”中待分拣：%[1]s（dossier assign %[2]q 案件名）", visible(e.Name), e.Name)
	default:
		p.tell("taken in: %s/%s", "已收取：%s/%s", visible(e.Case), visible(e.Name))
	}
}
