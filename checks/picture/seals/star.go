package seals

import "math"

// starIn is how much the ink about the middle of a chop looks like a five-pointed star, -1..1: how far
// the ink at each angle, added up over the radii in which a star's points and the gaps between them lie,
// agrees with itself a fifth of a turn on, and is not the same all around.
func starIn(p *plane, e ellipse) float64 {
	const n = 120
	var profile [n]float64
	mean := 0.0
	center, filled := 0, 0
	for i := range n {
		a := 2 * math.Pi * float64(i) / n
		for by := 0.14; by <= 0.34; by += 0.02 {
			q := e.at(a, by)
			profile[i] += float64(max(0, p.at(q.x, q.y)))
		}
		mean += profile[i] / n
		q := e.at(a, 0.08)
		center++
		if p.at(q.x, q.y) >= p.least {
			filled++
		}
	}
	if 3*filled < 2*center {
		return 0 // a star is full in the middle
	}
	var same, power float64
	for i := range n {
		d := profile[i] - mean
		power += d * d
		for k := 1; k <= 4; k++ {
			same += d * (profile[(i+k*n/5)%n] - mean) / 4
		}
	}
	// All around the same is a disc: there the points would carry less than a tenth of the mean.
	if power/n < mean*mean/100 {
		return 0
	}
	return same / power
}
