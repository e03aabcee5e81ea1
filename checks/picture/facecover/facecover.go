// Package facecover measures what lies over a face: whether nose, mouth and cheeks have the colour of the skin
// around the eyes, and whether both eyes lie in the dark.
//
// What lives here: the measuring of one face whose box is known. What must not: the search for faces, limits
// from which something is a mask or dark glasses, and words.
//
// Method: the face is brought to a small grid. How red a cell is, the logarithm of red over green, hardly changes
// with the brightness of the light, and its colour moves that of the whole face by the same step; the blood in
// skin makes it larger than in cloth, paper and hair beside it (Vezhnevets, Sazonov and Andreeva, "A Survey on
// Pixel-Based Skin Color Detection Techniques", 2003). So cloth is told by how much red it lacks
// against the same face's own forehead and cheeks.
package facecover

import (
	"image"
	"math"

	"dossier/checks"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/statistics"
)

// The grid: a face's box, roughly from hairline to chin, has so many cells. A nose is six of them wide, a lens eight.
const (
	across = 32
	down   = 40
)

// A Cover is what was measured of a face.
type Cover struct {
	// Skin is false where too little of the upper face looks like skin to compare with: in deep shadow,
	// under a hood, on a drawing.
	Skin bool
	// Colored is false in a picture without colour; only Eyes is measured there.
	Colored bool
	// Redness of the skin of the upper face: the logarithm of red over green.
	Redness float64
	// SkinShare is how much of nose, mouth, cheeks and chin is as red as skin, 0..1. MostLike is the share in
	// that of these places which has most.
	SkinShare, MostLike float64
	// Seen is the part of these places that counts: what is ignored does not.
	Seen float64
	// Light is how bright these places are, in parts of the skin.
	Light float64
	// Eyes is how much of the eyes' surroundings, on the side that has less, is dark, 0..1; Glass is how
	// bright these are, in parts of the skin; Rim how much brighter the cheeks below are, in the same unit.
	Eyes, Glass, Rim float64
	// Lower and Glasses are the places of the lower face and of both eyes, in pixels of the picture.
	Lower, Glasses checks.Region
}

// A cell is a small square of a face.
type cell struct{ red, light float64 }

// A zone is a part of the face's box, in parts of its sides.
type zone struct{ x0, y0, x1, y1 float64 }

// The places a mask covers and a beard does not cover all of, and the part of a face that stays free. They
// lie well within the face, as the detector's box is off by a tenth of its side now and then.
var (
	upper  = zone{0.15, 0.12, 0.85, 0.55}
	covers = []zone{
		{0.40, 0.60, 0.60, 0.70}, // nose
		{0.22, 0.65, 0.40, 0.77}, // left cheek
		{0.60, 0.65, 0.78, 0.77}, // right cheek
		{0.35, 0.77, 0.65, 0.90}, // mouth
	}
)

// Numbers of the method.
const (
	// leastRed is what the palest skin in bluish light has; leastLit tells skin from hair and eyes beside it.
	leastRed = 0.05
	leastLit = 0.5
	// leastSkin is the part of the upper face that must be skin: a fringe and glasses leave a third.
	leastSkin = 0.15
	// kept is how much of its own redness skin keeps under a second light and in its own shade.
	kept = 0.5
	// dark is the brightness of dark glasses, in parts of the skin, in the values of a picture (as the eye sees it).
	dark = 0.45
	// colorless is the redness that no cell of a grey picture has, but for rounding.
	colorless = 0.02
)

// Least is the least width of a face in pixels of the picture that is measured.
const Least = across

// Measure measures the face in a box of the picture. ignore tells which pixels do not count, as something
// known lies there; it may be nil. ok is false if the face is too small.
func Measure(picture image.Image, box checks.Region, ignore func(x, y float64) bool) (c Cover, ok bool) {
	if box.Width < across || box.Height < down {
		return c, false
	}
	g := newGrid(picture, box, ignore)
	c.Colored = g.colored()
	skin := c.skin(g)
	if !c.Skin {
		return c, true
	}
	c.eyes(g, skin)
	c.lower(g, skin)
	for _, by := range longer {
		c.lowerOf(picture, box, by, skin, ignore)
	}
	return c, true
}

// longer is by how much longer a face is looked at again: above light cloth over mouth and nose a box often ends
// where the skin does.
var longer = []float64{1.12, 1.25}

// lowerOf compares the lower part of the face taken to be longer, and keeps what is less like skin. A dark beard is
// like dark cloth where it is not known to leave the nose free: it does not count then.
func (c *Cover) lowerOf(picture image.Image, box checks.Region, by, skin float64, ignore func(x, y float64) bool) {
	box.Height = int(by * float64(box.Height))
	if box.Y+box.Height > picture.Bounds().Dy() {
		return
	}
	d := *c
	d.lower(newGrid(picture, box, ignore), skin)
	if d.Light >= leastLit && d.Seen >= c.Seen && d.MostLike < c.MostLike {
		*c = d
	}
}

// skin finds the skin of the upper face; its brightness is returned.
func (c *Cover) skin(g *grid) float64 {
	cells := g.in(upper)
	var lights, reds []float64
	for _, v := range cells {
		lights = append(lights, v.light)
	}
	if len(lights) == 0 {
		return 0
	}
	bright := statistics.Nth(lights, len(lights)*9/10)
	lights = lights[:0]
	for _, v := range cells {
		if v.light >= leastLit*bright && (v.red >= leastRed || !c.Colored) {
			reds, lights = append(reds, v.red), append(lights, v.light)
		}
	}
	light := statistics.Median(lights)
	c.Skin, c.Redness = light > 0 && float64(len(reds)) >= leastSkin*float64(len(cells)), statistics.Median(reds)
	return light
}

// lower compares the lower face's colour with the skin's.
func (c *Cover) lower(g *grid, skin float64) {
	all, like, size := 0, 0, 0
	var lights []float64
	c.SkinShare, c.MostLike, c.Seen = 1, 0, 0
	for _, z := range covers {
		n, in := 0, 0
		for _, v := range g.in(z) {
			n++
			lights = append(lights, v.light)
			if v.red >= kept*c.Redness {
				in++
			}
		}
		all, like, size = all+n, like+in, size+z.cells()
		if n > 0 {
			c.MostLike = max(c.MostLike, float64(in)/float64(n))
		}
	}
	if all > 0 {
		c.SkinShare, c.Seen = float64(like)/float64(all), float64(all)/float64(size)
	}
	c.Light = statistics.Median(lights) / skin
	c.Lower = g.region(zone{0.1, 0.52, 0.9, 1})
}

// The eyes lie somewhere in here, as the box is off a little. What is looked at is most of a lens; an eye with its
// lashes is half as large, and skin lies between it and the brow.
const (
	eyesFrom, eyesTo   = 0.20, 0.52
	outmost, inmost    = 0.10, 0.26
	lensWide, lensHigh = 0.19, 0.10
	cheekFrom, cheekTo = 0.04, 0.22
)

// eyes looks for the row in which both eyes are darkest.
func (c *Cover) eyes(g *grid, skin float64) {
	for y := eyesFrom; y <= eyesTo; y += 1.0 / down {
		left, leftX := g.darkest(outmost, inmost, y, dark*skin)
		right, rightX := g.darkest(1-inmost-lensWide, 1-outmost-lensWide, y, dark*skin)
		if min(left, right) <= c.Eyes {
			continue
		}
		c.Eyes, c.Glass, c.Rim = min(left, right), 0, math.Inf(1)
		for _, x := range []float64{leftX, rightX} {
			_, glass := g.darkShare(zone{x, y, x + lensWide, y + lensHigh}, 0)
			c.Glass = max(c.Glass, glass/skin)
		}
		for _, x := range []float64{leftX, rightX} {
			c.Rim = min(c.Rim, g.cheek(x, y+lensHigh)/skin-c.Glass)
		}
		c.Glasses = g.region(zone{leftX - 0.05, y - 0.05, rightX + lensWide + 0.05, y + lensHigh + 0.05})
	}
}

// cheek is the brightness of the brightest strip below a lens: lips, a moustache and a nose's shadow are not it.
func (g *grid) cheek(x, y float64) (brightest float64) {
	for from := y + cheekFrom; from < y+cheekTo; from += 1.0 / down {
		_, light := g.darkShare(zone{x, from, x + lensWide, from + lensHigh/2}, 0)
		brightest = max(brightest, light)
	}
	return brightest
}

// darkest is the place in a row that is darkest, between two left edges.
func (g *grid) darkest(from, to, y, than float64) (share, at float64) {
	at = from
	for x := from; x <= to; x += 1.0 / across {
		if s, _ := g.darkShare(zone{x, y, x + lensWide, y + lensHigh}, than); s > share {
			share, at = s, x
		}
	}
	return share, at
}

// A grid is a face in cells.
type grid struct {
	box    checks.Region
	cells  []cell
	ignore []bool
}

func newGrid(picture image.Image, box checks.Region, ignore func(x, y float64) bool) *grid {
	g := &grid{box: box, ignore: make([]bool, across*down)}
	area := image.Rect(box.X, box.Y, box.X+box.Width, box.Y+box.Height).Add(picture.Bounds().Min)
	small := raster.New(picture, area).Shrink(across, down)
	for i := range across * down {
		red, green, blue := float64(small[3*i]), float64(small[3*i+1]), float64(small[3*i+2])
		// A few steps are added to both, as in the dark a step of rounding is as much as a tone.
		g.cells = append(g.cells, cell{math.Log((red + 8) / (green + 8)), (red + green + blue) / 3})
		if ignore != nil {
			x, y := float64(i%across)+0.5, float64(i/across)+0.5
			g.ignore[i] = ignore(float64(box.X)+x/across*float64(box.Width), float64(box.Y)+y/down*float64(box.Height))
		}
	}
	return g
}

// in is the cells of a zone that count.
func (g *grid) in(z zone) (list []cell) {
	r := z.rectangle()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if i := y*across + x; !g.ignore[i] {
				list = append(list, g.cells[i])
			}
		}
	}
	return list
}

// rectangle is the zone in cells.
func (z zone) rectangle() image.Rectangle {
	at := func(v float64, n int) int { return int(math.Round(v * float64(n))) }
	return image.Rect(at(z.x0, across), at(z.y0, down), at(z.x1, across), at(z.y1, down)).Intersect(image.Rect(0, 0, across, down))
}

func (z zone) cells() int { return z.rectangle().Dx() * z.rectangle().Dy() }

// darkShare is the part of a zone that is darker than that, and its middle brightness.
func (g *grid) darkShare(z zone, than float64) (share, middle float64) {
	var lights []float64
	n := 0
	for _, v := range g.in(z) {
		lights = append(lights, v.light)
		if v.light < than {
			n++
		}
	}
	if len(lights) == 0 {
		return 0, 0
	}
	return float64(n) / float64(len(lights)), statistics.Median(lights)
}

func (g *grid) colored() bool {
	for _, v := range g.cells {
		if math.Abs(v.red) > colorless {
			return true
		}
	}
	return false
}

func (g *grid) region(z zone) checks.Region {
	w, h := float64(g.box.Width), float64(g.box.Height)
	return checks.Region{X: g.box.X + int(z.x0*w), Y: g.box.Y + int(z.y0*h), Width: int((z.x1 - z.x0) * w), Height: int((z.y1 - z.y0) * h)}
}
