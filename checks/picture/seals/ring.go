package seals

import (
	"math"
	"math/rand/v2"
)

// angles is how many places of a ring are looked at.
const angles = 96

// The shapes that are tried: half axes from leastRadius pixels of a plane on, and no flatter than
// leastRatio: an oval chop has 0.67 (45 x 30 mm), seen at 30 degrees 0.58.
const (
	strongRadius = 10
	faintRadius  = 16
	leastRatio   = 0.5
)

// leastRadius is the least half axis that can be told from chance, with ink of the strength that counts.
func (p *plane) leastRadius() int {
	if p.least < strong {
		return faintRadius
	}
	return strongRadius
}

// tries is how many ellipses are drawn through points of a group. Half of the outermost points of a chop
// that lies over another, or over red print, are its own: one in 32 sets of five is good, and of 260
// there is none with a probability of 0.03 %.
const tries = 260

// ringsOf finds the rings that the outermost points of a group lie on, one after the other.
func ringsOf(p *plane, points []point, v view, rnd *rand.Rand) []ring {
	var found []ring
	for range 4 { // more chops do not lie over each other
		if len(points) < 24 {
			break
		}
		e, ok := bestEllipse(p, points, rnd)
		if !ok {
			break
		}
		r := measure(p, e)
		r.ratio, r.diameterMM = v.proportions(e)
		if r.believable() {
			found = append(found, r)
		}
		// What is explained is taken away, seal or not, so that another can be seen.
		rest := points[:0:0]
		for _, q := range points {
			if d, _ := e.radius(q); math.Abs(d-1)*e.b > 3 {
				rest = append(rest, q)
			}
		}
		if len(rest) == len(points) {
			break
		}
		points = rest
	}
	return found
}

// bestEllipse draws ellipses through a few points each, takes the one on which most angles have a point
// (Fischler and Bolles, "Random sample consensus", 1981), and fits it to those points.
func bestEllipse(p *plane, points []point, rnd *rand.Rand) (ellipse, bool) {
	var best ellipse
	most := 0
	for i := range tries {
		// Half of the sets are of points near each other: the group may be a row of chops.
		within := math.Inf(1)
		if i%2 == 0 {
			within = float64(uint(4*strongRadius) << rnd.IntN(4))
		}
		set := sample(points, within, rnd)
		var e ellipse
		var ok bool
		if i%3 == 0 { // most chops are round, and three points are more often all good than five
			e, ok = circle(set[0], set[1], set[2])
		} else {
			e, ok = conic(set[:])
		}
		if !ok || !e.plausible(p) {
			continue
		}
		if n := e.support(points, 1.5); n > most {
			best, most = e, n
		}
	}
	if most < supportBins*2/5 {
		return best, false
	}
	for _, tolerance := range []float64{3, 2, 1.5} {
		var near []point
		for _, q := range points {
			if d, _ := best.radius(q); math.Abs(d-1)*(best.a+best.b)/2 <= tolerance {
				near = append(near, q)
			}
		}
		if e, ok := conic(near); ok && e.plausible(p) && e.support(points, tolerance) >= best.support(points, tolerance)-2 {
			best = e
		}
	}
	return best, true
}

// sample draws five points, the others within a distance of the first where that many are soon met.
func sample(points []point, within float64, rnd *rand.Rand) (set [5]point) {
	set[0] = points[rnd.IntN(len(points))]
	for i := 1; i < len(set); i++ {
		for range 6 {
			set[i] = points[rnd.IntN(len(points))]
			if math.Abs(set[i].x-set[0].x) <= within && math.Abs(set[i].y-set[0].y) <= within {
				break
			}
		}
	}
	return set
}

// plausible says that an ellipse has the size and proportions of a chop, and that most of it lies in the
// picture.
func (e ellipse) plausible(p *plane) bool {
	if e.b < float64(p.leastRadius()) || e.b < leastRatio*e.a || e.a > 0.5*float64(max(p.w, p.h)) {
		return false
	}
	return e.cx > -e.b/4 && e.cy > -e.b/4 && e.cx < float64(p.w)+e.b/4 && e.cy < float64(p.h)+e.b/4
}

const supportBins = 48

// support is at how many of supportBins angles a point lies within the tolerance, in pixels.
func (e ellipse) support(points []point, tolerance float64) int {
	var bins [supportBins]bool
	// The squares of the least and the most radius, as parts of the ellipse's own.
	slack := tolerance / ((e.a + e.b) / 2)
	least, most := max(0, 1-slack)*max(0, 1-slack), (1+slack)*(1+slack)
	st, ct := math.Sincos(e.turn)
	for _, q := range points {
		x, y := q.x-e.cx, q.y-e.cy
		u, v := (x*ct+y*st)/e.a, (y*ct-x*st)/e.b
		if r := u*u + v*v; r < least || r > most {
			continue // as most points are of most ellipses
		}
		angle := math.Atan2(v, u)
		bins[min(supportBins-1, int((angle+math.Pi)/(2*math.Pi)*supportBins))] = true
	}
	n := 0
	for _, b := range bins {
		if b {
			n++
		}
	}
	return n
}

// A ring is an ellipse with what the plane shows along and within it. Shares are of the angles that lie
// in the picture.
type ring struct {
	ellipse
	visible  float64 // share of the angles that lie in the picture
	covered  float64 // share with ink on the rim
	clean    float64 // share with ink on the rim and little beyond it
	line     float64 // share of the covered in which the ink ends inward too: a line, not a disc
	strength float64 // median ink on the rim, as the plane has it
	rough    float64 // how far the middle of the line strays from the ellipse, rms, as part of the radius
	density  float64 // share of the inside, up to nine tenths, that has ink
	text     float64 // share of the angles with ink in the band where text stands
	strokes  float64 // changes between ink and paper along the circle in the middle of that band
	blot     float64 // share of the middle half of the radius that has ink
	star     float64 // see starIn
	// The proportions and the longest diameter as the paper, if it was found, has them.
	ratio, diameterMM float64
}

// measure looks along the rays of an ellipse.
func measure(p *plane, e ellipse) ring {
	r := ring{ellipse: e}
	var peaks []int
	var strays float64
	visible, covered, clean, line := 0, 0, 0, 0
	for i := range angles {
		a := 2 * math.Pi * float64(i) / angles
		ray, ok := e.ray(p, a)
		if !ok {
			continue
		}
		visible++
		if ray.peak < p.least {
			continue
		}
		covered++
		peaks = append(peaks, ray.peak)
		strays += ray.stray * ray.stray
		if ray.beyond*2 <= ray.peak {
			clean++
		}
		if 10*ray.within <= 7*ray.peak {
			line++
		}
	}
	if visible == 0 {
		return r
	}
	r.visible = float64(visible) / angles
	r.covered = float64(covered) / float64(visible)
	r.clean = float64(clean) / float64(visible)
	r.line = float64(line) / float64(max(1, covered))
	r.strength = median(peaks)
	r.rough = math.Sqrt(strays / float64(max(1, covered)))
	// Text is thinner than the rim and fainter where the picture is small.
	r.inside(p, min(p.least, max(6, int(r.strength/3))))
	r.star = starIn(p, e)
	return r
}

// A ray is the ink met on the way out from the centre: the most on the rim, the least just within it, and
// the mean just beyond it; and how far the most lies from the ellipse, as part of the radius.
type ray struct {
	peak, within, beyond int
	stray                float64
}

func (e ellipse) ray(p *plane, angle float64) (r ray, ok bool) {
	rim := e.at(angle, 1)
	length := math.Hypot(rim.x-e.cx, rim.y-e.cy)
	dx, dy := (rim.x-e.cx)/length, (rim.y-e.cy)/length
	if p.at(rim.x, rim.y) < 0 {
		return r, false
	}
	// The rim is found to a pixel or two; a ring is at most 1.3 mm wide, 0.06 of its radius.
	slack := max(2, 0.05*length)
	width := max(2, 0.07*length)
	r = across(p, rim, dx, dy, slack, width)
	r.stray /= length
	return r, true
}

// Where the text of a chop's arc stands, as parts of its radius.
const (
	textInner = 0.62
	textOuter = 0.88
)

// inside measures what is within the rim.
func (r *ring) inside(p *plane, least int) {
	total, ink, middle, blot := 0, 0, 0, 0
	var band [angles]bool
	var bandSeen [angles]bool
	for i := range angles {
		a := 2 * math.Pi * float64(i) / angles
		for by := 0.05; by <= 0.9; by += 0.05 {
			q := r.at(a, by)
			v := p.at(q.x, q.y)
			if v < 0 {
				continue
			}
			// A step of a ray stands for an area that grows with its distance.
			weight := int(100 * by)
			total += weight
			if by <= 0.5 {
				middle += weight
			}
			if by >= textInner && by <= textOuter {
				bandSeen[i] = true
			}
			if v < least {
				continue
			}
			ink += weight
			if by <= 0.5 {
				blot += weight
			}
			if by >= textInner && by <= textOuter {
				band[i] = true
			}
		}
	}
	seen, full := 0, 0
	for i := range band {
		if bandSeen[i] {
			seen++
			if band[i] {
				full++
			}
		}
	}
	r.density = float64(ink) / float64(max(1, total))
	r.blot = float64(blot) / float64(max(1, middle))
	r.text = float64(full) / float64(max(1, seen))
	r.strokes = r.changes(p, least)
}

// changes counts the changes between ink and paper along three circles of the band of text and gives the
// most: a ring of separate characters has two or more a character.
func (r *ring) changes(p *plane, least int) float64 {
	most := 0
	for _, by := range []float64{0.68, 0.75, 0.82} {
		steps := int(2 * math.Pi * r.a * by)
		n, before := 0, false
		for i := range steps {
			q := r.at(2*math.Pi*float64(i)/float64(steps), by)
			now := p.at(q.x, q.y) >= least
			if i > 0 && now != before {
				n++
			}
			before = now
		}
		most = max(most, n)
	}
	return float64(most)
}

func median(values []int) float64 {
	if len(values) == 0 {
		return 0
	}
	var count [256]int
	for _, v := range values {
		count[min(255, v)]++
	}
	n := 0
	for v, c := range count {
		if n += c; 2*n >= len(values) {
			return float64(v)
		}
	}
	return 255
}
