package jpeg

import (
	"errors"
	"fmt"
	"image"
	"image/color"
)

// grey is the sample of a block that never arrived: the middle of the range, and no colour in a
// chroma plane.
const grey = 128

// Plane dequantizes and transforms component i and returns its samples, BlocksWide*8 in a row.
// The samples beyond Width and Height only fill the last blocks.
func (f *File) Plane(i int) []byte {
	c := &f.Components[i]
	stride := c.BlocksWide * 8
	out := make([]byte, stride*c.BlocksHigh*8)
	var quant [64]int32
	for k, q := range c.Quantization {
		quant[k] = int32(q)
	}
	var block [64]int32
	for y := range c.BlocksHigh {
		for x := range c.BlocksWide {
			to := out[y*8*stride+x*8:]
			in := c.Block(x, y)
			rest := int16(0)
			for _, v := range in[1:] {
				rest |= v
			}
			if rest == 0 { // only DC: one grey value
				v := clamp((int32(in[0])*quant[0]+4)>>3 + grey)
				for row := range 8 {
					line := to[row*stride : row*stride+8 : row*stride+8]
					for i := range line {
						line[i] = v
					}
				}
				continue
			}
			for k, v := range in {
				block[k] = int32(v) * quant[k]
			}
			InverseDCT(&block, to, stride)
		}
	}
	return out
}

// Render turns the coefficients into a picture: *image.Gray for one component, *image.YCbCr,
// *image.RGBA for a file that stores RGB, *image.CMYK for four components. Areas that never
// arrived are mid grey. Orientation metadata is not applied.
//
// The error is a checks.UnsupportedError for two components, whose meaning no standard gives.
func (f *File) Render() (image.Image, error) {
	if len(f.Components) == 0 {
		return nil, errors.New("jpeg: nothing to render: the file was not read")
	}
	for i := range f.Components {
		if f.Components[i].Coefficients == nil {
			return nil, errors.New("jpeg: nothing to render: only the header was read")
		}
	}
	rect := image.Rect(0, 0, f.Width, f.Height)
	switch len(f.Components) {
	case 1:
		return &image.Gray{Pix: f.Plane(0), Stride: f.Components[0].BlocksWide * 8, Rect: rect}, nil
	case 3:
		if f.StoresRGB() {
			return f.renderRGB(), nil
		}
		return f.renderYCbCr(), nil
	case 4:
		return f.renderCMYK(), nil
	}
	return nil, unsupported(fmt.Sprintf("%d components", len(f.Components)))
}

// StoresRGB reports whether the three components are red, green and blue. JFIF allows only YCbCr; the Adobe
// segment says it; without either the component ids may.
func (f *File) StoresRGB() bool {
	if len(f.Components) != 3 || f.JFIF {
		return false
	}
	if f.Adobe {
		return f.AdobeTransform == 0
	}
	return f.Components[0].ID == 'R' && f.Components[1].ID == 'G' && f.Components[2].ID == 'B'
}

// Subsampling returns the ratio of a three-component file whose chroma planes are equally large
// and fit one of the names; false otherwise.
func (f *File) Subsampling() (image.YCbCrSubsampleRatio, bool) {
	if len(f.Components) != 3 {
		return 0, false
	}
	y, cb, cr := &f.Components[0], &f.Components[1], &f.Components[2]
	if cb.H != cr.H || cb.V != cr.V || y.H%cb.H != 0 || y.V%cb.V != 0 {
		return 0, false
	}
	switch [2]int{y.H / cb.H, y.V / cb.V} {
	case [2]int{1, 1}:
		return image.YCbCrSubsampleRatio444, true
	case [2]int{2, 1}:
		return image.YCbCrSubsampleRatio422, true
	case [2]int{2, 2}:
		return image.YCbCrSubsampleRatio420, true
	case [2]int{1, 2}:
		return image.YCbCrSubsampleRatio440, true
	case [2]int{4, 1}:
		return image.YCbCrSubsampleRatio411, true
	case [2]int{4, 2}:
		return image.YCbCrSubsampleRatio410, true
	}
	return 0, false
}

func (f *File) renderYCbCr() image.Image {
	rect := image.Rect(0, 0, f.Width, f.Height)
	if ratio, ok := f.Subsampling(); ok {
		return &image.YCbCr{
			Y: f.Plane(0), Cb: f.Plane(1), Cr: f.Plane(2),
			YStride: f.Components[0].BlocksWide * 8, CStride: f.Components[1].BlocksWide * 8,
			SubsampleRatio: ratio, Rect: rect,
		}
	}
	out := image.NewYCbCr(rect, image.YCbCrSubsampleRatio444)
	f.spread(0, out.Y, 1, 0, out.YStride)
	f.spread(1, out.Cb, 1, 0, out.CStride)
	f.spread(2, out.Cr, 1, 0, out.CStride)
	return out
}

func (f *File) renderRGB() image.Image {
	out := image.NewRGBA(image.Rect(0, 0, f.Width, f.Height))
	for i := range 3 {
		f.spread(i, out.Pix, 4, i, out.Stride)
	}
	for i := 3; i < len(out.Pix); i += 4 {
		out.Pix[i] = 255
	}
	return out
}

// spread writes component i at full size into pix: its samples are step bytes apart, the first at
// from, rows stride apart. Samples are repeated, not interpolated, as image.YCbCr does.
func (f *File) spread(i int, pix []byte, step, from, stride int) {
	c := &f.Components[i]
	plane, wide := f.Plane(i), c.BlocksWide*8
	column := make([]int, f.Width)
	for x := range column {
		column[x] = x * c.Width / f.Width
	}
	for y := range f.Height {
		line := plane[y*c.Height/f.Height*wide:]
		at := y*stride + from
		for _, x := range column {
			pix[at] = line[x]
			at += step
		}
	}
}

// renderCMYK handles the two ways four components are stored: as CMYK, or as YCCK, where the first
// three hold the YCbCr of the inks' complements. Whoever writes an Adobe segment stores ink
// inverted (255 is none), which the segment's format leaves unsaid and every Adobe program does.
func (f *File) renderCMYK() image.Image {
	out := image.NewCMYK(image.Rect(0, 0, f.Width, f.Height))
	for i := range 4 {
		f.spread(i, out.Pix, 4, i, out.Stride)
	}
	switch {
	case f.Adobe && f.AdobeTransform != 0:
		// Red, green and blue are the complements of the inks, and the inks are stored inverted:
		// the two cancel out.
		for i := 0; i < len(out.Pix); i += 4 {
			p := out.Pix[i : i+4 : i+4]
			p[0], p[1], p[2] = color.YCbCrToRGB(p[0], p[1], p[2])
			p[3] = 255 - p[3]
		}
	case f.Adobe:
		for i, v := range out.Pix {
			out.Pix[i] = 255 - v
		}
	}
	if f.Components[0].arrival.share() < 1 {
		f.greyOut(out)
	}
	return out
}

// greyOut paints what never arrived mid grey: half of every ink, which the missing coefficients
// stand for, would be far darker.
func (f *File) greyOut(out *image.CMYK) {
	c := &f.Components[0]
	for y := range f.Height {
		line := out.Pix[y*out.Stride:]
		for x := range f.Width {
			if !c.Arrived(x*c.Width/f.Width/8, y*c.Height/f.Height/8) {
				copy(line[4*x:4*x+4], []byte{0, 0, 0, 255 - grey})
			}
		}
	}
}
