package shrink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/image/tiff"
	"pgregory.net/rapid"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/fixtures"
)

// noisy is a picture that no JPEG makes small: the hardest to fit.
func noisy(w, h int) *image.RGBA {
	r := rand.New(rand.NewPCG(1, 2))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = byte(r.Uint32())
		if i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	return m
}

// corner is a white picture whose upper left quarter is dark, to tell which way is up.
func corner(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(250)
			if x < w/2 && y < h/2 {
				v = 20
			}
			m.SetRGBA(x, y, color.RGBA{v, v, v, 255})
		}
	}
	return m
}

func asJPEG(t testing.TB, m image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var roomy = Limits{MaxBytes: 2_000_000, MaxPixels: 6_000_000}

// Whatever the size and the limits: a copy is a whole upright JPEG within them, of the same
// form, and never larger than the original.
func TestACopyMeetsItsLimits(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, h := rapid.IntRange(16, 700).Draw(rt, "width"), rapid.IntRange(16, 700).Draw(rt, "height")
		l := Limits{MaxBytes: rapid.Int64Range(20_000, 400_000).Draw(rt, "bytes"), MaxPixels: rapid.Int64Range(10_000, 400_000).Draw(rt, "pixels"),
			Always: rapid.Bool().Draw(rt, "always")}
		var m image.Image = corner(w, h)
		if rapid.Bool().Draw(rt, "noisy") {
			m = noisy(w, h)
		}
		c, err := Make(context.Background(), asPNG(t, m), l)
		var unfit *UnfitError
		if errors.As(err, &unfit) {
			return // said so; see below for when it must not
		}
		if err != nil {
			rt.Fatal(err)
		}
		got, format, err := image.Decode(bytes.NewReader(c.Data))
		if err != nil || format != "jpeg" {
			rt.Fatalf("%s: %v", format, err)
		}
		size := got.Bounds().Size()
		if size != image.Pt(c.Width, c.Height) || c.From != image.Pt(w, h) || c.Unchanged {
			rt.Errorf("says %d x %d of %v, is %v", c.Width, c.Height, c.From, size)
		}
		if int64(len(c.Data)) > l.MaxBytes || int64(size.X)*int64(size.Y) > l.MaxPixels || size.X > w || size.Y > h {
			rt.Errorf("%d bytes, %v pixels from %d x %d; limits %+v", len(c.Data), size, w, h, l)
		}
		if c.Quality < leastQuality || c.Quality > bestQuality {
			rt.Errorf("quality %d", c.Quality)
		}
		// The form is kept to a pixel of either side.
		if want := float64(w) * float64(size.Y) / float64(h); math.Abs(want-float64(size.X)) > 1+float64(w)/float64(h) {
			rt.Errorf("%d x %d became %v", w, h, size)
		}
	})
}

// A picture that fits is not touched: every copy loses something.
func TestAPictureWithinTheLimitsStaysAsItIs(t *testing.T) {
	data := asJPEG(t, corner(600, 400), 80)
	c, err := Make(context.Background(), data, roomy)
	if err != nil || !c.Unchanged || !bytes.Equal(c.Data, data) || c.Width != 600 || c.Height != 400 {
		t.Errorf("unchanged %v, %d x %d, %v", c.Unchanged, c.Width, c.Height, err)
	}
	for name, l := range map[string]Limits{
		"pixels": {MaxBytes: 2_000_000, MaxPixels: 600*400 - 1},
		"bytes":  {MaxBytes: int64(len(data)) - 1, MaxPixels: 6_000_000},
		"always": {MaxBytes: 2_000_000, MaxPixels: 6_000_000, Always: true},
	} {
		if c, err := Make(context.Background(), data, l); err != nil || c.Unchanged || bytes.Equal(c.Data, data) {
			t.Errorf("%s: unchanged %v, %v", name, c.Unchanged, err)
		}
	}
}

// A photo that lies on its side comes out upright, its orientation being lost with the rest of
// its metadata.
func TestACopyIsUpright(t *testing.T) {
	for orientation := 2; orientation <= 8; orientation++ {
		data, err := oriented(corner(400, 300), orientation)
		if err != nil {
			t.Fatal(err)
		}
		upright, err := decode.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Make(context.Background(), data, roomy)
		if err != nil || c.Unchanged {
			t.Errorf("orientation %d: unchanged %v, %v", orientation, c.Unchanged, err)
			continue
		}
		got, err := jpeg.Decode(bytes.NewReader(c.Data))
		if err != nil {
			t.Fatal(err)
		}
		if got.Bounds().Size() != upright.Image.Bounds().Size() {
			t.Errorf("orientation %d: %v, want %v", orientation, got.Bounds(), upright.Image.Bounds())
		}
		w, h := got.Bounds().Dx(), got.Bounds().Dy()
		for _, p := range []image.Point{{w / 4, h / 4}, {3 * w / 4, h / 4}, {w / 4, 3 * h / 4}, {3 * w / 4, 3 * h / 4}} {
			if dark(got, p) != dark(upright.Image, p) {
				t.Errorf("orientation %d: the copy lies otherwise than the picture at %v", orientation, p)
			}
		}
	}
}

func dark(m image.Image, p image.Point) bool {
	p = p.Add(m.Bounds().Min)
	r, _, _, _ := m.At(p.X, p.Y).RGBA()
	return r < 0x8000
}

func oriented(m *image.RGBA, orientation int) ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		return nil, err
	}
	// The smallest EXIF segment there is: one directory with one entry.
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(rune(orientation)) + "\x00\x00\x00\x00\x00\x00"
	segment := append([]byte{0xff, 0xe1, 0, byte(len(exif) + 2)}, exif...)
	data := b.Bytes()
	return append(append(append([]byte{}, data[:2]...), segment...), data[2:]...), nil
}

// Formats the platform refuses become JPEGs.
func TestOtherFormatsAreConverted(t *testing.T) {
	m := corner(500, 400)
	var tif bytes.Buffer
	if err := tiff.Encode(&tif, m, nil); err != nil {
		t.Fatal(err)
	}
	paletted := image.NewPaletted(m.Bounds(), color.Palette{color.White, color.Black, color.Gray{60}, color.Gray{120}, color.Gray{180}})
	for y := range 400 {
		for x := range 500 {
			paletted.Set(x, y, m.At(x, y))
		}
	}
	for format, data := range map[decode.Format][]byte{
		decode.PNG:  asPNG(t, m),
		decode.TIFF: tif.Bytes(),
		decode.WebP: fixtures.WebP(paletted),
	} {
		c, err := Make(context.Background(), data, roomy)
		if err != nil || c.Format != format || c.Unchanged {
			t.Errorf("%s: format %s, unchanged %v, %v", format, c.Format, c.Unchanged, err)
			continue
		}
		got, err := jpeg.Decode(bytes.NewReader(c.Data))
		if err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		if got.Bounds().Size() != image.Pt(500, 400) || !dark(got, image.Pt(100, 100)) || dark(got, image.Pt(400, 300)) {
			t.Errorf("%s: the copy does not show what the picture shows", format)
		}
	}
}

// What is transparent lies on white paper, and not on black as a JPEG would have it.
func TestTransparentPartsBecomeWhite(t *testing.T) {
	c, err := Make(context.Background(), asPNG(t, image.NewNRGBA(image.Rect(0, 0, 300, 300))), roomy)
	if err != nil {
		t.Fatal(err)
	}
	got, err := jpeg.Decode(bytes.NewReader(c.Data))
	if err != nil || dark(got, image.Pt(150, 150)) {
		t.Errorf("dark, %v", err)
	}
}

// What no copy can be made of says so, and what to do.
func TestWhatCannotBeCopiedSaysWhatToDo(t *testing.T) {
	whole := asJPEG(t, corner(800, 800), 90)
	bomb := fixtures.BMP(corner(64, 64))
	copy(bomb[18:], "\x60\xea\x00\x00\x60\xea\x00\x00") // 60000 x 60000
	for name, c := range map[string]struct {
		data  []byte
		l     Limits
		words string
	}{
		"half a picture": {whole[:len(whole)/2], roomy, "of the picture is in the file"},
		"text":           {[]byte("no picture"), roomy, "no copy can be made"},
		"nothing":        {nil, roomy, "no copy can be made"},
		"a PDF":          {fixtures.PDF([][]byte{whole}, 100, fixtures.PDFOptions{}), roomy, "no copy can be made"},
		"broken TIFF":    {[]byte("II*\x00\x08\x00\x00\x00\xff\xff"), roomy, "cannot be decoded"},
		"broken HEIC":    {append([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), make([]byte, 300)...), roomy, "cannot be decoded"},
		"too few bytes":  {asPNG(t, noisy(600, 600)), Limits{MaxBytes: 3000, MaxPixels: 6_000_000}, "no readable copy fits"},
		"a bomb":         {bomb, roomy, "3600000000"},
	} {
		got, err := Make(context.Background(), c.data, c.l)
		if err == nil || !strings.Contains(fmt.Sprint(err), c.words) || got.Data != nil {
			t.Errorf("%s: %v, want %q", name, err, c.words)
			continue
		}
		var unfit *UnfitError
		var limit *checks.LimitError
		switch {
		case errors.As(err, &limit):
		case !errors.As(err, &unfit):
			t.Errorf("%s: %T is not for people", name, err)
		case unfit.Hint().En == "" || unfit.Hint().Zh == "" || unfit.Message().Zh == "":
			t.Errorf("%s: nothing to do in one of the languages", name)
		}
	}
}

// An end of ctx is an end of the search.
func TestMakeEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Make(ctx, asPNG(t, corner(300, 300)), roomy); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// Of the qualities that fit the best is taken: one more would be too much.
func TestTheBestQualityThatFitsIsTaken(t *testing.T) {
	m := noisy(300, 300)
	most := int64(len(asJPEG(t, m, 75)))
	c, err := Make(context.Background(), asPNG(t, m), Limits{MaxBytes: most, MaxPixels: 6_000_000})
	if err != nil || c.Width != 300 || c.Quality != 75 {
		t.Errorf("quality %d at %d x %d, want 75 at 300 x 300: %v", c.Quality, c.Width, c.Height, err)
	}
}

// Hostile bytes end in an error or a copy, never in a panic.
func FuzzMake(f *testing.F) {
	f.Add(asJPEG(f, corner(40, 30), 60))
	f.Add(asPNG(f, corner(40, 30)))
	f.Add(fixtures.BMP(corner(40, 30)))
	f.Add(fixtures.TIFF(corner(40, 30), 100))
	f.Fuzz(func(t *testing.T, data []byte) {
		if h, err := decode.ReadHeader(data); err == nil && h.Width > 0 && h.Height > 1<<20/h.Width {
			return // large pictures are for the examples: a fuzzer should be quick
		}
		c, err := Make(context.Background(), data, Limits{MaxBytes: 100_000, MaxPixels: 100_000})
		if err == nil && int64(len(c.Data)) > 100_000 {
			t.Errorf("%d bytes", len(c.Data))
		}
	})
}
