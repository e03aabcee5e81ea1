package raster

import (
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"iter"
	"math/bits"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/orientation"
)

// ReducedSide is the most pixels the longer side of a reduced picture has: a chop of 40 mm on a sheet
// of A4 is still 200 of them wide and a stroke of body text about one, so that everything which
// looks for things rather than reads them can look here.
const ReducedSide = 1600

// Reduced is the subject's upright picture with its longer side at most ReducedSide, each pixel the
// mean of a square of Reduce x Reduce, made once. An error made by checks.Skip says that there is no
// picture. It is shared: who changes pixels copies them first.
var Reduced = checks.NewShared("reduced picture", func(ctx context.Context, s *checks.Subject) (*Raster, error) {
	p, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return nil, decode.Skip(err)
	}
	return Reduce(p.Image, ReducedSide), nil
})

// Reduce makes a picture smaller by the least whole factor at which its longer side is at most that
// many pixels; a strip narrower than that factor is made smaller only by its width. What does not fill a square at the right and lower edge is left out.
func Reduce(m image.Image, side int) *Raster {
	b := m.Bounds()
	by := max(1, (max(b.Dx(), b.Dy())+side-1)/side)
	if y, ok := m.(*image.YCbCr); ok && by > 1 && by <= min(b.Dx(), b.Dy()) && b.Min == (image.Point{}) {
		return reduceYCbCr(y, by)
	}
	return newReduced(m, b, by)
}

// Sums adds up squares of by x by pixels, by > 0: row by row it gives three sums for each square, which are overwritten
// by the next row's. What does not fill a square at the right and lower edge is left out.
func (r *Raster) Sums(by int) iter.Seq2[int, []uint32] {
	return func(yield func(int, []uint32) bool) {
		width := 3 * (r.Width / by) * by
		sums := make([]uint32, width/by)
		across := new(columnSums)
		for y := range r.Height / by {
			clear(sums)
			// Columns hold the sums of so many rows at once.
			for rows := range slices.Chunk(r.Pixels[3*y*by*r.Width:][:3*by*r.Width], mostRows*3*r.Width) {
				across.reset(width)
				for ; len(rows) > 0; rows = rows[3*r.Width:] {
					across.add(rows[:width])
				}
				addColumns(sums, across.columns()[:width], by)
			}
			if !yield(y, sums) {
				return
			}
		}
	}
}

// addColumns adds to the sums of each square what its columns have.
func addColumns(sums []uint32, columns []uint16, by int) {
	if by == 2 { // the usual one, and most squares
		for i := 0; i+2 < len(sums); i += 3 {
			p, s := columns[2*i:2*i+6:2*i+6], sums[i:i+3:i+3]
			s[0], s[1], s[2] = s[0]+uint32(p[0])+uint32(p[3]), s[1]+uint32(p[1])+uint32(p[4]), s[2]+uint32(p[2])+uint32(p[5])
		}
		return
	}
	for i := 0; i+2 < len(sums); i += 3 {
		var red, green, blue uint32
		for p := columns[i*by:][:3*by]; len(p) >= 3; p = p[3:] {
			red, green, blue = red+uint32(p[0]), green+uint32(p[1]), blue+uint32(p[2])
		}
		sums[i], sums[i+1], sums[i+2] = sums[i]+red, sums[i+1]+green, sums[i+2]+blue
	}
}

// reduceYCbCr averages the planes as they are and turns the means into colours: turning is linear but
// for what is cut off at black and white, and there are far fewer means than pixels.
func reduceYCbCr(m *image.YCbCr, by int) *Raster {
	r := &Raster{Reduce: by, Width: max(1, m.Rect.Dx()/by), Height: max(1, m.Rect.Dy()/by)}
	r.Pixels = make([]uint8, 3*r.Width*r.Height)
	across, down := orientation.Subsampling(m.SubsampleRatio)
	sum := new(columnSums)
	luma, blue, red := make([]uint8, r.Width), make([]uint8, r.Width), make([]uint8, r.Width)
	for y := range r.Height {
		top := y * by
		meanRow(luma, sum, m.Y, m.YStride, top, top+by, by, 1, m.Rect.Dx())
		// The chroma rows and columns that the square touches; those on its border count whole.
		first, last := top/down, (top+by-1)/down+1
		meanRow(blue, sum, m.Cb, m.CStride, first, last, by, across, m.Rect.Dx())
		meanRow(red, sum, m.Cr, m.CStride, first, last, by, across, m.Rect.Dx())
		to := r.Pixels[3*y*r.Width:][:3*r.Width]
		for x := range luma {
			to[3*x], to[3*x+1], to[3*x+2] = color.YCbCrToRGB(luma[x], blue[x], red[x])
		}
	}
	return r
}

// meanRow sets to[i] to the mean of the plane's rows first..last-1 over the columns that pixels
// i*by..i*by+by-1 of the picture fall on, one column for every ratio pixels. sums is overwritten.
func meanRow(to []uint8, sums *columnSums, plane []uint8, stride, first, last, by, ratio, width int) {
	columns := (width + ratio - 1) / ratio
	last = min(last, (len(plane)+stride-1)/stride)
	// The reduction of most photographs has ways of its own: luma by two, and chroma that is there already.
	switch {
	case by == ratio && last-first == 1:
		copy(to, plane[first*stride:][:min(columns, len(plane)-first*stride)])
		return
	case by == 2 && ratio == 1 && last-first == 2:
		halve(to, plane[first*stride:], plane[(first+1)*stride:])
		return
	}
	sums.reset(columns)
	for y := first; y < last; y++ {
		row := plane[y*stride:]
		sums.add(row[:min(len(row), columns)])
	}
	column := sums.columns()
	// Division by multiplication: exact enough for sums of bytes, and many times as fast.
	var inverse [maxFactor + 1]uint64
	for n := 1; n < len(inverse); n++ {
		inverse[n] = (1<<32 + uint64(n*(last-first)) - 1) / uint64(max(1, n*(last-first)))
	}
	if ratio == 1 && by <= maxFactor {
		for i := range to {
			var s uint64
			for _, v := range column[i*by : i*by+by] {
				s += uint64(v)
			}
			to[i] = uint8(min(255, (s*inverse[by]+1<<31)>>32))
		}
		return
	}
	n := uint64(max(1, last-first))
	shift := bits.TrailingZeros(uint(ratio)) // ratios are 1, 2 and 4
	for i := range to {
		from, end := i*by>>shift, min(columns, (i*by+by-1)>>shift+1)
		var s uint64
		for _, v := range column[from:end] {
			s += uint64(v)
		}
		if end-from <= maxFactor {
			to[i] = uint8(min(255, (s*inverse[end-from]+1<<31)>>32))
		} else {
			to[i] = uint8(s / (n * uint64(end-from)))
		}
	}
}

// halve sets to[i] to the mean of pixels 2i and 2i+1 of both rows, four at a time.
func halve(to, upper, lower []uint8) {
	upper, lower = upper[:2*len(to)], lower[:2*len(to)]
	for len(to) >= 4 {
		u, l := binary.LittleEndian.Uint64(upper), binary.LittleEndian.Uint64(lower)
		sum := u&evenBytes + u>>8&evenBytes + l&evenBytes + l>>8&evenBytes
		mean := (sum + 2*0x0001000100010001) >> 2 & evenBytes
		mean |= mean >> 8
		binary.LittleEndian.PutUint32(to, uint32(mean&0xffff|mean>>16&0xffff0000))
		to, upper, lower = to[4:], upper[8:], lower[8:]
	}
	for i := range to {
		to[i] = uint8((int(upper[2*i]) + int(upper[2*i+1]) + int(lower[2*i]) + int(lower[2*i+1]) + 2) / 4)
	}
}

// maxFactor is how far factors are divided by quickly.
const maxFactor = 16

// columnSums adds up rows column by column, eight columns at a time: packed holds for each eight two
// words of four 16-bit sums, of the even columns and of the odd ones, of at most mostRows rows; a factor
// so large would need a picture of 400,000 pixels a side.
type columnSums struct {
	packed []uint64
	apart  []uint16
}

// mostRows do not run over: 257 times 255 are the most that 16 bits hold.
const mostRows = 257

const evenBytes = 0x00ff00ff00ff00ff

func (c *columnSums) reset(columns int) {
	n := (columns + 7) / 8
	if cap(c.packed) < 2*n {
		c.packed, c.apart = make([]uint64, 2*n), make([]uint16, 8*n)
	}
	c.packed, c.apart = c.packed[:2*n], c.apart[:8*n]
	clear(c.packed)
}

func (c *columnSums) add(row []uint8) {
	at := c.packed
	for len(row) >= 8 && len(at) >= 2 {
		v := binary.LittleEndian.Uint64(row)
		at[0] += v & evenBytes
		at[1] += v >> 8 & evenBytes
		row, at = row[8:], at[2:]
	}
	if len(row) > 0 && len(at) >= 2 {
		var rest [8]uint8
		copy(rest[:], row)
		v := binary.LittleEndian.Uint64(rest[:])
		at[0] += v & evenBytes
		at[1] += v >> 8 & evenBytes
	}
}

// columns returns the sums one by one.
func (c *columnSums) columns() []uint16 {
	to := c.apart
	for i := 0; i+1 < len(c.packed); i += 2 {
		even, odd := c.packed[i], c.packed[i+1]
		t := to[4*i : 4*i+8 : 4*i+8]
		t[0], t[1], t[2], t[3] = uint16(even), uint16(odd), uint16(even>>16), uint16(odd>>16)
		t[4], t[5], t[6], t[7] = uint16(even>>32), uint16(odd>>32), uint16(even>>48), uint16(odd>>48)
	}
	return to
}
