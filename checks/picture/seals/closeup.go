package seals

import (
	"image"
	"math"

	"dossier/checks/picture/raster"
)

// A CloseUp is a round or oval chop with a quarter of its size around it, at full resolution.
type CloseUp struct {
	// Radius is half the mean diameter in pixels of the picture.
	Radius float64
	// Paper is the colour of the bare paper: red, green, blue, 0..255.
	Paper [3]float64

	raster *raster.Raster
	chop   *Found
}

// NewCloseUp looks at a chop that was found in the picture; not ok if nothing of it lies in the picture.
func NewCloseUp(m image.Image, f *Found) (c *CloseUp, ok bool) {
	b := f.Box
	rim := max(b.Width, b.Height) / 4
	c = &CloseUp{raster: raster.New(m, image.Rect(b.X-rim, b.Y-rim, b.X+b.Width+rim, b.Y+b.Height+rim)), chop: f}
	if c.raster.Width == 0 || c.raster.Height == 0 {
		return nil, false
	}
	const sides = 16
	middle := f.At(0, 0)
	for i := range sides {
		p := f.At(2*math.Pi*float64(i)/sides, 1)
		c.Radius += math.Hypot(p.X-middle.X, p.Y-middle.Y) / float64(sides*c.raster.Reduce)
	}
	c.Paper = bare(c.raster)
	return c, true
}

// Color is the colour at a place between pixels, as Found.At takes it: red, green, blue; not ok outside the picture.
func (c *CloseUp) Color(angle, by float64) (color [3]float64, ok bool) {
	p := c.chop.rim.at(angle, by)
	return c.colorAt(p)
}

func (c *CloseUp) colorAt(p point) (color [3]float64, ok bool) {
	r := c.raster
	x, y := (p.x-float64(r.Origin.X))/float64(r.Reduce)-0.5, (p.y-float64(r.Origin.Y))/float64(r.Reduce)-0.5
	if !(x >= 0 && y >= 0 && x < float64(r.Width-1) && y < float64(r.Height-1)) {
		return color, false
	}
	i, j := int(x), int(y)
	fx, fy := x-float64(i), y-float64(j)
	upper, lower := r.Pixels[3*(j*r.Width+i):][:6], r.Pixels[3*((j+1)*r.Width+i):][:6]
	for n := range color {
		color[n] = (1-fy)*((1-fx)*float64(upper[n])+fx*float64(upper[n+3])) + fy*((1-fx)*float64(lower[n])+fx*float64(lower[n+3]))
	}
	return color, true
}

// Ink is how much ink of the chop's colour lies at a place, as Found.At takes it: by how much more of the light it
// takes away is lost there than of the light it lets pass, as a natural logarithm; 0 outside the picture.
func (c *CloseUp) Ink(angle, by float64) float64 {
	color, ok := c.Color(angle, by)
	if !ok {
		return 0
	}
	return c.inkOf(color)
}

func (c *CloseUp) inkOf(color [3]float64) float64 {
	lost := c.lost(color)
	if c.chop.Color == Blue {
		return max(0, lost[0]-lost[2])
	}
	return max(0, min(lost[1], lost[2])-lost[0])
}

// pureInk is inkOf, but 0 where the fringes of black print have a colour.
func (c *CloseUp) pureInk(color [3]float64) float64 {
	ink, lost := c.inkOf(color), c.lost(color)
	if 3*ink < max(lost[0], lost[1], lost[2]) { // as in pure
		return 0
	}
	return ink
}

// lost is how much of the paper's light is lost, as a natural logarithm.
func (c *CloseUp) lost(color [3]float64) (lost [3]float64) {
	const softener = 16 // keeps the noise of dark places from counting as colour
	for i := range lost {
		lost[i] = math.Log((c.Paper[i] + softener) / (color[i] + softener))
	}
	return lost
}

// bare is the colour of the paper: the mean of the quarter of the pixels with most green light, which print
// and red ink both take away.
func bare(r *raster.Raster) (mean [3]float64) {
	var count [256]int
	for i := 1; i < len(r.Pixels); i += 3 {
		count[r.Pixels[i]]++
	}
	least, above := 255, 0
	for ; least > 0; least-- {
		if above += count[least]; 12*above >= len(r.Pixels) {
			break
		}
	}
	var sum [3]int
	for p := r.Pixels; len(p) >= 3; p = p[3:] {
		if int(p[1]) >= least {
			sum[0], sum[1], sum[2] = sum[0]+int(p[0]), sum[1]+int(p[1]), sum[2]+int(p[2])
		}
	}
	for n, s := range sum {
		mean[n] = float64(s) / float64(max(1, above))
	}
	return mean
}
