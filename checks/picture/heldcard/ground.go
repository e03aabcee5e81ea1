package heldcard

import (
	"math"
	"slices"

	"dossier/checks/picture/raster"
)

// A Ground is the colour of the card beneath the print in a piece of it: as bright as the brighter
// half of its pixels, with their shares of red and blue.
type Ground struct {
	Brightness float64 // mean of red, green and blue, 0..255
	Red, Blue  float64 // of the sum of the three, 0..1; a third each is grey
	Inside     float64 // the part of the piece that lies within the picture
}

// sampleMM is how far apart a piece is looked at, in millimetres: a stroke of print is as wide.
const sampleMM = 0.4

// GroundOf measures a piece of the card's front on the reduced picture.
func (c *Card) GroundOf(r *raster.Raster, p Place) Ground {
	type pixel struct{ r, g, b, sum int }
	var all []pixel
	by, n := float64(max(1, r.Reduce)), 0
	for y := p.Y0 + sampleMM/2; y < p.Y1; y += sampleMM {
		for x := p.X0 + sampleMM/2; x < p.X1; x += sampleMM {
			n++
			at := c.At(x, y)
			px, py := int(math.Floor((at.X-float64(r.Origin.X))/by)), int(math.Floor((at.Y-float64(r.Origin.Y))/by))
			if px < 0 || py < 0 || px >= r.Width || py >= r.Height {
				continue
			}
			v := r.Pixels[3*(py*r.Width+px):]
			all = append(all, pixel{int(v[0]), int(v[1]), int(v[2]), int(v[0]) + int(v[1]) + int(v[2])})
		}
	}
	if len(all) == 0 {
		return Ground{}
	}
	slices.SortFunc(all, func(a, b pixel) int { return a.sum - b.sum })
	g := Ground{Inside: float64(len(all)) / float64(max(1, n))}
	var red, blue, sum float64
	bright := all[len(all)/2:]
	for _, v := range bright {
		red, blue, sum = red+float64(v.r), blue+float64(v.b), sum+float64(v.sum)
	}
	if sum > 0 {
		g.Red, g.Blue = red/sum, blue/sum
	}
	g.Brightness = sum / 3 / float64(len(bright))
	return g
}
