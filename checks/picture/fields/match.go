package fields

import "unicode"

// A match is a label that was found.
type match struct {
	label label
	first *piece // the piece it begins in, at the glyph from
	from  int
	last  *piece // the piece it ends in; the value may begin behind it, at the glyph after
	after int
	cost  int // characters that differ
}

// chain is a row of pieces from one on, from left to right.
func chain(all []*piece, from *piece, most int) []*piece {
	row := []*piece{from}
	last := from
	for len(row) < most {
		var next *piece
		for _, q := range all {
			if q == last || q.x0 <= last.x0 || q.x0 < last.x1-0.5*min(last.height, q.height) || !sameRow(last, q) {
				continue
			}
			if next == nil || q.x0 < next.x0 {
				next = q
			}
		}
		if next == nil {
			return row
		}
		row = append(row, next)
		last = next
	}
	return row
}

// labelGap is how far apart the characters of one label may stand, in heights of its line: labels of
// two characters are spread over the width of those of six or seven.
const labelGap = 6

// slips is how many characters of a label may be misread. Two characters of a label as short as
// 名称 are all it has, so short ones must be whole.
func slips(n int) int {
	switch {
	case n < 4:
		return 0
	case n < 6:
		return 1
	}
	return n / 3
}

// find finds the labels among the pieces. Of two that overlap the one with fewer wrong characters
// stays, then the longer one.
func find(all []*piece, list []label) []match {
	var found []match
	for _, p := range all {
		row := chain(all, p, 8)
		if m, ok := begins(row, list); ok {
			found = append(found, m)
		}
		found = append(found, inside(p, list)...)
	}
	return withoutOverlaps(found)
}

// begins looks for the label with which a row begins.
func begins(row []*piece, list []label) (best match, ok bool) {
	type place struct {
		p *piece
		i int
	}
	var text []rune
	var places []place
	for n, p := range row {
		if n > 0 {
			before := row[n-1]
			// Only labels that were taken apart are put together: pieces of a character or two.
			if p.x0-before.x1 > labelGap*max(before.height, p.height) || len(before.glyphs) > 3 || len(text) > 16 {
				break
			}
		}
		for i, g := range p.glyphs {
			if !unicode.IsSpace(g.text) {
				text = append(text, unicode.ToLower(g.text))
				places = append(places, place{p, i})
			}
		}
	}
	for _, l := range list {
		want := []rune(lower(l.text))
		n, cost := prefix(text, want)
		if n == 0 || cost > slips(len(want)) {
			continue
		}
		end := places[n-1]
		// A short Latin label must not be the beginning of a word.
		if n < len(text) && want[len(want)-1] < 0x80 && unicode.IsLetter(text[n]) && text[n] < 0x80 {
			continue
		}
		m := match{l, row[0], 0, end.p, end.i + 1, cost}
		if !ok || better(m, best) {
			best, ok = m, true
		}
	}
	return best, ok
}

func lower(s string) string {
	r := []rune(s)
	for i := range r {
		r[i] = unicode.ToLower(r[i])
	}
	return string(r)
}

func better(a, b match) bool {
	x, y := len([]rune(a.label.text))-3*a.cost, len([]rune(b.label.text))-3*b.cost
	return x > y || x == y && a.cost < b.cost
}

// prefix returns how many characters of text make up the label with the fewest slips, and how many
// those are; n is 0 if not even the length fits. Slips are characters that differ, are missing or too
// many (Wagner and Fischer 1974); a label's last character has to be there, or the value would
// begin in the wrong place.
func prefix(text, want []rune) (n, cost int) {
	limit := slips(len(want))
	row := make([]int, len(text)+1) // cost of the label's first i against text's first j
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(want); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(text); j++ {
			v := diagonal
			if text[j-1] != want[i-1] {
				v++
			}
			v = min(v, row[j]+1, row[j-1]+1)
			diagonal, row[j] = row[j], v
		}
	}
	best := limit + 1
	for j := 1; j <= len(text) && j <= len(want)+limit; j++ {
		// Of equal ones that of the label's own length.
		if row[j] < best || row[j] == best && abs(j-len(want)) < abs(n-len(want)) {
			best, n = row[j], j
		}
	}
	if best > limit {
		return 0, best
	}
	return n, best
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// inside looks for labels within a line, which must be whole there: two columns read as one line, or
// 性别 and 民族 side by side.
func inside(p *piece, list []label) (found []match) {
	for i := 1; i < len(p.glyphs); i++ {
		for _, l := range list {
			want := []rune(l.text)
			// Two characters occur in running text too, but for those of the card.
			if len(want) < 4 && l.text != "民族" && l.text != "性别" && l.text != "注册号" || i+len(want) > len(p.glyphs) {
				continue
			}
			same := true
			for j, r := range want {
				same = same && p.glyphs[i+j].text == r
			}
			if same {
				found = append(found, match{label: l, first: p, from: i, last: p, after: i + len(want)})
			}
		}
	}
	return found
}

// withoutOverlaps keeps of labels that share characters the better one.
func withoutOverlaps(found []match) (kept []match) {
	covers := func(m match, p *piece, i int) bool {
		switch {
		case m.first == m.last:
			return p == m.first && i >= m.from && i < m.after
		case p == m.first:
			return i >= m.from
		case p == m.last:
			return i < m.after
		}
		return p.x0 > m.first.x0 && p.x0 < m.last.x0 && sameRow(m.first, p)
	}
	for i, m := range found {
		beaten := false
		for j, o := range found {
			if i == j {
				continue
			}
			if covers(o, m.first, m.from) || covers(m, o.first, o.from) {
				if better(o, m) || !better(m, o) && j < i {
					beaten = true
				}
			}
		}
		if !beaten {
			kept = append(kept, m)
		}
	}
	return kept
}
