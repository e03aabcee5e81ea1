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

// The tables for unquantized magnitudes have fine entries for one unit and end at fineLevels: the
// comb of larger magnitudes is there, but too thinly populated to matter.
const (
	fine       = 2
	fineLevels = 96 * fine
)

type fineRatio [fineLevels]float32

// fineRatios returns, per class, the log ratio of an unquantized magnitude of term k after a first
// compression with step q1 on the grid looked at. With teeth only, magnitudes that the first
// compression would have made zero say nothing, as level 0 does not in ratios.
func (l *Luma) fineRatios(k, q1 int, teeth bool) (r [classes]fineRatio) {
	noise, q := l.noiseOnShiftedGrid(k), float64(q1)
	var mass [classes][]float64 // of the multiples of q1
	top := int(fineLevels/fine/q) + int(4*noise/q) + 2
	for class := range mass {
		d := l.density[class][k]
		mass[class] = append(mass[class], 2*d.below(q/2))
		for m := 1; m <= top; m++ {
			mass[class] = append(mass[class], d.below((float64(m)+0.5)*q)-d.below((float64(m)-0.5)*q))
		}
	}
	for i := range fineLevels {
		c := (float64(i) + 0.5) / fine
		if teeth && c < q/2 {
			continue
		}
		m0, m1 := int(math.Floor((c-4*noise)/q)), int(math.Ceil((c+4*noise)/q))
		var double [classes]float64
		for m := m0; m <= m1; m++ {
			z := (c - float64(m)*q) / noise
			share := math.Exp(-z*z/2) / (noise * math.Sqrt(2*math.Pi))
			for class := range double {
				double[class] += share * mass[class][min(max(m, -m), top)]
			}
		}
		for class := range r {
			// Half a period around c holds no comb.
			d := l.density[class][k]
			plain := d.below(c+q/4) - d.below(c-q/4)
			if c < q/4 {
				plain += d.below(q/4 - c)
			}
			if plain > 0 {
				u := unexplained(class)
				r[class][i] = float32(math.Log((1-u)*double[class]*q/2/plain + u))
			}
		}
	}
	return r
}

// usableOnShiftedGrid says whether step q1 of term k stands clear of the noise of the last quantization:
// with less than 1.8 standard deviations the comb has below a fifth of its contrast, exp(-2*pi^2/1.8^2)
// of it in the first harmonic being under 0.3 %.
func (l *Luma) usableOnShiftedGrid(k, q1 int) bool {
	return q1 >= 2 && float64(q1) >= 1.8*l.noiseOnShiftedGrid(k)
}

// ShiftedEvidence is Evidence for a first compression whose grid lies (dx, dy) pixels, 0..7, to the right of
// and below the file's own. The entry of a block is about the block of that grid which begins in it, and so
// is its class: where print meets blank paper, the two blocks hold very different detail, and a
// coefficient must be compared with those of its like.
func (l *Luma) ShiftedEvidence(dx, dy int, first Steps) (Map, []uint8) {
	var r [Terms][classes]fineRatio
	var use []int
	for k, q1 := range first {
		if l.usableOnShiftedGrid(k, q1) {
			use = append(use, k)
			r[k] = l.fineRatios(k, q1, false)
		}
	}
	out, classes := make(Map, len(l.Class)), make([]uint8, len(l.Class))
	for i := range classes {
		classes[i] = Masked
	}
	var c [64]float32
	for y := 0; y+min(dy, 1) < l.High; y++ {
		for x := 0; x+min(dx, 1) < l.Wide; x++ {
			i := y*l.Wide + x
			if l.Class[i] == Masked {
				continue
			}
			dct.Forward(l.Plane, (8*y+dy)*l.Stride+8*x+dx, l.Stride, &c)
			nonzero := l.nonzero(&c)
			if nonzero == 0 {
				continue
			}
			class := activity(nonzero)
			if l.clippedAround(x, y, dx, dy) {
				class += activities
			}
			classes[i] = class
			sum := float32(0)
			for _, k := range use {
				v := c[jpeg.ZigZag[k+1]]
				if v < 0 {
					v = -v
				}
				if j := int(v * fine); j < fineLevels {
					sum += r[k][class][j]
				}
			}
			out[i] = sum
		}
	}
	return out, classes
}

// clippedAround reports whether a block of the file's grid that the block at (dx, dy) pixels behind block (x, y)
// touches comes near black or white.
func (l *Luma) clippedAround(x, y, dx, dy int) bool {
	for v := y; v <= y+min(dy, 1); v++ {
		for u := x; u <= x+min(dx, 1); u++ {
			if c := l.Class[v*l.Wide+u]; c != Masked && c >= activities {
				return true
			}
		}
	}
	return false
}
