package overlay

import (
	"image"
	"image/color"
	"image/draw"
	"iter"
	"math"

	xdraw "golang.org/x/image/draw"
)

// The measures of the drawing, in pixels.
const (
	// MaxSide bounds both sides: it fills a screen and prints well on a page.
	MaxSide = 1600
	// crop is the side of the two details at full size: a line of text with its surroundings.
	crop   = 320
	gap    = 12
	legend = 44 // height of the strip below the picture
	// largest is the longer side of the picture beside the details.
	largest = MaxSide - crop - 3*gap
)

// Evidence is what a drawing shows. Rectangles are in pixels of Picture.
type Evidence struct {
	Picture image.Image // upright, Bounds().Min at the origin
	// Heat gives the value of each part of the picture, 0..1; nil without a map. Parts that are not
	// listed were not measured and stay grey.
	Heat iter.Seq2[image.Rectangle, float32]
	// Region lists the parts the finding is about; their common border is drawn.
	Region iter.Seq[image.Rectangle]
	// Low and High are the numbers at the ends of the legend.
	Low, High string
}

// Draw makes the drawing; nil if there is no picture or no region in it.
func Draw(e Evidence) *image.RGBA {
	if e.Picture == nil || e.Picture.Bounds().Empty() || e.Region == nil {
		return nil
	}
	b := e.Picture.Bounds()
	var bounds image.Rectangle
	for r := range e.Region {
		bounds = bounds.Union(r.Intersect(b))
	}
	if bounds.Empty() {
		return nil
	}
	scale := min(1, float64(largest)/float64(b.Dx()), float64(MaxSide-legend-2*gap)/float64(b.Dy()))
	w, h := max(1, int(float64(b.Dx())*scale)), max(1, int(float64(b.Dy())*scale))
	sheet := image.NewRGBA(image.Rect(0, 0, max(w+crop+3*gap, 2*crop), max(h+legend+2*gap, 2*crop+3*gap)))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.Gray{236}), image.Point{}, draw.Src)

	view := image.Rect(gap, gap, gap+w, gap+h)
	place := func(r image.Rectangle) image.Rectangle {
		at := func(v int) int { return int(math.Round(float64(v) * scale)) }
		return image.Rect(at(r.Min.X), at(r.Min.Y), at(r.Max.X), at(r.Max.Y)).Add(view.Min).Intersect(view)
	}
	xdraw.ApproxBiLinear.Scale(sheet, view, e.Picture, b, draw.Src, nil)
	if e.Heat != nil {
		grey(sheet, view)
		for r, v := range e.Heat {
			tint(sheet, place(r), Ramp(v))
		}
	}
	outline(sheet, view, func(yield func(image.Rectangle) bool) {
		for r := range e.Region {
			if !yield(place(r)) {
				return
			}
		}
	})

	// The details stand right of the picture, the place above, its neighbour below.
	there := detail(bounds, b)
	beside := neighbour(there, bounds, b)
	for i, r := range []image.Rectangle{there, beside} {
		if r.Empty() {
			continue
		}
		at := image.Rect(0, 0, r.Dx(), r.Dy()).Add(image.Pt(w+2*gap, gap+i*(crop+gap)))
		draw.Draw(sheet, at, e.Picture, r.Min, draw.Src)
		frame(sheet, at)
		letter(sheet, at.Min.Add(image.Pt(4, 4)), "AB"[i:i+1])
		on := place(r)
		frame(sheet, on)
		letter(sheet, on.Min.Add(image.Pt(3, 3)), "AB"[i:i+1])
	}
	if e.Heat != nil {
		drawLegend(sheet, image.Rect(gap, gap+h+8, gap+min(w, 420), gap+h+22), e.Low, e.High)
	}
	return sheet
}

// detail is a square around the middle of the region, inside the picture: of crop pixels, or in a small
// picture of half its shorter side, so that there is room for a neighbour.
func detail(region, picture image.Rectangle) image.Rectangle {
	c := region.Min.Add(region.Max).Div(2)
	half := min(crop, max(crop/4, min(picture.Dx(), picture.Dy())/2)) / 2
	return inside(image.Rect(c.X-half, c.Y-half, c.X+half, c.Y+half), picture)
}

// inside moves r into picture, and cuts what still does not fit.
func inside(r, picture image.Rectangle) image.Rectangle {
	d := image.Pt(max(0, picture.Min.X-r.Min.X)-max(0, r.Max.X-picture.Max.X), max(0, picture.Min.Y-r.Min.Y)-max(0, r.Max.Y-picture.Max.Y))
	return r.Add(d).Intersect(picture)
}

// neighbour is a square of the size of there that shows as little of the region as possible: the
// best of the four sides.
func neighbour(there, region, picture image.Rectangle) (best image.Rectangle) {
	size := there.Size()
	least := math.MaxInt
	for _, d := range []image.Point{{region.Max.X + gap - there.Min.X, 0}, {region.Min.X - gap - there.Max.X, 0}, {0, region.Max.Y + gap - there.Min.Y}, {0, region.Min.Y - gap - there.Max.Y}} {
		r := inside(there.Add(d), picture)
		if r.Size() != size {
			continue
		}
		overlap := r.Intersect(region)
		if n := overlap.Dx() * overlap.Dy(); n < least {
			least, best = n, r
		}
	}
	return best
}

// grey takes the colour out of a part of the sheet, so that the tint is the only colour.
func grey(m *image.RGBA, r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		p := m.Pix[m.PixOffset(r.Min.X, y):m.PixOffset(r.Max.X, y)]
		for i := 0; i < len(p); i += 4 {
			v := uint8((299*int(p[i]) + 587*int(p[i+1]) + 114*int(p[i+2])) / 1000)
			p[i], p[i+1], p[i+2] = v, v, v
		}
	}
}

// tint lays a colour over a part of the sheet, half through.
func tint(m *image.RGBA, r image.Rectangle, c color.RGBA) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		p := m.Pix[m.PixOffset(r.Min.X, y):m.PixOffset(r.Max.X, y)]
		for i := 0; i < len(p); i += 4 {
			p[i] = uint8((int(p[i]) + int(c.R)) / 2)
			p[i+1] = uint8((int(p[i+1]) + int(c.G)) / 2)
			p[i+2] = uint8((int(p[i+2]) + int(c.B)) / 2)
		}
	}
}

// anchors of the ramp, evenly spaced.
var anchors = []color.RGBA{{0, 34, 78, 255}, {65, 77, 107, 255}, {124, 123, 120, 255}, {188, 175, 111, 255}, {254, 232, 56, 255}}

// Ramp is the colour of a value 0..1.
func Ramp(v float32) color.RGBA {
	if !(v > 0) {
		return anchors[0]
	}
	if v >= 1 {
		return anchors[len(anchors)-1]
	}
	x := v * float32(len(anchors)-1)
	i := int(x)
	f := x - float32(i)
	mix := func(a, b uint8) uint8 { return uint8(float32(a) + f*(float32(b)-float32(a)) + 0.5) }
	a, b := anchors[i], anchors[i+1]
	return color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}
