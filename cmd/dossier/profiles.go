package main

import (
	"fmt"
	"sort"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"

	"dossier/checks"
	"dossier/checks/all"
	"dossier/pipeline/desk"
	"dossier/pipeline/profile"
)

func (p *program) profilesCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "profiles [PROFILE|FILE.yaml]",
		Short: p.say("List the profiles, or show one: its rules, documents, limits and severities", "列出规则配置，或显示其中一个的全部内容"),
		Long: p.say(`A profile is a dated set of requirements: what a case must hold, the limits, how bad each finding is,
and where each rule comes from. Without a name all are listed. A file of your own may extend one:

  extends: wechat-organization@2014-09
  id: ours
  title: {en: Our own rules, zh: 自定规则}
  date: 2014-09
  checks:
    format/size:
      limits: {max_bytes: 1900000}

Give the file's name to have it checked and shown; name it in desk/dossier.yaml to use it.`,
			`规则配置是某一日期的一整套要求：案件须含哪些文件、各项阈值、每种结论的严重程度及其出处。
不带名称则列出全部。您可以用自己的文件扩展其中一个：

  extends: wechat-organization@2014-09
  id: ours
  title: {en: Our own rules, zh: 自定规则}
  date: 2014-09
  checks:
    format/size:
      limits: {max_bytes: 1900000}

给出文件名即可校验并显示；写入 desk/dossier.yaml 后生效。`),
		Args: wants(0, 1, checks.Text{En: "profiles takes at most one name", Zh: "profiles 最多接受一个名称"}),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				for _, one := range profile.List() {
					fmt.Fprintf(p.out, "%s  %s\n", runewidth.FillRight(one.Name(), 32), one.Title.In(p.lang))
				}
				return nil
			}
			one, err := desk.FindProfile(args[0])
			if err == nil {
				err = one.Validate(all.Checks())
			}
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(p.out, one)
			}
			return p.showProfile(one)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, p.say("print JSON", "输出 JSON"))
	c.AddCommand(p.profilesDiffCommand())
	return c
}

func (p *program) showProfile(one *profile.Profile) error {
	fmt.Fprintf(p.out, "%s  %s\n", one.Name(), one.Title.In(p.lang))
	fmt.Fprintf(p.out, "SHA-256 %s\n\n%s\n", one.Digest(), p.say("Documents", "所需文件"))
	for _, r := range one.Documents {
		count := p.say("%d", "%d 份", r.Min)
		switch {
		case r.Min == 0:
			count = p.say("optional", "可选")
		case r.Max == 0:
			count = p.say("at least %d", "至少 %d 份", r.Min)
		case r.Max != r.Min:
			count = p.say("%d to %d", "%d 至 %d 份", r.Min, r.Max)
		}
		fmt.Fprintf(p.out, "  %s  %s  %s  [%s]\n", runewidth.FillRight(r.Kind.Title().In(p.lang), 44), runewidth.FillRight(count, 12), r.Why.In(p.lang), r.Rule)
	}
	fmt.Fprintf(p.out, "\n%s\n", p.say("Rules", "规则"))
	for _, r := range one.Rules {
		how := strings.Join(r.CheckedBy, ", ")
		if r.Told {
			how = strings.TrimPrefix(how+p.say(", told to the person", "，告知用户"), p.say(", ", "，"))
		}
		fmt.Fprintf(p.out, "  %-4s %s\n       %s: %s\n", r.ID, r.Text.In(p.lang), r.Source, how)
	}
	fmt.Fprintf(p.out, "\n%s\n", p.say("Checks", "检查"))
	for _, c := range all.Checks() {
		settings, err := one.Settings(c)
		if err != nil {
			return err
		}
		required := ""
		if one.Checks[c.ID].MustRun {
			required = p.say("  must run", "  必须完成")
		}
		fmt.Fprintf(p.out, "  %s%s\n", c.ID, required)
		for _, l := range c.Limits {
			fmt.Fprintf(p.out, "      %s = %s%s\n", l.Name, plainNumber(settings.Number(l.Name)), unit(l.Unit))
		}
		for _, ch := range c.Choices {
			fmt.Fprintf(p.out, "      %s = %s\n", ch.Name, strings.Join(settings.Words(ch.Name), ", "))
		}
		for _, code := range c.Codes {
			severity, rule := one.SeverityOf(c.ID, code.Code)
			fmt.Fprintf(p.out, "      %-6s  %s  [%s]\n", severity, runewidth.FillRight(code.Code, 28), rule)
		}
	}
	sources := make([]string, 0, len(one.Sources))
	for id := range one.Sources {
		sources = append(sources, id)
	}
	sort.Strings(sources)
	fmt.Fprintf(p.out, "\n%s\n", p.say("Sources", "出处"))
	for _, id := range sources {
		fmt.Fprintf(p.out, "  %s  %s\n", id, one.Sources[id].Title.In(p.lang))
	}
	return nil
}
