package page

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/rivo/uniseg"
	"golang.org/x/image/font"
	"golang.org/x/text/unicode/norm"

	"dossier/pipeline/typeface"
)

const (
	family = "page"

	// leading is the height of a line over the size of its letters: Chinese is set wide, and
	// the typeface's own 1.45 is what its designers asked for.
	leading = 1.45

	// baselineAt is where in a line the letters stand, as a share of its height: it centres the
	// body of a Chinese character (from 0.12 below to 0.88 above the baseline) in the line.
	baselineAt = 0.5 + 0.38/leading

	// numberScale and numberRise set the number beside the box of a strange character.
	numberScale, numberRise = 0.55, 0.38

	// maxStrange is how many different characters are explained; a name holds at most 255
	// bytes, so this is several names of nothing else.
	maxStrange = 400
)

// A Style is how a text is set.
type Style struct {
	Size  float64 // of the letters, in points
	Color Color
}

// LineHeight is the height of one line of the style.
func (s Style) LineHeight() float64 { return s.Size * leading }

// box stands for a character the typeface cannot show.
const box = '□'

// firstStand to lastStand are private-use characters that stand, inside prepared text, for
// strange characters: firstStand+n-1 for the one with number n. Real private-use characters
// are strange themselves (the typeface has none), so the two cannot be taken for each other.
const (
	firstStand rune = 0xE000
	lastStand       = firstStand + maxStrange - 1
	manyStand       = lastStand + 1 // for all beyond maxStrange: a box without a number
)

// alike maps characters the typeface lacks to ones it has that read the same.
var alike = map[rune]rune{
	'\u2010': '-', '\u2011': '-', '\u2012': '-', '\u2013': '-', '\u2212': '-',
	'\u2000': ' ', '\u2001': ' ', '\u2002': ' ', '\u2003': ' ', '\u2004': ' ', '\u2005': ' ', '\u2007': ' ',
	'\u2008': ' ', '\u2009': ' ', '\u200a': ' ', '\u202f': ' ', '\u205f': ' ', '\t': ' ',
	'\u2027': '·', '\u30fb': '·',
}

// prepared is a text in which every character can be shown: composed (NFC, for names written
// by a Mac are not), with stand-ins for the strange ones.
type prepared string

// prepare makes a text showable. A cluster that holds any character the typeface lacks becomes
// one box: half a character would be a wrong one.
func (b *Book) prepare(s string) prepared {
	var out strings.Builder
	for g := uniseg.NewGraphemes(norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))); g.Next(); {
		cluster := g.Str()
		if strings.ContainsFunc(cluster, unseen) {
			out.WriteRune(b.standFor(cluster))
			continue
		}
		for _, r := range cluster {
			if a, ok := alike[r]; ok && !typeface.Covers(r) {
				r = a
			}
			out.WriteRune(r)
		}
	}
	return prepared(out.String())
}

// unseen reports whether r would leave no true mark on the paper. Control characters,
// direction marks and the like are unseen: a name must not pass for another.
func unseen(r rune) bool {
	if _, ok := alike[r]; ok {
		return false
	}
	// The library writes the map back to Unicode with four digits, so a character beyond them
	// could be shown but not copied or searched.
	return r > 0xFFFF || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co) || !typeface.Covers(r)
}

// standFor gives a strange cluster its number, the same wherever it occurs.
func (b *Book) standFor(cluster string) rune {
	n, ok := b.strange[cluster]
	if !ok {
		if len(b.now.strange) >= maxStrange {
			return manyStand
		}
		b.now.strange = append(b.now.strange, cluster)
		n = len(b.now.strange)
		b.strange[cluster] = n
	}
	return firstStand + rune(n) - 1
}

// Strange explains the boxes of the whole book, one a line: "□1 U+20000". It is empty when
// every character could be shown. In the pass that counts it is incomplete.
func (b *Book) Strange() []string {
	var out []string
	for i, cluster := range b.before.strange {
		var codes []string
		for _, r := range cluster {
			codes = append(codes, fmt.Sprintf("%U", r))
		}
		out = append(out, fmt.Sprintf("%c%d %s", box, i+1, strings.Join(codes, " ")))
	}
	return out
}

// split cuts prepared text at its stand-ins.
func (p prepared) split(plain func(string), strange func(label string)) {
	rest := string(p)
	for rest != "" {
		i := strings.IndexFunc(rest, func(r rune) bool { return r >= firstStand && r <= manyStand })
		if i < 0 {
			plain(rest)
			return
		}
		if i > 0 {
			plain(rest[:i])
		}
		r, n := []rune(rest[i : i+3])[0], 3 // private-use characters of this block take 3 bytes
		label := ""
		if r != manyStand {
			label = fmt.Sprint(r - firstStand + 1)
		}
		strange(label)
		rest = rest[i+n:]
	}
}

// shown is the text as a person reads it off the page.
func (p prepared) shown() string {
	var out strings.Builder
	p.split(func(s string) { out.WriteString(s) }, func(label string) { out.WriteString(string(box) + label) })
	return out.String()
}

func (p prepared) width(size float64) float64 {
	w := 0.0
	p.split(func(s string) { w += plainWidth(s, size) }, func(label string) {
		w += plainWidth(string(box), size) + plainWidth(label, size*numberScale)
	})
	return w
}

// advances remembers how wide each character is, in ems.
var advances struct {
	sync.Mutex
	face font.Face
	of   map[rune]float64
}

func plainWidth(s string, size float64) float64 {
	advances.Lock()
	defer advances.Unlock()
	if advances.of == nil {
		face, err := typeface.Face(1000)
		if err != nil {
			panic(fmt.Sprintf("page: the embedded typeface is broken: %v", err))
		}
		advances.face, advances.of = face, map[rune]float64{}
	}
	w := 0.0
	for _, r := range s {
		a, ok := advances.of[r]
		if !ok {
			fixed, _ := advances.face.GlyphAdvance(r)
			a = float64(fixed) / 64 / 1000
			advances.of[r] = a
		}
		w += a
	}
	return w * size
}

// Measure is the width of a text set in one line.
func (b *Book) Measure(s string, size float64) float64 { return b.prepare(s).width(size) }

// Text sets one line with its upper left corner at x, y and returns its width. It does not
// break and does not shorten.
func (b *Book) Text(x, y float64, s string, style Style) float64 {
	return b.set(x, y, b.prepare(s), style)
}

// TextRight sets one line that ends at x.
func (b *Book) TextRight(x, y float64, s string, style Style) {
	p := b.prepare(s)
	b.set(x-p.width(style.Size), y, p, style)
}

// TextFit sets one line no wider than width, ending it with an ellipsis if it has to.
func (b *Book) TextFit(x, y, width float64, s string, style Style) {
	p := b.prepare(s)
	if p.width(style.Size) > width {
		kept := prepared("")
		for g := uniseg.NewGraphemes(string(p)); g.Next(); {
			if (kept + prepared(g.Str()) + "…").width(style.Size) > width {
				break
			}
			kept += prepared(g.Str())
		}
		p = kept + "…"
	}
	b.set(x, y, p, style)
}

// Paragraph sets a text broken to width and returns the y below it. Line breaks in the text
// are kept.
func (b *Book) Paragraph(x, y, width float64, s string, style Style) float64 {
	for _, line := range b.lines(s, style.Size, width) {
		b.set(x, y, line, style)
		y += style.LineHeight()
	}
	return y
}

// Height is what Paragraph would take.
func (b *Book) Height(s string, width float64, style Style) float64 {
	return float64(len(b.lines(s, style.Size, width))) * style.LineHeight()
}

func (b *Book) lines(s string, size, width float64) []prepared {
	var out []prepared
	for _, piece := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		out = append(out, wrap(b.prepare(piece), size, width)...)
	}
	return out
}

// wrap breaks a line where Unicode (UAX 14) allows it, and between any two characters where a
// piece alone is wider than the line, as long names and numbers are. Every line holds at least
// one character, however narrow the column.
func wrap(p prepared, size, width float64) []prepared {
	var out []prepared
	line := prepared("")
	end := func() {
		out = append(out, prepared(strings.TrimRightFunc(string(line), unicode.IsSpace)))
		line = ""
	}
	fits := func(q prepared) bool {
		return prepared(strings.TrimRightFunc(string(q), unicode.IsSpace)).width(size) <= width
	}
	rest, state := string(p), -1
	for rest != "" {
		var piece string
		piece, rest, _, state = uniseg.FirstLineSegmentInString(rest, state)
		if fits(line + prepared(piece)) {
			line += prepared(piece)
			continue
		}
		if line != "" {
			end()
		}
		if fits(prepared(piece)) {
			line = prepared(piece)
			continue
		}
		for g := uniseg.NewGraphemes(piece); g.Next(); {
			if line != "" && !fits(line+prepared(g.Str())) {
				end()
			}
			line += prepared(g.Str())
		}
	}
	if line != "" || len(out) == 0 {
		end()
	}
	return slices.Clip(out)
}

// set draws prepared text in one line and returns its width.
func (b *Book) set(x, y float64, p prepared, style Style) float64 {
	start := x
	baseline := y + style.LineHeight()*baselineAt
	piece := func(s string, size, rise float64) {
		if b.drawing() {
			b.pdf.SetTextColor(style.Color.R, style.Color.G, style.Color.B)
			b.fail(b.pdf.SetFont(family, "", size))
			b.pdf.SetXY(x, baseline-rise)
			b.fail(b.pdf.Text(s))
		}
		x += plainWidth(s, size)
	}
	p.split(func(s string) { piece(s, style.Size, 0) }, func(label string) {
		piece(string(box), style.Size, 0)
		if label != "" {
			piece(label, style.Size*numberScale, style.Size*numberRise)
		}
	})
	if shown := p.shown(); strings.TrimSpace(shown) != "" {
		page := b.page()
		page.Lines = append(page.Lines, shown)
	}
	return x - start
}

// shownInProperties makes a text fit for the document's properties and contents, which the
// library can only write with characters of four hexadecimal digits.
func shownInProperties(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xFFFF || unicode.IsControl(r) {
			return box
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
