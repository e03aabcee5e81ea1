package main

import (
	"errors"
	"fmt"
	"os/user"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"dossier/checks"
	"dossier/pipeline/bundle"
	"dossier/pipeline/desk"
)

func (p *program) bundleCommand() *cobra.Command {
	var accept []string
	var because, who string
	c := &cobra.Command{
		Use:   "bundle CASE [--accept CHECK --because REASON]",
		Short: p.say("Build the submission of a case, when nothing is in its way", "在没有未决问题时生成案件的材料包"),
		Long: p.say(`Builds desk/cases/CASE/bundle.zip: the documents in upload order, the answers, the report, a binder
to print, and a manifest with the SHA-256 of everything. When something is missing or fails it
lists what, and builds nothing (exit code 1).

A finding that needs review waits for a person. --accept names the check whose findings you have
looked at and accept, --because says why; who, when and why are recorded and go into the bundle.
A failure cannot be accepted: the document has to be mended.`,
			`生成 desk/cases/CASE/bundle.zip：按上传顺序排列的文件、答案、报告、可打印的合订本，
以及包含全部 SHA-256 的清单。若有缺件或不合格项，则列出并不生成（退出码 1）。

需要人工确认的项目必须有人决定：--accept 指明您已查看并接受其结论的检查，--because 写明理由；
何人、何时、为何都会被记录并写入材料包。不合格项不能接受，必须改正文件。`),
		Example: "  dossier bundle acme\n  dossier bundle acme --accept edits/metadata --because \"client re-saved the scan; compared with the paper\"",
		Args:    wants(1, 1, checks.Text{En: "bundle takes the name of one case", Zh: "bundle 需要一个案件名"}),
		RunE: func(c *cobra.Command, args []string) error {
			if len(accept) > 0 && because == "" {
				return usage(checks.Text{En: "--accept needs --because: the reason is recorded with your name", Zh: "--accept 需要 --because：理由会与您的姓名一同记录"},
					checks.Textf("dossier bundle %[1]s --accept %[2]s --because \"...\"", "dossier bundle %[1]s --accept %[2]s --because \"……\"", args[0], first(accept)))
			}
			if len(accept) == 0 && because != "" {
				return usage(checks.Text{En: "--because goes with --accept CHECK", Zh: "--because 须与 --accept 一起使用"}, checks.Text{})
			}
			d, err := p.openDesk(c.Context())
			if err != nil {
				return err
			}
			defer d.Close()
			for _, check := range accept {
				n, err := d.Accept(c.Context(), args[0], desk.Acceptance{Check: check, Because: because, Who: signer(who)})
				if err != nil {
					return err
				}
				p.tell("accepted: %[1]s (%[4]s), by %[3]s", "已接受：%[1]s（%[2]d 项），由 %[3]s", check, n, signer(who), count(n, "finding", "findings"))
			}
			b, err := d.Bundle(c.Context(), args[0])
			var notReady *bundle.NotReadyError
			if errors.As(err, &notReady) {
				p.tell("%s", "%s", visible(notReady.Summary().In(p.lang)))
				p.showBlockers(args[0], notReady.Blockers)
				return outcome(exitWork)
			}
			if err != nil {
				return err
			}
			fmt.Fprintln(p.out, b.Path)
			n := len(b.Manifest.Documents())
			p.tell("%[1]s, SHA-256 %[3]s; `dossier verify` checks it anywhere", "共 %[2]d 份文件，SHA-256 %[3]s；可用 `dossier verify` 在任何地方核验",
				count(n, "document", "documents"), n, b.SHA256)
			return nil
		},
	}
	c.Flags().StringArrayVar(&accept, "accept", nil, p.say("accept what this check found after looking at it (may be repeated)", "查看后接受该检查的结论（可重复）"))
	c.Flags().StringVar(&because, "because", "", p.say("why it is accepted", "接受的理由"))
	c.Flags().StringVar(&who, "who", "", p.say("who accepts (default: the user logged in)", "由谁接受（默认：当前登录用户）"))
	return c
}

// showBlockers lists what is in the way, and how to decide what can be decided.
func (p *program) showBlockers(caseName string, blockers []bundle.Blocker) {
	var undecided []string
	for _, b := range blockers {
		fmt.Fprintln(p.out, "  "+visible(b.Message.In(p.lang)))
		if remedy := b.Remedy.In(p.lang); remedy != "" {
			fmt.Fprintln(p.out, "    "+visible(remedy))
		}
		if b.Stand == bundle.StandUndecided && !slices.Contains(undecided, b.Check) {
			undecided = append(undecided, b.Check)
		}
	}
	if len(undecided) == 0 {
		return
	}
	p.tell("if, after looking, you accept what waits for a decision:", "查看之后如接受等待决定的项目：")
	for _, check := range undecided {
		fmt.Fprintf(p.err, "  dossier bundle %s --accept %s --because %s\n", shellWord(caseName), check, p.say(`"..."`, `"……"`))
	}
}

// shellWord quotes a name for a shell where it needs it.
func shellWord(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_./@+,", r)
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(visible(s), "'", `'\''`) + "'"
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

// signer is the name a decision is recorded under.
func signer(given string) string {
	if given != "" {
		return given
	}
	u, err := user.Current()
	switch {
	case err != nil:
		return "unknown"
	case u.Name != "" && u.Name != u.Username:
		return u.Name + " (" + u.Username + ")"
	}
	return u.Username
}
