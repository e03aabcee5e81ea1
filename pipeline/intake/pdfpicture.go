package intake

import (
	"bytes"
	"image"
	"image/jpeg"

	"github.com/disintegration/imaging"
	"github.com/pdfcpu/pdfcpu/pkg/filter"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// jpegQuality is that of pictures which were not stored as JPEG. At 95 the standard encoder's
// quantisation steps are 1 to 12: nothing that a check measures or a person reads is lost,
// and an A4 page at 200 dpi stays near 1 MB.
const jpegQuality = 95

// encode turns a stored picture into a file. A nil page comes with the problem that says why.
func (d *document) encode(c candidate, limits PDFLimits) (*Page, *problem) {
	last := ""
	if n := len(c.stream.FilterPipeline); n > maxFilters {
		return nil, damaged()
	} else if n > 0 {
		last = c.stream.FilterPipeline[n-1].Name
	}
	switch last {
	case filter.DCT:
		// What lies around the JPEG (another compression, text coding) is undone; the JPEG itself
		// is not touched, and what is wrong with it the checks will say.
		stream := *c.stream
		stream.Content, stream.CSComponents = nil, 0
		if err := stream.DecodeWithLimit(d.size + 1<<20); err != nil || !bytes.HasPrefix(stream.Content, []byte{0xff, 0xd8}) {
			return nil, damaged()
		}
		return &Page{Format: "jpg", Data: stream.Content, Orientation: c.orientation}, nil
	case filter.JPX:
		return nil, unsupported("JPEG 2000", "JPEG 2000")
	case filter.JBIG2:
		return nil, unsupported("JBIG2", "JBIG2")
	}
	if c.pixels() > limits.Pixels {
		return nil, problemf("a picture of %d pixels on %%s, of which at most %d are opened; ask for a scan at 300 dpi",
			"图片有 %d 像素（%%s），最多处理 %d 像素；请让客户以 300 dpi 重新扫描", c.pixels(), limits.Pixels)
	}
	s, trouble := d.samples(c, limits)
	if s == nil {
		return nil, trouble
	}
	if s.bits == 1 && s.colors.components == 1 {
		return &Page{Format: "bmp", Data: s.bilevel(c.orientation), Orientation: 1}, nil
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, orient(s.picture(), c.orientation), &jpeg.Options{Quality: jpegQuality}); err != nil {
		return nil, damaged()
	}
	return &Page{Format: "jpg", Data: out.Bytes(), Orientation: 1}, nil
}

func damaged() *problem {
	return problemf("a damaged picture on %%s; ask for it again", "%%s的图片已损坏；请让客户重新发送")
}

func unsupported(coding, codingZh string) *problem {
	return &problem{
		"a picture stored as " + coding + " on %s, which cannot be opened here; ask for a JPEG picture",
		"%s的图片以 " + codingZh + " 方式存储，此处无法打开；请让客户改发 JPEG 图片",
	}
}

// orient brings a stored picture to how it is shown.
func orient(m image.Image, orientation int) image.Image {
	switch orientation {
	case 2:
		return imaging.FlipH(m)
	case 3:
		return imaging.Rotate180(m)
	case 4:
		return imaging.FlipV(m)
	case 5:
		return imaging.Transpose(m)
	case 6:
		return imaging.Rotate270(m) // the library counts the other way
	case 7:
		return imaging.Transverse(m)
	case 8:
		return imaging.Rotate90(m)
	}
	return m
}

// A samples is a decoded picture as PDF has it: rows of packed numbers, and what they mean.
type samples struct {
	width, height int
	bits          int // of one number: 1, 2, 4, 8 or 16
	row           int // bytes of one row
	data          []byte
	colors        colors
	inverted      bool // the Decode array turns light into dark
}

// samples undoes the picture's filters and learns how to read what comes out.
func (d *document) samples(c candidate, limits PDFLimits) (*samples, *problem) {
	s := &samples{width: c.width, height: c.height, bits: d.integer(c.stream.Dict, "BitsPerComponent")}
	filters := c.stream.FilterPipeline
	fax := len(filters) > 0 && filters[len(filters)-1].Name == filter.CCITTFax
	if c.stencil || fax {
		s.bits = 1
		s.colors = grayColors
	} else {
		colors, ok := d.colorSpace(c.stream.Dict["ColorSpace"], 0)
		if !ok {
			return nil, unsupported("samples of an unusual colour space", "特殊色彩空间")
		}
		s.colors = colors
	}
	switch s.bits {
	case 1, 2, 4, 8, 16:
	default:
		return nil, damaged()
	}
	// The sides are below 2^20 and a pixel has at most 64 bits: no product overflows.
	s.row = (s.width*s.colors.components*s.bits + 7) / 8
	need := int64(s.row) * int64(s.height)
	if need > limits.SampleBytes {
		return nil, problemf("a picture of %d bytes once unpacked on %%s, of which at most %d are opened; ask for a scan at 300 dpi",
			"图片解开后有 %d 字节（%%s），最多处理 %d 字节；请让客户以 300 dpi 重新扫描", need, limits.SampleBytes)
	}
	// A picture that takes far more room than its size says is a bomb, or damaged. Writers add a
	// line end or some padding.
	const padding = 64 << 10
	stream := *c.stream
	stream.Content = nil
	if fax {
		if err := d.checkFax(filters, s); err != nil {
			return nil, unsupported("an unusual kind of fax", "特殊传真编码")
		}
	}
	if err := stream.DecodeWithLimit(max(need, int64(len(stream.Raw))) + padding); err != nil || int64(len(stream.Content)) < need {
		return nil, damaged()
	}
	s.data = stream.Content[:need]
	if decode, err := d.file.DereferenceArray(c.stream.Dict["Decode"]); err == nil && len(decode) >= 2 && s.colors.palette == nil {
		low, err1 := d.file.DereferenceNumber(decode[0])
		high, err2 := d.file.DereferenceNumber(decode[1])
		s.inverted = err1 == nil && err2 == nil && low > high
	}
	return s, nil
}

// checkFax makes sure that a fax's rows are as long as the picture's and that its kind is one
// of the two that can be decoded (T.4 one-dimensional, T.6). It also writes the defaults in
// which pdfcpu and the standard differ into the stream's parameters.
func (d *document) checkFax(filters []types.PDFFilter, s *samples) error {
	parms := filters[len(filters)-1].DecodeParms
	columns := 1728 // the standard's default, table 11
	if v := d.integer(parms, "Columns"); v != 0 {
		columns = v
	}
	if columns != s.width || d.integer(parms, "K") > 0 {
		return errGuard
	}
	// "Rows" is often 0 or left out, meaning: as many as the picture has.
	if _, ok := parms.Find("Rows"); ok {
		parms["Rows"] = types.Integer(s.height)
	}
	return nil
}

// at returns the number at a bit offset of a row, scaled to 0..255; for a palette, as it is.
func (s *samples) at(row []byte, i int) byte {
	switch s.bits {
	case 8:
		return row[i]
	case 16:
		return row[2*i] // the high byte: no accepted format keeps more
	}
	perByte := 8 / s.bits
	mask := byte(1<<s.bits - 1)
	v := row[i/perByte] >> (8 - s.bits*(i%perByte+1)) & mask
	if s.colors.palette != nil {
		return v
	}
	return v * (255 / mask)
}

// picture returns the picture in memory.
func (s *samples) picture() image.Image {
	bounds := image.Rect(0, 0, s.width, s.height)
	if s.colors.components == 1 && s.colors.palette == nil {
		gray := image.NewGray(bounds)
		if s.bits == 8 && s.inverted == s.colors.subtractive {
			gray.Pix = s.data
			return gray
		}
		for y := range s.height {
			row := s.data[y*s.row : (y+1)*s.row]
			for x := range s.width {
				gray.Pix[y*gray.Stride+x] = s.light(s.at(row, x))
			}
		}
		return gray
	}
	rgb := image.NewRGBA(bounds)
	n := s.colors.components
	for y := range s.height {
		row := s.data[y*s.row : (y+1)*s.row]
		pixels := rgb.Pix[y*rgb.Stride : y*rgb.Stride+4*s.width]
		for x := range s.width {
			var r, g, b byte
			switch {
			case s.colors.palette != nil:
				r, g, b = s.colors.lookup(int(s.at(row, x)))
			case n == 3:
				r, g, b = s.light(s.at(row, 3*x)), s.light(s.at(row, 3*x+1)), s.light(s.at(row, 3*x+2))
			case n == 4:
				c, m, ye, k := s.ink(s.at(row, 4*x)), s.ink(s.at(row, 4*x+1)), s.ink(s.at(row, 4*x+2)), s.ink(s.at(row, 4*x+3))
				r, g, b = cmyk(c, m, ye, k)
			}
			pixels[4*x], pixels[4*x+1], pixels[4*x+2], pixels[4*x+3] = r, g, b, 255
		}
	}
	return rgb
}

// light is a number as brightness.
func (s *samples) light(v byte) byte {
	if s.inverted != s.colors.subtractive {
		return 255 - v
	}
	return v
}

// ink is a number as an amount of ink.
func (s *samples) ink(v byte) byte {
	if s.inverted {
		return 255 - v
	}
	return v
}

// bilevel writes a picture of two colours as a 1-bit BMP, which every profile accepts: nothing
// is lost, and an A4 page at 300 dpi is 1.1 MB.
func (s *samples) bilevel(orientation int) []byte {
	zero, one := [3]byte{0, 0, 0}, [3]byte{255, 255, 255}
	if s.colors.palette != nil {
		zero[0], zero[1], zero[2] = s.colors.lookup(0)
		one[0], one[1], one[2] = s.colors.lookup(1)
	} else if s.inverted != s.colors.subtractive {
		zero, one = one, zero
	}
	upright := s.orientBits(orientation)
	return encodeBMP1(upright.width, upright.height, upright.row, upright.data, zero, one)
}

// orientBits brings a 1-bit picture to how it is shown, without loss.
func (s *samples) orientBits(orientation int) *samples {
	if orientation < 2 || orientation > 8 {
		return s
	}
	out := *s
	if orientation >= 5 {
		out.width, out.height = s.height, s.width
	}
	out.row = (out.width + 7) / 8
	out.data = make([]byte, out.row*out.height)
	lastX, lastY := s.width-1, s.height-1
	for y := range s.height {
		row := s.data[y*s.row : (y+1)*s.row]
		for x := range s.width {
			if row[x/8]&(0x80>>(x%8)) == 0 {
				continue
			}
			var tx, ty int
			switch orientation {
			case 2:
				tx, ty = lastX-x, y
			case 3:
				tx, ty = lastX-x, lastY-y
			case 4:
				tx, ty = x, lastY-y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = lastY-y, x
			case 7:
				tx, ty = lastY-y, lastX-x
			case 8:
				tx, ty = y, lastX-x
			}
			out.data[ty*out.row+tx/8] |= 0x80 >> (tx % 8)
		}
	}
	return &out
}
