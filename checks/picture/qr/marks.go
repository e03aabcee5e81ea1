package qr

import (
	"cmp"
	"math"
	"slices"
)

// A mark is one of the three squares within squares at the corners of a code (ISO/IEC 18004, 6.3.3): any
// straight line through its middle meets dark, light, dark, light and dark as 1:1:3:1:1.
type mark struct {
	point
	module float64
	lines  int // how many lines met it
}

// whole says that most lines through the middle of the mark, which is three modules high, met it, and that
// it is large enough to be no chance of noise.
func (m mark) whole() bool { return m.module >= 1.7 && float64(m.lines) >= 2*m.module }

// mostMarks bounds the search for triples; print has few chance marks that lines of both directions meet.
const mostMarks = 24

// marks finds what looks like marks, those that most lines met first, in pixels of g.
func marks(g gray, dark []bool) []mark {
	var found []mark
	var run [5]int
	for y := range g.h {
		row := dark[y*g.w:][:g.w]
		clear(run[:])
		n := 0 // runs seen in this row, the present one being the last
		for x := 0; x <= g.w; x++ {
			if x < g.w && (x == 0 || row[x] == row[x-1]) {
				run[4]++
				continue
			}
			if n >= 4 && row[x-1] && isMark(run) {
				found = addMark(g, dark, found, x, y, run)
			}
			copy(run[:], run[1:])
			run[4] = 1
			n++
		}
	}
	found = slices.DeleteFunc(found, func(m mark) bool { return m.lines < 2 })
	slices.SortStableFunc(found, func(a, b mark) int { return cmp.Compare(b.lines, a.lines) })
	return found[:min(len(found), mostMarks)]
}

// isMark says that five runs have the proportions 1:1:3:1:1, each off by at most 0.6 of its share: blur and
// a threshold that is a little off make dark runs longer and light ones shorter, or the reverse.
func isMark(run [5]int) bool {
	total := 0
	for _, n := range run {
		total += n
	}
	if total < 7 {
		return false
	}
	m := float64(total) / 7
	slack := 0.6*m + 0.5
	for i, want := range [5]float64{1, 1, 3, 1, 1} {
		s := slack
		if i == 2 {
			s = 2 * slack
		}
		if run[i] == 0 || math.Abs(float64(run[i])-want*m) > s {
			return false
		}
	}
	return true
}

// addMark looks at the mark that ends before x in row y along the column through its middle, and adds it to
// the list, or to the mark it is another line of.
func addMark(g gray, dark []bool, found []mark, x, y int, run [5]int) []mark {
	total := run[0] + run[1] + run[2] + run[3] + run[4]
	cx := float64(x) - float64(run[4]) - float64(run[3]) - float64(run[2])/2
	down, cy, ok := cross(dark, g.w, g.h, int(cx), y, 2*total)
	if !ok || down > 2*total || total > 2*down {
		return found
	}
	m := mark{point{cx, cy}, float64(total+down) / 14, 1}
	for i := range found {
		f := &found[i]
		if math.Hypot(f.x-m.x, f.y-m.y) < 2*f.module && m.module < 1.6*f.module && f.module < 1.6*m.module {
			n := float64(f.lines)
			f.x, f.y, f.module = (n*f.x+m.x)/(n+1), (n*f.y+m.y)/(n+1), (n*f.module+m.module)/(n+1)
			f.lines++
			return found
		}
	}
	return append(found, m)
}

// cross looks up and down from a dark pixel for the proportions of a mark, no further than most pixels in
// all, and gives its height and middle.
func cross(dark []bool, w, h, x, y, most int) (total int, middle float64, ok bool) {
	at := func(j int) bool { return dark[j*w+x] }
	if !at(y) {
		return 0, 0, false
	}
	var run [5]int
	walk := func(step int, slots [3]int) (end int) {
		j := y
		for k, slot := range slots {
			want := k%2 == 0
			for j >= 0 && j < h && at(j) == want && run[slot] <= most {
				run[slot]++
				j += step
			}
		}
		return j
	}
	top := walk(-1, [3]int{2, 1, 0}) + 1
	upper := run[2]
	bottom := walk(1, [3]int{2, 3, 4})
	run[2]-- // the pixel itself was counted twice
	if !isMark(run) {
		return 0, 0, false
	}
	total = bottom - top
	middle = float64(y) + 1 - float64(upper) + float64(run[2])/2
	return total, middle, total <= most
}

// triples finds marks that lie as those of a code do, best first, in pixels of the upright picture.
func triples(g gray) []triple {
	dark := g.dark()
	all := marks(g, dark)
	var found []triple
	for i, a := range all {
		for j, b := range all {
			for k, c := range all {
				if i == j || j >= k || i == k {
					continue
				}
				t, ok := asTriple(a, b, c)
				if !ok {
					continue
				}
				if f := t.filling(g, dark); f.possible() {
					t.sure = f.sure() && t.score < 0.3 && a.whole() && b.whole() && c.whole()
					found = append(found, t.scaled(g.scale))
				}
			}
		}
	}
	slices.SortStableFunc(found, func(a, b triple) int { return cmp.Compare(a.score, b.score) })
	return found
}

// asTriple takes the first for the corner: the others have to lie at about a right angle and equally far,
// and all three be of about the same size. What perspective does to a code that fills a tenth of the
// picture is well within these bounds.
func asTriple(corner, b, c mark) (triple, bool) {
	bx, by, cx, cy := b.x-corner.x, b.y-corner.y, c.x-corner.x, c.y-corner.y
	lb, lc := math.Hypot(bx, by), math.Hypot(cx, cy)
	small, large := min(corner.module, b.module, c.module), max(corner.module, b.module, c.module)
	if min(lb, lc) == 0 || large > 1.6*small || max(lb, lc) > 1.5*min(lb, lc) {
		return triple{}, false
	}
	cosine := (bx*cx + by*cy) / (lb * lc)
	if math.Abs(cosine) > 0.4 {
		return triple{}, false
	}
	// Which is right and which below: seen from the front the code turns from right to below by the clock.
	if bx*cy-by*cx < 0 {
		b, c = c, b
	}
	t := triple{corner.point, b.point, c.point, (corner.module + b.module + c.module) / 3, 0, false}
	// 14 modules between the marks of the smallest code, 170 in the largest; print has no more than 100.
	if n := t.modules(); n < 11 || n > 110 {
		return triple{}, false
	}
	t.score = math.Abs(cosine) + math.Abs(math.Log(lb/lc)) + math.Log(large/small)
	return t, true
}

// A filling is what lies between the marks: the least and the most dark share of lines across it, and the
// fewest changes between dark and light on one of them, as part of the modules.
type filling struct{ least, most, changes float64 }

// filling looks along four lines of each direction.
func (t triple) filling(g gray, dark []bool) filling {
	n := int(t.modules())
	f := filling{1, 0, 1}
	for _, v := range [4]float64{0.3, 0.5, 0.7, 0.9} {
		for _, down := range [2]bool{false, true} {
			inked, changes, before := 0, 0, false
			for i := range 2 * n {
				u := (float64(i) + 0.5) / float64(2*n)
				p := t.at(u, v)
				if down {
					p = t.at(v, u)
				}
				x, y := int(p.x), int(p.y)
				now := x >= 0 && y >= 0 && x < g.w && y < g.h && dark[y*g.w+x]
				if now {
					inked++
				}
				if now != before {
					changes++
				}
				before = now
			}
			share := float64(inked) / float64(2*n)
			f.least, f.most = min(f.least, share), max(f.most, share)
			f.changes = min(f.changes, float64(changes)/float64(n))
		}
	}
	return f
}

// possible and sure say that the filling is a code's. Half of the modules of one are dark and half differ
// from their neighbour, by the standard's masks; blur and reflections leave less, print has less of both.
func (f filling) possible() bool { return f.least >= 0.15 && f.most <= 0.85 && f.changes >= 0.12 }
func (f filling) sure() bool     { return f.least >= 0.25 && f.most <= 0.78 && f.changes >= 0.25 }

func (t triple) scaled(by float64) triple {
	for _, p := range []*point{&t.corner, &t.right, &t.below} {
		p.x, p.y = p.x*by, p.y*by
	}
	t.module *= by
	return t
}
