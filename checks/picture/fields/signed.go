package fields

import (
	"slices"

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
	for _, m := range f.sheet.named(fieldSigned) {
		for _, parts := range f.rowsAt(m) {
			v := value{parts: parts}
			list = append(list, candidate{v, company(v)})
			if f.again == nil || len(parts) == 0 {
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
		}
	}
	f.add("company", c.v, c.n)
}

// rowsAt lists the rows in which the name above the chop may stand: behind the label, and the two
// below it.
func (f *finder) rowsAt(m match) (rows [][]part) {
	if v := f.sheet.value(m); len(v.parts) > 0 && !v.below {
		rows = append(rows, v.parts)
	}
	label := m.first
	var seen []*piece
	for _, p := range f.sheet.pieces {
		down := p.y - label.yAt((p.x0+p.x1)/2)
		if down < 0.5*label.height || down > 4*label.height || p.x1 < label.x0 || len(p.glyphs) < 2 || slices.Contains(seen, p) || f.sheet.isLabel(p) {
			continue
		}
		var row []part
		for _, q := range f.sheet.pieces {
			if q != p && !sameRow(p, q) || q.x1 < label.x0-2*label.height || q.height > 1.8*p.height || p.height > 1.8*q.height || f.sheet.isLabel(q) {
				continue
			}
			if n := len(row); n > 0 && q.x0-row[n-1].p.x1 > 6*p.height {
				continue
			}
			seen = append(seen, q)
			row = append(row, part{q, 0, len(q.glyphs)})
		}
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	return rows
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
