package freetext

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"
	"unicode/utf16"

	"dossier/checks/picture/filetest"
	"dossier/fixtures/jpegwriter"
)

func wideBytes(s string, order binary.AppendByteOrder) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

func TestUserComment(t *testing.T) {
	const text = "a comment, 一段文字"
	for name, b := range map[string][]byte{
		"UTF-16, big-endian":    append([]byte("UNICODE\x00"), wideBytes(text, binary.BigEndian)...),
		"UTF-16, little-endian": append([]byte("UNICODE\x00"), wideBytes(text, binary.LittleEndian)...),
		"UTF-8 under UNICODE":   []byte("UNICODE\x00" + text),
		"ASCII":                 []byte("ASCII\x00\x00\x00" + text),
		"no code":               []byte("\x00\x00\x00\x00\x00\x00\x00\x00" + text + "\x00\x00"),
		"not even eight bytes":  []byte(text),
	} {
		if got := UserComment(b); got != text {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := UserComment([]byte("abc")); got != "abc" {
		t.Errorf("three bytes: %q", got)
	}
}

func values(texts []Text) map[string]string {
	m := map[string]string{}
	for _, t := range texts {
		m[t.Place] = t.Value
	}
	return m
}

func TestJPEG(t *testing.T) {
	x := (&jpegwriter.EXIF{Make: "Maker", Software: "Program 1", Comment: "the comment"}).Bytes()
	packet := "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
	data := filetest.JPEG{Width: 8, Height: 8, Values: []uint8{1}, Adobe: -1, Segments: bytes.Join([][]byte{
		filetest.Segment(0xE1, append([]byte("Exif\x00\x00"), x...)),
		filetest.Segment(0xE1, []byte("http://ns.adobe.com/xap/1.0/\x00"+packet)),
		filetest.Segment(0xFE, []byte("a JPEG comment")),
	}, nil)}.Bytes()
	got := values(Read(data))
	want := map[string]string{"EXIF Make": "Maker", "EXIF Software": "Program 1", "EXIF UserComment": "the comment", XMP: packet, "JPEG comment": "a JPEG comment"}
	for place, v := range want {
		if got[place] != v {
			t.Errorf("%s: %q, want %q", place, got[place], v)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d texts: %v", len(got), got)
	}
}

func pngChunk(kind, payload string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(payload)))
	b = append(b, kind+payload...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func deflated(s string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write([]byte(s)) // into memory: it cannot fail
	w.Close()
	return b.String()
}

func TestOtherFormats(t *testing.T) {
	exif := string((&jpegwriter.EXIF{Software: "Program 2"}).Bytes())
	png := bytes.Join([][]byte{[]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", strings.Repeat("\x00", 13)),
		pngChunk("tEXt", "Software\x00Program 3"), pngChunk("zTXt", "Comment\x00\x00"+deflated("long text")),
		pngChunk("iTXt", "parameters\x00\x01\x00\x00\x00"+deflated("more")), pngChunk("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00<x/>"),
		// A text that grows without end is cut.
		pngChunk("zTXt", "Bomb\x00\x00"+deflated(strings.Repeat("x", 3*maxLength))),
		pngChunk("eXIf", exif), pngChunk("IEND", "")}, nil)
	got := values(Read(png))
	for place, v := range map[string]string{"PNG tEXt Software": "Program 3", "PNG zTXt Comment": "long text", "PNG iTXt parameters": "more", XMP: "<x/>", "EXIF Software": "Program 2"} {
		if got[place] != v {
			t.Errorf("%s: %q, want %q", place, got[place], v)
		}
	}
	if n := len(got["PNG zTXt Bomb"]); n != maxLength {
		t.Errorf("the long text has %d bytes", n)
	}
	riff := func(kind, payload string) string {
		b := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(payload)))
		return string(b) + payload + strings.Repeat("\x00", len(payload)&1)
	}
	body := "WEBP" + riff("VP8X", strings.Repeat("\x00", 10)) + riff("EXIF", exif) + riff("XMP ", "<y/>")
	webp := append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
	if got := values(Read(webp)); got[XMP] != "<y/>" || got["EXIF Software"] != "Program 2" {
		t.Errorf("WebP: %v", got)
	}
	if got := Read([]byte("BM nothing")); got != nil {
		t.Errorf("a bitmap: %v", got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x05zTXta\x00\x00bc\x00\x00\x00\x00"))
	f.Add([]byte("RIFF\x20\x00\x00\x00WEBPXMP \x02\x00\x00\x00ab"))
	f.Add(filetest.JPEG{Width: 8, Height: 8, Values: []uint8{1}, Adobe: -1, Segments: filetest.Segment(0xE1, append([]byte("Exif\x00\x00"), (&jpegwriter.EXIF{Comment: "c"}).Bytes()...))}.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, x := range Read(data) {
			if len(x.Value) > 4*maxLength {
				t.Fatalf("%s has %d bytes", x.Place, len(x.Value))
			}
		}
	})
}
