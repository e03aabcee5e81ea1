package fields

import (
	"slices"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/reading"
)

// A Place is a label that was read and what stands beside it, for those who look at the picture there:
// whether a field was left empty, or is covered.
type Place struct {
	Field string // of checks.Reading, or empty for a label whose value is not read
	Label string // as papers print it, without blanks and colons
	Quad  reading.Quad
	// Value is what was read beside the label, or else below it, which Below says: empty if nothing was.
	Value  string
	Below  bool
	Values []reading.Quad // where that stands, a quad for each piece
}

// Places lists the labels that papers of a kind carry and where they stand in the page, in no
// particular order.
func Places(page *reading.Page, kind checks.Kind) []Place {
	s := newSheet(page, labelsOf(kind))
	var list []Place
	for _, m := range s.matches {
		p := Place{Field: published(m.label.field), Label: m.label.text, Quad: m.quad()}
		if values := s.values(m); len(values) > 0 {
			p.Value, p.Below, p.Values = values[0].text(), values[0].below, values[0].quads()
		}
		list = append(list, p)
	}
	// What stands beside another label, on the row below, is that label's.
	for i := range list {
		if p := &list[i]; p.Below && slices.ContainsFunc(list, func(q Place) bool { return !q.Below && slices.Contains(q.Values, p.Values[0]) }) {
			p.Value, p.Below, p.Values = "", false, nil
		}
	}
	return list
}

// Ending lists where the page has a label that ends in one of the words, such as 签名 in 经办人签名:
// read in a line of its own or at the end of one, with a colon or a bracket behind it or nothing. Labels of
// more than longest characters are sentences. Value is what follows in the same line.
func Ending(page *reading.Page, words []string, longest int) []Place {
	var list []Place
	for _, p := range pieces(page) {
		text := p.text()
		for _, word := range words {
			from, to, ok := labelEnding(p.glyphs, word)
			if !ok || to-from > longest {
				continue
			}
			label := part{p, from, to}
			place := Place{Label: strings.Trim(string([]rune(text)[from:to]), ": "), Quad: label.quad()}
			if rest := trimmed(part{p, to, len(p.glyphs)}); rest.from < rest.to {
				v := value{parts: []part{rest}}
				place.Value, place.Values = v.text(), v.quads()
			}
			list = append(list, place)
			break
		}
	}
	return list
}

// labelEnding finds in a line the label that ends in a word, from where it begins to behind what closes it.
func labelEnding(line []glyph, word string) (from, to int, ok bool) {
	text := make([]rune, len(line))
	for i, g := range line {
		text[i] = g.text
	}
	want := []rune(word)
	for i := 0; i+len(want) <= len(text); i++ {
		if !slices.Equal(text[i:i+len(want)], want) {
			continue
		}
		to = i + len(want)
		switch rest := text[to:]; {
		case len(rest) > 0 && (rest[0] == '(' || rest[0] == '/' || rest[0] == '、'):
			// 签字(盖章), 签字/盖章: what stands in brackets belongs to the label.
			for n := 1; n < len(rest) && n < 8; n++ {
				if separates(rest[n]) || rest[n] == ')' {
					to += n + 1
					break
				}
			}
		case len(rest) > 0 && rest[0] == ')':
			to++
		case len(rest) > 0 && !separates(rest[0]):
			continue // 签字后生效: a sentence
		}
		for to < len(text) && separates(text[to]) {
			to++
		}
		for from = i; from > 0 && !separates(text[from-1]) && !strings.ContainsRune("。,、;", text[from-1]); {
			from--
		}
		return from, to, true
	}
	return 0, 0, false
}

// published is a field's name as readings have it; those used only here have none.
func published(field string) string {
	switch field {
	case fieldTerm, fieldRegister, fieldSigned, fieldAccount, fieldBirth:
		return ""
	}
	return field
}

// quad is the label's place.
func (m match) quad() reading.Quad {
	if m.first == m.last {
		return part{m.first, m.from, m.after}.quad()
	}
	a, b := part{m.first, m.from, len(m.first.glyphs)}.quad(), part{m.last, 0, m.after}.quad()
	return reading.Quad{a[0], b[1], b[2], a[3]}
}

func (v value) quads() (list []reading.Quad) {
	for _, s := range v.parts {
		list = append(list, s.quad())
	}
	return list
}
