package bmp

import (
	"encoding/binary"
	"image"
	"math/bits"
)

// A Bitmap is a decoded file.
type Bitmap struct {
	Header
	// Image is *image.Paletted for up to 8 bits a pixel, *image.NRGBA for pixels with an alpha
	// mask of which some alpha is not zero, and otherwise an opaque *image.RGBA. Rows that are
	// not in the file are colour 0 or black.
	Image    image.Image
	Complete float64 // 0..1, the share of the pixels that is in the file
	End      int64   // offset behind the last byte that belongs to the bitmap
	Problems []Problem
}

// A Problem is something wrong with a bitmap that could be decoded all the same.
type Problem struct {
	Code   string
	Offset int64
	Text   string // technical English
}

// Codes of problems.
const (
	Truncated    = "truncated"     // the pixels end before the picture is full
	BadOffset    = "bad_offset"    // the header's pixel offset is impossible
	BadIndex     = "bad_index"     // pixels name colours that the palette lacks
	BadRunLength = "bad_run"       // run-length data writes outside the picture
	EarlyEnd     = "early_end"     // run-length data declares its end before the picture is full
	NoPalette    = "short_palette" // fewer colours in the file than it declares
)

// Decode decodes the bitmap in data. The caller must have compared Header.MemoryCost with a
// limit before. A file that ends too early gives the part that is there, with Complete below 1.
// The error is a *checks.FormatError or a *checks.UnsupportedError.
func Decode(data []byte) (*Bitmap, error) {
	h, err := ReadHeader(data)
	if err != nil {
		return nil, err
	}
	b := &Bitmap{Header: h}
	if h.OffsetWrong {
		b.problem(BadOffset, 10, "the header's pixel offset lies outside the file or inside the headers")
	}
	pixels := data[min(h.Pixels, int64(len(data))):]
	switch h.Compression {
	case RLE8, RLE4, RLE24:
		b.decodeRuns(pixels)
	default:
		b.decodeRows(pixels)
	}
	if end := h.profile[0] + h.profile[1]; h.profile[1] > 0 && h.profile[0] >= b.End && end <= int64(len(data)) {
		b.End = end // an ICC profile stands behind the pixels
	}
	b.checkIndexes()
	return b, nil
}

func (b *Bitmap) problem(code string, offset int64, text string) {
	b.Problems = append(b.Problems, Problem{code, offset, text})
}

func (b *Bitmap) decodeRows(pixels []byte) {
	row := b.rowBytes()
	// A last row without its padding is whole.
	used := (int64(b.Width)*int64(b.BitsPerPixel) + 7) / 8
	have := int64(len(pixels)) / row
	if int64(len(pixels))%row >= used {
		have++
	}
	have = min(have, int64(b.Height))
	b.Complete = float64(have) / float64(b.Height)
	b.End = min(b.Pixels+row*int64(b.Height), b.Pixels+int64(len(pixels)))
	if have < int64(b.Height) {
		// The bytes of a row cut in two are a share of it, too small to show and to count.
		b.problem(Truncated, b.Pixels+int64(len(pixels)), "the pixel data ends too early")
	}
	put := b.rowWriter()
	for i := range int(have) {
		y := b.Height - 1 - i
		if b.TopDown {
			y = i
		}
		start := int64(i) * row
		put(y, pixels[start:start+used])
	}
	if n, ok := b.Image.(*image.NRGBA); ok && !anyAlpha(n.Pix) {
		// Many writers reserve an alpha channel and leave it empty: such a picture is opaque.
		for i := 3; i < len(n.Pix); i += 4 {
			n.Pix[i] = 255
		}
		b.Image = &image.RGBA{Pix: n.Pix, Stride: n.Stride, Rect: n.Rect}
	}
}

func anyAlpha(pix []byte) bool {
	for i := 3; i < len(pix); i += 4 {
		if pix[i] != 0 {
			return true
		}
	}
	return false
}

// rowWriter makes the picture and returns what writes one stored row into it.
func (b *Bitmap) rowWriter() func(y int, row []byte) {
	bounds := image.Rect(0, 0, b.Width, b.Height)
	switch b.BitsPerPixel {
	case 1, 2, 4, 8:
		m := image.NewPaletted(bounds, b.Palette)
		b.Image = m
		depth := b.BitsPerPixel
		return func(y int, row []byte) {
			dst := m.Pix[y*m.Stride : y*m.Stride+b.Width]
			if depth == 8 {
				copy(dst, row)
				return
			}
			mask := byte(1)<<depth - 1
			for x := range dst {
				bit := x * depth
				dst[x] = row[bit/8] >> (8 - depth - bit%8) & mask
			}
		}
	case 24:
		m := newOpaque(bounds)
		b.Image = m
		return func(y int, row []byte) {
			dst := m.Pix[y*m.Stride:]
			for i, j := 0, 0; j+2 < len(row); i, j = i+4, j+3 {
				dst[i], dst[i+1], dst[i+2] = row[j+2], row[j+1], row[j]
			}
		}
	}
	pix, stride := make([]byte, 4*b.Width*b.Height), 4*b.Width
	var ch [4]channel
	for i, m := range b.Masks {
		ch[i] = newChannel(m)
	}
	if b.Masks[3] != 0 {
		b.Image = &image.NRGBA{Pix: pix, Stride: stride, Rect: bounds}
	} else {
		for i := 3; i < len(pix); i += 4 {
			pix[i] = 255
		}
		b.Image = &image.RGBA{Pix: pix, Stride: stride, Rect: bounds}
	}
	size := b.BitsPerPixel / 8
	return func(y int, row []byte) {
		dst := pix[y*stride : (y+1)*stride]
		for x := range b.Width {
			v := uint32(binary.LittleEndian.Uint16(row[x*size:]))
			if size == 4 {
				v = binary.LittleEndian.Uint32(row[x*size:])
			}
			p := dst[4*x : 4*x+4]
			p[0], p[1], p[2] = ch[0].value(v), ch[1].value(v), ch[2].value(v)
			if b.Masks[3] != 0 {
				p[3] = ch[3].value(v)
			}
		}
	}
}

func newOpaque(r image.Rectangle) *image.RGBA {
	m := image.NewRGBA(r)
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = 255
	}
	return m
}

// A channel takes one colour out of a pixel and stretches it to 0..255.
type channel struct {
	mask  uint32
	shift int
	limit uint32
	table []byte // for up to 8 bits
}

func newChannel(mask uint32) channel {
	c := channel{mask: mask, shift: bits.TrailingZeros32(mask), limit: 1}
	if mask == 0 {
		c.shift = 0
		return c
	}
	c.limit = mask >> c.shift
	if c.limit <= 255 {
		c.table = make([]byte, c.limit+1)
		for i := range c.table {
			c.table[i] = byte((uint32(i)*255 + c.limit/2) / c.limit)
		}
	}
	return c
}

func (c *channel) value(pixel uint32) byte {
	v := (pixel & c.mask) >> c.shift
	if c.table != nil {
		return c.table[v]
	}
	return byte((uint64(v)*255 + uint64(c.limit)/2) / uint64(c.limit))
}

// checkIndexes looks for pixels that name colours the palette does not define.
func (b *Bitmap) checkIndexes() {
	m, ok := b.Image.(*image.Paletted)
	if !ok || b.Defined == len(b.Palette) {
		return
	}
	for _, p := range m.Pix {
		if int(p) >= b.Defined && b.Defined > 0 {
			b.problem(BadIndex, -1, "pixels name colours that the palette does not define; they are shown black")
			return
		}
	}
	if b.Defined == 0 {
		b.problem(NoPalette, -1, "there is no palette; every pixel is shown black")
	}
}
