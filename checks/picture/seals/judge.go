package seals

// believable says that a ring is a chop's and not print, a drawing or an emblem. The bounds lie between
// what drawn and real chops show and what titles, emblems, faces, pen rings and logos do; where they
// differ by little it is said.
func (r ring) believable() bool {
	switch {
	case r.line < 0.85: // a disc, such as an emblem; chops have 0.96 and more
		return false
	case r.rough > 0.055: // drawn by hand, or no ellipse; chops have up to 0.04
		return false
	case r.density < 0.01 || r.density > 0.5: // an empty ring; an emblem or the strokes of a title: chops 0.02 to 0.35
		return false
	case r.strokes < 8: // nothing, or a word, within the ring
		return false
	}
	full := r.covered - 1.5*max(0, r.density-0.3)
	switch {
	case r.exact() && r.strokes >= 12:
		return full >= 0.5
	case r.oval():
		// Flat ellipses go through the strokes of print more easily than circles.
		return full >= 0.75 && r.clean >= 0.7 && r.ratio >= 0.57 && r.text >= 0.25
	case r.text < 0.2:
		// Thin text, seen from afar: then the ring has to be perfect, which a pen's is not.
		return r.covered >= 0.88 && r.ratio >= 0.93 && r.strokes >= 10
	case r.star > starred:
		return full >= 0.4 && r.clean >= 0.35
	case r.visible < 0.95:
		return full >= 0.75 && r.clean >= 0.65
	}
	return full >= 0.62 && r.clean >= 0.55
}

// exact says that what there is of the ring is a clean line on a circle: half of one is enough then.
func (r ring) exact() bool {
	return r.rough <= 0.03 && r.line >= 0.97 && r.clean >= 0.97*r.covered && r.ratio >= 0.88 && r.visible >= 0.95
}

// starred is the least starIn of a star: drawn ones have 0.41 to 0.85, one in twenty less than this; and
// what has none at most 0.3.
const starred = 0.45

// oval says that the ring is flatter than a circle seen at an angle of 33 degrees.
func (r ring) oval() bool { return r.ratio < 0.83 }

// confidence is how sure a believable ring is to be a chop's, 0..1.
func (r ring) confidence() float64 {
	return 0.4*min(1, r.covered)*r.visible + 0.3*r.clean + 0.3*min(1, r.strokes/24)
}
