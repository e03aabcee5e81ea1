package raster

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func noise(w, h int) *image.RGBA {
	rnd := rand.New(rand.NewPCG(1, 2))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = uint8(rnd.Uint32())
		if i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	return m
}

// Every kind of picture gives the colours that it says it has.
func TestNew(t *testing.T) {
	rgba := noise(23, 17)
	gray := image.NewGray(rgba.Rect)
	draw.Draw(gray, gray.Rect, rgba, image.Point{}, draw.Src)
	paletted := image.NewPaletted(rgba.Rect, color.Palette{color.Black, color.RGBA{200, 10, 30, 255}, color.White})
	draw.Draw(paletted, paletted.Rect, rgba, image.Point{}, draw.Src)
	pictures := map[string]image.Image{"rgba": rgba, "gray": gray, "paletted": paletted, "part": rgba.SubImage(image.Rect(5, 3, 20, 15))}
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420} {
		m := image.NewYCbCr(rgba.Rect, ratio)
		for _, plane := range [][]uint8{m.Y, m.Cb, m.Cr} {
			copy(plane, rgba.Pix)
		}
		pictures[ratio.String()] = m
	}
	for name, m := range pictures {
		area := image.Rect(m.Bounds().Min.X+1, m.Bounds().Min.Y+2, m.Bounds().Max.X+5, m.Bounds().Max.Y-1)
		r := New(m, area)
		if r.Origin != area.Min || r.Reduce != 1 || r.Width != m.Bounds().Dx()-1 || r.Height != m.Bounds().Dy()-3 {
			t.Fatalf("%s: %d x %d from %v", name, r.Width, r.Height, r.Origin)
		}
		for y := range r.Height {
			for x := range r.Width {
				c := color.RGBAModel.Convert(m.At(area.Min.X+x, area.Min.Y+y)).(color.RGBA)
				if p := r.Pixels[3*(y*r.Width+x):]; p[0] != c.R || p[1] != c.G || p[2] != c.B {
					t.Fatalf("%s: pixel %d, %d is %v, want %v", name, x, y, p[:3], c)
				}
			}
		}
	}
}

// The brightness of a part is that of its pixels, whatever the picture holds them as.
func TestLuma(t *testing.T) {
	rgba := noise(23, 17)
	gray := image.NewGray(rgba.Rect)
	draw.Draw(gray, gray.Rect, rgba, image.Point{}, draw.Src)
	ycbcr := image.NewYCbCr(rgba.Rect, image.YCbCrSubsampleRatio420)
	copy(ycbcr.Y, gray.Pix)
	area := image.Rect(3, 2, 20, 11)
	for name, m := range map[string]image.Image{"rgba": rgba, "gray": gray, "ycbcr": ycbcr} {
		got := Luma(m, area)
		if len(got) != area.Dx()*area.Dy() {
			t.Fatalf("%s: %d values", name, len(got))
		}
		for i, v := range got {
			want := gray.GrayAt(area.Min.X+i%area.Dx(), area.Min.Y+i/area.Dx()).Y
			if d := int(v) - int(want); d < -1 || d > 1 { // the library rounds otherwise
				t.Fatalf("%s: value %d is %d, want %d", name, i, v, want)
			}
		}
	}
	r := New(rgba, rgba.Rect)
	for i, v := range Luma(rgba, rgba.Rect) {
		if r.Luma()[i] != v {
			t.Fatalf("value %d of the raster is %d, want %d", i, r.Luma()[i], v)
		}
	}
}

func TestEmptyArea(t *testing.T) {
	if r := New(noise(9, 9), image.Rect(20, 20, 30, 30)); r.Width != 0 || r.Height != 0 {
		t.Errorf("%d x %d of nothing", r.Width, r.Height)
	}
}

// gradient is an endless picture whose red grows to the right and whose green grows downwards.
type gradient struct{ r image.Rectangle }

func (g gradient) ColorModel() color.Model { return color.RGBAModel }
func (g gradient) Bounds() image.Rectangle { return g.r }
func (g gradient) At(x, y int) color.Color {
	return color.RGBA{uint8(x * 255 / g.r.Dx()), uint8(y * 255 / g.r.Dy()), 7, 255}
}

func TestLargePicturesAreReduced(t *testing.T) {
	if testing.Short() {
		t.Skip("copies 30 megapixels")
	}
	m := gradient{image.Rect(0, 0, 6000, 5000)}
	r := New(m, m.r)
	if r.Reduce != 2 || r.Width != 3000 || r.Height != 2500 {
		t.Fatalf("%d x %d, reduced %d times", r.Width, r.Height, r.Reduce)
	}
	if p := r.Pixels[3*(1250*3000+1500):]; p[0] != 127 || p[1] != 127 || p[2] != 7 {
		t.Errorf("the middle is %v", p[:3])
	}
}

// Making a picture smaller keeps its mean, and a flat one flat.
func TestShrink(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 60).Draw(t, "w"), rapid.IntRange(1, 60).Draw(t, "h")
		nw, nh := rapid.IntRange(1, 70).Draw(t, "nw"), rapid.IntRange(1, 70).Draw(t, "nh")
		m := noise(w, h)
		r := New(m, m.Rect)
		var want, got [3]float64
		for i, v := range r.Pixels {
			want[i%3] += float64(v) / float64(w*h)
		}
		out := r.Shrink(nw, nh)
		if len(out) != 3*nw*nh {
			t.Fatalf("%d values", len(out))
		}
		for i, v := range out {
			got[i%3] += float64(v) / float64(nw*nh)
		}
		for c := range 3 {
			if math.Abs(got[c]-want[c]) > 0.01 {
				t.Fatalf("mean of channel %d is %v, want %v", c, got[c], want[c])
			}
		}
	})
}
