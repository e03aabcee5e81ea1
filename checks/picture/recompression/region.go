package recompression

import "image"

// A Region is a connected part of the picture.
type Region struct {
	Mask   []bool          // of all blocks of the Luma
	Bounds image.Rectangle // in blocks
	Count  int             // blocks
	// Evidence is the sum of the map over the region, in nats.
	Evidence float64
}

// grow finds the connected region around the window w in which the map m is positive. Single blocks are noisy:
// a block's own evidence is bounded, and its neighbours count as in a Markov random field
// (Besag, "On the statistical analysis of dirty pictures", 1986, iterated conditional modes).
func grow(m Map, wide, high int, w Window) Region {
	const (
		bound    = 3.0 // nats one block may say
		coupling = 0.9 // nats a pair of equal neighbours is worth
		sweeps   = 8   // the labels rarely change after five
	)
	n := wide * high
	label := make([]bool, n)
	smooth := boxMean(m, wide, high, 2)
	for i := range label {
		label[i] = smooth[i] > 0
	}
	for range sweeps {
		changed := false
		for y := range high {
			for x := range wide {
				i := y*wide + x
				e := float64(min(max(m[i], -bound), bound))
				for dy := -1; dy <= 1; dy++ {
					for dx := -1; dx <= 1; dx++ {
						u, v := x+dx, y+dy
						if dx == 0 && dy == 0 || u < 0 || v < 0 || u >= wide || v >= high {
							continue
						}
						weight := coupling
						if dx != 0 && dy != 0 {
							weight = coupling / 2
						}
						if label[v*wide+u] {
							e += weight
						} else {
							e -= weight
						}
					}
				}
				if now := e > 0; now != label[i] {
					label[i], changed = now, true
				}
			}
		}
		if !changed {
			break
		}
	}
	return component(label, m, wide, high, w.Blocks)
}

// mostElsewhere is the largest share of alike blocks outside of a region that may tell the same as
// the region: what every edge, or every word, of a picture shows is what the model does not
// fit there, not the history of a part.
const mostElsewhere = 0.3

// elsewhere returns in which share of the blocks outside of the region m is positive, class by class and weighed
// as the region's own blocks are. Blocks right beside it are left out. Classes that are rare outside have no
// say; 0 if none has.
func (r *Region) elsewhere(m Map, class []uint8, wide, high int) float64 {
	const (
		beside = 3  // blocks: the outline of a region is that rough
		rare   = 32 // blocks: the share of fewer is off by a tenth
	)
	near := make(Map, len(m))
	for i, in := range r.Mask {
		if in {
			near[i] = 1
		}
	}
	near = boxMean(near, wide, high, beside)
	var in, out, same [classes]float64
	for i, c := range class {
		switch {
		case c == Masked:
		case r.Mask[i]:
			in[c]++
		case near[i] == 0:
			out[c]++
			if m[i] > 0 {
				same[c]++
			}
		}
	}
	share, all := 0.0, 0.0
	for c, n := range in {
		if out[c] >= rare {
			share += n * same[c] / out[c]
			all += n
		}
	}
	return share / max(all, 1)
}

// boxMean is the mean of m over squares of 2*r+1 blocks.
func boxMean(m Map, wide, high, r int) Map {
	out := make(Map, len(m))
	row := make(Map, len(m))
	for y := range high {
		for x := range wide {
			s := float32(0)
			for u := max(0, x-r); u <= min(wide-1, x+r); u++ {
				s += m[y*wide+u]
			}
			row[y*wide+x] = s
		}
	}
	for y := range high {
		for x := range wide {
			s := float32(0)
			for v := max(0, y-r); v <= min(high-1, y+r); v++ {
				s += row[v*wide+x]
			}
			out[y*wide+x] = s / float32((2*r+1)*(2*r+1))
		}
	}
	return out
}

// component keeps the connected set of labelled blocks with the most blocks inside the window,
// and closes its holes.
func component(label []bool, m Map, wide, high int, window image.Rectangle) Region {
	n := wide * high
	id := make([]int32, n)
	var stack []int32
	fill := func(from int, mark int32, want bool) (inside int, touches bool) {
		stack = append(stack[:0], int32(from))
		id[from] = mark
		for len(stack) > 0 {
			i := int(stack[len(stack)-1])
			stack = stack[:len(stack)-1]
			x, y := i%wide, i/wide
			if image.Pt(x, y).In(window) {
				inside++
			}
			touches = touches || x == 0 || y == 0 || x == wide-1 || y == high-1
			for _, d := range [4][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
				u, v := x+d[0], y+d[1]
				if u < 0 || v < 0 || u >= wide || v >= high {
					continue
				}
				if j := v*wide + u; id[j] == 0 && label[j] == want {
					id[j] = mark
					stack = append(stack, int32(j))
				}
			}
		}
		return inside, touches
	}
	best, most, mark := int32(0), 0, int32(0)
	for y := window.Min.Y; y < min(window.Max.Y, high); y++ {
		for x := window.Min.X; x < min(window.Max.X, wide); x++ {
			if i := y*wide + x; label[i] && id[i] == 0 {
				mark++
				if inside, _ := fill(i, mark, true); inside > most {
					most, best = inside, mark
				}
			}
		}
	}
	r := Region{Mask: make([]bool, n)}
	if best == 0 {
		return r
	}
	for i := range label {
		r.Mask[i] = id[i] == best
		label[i] = r.Mask[i]
		id[i] = 0
	}
	// What the border of the picture cannot reach without crossing the region is a hole in it.
	for i := range label {
		if label[i] || id[i] != 0 {
			continue
		}
		mark++
		if _, touches := fill(i, mark, false); !touches {
			for j := range id {
				if id[j] == mark {
					r.Mask[j] = true
				}
			}
		}
	}
	for i, in := range r.Mask {
		if in {
			x, y := i%wide, i/wide
			r.Bounds = r.Bounds.Union(image.Rect(x, y, x+1, y+1))
			r.Count++
			r.Evidence += float64(m[i])
		}
	}
	return r
}
