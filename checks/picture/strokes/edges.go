package strokes

import (
	"image"
	"math"
	"slices"

	"dossier/checks/picture/raster"
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
	windows int // looked at so far
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
	line.measure(ws)
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
	w := window{r.Dx(), r.Dy(), nil}
	switch p := m.picture.(type) {
	case *image.YCbCr:
		w.luma = make([]uint8, 0, w.width*w.height)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			w.luma = append(w.luma, p.Y[p.YOffset(r.Min.X, y):][:w.width]...)
		}
	case *image.Gray:
		w.luma = make([]uint8, 0, w.width*w.height)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			w.luma = append(w.luma, p.Pix[p.PixOffset(r.Min.X, y):][:w.width]...)
		}
	default:
		w.luma = lumaOf(raster.New(m.picture, r))
	}
	return w
}

// measure fills in what the windows show.
func (l *Line) measure(ws []window) {
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
	least := max(leastStep*step, leastStepNoise*l.Noise, 3)
	var e [directions]edges
	for _, w := range ws {
		w.scan(&e, least)
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
	l.Stroke = strokeWidth(e[0].strokes, e[1].strokes)
}

// The directions in which edges are crossed: along rows, down columns, and along both diagonals, for a hand moves
// any way.
const (
	directions = 4
	diagonal   = 2 // the first of the diagonals
)

// scan walks along every line of pixels of the window, in each direction.
func (w window) scan(e *[directions]edges, least float64) {
	for y := range w.height {
		e[0].scan(w.luma[y*w.width:], w.width, 1, least)
		// The diagonals that begin at the left and at the right edge.
		e[2].scan(w.luma[y*w.width:], min(w.width, w.height-y), w.width+1, least)
		e[3].scan(w.luma[(y+1)*w.width-1:], min(w.width, w.height-y), w.width-1, least)
	}
	for x := range w.width {
		e[1].scan(w.luma[x:], w.height, w.width, least)
		if x > 0 { // those that begin at the upper edge
			e[2].scan(w.luma[x:], min(w.width-x, w.height), w.width+1, least)
			e[3].scan(w.luma[w.width-1-x:], min(w.width-x, w.height), w.width-1, least)
		}
	}
}

// noise estimates the standard deviation of the paper's brightness from the differences of pixels side by
// side that are brighter than a level. JPEG takes a part of the noise away; it is not seen then either.
func noise(ws []window, above uint8) float64 {
	var count [256]int
	n := 0
	for _, w := range ws {
		for i := 1; i < len(w.luma); i++ {
			a, b := w.luma[i-1], w.luma[i]
			if i%w.width == 0 || a < above || b < above {
				continue
			}
			count[max(a, b)-min(a, b)]++
			n++
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

// scan walks along n values, stride apart, and takes down the steps of at least that height between one
// turning point and the next.
func (e *edges) scan(v []uint8, n, stride int, least float64) {
	if n < 3 {
		return
	}
	at := func(i int) float64 { return float64(v[i*stride]) }
	low, high := 0, 0     // where the lowest and the highest value since the last turning point are
	from, falling := 0, 0 // the last turning point; -1 while falling, 1 while rising, 0 before the first step
	fell := -1.0          // where the last step down was half way
	turn := func(to, direction int) {
		if direction == 0 {
			return
		}
		half := e.step(at, from, to)
		if direction < 0 {
			fell = half
		} else if fell >= 0 {
			e.strokes = append(e.strokes, float32(half-fell))
		}
	}
	for i := 1; i < n; i++ {
		x := at(i)
		if x < at(low) {
			low = i
		}
		if x > at(high) {
			high = i
		}
		switch {
		case falling <= 0 && x-at(low) >= least: // it has turned upwards
			turn(low, falling)
			from, falling, high = low, 1, i
		case falling >= 0 && at(high)-x >= least:
			turn(high, falling)
			from, falling, low = high, -1, i
		}
	}
	if falling > 0 {
		turn(high, falling)
	} else if falling < 0 {
		turn(low, falling)
	}
}

// step takes down the step between two turning points and returns where it is half way.
func (e *edges) step(at func(int) float64, from, to int) (half float64) {
	a, b := at(from), at(to)
	share := func(i int) float64 { return (at(i) - a) / (b - a) }
	// The two pixels between which half the way is passed; from there outwards to 10 and 90 %.
	k := from
	for k+1 < to && share(k+1) < 0.5 {
		k++
	}
	cross := func(i int, level float64) float64 {
		s, t := share(i), share(i+1)
		if t <= s {
			return float64(i)
		}
		return float64(i) + (level-s)/(t-s)
	}
	half = cross(k, 0.5)
	lo, hi := k, k
	for lo > from && share(lo) > 0.1 {
		lo--
	}
	for hi+1 < to && share(hi+1) < 0.9 {
		hi++
	}
	e.widths = append(e.widths, float32(cross(hi, 0.9)-cross(lo, 0.1)))
	e.steps = append(e.steps, float32(max(b-a, a-b)))
	return half
}

// median is the middle value; 0 if there are too few.
func median(v []float32) float64 {
	if len(v) < leastEdges {
		return 0
	}
	if every := len(v) / enough; every > 1 {
		// Edges lie in the list as they were met: every so-manyth is a fair choice.
		few := make([]float32, 0, enough+enough/2)
		for i := 0; i < len(v); i += every {
			few = append(few, v[i])
		}
		v = few
	}
	slices.Sort(v)
	return float64(v[len(v)/2])
}

// strokeWidth is the width of strokes: rows cross the upright ones at their width and the level ones at
// their length, columns the other way round, so that the lower third of all is about the width.
func strokeWidth(across, down []float32) float64 {
	all := slices.Concat(across, down)
	if len(all) < leastEdges {
		return 0
	}
	slices.Sort(all)
	return float64(all[len(all)/3])
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
		var e edges
		for y := 0; y < w.height; y++ {
			e.scan(w.luma[y*w.width:], w.width, 1, float64(p.least))
		}
		for x := 0; x < w.width; x++ {
			e.scan(w.luma[x:], w.height, w.width, float64(p.least))
		}
		all = append(all, e.widths...)
	}
	if len(all) < leastEdges {
		return
	}
	slices.Sort(all)
	m.page.Sharpest = float64(all[len(all)/10])
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
