package recompression

import (
	"image"
	"math"
)

// A Window is the square in which a map of evidence stands out most.
type Window struct {
	// Blocks is the square, in blocks.
	Blocks image.Rectangle
	// Evidence is the sum of the map in it, in nats.
	Evidence float64
	// Deviation is how far that sum lies above what blocks of the same classes have in the rest of the
	// picture, in standard deviations, as if blocks were independent.
	Deviation float64
	// Score is the geometric mean of Evidence/evidenceUnit and Deviation/deviationUnit, and 0 if either
	// is below leastPart: a region must be told by the model and stand out from its own picture,
	// for either alone has honest causes (a texture the model does not fit; a picture of which no part
	// was compressed before).
	Score float64
}

// The units of Window.Score: near the largest values of honest pictures, so that 1 is where honest
// pictures end. The thresholds that count are made from the calibration, not from these.
const (
	evidenceUnit  = 150.0
	deviationUnit = 15.0
	leastPart     = 0.35
	leastRest     = 0.3 // of the blocks with detail must tell the other history
)

func score(evidence, deviation float64) float64 {
	e, d := evidence/evidenceUnit, deviation/deviationUnit
	if e < leastPart || d < leastPart {
		return 0
	}
	return math.Sqrt(e * d)
}

// windowSizes are the sides of the squares that are tried, in cells of 2 x 2 blocks (16 pixels).
// The smallest fits into a region of 64 x 64 pixels wherever it lies.
var windowSizes = []int{3, 4, 6, 9, 14}

// A field is a map ready to be searched.
type field struct {
	wide, high   int // cells
	cell         int // blocks a side of a cell
	sum          []float64
	rest, spread []float64 // integrals, nil until needed
	m            Map
	class        []uint8
	mapWide      int
	mapHigh      int
}

// newField prepares the sums of m over cells of cell x cell entries.
func newField(m Map, class []uint8, wide, high, cell int) *field {
	f := &field{wide: wide / cell, high: high / cell, cell: cell, m: m, class: class, mapWide: wide, mapHigh: high}
	w := f.wide + 1
	f.sum = make([]float64, w*(f.high+1))
	for y := range f.high {
		row := 0.0
		up, to := f.sum[y*w+1:(y+1)*w], f.sum[(y+1)*w+1:(y+2)*w]
		for x := range up {
			s := float32(0)
			for v := range cell {
				at := (y*cell+v)*wide + x*cell
				for _, e := range m[at : at+cell] {
					s += e
				}
			}
			row += float64(s)
			to[x] = up[x] + row
		}
	}
	return f
}

func (f *field) over(s []float64, x, y, n int) float64 {
	w := f.wide + 1
	return s[(y+n)*w+x+n] - s[y*w+x+n] - s[(y+n)*w+x] + s[y*w+x]
}

// opposite is the side, in cells, of the squares whose sign says whether they belong to the rest.
const opposite = 3

// normalize computes what each class has on average, and how it scatters, in the rest of the
// picture: where the map tells against the part. A picture of which nearly all tells for it has no rest, and
// false is returned.
func (f *field) normalize() bool {
	var n, mean, square [256]float64
	used, all := 0, 0
	for y := 0; y < f.high; y += opposite {
		for x := 0; x < f.wide; x += opposite {
			side := min(opposite, f.wide-x, f.high-y)
			against := f.over(f.sum, x, y, side) < 0
			for v := y * f.cell; v < (y+side)*f.cell; v++ {
				for u := x * f.cell; u < (x+side)*f.cell; u++ {
					i := v*f.mapWide + u
					c := f.class[i]
					if c == Masked {
						continue
					}
					all++
					if !against {
						continue
					}
					used++
					e := float64(f.m[i])
					n[c]++
					mean[c] += e
					square[c] += e * e
				}
			}
		}
	}
	if float64(used) < leastRest*float64(all) {
		return false
	}
	for c := range n {
		if n[c] > 0 {
			mean[c] /= n[c]
			// A class that nearly never varies would make any single block an outlier: one nat is
			// the least scatter.
			square[c] = max(square[c]/n[c]-mean[c]*mean[c], 1)
		} else {
			square[c] = 1
		}
	}
	mean[Masked], square[Masked] = 0, 0
	w := f.wide + 1
	f.rest, f.spread = make([]float64, w*(f.high+1)), make([]float64, w*(f.high+1))
	for y := range f.high {
		rest, spread := 0.0, 0.0
		for x := range f.wide {
			for v := range f.cell {
				at := (y*f.cell+v)*f.mapWide + x*f.cell
				for i := at; i < at+f.cell; i++ {
					rest += float64(f.m[i]) - mean[f.class[i]]
					spread += square[f.class[i]]
				}
			}
			f.rest[(y+1)*w+x+1] = f.rest[y*w+x+1] + rest
			f.spread[(y+1)*w+x+1] = f.spread[y*w+x+1] + spread
		}
	}
	return true
}

// strongest returns the window with the highest score.
func (f *field) strongest() (best Window) {
	for _, n := range windowSizes {
		for y := 0; y+n <= f.high; y++ {
			for x := 0; x+n <= f.wide; x++ {
				s := f.over(f.sum, x, y, n)
				if s < evidenceUnit*leastPart {
					continue // not worth its second sum
				}
				if f.rest == nil && !f.normalize() {
					return best
				}
				v := f.over(f.spread, x, y, n)
				if v <= 0 {
					continue
				}
				z := f.over(f.rest, x, y, n) / math.Sqrt(v)
				if score := score(s, z); score > best.Score {
					at := image.Rect(x, y, x+n, y+n)
					best = Window{image.Rectangle{at.Min.Mul(f.cell), at.Max.Mul(f.cell)}, s, z, score}
				}
			}
		}
	}
	return best
}
