package form

import (
	"math"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/reading"
)

// A frame is a place on the form in the directions of its text: x runs along the row from where the
// label ends, y down from the row's middle. Both are in units of height.
type frame struct {
	from   reading.Point // in pixels of the upright picture
	dx, dy float64       // along the row, of length 1
	height float64       // of a character of the label, in pixels
}

// The search for lines makes their boxes about half as high again as the characters.
const boxed = 1.5

// behind is the frame that begins where a label ends. A label of two characters is too short to tell how
// the row runs: direction is that of the page's long lines.
func behind(label reading.Quad, direction reading.Point) frame {
	mid := func(a, b reading.Point) reading.Point { return reading.Point{X: (a.X + b.X) / 2, Y: (a.Y + b.Y) / 2} }
	across := (distance(label[0], label[3]) + distance(label[1], label[2])) / 2
	return frame{mid(label[1], label[2]), direction.X, direction.Y, across / boxed}
}

// below is the frame with which a label begins, moved down by so many heights.
func below(label reading.Quad, direction reading.Point, by float64) frame {
	f := behind(label, direction)
	start := reading.Point{X: (label[0].X + label[3].X) / 2, Y: (label[0].Y + label[3].Y) / 2}
	f.from = reading.Point{X: start.X - by*f.height*f.dy, Y: start.Y + by*f.height*f.dx}
	return f
}

// at is the place in pixels of what lies at x, y of the frame.
func (f frame) at(x, y float64) reading.Point {
	x, y = x*f.height, y*f.height
	return reading.Point{X: f.from.X + x*f.dx - y*f.dy, Y: f.from.Y + x*f.dy + y*f.dx}
}

// of is where in the frame a point of the picture lies.
func (f frame) of(p reading.Point) (x, y float64) {
	px, py := p.X-f.from.X, p.Y-f.from.Y
	return (px*f.dx + py*f.dy) / f.height, (py*f.dx - px*f.dy) / f.height
}

// A box is a part of a frame, in heights of its characters.
type box struct{ x0, y0, x1, y1 float64 }

func (f frame) quad(b box) reading.Quad {
	return reading.Quad{f.at(b.x0, b.y0), f.at(b.x1, b.y0), f.at(b.x1, b.y1), f.at(b.x0, b.y1)}
}

// boxOf is the upright box in the frame around a quad of the picture.
func (f frame) boxOf(q reading.Quad) box {
	b := box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range q {
		x, y := f.of(p)
		b = box{min(b.x0, x), min(b.y0, y), max(b.x1, x), max(b.y1, y)}
	}
	return b
}

func (b box) overlap(c box) float64 {
	return max(0, min(b.x1, c.x1)-max(b.x0, c.x0)) * max(0, min(b.y1, c.y1)-max(b.y0, c.y0))
}

func (b box) area() float64 { return max(0, b.x1-b.x0) * max(0, b.y1-b.y0) }

func distance(a, b reading.Point) float64 { return math.Hypot(a.X-b.X, a.Y-b.Y) }

// directionOf is the direction in which the page's text runs, of length 1: the median of its long lines.
func directionOf(page *reading.Page) reading.Point {
	var angles []float64
	for _, l := range page.Lines {
		dx, dy := l.Quad[1].X-l.Quad[0].X, l.Quad[1].Y-l.Quad[0].Y
		// A line eight times as long as high tells its direction to half a degree.
		if long := math.Hypot(dx, dy); long > 0 && long >= 8*distance(l.Quad[0], l.Quad[3]) {
			angles = append(angles, math.Atan2(dy, dx))
		}
	}
	if len(angles) == 0 {
		return reading.Point{X: 1}
	}
	slices.Sort(angles)
	sin, cos := math.Sincos(angles[len(angles)/2])
	return reading.Point{X: cos, Y: sin}
}

// A mark is a connected piece of ink.
type mark struct {
	box
	area float64 // in squares of the height
}

// flat reports whether a mark is a dash, or a piece of a ruled line: no writing is so low and so wide.
func (m mark) flat() bool { return m.y1-m.y0 <= 0.3 && m.x1-m.x0 >= 2.5*(m.y1-m.y0) }

// A spot is a part of the form in pixels of about a twelfth of a character, ink or paper.
type spot struct {
	box
	step          float64 // a pixel's size in heights
	width, height int
	ink           []bool
	inside        float64 // the part of it that lies within the picture
}

// maxSpot bounds a spot's pixels: a field is 40 characters wide and 4 high, a character 12 pixels.
const maxSpot = 1 << 19

// inkShare is how much darker than the paper ink is, as a part of the paper's own brightness. It is looked for in
// the red channel, in which the red of a chop is nearly as bright as paper and blue ink is as dark as
// black.
const inkShare = 0.28

// look takes a part of the form out of the reduced picture. Paper is what most of its surroundings
// are: the median of the spot.
func look(r *raster.Raster, f frame, b box) spot {
	by := float64(max(1, r.Reduce))
	s := spot{box: b, step: max(by/f.height, 1.0/12)}
	s.width, s.height = int((b.x1-b.x0)/s.step), int((b.y1-b.y0)/s.step)
	if f.height <= 0 || s.width < 1 || s.height < 1 || s.width > maxSpot/s.height {
		s.width, s.height = 0, 0
		return s
	}
	red := make([]uint8, s.width*s.height)
	var histogram [256]int
	seen := 0
	for y := range s.height {
		for x := range s.width {
			p := f.at(b.x0+(float64(x)+0.5)*s.step, b.y0+(float64(y)+0.5)*s.step)
			px, py := int(math.Floor((p.X-float64(r.Origin.X))/by)), int(math.Floor((p.Y-float64(r.Origin.Y))/by))
			v := uint8(255)
			if px >= 0 && py >= 0 && px < r.Width && py < r.Height {
				v = r.Pixels[3*(py*r.Width+px)]
				histogram[v]++
				seen++
			}
			red[y*s.width+x] = v
		}
	}
	s.inside = float64(seen) / float64(len(red))
	paper, n := 0, 0
	for paper = range histogram {
		if n += histogram[paper]; 2*n > seen {
			break
		}
	}
	dark := uint8(float64(paper) * (1 - inkShare))
	s.ink = make([]bool, len(red))
	for i, v := range red {
		s.ink[i] = v < dark
	}
	return s
}

// marks lists the connected pieces of ink of at least so many squares of the height that are not flat.
func (s spot) marks(least float64) []mark {
	var list []mark
	seen := make([]bool, len(s.ink))
	var stack []int
	for i := range s.ink {
		if !s.ink[i] || seen[i] {
			continue
		}
		seen[i] = true
		stack = append(stack[:0], i)
		x0, y0, x1, y1, n := s.width, s.height, 0, 0, 0
		for len(stack) > 0 {
			j := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			x, y := j%s.width, j/s.width
			x0, y0, x1, y1, n = min(x0, x), min(y0, y), max(x1, x), max(y1, y), n+1
			for v := max(0, y-1); v <= min(s.height-1, y+1); v++ {
				for u := max(0, x-1); u <= min(s.width-1, x+1); u++ {
					if k := v*s.width + u; s.ink[k] && !seen[k] {
						seen[k] = true
						stack = append(stack, k)
					}
				}
			}
		}
		m := mark{box{s.x0 + float64(x0)*s.step, s.y0 + float64(y0)*s.step, s.x0 + float64(x1+1)*s.step, s.y0 + float64(y1+1)*s.step}, float64(n) * s.step * s.step}
		if m.area >= least && !m.flat() {
			list = append(list, m)
		}
	}
	return list
}

// withoutRules wipes out ruled lines: of a table, or to write on. They are runs of ink longer than any
// stroke of writing and hardly wider than a stroke. A thin line in a small picture comes in pieces: those
// are a ruled line where little stands close above and below.
func (s spot) withoutRules() {
	thick := max(1, int(math.Ceil(ruleWidth/s.step)))
	rows := lines{s, s.width, s.height, 1, s.width}
	rows.wipe(int(ruleLength/s.step), thick, 0)
	rows.wipe(int(ruleLength/s.step), thick, max(1, int(ruleGap/s.step)))
	// A column's line runs through the whole spot.
	columns := lines{s, s.height, s.width, s.width, 1}
	columns.wipe(s.height*9/10, thick, 0)
}

// A ruled line is at least six characters long and at most a quarter of one wide, a slight lean
// included. One in pieces has gaps of half a character at most, ink on two fifths of its length, and next
// to it on less than a quarter: print has it all over.
const (
	ruleLength = 6
	ruleWidth  = 0.25
	ruleGap    = 0.5
	ruleInk    = 0.4
	ruleBeside = 0.25
)

// lines are the rows or the columns of a spot: the pixel at along of line n is along*a + n*b.
type lines struct {
	spot
	length, count int
	a, b          int
}

// wipe goes along the lines and wipes out runs of ink of at least that length. Lines may lean: a run
// goes on in a neighbouring line, up to thick from its own. With a gap it goes on beyond so much paper.
func (l lines) wipe(long, thick, gap int) {
	if long < 3 {
		return
	}
	var rule []int
	for n := range l.count {
		for start := 0; start < l.length; {
			if !l.ink[start*l.a+n*l.b] {
				start++
				continue
			}
			end, inked := l.follow(start, n, thick, gap)
			if end-start >= long && (gap == 0 || float64(inked) >= ruleInk*float64(end-start) && l.alone(start, end, n, thick)) {
				for x := start; x < end; x++ {
					for d := max(0, n-thick); d <= min(l.count-1, n+thick); d++ {
						rule = append(rule, x*l.a+d*l.b)
					}
				}
			}
			start = max(end, start+1)
		}
	}
	for _, i := range rule {
		l.ink[i] = false
	}
}

// follow is where a run that begins at start of line n ends, and how many of its pixels are ink.
func (l lines) follow(start, n, thick, gap int) (end, inked int) {
	at, end := n, start
	for x := start; x < l.length && x-end <= gap; x++ {
		for _, d := range []int{at, at - 1, at + 1} {
			if d >= 0 && d < l.count && d-n <= thick && n-d <= thick && l.ink[x*l.a+d*l.b] {
				at, end, inked = d, x+1, inked+1
				break
			}
		}
	}
	return end, inked
}

// alone reports whether little ink stands right beside a run on both sides.
func (l lines) alone(start, end, n, thick int) bool {
	for _, d := range []int{n - 2*thick, n + 2*thick} {
		if d < 0 || d >= l.count {
			continue
		}
		ink := 0
		for x := start; x < end; x++ {
			if l.ink[x*l.a+d*l.b] {
				ink++
			}
		}
		if float64(ink) > ruleBeside*float64(end-start) {
			return false
		}
	}
	return true
}

// wipeBox wipes out what lies in a part of the frame.
func (s spot) wipeBox(b box) {
	for y := max(0, int((b.y0-s.y0)/s.step)); y < min(s.height, int(math.Ceil((b.y1-s.y0)/s.step))); y++ {
		for x := max(0, int((b.x0-s.x0)/s.step)); x < min(s.width, int(math.Ceil((b.x1-s.x0)/s.step))); x++ {
			s.ink[y*s.width+x] = false
		}
	}
}

// regionOf is the upright rectangle around a part of a frame, in a picture of the page's size.
func regionOf(f frame, b box, page *reading.Page) checks.Region {
	return f.quad(b).Box(page.Width, page.Height)
}
