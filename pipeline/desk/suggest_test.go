package desk

import (
	"testing"

	"pgregory.net/rapid"

	"dossier/checks"
)

func waiting(name string, kinds ...checks.Kind) candidate {
	k := candidate{name: name, missing: map[checks.Kind]bool{}}
	for _, kind := range kinds {
		k.missing[kind] = true
	}
	return k
}

// A suggestion names a case only when one stands out, and always says why.
func TestSuggestions(t *testing.T) {
	cases := []candidate{
		waiting("恒达", checks.BusinessLicense, checks.HolderPhoto),
		waiting("恒达科技", checks.HolderPhoto),
		waiting("Acme Ltd", checks.ApplicationForm, checks.HolderPhoto),
		waiting("王"),
		waiting("张三"), waiting("李四"),
	}
	for file, want := range map[string]string{
		"恒达 营业执照.jpg":            "恒达",
		"恒达科技 身份证.jpg":           "恒达科技", // also holds 恒达: the longer name is meant
		"ACME-LTD_scan.jpg":      "Acme Ltd",
		"ａｃｍｅ　ｌｔｄ.jpg":           "Acme Ltd", // full-width letters
		"营业执照.jpg":               "恒达",       // the only one that still lacks it
		"授权运营书.jpg":              "Acme Ltd",
		"手持身份证.jpg":              "", // three cases lack one
		"IMG_2041.jpg":           "",
		"王 IMG.jpg":              "", // one character would be found everywhere
		"张三 李四.jpg":              "", // two that have nothing to do with each other
		"sub/恒达 IMG.jpg":         "恒达",
		".jpg":                   "",
		"":                       "",
		"恒 达 (1) - copy(2).jpeg": "恒达",
	} {
		got := suggest(file, cases)
		if got.Case != want {
			t.Errorf("%q: %q, want %q (%s)", file, got.Case, want, got.Why.En)
		}
		if got.Why.En == "" || got.Why.Zh == "" {
			t.Errorf("%q: it does not say why", file)
		}
	}
	if got := suggest("营业执照.jpg", nil); got.Case != "" || got.Kind != checks.BusinessLicense {
		t.Errorf("without cases: %+v", got)
	}
}

// Whatever the names: a suggestion is one of the cases or none, and does not depend on their
// order.
func TestSuggestionsDoNotDependOnTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[甲乙丙ab]{1,4}`), 0, 6, rapid.ID[string]).Draw(t, "cases")
		file := rapid.StringMatching(`[甲乙丙ab 营业执照]{0,12}\.jpg`).Draw(t, "file")
		var cases, reversed []candidate
		for _, n := range names {
			cases = append(cases, waiting(n, checks.BusinessLicense))
			reversed = append([]candidate{waiting(n, checks.BusinessLicense)}, reversed...)
		}
		a, b := suggest(file, cases), suggest(file, reversed)
		if a.Case != b.Case {
			t.Errorf("%q among %q: %q one way, %q the other", file, names, a.Case, b.Case)
		}
		known := a.Case == ""
		for _, n := range names {
			known = known || n == a.Case
		}
		if !known {
			t.Errorf("%q is no case", a.Case)
		}
	})
}
