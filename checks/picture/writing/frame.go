package writing

import (
	"math"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/reading"
)

// A Frame is a place on the form in the directions of its text: x runs along the row from where the
// label ends, y down from the row's middle. Both are in units of height.
type Frame struct {
	from   reading.Point // in pixels of the upright picture
	dx, dy float64       // along the row, of length 1
	height float64       // of a character of the label, in pixels
}

// The search for lines makes their boxes about half as high again as the characters.
const boxed = 1.5

// Behind is the frame that begins where a label ends. A label of two characters is too short to tell how
// the row runs: direction is that of the page's long lines.
func Behind(label reading.Quad, direction reading.Point) Frame {
	mid := func(a, b reading.Point) reading.Point { return reading.Point{X: (a.X + b.X) / 2, Y: (a.Y + b.Y) / 2} }
	across := (distance(label[0], label[3]) + distance(label[1], label[2])) / 2
	return Frame{mid(label[1], label[2]), direction.X, direction.Y, across / boxed}
}

// Below is the frame with which a label begins, moved down by so many heights.
func Below(label reading.Quad, direction reading.Point, by float64) Frame {
	f := Behind(label, direction)
	start := reading.Point{X: (label[0].X + label[3].X) / 2, Y: (label[0].Y + label[3].Y) / 2}
	f.from = reading.Point{X: start.X - by*f.height*f.dy, Y: start.Y + by*f.height*f.dx}
	return f
}

// at is the place in pixels of what lies at x, y of the frame.
func (f Frame) at(x, y float64) reading.Point {
	x, y = x*f.height, y*f.height
	return reading.Point{X: f.from.X + x*f.dx - y*f.dy, Y: f.from.Y + x*f.dy + y*f.dx}
}

// of is where in the frame a point of the picture lies.
func (f Frame) of(p reading.Point) (x, y float64) {
	px, py := p.X-f.from.X, p.Y-f.from.Y
	return (px*f.dx + py*f.dy) / f.height, (py*f.dx - px*f.dy) / f.height
}

// A Box is a part of a frame, in heights of its characters: X1 and Y1 are its right and lower edge.
type Box struct{ X0, Y0, X1, Y1 float64 }

func (f Frame) quad(b Box) reading.Quad {
	return reading.Quad{f.at(b.X0, b.Y0), f.at(b.X1, b.Y0), f.at(b.X1, b.Y1), f.at(b.X0, b.Y1)}
}

// BoxOf is the upright box in the frame around a quad of the picture.
func (f Frame) BoxOf(q reading.Quad) Box {
	b := Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range q {
		x, y := f.of(p)
		b = Box{min(b.X0, x), min(b.Y0, y), max(b.X1, x), max(b.Y1, y)}
	}
	return b
}

// Overlap is the area two boxes have in common, in squares of the height.
func (b Box) Overlap(c Box) float64 {
	return max(0, min(b.X1, c.X1)-max(b.X0, c.X0)) * max(0, min(b.Y1, c.Y1)-max(b.Y0, c.Y0))
}

// Area is in squares of the height; that of a box inside out is 0.
func (b Box) Area() float64 { return max(0, b.X1-b.X0) * max(0, b.Y1-b.Y0) }

// grown is a box with so much more on all sides.
func (b Box) grown(by float64) Box { return Box{b.X0 - by, b.Y0 - by, b.X1 + by, b.Y1 + by} }

// InRow reports whether the middle of a box is the frame's row.
func (b Box) InRow() bool { return math.Abs(b.Y0+b.Y1) < 2*0.5 }

func distance(a, b reading.Point) float64 { return math.Hypot(a.X-b.X, a.Y-b.Y) }

// DirectionOf is the direction in which the page's text runs, of length 1: the median of its long lines.
func DirectionOf(page *reading.Page) reading.Point {
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

// RegionOf is the upright rectangle around a part of a frame, in a picture of the page's size.
func RegionOf(f Frame, b Box, page *reading.Page) checks.Region {
	return f.quad(b).Box(page.Width, page.Height)
}
