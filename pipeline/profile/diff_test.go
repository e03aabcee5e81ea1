package profile

import (
	"testing"

	"dossier/checks"
)

func TestDiff(t *testing.T) {
	size := &checks.Check{ID: "format/size", Limits: []checks.Limit{{Name: "max_bytes", Default: 1, Unit: "bytes"}, {Name: "own", Default: 7}},
		Codes: []checks.Code{{Code: "size_over_limit"}}}
	pixels := &checks.Check{ID: "format/pixels", Codes: []checks.Code{{Code: "side_too_short"}}}
	content := &checks.Check{ID: "format/content", Choices: []checks.Choice{{Name: "accepted"}}}
	changes := Diff(mustGet(t, "wechat-organization@2014-09"), mustGet(t, "wechat-organization@2018-02"), []*checks.Check{size, pixels, content})
	got := map[string][2]string{}
	for _, c := range changes {
		got[c.What.En] = [2]string{c.Was.En, c.Is.En}
	}
	for what, want := range map[string][2]string{
		"format/size, limit max_bytes":              {"2097152 bytes", "5242880 bytes"},
		"format/content, choice accepted":           {"jpeg, bmp, gif", "jpeg, bmp, png"},
		"format/pixels, severity of side_too_short": {"review [D04]", "fail [P01]"},
	} {
		if got[what] != want {
			t.Errorf("%s: %q, want %q", what, got[what], want)
		}
	}
	for _, what := range []string{"format/size, limit own", "format/size, severity of size_over_limit", "document: business licence", "rule S20"} {
		if _, ok := got[what]; ok {
			t.Errorf("%s is listed and does not differ", what)
		}
	}
	if _, ok := got["rule S21"]; !ok {
		t.Error("rule S21 has other words and is not listed")
	}
}

func TestDiffOfPaths(t *testing.T) {
	org, one := mustGet(t, "wechat-organization"), mustGet(t, "wechat-individual")
	for _, c := range Diff(org, one, nil) {
		if c.What.En == "document: business licence" {
			if c.Was.En != "1" || c.Is.En != "" {
				t.Errorf("%+v", c)
			}
			return
		}
	}
	t.Error("an individual needs no licence, and that is not listed")
}

func TestAProfileDoesNotDifferFromItself(t *testing.T) {
	for _, p := range List() {
		if changes := Diff(p, p, nil); len(changes) > 0 {
			t.Errorf("%s: %+v", p.Name(), changes)
		}
	}
}
