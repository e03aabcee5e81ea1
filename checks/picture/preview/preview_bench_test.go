package preview

import (
	"image"
	"math"
	"testing"

	"dossier/checks/picture/decode"
)

// scene is a picture with a little of everything: slopes, edges, texture; no two of its parts are alike.
func scene(w, h int) *image.YCbCr {
	m := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	for y := range h {
		for x := range w {
			u, v := float64(x)/float64(w), float64(y)/float64(h)
			g := 110 + 60*math.Sin(7*u+3*v*v) + 40*math.Sin(23*u*v+5*v)
			if math.Hypot(u-0.3, v-0.4) < 0.15 {
				g = 220 - 100*v
			}
			if u > 0.6 && u < 0.9 && v > 0.55 && v < 0.8 && int(40*u)%2 == 0 {
				g = 30
			}
			m.Y[m.YOffset(x, y)] = uint8(min(max(g, 0), 255))
			c := m.COffset(x, y)
			m.Cb[c], m.Cr[c] = uint8(128+40*u), uint8(128+40*v)
		}
	}
	return m
}

func BenchmarkCompare(b *testing.B) {
	img := scene(2800, 2100)
	thumb := decode.Thumbnail(img, 160)
	b.ResetTimer()
	for range b.N {
		Compare(thumb, img, 1)
	}
}
