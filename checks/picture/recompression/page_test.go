package recompression

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"
)

// page is a printed page as a scanner sees it: lines of strokes as fine as print, a little askew, on cream paper that
// is a little darker towards one corner and nearly smooth: nearly all detail lies in the print.
func page(w, h int, seed uint64, white, noise float64) *image.RGBA {
	r := rand.New(rand.NewPCG(seed, 19))
	ink := make([]float64, w*h)
	dot := func(x, y, strength float64) {
		for v := int(y) - 2; v <= int(y)+2; v++ {
			for u := int(x) - 2; u <= int(x)+2; u++ {
				if u >= 0 && v >= 0 && u < w && v < h {
					d := math.Hypot(float64(u)-x, float64(v)-y)
					ink[v*w+u] = max(ink[v*w+u], strength*min(1, max(0, 1.8-d)))
				}
			}
		}
	}
	const line, letter, margin = 34, 11, 40
	for y := margin; y+line < h-margin; y += line {
		for x := margin; x+letter < w-margin; x += letter {
			if r.IntN(6) == 0 {
				continue // between words
			}
			for range 3 { // strokes
				x0, y0 := float64(x)+9*r.Float64(), float64(y)+15*r.Float64()+float64(x)*0.012
				dx, dy := 0.0, 13*r.Float64()
				if r.IntN(2) == 0 {
					dx, dy = 7*r.Float64(), 3*r.Float64()
				}
				for t := 0.0; t <= 1; t += 0.06 {
					dot(x0+dx*t, y0+dy*t, 0.85)
				}
			}
		}
	}
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			paper := white - 10*float64(x+y)/float64(w+h) + r.NormFloat64()*noise
			c := func(d float64) uint8 { return uint8(max(0, min(255, (paper+d)*(1-ink[y*w+x])+0.5))) }
			m.SetRGBA(x, y, color.RGBA{c(1), c(0), c(-2), 255})
		}
	}
	return m
}

// whitened is m as scanning apps make it: white paper, dark ink.
func whitened(m *image.RGBA, black, white float64) *image.RGBA {
	out := part(m, image.Point{})
	for i, v := range out.Pix {
		if i%4 != 3 {
			out.Pix[i] = uint8(max(0, min(255, (float64(v)-black)*255/(white-black)+0.5)))
		}
	}
	return out
}

// Print is no part of the page it stands on, and neither is what was cut off when the page was made white.
func TestAPageHasOneHistory(t *testing.T) {
	for _, p := range []struct {
		seed         uint64
		white, noise float64
		quality      int
	}{{60, 246, 0.6, 88}, {60, 246, 1.3, 92}, {61, 252, 0.6, 95}} {
		m := page(900, 900, p.seed, p.white, p.noise)
		for name, data := range map[string][]byte{
			"saved once":  encode(t, m, p.quality),
			"saved twice": encode(t, saved(t, m, 70), p.quality),
			"made white":  encode(t, whitened(saved(t, m, 68), 20, 215), p.quality),
		} {
			// The least score that counts, whatever the part lacks or has.
			if h := history(t, data); h.Odd != nil && h.Odd.Window.Score >= 0.75 {
				t.Errorf("%+v, %s: a part stands out by %.1f (%s, quality %d, %v, %.2f elsewhere)",
					p, name, h.Odd.Window.Score, h.Odd.How, h.Odd.First.Quality, h.Odd.Region.Bounds, h.Odd.Elsewhere)
			}
		}
	}
}

// What was pasted into a page stands out among the print.
func TestPartsOfAPage(t *testing.T) {
	host, donor := page(680, 640, 50, 236, 1.3), page(680, 640, 51, 236, 1.3)
	at := image.Rect(184, 176, 344, 320)
	for _, c := range []struct {
		name string
		m    *image.RGBA
		how  string
	}{
		{"never compressed, in a page saved before", with(saved(t, host, 72), donor, at, image.Pt(61, 75)), Lacks},
		{"saved before, in a page that was not", with(host, saved(t, donor, 70), at, image.Pt(64, 72)), OwnAligned},
	} {
		h := history(t, encode(t, c.m, 93))
		if h.Odd == nil || h.Odd.Window.Score < 1.5 || h.Odd.How != c.how {
			t.Errorf("%s: not found: %+v", c.name, h.Odd)
			continue
		}
		got := h.Odd.PixelBounds()
		both, either := got.Intersect(at), got.Union(at)
		if 2*both.Dx()*both.Dy() < either.Dx()*either.Dy() {
			t.Errorf("%s: found at %v, is at %v", c.name, got, at)
		}
	}
}

// Only what the rest does not tell as well is a part's own: here half of the blocks like those of the region do.
func TestElsewhere(t *testing.T) {
	const wide, high = 40, 30
	class, m := make([]uint8, wide*high), make(Map, wide*high)
	r := Region{Mask: make([]bool, wide*high)}
	for i := range class {
		x, y := i%wide, i/wide
		class[i], m[i] = uint8(x%2), -1
		if x < 8 && y < 8 {
			r.Mask[i], m[i] = true, 1
		} else if x >= 20 && x%4 == 0 {
			m[i] = 1 // half of class 0 on the right side
		}
	}
	// 5 of the 14 columns of class 0 below the region and right of it tell the same, none of class 1;
	// the region holds both alike.
	if got := r.elsewhere(m, class, wide, high); got < 0.12 || got > 0.2 {
		t.Errorf("%.3f of the blocks elsewhere tell the same", got)
	}
	for i, c := range class {
		if c == 0 && !r.Mask[i] {
			class[i] = Masked
		}
	}
	if got := r.elsewhere(m, class, wide, high); got != 0 {
		t.Errorf("without class 0: %.3f", got)
	}
}
