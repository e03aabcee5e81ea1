package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func fill(rnd *rand.Rand, n int) []float32 {
	s := make([]float32, n)
	for i := range s {
		s[i] = rnd.Float32()*2 - 1
	}
	return s
}

func near(t interface{ Fatalf(string, ...any) }, what string, got, want []float32, tolerance float64) {
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i := range got {
		if d := math.Abs(float64(got[i] - want[i])); !(d <= tolerance*(1+math.Abs(float64(want[i])))) {
			t.Fatalf("%s: value %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// Every shape of product, on every kernel, gives the sum as it is defined, and writes nothing else.
func TestProduct(t *testing.T) {
	eachSet(func(name string) { t.Run(name, func(t *testing.T) { rapid.Check(t, checkProduct) }) })
}

func checkProduct(t *rapid.T) {
	rows := rapid.IntRange(1, 40).Draw(t, "rows")
	depth := rapid.IntRange(1, 70).Draw(t, "depth")
	stretches := rapid.IntRange(1, 3).Draw(t, "stretches")
	if rapid.IntRange(0, 9).Draw(t, "deep") == 0 {
		depth += 600
	}
	columns := rapid.IntRange(1, 130).Draw(t, "columns")
	stride := rapid.SampledFrom([]int{depth, depth + 3, max(1, depth/3)}).Draw(t, "stride")
	rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	gap := rapid.IntRange(0, 50).Draw(t, "gap")
	src := &Source{Stride: stride, Depth: depth}
	for s := range stretches {
		src.Offsets = append(src.Offsets, s*gap)
		src.Rows = append(src.Rows, s*depth)
	}
	src.Data = fill(rnd, (rows-1)*stride+depth+(stretches-1)*gap)
	weights, bias := fill(rnd, stretches*depth*columns), fill(rnd, columns)
	m := NewMatrix(stretches*depth, columns, weights, bias)
	act := rapid.SampledFrom([]*Activation{Identity(), LeakyReLU(0), HardSwish().Affine(-0.5, 0.25)}).Draw(t, "act")
	ldc := m.Padded() + rapid.IntRange(0, 5).Draw(t, "extra")
	c := make([]float32, rows*ldc+7)
	for i := range c {
		c[i] = 12345
	}
	m.Multiply(c, ldc, src, rows, act)
	for i := range rows {
		want := make([]float32, columns)
		for j := range columns {
			sum := float64(bias[j])
			for s := range stretches {
				for k := range depth {
					sum += float64(src.Data[i*stride+src.Offsets[s]+k]) * float64(weights[(s*depth+k)*columns+j])
				}
			}
			want[j] = act.Of(float32(sum))
		}
		near(t, fmt.Sprint("row ", i), c[i*ldc:][:columns], want, 1e-4)
		for j := m.Padded(); j < ldc; j++ {
			if c[i*ldc+j] != 12345 {
				t.Fatalf("row %d: value %d outside the result was written", i, j)
			}
		}
	}
	for _, v := range c[rows*ldc:] {
		if v != 12345 {
			t.Fatalf("values after the result were written")
		}
	}
}

func TestProductKernelsAgree(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, columns := range []int{1, 8, 16, 24, 32, 40, 48, 56, 64, 96, 120, 360} {
		for _, rows := range []int{1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 50} {
			for _, depth := range []int{1, 2, 3, 4, 5, 9, 27, 96, 500} {
				src := &Source{Data: fill(rnd, rows*depth), Stride: depth, Depth: depth, Offsets: []int{0}, Rows: []int{0}}
				weights, bias := fill(rnd, depth*columns), fill(rnd, columns)
				var c, want []float32
				run := func(to *[]float32) {
					m := NewMatrix(depth, columns, weights, bias)
					*to = make([]float32, rows*m.Padded())
					m.Multiply(*to, m.Padded(), src, rows, HardSwish())
				}
				onPlain(func() { run(&want) })
				eachSet(func(name string) {
					run(&c)
					near(t, fmt.Sprint(name, " ", rows, " x ", depth, " x ", columns), c, want, 1e-4)
				})
			}
		}
	}
}

func TestProductRefusesWhatDoesNotFit(t *testing.T) {
	m := NewMatrix(4, 8, make([]float32, 32), nil)
	src := func() *Source {
		return &Source{Data: make([]float32, 12), Stride: 4, Depth: 4, Offsets: []int{0}, Rows: []int{0}}
	}
	for name, f := range map[string]func(){
		"result too short": func() { m.Multiply(make([]float32, 23), 8, src(), 3, Identity()) },
		"stride too short": func() { m.Multiply(make([]float32, 24), 7, src(), 3, Identity()) },
		"rows too short":   func() { m.Multiply(make([]float32, 32), 8, src(), 4, Identity()) },
		"matrix too short": func() { s := src(); s.Rows[0] = 1; m.Multiply(make([]float32, 24), 8, s, 3, Identity()) },
		"no stretch":       func() { s := src(); s.Offsets = nil; m.Multiply(make([]float32, 24), 8, s, 3, Identity()) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: not refused", name)
				}
			}()
			f()
		}()
	}
}

func BenchmarkProduct(b *testing.B) {
	for _, s := range [][3]int{{240, 480, 480}, {960, 240, 240}, {480, 96, 24}, {40, 120, 6625}} {
		b.Run(fmt.Sprint(s), func(b *testing.B) {
			rnd := rand.New(rand.NewPCG(1, 2))
			src := &Source{Data: fill(rnd, s[0]*s[1]), Stride: s[1], Depth: s[1], Offsets: []int{0}, Rows: []int{0}}
			m := NewMatrix(s[1], s[2], fill(rnd, s[1]*s[2]), nil)
			c := make([]float32, s[0]*m.Padded())
			act := HardSwish()
			for b.Loop() {
				m.Multiply(c, m.Padded(), src, s[0], act)
			}
			b.ReportMetric(float64(s[0]*s[1]*s[2])*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GMAC/s")
		})
	}
}
