package page

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/bits"
	"strings"
	"testing"

	"dossier/checks"
)

func encodedJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// picture is a loaded JPEG.
func picture(t testing.TB, w, h int) Picture {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = uint8(i*7) | 3
	}
	p, err := LoadPicture(encodedJPEG(t, img))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// flatJPEG is the smallest baseline JPEG: one 8 x 8 block a component, each of one level, with
// the components numbered from 1. adobe < 0 writes no APP14 segment, otherwise its transform.
func flatJPEG(adobe int, levels ...int) []byte {
	out := []byte{0xff, 0xd8}
	segment := func(marker byte, body ...byte) {
		n := len(body) + 2
		out = append(append(out, 0xff, marker, byte(n>>8), byte(n)), body...)
	}
	if adobe >= 0 {
		segment(0xee, append([]byte("Adobe\x00\x64\x00\x00\x00\x00"), byte(adobe))...)
	}
	segment(0xdb, append([]byte{0}, bytes.Repeat([]byte{8}, 64)...)...) // every step 8: DC is level - 128
	frame := []byte{8, 0, 8, 0, 8, byte(len(levels))}
	scan := []byte{byte(len(levels))}
	for i := range levels {
		frame = append(frame, byte(i+1), 0x11, 0)
		scan = append(scan, byte(i+1), 0)
	}
	segment(0xc0, frame...)
	dc := append([]byte{0x00, 0, 0, 0, 12}, make([]byte, 12)...) // twelve codes of 4 bits: the sizes 0 to 11
	segment(0xc4, append(dc, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)...)
	ac := append([]byte{0x10, 1}, make([]byte, 15)...) // one code of 1 bit: end of block
	segment(0xc4, append(ac, 0)...)
	segment(0xda, append(scan, 0, 63, 0)...)
	var acc uint64
	n := 0
	put := func(v uint64, width int) { acc, n = acc<<width|v, n+width }
	flush := func(atEnd bool) {
		if atEnd && n%8 != 0 {
			put(1<<(8-n%8)-1, 8-n%8)
		}
		for ; n >= 8; n -= 8 {
			b := byte(acc >> (n - 8))
			if out = append(out, b); b == 0xff {
				out = append(out, 0)
			}
		}
	}
	for _, level := range levels {
		d := level - 128
		size := bits.Len(uint(max(d, -d)))
		put(uint64(size), 4)
		if d < 0 {
			d += 1<<size - 1
		}
		put(uint64(d), size)
		put(0, 1)
		flush(false)
	}
	flush(true)
	return append(out, 0xff, 0xd9)
}

func TestLoadPicture(t *testing.T) {
	colors := image.NewRGBA(image.Rect(0, 0, 6, 4))
	for i := range colors.Pix {
		colors.Pix[i] = 0xff
	}
	colors.SetRGBA(1, 1, color.RGBA{200, 10, 10, 255})
	translucent := image.NewNRGBA(image.Rect(0, 0, 6, 4))
	paletted := image.NewPaletted(image.Rect(0, 0, 6, 4), color.Palette{color.RGBA{1, 2, 3, 255}, color.RGBA{200, 100, 0, 255}})
	var asGIF, asPNG bytes.Buffer
	if err := errors.Join(gif.Encode(&asGIF, paletted, nil), png.Encode(&asPNG, translucent)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name      string
		data      []byte
		untouched bool
		inFile    []string // what the PDF's picture object must say
	}{
		{"colour JPEG", encodedJPEG(t, colors), true, []string{"/DCTDecode", "/DeviceRGB"}},
		{"grey JPEG", encodedJPEG(t, image.NewGray(colors.Rect)), true, []string{"/DCTDecode", "/DeviceGray"}},
		// Adobe stores inks inverted; the PDF has to say so, or the page is a negative.
		{"CMYK JPEG by Adobe", flatJPEG(0, 0, 255, 255, 255), true, []string{"/DCTDecode", "/DeviceCMYK", "/Decode [1 0 1 0 1 0 1 0]"}},
		// Colour differences would be read into these three.
		{"RGB JPEG by Adobe", flatJPEG(0, 200, 30, 30), false, []string{"/FlateDecode", "/DeviceRGB"}},
		{"GIF", asGIF.Bytes(), false, []string{"/FlateDecode"}},
		{"transparent PNG", asPNG.Bytes(), false, []string{"/FlateDecode"}},
	} {
		p, err := LoadPicture(c.data)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if p.Untouched != c.untouched {
			t.Errorf("%s: untouched %v, want %v", c.name, p.Untouched, c.untouched)
		}
		m := onePage(t, func(b *Book) { b.Picture(p, 10, 10, 60, 40) })
		open(t, m.PDF)
		if got := bytes.Contains(m.PDF, c.data); got != c.untouched {
			t.Errorf("%s: the file's own bytes in the PDF: %v, want %v", c.name, got, c.untouched)
		}
		for _, want := range c.inFile {
			if !strings.Contains(string(m.PDF), want) {
				t.Errorf("%s: the PDF does not say %s", c.name, want)
			}
		}
		if strings.Contains(string(m.PDF), "/SMask") {
			t.Errorf("%s: the PDF holds a transparent picture", c.name)
		}
		if m.Pages[0].Pictures != 1 {
			t.Errorf("%s: %d pictures on the page", c.name, m.Pages[0].Pictures)
		}
	}
}

// Inks without Adobe's mark: programs disagree on their meaning, so the bytes must not go in.
func TestUnmarkedInksAreNotHandedOn(t *testing.T) {
	p, err := LoadPicture(flatJPEG(-1, 0, 255, 255, 255))
	var unsupported *checks.UnsupportedError
	var format *checks.FormatError
	if err != nil && !errors.As(err, &unsupported) && !errors.As(err, &format) {
		t.Fatalf("error %v is not one a caller can tell", err)
	}
	if err == nil && p.Untouched {
		t.Error("the bytes were handed on as they are")
	}
}

func TestWhatIsNoPicture(t *testing.T) {
	for name, data := range map[string][]byte{"nothing": nil, "text": []byte("营业执照"), "PDF": []byte("%PDF-1.4\n"), "cut off JPEG": encodedJPEG(t, image.NewGray(image.Rect(0, 0, 9, 9)))[:30]} {
		p, err := LoadPicture(data)
		var unsupported *checks.UnsupportedError
		var format *checks.FormatError
		if !errors.As(err, &unsupported) && !errors.As(err, &format) {
			t.Errorf("%s: error %v (picture %dx%d), want one that says what the file is", name, err, p.Width, p.Height)
		}
	}
}

func TestFitKeepsTheForm(t *testing.T) {
	for _, c := range []struct {
		w, h         int
		wantW, wantH float64
	}{
		{2000, 1000, 500, 250}, // the width decides
		{1000, 2000, 150, 300}, // the height decides
		{100, 100, 75, 75},     // no enlarging beyond 0.75 points a pixel
		{0, 100, 0, 0},
	} {
		w, h := Picture{Width: c.w, Height: c.h}.Fit(500, 300, 0.75)
		if w != c.wantW || h != c.wantH {
			t.Errorf("%dx%d fits as %.1f x %.1f, want %.1f x %.1f", c.w, c.h, w, h, c.wantW, c.wantH)
		}
	}
}
