package profile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"dossier/checks"
)

// A Change is one thing in which two profiles differ.
type Change struct {
	What checks.Text `json:"what"` // "format/size, limit max_bytes"
	Was  checks.Text `json:"was"`  // empty: the first profile has no such thing
	Is   checks.Text `json:"is"`   // empty: the second has none
}

// Diff lists what differs between two profiles as they are applied: the documents they ask for, the
// rules, and for each check its limits, choices and severities. list gives the defaults of what a
// profile leaves to the checks.
func Diff(a, b *Profile, list []*checks.Check) []Change {
	var changes []Change
	add := func(what, was, is checks.Text) {
		if was != is {
			changes = append(changes, Change{what, was, is})
		}
	}
	plain := func(s string) checks.Text { return checks.Text{En: s, Zh: s} }

	documents := func(p *Profile) map[checks.Kind]checks.Requirement {
		m := map[checks.Kind]checks.Requirement{}
		for _, r := range p.Documents {
			m[r.Kind] = r
		}
		return m
	}
	was, is := documents(a), documents(b)
	for _, kind := range checks.Kinds() {
		add(checks.Textf("document: %[1]s", "材料：%[2]s", kind.Title().En, kind.Title().Zh), countText(was, kind), countText(is, kind))
	}
	for _, id := range ruleIDs(a, b) {
		add(checks.Textf("rule %s", "规则 %s", id), ruleText(a, id), ruleText(b, id))
	}
	for _, c := range list {
		p, q := a.Checks[c.ID], b.Checks[c.ID]
		add(checks.Textf("%s, must run", "%s，必须完成", c.ID), yesText(p.MustRun), yesText(q.MustRun))
		for _, l := range c.Limits {
			add(checks.Textf("%[1]s, limit %[2]s", "%[1]s，阈值 %[2]s", c.ID, l.Name), plain(limitText(p, l)), plain(limitText(q, l)))
		}
		for _, ch := range c.Choices {
			add(checks.Textf("%[1]s, choice %[2]s", "%[1]s，选项 %[2]s", c.ID, ch.Name), plain(choiceText(p, ch)), plain(choiceText(q, ch)))
		}
		for _, code := range c.Codes {
			add(checks.Textf("%[1]s, severity of %[2]s", "%[1]s，%[2]s 的严重程度", c.ID, code.Code), plain(severityText(a, c.ID, code.Code)), plain(severityText(b, c.ID, code.Code)))
		}
	}
	return changes
}

func countText(m map[checks.Kind]checks.Requirement, kind checks.Kind) checks.Text {
	r, ok := m[kind]
	switch {
	case !ok:
		return checks.Text{}
	case r.Max == 0:
		return checks.Textf("at least %d", "至少 %d 份", r.Min)
	case r.Min == r.Max:
		return checks.Textf("%d", "%d 份", r.Min)
	}
	return checks.Textf("%d to %d", "%d 至 %d 份", r.Min, r.Max)
}

func ruleIDs(a, b *Profile) []string {
	ids := map[string]bool{}
	for _, r := range slices.Concat(a.Rules, b.Rules) {
		ids[r.ID] = true
	}
	return slices.Sorted(maps.Keys(ids))
}

func ruleText(p *Profile, id string) checks.Text {
	r, ok := p.Rule(id)
	if !ok {
		return checks.Text{}
	}
	source := p.Sources[r.Source].Title
	return checks.Textf("%[1]s (%[2]s)", "%[3]s（%[4]s）", r.Text.En, source.En, r.Text.Zh, source.Zh)
}

func yesText(yes bool) checks.Text {
	if yes {
		return checks.Text{En: "yes", Zh: "是"}
	}
	return checks.Text{En: "no", Zh: "否"}
}

func limitText(p Policy, l checks.Limit) string {
	value := l.Default
	if v, ok := p.Limits[l.Name]; ok {
		value = v
	}
	return strings.TrimSpace(fmt.Sprintf("%.10g %s", value, l.Unit))
}

func choiceText(p Policy, c checks.Choice) string {
	words := c.Default
	if v, ok := p.Choices[c.Name]; ok {
		words = v
	}
	return strings.Join(words, ", ")
}

func severityText(p *Profile, check, code string) string {
	severity, rule := p.SeverityOf(check, code)
	text := string(severity)
	if rule != "" {
		text += " [" + rule + "]"
	}
	for _, kind := range checks.Kinds() {
		if s, ok := p.Checks[check].Severities[code].Kinds[kind]; ok {
			text += fmt.Sprintf(", %s: %s", kind, s)
		}
	}
	return text
}
