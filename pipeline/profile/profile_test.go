package profile

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sebdah/goldie/v2"

	"dossier/checks"
	"dossier/pipeline"
)

func golden(t *testing.T) *goldie.Goldie {
	t.Helper()
	return goldie.New(t, goldie.WithFixtureDir("testdata/golden"), goldie.WithDiffEngine(goldie.ClassicDiff))
}

func mustGet(t testing.TB, id string) *Profile {
	t.Helper()
	p, err := Get(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What is applied, all extensions merged in: a change of any rule, limit or severity shows here.
func TestEffectiveProfiles(t *testing.T) {
	for _, p := range List() {
		t.Run(p.Name(), func(t *testing.T) {
			got, err := json.MarshalIndent(p, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t).Assert(t, p.Name(), append(got, '\n'))
		})
	}
}

func TestBuiltinProfilesAreWhole(t *testing.T) {
	both := func(t *testing.T, what string, text checks.Text) {
		t.Helper()
		if strings.TrimSpace(text.En) == "" || strings.TrimSpace(text.Zh) == "" || text.En == text.Zh {
			t.Errorf("%s is not said in both languages: %+v", what, text)
		}
	}
	var have []string
	for _, p := range List() {
		have = append(have, p.Name())
		both(t, p.Name(), p.Title)
		for key, s := range p.Sources {
			both(t, "source "+key, s.Title)
		}
		for _, r := range p.Rules {
			both(t, p.Name()+" rule "+r.ID, r.Text)
			if _, ok := p.Sources[r.Source]; !ok {
				t.Errorf("%s: rule %s has no source", p.Name(), r.ID)
			}
			if len(r.CheckedBy) == 0 && !r.Told {
				t.Errorf("%s: rule %s is neither checked nor told", p.Name(), r.ID)
			}
		}
		if len(p.Documents) == 0 {
			t.Errorf("%s asks for no documents", p.Name())
		}
		for _, d := range p.Documents {
			both(t, p.Name()+" "+string(d.Kind), d.Why)
			if _, ok := p.Rule(d.Rule); !ok {
				t.Errorf("%s: %s is asked for by rule %q, which is not there", p.Name(), d.Kind, d.Rule)
			}
		}
		for id, policy := range p.Checks {
			for code := range policy.Severities {
				if _, rule := p.SeverityOf(id, code); !slices.ContainsFunc(p.Rules, func(r Rule) bool { return r.ID == rule }) {
					t.Errorf("%s: %s %s is about rule %q, which is not there", p.Name(), id, code, rule)
				}
			}
		}
		if _, ok := p.Rule(CautionRule); !ok {
			t.Errorf("%s lacks rule %s, which the judge names", p.Name(), CautionRule)
		}
		// What the sheet must hold is on the form.
		fields := form[p.Path]
		for _, name := range p.Checks[completeCheck].Choices["required_answers"] {
			if !slices.Contains(fields, name) {
				t.Errorf("%s requires %s, which the form of its path does not ask for", p.Name(), name)
			}
		}
	}
	var want []string
	for _, path := range []string{"individual", "organization", "overseas"} {
		for _, date := range []string{"2014-09", "2018-02", "2026-11"} {
			want = append(want, "wechat-"+path+"@"+date)
		}
	}
	if !slices.Equal(have, want) {
		t.Errorf("profiles %v, want %v", have, want)
	}
}

// The guide's rules, path by path: none forgotten, none where it does not belong.
func TestEveryPathHasItsRules(t *testing.T) {
	all := []string{"S16", "S20", "S21", "S26", "S27", "S28"}
	for path, own := range map[checks.Path][]string{
		checks.Organization: {"S10", "S11", "S12", "S13", "S14", "S15", "S17", "S22", "S23", "S24", "S25"},
		checks.Individual:   {"S11", "S12", "S23", "S24", "S30", "S31"},
		checks.Overseas:     {"S01", "S02", "S03", "S04", "S05", "S06"},
	} {
		p, ok := ForPath(path)
		if !ok {
			t.Fatalf("no profile for %s", path)
		}
		want := slices.Sorted(slices.Values(append(slices.Clone(all), own...)))
		var got []string
		for _, r := range p.Rules {
			if strings.HasPrefix(r.ID, "S") {
				got = append(got, r.ID)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s has the rules %v, want %v", path, got, want)
		}
	}
}

// The limits that the platform published, by date.
func TestLimitsByDate(t *testing.T) {
	for date, want := range map[string]struct {
		bytes, pixels float64
		formats       []string
	}{
		"2014-09": {2_097_152, 6_000_000, []string{"jpeg", "bmp", "gif"}},
		"2018-02": {5_242_880, 0, []string{"jpeg", "bmp", "png"}},
		"2026-11": {10_485_760, 6_000_000, []string{"jpeg", "bmp", "gif", "png"}},
	} {
		for _, path := range checks.Paths() {
			p := mustGet(t, "wechat-"+string(path)+"@"+date)
			if got := p.Checks["format/size"].Limits["max_bytes"]; got != want.bytes {
				t.Errorf("%s: %v bytes, want %v", p.Name(), got, want.bytes)
			}
			if got := p.Checks["format/pixels"].Limits["max_pixels"]; got != want.pixels {
				t.Errorf("%s: %v pixels, want %v", p.Name(), got, want.pixels)
			}
			if got := p.Checks["format/content"].Choices["accepted"]; !slices.Equal(got, want.formats) {
				t.Errorf("%s: formats %v, want %v", p.Name(), got, want.formats)
			}
			if p.Default != (date == "2014-09") {
				t.Errorf("%s: default %v; without a date the guide's own is meant", p.Name(), p.Default)
			}
		}
	}
}

func TestGet(t *testing.T) {
	for id, want := range map[string]string{
		"wechat-organization":         "wechat-organization@2014-09",
		"wechat-organization@2014-09": "wechat-organization@2014-09",
		"wechat-organization@2013-01": "",
		"wechat-base":                 "",
		"wechat-organisation":         "",
		"":                            "",
	} {
		p, err := Get(id)
		switch {
		case want == "" && err == nil:
			t.Errorf("Get(%q) found %s", id, p.Name())
		case want != "" && (err != nil || p.Name() != want):
			t.Errorf("Get(%q) = %v, %v", id, p, err)
		}
	}
	var problem *Problem
	if _, err := Get("wechat-organisation"); !errors.As(err, &problem) || !strings.Contains(problem.Remedy.En, "wechat-organization@2014-09") {
		t.Errorf("a misspelt id gets no help: %v", err)
	}
}

func TestTheLatestDateWins(t *testing.T) {
	list := []*Profile{{ID: "a", Date: "2014-09"}, {ID: "a", Date: "2018-02"}, {ID: "a", Date: "2016-01"}, {ID: "b", Date: "2020-01"}}
	if p := find(list, "a"); p.Date != "2018-02" {
		t.Errorf("a is %s", p.Name())
	}
	if p := find(list, "a@2016-01"); p.Date != "2016-01" {
		t.Errorf("a@2016-01 is %s", p.Name())
	}
}

const own = `extends: wechat-organization@2014-09
id: my-agency
date: 2014-10
title: {en: Our own, zh: 本公司要求}
`

func mustParse(t testing.TB, text string) *Profile {
	t.Helper()
	p, err := Parse("mine.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAnExtensionSaysOnlyWhatDiffers(t *testing.T) {
	parent := mustGet(t, "wechat-organization")
	before := parent.Digest()
	p := mustParse(t, own+`
rules:
  A01: {text: {en: we keep a letter, zh: 留存函件}, source: seed, told: yes}
  S22: {text: {en: ours, zh: 我们的}, source: seed, told: yes}
documents:
  credential: {min: 0, max: 0, rule: A01, why: {en: we file it, zh: 用于存档}}
  organization_code_certificate: {min: 0, max: 1, rule: S10, why: {en: since 2015 the licence is enough, zh: 三证合一后可不提供}}
checks:
  format/size:
    limits: {max_bytes: 1_000_000}
    severities: {size_near_limit: review}
  format/content:
    rule: A01
    choices: {accepted: [jpeg]}
`)
	if p.Name() != "my-agency@2014-10" || p.Path != checks.Organization {
		t.Errorf("it is %s for %s", p.Name(), p.Path)
	}
	if got := p.Checks["format/size"].Limits; got["max_bytes"] != 1e6 || got["warn_bytes"] != 2e6 {
		t.Errorf("limits %v: one was to change, the other to stay", got)
	}
	if s, rule := p.SeverityOf("format/size", "size_near_limit"); s != pipeline.NeedReview || rule != "S21" {
		t.Errorf("size_near_limit: %s by %s", s, rule)
	}
	if s, _ := p.SeverityOf("format/size", "size_over_limit"); s != pipeline.Fail {
		t.Errorf("size_over_limit changed to %s", s)
	}
	if _, rule := p.SeverityOf("format/content", "format_not_accepted"); rule != "A01" {
		t.Errorf("the check's new rule is not used: %s", rule)
	}
	if _, rule := p.SeverityOf("format/content", "two_formats"); rule != "D01" {
		t.Errorf("a finding's own rule was lost: %s", rule)
	}
	if r, _ := p.Rule("S22"); r.Text.En != "ours" {
		t.Errorf("rule S22 says %q", r.Text.En)
	}
	if len(p.Rules) != len(parent.Rules)+1 {
		t.Errorf("%d rules, want one more than %d", len(p.Rules), len(parent.Rules))
	}
	var kinds []string
	for _, d := range p.Requirements() {
		kinds = append(kinds, string(d.Kind))
	}
	if got := strings.Join(kinds, " "); got != "business_license organization_code_certificate holder_photo application_form credential" {
		t.Errorf("documents: %s", got)
	}
	if parent.Digest() != before || mustGet(t, "wechat-organization").Checks["format/size"].Limits["max_bytes"] != 2097152 {
		t.Error("extending changed the profile that was extended")
	}
}

func TestSeverityByKindOfDocument(t *testing.T) {
	p := mustGet(t, "wechat-overseas")
	if s, _ := p.SeverityFor("format/content", "format_not_accepted", checks.Proposal); s != pipeline.NeedReview {
		t.Errorf("a proposal in another format: %s", s)
	}
	if s, _ := p.SeverityFor("format/content", "format_not_accepted", checks.Credential); s != pipeline.Fail {
		t.Errorf("a credential in another format: %s", s)
	}
	// A plain word in an extension holds for every kind.
	p = mustParse(t, strings.Replace(own, "organization", "overseas", 1)+"checks: {format/content: {severities: {format_not_accepted: fail}}}\n")
	if s, rule := p.SeverityFor("format/content", "format_not_accepted", checks.Proposal); s != pipeline.Fail || rule != "S21" {
		t.Errorf("after the override: %s by %s", s, rule)
	}
}

func TestSilenceNeedsReview(t *testing.T) {
	p := mustGet(t, "wechat-organization")
	for _, c := range [][2]string{{"format/size", "never_heard_of"}, {"never/heard-of", "anything"}} {
		if s, _ := p.SeverityOf(c[0], c[1]); s != pipeline.NeedReview {
			t.Errorf("%v is %s, want review", c, s)
		}
	}
}

func TestDigest(t *testing.T) {
	plain := mustParse(t, own).Digest()
	if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(plain) {
		t.Errorf("digest %q", plain)
	}
	if d := mustParse(t, "# a remark\n"+strings.ReplaceAll(own, "\n", "\r\n")).Digest(); d != plain {
		t.Error("a remark or the line endings changed the digest")
	}
	if d := mustParse(t, own+"checks: {format/size: {limits: {max_bytes: 2097152}}}\n").Digest(); d != plain {
		t.Error("saying again what is inherited changed the digest")
	}
	if d := mustParse(t, own+"checks: {format/size: {limits: {max_bytes: 2097153}}}\n").Digest(); d == plain {
		t.Error("another limit did not change the digest")
	}
	if ref := mustParse(t, own).Ref(); ref.ID != "my-agency@2014-10" || ref.SHA256 != plain || ref.Title.Zh != "本公司要求" {
		t.Errorf("ref %+v", ref)
	}
}

// Every file in testdata/strict is wrong in its own ways; the golden file is what people read.
func TestStrictErrors(t *testing.T) {
	files, err := filepath.Glob("testdata/strict/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse(filepath.Base(file), text)
			var problems Problems
			if !errors.As(err, &problems) || len(problems) == 0 {
				t.Fatalf("accepted, or not Problems: %v", err)
			}
			var one *Problem
			if !errors.As(err, &one) {
				t.Error("no *Problem inside")
			}
			golden(t).Assert(t, "strict-"+name, []byte(problems.In("en")+"\n\n"+problems.In("zh")+"\n"))
		})
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "mine.yaml")
	if err := os.WriteFile(good, []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	if p, err := Load(good); err != nil || p.ID != "my-agency" {
		t.Errorf("Load: %v, %v", p, err)
	}
	if _, err := Load(filepath.Join(dir, "none.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	long := filepath.Join(dir, "long.yaml")
	if err := os.WriteFile(long, []byte(own+strings.Repeat("# remark\n", maxFileBytes/8)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(long); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("a file that is too long: %v", err)
	}
}

func TestCite(t *testing.T) {
	p := mustGet(t, "wechat-organization")
	c := &pipeline.Case{Results: []pipeline.Result{{Findings: []pipeline.Finding{{Rule: "S21"}, {Rule: "S10"}, {Rule: "S21"}, {Rule: ""}}}}}
	got := p.Cite(c)
	if len(got) != 2 || got[0].ID != "S10" || got[1].ID != "S21" || got[1].Source == "" || got[1].Text.Zh == "" {
		t.Errorf("cited %+v", got)
	}
	if none := p.Cite(&pipeline.Case{}); none == nil || len(none) != 0 {
		t.Errorf("no findings cite %v", none)
	}
}

// standIn is a check as the profile sees it: names only.
func standIn(id string, codes, limits, choices []string) *checks.Check {
	c := &checks.Check{ID: id}
	for _, x := range codes {
		c.Codes = append(c.Codes, checks.Code{Code: x})
	}
	for _, x := range limits {
		c.Limits = append(c.Limits, checks.Limit{Name: x, Default: 7})
	}
	for _, x := range choices {
		c.Choices = append(c.Choices, checks.Choice{Name: x})
	}
	return c
}

// standIns fit the profile exactly.
func standIns(p *Profile) []*checks.Check {
	var out []*checks.Check
	for _, id := range sortedKeys(p.Checks) {
		policy := p.Checks[id]
		out = append(out, standIn(id, sortedKeys(policy.Severities), sortedKeys(policy.Limits), sortedKeys(policy.Choices)))
	}
	return out
}

func TestValidate(t *testing.T) {
	p := mustParse(t, own+"checks:\n  format/size:\n    limits:\n      max_byte: 1\n")
	list := standIns(mustGet(t, "wechat-organization"))
	err := p.Validate(list)
	var problem *Problem
	if !errors.As(err, &problem) {
		t.Fatalf("a limit no check has was accepted: %v", err)
	}
	if problem.File != "mine.yaml" || problem.Line != 8 || problem.Column != 7 || problem.Source != "      max_byte: 1" ||
		!strings.Contains(problem.Remedy.En, `"max_bytes"`) {
		t.Errorf("problem %+v", problem)
	}

	complete := slices.IndexFunc(list, func(c *checks.Check) bool { return c.ID == completeCheck })
	for _, tc := range []struct {
		name   string
		change func([]*checks.Check) []*checks.Check
		want   string
	}{
		{"as it is", func(l []*checks.Check) []*checks.Check { return l }, ""},
		{"a check nobody judges", func(l []*checks.Check) []*checks.Check {
			return append(l, standIn("seal/engraved", []string{"absent"}, nil, nil))
		},
			"says nothing of check seal/engraved"},
		{"a finding nobody judges", func(l []*checks.Check) []*checks.Check {
			l[complete].Codes = append(l[complete].Codes, checks.Code{Code: "brand_new"})
			return l
		}, "brand_new of casefile/complete has no severity"},
		{"a check that is gone", func(l []*checks.Check) []*checks.Check { return slices.Delete(slices.Clone(l), complete, complete+1) }, `no check "casefile/complete"`},
		{"a finding that is gone", func(l []*checks.Check) []*checks.Check { l[complete].Codes = l[complete].Codes[1:]; return l }, "has no finding"},
		{"a choice that is gone", func(l []*checks.Check) []*checks.Check { l[complete].Choices = nil; return l }, "has no choice"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := mustGet(t, "wechat-organization")
			err := p.Validate(tc.change(standIns(p)))
			if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func TestSettings(t *testing.T) {
	p := mustGet(t, "wechat-organization")
	s, err := p.Settings(standIn("format/size", nil, []string{"max_bytes", "warn_bytes", "min_bytes"}, nil))
	if err != nil {
		t.Fatal(err)
	}
	if s.Number("max_bytes") != 2097152 || s.Number("min_bytes") != 7 {
		t.Errorf("max_bytes %v (the profile's), min_bytes %v (the check's)", s.Number("max_bytes"), s.Number("min_bytes"))
	}
	if _, err := p.Settings(standIn("format/size", nil, nil, nil)); err == nil {
		t.Error("a limit the check does not have was accepted")
	}
}

// A choice that is made as another check makes it follows that check's, unless the profile says otherwise.
func TestChoiceAsAnotherCheck(t *testing.T) {
	follower := &checks.Check{ID: "holder/face", Choices: []checks.Choice{{Name: "reading", Default: []string{"on"}, As: "legibility/text"}}}
	loner := &checks.Check{ID: "holder/card", Choices: []checks.Choice{{Name: "reading", Default: []string{"on"}}}}
	off := map[string][]string{"reading": {"off"}}
	for _, tc := range []struct {
		name   string
		check  *checks.Check
		policy map[string]Policy
		want   bool
	}{
		{"nothing is said", follower, nil, true},
		{"said of the other check", follower, map[string]Policy{"legibility/text": {Choices: off}}, false},
		{"said of both", follower, map[string]Policy{"legibility/text": {Choices: off}, "holder/face": {Choices: map[string][]string{"reading": {"on"}}}}, true},
		{"a choice of its own", loner, map[string]Policy{"legibility/text": {Choices: off}}, true},
	} {
		p := &Profile{Checks: tc.policy}
		s, err := p.Settings(tc.check)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Has("reading", "on"); got != tc.want {
			t.Errorf("%s: on is %v, want %v", tc.name, got, tc.want)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"limits", "choices", "severities", "must_run", "rule"}
	for written, want := range map[string]string{"limit": "limits", "severitys": "severities", "mustrun": "must_run", "Rule": "rule", "ruel": "rule", "banana": "", "": ""} {
		if got := nearest(written, known); got != want {
			t.Errorf("nearest(%q) = %q, want %q", written, got, want)
		}
	}
}
