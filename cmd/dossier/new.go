package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"dossier/checks"
)

func (p *program) newCommand() *cobra.Command {
	var path, table string
	c := &cobra.Command{
		Use:   "new CASE --path organization|individual|overseas | --sheet CLIENTS.xlsx",
		Short: p.say("Make a client's folder in the inbox, with a form of answers to fill in", "在收件夹中为客户建立文件夹和待填的答案表"),
		Long: p.say(`Makes inbox/CASE/ on the desk and puts answers.yaml into it: the questions of the registration
form, in the form's order, each explained in English and Chinese. Fill it in with any text editor
and put the client's scans beside it. An answers.yaml that is already there is never touched.

--sheet makes the cases of a whole spreadsheet (.xlsx or .csv), one row a client, with the row's answers
filled in. If the file does not exist yet it is written, empty, with its headers. Running it again makes
the new rows only and changes nothing else.`,
			`在工作台的 inbox/CASE/ 中建立文件夹，并放入 answers.yaml：按注册表单的顺序列出所有问题，
每项附中英文说明。用任意文本编辑器填写，并把客户的扫描件放在同一文件夹。
已有的 answers.yaml 不会被改动。

--sheet 按表格（.xlsx 或 .csv）批量建立案件，每行一位客户，并填好该行的内容；文件不存在时生成带表头的空表。
再次运行只处理新增的行，不改动其他内容。`),
		Example: "  dossier new acme --path organization\n  dossier new 张三 --path individual\n  dossier new --sheet clients.xlsx",
		Args:    wants(0, 1, checks.Text{En: "new takes the name of one case", Zh: "new 需要一个案件名"}),
		RunE: func(c *cobra.Command, args []string) error {
			if (len(args) == 1) == (table != "") {
				return usage(checks.Text{En: "new takes the name of one case, or --sheet and the name of a spreadsheet", Zh: "new 需要一个案件名，或 --sheet 加表格文件名"},
					checks.Text{En: "`dossier new --help` shows how it is used", Zh: "`dossier new --help` 查看用法"})
			}
			if table != "" {
				return p.newFromSheet(c.Context(), table)
			}
			d, err := p.openDesk(c.Context())
			if err != nil {
				return err
			}
			defer d.Close()
			folder, err := d.NewCase(c.Context(), args[0], checks.Path(path))
			if err != nil {
				return err
			}
			fmt.Fprintln(p.out, filepath.Join(folder, "answers.yaml"))
			p.tell("Fill in answers.yaml and put the scans beside it; `dossier watch` checks them as they come.",
				"请填写 answers.yaml，并把扫描件放在同一文件夹；`dossier watch` 会随到随查。")
			return nil
		},
	}
	c.Flags().StringVar(&path, "path", string(checks.Organization),
		p.say("how the client registers: organization, individual or overseas", "注册类型：organization（组织）、individual（个人）或 overseas（境外）"))
	c.Flags().StringVar(&table, "sheet", "", p.say("a spreadsheet of clients, one a row; written as an empty table if it does not exist", "客户表格，每行一位；文件不存在时生成空表"))
	return c
}
