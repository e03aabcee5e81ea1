package paper

import (
	"math"
	"slices"

	"dossier/checks/picture/statistics"
)

const (
	// thinReach is half the width that a dark stroke may have to count as print: print on a sheet that fills
	// the small picture is lines of about 4 pixels.
	thinReach = 3 // spread counts on it
	// thinDepth is how much darker than what surrounds it print is.
	thinDepth = 0.86
	// grid is how many samples of a quad are taken each way to see what it is made of.
	grid = 32
	// plainLight and plainColor are how far the plain paper may lie from its own light, which changes
	// slowly across it, and from its own colour: folds and waves make some hundredths; skin, wood and
	// walls in two lights lie further apart.
	plainLight = 0.12
	plainColor = 0.02
	// leastContrast is how far the colours on both sides of an edge must lie apart for it to be one of
	// paper rather than a printed rule, in levels: the lid of a scanner is 5 from white paper.
	leastContrast = 3
)

// rimFrom is where the rim of a quad begins, from its middle: the outer twentieth.
const rimFrom = 0.9

// A look is what the inside of a quad is made of.
type look struct {
	plain float64 // share of one colour in one light
	print float64 // share of thin dark strokes
	rim   float64 // share of plain along the side that has the least of it
	// contrast is the share of the sides beyond which something else lies; of those where anything lies.
	contrast float64
	texture  float64 // median slope, as part of the light: what the surface itself is like
	// The plain paper: its light and the shares of red and green in it.
	light      surface
	red, green float64
}

// thin marks the pixels that belong to strokes narrower than twice thinReach, darker than their
// surroundings: what a closing (Serra, Image Analysis and Mathematical Morphology, 1982) fills.
func (s *small) thin() []bool {
	closed := slices.Clone(s.luma)
	spread(closed, s.w, s.h)
	negate(closed) // the least is the greatest of the negatives
	spread(closed, s.w, s.h)
	negate(closed)
	out := make([]bool, len(closed))
	for i, v := range closed {
		out[i] = s.luma[i] < thinDepth*v-2
	}
	return out
}

// spread replaces each pixel by the greatest of the square of thinReach around it.
func spread(m []float32, w, h int) {
	// Rows and columns one after the other. The greatest of 7 side by side is that of two overlapping fours, and that
	// of two twos; beyond its ends a line goes on as it ends.
	line := make([]float32, max(w, h)+2*thinReach)
	along := func(start, step, n int) {
		for i := range line[:n+2*thinReach] {
			line[i] = m[start+step*min(max(i-thinReach, 0), n-1)]
		}
		for _, by := range [3]int{1, 2, 3} {
			to, from := line[:n+2*thinReach-by], line[by:n+2*thinReach]
			for i, v := range from {
				to[i] = max(to[i], v)
			}
		}
		for i, v := range line[:n] {
			m[start+step*i] = v
		}
	}
	for y := range h {
		along(y*w, 1, w)
	}
	for x := range w {
		along(x, w, h)
	}
}

func negate(m []float32) {
	for i, v := range m {
		m[i] = -v
	}
}

// A sample is one point of a quad.
type sample struct {
	u, v       float64 // -1..1 in the quad
	light      float64
	red, green float64 // shares of the light
	slope      float64
	thin       bool
}

func texture(samples []sample) float64 {
	slopes := make([]float64, len(samples))
	for i, p := range samples {
		slopes[i] = p.slope / max(1, p.light)
	}
	return statistics.Median(slopes)
}

// inspect looks at the inside of a quad.
func (s *small) inspect(q Quad, thin []bool) look {
	samples := s.samples(q, thin)
	if len(samples) < grid {
		return look{}
	}
	light := lightOf(samples)
	var reds, greens []float64
	near := func(p *sample) bool {
		l := light.at(p.u, p.v)
		return l > 0 && math.Abs(p.light/l-1) < plainLight
	}
	for i := range samples {
		if p := &samples[i]; near(p) {
			reds, greens = append(reds, p.red), append(greens, p.green)
		}
	}
	if len(reds) == 0 {
		return look{}
	}
	red, green := statistics.Median(reds), statistics.Median(greens)
	out := look{light: light, red: red, green: green, texture: texture(samples)}
	var along, plainAlong [4]float64
	for i := range samples {
		p := &samples[i]
		plain := near(p) && math.Abs(p.red-red) < plainColor && math.Abs(p.green-green) < plainColor
		switch {
		case p.thin:
			out.print++
		case plain:
			out.plain++
		}
		for side, near := range [4]bool{Top: p.v < -rimFrom, Right: p.u > rimFrom, Bottom: p.v > rimFrom, Left: p.u < -rimFrom} {
			if near {
				along[side]++
				if plain {
					plainAlong[side]++
				}
			}
		}
	}
	n := float64(len(samples))
	out.plain, out.print, out.rim = out.plain/n, out.print/n, 1
	for side, n := range along {
		if n > 0 {
			out.rim = min(out.rim, plainAlong[side]/n)
		}
	}
	return out
}

func (s *small) samples(q Quad, thin []bool) []sample {
	h := q.FromUnit()
	out := make([]sample, 0, grid*grid)
	for i := range grid {
		for j := range grid {
			u, v := (float64(i)+0.5)/grid, (float64(j)+0.5)/grid
			p := h.Map(Point{u, v})
			x, y := int(math.Floor(p.X)), int(math.Floor(p.Y))
			if !(p.X >= 0 && p.Y >= 0) || x >= s.w || y >= s.h {
				continue
			}
			c := s.rgb[3*(y*s.w+x):]
			sum := float64(c[0]+c[1]+c[2]) + 1
			out = append(out, sample{2*u - 1, 2*v - 1, float64(s.luma[y*s.w+x]), float64(c[0]) / sum, float64(c[1]) / sum, float64(s.edge[y*s.w+x].size), thin[y*s.w+x]})
		}
	}
	return out
}

// A surface is light that changes slowly: a + bu + cv + duu + euv + fvv.
type surface [6]float64

func terms(u, v float64) [6]float64 { return [6]float64{1, u, v, u * u, u * v, v * v} }

func (s *surface) at(u, v float64) (sum float64) {
	for i, t := range terms(u, v) {
		sum += s[i] * t
	}
	return sum
}

// lightOf finds the light on the paper: least squares through the samples that are brighter than most, and
// then again through those near the result.
func lightOf(samples []sample) surface {
	var lights []float64
	for _, p := range samples {
		lights = append(lights, p.light)
	}
	middle := statistics.Median(lights)
	s := fitSurface(samples, func(p *sample) bool { return !p.thin && p.light > 0.8*middle && p.light < 1.3*middle })
	for range 2 {
		last := s
		s = fitSurface(samples, func(p *sample) bool { return !p.thin && math.Abs(p.light-last.at(p.u, p.v)) < 1.2*plainLight*middle })
	}
	return s
}

// fitSurface solves the normal equations by elimination with pivots.
func fitSurface(samples []sample, use func(*sample) bool) (s surface) {
	var m [6][7]float64
	for i := range samples {
		p := &samples[i]
		if !use(p) {
			continue
		}
		t := terms(p.u, p.v)
		for r := range t {
			for c := range t {
				m[r][c] += t[r] * t[c]
			}
			m[r][6] += t[r] * p.light
		}
	}
	for k := range m {
		m[k][k] += 1e-6 // too few samples leave what they do not say at zero
		top := k
		for r := k + 1; r < len(m); r++ {
			if math.Abs(m[r][k]) > math.Abs(m[top][k]) {
				top = r
			}
		}
		m[k], m[top] = m[top], m[k]
		for r := k + 1; r < len(m); r++ {
			f := m[r][k] / m[k][k]
			for c := k; c < 7; c++ {
				m[r][c] -= f * m[k][c]
			}
		}
	}
	for k := len(m) - 1; k >= 0; k-- {
		s[k] = m[k][6]
		for c := k + 1; c < len(m); c++ {
			s[k] -= m[k][c] * s[c]
		}
		s[k] /= m[k][k]
	}
	return s
}

// beyondDistances are how far beyond an edge it is looked whether something else lies there, in pixels of the
// small picture: close by, where a narrow lid may be all there is, and farther off, where behind a printed
// border the paper goes on.
var beyondDistances = []float64{3, 6, 10, 18}

// contrast is the share of a quad's sides beyond which something else than its plain paper lies.
func (s *small) contrast(o *outline) float64 {
	var n, yes float64
	toUnit := o.corners.FromUnit()
	toUnit = toUnit.Inverse()
	for i, l := range o.sides {
		if l.border {
			continue
		}
		apart, ok := s.apart(o, &toUnit, i)
		if !ok {
			continue // nothing lies beyond, so that nothing speaks against it
		}
		length := o.corners.Side(i)
		n += length
		yes += length * ramp(apart, leastContrast/2.0, 2*leastContrast)
	}
	if n == 0 {
		return 1
	}
	return yes / n
}

// apart is how far what lies beyond a side is from the paper, in levels, at the distance where they are most
// alike; ok is false if the picture ends there.
func (s *small) apart(o *outline, toUnit *Homography, side int) (apart float64, ok bool) {
	apart = math.Inf(1)
	for _, d := range beyondDistances {
		differences := s.beyond(o, toUnit, side, d)
		if len(differences[0]) < stripPoints/4 {
			continue
		}
		var most float64
		for _, c := range differences {
			most = max(most, math.Abs(statistics.Median(c)))
		}
		apart, ok = min(apart, most), true
	}
	return apart, ok
}

// stripPoints is how many points along a side are looked at.
const stripPoints = 40

// beyond collects along a line outside a side how far the colours lie from the plain paper's at the side.
func (s *small) beyond(o *outline, toUnit *Homography, side int, distance float64) (differences [3][]float64) {
	a, b := o.corners[side], o.corners[(side+1)%4]
	length := o.corners.Side(side)
	// In the order of the clock the normal to the left points outward.
	nx, ny := (b.Y-a.Y)/length, -(b.X-a.X)/length
	for k := range stripPoints {
		f := (float64(k) + 0.5) / stripPoints
		at := Point{a.X + f*(b.X-a.X), a.Y + f*(b.Y-a.Y)}
		c, ok := s.color(at.X+distance*nx, at.Y+distance*ny)
		if !ok {
			continue
		}
		u := toUnit.Map(at)
		paper := o.look.colorAt(2*u.X-1, 2*u.Y-1)
		for i := range c {
			differences[i] = append(differences[i], c[i]-paper[i])
		}
	}
	return differences
}

// colorAt is the plain paper's colour at a place, -1..1 in the quad.
func (l *look) colorAt(u, v float64) [3]float64 {
	blue := 1 - l.red - l.green
	sum := l.light.at(u, v) / (0.299*l.red + 0.587*l.green + 0.114*blue)
	return [3]float64{l.red * sum, l.green * sum, blue * sum}
}

func (s *small) color(x, y float64) (c [3]float64, ok bool) {
	if !(x >= 0 && y >= 0 && x < float64(s.w) && y < float64(s.h)) {
		return c, false
	}
	p := s.rgb[3*(int(y)*s.w+int(x)):]
	return [3]float64{float64(p[0]), float64(p[1]), float64(p[2])}, true
}
