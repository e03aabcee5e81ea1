package preview

import (
	"image"
	"math"
	"slices"
)

// least is the smallest difference, in levels, that is taken for a part of a change: twice the noise of thumbnails.
const least = 5

// block is the side of the squares in which differences are averaged, in compared pixels, and stride
// how far apart they lie.
const (
	block  = 6
	stride = 2
)

// compare measures the chosen candidate at full size; b is the picture, which whole shows.
func (c *candidate) compare(whole planes, b image.Rectangle, cropped bool) *Comparison {
	// Not finer than either of the two really is.
	longest := min(compared, max(c.frame.Dx(), c.frame.Dy()), max(c.shown.Dx(), c.shown.Dy()))
	w, h := fit(c.shown.Dx(), c.shown.Dy(), longest)
	small := reduce(c.turned, compared)
	var a, p planes
	for i := range a {
		if whole[i] == nil || small[i] == nil {
			continue // one of the two is grey
		}
		a[i] = whole[i].table().cut(c.shown, b, w, h).blurred()
		p[i] = small[i].table().cut(c.frame, c.turned.Bounds(), w, h).blurred()
	}
	lay := align(a[0], p[0], c.roughly(whole[0], small[0], b))
	for i := range p {
		if p[i] != nil {
			p[i] = lay.apply(p[i])
		}
	}
	out := &Comparison{Orientation: c.turn, Frame: c.frame, Shown: c.shown, Cropped: cropped, Turned: c.turned,
		Correlation: correlation(a[0], p[0]), Contrast: a[0].deviation()}
	low, high := whole[0].table().cut(c.shown, b, finer*w, finer*h).rangeOf(finer)
	d := difference(a[0], toned(a[0], p[0]), low, high)
	// Levels are those of the flatter of the two: stretching a picture's contrast stretches its noise.
	gain, _ := gainOf(a[0], p[0])
	for j := range d.v {
		d.v[j] /= float32(max(1, gain))
	}
	for i := 1; i < 3; i++ {
		if p[i] == nil {
			continue
		}
		// Makers render colours differently, and thumbnails store them coarsely: half the weight.
		low, high := a[i].rangeOf(1)
		gain, _ := gainOf(a[i], p[i])
		half := float32(2 * max(1, gain))
		for j, v := range difference(a[i], scaled(a[i], p[i]), low, high).v {
			d.v[j] = max(d.v[j], v/half)
		}
	}
	lay.blank(d)
	out.measure(d, b)
	out.Reduced = image.NewGray(image.Rect(0, 0, w, h))
	for i, v := range a[0].v {
		out.Reduced.Pix[i] = uint8(min(max(v+0.5, 0), 255))
	}
	return out
}

// roughly aligns at the coarse size, from which the fine alignment starts: it sees further.
func (c *candidate) roughly(whole, small *plane, b image.Rectangle) laying {
	w, h := fit(c.shown.Dx(), c.shown.Dy(), coarse)
	l := align(whole.table().cut(c.shown, b, w, h).blurred(), small.table().cut(c.frame, c.turned.Bounds(), w, h).blurred(), laying{1, 0, 1, 0})
	// The same laying counted in fractions of the picture.
	return laying{l.ax, l.bx / float64(w), l.ay, l.by / float64(h)}
}

// toned returns p with the tones of a: each level of p becomes the median of a where p has that level,
// which holds as long as most of each level was not changed.
func toned(a, p *plane) *plane {
	const bins = 32
	var at [bins][]float32
	for i, v := range p.v {
		k := min(max(int(v)*bins/256, 0), bins-1)
		at[k] = append(at[k], a.v[i])
	}
	var x, y []float64
	for k := range at {
		if len(at[k]) < 8 {
			continue
		}
		slices.Sort(at[k])
		x = append(x, (float64(k)+0.5)*256/bins)
		y = append(y, float64(at[k][len(at[k])/2]))
	}
	out := &plane{p.w, p.h, make([]float32, len(p.v))}
	if len(x) == 0 {
		copy(out.v, p.v)
		return out
	}
	// Tones never change places.
	for i := 1; i < len(y); i++ {
		y[i] = max(y[i], y[i-1])
	}
	for i, v := range p.v {
		k, _ := slices.BinarySearch(x, float64(v))
		switch {
		case k == 0:
			out.v[i] = float32(y[0]) + v - float32(x[0])
		case k == len(x):
			out.v[i] = float32(y[k-1]) + v - float32(x[k-1])
		default:
			f := (float64(v) - x[k-1]) / (x[k] - x[k-1])
			out.v[i] = float32(y[k-1] + f*(y[k]-y[k-1]))
		}
	}
	return out
}

// scaled returns p stretched and shifted to fit a by least squares, within what colour rendering explains.
func scaled(a, p *plane) *plane {
	gain, offset := gainOf(a, p)
	out := &plane{p.w, p.h, make([]float32, len(p.v))}
	for i, v := range p.v {
		out.v[i] = float32(offset + gain*float64(v))
	}
	return out
}

// difference returns how far each pixel of one plane lies outside of what the other shows within a
// pixel of that place, the larger of both directions: so neither a displacement by a pixel nor another sharpness
// counts. low and high are the range of a. Where both show texture the difference weighs less, for a
// thumbnail made by leaving out pixels shows another one of the texture's tones than their mean.
func difference(a, p, low, high *plane) *plane {
	const texture = 50 // levels of range at which a difference counts half
	out := &plane{a.w, a.h, make([]float32, len(a.v))}
	lowP, highP := p.rangeOf(1)
	for i := range out.v {
		one := max(a.v[i]-highP.v[i], lowP.v[i]-a.v[i], 0)
		two := max(p.v[i]-high.v[i], low.v[i]-p.v[i], 0)
		out.v[i] = max(one, two) / (1 + min(high.v[i]-low.v[i], highP.v[i]-lowP.v[i])/texture)
	}
	return out
}

// rangeOf returns the least and the largest value within a pixel of each place, of a plane k times
// smaller: pixel x covers the k pixels from k*x on, and the range those of its neighbours too.
func (p *plane) rangeOf(k int) (low, high *plane) {
	w, h := p.w/k, p.h/k
	low, high = &plane{w, h, make([]float32, w*h)}, &plane{w, h, make([]float32, w*h)}
	lows, highs := make([]float32, w*p.h), make([]float32, w*p.h)
	for y := range p.h {
		row := p.v[y*p.w : (y+1)*p.w]
		for x := range w {
			part := row[max(k*(x-1), 0):min(k*(x+2), p.w)]
			lo, hi := part[0], part[0]
			for _, v := range part[1:] {
				lo, hi = min(lo, v), max(hi, v)
			}
			lows[y*w+x], highs[y*w+x] = lo, hi
		}
	}
	for y := range h {
		from, to := max(k*(y-1), 0), min(k*(y+2), p.h)
		for x := range w {
			lo, hi := lows[from*w+x], highs[from*w+x]
			for j := from + 1; j < to; j++ {
				lo, hi = min(lo, lows[j*w+x]), max(hi, highs[j*w+x])
			}
			low.v[y*w+x], high.v[y*w+x] = lo, hi
		}
	}
	return low, high
}

// measure finds the worst block and the area around it.
func (c *Comparison) measure(d *plane, picture image.Rectangle) {
	bw, bh := (d.w-block)/stride+1, (d.h-block)/stride+1
	if bw < 1 || bh < 1 {
		return
	}
	means := make([]float64, bw*bh)
	worst := 0
	for y := range bh {
		for x := range bw {
			var s float64
			for j := range block {
				for _, v := range d.v[(y*stride+j)*d.w+x*stride : (y*stride+j)*d.w+x*stride+block] {
					s += float64(v)
				}
			}
			i := y*bw + x
			if means[i] = s / (block * block); means[i] > means[worst] {
				worst = i
			}
		}
	}
	c.Worst = means[worst]
	sorted := slices.Clone(means)
	slices.Sort(sorted)
	c.Typical = sorted[len(sorted)*3/4]
	area, n := grow(means, bw, bh, worst, max(least, 3*sorted[len(sorted)/2], c.Worst/5))
	c.Share = float64(n) / float64(len(means))
	sx, sy := float64(c.Shown.Dx())/float64(d.w), float64(c.Shown.Dy())/float64(d.h)
	c.Changed = image.Rect(c.Shown.Min.X+int(float64(area.Min.X)*sx), c.Shown.Min.Y+int(float64(area.Min.Y)*sy),
		c.Shown.Min.X+int(math.Ceil(float64(area.Max.X)*sx)), c.Shown.Min.Y+int(math.Ceil(float64(area.Max.Y)*sy))).Intersect(picture)
}

// grow returns the area, in compared pixels, of the blocks of at least level that hang together with
// block start, over gaps of up to two blocks, and their number. A change is seldom different everywhere.
func grow(means []float64, bw, bh, start int, level float64) (area image.Rectangle, n int) {
	const reach = 3
	seen := make([]bool, len(means))
	queue := []int{start}
	seen[start] = true
	// The middle of the block: its rim lies half outside of the change.
	const m = (block - stride) / 2
	for ; n < len(queue); n++ {
		x, y := queue[n]%bw, queue[n]/bw
		area = area.Union(image.Rect(x*stride+m, y*stride+m, x*stride+m+stride, y*stride+m+stride))
		for j := max(y-reach, 0); j <= min(y+reach, bh-1); j++ {
			for i := max(x-reach, 0); i <= min(x+reach, bw-1); i++ {
				if k := j*bw + i; !seen[k] && means[k] >= level {
					seen[k] = true
					queue = append(queue, k)
				}
			}
		}
	}
	return area, n
}
