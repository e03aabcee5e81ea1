package recompression

import (
	"image"
	"math"
	"slices"

	"dossier/checks/picture/dct"
	"dossier/checks/picture/jpeg"
)

// shiftQualities are the first qualities that the search over shifts tries. A neighbouring quality
// has nearly the same early steps and is found by its neighbour; the exact one is fitted afterwards.
var shiftQualities = []int{52, 57, 62, 66, 70, 73, 76, 79, 82, 85, 88, 91}

// The search looks at the first shiftTerms terms: those of the triangle u+v <= 3, where the
// comb is widest against the noise and which cost a quarter of a whole transform.
const shiftTerms = 9

// shiftSites is how many blocks of each grid the search looks at, at most. The search tries 63 grids; this many
// keep it below 0.1 s. Up to one megapixel that is every block; in 6 megapixels one of nine, which leaves a
// part of 160 x 160 pixels 40 blocks.
const shiftSites = 16000

// A ShiftedWindow is what the search over shifts found.
type ShiftedWindow struct {
	Window
	DX, DY  int // of the first compression's grid, 0..7, not both 0
	Quality int // the one of shiftQualities that fits best
}

// lanes are packed numbers of 16 bits, one for each of four qualities.
type lanes = uint64

const (
	packs     = 3    // lanes for all qualities
	laneScale = 32   // units for one nat
	laneBias  = 128  // added to each, so that lanes never borrow from each other
	laneLimit = 3.96 // nats that fit
)

// SearchShifts looks for the window in which the picture tells most clearly of a first compression on
// another grid, and for the grid that the picture as a whole tells of.
func (l *Luma) SearchShifts() (s ShiftSearch) {
	s.field = l.shiftField()
	if s.field == nil {
		return s
	}
	for q := range shiftQualities {
		if !s.field.used[q] {
			continue
		}
		s.field.window(q, &s.Local)
		s.field.whole(q, &s.Global)
	}
	return s
}

// A ShiftSearch is the outcome of SearchShifts.
type ShiftSearch struct {
	Local  ShiftedWindow
	Global GlobalShift
	field  *shiftField // nil if the picture is too small or no first quality would show
}

// Outside returns in which share of the picture outside of the blocks in except the grid of the local
// window stands out too, tile by tile: what is found everywhere is no property of a part.
func (s ShiftSearch) Outside(except image.Rectangle) float64 {
	if s.field == nil || s.Local.Score == 0 {
		return 0
	}
	return s.field.spread(s.Local.DY*8+s.Local.DX, slices.Index(shiftQualities, s.Local.Quality), except)
}

// Everywhere is Outside for the global grid and the whole picture.
func (s ShiftSearch) Everywhere() float64 {
	if s.field == nil || s.Global.Deviation == 0 {
		return 0
	}
	return s.field.spread(s.Global.DY*8+s.Global.DX, slices.Index(shiftQualities, s.Global.Quality), image.Rectangle{})
}

// A shiftField holds the evidence of all grids and qualities in cells of 2 x 2 sites.
type shiftField struct {
	site       int // blocks from one site to the next
	wide, high int // cells
	sum        [][]float32
	used       [12]bool
	sites      int
}

func (f *shiftField) at(shift, quality int) []float32 {
	return f.sum[shift*len(shiftQualities)+quality]
}

func (l *Luma) shiftField() *shiftField {
	f := &shiftField{site: 1}
	for (l.Wide/f.site)*(l.High/f.site) > shiftSites {
		f.site++
	}
	f.wide, f.high = (l.Wide-1)/(2*f.site), (l.High-1)/(2*f.site)
	if f.wide < 2 || f.high < 2 {
		return nil
	}
	var table [activities][shiftTerms][fineLevels][packs]lanes
	for k := range shiftTerms {
		for q, quality := range shiftQualities {
			q1 := StandardStep(quality, int(jpeg.ZigZag[k+1]))
			var r [classes]fineRatio
			if l.usableOnShiftedGrid(k, q1) {
				r = l.fineRatios(k, q1, false)
				f.used[q] = true
			}
			for class := range activities {
				for i, v := range r[class] {
					n := lanes(int(math.Round(float64(min(max(v, -laneLimit), laneLimit))*laneScale)) + laneBias)
					table[class][k][i][q/4] |= n << (16 * (q % 4))
				}
			}
		}
	}
	if f.used == ([12]bool{}) {
		return nil
	}
	f.sum = make([][]float32, 64*len(shiftQualities))
	cells := make([]float32, len(f.sum)*f.wide*f.high)
	for i := range f.sum {
		f.sum[i], cells = cells[:f.wide*f.high:f.wide*f.high], cells[f.wide*f.high:]
	}
	acc := make([][64][packs]lanes, f.wide)
	count := make([]int, f.wide)
	for cy := range f.high {
		clear(acc)
		clear(count)
		for v := range 2 {
			y := (2*cy + v) * f.site
			for cx := range f.wide {
				for u := range 2 {
					x := (2*cx + u) * f.site
					class := l.Class[y*l.Wide+x]
					if class == Masked {
						continue
					}
					// Clipping hits all grids alike, and the grids are compared with each other.
					class %= activities
					count[cx]++
					l.addSite(x, y, &table[class], &acc[cx])
				}
			}
		}
		for cx := range f.wide {
			f.sites += count[cx]
			bias := float32(count[cx] * shiftTerms * laneBias)
			for s := 1; s < 64; s++ {
				for q := range shiftQualities {
					n := float32(acc[cx][s][q/4] >> (16 * (q % 4)) & 0xFFFF)
					f.at(s, q)[cy*f.wide+cx] = (n - bias) / laneScale
				}
			}
		}
	}
	return f
}

// addSite adds the evidence of the 64 blocks that begin inside block (x, y); shift s is dy*8+dx.
func (l *Luma) addSite(x, y int, table *[shiftTerms][fineLevels][packs]lanes, acc *[64][packs]lanes) {
	var rows [8][4][15]float32 // per dx: the first four frequencies of 15 rows
	for r := range 15 {
		p := l.Plane[(8*y+r)*l.Stride+8*x:]
		p = p[:15]
		var s [15]float32
		for i, v := range p {
			s[i] = float32(v)
		}
		for dx := range 8 {
			t := s[dx : dx+8 : dx+8]
			o := &rows[dx]
			o[0][r], o[1][r], o[2][r], o[3][r] = dct.Low(t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7])
		}
	}
	for dx := range 8 {
		o := &rows[dx]
		for dy := range 8 {
			a, b, c, d := o[0][dy:dy+8:dy+8], o[1][dy:dy+8:dy+8], o[2][dy:dy+8:dy+8], o[3][dy:dy+8:dy+8]
			_, a1, a2, a3 := dct.Low(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7])
			b0, b1, b2, _ := dct.Low(b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7])
			c0, c1, _, _ := dct.Low(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7])
			d0 := (d[0] + d[1] + d[2] + d[3] + d[4] + d[5] + d[6] + d[7]) * 0.35355339
			// In zigzag order.
			terms := [shiftTerms]float32{b0, a1, a2, b1, c0, d0, c1, b2, a3}
			to := &acc[dy*8+dx]
			n0, n1, n2 := to[0], to[1], to[2]
			for k, v := range terms {
				if v < 0 {
					v = -v
				}
				e := &table[k][min(int(v*fine), fineLevels-1)]
				n0 += e[0]
				n1 += e[1]
				n2 += e[2]
			}
			to[0], to[1], to[2] = n0, n1, n2
		}
	}
}

// shiftWindows are the sides of the squares tried, in cells.
var shiftWindows = []int{2, 3, 5, 8}

// window updates best with the window in which one shift stands out among the 63 at quality q. The other shifts see
// the same pixels and so are the fairest measure of what is usual there.
func (f *shiftField) window(q int, best *ShiftedWindow) {
	const floor = 0.3
	w := f.wide + 1
	var integrals [64][]float32
	for s := 1; s < 64; s++ {
		m := f.at(s, q)
		t := make([]float32, w*(f.high+1))
		for y := range f.high {
			row := float32(0)
			for x := range f.wide {
				row += m[y*f.wide+x]
				t[(y+1)*w+x+1] = t[y*w+x+1] + row
			}
		}
		integrals[s] = t
	}
	over := func(t []float32, x, y, n int) float64 {
		return float64(t[(y+n)*w+x+n] - t[y*w+x+n] - t[(y+n)*w+x] + t[y*w+x])
	}
	for s := 1; s < 64; s++ {
		t := integrals[s]
		for _, n := range shiftWindows {
			for y := 0; y+n <= f.high; y++ {
				top, bottom := t[y*w:(y+1)*w], t[(y+n)*w:(y+n+1)*w]
				least := float32(shiftEvidenceUnit * max(floor, best.Score))
				for x := 0; x+n <= f.wide; x++ {
					sum := bottom[x+n] - top[x+n] - bottom[x] + top[x]
					if sum < least {
						continue
					}
					e := float64(sum)
					all, square := 0.0, 0.0
					for o := 1; o < 64; o++ {
						if o != s {
							v := over(integrals[o], x, y, n)
							all += v
							square += v * v
						}
					}
					mean := all / 62
					z := (e - mean) / math.Sqrt(max(square/62-mean*mean, 1))
					if score := min(e/shiftEvidenceUnit, z/shiftDeviationUnit); score > best.Score {
						k := 2 * f.site
						*best = ShiftedWindow{
							Window: Window{image.Rect(x*k, y*k, (x+n)*k, (y+n)*k), e, z, score},
							DX:     s & 7, DY: s >> 3, Quality: shiftQualities[q],
						}
					}
				}
			}
		}
	}
}

// The units of a ShiftedWindow's score, as for Window. The search sees a sample of the blocks and
// the noise of the last quantization, so both numbers stay smaller.
const (
	shiftEvidenceUnit  = 30.0
	shiftDeviationUnit = 8.0
)

// A GlobalShift is the grid that the picture as a whole tells of.
type GlobalShift struct {
	DX, DY  int
	Quality int
	// Deviation is how far the evidence of the whole picture for this grid lies above that of the
	// other grids, in their standard deviations.
	Deviation float64
	// Advantage is the same difference in nats per block looked at.
	Advantage float64
}

// whole updates best with the shift that stands out over the whole picture at quality q.
func (f *shiftField) whole(q int, best *GlobalShift) {
	var total [64]float64
	for s := 1; s < 64; s++ {
		for _, v := range f.at(s, q) {
			total[s] += float64(v)
		}
	}
	top := 1
	for s := 2; s < 64; s++ {
		if total[s] > total[top] {
			top = s
		}
	}
	rest := slices.Delete(slices.Clone(total[1:]), top-1, top)
	slices.Sort(rest)
	// The grids beside the right one share part of its evidence: the lower three quarters are the
	// measure.
	rest = rest[:len(rest)*3/4]
	mean, square := 0.0, 0.0
	for _, v := range rest {
		mean += v
	}
	mean /= float64(len(rest))
	for _, v := range rest {
		square += (v - mean) * (v - mean)
	}
	z := (total[top] - mean) / math.Sqrt(max(square/float64(len(rest)), 1))
	if z > best.Deviation {
		*best = GlobalShift{
			DX: top & 7, DY: top >> 3, Quality: shiftQualities[q], Deviation: z,
			Advantage: (total[top] - mean) / float64(max(f.sites, 1)),
		}
	}
}

// spread returns in which share of the picture outside of the blocks in except, tile by tile, shift s stands out at
// quality q. Tiles without detail have no say.
func (f *shiftField) spread(s, q int, except image.Rectangle) float64 {
	const (
		across = 8   // tiles over the picture's shorter side: a part of an eighth is a tile
		stands = 2.5 // standard deviations among the grids; of 63 without history 1 in 3 tiles would have one so far up, but not this one
		detail = 8.0 // nats by which the grids must differ at all
	)
	side := max(2, min(f.wide, f.high)/across)
	yes, all := 0, 0
	k := 2 * f.site
	out := image.Rect(except.Min.X/k, except.Min.Y/k, (except.Max.X+k-1)/k, (except.Max.Y+k-1)/k)
	for y := 0; y+side <= f.high; y += side {
		for x := 0; x+side <= f.wide; x += side {
			if image.Rect(x, y, x+side, y+side).Overlaps(out) {
				continue
			}
			var total [64]float64
			for o := 1; o < 64; o++ {
				m := f.at(o, q)
				for v := range side {
					for _, e := range m[(y+v)*f.wide+x : (y+v)*f.wide+x+side] {
						total[o] += float64(e)
					}
				}
			}
			sum, square := 0.0, 0.0
			for o := 1; o < 64; o++ {
				if o != s {
					sum += total[o]
					square += total[o] * total[o]
				}
			}
			mean := sum / 62
			deviation := math.Sqrt(max(square/62-mean*mean, 0))
			if deviation*stands < detail {
				continue
			}
			all++
			if total[s]-mean > stands*deviation {
				yes++
			}
		}
	}
	return float64(yes) / float64(max(all, 1))
}
