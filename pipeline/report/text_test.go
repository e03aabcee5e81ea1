package report

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/sebdah/goldie/v2"
	"pgregory.net/rapid"

	"dossier/checks"
	"dossier/pipeline"
)

func TestGoldenTexts(t *testing.T) {
	g := goldie.New(t, goldie.WithFixtureDir("testdata"), goldie.WithNameSuffix(".golden.txt"), goldie.WithDiffEngine(goldie.ClassicDiff))
	for name, c := range samples() {
		for _, lang := range []string{English, Chinese} {
			var table, summary bytes.Buffer
			if err := DocumentTable(&table, c.Documents, lang, false); err != nil {
				t.Fatal(err)
			}
			if err := Summary(&summary, c, lang); err != nil {
				t.Fatal(err)
			}
			g.Assert(t, "table-"+name+"-"+lang, table.Bytes())
			g.Assert(t, "summary-"+name+"-"+lang, summary.Bytes())
		}
	}
}

// TestTableIsAligned measures where the last column ends: with Chinese, emoji and escaped names
// it must be the same column in every document's line.
func TestTableIsAligned(t *testing.T) {
	documents := append(failCase().Documents, hostileCase().Documents...)
	for i := range documents {
		documents[i].Results = nil
	}
	for _, lang := range []string{English, Chinese} {
		var buf bytes.Buffer
		if err := DocumentTable(&buf, documents, lang, false); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimRight(buf.String(), "\n"), "\n")
		if len(lines) != len(documents) {
			t.Fatalf("%d lines for %d documents: a name broke its line", len(lines), len(documents))
		}
		for _, line := range lines {
			if have, want := columnsOf.StringWidth(line), columnsOf.StringWidth(lines[0]); have != want {
				t.Errorf("%d columns, want %d: %s", have, want, line)
			}
		}
	}
}

func TestTableSpellsControlCharacters(t *testing.T) {
	for _, color := range []bool{false, true} {
		var buf bytes.Buffer
		if err := DocumentTable(&buf, hostileCase().Documents, English, color); err != nil {
			t.Fatal(err)
		}
		text := buf.String()
		if color {
			if !strings.Contains(text, "\x1b[33mReview") {
				t.Error("the verdict is not coloured")
			}
			text = regexp.MustCompile("\x1b\\[(0|3[1236])m").ReplaceAllString(text, "")
		}
		for _, r := range text {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
				t.Fatalf("color %v: %U reaches the terminal", color, r)
			}
		}
		if !utf8.ValidString(text) {
			t.Error("broken bytes reach the terminal")
		}
	}
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"营业执照（副本）.jpg":                    "营业执照（副本）.jpg",
		"a\nb\r\t\x00":                    `a\nb\r\t\u0000`,
		"\u202egpj.exe":                   `\u202egpj.exe`,
		"\xc3(":                           `\xc3(`,
		"\u200dstart":                     `\u200dstart`, // a joiner that joins nothing
		"👨‍👩‍👧 ❤️ 🇨🇳":                     "👨‍👩‍👧 ❤️ 🇨🇳",
		"\U000e0041":                      `\U000e0041`, // invisible tag characters
		"e\u0301\u0302\u0303 ok":          "e\u0301\u0302\u0303 ok",
		"e\u0301\u0302\u0303\u0304\u0305": "e\u0301\u0302\u0303" + `\u0304\u0305`,
		"\ue000":                          `\ue000`, // private use: every machine shows another thing
		"a b　c":                           "a b　c",
	} {
		if got := visible(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzVisible(f *testing.F) {
	for _, name := range hostileNames {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := visible(s)
		if !utf8.ValidString(got) {
			t.Fatalf("%q gave broken bytes", s)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%q let %U through", s, r)
			}
		}
		// A joiner behind a byte that is spelled out has lost what it joined, which only the second look sees.
		if again := visible(got); utf8.ValidString(s) && !strings.ContainsRune(s, '\u200d') && again != got {
			t.Fatalf("%q changes again to %q", got, again)
		}
		if short := brief(got); utf8.RuneCountInString(short) > 64 {
			t.Fatalf("%q is not brief", short)
		}
		if short := shorten(got); columnsOf.StringWidth(short) > maxNameColumns {
			t.Fatalf("%q takes %d columns", short, columnsOf.StringWidth(short))
		}
	})
}

func TestNumbersAreWrittenForPeople(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 12192768: "12,192,768", -1234: "-1,234", 0.031: "0.031", 4.1: "4.1", 2.34567: "2.346", 1234.5678: "1,235", 0.00001234: "1.234e-05", 1e300: "1e+300", 999: "999"} {
		if got := formatValue(v); got != want {
			t.Errorf("%v: got %s, want %s", v, got, want)
		}
	}
	for in, want := range map[string]string{"<= 2097152": "≤ 2,097,152", ">= 1": "≥ 1", "2014-09": "2014-09", "jpeg, bmp": "jpeg, bmp", "": ""} {
		if got := formatWant(in); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1 kB", 812345: "812 kB", 2097152: "2.10 MB", 5e9: "5.00 GB"} {
		if got := formatBytes(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

func TestCSV(t *testing.T) {
	var buf bytes.Buffer
	s := NewCSV(&buf, Chinese)
	for _, c := range []*pipeline.Case{passCase(), failCase(), hostileCase()} {
		if err := s.Case(c, "desk/cases/x/report.html"); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Problem("=HYPERLINK(1)", said("disk full", "磁盘已满")); err != nil {
		t.Fatal(err)
	}
	if err := s.Flush(); err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutPrefix(buf.String(), "\ufeff")
	if !ok || strings.Contains(text, "\ufeff") {
		t.Error("one byte order mark at the beginning, without which Excel shows Chinese wrongly")
	}
	if strings.Count(text, "\n") != strings.Count(text, "\r\n") || strings.Count(text, "\r\n") != 5 {
		t.Errorf("five rows ending in CR LF, got %q", text)
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := rows[0][:3], []string{"客户", "结论", "注册类型"}; !slices.Equal(got, want) {
		t.Errorf("header %v", got)
	}
	if got, want := rows[1][:9], []string{"禾风茶业", "通过", "企业/组织", "2", "0", "0", "0", "0", "0"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := rows[2][:9], []string{"044 Hefeng Tea", "未通过", "企业/组织", "3", "8", "2", "0", "1", "1"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if todo := rows[2][9]; !strings.HasPrefix(todo, "请客户提供组织机构代码证的彩色扫描件。 | ") || strings.Contains(todo, "110101199003078670") {
		t.Errorf("what to do: %s", todo)
	}
	if got := rows[4]; got[0] != "'=HYPERLINK(1)" || got[1] != "未检查" || got[9] != "磁盘已满" {
		t.Errorf("got %v", got)
	}
}

func TestCSVWithoutRowsIsItsHeader(t *testing.T) {
	var buf bytes.Buffer
	if err := NewCSV(&buf, English).Flush(); err != nil {
		t.Fatal(err)
	}
	if got := buf.String(); !strings.HasPrefix(got, "\ufeffcase,verdict,path,documents,") || strings.Count(got, "\n") != 1 {
		t.Errorf("got %q", got)
	}
}

func TestGuardCell(t *testing.T) {
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(1)": "'@SUM(1)", "\t=1": `'\t=1`, "\rx": `'\rx`, " =1": "' =1", "＝1": "'＝1",
		"tea=house": "tea=house", "禾风": "禾风", "": "", "'x": "'x", "a\nb": `a\nb`,
	} {
		if got := guardCell(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		got := strings.TrimLeft(guardCell(rapid.String().Draw(t, "cell")), " ")
		if got != "" && strings.ContainsAny(got[:1], "=+-@\t\r\n") {
			t.Fatalf("%q would be a formula", got)
		}
	})
}

// fullDisk refuses what is written to it.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestWritersTellWhenTheyFail(t *testing.T) {
	c := passCase()
	for name, err := range map[string]error{
		"JSON":          JSON(fullDisk{}, c),
		"DocumentJSON":  DocumentJSON(fullDisk{}, &c.Documents[0]),
		"HTML":          HTML(fullDisk{}, c, Options{}),
		"Summary":       Summary(fullDisk{}, c, English),
		"DocumentTable": DocumentTable(fullDisk{}, c.Documents, English, false),
		"CSV":           NewCSV(fullDisk{}, English).Case(c, ""),
	} {
		if !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestWordsAreThereForEveryConstant(t *testing.T) {
	for _, p := range checks.Paths() {
		if p.Title().En == string(p) && p != checks.Organization && p != checks.Individual && p != checks.Overseas || p.Title().Zh == string(p) {
			t.Errorf("no title for path %s", p)
		}
	}
	for _, f := range checks.Fields() {
		if fieldTitle(f.Name) != f.Title {
			t.Errorf("field %s: %v", f.Name, fieldTitle(f.Name))
		}
	}
	seen := map[checks.Text]bool{}
	for _, s := range []pipeline.KindSource{pipeline.KindGiven, pipeline.KindFromContent, pipeline.KindFromName, ""} {
		seen[kindSourceWord(s)] = true
	}
	for _, v := range []pipeline.EditVerdict{pipeline.EditNone, pipeline.EditReview, pipeline.EditStrong, pipeline.EditNotMeasured} {
		seen[editWord(pipeline.Edit{Verdict: v})] = true
	}
	for _, tone := range []string{"note", "review", "accepted", "fail", "pass"} {
		seen[toneWord(tone)] = true
	}
	if len(seen) != 13 {
		t.Errorf("%d different words, want 13: two constants share one", len(seen))
	}
}
