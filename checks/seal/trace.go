package seal

import (
	"math"
	"slices"

	"dossier/checks/picture/seals"
	"dossier/checks/picture/statistics"
)

// A trace is what is met along the ring of a chop at full resolution.
type trace struct {
	// spread and patches say how uneven the ink is where no print lies beneath: by how much the middle
	// half of the angles differs, as part of the median; of the most ink met across the ring, and of all
	// of it, smoothed along the ring.
	spread, patches float64
	// darkOn and darkBeside are the shares of the angles with dark print on the ring and just beside it.
	darkOn, darkBeside float64
}

// Where the ring is looked at, as parts of the radius to its outer edge. A ring is 0.055 of the radius wide, the
// characters within begin at 0.91, and the edge is found to about 0.02.
const (
	ringInner  = 0.93
	ringMiddle = 0.97
	ringOuter  = 1.06
)

// dark is the part of the paper's red light below which print lies on or under a place: ink of a chop lets
// red light pass.
const dark = 0.5

// leastAngles is from how many angles an unevenness can be told, and leastRadius, in pixels, from what size on
// a ring is more than the blur of its edges.
const (
	leastAngles = 60
	leastRadius = 30
)

// traceOf goes around the ring of a chop once, a place about every pixel; not ok if it is too small, or the paper too
// dark.
func traceOf(c *seals.CloseUp) (trace, bool) {
	// On paper darker than a fifth of white, ink and noise are alike.
	if c.Radius < leastRadius || c.Paper[0] < 51 {
		return trace{}, false
	}
	n := int(min(720, 2*math.Pi*c.Radius))
	var most, all []float64
	on, beside := 0, 0
	for i := range n {
		angle := 2 * math.Pi * float64(i) / float64(n)
		if isDark(c, angle, ringMiddle) {
			on++
		}
		for _, by := range [3]float64{0.89, 1.07, 1.12} {
			if isDark(c, angle, by) {
				beside++
			}
		}
		peak, sum, at := across(c, angle)
		if peak > 0 && !isDark(c, angle, at) {
			most, all = append(most, peak), append(all, sum)
		}
	}
	if len(all) < leastAngles || quantile(all, 0.5) == 0 {
		return trace{}, false
	}
	return trace{
		spread: unevenness(most), patches: unevenness(smooth(all)),
		darkOn: float64(on) / float64(n), darkBeside: float64(beside) / float64(3*n),
	}, true
}

// across adds up the ink across the ring at an angle, and finds the most and where it is.
func across(c *seals.CloseUp, angle float64) (peak, sum, at float64) {
	step := 0.5 / c.Radius
	for by := ringInner; by <= ringOuter; by += step {
		v := c.Ink(angle, by)
		sum += v
		if v > peak {
			peak, at = v, by
		}
	}
	return peak, sum, at
}

// isDark reports whether dark print lies on or under a place.
func isDark(c *seals.CloseUp, angle, by float64) bool {
	color, ok := c.Color(angle, by)
	return ok && color[0] < dark*c.Paper[0]
}

// smooth is the mean of fifty neighbours a turn: what is left are patches of some millimetres.
func smooth(around []float64) []float64 {
	n, half := len(around), max(1, len(around)/100)
	out := make([]float64, n)
	for i := range out {
		for k := -half; k <= half; k++ {
			out[i] += around[(i+k+n)%n] / float64(2*half+1)
		}
	}
	return out
}

// unevenness is the distance between the quarters of the values as part of their median: the few
// that print or another chop changes do not matter.
func unevenness(values []float64) float64 {
	return (quantile(values, 0.75) - quantile(values, 0.25)) / quantile(values, 0.5)
}

func quantile(values []float64, q float64) float64 {
	return statistics.Nth(slices.Clone(values), int(q*float64(len(values)-1)))
}
