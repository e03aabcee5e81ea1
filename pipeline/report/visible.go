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

// segments splits a text so that nothing in it acts on the page or the terminal: control
// characters, line breaks, marks of writing direction, invisible characters and bytes that are
// no UTF-8 are spelled out.
func segments(s string) []segment {
	var list []segment
	plain := 0
	var before rune
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if spelled, ok := spell(r, size, s[i], before); ok {
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
	if r > 0xffff {
		return fmt.Sprintf(`\U%08x`, r), true
	}
	return fmt.Sprintf(`\u%04x`, r), true
}

// visible is a text from outside as one line that is safe on a terminal and in a message.
func visible(s string) string {
	var b strings.Builder
	for _, part := range segments(s) {
		b.WriteString(part.Text)
	}
	return b.String()
}
