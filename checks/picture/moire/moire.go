package moire

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"

	"dossier/checks/picture/raster"
)

// A Pattern is what the windows of a picture agree about.
type Pattern struct {
	Windows []image.Rectangle // that were looked at
	Agree   []image.Rectangle // those among them that show it
	Period  float64           // pixels of the picture
	Angle   float64           // of its waves, degrees from the horizontal, -90..90
	Height  float64           // of its peak over what lies around it, a ratio of powers: the median of those that agree
	Depth   float64           // from its bright to its dark, levels: likewise
}

const (
	// mostWindows is how many are looked at: half of them must agree, and eight do not do so by chance.
	mostWindows = 16
	// leastWindows: in less than four nothing can be said.
	leastWindows = 4
	// mostClipped is the share of a window that may be as bright as can be: what is clipped shows no pattern.
	mostClipped = 0.3
	clipped     = 250
	// dimmest: in the dark the pattern drowns in noise. That is this part of the brightest window's mean.
	dimmest = 0.6
	// lowest frequency that is looked at, in bins: lines of text make peaks below.
	lowest = 9
	// onAxis is how near to an axis, in bins, peaks of upright print, rules and scanners lie.
	onAxis = 1
	// offAxis is how far its direction may be from one, as a tangent: a screen is photographed nearly level, and what
	// beats of its grid are left lie near the axes too, while the crossing lines of a security print run
	// aslant.
	offAxis = 0.18
	// A peak is at least leastHeight times higher than three quarters of what lies around it.
	leastHeight = 24
	// peaksKept of a window: a grid has two directions, and harmonics.
	peaksKept = 4
	// apart is how far, in bins, the peaks of two windows may be and be the same: perspective changes the
	// period by a few per cent across the picture.
	apart = 2
)

// Find looks for a pattern. It is nil if fewer than leastWindows can be looked at. The error is the context's.
func Find(ctx context.Context, m image.Image) (*Pattern, error) {
	places := windows(m)
	if len(places) < leastWindows {
		return nil, nil
	}
	p := &Pattern{}
	var all [][]peak
	for _, w := range places {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p.Windows = append(p.Windows, w.box)
		all = append(all, peaks(power(w.luma)))
	}
	p.agree(all)
	return p, nil
}

// A place is a window and what is in it.
type place struct {
	box            image.Rectangle
	mean, variance float64
	luma           []uint8
}

// windows chooses the plainest of the bright windows that are not clipped. The ground of a screen shows its grid as
// much as anything; on blank paper there is none, and ornaments and print, which have patterns of their own, are not
// among them.
func windows(m image.Image) []place {
	b := m.Bounds()
	// On a large picture not every place can be looked at.
	step := side * max(1, int(math.Sqrt(float64(b.Dx())*float64(b.Dy())/(side*side*160))))
	var list []place
	for y := b.Min.Y; y+side <= b.Max.Y; y += step {
		for x := b.Min.X; x+side <= b.Max.X; x += step {
			box := image.Rect(x, y, x+side, y+side)
			if p, ok := look(m, box); ok {
				list = append(list, p)
			}
		}
	}
	brightest := 0.0
	for _, p := range list {
		brightest = max(brightest, p.mean)
	}
	list = slices.DeleteFunc(list, func(p place) bool { return p.mean < dimmest*brightest })
	slices.SortStableFunc(list, func(a, b place) int { return cmp.Compare(a.variance, b.variance) })
	list = list[:min(len(list), mostWindows)]
	for i := range list {
		list[i].box = list[i].box.Sub(b.Min)
	}
	return list
}

// look reads the brightness of a window; not ok if it is clipped.
func look(m image.Image, box image.Rectangle) (place, bool) {
	p := place{box: box, luma: make([]uint8, 0, side*side)}
	if y, ok := m.(*image.YCbCr); ok {
		for row := box.Min.Y; row < box.Max.Y; row++ {
			p.luma = append(p.luma, y.Y[y.YOffset(box.Min.X, row):][:side]...)
		}
	} else {
		r := raster.New(m, box)
		for i := 0; i < len(r.Pixels); i += 3 {
			p.luma = append(p.luma, uint8((77*int(r.Pixels[i])+150*int(r.Pixels[i+1])+29*int(r.Pixels[i+2]))>>8))
		}
	}
	bright, sum, squares := 0, 0, 0
	for _, v := range p.luma {
		sum, squares = sum+int(v), squares+int(v)*int(v)
		if v >= clipped {
			bright++
		}
	}
	p.mean = float64(sum) / (side * side)
	p.variance = float64(squares)/(side*side) - p.mean*p.mean
	return p, float64(bright) <= mostClipped*side*side
}

// A peak of a spectrum: its frequency in bins, x from 0, y from -side/2; its height over what lies around it; its depth in
// levels.
type peak struct {
	x, y          int
	height, depth float64
}

// peaks finds the highest peaks of a power spectrum, at most peaksKept, the highest first.
func peaks(spectrum []float32) []peak {
	at := func(x, y int) float32 { return spectrum[(y+2*side)%side*side+(x+2*side)%side] }
	var found []peak
	for y := -side/2 + 1; y < side/2; y++ {
		for x := 0; x < side/2; x++ {
			v := at(x, y)
			if skipped(x, y) || v < at(x-1, y) || v < at(x+1, y) || v < at(x, y-1) || v < at(x, y+1) {
				continue
			}
			if h := float64(v) / float64(ground(at, x, y)); h >= leastHeight {
				// The window function leaves a quarter of a wave's amplitude, and the wave is split between
				// two frequencies; from bright to dark it is twice the amplitude.
				found = append(found, peak{x, y, h, 2 * 2 * math.Sqrt(float64(v)) / (side * side / 4)})
			}
		}
	}
	slices.SortFunc(found, func(a, b peak) int { return cmp.Compare(b.height, a.height) })
	return found[:min(len(found), peaksKept)]
}

// skipped says which frequencies are left out: the low ones, those on the axes and far from them, and those of JPEG's blocks.
func skipped(x, y int) bool {
	if x*x+y*y < lowest*lowest || x <= onAxis || max(y, -y) <= onAxis {
		return true
	}
	if small, large := min(x, max(y, -y)), max(x, y, -y); float64(small) > offAxis*float64(large) {
		return true
	}
	const block = side / 8
	near := func(v int) bool { r := (v + side) % block; return r <= 1 || r >= block-1 }
	return near(x) && near(y)
}

// ground is what three quarters of the values around a peak are below; at least the noise of rounding to whole levels.
func ground(at func(x, y int) float32, x, y int) float32 {
	var ring [40]float32
	n := 0
	for dy := -6; dy <= 6; dy += 2 {
		for dx := -6; dx <= 6; dx += 2 {
			if max(dx, -dx, dy, -dy) > 2 {
				ring[n] = at(x+dx, y+dy)
				n++
			}
		}
	}
	slices.Sort(ring[:n])
	// A twelfth is the variance of rounding; the window's squares sum to nine sixty-fourths of its area.
	const rounding = side * side * 9 / 64 / 12
	return max(ring[n*3/4], rounding)
}

// agree finds the frequency that most windows share.
func (p *Pattern) agree(all [][]peak) {
	var best []int // window by window the index of its peak, -1 for none
	most := 0
	for _, mine := range all {
		for _, k := range mine {
			same, n := make([]int, len(all)), 0
			for i, others := range all {
				same[i] = slices.IndexFunc(others, func(o peak) bool { return max(o.x-k.x, k.x-o.x, o.y-k.y, k.y-o.y) <= apart })
				if same[i] >= 0 {
					n++
				}
			}
			if n > most {
				best, most = same, n
			}
		}
	}
	var x, y float64
	var heights, depths []float64
	for i, k := range best {
		if k >= 0 {
			f := all[i][k]
			p.Agree = append(p.Agree, p.Windows[i])
			x, y = x+float64(f.x), y+float64(f.y)
			heights, depths = append(heights, f.height), append(depths, f.depth)
		}
	}
	if most == 0 {
		return
	}
	slices.Sort(heights)
	slices.Sort(depths)
	p.Height, p.Depth = heights[most/2], depths[most/2]
	p.Period = side * float64(most) / math.Hypot(x, y)
	p.Angle = math.Atan2(y, x) * 180 / math.Pi
}
