package paper

import (
	"cmp"
	"math"
	"slices"
)

const (
	// A slope votes for a line if it is slopeFactor times the picture's median one: what stands out from
	// its texture. In levels a pixel, at least leastSlope, which noise averaged to this size stays below
	// and the faint edge of a scanner's lid beside paper above; at most enoughSlope.
	slopeFactor = 2.5
	leastSlope  = 1
	enoughSlope = 3
	// mostSlope is where a steeper slope counts no more: black print must not outvote the edge of paper.
	mostSlope = 8
	// leastOwn is the least share of a line's edge that no stronger line has shown already.
	leastOwn = 0.5
	// Lines are looked for in steps of a degree and a pixel; a pixel votes for directions this many
	// steps around its own, which is as well as a gradient over three pixels knows it.
	voteSteps = 3
	// zones is into how many strips across the normal the picture is divided, and linesPerZone how many lines
	// are kept in each: a page has far more printed lines than edges, and they must not
	// crowd each other out.
	zones        = 20
	linesPerZone = 4
	// aligned is the cosine of how far a gradient may lie from a line's normal: 25 degrees.
	aligned = 0.906
)

// A line is nx*x + ny*y = d, with (nx, ny) of length 1 in pixels of the small picture. The normal points
// down for lines across the picture and to the right for those down it.
type line struct {
	nx, ny, d float64
	across    bool // runs across the picture rather than down it
	border    bool // is the border of the picture, not a line in it
	// Along the axis of the line, how many of the positions before each show a slope along the
	// normal, and against it.
	with, against []int32
}

// at returns the line's other coordinate at a position along its axis.
func (l *line) at(t float64) float64 {
	if l.across {
		return (l.d - l.nx*t) / l.ny
	}
	return (l.d - l.ny*t) / l.nx
}

// meet is where two lines cross.
func meet(a, b *line) (Point, bool) {
	det := a.nx*b.ny - a.ny*b.nx
	if math.Abs(det) < 0.3 {
		return Point{}, false
	}
	return Point{(a.d*b.ny - a.ny*b.d) / det, (a.nx*b.d - a.d*b.nx) / det}, true
}

// findLines returns the lines across and down the picture that may be edges, the picture's own borders
// among them.
func (s *small) findLines() (across, down []line) {
	votes, offset := s.vote()
	for _, isAcross := range []bool{true, false} {
		lines := s.peaks(votes, offset, isAcross)
		length := s.h
		if !isAcross {
			length = s.w
		}
		for _, d := range []float64{0, float64(length)} {
			b := line{d: d, across: isAcross, border: true}
			if isAcross {
				b.ny = 1
			} else {
				b.nx = 1
			}
			lines = append(lines, b)
		}
		if isAcross {
			across = lines
		} else {
			down = lines
		}
	}
	return across, down
}

// degrees is how many directions there are: half a turn.
const degrees = 180

// vote fills the accumulator of the Hough transform (Duda and Hart, 1972), where each pixel votes only for
// the directions around its gradient (O'Gorman and Clowes, 1976). Row i is the normal of i degrees.
func (s *small) vote() (votes []float32, offset int) {
	offset = s.w + s.h
	width := 2 * offset
	votes = make([]float32, degrees*width)
	var sin, cos [degrees]float64
	for i := range sin {
		sin[i], cos[i] = math.Sincos(float64(i) * math.Pi / degrees)
	}
	for y := range s.h {
		for x := range s.w {
			g := s.edge[y*s.w+x]
			if g.size < s.slope {
				continue
			}
			angle := int(math.Round(math.Atan2(float64(g.y), float64(g.x))*degrees/math.Pi)) + 2*degrees
			weight := min(g.size, mostSlope)
			for i := angle - voteSteps; i <= angle+voteSteps; i++ {
				k := i % degrees
				d := int(math.Round(cos[k]*(float64(x)+0.5) + sin[k]*(float64(y)+0.5)))
				votes[k*width+d+offset] += weight
			}
		}
	}
	return votes, offset
}

// peaks returns the strongest lines of each zone.
func (s *small) peaks(votes []float32, offset int, across bool) []line {
	type peak struct {
		angle, d int
		votes    float32
		zone     int
	}
	width := 2 * offset
	long := s.w
	if !across {
		long = s.h
	}
	least := s.slope * float32(long) / 8 // a supported eighth of the picture's side
	var found []peak
	for a := range degrees {
		if isAcross := a >= 45 && a < 135; isAcross != across {
			continue
		}
		for d := 1; d < width-1; d++ {
			v := votes[a*width+d]
			if v < least || v < votes[a*width+d-1] || v < votes[a*width+d+1] {
				continue
			}
			l := lineOf(a, d-offset)
			zone := int((s.place(&l)/math.Hypot(float64(s.w), float64(s.h)) + 0.5) * zones)
			if zone < 0 || zone >= zones {
				continue
			}
			found = append(found, peak{a, d - offset, v, zone})
		}
	}
	slices.SortFunc(found, func(a, b peak) int { return cmp.Or(cmp.Compare(b.votes, a.votes), a.angle-b.angle, a.d-b.d) })
	var lines []line
	var inZone [zones]int
	taken := make([]bool, s.w*s.h)
	for _, p := range found {
		if inZone[p.zone] == linesPerZone {
			continue
		}
		l := lineOf(p.angle, p.d)
		if slices.ContainsFunc(lines, func(k line) bool { return l.near(&k, 2.5, float64(long)) }) {
			continue
		}
		for range 2 {
			s.fit(&l)
		}
		if !s.claim(&l, taken) {
			continue
		}
		inZone[p.zone]++
		s.support(&l)
		lines = append(lines, l)
	}
	return lines
}

// place is how far along its normal from the middle of the picture a line lies.
func (s *small) place(l *line) float64 { return l.d - l.nx*float64(s.w)/2 - l.ny*float64(s.h)/2 }

// lineOf is the line whose normal has that many degrees, made to point down or right.
func lineOf(angle, d int) line {
	sin, cos := math.Sincos(float64(angle) * math.Pi / degrees)
	l := line{nx: cos, ny: sin, d: float64(d), across: angle >= 45 && angle < 135}
	if !l.across && l.nx < 0 {
		l.nx, l.ny, l.d = -l.nx, -l.ny, -l.d
	}
	return l
}

// near reports whether two lines stay within so many pixels of each other all along the picture.
func (l *line) near(k *line, pixels, long float64) bool {
	return math.Abs(l.at(0)-k.at(0)) <= pixels && math.Abs(l.at(long)-k.at(long)) <= pixels
}

// slopeAt returns the slope along the normal at the pixel of the line's axis, looked for within reach pixels
// of it, and where: 0 without one.
func (s *small) slopeAt(l *line, t, reach int) (slope float32, at int) {
	middle := int(math.Floor(l.at(float64(t) + 0.5)))
	first, step, end := t, s.w, s.h // the pixels along the other axis
	if !l.across {
		first, step, end = t*s.w, 1, s.w
	}
	nx, ny, most := float32(l.nx), float32(l.ny), float32(0)
	for u := max(0, middle-reach); u <= min(middle+reach, end-1); u++ {
		g := &s.edge[first+u*step]
		if g.size < s.slope {
			continue // along no direction is it steeper
		}
		along := g.x*nx + g.y*ny
		if size := max(along, -along); size >= s.slope && size >= aligned*g.size && size > most {
			slope, at, most = along, u, size
		}
	}
	return slope, at
}

// length is how many positions the line's axis has.
func (s *small) length(l *line) int {
	if l.across {
		return s.w
	}
	return s.h
}

// fit moves the line to the least squares of the steepest pixels near it.
func (s *small) fit(l *line) {
	var n, st, su, stt, stu float64
	for t := 0; t < s.length(l); t += 2 { // every other pixel says as much as all
		slope, at := s.slopeAt(l, t, 2)
		if slope == 0 {
			continue
		}
		w := float64(min(max(slope, -slope), mostSlope))
		x, u := float64(t)+0.5, float64(at)+0.5
		n, st, su, stt, stu = n+w, st+w*x, su+w*u, stt+w*x*x, stu+w*x*u
	}
	det := n*stt - st*st
	if n == 0 || det < 1e-6*n*n {
		return
	}
	b := (n*stu - st*su) / det
	a := (su - b*st) / n
	l.set(a, b)
}

// set makes the line the one with other coordinate a + b*t.
func (l *line) set(a, b float64) {
	k := 1 / math.Hypot(1, b)
	if l.across {
		l.nx, l.ny, l.d = -b*k, k, a*k
		return
	}
	l.nx, l.ny, l.d = k, -b*k, a*k
}

// claim takes the pixels of the line's edge for it, unless too few of them are not taken yet: it is then another
// view of an edge that has been found.
func (s *small) claim(l *line, taken []bool) bool {
	var places []int
	own := 0
	step := s.w
	if !l.across {
		step = 1
	}
	for t := range s.length(l) {
		slope, u := s.slopeAt(l, t, 1)
		if slope == 0 {
			continue
		}
		i := u*s.w + t
		if !l.across {
			i = t*s.w + u
		}
		if !taken[i] {
			own++
		}
		places = append(places, i)
	}
	if own == 0 || float64(own) < leastOwn*float64(len(places)) {
		return false
	}
	for _, i := range places {
		for _, k := range []int{i - step, i, i + step} {
			if k >= 0 && k < len(taken) {
				taken[k] = true
			}
		}
	}
	return true
}

// support counts along the line where an edge is.
func (s *small) support(l *line) {
	n := s.length(l)
	l.with, l.against = make([]int32, n+1), make([]int32, n+1)
	for t := range n {
		l.with[t+1], l.against[t+1] = l.with[t], l.against[t]
		switch slope, _ := s.slopeAt(l, t, 1); {
		case slope > 0:
			l.with[t+1]++
		case slope < 0:
			l.against[t+1]++
		}
	}
}

// count returns how many of the positions from..to lie in the picture, and how many of them show an edge
// along and against the normal.
func (l *line) count(from, to float64) (n, with, against int) {
	last := len(l.with) - 1
	a, b := min(max(int(math.Round(from)), 0), last), min(max(int(math.Round(to)), 0), last)
	if b <= a {
		return 0, 0, 0
	}
	return b - a, int(l.with[b] - l.with[a]), int(l.against[b] - l.against[a])
}
