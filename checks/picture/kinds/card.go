package kinds

import (
	"math"
	"slices"

	"dossier/checks/picture/heldcard"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/statistics"
)

// Parts of an ID card's front by which it is known where nothing on it can be read, in millimetres: the photograph of
// the holder, and beside it the text, which leaves most of the ground free (GA 448; see heldcard's places).
var (
	photograph = heldcard.Place{X0: 57, Y0: 7, X1: 80, Y1: 38}
	textSide   = heldcard.Place{X0: 6, Y0: 5, X1: 50, Y1: 40}
)

// portraitOn is how sure the photograph on a card can be seen, 0..1, by its dark parts, the hair and the clothes, where
// beside it is the bright ground of the card. In a mirrored picture it is at the left. A shirt, a sheet of text or a
// picture in a frame has the same on both sides.
func portraitOn(r *raster.Raster, c *heldcard.Card) float64 {
	best := 0.0
	for _, mirrored := range []bool{false, true} {
		levels := [2][]float64{}
		for i, p := range []heldcard.Place{photograph, textSide} {
			if mirrored {
				p.X0, p.X1 = heldcard.CardWidth-p.X1, heldcard.CardWidth-p.X0
			}
			levels[i] = brightness(r, c, p)
		}
		ground := quantile(levels[1], 0.6)
		if ground < 1 {
			continue
		}
		dark := func(list []float64) float64 {
			n := 0
			for _, v := range list {
				if v < darkPart*ground {
					n++
				}
			}
			return float64(n) / math.Max(1, float64(len(list)))
		}
		photo, text := dark(levels[0]), dark(levels[1])
		best = math.Max(best, ramp(photo-text, leastDark/3, leastDark)*ramp(mostDark-text, 0, mostDark/2))
	}
	return best
}

const (
	// darkPart of the ground's brightness is dark: print that is blurred is brighter.
	darkPart = 0.62
	// leastDark is how much more of a photograph is dark than of the text beside it, and mostDark what of that may be.
	leastDark = 0.14
	mostDark  = 0.2
)

// brightness samples a place on a card, in the reduced picture: the mean of red, green and blue, 0..255.
func brightness(r *raster.Raster, c *heldcard.Card, p heldcard.Place) (list []float64) {
	const step = 0.8 // mm
	by := float64(max(1, r.Reduce))
	for y := p.Y0 + step/2; y < p.Y1; y += step {
		for x := p.X0 + step/2; x < p.X1; x += step {
			at := c.At(x, y)
			px, py := int(math.Floor(at.X/by)), int(math.Floor(at.Y/by))
			if px < 0 || py < 0 || px >= r.Width || py >= r.Height {
				continue
			}
			v := r.Pixels[3*(py*r.Width+px):]
			list = append(list, float64(int(v[0])+int(v[1])+int(v[2]))/3)
		}
	}
	return list
}

// quantile is the value that a part of the list lies below, 0 of none.
func quantile(list []float64, part float64) float64 {
	if len(list) == 0 {
		return 0
	}
	return statistics.Nth(slices.Clone(list), min(len(list)-1, int(part*float64(len(list)))))
}
