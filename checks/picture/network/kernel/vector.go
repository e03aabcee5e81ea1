package kernel

import "math"

// Add sets dst to a + b; all three have the same length, and dst may be one of the others.
func Add(dst, a, b []float32) {
	n := len(dst)
	a, b = a[:n], b[:n]
	if whole := n &^ 7; whole > 0 && vectors {
		addVectors(&dst[0], &a[0], &b[0], whole)
		dst, a, b = dst[whole:], a[whole:], b[whole:]
	}
	for i := range dst {
		dst[i] = a[i] + b[i]
	}
}

// Scale sets row after row of dst to the row of x times s, value by value; the rows have the
// length of s. dst may be x.
func Scale(dst, x, s []float32) {
	if len(s) == 0 {
		return
	}
	x = x[:len(dst)]
	if vectors && len(s)%8 == 0 && len(dst)%len(s) == 0 && len(dst) > 0 {
		scaleVectors(&dst[0], &x[0], &s[0], len(dst)/len(s), len(s))
		return
	}
	for len(dst) >= len(s) {
		for i, f := range s {
			dst[i] = x[i] * f
		}
		dst, x = dst[len(s):], x[len(s):]
	}
}

// SumRows adds row after row of x to sums; the rows have the length of sums.
func SumRows(sums, x []float32) {
	if len(sums) == 0 {
		return
	}
	if vectors && len(sums)%8 == 0 && len(x) >= len(sums) {
		sumVectors(&sums[0], &x[0], len(x)/len(sums), len(sums))
		return
	}
	for len(x) >= len(sums) {
		for i := range sums {
			sums[i] += x[i]
		}
		x = x[len(sums):]
	}
}

// Exp sets dst to e^(x-shift), value by value, to 3e-7 of the value; dst may be x. What would be
// less than e^-87 becomes e^-87, what would be more than e^88 becomes e^88, and so no result is
// zero, infinite or denormal. Not-a-numbers give e^-87.
func Exp(dst, x []float32, shift float32) {
	x = x[:len(dst)]
	if whole := len(dst) &^ 7; whole > 0 && vectors {
		expVectors(&dst[0], &x[0], whole, shift)
		dst, x = dst[whole:], x[whole:]
	}
	for i, v := range x {
		dst[i] = exp(v - shift)
	}
}

// Numbers of exp. e^x = 2^n * e^r with n = x/ln 2 rounded, so that r is within +-ln 2 / 2; there
// the series up to r^7/7! is exact to 5e-9. ln 2 is taken off in two parts, the first of which has
// few enough bits that n times it is exact (Cody and Waite, Software Manual for the Elementary
// Functions, 1980).
const (
	expLeast = -87
	expMost  = 88
	log2e    = 1.44269504088896340736
	ln2High  = 0.693359375
	ln2Low   = -2.12194440054690583e-4
)

func exp(x float32) float32 {
	if !(x > expLeast) {
		x = expLeast
	}
	if x > expMost {
		x = expMost
	}
	n := float32(math.RoundToEven(float64(x * log2e)))
	r := x - n*ln2High
	r -= n * ln2Low
	p := float32(1.0 / 5040)
	for _, c := range [...]float32{1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1, 1} {
		p = p*r + c
	}
	return p * math.Float32frombits(uint32(int32(n)+127)<<23)
}

// highest and sum keep four values under way: each operation waits for the one before on the same value.
func highest(x []float32) float32 {
	m := [4]float32{x[0], x[0], x[0], x[0]}
	for ; len(x) >= 4; x = x[4:] {
		m[0], m[1], m[2], m[3] = max(m[0], x[0]), max(m[1], x[1]), max(m[2], x[2]), max(m[3], x[3])
	}
	for _, v := range x {
		m[0] = max(m[0], v)
	}
	return max(m[0], m[1], m[2], m[3])
}

func sum(x []float32) float64 {
	var s [4]float64
	for ; len(x) >= 4; x = x[4:] {
		s[0] += float64(x[0])
		s[1] += float64(x[1])
		s[2] += float64(x[2])
		s[3] += float64(x[3])
	}
	for _, v := range x {
		s[0] += float64(v)
	}
	return s[0] + s[1] + s[2] + s[3]
}

// Softmax replaces every row of length width by e^x over the sum of e^x in the row.
func Softmax(x []float32, width int) {
	for ; len(x) >= width && width > 0; x = x[width:] {
		row := x[:width]
		Exp(row, row, highest(row))
		scale := float32(1 / sum(row))
		for i := range row {
			row[i] *= scale
		}
	}
}

// Sigmoid sets dst to 1/(1 + e^-x), or with times to x/(1 + e^-x) (the swish); dst must not be x.
func Sigmoid(dst, x []float32, times bool) {
	x = x[:len(dst)]
	for i, v := range x {
		dst[i] = -v
	}
	Exp(dst, dst, 0)
	for i, e := range dst {
		dst[i] = 1 / (1 + e)
	}
	if times {
		for i, v := range x {
			dst[i] *= v
		}
	}
}
