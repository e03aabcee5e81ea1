package moire

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"

	"dossier/checks/picture/raster"
	"dossier/checks/picture/statistics"
)

// A Pattern is the narrow peak that stands highest in the spectra of all windows of a picture together.
type Pattern struct {
	Windows []image.Rectangle // that were looked at
	Agree   []image.Rectangle // those among them that show it by themselves
	Period  float64           // pixels of the picture
	Angle   float64           // of its waves, degrees from the horizontal, -90..90
	// Height of its peak over what lies around it, a ratio of powers, the weighted geometric mean of all windows: about 1
	// where there is no pattern. That of a peak on the grid of JPEG's blocks has been divided by onBlocks.
	Height float64
	// Sharpness is how high the same peak is in the mean of the powers, a ratio, with no allowance for a period that changes
	// across the picture, and without the quarter of the windows that show it best. A faint grid that keeps its period
	// stands out here. It is 1 for a peak on the grid of JPEG's blocks, where sensors have sharp ones too.
	Sharpness float64
	Depth     float64 // from bright to dark, levels: the median of the windows that agree
}

const (
	// mostWindows is how many are looked at: chance peaks of sixteen average out, and what one place alone shows does
	// not count.
	mostWindows = 16
	// leastWindows: of less than four nothing can be said.
	leastWindows = 4
	// clipped is as bright as can be, but for noise: what is clipped shows no pattern. Windows with hardly any such
	// pixels come first; those with more than mostClipped of them are left out.
	clipped       = 250
	hardlyClipped = 0.02
	mostClipped   = 0.3
	// dimmest: in the dark the pattern drowns in noise. That is this part of the brightest window's mean.
	dimmest = 0.6
	// dark is the part of it below which windows are not even looked at where there are too few bright ones.
	dark = 0.2
	// lowest frequency that is looked at, in bins: lines of text make peaks below.
	lowest = 10
	// offAxis is how far a peak's direction may be from an axis, as a tangent: a screen is photographed nearly level,
	// and what beats of its grid are left lie near the axes too, while the crossing lines of a security print run
	// aslant.
	offAxis = 0.18
	// offAxisShort is the same for periods under side/short pixels: few printers and lenses leave lines as close as
	// those to a security print, and where the grid is finer than the sensor its beats turn further than the screen.
	offAxisShort = 0.4
	short        = 46
	// onAxis is how near to an axis, in bins, a peak is compared with what lies along the axis: the edges of
	// blocks, rules, and the streaks of scanners raise all of it.
	onAxis = 2
	// onBlocks is how much higher a peak must be that lies on the grid of JPEG's blocks, at multiples of an eighth of
	// the sampling rate. Sensors' colour filters, and blocks, make peaks there up to 12 times higher than what lies
	// around them.
	onBlocks = 4
	// agreeing is how high the peak of a window is that shows the pattern by itself, the natural logarithm of a ratio: chance peaks
	// are under half of it.
	agreeing = 1
)

// Find looks for a pattern. It is nil if fewer than leastWindows can be looked at. The error is the context's.
func Find(ctx context.Context, m image.Image) (*Pattern, error) {
	places := windows(m)
	if len(places) < leastWindows {
		return nil, nil
	}
	p := &Pattern{}
	fine, wide := make([]spectrum, len(places)), make([]spectrum, len(places))
	for i := 0; i < len(places); i += 2 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		j := min(i+1, len(places)-1) // an odd one is its own partner
		a, b := powers(places[i].luma, places[j].luma)
		fine[i], fine[j] = logarithms(a), logarithms(b)
	}
	for i, s := range fine {
		p.Windows = append(p.Windows, places[i].box)
		wide[i] = s.widened()
	}
	weights := weigh(wide)
	top := together(wide, weights).highest(together(fine, weights))
	p.Height, p.Sharpness = math.Exp(top.height), 1
	if !top.onGrid {
		p.Sharpness = math.Exp(sharpness(fine, top.x, top.y))
	}
	p.describe(fine, wide, top.x, top.y)
	return p, nil
}

// A place is a window and what is in it.
type place struct {
	box            image.Rectangle
	mean, variance float64
	clipped        float64 // share of its pixels
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
			if p := look(m, box); p.clipped <= mostClipped {
				list = append(list, p)
			}
		}
	}
	brightest := 0.0
	for _, p := range list {
		brightest = max(brightest, p.mean)
	}
	bright := slices.DeleteFunc(slices.Clone(list), func(p place) bool { return p.mean < dimmest*brightest })
	if len(bright) < leastWindows {
		// White that is clipped leaves what surrounds it, which is on the same screen.
		bright = slices.DeleteFunc(list, func(p place) bool { return p.mean < dark*brightest })
	}
	list = bright
	rank := func(p place) float64 {
		if p.clipped > hardlyClipped {
			return p.variance + 256*256 // behind all others
		}
		return p.variance
	}
	slices.SortStableFunc(list, func(a, b place) int { return cmp.Compare(rank(a), rank(b)) })
	list = list[:min(len(list), mostWindows)]
	for i := range list {
		list[i].luma = raster.Luma(m, list[i].box)
		list[i].box = list[i].box.Sub(b.Min)
	}
	return list
}

// look measures a window on some of its rows.
func look(m image.Image, box image.Rectangle) place {
	bright, sum, squares, n := 0, 0, 0, 0
	// Unequal steps, so that no pattern can hide between the rows.
	for y, step := box.Min.Y, 2; y < box.Max.Y; y, step = y+step, 9-step {
		for _, v := range row(m, box.Min.X, y) {
			sum, squares = sum+int(v), squares+int(v)*int(v)
			if v >= clipped {
				bright++
			}
		}
		n += side
	}
	p := place{box: box, mean: float64(sum) / float64(n), clipped: float64(bright) / float64(n)}
	p.variance = float64(squares)/float64(n) - p.mean*p.mean
	return p
}

// row is the brightness of the side pixels from (x, y) on.
func row(m image.Image, x, y int) []uint8 {
	switch m := m.(type) {
	case *image.YCbCr:
		return m.Y[m.YOffset(x, y):][:side]
	case *image.Gray:
		return m.Pix[m.PixOffset(x, y):][:side]
	}
	return raster.Luma(m, image.Rect(x, y, x+side, y+1))
}

// describe fills in what is seen of the peak at (x, y) in the windows one by one.
func (p *Pattern) describe(fine, wide []spectrum, x, y int) {
	var sumX, sumY float64
	var depths []float64
	for i, s := range wide {
		if s.height(x, y) < agreeing {
			continue
		}
		p.Agree = append(p.Agree, p.Windows[i])
		fx, fy, top := fine[i].strongest(x, y, 2)
		sumX, sumY = sumX+float64(fx), sumY+float64(fy)
		// The window function leaves a quarter of a wave's amplitude, and the wave is split between two
		// frequencies; from bright to dark it is twice the amplitude.
		depths = append(depths, 2*2*math.Exp(float64(top)/2)/(side*side/4))
	}
	if len(depths) == 0 {
		return
	}
	p.Depth = statistics.Median(depths)
	p.Period = side * float64(len(depths)) / math.Hypot(sumX, sumY)
	p.Angle = math.Atan(sumY/sumX) * 180 / math.Pi
}
