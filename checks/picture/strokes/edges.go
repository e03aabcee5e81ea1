package strokes

import (
	"image"
	"math"

	"dossier/checks/picture/raster"
	"dossier/checks/picture/statistics"
)

const (
	// maxWindows bounds the work at full resolution: 240 characters tell the median width of an edge to
	// a few per cent.
	maxWindows = 240
	// mostPerLine windows are looked at in a line: it is as sharp at one character as at the next.
	mostPerLine = 8
	// enough edges tell their median to a few per cent.
	enough = 300
	// leastEdges is how many edges a median is taken of.
	leastEdges = 8
	// An edge is a step of at least this part of the difference between paper and ink, or of what is
	// left of it in thin and blurred strokes, and of this many times the noise.
	leastStep      = 0.3
	leastStepNoise = 4
)

func windowsPerLine(lines int) int {
	if lines == 0 {
		return 0
	}
	return max(1, min(mostPerLine, maxWindows/lines))
}

// A measurer measures strokes of a picture at full resolution.
type measurer struct {
	picture image.Image
	page    *Page
	list    []component
	windows int               // looked at so far
	met     [directions]edges // of one line, kept for its memory
}

// A window is a part of the picture, one value a pixel.
type window struct {
	width, height int
	luma          []uint8
}

// line measures a line found on the reduced picture.
func (m *measurer) line(l foundLine, windows int) Line {
	by := float64(m.page.Reduce)
	line := Line{Height: l.height * by, Glyphs: len(l.of), From: Point{l.from.X * by, l.from.Y * by}, To: Point{l.to.X * by, l.to.Y * by}}
	if m.page.Down {
		line.From, line.To = Point{line.From.Y, line.From.X}, Point{line.To.Y, line.To.X}
	}
	for _, k := range l.of {
		line.Box = line.Box.Union(m.list[k].box)
	}
	line.Box = enlarged(line.Box, m.page.Reduce, 0)
	line.Cut = m.cutAt(l)
	if m.windows >= 2*maxWindows {
		return line
	}
	var ws []window
	for i := range min(windows, len(l.of)) {
		k := l.of[(2*i+1)*len(l.of)/(2*min(windows, len(l.of)))]
		// A few pixels of paper around it, in which its edges end.
		ws = append(ws, m.cut(enlarged(m.list[k].box, m.page.Reduce, 3+int(line.Height/4))))
	}
	m.windows += len(ws)
	line.measure(ws, &m.met)
	return line
}

// atEdge: a line runs out of the picture if it ends so near to its side, in heights. Papers have margins of several.
const atEdge = 0.35

// cutAt says at which sides of the picture a line runs out. At its ends one piece near the side is enough, along it most
// of its pieces must touch.
func (m *measurer) cutAt(l foundLine) (cut [4]bool) {
	width, height := m.page.Width/m.page.Reduce, m.page.Height/m.page.Reduce
	var near, touch [4]int
	for _, k := range l.of {
		b := m.list[k].box
		for side, gap := range [4]int{b.Min.Y, width - b.Max.X, height - b.Max.Y, b.Min.X} {
			if float64(gap) <= atEdge*l.height {
				near[side]++
			}
			if gap <= 0 {
				touch[side]++
			}
		}
	}
	for side := range cut {
		atEnd := (side == Left || side == Right) != m.page.Down
		cut[side] = atEnd && near[side] > 0 || 2*touch[side] > len(l.of)
	}
	return cut
}

// enlarged takes a rectangle from the reduced picture to the picture, with a margin.
func enlarged(r image.Rectangle, by, margin int) image.Rectangle {
	return image.Rect(r.Min.X*by, r.Min.Y*by, r.Max.X*by, r.Max.Y*by).Inset(-margin)
}

// mostWide bounds a window: a word whose letters touch is as sharp at its beginning as at its end.
const mostWide = 256

func (m *measurer) cut(r image.Rectangle) window {
	b := m.picture.Bounds()
	r = r.Add(b.Min).Intersect(b)
	r.Max.X, r.Max.Y = min(r.Max.X, r.Min.X+mostWide), min(r.Max.Y, r.Min.Y+mostWide)
	return window{r.Dx(), r.Dy(), raster.Luma(m.picture, r)}
}

// measure fills in what the windows show; what e holds is overwritten.
func (l *Line) measure(ws []window, e *[directions]edges) {
	var count [256]int
	total := 0
	for _, w := range ws {
		for _, v := range w.luma {
			count[v]++
		}
		total += len(w.luma)
	}
	if total == 0 {
		return
	}
	// A character covers some two thirds of its window with paper; its darkest strokes are more than
	// a fiftieth of it.
	l.Paper, l.Ink = float64(quantile(&count, total, 0.85)), float64(quantile(&count, total, 0.02))
	step := l.Paper - l.Ink
	l.Noise = noise(ws, uint8(max(0, l.Paper-0.2*step)))
	least := int(math.Ceil(max(leastStep*step, leastStepNoise*l.Noise, 3)))
	for d := range e {
		e[d].reset()
	}
	for _, w := range ws {
		w.scan(e, least)
	}
	for d := range e {
		length := 1.0
		if d >= diagonal {
			length = math.Sqrt2 // from one pixel to the next along a diagonal
		}
		l.steps[d] = stepsMet{median(e[d].widths) * length, median(e[d].steps)}
		l.Edge = max(l.Edge, l.steps[d].width)
		l.Edges += len(e[d].widths)
	}
	if l.Edge == 0 {
		l.Edges = 0
	}
	l.Stroke = strokeWidth(append(e[0].strokes, e[1].strokes...))
}

// The directions in which edges are crossed: along rows, down columns, and along both diagonals, for a hand moves
// any way.
const (
	directions = 4
	diagonal   = 2 // the first of the diagonals
)

// scan walks along every line of pixels of the window, in each direction.
func (w window) scan(e *[directions]edges, least int) {
	w.scanAcross(&e[0], &e[1], least)
	line := make([]uint8, min(w.width, w.height))
	for y := range w.height {
		// The diagonals that begin at the left and at the right edge.
		n := min(w.width, w.height-y)
		e[2].scan(w.along(line, y*w.width, w.width+1, n), least)
		e[3].scan(w.along(line, (y+1)*w.width-1, w.width-1, n), least)
	}
	for x := 1; x < w.width; x++ { // those that begin at the upper edge
		n := min(w.width-x, w.height)
		e[2].scan(w.along(line, x, w.width+1, n), least)
		e[3].scan(w.along(line, w.width-1-x, w.width-1, n), least)
	}
}

// scanAcross walks along its rows and down its columns.
func (w window) scanAcross(rows, columns *edges, least int) {
	for y := range w.height {
		rows.scan(w.luma[y*w.width:][:w.width], least)
	}
	line := make([]uint8, w.height)
	for x := range w.width {
		columns.scan(w.along(line, x, w.width, w.height), least)
	}
}

// along copies n pixels that lie stride apart, for a scan is fastest over values side by side.
func (w window) along(to []uint8, from, stride, n int) []uint8 {
	to = to[:n]
	for i := range to {
		to[i] = w.luma[from]
		from += stride
	}
	return to
}

// noise estimates the standard deviation of the paper's brightness from the differences of pixels side by
// side that are brighter than a level. JPEG takes a part of the noise away; it is not seen then either.
func noise(ws []window, above uint8) float64 {
	var count [256]int
	n := 0
	for _, w := range ws {
		for y := range w.height {
			row := w.luma[y*w.width:][:w.width]
			for i := 1; i < len(row); i++ {
				if a, b := row[i-1], row[i]; min(a, b) >= above {
					count[max(a, b)-min(a, b)]++
					n++
				}
			}
		}
	}
	if n == 0 {
		return 0
	}
	// The median is found between whole levels: that many of those at its level are below it.
	half := n / 2
	for level, c := range count {
		if half < c {
			median := max(0, float64(level)-0.5+float64(half)/float64(c))
			// The difference of two normal values is 0.954 standard deviations or less in half of the cases.
			return median / 0.954
		}
		half -= c
	}
	return 0
}

// edges are the steps between paper and ink met along some lines of pixels.
type edges struct {
	widths  []float32 // between 10 and 90 %
	steps   []float32 // heights, levels
	strokes []float32 // widths of dark stretches at half their depth
}

// reset forgets what was met.
func (e *edges) reset() { e.widths, e.steps, e.strokes = e.widths[:0], e.steps[:0], e.strokes[:0] }

// scan walks along values and takes down the steps of at least that height between one turning point and the next.
func (e *edges) scan(v []uint8, least int) {
	if len(v) < 3 {
		return
	}
	low, high := 0, 0     // where the lowest and the highest value since the last turning point are
	from, falling := 0, 0 // the last turning point; -1 while falling, 1 while rising, 0 before the first step
	fell := -1.0          // where the last step down was half way
	lowest, highest := int(v[0]), int(v[0])
	for i, x := range v {
		x := int(x)
		if x < lowest {
			low, lowest = i, x
		}
		if x > highest {
			high, highest = i, x
		}
		switch {
		case falling <= 0 && x-lowest >= least: // it has turned upwards
			if falling < 0 {
				fell = e.step(v, from, low)
			}
			from, falling, high, highest = low, 1, i, x
		case falling >= 0 && highest-x >= least:
			if falling > 0 {
				e.rise(v, from, high, fell)
			}
			from, falling, low, lowest = high, -1, i, x
		}
	}
	switch {
	case falling > 0:
		e.rise(v, from, high, fell)
	case falling < 0:
		e.step(v, from, low)
	}
}

// rise takes down a step up, and the stroke that ends with it if it began with a step down at fell.
func (e *edges) rise(v []uint8, from, to int, fell float64) {
	if half := e.step(v, from, to); fell >= 0 {
		e.strokes = append(e.strokes, float32(half-fell))
	}
}

// step takes down the step between two turning points and returns where it is half way.
func (e *edges) step(v []uint8, from, to int) (half float64) {
	// passed is how much of the way lies behind a place.
	start, all, sign := int(v[from]), int(v[to])-int(v[from]), 1
	if all < 0 {
		all, sign = -all, -1
	}
	passed := func(i int) int { return sign * (int(v[i]) - start) }
	// The two pixels between which half the way is passed; from there outwards to 10 and 90 %.
	k := from
	for k+1 < to && 2*passed(k+1) < all {
		k++
	}
	lo, hi := k, k
	for lo > from && 10*passed(lo) > all {
		lo--
	}
	for hi+1 < to && 10*passed(hi+1) < 9*all {
		hi++
	}
	// cross is where between a pixel and the next a share of the way is passed.
	cross := func(i int, share float64) float64 {
		s, t := passed(i), passed(i+1)
		if t <= s {
			return float64(i)
		}
		return float64(i) + (share*float64(all)-float64(s))/float64(t-s)
	}
	e.widths = append(e.widths, float32(cross(hi, 0.9)-cross(lo, 0.1)))
	e.steps = append(e.steps, float32(all))
	return cross(k, 0.5)
}

// median is the middle value; 0 if there are too few. The values change their places.
func median(v []float32) float64 {
	if len(v) < leastEdges {
		return 0
	}
	if every := len(v) / enough; every > 1 {
		// Edges lie in the list as they were met: every so-manyth is a fair choice.
		few := v[:0]
		for i := 0; i < len(v); i += every {
			few = append(few, v[i])
		}
		v = few
	}
	return float64(statistics.Median(v))
}

// strokeWidth is the width of strokes: rows cross the upright ones at their width and the level ones at
// their length, columns the other way round, so that the lower third of all is about the width. The values
// change their places.
func strokeWidth(acrossAndDown []float32) float64 {
	if len(acrossAndDown) < leastEdges {
		return 0
	}
	return float64(statistics.Nth(acrossAndDown, len(acrossAndDown)/3))
}

// Where the sharpest edges are looked for: in the strongest place of each part of the picture.
const (
	partsAcross, partsDown = 12, 9
	// sharpSide is the side of a window around the strongest place.
	sharpSide = 40
	// strongest: an edge is only looked at where the brightness changes by so many levels.
	strongest = 24
)

// sharpest measures the sharpest edges of the picture, whatever they belong to.
func (m *measurer) sharpest(luma []uint8, width, height int) {
	var all []float32
	type place struct {
		at    image.Point
		least int
	}
	var places []place
	for row := range partsDown {
		for column := range partsAcross {
			area := image.Rect(column*width/partsAcross, row*height/partsDown, (column+1)*width/partsAcross, (row+1)*height/partsDown)
			if p, step := steepest(luma, width, height, area); step >= strongest {
				places = append(places, place{p, step})
			}
		}
	}
	for _, p := range places {
		at := p.at.Mul(m.page.Reduce)
		w := m.cut(image.Rect(at.X, at.Y, at.X+m.page.Reduce, at.Y+m.page.Reduce).Inset(-sharpSide / 2))
		var across, down edges
		w.scanAcross(&across, &down, p.least)
		all = append(append(all, across.widths...), down.widths...)
	}
	if len(all) < leastEdges {
		return
	}
	m.page.Sharpest = float64(statistics.Nth(all, len(all)/10))
}

// steepest finds where in an area of the reduced picture the brightness changes most from pixel to next
// but one, and by how many levels.
func steepest(luma []uint8, width, height int, area image.Rectangle) (at image.Point, step int) {
	if width < 3 || height < 3 {
		return at, 0
	}
	area = area.Intersect(image.Rect(1, 1, width-1, height-1))
	for y := area.Min.Y; y < area.Max.Y; y++ {
		row, up, down := luma[y*width:][:width], luma[(y-1)*width:][:width], luma[(y+1)*width:][:width]
		for x := area.Min.X; x < area.Max.X; x++ {
			dx, dy := int(row[x+1])-int(row[x-1]), int(down[x])-int(up[x])
			if d := max(dx, -dx, dy, -dy); d > step {
				at, step = image.Pt(x, y), d
			}
		}
	}
	return at, step
}
