package decode

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/gif"
	stdjpeg "image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"dossier/checks"
	"dossier/checks/picture/filetest"
)

var (
	red   = color.RGBA{R: 255, A: 255}
	green = color.RGBA{G: 255, A: 255}
	blue  = color.RGBA{B: 255, A: 255}
	white = color.RGBA{R: 255, G: 255, B: 255, A: 255}
)

func encodeJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, m, &stdjpeg.Options{Quality: 85}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func encodePNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pixel(t *testing.T, m image.Image, x, y int) color.RGBA {
	t.Helper()
	return color.RGBAModel.Convert(m.At(x, y)).(color.RGBA)
}

// near allows for the rounding of JPEG's colour transform.
func near(a, b color.RGBA) bool {
	d := func(x, y uint8) int { return max(int(x)-int(y), int(y)-int(x)) }
	return max(d(a.R, b.R), d(a.G, b.G), d(a.B, b.B)) <= 3
}

// A plain file of our own agrees with the standard library to the last rounding.
func TestAgreesWithTheStandardLibrary(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {8, 8}, {17, 33}, {200, 150}} {
		data := encodeJPEG(t, filetest.Noise(size.X, size.Y))
		want, err := stdjpeg.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		p, err := Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		if p.Complete != 1 || p.Problems != nil || !p.Missing.Empty() {
			t.Errorf("%v: complete %v, problems %v, missing %v", size, p.Complete, p.Problems, p.Missing)
		}
		for y := range size.Y {
			for x := range size.X {
				if !near(pixel(t, p.Image, x, y), pixel(t, want, x, y)) {
					t.Fatalf("%v: pixel %d,%d is %v, want %v", size, x, y, p.Image.At(x, y), want.At(x, y))
				}
			}
		}
	}
}

func TestInksHaveTheRightColours(t *testing.T) {
	// Adobe programs store ink upside down: 255 is none.
	cases := map[string]struct {
		filetest.JPEG
		want color.RGBA
	}{
		"CMYK by Adobe: no cyan, full magenta and yellow": {filetest.JPEG{Values: []uint8{255, 0, 0, 255}, Adobe: 0}, red},
		"CMYK by Adobe: no ink":                           {filetest.JPEG{Values: []uint8{255, 255, 255, 255}, Adobe: 0}, white},
		"CMYK by Adobe: black alone":                      {filetest.JPEG{Values: []uint8{255, 255, 255, 0}, Adobe: 0}, color.RGBA{A: 255}},
		// Cyan as a colour of light: the transform is applied to the complements of the inks.
		"YCCK by Adobe: no cyan, full magenta and yellow": {filetest.JPEG{Values: []uint8{179, 171, 1, 255}, Adobe: 2}, red},
		"CMYK without a word about it: 0 is no ink":       {filetest.JPEG{Values: []uint8{0, 255, 255, 0}, Adobe: -1}, red},
		"RGB by Adobe":           {filetest.JPEG{Values: []uint8{255, 0, 0}, Adobe: 0}, red},
		"YCbCr":                  {filetest.JPEG{Values: []uint8{76, 85, 255}, Adobe: -1}, red},
		"progressive YCbCr":      {filetest.JPEG{Values: []uint8{76, 85, 255}, Adobe: -1, Marker: 0xc2}, red},
		"gray":                   {filetest.JPEG{Values: []uint8{200}, Adobe: -1}, color.RGBA{R: 200, G: 200, B: 200, A: 255}},
		"height behind the scan": {filetest.JPEG{Values: []uint8{76, 85, 255}, Adobe: -1, Lines: true}, red},
	}
	for name, c := range cases {
		c.Width, c.Height = 20, 12
		p, err := Decode(c.Bytes())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if p.Image.Bounds() != image.Rect(0, 0, 20, 12) || len(p.Problems) > 0 {
			t.Errorf("%s: %v, problems %v", name, p.Image.Bounds(), p.Problems)
		}
		if got := pixel(t, p.Image, 10, 10); !near(got, c.want) {
			t.Errorf("%s: shows %v, want %v", name, got, c.want)
		}
	}
}

func TestJPEGKindsThatNobodyReadsAreNamed(t *testing.T) {
	for marker, precision := range map[byte]byte{0xc3: 8, 0xc5: 8, 0xc9: 8, 0xca: 8, 0xc1: 12} {
		data := filetest.JPEG{Width: 20, Height: 12, Values: []uint8{100}, Adobe: -1, Marker: marker, Precision: precision}.Bytes()
		h, err := ReadHeader(data)
		if err != nil || h.Width != 20 || h.Height != 12 || h.Detail == "" {
			t.Errorf("frame %x: header %+v, %v", marker, h, err)
		}
		var u *checks.UnsupportedError
		if _, err := Decode(data); !errors.As(err, &u) {
			t.Errorf("frame %x: %v, want an UnsupportedError", marker, err)
		}
	}
}

// A file cut anywhere never gives an error once its headers are there, and what it says is
// missing grows with what was cut.
func TestTruncatedJPEG(t *testing.T) {
	data := encodeJPEG(t, filetest.Noise(400, 300))
	before := 0.0
	for _, share := range []float64{0.2, 0.5, 0.8, 0.95} {
		p, err := Decode(data[:int(float64(len(data))*share)])
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(p.Complete-share) > 0.1 || p.Complete <= before {
			t.Errorf("%.0f %% of the bytes: complete %v", 100*share, p.Complete)
		}
		before = p.Complete
		if len(p.Problems) != 1 || p.Problems[0].Code != ProblemTruncated {
			t.Errorf("problems %v", p.Problems)
		}
		if m := p.Missing; m.Max != image.Pt(400, 300) || m.Min.X != 0 || math.Abs(float64(m.Min.Y)/300-p.Complete) > 0.01 {
			t.Errorf("missing %v with %v complete", m, p.Complete)
		}
	}
	p, err := Decode(data[:len(data)-2])
	if err != nil || p.Complete != 1 || len(p.Problems) != 1 || p.Problems[0].Code != ProblemNoEnd {
		t.Errorf("without its end mark: %+v, %v", p, err)
	}
}

func TestOrientationIsApplied(t *testing.T) {
	m := filetest.Noise(64, 32)
	data := encodeJPEG(t, m)
	for o := 1; o <= 8; o++ {
		turned := append(append([]byte{0xff, 0xd8}, filetest.EXIF(uint16(o))...), data[2:]...)
		h, err := ReadHeader(turned)
		if err != nil || h.Orientation != o || h.Width != 64 || h.Height != 32 {
			t.Fatalf("orientation %d: header %+v, %v", o, h, err)
		}
		p, err := Decode(turned)
		if err != nil {
			t.Fatal(err)
		}
		w, ht := h.Upright()
		if p.Image.Bounds() != image.Rect(0, 0, w, ht) || p.Stored != image.Rect(0, 0, 64, 32) {
			t.Errorf("orientation %d: upright %v, stored %v", o, p.Image.Bounds(), p.Stored)
		}
		if (o >= 5) != (w == 32) {
			t.Errorf("orientation %d: %d wide", o, w)
		}
		// Cut in half, the missing rows lie where the orientation puts the stored bottom.
		p, err = Decode(turned[:len(turned)*2/3])
		if err != nil {
			t.Fatal(err)
		}
		edge := map[int]image.Point{1: {0, 31}, 2: {0, 31}, 3: {0, 0}, 4: {0, 0}, 5: {31, 0}, 6: {0, 0}, 7: {0, 0}, 8: {31, 0}}[o]
		if !edge.In(p.Missing) {
			t.Errorf("orientation %d: %v missing, which does not hold %v", o, p.Missing, edge)
		}
	}
}

func TestGIFKinds(t *testing.T) {
	pal := color.Palette{white, red, green, blue}
	gradient := make([]byte, 16*16)
	for i := range gradient {
		gradient[i] = byte(i / 16 % 4)
	}
	cases := map[string]struct {
		filetest.GIF
		at     image.Point
		want   color.RGBA
		bounds image.Point
		frames int
	}{
		"whole":                   {filetest.GIF{Width: 16, Height: 16, Palette: pal, Frames: []filetest.GIFFrame{{Width: 16, Height: 16, Pixels: gradient, Transparent: -1}}}, image.Pt(3, 5), red, image.Pt(16, 16), 1},
		"interlaced":              {filetest.GIF{Width: 16, Height: 16, Palette: pal, Frames: []filetest.GIFFrame{{Width: 16, Height: 16, Pixels: gradient, Interlaced: true, Transparent: -1}}}, image.Pt(3, 6), green, image.Pt(16, 16), 1},
		"frame inside a screen":   {filetest.GIF{Width: 20, Height: 20, Palette: pal, Frames: []filetest.GIFFrame{{X: 2, Y: 3, Width: 16, Height: 16, Pixels: gradient, Transparent: -1}}}, image.Pt(5, 5), green, image.Pt(20, 20), 1},
		"outside the frame":       {filetest.GIF{Width: 20, Height: 20, Palette: pal[1:], Frames: []filetest.GIFFrame{{X: 2, Y: 3, Width: 16, Height: 16, Transparent: -1}}}, image.Pt(0, 0), white, image.Pt(20, 20), 1},
		"see-through":             {filetest.GIF{Width: 16, Height: 16, Palette: pal, Frames: []filetest.GIFFrame{{Width: 16, Height: 16, Pixels: gradient, Transparent: 1}}}, image.Pt(3, 5), white, image.Pt(16, 16), 1},
		"frame beyond its screen": {filetest.GIF{Width: 4, Height: 4, Palette: pal, Frames: []filetest.GIFFrame{{Width: 16, Height: 16, Pixels: gradient, Transparent: -1}}}, image.Pt(3, 7), blue, image.Pt(16, 16), 1},
		"animated": {filetest.GIF{Width: 16, Height: 16, Palette: pal, Frames: []filetest.GIFFrame{
			{Width: 16, Height: 16, Pixels: gradient, Transparent: -1}, {Width: 16, Height: 16, Transparent: -1}, {Width: 1, Height: 1, Transparent: -1}}}, image.Pt(3, 5), red, image.Pt(16, 16), 3},
	}
	for name, c := range cases {
		data := c.Bytes()
		h, err := ReadHeader(data)
		if err != nil || h.Frames != c.frames || h.Width != c.bounds.X || h.Height != c.bounds.Y {
			t.Errorf("%s: header %+v, %v", name, h, err)
		}
		p, err := Decode(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := pixel(t, p.Image, c.at.X, c.at.Y); got != c.want || p.Complete != 1 || len(p.Problems) > 0 {
			t.Errorf("%s: shows %v, want %v; complete %v, problems %v", name, got, c.want, p.Complete, p.Problems)
		}
		if end, ok := End(append(data, "tail"...)); !ok || end != int64(len(data)) {
			t.Errorf("%s: ends at %d of %d", name, end, len(data))
		}
	}
}

func TestGIFDamage(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	noise := make([]byte, 64*64)
	for i := range noise {
		noise[i] = byte(rng.IntN(4))
	}
	pal := color.Palette{white, red, green, blue}
	frame := filetest.GIFFrame{Width: 64, Height: 64, Pixels: noise, Transparent: -1}
	whole := filetest.GIF{Width: 64, Height: 64, Palette: pal, Frames: []filetest.GIFFrame{frame}}.Bytes()

	p, err := Decode(whole[:len(whole)/2])
	if err != nil || p.Complete < 0.3 || p.Complete > 0.7 || p.Problems[0].Code != ProblemTruncated || p.Missing.Max.Y != 64 {
		t.Errorf("cut in half: %+v, %v", p, err)
	}
	if p, err = Decode(whole[:len(whole)-1]); err != nil || p.Complete != 1 || p.Problems[0].Code != ProblemNoEnd {
		t.Errorf("without its end mark: %+v, %v", p, err)
	}
	short := filetest.GIF{Width: 64, Height: 64, Palette: pal, Frames: []filetest.GIFFrame{{Width: 64, Height: 32, Pixels: noise[:64*32], Transparent: -1}}}.Bytes()
	i := bytes.Index(short, []byte{0x2c, 0, 0, 0, 0})
	short[i+7] = 64 // the descriptor promises 64 rows
	if p, err = Decode(short); err != nil || p.Complete != 0.5 || p.Problems[0].Code != ProblemShort {
		t.Errorf("half of the data: %+v, %v", p, err)
	}
	var f *checks.FormatError
	if _, err = Decode(filetest.GIF{Width: 64, Height: 64, Palette: pal}.Bytes()); !errors.As(err, &f) {
		t.Errorf("no frame: %v", err)
	}
	if _, err = Decode(whole[:10]); !errors.As(err, &f) {
		t.Errorf("cut in its header: %v", err)
	}
	if p, err = Decode(filetest.GIF{Width: 64, Height: 64, Frames: []filetest.GIFFrame{frame}}.Bytes()); err != nil || p.Problems[0].Code != ProblemPalette {
		t.Errorf("no palette: %+v, %v", p, err)
	}
}

func TestSeeThroughLiesOnWhite(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	m.SetNRGBA(0, 0, color.NRGBA{R: 255, A: 255})
	p, err := Decode(encodePNG(t, m))
	if err != nil {
		t.Fatal(err)
	}
	if pixel(t, p.Image, 0, 0) != red || pixel(t, p.Image, 1, 0) != white {
		t.Errorf("shows %v and %v", p.Image.At(0, 0), p.Image.At(1, 0))
	}
}

func TestPromisedTypes(t *testing.T) {
	r := image.Rect(0, 0, 5, 3)
	for _, m := range []image.Image{image.NewGray(r), image.NewGray16(r), image.NewRGBA(r), image.NewNRGBA64(r), image.NewPaletted(r, color.Palette{red, color.Transparent})} {
		p, err := Decode(encodePNG(t, m))
		if err != nil {
			t.Fatal(err)
		}
		switch p.Image.(type) {
		case *image.Gray, *image.YCbCr, *image.Paletted, *image.RGBA:
		default:
			t.Errorf("a PNG of %T became %T", m, p.Image)
		}
	}
}

// hostile are headers that promise what no memory holds.
func hostile(t testing.TB) map[string][]byte {
	big := encodePNG(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	copy(big[16:], []byte{0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60}) // the checksum is wrong too, but comes later
	return map[string][]byte{
		"bmp":              filetest.BMP{Width: 60_000, Height: 60_000, Bits: 24}.Bytes(),
		"bmp, palette":     filetest.BMP{Width: 1<<31 - 1, Height: -(1<<31 - 1), Bits: 1, Palette: color.Palette{red, blue}}.Bytes(),
		"gif screen":       filetest.GIF{Width: 65535, Height: 65535, Palette: color.Palette{red, blue}, Frames: []filetest.GIFFrame{{Width: 1, Height: 1, Transparent: -1}}}.Bytes(),
		"jpeg":             bytes.Replace(encodeJPEG(t, filetest.Noise(16, 16)), []byte{8, 0, 16, 0, 16, 3}, []byte{8, 0xff, 0xff, 0xff, 0xff, 3}, 1),
		"jpeg progressive": bytes.Replace(filetest.JPEG{Width: 16, Height: 16, Values: []uint8{1, 2, 3}, Adobe: -1, Marker: 0xc2}.Bytes(), []byte{8, 0, 16, 0, 16, 3}, []byte{8, 0x20, 0, 0x20, 0, 3}, 1),
		"png":              big,
	}
}

func TestHugeHeadersAreRefusedBeforeAnythingIsSpent(t *testing.T) {
	for name, data := range hostile(t) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Decode(data)
		runtime.ReadMemStats(&after)
		var l *checks.LimitError
		if !errors.As(err, &l) {
			t.Errorf("%s: %v, want a LimitError", name, err)
		}
		if spent := after.TotalAlloc - before.TotalAlloc; spent > 256<<10 {
			t.Errorf("%s: %d bytes were spent", name, spent)
		}
	}
}

// What a decode takes stays within what the header's cost announces, so that a runner can
// budget by it; the input's own few tables come on top.
func TestMemoryCostIsEnough(t *testing.T) {
	m := filetest.Noise(1200, 900)
	files := map[string][]byte{
		"jpeg":        encodeJPEG(t, m),
		"progressive": filetest.JPEG{Width: 1200, Height: 900, Values: []uint8{1, 2, 3}, Adobe: -1, Marker: 0xc2}.Bytes(),
		"cmyk":        filetest.JPEG{Width: 1200, Height: 900, Values: []uint8{1, 2, 3, 4}, Adobe: 0}.Bytes(),
		"turned":      filetest.JPEG{Width: 1200, Height: 900, Values: []uint8{1, 2, 3, 4}, Adobe: 0, Segments: filetest.EXIF(6)}.Bytes(),
		"bmp":         filetest.BMP{Width: 1200, Height: 900, Bits: 24, Pixels: make([]byte, 3600*900)}.Bytes(),
		"gif":         filetest.GIF{Width: 1200, Height: 900, Palette: color.Palette{red, blue}, Frames: []filetest.GIFFrame{{Width: 1000, Height: 800, Transparent: 0}}}.Bytes(),
		"png":         encodePNG(t, m),
	}
	for name, data := range files {
		h, err := ReadHeader(data)
		if err != nil {
			t.Fatal(name, err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := Decode(data); err != nil {
			t.Fatal(name, err)
		}
		runtime.ReadMemStats(&after)
		if spent := int64(after.TotalAlloc - before.TotalAlloc); spent > h.MemoryCost+1<<20+3*int64(len(data)) { // growing buffers count each of their lives
			t.Errorf("%s of %d bytes: took %d bytes, announced %d", name, len(data), spent, h.MemoryCost)
		}
	}
}

func TestPicturesDecodesOnceAndSkipWordsItsErrors(t *testing.T) {
	s := checks.NewSubject("a.jpg", checks.Unknown, encodeJPEG(t, filetest.Noise(30, 20)))
	a, err := Pictures.Of(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := Pictures.Of(context.Background(), s); a != b {
		t.Error("the picture was decoded twice")
	}
	for _, err := range []error{&checks.LimitError{}, &checks.FormatError{}, &checks.UnsupportedError{}} {
		if reason, ok := checks.SkipReason(Skip(err)); !ok || reason.En == "" || reason.Zh == "" {
			t.Errorf("%T gives no reason", err)
		}
	}
	if err := errors.New("disk on fire"); Skip(err) != err {
		t.Error("an error of the program became a reason to skip")
	}
}

func TestEnd(t *testing.T) {
	j := encodeJPEG(t, filetest.Noise(30, 20))
	thumb := append(append([]byte{0xff, 0xd8}, filetest.Segment(0xe1, append([]byte("Exif\x00\x00"), j...))...), j[2:]...)
	files := map[string][]byte{
		"jpeg": j, "jpeg with a thumbnail in its metadata": thumb,
		"png": encodePNG(t, filetest.Noise(30, 20)),
		"bmp": filetest.BMP{Width: 5, Height: 4, Bits: 24, Pixels: make([]byte, 64)}.Bytes(),
		"gif": filetest.GIF{Width: 1, Height: 1, Palette: color.Palette{red, blue}, Frames: []filetest.GIFFrame{{Width: 1, Height: 1, Transparent: -1}}}.Bytes(),
	}
	for name, data := range files {
		for _, tail := range []string{"", "PK\x03\x04", string(j)} {
			if end, ok := End(append(bytes.Clone(data), tail...)); !ok || end != int64(len(data)) {
				t.Errorf("%s with %d bytes behind it: ends at %d, %v; want %d", name, len(tail), end, ok, len(data))
			}
		}
		if end, ok := End(data[:len(data)-1]); ok {
			t.Errorf("%s cut by a byte: ends at %d", name, end)
		}
	}
}

func TestThumbnail(t *testing.T) {
	// Thin black lines, one pixel in ten: they must become an even grey, not vanish or alias.
	m := image.NewGray(image.Rect(0, 0, 1000, 500))
	for i := range m.Pix {
		m.Pix[i] = 255
		if i%1000%10 == 0 {
			m.Pix[i] = 0
		}
	}
	th := Thumbnail(m, 100)
	if th.Bounds() != image.Rect(0, 0, 100, 50) {
		t.Fatalf("bounds %v", th.Bounds())
	}
	for x := range 100 {
		if v := th.RGBAAt(x, 25).R; v < 220 || v > 240 {
			t.Fatalf("column %d is %d, want about 230", x, v)
		}
	}
	if small := Thumbnail(m, 2000); small.Bounds() != m.Bounds() {
		t.Errorf("a picture smaller than asked became %v", small.Bounds())
	}
	for _, src := range []image.Image{image.NewYCbCr(image.Rect(0, 0, 333, 1), image.YCbCrSubsampleRatio420), image.NewPaletted(image.Rect(3, 3, 900, 1000), color.Palette{red}), image.NewRGBA(image.Rect(0, 0, 500, 500))} {
		if b := Thumbnail(src, 64).Bounds(); max(b.Dx(), b.Dy()) != 64 || b.Empty() {
			t.Errorf("%T became %v", src, b)
		}
	}
	if c := Thumbnail(image.NewPaletted(image.Rect(0, 0, 900, 900), color.Palette{red}), 30).RGBAAt(15, 15); c != red {
		t.Errorf("red became %v", c)
	}
}

func TestAnimatedGIFOfTheStandardEncoder(t *testing.T) {
	pal := color.Palette{white, red}
	anim := &gif.GIF{}
	for range 7 {
		anim.Image = append(anim.Image, image.NewPaletted(image.Rect(0, 0, 9, 9), pal))
		anim.Delay = append(anim.Delay, 10)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, anim); err != nil {
		t.Fatal(err)
	}
	if h, err := ReadHeader(b.Bytes()); err != nil || h.Frames != 7 {
		t.Errorf("%+v, %v", h, err)
	}
}
