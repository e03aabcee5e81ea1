package reading

import "slices"

// Numbers of the step from the detector's map to boxes, as published with the detector: a value of
// the map above mapThreshold is text; a box is kept if the mean of the map in it is at least
// boxScore; the network draws text smaller than it is, and boxes are grown again by area times
// growth over perimeter. Boxes less than minSide (before growing) or minGrown (after) pixels high
// are specks.
const (
	mapThreshold = 0.3
	boxScore     = 0.6
	growth       = 1.5
	minSide      = 3
	minGrown     = 5
)

// maxBoxes is how many pieces of the map are looked at, as published.
const maxBoxes = 1000

// boxes finds the lines in a map of width x height values, as quads in pixels of the map.
func boxes(values []float32, width, height int) []Quad {
	var out []Quad
	seen := make([]bool, len(values))
	var stack []int
	pieces := 0
	for start, v := range values {
		if v <= mapThreshold || seen[start] {
			continue
		}
		if pieces++; pieces > maxBoxes {
			break
		}
		// The ends of each row of the piece are all that its hull can touch.
		ends := map[int][2]int{}
		seen[start] = true
		stack = append(stack[:0], start)
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			x, y := i%width, i/width
			if e, ok := ends[y]; !ok {
				ends[y] = [2]int{x, x}
			} else {
				ends[y] = [2]int{min(e[0], x), max(e[1], x)}
			}
			for v := max(0, y-1); v <= min(height-1, y+1); v++ {
				for u := max(0, x-1); u <= min(width-1, x+1); u++ {
					if j := v*width + u; !seen[j] && values[j] > mapThreshold {
						seen[j] = true
						stack = append(stack, j)
					}
				}
			}
		}
		if q, ok := box(ends, values, width, height); ok {
			out = append(out, q)
		}
	}
	return out
}

// box makes the box of one piece of the map, given by the ends of its rows.
func box(ends map[int][2]int, values []float32, width, height int) (Quad, bool) {
	points := make([]Point, 0, 2*len(ends))
	for y, e := range ends {
		points = append(points, Point{float64(e[0]) + 0.5, float64(y) + 0.5})
		if e[1] > e[0] {
			points = append(points, Point{float64(e[1]) + 0.5, float64(y) + 0.5})
		}
	}
	slices.SortFunc(points, func(p, q Point) int {
		if p.X != q.X {
			return sign(p.X - q.X)
		}
		return sign(p.Y - q.Y)
	})
	r := smallest(hull(points))
	if 2*min(r.along, r.across) < minSide || score(r.quad(), values, width, height) < boxScore {
		return Quad{}, false
	}
	w, h := 2*r.along, 2*r.across
	r = r.grow(w * h * growth / (2 * (w + h)))
	if 2*min(r.along, r.across) < minGrown {
		return Quad{}, false
	}
	return r.quad(), true
}

func sign(v float64) int {
	switch {
	case v < 0:
		return -1
	case v > 0:
		return 1
	}
	return 0
}

// score is the mean of the map within a quad.
func score(q Quad, values []float32, width, height int) float64 {
	b := q.Box(width, height)
	sum, n := 0.0, 0
	for y := b.Y; y < b.Y+b.Height; y++ {
		for x := b.X; x < b.X+b.Width; x++ {
			if q.contains(Point{float64(x) + 0.5, float64(y) + 0.5}) {
				sum += float64(values[y*width+x])
				n++
			}
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}
