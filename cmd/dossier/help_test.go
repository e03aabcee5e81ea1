package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dossier/checks/all"
	"dossier/pipeline/profile"
)

func commandsIn(lang string) *cobra.Command {
	p := &program{lang: lang, getenv: func(string) string { return "" }}
	return p.rootCommand()
}

// Every command teaches in both languages: what it does, how it is called, and what each flag
// means.
func TestHelpTeachesInBothLanguages(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		root := commandsIn(lang)
		for _, c := range root.Commands() {
			if c.Hidden || c.Name() == "help" || c.Name() == "completion" {
				continue
			}
			for what, text := range map[string]string{"short": c.Short, "long": c.Long} {
				if (lang == "zh") != chinese(withoutExamples(text)) || text == "" {
					t.Errorf("%s: the %s description in %s is %q", c.Name(), what, lang, text)
				}
			}
			for line := range strings.Lines(c.Long) {
				if len(line) > 110 && lang == "en" { // a terminal of 100 columns, as wide as people make them
					t.Errorf("%s: a line of %d characters: %s", c.Name(), len(line), line)
				}
			}
			c.Flags().VisitAll(func(f *pflag.Flag) {
				if f.Name != "help" && ((lang == "zh") != chinese(f.Usage) || f.Usage == "") {
					t.Errorf("%s --%s: the description in %s is %q", c.Name(), f.Name, lang, f.Usage)
				}
			})
		}
	}
}

// withoutExamples leaves out the indented lines.
func withoutExamples(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "  ") {
			b.WriteString(line)
		}
	}
	return b.String()
}

func chinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// What the help of a command gives as an example works as it stands.
func TestProfileInTheHelpIsSound(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		c, _, err := commandsIn(lang).Find([]string{"profiles"})
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		for line := range strings.Lines(c.Long) {
			if rest, ok := strings.CutPrefix(line, "  "); ok {
				text.WriteString(rest)
			}
		}
		p, err := profile.Parse("help.yaml", []byte(text.String()))
		if err == nil {
			err = p.Validate(all.Checks())
		}
		if err != nil {
			t.Errorf("%s: %v\n%s", lang, err, text.String())
		}
	}
}

// Words go to standard error, results to standard output, whatever the locale.
func TestTheLanguageIsChosenAsPOSIXSays(t *testing.T) {
	for _, c := range []struct {
		args []string
		env  map[string]string
		want string
	}{
		{nil, nil, "en"},
		{nil, map[string]string{"LANG": "zh_CN.UTF-8"}, "zh"},
		{nil, map[string]string{"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"},
		{nil, map[string]string{"LANG": "de_DE.UTF-8", "DOSSIER_LANG": "zh"}, "zh"},
		{[]string{"status", "--lang", "zh"}, map[string]string{"LANG": "en_US.UTF-8"}, "zh"},
		{[]string{"status", "--lang=en"}, map[string]string{"LANG": "zh_TW.UTF-8"}, "en"},
		{[]string{"check", "--", "--lang=zh"}, nil, "en"},
	} {
		if got := chooseLanguage(c.args, func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%v %v: %s, want %s", c.args, c.env, got, c.want)
		}
	}
}

// A name that a terminal would act upon is shown and not obeyed.
func TestVisibleShowsWhatWouldBeObeyed(t *testing.T) {
	for name, want := range map[string]string{
		"营业执照.jpg":              "营业执照.jpg",
		"🙂 licence.jpg":         "🙂 licence.jpg",
		"two\nlines":            `two\nlines`,
		"\x1b[2Jcleared":        `\x1b[2Jcleared`,
		"\u202egpj.exe":         `\u202egpj.exe`,
		"caf\xe9.jpg":           `caf\xe9.jpg`,
		"\ufeffhidden\u200b":    `\ufeffhidden\u200b`,
		"line\u2028separator\t": `line\u2028separator\t`,
	} {
		if got := visible(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// run says nothing on standard output when it fails.
func TestFailuresLeaveStandardOutputEmpty(t *testing.T) {
	for _, args := range [][]string{{"chek"}, {"check", "nowhere.jpg"}, {"verify", "nowhere.zip"}, {"explain", "no/such"}, {"profiles", "none"}, {"check", "--no-such-flag"}} {
		var out, err bytes.Buffer
		code := run(context.Background(), args, streams{in: strings.NewReader(""), out: &out, err: &err}, func(string) string { return "" })
		if code != exitUsage && code != exitFault || out.Len() > 0 || !strings.HasPrefix(err.String(), "dossier: ") || strings.Count(err.String(), "\n") < 2 {
			t.Errorf("%v: exit %d, output %q, error %q: want what and what to do on standard error", args, code, out.String(), err.String())
		}
	}
}
