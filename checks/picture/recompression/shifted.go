package recompression

import (
	"math"

	"dossier/checks/picture/dct"
	"dossier/checks/picture/jpeg"
)

// noiseOnShiftedGrid is the standard deviation that the last quantization leaves in term k seen on another grid.
func (l *Luma) noiseOnShiftedGrid(k int) float64 {
	n := int(jpeg.ZigZag[k+1])
	u, v := n&7, n>>3
	sum, weight := 0.0, 0.0
	for dv := -1; dv <= 1; dv++ {
		for du := -1; du <= 1; du++ {
			a, b := u+du, v+dv
			if a < 0 || b < 0 || a > 7 || b > 7 {
				continue
			}
			q := float64(l.Step[b*8+a])
			sum += q * q / 12
			weight++
		}
	}
	return math.Sqrt(sum/weight + roundingNoise*roundingNoise)
}

const fine = 2 // steps of the table for one unit of magnitude
const fineLevels = 256 * fine

// fineRatio is the log ratio for an unquantized magnitude.
func (l *Luma) fineRatio(k, q1, class int) (r [fineLevels]float32) {
	d := l.density[class][k]
	s := l.noiseOnShiftedGrid(k)
	for i := range r {
		c := (float64(i) + 0.5) / fine
		plain := (d.below(c+float64(q1)/4) - d.below(c-float64(q1)/4)) / (float64(q1) / 2) / 2
		if c < float64(q1)/4 {
			plain = (d.below(c+float64(q1)/4) + d.below(float64(q1)/4-c)) / (float64(q1) / 2) / 2
		}
		double := 0.0
		for m := int(math.Floor((c - 4*s) / float64(q1))); m <= int(math.Ceil((c+4*s)/float64(q1))); m++ {
			a := math.Abs(float64(m))
			mass := d.below(float64(q1) / 2)
			if m != 0 {
				mass = (d.below((a+0.5)*float64(q1)) - d.below((a-0.5)*float64(q1))) / 2
			}
			z := (c - float64(m*q1)) / s
			double += mass * math.Exp(-z*z/2) / (s * math.Sqrt(2*math.Pi))
		}
		if plain > 0 {
			r[i] = float32(math.Log((1-unexplained)*double/plain + unexplained))
		}
	}
	return r
}

// ShiftedEvidence is Evidence for a first compression whose grid is shifted.
func (l *Luma) ShiftedEvidence(dx, dy int, first Steps, terms int) Map {
	var r [activityClasses][Terms][fineLevels]float32
	var use []int
	for k, q1 := range first[:terms] {
		if q1 < 2 || float64(q1) < 1.8*l.noiseOnShiftedGrid(k) {
			continue
		}
		use = append(use, k)
		for class := range r {
			r[class][k] = l.fineRatio(k, q1, class)
		}
	}
	out := make(Map, len(l.Class))
	var c [64]float32
	for y := 0; y+1 < l.High; y++ {
		for x := 0; x+1 < l.Wide; x++ {
			i := y*l.Wide + x
			class := l.Class[i]
			if class == Masked {
				continue
			}
			dct.Forward(l.Plane, (8*y+dy)*l.Stride+8*x+dx, l.Stride, &c)
			sum := float32(0)
			for _, k := range use {
				v := c[jpeg.ZigZag[k+1]]
				if v < 0 {
					v = -v
				}
				if j := int(v * fine); j < fineLevels {
					sum += r[class][k][j]
				}
			}
			out[i] = sum
		}
	}
	return out
}
