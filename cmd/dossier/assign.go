package main

import (
	"github.com/spf13/cobra"

	"dossier/checks"
	"dossier/pipeline"
)

func (p *program) assignCommand() *cobra.Command {
	from := pipeline.Unsorted
	c := &cobra.Command{
		Use:   "assign NAME CASE",
		Short: p.say("Give a file from the tray \"unsorted\" to a case", "把“unsorted”中的文件指定给某个案件"),
		Long: p.say(`Files dropped straight into inbox/ wait in the tray "unsorted"; "dossier status" lists them with a
suggestion. assign moves one to a case, which is then checked again. With --from it moves a document
that was dropped into the wrong client's folder.`,
			`直接放在 inbox/ 下的文件会进入“unsorted”；dossier status 会列出它们并给出建议。
assign 把其中一个移到某个案件，并重新检查该案件。用 --from 可更正放错客户文件夹的文件。`),
		Example: "  dossier assign IMG_2041.jpg acme\n  dossier assign 营业执照.jpg acme --from other",
		Args:    wants(2, 2, checks.Text{En: "assign takes the name of a file and the name of a case", Zh: "assign 需要文件名和案件名"}),
		RunE: func(c *cobra.Command, args []string) error {
			d, err := p.openDesk(c.Context())
			if err != nil {
				return err
			}
			defer d.Close()
			report, err := d.Assign(c.Context(), from, args[0], args[1])
			if err != nil {
				return err
			}
			return p.finish(d, report)
		},
	}
	c.Flags().StringVar(&from, "from", from, p.say("the case the file is in now", "文件目前所在的案件"))
	return c
}
