package blockgrid

import (
	"image"
	"math"
	"sort"
)

// A Region is a part of the picture whose pixels agree on one grid.
type Region struct {
	Grid   int             // 0..63
	Bounds image.Rectangle // in pixels
	Cells  []bool          // of 8 x 8 pixels, row by row, of the whole plane
	Votes  int             // pixels of the region that vote for the grid
	// LogNFA is the decimal logarithm of the number of such regions to expect in a picture of
	// this size whose pixels vote at random.
	LogNFA float64
}

// cell is the side of the squares votes are gathered in, in pixels.
const cell = 8

// reach is W of the paper: votes up to 9 pixels apart belong together. In cells that is a
// square of three.
const reach = 1

// density is the share of votes from which a place counts as part of a region: four of ten pixels
// of 24 x 24, against one of 64 by chance.
const density = 0.4

// logTests is the decimal logarithm of the number of tests of a picture: all rectangles, for all pairs of grids.
func (v *Votes) logTests() float64 {
	return 2*math.Log10(64) + 2*math.Log10(float64(v.Width)) + 2*math.Log10(float64(v.Height))
}

// mainShare is the least share of the votes that the picture's own grid has: with fewer it is the grid
// of a part.
const mainShare = 0.3

// meaningful returns the grid that too many pixels all over the picture vote for to be chance, or
// Unknown.
func (v *Votes) meaningful() int {
	best, all := 0, 0
	for g, n := range v.Count {
		all += n
		if n > v.Count[best] {
			best = g
		}
	}
	n, k := v.Width*v.Height/64, v.Count[best]/64
	if float64(v.Count[best]) >= mainShare*float64(all) && v.logTests()+LogBinomialTail(n, k, 1.0/64) < 0 {
		return best
	}
	return Unknown
}

// Wide and High are the size of the cells of a Region.
func (v *Votes) Wide() int { return (v.Width + cell - 1) / cell }

// High is the number of rows of cells.
func (v *Votes) High() int { return (v.Height + cell - 1) / cell }

// Foreign returns the regions that agree on another grid than the main one, the clearest first: those with fewer than one
// expected by chance. Without a main grid every region that agrees is one.
func (v *Votes) Foreign() []Region {
	wide, high := v.Wide(), v.High()
	counts := make([]uint16, wide*high)
	var out []Region
	for g := range 64 {
		// A meaningful region has at least 14 independent votes: see the tail for the smallest pictures.
		if g == v.Main || v.Count[g] < 10*64 {
			continue
		}
		clear(counts)
		for y := range v.Height {
			line := v.Vote[y*v.Width : (y+1)*v.Width]
			row := counts[y/cell*wide : (y/cell+1)*wide]
			for x, vote := range line {
				if int(vote) == g {
					row[x/cell]++
				}
			}
		}
		out = append(out, v.grow(g, counts, wide, high)...)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].LogNFA < out[j].LogNFA })
	return out
}

// grow finds the connected regions of cells with many votes for grid g.
func (v *Votes) grow(g int, counts []uint16, wide, high int) (out []Region) {
	dense := make([]bool, wide*high)
	for y := range high {
		for x := range wide {
			n, area := 0, 0
			for w := max(0, y-reach); w <= min(high-1, y+reach); w++ {
				for u := max(0, x-reach); u <= min(wide-1, x+reach); u++ {
					n += int(counts[w*wide+u])
					area += cell * cell
				}
			}
			dense[y*wide+x] = float64(n) >= density*float64(area)
		}
	}
	var stack []int
	for i := range dense {
		if !dense[i] {
			continue
		}
		r := Region{Grid: g, Cells: make([]bool, wide*high)}
		var box image.Rectangle
		stack = append(stack[:0], i)
		dense[i] = false
		for len(stack) > 0 {
			j := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			x, y := j%wide, j/wide
			r.Cells[j] = true
			r.Votes += int(counts[j])
			box = box.Union(image.Rect(x, y, x+1, y+1))
			for w := max(0, y-reach); w <= min(high-1, y+reach); w++ {
				for u := max(0, x-reach); u <= min(wide-1, x+reach); u++ {
					if k := w*wide + u; dense[k] {
						dense[k] = false
						stack = append(stack, k)
					}
				}
			}
		}
		r.Bounds = image.Rect(box.Min.X*cell, box.Min.Y*cell, min(box.Max.X*cell, v.Width), min(box.Max.Y*cell, v.Height))
		n, k := r.Bounds.Dx()*r.Bounds.Dy()/64, r.Votes/64
		r.LogNFA = v.logTests() + LogBinomialTail(n, k, 1.0/64)
		if r.LogNFA < 0 {
			out = append(out, r)
		}
	}
	return out
}

// LogBinomialTail is the decimal logarithm of the probability that of n independent trials with
// probability p at least k succeed.
func LogBinomialTail(n, k int, p float64) float64 {
	if k <= 0 {
		return 0
	}
	if k > n {
		return math.Inf(-1)
	}
	lg := func(x int) float64 { v, _ := math.Lgamma(float64(x) + 1); return v }
	first := lg(n) - lg(k) - lg(n-k) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p)
	// The terms fall from the mode on; before it the tail is next to one anyway, and the sum from k
	// rises first: sum until a term no longer counts.
	sum, term := 1.0, 1.0
	for i := k; i < n; i++ {
		ratio := float64(n-i) / float64(i+1) * p / (1 - p)
		term *= ratio
		sum += term
		if ratio < 1 && term < sum*1e-12 {
			break
		}
	}
	return min(0, (first+math.Log(sum))/math.Ln10)
}
