package recompression

import "dossier/checks/picture/jpeg"

// A Map holds a number for every block of a Luma, row by row.
type Map []float32

// Evidence returns, for every block, the logarithm of how much more probable its coefficients
// are if it was once compressed with the given steps on the same grid than if not: positive for, negative
// against. Masked blocks have 0.
func (l *Luma) Evidence(first Steps) Map {
	var r [classes][Terms << 6]float32
	for k, q1 := range first {
		q2 := l.Step[jpeg.ZigZag[k+1]]
		if q1 < 2 || q2%q1 == 0 {
			continue
		}
		s := newSpread(q1, q2, roundingNoise)
		for class := range r {
			v := s.ratios(l.density[class][k], unexplained(class))
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
