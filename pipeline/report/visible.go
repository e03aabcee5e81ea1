package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A segment is a stretch of a text from outside: as it is, or the visible spelling of a
// character that would otherwise hide or rearrange what stands around it.
type segment struct {
	Text    string
	Control bool // Text spells one control character or broken byte, e.g. `\u202e`
}

// maxMarks is how many combining marks may stand on one letter; written Vietnamese, Hebrew and
// Thai need three. More are piled up only to cover the lines above and below.
const maxMarks = 3

// segments splits a text so that nothing in it acts on the page or the terminal: control
// characters, line breaks, marks of writing direction, invisible characters and bytes that are
// no UTF-8 are spelled out.
func segments(s string) []segment {
	var list []segment
	plain := 0
	var before rune
	marks := 0 // combining marks in a row
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if marks++; !unicode.In(r, unicode.Mn, unicode.Me) {
			marks = 0
		}
		spelled, ok := spell(r, size, s[i], before)
		if marks > maxMarks {
			spelled, ok = escape(r), true
		}
		if ok {
			if plain < i {
				list = append(list, segment{Text: s[plain:i]})
			}
			list = append(list, segment{Text: spelled, Control: true})
			plain = i + size
		}
		before = r
		i += size
	}
	if plain < len(s) {
		list = append(list, segment{Text: s[plain:]})
	}
	return list
}

// spell returns the visible spelling of r where it needs one. before is the character in front:
// joiners are legitimate inside an emoji or a script that joins, not after ASCII or at the start.
func spell(r rune, size int, first byte, before rune) (string, bool) {
	switch {
	case r == utf8.RuneError && size == 1:
		return fmt.Sprintf(`\x%02x`, first), true
	case r == '\n':
		return `\n`, true
	case r == '\r':
		return `\r`, true
	case r == '\t':
		return `\t`, true
	case r == '\u200d' || r == '\u200c': // joiner, non-joiner
		if before > unicode.MaxASCII {
			return "", false
		}
	case r != ' ' && !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co):
		return "", false
	case r == ' ':
		return "", false
	}
	return escape(r), true
}

func escape(r rune) string {
	if r > 0xffff {
		return fmt.Sprintf(`\U%08x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// visible is a text from outside as one line that is safe on a terminal and in a message.
func visible(s string) string {
	var b strings.Builder
	for _, part := range segments(s) {
		b.WriteString(part.Text)
	}
	return b.String()
}

// brief shortens a long name in the middle, for lists; its ending is kept, because that tells
// what the file claims to be.
func brief(name string) string {
	const head, tail = 44, 16 // characters; with the three dots, a line of a list on a page
	r := []rune(name)
	if len(r) <= head+tail+3 {
		return name
	}
	return string(r[:head]) + " … " + string(r[len(r)-tail:])
}
