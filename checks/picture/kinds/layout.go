package kinds

import (
	"math"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/raster"
)

// A layout is what can be seen of a sheet from so far off, or so blurred, that nothing on it can be read: colours and
// where they are, as shares of the sheet's own sides.
type layout struct {
	sheet checks.Region // in pixels of the upright picture; zero if no sheet stands out from what is around it
	whole bool          // it fills the picture
	wide  bool          // wider than high
	warm  float64       // how much redder than the ground its border is, from -1 to 1; below 0 it is bluer
	// How much of these places is red: the emblem's, those beside it, the title's below it, the chop's.
	emblem, beside, title, chop float64
	emblemAt, titleAt, chopAt   checks.Region
}

// layoutSide is the longer side of the picture in which a layout is looked at, in pixels: an emblem is eight of them.
const layoutSide = 160

// layoutOf finds the brightest large thing in a picture, which is a sheet if it fills its box, and measures its colours.
func layoutOf(r *raster.Raster) (l layout) {
	long := max(r.Width, r.Height)
	if min(r.Width, r.Height)*layoutSide < 40*long || long < layoutSide {
		return l
	}
	w, h := r.Width*layoutSide/long, r.Height*layoutSide/long
	p := plane{w, h, r.Shrink(w, h)}
	box, ok := p.sheet()
	if !ok {
		return l
	}
	by := float64(r.Reduce) * float64(long) / layoutSide
	place := func(b rect) checks.Region {
		return checks.Region{X: int(float64(b.x0) * by), Y: int(float64(b.y0) * by), Width: int(float64(b.x1-b.x0) * by), Height: int(float64(b.y1-b.y0) * by)}
	}
	l.sheet, l.wide = place(box), box.x1-box.x0 > box.y1-box.y0
	l.whole = 10*(box.x1-box.x0) > 9*w && 10*(box.y1-box.y0) > 9*h
	ground := p.ground(box)
	if p.bare(box, ground) < leastBare {
		return layout{}
	}
	part := func(x0, y0, x1, y1 float64) rect {
		bw, bh := float64(box.x1-box.x0), float64(box.y1-box.y0)
		return rect{box.x0 + int(x0*bw), box.y0 + int(y0*bh), box.x0 + int(math.Ceil(x1*bw)), box.y0 + int(math.Ceil(y1*bh))}
	}
	top, foot, half := 0.05, 0.16, 0.07
	if l.wide {
		top, foot, half = 0.08, 0.22, 0.05
	}
	l.emblemAt = place(part(0.5-half, top, 0.5+half, foot))
	l.emblem = p.red(part(0.5-half, top, 0.5+half, foot), ground)
	l.beside = max(p.red(part(0.2, top, 0.38, foot), ground), p.red(part(0.62, top, 0.8, foot), ground))
	l.titleAt = place(part(0.25, 0.13, 0.75, 0.24))
	l.title = p.red(part(0.25, 0.13, 0.75, 0.24), ground)
	for _, x := range []float64{0.5, 0.08} { // at the left in a mirrored picture
		chop := part(x, 0.5, x+0.42, 0.92)
		if v := p.red(chop, ground); v > l.chop {
			l.chop, l.chopAt = v, place(chop)
		}
	}
	l.warm = p.border(box, ground)
	return l
}

// A plane is a picture of three values a pixel, 0..255.
type plane struct {
	w, h   int
	pixels []float32
}

type rect struct{ x0, y0, x1, y1 int }

func (p plane) at(x, y int) (r, g, b float64) {
	v := p.pixels[3*(y*p.w+x):]
	return float64(v[0]), float64(v[1]), float64(v[2])
}

// sheet is the box of what is connected and brighter than the middle between the dark and the bright of the picture.
func (p plane) sheet() (box rect, ok bool) {
	level := make([]float64, p.w*p.h)
	for i := range level {
		r, g, b := p.at(i%p.w, i/p.w)
		level[i] = (r + g + b) / 3
	}
	sorted := slices.Sorted(slices.Values(level))
	limit := (sorted[len(sorted)/50] + sorted[len(sorted)*19/20]) / 2
	best := 0
	seen := make([]bool, len(level))
	for from := range level {
		if seen[from] || level[from] < limit {
			continue
		}
		members := []int{from}
		seen[from] = true
		b := rect{p.w, p.h, 0, 0}
		for next := 0; next < len(members); next++ {
			x, y := members[next]%p.w, members[next]/p.w
			b = rect{min(b.x0, x), min(b.y0, y), max(b.x1, x+1), max(b.y1, y+1)}
			for _, d := range [4][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
				u, v := x+d[0], y+d[1]
				if u < 0 || v < 0 || u >= p.w || v >= p.h || seen[v*p.w+u] || level[v*p.w+u] < limit {
					continue
				}
				seen[v*p.w+u] = true
				members = append(members, v*p.w+u)
			}
		}
		if len(members) > best {
			best, box = len(members), b
		}
	}
	area := (box.x1 - box.x0) * (box.y1 - box.y0)
	return box, 4*best > 3*area && 4*area > p.w*p.h && min(box.x1-box.x0, box.y1-box.y0) >= 40
}

// ground is the paper's colour: of the bright half of the sheet's middle.
func (p plane) ground(box rect) (c [3]float64) {
	var all [3][]float64
	for y := box.y0 + (box.y1-box.y0)/5; y < box.y1-(box.y1-box.y0)/5; y++ {
		for x := box.x0 + (box.x1-box.x0)/5; x < box.x1-(box.x1-box.x0)/5; x++ {
			r, g, b := p.at(x, y)
			all[0], all[1], all[2] = append(all[0], r), append(all[1], g), append(all[2], b)
		}
	}
	for i := range c {
		c[i] = max(1, quantile(all[i], 0.7))
	}
	return c
}

// bare is the part of a sheet that is nearly as bright as its ground: print and borders cover little, things and people
// much.
func (p plane) bare(box rect, ground [3]float64) float64 {
	bright, limit := 0, 0.75*(ground[0]+ground[1]+ground[2])
	for y := box.y0; y < box.y1; y++ {
		for x := box.x0; x < box.x1; x++ {
			if r, g, b := p.at(x, y); r+g+b > limit {
				bright++
			}
		}
	}
	return float64(bright) / float64((box.x1-box.x0)*(box.y1-box.y0))
}

// leastBare is seen to be 0.8 and more of sheets that fill the box of their outline, held a little askew.
const leastBare = 0.75

// red is the mean redness of a place: how much less of the ground's green and blue there is than of its red.
func (p plane) red(a rect, ground [3]float64) float64 {
	sum, n := 0.0, 0
	for y := max(0, a.y0); y < min(p.h, a.y1); y++ {
		for x := max(0, a.x0); x < min(p.w, a.x1); x++ {
			r, g, b := p.at(x, y)
			sum += math.Max(0, r/ground[0]-math.Max(g/ground[1], b/ground[2]))
			n++
		}
	}
	return sum / math.Max(1, float64(n))
}

// border is by how much more of the ground's red than of its blue the sheet's outer part has, between a fortieth and a
// twelfth of its width from the edge, on the side where it is least.
func (p plane) border(box rect, ground [3]float64) float64 {
	w, h := box.x1-box.x0, box.y1-box.y0
	near, far := max(1, min(w, h)/40), min(w, h)/10
	var sides []float64
	for _, s := range []rect{
		{box.x0 + w/5, box.y0 + near, box.x1 - w/5, box.y0 + far}, {box.x1 - far, box.y0 + h/5, box.x1 - near, box.y1 - h/5},
		{box.x0 + w/5, box.y1 - far, box.x1 - w/5, box.y1 - near}, {box.x0 + near, box.y0 + h/5, box.x0 + far, box.y1 - h/5},
	} {
		sum, n := 0.0, 0
		for y := s.y0; y < s.y1; y++ {
			for x := s.x0; x < s.x1; x++ {
				r, _, b := p.at(x, y)
				sum += r/ground[0] - b/ground[2]
				n++
			}
		}
		sides = append(sides, sum/math.Max(1, float64(n)))
	}
	slices.SortFunc(sides, func(a, b float64) int {
		switch {
		case math.Abs(a) < math.Abs(b):
			return -1
		case math.Abs(a) > math.Abs(b):
			return 1
		}
		return 0
	})
	return sides[1] // the table's edge may spoil one
}

// license reports whether a sheet has the layout of a business licence: the emblem above the title, the authority's chop
// in the lower half, and a border of gold. The layout before 2019 is that of A4 upright, the new one that of A4 lying.
func (l layout) license() bool {
	return l.sheetOfA4() && l.emblem >= leastEmblem && l.emblem >= 3*l.beside && l.chopped() && l.warm >= leastBorder
}

// code reports whether a sheet has the layout of an organisation code certificate: lying, with a border of blue-green,
// a red title across where a licence has its emblem, and a chop.
func (l layout) code() bool {
	return l.sheetOfA4() && l.wide && l.title >= leastTitle && 2*l.beside >= l.emblem && l.beside >= leastTitle/2 && l.chopped() && l.warm <= -leastBorder
}

const (
	leastEmblem = 0.05  // seen: 0.09 to 0.16
	leastTitle  = 0.03  // 0.05 to 0.1
	leastChop   = 0.006 // 0.007 to 0.03
	mostChop    = 0.05
	leastBorder = 0.01 // 0.01 to 0.07
)

// chopped reports whether there is a chop: not much red, where there should be nothing else red.
func (l layout) chopped() bool { return l.chop >= leastChop && l.chop <= mostChop }

// sheetOfA4 reports whether the sheet has the proportions of A4 or A5, held a little askew. What fills the picture is
// laid straight, and photographs are 4 to 3 or 3 to 2 themselves.
func (l layout) sheetOfA4() bool {
	long, short := float64(max(l.sheet.Width, l.sheet.Height)), float64(min(l.sheet.Width, l.sheet.Height))
	if l.whole {
		return long >= 1.37*short && long <= 1.46*short
	}
	return short > 0 && long >= 1.28*short && long <= 1.55*short
}
