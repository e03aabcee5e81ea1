package moire

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// grounded is a bright picture with noise and a wave of that period, direction and depth.
func grounded(width, height int, period, degrees, depth float64) *image.Gray {
	rnd := rand.New(rand.NewPCG(5, 6))
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	m := image.NewGray(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			wave := math.Sin(2 * math.Pi * (float64(x)*cos + float64(y)*sin) / period)
			m.Pix[y*m.Stride+x] = uint8(max(0, min(255, 190+wave*depth/2+rnd.NormFloat64()*2+0.5)))
		}
	}
	return m
}

func found(t *testing.T, m image.Image) *Pattern {
	t.Helper()
	p, err := Find(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPatternsAreFound(t *testing.T) {
	for _, w := range []struct{ period, degrees, depth float64 }{
		{2.1, 3, 6}, {2.7, -4, 4}, {5.3, 98, 4}, {9.7, 9, 8}, {3.3, 0, 4}, {3.3, 90, 4},
		{4, 0, 6}, // on the grid of JPEG's blocks
	} {
		p := found(t, grounded(700, 560, w.period, w.degrees, w.depth))
		if len(p.Agree) != len(p.Windows) || p.Height < 20 || math.Abs(p.Period-w.period) > 0.05*w.period || math.Abs(p.Depth-w.depth) > 0.5*w.depth {
			t.Errorf("%+v: %d of %d, period %.2f, depth %.1f, height %.0f", w, len(p.Agree), len(p.Windows), p.Period, p.Depth, p.Height)
		}
	}
}

// A pattern that one window alone cannot be told to have is seen in all of them together.
func TestFaintPatternsAddUp(t *testing.T) {
	if p := found(t, grounded(700, 560, 3.1, 4, 0.5)); p.Height < 6 || math.Abs(p.Period-3.1) > 0.2 {
		t.Errorf("height %.1f, period %.2f", p.Height, p.Period)
	}
}

// Noise, waves aslant as of a security print, waves of lines of text, and the blocks of JPEG are no screen.
func TestOtherThingsAreNot(t *testing.T) {
	for name, m := range map[string]image.Image{
		"noise": grounded(700, 560, 3, 0, 0), "aslant": grounded(700, 560, 3.1, 45, 10), "lines of text": grounded(700, 560, 30, 92, 60),
		"blocks": compressed(t, grounded(700, 560, 300, 20, 40)),
	} {
		if p := found(t, m); p.Height > 3 {
			t.Errorf("%s: %.1f, %d of %d windows agree on a period of %.2f", name, p.Height, len(p.Agree), len(p.Windows), p.Period)
		}
	}
}

// compressed is a picture after JPEG at a quality that leaves nothing but blocks of its noise.
func compressed(t *testing.T, m image.Image) image.Image {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 25}); err != nil {
		t.Fatal(err)
	}
	out, err := jpeg.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTooLittleToLookAt(t *testing.T) {
	clippedPage := image.NewGray(image.Rect(0, 0, 600, 600))
	for i := range clippedPage.Pix {
		clippedPage.Pix[i] = 255
	}
	for _, m := range []image.Image{image.NewGray(image.Rect(0, 0, 1, 1)), image.NewGray(image.Rect(0, 0, 5000, 1)), clippedPage} {
		if p := found(t, m); p != nil {
			t.Errorf("%v: %+v", m.Bounds(), p)
		}
	}
}

// The fast transform gives what the definition gives.
func TestTransform(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		var v [side]complex64
		for i := range v {
			v[i] = complex(rnd.Float32(), rnd.Float32())
		}
		k := rapid.IntRange(0, side-1).Draw(t, "k")
		var want complex128
		for n, x := range v {
			want += complex128(x) * cmplx.Exp(complex(0, -2*math.Pi*float64(n)*float64(k)/side))
		}
		transform(&v)
		if cmplx.Abs(complex128(v[k])-want) > 1e-3 {
			t.Fatalf("bin %d is %v, want %v", k, v[k], want)
		}
	})
}

func BenchmarkFind(b *testing.B) {
	gray := grounded(2828, 2121, 2.3, 3, 5)
	m := &image.YCbCr{Y: gray.Pix, YStride: gray.Stride, SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: gray.Rect}
	for b.Loop() {
		if _, err := Find(b.Context(), m); err != nil {
			b.Fatal(err)
		}
	}
}
