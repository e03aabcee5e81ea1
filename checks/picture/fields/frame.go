package fields

import (
	"math"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"dossier/checks/picture/reading"
)

// maxLines bounds the lines that are looked at: an A4 page of small print has about 150, and what is
// beyond twice that is pattern, not text.
const maxLines = 400

// A glyph is one character of a piece.
type glyph struct {
	text       rune    // of one width: full-width digits, letters and brackets are made ASCII
	confidence float64 // 0..1
	begin, end float64 // along the piece, 0..1 of its length
	index      int     // among the characters of the line's reading
}

// A piece is a line of text in the paper's own directions: x along the text, y down the page.
type piece struct {
	line   reading.Line
	glyphs []glyph
	x0, x1 float64 // its ends
	y      float64 // its middle
	height float64
	slope  float64 // of its own direction, against the paper's; 0 where it is too short to tell
}

func (p *piece) text() string {
	var b strings.Builder
	for _, g := range p.glyphs {
		b.WriteRune(g.text)
	}
	return b.String()
}

// at is the x of a place along the piece, 0..1.
func (p *piece) at(part float64) float64 { return p.x0 + part*(p.x1-p.x0) }

// yAt is where the piece's own direction leads at x.
func (p *piece) yAt(x float64) float64 { return p.y + p.slope*(x-(p.x0+p.x1)/2) }

// OneWidth brings a character into the form in which labels and values are looked for.
func OneWidth(r rune) rune {
	switch r {
	case '〔', '【', '［', '[', '（', '﹙':
		return '('
	case '〕', '】', '］', ']', '）', '﹚':
		return ')'
	case '：', '﹕', '∶', ';', '；':
		return ':'
	case '‐', '‑', '‒', '–', '—', '−', '－', '﹣':
		return '-'
	case '•', '・', '‧', '･', '⋅', '●', '∙':
		return '·'
	}
	if s := []rune(norm.NFKC.String(string(r))); len(s) == 1 {
		return s[0]
	}
	return r
}

// pieces brings the lines of a page into the paper's directions: the x axis is the direction in
// which most of the text runs, so that a picture that lies on its side is read like any other.
// Lines that run across it (the arc of a chop, a border taken for text) are left out.
func pieces(page *reading.Page) []*piece {
	lines := page.Lines
	if len(lines) > maxLines {
		lines = lines[:maxLines]
	}
	ax, ay := direction(lines)
	var out []*piece
	for _, l := range lines {
		mid := func(a, b reading.Point) reading.Point { return reading.Point{X: (a.X + b.X) / 2, Y: (a.Y + b.Y) / 2} }
		left, right := mid(l.Quad[0], l.Quad[3]), mid(l.Quad[1], l.Quad[2])
		along := math.Hypot(right.X-left.X, right.Y-left.Y)
		across := (math.Hypot(l.Quad[3].X-l.Quad[0].X, l.Quad[3].Y-l.Quad[0].Y) + math.Hypot(l.Quad[2].X-l.Quad[1].X, l.Quad[2].Y-l.Quad[1].Y)) / 2
		if along <= 0 || across <= 0 || isSpeck(l) {
			continue
		}
		cos := ((right.X-left.X)*ax + (right.Y-left.Y)*ay) / along
		sin := ((right.Y-left.Y)*ax - (right.X-left.X)*ay) / along
		long := along >= 3*across
		// 0.94: twenty degrees. A single character's box says nothing of its direction.
		if long && cos < 0.94 {
			continue
		}
		p := &piece{line: l, height: across}
		cx, cy := (left.X+right.X)/2, (left.Y+right.Y)/2
		x, y := cx*ax+cy*ay, cy*ax-cx*ay
		if !long && math.Abs(cos) < 0.7 {
			along, p.height = across, along // a lone character whose box was taken for standing
		}
		p.x0, p.x1, p.y = x-along/2, x+along/2, y
		if long {
			p.slope = sin / cos
		}
		for i, c := range l.Characters {
			for _, r := range c.Text {
				p.glyphs = append(p.glyphs, glyph{OneWidth(r), c.Confidence, c.Begin, c.End, i})
			}
		}
		if len(p.glyphs) > 0 {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b *piece) int { return compare(a.x0, b.x0) })
	return out
}

// isSpeck reports whether a line is dirt or a piece of pattern taken for a character or two.
func isSpeck(l reading.Line) bool { return len(l.Characters) <= 2 && l.Confidence < 0.2 }

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// direction is the unit vector along which most of the text runs: the mean of the lines that are
// at least twice as long as high, weighted by what was read in them.
func direction(lines []reading.Line) (x, y float64) {
	for _, l := range lines {
		dx, dy := l.Quad[1].X-l.Quad[0].X+l.Quad[2].X-l.Quad[3].X, l.Quad[1].Y-l.Quad[0].Y+l.Quad[2].Y-l.Quad[3].Y
		along, across := math.Hypot(dx, dy), math.Hypot(l.Quad[3].X-l.Quad[0].X+l.Quad[2].X-l.Quad[1].X, l.Quad[3].Y-l.Quad[0].Y+l.Quad[2].Y-l.Quad[1].Y)
		if along < 2*across || along == 0 {
			continue
		}
		// Border patterns read as text are long and unsure; the square lets them weigh little.
		weight := float64(len(l.Characters)) * l.Confidence * l.Confidence
		x += weight * dx / along
		y += weight * dy / along
	}
	n := math.Hypot(x, y)
	if n < 1e-9 {
		return 1, 0
	}
	return x / n, y / n
}

// sameRow reports whether q stands on the row of p, further right or left.
func sameRow(p, q *piece) bool {
	x := (q.x0 + q.x1) / 2
	y := p.yAt(x)
	if p.slope == 0 && q.slope != 0 {
		y = p.y + q.slope*(x-(p.x0+p.x1)/2)
	}
	// Detected boxes are about one and a half times as high as the characters, and rows of print
	// seldom stand closer than that.
	return math.Abs(q.y-y) < 0.45*min(p.height, q.height)+0.1*max(p.height, q.height)
}
