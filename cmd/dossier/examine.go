package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"dossier/checks"
	"dossier/pipeline"
	"dossier/pipeline/desk"
)

func (p *program) examineCommand() *cobra.Command {
	var everything bool
	c := &cobra.Command{
		Use:   "examine [CASE...]",
		Short: p.say("Examine cases again, after a change of profile or a new version of Dossier", "在更换规则或升级程序后重新检查案件"),
		Long: p.say(`Examines the cases named (or, with --all, every case) again from the stored originals and writes a new
version of their reports where anything changed. Earlier versions stay readable.`,
			`根据保存的原件重新检查指定的案件（--all 为全部案件）；如有变化则生成新版报告，旧版仍可查阅。`),
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 && !everything {
				return usage(checks.Text{En: "examine takes the names of cases, or --all", Zh: "examine 需要案件名，或使用 --all"},
					checks.Text{En: "`dossier status` lists the cases", Zh: "`dossier status` 列出全部案件"})
			}
			d, err := p.openDesk(c.Context())
			if err != nil {
				return err
			}
			defer d.Close()
			if everything {
				if args, err = d.CaseNames(c.Context()); err != nil {
					return err
				}
			}
			worst := pipeline.VerdictPass
			for _, name := range args {
				report, err := d.ExamineAgain(c.Context(), name)
				if err != nil {
					return err
				}
				fmt.Fprintln(p.out, p.caseLine(d, report))
				worst = worst.Worse(report.Verdict)
			}
			return verdictOutcome(worst)
		},
	}
	c.Flags().BoolVar(&everything, "all", false, p.say("every case on the desk", "工作台上的全部案件"))
	return c
}

// finish shows a case's report line and ends with its exit code.
func (p *program) finish(d *desk.Desk, c *pipeline.Case) error {
	fmt.Fprintln(p.out, p.caseLine(d, c))
	return verdictOutcome(c.Verdict)
}

func verdictOutcome(v pipeline.Verdict) error {
	if v == pipeline.VerdictPass {
		return nil
	}
	return outcome(exitWork)
}
