package legibility

import (
	"math"
	"slices"

	"dossier/checks/picture/paper"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/statistics"
	"dossier/checks/picture/strokes"
)

// Where a picture is so bad that hardly a line of print is found in it, lines tell nothing. This file looks at the tiles of
// the reduced picture instead, which need no lines: how steep the edges of what is dark in them are, how much darker it is than
// the paper, and how much noise there is.

// sheetTiles lists the tiles that lie wholly on the paper, as indexes of strokes.Light: all of the picture where its outline
// is not known.
func (d document) sheetTiles(sheet *paper.Paper) (on []int) {
	light := d.page.Light
	side := strokes.TileSide * d.page.Reduce
	var area sheetArea
	if sheet != nil && !sheet.Whole {
		area.sheet = &sheet.Corners
	}
	for i := range light.Paper {
		x, y := float64(i%light.Columns*side+side/2), float64(i/light.Columns*side+side/2)
		if area.deep(x, y, float64(side)) {
			on = append(on, i)
		}
	}
	return on
}

// A tileLuma is the brightness of a tile's pixels, row by row; those at the right and lower edge of a picture are smaller.
type tileLuma struct {
	width, height int
	at            [strokes.TileSide * strokes.TileSide]int
}

func (d document) luma(r *raster.Raster, tile int) (t tileLuma) {
	x0, y0 := tile%d.page.Light.Columns*strokes.TileSide, tile/d.page.Light.Columns*strokes.TileSide
	t.width, t.height = min(strokes.TileSide, r.Width-x0), min(strokes.TileSide, r.Height-y0)
	for y := range t.height {
		row := r.Pixels[3*((y0+y)*r.Width+x0):][:3*t.width]
		for x := range t.width {
			// The luma of Rec. ITU-R BT.601 in 1/256.
			t.at[y*strokes.TileSide+x] = (77*int(row[3*x]) + 150*int(row[3*x+1]) + 29*int(row[3*x+2])) >> 8
		}
	}
	return t
}

// directions in which the steepness of edges is looked at: across, down, and along both diagonals, for a hand moves any way.
var directions = [4]struct{ x, y int }{{2, 0}, {0, 2}, {1, 1}, {1, -1}}

// inkDepths are by how many levels something in a tile is darker than its paper that is print: shades and folds are less. Where fewer
// than leastInkShare of the tiles have that, print is faded or blurred away, and less is enough.
var inkDepths = [...]int{40, 20, 10}

// leastInkShare: a letter of a few lines has ink in a tenth of its tiles.
const leastInkShare = 0.03

// An inkTile is a tile with something dark in it.
type inkTile struct {
	tile int
	// steep is the greatest change of brightness over two pixels (along the diagonals 1.4) in each direction, as a part of how
	// much darker ink is than paper. Sharp strokes have 0.9 to 1.2 (sharpening makes more than all of it), what is blurred
	// by two pixels 0.3 to 0.5.
	steep [len(directions)]float64
}

// inkTiles measures those of the tiles in which there is something dark, with paper around.
func (d document) inkTiles(r *raster.Raster, tiles []int) (list []inkTile) {
	for _, least := range inkDepths {
		var inked []int
		for _, i := range tiles {
			if d.depth(i) >= least && !d.shaded(i) {
				inked = append(inked, i)
			}
		}
		if float64(len(inked)) >= leastInkShare*float64(len(tiles)) {
			return d.steepness(r, inked)
		}
	}
	return nil
}

// depth is by how many levels ink is darker than paper in a tile.
func (d document) depth(tile int) int {
	return int(d.page.Light.Paper[tile]) - int(d.page.Light.Ink[tile])
}

// steepness measures tiles.
func (d document) steepness(r *raster.Raster, tiles []int) (list []inkTile) {
	for _, i := range tiles {
		luma, t := d.luma(r, i), inkTile{tile: i}
		for k, by := range directions {
			most := 0
			for y := max(0, -by.y); y < luma.height && y+by.y < luma.height; y++ {
				for x := 0; x+by.x < luma.width; x++ {
					v := luma.at[y*strokes.TileSide+x] - luma.at[(y+by.y)*strokes.TileSide+x+by.x]
					most = max(most, v, -v)
				}
			}
			t.steep[k] = float64(most) / float64(max(1, d.depth(i)))
		}
		list = append(list, t)
	}
	return list
}

// softer lists the tiles in which nothing is steeper than that in any direction.
func softer(list []inkTile, than float64) (tiles []int) {
	for _, t := range list {
		if slices.Max(t.steep[:]) < than {
			tiles = append(tiles, t.tile)
		}
	}
	return tiles
}

// shaded reports whether the paper beside a tile is about as dark as what is dark in it: then a shadow or another thing begins there,
// while print has paper all around.
func (d document) shaded(tile int) bool {
	light := d.page.Light
	half := (int(light.Paper[tile]) + int(light.Ink[tile])) / 2
	column, row := tile%light.Columns, tile/light.Columns
	for y := max(0, row-1); y <= min(row+1, light.Rows-1); y++ {
		for x := max(0, column-1); x <= min(column+1, light.Columns-1); x++ {
			if int(light.Paper[y*light.Columns+x]) < half {
				return true
			}
		}
	}
	return false
}

const (
	// leastInkTiles: of fewer tiles with something dark in them nothing is said.
	leastInkTiles = 16
	// steepestShare of the tiles are steeper than the figure for the whole: a tenth of a page is several lines, and in a
	// photograph of a person, most of which is soft by nature, the card and the eyes.
	steepestShare = 0.1
)

// steepestAlong is how steep the steepest tenth of the tiles is, in the direction in which that is least; false if there are
// too few.
func steepestAlong(list []inkTile) (steep float64, ok bool) {
	if len(list) < leastInkTiles {
		return 0, false
	}
	steep = math.Inf(1)
	along := make([]float64, len(list))
	for k := range directions {
		for i, t := range list {
			along[i] = t.steep[k]
		}
		steep = min(steep, upper(along, steepestShare))
	}
	return steep, true
}

// upper is the value that a share of the values are above, of which there is at least one. They change their places.
func upper(v []float64, share float64) float64 {
	return statistics.Nth(v, min(len(v)-1, int((1-share)*float64(len(v)))))
}

// contrastAbove is how much darker than its paper the ink of a share of the tiles is at least, as a part of the brightness of
// the paper.
func (d document) contrastAbove(tiles []int, share float64) float64 {
	var all []float64
	for _, i := range tiles {
		level := float64(d.page.Light.Paper[i])
		all = append(all, (level-float64(d.page.Light.Ink[i]))/max(1, level))
	}
	if len(all) == 0 {
		return 0
	}
	return upper(all, share)
}

// levelOf is the brightness of the paper that half of the tiles are below.
func (d document) levelOf(tiles []int) float64 {
	var all []float64
	for _, i := range tiles {
		all = append(all, float64(d.page.Light.Paper[i]))
	}
	if len(all) == 0 {
		return 0
	}
	return upper(all, 0.5)
}

const (
	// noiseEvery tile in either direction is measured: noise is the same everywhere.
	noiseEvery = 3
	// quietest share of them shows it: the others have print and textures.
	quietest = 0.25
)

// noiseOf is the standard deviation of the noise of the reduced picture, levels, by the difference of two Laplacians, which no
// evenly growing brightness moves (Immerkaer, "Fast noise variance estimation", Computer Vision and Image Understanding 64(2), 1996).
func (d document) noiseOf(r *raster.Raster, tiles []int) float64 {
	const w = strokes.TileSide
	var all []float64
	for _, i := range tiles {
		if i%d.page.Light.Columns%noiseEvery != 0 || i/d.page.Light.Columns%noiseEvery != 0 {
			continue
		}
		t := d.luma(r, i)
		sum, n := 0, 0
		for y := 1; y+1 < t.height; y++ {
			for k := y*w + 1; k < y*w+t.width-1; k++ {
				v := t.at[k-w-1] + t.at[k-w+1] + t.at[k+w-1] + t.at[k+w+1] - 2*(t.at[k-1]+t.at[k+1]+t.at[k-w]+t.at[k+w]) + 4*t.at[k]
				sum, n = sum+max(v, -v), n+1
			}
		}
		if n > 0 {
			all = append(all, math.Sqrt(math.Pi/2)*float64(sum)/float64(6*n))
		}
	}
	if len(all) == 0 {
		return 0
	}
	return upper(all, 1-quietest)
}
