package fields

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Patterns of what stands on business cards and letterheads, anywhere. The e-mail pattern takes what
// mail servers do (RFC 5321, 4.1.2, without quoted names) and domains of at least two parts; the
// phone pattern takes 7 to 15 digits (ITU-T E.164) with what people write between them.
var (
	emailPattern = regexp.MustCompile(`(?i)[a-z0-9][a-z0-9._%+-]*@[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}`)
	phonePattern = regexp.MustCompile(`(\+|00|\()?[0-9][0-9 ()./-]{5,20}[0-9]`)
	landline     = regexp.MustCompile(`0[0-9]{2,3}-?[0-9]{7,8}(-[0-9]{1,5})?`)
)

// legalForms are what the names of companies outside China end with.
var legalForms = []string{"ltd", "limited", "inc", "incorporated", "llc", "llp", "plc", "corp", "corporation", "company", "co", "gmbh", "ag", "sa", "sarl", "srl", "spa", "bv", "nv", "ab", "as", "oy", "aps", "pty", "pte", "kk", "sdn bhd", "有限公司", "股份有限公司", "株式会社", "合同会社", "주식회사"}

// free finds in a document of any make whose it is and how to reach them.
func (f *finder) free() {
	f.foreignCompany()
	f.freePhone()
	f.email()
}

// spaced is the text of a piece with its spaces. The recogniser loses some: one is put in between a
// small letter and a capital that stand further apart than letters mostly do.
func spaced(p *piece) string {
	var steps []float64
	for i := 1; i < len(p.glyphs); i++ {
		steps = append(steps, p.glyphs[i].begin-p.glyphs[i-1].begin)
	}
	slices.Sort(steps)
	var b strings.Builder
	for i, g := range p.glyphs {
		if i > 0 && unicode.IsLower(p.glyphs[i-1].text) && unicode.IsUpper(g.text) && g.begin-p.glyphs[i-1].begin > 1.3*steps[len(steps)/2] {
			b.WriteByte(' ')
		}
		b.WriteRune(g.text)
	}
	return strings.TrimSpace(b.String())
}

// endsForeign reports whether a line is a company's name: it ends with a legal form, begins with a
// capital or another script, and is no sentence.
func endsForeign(s string) bool {
	words := strings.Fields(strings.ToLower(strings.NewReplacer(".", "", ",", " ").Replace(s)))
	if len(words) == 0 || len(words) > 9 || len(s) > 90 {
		return false
	}
	last := words[len(words)-1]
	for _, form := range legalForms {
		if last == form && len(words) > 1 || !isASCII(form) && strings.HasSuffix(last, form) {
			return unicode.IsUpper([]rune(s)[0]) || !isASCII(s[:1])
		}
	}
	return false
}

func isASCII(s string) bool {
	for _, r := range s {
		if r >= 0x80 {
			return false
		}
	}
	return true
}

// foreignCompany takes the line that ends with a legal form and is printed largest.
func (f *finder) foreignCompany() {
	var top *piece
	for _, p := range f.sheet.pieces {
		if !endsForeign(spaced(p)) {
			continue
		}
		lower := strings.ToLower(p.text())
		if strings.HasPrefix(lower, "of a ") || strings.HasPrefix(lower, "as a ") || strings.HasPrefix(lower, "is ") || strings.HasPrefix(lower, "private ") {
			continue // "of a private limited company" names no company
		}
		if top == nil || p.height > 1.05*top.height || p.height > 0.95*top.height && p.y < top.y {
			top = p
		}
	}
	if top == nil {
		return
	}
	v := value{parts: []part{{top, 0, len(top.glyphs)}}}
	n := plain(v)
	n.text = spaced(top)
	f.add("company", v, n)
}

// freePhone takes the first number that can be a phone number: beside a label for it, with a plus
// sign, or alone in its line.
func (f *finder) freePhone() {
	for _, p := range f.sheet.pieces {
		text := strings.TrimSpace(p.text())
		at := phonePattern.FindStringIndex(text)
		if at == nil || strings.Contains(text, "@") {
			continue
		}
		number, before := text[at[0]:at[1]], strings.ToLower(strings.Trim(text[:at[0]], " :.-"))
		count := 0
		for _, r := range number {
			if unicode.IsDigit(r) {
				count++
			}
		}
		labelled := false
		for _, l := range []string{"tel", "telephone", "phone", "t", "p", "m", "mobile", "cell", "office", "direct", "电话", "手机", "联系电话"} {
			labelled = labelled || strings.HasSuffix(before, l)
		}
		if count < 7 || count > 15 || !labelled && !(before == "" && (number[0] == '+' || strings.HasPrefix(number, "00"))) {
			continue
		}
		v := value{parts: []part{{p, glyphAtByte(p, at[0]), glyphAtByte(p, at[1])}}}
		if v.parts[0].from < v.parts[0].to {
			f.add("phone", v, named{number, least(v), true})
			return
		}
	}
}

// glyphAtByte is the glyph at a byte of the piece's trimmed text.
func glyphAtByte(p *piece, at int) int {
	text := p.text()
	at += len(text) - len(strings.TrimLeftFunc(text, unicode.IsSpace))
	n := 0
	for i, g := range p.glyphs {
		if n >= at {
			return i
		}
		n += len(string(g.text))
	}
	return len(p.glyphs)
}

// email takes the first address of electronic mail.
func (f *finder) email() {
	for _, p := range f.sheet.pieces {
		text := strings.ReplaceAll(p.text(), " ", "")
		if at := emailPattern.FindString(text); at != "" {
			v := value{parts: []part{{p, 0, len(p.glyphs)}}}
			f.add("email", v, named{at, least(v), true})
			return
		}
	}
}

// phone takes a fixed line beside its label.
func (f *finder) phone() {
	for _, label := range []string{"phone", "mobile"} {
		for _, m := range f.sheet.named(label) {
			for _, v := range f.sheet.values(m) {
				if n := landline.FindString(strings.ReplaceAll(v.text(), " ", "")); n != "" && f.has("phone") == nil && !strings.HasPrefix(v.text(), "1") {
					f.add("phone", v, named{n, least(v), true})
				}
			}
		}
	}
}
