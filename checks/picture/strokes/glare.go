package strokes

import (
	"image"
	"iter"
)

// A Glare is a place where a lamp is mirrored: the paper is as bright as can be and shows no ink, and the ink
// around it is veiled.
type Glare struct {
	Tiles []int   // indexes of Light
	Lift  float64 // how much brighter the ink around it is than on the rest of the page, levels
}

// What is taken for glare. Found on drawn papers with and without a mirrored lamp, on receipts and on invoices:
// white paper that a scanner made as bright as can be has such places too, but they are as long as the space between
// lines, or as square as a cell of a table, and the ink beside them is as dark as anywhere.
const (
	// A tile is wiped out if nearly all of it is as bright as can be, and nothing in it is darker than paper.
	glareBlown = 0.8 * 255
	glareInk   = 225
	// leastGlare tiles make a place: three by three characters.
	leastGlare = 10
	// mostGlare is the greatest part of the picture: what is wiped out beyond that is paper in too much light.
	mostGlare = 0.08
	// nearGlare is how many tiles around it print counts as beside it, and leastBeside how many tiles with
	// ink there must be.
	nearGlare   = 2
	leastBeside = 15
	// A round spot fills 0.78 of the box around it, less where it runs out at the edge of the paper.
	leastRound, mostRound = 0.52, 0.88
	// printDepth: a tile with ink in it is at least so many levels deep.
	printDepth = 20
	// leastLift is by how many levels the ink beside it is brighter, the darkest, the middle and between.
	leastLift = 28
)

// Glares lists the places where a lamp is mirrored with print beside them.
func (p *Page) Glares() []Glare {
	printed := p.printed()
	usual := p.ink(printed)
	seen := make([]bool, len(p.Light.Paper))
	var found []Glare
	for i := range seen {
		if seen[i] || !p.Light.wiped(i) {
			continue
		}
		tiles := p.Light.flood(i, seen)
		if round := p.Light.roundness(tiles); len(tiles) < leastGlare || float64(len(tiles)) > mostGlare*float64(len(seen)) || round < leastRound || round > mostRound {
			continue
		}
		beside := map[int]bool{}
		for i := range p.Light.near(tiles) {
			if printed[i] {
				beside[i] = true
			}
		}
		here := p.ink(beside)
		if here.total < leastBeside {
			continue
		}
		lift := here.level(0.5) - usual.level(0.5)
		if min(lift, here.level(0.1)-usual.level(0.1), here.level(0.25)-usual.level(0.25)) >= leastLift {
			found = append(found, Glare{tiles, lift})
		}
	}
	return found
}

func (l *Light) wiped(i int) bool { return float64(l.Blown[i]) >= glareBlown && l.Ink[i] >= glareInk }

// flood lists the wiped tiles that hang together with one.
func (l *Light) flood(from int, seen []bool) []int {
	list := []int{from}
	seen[from] = true
	for k := 0; k < len(list); k++ {
		i := list[k]
		column := i % l.Columns
		for _, next := range []struct {
			i  int
			in bool
		}{{i - 1, column > 0}, {i + 1, column+1 < l.Columns}, {i - l.Columns, i >= l.Columns}, {i + l.Columns, i+l.Columns < len(seen)}} {
			if next.in && !seen[next.i] && l.wiped(next.i) {
				seen[next.i] = true
				list = append(list, next.i)
			}
		}
	}
	return list
}

// roundness is how much of the box around some tiles they fill.
func (l *Light) roundness(tiles []int) float64 {
	var box image.Rectangle
	for _, i := range tiles {
		at := image.Pt(i%l.Columns, i/l.Columns)
		box = box.Union(image.Rectangle{at, at.Add(image.Pt(1, 1))})
	}
	return float64(len(tiles)) / float64(box.Dx()*box.Dy())
}

// near marks the tiles beside some tiles, and these.
func (l *Light) near(tiles []int) map[int]bool {
	near := map[int]bool{}
	for _, i := range tiles {
		column, row := i%l.Columns, i/l.Columns
		for y := max(0, row-nearGlare); y <= min(l.Rows-1, row+nearGlare); y++ {
			for x := max(0, column-nearGlare); x <= min(l.Columns-1, column+nearGlare); x++ {
				near[y*l.Columns+x] = true
			}
		}
	}
	return near
}

// printed marks the tiles that lines of print run through.
func (p *Page) printed() map[int]bool {
	printed := map[int]bool{}
	for _, l := range p.Lines {
		for i := range p.tilesOf(l.Box) {
			printed[i] = true
		}
	}
	return printed
}

// levels counts levels of brightness.
type levels struct {
	count [256]int
	total int
}

func (l *levels) level(share float64) float64 { return float64(quantile(&l.count, l.total, share)) }

// ink counts the levels of the ink in tiles that have some.
func (p *Page) ink(tiles map[int]bool) *levels {
	var l levels
	for i := range tiles {
		if p.Light.depth(i) >= printDepth {
			l.count[p.Light.Ink[i]]++
			l.total++
		}
	}
	return &l
}

func (l *Light) depth(i int) int { return int(l.Paper[i]) - int(l.Ink[i]) }

// tilesOf gives the tiles that a box lies on.
func (p *Page) tilesOf(box image.Rectangle) iter.Seq[int] {
	side := TileSide * p.Reduce
	return func(yield func(int) bool) {
		for row := max(0, box.Min.Y/side); row*side < box.Max.Y && row < p.Light.Rows; row++ {
			for column := max(0, box.Min.X/side); column*side < box.Max.X && column < p.Light.Columns; column++ {
				if !yield(row*p.Light.Columns + column) {
					return
				}
			}
		}
	}
}
