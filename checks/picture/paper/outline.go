package paper

import (
	"cmp"
	"context"
	"math"
	"slices"
)

const (
	// mostPairs is how many pairs of opposite sides are kept in each direction; every two of them are tried.
	mostPairs = 120
	// mostTilted is how far opposite sides may lean to each other: 25 degrees, a page seen steeply.
	mostTilted = 25 * math.Pi / 180
	// leastSide is the least distance of opposite sides, as part of the picture's side: a card on a table
	// that fills less than a fifth of the picture could not be read.
	leastSide = 0.2
	// leastSupport is the least part of a quad's visible sides that must be seen as edges for it to be looked
	// at closer, and leastSideSupport of any one side: a hand may hold it, a lamp may drown a piece.
	leastSupport     = 0.55
	leastSideSupport = 0.3
	// mostOutlines is how many quads are looked at closer.
	mostOutlines = 24
	// mostOutside is how far a corner may lie outside the picture, as part of its side.
	mostOutside = 0.3
)

// An outline is a quad that may be the paper's, in pixels of the small picture.
type outline struct {
	sides   [4]*line // see Top, Right, Bottom, Left
	corners Quad
	support float64 // share of the visible sides where an edge is
	area    float64 // share of the picture
	rank    float64
	// Known of those that are looked at closer.
	look       look
	confidence float64
}

// borders is how many of the sides are the picture's.
func (o *outline) borders() (n int) {
	for _, l := range o.sides {
		if l.border {
			n++
		}
	}
	return n
}

// A pair is two lines that may be opposite sides.
type pair struct {
	near, far *line // near is the upper or left one
	rank      float64
}

// outlines returns the likeliest quads, likeliest first.
func (s *small) outlines(ctx context.Context) ([]outline, error) {
	across, down := s.findLines()
	rows, columns := s.pairs(across), s.pairs(down)
	var found []outline
	for _, r := range rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, c := range columns {
			if o, ok := s.quad(r, c); ok {
				found = append(found, o)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b outline) int { return cmp.Compare(b.rank, a.rank) })
	var kept []outline
	for _, o := range found {
		if len(kept) == mostOutlines {
			break
		}
		if !slices.ContainsFunc(kept, func(k outline) bool { return o.corners.near(k.corners, 3) }) {
			kept = append(kept, o)
		}
	}
	return kept, nil
}

// pairs returns the likeliest pairs of opposite sides.
func (s *small) pairs(lines []line) []pair {
	if len(lines) == 0 {
		return nil
	}
	long, wide := float64(s.w), float64(s.h)
	if !lines[0].across {
		long, wide = wide, long
	}
	var found []pair
	for i := range lines {
		for j := range lines {
			a, b := &lines[i], &lines[j]
			apart := s.place(b) - s.place(a)
			if apart < leastSide*wide || a.border && b.border || math.Abs(a.nx*b.ny-a.ny*b.nx) > math.Sin(mostTilted) {
				continue
			}
			// The sides of a thing look at each other: both light within or both dark.
			inward := a.sum(true) + b.sum(false)
			outward := a.sum(false) + b.sum(true)
			found = append(found, pair{a, b, max(inward, outward) / long * math.Sqrt(apart/wide)})
		}
	}
	slices.SortStableFunc(found, func(a, b pair) int { return cmp.Compare(b.rank, a.rank) })
	return found[:min(len(found), mostPairs)]
}

// sum is how many positions show an edge along or against the normal.
func (l *line) sum(with bool) float64 {
	switch {
	case l.border:
		return 0
	case with:
		return float64(l.with[len(l.with)-1])
	}
	return float64(l.against[len(l.against)-1])
}

// quad makes an outline of two pairs, if it is one.
func (s *small) quad(r, c pair) (o outline, ok bool) {
	o.sides = [4]*line{Top: r.near, Right: c.far, Bottom: r.far, Left: c.near}
	if o.borders() > 2 {
		return o, false
	}
	w, h := float64(s.w), float64(s.h)
	for i := range o.corners {
		p, ok := meet(o.sides[(i+3)%4], o.sides[i])
		if !ok || p.X < -mostOutside*w || p.Y < -mostOutside*h || p.X > (1+mostOutside)*w || p.Y > (1+mostOutside)*h {
			return o, false
		}
		o.corners[i] = p
	}
	if !o.corners.convex() {
		return o, false
	}
	if o.support, ok = o.seen(); !ok || o.support < leastSupport {
		return o, false
	}
	o.area = o.corners.clipped(w, h).area() / (w * h)
	if o.area < leastSide*leastSide {
		return o, false
	}
	// A quad with an edge all round is better than one that explains a side by the picture's end, and the
	// outer one of two is the paper, the inner one a frame printed on it.
	o.rank = o.support * math.Pow(o.area, 0.4) * math.Pow(0.9, float64(o.borders()))
	return o, true
}

// seen returns which share of the sides within the picture is an edge, light to dark all round or dark to
// light all round; ok is false if one side hardly has any.
func (o *outline) seen() (share float64, ok bool) {
	var best float64
	for _, light := range []bool{true, false} {
		var n, yes int
		least := 1.0
		for i, l := range o.sides {
			a, b := o.corners[i], o.corners[(i+1)%4]
			if l.border {
				continue
			}
			from, to := a.X, b.X
			if !l.across {
				from, to = a.Y, b.Y
			}
			if from > to {
				from, to = to, from
			}
			all, with, against := l.count(from, to)
			// Light within: at the upper and left side the slope is along the normal.
			is := with
			if light != (i == Top || i == Left) {
				is = against
			}
			n, yes = n+all, yes+is
			if all > 0 {
				least = min(least, float64(is)/float64(all))
			}
		}
		if n > 0 && least >= leastSideSupport {
			best, ok = max(best, float64(yes)/float64(n)), true
		}
	}
	return best, ok
}
