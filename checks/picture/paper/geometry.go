package paper

import "math"

// convex reports whether the corners go round in the order of the clock without a dent.
func (q Quad) convex() bool {
	for i := range q {
		a, b, c := q[i], q[(i+1)%4], q[(i+2)%4]
		if (b.X-a.X)*(c.Y-b.Y)-(b.Y-a.Y)*(c.X-b.X) <= 0 {
			return false
		}
	}
	return true
}

// A polygon is a closed line of corners.
type polygon []Point

// area is the polygon's area (the shoelace formula).
func (p polygon) area() float64 {
	var sum float64
	for i, a := range p {
		b := p[(i+1)%len(p)]
		sum += a.X*b.Y - b.X*a.Y
	}
	return math.Abs(sum) / 2
}

// clipped is the part of the quad within a picture of that size (Sutherland and Hodgman, 1974).
func (q Quad) clipped(w, h float64) polygon {
	p := polygon(q[:])
	for _, inside := range []func(Point) float64{
		func(p Point) float64 { return p.X },
		func(p Point) float64 { return w - p.X },
		func(p Point) float64 { return p.Y },
		func(p Point) float64 { return h - p.Y },
	} {
		var out polygon
		for i, a := range p {
			b := p[(i+1)%len(p)]
			da, db := inside(a), inside(b)
			if da >= 0 {
				out = append(out, a)
			}
			if da >= 0 != (db >= 0) {
				f := da / (da - db)
				out = append(out, Point{a.X + f*(b.X-a.X), a.Y + f*(b.Y-a.Y)})
			}
		}
		p = out
	}
	return p
}

// Side is the length of a side, in the pixels of the corners; see Top, Right, Bottom, Left.
func (q Quad) Side(i int) float64 {
	a, b := q[i], q[(i+1)%4]
	return math.Hypot(b.X-a.X, b.Y-a.Y)
}

// scaled multiplies the corners.
func (q Quad) scaled(by float64) Quad {
	for i := range q {
		q[i].X *= by
		q[i].Y *= by
	}
	return q
}

// A Homography is a projective map of the plane, row by row.
type Homography [9]float64

// Map sends a point through.
func (h *Homography) Map(p Point) Point {
	w := h[6]*p.X + h[7]*p.Y + h[8]
	return Point{(h[0]*p.X + h[1]*p.Y + h[2]) / w, (h[3]*p.X + h[4]*p.Y + h[5]) / w}
}

// FromUnit is the map that sends the unit square to the quad (Heckbert, Fundamentals of Texture Mapping and
// Image Warping, 1989). A quad with three corners on a line gives a map that flattens.
func (q Quad) FromUnit() Homography {
	dx1, dx2 := q[1].X-q[2].X, q[3].X-q[2].X
	dy1, dy2 := q[1].Y-q[2].Y, q[3].Y-q[2].Y
	sx, sy := q[0].X-q[1].X+q[2].X-q[3].X, q[0].Y-q[1].Y+q[2].Y-q[3].Y
	det := dx1*dy2 - dx2*dy1
	if det == 0 {
		return Homography{q[1].X - q[0].X, q[3].X - q[0].X, q[0].X, q[1].Y - q[0].Y, q[3].Y - q[0].Y, q[0].Y, 0, 0, 1}
	}
	g, h := (sx*dy2-dx2*sy)/det, (dx1*sy-sx*dy1)/det
	return Homography{
		q[1].X - q[0].X + g*q[1].X, q[3].X - q[0].X + h*q[3].X, q[0].X,
		q[1].Y - q[0].Y + g*q[1].Y, q[3].Y - q[0].Y + h*q[3].Y, q[0].Y,
		g, h, 1,
	}
}

// Inverse undoes h; a map that flattens the plane has none, and then every point maps to NaN.
func (h *Homography) Inverse() Homography {
	c := Homography{
		h[4]*h[8] - h[5]*h[7], h[2]*h[7] - h[1]*h[8], h[1]*h[5] - h[2]*h[4],
		h[5]*h[6] - h[3]*h[8], h[0]*h[8] - h[2]*h[6], h[2]*h[3] - h[0]*h[5],
		h[3]*h[7] - h[4]*h[6], h[1]*h[6] - h[0]*h[7], h[0]*h[4] - h[1]*h[3],
	}
	det := h[0]*c[0] + h[1]*c[3] + h[2]*c[6]
	for i := range c {
		c[i] /= det
	}
	return c
}

// finite reports whether the corners are numbers that pixels can have.
func (q Quad) finite() bool {
	for _, p := range q {
		if !(math.Abs(p.X) < 1e6 && math.Abs(p.Y) < 1e6) {
			return false
		}
	}
	return true
}

// bounds is the upright rectangle around the quad.
func (q Quad) bounds() (x0, y0, x1, y1 float64) {
	x0, y0, x1, y1 = q[0].X, q[0].Y, q[0].X, q[0].Y
	for _, p := range q[1:] {
		x0, y0, x1, y1 = min(x0, p.X), min(y0, p.Y), max(x1, p.X), max(y1, p.Y)
	}
	return x0, y0, x1, y1
}

// near reports whether all corners lie within so many pixels of another's.
func (q Quad) near(p Quad, pixels float64) bool {
	for i := range q {
		if math.Hypot(q[i].X-p[i].X, q[i].Y-p[i].Y) > pixels {
			return false
		}
	}
	return true
}

// holds reports whether another quad lies within this one, but for so many pixels.
func (q Quad) holds(p Quad, pixels float64) bool {
	for i := range q {
		a, b := q[i], q[(i+1)%4]
		for _, c := range p {
			if (b.X-a.X)*(c.Y-a.Y)-(b.Y-a.Y)*(c.X-a.X) < -pixels*q.Side(i) {
				return false
			}
		}
	}
	return true
}
