package paper

import (
	"testing"

	"pgregory.net/rapid"
)

// Each pixel becomes the greatest of the square around it, which is smaller at the borders.
func TestSpread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 20).Draw(t, "w"), rapid.IntRange(1, 20).Draw(t, "h")
		m := rapid.SliceOfN(rapid.Float32Range(0, 255), w*h, w*h).Draw(t, "m")
		got := append([]float32(nil), m...)
		spread(got, w, h)
		for y := range h {
			for x := range w {
				want := float32(0)
				for v := max(0, y-thinReach); v <= min(h-1, y+thinReach); v++ {
					for u := max(0, x-thinReach); u <= min(w-1, x+thinReach); u++ {
						want = max(want, m[v*w+u])
					}
				}
				if got[y*w+x] != want {
					t.Fatalf("%d x %d: pixel %d, %d is %v, want %v", w, h, x, y, got[y*w+x], want)
				}
			}
		}
	})
}
