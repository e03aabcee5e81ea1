package casefile

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"dossier/checks"

	"pgregory.net/rapid"
)

var required = []checks.Requirement{
	{Kind: checks.BusinessLicense, Min: 1, Max: 1, Rule: "S10", Why: checks.Text{En: "it proves the company exists", Zh: "证明企业存在"}},
	{Kind: checks.HolderPhoto, Min: 1, Max: 1, Rule: "S23", Why: checks.Text{En: "it proves who operates the account", Zh: "证明运营者身份"}},
	{Kind: checks.Proposal, Min: 1, Max: 1, Rule: "S01", Why: checks.Text{En: "it says what the account is for", Zh: "说明用途"}, InsteadAnswer: checks.FieldProposal},
	{Kind: checks.Credential, Min: 0, Rule: "S04", Why: checks.Text{En: "it supports the claim", Zh: "佐证"}},
}

// whole is a case that lacks nothing; each test breaks it in one way.
func whole() *checks.Case {
	return &checks.Case{
		Name: "acme", Path: checks.Organization, Required: required,
		Documents: []checks.CaseDocument{
			{Name: "license.jpg", SHA256: "11", Kind: checks.BusinessLicense},
			{Name: "手持.jpg", SHA256: "22", Kind: checks.HolderPhoto},
		},
		Answers: checks.Answers{Given: true, Path: checks.Organization, AccountType: "service",
			Values: map[string]string{
				checks.FieldAccountType: "service", checks.FieldAccountName: "ACME 服务", checks.FieldProposal: "customer service",
				checks.FieldAccountTypeIsFinal: checks.Yes, checks.FieldNameIsFinal: checks.Yes,
			},
			Lines: map[string]int{checks.FieldAccountName: 12}},
	}
}

func run(t testing.TB, c *checks.Case, words map[string][]string) []checks.Finding {
	t.Helper()
	settings, err := Complete.Settings(nil, words)
	if err != nil {
		t.Fatal(err)
	}
	findings, err := Complete.RunCase(context.Background(), c, settings)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		for _, s := range []string{f.Message.En, f.Message.Zh, f.Remedy.En, f.Remedy.Zh} {
			if s == "" || strings.Contains(s, "%!") {
				t.Errorf("%s: words missing or badly formatted: %q", f.Code, s)
			}
		}
		if !slices.ContainsFunc(Complete.Codes, func(c checks.Code) bool { return c.Code == f.Code }) {
			t.Errorf("%s is not declared", f.Code)
		}
	}
	return findings
}

func TestComplete(t *testing.T) {
	individual := map[string][]string{choiceAccountTypes: {"subscription"}}
	for _, tc := range []struct {
		name  string
		words map[string][]string
		spoil func(*checks.Case)
		want  []string // "code: part of the English message or remedy"
	}{
		{name: "nothing lacks", spoil: func(*checks.Case) {}},
		{name: "no licence", spoil: func(c *checks.Case) { c.Documents = c.Documents[1:] },
			want: []string{"document_missing: The business licence is missing: it proves the company exists."}},
		{name: "no licence, and a file nobody knows",
			spoil: func(c *checks.Case) {
				c.Documents[0] = checks.CaseDocument{Name: "scan 1.jpg", SHA256: "33", Kind: checks.Unknown}
			},
			want: []string{
				`document_missing: If scan 1.jpg is it, write under "documents:" in answers.yaml: "scan 1.jpg": business_license`,
				`document_unknown_kind: "scan 1.jpg": business_license. The kinds of this path: business_license, holder_photo, proposal, credential`,
			}},
		{name: "the licence only as the PDF its page was taken out of", spoil: func(c *checks.Case) { c.Documents[0].Container = true },
			want: []string{"document_missing: business licence"}},
		{name: "a PDF beside its page", spoil: func(c *checks.Case) {
			c.Documents = append(c.Documents, checks.CaseDocument{Name: "license.pdf", SHA256: "99", Kind: checks.BusinessLicense, Container: true})
		}},
		{name: "an unknown container", spoil: func(c *checks.Case) {
			c.Documents = append(c.Documents, checks.CaseDocument{Name: "all.pdf", SHA256: "99", Kind: checks.Unknown, Container: true})
		}},
		{name: "two licences", spoil: func(c *checks.Case) {
			c.Documents = append(c.Documents, checks.CaseDocument{Name: "license2.jpg", SHA256: "33", Kind: checks.BusinessLicense})
		}, want: []string{`document_too_many: There are 2 documents of the kind "business licence", and the form takes 1: license.jpg, license2.jpg`}},
		{name: "one licence under two names is a copy, not a second one", spoil: func(c *checks.Case) {
			c.Documents = append(c.Documents, checks.CaseDocument{Name: "copy of license.jpg", SHA256: "11", Kind: checks.BusinessLicense})
		}, want: []string{"document_duplicate: license.jpg, copy of license.jpg"}},
		{name: "one file as two kinds", spoil: func(c *checks.Case) { c.Documents[1].SHA256 = "11" },
			want: []string{"document_duplicate: license.jpg, 手持.jpg"}},
		{name: "any number is allowed", spoil: func(c *checks.Case) {
			for i := range 3 {
				c.Documents = append(c.Documents, checks.CaseDocument{Name: fmt.Sprint(i), SHA256: fmt.Sprint(i), Kind: checks.Credential})
			}
		}},
		{name: "a document of another path", spoil: func(c *checks.Case) {
			c.Documents = append(c.Documents, checks.CaseDocument{Name: "form.jpg", SHA256: "44", Kind: checks.ApplicationForm})
		}, want: []string{"document_not_asked: Registering an organization asks for no application form: form.jpg"}},
		{name: "a document of another case too", spoil: func(c *checks.Case) {
			c.Elsewhere = []checks.Elsewhere{{Name: "license.jpg", SHA256: "11", Case: "beta"}, {Name: "license.jpg", SHA256: "11", Case: "gamma"}}
		}, want: []string{"document_elsewhere: license.jpg was also received in another case, byte for byte: beta, gamma"}},

		{name: "the proposal as text is enough, and as a file too", spoil: func(c *checks.Case) {
			delete(c.Answers.Values, checks.FieldProposal)
			c.Documents = append(c.Documents, checks.CaseDocument{Name: "p.jpg", SHA256: "55", Kind: checks.Proposal})
		}},
		{name: "no proposal, neither text nor file", spoil: func(c *checks.Case) { c.Answers.Values[checks.FieldProposal] = " \n" },
			want: []string{`document_missing: Write the text under "proposal:" in answers.yaml, or: Ask the client`}},

		{name: "no sheet", spoil: func(c *checks.Case) {
			c.Answers = checks.Answers{}
			c.Documents = append(c.Documents, checks.CaseDocument{Name: "p.jpg", SHA256: "55", Kind: checks.Proposal})
		}, want: []string{"answers_missing: dossier new acme --path organization"}},
		{name: "an unreadable sheet is not also an empty one", spoil: func(c *checks.Case) {
			c.Answers.Problems = []checks.Text{{En: "line 3: unknown name", Zh: "第 3 行：未知名称"}}
			c.Answers.Values[checks.FieldAccountName] = ""
		}, want: []string{"answers_unreadable: answers.yaml, line 3: unknown name."}},
		{name: "an answer left empty", spoil: func(c *checks.Case) { c.Answers.Values[checks.FieldAccountName] = "  " },
			want: []string{"answer_missing: answers.yaml does not say yet: account name (account_name, line 12)"}},
		{name: "a profile that asks for more", words: map[string][]string{choiceAnswers: {checks.FieldMobile, checks.FieldFixedLine}},
			spoil: func(*checks.Case) {},
			want:  []string{"answer_missing: mobile number (mobile), fixed line (fixed_line)"}},
		{name: "not told", spoil: func(c *checks.Case) { c.Answers.Values[checks.FieldNameIsFinal] = "no" },
			want: []string{"not_acknowledged: the account name can never be changed"}},
		{name: "a sheet for another path", spoil: func(c *checks.Case) { c.Answers.Path = checks.Individual },
			want: []string{"path_mismatch: filled in for registering an individual, but the case is checked for registering an organization"}},
		{name: "an account type the path cannot have", words: individual, spoil: func(c *checks.Case) { c.Path, c.Answers.Path = checks.Individual, checks.Individual },
			want: []string{"account_type_not_open: Registering an individual, the account cannot be of the type service; possible: subscription"}},
		{name: "an account type the path can have", words: individual, spoil: func(c *checks.Case) { c.Answers.AccountType = "subscription" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := whole()
			tc.spoil(c)
			got := run(t, c, tc.words)
			if len(got) != len(tc.want) {
				t.Errorf("%d findings, want %d: %s", len(got), len(tc.want), codes(got))
			}
			for _, want := range tc.want {
				code, part, _ := strings.Cut(want, ": ")
				found := slices.ContainsFunc(got, func(f checks.Finding) bool {
					return f.Code == code && (strings.Contains(f.Message.En, part) || strings.Contains(f.Remedy.En, part))
				})
				if !found {
					t.Errorf("no finding %q in %+v", want, got)
				}
			}
		})
	}
}

func codes(findings []checks.Finding) (out []string) {
	for _, f := range findings {
		out = append(out, f.Code)
	}
	return out
}

// Whatever a case holds, a document that is asked for and not there is named, one that is there
// the right number of times is not, and the answer does not depend on the documents' order.
func TestCompleteCountsEveryKind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := whole()
		c.Documents = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) checks.CaseDocument {
			return checks.CaseDocument{
				Name:      rapid.SampledFrom([]string{"a.jpg", "b\n.jpg", "c/d.jpg", "营业执照.jpg"}).Draw(t, "name"),
				SHA256:    rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "sha"),
				Kind:      rapid.SampledFrom(checks.Kinds()).Draw(t, "kind"),
				Container: rapid.Bool().Draw(t, "container"),
			}
		}), 0, 6).Draw(t, "documents")
		settings, err := Complete.Settings(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Complete.RunCase(context.Background(), c, settings)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range got {
			if strings.ContainsAny(f.Message.En+f.Remedy.Zh, "\n") {
				t.Fatalf("a line break from a name reached the words: %q", f.Message.En)
			}
		}
		licences := map[string]bool{}
		for _, d := range c.Documents {
			if d.Kind == checks.BusinessLicense && !d.Container {
				licences[d.SHA256] = true
			}
		}
		about := func(code string) bool {
			return slices.ContainsFunc(got, func(f checks.Finding) bool {
				return f.Code == code && strings.Contains(f.Message.En, "business licence")
			})
		}
		if about("document_missing") != (len(licences) == 0) || about("document_too_many") != (len(licences) > 1) {
			t.Fatalf("%d licences: %v", len(licences), codes(got))
		}
		slices.Reverse(c.Documents)
		again, err := Complete.RunCase(context.Background(), c, settings)
		if err != nil {
			t.Fatal(err)
		}
		a, b := codes(got), codes(again)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Fatalf("order changed the answer: %v, then %v", a, b)
		}
	})
}

func TestDeclarationIsQuotedWhenItMustBe(t *testing.T) {
	for name, want := range map[string]string{
		"scan1.jpg":     "scan1.jpg: proposal",
		"扫描件（1）.jpg":    "扫描件（1）.jpg: proposal",
		"a: b.jpg":      `"a: b.jpg": proposal`,
		"#1.jpg":        `"#1.jpg": proposal`,
		"say \"x\".jpg": `"say \"x\".jpg": proposal`,
		"two\nlines":    `"two\nlines": proposal`,
	} {
		if got := declaration(name, checks.Proposal); got != want {
			t.Errorf("declaration(%q) = %s, want %s", name, got, want)
		}
	}
}
