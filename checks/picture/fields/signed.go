package fields

import (
	"math"
	"slices"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/reading"
)

// signed finds the company's name where the chop is. A chop hides a part of what it is stamped on, so
// that the line is found in pieces: the pieces of the row are read again as one line through the
// red channel, in which the chop does not show.
//
// It is given beside the name that is filled in further up. Where the two are nearly alike the one
// under the chop is a misreading of the same name more likely than another name; and where the place can
// as well be read as that name, it is given as read so.
func (f *finder) signed() {
	var list []candidate
	filled := f.has("company")
	for _, parts := range f.signedRows() {
		v := value{parts: parts}
		own := candidate{v, company(v)}
		list = append(list, own)
		// A line that was found whole and read surely, through whatever channel, is read.
		if f.again == nil || len(parts) == 1 && own.n.confidence >= sureEnough && endsCompany(own.n.text) || !f.mayBeSigned(v) {
			continue
		}
		looks, err := f.looksUnderChop(parts)
		if err != nil {
			f.err = err
			return
		}
		for _, r := range looks {
			c := candidate{v, company(fromReading(r, whole(parts)))}
			if filled != nil && r.Way == reading.Red && r.Likelier([]rune(filled.Value), OneWidth) <= nearly {
				c.n = named{filled.Value, max(c.n.confidence, 0.5), true}
			}
			list = append(list, c)
		}
	}
	list = slices.DeleteFunc(list, func(c candidate) bool { return !endsCompany(c.n.text) })
	c, ok := bestSigned(list, filled)
	if !ok {
		return
	}
	if filled != nil {
		if filled.Value == c.n.text {
			filled.Confidence = rounded(together(filled.Confidence, c.n.confidence))
		} else if likeness(filled.Value, c.n.text) > 0.6 {
			c.n.confidence = min(c.n.confidence, 0.8)
			filled.Confidence = min(filled.Confidence, disputed)
		}
	}
	f.add("company", c.v, c.n)
}

// nearly is how much likelier another reading may be than the name that is filled in for the place to be
// read as that name: seven times. Of 50 names under chops on drawn forms, good and poor, 49 are within it,
// and 5 of some 470 in which one character is exchanged for a look-alike (听 and 昕, 木 and 术).
// Only the looks through the red channel are asked: without it twice as many of the exchanged are.
const nearly = 2.0

// bestSigned is the likeliest of what stands under the chop: the name that is filled in where a look can be
// read so, or else the one with the most confidence.
func bestSigned(list []candidate, filled *checks.Reading) (candidate, bool) {
	if filled != nil {
		same := slices.DeleteFunc(slices.Clone(list), func(c candidate) bool { return c.n.text != filled.Value })
		if c, ok := best(same); ok {
			return c, true
		}
	}
	return best(list)
}

// mayBeSigned reports whether a row is worth another look: it has some characters of a name, and is not the
// date below it.
func (f *finder) mayBeSigned(v value) bool {
	text := v.text()
	return len([]rune(company(v).text)) >= 3 && !(strings.ContainsRune(text, '年') && strings.ContainsRune(text, '月'))
}

// looksUnderChop reads a row again as one line: as it is, and through the red channel with a character more at
// either end, which the ink hides from the search for lines.
func (f *finder) looksUnderChop(parts []part) (looks []reading.Reading, err error) {
	q := whole(parts)
	for _, look := range []struct {
		q   reading.Quad
		way reading.Way
	}{{longer(q, 0.8), reading.Red}, {q, reading.Red}, {q, reading.Color}} {
		r, err := f.again(f.ctx, look.q, look.way)
		if err != nil {
			return nil, err
		}
		looks = append(looks, r)
	}
	return looks, nil
}

// longer is a line with so many of its heights more at either end.
func longer(q reading.Quad, by float64) reading.Quad {
	minus := func(a, b reading.Point) reading.Point { return reading.Point{X: a.X - b.X, Y: a.Y - b.Y} }
	along, down := minus(q[1], q[0]), minus(q[3], q[0])
	f := by * math.Hypot(down.X, down.Y) / max(math.Hypot(along.X, along.Y), 1e-9)
	step := reading.Point{X: f * along.X, Y: f * along.Y}
	back := reading.Point{X: -step.X, Y: -step.Y}
	return reading.Quad{minus(q[0], step), minus(q[1], back), minus(q[2], back), minus(q[3], step)}
}

// alike is how much of the name that is filled in a row has to have in common with it to be taken for
// the name above the chop where no label says so.
const alike = 0.5

// signedRows lists the rows in which the name above the chop may stand: behind its label, and in the
// lines below it; and, where the chop hides the label, any row but the filled-in one that is like it.
func (f *finder) signedRows() (rows [][]part) {
	var seen []*piece
	take := func(p *piece, fromX float64) {
		if slices.Contains(seen, p) || f.sheet.isLabel(p) {
			return
		}
		if row := f.rowOf(p, fromX); len(row) > 0 {
			for _, s := range row {
				seen = append(seen, s.p)
			}
			rows = append(rows, row)
		}
	}
	for _, m := range f.sheet.named(fieldSigned) {
		if v := f.sheet.value(m); len(v.parts) > 0 && m.last == v.parts[0].p {
			rows = append(rows, v.parts) // behind the label, in its own line
		}
		label := m.first
		for _, p := range f.sheet.pieces {
			down := p.y - label.yAt((p.x0+p.x1)/2)
			if down > -0.5*label.height && down < 4*label.height && p.x1 > label.x0 && len(p.glyphs) >= 2 {
				take(p, label.x0-2*label.height)
			}
		}
	}
	filled := f.has("company")
	if filled == nil {
		return rows
	}
	for _, p := range f.sheet.pieces {
		if overlap(p.line.Box, filled.Box) || len(p.glyphs) < 3 || slices.Contains(seen, p) {
			continue
		}
		row := f.rowOf(p, math.Inf(-1))
		if len(row) > 0 && likeness(company(value{parts: row}).text, filled.Value) >= alike {
			take(p, math.Inf(-1))
		}
	}
	return rows
}

// rowOf is the row of pieces around p, none further left than fromX, none further apart from the next
// than a chop hides.
func (f *finder) rowOf(p *piece, fromX float64) (row []part) {
	for _, q := range f.sheet.pieces {
		if q != p && !sameRow(p, q) || q.x1 < fromX || q.height > 1.8*p.height || p.height > 1.8*q.height || f.sheet.isLabel(q) {
			continue
		}
		if n := len(row); n > 0 {
			if last := row[n-1].p; q.x0-last.x1 > 6*p.height || q.x0 < last.x1-p.height {
				if q.x0 > p.x0 {
					break
				}
				row = nil // what stands further left belongs to something else
			}
		}
		row = append(row, part{q, 0, len(q.glyphs)})
	}
	return row
}

// overlap reports whether two boxes have a place in common.
func overlap(a, b checks.Region) bool {
	return a.X < b.X+b.Width && b.X < a.X+a.Width && a.Y < b.Y+b.Height && b.Y < a.Y+a.Height
}

// likeness is the share of characters two texts have in common, in their order (the longest common
// subsequence over the longer text's length).
func likeness(a, b string) float64 {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for _, r := range x {
		diagonal := 0
		for j, s := range y {
			up := row[j+1]
			if r == s {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(up, row[j])
			}
			diagonal = up
		}
	}
	return float64(row[len(y)]) / float64(max(len(x), len(y), 1))
}
