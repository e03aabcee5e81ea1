package raster

import (
	"image"
	"image/color"
	"testing"

	"pgregory.net/rapid"
)

// What is averaged in its planes comes out as what is averaged in its colours, but for rounding and for
// chroma samples that lie across the border of two squares.
func TestReduceYCbCr(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 90).Draw(t, "width"), rapid.IntRange(1, 90).Draw(t, "height")
		ratio := rapid.SampledFrom([]image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422,
			image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410}).Draw(t, "ratio")
		m := image.NewYCbCr(image.Rect(0, 0, w, h), ratio)
		// A slope of brightness and one of colour, with nothing cut off at black and white.
		for y := range h {
			for x := range w {
				m.Y[m.YOffset(x, y)] = uint8(90 + x/2 + y/3)
				m.Cb[m.COffset(x, y)], m.Cr[m.COffset(x, y)] = uint8(120+x/9), uint8(128+y/9)
			}
		}
		side := rapid.IntRange(8, 90).Draw(t, "side")
		got := Reduce(m, side)
		want := newReduced(m, m.Rect, got.Reduce)
		if got.Width != want.Width || got.Height != want.Height {
			t.Fatalf("size %d x %d, want %d x %d", got.Width, got.Height, want.Width, want.Height)
		}
		if max(got.Width, got.Height) > side && got.Reduce < min(w, h) {
			t.Fatalf("longer side of %d x %d is over %d", got.Width, got.Height, side)
		}
		for i := range got.Pixels {
			if d := int(got.Pixels[i]) - int(want.Pixels[i]); d < -4 || d > 4 {
				t.Fatalf("value %d is %d, averaged in colours %d", i, got.Pixels[i], want.Pixels[i])
			}
		}
	})
}

func BenchmarkReduce(b *testing.B) {
	m := image.NewYCbCr(image.Rect(0, 0, 2828, 2121), image.YCbCrSubsampleRatio420)
	for i := range m.Y {
		m.Y[i] = uint8(i)
	}
	for b.Loop() {
		Reduce(m, ReducedSide)
	}
}

// A picture of one pixel, of one row and of nothing are no trouble.
func TestReduceSmall(t *testing.T) {
	for _, r := range []image.Rectangle{{}, image.Rect(0, 0, 1, 1), image.Rect(0, 0, 5000, 1), image.Rect(0, 0, 1, 5000)} {
		for _, m := range []image.Image{image.NewYCbCr(r, image.YCbCrSubsampleRatio420), image.NewGray(r), image.NewPaletted(r, color.Palette{color.Black})} {
			got := Reduce(m, ReducedSide)
			if len(got.Pixels) != 3*got.Width*got.Height {
				t.Errorf("%T of %v: %d bytes for %d x %d", m, r, len(got.Pixels), got.Width, got.Height)
			}
		}
	}
}

// Four pixels at a time give what one at a time does.
func TestHalve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		to := make([]uint8, rapid.IntRange(0, 41).Draw(t, "width"))
		row := rapid.SliceOfN(rapid.Uint8(), 2*len(to), 2*len(to))
		upper, lower := row.Draw(t, "upper"), row.Draw(t, "lower")
		halve(to, upper, lower)
		for i, got := range to {
			sum := int(upper[2*i]) + int(upper[2*i+1]) + int(lower[2*i]) + int(lower[2*i+1])
			if want := uint8((sum + 2) / 4); got != want {
				t.Fatalf("pixel %d is %d, want %d", i, got, want)
			}
		}
	})
}

// The sums of squares are those of their pixels, whatever does not fill a square.
func TestSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h, by := rapid.IntRange(1, 40).Draw(t, "w"), rapid.IntRange(1, 40).Draw(t, "h"), rapid.IntRange(1, 9).Draw(t, "by")
		checkSums(t, w, h, by)
	})
	checkSums(t, 3, 600, 300) // more rows than a column holds at once
}

func checkSums(t interface{ Fatalf(string, ...any) }, w, h, by int) {
	r := New(noise(w, h), image.Rect(0, 0, w, h))
	for i := range r.Pixels {
		r.Pixels[i] |= 0xf0 // large values, which run over first
	}
	rows := 0
	for y, sums := range r.Sums(by) {
		rows++
		if len(sums) != 3*(w/by) {
			t.Fatalf("%d sums for a width of %d by %d", len(sums), w, by)
		}
		for i, got := range sums {
			want := 0
			for dy := range by {
				for dx := range by {
					want += int(r.Pixels[3*((y*by+dy)*w+i/3*by+dx)+i%3])
				}
			}
			if int(got) != want {
				t.Fatalf("%d x %d by %d: sum %d of row %d is %d, want %d", w, h, by, i, y, got, want)
			}
		}
	}
	if rows != h/by {
		t.Fatalf("%d rows, want %d", rows, h/by)
	}
}
