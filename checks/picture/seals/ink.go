package seals

import (
	"math"

	"dossier/checks/picture/raster"
)

// planeSide is the most pixels the longer side of an ink plane has. A chop of 40 mm on a sheet of A4
// that fills the picture is then 110 of them wide and its ring three; chroma of a JPEG is mostly kept at
// half the resolution anyway.
const planeSide = 820

// A plane is how much ink of a colour lies on each place of the picture: 100 times the natural logarithm
// by which the ink weakens the two colours it takes away more than the one it lets pass, cut off at 255.
// Ink on unprinted paper gives 30 (faint) to 200.
type plane struct {
	w, h  int
	color string // Red or Blue
	ink   []uint8
	scale float64 // pixels of the upright picture a pixel of the plane
	least int     // the ink that counts as ink
}

func (p *plane) at(x, y float64) int {
	i, j := int(math.Floor(x)), int(math.Floor(y))
	if i < 0 || j < 0 || i >= p.w || j >= p.h {
		return -1
	}
	return int(p.ink[j*p.w+i])
}

// colors is a small picture in three bytes a pixel.
type colors struct {
	w, h  int
	pix   []uint8
	scale float64
}

// shrink averages the reduced picture down to planeSide.
func shrink(r *raster.Raster) colors {
	by := max(1, (max(r.Width, r.Height)+planeSide-1)/planeSide)
	by = max(1, min(by, r.Width, r.Height))
	c := colors{w: r.Width / by, h: r.Height / by, scale: float64(by * r.Reduce)}
	if by == 1 {
		c.pix = r.Pixels
		return c
	}
	c.pix = make([]uint8, 3*c.w*c.h)
	for y, sums := range r.Sums(by) {
		to := c.pix[3*y*c.w:][:len(sums)]
		for i, s := range sums {
			to[i] = uint8(s / uint32(by*by))
		}
	}
	return c
}

// gray says that the picture has no colour at all: not one pixel in ten thousand differs by grayLevels between
// red, green and blue. A grey scan saved as colour differs by one through rounding; a colour scan of
// black print on white paper by three and more through the tint of its paper.
func (c colors) gray() bool {
	const grayLevels = 3
	n := 0
	for i := 0; i+2 < len(c.pix); i += 3 {
		r, g, b := c.pix[i], c.pix[i+1], c.pix[i+2]
		if max(r, g, b)-min(r, g, b) >= grayLevels {
			n++
		}
	}
	return 10_000*n < len(c.pix)/3
}

// cell is the side of the squares the paper's colour is estimated over, in pixels of a plane.
const cell = 16

// paperColor estimates the colour the bare paper has about each cell: lamps, shadows and yellowed paper
// tint it, and ink is what differs from it. A cell's own is the mean of the brighter quarter of its
// pixels; the paper's is that of the brighter cells of the surrounding five by five, so that a chop, which
// is as large as that, does not take itself for paper.
func paperColor(c colors) (cols, rows int, paper [][3]float64) {
	cols, rows = (c.w+cell-1)/cell, (c.h+cell-1)/cell
	own := make([]brightness, cols*rows)
	for j := range rows {
		for i := range cols {
			own[j*cols+i] = c.brightest(i*cell, j*cell)
		}
	}
	paper = make([][3]float64, cols*rows)
	around := make([]brightness, 0, 25)
	for j := range rows {
		for i := range cols {
			around = around[:0]
			for y := max(0, j-2); y <= min(rows-1, j+2); y++ {
				around = append(around, own[y*cols+max(0, i-2):y*cols+min(cols-1, i+2)+1]...)
			}
			paper[j*cols+i] = upperMean(around)
		}
	}
	return cols, rows, paper
}

// A brightness is a colour with its luma.
type brightness struct {
	luma  float64
	color [3]float64
}

// brightest is the mean of the brighter quarter of a cell's pixels.
func (c colors) brightest(x0, y0 int) brightness {
	var count [256]int
	var lumas [cell * cell]uint8
	n := 0
	for y := y0; y < min(c.h, y0+cell); y++ {
		for i := 3 * (y*c.w + x0); i < 3*(y*c.w+min(c.w, x0+cell)); i += 3 {
			l := luma(c.pix[i : i+3])
			count[l]++
			lumas[n] = l
			n++
		}
	}
	least, above := 255, 0
	for ; least > 0; least-- {
		if above += count[least]; 4*above >= n {
			break
		}
	}
	var red, green, blue int
	n = 0
	for y := y0; y < min(c.h, y0+cell); y++ {
		for i := 3 * (y*c.w + x0); i < 3*(y*c.w+min(c.w, x0+cell)); i += 3 {
			if int(lumas[n]) >= least {
				red, green, blue = red+int(c.pix[i]), green+int(c.pix[i+1]), blue+int(c.pix[i+2])
			}
			n++
		}
	}
	mean := [3]float64{float64(red), float64(green), float64(blue)}
	for k := range mean {
		mean[k] /= float64(max(1, above))
	}
	return brightness{0.3*mean[0] + 0.59*mean[1] + 0.11*mean[2], mean}
}

func luma(p []uint8) uint8 { return uint8((77*int(p[0]) + 151*int(p[1]) + 28*int(p[2])) >> 8) }

// upperMean is the mean colour of those between the median and the brightest eighth, by luma: brighter
// ones may be a reflection, darker ones print.
func upperMean(all []brightness) [3]float64 {
	for i := 1; i < len(all); i++ { // insertion: there are at most 25
		for j := i; j > 0 && all[j].luma < all[j-1].luma; j-- {
			all[j], all[j-1] = all[j-1], all[j]
		}
	}
	from := len(all) / 2
	to := max(from+1, len(all)*7/8)
	var mean [3]float64
	for _, b := range all[from:to] {
		for k := range mean {
			mean[k] += b.color[k] / float64(to-from)
		}
	}
	return mean
}

// softener is added to every value before its logarithm is taken: in the dark, where a level more or less
// is noise, it keeps the ratio of two small numbers from passing for a colour.
const softener = 24

var logarithm = func() (t [256]int16) {
	for i := range t {
		t[i] = int16(math.Round(100 * math.Log(float64(i+softener))))
	}
	return t
}()

// inks makes the planes of red and of blue ink. What an ink takes away from each colour, as a logarithm
// (Beer and Lambert), does not depend on the lamp or on how bright the paper is: red ink takes green and
// blue and leaves red, blue ink takes red
// and, the lighter blues less, green; black takes all three, gold and skin mostly blue.
func inks(c colors) (red, blue *plane) {
	red = &plane{c.w, c.h, Red, make([]uint8, c.w*c.h), c.scale, strong}
	blue = &plane{c.w, c.h, Blue, make([]uint8, c.w*c.h), c.scale, strong}
	cols, _, paper := paperColor(c)
	logs := make([][3]int, len(paper))
	for i, p := range paper {
		for k := range 3 {
			logs[i][k] = int(math.Round(100 * math.Log(p[k]+softener)))
		}
	}
	for y := range c.h {
		row := c.pix[3*y*c.w:][:3*c.w]
		for x := range c.w {
			p := &logs[y/cell*cols+x/cell]
			r := p[0] - int(logarithm[row[3*x]])
			g := p[1] - int(logarithm[row[3*x+1]])
			b := p[2] - int(logarithm[row[3*x+2]])
			red.ink[y*c.w+x] = pure(min(g, b)-r, max(g, b))
			blue.ink[y*c.w+x] = pure((r+g)/2-b, max(r, g))
		}
	}
	return red, blue
}

// pure is the difference of absorptions that makes an ink its colour, or 0 where it is less than a third
// of the strongest absorption: black with a fringe, or another colour.
func pure(difference, strongest int) uint8 {
	if 3*difference < strongest {
		return 0
	}
	return uint8(max(0, min(255, difference)))
}
