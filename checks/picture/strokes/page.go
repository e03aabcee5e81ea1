package strokes

import (
	"context"
	"image"
	"math"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/raster"
)

// A Point is a place in a picture, in pixels.
type Point struct{ X, Y float64 }

// The sides of the picture, as indexes of Line.Cut.
const (
	Top = iota
	Right
	Bottom
	Left
)

// A Line is a line of print.
type Line struct {
	Box      image.Rectangle // in pixels of the upright picture
	From, To Point           // its two ends, at half its height: From is left of To, or above it if Down
	Height   float64         // of its characters, pixels
	Glyphs   int             // how many pieces of ink it is made of, at least leastGlyphs
	// Cut says at which sides of the picture it runs out: Top, Right, Bottom, Left.
	Cut [4]bool
	// What was measured of its strokes at full resolution; Edges is 0 where it was not.
	Edges  int     // how many edges were measured
	Edge   float64 // width of an edge between 10 and 90 % of its step, pixels: the median of the worse direction
	Stroke float64 // width of a stroke at half its depth, pixels
	Paper  float64 // brightness of the paper, 0..255
	Ink    float64 // brightness of the darkest ink, 0..255
	Noise  float64 // standard deviation of the paper's brightness from pixel to pixel, levels
	// Blur is the standard deviation of the Gaussian that would make a sharp edge as wide, as a part of the
	// text's height; see Page.blur. 0 where nothing was measured.
	Blur float64

	steps [directions]stepsMet
}

// stepsMet are medians of the edges met in one direction: their width in pixels, their height in levels. Both are 0
// if there were too few.
type stepsMet struct{ width, height float64 }

// Contrast is the difference between paper and ink as a part of the brightness of the paper, 0..1.
func (l Line) Contrast() float64 { return (l.Paper - l.Ink) / max(l.Paper, 1) }

// Angle is how far the line leans from the horizontal, or from the vertical if it runs down: degrees,
// clockwise positive.
func (l Line) Angle(down bool) float64 {
	dx, dy := l.To.X-l.From.X, l.To.Y-l.From.Y
	if down {
		dx, dy = dy, -dx
	}
	return math.Atan2(dy, dx) * 180 / math.Pi
}

// A Page is the print of a picture.
type Page struct {
	Width, Height int // of the upright picture
	Reduce        int // pixels of the picture along the side of one of the reduced picture
	Light         *Light
	Lines         []Line // from top to bottom
	Down          bool   // the lines run down the picture: it lies on its side, or the print is upright
	// Sharpest is the width between 10 and 90 % of the sharpest edges anywhere in the picture, pixels: a
	// tenth of the measured ones are sharper. It is 0 if there are hardly any edges.
	Sharpest float64
}

// Of is the print of the subject's upright picture, found once. An error made by checks.Skip says that
// there is no picture to look at.
var Of = checks.NewShared("print", func(ctx context.Context, s *checks.Subject) (*Page, error) {
	p, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return nil, decode.Skip(err)
	}
	reduced, err := raster.Reduced.Of(ctx, s)
	if err != nil {
		return nil, err
	}
	return Measure(ctx, p.Image, reduced)
})

// maxRuns bounds the memory of the search: a densely printed page has a tenth of it.
const maxRuns = 600_000

// Measure finds the print of a picture, of which reduced is the reduced copy (raster.Reduced), and
// measures it. The error is the context's.
func Measure(ctx context.Context, picture image.Image, reduced *raster.Raster) (*Page, error) {
	page := &Page{Width: picture.Bounds().Dx(), Height: picture.Bounds().Dy(), Reduce: max(1, reduced.Reduce)}
	luma := reduced.Luma()
	page.Light = lightOf(reduced, luma)
	all := components(inkRuns(luma, reduced.Width, reduced.Height, page.Light, maxRuns))
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	list := glyphs(all, reduced.Width, reduced.Height)
	across, down := linesOf(list), linesOf(transposed(list))
	lines := across
	if weight(down) > weight(across) {
		lines, page.Down = down, true
	}
	m := measurer{picture: picture, page: page, list: list}
	windows := windowsPerLine(len(lines))
	for i, l := range lines {
		if i%32 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		page.Lines = append(page.Lines, m.line(l, windows))
	}
	page.Lines = prominent(page.Lines)
	page.blur()
	slices.SortStableFunc(page.Lines, func(a, b Line) int { return a.Box.Min.Y - b.Box.Min.Y })
	m.sharpest(luma, reduced.Width, reduced.Height)
	return page, ctx.Err()
}

const (
	// RiseOfGaussian is over how many of its standard deviations a Gaussian rises from 10 to 90 %.
	RiseOfGaussian = 2.563
	// usualContrast of print is what nearly all of it has where it is sharp: 0.66 and more on drawn papers.
	usualContrast = 0.7
	// mostUsual bounds how far usualContrast may exceed what the page shows, for faint papers are not blurred ones.
	mostUsual = 1.4
	// mostLost bounds the correction for lost depth, so that grey print is not called blurred.
	mostLost = 2.5
)

// blur puts the width of the edges of each line in proportion to its height. Strokes that are thinner than the
// blur lose depth as well: what is left of a step is then as wide as the stroke, whatever the blur, above all
// where a moving hand has smeared it. So the width counts as many times as the step should be higher; how high
// it should be is told by the strongest print of the page, and by what print usually is. A blur in one direction alone makes
// characters unreadable at half the width, for what is left of them are stripes: the ratio of the directions counts.
func (p *Page) blur() {
	strongest := weighted(p.Lines, 0.9, Line.step)
	for i := range p.Lines {
		l := &p.Lines[i]
		full := max(strongest, min(usualContrast*l.Paper, mostUsual*strongest))
		small, big := math.Inf(1), 0.0
		for _, s := range l.steps {
			if s.width > 0 {
				width := s.width * max(1, min(mostLost, full/s.height))
				small, big = min(small, width), max(big, width)
			}
		}
		if big > 0 {
			l.Blur = big * math.Sqrt(big/small) / RiseOfGaussian / l.Height
		}
	}
}

// transposed exchanges x and y.
func transposed(list []component) []component {
	out := make([]component, len(list))
	for i, c := range list {
		b := c.box
		out[i] = component{image.Rect(b.Min.Y, b.Min.X, b.Max.Y, b.Max.X), c.area}
	}
	return out
}

// A foundLine is a line in pixels of the reduced picture, x and y exchanged if it runs down.
type foundLine struct {
	of       []int // its components
	height   float64
	from, to Point
	gap      float64 // mean distance of its components, in heights
}

// What a chain must be like to be a line of text.
const (
	// wavy is how far the middles of its components may lie from a straight line, in heights (root
	// mean square): Chinese characters fall into parts above each other, which takes 0.2.
	wavy = 0.3
	// shortest is its least length in heights.
	shortest = 2.5
	// The share of the line's area that is ink: thin print has a tenth, bold and blurred characters half.
	leastInk, mostInk = 0.06, 0.8
	// solid: pieces that fill so much of their boxes are dashes and dots of a rule, not characters.
	solid = 0.78
)

// linesOf finds the lines of text that run across.
func linesOf(list []component) []foundLine {
	var found []foundLine
	for _, c := range chains(list) {
		if l, ok := lineOf(list, c); ok {
			found = append(found, l)
		}
	}
	return found
}

func lineOf(list []component, c chain) (foundLine, bool) {
	l := foundLine{of: c}
	if len(c) < leastGlyphs {
		return l, false
	}
	heights, fill := make([]float64, len(c)), make([]float64, len(c))
	first, last, area, gap := list[c[0]].box.Min.X, 0, 0, 0
	for i, k := range c {
		b := list[k].box
		heights[i], fill[i] = float64(b.Dy()), float64(list[k].area)/float64(b.Dx()*b.Dy())
		if i > 0 {
			gap += max(0, b.Min.X-last)
		}
		last = max(last, b.Max.X)
		area += list[k].area
	}
	slices.Sort(heights)
	slices.Sort(fill)
	l.height = heights[len(heights)*4/5]
	length := float64(last - first)
	l.gap = float64(gap) / float64(len(c)-1) / l.height
	// At least half of the components are as high as characters or their larger parts are.
	if heights[len(heights)/2] < 0.4*l.height || length < shortest*l.height || fill[len(fill)/2] > solid {
		return l, false
	}
	if ink := float64(area) / (length * l.height); ink < leastInk || ink > mostInk {
		return l, false
	}
	slope, middle, rms := fit(list, c)
	if rms > wavy*l.height {
		return l, false
	}
	at := func(x int) Point { return Point{float64(x), middle.Y + slope*(float64(x)-middle.X)} }
	l.from, l.to = at(first), at(last)
	return l, true
}

// fit lays a straight line through the middles of components, weighted by their width.
func fit(list []component, c chain) (slope float64, middle Point, rms float64) {
	var n, sx, sy float64
	for _, k := range c {
		b := list[k].box
		w := float64(b.Dx())
		n, sx, sy = n+w, sx+w*float64(b.Min.X+b.Max.X)/2, sy+w*float64(b.Min.Y+b.Max.Y)/2
	}
	middle = Point{sx / n, sy / n}
	var xx, xy, yy float64
	for _, k := range c {
		b := list[k].box
		w := float64(b.Dx())
		dx, dy := float64(b.Min.X+b.Max.X)/2-middle.X, float64(b.Min.Y+b.Max.Y)/2-middle.Y
		xx, xy, yy = xx+w*dx*dx, xy+w*dx*dy, yy+w*dy*dy
	}
	if xx > 0 {
		slope = xy / xx
	}
	return slope, middle, math.Sqrt(max(0, yy-slope*xy) / n)
}

// weight says how much lines look like text that runs their way: characters stand closer to each other
// than lines do.
func weight(lines []foundLine) (sum float64) {
	for _, l := range lines {
		sum += float64(len(l.of)) / (0.25 + l.gap)
	}
	return sum
}
