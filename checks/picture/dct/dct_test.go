package dct

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// direct is the definition (T.81 A.3.3) without the level shift.
func direct(s *[64]byte, u, v int) float64 {
	c := func(k int) float64 {
		if k == 0 {
			return math.Sqrt(0.5)
		}
		return 1
	}
	sum := 0.0
	for y := range 8 {
		for x := range 8 {
			sum += float64(s[y*8+x]) * math.Cos(float64(2*x+1)*float64(u)*math.Pi/16) * math.Cos(float64(2*y+1)*float64(v)*math.Pi/16)
		}
	}
	return c(u) * c(v) / 4 * sum
}

func TestForwardIsTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		span := rapid.IntRange(1, 256).Draw(t, "span")
		var s [64]byte
		for i := range s {
			s[i] = byte(r.IntN(span))
		}
		var got [64]float32
		Forward(s[:], 0, 8, &got)
		for v := range 8 {
			for u := range 8 {
				if want := direct(&s, u, v); math.Abs(float64(got[v*8+u])-want) > 1e-3 {
					t.Fatalf("coefficient (%d, %d) is %g, by definition %g", u, v, got[v*8+u], want)
				}
			}
		}
	})
}

func TestLowIsTheBeginningOfLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float32Range(-300, 300), 8, 8).Draw(t, "samples")
		a0, a1, a2, a3, _, _, _, _ := Line(x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7])
		b0, b1, b2, b3 := Low(x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7])
		for i, d := range []float32{a0 - b0, a1 - b1, a2 - b2, a3 - b3} {
			if math.Abs(float64(d)) > 1e-3 {
				t.Fatalf("coefficient %d differs by %g", i, d)
			}
		}
	})
}

func TestForwardTakesRowsByStride(t *testing.T) {
	plane := make([]byte, 20*20)
	for i := range plane {
		plane[i] = byte(i * 7)
	}
	var block [64]byte
	for y := range 8 {
		copy(block[8*y:], plane[(y+3)*20+5:(y+3)*20+13])
	}
	var a, b [64]float32
	Forward(plane, 3*20+5, 20, &a)
	Forward(block[:], 0, 8, &b)
	if a != b {
		t.Error("a block inside a plane is transformed as another one")
	}
}

func BenchmarkForward(b *testing.B) {
	plane := make([]byte, 64*64)
	for i := range plane {
		plane[i] = byte(i * i >> 3)
	}
	var out [64]float32
	b.SetBytes(64)
	for i := range b.N {
		Forward(plane, i&31, 64, &out)
	}
}
