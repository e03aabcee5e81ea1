package evaluate

import (
	"image"
	"testing"

	"pgregory.net/rapid"

	"dossier/checks"
)

func maskOf(w, h int, r image.Rectangle) *image.Gray {
	m := image.NewGray(image.Rect(0, 0, w, h))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			m.Pix[y*m.Stride+x] = 255
		}
	}
	return m
}

func TestIoU(t *testing.T) {
	mask := maskOf(100, 80, image.Rect(10, 10, 30, 30)) // 400 pixels
	corner := maskOf(100, 80, image.Rect(10, 10, 30, 30))
	for y := 10; y < 20; y++ { // an L: a quarter is not altered
		for x := 10; x < 20; x++ {
			corner.Pix[y*corner.Stride+x] = 0
		}
	}
	for _, c := range []struct {
		name        string
		mask        *image.Gray
		regions     []checks.Region
		pixels, box float64
	}{
		{"the same", mask, []checks.Region{{X: 10, Y: 10, Width: 20, Height: 20}}, 1, 1},
		{"half of it", mask, []checks.Region{{X: 10, Y: 10, Width: 10, Height: 20}}, 0.5, 0.5},
		{"in two that overlap", mask, []checks.Region{{X: 10, Y: 10, Width: 15, Height: 20}, {X: 20, Y: 10, Width: 10, Height: 20}}, 1, 1},
		{"shifted by half", mask, []checks.Region{{X: 20, Y: 10, Width: 20, Height: 20}}, 200.0 / 600, 200.0 / 600},
		{"apart", mask, []checks.Region{{X: 50, Y: 50, Width: 20, Height: 20}}, 0, 0},
		{"none", mask, nil, 0, 0},
		{"beyond the edges", mask, []checks.Region{{X: -50, Y: -50, Width: 1000, Height: 1000}}, 400.0 / 8000, 400.0 / 8000},
		{"around an L", corner, []checks.Region{{X: 10, Y: 10, Width: 20, Height: 20}}, 0.75, 1},
		{"an empty mask", maskOf(9, 9, image.Rectangle{}), nil, 0, 0},
	} {
		o := IoU(c.regions, c.mask)
		near(t, c.name, o.Pixels, c.pixels, 1e-12)
		near(t, c.name+", by box", o.Box, c.box, 1e-12)
	}
}

// One rectangle against another is the formula of their areas.
func TestIoUOfRectangles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rect := func(name string) image.Rectangle {
			x, y := rapid.IntRange(0, 30).Draw(t, name+" x"), rapid.IntRange(0, 30).Draw(t, name+" y")
			return image.Rect(x, y, x+rapid.IntRange(1, 30).Draw(t, name+" w"), y+rapid.IntRange(1, 30).Draw(t, name+" h"))
		}
		a, b := rect("mask"), rect("region")
		area := func(r image.Rectangle) float64 { return float64(r.Dx() * r.Dy()) }
		want := area(a.Intersect(b)) / (area(a) + area(b) - area(a.Intersect(b)))
		got := IoU([]checks.Region{{X: b.Min.X, Y: b.Min.Y, Width: b.Dx(), Height: b.Dy()}}, maskOf(60, 60, a))
		if d := got.Pixels - want; d > 1e-12 || d < -1e-12 {
			t.Fatalf("%v, want %v", got.Pixels, want)
		}
	})
}
