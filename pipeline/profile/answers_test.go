package profile

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	textunicode "golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"dossier/checks"
)

func TestTemplateParsesBackToItself(t *testing.T) {
	for _, path := range checks.Paths() {
		for _, langs := range [][]string{nil, {"zh"}, {"en"}, {"en", "zh"}} {
			text := Template(path, langs...)
			a, err := ParseAnswers(text)
			if err != nil {
				t.Fatalf("%s %v: %v", path, langs, err)
			}
			if !a.Given || a.Path != path || a.Profile != "" || a.AccountType != "" || len(a.DocumentKinds) != 0 || len(a.Problems) != 0 {
				t.Errorf("%s %v: the empty sheet says %+v", path, langs, a)
			}
			for name, value := range a.Values {
				if f, _ := checks.FieldNamed(name); value != "" && !(f.Acknowledge && value == "no") {
					t.Errorf("%s: %s is already %q", path, name, value)
				}
			}
			for _, name := range form[path] {
				if _, ok := a.Lines[name]; !ok {
					t.Errorf("%s %v: no line for %s", path, langs, name)
				}
			}
			if zh := bytes.ContainsFunc(text, func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }); zh != (langs == nil || slices.Contains(langs, "zh")) {
				// Kinds are named in the language asked for, too.
				t.Errorf("%s %v: Chinese remarks: %v", path, langs, zh)
			}
		}
	}
}

// Filled in as a clerk does it, line by line, every answer comes back as it was written.
func TestTemplateFilledInComesBack(t *testing.T) {
	value := rapid.StringMatching(`[\p{Han}A-Za-z0-9·（）()@._+-][\p{Han}A-Za-z0-9·（）()@._+ -]{0,20}[\p{Han}A-Za-z0-9）)]`)
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.SampledFrom(checks.Paths()).Draw(t, "path")
		want := map[string]string{}
		lines := strings.Split(string(Template(path)), "\n")
		for i, line := range lines {
			name, rest, ok := strings.Cut(strings.TrimSpace(line), ":")
			field, known := checks.FieldNamed(name)
			switch {
			case !ok || !known:
				continue
			case field.Acknowledge:
				lines[i] = strings.TrimSuffix(line, rest) + " yes"
				want[name] = "yes"
			case name == checks.FieldAccountType:
				lines[i] += " 订阅号"
				want[name] = "订阅号"
			default:
				v := value.Draw(t, name)
				if v[0] == '-' || v[0] == '@' || v[0] == '.' {
					v = "x" + v // YAML gives these a meaning; a person is told to quote them
				}
				want[name] = v
				if rapid.Bool().Draw(t, "quoted") {
					v = `"` + v + `"`
				}
				lines[i] += " " + v
			}
		}
		a, err := ParseAnswers([]byte(strings.Join(lines, "\r\n")))
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range want {
			if a.Values[name] != v {
				t.Fatalf("%s is %q, want %q", name, a.Values[name], v)
			}
		}
		if a.AccountType != "subscription" {
			t.Fatalf("account type %q", a.AccountType)
		}
	})
}

func TestTemplates(t *testing.T) {
	for _, path := range checks.Paths() {
		golden(t).Assert(t, "template-"+string(path), Template(path))
	}
}

const filled = `path: overseas
profile: wechat-overseas@2014-09
account_type: Service
proposal: |
  We want to tell our guests: what is new.
  A service account.
work_phone: 0044 20 7946 0000
id_number: 110105194912310021
license_number: 0301
mobile: ~
acknowledged:
  account_type_is_final: yes
  name_is_final: True
  hidden_from_weixin: 否
documents:
  scan0001.jpg: credential
  "a: b.jpg": 用途说明
  sub/café.jpg: proposal
`

func TestParseAnswers(t *testing.T) {
	a, err := ParseAnswers([]byte(filled))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		checks.FieldAccountType: "Service", // as it is written
		checks.FieldProposal:    "We want to tell our guests: what is new.\nA service account.",
		checks.FieldWorkPhone:   "0044 20 7946 0000",
		// Numbers are text: no digit is lost, no zero dropped.
		checks.FieldIDNumber:           "110105194912310021",
		checks.FieldLicenseNumber:      "0301",
		checks.FieldMobile:             "",
		checks.FieldAccountTypeIsFinal: checks.Yes,
		checks.FieldNameIsFinal:        checks.Yes,
		checks.FieldHiddenFromWeixin:   "no",
	} {
		if got, ok := a.Values[name]; got != want || !ok {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if a.Path != checks.Overseas || a.Profile != "wechat-overseas@2014-09" || a.AccountType != "service" || !a.Given {
		t.Errorf("%+v", a)
	}
	if a.Lines[checks.FieldIDNumber] != 8 || a.Lines[checks.FieldNameIsFinal] != 13 {
		t.Errorf("lines %v", a.Lines)
	}
	for name, want := range map[string]checks.Kind{
		"scan0001.jpg":       checks.Credential,
		"deep/scan0001.jpg":  checks.Credential, // named by its file name alone
		"a: b.jpg":           checks.Proposal,
		"sub/cafe\u0301.jpg": checks.Proposal, // as another file system writes it
		"café.jpg":           "",              // the sheet names one in a folder
		"other.jpg":          "",
	} {
		if got, ok := a.KindOf(name); got != want || ok != (want != "") {
			t.Errorf("KindOf(%q) = %q, %v, want %q", name, got, ok, want)
		}
	}
}

// What editors on Chinese Windows save is read, and what is no text is refused.
func TestAnswersInOtherEncodings(t *testing.T) {
	const text = "path: organization\r\ncompany_name: 上海某某（集团）有限公司\r\n"
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := textunicode.UTF16(textunicode.LittleEndian, textunicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"UTF-8": text, "UTF-8 with mark": "\ufeff" + text, "GB 18030": gbk, "UTF-16": utf16,
		"old line ends": strings.ReplaceAll(text, "\r\n", "\r")} {
		a, err := ParseAnswers([]byte(data))
		if err != nil || a.Values[checks.FieldCompanyName] != "上海某某（集团）有限公司" {
			t.Errorf("%s: %q, %v", name, a.Values[checks.FieldCompanyName], err)
		}
	}
	for _, data := range []string{"\x89PNG\r\n\x1a\n\x00\x00", "\xff\xd8\xff\xe0\x00\x10JFIF", "\xff\xfe\x00\xd8"} {
		if _, err := ParseAnswers([]byte(data)); err == nil {
			t.Errorf("%q was read as answers", data)
		}
	}
}

// Every file in testdata/answers is wrong in its own ways; the golden file is what people read.
func TestAnswersErrors(t *testing.T) {
	files, err := filepath.Glob("testdata/answers/*.yaml")
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
			a, err := ParseAnswers(text)
			var problems Problems
			if !errors.As(err, &problems) {
				t.Fatalf("accepted, or not Problems: %v", err)
			}
			if !a.Given || len(a.Problems) != len(problems) || len(a.Values) != 0 || len(a.DocumentKinds) != 0 {
				t.Errorf("a broken sheet still answers: %+v", a)
			}
			golden(t).Assert(t, "answers-"+name, []byte(problems.In("en")+"\n\n"+problems.In("zh")+"\n"))
		})
	}
}

func TestNoPasswordIsEverTaken(t *testing.T) {
	for _, key := range []string{"password", "Password", "my_password", "passwd", "pwd", "passcode", "pass phrase", "密码", "登录密码", "口令", "client_secret"} {
		for _, text := range []string{key + ": hunter2\n", `"` + key + `": hunter2` + "\n", "acknowledged:\n  " + key + ": hunter2\n"} {
			a, err := ParseAnswers([]byte(text))
			if err == nil {
				t.Errorf("%q was taken", key)
				continue
			}
			if !strings.Contains(err.Error(), "password is never written down") {
				t.Errorf("%q is refused without the reason: %v", key, err)
			}
			if strings.Contains(err.Error()+a.Problems[0].En+a.Problems[0].Zh, "hunter2") {
				t.Errorf("the refusal repeats the password: %v", err)
			}
		}
	}
	// A file may be called so, and a word may contain it.
	if _, err := ParseAnswers([]byte("introduction: password 密码\ndocuments:\n  password.jpg: credential\n")); err != nil {
		t.Error(err)
	}
}

// An error may be logged and put into reports: it never repeats an answer.
func TestErrorsRepeatNoAnswers(t *testing.T) {
	const secret = "11010519491231002X"
	for _, line := range []string{"id_numbr: %", "id_number:%", "id_number：%", "id_number: [%]", "id_number: {a: %}", "id_number: '%", "id_number: @%",
		"id_number: a: %", "id_number % x", "- %", "%", "account_type: %", "path: %", "documents: %", "documents:\n  a.jpg: %", "acknowledged:\n  name_is_final: %",
		"id_number: *%", "id_number: &%", "id_number: !%", "id_number: |%", "\tid_number: %", "id_number: \"%", "id_number: %\n  x: y"} {
		_, err := ParseAnswers([]byte("email: x\n" + strings.ReplaceAll(line, "%", secret) + "\n"))
		if err == nil {
			t.Errorf("%q was accepted", line)
			continue
		}
		var problems Problems
		if !errors.As(err, &problems) {
			t.Fatalf("%v is not Problems", err)
		}
		for _, text := range []string{problems.In("en"), problems.In("zh")} {
			if strings.Contains(text, secret) {
				t.Errorf("%q is repeated in:\n%s", line, text)
			}
		}
	}
}

func FuzzParseAnswers(f *testing.F) {
	f.Add([]byte(filled))
	for _, path := range checks.Paths() {
		f.Add(Template(path))
	}
	files, _ := filepath.Glob("testdata/*/*.yaml")
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil {
			f.Add(text)
		}
	}
	f.Add([]byte(strings.Repeat("[", 200)))
	f.Add([]byte(strings.Repeat("- ", 200)))
	f.Add([]byte("a: &a [*a]\n<<: *a\n? b\n: c\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := ParseAnswers(data)
		if err == nil {
			if len(a.Problems) > 0 {
				t.Fatal("problems without an error")
			}
			return
		}
		if len(a.Values) > 0 || len(a.Problems) == 0 {
			t.Fatal("an error with answers, or without problems")
		}
		var problems Problems
		if !errors.As(err, &problems) {
			t.Fatalf("%T is not Problems", err)
		}
		for _, p := range problems {
			if p.Message.En == "" || p.Message.Zh == "" || p.Line < 0 {
				t.Fatalf("problem %+v", p)
			}
		}
		// The same bytes as a profile must not break anything either.
		if _, err := Parse("fuzz.yaml", data); err == nil {
			t.Log("a profile after all")
		}
	})
}
