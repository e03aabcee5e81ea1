package preview

import "math"

// A laying says where in the preview each pixel of the picture is found: x' = ax*x + bx, y' = ay*y + by.
type laying struct{ ax, bx, ay, by float64 }

// Reach of the alignment: cameras cut up to 15 per cent of the edges off their thumbnails.
const (
	maxStretch = 0.2
	maxShift   = 0.12 // of the longer side
)

// align finds the laying that makes p fit a best, beginning with start, whose shifts are fractions of the size, by Gauss-Newton steps on the brightness
// (Lucas and Kanade 1981) in which large residuals weigh less, so that a change does not pull.
func align(a, p *plane, start laying) laying {
	l := laying{start.ax, start.bx * float64(a.w), start.ay, start.by * float64(a.h)}
	best, bestError := l, math.Inf(1)
	for range 16 {
		q := l.apply(p)
		gain, offset := gainOf(a, q)
		var m [4][5]float64 // normal equations
		var sum float64
		for y := 1; y < a.h-1; y++ {
			for x := 1; x < a.w-1; x++ {
				i := y*a.w + x
				r := float64(a.v[i]) - gain*float64(q.v[i]) - offset
				weight := 1 / (1 + r*r/100) // a residual of ten levels counts half
				sum += min(r*r, 900)
				gx := gain * float64(q.v[i+1]-q.v[i-1]) / 2
				gy := gain * float64(q.v[i+a.w]-q.v[i-a.w]) / 2
				j := [4]float64{gx * float64(x), gx, gy * float64(y), gy}
				for s := range 4 {
					for t := range 4 {
						m[s][t] += weight * j[s] * j[t]
					}
					m[s][4] += weight * j[s] * r
				}
			}
		}
		if sum < bestError*0.999 {
			best, bestError = l, sum
		} else {
			break
		}
		step, ok := solve(m)
		if !ok {
			break
		}
		l.ax += step[0]
		l.bx += step[1]
		l.ay += step[2]
		l.by += step[3]
		reach := maxShift * float64(max(a.w, a.h))
		mx, my := float64(a.w)/2, float64(a.h)/2
		if math.Abs(l.ax-1) > maxStretch || math.Abs(l.ay-1) > maxStretch ||
			math.Abs(l.ax*mx+l.bx-mx) > reach || math.Abs(l.ay*my+l.by-my) > reach {
			break
		}
	}
	return best
}

// gainOf returns the line that maps q onto a best, within what rendering and correction explain.
func gainOf(a, q *plane) (gain, offset float64) {
	var sa, sq, sqq, saq float64
	n := float64(len(a.v))
	for i := range a.v {
		x, y := float64(q.v[i]), float64(a.v[i])
		sq += x
		sa += y
		sqq += x * x
		saq += x * y
	}
	gain = 1
	if v := sqq - sq*sq/n; v > n {
		gain = min(max((saq-sq*sa/n)/v, 0.4), 2.5)
	}
	return gain, sa/n - gain*sq/n
}

// solve solves four equations by elimination with pivots; not ok if they say too little.
func solve(m [4][5]float64) (x [4]float64, ok bool) {
	for i := range 4 {
		k := i
		for j := i + 1; j < 4; j++ {
			if math.Abs(m[j][i]) > math.Abs(m[k][i]) {
				k = j
			}
		}
		if math.Abs(m[k][i]) < 1e-3 {
			return x, false
		}
		m[i], m[k] = m[k], m[i]
		for j := i + 1; j < 4; j++ {
			f := m[j][i] / m[i][i]
			for c := i; c < 5; c++ {
				m[j][c] -= f * m[i][c]
			}
		}
	}
	for i := 3; i >= 0; i-- {
		x[i] = m[i][4]
		for j := i + 1; j < 4; j++ {
			x[i] -= m[i][j] * x[j]
		}
		x[i] /= m[i][i]
	}
	return x, true
}

// apply returns p as it lies over the picture.
func (l laying) apply(p *plane) *plane {
	out := &plane{p.w, p.h, make([]float32, len(p.v))}
	for y := range p.h {
		py := l.ay*float64(y) + l.by
		for x := range p.w {
			out.v[y*p.w+x] = p.at(l.ax*float64(x)+l.bx, py)
		}
	}
	return out
}

// blank clears differences where the laying reaches beyond the preview, and along the rim, where
// the preview's own edge was filtered.
func (l laying) blank(d *plane) {
	const rim = 2
	for y := range d.h {
		py := l.ay*float64(y) + l.by
		for x := range d.w {
			px := l.ax*float64(x) + l.bx
			if x < rim || y < rim || x >= d.w-rim || y >= d.h-rim ||
				px < 0.5 || py < 0.5 || px > float64(d.w)-1.5 || py > float64(d.h)-1.5 {
				d.v[y*d.w+x] = 0
			}
		}
	}
}
