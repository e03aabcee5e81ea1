package profile

import (
	"slices"

	"dossier/checks"
)

// Validate compares the profile with the checks there are. It returns Problems, each at the
// place in the profile's file, for every name that no check has (of a check, a finding, a limit,
// a choice), and for every finding of a check that the profile gives no severity.
func (p *Profile) Validate(list []*checks.Check) error {
	v := validation{p: p, byID: map[string]*checks.Check{}}
	for _, c := range list {
		v.byID[c.ID] = c
	}
	for _, id := range sortedKeys(p.Checks) {
		v.policy(id, p.Checks[id])
	}
	for _, c := range list {
		policy, ok := p.Checks[c.ID]
		if !ok {
			v.add("", checks.Textf("the profile says nothing of check %[1]s", "清单没有提到检查项 %[1]s", c.ID), checks.Text{})
			continue
		}
		for _, code := range c.Codes {
			if _, ok := policy.Severities[code.Code]; !ok {
				v.add("checks."+c.ID, checks.Textf("finding %[1]s of %[2]s has no severity", "检查项 %[2]s 的结果 %[1]s 没有规定严重程度", code.Code, c.ID),
					checks.Textf("add under severities: \"%[1]s: review\" (or note, or fail)", "请在 severities 下加上“%[1]s: review”（或 note、fail）", code.Code))
			}
		}
	}
	for _, rule := range p.Rules {
		for _, id := range rule.CheckedBy {
			v.check(id, "rules."+rule.ID+".checked_by."+id)
		}
	}
	for _, id := range p.Reassuring {
		v.check(id, "reassuring."+id)
	}
	if len(v.problems) > 0 {
		return v.problems
	}
	return nil
}

// Validate validates every built-in profile.
func Validate(list []*checks.Check) error {
	var all Problems
	for _, p := range List() {
		if err := p.Validate(list); err != nil {
			all = append(all, err.(Problems)...)
		}
	}
	if len(all) > 0 {
		return all
	}
	return nil
}

type validation struct {
	p        *Profile
	byID     map[string]*checks.Check
	problems Problems
}

func (v *validation) add(where string, message, remedy checks.Text) {
	at, ok := v.p.where[where]
	if !ok {
		at = place{file: v.p.Name()}
	}
	v.problems = append(v.problems, &Problem{File: at.file, Line: at.line, Column: at.column, Source: at.source, Message: message, Remedy: remedy})
}

func (v *validation) check(id, where string) (*checks.Check, bool) {
	c, ok := v.byID[id]
	if !ok {
		v.add(where, checks.Textf("there is no check %[1]q", "没有名为 %[1]q 的检查项", id), didYouMean(id, sortedKeys(v.byID)))
	}
	return c, ok
}

func (v *validation) policy(id string, policy Policy) {
	here := "checks." + id
	c, ok := v.check(id, here)
	if !ok {
		return
	}
	var codes, limits, choices []string
	for _, x := range c.Codes {
		codes = append(codes, x.Code)
	}
	for _, x := range c.Limits {
		limits = append(limits, x.Name)
	}
	for _, x := range c.Choices {
		choices = append(choices, x.Name)
	}
	names := func(kind string, title checks.Text, written, known []string) {
		for _, name := range written {
			if !slices.Contains(known, name) {
				v.add(here+"."+kind+"."+name, checks.Textf("check %[1]s has no %[2]s %[3]q", "检查项 %[1]s 没有名为 %[3]q 的%[4]s", id, title.En, name, title.Zh),
					didYouMean(name, known))
			}
		}
	}
	names("severities", checks.Text{En: "finding", Zh: "结果"}, sortedKeys(policy.Severities), codes)
	names("limits", checks.Text{En: "limit", Zh: "数值"}, sortedKeys(policy.Limits), limits)
	names("choices", checks.Text{En: "choice", Zh: "选项"}, sortedKeys(policy.Choices), choices)
}
