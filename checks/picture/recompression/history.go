package recompression

import (
	"context"
	"image"
	"math"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/jpeg"
)

// A History is what the coefficients of a picture tell of its compressions.
type History struct {
	Luma *Luma
	// Primary is the estimate over the whole picture on the file's own grid.
	Primary Primary
	// Whole says that the picture as a whole, or most of it, was compressed before; nil if it does not show.
	Whole *First
	// Shift is the grid the picture as a whole tells of beside its own, whether or not it counts.
	Shift GlobalShift
	// Odd is the part of the picture that most clearly tells another history; nil if none stands out at all.
	Odd *Odd
}

// A First is a first compression.
type First struct {
	Quality int // on the scale of the Independent JPEG Group, the nearest; 0 if none fits
	Steps   Steps
	DX, DY  int // where its grid lies, 0..7 each
}

// Aligned reports whether the first compression had the file's own grid.
func (f First) Aligned() bool { return f.DX|f.DY == 0 }

// How a part of the picture differs from the rest.
const (
	// Lacks: the rest was compressed before, the part was not, or not so.
	Lacks = "lacks"
	// LacksShifted: the same where the rest was compressed before on another grid. The noise of the last
	// compression hides more of it, and more of it is missing in honest pictures.
	LacksShifted = "lacks_shifted"
	// OwnAligned: the part was compressed before on the file's grid, the rest was not, or not so.
	OwnAligned = "own_aligned"
	// OwnShifted: the part was compressed before on another grid.
	OwnShifted = "own_shifted"
)

// An Odd is a part of the picture with another history than the rest.
type Odd struct {
	How    string // Lacks, LacksShifted, OwnAligned or OwnShifted
	First  First  // what the part lacks, or has
	Window Window // where it shows most
	Region Region
	// Elsewhere is the share of blocks outside of the region, of those with as much detail, that tell the
	// same as the region does.
	Elsewhere float64
	// Class is the class of the block each entry of Map is about.
	Class []uint8
	// Map is the evidence that each block belongs to the part: positive for.
	Map Map
}

// Histories is the subject's History; nil, without an error, where Luma is nil.
var Histories = checks.NewShared("compression history", func(ctx context.Context, s *checks.Subject) (*History, error) {
	l, err := Shared.Of(ctx, s)
	if err != nil || l == nil {
		return nil, err
	}
	return Analyse(ctx, l)
})

// The conditions under which the whole picture counts as compressed before on its own grid: most of
// the terms that could show it do. Of 13 device photos saved once none showed more than 1 of 19 terms; saved with
// quality 79 and then 84 they showed at least 14 of 18.
const (
	termGain   = 0.03 // nats per non-zero coefficient
	termShare  = 0.25 // of the coefficients
	termsNeed  = 0.55 // of the terms that could show it
	termsLeast = 4
)

// Where the first quality was only little below the last, few terms show it, but one table explains them
// all. Photos saved once gained at most 0.10 over all terms and 0.03 over the early ones; saved with
// quality 68 and then 73, at least 0.37 and 0.14.
const (
	tableGain  = 0.25
	tableFit   = 0.8 // of what the best step of every term explains
	tableEarly = 0.08
)

// whole returns the aligned first compression of the picture, or nil. Sure is false if only the table as a
// whole shows it: a grid beside the file's own can look so too.
func (p Primary) whole() (first *First, sure bool) {
	able, show := 0, 0
	var steps Steps
	fit, all := p.QualityGain, 0.0
	for k := range Terms {
		if !p.Able[k] {
			continue
		}
		able++
		all += p.Gain[k]
		if p.Gain[k] >= termGain && p.Share[k] >= termShare {
			show++
			steps[k] = p.Steps[k]
		}
	}
	if show < termsLeast || float64(show) < termsNeed*float64(able) {
		if fit >= tableGain && fit >= tableFit*all && p.EarlyGain >= tableEarly {
			return &First{Quality: p.Quality, Steps: tableSteps(p.Quality, p.Turned)}, false
		}
		return nil, false
	}
	f := &First{Steps: steps}
	// A table of the common family explains nearly as much as the best step of every term: then
	// it is that table, and the terms too thin to show it follow.
	if fit >= tableFit*all {
		f.Quality, f.Steps = p.Quality, tableSteps(p.Quality, p.Turned)
	}
	return f, true
}

// alignedQualities are the first qualities a part of the picture is searched for. A neighbour shares most
// steps and finds the part; the exact one is fitted afterwards.
var alignedQualities = []int{50, 53, 56, 59, 62, 65, 68, 71, 74, 77, 80, 82, 84, 86, 88, 90, 92, 94, 96}

// alignedReach is how far the exact quality may lie from the one that found the part.
const alignedReach = 2

// Analyse reads the history out of l. The error is ctx's.
func Analyse(ctx context.Context, l *Luma) (*History, error) {
	cache := ratioCache{}
	h := &History{Luma: l, Primary: l.estimatePrimary(cache)}
	var sure bool
	h.Whole, sure = h.Primary.whole()
	search := l.SearchShifts()
	h.Shift = search.Global
	if h.Whole != nil && !sure && search.speaksOfAll() {
		h.Whole = nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var best Odd
	var main Map
	if h.Whole != nil {
		main = l.evidence(h.Whole.Steps, cache)
		best.consider(Lacks, *h.Whole, l, negative(main), l.Class)
	}
	var own Odd
	for _, q := range alignedQualities {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		own.considerAligned(q, l, main, cache)
	}
	if own.Window.Score > 0 {
		found := own.First.Quality
		for q := found - alignedReach; q <= found+alignedReach; q++ {
			own.considerAligned(q, l, main, cache)
		}
	}
	if own.Window.Score > best.Window.Score {
		best = own
	}
	h.shifted(search, main, &best)
	if best.Window.Score > 0 {
		h.Odd = &best
	}
	return h, nil
}

// consider keeps the strongest window of m if it scores more than what is held and is a part of the picture.
// Class holds the classes of the blocks that m is about.
func (o *Odd) consider(how string, first First, l *Luma, m Map, class []uint8) {
	if l.White >= brightened {
		m, class = withoutClipped(m, class)
	}
	w := newField(m, class, l.Wide, l.High, 2).strongest()
	if w.Score <= o.Window.Score {
		return
	}
	r := grow(m, l.Wide, l.High, w)
	// What fills most of the picture is not a part of it.
	if r.Count == 0 || r.Count*2 >= len(class) {
		return
	}
	elsewhere := r.elsewhere(m, class, l.Wide, l.High)
	if elsewhere > mostElsewhere {
		return
	}
	*o = Odd{How: how, First: first, Window: w, Region: r, Elsewhere: elsewhere, Class: class, Map: m}
}

// considerAligned is consider for a first quality on the file's own grid.
func (o *Odd) considerAligned(q int, l *Luma, main Map, cache ratioCache) {
	if steps := StandardSteps(q); l.leavesTrace(steps) {
		o.consider(OwnAligned, First{Quality: q, Steps: steps}, l, without(l.evidence(steps, cache), main), l.Class)
	}
}

// brightened is the share of white blocks from which a picture was made whiter than it was taken, as scanning apps
// do, or was exposed too long: then whole stretches of paper, sky and skin are cut off in one colour channel
// or two, their brightness changes by less than before, and so the steps of the first compression look
// like others there, or like none.
const brightened = 0.005

// withoutClipped leaves out of m the blocks that touch black or white.
func withoutClipped(m Map, class []uint8) (Map, []uint8) {
	m, class = slices.Clone(m), slices.Clone(class)
	for i, c := range class {
		if c >= activities {
			m[i], class[i] = 0, Masked
		}
	}
	return m, class
}

// without takes out of m what the whole picture's history, main, explains already.
func without(m, main Map) Map {
	for i, v := range main {
		m[i] -= max(v, 0)
	}
	return m
}

// shifted weighs what the search over shifts found: a part of the picture, or the whole.
func (h *History) shifted(search ShiftSearch, main Map, best *Odd) {
	l := h.Luma
	local, global := search.Local, search.Global
	var whole *First
	if search.speaksOfAll() {
		whole = &First{global.Quality, StandardSteps(global.Quality), global.DX, global.DY}
	}
	// The search saw a sample of the blocks and compared the grids; now all blocks, and the part
	// against the rest.
	if local.Score >= 2*shiftedLeast || local.Score >= shiftedLeast && !local.beside() {
		found := l.refine(local, main)
		if found.Window.Score > 0 {
			switch {
			case whole != nil && whole.DX == local.DX && whole.DY == local.DY:
			case search.Outside(found.Region.Bounds) > localSpread:
				whole = &found.First
			case found.Window.Score > best.Window.Score:
				*best = found
			}
		}
	}
	if whole == nil || h.Whole != nil {
		return
	}
	h.Whole = whole
	m, class := l.ShiftedEvidence(whole.DX, whole.DY, whole.Steps)
	if l.mostly(m) {
		best.consider(LacksShifted, *whole, l, negative(m), class)
	}
}

// shiftedLeast is the score from which the search over shifts is looked into. Device photos and
// copies of them end at 1.0 but on the grids beside the file's own.
const shiftedLeast = 1.0

// beside reports whether the grid is a neighbour of the file's own, whose comb it partly sees.
func (w ShiftedWindow) beside() bool {
	near := func(d int) bool { return d <= 1 || d == 7 }
	return near(w.DX) && near(w.DY)
}

// refine fits the quality of what the search over shifts found, on all blocks and terms.
func (l *Luma) refine(found ShiftedWindow, main Map) (best Odd) {
	for q := found.Quality - 3; q <= found.Quality+3; q++ {
		steps := StandardSteps(q)
		m, class := l.ShiftedEvidence(found.DX, found.DY, steps)
		best.consider(OwnShifted, First{q, steps, found.DX, found.DY}, l, without(m, main), class)
	}
	return best
}

// The search over shifts speaks of the whole picture from here on. Device photos reached 10.7 and 0.5.
const (
	globalDeviation = 12.0
	globalAdvantage = 0.6
	globalSpread    = 0.6  // of the tiles
	localSpread     = 0.15 // of the tiles outside of a part: more, and it is not the part's own
)

// speaksOfAll reports whether the global grid is the whole picture's.
func (s ShiftSearch) speaksOfAll() bool {
	return s.Global.Deviation >= globalDeviation && s.Global.Advantage >= globalAdvantage && s.Everywhere() >= globalSpread
}

// mostly reports whether the map is positive over nearly all of the picture, tile by tile of 8 x 8
// blocks: else the steps do not fit, and what lacks them proves nothing.
func (l *Luma) mostly(m Map) bool {
	const tile = 8
	var yes, all int
	for y := 0; y+tile <= l.High; y += tile {
		for x := 0; x+tile <= l.Wide; x += tile {
			sum, n := float32(0), 0
			for v := range tile {
				for u := range tile {
					i := (y+v)*l.Wide + x + u
					if l.Class[i] != Masked {
						sum += m[i]
						n++
					}
				}
			}
			if n >= tile*tile/4 {
				all++
				if sum > 0 {
					yes++
				}
			}
		}
	}
	return yes*10 > all*8
}

// leavesTrace reports whether a first compression with these steps can be seen at all behind the
// file's own.
func (l *Luma) leavesTrace(s Steps) bool {
	n := 0
	for k, q1 := range s {
		q2 := l.Step[jpeg.ZigZag[k+1]]
		if q1 >= 2 && q2%q1 != 0 {
			n++
		}
	}
	return n >= termsLeast
}

func negative(m Map) Map {
	out := make(Map, len(m))
	for i, v := range m {
		out[i] = -v
	}
	return out
}

// PixelBounds returns the region's bounding rectangle in stored pixels, on the grid its map is about.
func (o *Odd) PixelBounds() image.Rectangle {
	b := o.Region.Bounds
	r := image.Rect(b.Min.X*8, b.Min.Y*8, b.Max.X*8, b.Max.Y*8)
	return r.Add(image.Pt(o.First.DX, o.First.DY))
}

// Posterior turns a block's evidence, smoothed over its neighbours, into a probability at equal prior odds.
func Posterior(m Map, wide, high int) Map {
	out := boxMean(m, wide, high, 1)
	for i, v := range out {
		out[i] = float32(1 / (1 + math.Exp(-float64(v)*9/3)))
	}
	return out
}
