// Package raster holds a picture, or a part of one, in three bytes a pixel, and makes it smaller.
//
// What lives here: the copy that everything which looks at colours pixel by pixel works on, and the
// reduction by areas that keeps thin strokes, and its brightness. What must not: statistics,
// and anything that knows what is in the picture.
package raster

import (
	"image"

	"dossier/checks/picture/orientation"
)

// A Raster is a picture, or a part of one, in three bytes a pixel: red, green, blue.
type Raster struct {
	Width, Height int
	Pixels        []uint8
	// Where its pixels lie in the picture: pixel (x, y) covers the square of Reduce x Reduce pixels
	// from Origin + Reduce*(x, y) on.
	Origin image.Point
	Reduce int
}

// maxPixels bounds a Raster to 72 MB. Larger pictures are reduced by a whole factor first:
// the detector sees 960 pixels of the long side in any case, and print that can be read at all is
// more than a few pixels high in a picture of 24 megapixels.
const maxPixels = 24 << 20

// New copies the part of the picture within area.
func New(m image.Image, area image.Rectangle) *Raster {
	area = area.Intersect(m.Bounds())
	by := 1
	for (area.Dx()/by)*(area.Dy()/by) > maxPixels {
		by++
	}
	return newReduced(m, area, by)
}

// newReduced copies an area, each pixel the mean of a square of by x by.
func newReduced(m image.Image, area image.Rectangle, by int) *Raster {
	r := &Raster{Origin: area.Min, Reduce: by}
	if area.Empty() {
		return r
	}
	// A picture narrower than the square is taken as it is.
	r.Reduce = max(1, min(r.Reduce, area.Dx(), area.Dy()))
	r.Width, r.Height = area.Dx()/r.Reduce, area.Dy()/r.Reduce
	r.Pixels = make([]uint8, 3*r.Width*r.Height)
	if r.Reduce == 1 {
		for y := range r.Height {
			copyRow(r.Pixels[3*y*r.Width:][:3*r.Width], m, area.Min.X, area.Min.Y+y)
		}
		return r
	}
	row := make([]uint8, 3*r.Width*r.Reduce)
	sums := make([]int, 3*r.Width)
	for y := range r.Height {
		clear(sums)
		for i := range r.Reduce {
			copyRow(row, m, area.Min.X, area.Min.Y+y*r.Reduce+i)
			for j, v := range row {
				sums[j/3/r.Reduce*3+j%3] += int(v)
			}
		}
		for j, v := range sums {
			r.Pixels[3*y*r.Width+j] = uint8(v / (r.Reduce * r.Reduce))
		}
	}
	return r
}

// copyRow copies len(to)/3 pixels of a row, without asking the picture for each of them where its
// kind is one that package decode makes.
func copyRow(to []uint8, m image.Image, x, y int) {
	switch m := m.(type) {
	case *image.YCbCr:
		copyRowOfYCbCr(to, m, x, y)
	case *image.Gray:
		for i := 0; i < len(to); i += 3 {
			v := m.GrayAt(x+i/3, y).Y
			to[i], to[i+1], to[i+2] = v, v, v
		}
	case *image.RGBA:
		from := m.Pix[m.PixOffset(x, y):]
		for i, j := 0, 0; i < len(to); i, j = i+3, j+4 {
			to[i], to[i+1], to[i+2] = from[j], from[j+1], from[j+2]
		}
	default:
		for i := 0; i < len(to); i += 3 {
			r, g, b, _ := m.At(x+i/3, y).RGBA()
			to[i], to[i+1], to[i+2] = uint8(r>>8), uint8(g>>8), uint8(b>>8)
		}
	}
}

// copyRowOfYCbCr gives the colours that color.YCbCrToRGB gives, and works out what the chroma adds once for all
// pixels that share it.
func copyRowOfYCbCr(to []uint8, m *image.YCbCr, x, y int) {
	luma := m.Y[m.YOffset(x, y):][:len(to)/3]
	across, _ := orientation.Subsampling(m.SubsampleRatio)
	for i := 0; i < len(luma); {
		c := m.COffset(x+i, y)
		end := min(i+1, len(luma))
		if x+i >= 0 { // as the library divides, pictures that begin left of nought have their first samples elsewhere
			end = min(i+across-(x+i)%across, len(luma))
		}
		blue, red := int32(m.Cb[c])-128, int32(m.Cr[c])-128
		// Rec. ITU-T T.871, in 1/65536.
		addRed, addGreen, addBlue := 91881*red, -22554*blue-46802*red, 116130*blue
		for ; i < end; i++ {
			bright := int32(luma[i]) * 0x10101
			p := to[3*i : 3*i+3 : 3*i+3]
			p[0], p[1], p[2] = level(bright+addRed), level(bright+addGreen), level(bright+addBlue)
		}
	}
}

// level is a value in 1/65536 as a byte.
func level(v int32) uint8 {
	if v>>24 == 0 {
		return uint8(v >> 16)
	}
	return uint8(^(v >> 31))
}

// Luma copies the brightness of the part of the picture within area, which must lie in it, row by row: what a JPEG
// has, or else that of Rec. ITU-R BT.601.
func Luma(m image.Image, area image.Rectangle) []uint8 {
	out := make([]uint8, 0, area.Dx()*area.Dy())
	switch m := m.(type) {
	case *image.YCbCr:
		for y := area.Min.Y; y < area.Max.Y; y++ {
			out = append(out, m.Y[m.YOffset(area.Min.X, y):][:area.Dx()]...)
		}
	case *image.Gray:
		for y := area.Min.Y; y < area.Max.Y; y++ {
			out = append(out, m.Pix[m.PixOffset(area.Min.X, y):][:area.Dx()]...)
		}
	default:
		row := make([]uint8, 3*area.Dx())
		for y := area.Min.Y; y < area.Max.Y; y++ {
			copyRow(row, m, area.Min.X, y)
			out = appendLuma(out, row)
		}
	}
	return out
}

// Luma is the brightness of each pixel, by the weights of Rec. ITU-R BT.601.
func (r *Raster) Luma() []uint8 { return appendLuma(make([]uint8, 0, r.Width*r.Height), r.Pixels) }

func appendLuma(to, pixels []uint8) []uint8 {
	for ; len(pixels) >= 3; pixels = pixels[3:] {
		to = append(to, uint8((77*int(pixels[0])+150*int(pixels[1])+29*int(pixels[2]))>>8))
	}
	return to
}

// Shrink returns the picture at width x height, three values a pixel, each the mean of the area it
// covers. It is only ever asked for sizes at most a little above the Raster's own.
func (r *Raster) Shrink(width, height int) []float32 {
	out := make([]float32, 3*width*height)
	row := make([]float32, 3*width)
	across := spans(r.Width, width)
	for y, span := range spans(r.Height, height) {
		to := out[3*y*width:][:3*width]
		for i, weight := range span.weights {
			r.shrinkRow(row, span.from+i, across)
			for j, v := range row {
				to[j] += v * weight
			}
		}
	}
	return out
}

// shrinkRow computes the means along one row.
func (r *Raster) shrinkRow(to []float32, y int, across []span) {
	from := r.Pixels[3*y*r.Width:][:3*r.Width]
	for x, s := range across {
		var red, green, blue float32
		p := from[3*s.from:]
		for i, w := range s.weights {
			red += w * float32(p[3*i])
			green += w * float32(p[3*i+1])
			blue += w * float32(p[3*i+2])
		}
		to[3*x], to[3*x+1], to[3*x+2] = red, green, blue
	}
}

// A span is the run of old pixels that a new one covers, and how much of it each makes up.
type span struct {
	from    int
	weights []float32
}

// spans divides n old pixels among m new ones.
func spans(n, m int) []span {
	out := make([]span, m)
	for i := range out {
		begin, end := float64(i)*float64(n)/float64(m), float64(i+1)*float64(n)/float64(m)
		first, last := int(begin), min(n-1, int(end))
		s := span{from: first}
		for j := first; j <= last; j++ {
			if w := min(end, float64(j+1)) - max(begin, float64(j)); w > 1e-9 || j == first {
				s.weights = append(s.weights, float32(w/(end-begin)))
			}
		}
		out[i] = s
	}
	return out
}
