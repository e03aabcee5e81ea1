// Package freetext finds the free texts that a picture file carries, each whole: comments, descriptions, and
// XMP packets as they stand in the file.
//
// What lives here: finding and decoding text. What must not: its meaning. checks/picture/metadata reads the
// same places field by field, cut to what a report can show; a program that leaves a page of text, or
// XML that no parser takes, is met here.
package freetext

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/ifd"
	"dossier/checks/picture/jpeg"
)

// A Text is one text of the file.
type Text struct {
	Place string // where it stands, in technical words: "EXIF UserComment", "XMP", "PNG tEXt parameters"
	Value string // valid UTF-8
}

// XMP is the Place of XMP packets, which are XML.
const XMP = "XMP"

const (
	maxTexts = 64
	// maxLength bounds one text. An XMP packet fills a segment of 64 KiB at most; only those that
	// hold depth maps in base64 are longer, behind the part that is of interest.
	maxLength = 1 << 20
	// maxTotal bounds all texts of a file together, for they are searched many times over.
	maxTotal = 2 << 20
)

// Shared is the subject's texts, read once for all checks.
var Shared = checks.NewShared("free texts", func(_ context.Context, s *checks.Subject) ([]Text, error) {
	return Read(s.Data), nil
})

// Read returns the texts of the file in data, a JPEG, PNG, WebP or GIF, in file order; none for other formats.
func Read(data []byte) []Text {
	var r reader
	switch decode.Sniff(data) {
	case decode.JPEG:
		r.jpeg(data)
	case decode.PNG:
		r.png(data)
	case decode.WebP:
		r.webp(data)
	case decode.GIF:
		r.packet(data)
	}
	return r.texts
}

type reader struct {
	texts []Text
	total int
}

func (r *reader) add(place, value string) {
	value = value[:min(len(value), maxLength, maxTotal-r.total)]
	value = strings.ToValidUTF8(value, "\uFFFD")
	if len(r.texts) < maxTexts && strings.TrimSpace(value) != "" {
		r.texts = append(r.texts, Text{place, value})
		r.total = min(maxTotal, r.total+len(value))
	}
}

func (r *reader) jpeg(data []byte) {
	// An error leaves what came before it.
	layout, _ := jpeg.ScanSegments(data, jpeg.DefaultLimits())
	for _, s := range layout.Segments {
		p := s.Payload(data)
		switch s.Marker {
		case jpeg.APP1:
			if rest, ok := bytes.CutPrefix(p, []byte("Exif\x00")); ok && len(rest) > 1 {
				r.exif(rest[1:])
			} else if rest, ok := bytes.CutPrefix(p, []byte("http://ns.adobe.com/xap/1.0/\x00")); ok {
				r.add(XMP, plain(rest))
			} else if rest, ok := bytes.CutPrefix(p, []byte("http://ns.adobe.com/xmp/extension/\x00")); ok && len(rest) > 40 {
				r.add(XMP, plain(rest[40:]))
			}
		case jpeg.COM:
			r.add("JPEG comment", plain(p))
		}
	}
}

// exifTexts are the tags whose values are free text or are misused for it (CIPA DC-008; the XP
// tags are Windows Explorer's, UTF-16).
var exifTexts = []struct {
	tag  uint16
	name string
}{
	{0x010E, "ImageDescription"}, {0x010F, "Make"}, {0x0110, "Model"}, {0x0131, "Software"},
	{0x9C9B, "XPTitle"}, {0x9C9C, "XPComment"}, {0x9C9E, "XPKeywords"}, {0x9C9F, "XPSubject"},
}

const (
	tagExifIFD     = 0x8769
	tagUserComment = 0x9286
)

func (r *reader) exif(block []byte) {
	b, err := ifd.Open(block)
	if err != nil {
		return
	}
	chain := b.Chain()
	if len(chain) == 0 {
		return
	}
	for _, d := range []ifd.Directory{chain[0], b.Linked(chain[0], tagExifIFD)} {
		for _, t := range exifTexts {
			e, ok := d.Find(t.tag)
			switch {
			case !ok:
			case strings.HasPrefix(t.name, "XP"):
				r.add("EXIF "+t.name, wide(e.Value, binary.LittleEndian))
			default:
				r.add("EXIF "+t.name, plain(e.Value))
			}
		}
		if e, ok := d.Find(tagUserComment); ok {
			r.add("EXIF UserComment", UserComment(e.Value))
		}
	}
}

// UserComment decodes the value of EXIF's UserComment: eight bytes name the encoding (CIPA DC-008, 4.6.5).
// Writers disagree about the byte order of UTF-16, and some write UTF-8 under that name, so the
// reading with most plain letters wins.
func UserComment(b []byte) string {
	if len(b) < 8 {
		return plain(b)
	}
	switch string(b[:8]) {
	case "UNICODE\x00":
		best, most := "", -1
		for _, s := range []string{wide(b[8:], binary.BigEndian), wide(b[8:], binary.LittleEndian), plain(b[8:])} {
			if n := letters(s); n > most {
				best, most = s, n
			}
		}
		return best
	case "ASCII\x00\x00\x00", "JIS\x00\x00\x00\x00\x00", "\x00\x00\x00\x00\x00\x00\x00\x00":
		return plain(b[8:])
	}
	return plain(b)
}

func letters(s string) (n int) {
	for _, r := range s {
		if r >= ' ' && r < 0x7F || r >= 0x4E00 && r <= 0x9FFF {
			n++
		} else if r == utf8.RuneError || r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			n -= 4
		}
	}
	return n
}

// plain decodes bytes: by a byte order mark or the zeros of UTF-16, else as UTF-8.
func plain(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("\xFF\xFE")):
		return wide(b[2:], binary.LittleEndian)
	case bytes.HasPrefix(b, []byte("\xFE\xFF")):
		return wide(b[2:], binary.BigEndian)
	case bytes.HasPrefix(b, []byte("<\x00")):
		return wide(b, binary.LittleEndian)
	case bytes.HasPrefix(b, []byte("\x00<")):
		return wide(b, binary.BigEndian)
	}
	return strings.Trim(string(b[:min(len(b), maxLength)]), "\x00")
}

// wide decodes UTF-16 up to its first zero.
func wide(b []byte, order binary.ByteOrder) string {
	b = b[:min(len(b), 2*maxLength)]
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

// png reads the text chunks (PNG, 11.3.3) and the EXIF chunk.
func (r *reader) png(data []byte) {
	for at := 8; at+12 <= len(data); {
		n := int(binary.BigEndian.Uint32(data[at:]))
		if n > len(data)-at-12 {
			return
		}
		payload := data[at+8 : at+8+n]
		switch kind := string(data[at+4 : at+8]); kind {
		case "tEXt":
			key, value, _ := bytes.Cut(payload, []byte{0})
			r.add("PNG tEXt "+plain(key), plain(value))
		case "zTXt":
			if key, value, ok := bytes.Cut(payload, []byte{0}); ok && len(value) > 1 {
				r.add("PNG zTXt "+plain(key), inflate(value[1:]))
			}
		case "iTXt":
			key, rest, ok := bytes.Cut(payload, []byte{0})
			if !ok || len(rest) < 2 {
				break
			}
			compressed := rest[0] == 1
			_, rest, _ = bytes.Cut(rest[2:], []byte{0}) // language
			_, value, _ := bytes.Cut(rest, []byte{0})   // translated keyword
			text := plain(value)
			if compressed {
				text = inflate(value)
			}
			place := "PNG iTXt " + plain(key)
			if string(key) == "XML:com.adobe.xmp" {
				place = XMP
			}
			r.add(place, text)
		case "eXIf":
			r.exif(payload)
		}
		at += 12 + n
	}
}

// inflate decompresses at most maxLength bytes.
func inflate(b []byte) string {
	z, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return ""
	}
	defer z.Close()
	// What was read before an error is text all the same.
	out, _ := io.ReadAll(io.LimitReader(z, maxLength))
	return plain(out)
}

// webp reads the EXIF and XMP chunks.
func (r *reader) webp(data []byte) {
	for at := 12; at+8 <= len(data); {
		n := int(binary.LittleEndian.Uint32(data[at+4:]))
		if n > len(data)-at-8 {
			return
		}
		payload := data[at+8 : at+8+n]
		switch string(data[at : at+4]) {
		case "EXIF":
			r.exif(bytes.TrimPrefix(payload, []byte("Exif\x00\x00")))
		case "XMP ":
			r.add(XMP, plain(payload))
		}
		at += 8 + n + n&1
	}
}

// packet finds an XMP packet that stands in the file as it is.
func (r *reader) packet(data []byte) {
	from := bytes.Index(data, []byte("<x:xmpmeta"))
	if from < 0 {
		return
	}
	if to := bytes.Index(data[from:], []byte("</x:xmpmeta>")); to >= 0 {
		r.add(XMP, plain(data[from:from+to]))
	}
}
