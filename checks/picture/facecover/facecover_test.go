package facecover

import (
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"testing"

	"dossier/checks"
)

var (
	skin  = color.RGBA{214, 168, 140, 255}
	cloth = color.RGBA{150, 196, 222, 255}
	night = color.RGBA{24, 22, 24, 255}
)

// box is where the tests' face lies.
var box = checks.Region{X: 20, Y: 30, Width: 160, Height: 200}

// bare is a face of one colour before a wall, with eyes as large as eyes are.
func bare(of color.Color) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 200, 320))
	draw.Draw(m, m.Rect, image.NewUniform(color.RGBA{200, 205, 210, 255}), image.Point{}, draw.Src)
	fill(m, 0, 0, 1, 1.2, of)
	for _, x := range []float64{0.25, 0.63} {
		fill(m, x, 0.40, x+0.12, 0.46, night)
	}
	return m
}

// fill paints a part of the face.
func fill(m *image.RGBA, x0, y0, x1, y1 float64, c color.Color) {
	at := func(v float64, from, n int) int { return from + int(v*float64(n)) }
	r := image.Rect(at(x0, box.X, box.Width), at(y0, box.Y, box.Height), at(x1, box.X, box.Width), at(y1, box.Y, box.Height))
	draw.Draw(m, r, image.NewUniform(c), image.Point{}, draw.Src)
}

func measured(t *testing.T, m image.Image) Cover {
	t.Helper()
	c, ok := Measure(m, box, nil)
	if !ok || !c.Skin {
		t.Fatalf("not measured: %+v", c)
	}
	return c
}

// Bare skin is all skin; cloth over nose, cheeks and mouth leaves none; a beard leaves the nose.
func TestLowerFace(t *testing.T) {
	if c := measured(t, bare(skin)); c.SkinShare < 0.99 || c.Eyes > 0.6 || !c.Colored || c.Seen != 1 {
		t.Errorf("bare: %+v", c)
	}
	m := bare(skin)
	fill(m, 0, 0.55, 1, 1, cloth)
	if c := measured(t, m); c.SkinShare > 0.01 || c.MostLike > 0.01 || c.Light < 0.8 {
		t.Errorf("mask: %+v", c)
	}
	m = bare(skin)
	fill(m, 0, 0.72, 1, 1.2, night)
	if c := measured(t, m); c.MostLike < 0.99 {
		t.Errorf("beard: %+v", c)
	}
}

// A box that ends too early, above cloth that is light, is taken to be longer; above dark cloth it is not.
func TestShortBox(t *testing.T) {
	for of, want := range map[color.RGBA]bool{cloth: true, night: false} {
		m := bare(skin)
		fill(m, 0, 0.72, 1, 1.3, of)
		if c := measured(t, m); (c.MostLike < 0.3) != want {
			t.Errorf("%v: %+v", of, c)
		}
	}
}

// Dark glasses fill the place of a lens, darker than the cheeks; a shadow over all of the face darkens these too.
func TestEyes(t *testing.T) {
	m := bare(skin)
	fill(m, 0.13, 0.36, 0.45, 0.52, night)
	fill(m, 0.55, 0.36, 0.87, 0.52, night)
	if c := measured(t, m); c.Eyes < 0.95 || c.Glass > 0.3 || c.Rim < 0.5 || c.Glasses.IsZero() {
		t.Errorf("glasses: %+v", c)
	}
	fill(m, 0.13, 0.36, 0.87, 1.2, night)
	if c := measured(t, m); c.Rim > 0.1 {
		t.Errorf("shadow: %+v", c)
	}
}

// Half the light, and light of another colour, leave what is measured nearly as it is.
func TestLight(t *testing.T) {
	for _, by := range [][3]float64{{0.5, 0.5, 0.5}, {1, 0.9, 0.65}, {0.85, 0.95, 1.1}} {
		lit := func(c color.RGBA) color.RGBA {
			return color.RGBA{uint8(by[0] * float64(c.R)), uint8(by[1] * float64(c.G)), uint8(min(255, by[2]*float64(c.B))), 255}
		}
		m := bare(lit(skin))
		if c := measured(t, m); c.SkinShare < 0.99 {
			t.Errorf("%v, bare: %+v", by, c)
		}
		fill(m, 0, 0.55, 1, 1, lit(color.RGBA{232, 232, 230, 255}))
		if c := measured(t, m); c.SkinShare > 0.01 {
			t.Errorf("%v, mask: %+v", by, c)
		}
	}
}

// What is said to lie before the face does not count.
func TestIgnored(t *testing.T) {
	m := bare(skin)
	fill(m, 0, 0.75, 1, 1, cloth)
	c, ok := Measure(m, box, func(_, y float64) bool { return y > float64(box.Y)+0.75*float64(box.Height) })
	if !ok || c.SkinShare < 0.99 || c.Seen > 0.9 {
		t.Errorf("%+v", c)
	}
	c, ok = Measure(m, box, func(_, _ float64) bool { return true })
	if !ok || c.Skin {
		t.Errorf("all ignored: %+v", c)
	}
}

func TestWhatCannotBeMeasured(t *testing.T) {
	gray := image.NewGray(image.Rect(0, 0, 200, 320))
	for i := range gray.Pix {
		gray.Pix[i] = uint8(90 + i%7)
	}
	if c, ok := Measure(gray, box, nil); !ok || c.Colored {
		t.Errorf("grey: %+v", c)
	}
	if c, ok := Measure(image.NewRGBA(image.Rect(0, 0, 200, 320)), box, nil); ok && c.Skin {
		t.Errorf("black has skin: %+v", c)
	}
	// Boxes may touch any edge, and pictures are of any size and kind.
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		w, h := 1+rnd.IntN(300), 1+rnd.IntN(300)
		m := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
		for i := range m.Y {
			m.Y[i] = uint8(rnd.IntN(256))
		}
		x, y := rnd.IntN(w), rnd.IntN(h)
		b := checks.Region{X: x, Y: y, Width: rnd.IntN(w - x + 1), Height: rnd.IntN(h - y + 1)}
		c, ok := Measure(m, b, nil)
		if ok && (c.SkinShare < 0 || c.SkinShare > 1 || c.Eyes < 0 || c.Eyes > 1) {
			t.Fatalf("%v of %dx%d: %+v", b, w, h, c)
		}
	}
}

func BenchmarkMeasure(b *testing.B) {
	m := bare(skin)
	for b.Loop() {
		Measure(m, box, nil)
	}
}
