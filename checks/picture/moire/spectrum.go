package moire

import (
	"math"
	"slices"
)

// half is the number of frequencies across that are kept: the others mirror them.
const half = side/2 + 1

// A spectrum is the natural logarithm of the powers of the frequencies x = 0..side/2, y = -side/2..side/2: (x, y) is at
// (y modulo side)*half+x.
type spectrum []float32

// rounding is the power that rounding to whole levels leaves: a twelfth is its variance, and the squares of
// the window function sum to nine sixty-fourths of the window's area.
const rounding = side * side * 9.0 / 64 / 12

// logarithms makes a spectrum of the powers of a window.
func logarithms(power []float32) spectrum {
	s := make(spectrum, half*side)
	for y := range side {
		for x, v := range power[y*side:][:half] {
			s[y*half+x] = logarithm(max(v, rounding))
		}
	}
	return s
}

// logarithm is the natural logarithm of a positive number, to a thousandth.
func logarithm(v float32) float32 {
	bits := math.Float32bits(v)
	exponent := float32(int(bits>>23) - 127)
	m := math.Float32frombits(bits&0x7fffff | 0x3f800000)
	// The cubic that is right at 1, 4/3, 5/3 and 2.
	t := m - 1
	return math.Ln2 * (exponent + t*(1.4189923+t*(-0.572963+t*0.1539707)))
}

// widened makes each frequency the highest of its neighbourhood of three by three: perspective changes the period by
// a few per cent across the picture, and the peaks of its windows are to fall on each other all the same.
func (s spectrum) widened() spectrum {
	across, out := make(spectrum, half*side), make(spectrum, half*side)
	for y := range side {
		line, to := s[y*half:][:half], across[y*half:][:half]
		for x := 1; x < half-1; x++ {
			to[x] = max(line[x-1], line[x], line[x+1])
		}
		to[0] = max(s.at(-1, y), line[0], line[1])
		to[half-1] = max(line[half-2], line[half-1], s.at(half, y))
	}
	for y := range side {
		up, mid, down := across[(y+side-1)%side*half:][:half], across[y*half:][:half], across[(y+1)%side*half:][:half]
		for x, v := range mid {
			out[y*half+x] = max(up[x], v, down[x])
		}
	}
	return out
}

// weigh is how much the windows count, by their spectra. The quiet ones count more: where there is print a faint pattern
// drowns, and a window counts as much less as its powers are higher.
func weigh(spectra []spectrum) []float32 {
	means, least := make([]float64, len(spectra)), math.Inf(1)
	for i, s := range spectra {
		means[i] = s.mean()
		least = min(least, means[i])
	}
	weights, total := make([]float32, len(spectra)), float32(0)
	for i, m := range means {
		weights[i] = float32(math.Exp(least - m))
		total += weights[i]
	}
	for i := range weights {
		weights[i] /= total
	}
	return weights
}

func (s spectrum) mean() float64 {
	sum := float32(0)
	for _, v := range s {
		sum += v
	}
	return float64(sum) / float64(len(s))
}

// together is the weighted mean of spectra.
func together(spectra []spectrum, weights []float32) spectrum {
	out := make(spectrum, half*side)
	for i, s := range spectra {
		for k, v := range s {
			out[k] += weights[i] * v
		}
	}
	return out
}

// sharpness is the height of the peak near (x, y) in the mean of the powers of all windows, each in proportion to its own
// geometric mean, without the quarter that are highest: a natural logarithm.
func sharpness(fine []spectrum, x, y int) float64 {
	means, values := make([]float64, len(fine)), make([]float64, len(fine))
	for i, s := range fine {
		means[i] = s.mean()
	}
	const reach = 14 // of height, two from where the peak is
	all := make(spectrum, half*side)
	for dy := -reach; dy <= reach; dy++ {
		for dx := -reach; dx <= reach; dx++ {
			k := index(x+dx, y+dy)
			for i, s := range fine {
				values[i] = math.Exp(float64(s[k]) - means[i])
			}
			slices.Sort(values)
			sum, n := 0.0, (3*len(values)+3)/4
			for _, v := range values[:n] {
				sum += v
			}
			all[k] = logarithm(float32(sum / float64(n)))
		}
	}
	x, y, _ = all.strongest(x, y, 1)
	return all.height(x, y)
}

// strongest is the highest value within a reach of a frequency, and where it is.
func (s spectrum) strongest(x, y, reach int) (fx, fy int, top float32) {
	top = float32(math.Inf(-1))
	for dy := -reach; dy <= reach; dy++ {
		for dx := -reach; dx <= reach; dx++ {
			if v := s.at(x+dx, y+dy); v > top {
				fx, fy, top = x+dx, y+dy, v
			}
		}
	}
	return
}

// at is the value at a frequency, any.
func (s spectrum) at(x, y int) float32 { return s[index(x, y)] }

// index is where the value of a frequency is.
func index(x, y int) int {
	x &= side - 1
	if x >= half {
		x, y = side-x, -y
	}
	return y&(side-1)*half + x
}

// A peak is a frequency that stands out.
type peak struct {
	x, y   int
	height float64 // the natural logarithm of a ratio
	onGrid bool    // of JPEG's blocks
}

// highest finds the highest peak of a widened spectrum; its height is below nothing if there is none. The spectrum before
// it was widened says whether it lies on the grid of JPEG's blocks or beside it.
func (s spectrum) highest(fine spectrum) peak {
	best := peak{height: math.Inf(-1)}
	for y := -side/2 + 1; y <= side/2; y++ {
		for x := range half {
			if skipped(x, y) || !s.isTop(x, y) {
				continue
			}
			p := peak{x: x, y: y, height: s.height(x, y)}
			if fx, fy, _ := fine.strongest(x, y, 1); onGrid(fx) && onGrid(fy) {
				p.onGrid = true
				p.height -= math.Log(onBlocks) + s.blocks(x, y)
			}
			if p.height > best.height {
				best = p
			}
		}
	}
	return best
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
	aslant := offAxis
	if x*x+y*y >= short*short {
		aslant = offAxisShort
	}
	return x*x+y*y < lowest*lowest || float64(small) > aslant*float64(large)
}

// onGrid reports whether a frequency is a multiple of an eighth of the sampling rate.
func onGrid(v int) bool { return v%eighth == 0 }
