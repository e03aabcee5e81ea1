package fields

import (
	"math"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/reading"
)

// signed finds the company's name where the chop is. A chop hides a part of what it is stamped on, so
// that the line is found in pieces: the pieces of the row are read again as one line through the
// red channel, in which the chop does not show.
//
// It is given beside the name that is filled in further up. Where the two are nearly alike the one
// under the chop is a misreading of the same name more likely than another name.
func (f *finder) signed() {
	var list []candidate
	for _, parts := range f.signedRows() {
		v := value{parts: parts}
		list = append(list, candidate{v, company(v)})
		// A line that was found whole and read surely, through whatever channel, is read.
		if f.again == nil || len(parts) == 1 && list[len(list)-1].n.confidence >= sureEnough {
			continue
		}
		for _, way := range []reading.Way{reading.Red, reading.Color} {
			r, err := f.again(f.ctx, whole(parts), way)
			if err != nil {
				f.err = err
				return
			}
			list = append(list, candidate{v, company(fromReading(r, whole(parts)))})
		}
	}
	list = slices.DeleteFunc(list, func(c candidate) bool { return !endsCompany(c.n.text) })
	c, ok := best(list)
	if !ok {
		return
	}
	if filled := f.has("company"); filled != nil {
		if filled.Value == c.n.text {
			filled.Confidence = rounded(together(filled.Confidence, c.n.confidence))
		} else if likeness(filled.Value, c.n.text) > 0.6 {
			c.n.confidence = min(c.n.confidence, 0.8)
			filled.Confidence = min(filled.Confidence, disputed)
		}
	}
	f.add("company", c.v, c.n)
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
