package fields

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"dossier/checks"
	"dossier/checks/picture/reading"
)

// A part is a run of glyphs of one piece that belongs to a value.
type part struct {
	p        *piece
	from, to int // glyphs from..to-1
}

func (s part) glyphs() []glyph { return s.p.glyphs[s.from:s.to] }

// ends is where the part lies along its piece, 0..1. What is read as a character's place is where
// the recogniser was surest of it, so that half a character is left at either side.
func (s part) ends() (begin, end float64) {
	g := s.glyphs()
	begin, end = g[0].begin, g[len(g)-1].end
	half := 0.5 / float64(max(1, len(s.p.glyphs)))
	if s.from > 0 {
		// Not before the middle between it and the label's last character.
		begin = max(begin-half, (s.p.glyphs[s.from-1].end+begin)/2)
	} else {
		begin = 0
	}
	if s.to < len(s.p.glyphs) {
		end = min(end+half, (s.p.glyphs[s.to].begin+end)/2)
	} else {
		end = 1
	}
	return begin, max(end, begin)
}

// quad is the part's place in the picture.
func (s part) quad() reading.Quad {
	if len(s.glyphs()) == 0 {
		return s.p.line.Quad
	}
	return s.between(s.ends())
}

// between is the piece's place from begin to end of its length, 0..1.
func (s part) between(b, e float64) reading.Quad {
	q := s.p.line.Quad
	between := func(a, c reading.Point, t float64) reading.Point {
		return reading.Point{X: a.X + t*(c.X-a.X), Y: a.Y + t*(c.Y-a.Y)}
	}
	return reading.Quad{between(q[0], q[1], b), between(q[0], q[1], e), between(q[3], q[2], e), between(q[3], q[2], b)}
}

func (s part) x0() float64 { b, _ := s.ends(); return s.p.at(b) }

// A value is what stands beside a label: its parts in the order of reading.
type value struct {
	parts []part
	below bool // found below the label and not beside it
}

func (v value) text() string {
	var b strings.Builder
	for _, s := range v.parts {
		for _, g := range s.glyphs() {
			b.WriteRune(g.text)
		}
	}
	return strings.TrimSpace(b.String())
}

func (v value) glyphs() (all []glyph) {
	for _, s := range v.parts {
		all = append(all, s.glyphs()...)
	}
	return all
}

// box is the upright rectangle around the value in a picture of that size.
func (v value) box(width, height int) checks.Region {
	var r checks.Region
	for i, s := range v.parts {
		b := s.quad().Box(width, height)
		if i == 0 {
			r = b
			continue
		}
		r = around(r, b)
	}
	return r
}

func around(a, b checks.Region) checks.Region {
	x, y := min(a.X, b.X), min(a.Y, b.Y)
	return checks.Region{X: x, Y: y, Width: max(a.X+a.Width, b.X+b.Width) - x, Height: max(a.Y+a.Height, b.Y+b.Height) - y}
}

// Distances between pieces, in heights of a line's box, which is about one and a half times as high
// as its characters. Labels and values stand in columns of their own, up to a third of a page apart;
// pieces of one value stand next to each other, and what stands further off is another's or a chop's; wrapped lines follow at the
// distance of print.
//
// faintLine is the confidence below which a piece of three characters or fewer is no part of a value.
const (
	faintLine = 0.4

	valueGap = 14
	pieceGap = 1.5
	wrapStep = 1.8
	belowGap = 2.6
)

// A sheet is a page taken apart: pieces, and the labels among them.
type sheet struct {
	page    *reading.Page
	pieces  []*piece
	matches []match
}

func newSheet(page *reading.Page, list []label) *sheet {
	s := &sheet{page: page, pieces: pieces(page)}
	s.matches = find(s.pieces, list)
	return s
}

// ends reports where the text of a piece from glyph i on ends: at the next label in it, or at its end.
func (s *sheet) end(p *piece, i int) int {
	end := len(p.glyphs)
	for _, m := range s.matches {
		if m.first == p && m.from >= i && m.from < end {
			end = m.from
		}
	}
	return end
}

// isLabel reports whether a piece begins with a label or is a part of one.
func (s *sheet) isLabel(p *piece) bool {
	for _, m := range s.matches {
		if m.first == p && m.from == 0 || m.last == p || p.x0 > m.first.x0 && p.x1 < m.last.x1 && sameRow(m.first, p) {
			return true
		}
	}
	return false
}

// trimmed cuts blanks and colons off both ends of a part.
func trimmed(p part) part {
	for p.from < p.to && separates(p.p.glyphs[p.from].text) {
		p.from++
	}
	for p.to > p.from && separates(p.p.glyphs[p.to-1].text) {
		p.to--
	}
	return p
}

func separates(r rune) bool { return unicode.IsSpace(r) || r == ':' || r == '|' || r == '_' }

// value returns what stands beside the label.
func (s *sheet) value(m match) value {
	var v value
	last := m.last
	if rest := trimmed(part{m.last, m.after, s.end(m.last, m.after)}); rest.from < rest.to {
		v.parts = append(v.parts, rest)
		if rest.to < len(m.last.glyphs) && s.end(m.last, m.after) < len(m.last.glyphs) {
			return v // another label follows within the line
		}
	}
	for _, p := range chain(s.pieces, m.last, 16)[1:] {
		gap := pieceGap
		if len(v.parts) == 0 {
			gap = valueGap
		}
		if s.isLabel(p) || p.x0-last.x1 > gap*max(last.height, p.height) {
			break
		}
		last = p
		if p.line.Confidence < faintLine && len(p.glyphs) <= 3 {
			continue // a piece of a chop or of the paper's pattern
		}
		end := s.end(p, 0)
		if q := trimmed(part{p, 0, end}); q.from < q.to {
			v.parts = append(v.parts, q)
		}
		if end < len(p.glyphs) {
			break
		}
	}
	return v
}

// under returns what stands below the label: on forms with the label above the line to fill in, and
// on licences that print the number below its name.
func (s *sheet) under(m match) value {
	var below *piece
	for _, p := range s.pieces {
		if dy := p.y - m.last.yAt((p.x0+p.x1)/2); s.isLabel(p) || dy <= 0.5*m.last.height || dy > belowGap*max(m.last.height, p.height) {
			continue
		}
		if p.x0 > m.last.x1 || p.x1 < m.first.x0 {
			continue
		}
		if below == nil || p.y < below.y {
			below = p
		}
	}
	if below != nil {
		if q := trimmed(part{below, 0, s.end(below, 0)}); q.from < q.to {
			return value{parts: []part{q}, below: true}
		}
	}
	return value{}
}

// values lists what can be the label's value: what stands beside it, then what stands below.
func (s *sheet) values(m match) (list []value) {
	for _, v := range []value{s.value(m), s.under(m)} {
		if len(v.parts) > 0 {
			list = append(list, v)
		}
	}
	return list
}

// wrapped adds to a value the lines into which it goes on: they begin where it begins, follow at the
// distance of print, and nothing stands beside them where the labels are.
func (s *sheet) wrapped(v value, m match, most int) value {
	if len(v.parts) == 0 {
		return v
	}
	x0, labelX := v.parts[0].x0(), m.first.at(m.first.glyphs[m.from].begin)
	last := v.parts[len(v.parts)-1]
	for range most {
		var next *piece
		for _, p := range s.pieces {
			step := p.y - last.p.yAt((p.x0+p.x1)/2)
			h := max(last.p.height, p.height)
			if s.isLabel(p) || step < 0.4*h || step > wrapStep*h || p.height > 1.8*last.p.height || last.p.height > 2.2*p.height {
				continue
			}
			if math.Abs(p.x0-x0) > 1.6*h || s.labelled(p, labelX, x0) {
				continue
			}
			if next == nil || p.y < next.y {
				next = p
			}
		}
		if next == nil {
			return v
		}
		last = trimmed(part{next, 0, s.end(next, 0)})
		if last.from == last.to {
			return v
		}
		v.parts = append(v.parts, last)
	}
	return v
}

// labelled reports whether something stands beside p where the labels stand.
func (s *sheet) labelled(p *piece, labelX, valueX float64) bool {
	for _, q := range s.pieces {
		// What was read with less than a half is pattern more often than print.
		if q != p && q.x1 <= valueX+0.5*p.height && q.x0 >= labelX-p.height && sameRow(p, q) && q.line.Confidence >= 0.5 {
			return true
		}
	}
	return false
}

// named returns the matches of a field's labels, the likeliest first.
func (s *sheet) named(field string) []match {
	var list []match
	for _, m := range s.matches {
		if m.label.field == field {
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b match) int {
		switch {
		case better(a, b):
			return -1
		case better(b, a):
			return 1
		}
		return 0
	})
	return list
}
