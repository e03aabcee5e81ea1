package strokes

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"dossier/checks/picture/raster"
	"dossier/fixtures/canvas"
)

// printedPage draws lines of made-up characters, each a box of strokes as Chinese ones are, of that height in pixels
// with strokes an eighth as wide, in ink on paper.
func printedPage(width, height, size int, paper, ink float32) *canvas.Raster {
	rnd := rand.New(rand.NewPCG(7, uint64(size)))
	m := canvas.NewRaster(width, height, canvas.Color{paper, paper, paper})
	stroke := max(1, size/8)
	fill := func(x, y, w, h int) {
		for v := y; v < y+h; v++ {
			for u := x; u < x+w; u++ {
				m.Blend(u, v, canvas.Color{ink, ink, ink}, 1)
			}
		}
	}
	for y := 2 * size; y+2*size < height; y += 2 * size {
		for x := 3 * size; x+4*size < width; x += size + size/4 {
			fill(x, y, stroke, size)
			fill(x, y, size, stroke)
			fill(x, y+rnd.IntN(size-stroke), size, stroke)
			fill(x+rnd.IntN(size-stroke), y, stroke, size)
		}
	}
	return m
}

func measured(t *testing.T, m image.Image) *Page {
	t.Helper()
	p, err := Measure(t.Context(), m, raster.Reduce(m, raster.ReducedSide))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func middle(p *Page, value func(Line) float64) float64 { return weighted(p.Lines, 0.5, value) }

// Lines are found with their height, levels and stroke width, whatever the scale of the picture.
func TestPrintIsMeasured(t *testing.T) {
	for _, size := range []int{12, 24, 60} {
		m := printedPage(40*size, 30*size, size, 0.9, 0.1)
		m.Blur(0.6)
		p := measured(t, m.Image())
		if len(p.Lines) < 11 || p.Down {
			t.Fatalf("size %d: %d lines, down %v", size, len(p.Lines), p.Down)
		}
		for _, l := range p.Lines {
			if math.Abs(l.Height-float64(size)) > 0.2*float64(size)+1 || math.Abs(l.Paper-230) > 6 || l.Ink > 90 || l.Angle(false) > 1 || l.Cut != [4]bool{} {
				t.Errorf("size %d: %+v", size, l)
			}
			if size > 12 && math.Abs(l.Stroke-float64(size/8)) > 0.3*float64(size/8)+1 {
				t.Errorf("size %d: strokes of %.1f", size, l.Stroke)
			}
		}
	}
}

// The blur that is measured grows with the blur that was made, and print stays readable until it is wide.
func TestBlurGrows(t *testing.T) {
	last, share := 0.0, 2.0
	for _, sigma := range []float64{0.5, 1, 1.6, 2.4} {
		m := printedPage(800, 600, 20, 0.9, 0.1)
		m.Blur(sigma)
		p := measured(t, m.Image())
		blur := middle(p, func(l Line) float64 { return l.Blur })
		if blur <= last || len(p.Lines) == 0 {
			t.Errorf("blurred by %.1f: %.3f, before %.3f", sigma, blur, last)
		}
		s := p.Map(nil).Share
		if s > share {
			t.Errorf("blurred by %.1f: %.2f is readable, before %.2f", sigma, s, share)
		}
		last, share = blur, s
	}
	if last < BlurUnread/2 || share > 1 {
		t.Errorf("in the end %.3f, readable %.2f", last, share)
	}
}

// A moving hand blurs in one direction, and counts for more than the lens.
func TestMotionCounts(t *testing.T) {
	blur := func(change func(*canvas.Raster)) float64 {
		m := printedPage(800, 600, 20, 0.9, 0.1)
		change(m)
		return middle(measured(t, m.Image()), func(l Line) float64 { return l.Blur })
	}
	still := blur(func(m *canvas.Raster) { m.Blur(0.6) })
	for _, degrees := range []float64{0, 45, 90} {
		if moved := blur(func(m *canvas.Raster) { m.Blur(0.6); m.MotionBlur(7, degrees) }); moved < 2*still {
			t.Errorf("moved at %.0f degrees: %.3f, still %.3f", degrees, moved, still)
		}
	}
}

func TestLinesThatRunDown(t *testing.T) {
	m := printedPage(800, 600, 20, 0.9, 0.1).Image()
	turned := image.NewGray(image.Rect(0, 0, 600, 800))
	for y := range 600 {
		for x := range 800 {
			turned.Set(y, x, m.At(x, y))
		}
	}
	if p := measured(t, turned); !p.Down || len(p.Lines) < 10 || math.Abs(p.Lines[0].Angle(true)) > 1 {
		t.Errorf("down %v, %d lines", p.Down, len(p.Lines))
	}
}

func TestLinesThatAreCut(t *testing.T) {
	m := printedPage(800, 600, 20, 0.9, 0.1).Image()
	for side, part := range map[int]image.Rectangle{Left: image.Rect(105, 0, 800, 600), Right: image.Rect(0, 0, 690, 600), Top: image.Rect(0, 50, 800, 600), Bottom: image.Rect(0, 0, 800, 532)} {
		area := image.NewRGBA(image.Rect(0, 0, part.Dx(), part.Dy()))
		for y := range part.Dy() {
			for x := range part.Dx() {
				area.Set(x, y, m.At(part.Min.X+x, part.Min.Y+y))
			}
		}
		n := 0
		for _, l := range measured(t, area).Lines {
			for other, cut := range l.Cut {
				if cut && other != side {
					t.Errorf("side %d: cut at %d", side, other)
				}
			}
			if l.Cut[side] {
				n++
			}
		}
		if n == 0 {
			t.Errorf("side %d: no line is cut", side)
		}
	}
}

// A lamp wipes print out and veils what is around it; white paper alone is no glare.
func TestGlares(t *testing.T) {
	m := printedPage(1000, 800, 20, 0.85, 0.1)
	if g, found := measured(t, m.Image()).Glare(); found {
		t.Fatalf("without a lamp: %+v", g)
	}
	mirrorLamp(m)
	p := measured(t, m.Image())
	g, found := p.Glare()
	if !found || !p.TileBox(g.Tiles[len(g.Tiles)/2]).Overlaps(image.Rect(400, 300, 600, 500)) {
		t.Fatalf("%v %+v", found, g)
	}
	if with, without := p.Map(g.Tiles).Share, p.Map(nil).Share; with >= without {
		t.Errorf("readable %.2f with the glare, %.2f without", with, without)
	}
	white := printedPage(1000, 800, 20, 1, 0.1)
	if g, found := measured(t, white.Image()).Glare(); found {
		t.Errorf("white paper: %+v", g)
	}
	mirrorLamp(white)
	if _, found := measured(t, white.Image()).Glare(); !found {
		t.Error("a lamp on paper that is white in any case is not found")
	}
}

// mirrorLamp mirrors a lamp in the middle of a page of 1000 x 800. Light adds up before the tone curve.
func mirrorLamp(m *canvas.Raster) {
	for y := range m.H {
		for x := range m.W {
			u, v := float64(x-500)/90, float64(y-400)/70
			q := 1 + u*u + v*v
			p := m.Pix[3*(y*m.W+x):][:3]
			for k := range p {
				p[k] = canvas.Clamp(float32(math.Pow(math.Pow(float64(p[k]), 2.2)+1.6/(q*q*q), 1/2.2)))
			}
		}
	}
}

// Print in a paler ink around a blank place of white paper is no glare, of whatever colour it is.
func TestPaleInkIsNoGlare(t *testing.T) {
	for name, ink := range map[string][3]float32{"grey": {0.6, 0.6, 0.6}, "red": {0.8, 0.2, 0.2}, "blue": {0.45, 0.5, 0.75}} {
		m := printedPage(1000, 800, 20, 1, 0.1)
		for y := range m.H {
			for x := range m.W {
				p := m.Pix[3*(y*m.W+x):][:3]
				switch {
				case x > 430 && x < 570 && y > 330 && y < 470:
					copy(p, []float32{1, 1, 1})
				case x > 350 && x < 650 && y > 250 && y < 550:
					for k := range p {
						p[k] = ink[k] + (1-ink[k])*(p[k]-0.1)/0.9
					}
				}
			}
		}
		if g, found := measured(t, m.Image()).Glare(); found {
			t.Errorf("%s: %+v", name, g)
		}
	}
}

func TestRegression(t *testing.T) {
	var r regression
	if r.slope() != 0 || r.explained() != 0 {
		t.Errorf("of nothing: %v, %v", r.slope(), r.explained())
	}
	for i := range 9 {
		r.add(float64(i), 3*float64(i)-1)
	}
	if math.Abs(r.slope()-3) > 1e-9 || math.Abs(r.explained()-1) > 1e-9 {
		t.Errorf("of a straight line: %v, %v", r.slope(), r.explained())
	}
	r.add(4, 100)
	if e := r.explained(); e > 0.5 {
		t.Errorf("with a value far off: %v", e)
	}
}

// BenchmarkGlare is what the search costs on white paper, where the middle of a lamp may be anywhere, with print in two inks.
func BenchmarkGlare(b *testing.B) {
	m := printedPage(1600, 1200, 30, 1, 0.1)
	for i := range m.Pix[:len(m.Pix)/3] {
		m.Pix[i] = 0.5 + m.Pix[i]/2
	}
	picture := m.Image()
	page, err := Measure(b.Context(), picture, raster.Reduce(picture, raster.ReducedSide))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		page.Glare()
	}
}

// Nothing that can be decoded makes it fall over, and what is found lies in the picture.
func TestAnyPicture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 300).Draw(t, "w"), rapid.IntRange(1, 300).Draw(t, "h")
		if rapid.Bool().Draw(t, "strip") {
			h = 1
			w *= 20
		}
		kind := rapid.IntRange(0, 3).Draw(t, "kind")
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		m := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.Black, color.White, color.RGBA{200, 30, 30, 255}})
		for i := range m.Pix {
			switch kind {
			case 0:
				m.Pix[i] = uint8(rnd.IntN(3))
			case 1:
				m.Pix[i] = uint8(i / 7 % 2)
			case 2:
				m.Pix[i] = uint8(min(1, rnd.IntN(20)))
			}
		}
		p, err := Measure(t.Context(), m, raster.Reduce(m, 200))
		if err != nil {
			t.Fatal(err)
		}
		p.Glare()
		for _, l := range p.Lines {
			if !l.Box.In(image.Rect(0, 0, w, h)) || l.Height <= 0 || math.IsNaN(l.Blur) || l.Readable() < 0 || l.Readable() > 1 {
				t.Fatalf("%+v in %d x %d", l, w, h)
			}
		}
		for box, v := range p.Map(nil).Tiles() {
			if box.Empty() || v < 0 || v > 1 {
				t.Fatalf("%v %v", box, v)
			}
		}
	})
}

func BenchmarkMeasure(b *testing.B) {
	m := printedPage(2828, 2121, 30, 0.9, 0.1)
	m.Blur(0.6)
	picture := m.Image()
	reduced := raster.Reduce(picture, raster.ReducedSide)
	for b.Loop() {
		if _, err := Measure(b.Context(), picture, reduced); err != nil {
			b.Fatal(err)
		}
	}
}
