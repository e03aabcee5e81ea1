package strokes

import (
	"image"

	"dossier/checks/picture/raster"
)

// TileSide is the side of a tile in pixels of the reduced picture: about a character of body text, so
// that a tile of a printed page has paper in it.
const TileSide = 16

// A Light is how bright paper and ink are over the picture, tile by tile. A tile covers TileSide x TileSide
// pixels of the reduced picture, those at the right and lower edge less.
type Light struct {
	Columns, Rows int
	Paper         []uint8 // the level that 85 % of the tile's pixels are below: paper, where there is some
	Ink           []uint8 // the level that 4 % are below
	Blown         []uint8 // of 255, the share of pixels that are as bright as can be in every channel
	// Dark is Ink of the darkest of red, green and blue: red print is dark in it too, and only white light makes
	// it brighter. Of every fourth pixel.
	Dark []uint8
}

// Levels of a tile: of 256 pixels some 40 are brighter than Paper and 10 darker than Ink, so that neither
// hangs on noise.
const (
	paperShare = 0.85
	inkShare   = 0.04
	// blownLevel: JPEG leaves a clipped area a few levels below 255.
	blownLevel = 250
)

func lightOf(r *raster.Raster, luma []uint8) *Light {
	l := &Light{Columns: (r.Width + TileSide - 1) / TileSide, Rows: (r.Height + TileSide - 1) / TileSide}
	n := l.Columns * l.Rows
	l.Paper, l.Ink, l.Blown, l.Dark = make([]uint8, n), make([]uint8, n), make([]uint8, n), make([]uint8, n)
	var count [256]int
	for row := range l.Rows {
		for column := range l.Columns {
			clear(count[:])
			x0, y0 := column*TileSide, row*TileSide
			x1, y1 := min(x0+TileSide, r.Width), min(y0+TileSide, r.Height)
			blown := 0
			for y := y0; y < y1; y++ {
				for x := x0; x < x1; x++ {
					v := luma[y*r.Width+x]
					count[v]++
					if v >= blownLevel {
						if p := r.Pixels[3*(y*r.Width+x):][:3]; min(p[0], p[1], p[2]) >= blownLevel {
							blown++
						}
					}
				}
			}
			total := (x1 - x0) * (y1 - y0)
			i := row*l.Columns + column
			l.Paper[i] = quantile(&count, total, paperShare)
			l.Ink[i] = quantile(&count, total, inkShare)
			l.Blown[i] = uint8(255 * blown / total)
			l.Dark[i] = darkOf(r, image.Rect(x0, y0, x1, y1))
		}
	}
	return l
}

// darkOf is what Light.Dark says of a tile.
func darkOf(r *raster.Raster, tile image.Rectangle) uint8 {
	var count [256]int
	total := 0
	for y := tile.Min.Y; y < tile.Max.Y; y += 2 {
		row := r.Pixels[3*(y*r.Width+tile.Min.X):][:3*tile.Dx()]
		for i := 0; i < len(row); i += 6 {
			count[min(row[i], row[i+1], row[i+2])]++
			total++
		}
	}
	return quantile(&count, total, inkShare)
}

// quantile is the level that the given share of the total values counted are below.
func quantile(count *[256]int, total int, share float64) uint8 {
	left := int(share * float64(total))
	for level, c := range count {
		if left -= c; left < 0 {
			return uint8(level)
		}
	}
	return 255
}

// around gives each tile the best of its neighbourhood of 3 x 3 tiles, by the order that better gives.
func (l *Light) around(of []uint8, better func(a, b uint8) uint8) []uint8 {
	wide, out := make([]uint8, len(of)), make([]uint8, len(of))
	for row := range l.Rows {
		for column := range l.Columns {
			i := row*l.Columns + column
			v := of[i]
			if column > 0 {
				v = better(v, of[i-1])
			}
			if column+1 < l.Columns {
				v = better(v, of[i+1])
			}
			wide[i] = v
		}
	}
	for i, v := range wide {
		if i >= l.Columns {
			v = better(v, wide[i-l.Columns])
		}
		if i+l.Columns < len(wide) {
			v = better(v, wide[i+l.Columns])
		}
		out[i] = v
	}
	return out
}
