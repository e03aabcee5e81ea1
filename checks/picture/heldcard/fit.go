package heldcard

import (
	"math"

	"dossier/checks"
	"dossier/checks/picture/fields"
	"dossier/checks/picture/reading"
)

// A pair is a place on the card in millimetres and where it was seen in the picture.
type pair struct{ card, picture reading.Point }

// maxPairs bounds what is tried: a card has nine, and what is beyond is print of something else.
const maxPairs = 40

// pairsOf lists the places of a card that were read in a page: the left ends of its labels, and both
// ends of its number or of what is left of it.
func pairsOf(page *reading.Page, places []fields.Place) (pairs []pair) {
	for _, p := range places {
		if at, ok := anchors[p.Label]; ok && len(pairs) < maxPairs {
			pairs = append(pairs, pair{at, middle(p.Quad[0], p.Quad[3])})
		}
	}
	for _, l := range page.Lines {
		if begin, end, digits := numberIn(l); digits >= leastDigits && len(pairs) < maxPairs {
			pairs = append(pairs, pair{numberBegin, begin}, pair{numberEnd, end})
		}
	}
	return pairs
}

func middle(a, b reading.Point) reading.Point {
	return reading.Point{X: (a.X + b.X) / 2, Y: (a.Y + b.Y) / 2}
}

// leastDigits is how many digits in a row are taken for the number or a part of it: the day of birth has
// four and a house number seldom five. With numberDigits they are the number and nothing else:
// as it has 18, and one or two may be lost or read as letters where it is small.
const (
	leastDigits  = 6
	numberDigits = 15
)

// numberIn finds the longest run of digits in a line and where it begins and ends.
func numberIn(l reading.Line) (begin, end reading.Point, digits int) {
	from, to := 0, 0
	for i := 0; i < len(l.Characters); {
		j := i
		for j < len(l.Characters) && isDigit(l.Characters[j].Text) {
			j++
		}
		if j-i > to-from {
			from, to = i, j
		}
		i = max(j, i+1)
	}
	if to == from {
		return begin, end, 0
	}
	// Characters know their place to about their own width: where the run is the whole line, its ends
	// are the line's.
	t0, t1 := 0.0, 1.0
	if from > 0 {
		t0 = (l.Characters[from-1].End + l.Characters[from].Begin) / 2
	}
	if to < len(l.Characters) {
		t1 = (l.Characters[to-1].End + l.Characters[to].Begin) / 2
	}
	left, right := middle(l.Quad[0], l.Quad[3]), middle(l.Quad[1], l.Quad[2])
	along := func(t float64) reading.Point {
		return reading.Point{X: left.X + t*(right.X-left.X), Y: left.Y + t*(right.Y-left.Y)}
	}
	return along(t0), along(t1), to - from
}

func isDigit(s string) bool { return len(s) == 1 && (s[0] >= '0' && s[0] <= '9' || s[0] == 'X') }

// near is how far from its place a label may be seen, in millimetres of the card: four times what
// they vary, and a millimetre for a card held aslant.
const near = 2.5

// fit finds how the card lies from the pairs that agree: of all ways in which two of them can be right
// the one with which most others are (Fischler and Bolles, Random Sample Consensus, 1981, with every
// sample tried). seen is how many agree.
func fit(pairs []pair) (best transform, seen int, ok bool) {
	var agree []pair
	longest := 0.0
	for i, p := range pairs {
		for _, q := range pairs[i+1:] {
			apart := math.Hypot(p.card.X-q.card.X, p.card.Y-q.card.Y)
			if apart < 6 {
				continue // too near each other to tell a direction
			}
			t := similarity([]pair{p, q})
			if !t.sound() {
				continue
			}
			in := agreeing(t, pairs)
			if len(in) > len(agree) || len(in) == len(agree) && apart > longest {
				agree, longest = in, apart
			}
		}
	}
	// Two ends of a line of digits can be anything's; three places are a card's.
	if len(agree) < 3 {
		return best, len(agree), false
	}
	best = similarity(agree)
	if len(agree) >= 4 {
		if t, good := affine(agree); good && t.sound() && len(agreeing(t, pairs)) >= len(agree) {
			best = t
		}
	}
	return best, len(agree), best.sound()
}

// lie is how the card lies: by all that was read of it or, where that is its number alone, by that.
func lie(page *reading.Page, places []fields.Place) (t transform, seen int, ok bool) {
	if t, seen, ok = fit(pairsOf(page, places)); ok {
		return t, seen, true
	}
	for _, l := range page.Lines {
		begin, end, digits := numberIn(l)
		if digits < numberDigits {
			continue
		}
		if t = similarity([]pair{{numberBegin, begin}, {numberEnd, end}}); t.sound() {
			return t, numberAlone, true
		}
	}
	return transform{}, seen, false
}

// agreeing lists the pairs that lie where the transform says, each place of the card once.
func agreeing(t transform, pairs []pair) (in []pair) {
	s := t.scale()
next:
	for _, p := range pairs {
		at := t.at(p.card.X, p.card.Y)
		if math.Hypot(at.X-p.picture.X, at.Y-p.picture.Y) > near*s {
			continue
		}
		for _, have := range in {
			if have.card == p.card {
				continue next
			}
		}
		in = append(in, p)
	}
	return in
}

// similarity is the turn, scale and shift that fits the pairs best by least squares (Umeyama 1991, in
// the plane).
func similarity(pairs []pair) transform {
	n := float64(len(pairs))
	var m, p reading.Point
	for _, q := range pairs {
		m.X, m.Y, p.X, p.Y = m.X+q.card.X/n, m.Y+q.card.Y/n, p.X+q.picture.X/n, p.Y+q.picture.Y/n
	}
	var dot, cross, size float64
	for _, q := range pairs {
		x, y, u, v := q.card.X-m.X, q.card.Y-m.Y, q.picture.X-p.X, q.picture.Y-p.Y
		dot, cross, size = dot+x*u+y*v, cross+x*v-y*u, size+x*x+y*y
	}
	if size == 0 {
		return transform{}
	}
	c, s := dot/size, cross/size
	return transform{c, -s, p.X - c*m.X + s*m.Y, s, c, p.Y - s*m.X - c*m.Y}
}

// affine is the linear transform that fits the pairs best by least squares; false if they stand in
// a line.
func affine(pairs []pair) (transform, bool) {
	n := float64(len(pairs))
	var m, p reading.Point
	for _, q := range pairs {
		m.X, m.Y, p.X, p.Y = m.X+q.card.X/n, m.Y+q.card.Y/n, p.X+q.picture.X/n, p.Y+q.picture.Y/n
	}
	var xx, xy, yy, xu, yu, xv, yv float64
	for _, q := range pairs {
		x, y, u, v := q.card.X-m.X, q.card.Y-m.Y, q.picture.X-p.X, q.picture.Y-p.Y
		xx, xy, yy = xx+x*x, xy+x*y, yy+y*y
		xu, yu, xv, yv = xu+x*u, yu+y*u, xv+x*v, yv+y*v
	}
	det := xx*yy - xy*xy
	// Spread over at least 15 mm in both directions, or the one across the line is a guess.
	if xx < 15*15 || yy < 15*15 || det < 0.1*xx*yy {
		return transform{}, false
	}
	a, b := (xu*yy-yu*xy)/det, (yu*xx-xu*xy)/det
	d, e := (xv*yy-yv*xy)/det, (yv*xx-xv*xy)/det
	return transform{a, b, p.X - a*m.X - b*m.Y, d, e, p.Y - d*m.X - e*m.Y}, true
}

// isBack reports whether what was read is the card's other side.
func isBack(places []fields.Place) (back bool, box checks.Region) {
	front := 0
	for _, p := range places {
		switch {
		case backLabels[p.Label]:
			back = true
			box = around(box, boxOf(p.Quad))
			for _, v := range p.Values {
				box = around(box, boxOf(v))
			}
		case p.Label == "姓名" || p.Label == "出生" || p.Label == "住址" || p.Label == "公民身份号码":
			front++
		}
	}
	return back && front == 0, box
}

func boxOf(q reading.Quad) checks.Region { return q.Box(math.MaxInt32, math.MaxInt32) }

func around(a, b checks.Region) checks.Region {
	if a.IsZero() {
		return b
	}
	x, y := min(a.X, b.X), min(a.Y, b.Y)
	return checks.Region{X: x, Y: y, Width: max(a.X+a.Width, b.X+b.Width) - x, Height: max(a.Y+a.Height, b.Y+b.Height) - y}
}
