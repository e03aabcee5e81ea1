package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"dossier/checks"
	"dossier/pipeline/bundle"
)

func (p *program) verifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify BUNDLE.zip",
		Short: p.say("Verify a bundle anywhere: is everything in it as it was built?", "在任何地方核验材料包：内容是否与生成时一致"),
		Long: p.say(`Compares everything in a bundle with its manifest, and the zip itself with the one that was built, and
names what differs. It needs no desk. Exit code 0: nothing differs; 1: something does.`,
			`把材料包中的每个文件与清单核对，并核对压缩包本身，指出不一致之处。不需要工作台。
退出码 0：完全一致；1：有差异。`),
		Args: wants(1, 1, checks.Text{En: "verify takes the name of one bundle", Zh: "verify 需要一个材料包文件名"}),
		RunE: func(c *cobra.Command, args []string) error {
			v, err := bundle.VerifyFile(c.Context(), args[0], bundle.Options{})
			if err != nil {
				return err
			}
			for _, d := range v.Differences {
				fmt.Fprintln(p.out, visible(d.Text.In(p.lang)))
			}
			if len(v.Differences) > 0 {
				p.tell("%[1]s: %[2]s; do not submit it, build it again", "%[1]s：有 %[3]d 处不一致；请勿提交，请重新生成",
					visible(args[0]), count(len(v.Differences), "difference", "differences"), len(v.Differences))
				return outcome(exitWork)
			}
			p.tell("%s: as it was built (%d files)", "%s：与生成时一致（%d 个文件）", visible(args[0]), v.Intact)
			p.tell("SHA-256 %[1]s; %[2]s", "SHA-256 %[1]s；%[3]s", v.SHA256, v.Assurance().En, v.Assurance().Zh)
			return nil
		},
	}
}
