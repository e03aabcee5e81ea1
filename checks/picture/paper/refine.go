package paper

import (
	"math"

	"dossier/checks/picture/raster"
	"dossier/checks/picture/statistics"
)

const (
	// refinePoints is at how many places a side is measured.
	refinePoints = 80
	// leastPoints is how many of them must agree; else the side stays where the small picture has it.
	leastPoints = 12
	// steepEnough is where a steeper slope weighs no more.
	steepEnough = 25
)

// refine measures the sides of the outline in the reduced picture to parts of a pixel and returns the
// corners in its pixels.
func (o *outline) refine(r *raster.Raster, scale float64) Quad {
	rough := o.corners.scaled(scale)
	var sides [4]line
	for i, l := range o.sides {
		sides[i] = line{nx: l.nx, ny: l.ny, d: l.d * scale, across: l.across, border: l.border}
		if !l.border {
			refineSide(r, &sides[i], rough[i], rough[(i+1)%4], scale, i)
		}
	}
	out := rough
	for i := range out {
		if p, ok := meet(&sides[(i+3)%4], &sides[i]); ok {
			out[i] = p
		}
	}
	if !out.convex() {
		return rough
	}
	return out
}

// refineSide finds the steepest place across the side at many points of it, and lays a line through them
// that stragglers do not draw aside (iteratively reweighted least squares with Tukey's biweight).
func refineSide(r *raster.Raster, l *line, a, b Point, scale float64, side int) {
	reach := int(1.5*scale) + 2
	length := math.Hypot(b.X-a.X, b.Y-a.Y)
	nx, ny := -(b.Y-a.Y)/length, (b.X-a.X)/length
	// Both ways of the slope are measured; the one with more to show is the edge's.
	var points [2][]edgePoint
	for k := range refinePoints {
		f := 0.02 + 0.96*(float64(k)+0.5)/refinePoints
		x, y := a.X+f*(b.X-a.X), a.Y+f*(b.Y-a.Y)
		steepest(r, x, y, nx, ny, reach, &points)
	}
	best := points[0]
	if slopes(points[1]) > slopes(points[0]) {
		best = points[1]
	}
	if len(best) < leastPoints {
		return
	}
	intercept, tilt, ok := robustLine(best, l.across)
	if ok {
		l.set(intercept, tilt)
	}
}

// An edgePoint is a place on an edge and how steep it is.
type edgePoint struct {
	Point
	slope float64
}

func slopes(points []edgePoint) (sum float64) {
	for _, p := range points {
		sum += min(p.slope, steepEnough)
	}
	return sum
}

// steepest looks along the normal through a point and adds the steepest rise and the steepest fall.
func steepest(r *raster.Raster, x, y, nx, ny float64, reach int, to *[2][]edgePoint) {
	n := 2*reach + 3
	profile := make([][3]float64, n)
	for i := range profile {
		u := float64(i - reach - 1)
		c, ok := bilinear(r, x+u*nx, y+u*ny)
		if !ok {
			if i == 0 || i == n-1 {
				c = profile[max(0, i-1)]
			} else if i > 0 {
				c = profile[i-1]
			}
		}
		profile[i] = c
	}
	slope := func(i int) float64 {
		var best float64
		for c := range 3 {
			if d := (profile[i+1][c] - profile[i-1][c]) / 2; math.Abs(d) > math.Abs(best) {
				best = d
			}
		}
		return best
	}
	for way, sign := range [2]float64{1, -1} {
		at, top := 0, float64(leastSlope)
		for i := 1; i < n-1; i++ {
			if s := sign * slope(i); s > top {
				at, top = i, s
			}
		}
		if at < 2 || at > n-3 {
			continue
		}
		// The vertex of the parabola through three slopes.
		before, after := sign*slope(at-1), sign*slope(at+1)
		shift := 0.0
		if bend := before - 2*top + after; bend < 0 {
			shift = max(-0.5, min(0.5, (before-after)/(2*bend)))
		}
		u := float64(at-reach-1) + shift
		to[way] = append(to[way], edgePoint{Point{x + u*nx, y + u*ny}, top})
	}
}

// bilinear samples the raster between the centres of its pixels.
func bilinear(r *raster.Raster, x, y float64) (c [3]float64, ok bool) {
	x, y = x-0.5, y-0.5
	if !(x >= 0 && y >= 0 && x <= float64(r.Width-1) && y <= float64(r.Height-1)) {
		return c, false
	}
	i, j := min(int(x), max(0, r.Width-2)), min(int(y), max(0, r.Height-2))
	fx, fy := x-float64(i), y-float64(j)
	right, below := min(1, r.Width-1-i)*3, min(1, r.Height-1-j)*3*r.Width
	p := r.Pixels[3*(j*r.Width+i):]
	for k := range 3 {
		top := float64(p[k])*(1-fx) + float64(p[k+right])*fx
		bottom := float64(p[k+below])*(1-fx) + float64(p[k+below+right])*fx
		c[k] = top*(1-fy) + bottom*fy
	}
	return c, true
}

// robustLine returns the other coordinate as intercept + tilt * axis.
func robustLine(points []edgePoint, across bool) (intercept, tilt float64, ok bool) {
	weights := make([]float64, len(points))
	for i, p := range points {
		weights[i] = min(p.slope, steepEnough)
	}
	rest, ranked := make([]float64, len(points)), make([]float64, len(points))
	for range 6 {
		var n, st, su, stt, stu float64
		for i, p := range points {
			t, u, w := p.X, p.Y, weights[i]
			if !across {
				t, u = u, t
			}
			n, st, su, stt, stu = n+w, st+w*t, su+w*u, stt+w*t*t, stu+w*t*u
		}
		det := n*stt - st*st
		if n == 0 || det < 1e-9*n*n {
			return 0, 0, false
		}
		tilt = (n*stu - st*su) / det
		intercept = (su - tilt*st) / n
		for i, p := range points {
			t, u := p.X, p.Y
			if !across {
				t, u = u, t
			}
			rest[i] = math.Abs(u - intercept - tilt*t)
		}
		copy(ranked, rest)
		// 4.685 deviations keep 95 % of the efficiency; 1.4826 turns the median into a deviation.
		reach := 4.685 * max(0.15, 1.4826*statistics.Median(ranked))
		for i, p := range points {
			weights[i] = 0
			if x := rest[i] / reach; x < 1 {
				weights[i] = min(p.slope, steepEnough) * (1 - x*x) * (1 - x*x)
			}
		}
	}
	return intercept, tilt, true
}
