package intake

import (
	"encoding/binary"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// A colors says what the numbers of a picture mean.
//
// Colours that are described by a profile or a calibration are read as the device colours with
// as many components: the difference is a tint, and no decoder that the platform uses looks
// at profiles either.
type colors struct {
	components  int  // numbers a pixel: 1 grey or palette, 3 RGB, 4 CMYK
	subtractive bool // 0 is paper, as in a separation
	palette     []byte
	base        int // components of a palette's entry
}

var (
	grayColors = colors{components: 1}
	rgbColors  = colors{components: 3}
	cmykColors = colors{components: 4}
)

// lookup returns the palette's colour i, black beyond its end.
func (c colors) lookup(i int) (r, g, b byte) {
	at := i * c.base
	if at+c.base > len(c.palette) {
		return 0, 0, 0
	}
	switch p := c.palette[at : at+c.base]; c.base {
	case 1:
		return p[0], p[0], p[0]
	case 4:
		return cmyk(p[0], p[1], p[2], p[3])
	default:
		return p[0], p[1], p[2]
	}
}

// colorSpace reads a colour space (ISO 32000-1, 8.6). level counts palettes over palettes,
// which are not allowed.
func (d *document) colorSpace(o types.Object, level int) (colors, bool) {
	o, err := d.file.Dereference(o)
	if err != nil || level > 1 {
		return colors{}, false
	}
	switch cs := o.(type) {
	case types.Name:
		switch cs {
		case "DeviceGray", "CalGray", "G":
			return grayColors, true
		case "DeviceRGB", "CalRGB", "RGB":
			return rgbColors, true
		case "DeviceCMYK", "CMYK":
			return cmykColors, true
		}
	case types.Array:
		return d.colorFamily(cs, level)
	}
	return colors{}, false
}

func (d *document) colorFamily(cs types.Array, level int) (colors, bool) {
	if len(cs) == 0 {
		return colors{}, false
	}
	first, err := d.file.Dereference(cs[0])
	if err != nil {
		return colors{}, false
	}
	family, _ := first.(types.Name)
	switch {
	case len(cs) == 1 || family == "CalGray" || family == "CalRGB":
		return d.colorSpace(family, level+1)
	case family == "ICCBased":
		profile, _, err := d.file.DereferenceStreamDict(cs[1])
		if err != nil || profile == nil {
			return colors{}, false
		}
		switch d.integer(profile.Dict, "N") {
		case 1:
			return grayColors, true
		case 3:
			return rgbColors, true
		case 4:
			return cmykColors, true
		}
	case family == "Separation":
		return colors{components: 1, subtractive: true}, true
	case family == "Indexed" && len(cs) >= 4 || family == "I" && len(cs) >= 4:
		base, ok := d.colorSpace(cs[1], level+1)
		if !ok || base.palette != nil {
			return colors{}, false
		}
		table, ok := d.bytesOf(cs[3])
		if !ok {
			return colors{}, false
		}
		return colors{components: 1, palette: table, base: base.components}, true
	}
	return colors{}, false
}

// bytesOf returns a palette's table, which is a string or a stream.
func (d *document) bytesOf(o types.Object) ([]byte, bool) {
	o, err := d.file.Dereference(o)
	if err != nil {
		return nil, false
	}
	switch t := o.(type) {
	case types.StringLiteral:
		b, err := types.Unescape(t.Value())
		return b, err == nil
	case types.HexLiteral:
		b, err := t.Bytes()
		return b, err == nil
	case types.StreamDict:
		b := d.decoded(&t)
		return b, b != nil
	}
	return nil, false
}

func cmyk(c, m, y, k byte) (r, g, b byte) {
	mix := func(ink byte) byte { return byte((255 - int(ink)) * (255 - int(k)) / 255) }
	return mix(c), mix(m), mix(y)
}

// encodeBMP1 writes a 1-bit BMP (BITMAPINFOHEADER, no compression). data has rows from the top,
// packed from the highest bit, row bytes each; zero and one are the two colours as RGB.
func encodeBMP1(width, height, row int, data []byte, zero, one [3]byte) []byte {
	const header = 14 + 40 + 2*4
	stride := (row + 3) / 4 * 4
	out := make([]byte, header, header+stride*height)
	copy(out, "BM")
	le := binary.LittleEndian
	le.PutUint32(out[2:], uint32(header+stride*height))
	le.PutUint32(out[10:], header)
	le.PutUint32(out[14:], 40)
	le.PutUint32(out[18:], uint32(width))
	le.PutUint32(out[22:], uint32(height))
	le.PutUint16(out[26:], 1) // planes
	le.PutUint16(out[28:], 1) // bits a pixel
	le.PutUint32(out[34:], uint32(stride*height))
	le.PutUint32(out[46:], 2) // colours
	copy(out[54:], []byte{zero[2], zero[1], zero[0], 0, one[2], one[1], one[0], 0})
	padding := make([]byte, stride-row)
	for y := height - 1; y >= 0; y-- { // BMP begins at the bottom
		out = append(append(out, data[y*row:(y+1)*row]...), padding...)
	}
	return out
}
