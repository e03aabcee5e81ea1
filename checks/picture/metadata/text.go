package metadata

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// text decodes bytes of unknown encoding: UTF-8 if they are, else the Chinese national encoding,
// which older Chinese programs write, else Latin-1.
func text(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	if utf8.Valid(b) {
		return string(b)
	}
	if s, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b); err == nil && !bytes.ContainsRune(s, utf8.RuneError) {
		return string(s)
	}
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

// utf16Text decodes UTF-16 in the given order, unless a byte order mark says otherwise.
func utf16Text(b []byte, order binary.ByteOrder) string {
	if len(b) >= 2 {
		switch {
		case b[0] == 0xFF && b[1] == 0xFE:
			b, order = b[2:], binary.LittleEndian
		case b[0] == 0xFE && b[1] == 0xFF:
			b, order = b[2:], binary.BigEndian
		}
	}
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		u := order.Uint16(b)
		if u == 0 {
			break
		}
		units = append(units, u)
	}
	return string(utf16.Decode(units))
}

// userComment decodes EXIF's UserComment: eight bytes name the encoding (EXIF 2.32, 4.6.5). Writers disagree
// with the standard about the byte order of UTF-16, so the reading with more of plain text wins.
func userComment(b []byte, order binary.ByteOrder) string {
	if len(b) < 8 {
		return text(b)
	}
	code, rest := string(b[:8]), b[8:]
	switch code {
	case "UNICODE\x00":
		other := binary.ByteOrder(binary.BigEndian)
		if order == binary.ByteOrder(binary.BigEndian) {
			other = binary.LittleEndian
		}
		s, alternative := utf16Text(rest, order), utf16Text(rest, other)
		if plainness(alternative) > plainness(s) {
			return alternative
		}
		return s
	case "ASCII\x00\x00\x00", "\x00\x00\x00\x00\x00\x00\x00\x00", "JIS\x00\x00\x00\x00\x00":
		return text(rest)
	}
	return text(b)
}

// plainness returns the share of runes that are ASCII or common CJK ideographs.
func plainness(s string) float64 {
	n, plain := 0, 0
	for _, r := range s {
		n++
		if r < 0x80 || r >= 0x4E00 && r <= 0x9FFF {
			plain++
		}
	}
	if n == 0 {
		return 0
	}
	return float64(plain) / float64(n)
}

// clean makes a value fit to keep and to show: one line, no control characters, bounded.
func clean(s string) string {
	if len(s) > maxValue {
		s = s[:maxValue]
	}
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}
