package moire

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"

	"dossier/checks/picture/raster"
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
	Depth  float64 // from bright to dark, levels: the median of the windows that agree
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
	// lowest frequency that is looked at, in bins: lines of text make peaks below.
	lowest = 10
	// offAxis is how far a peak's direction may be from an axis, as a tangent: a screen is photographed nearly level,
	// and what beats of its grid are left lie near the axes too, while the crossing lines of a security print run
	// aslant.
	offAxis = 0.18
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
	powers, spectra := make([][]float32, len(places)), make([]spectrum, len(places))
	for i, w := range places {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p.Windows = append(p.Windows, w.box)
		powers[i] = power(w.luma)
		spectra[i] = widened(powers[i])
	}
	x, y, height := together(spectra).highest()
	p.Height = math.Exp(height)
	p.describe(powers, spectra, x, y)
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
	rank := func(p place) float64 {
		if p.clipped > hardlyClipped {
			return p.variance + 256*256 // behind all others
		}
		return p.variance
	}
	slices.SortStableFunc(list, func(a, b place) int { return cmp.Compare(rank(a), rank(b)) })
	list = list[:min(len(list), mostWindows)]
	for i := range list {
		list[i].box = list[i].box.Sub(b.Min)
	}
	return list
}

// look reads the brightness of a window; not ok if it is clipped.
func look(m image.Image, box image.Rectangle) (place, bool) {
	p := place{box: box, luma: make([]uint8, 0, side*side)}
	switch m := m.(type) {
	case *image.YCbCr:
		for row := box.Min.Y; row < box.Max.Y; row++ {
			p.luma = append(p.luma, m.Y[m.YOffset(box.Min.X, row):][:side]...)
		}
	case *image.Gray:
		for row := box.Min.Y; row < box.Max.Y; row++ {
			p.luma = append(p.luma, m.Pix[m.PixOffset(box.Min.X, row):][:side]...)
		}
	default:
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
	p.clipped = float64(bright) / (side * side)
	return p, p.clipped <= mostClipped
}

// describe fills in what is seen of the peak at (x, y) in the windows one by one.
func (p *Pattern) describe(powers [][]float32, spectra []spectrum, x, y int) {
	var sumX, sumY float64
	var depths []float64
	for i, s := range spectra {
		if s.height(x, y) < agreeing {
			continue
		}
		p.Agree = append(p.Agree, p.Windows[i])
		fx, fy, top := strongest(powers[i], x, y)
		sumX, sumY = sumX+float64(fx), sumY+float64(fy)
		// The window function leaves a quarter of a wave's amplitude, and the wave is split between two
		// frequencies; from bright to dark it is twice the amplitude.
		depths = append(depths, 2*2*math.Sqrt(float64(top))/(side*side/4))
	}
	if len(depths) == 0 {
		return
	}
	slices.Sort(depths)
	p.Depth = depths[len(depths)/2]
	p.Period = side * float64(len(depths)) / math.Hypot(sumX, sumY)
	p.Angle = math.Atan(sumY/sumX) * 180 / math.Pi
}

// strongest is the highest value of a power spectrum near a frequency, and where it is.
func strongest(power []float32, x, y int) (fx, fy int, top float32) {
	for dy := -2; dy <= 2; dy++ {
		for dx := -2; dx <= 2; dx++ {
			if v := power[(y+dy+side)%side*side+(x+dx+side)%side]; v > top {
				fx, fy, top = x+dx, y+dy, v
			}
		}
	}
	return
}
