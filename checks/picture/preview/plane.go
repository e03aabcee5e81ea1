package preview

import (
	"image"
	"image/color"
	"math"

	"dossier/checks/picture/decode"
)

// A plane is one channel of a small picture, row by row.
type plane struct {
	w, h int
	v    []float32
}

// planes are brightness and the two colour differences (JFIF, ITU-T T.871) of one picture. Colour may be
// stored at a smaller size.
type planes [3]*plane

// reduce returns the planes of img, of which the longer side of brightness has at least longest pixels, and less than
// twice as many, unless img itself is smaller. Whole squares of pixels are averaged.
func reduce(img image.Image, longest int) planes {
	b := img.Bounds()
	k := max(1, max(b.Dx(), b.Dy())/longest)
	switch m := img.(type) {
	case *image.Gray:
		return planes{average(m.Pix[m.PixOffset(b.Min.X, b.Min.Y):], m.Stride, b.Dx(), b.Dy(), k)}
	case *image.YCbCr:
		out := planes{average(m.Y[m.YOffset(b.Min.X, b.Min.Y):], m.YStride, b.Dx(), b.Dy(), k)}
		sx, sy := 1, 1
		switch m.SubsampleRatio {
		case image.YCbCrSubsampleRatio422:
			sx = 2
		case image.YCbCrSubsampleRatio420:
			sx, sy = 2, 2
		case image.YCbCrSubsampleRatio440:
			sy = 2
		case image.YCbCrSubsampleRatio411:
			sx = 4
		case image.YCbCrSubsampleRatio410:
			sx, sy = 4, 2
		}
		c := m.COffset(b.Min.X, b.Min.Y)
		w, h := (b.Dx()+sx-1)/sx, (b.Dy()+sy-1)/sy
		kc := max(1, k/max(sx, sy))
		out[1], out[2] = average(m.Cb[c:], m.CStride, w, h, kc), average(m.Cr[c:], m.CStride, w, h, kc)
		return out
	}
	t := decode.Thumbnail(img, longest)
	w, h := t.Bounds().Dx(), t.Bounds().Dy()
	var out planes
	for i := range out {
		out[i] = &plane{w, h, make([]float32, w*h)}
	}
	for i := range out[0].v {
		y, cb, cr := color.RGBToYCbCr(t.Pix[4*i], t.Pix[4*i+1], t.Pix[4*i+2])
		out[0].v[i], out[1].v[i], out[2].v[i] = float32(y), float32(cb), float32(cr)
	}
	return out
}

// average returns the samples with every k x k square as one; squares at the far edges are cut.
func average(pix []byte, stride, w, h, k int) *plane {
	out := &plane{(w + k - 1) / k, (h + k - 1) / k, nil}
	out.v = make([]float32, out.w*out.h)
	sums := make([]uint32, out.w)
	// Of four rows and more, every other one is enough: what is compared is coarser still.
	step := 1
	if k >= 4 {
		step = 2
	}
	for y := range out.h {
		clear(sums)
		rows := 0
		for j := 0; j < min(k, h-y*k); j += step {
			rows++
			row := pix[(y*k+j)*stride:][:w]
			for x := range sums {
				part := row[x*k : min((x+1)*k, w)]
				var s uint32
				for _, v := range part {
					s += uint32(v)
				}
				sums[x] += s
			}
		}
		for x, s := range sums {
			out.v[y*out.w+x] = float32(s) / float32(rows*min(k, w-x*k))
		}
	}
	return out
}

// at returns the value at a place between pixels; outside, that of the edge.
func (p *plane) at(x, y float64) float32 {
	x, y = min(max(x, 0), float64(p.w-1)), min(max(y, 0), float64(p.h-1))
	x0, y0 := min(int(x), max(p.w-2, 0)), min(int(y), max(p.h-2, 0))
	fx, fy := float32(x-float64(x0)), float32(y-float64(y0))
	x1, y1 := min(x0+1, p.w-1), min(y0+1, p.h-1)
	top := p.v[y0*p.w+x0]*(1-fx) + p.v[y0*p.w+x1]*fx
	low := p.v[y1*p.w+x0]*(1-fx) + p.v[y1*p.w+x1]*fx
	return top*(1-fy) + low*fy
}

// A table holds the sums of a plane over all rectangles that begin at its corner (Crow 1984), so that the mean
// over any rectangle takes four look-ups.
type table struct {
	w, h int // of the plane; the table has one row and column more
	v    []float64
}

func (p *plane) table() *table {
	t := &table{p.w, p.h, make([]float64, (p.w+1)*(p.h+1))}
	for y := range p.h {
		var row float64
		for x := range p.w {
			row += float64(p.v[y*p.w+x])
			t.v[(y+1)*(p.w+1)+x+1] = t.v[y*(p.w+1)+x+1] + row
		}
	}
	return t
}

// sum returns the integral over [0, x) x [0, y), in pixels of the plane and parts of them.
func (t *table) sum(x, y float64) float64 {
	x, y = min(max(x, 0), float64(t.w)), min(max(y, 0), float64(t.h))
	x0, y0 := min(int(x), t.w-1), min(int(y), t.h-1)
	fx, fy := x-float64(x0), y-float64(y0)
	i := y0*(t.w+1) + x0
	return (t.v[i]*(1-fx)+t.v[i+1]*fx)*(1-fy) + (t.v[i+t.w+1]*(1-fx)+t.v[i+t.w+2]*fx)*fy
}

// cut returns the part r, given in the coordinates of bounds, which the plane shows whole, at w x h
// pixels, each the mean over its area.
func (t *table) cut(r, bounds image.Rectangle, w, h int) *plane {
	sx, sy := float64(t.w)/float64(bounds.Dx()), float64(t.h)/float64(bounds.Dy())
	x0, y0 := float64(r.Min.X-bounds.Min.X)*sx, float64(r.Min.Y-bounds.Min.Y)*sy
	dx, dy := float64(r.Dx())*sx/float64(w), float64(r.Dy())*sy/float64(h)
	out := &plane{w, h, make([]float32, w*h)}
	upper, lower := make([]float64, w+1), make([]float64, w+1)
	for y := range h + 1 {
		for x := range lower {
			lower[x] = t.sum(x0+float64(x)*dx, y0+float64(y)*dy)
		}
		if y > 0 {
			for x := range w {
				out.v[(y-1)*w+x] = float32((lower[x+1] - lower[x] - upper[x+1] + upper[x]) / (dx * dy))
			}
		}
		upper, lower = lower, upper
	}
	return out
}

// trim returns r without the black bars that the plane, which shows r, has at opposite sides.
func (p *plane) trim(r image.Rectangle) image.Rectangle {
	const dark = 28 // levels; bars are black, but for the ringing of the compression at their edge
	row := func(y int) bool { return p.dark(0, y, p.w, y+1, dark) }
	col := func(x int) bool { return p.dark(x, 0, x+1, p.h, dark) }
	count := func(n int, black func(int) bool, last bool) int {
		k := 0
		for ; k < n/3; k++ {
			i := k
			if last {
				i = n - 1 - k
			}
			if !black(i) {
				break
			}
		}
		return k
	}
	top, bottom := count(p.h, row, false), count(p.h, row, true)
	left, right := count(p.w, col, false), count(p.w, col, true)
	if min(top, bottom) == 0 {
		top, bottom = 0, 0
	}
	if min(left, right) == 0 {
		left, right = 0, 0
	}
	sx, sy := float64(r.Dx())/float64(p.w), float64(r.Dy())/float64(p.h)
	return image.Rect(r.Min.X+int(math.Ceil(float64(left)*sx)), r.Min.Y+int(math.Ceil(float64(top)*sy)),
		r.Max.X-int(math.Ceil(float64(right)*sx)), r.Max.Y-int(math.Ceil(float64(bottom)*sy)))
}

func (p *plane) dark(x0, y0, x1, y1 int, level float32) bool {
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			if p.v[y*p.w+x] > level {
				return false
			}
		}
	}
	return true
}

// correlation of two planes of one size, -1..1; 0 if one of them is flat.
func correlation(a, b *plane) float64 {
	var sa, sb, saa, sbb, sab float64
	n := float64(len(a.v))
	for i := range a.v {
		x, y := float64(a.v[i]), float64(b.v[i])
		sa += x
		sb += y
		saa += x * x
		sbb += y * y
		sab += x * y
	}
	va, vb := saa-sa*sa/n, sbb-sb*sb/n
	if va < n || vb < n { // less than one level of deviation
		return 0
	}
	return (sab - sa*sb/n) / math.Sqrt(va*vb)
}

// deviation is the standard deviation, in levels.
func (p *plane) deviation() float64 {
	var s, ss float64
	for _, v := range p.v {
		s += float64(v)
		ss += float64(v) * float64(v)
	}
	n := float64(len(p.v))
	return math.Sqrt(max(0, ss/n-s*s/n/n))
}

// blurred returns the plane after a binomial filter of five taps in both directions (a deviation of 1 pixel), with
// the edge repeated.
func (p *plane) blurred() *plane {
	tmp, out := make([]float32, len(p.v)), &plane{p.w, p.h, make([]float32, len(p.v))}
	taps := [5]float32{1. / 16, 4. / 16, 6. / 16, 4. / 16, 1. / 16}
	for y := range p.h {
		for x := range p.w {
			var s float32
			for k, t := range taps {
				s += t * p.v[y*p.w+min(max(x+k-2, 0), p.w-1)]
			}
			tmp[y*p.w+x] = s
		}
	}
	for y := range p.h {
		for x := range p.w {
			var s float32
			for k, t := range taps {
				s += t * tmp[min(max(y+k-2, 0), p.h-1)*p.w+x]
			}
			out.v[y*p.w+x] = s
		}
	}
	return out
}
