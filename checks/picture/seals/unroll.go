package seals

import (
	"math"

	"dossier/checks/picture/raster"
)

// Unrolled straightens a band of the chop, clockwise from one angle to another, from the outer edge, above, to the
// inner one, both as parts of the way from the middle: what is written around the middle comes to stand in a line. Ink
// is dark on white whatever lies beneath.
func (c *CloseUp) Unrolled(from, to, inner, outer float64, width, height int) *raster.Raster {
	return c.drawn(width, height, func(u, v float64) point {
		return c.chop.rim.at(from+u*(to-from), outer+v*(inner-outer))
	})
}

// Upright draws a part of the chop as it stands when the direction down, an angle as Found.At takes it, is below:
// left, top, right and bottom are parts of the way from its middle to its edge.
func (c *CloseUp) Upright(down, left, top, right, bottom float64, width, height int) *raster.Raster {
	sin, cos := math.Sincos(down)
	return c.drawn(width, height, func(u, v float64) point {
		x, y := left+u*(right-left), top+v*(bottom-top)
		// (x, y) with y along the direction down and x, seen from the front, to its right.
		a, b := y*cos+x*sin, y*sin-x*cos
		return c.chop.rim.at(math.Atan2(b, a), math.Hypot(a, b))
	})
}

// fullInk is the ink that is drawn black: that of a chop pressed evenly.
const fullInk = 0.8

func (c *CloseUp) drawn(width, height int, at func(u, v float64) point) *raster.Raster {
	r := &raster.Raster{Width: width, Height: height, Reduce: 1, Pixels: make([]uint8, 3*width*height)}
	for y := range height {
		for x := range width {
			level := uint8(255)
			if color, ok := c.colorAt(at((float64(x)+0.5)/float64(width), (float64(y)+0.5)/float64(height))); ok {
				level = uint8(255 * (1 - min(1, c.pureInk(color)/fullInk)))
			}
			p := r.Pixels[3*(y*width+x):][:3]
			p[0], p[1], p[2] = level, level, level
		}
	}
	return r
}
