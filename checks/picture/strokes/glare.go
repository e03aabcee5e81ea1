package strokes

import (
	"image"
	"iter"
	"math"
	"sort"
)

// A Glare is a place where a lamp is mirrored: light that is added to the paper and to the ink alike, so that the print
// becomes paler and paler towards its middle, where nothing is left of it.
type Glare struct {
	Tiles []int   // indexes of Light: where the print is veiled by a third of the light of white paper or more
	Lift  float64 // how much brighter the ink beside its middle is than ink farther away, levels
	Fit   float64 // 0..1, which part of the differences of the ink around it the light of a lamp explains
}

// What is taken for glare. White paper that a scanner made as bright as can be has empty places too, but the ink beside
// them is as dark as anywhere, or all of one paler colour. The figures are for light, in parts of that of white paper, and
// were set on drawn documents of all kinds with and without a lamp, and on receipts and stamped papers without.
const (
	// A tile is wiped out if nearly all of it is as bright as can be, and nothing in it is darker than paper.
	glareBlown = 0.8 * 255
	glareInk   = 225
	// coreWiped of the nine tiles in the middle of a glare are wiped out: one may have a speck.
	coreWiped = 8
	// printDepth: a tile with ink in it is at least so many levels deep.
	printDepth = 20
	// A tile of print is lifted if its ink has so much more light than the middle one of the page. leastLifted and
	// leastBeside are how many lifted ones, and of print, must lie beside the middle, and leastAround in its surroundings.
	lifted      = 0.1
	leastLifted = 5
	leastBeside = 8
	leastAround = 18
	// mostInside is the share of the print beside it that may lie in its middle: there is none left there.
	mostInside = 0.15
	// leastLamp is the least light of the lamp in the middle. Less does not wipe print out.
	leastLamp = 0.5
	// leastFit is which part of the differences of the ink the lamp explains: 0.65 and more with a lamp, mostly less
	// than 0.5 without. leastSlope is the same among lifted tiles alone: print in a paler ink is as pale everywhere.
	// A lamp beside which no ink has more light than faintLight, or that lifts ink in fewer rows of tiles than manyRows, has to
	// explain more, for a frame in a paler ink comes near to it; one line in a paler ink, in less than leastRows, even nearer.
	leastFit   = 0.62
	faintLight = 0.3
	manyRows   = 3
	leastRows  = 2
	faintFit   = 0.8
	leastSlope = 0.25
	// veiledLight is the light of the lamp where its Tiles end: black ink is then as bright as grey of 150.
	veiledLight = 0.3
)

// The places around the middle, by the square of the distance in radii of the lamp.
const (
	inMiddle = 0.2  // the lamp is as bright there as white paper, if it is half again as bright in the middle
	beside   = 1.5  // it still adds a tenth of what it does in the middle
	around   = 6.25 // it adds nothing any more
)

// lampRadii are tried, in tiles, each with lampShapes, its width over its height.
var (
	lampRadii  = []float64{2.5, 4, 6, 9}
	lampShapes = []float64{1, 1.5, 1 / 1.5}
)

// A lamp is a mirrored lamp that may be there. Its light falls off as 1/(1+r²)³, r in radii: bright and soft-edged, as
// gloss scatters it.
type lamp struct{ x, y, rx, ry float64 }

// at is the square of the distance of a tile from the middle, in radii.
func (m lamp) at(column, row int) float64 {
	dx, dy := (float64(column)-m.x)/m.rx, (float64(row)-m.y)/m.ry
	return dx*dx + dy*dy
}

// rows gives those of the tiles, which are in the order of their rows, whose rows the surroundings of the lamp reach.
func (m lamp) rows(tiles []inkTile) []inkTile {
	reach := math.Sqrt(around) * m.ry
	from := sort.Search(len(tiles), func(i int) bool { return float64(tiles[i].row) >= m.y-reach })
	to := sort.Search(len(tiles), func(i int) bool { return float64(tiles[i].row) > m.y+reach })
	return tiles[from:to]
}

func lampLight(r2 float64) float64 {
	k := 1 + r2
	return 1 / (k * k * k)
}

// Glare finds the place where a lamp is mirrored with print beside it, the plainest if there are several.
func (p *Page) Glare() (Glare, bool) {
	search := p.newGlareSearch()
	var best lampFit
	if len(search.lifted) < leastLifted {
		return Glare{}, false
	}
	for row := 1; row+1 < p.Light.Rows; row++ {
		for column := 1 + row%2; column+1 < p.Light.Columns; column += 2 {
			if p.Light.wipedAround(column, row) < coreWiped {
				continue
			}
			for _, radius := range lampRadii {
				for _, shape := range lampShapes {
					by := math.Sqrt(shape)
					if f, ok := search.fit(lamp{float64(column), float64(row), radius * by, radius / by}); ok && f.explained > best.explained {
						best = f
					}
				}
			}
		}
	}
	if best.explained < leastFit {
		return Glare{}, false
	}
	return p.glareOf(best), true
}

// An inkTile is a tile with print.
type inkTile struct {
	column, row int
	light       float64 // of its ink, in parts of that of white paper
	level       float64 // the same in levels
}

// A glareSearch is what is known of the ink of a page, in the order of the rows.
type glareSearch struct{ ink, lifted []inkTile }

func (p *Page) newGlareSearch() (s glareSearch) {
	// Tiles at the ends of lines have only parts of characters in them, which are paler: the darkest of a
	// neighbourhood is what the print is like.
	floor := p.Light.around(p.Light.Dark, func(a, b uint8) uint8 { return min(a, b) })
	var light [256]float64
	for level := range light {
		light[level] = math.Pow(float64(level)/255, 2.2) // nearly the curve of sRGB
	}
	var count [256]int
	printed := p.printed()
	for i := range p.Light.Paper {
		if printed[i] && int(p.Light.Paper[i])-int(p.Light.Dark[i]) >= printDepth {
			s.ink = append(s.ink, inkTile{i % p.Light.Columns, i / p.Light.Columns, light[floor[i]], float64(floor[i])})
			count[floor[i]]++
		}
	}
	usual := light[quantile(&count, len(s.ink), 0.5)]
	for _, t := range s.ink {
		if t.light > usual+lifted {
			s.lifted = append(s.lifted, t)
		}
	}
	return s
}

// A lampFit is how well a lamp explains the ink.
type lampFit struct {
	lamp
	light     float64 // of the lamp in its middle
	explained float64
	lift      float64 // levels
}

// fit reports whether a lamp can be there, by least squares: ink = b + light * lampLight.
func (s glareSearch) fit(m lamp) (f lampFit, ok bool) {
	n, pale := 0, regression{}
	lift, brightest, rows, last := 0.0, 0.0, 0, -1
	for _, t := range m.rows(s.lifted) {
		r2 := m.at(t.column, t.row)
		if r2 < around {
			pale.add(lampLight(r2), t.light)
		}
		if r2 < beside {
			n++
			lift, brightest = lift+t.level, max(brightest, t.light)
			if t.row != last {
				rows, last = rows+1, t.row
			}
		}
	}
	if n < leastLifted || rows < leastRows || pale.slope() <= 0 || pale.explained() < leastSlope {
		return f, false
	}
	var all, far regression
	inside, near := 0, 0
	for _, t := range m.rows(s.ink) {
		r2 := m.at(t.column, t.row)
		if r2 >= around {
			continue
		}
		all.add(lampLight(r2), t.light)
		switch {
		case r2 < inMiddle:
			inside, near = inside+1, near+1
		case r2 < beside:
			near++
		default:
			far.add(0, t.level)
		}
	}
	if near < leastBeside || all.n < leastAround || float64(inside) > mostInside*float64(near) || all.slope() < leastLamp {
		return f, false
	}
	if (brightest < faintLight || rows < manyRows) && all.explained() < faintFit {
		return f, false
	}
	return lampFit{m, all.slope(), all.explained(), lift/float64(n) - far.v/max(1, far.n)}, true
}

// glareOf says where the lamp of a fit veils the picture.
func (p *Page) glareOf(f lampFit) Glare {
	g := Glare{Lift: f.lift, Fit: f.explained}
	for i := range p.Light.Paper {
		if f.light*lampLight(f.at(i%p.Light.Columns, i/p.Light.Columns)) >= veiledLight {
			g.Tiles = append(g.Tiles, i)
		}
	}
	return g
}

// A regression is a straight line through values v at q, by least squares.
type regression struct{ n, q, v, qq, vv, qv float64 }

func (r *regression) add(q, v float64) {
	r.n, r.q, r.v = r.n+1, r.q+q, r.v+v
	r.qq, r.vv, r.qv = r.qq+q*q, r.vv+v*v, r.qv+q*v
}

// flat is a variance that is nothing but rounding.
const flat = 1e-9

func (r *regression) slope() float64 {
	if d := r.qq*r.n - r.q*r.q; d > flat {
		return (r.qv*r.n - r.q*r.v) / d
	}
	return 0
}

// explained is the square of the coefficient of correlation, 0..1.
func (r *regression) explained() float64 {
	if d := r.vv*r.n - r.v*r.v; d > flat {
		return min(1, r.slope()*(r.qv*r.n-r.q*r.v)/d)
	}
	return 0
}

func (l *Light) wiped(i int) bool { return float64(l.Blown[i]) >= glareBlown && l.Ink[i] >= glareInk }

// wipedAround counts the wiped tiles among a tile and the eight around it; it must not lie at the edge.
func (l *Light) wipedAround(column, row int) (n int) {
	for y := row - 1; y <= row+1; y++ {
		for x := column - 1; x <= column+1; x++ {
			if l.wiped(y*l.Columns + x) {
				n++
			}
		}
	}
	return n
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
