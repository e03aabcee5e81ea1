package recompression

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	stdjpeg "image/jpeg"
	"math"
	"math/rand/v2"
	"testing"

	"dossier/checks/picture/jpeg"

	"pgregory.net/rapid"
)

// scene is a picture with detail of every size and noise, as photos have; smooth below the middle
// of its height by the given share.
func scene(w, h int, seed uint64) *image.RGBA {
	r := rand.New(rand.NewPCG(seed, 7))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	p := [6]float64{r.Float64() * 6, r.Float64() * 6, 20 + 30*r.Float64(), 4 + 5*r.Float64(), 7 + 5*r.Float64(), r.Float64()}
	for y := range h {
		for x := range w {
			fx, fy := float64(x), float64(y)
			detail := 0.5 + 0.5*math.Sin(fx/70+fy/90+p[0])
			v := 125 + 35*math.Sin(fx/p[2]+p[0])*math.Cos(fy/p[2]*1.3+p[1]) + detail*(22*math.Sin((fx+2*fy)/p[3])+14*math.Sin((2*fx-fy)/p[4]))
			v += r.NormFloat64() * 3
			c := func(d float64) uint8 { return uint8(max(8, min(247, v+d))) }
			m.SetRGBA(x, y, color.RGBA{c(12 * p[5]), c(0), c(-15), 255})
		}
	}
	return m
}

func encode(t testing.TB, m image.Image, quality int) []byte {
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, m, &stdjpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// saved is m after compression.
func saved(t testing.TB, m image.Image, quality int) *image.RGBA {
	d, err := stdjpeg.Decode(bytes.NewReader(encode(t, m, quality)))
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewRGBA(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))
	draw.Draw(out, out.Bounds(), d, d.Bounds().Min, draw.Src)
	return out
}

// part is a copy of m from point p on.
func part(m *image.RGBA, p image.Point) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, m.Bounds().Dx()-p.X, m.Bounds().Dy()-p.Y))
	draw.Draw(out, out.Bounds(), m, p, draw.Src)
	return out
}

// with is a copy of m in which the rectangle at shows what from shows at its point p.
func with(m, from *image.RGBA, at image.Rectangle, p image.Point) *image.RGBA {
	out := part(m, image.Point{})
	draw.Draw(out, at, from, p, draw.Src)
	return out
}

func luma(t testing.TB, data []byte) *Luma {
	f, err := jpeg.Read(data, jpeg.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return NewLuma(f)
}

func history(t testing.TB, data []byte) *History {
	h, err := Analyse(context.Background(), luma(t, data))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestFirstQualityOfTheWholePicture(t *testing.T) {
	m := scene(512, 384, 1)
	for _, c := range [][2]int{{60, 80}, {75, 90}, {85, 95}, {70, 98}} {
		h := history(t, encode(t, saved(t, m, c[0]), c[1]))
		if h.Whole == nil || !h.Whole.Aligned() || h.Whole.Quality < c[0]-1 || h.Whole.Quality > c[0]+1 {
			t.Errorf("saved with %d, then %d: %+v", c[0], c[1], h.Whole)
		}
		if h.Odd != nil && h.Odd.Window.Score > 1 {
			t.Errorf("saved with %d, then %d: a part stands out by %.1f (%s)", c[0], c[1], h.Odd.Window.Score, h.Odd.How)
		}
	}
	for _, q := range []int{70, 85, 95} {
		h := history(t, encode(t, m, q))
		if h.Whole != nil || h.Odd != nil && h.Odd.Window.Score > 1 {
			t.Errorf("saved once with %d: %+v", q, h.Whole)
		}
	}
}

// Turned by a quarter, a picture's first table is found transposed.
func TestFirstQualityOfATurnedPicture(t *testing.T) {
	m := saved(t, scene(512, 384, 10), 70)
	turned := image.NewRGBA(image.Rect(0, 0, 384, 512))
	for y := range 384 {
		for x := range 512 {
			turned.SetRGBA(383-y, x, m.RGBAAt(x, y))
		}
	}
	h := history(t, encode(t, turned, 92))
	if h.Whole == nil || !h.Primary.Turned || h.Whole.Quality < 69 || h.Whole.Quality > 71 {
		t.Errorf("%+v, turned %v", h.Whole, h.Primary.Turned)
	}
}

// From the steps of a first compression the quantized levels follow, whatever the steps are.
func TestStepsOfATableOfItsOwn(t *testing.T) {
	m := saved(t, scene(512, 384, 2), 82)
	p := luma(t, encode(t, m, 96)).EstimatePrimary()
	want := StandardSteps(82)
	right, able := 0, 0
	for k := range Terms {
		if p.Able[k] {
			able++
			if p.Steps[k] == want[k] {
				right++
			}
		}
	}
	if able < 8 || right*10 < able*8 {
		t.Errorf("%d of %d steps are right", right, able)
	}
}

func TestPartOfAnotherHistory(t *testing.T) {
	host, donor := scene(512, 384, 3), scene(512, 384, 4)
	at := image.Rect(168, 136, 168+104, 136+96)
	for _, c := range []struct {
		name   string
		make   func() *image.RGBA
		how    string
		dx, dy int
	}{
		{"never compressed, in a picture saved before", func() *image.RGBA { return with(saved(t, host, 72), donor, at, image.Pt(59, 31)) }, Lacks, 0, 0},
		{"saved before, in a picture that was not", func() *image.RGBA { return with(host, saved(t, donor, 72), at, image.Pt(64, 32)) }, OwnAligned, 0, 0},
		// The donor's block at 64 comes to lie at 168+64-61 = 171, 3 right of the grid; 32 at 136+32-27, 5 below.
		{"the same on a grid of its own", func() *image.RGBA { return with(host, saved(t, donor, 68), at, image.Pt(61, 27)) }, OwnShifted, 3, 5},
		{"copied within, off the grid", func() *image.RGBA { s := saved(t, host, 72); return with(s, s, at, image.Pt(19, 11)) }, "", 0, 0},
	} {
		h := history(t, encode(t, c.make(), 92))
		if h.Odd == nil || h.Odd.Window.Score < 1.8 {
			t.Errorf("%s: not found: %+v", c.name, h.Odd)
			continue
		}
		if c.how != "" && (h.Odd.How != c.how || h.Odd.First.DX != c.dx || h.Odd.First.DY != c.dy) {
			t.Errorf("%s: found as %s (%d, %d)", c.name, h.Odd.How, h.Odd.First.DX, h.Odd.First.DY)
		}
		got := h.Odd.PixelBounds()
		both, either := got.Intersect(at), got.Union(at)
		if 10*both.Dx()*both.Dy() < 6*either.Dx()*either.Dy() {
			t.Errorf("%s: found at %v, is at %v", c.name, got, at)
		}
	}
}

func TestShiftOfACroppedPicture(t *testing.T) {
	m := saved(t, scene(560, 420, 5), 70)
	for _, p := range []image.Point{{4, 4}, {1, 0}, {3, 6}} {
		h := history(t, encode(t, part(m, p), 88))
		if want := image.Pt((8-p.X)%8, (8-p.Y)%8); h.Shift.DX != want.X || h.Shift.DY != want.Y {
			t.Errorf("cropped by %v: grid at (%d, %d), want %v", p, h.Shift.DX, h.Shift.DY, want)
		}
		if h.Whole == nil || h.Whole.Aligned() {
			t.Errorf("cropped by %v: the whole picture is %+v", p, h.Whole)
		}
		if h.Odd != nil && h.Odd.Window.Score > 1.5 {
			t.Errorf("cropped by %v: a part stands out: %s %.1f", p, h.Odd.How, h.Odd.Window.Score)
		}
	}
}

func TestGhost(t *testing.T) {
	host, donor := scene(512, 384, 6), scene(512, 384, 7)
	at := image.Rect(160, 96, 288, 192)
	g, err := luma(t, encode(t, with(host, saved(t, donor, 70), at, image.Pt(64, 64)), 92)).Ghost(context.Background())
	if err != nil || g == nil || g.Score < 16 || !g.Blocks.Overlaps(image.Rect(20, 12, 36, 24)) || g.Inside < g.Outside || g.Quality < 66 || g.Quality > 74 {
		t.Errorf("a part saved with quality 70: %+v, %v", g, err)
	}
	for name, data := range map[string][]byte{"saved once": encode(t, host, 92), "saved twice": encode(t, saved(t, host, 70), 92)} {
		if g, err := luma(t, data).Ghost(context.Background()); err != nil || g != nil && g.Score > 10 {
			t.Errorf("%s: %+v, %v", name, g, err)
		}
	}
}

// The tables are those the encoder of the standard library writes.
func TestStandardSteps(t *testing.T) {
	for _, q := range []int{1, 30, 50, 75, 90, 100} {
		f, err := jpeg.ReadHeader(encode(t, image.NewRGBA(image.Rect(0, 0, 8, 8)), q), jpeg.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		for n, v := range f.QuantizationTables[0].Values {
			if StandardStep(q, n) != int(v) {
				t.Fatalf("quality %d, coefficient %d: %d, want %d", q, n, StandardStep(q, n), v)
			}
		}
	}
}

// Pictures of any size and emptiness pass through; what they lack is not invented.
func TestPoorPictures(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, h := rapid.IntRange(1, 90).Draw(rt, "width"), rapid.IntRange(1, 90).Draw(rt, "height")
		m := scene(w, h, rapid.Uint64().Draw(rt, "seed"))
		if rapid.Bool().Draw(rt, "flat") {
			draw.Draw(m, m.Bounds(), image.White, image.Point{}, draw.Src)
		}
		l := luma(t, encode(t, m, rapid.IntRange(1, 100).Draw(rt, "quality")))
		if l == nil {
			if w >= 8 && h >= 8 {
				rt.Fatal("no brightness plane")
			}
			return
		}
		history, err := Analyse(context.Background(), l)
		if err != nil {
			rt.Fatal(err)
		}
		if history.Odd != nil && (history.Odd.Region.Count == 0 || !history.Odd.Region.Bounds.In(image.Rect(0, 0, l.Wide, l.High))) {
			rt.Fatalf("a region %v", history.Odd.Region.Bounds)
		}
		if _, err := l.Ghost(context.Background()); err != nil {
			rt.Fatal(err)
		}
	})
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Analyse(ctx, luma(t, encode(t, scene(128, 128, 8), 80))); err == nil {
		t.Error("a cancelled analysis went on")
	}
}

func BenchmarkAnalyse(b *testing.B) {
	l := luma(b, encode(b, saved(b, scene(1600, 1200, 9), 75), 88))
	b.SetBytes(1600 * 1200)
	for range b.N {
		if _, err := Analyse(context.Background(), l); err != nil {
			b.Fatal(err)
		}
	}
}
