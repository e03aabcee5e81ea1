package main

import (
	"fmt"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"

	"dossier/checks"
	"dossier/checks/all"
)

func (p *program) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CHECK]",
		Short: p.say("Show what a check measures, why, and what it cannot see", "说明某项检查测量什么、为何重要、有何局限"),
		Long: p.say(`Shows the document of a check: what it measures, why it matters, its limits, and when it is
known to be wrong. Without a name it lists all checks. A family's name (format, edits, ...) lists
the family.`,
			`显示某项检查的说明：测量什么、为何重要、阈值是多少、已知何时会误报。
不带名称则列出全部检查；给出类别名（format、edits 等）则列出该类。`),
		Example: "  dossier explain format/pixels\n  dossier explain edits",
		Args: wants(0, 1, checks.Text{En: "explain takes the name of one check",
			Zh: "explain 只接受一个检查名称"}),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var ids []string
			for _, c := range all.Checks() {
				ids = append(ids, c.ID)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			name := ""
			if len(args) == 1 {
				name = strings.TrimSuffix(args[0], "/")
			}
			for _, c := range all.Checks() {
				if c.ID == name {
					return p.explain(c)
				}
			}
			return p.listChecks(name)
		},
	}
}

func (p *program) explain(c *checks.Check) error {
	fmt.Fprintf(p.out, "%s  ·  %s  ·  %s\n\n", c.ID, c.Title.In(p.lang), p.say("version %d", "版本 %d", c.Version))
	fmt.Fprintln(p.out, strings.TrimSpace(c.Doc))
	if len(c.Limits)+len(c.Choices) > 0 {
		fmt.Fprintf(p.out, "\n%s\n", p.say("Limits (a profile may override them)", "阈值（可由规则配置覆盖）"))
		for _, l := range c.Limits {
			fmt.Fprintf(p.out, "  %s = %s%s\n      %s\n", l.Name, plainNumber(l.Default), unit(l.Unit), l.Reason)
		}
		for _, ch := range c.Choices {
			fmt.Fprintf(p.out, "  %s = %s\n      %s\n", ch.Name, strings.Join(ch.Default, ", "), ch.Reason)
		}
	}
	fmt.Fprintf(p.out, "\n%s\n", p.say("Findings", "可能的结论"))
	for _, code := range c.Codes {
		fmt.Fprintf(p.out, "  %s  %s\n", runewidth.FillRight(code.Code, 28), code.Title.In(p.lang))
	}
	return nil
}

func (p *program) listChecks(family string) error {
	shown := 0
	for _, c := range all.Checks() {
		if family != "" && !strings.HasPrefix(c.ID, family+"/") {
			continue
		}
		fmt.Fprintf(p.out, "%s  %s\n", runewidth.FillRight(c.ID, 24), c.Title.In(p.lang))
		shown++
	}
	if shown == 0 {
		hint := checks.Text{En: "`dossier explain` lists them all", Zh: "`dossier explain` 列出全部检查"}
		if near := nearestCheck(family); near != "" {
			hint = checks.Textf("did you mean `dossier explain %s`?", "是否想输入 `dossier explain %s`？", near)
		}
		return usage(checks.Textf("there is no check %q", "没有 %q 这项检查", family), hint)
	}
	return nil
}

// plainNumber writes a limit as people read it: 6000000, 0.5.
func plainNumber(v float64) string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.4f", v), "0"), ".")
}

func unit(u string) string {
	if u == "" {
		return ""
	}
	return " " + u
}

// nearestCheck finds the check or family a name was probably meant to be: the same name without
// its family, or one that differs by little. "" if there is none.
func nearestCheck(name string) string {
	best, least := "", max(1, len(name)/4)+1 // one slip in four letters
	for _, c := range all.Checks() {
		family, own, _ := strings.Cut(c.ID, "/")
		if own == name {
			return c.ID
		}
		for _, candidate := range []string{c.ID, family} {
			if d := editDistance(name, candidate); d < least {
				best, least = candidate, d
			}
		}
	}
	return best
}

// editDistance is Levenshtein's: how many letters are put in, left out or exchanged.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substitute := diagonal
			if a[i] != b[j] {
				substitute++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitute, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
