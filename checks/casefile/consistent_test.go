package casefile

import (
	"strings"
	"testing"

	"dossier/checks"
	"dossier/checks/picture/reading"
)

const (
	goodCredit = "91110000600037341L"
	goodID     = "11010519491231002X"
)

// agreeing is a case in which everything agrees; each test changes one thing.
func agreeing() *checks.Case {
	return &checks.Case{
		Now: today,
		Answers: checks.Answers{Given: true, Values: map[string]string{
			checks.FieldCompanyName: "北京创新（集团）有限公司", checks.FieldLicenseNumber: goodCredit,
			checks.FieldOrganizationCode: "60003734-1", checks.FieldLegalRepresentative: "李未来",
			checks.FieldOperatorName: "张赟", checks.FieldIDNumber: goodID, checks.FieldMobile: "13800138000",
		}},
		Documents: []checks.CaseDocument{
			{Name: "执照.jpg", Kind: checks.BusinessLicense, Readings: []checks.Reading{
				{Field: "company", Value: "北京创新（集团）有限公司", Confidence: 0.99, Box: checks.Region{X: 1, Y: 2, Width: 3, Height: 4}},
				{Field: "uscc", Value: goodCredit, Confidence: 0.99},
				{Field: "license_number", Value: "110108000000016", Confidence: 0.99}, // the old number beside the new
				{Field: "legal_representative", Value: "李未来", Confidence: 0.97},
				{Field: "qr", Value: "http://www.gsxt.gov.cn/index.html?uniscid=" + goodCredit, Confidence: 1},
			}},
			{Name: "手持.jpg", Kind: checks.HolderPhoto, Readings: []checks.Reading{
				{Field: "id_number", Value: "110105 19491231 002x", Confidence: 0.98},
				{Field: "name", Value: "张赟", Confidence: 0.95},
				{Field: "birth_date", Value: "1949-12-31", Confidence: 0.95},
			}},
		},
	}
}

func consistencyOf(t *testing.T, c *checks.Case) (string, []checks.Finding) {
	t.Helper()
	settings, err := Consistent.Settings(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	findings, err := Consistent.RunCase(t.Context(), c, settings)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, f := range findings {
		codes = append(codes, f.Code)
		for _, s := range []string{f.Message.En, f.Message.Zh, f.Remedy.En, f.Remedy.Zh} {
			if s == "" || strings.Contains(s, "%!") {
				t.Errorf("%s: words missing or badly formatted: %q", f.Code, s)
			}
		}
	}
	return strings.Join(codes, " "), findings
}

func TestConsistent(t *testing.T) {
	read := func(c *checks.Case, document int, field, value string, confidence float64) {
		for i := range c.Documents[document].Readings {
			if r := &c.Documents[document].Readings[i]; r.Field == field {
				r.Value, r.Confidence = value, confidence
			}
		}
	}
	answer := func(field, value string) func(*checks.Case) {
		return func(c *checks.Case) { c.Answers.Values[field] = value }
	}
	for name, test := range map[string]struct {
		change func(c *checks.Case)
		want   string
	}{
		"everything agrees":                {func(*checks.Case) {}, ""},
		"other brackets":                   {answer(checks.FieldCompanyName, "北京创新(集团)有限公司"), "name_written_differently"},
		"another company":                  {answer(checks.FieldCompanyName, "北京创新科技有限公司"), "name_differs"},
		"a look-alike character":           {answer(checks.FieldLegalRepresentative, "李末来"), "name_look_alike"},
		"another legal representative":     {answer(checks.FieldLegalRepresentative, "王大明"), "name_differs"},
		"a company read in doubt":          {func(c *checks.Case) { read(c, 0, "company", "北京创新有限责任公司", 0.6) }, "name_unclear"},
		"a rare character unread":          {func(c *checks.Case) { read(c, 1, "name", "张□", 0.95) }, "name_unclear"},
		"a rare character read as another": {func(c *checks.Case) { read(c, 1, "name", "张斌", 0.98) }, "name_unclear"},
		"a rare character lost":            {func(c *checks.Case) { read(c, 1, "name", "张", 0.98) }, "name_unclear"},
		"another beside a rare character":  {func(c *checks.Case) { read(c, 1, "name", "王赟", 0.98) }, "name_differs"},
		"a digit of the ID":                {func(c *checks.Case) { read(c, 1, "id_number", "11010519491231003X", 0.98) }, "number_differs"},
		"the ID read in doubt":             {func(c *checks.Case) { read(c, 1, "id_number", "11010519491231003X", 0.5) }, "number_unclear"},
		"another credit code": {func(c *checks.Case) {
			c.Answers.Values[checks.FieldLicenseNumber] = "91350100M000100Y43"
			c.Answers.Values[checks.FieldOrganizationCode] = "M000100Y-4"
		}, "number_differs qr_differs"},
		"codes that do not belong together":     {answer(checks.FieldOrganizationCode, "D2143569-X"), "codes_disagree"},
		"the client gives the old number":       {answer(checks.FieldLicenseNumber, "110108000000016"), ""},
		"another old number":                    {answer(checks.FieldLicenseNumber, "310117003171688"), "number_differs"},
		"another day of birth":                  {func(c *checks.Case) { read(c, 1, "birth_date", "1949-12-30", 0.99) }, "birth_differs"},
		"a day of birth read in doubt":          {func(c *checks.Case) { read(c, 1, "birth_date", "1949-12-30", 0.5) }, ""},
		"a QR code of somebody's shop":          {func(c *checks.Case) { read(c, 0, "qr", "https://example.cn/?uniscid="+goodCredit, 1) }, "qr_unknown"},
		"a link to the register without a code": {func(c *checks.Case) { read(c, 0, "qr", "http://www.gsxt.gov.cn/", 1) }, "qr_unknown"},
		"documents of two companies": {func(c *checks.Case) {
			delete(c.Answers.Values, checks.FieldCompanyName)
			c.Documents = append(c.Documents, checks.CaseDocument{Name: "申请.jpg", Kind: checks.ApplicationForm,
				Readings: []checks.Reading{{Field: "company", Value: "上海别家有限公司", Confidence: 0.95}}})
		}, "documents_disagree"},
		"one name twice on a form": {func(c *checks.Case) {
			c.Answers.Values[checks.FieldCompanyName] = "北京创新(集团)有限公司"
			c.Documents[0].Readings = append(c.Documents[0].Readings, c.Documents[0].Readings[0])
		}, "name_written_differently"},
		"two doubtful readings": {func(c *checks.Case) {
			delete(c.Answers.Values, checks.FieldCompanyName)
			c.Documents = append(c.Documents, checks.CaseDocument{Name: "申请.jpg", Kind: checks.ApplicationForm,
				Readings: []checks.Reading{{Field: "company", Value: "上海别家有限公司", Confidence: 0.5}}})
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := reading.Unreadable("赟"); err != nil && strings.HasPrefix(name, "a rare character ") {
				t.Skip(err)
			}
			c := agreeing()
			test.change(c)
			if got, findings := consistencyOf(t, c); got != test.want {
				t.Errorf("%q, want %q\n%+v", got, test.want, findings)
			}
		})
	}
}

func TestADifferenceIsShownWithItsPlace(t *testing.T) {
	c := agreeing()
	c.Answers.Values[checks.FieldCompanyName] = "北京刨新（集团）有限公司"
	_, f := consistencyOf(t, c)
	if len(f) != 1 || !strings.Contains(f[0].Message.Zh, "answers.yaml 为“北京[刨]新（集团）有限公司”，营业执照（执照.jpg）为“北京[创]新（集团）有限公司”") {
		t.Fatalf("%+v", f)
	}
	if f[0].Region != (checks.Region{X: 1, Y: 2, Width: 3, Height: 4}) || len(f[0].Documents) != 1 || f[0].Documents[0] != "执照.jpg" {
		t.Errorf("place %v of %v, want where the name was read", f[0].Region, f[0].Documents)
	}
}

func TestWithoutTwoStatementsNothingIsClaimed(t *testing.T) {
	settings, _ := Consistent.Settings(nil, nil)
	c := &checks.Case{Answers: checks.Answers{Given: true, Values: map[string]string{checks.FieldCompanyName: "北京创新有限公司"}}}
	_, err := Consistent.RunCase(t.Context(), c, settings)
	if _, ok := checks.SkipReason(err); !ok {
		t.Errorf("%v, want a reason why nothing was measured", err)
	}
}
