package desk

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"dossier/checks"
)

// A desk made at first use has a file of explained defaults, and opens with them the second
// time too: a file of comments only once came out as zeros.
func TestTheDefaultSettingsReadBackAsTheDefaults(t *testing.T) {
	dir := t.TempDir()
	for _, when := range []string{"first", "second"} {
		c, err := loadConfig(dir)
		if err != nil || !reflect.DeepEqual(c, DefaultConfig()) {
			t.Errorf("the %s time: %+v, %v", when, c, err)
		}
	}
	info, err := os.Stat(filepath.Join(dir, configName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// Every setting the file explains can be switched on by taking the "#" away, and is the default.
func TestTheExplainedSettingsAreTheDefaults(t *testing.T) {
	var text strings.Builder
	settings := 0
	for line := range strings.Lines(defaultConfigText) {
		if rest, ok := strings.CutPrefix(line, "#"); ok && rest != "" && rest[0] != ' ' || strings.HasPrefix(line, "#  ") {
			settings++
			text.WriteString(strings.TrimPrefix(line, "#"))
		}
	}
	c, err := read(t, text.String())
	if err != nil {
		t.Fatalf("%v\n%s", err, text.String())
	}
	if want := reflect.TypeFor[Config]().NumField() + 3; settings != want { // profiles take two lines, holidays three
		t.Errorf("%d lines of settings, want %d: every field is explained", settings, want)
	}
	if c.Profiles[checks.Organization] == "" {
		t.Error("the example of a profile was not read")
	}
	if len(c.Holidays.Off) == 0 || len(c.Holidays.Work) == 0 {
		t.Error("the examples of holidays were not read")
	}
	c.Profiles, c.Holidays = map[checks.Path]string{}, Holidays{} // examples, not defaults
	if !reflect.DeepEqual(c, DefaultConfig()) {
		t.Errorf("%+v", c)
	}
}

func read(t *testing.T, text string) (Config, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, configName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return loadConfig(dir)
}

func TestSettingsAreReadStrictly(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "",
		"\n\n":                      "",
		"---\n# only words\n":       "",
		"\ufeffkeep: true\n":        "",
		"settle: 5s\n":              "",
		"path: overseas\n":          "",
		"setle: 5s\n":               "setle",
		"settle: soon\n":            "soon",
		"settle: 99ms\n":            "settle is 99ms, wanted between 100ms and 10m",
		"settle: 11m\n":             "settle is 11m0s",
		"rescan: 500ms\n":           "rescan is 500ms",
		"rescan: 25h\n":             "rescan is 25h",
		"path: company\n":           `path is "company"`,
		"profiles: {company: x}\n":  `profiles has the path "company"`,
		"language: fr\n":            `language is "fr"`,
		"keep: [yes\n":              "dossier.yaml",
		"keep: true\nkeep: false\n": "keep",
		"- a list\n":                "dossier.yaml",
		"just words\n":              "dossier.yaml",
		"settle: -1s\n":             "settle is -1s",
		strings.Repeat("#", 70_000): "more than 65536 bytes",
	} {
		c, err := read(t, text)
		switch {
		case want == "" && err != nil:
			t.Errorf("%q: %v", text, err)
		case want == "":
		case err == nil || !strings.Contains(err.Error(), want):
			t.Errorf("%.40q: %v, want %q", text, err, want)
		default:
			var wrong *ConfigError
			if !errors.As(err, &wrong) || wrong.Hint().En == "" || wrong.Hint().Zh == "" {
				t.Errorf("%.40q: %T says nothing to do", text, err)
			}
		}
		if text == "settle: 5s\n" && (c.Settle != 5*time.Second || c.Rescan != 30*time.Second) {
			t.Errorf("one setting changed others: %+v", c)
		}
	}
}
