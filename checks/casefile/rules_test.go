package casefile

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dossier/checks"
	"dossier/checks/deadline"
)

// codesOf runs one case check and returns the codes it found, in order.
func codesOf(t *testing.T, check *checks.Check, c *checks.Case, numbers map[string]float64) []string {
	t.Helper()
	settings, err := check.Settings(numbers, nil)
	if err != nil {
		t.Fatal(err)
	}
	findings, err := check.RunCase(t.Context(), c, settings)
	if _, skipped := checks.SkipReason(err); skipped {
		return []string{"skipped"}
	}
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, f := range findings {
		codes = append(codes, f.Code)
		if !slices.ContainsFunc(check.Codes, func(c checks.Code) bool { return c.Code == f.Code }) {
			t.Errorf("%s is not declared by %s", f.Code, check.ID)
		}
		for _, s := range []string{f.Message.En, f.Message.Zh, f.Remedy.En, f.Remedy.Zh} {
			if s == "" || strings.Contains(s, "%!") {
				t.Errorf("%s: words missing or badly formatted: %q", f.Code, s)
			}
		}
	}
	return codes
}

func places(field string, before int, names ...string) *checks.Case {
	return &checks.Case{Places: []checks.Place{{Field: field, Masked: "110***02X", Before: before, Cases: names}}}
}

func TestQuota(t *testing.T) {
	later := map[string]float64{"accounts_per_id": 5, "accounts_per_mobile": 5}
	for _, test := range []struct {
		c       *checks.Case
		numbers map[string]float64
		want    string
	}{
		{&checks.Case{}, nil, "skipped"},
		{places(checks.FieldIDNumber, 0), nil, ""},
		{places(checks.FieldIDNumber, 1, "acme"), nil, "id_last"},
		{places(checks.FieldIDNumber, 2, "acme", "beta"), nil, "id_quota"},
		{places(checks.FieldIDNumber, 2, "acme", "beta"), later, ""},
		{places(checks.FieldIDNumber, 4), later, "id_last"},
		{places(checks.FieldIDNumber, 5), later, "id_quota"},
		{places(checks.FieldMobile, 40), nil, ""},
		{places(checks.FieldMobile, 5), later, "mobile_quota"},
		{places(checks.FieldEmail, 0), nil, ""},
		{places(checks.FieldEmail, 1, "acme"), nil, "email_used"},
		{places(checks.FieldLicenseNumber, 1, "acme"), nil, "entity_again"},
		{places(checks.FieldLicenseNumber, 2, "acme"), map[string]float64{"accounts_per_entity": 2}, "entity_quota"},
	} {
		if got := strings.Join(codesOf(t, Quota, test.c, test.numbers), " "); got != test.want {
			t.Errorf("%+v with %v: %q, want %q", test.c.Places, test.numbers, got, test.want)
		}
	}
}

func TestQuotaNamesTheOtherCases(t *testing.T) {
	settings, _ := Quota.Settings(nil, nil)
	f, err := Quota.RunCase(t.Context(), places(checks.FieldIDNumber, 3, "acme"), settings)
	if err != nil || len(f) != 1 || !strings.Contains(f[0].Message.En, "before it: acme and 2 that are no longer on the desk") || !strings.Contains(f[0].Message.Zh, "acme，以及 2 个") {
		t.Errorf("%+v, %v", f, err)
	}
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, deadline.China)
	if err != nil {
		panic(err)
	}
	return t
}

func TestDeadlines(t *testing.T) {
	submitted := checks.Event{State: checks.Submitted, At: at("2014-09-15 10:00")}
	opened := checks.Event{State: checks.LinkOpened, At: at("2014-09-16 10:00")}
	refused := checks.Event{State: checks.Refused, At: at("2014-09-20 10:00"), Code: "-39"}
	for _, test := range []struct {
		path   checks.Path
		events []checks.Event
		now    string
		want   string
	}{
		{checks.Organization, nil, "2014-09-15 10:00", "skipped"},
		{checks.Organization, []checks.Event{submitted}, "2014-09-15 11:00", "due due"},
		{checks.Organization, []checks.Event{submitted}, "2014-09-16 12:00", "near due"},
		{checks.Organization, []checks.Event{submitted}, "2014-09-17 10:01", "late due"},
		{checks.Organization, []checks.Event{submitted, opened}, "2014-09-24 10:00", "due"},
		{checks.Organization, []checks.Event{submitted, opened}, "2014-09-25 10:00", "near"},
		{checks.Organization, []checks.Event{submitted, opened}, "2014-09-26 00:01", "late"},
		{checks.Organization, []checks.Event{submitted, refused}, "2014-09-21 10:00", "refused due"},
		{checks.Organization, []checks.Event{submitted, {State: checks.Closed}}, "2034-09-21 10:00", ""},
		{checks.Overseas, []checks.Event{submitted}, "2014-09-20 10:00", "due"},
		{checks.Overseas, []checks.Event{submitted}, "2014-10-20 10:00", "late"},
	} {
		c := &checks.Case{Path: test.path, Events: test.events, Now: at(test.now)}
		if got := strings.Join(codesOf(t, Deadlines, c, nil), " "); got != test.want {
			t.Errorf("%v at %s: %q, want %q", test.events, test.now, got, test.want)
		}
	}
}

// A ruleTest breaks and keeps one rule of the registration guide.
type ruleTest struct {
	check        *checks.Check
	code         string // found when the rule is broken, not when it is kept
	kept, broken func(c *checks.Case)
	words        map[string][]string
	numbers      map[string]float64
}

func answer(field, value string) func(*checks.Case) {
	return func(c *checks.Case) { c.Answers.Values[field] = value }
}

func kind(accountType string) func(*checks.Case) {
	return func(c *checks.Case) { c.Answers.AccountType = accountType }
}

func along(path checks.Path, change func(*checks.Case)) func(*checks.Case) {
	return func(c *checks.Case) { c.Path = path; change(c) }
}

func has(kinds ...checks.Kind) func(*checks.Case) {
	return func(c *checks.Case) {
		c.Documents = nil
		for i, k := range kinds {
			c.Documents = append(c.Documents, checks.CaseDocument{Name: fmt.Sprintf("certificate %d.jpg", i), SHA256: fmt.Sprint(i), Kind: k})
		}
	}
}

func asks(kinds ...checks.Kind) []checks.Requirement {
	var list []checks.Requirement
	for _, k := range kinds {
		list = append(list, checks.Requirement{Kind: k, Min: 1, Max: 1, Why: checks.Text{En: "needed", Zh: "需要"}})
	}
	return list
}

func requiring(list []checks.Requirement, change func(*checks.Case)) func(*checks.Case) {
	return func(c *checks.Case) { c.Required = list; change(c) }
}

// Every rule of the guide that a case check watches, by its id: kept it finds nothing, broken it finds
// the code named.
func TestRulesOfTheGuide(t *testing.T) {
	nothing := func(*checks.Case) {}
	org, one, abroad := checks.Organization, checks.Individual, checks.Overseas
	want := func(names ...string) map[string][]string { return map[string][]string{choiceAnswers: names} }
	told := func(names ...string) map[string][]string { return map[string][]string{choiceAcknowledgements: names} }
	papers := asks(checks.BusinessLicense, checks.OrganizationCodeCertificate, checks.HolderPhoto, checks.ApplicationForm)
	all := has(checks.BusinessLicense, checks.OrganizationCodeCertificate, checks.HolderPhoto, checks.ApplicationForm)
	overseasPapers := []checks.Requirement{{Kind: checks.Proposal, Min: 1, Max: 1, InsteadAnswer: checks.FieldProposal}, {Kind: checks.Credential, Min: 1}}
	submitted := func(now string) func(*checks.Case) {
		return func(c *checks.Case) {
			c.Events, c.Now = []checks.Event{{State: checks.Submitted, At: at("2014-09-15 10:00")}}, at(now)
		}
	}
	opened := func(now string) func(*checks.Case) {
		return func(c *checks.Case) {
			c.Events, c.Now = []checks.Event{{State: checks.LinkOpened, At: at("2014-09-15 10:00")}}, at(now)
		}
	}
	holds := func(before int) func(*checks.Case) {
		return func(c *checks.Case) { c.Places = places(checks.FieldIDNumber, before).Places }
	}
	for id, test := range map[string]ruleTest{
		"S01": {Complete, "document_missing", along(abroad, requiring(overseasPapers, func(c *checks.Case) { has(checks.Credential)(c); answer(checks.FieldProposal, "what it is for")(c) })),
			along(abroad, requiring(overseasPapers, has(checks.Credential))), nil, nil},
		"S02": {Acknowledged, "proposal_without_type", along(abroad, answer(checks.FieldProposal, "We apply for a service account.")), along(abroad, answer(checks.FieldProposal, "We sell tea.")), nil, nil},
		"S03": {Acknowledged, "features_not_stated", along(abroad, answer(checks.FieldFeaturesNeeded, "none")), along(abroad, nothing), nil, nil},
		"S04": {Complete, "answer_missing", along(abroad, func(c *checks.Case) {
			answer(checks.FieldWorkPhone, "+44 20 7946 0958")(c)
			answer(checks.FieldWorkEmail, "a@example.com")(c)
		}), along(abroad, answer(checks.FieldWorkPhone, "+44 20 7946 0958")), want(checks.FieldWorkPhone, checks.FieldWorkEmail), nil},
		"S04, graded": {Acknowledged, "weak_credential", along(abroad, has(checks.Credential)), along(abroad, func(c *checks.Case) {
			c.Documents = []checks.CaseDocument{{Name: "business card.jpg", Kind: checks.Credential}}
		}), nil, nil},
		"S05": {Deadlines, "late", along(abroad, submitted("2014-09-20 10:00")), along(abroad, submitted("2014-10-20 10:00")), nil, nil},
		"S06": {Complete, "not_acknowledged", along(abroad, answer(checks.FieldHiddenFromWeixin, checks.Yes)), along(abroad, nothing), told(checks.FieldHiddenFromWeixin), nil},
		"S10": {Complete, "document_missing", requiring(papers, all), requiring(papers, has(checks.BusinessLicense, checks.HolderPhoto, checks.ApplicationForm)), nil, nil},
		"S11": {Complete, "answer_missing", answer(checks.FieldEmail, "a@example.cn"), nothing, want(checks.FieldEmail), nil},
		"S12": {Deadlines, "late", along(org, submitted("2014-09-17 09:59")), along(org, submitted("2014-09-17 10:01")), nil, nil},
		"S13": {Complete, "account_type_not_open", kind("enterprise"), kind("gold"), nil, nil},
		"S14": {Acknowledged, "enterprise_is_internal", kind("service"), kind("enterprise"), nil, nil},
		"S15": {Acknowledged, "verification_needed", kind("subscription"), kind("service"), nil, nil},
		"S16": {Complete, "not_acknowledged", answer(checks.FieldAccountTypeIsFinal, checks.Yes), nothing, told(checks.FieldAccountTypeIsFinal), nil},
		"S17": {Acknowledged, "service_advised", kind("service"), kind("subscription"), nil, nil},
		"S20": {Complete, "answers_missing", nothing, func(c *checks.Case) { c.Answers = checks.Answers{} }, nil, nil},
		"S23": {Complete, "document_missing", requiring(papers, all), requiring(papers, has(checks.BusinessLicense, checks.OrganizationCodeCertificate, checks.ApplicationForm)), nil, nil},
		"S24": {Complete, "document_missing", requiring(papers, all), requiring(papers, has(checks.BusinessLicense, checks.OrganizationCodeCertificate, checks.HolderPhoto)), nil, nil},
		"S25": {Numbers, "id_number_wrong", answer(checks.FieldIDNumber, "11010519491231002X"), answer(checks.FieldIDNumber, "11010519491231003X"), nil, nil},
		"S26": {Quota, "id_quota", holds(1), holds(2), nil, nil},
		"S27": {Complete, "not_acknowledged", answer(checks.FieldNameIsFinal, checks.Yes), nothing, told(checks.FieldNameIsFinal), nil},
		"S28": {Deadlines, "late", along(org, opened("2014-09-24 10:00")), along(org, opened("2014-09-26 10:00")), nil, nil},
		"S30": {Complete, "answer_missing", along(one, answer(checks.FieldFixedLine, "010-88886666")), along(one, nothing), want(checks.FieldFixedLine), nil},
		"S31": {Complete, "account_type_not_open", along(one, kind("subscription")), along(one, kind("service")), map[string][]string{choiceAccountTypes: {"subscription"}}, nil},
	} {
		t.Run(id, func(t *testing.T) {
			for broken, change := range map[bool]func(*checks.Case){false: test.kept, true: test.broken} {
				c := &checks.Case{Name: "acme", Path: org, Now: today, Answers: checks.Answers{Given: true, Values: map[string]string{}}}
				change(c)
				words := map[string][]string{}
				if test.check == Complete {
					words = map[string][]string{choiceAnswers: {}, choiceAcknowledgements: {}}
				}
				for name, list := range test.words {
					words[name] = list
				}
				settings, err := test.check.Settings(test.numbers, words)
				if err != nil {
					t.Fatal(err)
				}
				findings, err := test.check.RunCase(t.Context(), c, settings)
				if err != nil {
					t.Fatal(err)
				}
				found := slices.ContainsFunc(findings, func(f checks.Finding) bool { return f.Code == test.code })
				if found != broken {
					t.Errorf("rule broken: %v, %s found: %v\n%+v", broken, test.code, found, findings)
				}
			}
		})
	}
}
