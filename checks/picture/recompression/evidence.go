package recompression

import "dossier/checks/picture/jpeg"

// A Map holds a number for every block of a Luma, row by row.
type Map []float32

// Evidence returns, for every block, the logarithm of how much more probable its coefficients
// are if it was once compressed with the given steps on the same grid than if not: positive for, negative
// against. Masked blocks have 0.
func (l *Luma) Evidence(first Steps) Map { return l.evidence(first, ratioCache{}) }

// A ratioCache keeps the tables of a step of a term: qualities next to each other have most steps in common.
type ratioCache map[[2]int]*[classes]ratio

func (l *Luma) ratios(k, q1 int, cache ratioCache) *[classes]ratio {
	if r := cache[[2]int{k, q1}]; r != nil {
		return r
	}
	r := new([classes]ratio)
	s := newSpread(q1, l.Step[jpeg.ZigZag[k+1]], roundingNoise)
	for class := range r {
		r[class] = s.ratios(l.density[class][k], unexplained(class))
	}
	cache[[2]int{k, q1}] = r
	return r
}

func (l *Luma) evidence(first Steps, cache ratioCache) Map {
	var r [classes][Terms << 6]float32
	for k, q1 := range first {
		q2 := l.Step[jpeg.ZigZag[k+1]]
		if q1 < 2 || q2%q1 == 0 {
			continue
		}
		for class, v := range l.ratios(k, q1, cache) {
			copy(r[class][k<<6:], v[:])
		}
	}
	out := make(Map, len(l.Class))
	for i, class := range l.Class {
		if class == Masked {
			continue
		}
		sum := float32(0)
		for _, t := range l.terms[l.from[i]:l.from[i+1]] {
			sum += r[class][t]
		}
		out[i] = sum
	}
	return out
}
