package casefile

import (
	"strings"
	"testing"
	"time"

	"dossier/checks"
)

var today = time.Date(2014, 9, 15, 8, 0, 0, 0, time.UTC)

// numbersOf runs Numbers over one answer and returns the codes found, with their texts.
func numbersOf(t *testing.T, accountType, name, value string) (codes []string, findings []checks.Finding) {
	t.Helper()
	settings, err := Numbers.Settings(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &checks.Case{Now: today, Answers: checks.Answers{Given: true, AccountType: accountType,
		Values: map[string]string{name: value}, Lines: map[string]int{name: 7}}}
	findings, err = Numbers.RunCase(t.Context(), c, settings)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		codes = append(codes, f.Code)
		if !strings.Contains(f.Message.En, "line 7") || !strings.Contains(f.Message.Zh, "第 7 行") {
			t.Errorf("%q does not say which line it is about", f.Message.En)
		}
		if f.Remedy.En == "" || f.Remedy.Zh == "" {
			t.Errorf("%s has no remedy", f.Code)
		}
	}
	return codes, findings
}

func TestNumbers(t *testing.T) {
	id, license, org := checks.FieldIDNumber, checks.FieldLicenseNumber, checks.FieldOrganizationCode
	for _, c := range []struct{ field, value, want string }{
		{id, "11010519491231002X", ""},
		{id, "11010519491231002x", ""},
		{id, "810000199408230021", ""},
		{id, "440308199901101513", "id_number_wrong"},
		{id, "360426199113010079", "id_number_wrong"}, // the check holds, month 13 does not exist
		{id, "990426199112010074", "id_region_unknown"},
		{id, "610104620927690", "id_number_old"},
		{id, "440524188001010014", "holder_age"},
		{id, "110105200101010021", "holder_underage"}, // 13 years old on that day
		{id, "1101051949123100", "id_number_wrong"},
		{license, "91350100M000100Y43", ""},
		{license, "110108000000016", ""},
		{license, "320483000067848", "license_number_wrong"},
		{license, "1101081234567", "license_number_old"},
		{license, "91110000600037341N", "credit_code_wrong"},
		{license, "A1110000600037341L", "credit_code_wrong"},
		{license, "9111000060003IOZSV", "credit_code_wrong"},
		{license, "12345", "credit_code_wrong"},
		{org, "D2143569-X", ""},
		{org, "91110000600037341L", ""}, // the field takes the longer code as well
		{org, "60003734", "organization_code_wrong"},
		{org, "600037341", "organization_code_hyphen"},
		{org, "L5701181X", "organization_code_wrong"},
		{org, "00000000-0", "organization_code_wrong"},
		{checks.FieldMobile, "13800138000", ""},
		{checks.FieldMobile, "+86 13800138000", "mobile_wrong"},
		{checks.FieldMobile, "1380013800", "mobile_wrong"},
		{checks.FieldMobile, "12000138000", "mobile_unassigned"},
		{checks.FieldFixedLine, "010-88886666", ""},
		{checks.FieldFixedLine, "0755-26718888", ""},
		{checks.FieldFixedLine, "01088886666", "fixed_line_wrong"},
		{checks.FieldFixedLine, "010-88886666-812", "fixed_line_wrong"},
		{checks.FieldWorkPhone, "+44 20 7946 0958", ""},
		{checks.FieldWorkPhone, "7946 0958", "work_phone_unusual"},
		{checks.FieldEmail, "zhang@example.cn", ""},
		{checks.FieldEmail, "张三@例子.中国", ""},
		{checks.FieldEmail, "zhang@example", "email_wrong"},
		{checks.FieldEmail, "zhang＠example.cn", "email_wrong"},
		{checks.FieldEmail, "Zhang <zhang@example.cn>", "email_wrong"},
		{checks.FieldWorkEmail, "zhang", "email_wrong"},
		{checks.FieldAccountName, "行走的厨房", ""},
		{checks.FieldAccountName, "厨房", ""}, // 4 bytes
		{checks.FieldAccountName, "abc", "account_name_length"},
		{checks.FieldAccountName, strings.Repeat("厨", 15), ""},
		{checks.FieldAccountName, strings.Repeat("厨", 15) + "a", "account_name_length"},
		{checks.FieldAccountName, "厨房☆", "account_name_character"},
		{checks.FieldAccountName, "厨房 2", "account_name_character"},
		{checks.FieldAccountName, "𠮷野家厨房", "account_name_character"}, // outside GBK
		{checks.FieldIntroduction, "分享做法", ""},
		{checks.FieldIntroduction, "做法", "introduction_length"},
		{checks.FieldIntroduction, strings.Repeat("做", 121), "introduction_length"},
		{checks.FieldOperatorName, "欧阳娜娜", ""},
		{checks.FieldOperatorName, "阿不都热依木·吾买尔", ""},
		{checks.FieldOperatorName, "Jean-Luc O'Neill", ""},
		{checks.FieldOperatorName, "张三（先生）", "person_name_wrong"},
		{checks.FieldOperatorName, "·张三", "person_name_wrong"},
		{checks.FieldLegalRepresentative, strings.Repeat("长", 21), "person_name_wrong"},
	} {
		if got, _ := numbersOf(t, "service", c.field, c.value); strings.Join(got, " ") != c.want {
			t.Errorf("%s %q: %v, want %q", c.field, c.value, got, c.want)
		}
	}
}

// Enterprise accounts have their own lengths.
func TestAccountNamesOfEnterprises(t *testing.T) {
	for _, c := range []struct{ accountType, name, want string }{
		{"enterprise", "abc", ""}, {"enterprise", "ab", "account_name_length"},
		{"enterprise", strings.Repeat("厨", 11), "account_name_length"}, {"subscription", strings.Repeat("厨", 11), ""},
	} {
		if got, _ := numbersOf(t, c.accountType, checks.FieldAccountName, c.name); strings.Join(got, " ") != c.want {
			t.Errorf("%s %q: %v, want %q", c.accountType, c.name, got, c.want)
		}
	}
}

// A wrong number says where to look first, and what it would be.
func TestAWrongNumberSaysWhereToLook(t *testing.T) {
	_, f := numbersOf(t, "service", checks.FieldLicenseNumber, "91110000600037431L") // 341 typed as 431
	if len(f) != 1 || !strings.Contains(f[0].Remedy.En, "characters 15 and 16 swapped (91110000600037341L)") || !strings.Contains(f[0].Remedy.Zh, "第 15、16 位可能颠倒") {
		t.Errorf("%+v", f)
	}
	_, f = numbersOf(t, "service", checks.FieldLicenseNumber, "91110000600087341L") // 3 typed as 8
	if len(f) != 1 || !strings.Contains(f[0].Remedy.En, `character 13 may be "3", not "8" (91110000600037341L)`) {
		t.Errorf("%+v", f)
	}
}

// The lengths are the profile's to change.
func TestNumbersLimitsAreTheProfiles(t *testing.T) {
	settings, err := Numbers.Settings(map[string]float64{limitMinAge: 10}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &checks.Case{Now: today, Answers: checks.Answers{Given: true, Values: map[string]string{checks.FieldIDNumber: "110105200101010021"}}}
	if f, err := Numbers.RunCase(t.Context(), c, settings); err != nil || len(f) > 0 {
		t.Errorf("a holder of 13 where 10 is enough: %v, %v", f, err)
	}
}

func TestNumbersWithoutAnswersAreNotMeasured(t *testing.T) {
	settings, _ := Numbers.Settings(nil, nil)
	for _, a := range []checks.Answers{{}, {Given: true, Problems: []checks.Text{{En: "line 3", Zh: "第 3 行"}}}} {
		if _, err := Numbers.RunCase(t.Context(), &checks.Case{Now: today, Answers: a}, settings); err == nil {
			t.Errorf("answers %+v: no reason why nothing was measured", a)
		} else if _, ok := checks.SkipReason(err); !ok {
			t.Error(err)
		}
	}
}
