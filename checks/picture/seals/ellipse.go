package seals

import "math"

// A point lies in a plane; the centre of its first pixel is (0.5, 0.5).
type point struct{ x, y float64 }

// An ellipse has its centre, its half axes (a >= b > 0) and the direction of the longer, in radians
// clockwise from the horizontal.
type ellipse struct {
	cx, cy, a, b, turn float64
}

// at is the point of the ellipse's rim at an angle, blown up by a factor.
func (e ellipse) at(angle, by float64) point {
	s, c := math.Sincos(angle)
	st, ct := math.Sincos(e.turn)
	u, v := e.a*by*c, e.b*by*s
	return point{e.cx + u*ct - v*st, e.cy + u*st + v*ct}
}

// radius is how far out a point lies, 1 on the rim; and its angle as at takes it.
func (e ellipse) radius(p point) (r, angle float64) {
	st, ct := math.Sincos(e.turn)
	x, y := p.x-e.cx, p.y-e.cy
	u, v := (x*ct+y*st)/e.a, (-x*st+y*ct)/e.b
	return math.Hypot(u, v), math.Atan2(v, u)
}

// box is the smallest upright rectangle about the ellipse.
func (e ellipse) box() (x0, y0, x1, y1 float64) {
	st, ct := math.Sincos(e.turn)
	w := math.Hypot(e.a*ct, e.b*st)
	h := math.Hypot(e.a*st, e.b*ct)
	return e.cx - w, e.cy - h, e.cx + w, e.cy + h
}

// conic fits the ellipse A x^2 + B xy + C y^2 + D x + E y = 1 to at least five points, by least squares;
// the points are moved and scaled first, else the sums would be badly conditioned. It reports whether
// what came out is an ellipse.
func conic(points []point) (ellipse, bool) {
	if len(points) < 5 {
		return ellipse{}, false
	}
	var mx, my, spread float64
	for _, p := range points {
		mx += p.x / float64(len(points))
		my += p.y / float64(len(points))
	}
	for _, p := range points {
		spread += math.Hypot(p.x-mx, p.y-my) / float64(len(points))
	}
	if spread == 0 {
		return ellipse{}, false
	}
	var m [5][6]float64
	for _, p := range points {
		x, y := (p.x-mx)/spread, (p.y-my)/spread
		v := [6]float64{x * x, x * y, y * y, x, y, 1}
		for i := range 5 {
			for j := range 6 {
				m[i][j] += v[i] * v[j]
			}
		}
	}
	s, ok := solve(&m)
	if !ok {
		return ellipse{}, false
	}
	e, ok := canonical(s[0], s[1], s[2], s[3], s[4])
	return ellipse{e.cx*spread + mx, e.cy*spread + my, e.a * spread, e.b * spread, e.turn}, ok
}

// solve solves five linear equations by elimination with row pivots.
func solve(m *[5][6]float64) (x [5]float64, ok bool) {
	for i := range 5 {
		pivot := i
		for j := i + 1; j < 5; j++ {
			if math.Abs(m[j][i]) > math.Abs(m[pivot][i]) {
				pivot = j
			}
		}
		m[i], m[pivot] = m[pivot], m[i]
		if math.Abs(m[i][i]) < 1e-12 {
			return x, false
		}
		for j := i + 1; j < 5; j++ {
			f := m[j][i] / m[i][i]
			for k := i; k < 6; k++ {
				m[j][k] -= f * m[i][k]
			}
		}
	}
	for i := 4; i >= 0; i-- {
		x[i] = m[i][5]
		for j := i + 1; j < 5; j++ {
			x[i] -= m[i][j] * x[j]
		}
		x[i] /= m[i][i]
	}
	return x, true
}

// canonical turns a conic A x^2 + B xy + C y^2 + D x + E y = 1 into an ellipse.
func canonical(a, b, c, d, e float64) (ellipse, bool) {
	det := 4*a*c - b*b
	if !(det > 1e-9) {
		return ellipse{}, false
	}
	cx, cy := (b*e-2*c*d)/det, (b*d-2*a*e)/det
	f := 1 - (d*cx+e*cy)/2 // the value of the quadratic part on the rim, about the centre
	mean, half := (a+c)/2, math.Hypot((a-c)/2, b/2)
	small, large := (mean-half)/f, (mean+half)/f
	if small > large {
		small, large = large, small
	}
	if !(small > 0) || math.IsInf(large, 0) {
		return ellipse{}, false
	}
	// The longer axis belongs to the smaller eigenvalue.
	turn := math.Atan2(b, a-c)/2 + math.Pi/2
	if f < 0 {
		turn -= math.Pi / 2
	}
	return ellipse{cx, cy, 1 / math.Sqrt(small), 1 / math.Sqrt(large), turn}, true
}

// circle is the circle through three points.
func circle(p, q, r point) (ellipse, bool) {
	ax, ay, bx, by := q.x-p.x, q.y-p.y, r.x-p.x, r.y-p.y
	d := 2 * (ax*by - ay*bx)
	if math.Abs(d) < 1e-6 {
		return ellipse{}, false
	}
	ux := (by*(ax*ax+ay*ay) - ay*(bx*bx+by*by)) / d
	uy := (ax*(bx*bx+by*by) - bx*(ax*ax+ay*ay)) / d
	rad := math.Hypot(ux, uy)
	return ellipse{p.x + ux, p.y + uy, rad, rad, 0}, true
}
