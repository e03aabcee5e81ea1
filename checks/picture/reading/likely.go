package reading

import (
	"math"
	"slices"
)

// Likelier is how much likelier a reading's best path is than that its line says a text: the difference
// of the logarithms, which is 0 or less where the text is what was read. It sums all the paths that say
// the text (the forward algorithm of Graves et al., Connectionist Temporal Classification, 2006, 4.1).
// Characters count as one that alike makes the same: widths, brackets.
//
// Of each step only the best candidates are known. Any other character can have as much as the last of
// them, and no more than they leave; it is taken to have that, so that the answer errs towards the text.
func (r Reading) Likelier(text []rune, alike func(rune) rune) float64 {
	states := make([]rune, 2*len(text)+1) // a blank, 0, before and after each character
	for i, c := range text {
		states[2*i+1] = alike(c)
	}
	best, said := 0.0, 0.0
	var now, next []float64
	for t, step := range r.Lattice {
		if len(step) == 0 {
			return math.Inf(1)
		}
		best += math.Log(step[0].Probability)
		next = slices.Grow(next[:0], len(states))[:len(states)]
		sum := 0.0
		for i, state := range states {
			p := 0.0
			switch {
			case t == 0 && i < 2:
				p = 1
			case t > 0:
				p = now[i]
				if i > 0 {
					p += now[i-1]
				}
				if i > 1 && state != 0 && state != states[i-2] {
					p += now[i-2]
				}
			}
			next[i] = p * probability(step, state, alike)
			sum += next[i]
		}
		if sum == 0 {
			return math.Inf(1)
		}
		for i := range next { // kept near 1: a thousand steps would leave no digits
			next[i] /= sum
		}
		said += math.Log(sum)
		now, next = next, now
	}
	if len(now) < 2 {
		return math.Inf(1)
	}
	return best - said - math.Log(now[len(now)-1]+now[len(now)-2])
}

// probability is what a step gives a character, or 0 for the blank, in all its forms.
func probability(step []Candidate, state rune, alike func(rune) rune) float64 {
	p, left := 0.0, 1.0
	for _, c := range step {
		var r rune
		if c.Text != "" {
			r = alike([]rune(c.Text)[0])
		}
		if r == state {
			p += c.Probability
		}
		left -= c.Probability
	}
	if p == 0 {
		p = min(step[len(step)-1].Probability, max(left, 1e-9))
	}
	return p
}
