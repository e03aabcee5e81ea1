package moire

import (
	"math"
	"slices"
)

// half is the number of frequencies across that are kept: the others mirror them.
const half = side/2 + 1

// A spectrum is the natural logarithm of the powers of the frequencies x = 0..side/2, y = -side/2..side/2: (x, y) is at
// (y modulo side)*half+x. Each is the highest of its neighbourhood of three by three: perspective changes the period by
// a few per cent across the picture, and the peaks of its windows are to fall on each other all the same.
type spectrum []float32

// rounding is the power that rounding to whole levels leaves: a twelfth is its variance, and the squares of
// the window function sum to nine sixty-fourths of the window's area.
const rounding = side * side * 9.0 / 64 / 12

// widened makes a spectrum of the powers of a window.
func widened(power []float32) spectrum {
	across := make([]float32, half*side)
	for y := range side {
		row := power[y*side : (y+1)*side]
		for x := range half {
			across[y*half+x] = max(row[(x+side-1)%side], row[x], row[(x+1)%side], rounding)
		}
	}
	s := make(spectrum, half*side)
	for y := range side {
		up, mid, down := across[(y+side-1)%side*half:], across[y*half:], across[(y+1)%side*half:]
		for x := range half {
			s[y*half+x] = float32(math.Log(float64(max(up[x], mid[x], down[x]))))
		}
	}
	return s
}

// together is the mean of spectra. The quiet ones count more: where there is print a faint pattern drowns, and a window counts
// as much less as its powers are higher.
func together(spectra []spectrum) spectrum {
	means, least := make([]float64, len(spectra)), math.Inf(1)
	for i, s := range spectra {
		for _, v := range s {
			means[i] += float64(v) / float64(len(s))
		}
		least = min(least, means[i])
	}
	out, total := make(spectrum, half*side), float32(0)
	for i, s := range spectra {
		weight := float32(math.Exp(least - means[i]))
		total += weight
		for k, v := range s {
			out[k] += weight * v
		}
	}
	for k := range out {
		out[k] /= total
	}
	return out
}

// at is the value at a frequency, any.
func (s spectrum) at(x, y int) float32 {
	x = (x + 2*side) % side
	if x >= half {
		x, y = side-x, -y
	}
	return s[(y+2*side)%side*half+x]
}

// highest finds the highest peak and how high it is, the natural logarithm of a ratio; below nothing, if there is no peak.
func (s spectrum) highest() (x, y int, height float64) {
	height = math.Inf(-1)
	for fy := -side/2 + 1; fy <= side/2; fy++ {
		for fx := range half {
			if skipped(fx, fy) || !s.isTop(fx, fy) {
				continue
			}
			h := s.height(fx, fy)
			if onGrid(fx) && onGrid(fy) {
				h -= math.Log(onBlocks) + s.blocks(fx, fy)
			}
			if h > height {
				x, y, height = fx, fy, h
			}
		}
	}
	return
}

// isTop reports whether nothing near is higher.
func (s spectrum) isTop(x, y int) bool {
	v := s.at(x, y)
	for dy := -2; dy <= 2; dy++ {
		for dx := -2; dx <= 2; dx++ {
			if s.at(x+dx, y+dy) > v {
				return false
			}
		}
	}
	return true
}

// height is how far a frequency stands out of what three quarters of the values around it are below: near an axis, of those along it.
func (s spectrum) height(x, y int) float64 {
	var ring [72]float32
	around := ring[:0]
	switch {
	case x <= onAxis:
		for d := 4; d <= 12; d++ {
			around = append(around, s.at(x, y+d), s.at(x, y-d))
		}
	case max(y, -y) <= onAxis:
		for d := 4; d <= 12; d++ {
			around = append(around, s.at(x+d, y), s.at(x-d, y))
		}
	default:
		for dy := -8; dy <= 8; dy += 2 {
			for dx := -8; dx <= 8; dx += 2 {
				if max(dx, -dx, dy, -dy) > 3 {
					around = append(around, s.at(x+dx, y+dy))
				}
			}
		}
	}
	slices.Sort(around)
	return float64(s.at(x, y) - around[len(around)*3/4])
}

// blocks is how high the edges of JPEG's blocks stand on the axis at which a frequency of their grid lies: the middle one of
// the three other multiples of an eighth. Where light falls off they make a stair, which has them all; a screen has one
// or two.
func (s spectrum) blocks(x, y int) float64 {
	var others []float64
	for f := eighth; f <= side/2; f += eighth {
		switch {
		case max(x-f, f-x) <= 1 || max(y-f, f-y) <= 1 || max(-y-f, f+y) <= 1:
		case x <= onAxis:
			others = append(others, s.height(0, f))
		default:
			others = append(others, s.height(f, 0))
		}
	}
	slices.Sort(others)
	return max(0, others[len(others)/2])
}

// eighth of the sampling rate, in bins: the frequency of JPEG's blocks.
const eighth = side / 8

// skipped says which frequencies are left out: the low ones and those far from the axes.
func skipped(x, y int) bool {
	small, large := min(x, max(y, -y)), max(x, y, -y)
	return x*x+y*y < lowest*lowest || float64(small) > offAxis*float64(large)
}

// onGrid reports whether a frequency is near a multiple of an eighth of the sampling rate.
func onGrid(v int) bool {
	r := (v + side) % eighth
	return r <= 1 || r >= eighth-1
}
