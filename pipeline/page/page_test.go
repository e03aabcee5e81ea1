package page

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"github.com/rivo/uniseg"
	"pgregory.net/rapid"
)

var body = Style{Size: 10, Color: Black}

// onePage makes a book of one page.
func onePage(t testing.TB, draw func(b *Book)) *Made {
	t.Helper()
	m, err := Make(Info{Title: "test"}, func(b *Book) error {
		b.AddPage(false)
		draw(b)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// open reads a finished PDF with another library than the one that wrote it, strictly.
func open(t testing.TB, pdf []byte) *model.Context {
	t.Helper()
	api.DisableConfigDir()
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationStrict
	ctx, err := api.ReadAndValidate(bytes.NewReader(pdf), conf)
	if err != nil {
		t.Fatalf("the PDF is not valid: %v", err)
	}
	return ctx
}

func contentOf(t testing.TB, ctx *model.Context, page int) string {
	t.Helper()
	r, err := pdfcpu.ExtractPageContent(ctx, page)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// toUnicode reads the one font's map from glyphs back to characters.
func toUnicode(t testing.TB, ctx *model.Context) map[string]string {
	t.Helper()
	for _, entry := range ctx.Table {
		dict, ok := entry.Object.(types.Dict)
		if !ok || dict.IndirectRefEntry("ToUnicode") == nil {
			continue
		}
		stream, _, err := ctx.DereferenceStreamDict(*dict.IndirectRefEntry("ToUnicode"))
		if err != nil {
			t.Fatal(err)
		}
		if err := stream.Decode(); err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, m := range regexp.MustCompile(`<([0-9A-F]{4})><([0-9A-F]{4})><([0-9A-F]{4})>`).FindAllStringSubmatch(string(stream.Content), -1) {
			code, _ := strconv.ParseUint(m[3], 16, 32)
			out[m[1]] = string(rune(code))
		}
		return out
	}
	t.Fatal("no font with a map to characters")
	return nil
}

// TestTheTextIsInTheFile reads the text back out of the PDF: what Made.Pages claims is what a
// reader of the file can see, search and copy.
func TestTheTextIsInTheFile(t *testing.T) {
	const text = "统一社会信用代码 91350100M000100Y43，姓名：张翀赟"
	m := onePage(t, func(b *Book) { b.Text(50, 50, text, body) })
	ctx := open(t, m.PDF)
	glyphs := toUnicode(t, ctx)
	var got strings.Builder
	for _, run := range regexp.MustCompile(`<([0-9A-F]+)>`).FindAllStringSubmatch(contentOf(t, ctx, 1), -1) {
		for i := 0; i+4 <= len(run[1]); i += 4 {
			got.WriteString(glyphs[run[1][i:i+4]])
		}
	}
	if got.String() != text {
		t.Errorf("the file says %q, want %q", got.String(), text)
	}
	if want := []string{text}; !slices.Equal(m.Pages[0].Lines, want) {
		t.Errorf("the record of the page says %q", m.Pages[0].Lines)
	}
}

func TestCharactersTheTypefaceLacks(t *testing.T) {
	for _, c := range []struct{ name, text, want, note string }{
		{"rare character", "王𠀀", "王□1", "□1 U+20000"},
		{"one emoji of five characters", "👨‍👩‍👧.jpg", "□1.jpg", "□1 U+1F468 U+200D U+1F469 U+200D U+1F467"},
		{"the same twice has one number", "𠀀𠀀", "□1□1", "□1 U+20000"},
		{"writing direction turned", "a\u202egpj.exe", "a□1gpj.exe", "□1 U+202E"},
		{"line break", "a\nb", "a□1b", "□1 U+000A"},
		{"private use", "\ue000\ue001", "□1□2", "□1 U+E000"},
		{"broken UTF-8", "a\xffb", "a□1b", "□1 U+FFFD"},
		{"decomposed by a Mac", "e\u0301", "é", ""},
		{"a dash the typeface lacks but for a look-alike", "2014\u201309", "2014-09", ""},
		{"nothing strange", "营业执照", "营业执照", ""},
	} {
		var note string
		m := onePage(t, func(b *Book) {
			b.Text(50, 50, c.text, body)
			if s := b.Strange(); len(s) > 0 {
				note = s[0]
			}
		})
		if got := strings.Join(m.Pages[0].Lines, "|"); got != c.want {
			t.Errorf("%s: shown as %q, want %q", c.name, got, c.want)
		}
		if note != c.note {
			t.Errorf("%s: explained as %q, want %q", c.name, note, c.note)
		}
	}
}

// A text of nothing but different strange characters must end in boxes, not in trouble.
func TestMoreStrangeCharactersThanAreNumbered(t *testing.T) {
	var text strings.Builder
	for i := range maxStrange + 50 {
		text.WriteRune(rune(0x20000 + i))
	}
	var notes []string
	m := onePage(t, func(b *Book) {
		b.Paragraph(20, 20, 500, text.String(), Style{Size: 6, Color: Black})
		notes = b.Strange()
	})
	shown := strings.Join(m.Pages[0].Lines, "")
	if n := strings.Count(shown, "□"); n != maxStrange+50 {
		t.Errorf("%d boxes, want one for each of %d characters", n, maxStrange+50)
	}
	if len(notes) != maxStrange {
		t.Errorf("%d explained, want %d", len(notes), maxStrange)
	}
}

// Breaking lines loses nothing but spaces at the ends, never splits a character, and keeps to
// the width unless one character alone is wider.
func TestWrapKeepsEverything(t *testing.T) {
	letters := []rune("abc DEF-_.,;()（），。、《营业执照统一社会信用代码》0123456789é👍𠀀·“”")
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOfN(rapid.SampledFrom(letters), 0, 120).Draw(t, "text"))
		width := rapid.Float64Range(1, 300).Draw(t, "width")
		b := &Book{strange: map[string]int{}}
		p := b.prepare(text)
		squeeze := func(s string) string {
			return strings.Map(func(r rune) rune {
				if unicode.IsSpace(r) {
					return -1
				}
				return r
			}, s)
		}
		all := ""
		for _, line := range wrap(p, 10, width) {
			all += string(line)
			if line.width(10) > width+1e-9 && uniseg.GraphemeClusterCount(string(line)) > 1 {
				t.Fatalf("line %q is %.1f wide, more than %.1f", line.shown(), line.width(10), width)
			}
		}
		if squeeze(all) != squeeze(string(p)) {
			t.Fatalf("%q became %q", p.shown(), all)
		}
	})
}

// Chinese does not begin a line with a closing mark; a number or a word stays whole if it fits.
func TestWrapBreaksWhereAReaderWould(t *testing.T) {
	b := &Book{strange: map[string]int{}}
	var got []string
	for _, l := range wrap(b.prepare("请上传清晰的彩色扫描件。编号 91350100M000100Y43 有误"), 10, 110) {
		got = append(got, l.shown())
	}
	want := []string{"请上传清晰的彩色扫描", "件。编号", "91350100M000100Y43", "有误"}
	if !slices.Equal(got, want) {
		t.Errorf("broken into %q, want %q", got, want)
	}
}

func TestOneLine(t *testing.T) {
	if got := OneLine("a\r\nb", 10); got != "a␍␊b" {
		t.Errorf("line breaks: %q", got)
	}
	if got := OneLine(strings.Repeat("x", 50)+"end.jpg", 20); got != "xxxxxxxxxxxx…end.jpg" {
		t.Errorf("shortened: %q", got)
	}
	if got := OneLine("short", 20); got != "short" {
		t.Errorf("short text: %q", got)
	}
}

func TestTextFitEndsWithAnEllipsis(t *testing.T) {
	m := onePage(t, func(b *Book) {
		b.TextFit(50, 50, 80, "一个非常非常长的文件名称.jpg", body)
		b.TextFit(50, 70, 80, "短.jpg", body)
	})
	if want := []string{"一个非常非常长…", "短.jpg"}; !slices.Equal(m.Pages[0].Lines, want) {
		t.Errorf("set as %q, want %q", m.Pages[0].Lines, want)
	}
}

// Page numbers are known while the pages before them are drawn.
func TestPageNumbersAreKnownInAdvance(t *testing.T) {
	m, err := Make(Info{}, func(b *Book) error {
		b.AddPage(false)
		b.Text(50, 50, fmt.Sprintf("end on %d of %d", b.PageOf("end"), b.Total()), body)
		b.Link("end", 50, 50, 100, 20)
		for range 3 {
			b.AddPage(true)
		}
		b.Mark("end")
		b.Outline("the end 𠀀")
		b.Text(50, 50, fmt.Sprint(b.Number()), body)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Pages[0].Lines; !slices.Equal(got, []string{"end on 4 of 4"}) {
		t.Errorf("first page says %q", got)
	}
	if p := m.Pages[3]; p.Width <= p.Height || p.Lines[0] != "4" {
		t.Errorf("last page: %+v", p)
	}
	if ctx := open(t, m.PDF); ctx.PageCount != 4 {
		t.Errorf("%d pages in the file", ctx.PageCount)
	}
}

func TestErrorsOfTheDrawing(t *testing.T) {
	if _, err := Make(Info{}, func(b *Book) error { return nil }); err == nil {
		t.Error("a book without pages was made")
	}
	if _, err := Make(Info{}, func(b *Book) error { b.Text(0, 0, "x", body); return nil }); err == nil {
		t.Error("drawing before the first page went unnoticed")
	}
	n := 0
	if _, err := Make(Info{}, func(b *Book) error {
		for n++; b.Number() < n; {
			b.AddPage(false)
		}
		return nil
	}); err == nil {
		t.Error("a drawing that never holds still was accepted")
	}
}

func TestFlowGoesOnOverPages(t *testing.T) {
	m, err := Make(Info{}, func(b *Book) error {
		b.AddPage(false)
		f := &Flow{Book: b, Left: 50, Width: 200, Y: 50, Bottom: 120, Next: func(f *Flow) {
			f.AddPage(false)
			f.Y = 50
		}}
		f.Run(0, "1\n2\n3\n4\n5\n6", body) // 14.5 points a line: four fit between 50 and 120
		f.Row(10, Cell{Width: 50, Lines: []Styled{{"left", body}}}, Cell{Width: 50, Lines: []Styled{{"a", body}, {"b", body}, {"c", body}}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range m.Pages {
		got = append(got, strings.Join(p.Lines, " "))
	}
	// The row is three lines high and does not fit below 5 and 6: it stays in one piece.
	if want := []string{"1 2 3 4", "5 6", "left a b c"}; !slices.Equal(got, want) {
		t.Errorf("pages %q, want %q", got, want)
	}
}

func TestSameDrawingSameBytes(t *testing.T) {
	made := func() string {
		img := picture(t, 40, 30)
		m, err := Make(Info{Title: "标题", Created: time.Date(2026, 1, 2, 3, 4, 5, 0, time.Local)}, func(b *Book) error {
			b.AddPage(false)
			b.Mark("a")
			b.Outline("a")
			b.Paragraph(50, 50, 200, "营业执照 𠀀 "+strings.Repeat("统一社会信用代码", 30), body)
			b.Picture(img, 50, 300, 100, 100)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return string(m.PDF)
	}
	first := made()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if made() != first {
				t.Error("the same drawing gave other bytes")
			}
		})
	}
	all.Wait()
}

// matrix is a PDF transformation: x' = a x + c y + e, y' = b x + d y + f.
type matrix [6]float64

// then is m applied first and n after it.
func (m matrix) then(n matrix) matrix {
	return matrix{m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3], m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5]}
}

// placed follows a page's content to where it draws its picture.
func placed(t *testing.T, content string) matrix {
	t.Helper()
	now, stack := matrix{1, 0, 0, 1, 0, 0}, []matrix{}
	var numbers []float64
	for _, token := range strings.Fields(content) {
		if n, err := strconv.ParseFloat(token, 64); err == nil {
			numbers = append(numbers, n)
			continue
		}
		switch token {
		case "q":
			stack = append(stack, now)
		case "Q":
			now, stack = stack[len(stack)-1], stack[:len(stack)-1]
		case "cm":
			now = matrix(numbers[len(numbers)-6:]).then(now)
		case "Do":
			return now
		}
		if !strings.HasPrefix(token, "/") {
			numbers = nil
		}
	}
	t.Fatal("no picture on the page")
	return matrix{}
}

// Where the corners of the stored picture must come to lie for each orientation, as the EXIF
// standard words it: the side on which the stored first row (0th row) and column lie.
func TestEveryOrientationIsSetUpright(t *testing.T) {
	type corner [2]float64 // of the upright rectangle: x to the right, y up, 0 or 1
	topLeft, topRight, bottomLeft, bottomRight := corner{0, 1}, corner{1, 1}, corner{0, 0}, corner{1, 0}
	want := map[int][2]corner{ // stored upper left corner, stored upper right corner
		1: {topLeft, topRight}, 2: {topRight, topLeft}, 3: {bottomRight, bottomLeft}, 4: {bottomLeft, bottomRight},
		5: {topLeft, bottomLeft}, 6: {topRight, bottomRight}, 7: {bottomRight, topRight}, 8: {bottomLeft, topLeft},
	}
	const x, y, w, h = 100.0, 200.0, 90.0, 60.0
	for orientation, corners := range want {
		p := picture(t, 30, 20)
		p.orientation = orientation
		m := onePage(t, func(b *Book) { b.Picture(p, x, y, w, h) })
		ctm := placed(t, contentOf(t, open(t, m.PDF), 1))
		for i, stored := range [2]corner{{0, 1}, {1, 1}} { // a picture's unit square has its first row on top
			gotX := ctm[0]*stored[0] + ctm[2]*stored[1] + ctm[4]
			gotY := ctm[1]*stored[0] + ctm[3]*stored[1] + ctm[5]
			wantX, wantY := x+w*corners[i][0], a4Long-y-h+h*corners[i][1]
			if math.Abs(gotX-wantX) > 0.05 || math.Abs(gotY-wantY) > 0.05 {
				t.Errorf("orientation %d: stored corner %v at %.2f, %.2f, want %.2f, %.2f", orientation, stored, gotX, gotY, wantX, wantY)
			}
		}
	}
}
