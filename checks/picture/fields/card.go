package fields

import (
	"slices"
	"strings"

	"dossier/checks"
	"dossier/checks/number"
)

// card finds the fields of a resident identity card, its front or its back. On the front everything
// hangs on the number, which is printed largest and stands lowest: where labels cannot be read (they
// are the smallest print), the name is the highest line of the card's text, and the address begins
// with a province (GB/T 11643; GA 448, the card's layout).
func (f *finder) card() {
	f.codes([]string{"id_number"}, "id_number")
	if n := f.has("id_number"); n == nil || n.Confidence < 0.5 {
		f.anywhereInstead("id_number")
	}
	f.person("name")
	if f.has("name") == nil {
		f.highestLine()
	}
	f.birth()
	f.address()
	f.days()
}

// anywhereInstead looks for a valid number in all lines, in the place of one that was not.
func (f *finder) anywhereInstead(kind string) {
	before := len(f.found)
	f.anywhere(kind)
	if len(f.found) > before {
		found := f.found[len(f.found)-1]
		f.found = slices.DeleteFunc(f.found[:before], func(r checks.Reading) bool { return r.Field == kind })
		f.found = append(f.found, found)
	}
}

// numberPiece is the piece in which the number was found.
func (f *finder) numberPiece() *piece {
	n := f.has("id_number")
	if n == nil {
		return nil
	}
	for _, p := range f.sheet.pieces {
		b := p.line.Box
		if n.Box.X >= b.X-1 && n.Box.Y >= b.Y-1 && n.Box.X+n.Box.Width <= b.X+b.Width+1 && n.Box.Y+n.Box.Height <= b.Y+b.Height+1 && len(p.glyphs) >= 15 {
			return p
		}
	}
	return nil
}

// nameUp and nameMost are how far the name stands above the number, in lengths of the number: 0.75 on a
// card seen from the front. The line below the name (sex and ethnicity) stands at 0.6.
const (
	nameUp   = 0.67
	nameMost = 0.95
)

// highestLine takes the highest line of the card's text for the name, if it stands where the name does.
func (f *finder) highestLine() {
	number := f.numberPiece()
	if number == nil {
		return
	}
	// The label may have been read as one line with the number.
	width := (number.x1 - number.x0) * 18 / float64(max(18, len(number.glyphs)))
	var top *piece
	for _, p := range f.sheet.pieces {
		up := number.yAt(p.x0) - p.y
		if up < nameUp*width || up > nameMost*width || p.x0 < number.x1-1.7*width || p.x0 > number.x1-0.9*width || p.height > 2.2*number.height {
			continue
		}
		if top == nil || p.y < top.y {
			top = p
		}
	}
	if top == nil {
		return
	}
	from := 0
	if g := top.glyphs; len(g) > 3 && (g[0].text == '姓' || g[1].text == '名') || len(g) == 3 && g[0].text == '姓' && g[1].text == '名' {
		from = 2 // half of the label was read
	}
	v := value{parts: []part{trimmed(part{top, from, len(top.glyphs)})}}
	if v.parts[0].from >= v.parts[0].to {
		return
	}
	n := person(v)
	if n.found && len([]rune(n.text)) <= 4 {
		n = f.personAgain(candidate{v, surnameFrom(v, n)})
		n.confidence *= 0.85 // its place alone says that it is the name
		f.add("name", v, n)
	}
}

// birth finds the day of birth, by its label or anywhere on the card: no other day stands on its front.
// The number says it too: read alike in two places it is sure, and where they differ one of them is
// misread.
func (f *finder) birth() {
	for _, m := range f.sheet.named(fieldBirth) {
		for _, v := range f.sheet.values(m) {
			if !v.below {
				f.born(v)
			}
		}
	}
	for _, p := range f.sheet.pieces {
		if text := p.text(); strings.ContainsRune(text, '年') && strings.ContainsRune(text, '月') {
			f.born(value{parts: []part{{p, 0, len(p.glyphs)}}})
		}
	}
}

func (f *finder) born(v value) {
	d := dates(v.text())
	if len(d) == 0 || f.has("birth_date") != nil {
		return
	}
	c := 1.0
	for _, g := range v.glyphs() {
		if g.text >= '0' && g.text <= '9' {
			c = min(c, g.confidence)
		}
	}
	if n := f.has("id_number"); n != nil {
		id, faults := number.ParseResidentID(n.Value, LatestBirth)
		switch {
		case len(faults) > 0:
		case id.Born.Equal(d[0]):
			c = together(c, n.Confidence)
		default:
			c = min(c, 0.5)
		}
	}
	f.add("birth_date", v, named{written(d[0]), c, true})
}

// likely reports whether a value has about as many characters of a code's alphabet as the code.
func (k codeKind) likely(v value) bool {
	n := 0
	for _, g := range v.glyphs() {
		if strings.ContainsRune(digitsAndLetters, upper(g.text)) || strings.ContainsRune("〇口○|丨", g.text) {
			n++
		}
	}
	return n >= k.length-2-k.length/9 && n <= k.length+4
}

func upper(r rune) rune {
	if r >= 'a' && r <= 'z' {
		return r - 'a' + 'A'
	}
	return r
}
