package reading

import "math"

// Numbers of joining: two boxes are pieces of one line if they stand in one row, are about as high,
// and the gap between them is at most a character wide. Ink between two characters, and the white
// inside full-width brackets, tear lines apart in such gaps.
const (
	joinGap    = 0.9 // of the height
	joinOffset = 0.4 // of the height, between the middles, across the line
	joinRatio  = 1.5 // of the heights
)

// joined returns the boxes that are made of two or more of the given ones.
func joined(quads []Quad) []Quad {
	var out []Quad
	used := make([]bool, len(quads))
	for i := range quads {
		if used[i] {
			continue
		}
		whole, n := quads[i], 1
		for again := true; again; {
			again = false
			for j := range quads {
				if j != i && !used[j] && sameLine(whole, quads[j]) {
					whole, again = around(whole, quads[j]), true
					used[j] = true
					n++
				}
			}
		}
		if n > 1 {
			used[i] = true
			out = append(out, whole)
		}
	}
	return out
}

// sameLine says whether b goes on where a ends, or the other way round.
func sameLine(a, b Quad) bool {
	long, high := a.size()
	otherLong, otherHigh := b.size()
	if high == 0 || long < high/2 || max(high, otherHigh) > joinRatio*min(high, otherHigh) {
		return false
	}
	axis := a[1].minus(a[0])
	length := axis.length()
	if length == 0 {
		return false
	}
	axis = Point{axis.X / length, axis.Y / length}
	d := middle(b).minus(middle(a))
	along, across := math.Abs(d.X*axis.X+d.Y*axis.Y), math.Abs(d.Y*axis.X-d.X*axis.Y)
	gap := along - (long+otherLong)/2
	// More than a little overlap is not a continuation but the same text found twice.
	return across <= joinOffset*high && gap <= joinGap*high && gap >= -high/2
}

// around is the smallest quad around two, read in the direction of the first.
func around(a, b Quad) Quad {
	axis := a[1].minus(a[0])
	n := axis.length()
	axis = Point{axis.X / n, axis.Y / n}
	u0, u1, v0, v1 := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, q := range []Quad{a, b} {
		for _, p := range q {
			u, v := p.X*axis.X+p.Y*axis.Y, p.Y*axis.X-p.X*axis.Y
			u0, u1, v0, v1 = min(u0, u), max(u1, u), min(v0, v), max(v1, v)
		}
	}
	at := func(u, v float64) Point { return Point{u*axis.X - v*axis.Y, u*axis.Y + v*axis.X} }
	return Quad{at(u0, v0), at(u1, v0), at(u1, v1), at(u0, v1)}
}
