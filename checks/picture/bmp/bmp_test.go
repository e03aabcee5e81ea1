package bmp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"runtime"
	"testing"

	"dossier/checks"

	xbmp "golang.org/x/image/bmp"
)

// file builds a bitmap: the headers' fields in order, then what follows them.
type file struct {
	headerSize  int // 12, 16..64, 108, 124
	w, h        int
	depth       int
	compression uint32
	colours     uint32
	extra       []byte // between the 40 bytes of a Windows header and its end, or behind them
	palette     []byte
	pixels      []byte
	offset      uint32 // 0: computed
}

func (f file) bytes() []byte {
	le := binary.LittleEndian
	dib := make([]byte, max(f.headerSize, 40))
	le.PutUint32(dib, uint32(f.headerSize))
	if f.headerSize == 12 {
		le.PutUint16(dib[4:], uint16(f.w))
		le.PutUint16(dib[6:], uint16(f.h))
		le.PutUint16(dib[8:], 1)
		le.PutUint16(dib[10:], uint16(f.depth))
	} else {
		le.PutUint32(dib[4:], uint32(int32(f.w)))
		le.PutUint32(dib[8:], uint32(int32(f.h)))
		le.PutUint16(dib[12:], 1)
		le.PutUint16(dib[14:], uint16(f.depth))
		le.PutUint32(dib[16:], f.compression)
		le.PutUint32(dib[32:], f.colours)
	}
	extra := f.extra
	if f.headerSize > 40 {
		extra = extra[copy(dib[40:], extra):]
	}
	dib = append(dib[:f.headerSize], extra...)
	dib = append(dib, f.palette...)
	out := make([]byte, 14, 14+len(dib)+len(f.pixels))
	copy(out, "BM")
	le.PutUint32(out[2:], uint32(14+len(dib)+len(f.pixels)))
	le.PutUint32(out[10:], uint32(14+len(dib)))
	if f.offset != 0 {
		le.PutUint32(out[10:], f.offset)
	}
	return append(append(out, dib...), f.pixels...)
}

func u16(v ...uint16) (b []byte) {
	for _, x := range v {
		b = binary.LittleEndian.AppendUint16(b, x)
	}
	return b
}

func u32(v ...uint32) (b []byte) {
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, x)
	}
	return b
}

var (
	// Four colours, as BGR with a reserved byte.
	palette4 = []byte{0, 0, 0, 0, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0}
	black    = color.RGBA{A: 255}
	red      = color.RGBA{R: 255, A: 255}
	green    = color.RGBA{G: 255, A: 255}
	blue     = color.RGBA{B: 255, A: 255}
	white    = color.RGBA{R: 255, G: 255, B: 255, A: 255}
)

// The pictures are two pixels wide and two high unless the case is about something else; want
// lists the pixels as shown, row by row from the top.
func TestEveryKindShowsItsPixels(t *testing.T) {
	row := func(b ...byte) []byte { // a stored row, padded
		return append(b, make([]byte, (4-len(b)%4)%4)...)
	}
	join := func(rows ...[]byte) []byte { return bytes.Join(rows, nil) }
	cases := map[string]struct {
		file
		want []color.RGBA
	}{
		"1 bit":                      {file{headerSize: 40, w: 2, h: 2, depth: 1, palette: palette4[:8], pixels: join(row(0b01000000), row(0b10000000))}, []color.RGBA{red, black, black, red}},
		"2 bits":                     {file{headerSize: 40, w: 2, h: 2, depth: 2, palette: palette4, pixels: join(row(0b0001_0000), row(0b1011_0000))}, []color.RGBA{green, blue, black, red}},
		"4 bits":                     {file{headerSize: 40, w: 2, h: 2, depth: 4, colours: 4, palette: palette4, pixels: join(row(0x01), row(0x23))}, []color.RGBA{green, blue, black, red}},
		"8 bits":                     {file{headerSize: 40, w: 2, h: 2, depth: 8, colours: 4, palette: palette4, pixels: join(row(0, 1), row(2, 3))}, []color.RGBA{green, blue, black, red}},
		"8 bits, top-down":           {file{headerSize: 40, w: 2, h: -2, depth: 8, colours: 4, palette: palette4, pixels: join(row(0, 1), row(2, 3))}, []color.RGBA{black, red, green, blue}},
		"OS/2 1.x, 3-byte palette":   {file{headerSize: 12, w: 2, h: 2, depth: 1, palette: []byte{0, 0, 255, 255, 0, 0}, pixels: join(row(0b01000000), row(0b10000000))}, []color.RGBA{blue, red, red, blue}},
		"OS/2 1.x, 24 bits":          {file{headerSize: 12, w: 2, h: 1, depth: 24, pixels: row(255, 0, 0, 0, 255, 0)}, []color.RGBA{blue, green}},
		"OS/2 2.x, header of 16":     {file{headerSize: 16, w: 2, h: 1, depth: 24, pixels: row(255, 0, 0, 0, 255, 0)}, []color.RGBA{blue, green}},
		"OS/2 2.x, header of 64":     {file{headerSize: 64, w: 2, h: 1, depth: 8, colours: 4, palette: palette4, pixels: row(3, 1)}, []color.RGBA{blue, red}},
		"OS/2 2.x, RLE24":            {file{headerSize: 64, w: 3, h: 1, depth: 24, compression: 4, pixels: []byte{2, 255, 0, 0, 1, 0, 0, 255, 0, 1}}, []color.RGBA{blue, blue, red}},
		"16 bits are 555":            {file{headerSize: 40, w: 2, h: 1, depth: 16, pixels: u16(0x7fff, 0x7c00)}, []color.RGBA{white, red}},
		"16 bits, 565":               {file{headerSize: 40, w: 2, h: 1, depth: 16, compression: 3, extra: u32(0xf800, 0x7e0, 0x1f), pixels: u16(0x07e0, 0xffff)}, []color.RGBA{green, white}},
		"16 bits, 444 with V4":       {file{headerSize: 108, w: 2, h: 1, depth: 16, compression: 3, extra: u32(0xf00, 0xf0, 0xf, 0), pixels: u16(0x0f00, 0x000f)}, []color.RGBA{red, blue}},
		"24 bits, V5":                {file{headerSize: 124, w: 1, h: 2, depth: 24, pixels: join(row(255, 0, 0), row(0, 0, 255))}, []color.RGBA{red, blue}},
		"32 bits, reserved byte 0":   {file{headerSize: 40, w: 2, h: 1, depth: 32, pixels: u32(0x00ff0000, 0x000000ff)}, []color.RGBA{red, blue}},
		"32 bits, odd masks":         {file{headerSize: 40, w: 2, h: 1, depth: 32, compression: 3, extra: u32(0x3ff, 0x3ff<<10, 0x3ff<<20), pixels: u32(0x3ff, 0x3ff<<20)}, []color.RGBA{red, blue}},
		"32 bits, alpha all zero":    {file{headerSize: 108, w: 2, h: 1, depth: 32, compression: 3, extra: u32(0xff0000, 0xff00, 0xff, 0xff000000), pixels: u32(0x00ff0000, 0x000000ff)}, []color.RGBA{red, blue}},
		"32 bits, alpha in use":      {file{headerSize: 108, w: 2, h: 1, depth: 32, compression: 3, extra: u32(0xff0000, 0xff00, 0xff, 0xff000000), pixels: u32(0xffff0000, 0x000000ff)}, []color.RGBA{red, {}}},
		"32 bits, alpha bit fields":  {file{headerSize: 40, w: 2, h: 1, depth: 32, compression: 6, extra: u32(0xff, 0xff00, 0xff0000, 0xff000000), pixels: u32(0xff0000ff, 0xffff0000)}, []color.RGBA{red, blue}},
		"32 bits, header of 52":      {file{headerSize: 52, w: 2, h: 1, depth: 32, compression: 3, extra: u32(0xff, 0xff00, 0xff0000), pixels: u32(0xff, 0xff0000)}, []color.RGBA{red, blue}},
		"RLE8 run and literal":       {file{headerSize: 40, w: 5, h: 1, depth: 8, colours: 4, compression: 1, palette: palette4, pixels: []byte{2, 1, 0, 3, 2, 3, 1, 0, 0, 1}}, []color.RGBA{red, red, green, blue, red}},
		"RLE8 lines and jump":        {file{headerSize: 40, w: 2, h: 3, depth: 8, colours: 4, compression: 1, palette: palette4, pixels: []byte{2, 1, 0, 0, 0, 2, 1, 1, 1, 3, 0, 1}}, []color.RGBA{black, blue, black, black, red, red}},
		"RLE8 without an end marker": {file{headerSize: 40, w: 2, h: 1, depth: 8, colours: 4, compression: 1, palette: palette4, pixels: []byte{2, 1}}, []color.RGBA{red, red}},
		"RLE4 runs and literals":     {file{headerSize: 40, w: 6, h: 1, depth: 4, colours: 4, compression: 2, palette: palette4, pixels: []byte{3, 0x12, 0, 3, 0x32, 0x10, 0, 1}}, []color.RGBA{red, green, red, blue, green, red}},
		"gap before the pixels":      {file{headerSize: 40, w: 1, h: 1, depth: 24, extra: []byte("gap!"), pixels: row(255, 0, 0)}, []color.RGBA{blue}},
		"last row without padding":   {file{headerSize: 40, w: 1, h: 2, depth: 24, pixels: []byte{255, 0, 0, 0, 0, 0, 255}}, []color.RGBA{red, blue}},
		"palette shorter than depth": {file{headerSize: 40, w: 2, h: 1, depth: 8, colours: 2, palette: palette4[:8], pixels: row(1, 0)}, []color.RGBA{red, black}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b, err := Decode(c.bytes())
			if err != nil {
				t.Fatal(err)
			}
			if b.Complete != 1 || len(b.Problems) > 0 {
				t.Errorf("complete %v, problems %v", b.Complete, b.Problems)
			}
			if b.End != int64(len(c.bytes())) {
				t.Errorf("end at %d of %d bytes", b.End, len(c.bytes()))
			}
			for i, want := range c.want {
				got := color.RGBAModel.Convert(b.Image.At(i%b.Width, i/b.Width))
				if got != color.Color(want) {
					t.Errorf("pixel %d,%d is %v, want %v", i%b.Width, i/b.Width, got, want)
				}
			}
		})
	}
}

func TestDamageIsSaidAndThePartThatIsThereIsShown(t *testing.T) {
	rows := bytes.Repeat([]byte{255, 0, 0, 0}, 10) // ten rows of one blue pixel
	cases := map[string]struct {
		file
		code     string
		complete float64
	}{
		"three of ten rows":              {file{headerSize: 40, w: 1, h: 10, depth: 24, pixels: rows[:12]}, Truncated, 0.3},
		"no pixels":                      {file{headerSize: 40, w: 1, h: 10, depth: 24}, Truncated, 0},
		"run-length data cut off":        {file{headerSize: 40, w: 2, h: 10, depth: 8, compression: 1, colours: 4, palette: palette4, pixels: []byte{2, 1, 0, 0, 2, 1, 0, 0}}, Truncated, 0.2},
		"run-length data ends early":     {file{headerSize: 40, w: 2, h: 10, depth: 8, compression: 1, colours: 4, palette: palette4, pixels: []byte{2, 1, 0, 0, 2, 1, 0, 0, 0, 1}}, EarlyEnd, 0.2},
		"run beyond the row":             {file{headerSize: 40, w: 2, h: 1, depth: 8, compression: 1, colours: 4, palette: palette4, pixels: []byte{255, 1, 0, 1}}, BadRunLength, 1},
		"jump out of the picture":        {file{headerSize: 40, w: 2, h: 2, depth: 8, compression: 1, colours: 4, palette: palette4, pixels: []byte{0, 2, 9, 200, 2, 1, 0, 1}}, BadRunLength, 1},
		"literal cut off":                {file{headerSize: 40, w: 8, h: 1, depth: 8, compression: 1, colours: 4, palette: palette4, pixels: []byte{0, 8, 1, 1, 1, 1}}, Truncated, 0.5},
		"pixel offset beyond the file":   {file{headerSize: 40, w: 1, h: 10, depth: 24, pixels: rows, offset: 1 << 31}, BadOffset, 1},
		"pixel offset inside the header": {file{headerSize: 40, w: 1, h: 10, depth: 24, pixels: rows, offset: 3}, BadOffset, 1},
		"colour that is not defined":     {file{headerSize: 40, w: 1, h: 1, depth: 8, colours: 4, palette: palette4, pixels: []byte{9, 0, 0, 0}}, BadIndex, 1},
		"no palette":                     {file{headerSize: 40, w: 1, h: 1, depth: 8, pixels: []byte{9, 0, 0, 0}}, NoPalette, 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b, err := Decode(c.bytes())
			if err != nil {
				t.Fatal(err)
			}
			if len(b.Problems) != 1 || b.Problems[0].Code != c.code || b.Complete != c.complete {
				t.Errorf("complete %v, problems %v; want %v, %s", b.Complete, b.Problems, c.complete, c.code)
			}
		})
	}
}

func TestWhatIsNotReadIsNamed(t *testing.T) {
	cases := map[string]struct {
		file
		unsupported bool
	}{
		"JPEG inside":             {file{headerSize: 40, w: 2, h: 2, compression: 4}, true},
		"PNG inside":              {file{headerSize: 40, w: 2, h: 2, compression: 5}, true},
		"OS/2 fax coding":         {file{headerSize: 64, w: 2, h: 2, depth: 1, compression: 3}, true},
		"64 bits":                 {file{headerSize: 40, w: 2, h: 2, depth: 64}, true},
		"3 bits":                  {file{headerSize: 40, w: 2, h: 2, depth: 3}, false},
		"RLE8 with 24 bits":       {file{headerSize: 40, w: 2, h: 2, depth: 24, compression: 1}, false},
		"compression 99":          {file{headerSize: 40, w: 2, h: 2, depth: 24, compression: 99}, false},
		"no width":                {file{headerSize: 40, h: 2, depth: 24}, false},
		"negative width":          {file{headerSize: 40, w: -2, h: 2, depth: 24}, false},
		"no height":               {file{headerSize: 40, w: 2, depth: 24}, false},
		"height of -2^31":         {file{headerSize: 40, w: 2, h: -1 << 31, depth: 24}, false},
		"top-down run-length":     {file{headerSize: 40, w: 2, h: -2, depth: 8, compression: 1}, false},
		"overlapping masks":       {file{headerSize: 40, w: 2, h: 2, depth: 16, compression: 3, extra: u32(0xff, 0xff, 0x1f)}, false},
		"mask with a hole":        {file{headerSize: 40, w: 2, h: 2, depth: 32, compression: 3, extra: u32(0xf0f, 0xff0000, 0xff000000)}, false},
		"16-bit pixel, wide mask": {file{headerSize: 40, w: 2, h: 2, depth: 16, compression: 3, extra: u32(0xff0000, 0xff00, 0xff)}, false},
		"masks cut off":           {file{headerSize: 40, w: 2, h: 2, depth: 16, compression: 3, extra: u32(0xf800)}, false},
	}
	for name, c := range cases {
		_, err := Decode(c.bytes())
		var u *checks.UnsupportedError
		var f *checks.FormatError
		if errors.As(err, &u) != c.unsupported || errors.As(err, &f) == c.unsupported {
			t.Errorf("%s: %v (%T)", name, err, err)
		}
	}
	for n := range len(cases["3 bits"].bytes()) { // every shorter file
		if _, err := ReadHeader(cases["3 bits"].bytes()[:n]); err == nil {
			t.Errorf("%d bytes were taken for a header", n)
		}
	}
}

// A header may claim any size: its cost is told before anything is spent.
func TestHugeHeadersCostNothing(t *testing.T) {
	for _, side := range []int{60_000, 1 << 30, 1<<31 - 1} {
		data := file{headerSize: 40, w: side, h: -side, depth: 32, pixels: make([]byte, 100)}.bytes()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		h, err := ReadHeader(data)
		runtime.ReadMemStats(&after)
		if err != nil {
			t.Fatal(err)
		}
		if h.MemoryCost() < 4*60_000*60_000 {
			t.Errorf("%d x %d costs %d bytes", side, side, h.MemoryCost())
		}
		if spent := after.TotalAlloc - before.TotalAlloc; spent > 64<<10 {
			t.Errorf("reading the header of %d x %d took %d bytes", side, side, spent)
		}
	}
}

// Where x/image/bmp reads a file, we show the same pixels.
func TestAgreesWithTheOtherDecoder(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, depth := range []int{1, 2, 4, 8, 24, 32} {
		for _, headerSize := range []int{40, 108, 124} {
			for _, size := range []image.Point{{1, 1}, {31, 3}, {32, 5}, {7, -9}} {
				pixels := make([]byte, 4*40*9)
				for i := range pixels {
					pixels[i] = byte(rng.Uint32())
				}
				f := file{headerSize: headerSize, w: size.X, h: size.Y, depth: depth, pixels: pixels}
				if depth <= 8 {
					f.palette = make([]byte, 4<<depth)
					for i := range f.palette {
						f.palette[i] = byte(rng.Uint32())
					}
				}
				name := fmt.Sprintf("%d bits, header of %d, %v", depth, headerSize, size)
				want, err := xbmp.Decode(bytes.NewReader(f.bytes()))
				if err != nil {
					t.Fatal(name, err)
				}
				got, err := Decode(f.bytes())
				if err != nil {
					t.Fatal(name, err)
				}
				if got.Image.Bounds() != want.Bounds() {
					t.Fatal(name, got.Image.Bounds(), want.Bounds())
				}
				for y := range got.Height {
					for x := range got.Width {
						a, b := color.NRGBAModel.Convert(got.Image.At(x, y)).(color.NRGBA), color.NRGBAModel.Convert(want.At(x, y)).(color.NRGBA)
						a.A, b.A = 0, 0 // the other decoder reads the reserved byte of V4 files as alpha
						if a != b {
							t.Fatalf("%s: pixel %d,%d is %v, want %v", name, x, y, a, b)
						}
					}
				}
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(file{headerSize: 40, w: 2, h: 3, depth: 8, colours: 4, compression: 1, palette: palette4, pixels: []byte{2, 1, 0, 0, 0, 2, 1, 1, 1, 3, 0, 1}}.bytes())
	f.Add(file{headerSize: 40, w: 6, h: 1, depth: 4, compression: 2, palette: palette4, pixels: []byte{3, 0x12, 0, 3, 0x32, 0x10}}.bytes())
	f.Add(file{headerSize: 64, w: 3, h: 1, depth: 24, compression: 4, pixels: []byte{2, 255, 0, 0, 0, 3, 1, 2, 3}}.bytes())
	f.Add(file{headerSize: 40, w: 2, h: 1, depth: 16, compression: 3, extra: u32(0xf800, 0x7e0, 0x1f), pixels: u16(0x07e0, 0xffff)}.bytes())
	f.Add(file{headerSize: 12, w: 2, h: 2, depth: 1, palette: []byte{0, 0, 255, 255, 0, 0}, pixels: make([]byte, 8)}.bytes())
	f.Add(file{headerSize: 124, w: 2, h: 2, depth: 32, compression: 3, extra: u32(0xff0000, 0xff00, 0xff, 0xff000000), pixels: make([]byte, 16)}.bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := ReadHeader(data)
		if err != nil || h.MemoryCost() > 4<<20 {
			return
		}
		b, err := Decode(data)
		if err != nil {
			t.Fatalf("the header was read, the pixels were not: %v", err)
		}
		if b.Complete < 0 || b.Complete > 1 || b.End > int64(len(data)) || b.Image.Bounds() != image.Rect(0, 0, h.Width, h.Height) {
			t.Fatalf("complete %v, end %d of %d, bounds %v", b.Complete, b.End, len(data), b.Image.Bounds())
		}
		b.Image.At(0, 0)
	})
}
