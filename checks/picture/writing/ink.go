package writing

import (
	"math"

	"dossier/checks/picture/raster"
	"dossier/checks/picture/seals"
)

// A Mark is a connected piece of ink.
type Mark struct {
	Box
	Ink   float64 // its area, in squares of the height
	under float64 // of that, what lies under dense ink of a chop
}

// flat reports whether a mark is a dash, or a piece of a ruled line: no writing is so low and so wide.
func (m Mark) flat() bool { return m.Y1-m.Y0 <= 0.3 && m.X1-m.X0 >= 2.5*(m.Y1-m.Y0) }

// A Spot is a part of the form in pixels of about a twelfth of a character, ink or paper.
type Spot struct {
	Box
	Step   float64 // a pixel's size in heights
	Inside float64 // the part of it that lies within the picture

	width, height int
	ink           []bool
	weak          []bool // ink that may be a chop's
	chops         []seals.Found
	frame         Frame
	under         []bool // where dense ink of a chop lies; nil: nowhere
}

// maxSpot bounds a spot's pixels: a field is 40 characters wide and 4 high, a character 12 pixels.
const maxSpot = 1 << 19

// inkShare is how much darker than the paper ink is, as a part of the paper's own brightness. It is looked for in
// the red channel, in which the red of a chop is nearly as bright as paper and blue ink is as dark as
// black.
const inkShare = 0.28

// Look takes a part of the form out of the reduced picture. Paper is what most of its surroundings
// are: the median of the spot. What is dark because a chop lies there is no ink; chops are those found in the
// picture, of which the blue ones have to be known.
func Look(r *raster.Raster, f Frame, b Box, chops []seals.Found) Spot {
	return lookFor(inkShare, r, f, b, chops)
}

// lookFor is Look for what is darker than the paper by a share of its brightness.
func lookFor(share float64, r *raster.Raster, f Frame, b Box, chops []seals.Found) Spot {
	by := float64(max(1, r.Reduce))
	s := Spot{Box: b, frame: f, Step: max(by/f.height, 1.0/12)}
	s.width, s.height = int((b.X1-b.X0)/s.Step), int((b.Y1-b.Y0)/s.Step)
	if f.height <= 0 || s.width < 1 || s.height < 1 || s.width > maxSpot/s.height {
		s.width, s.height = 0, 0
		return s
	}
	view, seen := sample(r, f, b, s.Step, s.width, s.height)
	s.Inside = float64(seen) / float64(len(view.at))
	s.ink = view.darker(share)
	s.withoutChops(view, paperAbout(r, f, b), chops)
	return s
}

// A sampled is the pixels of a picture that a spot's fall on: places in r, or outside.
type sampled struct {
	r  *raster.Raster
	at []int
}

// sample takes width x height pixels a step apart, and tells how many of them lie within the picture.
func sample(r *raster.Raster, f Frame, b Box, step float64, width, height int) (v sampled, inside int) {
	by := float64(max(1, r.Reduce))
	v = sampled{r, make([]int, width*height)}
	for y := range height {
		for x := range width {
			p := f.at(b.X0+(float64(x)+0.5)*step, b.Y0+(float64(y)+0.5)*step)
			px, py := int(math.Floor((p.X-float64(r.Origin.X))/by)), int(math.Floor((p.Y-float64(r.Origin.Y))/by))
			v.at[y*width+x] = outside
			if px >= 0 && py >= 0 && px < r.Width && py < r.Height {
				v.at[y*width+x] = py*r.Width + px
				inside++
			}
		}
	}
	return v, inside
}

// outside is the place of what lies outside the picture.
const outside = -1

// darker is what is as dark as ink in the red channel.
func (v sampled) darker(share float64) []bool {
	var histogram [256]int
	seen := 0
	for _, i := range v.at {
		if i != outside {
			histogram[v.r.Pixels[3*i]]++
			seen++
		}
	}
	paper, n := 0, 0
	for paper = range histogram {
		if n += histogram[paper]; 2*n > seen {
			break
		}
	}
	dark := uint8(float64(paper) * (1 - share))
	ink := make([]bool, len(v.at))
	for k, i := range v.at {
		ink[k] = i != outside && v.r.Pixels[3*i] < dark
	}
	return ink
}

// Marks lists the connected pieces of ink of at least so many squares of the height that are not flat.
func (s Spot) Marks(least float64) []Mark { return s.marks(least, strayInk) }

// marks is as Marks, with the least ink that a mark within a chop has.
func (s Spot) marks(least, stray float64) []Mark {
	var list []Mark
	seen := make([]bool, len(s.ink))
	var stack []int
	for i := range s.ink {
		if !s.ink[i] || seen[i] {
			continue
		}
		seen[i] = true
		stack = append(stack[:0], i)
		x0, y0, x1, y1, n, weak, under := s.width, s.height, 0, 0, 0, 0, 0
		for len(stack) > 0 {
			j := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			x, y := j%s.width, j/s.width
			x0, y0, x1, y1, n = min(x0, x), min(y0, y), max(x1, x), max(y1, y), n+1
			if s.weak[j] {
				weak++
			}
			if s.under != nil && s.under[j] {
				under++
			}
			for v := max(0, y-1); v <= min(s.height-1, y+1); v++ {
				for u := max(0, x-1); u <= min(s.width-1, x+1); u++ {
					if k := v*s.width + u; s.ink[k] && !seen[k] {
						seen[k] = true
						stack = append(stack, k)
					}
				}
			}
		}
		square := s.Step * s.Step
		m := Mark{Box{s.X0 + float64(x0)*s.Step, s.Y0 + float64(y0)*s.Step, s.X0 + float64(x1+1)*s.Step, s.Y0 + float64(y1+1)*s.Step}, float64(n) * square, float64(under) * square}
		if m.Ink >= least && float64(weak) <= mostWeak*float64(n) && s.counts(m, stray) {
			list = append(list, m)
		}
	}
	return list
}

// Within a chop that was found a mark needs more ink to count: a bracket of its text, one pixel wide, may have lost
// its colour in the JPEG, and has 0.05 to 0.2 squares of a character. Anywhere, what is for the most part only
// weakly another ink than the chop's is the chop's.
const (
	strayInk = 0.22
	mostWeak = 0.7
)

// counts reports whether a mark is writing: neither a dash nor, within a chop, of less ink than stray. Where so little
// is asked of a stray that a piece of a stroke is one, a chop has cut strokes to dashes as well.
func (s Spot) counts(m Mark, stray float64) bool {
	if !m.flat() && m.Ink >= stray {
		return true
	}
	within := s.inChop(m.Box)
	return !m.flat() && !within || m.flat() && within && stray < strayInk
}

func (s Spot) inChop(b Box) bool {
	p := s.frame.at((b.X0+b.X1)/2, (b.Y0+b.Y1)/2)
	for i := range s.chops {
		if s.chops[i].Contains(p.X, p.Y) {
			return true
		}
	}
	return false
}

// WithoutRules wipes out ruled lines: of a table, or to write on. They are runs of ink longer than any
// stroke of writing and hardly wider than a stroke. A thin line in a small picture comes in pieces: those
// are a ruled line where little stands close above and below.
func (s Spot) WithoutRules() { s.withoutRules(ruleLength) }

// withoutRules is WithoutRules for lines of at least a length, in characters.
func (s Spot) withoutRules(length float64) {
	thick := max(1, int(math.Ceil(ruleWidth/s.Step)))
	rows := lines{s, s.width, s.height, 1, s.width}
	rows.wipe(int(length/s.Step), thick, 0)
	rows.wipe(int(length/s.Step), thick, max(1, int(ruleGap/s.Step)))
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
	Spot
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

// WipeBox wipes out what lies in a part of the frame.
func (s Spot) WipeBox(b Box) {
	for y := max(0, int((b.Y0-s.Y0)/s.Step)); y < min(s.height, int(math.Ceil((b.Y1-s.Y0)/s.Step))); y++ {
		for x := max(0, int((b.X0-s.X0)/s.Step)); x < min(s.width, int(math.Ceil((b.X1-s.X0)/s.Step))); x++ {
			s.ink[y*s.width+x] = false
		}
	}
}
