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
		{4, 0, 6},    // on the grid of JPEG's blocks
		{2.06, 2, 2}, // beside it
		{2.3, 17, 4}, // aslant, but finer than security prints
	} {
		p := found(t, grounded(700, 560, w.period, w.degrees, w.depth))
		if len(p.Agree) != len(p.Windows) || p.Height < 20 || math.Abs(p.Period-w.period) > 0.05*w.period || math.Abs(p.Depth-w.depth) > 0.5*w.depth {
			t.Errorf("%+v: %d of %d, period %.2f, depth %.1f, height %.0f", w, len(p.Agree), len(p.Windows), p.Period, p.Depth, p.Height)
		}
	}
}

// A pattern that one window alone cannot be told to have is seen in all of them together.
func TestFaintPatternsAddUp(t *testing.T) {
	if p := found(t, grounded(700, 560, 3.1, 4, 0.5)); p.Height < 6 || p.Sharpness < 2*p.Height || math.Abs(p.Period-3.1) > 0.2 {
		t.Errorf("height %.1f, sharpness %.1f, period %.2f", p.Height, p.Sharpness, p.Period)
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

// Where white is clipped the pattern is seen in what surrounds it.
func TestSurroundingsOfWhite(t *testing.T) {
	m := grounded(700, 560, 2.7, 3, 6)
	for y := range 560 {
		for x := range 700 {
			v := &m.Pix[y*m.Stride+x]
			switch {
			case x >= 512:
				*v /= 4
			case x >= 256 || y >= 128: // two windows are left that are not clipped
				*v = 255
			}
		}
	}
	if p := found(t, m); p == nil || p.Height < 8 || math.Abs(p.Period-2.7) > 0.1 {
		t.Errorf("%+v", p)
	}
}

// The fast transform gives what the definition gives, for both windows of a pair.
func TestPowers(t *testing.T) {
	var roots [side]complex128
	for i := range roots {
		roots[i] = cmplx.Exp(complex(0, -2*math.Pi*float64(i)/side))
	}
	rapid.Check(t, func(t *rapid.T) {
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		var windows [2][]uint8
		for i := range windows {
			windows[i] = make([]uint8, side*side)
			for k := range windows[i] {
				windows[i][k] = uint8(rnd.IntN(256))
			}
		}
		var got [2][]float32
		got[0], got[1] = powers(windows[0], windows[1])
		x, y := rapid.IntRange(0, side-1).Draw(t, "x"), rapid.IntRange(0, side-1).Draw(t, "y")
		for i, w := range windows {
			var sum complex128
			middle := float64(mean(w))
			for k, v := range w {
				value := (float64(v) - middle) * float64(hann[k%side]*hann[k/side])
				sum += complex(value, 0) * roots[(x*(k%side)+y*(k/side))%side]
			}
			if want := math.Pow(cmplx.Abs(sum), 2); math.Abs(float64(got[i][y*side+x])-want) > 1e-3*want+10 {
				t.Fatalf("window %d, bin (%d, %d) is %v, want %v", i, x, y, got[i][y*side+x], want)
			}
		}
	})
}

func TestLogarithm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float32Range(1e-6, 1e12).Draw(t, "v")
		if got, want := float64(logarithm(v)), math.Log(float64(v)); math.Abs(got-want) > 1.2e-3 {
			t.Fatalf("of %v: %v, want %v", v, got, want)
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
