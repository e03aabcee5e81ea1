package recompression

import "math"

// maxMagnitude bounds the coefficients that are modelled. Orthonormal AC coefficients of 8-bit
// samples reach 1024; levels beyond are not looked at.
const maxMagnitude = 1024

// A density is the distribution of a coefficient's magnitude before quantization, as a
// cumulative table: cum[i] is the probability of a magnitude below i.
type density struct {
	cum [maxMagnitude + 1]float64
}

// newDensity smooths a histogram of magnitudes in steps of 1. The width of the smoothing grows with the
// magnitude, as the histogram thins out.
func newDensity(counts *[maxMagnitude]uint32) *density {
	var sum [maxMagnitude + 1]float64
	for i, n := range counts {
		sum[i+1] = sum[i] + float64(n)
	}
	d := &density{}
	total := 0.0
	for i := range counts {
		h := 1 + i/6
		lo, hi := max(0, i-h), min(maxMagnitude, i+h+1)
		width := hi - lo
		if i-h < 0 { // mirrored at zero: the magnitude has two signs
			lo2 := min(h-i, maxMagnitude)
			total += (sum[hi] + sum[lo2]) / float64(hi+lo2)
		} else {
			total += (sum[hi] - sum[lo]) / float64(width)
		}
		// A trace everywhere, so that no ratio is infinite.
		total += 1e-3 / float64(1+i)
		d.cum[i+1] = total
	}
	for i := range d.cum {
		d.cum[i] /= total
	}
	return d
}

// below returns the probability of a magnitude below u.
func (d *density) below(u float64) float64 {
	if u <= 0 {
		return 0
	}
	if u >= maxMagnitude {
		return 1
	}
	i := int(u)
	return d.cum[i] + (u-float64(i))*(d.cum[i+1]-d.cum[i])
}

// roundingNoise is the standard deviation of what decoding to whole samples adds to a
// coefficient. Three roundings meet between two compressions: the samples of Y (variance 1/12), R, G
// and B (1/12, seen in Y with the squares of .299 .587 .114), and Y again: together 0.20.
const roundingNoise = 0.45

// unexplained is the share of coefficients that the model lets be anything: filters of the
// decoder, marks of a pen, triple compression. It bounds how much one coefficient can say. In blocks with little
// detail whole rows of samples are rounded alike, and the noise is larger than its model; where
// pixels were clipped much more goes unexplained.
func unexplained(class int) float64 {
	switch {
	case class >= activities:
		return 0.25
	case class == 0:
		return 0.10
	case class == 1:
		return 0.06
	}
	return 0.02
}

// A ratio holds, for a level 0..maxLevel, the logarithm of how much more probable the level is
// after a first compression with some step than without.
type ratio [maxLevel + 1]float32

// spread holds where the reconstructed values m*q1 of a first compression fall when they are
// quantized again by q2: the share of value m that becomes level x.
type spread struct {
	q1, q2 int
	first  [maxLevel]int // the lowest m with a share in level x
	share  [maxLevel][]float64
}

func newSpread(q1, q2 int, noise float64) *spread {
	s := &spread{q1: q1, q2: q2}
	reach := 4 * noise
	for x := range maxLevel {
		lo, hi := (float64(x)-0.5)*float64(q2), (float64(x)+0.5)*float64(q2)
		m0 := int(math.Ceil((lo - reach) / float64(q1)))
		m1 := int(math.Floor((hi + reach) / float64(q1)))
		s.first[x] = m0
		for m := m0; m <= m1; m++ {
			c := float64(m * q1)
			s.share[x] = append(s.share[x], normal((hi-c)/noise)-normal((lo-c)/noise))
		}
	}
	return s
}

// normal is the cumulative standard normal distribution.
func normal(z float64) float64 { return 0.5 * math.Erfc(-z/math.Sqrt2) }

// ratios returns the log ratios of density d under s, for levels that are not zero and given that they are not: how many
// coefficients are zero tells how smooth the place is, long before it tells of a first
// compression. Level 0 has 0.
func (s *spread) ratios(d *density, unexplained float64) (r ratio) {
	q1, q2 := float64(s.q1), float64(s.q2)
	// mass of the first quantization's level m, both signs apart.
	mass := func(m int) float64 {
		a := math.Abs(float64(m))
		if m == 0 {
			return 2 * d.below(q1/2)
		}
		return d.below((a+0.5)*q1) - d.below((a-0.5)*q1)
	}
	var single, double [maxLevel]float64
	var allSingle, allDouble float64
	for x := 1; x < maxLevel; x++ {
		single[x] = d.below((float64(x)+0.5)*q2) - d.below((float64(x)-0.5)*q2)
		for i, share := range s.share[x] {
			double[x] += share * mass(s.first[x]+i)
		}
		allSingle += single[x]
		allDouble += double[x]
	}
	if allDouble <= 0 {
		return r
	}
	for x := 1; x < maxLevel; x++ {
		if single[x] > 0 {
			r[x] = float32(math.Log((1-unexplained)*double[x]*allSingle/(single[x]*allDouble) + unexplained))
		}
	}
	return r
}
