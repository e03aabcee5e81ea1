package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sebdah/goldie/v2"

	"dossier/checks"
	"dossier/pipeline"
)

func render(t testing.TB, c *pipeline.Case, opt Options) string {
	t.Helper()
	var buf bytes.Buffer
	if err := HTML(&buf, c, opt); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

var (
	stylePart  = regexp.MustCompile(`(?s)<style>(.*?)</style>`)
	scriptPart = regexp.MustCompile(`(?s)<script>(.*?)</script>`)
	dataPart   = regexp.MustCompile(`data:image/([a-z]+);base64,[0-9A-Za-z+/=]+`)
	hashPart   = regexp.MustCompile(`(?:'|&#39;)sha256-[^ ;]+(?:'|&#39;)`)
)

// normalised leaves out what a golden page need not repeat: style and script have files of
// their own, pictures depend on the encoder.
func normalised(page string) []byte {
	page = stylePart.ReplaceAllString(page, "<style></style>")
	page = scriptPart.ReplaceAllString(page, "<script></script>")
	page = dataPart.ReplaceAllString(page, "data:image/$1;base64,")
	return []byte(hashPart.ReplaceAllString(page, "'sha256-'"))
}

// TestGoldenPages holds the samples' pages beside those that were looked at and found good.
// After a change that is meant: go test ./pipeline/report -update, and look at the difference.
func TestGoldenPages(t *testing.T) {
	g := goldie.New(t, goldie.WithFixtureDir("testdata"), goldie.WithNameSuffix(".golden.html"), goldie.WithDiffEngine(goldie.ClassicDiff))
	for name, c := range samples() {
		opt := sampleOptions(t, c)
		opt.Versions = []VersionLink{
			{Version: 1, Verdict: pipeline.VerdictFail, GeneratedAt: morning.Add(-24 * time.Hour), Href: "report.1.html"},
			{Version: c.Version, Verdict: c.Verdict, GeneratedAt: morning, Href: "report.html"},
		}
		g.Assert(t, name, normalised(render(t, c, opt)))
	}
}

func TestPolicyNamesExactlyWhatThePageHolds(t *testing.T) {
	page := render(t, failCase(), Options{})
	for part, re := range map[string]*regexp.Regexp{"style-src": stylePart, "script-src": scriptPart} {
		found := re.FindAllStringSubmatch(page, -1)
		if len(found) != 1 {
			t.Fatalf("%s: %d inline parts, want 1", part, len(found))
		}
		sum := sha256.Sum256([]byte(found[0][1]))
		want := part + " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		if !strings.Contains(policy, want) {
			t.Errorf("the policy does not name %s", want)
		}
	}
	for _, loose := range []string{"unsafe-inline", "unsafe-eval", "http:", "https:", "*"} {
		if strings.Contains(policy, loose) {
			t.Errorf("the policy allows %s", loose)
		}
	}
	if !strings.HasPrefix(policy, "default-src 'none'") {
		t.Errorf("policy %s", policy)
	}
}

var (
	// Attributes as the template writes them; text has no raw < and ", which TestHostileTexts proves.
	idAttribute   = regexp.MustCompile(` id="([^"]*)"`)
	refAttribute  = regexp.MustCompile(` (?:href|src)="([^"]*)"`)
	nameAttribute = regexp.MustCompile(` (?:aria-labelledby|aria-describedby|data-copy)="([^"]*)"`)
	onAttribute   = regexp.MustCompile(`(?i)<[^>]* (?:on[a-z]+|style)=`)
	anyTag        = regexp.MustCompile(`</?([a-zA-Z][a-zA-Z0-9]*)[^>]*?(/?)>`)
)

// TestPageIsWhole looks at the pages as a browser would have to: ids are unique, every link and
// label leads somewhere, elements are closed, nothing is fetched and nothing acts.
func TestPageIsWhole(t *testing.T) {
	cases := samples()
	cases["many"] = manyCase(45)
	cases["empty"] = &pipeline.Case{}
	for name, c := range cases {
		page := render(t, c, sampleOptions(t, c))
		ids := map[string]bool{}
		for _, m := range idAttribute.FindAllStringSubmatch(page, -1) {
			if ids[m[1]] {
				t.Errorf("%s: id %q twice", name, m[1])
			}
			ids[m[1]] = true
		}
		for _, m := range refAttribute.FindAllStringSubmatch(page, -1) {
			switch ref := m[1]; {
			case strings.HasPrefix(ref, "#"):
				if !ids[ref[1:]] {
					t.Errorf("%s: %q leads nowhere", name, ref)
				}
			case strings.HasPrefix(ref, "data:image/jpeg;base64,"), strings.HasPrefix(ref, "documents/"), ref == "https://mp.weixin.qq.com/":
			default:
				t.Errorf("%s: the page refers to %q", name, ref)
			}
		}
		for _, m := range nameAttribute.FindAllStringSubmatch(page, -1) {
			if !ids[m[1]] {
				t.Errorf("%s: %q labels or names nothing", name, m[1])
			}
		}
		if at := onAttribute.FindString(page); at != "" {
			t.Errorf("%s: an inline handler or style: %s", name, at)
		}
		body := scriptPart.ReplaceAllString(stylePart.ReplaceAllString(page, ""), "")
		var open []string
		for _, m := range anyTag.FindAllStringSubmatch(body, -1) {
			tag := strings.ToLower(m[1])
			switch {
			case tag == "meta" || tag == "img" || m[2] == "/":
			case strings.HasPrefix(m[0], "</"):
				if len(open) == 0 || open[len(open)-1] != tag {
					t.Fatalf("%s: </%s> closes %v", name, tag, open)
				}
				open = open[:len(open)-1]
			default:
				open = append(open, tag)
			}
		}
		if len(open) != 0 {
			t.Errorf("%s: not closed: %v", name, open)
		}
		if strings.Contains(page, "ZgotmplZ") {
			t.Errorf("%s: the template refused a value", name)
		}
	}
}

// TestHostileTexts looks for what a name from outside might have brought into the page.
func TestHostileTexts(t *testing.T) {
	c := hostileCase()
	page := render(t, c, Options{})
	for _, bad := range []string{"<script>alert", "<img src=x", "<b>", "<i>", "\u202e", "\u2067", "\u2028", "\u200b", "\x1b", `href="javascript`} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if n := strings.Count(page, "<script>"); n != 1 {
		t.Errorf("%d scripts, want our own alone", n)
	}
	for _, shown := range []string{
		`license<span class="ctl">\u202e</span>gpj.exe`,
		`two<span class="ctl">\n</span>lines<span class="ctl">\r</span><span class="ctl">\n</span><span class="ctl">\t</span>and a tab.jpg`,
		`<span class="ctl">\xff</span><span class="ctl">\xfe</span> broken <span class="ctl">\u001b</span>[31m`,
		"👨‍👩‍👧‍👦", // joined emoji stay joined
		"&lt;script&gt;alert(1)&lt;/script&gt;",
	} {
		if !strings.Contains(page, shown) {
			t.Errorf("the page does not show %s", shown)
		}
	}
	if title := regexp.MustCompile(`<title>(.*?)</title>`).FindStringSubmatch(page); title == nil || strings.ContainsAny(title[1], "<>\n\u202e") {
		t.Errorf("title %q", title)
	}
}

func TestTitleIsMasked(t *testing.T) {
	c := passCase()
	c.Case = "张三 110101199003078670"
	page := render(t, c, Options{})
	head, _, _ := strings.Cut(page, "</head>")
	if strings.Contains(head, "110101199003078670") || !strings.Contains(head, "110*************70") {
		t.Errorf("the title or its translations show the number:\n%s", regexp.MustCompile(`(?s)<html.*?>`).FindString(head))
	}
}

func TestLanguageShownFirst(t *testing.T) {
	for lang, want := range map[string]string{"": `<html lang="en" data-lang="en"`, English: `<html lang="en" data-lang="en"`, Chinese: `<html lang="zh-Hans" data-lang="zh"`, "fr": `<html lang="en" data-lang="en"`} {
		if page := render(t, passCase(), Options{Lang: lang}); !strings.Contains(page, want) {
			t.Errorf("%q: no %s", lang, want)
		}
	}
	if page := render(t, passCase(), Options{Lang: Chinese}); !strings.Contains(page, "<title>通过：禾风茶业 – Dossier</title>") {
		t.Error("the title is not in the language shown")
	}
}

func TestPicturesThatCannotBeShown(t *testing.T) {
	c := passCase()
	for what, picture := range map[string]func(string) ([]byte, string, int, int, error){
		"an error": func(string) ([]byte, string, int, int, error) {
			return []byte("x"), "image/jpeg", 1, 1, errors.New("gone")
		},
		"nothing":    func(string) ([]byte, string, int, int, error) { return nil, "image/jpeg", 1, 1, nil },
		"no picture": func(string) ([]byte, string, int, int, error) { return []byte("<svg/>"), "image/svg+xml", 1, 1, nil },
		"a quote":    func(string) ([]byte, string, int, int, error) { return []byte("x"), `image/png" onload="x`, 1, 1, nil },
		"a whole original": func(string) ([]byte, string, int, int, error) {
			return make([]byte, maxEmbedded+1), "image/png", 1, 1, nil
		},
	} {
		page := render(t, c, Options{Picture: picture})
		if strings.Contains(page, "<img") || strings.Contains(page, "onload") || strings.Count(page, "No picture to show") != 2 {
			t.Errorf("%s was put on the page", what)
		}
	}
	page := render(t, c, Options{Picture: func(string) ([]byte, string, int, int, error) { return []byte("x"), "image/png", 0, 0, nil }})
	if !strings.Contains(page, `<img src="data:image/png;base64,eA=="`) {
		t.Error("a picture of unknown size is not shown")
	}
}

// The outline and its finding lead to each other, and the number is the same.
func TestPlacesAndFindingsAreLinked(t *testing.T) {
	c := failCase()
	page := render(t, c, sampleOptions(t, c))
	for _, want := range []string{
		`<a id="place-2" class="is-fail" href="#finding-2" data-finding="2"`,
		`<a class="number" href="#place-2">2</a>`,
		// x 2700 and width 900 of 4032, y 2050 and height 800 of 3024
		`<rect class="edge" x="66.96%" y="67.79%" width="22.32%" height="26.46%"`,
		"lower right (900 × 800 px at x 2,700, y 2,050)",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(page, `id="place-1"`) {
		t.Error("a finding about the whole document is outlined")
	}
	// Without a picture the place is said in words and the number links nowhere.
	plain := render(t, c, Options{})
	if strings.Contains(plain, "place-2") || !strings.Contains(plain, "lower right (900 × 800 px") {
		t.Error("without a picture the place is said in words alone")
	}
}

func TestFrame(t *testing.T) {
	at := func(n int, r checks.Region) Numbered {
		return Numbered{Number: n, Finding: &pipeline.Finding{Severity: pipeline.Fail, Region: r}}
	}
	list := frame([]Numbered{
		at(1, checks.Region{X: 10, Y: 10, Width: 20, Height: 20}),
		at(2, checks.Region{X: 0, Y: 0, Width: 100, Height: 100}),
		at(3, checks.Region{X: 1, Y: 0, Width: 10, Height: 10}),
		at(4, checks.Region{X: 90, Y: 90, Width: 500, Height: 1 << 40}), // reaches out: cut
		at(5, checks.Region{X: 100, Y: 0, Width: 5, Height: 5}),         // outside
		at(6, checks.Region{X: -50, Y: 0, Width: 20, Height: 20}),       // outside
		at(7, checks.Region{}),
		at(100, checks.Region{X: 50, Y: 50, Width: 1, Height: 1}),
	}, 100, 100)
	var got []string
	for _, r := range list {
		got = append(got, fmt.Sprintf("%d %s,%s %sx%s +%d+%d", r.Number, r.X, r.Y, r.Width, r.Height, r.ShiftX, r.ShiftY))
	}
	want := []string{ // the largest first, so that a small one inside it can be reached
		"4 90,90 10x10 +0+0", "2 0,0 100x100 +13+13", "1 10,10 20x20 +0+0", "3 1,0 10x10 +38+13", "100 50,50 1x1 +0+0"}
	if strings.Join(got, "; ") != strings.Join(want, "; ") {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), strings.Join(want, "; "))
	}
	if frame([]Numbered{at(1, checks.Region{Width: 1, Height: 1})}, 0, 0) != nil {
		t.Error("outlines on a picture of unknown size")
	}
}

func TestPlaceText(t *testing.T) {
	for want, r := range map[string]checks.Region{
		"upper left (10 × 10 px at x 0, y 0)":                 {X: 0, Y: 0, Width: 10, Height: 10},
		"middle (10 × 10 px at x 145, y 145)":                 {X: 145, Y: 145, Width: 10, Height: 10},
		"lower right (10 × 10 px at x 290, y 290)":            {X: 290, Y: 290, Width: 10, Height: 10},
		"nearly the whole picture (300 × 290 px at x 0, y 5)": {Y: 5, Width: 300, Height: 290},
		"10 × 10 px at x 4,000, y 0":                          {X: 4000, Width: 10, Height: 10},
		"bottom (300 × 20 px at x 0, y 280)":                  {Y: 280, Width: 300, Height: 20},
	} {
		if got := placeText(r, 300, 300); got.En != want {
			t.Errorf("got %q, want %q", got.En, want)
		}
	}
	if got := placeText(checks.Region{X: 290, Y: 290, Width: 10, Height: 10}, 300, 300).Zh; got != "右下（10 × 10 px，起点 x 290，y 290）" {
		t.Errorf("Chinese: %q", got)
	}
}

// The words of the verdict stand on the page in both languages, and the printed page shows both.
func TestVerdictIsSaidInWords(t *testing.T) {
	for name, want := range map[string][2]string{"pass": {"Pass", "通过"}, "review": {"Review", "待复核"}, "fail": {"Fail", "未通过"}} {
		c := samples()[name]
		verdict := regexp.MustCompile(`(?s)<section class="verdict is-` + name + `".*?</section>`).FindString(render(t, c, Options{}))
		if strings.Count(verdict, want[0]) < 2 || strings.Count(verdict, want[1]) < 2 || !strings.Contains(verdict, "#icon-"+name) {
			t.Errorf("%s: %s", name, verdict)
		}
	}
}

func TestNextCommand(t *testing.T) {
	for _, c := range []struct {
		make func() *pipeline.Case
		name string
		want string
	}{
		{passCase, "tea", "dossier bundle tea"},
		{passCase, "禾风茶业", "dossier bundle 禾风茶业"},
		{passCase, "a b; rm -rf ~", "dossier bundle 'a b; rm -rf ~'"},
		{passCase, "it's", `dossier bundle 'it'\''s'`},
		{passCase, "-x", "dossier bundle '-x'"},
		{passCase, "a\nb", ""},
		{reviewCase, "tea", `dossier bundle tea --accept legibility/glare --because "..."`},
		{failCase, "tea", ""},
	} {
		k := c.make()
		k.Case = c.name
		got := ""
		if command := commandFor(k); command != nil {
			got = command.Line
		}
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestVersionsAreLinked(t *testing.T) {
	c := failCase()
	page := render(t, c, Options{Versions: []VersionLink{{Version: 2, Verdict: pipeline.VerdictFail, Href: "report.2.html"}, {Version: 3, Verdict: pipeline.VerdictFail, Href: "report.html"}}})
	if !strings.Contains(page, `<a href="report.2.html">2 `) || strings.Contains(page, `href="report.html"`) {
		t.Error("the older version must be linked, the present one not")
	}
}

func FuzzPage(f *testing.F) {
	for _, name := range hostileNames {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := sampleCase(s, []pipeline.Document{document(s, checks.Kind(s), 10, 10, 10, ran("x/y", pipeline.Finding{Code: s, Rule: s, Severity: pipeline.Severity(s),
			Message: said(s, s+"中"), Remedy: said(s, "中"+s), Measures: []checks.Measure{{Name: s, Unit: s, Want: s}}, Documents: []string{s}, Overlay: s}))})
		c.Rules = []pipeline.Rule{{ID: s, Text: said(s, s), Source: s}}
		c.Answers = map[string]string{s: s}
		page := render(t, c, Options{})
		body := scriptPart.ReplaceAllString(stylePart.ReplaceAllString(page, ""), "")
		for _, m := range anyTag.FindAllStringSubmatch(body, -1) {
			if tag := strings.ToLower(m[1]); tag == "script" || tag == "img" || tag == "iframe" {
				t.Fatalf("%q brought %s onto the page", s, m[0])
			}
		}
		for _, m := range refAttribute.FindAllStringSubmatch(body, -1) {
			if !strings.HasPrefix(m[1], "#") && !strings.HasPrefix(m[1], "http://") && !strings.HasPrefix(m[1], "https://") {
				t.Fatalf("%q made a reference %q", s, m[1])
			}
		}
	})
}
