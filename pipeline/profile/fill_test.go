package profile

import (
	"strings"
	"testing"

	"dossier/checks"

	"pgregory.net/rapid"
)

// What is filled in is read back as it was, whatever it is.
func TestFilledAnswersAreReadBack(t *testing.T) {
	awkward := rapid.SampledFrom([]string{"yes", "No", "null", "~", "0755", "1e5", "110108000000016", "a: b", "# x", "- x", "\"q\"", "'q'",
		"两行\n文字", "C:\\x", "{a}", "[a]", "*a", "&a", "!a", "%a", "@a", "`a`", "a #b", "张三", "<b>&amp;", "北京创新（集团）有限公司", "a\tb"})
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.SampledFrom(checks.Paths()).Draw(t, "path")
		values := map[string]string{}
		for _, f := range FormFields(path) {
			value := rapid.OneOf(awkward, rapid.StringOf(rapid.RuneFrom([]rune("张三abc019 :#'\"\\,.-{}[]&*!|>%@`～（）·")))).Draw(t, f.Name)
			if f.Name == checks.FieldAccountType {
				value = "subscription" // the one every path has; other words are refused on reading
			}
			values[f.Name] = value
		}
		values[checks.FieldNameIsFinal] = rapid.SampledFrom([]string{"", "yes", "no"}).Draw(t, "final")
		got, err := ParseAnswers(Fill(path, values))
		if err != nil {
			t.Fatalf("%v\n%s", err, Fill(path, values))
		}
		if got.Path != path {
			t.Fatalf("path %q", got.Path)
		}
		for _, f := range FormFields(path) {
			if want := strings.TrimSpace(values[f.Name]); strings.TrimSpace(got.Values[f.Name]) != want {
				t.Fatalf("%s: %q, want %q", f.Name, got.Values[f.Name], want)
			}
		}
		if (got.Values[checks.FieldNameIsFinal] == checks.Yes) != (values[checks.FieldNameIsFinal] == "yes") {
			t.Fatalf("acknowledged: %q", got.Values[checks.FieldNameIsFinal])
		}
	})
}
