package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func TestVectors(t *testing.T) {
	eachSet(func(name string) { t.Run(name, checkVectors) })
}

func checkVectors(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{1, 7, 8, 9, 16, 24, 40, 100} {
		for _, rows := range []int{1, 2, 5} {
			x, y, s := fill(rnd, n*rows), fill(rnd, n*rows), fill(rnd, n)
			got, want := make([]float32, n*rows), make([]float32, n*rows)
			Add(got, x, y)
			for i := range want {
				want[i] = x[i] + y[i]
			}
			near(t, fmt.Sprint("add ", n), got, want, 0)
			Scale(got, x, s)
			for i := range want {
				want[i] = x[i] * s[i%n]
			}
			near(t, fmt.Sprint("scale ", n), got, want, 0)
			sums := append([]float32{}, s...)
			SumRows(sums, x)
			want = append([]float32{}, s...)
			for i := range x {
				want[i%n] += x[i]
			}
			near(t, fmt.Sprint("sum ", n), sums, want, 0)
		}
	}
}

func TestExp(t *testing.T) {
	var x []float32
	for v := float32(-87); v < 88; v += 0.0371 {
		x = append(x, v)
	}
	check := func(t *testing.T) {
		got := make([]float32, len(x))
		Exp(got, x, 0)
		for i, v := range x {
			if want := math.Exp(float64(v)); math.Abs(float64(got[i])-want) > 3e-7*want {
				t.Fatalf("e^%v = %v, want %v", v, got[i], want)
			}
		}
		inf, nan := float32(math.Inf(1)), float32(math.NaN())
		odd := []float32{-inf, inf, nan, -1000, 1000, 0, 1, 2}
		Exp(odd, odd, 0)
		for i, want := range []float64{math.Exp(-87), math.Exp(88), math.Exp(-87), math.Exp(-87), math.Exp(88), 1, math.E, math.E * math.E} {
			if math.Abs(float64(odd[i])-want) > 3e-7*want {
				t.Errorf("odd value %d gives %v, want %v", i, odd[i], want)
			}
		}
	}
	eachSet(func(name string) { t.Run(name, check) })
}

func TestSoftmaxAndSigmoid(t *testing.T) {
	x := []float32{1, 2, 3, 1000, 1000, -1000}
	Softmax(x, 3)
	near(t, "softmax", x, []float32{0.09003057, 0.24472847, 0.66524096, 0.5, 0.5, 0}, 1e-6)
	y := make([]float32, 3)
	Sigmoid(y, []float32{0, 2, -3}, false)
	near(t, "sigmoid", y, []float32{0.5, 0.880797, 0.047425873}, 1e-6)
	Sigmoid(y, []float32{0, 2, -3}, true)
	near(t, "swish", y, []float32{0, 1.761594, -0.14227762}, 1e-6)
}

func TestDepthwise(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	for _, channels := range []int{8, 16, 24, 40, 48} {
		for _, n := range []int{1, 2, 3, 4, 5, 8, 9} {
			for _, step := range []int{1, 2} {
				taps := []Tap{{0, 0}, {2, 2 * channels}, {4, channels}, {5, 0}}
				x, w, bias := fill(rnd, (n*step+4)*channels), fill(rnd, channels*6), fill(rnd, channels)
				d := NewDepthwise(channels, 6, w, bias)
				act := HardSwish().Affine(2, 1)
				y := make([]float32, n*channels+8)
				var scratch []uintptr
				want := make([]float32, n*channels+8)
				for i := range n {
					for c := range channels {
						sum := bias[c]
						for _, tap := range taps {
							sum += w[c*6+tap.Index] * x[channels+i*step*channels+tap.Offset+c]
						}
						want[i*channels+c] = act.Of(sum)
					}
				}
				eachSet(func(name string) {
					clear(y)
					d.Row(y[:n*channels], x, channels, step*channels, n, taps, &scratch, act)
					near(t, fmt.Sprint(name, ", ", channels, " channels, ", n), y, want, 1e-5)
				})
			}
		}
	}
}

func TestActivations(t *testing.T) {
	for _, c := range []struct {
		name string
		a    *Activation
		f    func(x float64) float64
	}{
		{"identity", Identity(), func(x float64) float64 { return x }},
		{"relu", LeakyReLU(0), func(x float64) float64 { return max(x, 0) }},
		{"leaky", LeakyReLU(0.1), func(x float64) float64 { return max(x, 0.1*x) }},
		{"hardswish", HardSwish(), func(x float64) float64 { return x * min(max(x+3, 0), 6) / 6 }},
		{"scaled", HardSwish().Affine(-2, 0.5), func(x float64) float64 { return -2*x*min(max(x+3, 0), 6)/6 + 0.5 }},
	} {
		for _, x := range []float32{-1e6, -4, -3, -1.5, -1e-9, 0, 1e-9, 0.5, 3, 4, 1e6} {
			if got, want := float64(c.a.Of(x)), c.f(float64(x)); math.Abs(got-want) > 1e-6*(1+math.Abs(want)) {
				t.Errorf("%s of %v is %v, want %v", c.name, x, got, want)
			}
		}
	}
}
