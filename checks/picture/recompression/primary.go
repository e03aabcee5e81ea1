package recompression

import (
	"math"

	"dossier/checks/picture/jpeg"
)

// Steps are the quantization steps of a first compression, of the first Terms coefficients
// behind DC in zigzag order; 0 where the step is not known. DC is left out: in smooth places the
// rounding of samples moves it by up to four units, all samples of a block alike.
type Steps [Terms]int

// A Primary is what the whole picture's histograms say of an earlier compression on the same
// grid.
type Primary struct {
	Steps Steps
	// Able says of which terms there are enough non-zero coefficients to show a first step.
	Able [Terms]bool
	// Gain is, of each step, the logarithm of how much better the histogram is explained with the
	// first compression than without, in nats per non-zero coefficient.
	Gain [Terms]float64
	// Share is the share of coefficients that the histogram gives to the first compression, 0..1.
	Share [Terms]float64
	// Quality is the quality on the scale of the Independent JPEG Group whose table fits best, QualityGain
	// its gain summed over the terms, and EarlyGain over the first earlyTerms; 0 if none gains.
	Quality                int
	QualityGain, EarlyGain float64
	// Turned says that the table fits transposed: the picture was turned by a quarter in between.
	Turned bool
}

// earlyTerms are the terms every picture fills well.
const earlyTerms = 5

// histogram counts the levels of term k in one class.
type histogram [maxLevel + 1]float64

func (l *Luma) histograms() (h [classes][Terms]histogram) {
	var blocks [classes]float64
	for i, class := range l.Class {
		if class == Masked {
			continue
		}
		blocks[class]++
		for _, t := range l.terms[l.from[i]:l.from[i+1]] {
			h[class][t>>6][t&63]++
		}
	}
	for class := range h {
		for k := range h[class] {
			zero := blocks[class]
			for _, n := range h[class][k][1:] {
				zero -= n
			}
			h[class][k][0] = zero
		}
	}
	return h
}

// MaxPrimaryStep is the largest first step looked for: beyond it (quality below 40 for the early
// terms) a picture is visibly spoilt.
const MaxPrimaryStep = 40

// EstimatePrimary estimates the first compression of the whole picture, term by term and as a
// quality.
func (l *Luma) EstimatePrimary() Primary { return l.estimatePrimary(ratioCache{}) }

func (l *Luma) estimatePrimary(cache ratioCache) Primary {
	var p Primary
	h := l.histograms()
	var gains [Terms][MaxPrimaryStep + 1]float64
	for k := range Terms {
		q2 := l.Step[jpeg.ZigZag[k+1]]
		nonzero := 0.0
		for class := range h {
			for _, n := range h[class][k][1:] {
				nonzero += n
			}
		}
		if nonzero < 100 {
			continue
		}
		p.Able[k] = true
		for q1 := 2; q1 <= MaxPrimaryStep; q1++ {
			if q2%q1 == 0 {
				continue // leaves no trace
			}
			best, share := 0.0, 0.0
			r := l.ratios(k, q1, cache)
			for _, a := range []float64{0.3, 0.7, 0.97} {
				gain := 0.0
				for class := range r {
					for x, n := range h[class][k][:maxLevel] {
						if n > 0 {
							gain += n * math.Log(1-a+a*math.Exp(float64(r[class][x])))
						}
					}
				}
				if gain > best {
					best, share = gain, a
				}
			}
			gains[k][q1] = best / nonzero
			if gains[k][q1] > p.Gain[k] {
				p.Gain[k], p.Steps[k], p.Share[k] = gains[k][q1], q1, share
			}
		}
	}
	for q := 40; q <= 99; q++ {
		for _, turned := range []bool{false, true} {
			t := tableSteps(q, turned)
			sum, early := 0.0, 0.0
			for k := range Terms {
				if t[k] <= MaxPrimaryStep {
					sum += gains[k][t[k]]
				}
				if k == earlyTerms-1 {
					early = sum
				}
			}
			if sum > p.QualityGain {
				p.Quality, p.QualityGain, p.EarlyGain, p.Turned = q, sum, early, turned
			}
		}
	}
	return p
}

// standardLuminance is the example luminance table of T.81 (table K.1), in natural order.
var standardLuminance = [64]int{
	16, 11, 10, 16, 24, 40, 51, 61,
	12, 12, 14, 19, 26, 58, 60, 55,
	14, 13, 16, 24, 40, 57, 69, 56,
	14, 17, 22, 29, 51, 87, 80, 62,
	18, 22, 37, 56, 68, 109, 103, 77,
	24, 35, 55, 64, 81, 104, 113, 92,
	49, 64, 78, 87, 103, 121, 120, 101,
	72, 92, 95, 98, 112, 100, 103, 99,
}

// StandardStep returns the step of coefficient n (natural order) in the luminance table that the
// Independent JPEG Group's library makes for a quality of 1..100.
func StandardStep(quality, n int) int {
	scale := 200 - 2*quality
	if quality < 50 {
		scale = 5000 / quality
	}
	return min(max((standardLuminance[n]*scale+50)/100, 1), 255)
}

// tableSteps is StandardSteps of the table as it is or, of a picture turned since, transposed.
func tableSteps(quality int, turned bool) (s Steps) {
	for k := range s {
		n := int(jpeg.ZigZag[k+1])
		if turned {
			n = n&7*8 + n>>3
		}
		s[k] = StandardStep(quality, n)
	}
	return s
}

// StandardSteps returns the steps of the table of a quality.
func StandardSteps(quality int) Steps { return tableSteps(quality, false) }
