package reading

import (
	"math"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/raster"
)

// A Point is a place in a picture, in pixels; the centre of the first pixel is (0.5, 0.5).
type Point struct{ X, Y float64 }

func (p Point) minus(q Point) Point           { return Point{p.X - q.X, p.Y - q.Y} }
func (p Point) plus(q Point, f float64) Point { return Point{p.X + f*q.X, p.Y + f*q.Y} }
func (p Point) length() float64               { return math.Hypot(p.X, p.Y) }
func cross(o, a, b Point) float64             { return (a.X-o.X)*(b.Y-o.Y) - (a.Y-o.Y)*(b.X-o.X) }

// toPicture turns a point of the raster into one of the picture.
func toPicture(r *raster.Raster, p Point) Point {
	return Point{p.X*float64(r.Reduce) + float64(r.Origin.X), p.Y*float64(r.Reduce) + float64(r.Origin.Y)}
}

// toRaster turns a point of the picture into one of the raster.
func toRaster(r *raster.Raster, p Point) Point {
	return Point{(p.X - float64(r.Origin.X)) / float64(r.Reduce), (p.Y - float64(r.Origin.Y)) / float64(r.Reduce)}
}

// A Quad is the four corners of a line of text as it is read: the beginning of its upper edge, the
// end of it, the end of its lower edge, the beginning of that.
type Quad [4]Point

// size is the length of the quad along the text and across it.
func (q Quad) size() (along, across float64) {
	return max(q[1].minus(q[0]).length(), q[2].minus(q[3]).length()), max(q[3].minus(q[0]).length(), q[2].minus(q[1]).length())
}

// turned returns the quad as read after the paper is turned by quarters to the left.
func (q Quad) turned(quarters int) Quad {
	for range quarters {
		q = Quad{q[1], q[2], q[3], q[0]}
	}
	return q
}

// part is the piece of the quad around a place along it, 0..1, of so much of its length.
func (q Quad) part(at, length float64) Quad {
	begin, end := at-length/2, at+length/2
	upper, lower := q[1].minus(q[0]), q[2].minus(q[3])
	return Quad{q[0].plus(upper, begin), q[0].plus(upper, end), q[3].plus(lower, end), q[3].plus(lower, begin)}
}

// Box is the upright rectangle around the quad, cut to a picture of that size.
func (q Quad) Box(width, height int) checks.Region {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range q {
		x0, y0, x1, y1 = min(x0, p.X), min(y0, p.Y), max(x1, p.X), max(y1, p.Y)
	}
	l, t := max(0, int(math.Floor(x0))), max(0, int(math.Floor(y0)))
	return checks.Region{X: l, Y: t, Width: max(0, min(width, int(math.Ceil(x1)))-l), Height: max(0, min(height, int(math.Ceil(y1)))-t)}
}

// contains says whether the point lies within the quad, which must be convex.
func (q Quad) contains(p Point) bool {
	var left, right bool
	for i := range q {
		c := cross(q[i], q[(i+1)%4], p)
		left, right = left || c < 0, right || c > 0
	}
	return !left || !right
}

// hull is the convex hull of points sorted by x and then y (Andrew, Another efficient algorithm
// for convex hulls in two dimensions, 1979).
func hull(points []Point) []Point {
	if len(points) < 3 {
		return points
	}
	half := func(each func(func(Point))) []Point {
		var out []Point
		each(func(p Point) {
			for len(out) >= 2 && cross(out[len(out)-2], out[len(out)-1], p) <= 0 {
				out = out[:len(out)-1]
			}
			out = append(out, p)
		})
		return out[:len(out)-1]
	}
	lower := half(func(add func(Point)) {
		for _, p := range points {
			add(p)
		}
	})
	upper := half(func(add func(Point)) {
		for _, p := range slices.Backward(points) {
			add(p)
		}
	})
	return append(lower, upper...)
}

// A rectangle in any position: its centre, a unit vector along, and half its extent along and across.
type rectangle struct {
	centre, axis  Point
	along, across float64
}

// smallest is the rectangle of least area around a convex hull; one of its sides lies along a side
// of the hull (Freeman and Shapira, Determining the minimum-area encasing rectangle, 1975).
func smallest(h []Point) rectangle {
	best, area := rectangle{centre: h[0], axis: Point{1, 0}}, math.Inf(1)
	for i := range h {
		d := h[(i+1)%len(h)].minus(h[i])
		n := d.length()
		if n == 0 {
			continue
		}
		d = Point{d.X / n, d.Y / n}
		u0, u1, v0, v1 := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
		for _, p := range h {
			u, v := p.X*d.X+p.Y*d.Y, p.Y*d.X-p.X*d.Y
			u0, u1, v0, v1 = min(u0, u), max(u1, u), min(v0, v), max(v1, v)
		}
		if a := (u1 - u0) * (v1 - v0); a < area {
			area = a
			u, v := (u0+u1)/2, (v0+v1)/2
			best = rectangle{Point{u*d.X - v*d.Y, u*d.Y + v*d.X}, d, (u1 - u0) / 2, (v1 - v0) / 2}
		}
	}
	return best
}

// grow moves every side out by d.
func (r rectangle) grow(d float64) rectangle {
	r.along += d
	r.across += d
	return r
}

// quad orders the corners as of a line that reads from left to right: of the two corners further
// left the upper one is first.
func (r rectangle) quad() Quad {
	a, b := Point{r.axis.X * r.along, r.axis.Y * r.along}, Point{-r.axis.Y * r.across, r.axis.X * r.across}
	c := []Point{r.centre.plus(a, -1).plus(b, -1), r.centre.plus(a, 1).plus(b, -1), r.centre.plus(a, 1).plus(b, 1), r.centre.plus(a, -1).plus(b, 1)}
	slices.SortFunc(c, func(p, q Point) int {
		switch {
		case p.X < q.X:
			return -1
		case p.X > q.X:
			return 1
		}
		return 0
	})
	if c[0].Y > c[1].Y {
		c[0], c[1] = c[1], c[0]
	}
	if c[2].Y > c[3].Y {
		c[2], c[3] = c[3], c[2]
	}
	return Quad{c[0], c[2], c[3], c[1]}
}
