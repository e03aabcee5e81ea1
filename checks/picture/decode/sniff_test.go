package decode

import (
	"image/color"
	"strings"
	"testing"
	"unicode/utf16"

	"dossier/checks/picture/filetest"
)

// zipOf is the beginning of a ZIP file: local headers of stored, empty entries.
func zipOf(names ...string) string {
	var b strings.Builder
	for _, n := range names {
		b.WriteString("PK\x03\x04\x14\x00\x00\x00\x00\x00" + strings.Repeat("\x00", 16) + string([]byte{byte(len(n)), 0, 0, 0}) + n)
	}
	return b.String()
}

func exe() string {
	b := make([]byte, 200)
	copy(b, "MZ")
	b[60] = 128
	copy(b[128:], "PE\x00\x00")
	return string(b)
}

// The samples Sniff must know, and beside them what only looks like one.
var samples = []struct {
	what string
	data string
	want Format
}{
	{"JFIF", "\xff\xd8\xff\xe0\x00\x10JFIF\x00", JPEG},
	{"JPEG that begins with tables", "\xff\xd8\xff\xdb\x00\x43", JPEG},
	{"JPEG with fill bytes", "\xff\xd8\xff\xff\xe1", JPEG},
	{"JPEG cut after three bytes", "\xff\xd8\xff", JPEG},
	{"a JPEG start and no marker", "\xff\xd8\xff\x00", Unknown},
	{"a JPEG start alone", "\xff\xd8", Unknown},
	{"BMP", string(filetest.BMP{Width: 1, Height: 1, Bits: 24}.Bytes()), BMP},
	{"BMP of OS/2", "BM" + strings.Repeat("\x00", 12) + "\x0c\x00\x00\x00\x01\x00\x01\x00\x01\x00\x18\x00", BMP},
	{"a word that begins with BM", "BMW motor cars, list of prices", Text},
	{"BM and zeros", "BM" + strings.Repeat("\x00", 60), Unknown},
	{"GIF of 1987", "GIF87a\x01\x00", GIF},
	{"GIF of 1989", string(filetest.GIF{Width: 1, Height: 1, Palette: color.Palette{color.White, color.Black}}.Bytes()), GIF},
	{"GIF of another year", "GIF90a\x01\x00\x01\x00", Unknown},
	{"PNG", "\x89PNG\r\n\x1a\n\x00", PNG},
	{"PNG that went through a text transfer", "\x89PNG\n\x1a\n\x00", Unknown},
	{"WebP", "RIFF\x10\x00\x00\x00WEBPVP8 ", WebP},
	{"WAVE", "RIFF\x10\x00\x00\x00WAVEfmt \x00", Unknown},
	{"TIFF, little end first", "II*\x00\x08\x00\x00\x00", TIFF},
	{"TIFF, big end first", "MM\x00*\x00\x00\x00\x08", TIFF},
	{"JPEG XR", "II\xbc\x01\x20\x00\x00\x00", JPEGXR},
	{"HEIC", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", HEIC},
	{"HEIC that calls itself a picture", "\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic", HEIC},
	{"AVIF", "\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1avif", AVIF},
	{"MP4", "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomavc1", MP4},
	{"QuickTime", "\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ", MP4},
	{"PDF", "%PDF-1.7\n%\xe2\xe3", PDF},
	{"PDF behind a few stray bytes", "\x00\x01\x02\n%PDF-1.7\n", PDF},
	{"PDF too far in", strings.Repeat("\x00", 2000) + "%PDF-1.7", Unknown},
	{"Word", zipOf("[Content_Types].xml", "word/document.xml"), Office},
	{"OpenDocument", zipOf("mimetypeapplication/vnd.oasis.opendocument.text"), Office},
	{"old Word", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", Office},
	{"OFD", zipOf("OFD.xml", "Doc_0/Document.xml"), OFD},
	{"ZIP", zipOf("photo.jpg"), ZIP},
	{"empty ZIP", "PK\x05\x06" + strings.Repeat("\x00", 18), ZIP},
	{"RAR", "Rar!\x1a\x07\x01\x00", RAR},
	{"7-Zip", "7z\xbc\xaf\x27\x1c\x00\x04", SevenZip},
	{"gzip", "\x1f\x8b\x08\x00", Gzip},
	{"Photoshop", "8BPS\x00\x01\x00\x00\x00\x00\x00\x00\x00\x03", PSD},
	{"program", exe(), Executable},
	{"MZ and no program", "MZ is not a program", Text},
	{"shortcut", "L\x00\x00\x00\x01\x14\x02\x00\x00\x00", Shortcut},
	{"icon", "\x00\x00\x01\x00\x01\x00\x10\x10\x00\x00\x01\x00\x20\x00\x68\x00\x00\x00\x16\x00\x00\x00" + "\x28", ICO},
	{"RTF", `{\rtf1\ansi`, RTF},
	{"PostScript", "%!PS-Adobe-3.0\n", PostScript},
	{"SVG", `<?xml version="1.0"?>` + "\n<!-- drawn -->\n<svg xmlns=", SVG},
	{"web page", "\xef\xbb\xbf \n<!DOCTYPE html>\n<html>", HTML},
	{"other XML", `<?xml version="1.0"?><answers/>`, Text},
	{"UTF-8", "营业执照\r\n", Text},
	{"GBK", "\xd3\xaa\xd2\xb5\xd6\xb4\xd5\xd5", Text},
	{"UTF-16", utf16Bytes("营业执照"), Text},
	{"nothing", "", Unknown},
	{"zeros", strings.Repeat("\x00", 64), Unknown},
	{"noise", "\x93\x00\x17\xf2\x88\x01\x02\x03", Unknown},
}

func utf16Bytes(s string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func TestSniff(t *testing.T) {
	for _, s := range samples {
		if got := Sniff([]byte(s.data)); got != s.want {
			t.Errorf("%s is told to be %s, want %s", s.what, got, s.want)
		}
	}
}

func TestEveryFormatHasANameAndItsExtensionsAreItsOwn(t *testing.T) {
	owner := map[string]Format{}
	unknown := Unknown.Title()
	for f := range extensions {
		if title := f.Title(); title == unknown || title.Zh == "" {
			t.Errorf("%s has no title", f)
		}
		for _, e := range f.Extensions() {
			if e != strings.ToLower(e) || e[0] != '.' {
				t.Errorf("%s: extension %q", f, e)
			}
			if owner[e] != "" {
				t.Errorf("%s belongs to %s and %s", e, owner[e], f)
			}
			owner[e] = f
		}
	}
	for _, m := range magics {
		if m.format.Extensions() == nil {
			t.Errorf("%s has no extensions", m.format)
		}
	}
}

func TestHeadersOfFormatsThatAreNotDecoded(t *testing.T) {
	box := func(name string, body ...string) string {
		b := strings.Join(body, "")
		n := len(b) + 8
		return string([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}) + name + b
	}
	ispe := func(w, h int) string {
		return box("ispe", "\x00\x00\x00\x00", string([]byte{0, 0, byte(w >> 8), byte(w), 0, 0, byte(h >> 8), byte(h)}))
	}
	heic := box("ftyp", "heic\x00\x00\x00\x00mif1heic") +
		box("meta", "\x00\x00\x00\x00", box("hdlr", "\x00\x00"), box("iprp", box("ipco", ispe(512, 512), ispe(4032, 3024), box("irot", "\x03"))))
	tiff := append([]byte("II*\x00\x08\x00\x00\x00\x03\x00"),
		"\x00\x01\x04\x00\x01\x00\x00\x00\xb0\x09\x00\x00"+"\x01\x01\x03\x00\x01\x00\x00\x00\xb4\x0d\x00\x00"+"\x12\x01\x03\x00\x01\x00\x00\x00\x08\x00\x00\x00"+"\x00\x00\x00\x00"...)
	psd := "8BPS\x00\x01" + strings.Repeat("\x00", 6) + "\x00\x03\x00\x00\x01\x00\x00\x00\x02\x00\x00\x08\x00\x03"
	for _, c := range []struct {
		data              string
		w, h, orientation int
	}{
		{heic, 4032, 3024, 6}, {string(tiff), 2480, 3508, 8}, {psd, 512, 256, 1},
	} {
		h, err := ReadHeader([]byte(c.data))
		if err != nil || h.Width != c.w || h.Height != c.h || h.Orientation != c.orientation {
			t.Errorf("%+v, %v; want %d x %d, orientation %d", h, err, c.w, c.h, c.orientation)
		}
		if _, err := Decode([]byte(c.data)); err == nil {
			t.Errorf("%s was decoded", h.Format)
		}
	}
}

func TestMultiPictureIndexIsCounted(t *testing.T) {
	// A directory of one entry: number of images (0xB001), LONG, 3.
	index := "MPF\x00II*\x00\x08\x00\x00\x00\x01\x00\x01\xb0\x04\x00\x01\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00"
	data := filetest.JPEG{Width: 8, Height: 8, Values: []uint8{9}, Adobe: -1, Segments: filetest.Segment(0xe2, []byte(index))}.Bytes()
	if h, err := ReadHeader(data); err != nil || h.Extras != 2 || h.Frames != 1 {
		t.Errorf("%+v, %v", h, err)
	}
}

func FuzzSniff(f *testing.F) {
	for _, s := range samples {
		f.Add([]byte(s.data))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if format := Sniff(b); format != Unknown && format.Extensions() == nil {
			t.Fatalf("a format without extensions: %s", format)
		}
	})
}

// Whatever the bytes: no panic, no error without a type, and no claim that contradicts itself.
func FuzzDecode(f *testing.F) {
	pal := color.Palette{color.White, color.Black}
	f.Add(filetest.GIF{Width: 9, Height: 9, Palette: pal, Frames: []filetest.GIFFrame{{X: 1, Width: 8, Height: 8, Interlaced: true, Transparent: 0}}}.Bytes())
	f.Add(filetest.GIF{Width: 1, Height: 1, Frames: []filetest.GIFFrame{{Width: 20, Height: 5, Transparent: -1}}}.Bytes())
	f.Add(filetest.JPEG{Width: 20, Height: 12, Values: []uint8{1, 2, 3, 4}, Adobe: 2, Marker: 0xc2, Segments: filetest.EXIF(7)}.Bytes())
	f.Add(filetest.BMP{Width: 3, Height: -2, Bits: 32, Pixels: make([]byte, 24)}.Bytes())
	f.Add(encodePNG(f, filetest.Noise(3, 4)))
	for _, data := range hostile(f) {
		f.Add(data)
	}
	for _, s := range samples {
		f.Add([]byte(s.data))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := ReadHeader(data)
		if err != nil && !typed(err) {
			t.Fatalf("an error without a type: %v", err)
		}
		if err == nil && (h.Width <= 0 || h.Height <= 0 || h.MemoryCost < 0 || h.Orientation < 1 || h.Orientation > 8 || h.Frames < 1) {
			t.Fatalf("%+v", h)
		}
		if end, ok := End(data); ok && (end < 0 || end > int64(len(data))) {
			t.Fatalf("ends at %d of %d", end, len(data))
		}
		if h.MemoryCost > 4<<20 {
			return // allowed, and too slow to try a thousand times a second
		}
		p, err := Decode(data)
		if err != nil {
			if !typed(err) {
				t.Fatalf("an error without a type: %v", err)
			}
			return
		}
		w, ht := h.Upright()
		if b := p.Image.Bounds(); b.Min.X != 0 || b.Min.Y != 0 || b.Dx() != w || b.Dy() != ht {
			t.Fatalf("bounds %v, header %+v", b, h)
		}
		if p.Complete < 0 || p.Complete > 1 || !p.Missing.In(p.Image.Bounds()) {
			t.Fatalf("complete %v, missing %v", p.Complete, p.Missing)
		}
		if p.Complete < 1 && len(p.Problems) == 0 {
			t.Fatal("incomplete, and no problem said why")
		}
		Thumbnail(p.Image, 16)
	})
}
