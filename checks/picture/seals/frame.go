package seals

import (
	"math"
	"slices"
)

// A frame is a square or rectangular chop: four corners in the order of the clock, and what the plane
// shows along and within its sides, as in a ring.
type frame struct {
	corners                        [4]point
	covered, clean, line, strength float64
	weakest                        float64 // covered of the side that has least
	density                        float64
}

// The frames that are tried. Square chops of a company's finance or its legal representative have sides of
// 18 to 25 mm, stamps with a word or a table of up to 80: more than a third of the picture is a table's frame.
const (
	leastSide   = 16 // pixels of a plane
	mostPart    = 1.0 / 3
	leastAspect = 0.25 // of stamps that say "paid"; below it a frame is a box of a form
	chopAspect  = 0.5  // flatter ones are no company's chop
)

// frameOf finds the frame on which the outermost points of a group lie.
func frameOf(p *plane, points []point) (frame, bool) {
	if len(points) < 4*leastSide/2 || !p.framed(points) {
		return frame{}, false
	}
	f, ok := fitFrame(points)
	if !ok || !f.plausible(p) {
		return f, false
	}
	f.measure(p)
	return f, f.believable()
}

// framed says that the points span a box that a frame, turned or not, could have.
func (p *plane) framed(points []point) bool {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, q := range points {
		x0, y0, x1, y1 = min(x0, q.x), min(y0, q.y), max(x1, q.x), max(y1, q.y)
	}
	short, long := min(x1-x0, y1-y0), max(x1-x0, y1-y0)
	// The box of a turned rectangle is nearer to a square than itself, and by up to 1.4 larger.
	return short >= leastSide && short >= leastAspect*long && long <= math.Sqrt2*mostPart*float64(max(p.w, p.h))
}

// fitFrame turns a rectangle about the points until most of them lie on its sides, and then fits each side
// to its own: a photograph makes them unequal.
func fitFrame(points []point) (frame, bool) {
	const step = 1.5 * math.Pi / 180
	// The turn is found with some of them.
	some := points
	if most := 160; len(points) > most {
		some = make([]point, most)
		for i := range some {
			some[i] = points[i*len(points)/most]
		}
	}
	best, turn := 0, 0.0
	for a := -45 * math.Pi / 180; a < 45*math.Pi/180; a += step {
		n := 0
		for _, side := range sides(some, a, 2) {
			n += len(side)
		}
		if n > best {
			best, turn = n, a
		}
	}
	if 5*best < 2*len(some) {
		return frame{}, false
	}
	var lines [4]line
	for i, side := range sides(points, turn, 3) {
		l, ok := fitLine(side)
		if !ok {
			return frame{}, false
		}
		lines[i] = l
	}
	var f frame
	for i := range 4 {
		q, ok := lines[i].meets(lines[(i+1)%4])
		if !ok {
			return frame{}, false
		}
		f.corners[i] = q
	}
	return f, true
}

// sides gives the points within a distance of each side of the rectangle about all points that is turned
// by an angle: the upper, right, lower and left one. One point in 64 may lie outside it.
func sides(points []point, turn, within float64) (out [4][]point) {
	s, c := math.Sincos(turn)
	across, down := make([]float64, len(points)), make([]float64, len(points))
	for i, q := range points {
		across[i], down[i] = q.x*c+q.y*s, q.y*c-q.x*s
	}
	u0, u1 := nearEnds(across)
	v0, v1 := nearEnds(down)
	for i, q := range points {
		for k, d := range [4]float64{down[i] - v0, u1 - across[i], v1 - down[i], across[i] - u0} {
			if math.Abs(d) <= within {
				out[k] = append(out[k], q)
				break
			}
		}
	}
	return out
}

// nearEnds is the value that one in 64 is below and the one that one in 64 is above.
func nearEnds(values []float64) (low, high float64) {
	// The few lowest and highest, in order: sorting them all would take most of the search's time.
	n := len(values)/64 + 1
	lows, highs := make([]float64, 0, n+1), make([]float64, 0, n+1)
	for _, v := range values {
		if len(lows) < n || v < lows[n-1] {
			at, _ := slices.BinarySearch(lows, v)
			lows = slices.Insert(lows, at, v)[:min(n, len(lows)+1)]
		}
		if len(highs) < n || v > highs[0] {
			at, _ := slices.BinarySearch(highs, v)
			highs = slices.Insert(highs, at, v)
			highs = highs[len(highs)-min(n, len(highs)):]
		}
	}
	return lows[len(lows)-1], highs[0]
}

// A line is the points with nx x + ny y = d; (nx, ny) has length 1.
type line struct{ nx, ny, d float64 }

// fitLine is the line of least squared distances.
func fitLine(points []point) (line, bool) {
	if len(points) < 4 {
		return line{}, false
	}
	var mx, my, xx, xy, yy float64
	for _, p := range points {
		mx += p.x / float64(len(points))
		my += p.y / float64(len(points))
	}
	for _, p := range points {
		xx += (p.x - mx) * (p.x - mx)
		xy += (p.x - mx) * (p.y - my)
		yy += (p.y - my) * (p.y - my)
	}
	along := math.Atan2(2*xy, xx-yy) / 2
	s, c := math.Sincos(along)
	return line{-s, c, -s*mx + c*my}, true
}

func (l line) meets(o line) (point, bool) {
	det := l.nx*o.ny - l.ny*o.nx
	if math.Abs(det) < 0.5 { // sides that meet at less than 30 degrees
		return point{}, false
	}
	return point{(l.d*o.ny - o.d*l.ny) / det, (l.nx*o.d - o.nx*l.d) / det}, true
}

func (f *frame) side(i int) (a, b point, length float64) {
	a, b = f.corners[i], f.corners[(i+1)%4]
	return a, b, math.Hypot(b.x-a.x, b.y-a.y)
}

func (f *frame) plausible(p *plane) bool {
	for i := range 2 {
		_, _, a := f.side(i)
		_, _, b := f.side(i + 2)
		// Opposite sides are alike, but for what perspective does.
		if min(a, b) < leastSide || max(a, b) > mostPart*float64(max(p.w, p.h)) || min(a, b) < 0.8*max(a, b) {
			return false
		}
	}
	return f.aspect() >= leastAspect
}

// aspect is the shorter side as part of the longer.
func (f *frame) aspect() float64 {
	_, _, w := f.side(0)
	_, _, h := f.side(1)
	return min(w, h) / max(w, h)
}

// measure looks across each side at a number of places, as ring's does along the rays.
func (f *frame) measure(p *plane) {
	const places = 24
	var peaks []int
	covered, clean, line := 0, 0, 0
	f.weakest = 1
	for i := range 4 {
		a, b, length := f.side(i)
		nx, ny := -(b.y-a.y)/length, (b.x-a.x)/length // inward: the corners follow the clock
		n := 0
		for k := range places {
			t := (float64(k) + 0.5) / places
			x, y := a.x+t*(b.x-a.x), a.y+t*(b.y-a.y)
			r := across(p, point{x, y}, -nx, -ny, 2, 3)
			if r.peak < p.least {
				continue
			}
			n++
			peaks = append(peaks, r.peak)
			if 2*r.beyond <= r.peak {
				clean++
			}
			if 10*r.within <= 7*r.peak {
				line++
			}
		}
		covered += n
		f.weakest = min(f.weakest, float64(n)/places)
	}
	f.covered = float64(covered) / (4 * places)
	f.clean = float64(clean) / (4 * places)
	f.line = float64(line) / float64(max(1, covered))
	f.strength = median(peaks)
	f.density = f.inside(p)
}

// across looks across a line at one of its points, from within outward.
func across(p *plane, at point, outX, outY, slack, width float64) (r ray) {
	r.within = math.MaxInt
	sum, n := 0, 0
	for d := -slack - width - 2; d <= slack+width; d++ {
		v := p.at(at.x+d*outX, at.y+d*outY)
		if v < 0 {
			continue
		}
		switch {
		case d < -slack:
			r.within = min(r.within, v)
		case d <= slack:
			if v > r.peak {
				r.peak, r.stray = v, d
			}
		case d > slack+1:
			sum += v
			n++
		}
	}
	if n > 0 {
		r.beyond = sum / n
	}
	return r
}

// inside is the share of the inner four fifths that has ink.
func (f *frame) inside(p *plane) float64 {
	const steps = 32
	ink, n := 0, 0
	for i := range steps {
		for k := range steps {
			s, t := 0.1+0.8*float64(i)/(steps-1), 0.1+0.8*float64(k)/(steps-1)
			c := f.corners
			x := (1-t)*((1-s)*c[0].x+s*c[1].x) + t*((1-s)*c[3].x+s*c[2].x)
			y := (1-t)*((1-s)*c[0].y+s*c[1].y) + t*((1-s)*c[3].y+s*c[2].y)
			if v := p.at(x, y); v >= 0 {
				n++
				if v >= p.least {
					ink++
				}
			}
		}
	}
	return float64(ink) / float64(max(1, n))
}

// believable says that a frame is a chop's: closed but for a weak side, nothing beyond it, and characters
// within.
func (f *frame) believable() bool {
	return f.weakest >= 0.3 && f.covered >= 0.8 && f.clean >= 0.8 && f.line >= 0.8 && f.density >= 0.08 && f.density <= 0.6
}

func (f *frame) confidence() float64 { return 0.4*f.covered + 0.4*f.clean + 0.2*f.line }

// box is the smallest upright rectangle about the frame.
func (f *frame) box() (x0, y0, x1, y1 float64) {
	c := f.corners
	xs, ys := []float64{c[0].x, c[1].x, c[2].x, c[3].x}, []float64{c[0].y, c[1].y, c[2].y, c[3].y}
	return slices.Min(xs), slices.Min(ys), slices.Max(xs), slices.Max(ys)
}
