package page

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"

	"github.com/signintech/gopdf"

	"dossier/checks/picture/decode"
)

// A Picture is ready to be set on a page.
type Picture struct {
	data        []byte // JPEG as it came, or PNG made from the pixels
	orientation int    // 1..8 as EXIF counts, still to be applied
	// Width and Height are of the upright picture, in pixels.
	Width, Height int
	// Untouched says that the PDF will hold the file's own bytes; otherwise it holds the
	// decoded pixels, without loss.
	Untouched bool
}

// LoadPicture makes a picture of a file's bytes. A JPEG goes into the PDF as it is, turned
// upright by the page; the few kinds of JPEG that readers of PDF show wrongly, and every other
// format, are decoded. Errors are those of package decode. data must not be changed afterwards.
func LoadPicture(data []byte) (Picture, error) {
	h, err := decode.ReadHeader(data)
	if err != nil {
		return Picture{}, err
	}
	if h.Format == decode.JPEG && fitForPDF(data) {
		w, ht := h.Upright()
		return Picture{data: data, orientation: h.Orientation, Width: w, Height: ht, Untouched: true}, nil
	}
	p, err := decode.Decode(data)
	if err != nil {
		return Picture{}, err
	}
	var out bytes.Buffer
	if err := png.Encode(&out, simple(p.Image)); err != nil {
		return Picture{}, fmt.Errorf("putting the picture into the PDF: %w", err)
	}
	b := p.Image.Bounds()
	return Picture{data: out.Bytes(), orientation: 1, Width: b.Dx(), Height: b.Dy()}, nil
}

// fitForPDF reports whether readers of PDF show the JPEG as other programs do: brightness with
// colour differences, grey, or the four inks as Adobe stores them. Inks without Adobe's mark
// are read as inverted by some and not by others, and RGB is taken for colour differences.
func fitForPDF(data []byte) bool {
	c, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil || c.Width <= 0 || c.Height <= 0 {
		return false
	}
	switch c.ColorModel {
	case color.YCbCrModel, color.GrayModel:
		return true
	case color.CMYKModel:
		return adobe(data)
	}
	return false
}

// adobe reports whether a JPEG carries Adobe's APP14 segment before its first scan.
func adobe(data []byte) bool {
	for i := 2; i+4 <= len(data) && data[i] == 0xff; {
		marker := data[i+1]
		if marker == 0xff { // fill
			i++
			continue
		}
		if marker == 0xda || marker == 0xd9 {
			return false
		}
		if marker == 0xee && bytes.HasPrefix(data[i+4:], []byte("Adobe")) {
			return true
		}
		i += 2 + max(2, int(binary.BigEndian.Uint16(data[i+2:])))
	}
	return false
}

// simple returns img, or a copy, in one of the forms whose PNG the PDF can take: grey, a palette
// without transparency, or opaque RGB.
func simple(img image.Image) image.Image {
	switch m := img.(type) {
	case *image.Gray:
		return m
	case *image.Paletted:
		opaque := len(m.Palette) > 0
		for _, c := range m.Palette {
			_, _, _, a := c.RGBA()
			opaque = opaque && a == 0xffff
		}
		if opaque {
			return m
		}
	case *image.RGBA:
		if m.Opaque() {
			return m
		}
	}
	b := img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), img, b.Min, draw.Over)
	return out
}

// turn is what makes a stored picture upright: mirrored left to right first, then turned
// counter-clockwise.
type turn struct {
	mirror  bool
	degrees float64
}

// turns is indexed by the EXIF orientation (TIFF 6.0, tag 274). For 6 the stored first row is
// the right-hand side of what was seen, so the picture is turned a quarter clockwise, and so on.
var turns = [9]turn{1: {}, 2: {true, 0}, 3: {false, 180}, 4: {true, 180}, 5: {true, 90}, 6: {false, 270},
	7: {true, 270}, 8: {false, 90}}

// Picture sets a picture upright into a rectangle, which it fills: use Fit to keep its form.
func (b *Book) Picture(p Picture, x, y, width, height float64) {
	b.page().Pictures++
	if !b.drawing() {
		return
	}
	holder, err := gopdf.ImageHolderByBytes(p.data)
	if err != nil {
		b.fail(fmt.Errorf("setting a picture: %w", err))
		return
	}
	t := turns[1]
	if p.orientation > 1 && p.orientation < len(turns) {
		t = turns[p.orientation]
	}
	w, h := width, height
	if t.degrees == 90 || t.degrees == 270 { // the library turns about the centre: lay it down first
		w, h = height, width
	}
	err = b.pdf.ImageByHolderWithOptions(holder, gopdf.ImageOptions{
		DegreeAngle: t.degrees, HorizontalFlip: t.mirror,
		X: x + (width-w)/2, Y: y + (height-h)/2, Rect: &gopdf.Rect{W: w, H: h}})
	if err != nil {
		b.fail(fmt.Errorf("setting a picture: %w", err))
	}
}

// Fit returns the largest size of the picture's form within width and height, and no more
// than most points a pixel.
func (p Picture) Fit(width, height, most float64) (w, h float64) {
	if p.Width <= 0 || p.Height <= 0 {
		return 0, 0
	}
	scale := min(width/float64(p.Width), height/float64(p.Height), most)
	return scale * float64(p.Width), scale * float64(p.Height)
}
