package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"dossier/checks"
	"dossier/checks/all"
	"dossier/pipeline/desk"
	"dossier/pipeline/profile"
)

func (p *program) profilesDiffCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "diff A B",
		Short: p.say("Show in what two profiles differ", "比较两个规则配置"),
		Long: p.say(`Shows what differs between two profiles as they are applied: documents, rules, limits and severities.
Each is a name, with or without its date, or a file of your own.`,
			`比较两个规则配置实际生效的内容：所需材料、规则、阈值和严重程度。可用名称（可省略日期）或您自己的文件。`),
		Example: "  dossier profiles diff wechat-organization@2014-09 wechat-organization@2018-02",
		Args:    wants(2, 2, checks.Text{En: "diff takes the names of two profiles", Zh: "diff 需要两个规则配置的名称"}),
		RunE: func(_ *cobra.Command, args []string) error {
			var pair [2]*profile.Profile
			for i, name := range args {
				var err error
				if pair[i], err = desk.FindProfile(name); err != nil {
					return err
				}
			}
			changes := profile.Diff(pair[0], pair[1], all.Checks())
			if asJSON {
				return writeJSON(p.out, changes)
			}
			if len(changes) == 0 {
				p.tell("%[1]s and %[2]s do not differ", "%[1]s 与 %[2]s 没有差别", pair[0].Name(), pair[1].Name())
				return nil
			}
			fmt.Fprintf(p.out, "- %s\n+ %s\n", pair[0].Name(), pair[1].Name())
			for _, change := range changes {
				fmt.Fprintf(p.out, "\n%s\n", change.What.In(p.lang))
				if was := change.Was.In(p.lang); was != "" {
					fmt.Fprintf(p.out, "  - %s\n", was)
				}
				if is := change.Is.In(p.lang); is != "" {
					fmt.Fprintf(p.out, "  + %s\n", is)
				}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, p.say("print JSON", "输出 JSON"))
	return c
}
