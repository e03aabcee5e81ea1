package qr

import (
	"fmt"
	"image"
	"math"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"dossier/checks/picture/raster"
)

// quiet is how many modules of surroundings are kept about a code: the standard asks for four.
const quiet = 4

// read straightens what the marks span and reads it, at a few sizes; empty if that fails. Three marks do not
// tell perspective: where there surely is a code some is tried.
func (t triple) read(m image.Image) string {
	area := t.area(m.Bounds())
	if area.Empty() {
		return ""
	}
	g := gray{area.Dx(), area.Dy(), raster.Luma(m, area), 1}
	for _, module := range []float64{4, 3, 6} {
		if text := readStraight(t.straighten(g, area.Min, module, 0, 0)); text != "" {
			return text
		}
	}
	if !t.sure {
		return ""
	}
	for _, lean := range leans {
		if text := readStraight(t.straighten(g, area.Min, 4, lean[0], lean[1])); text != "" {
			return text
		}
	}
	return ""
}

// leans are the perspectives that are tried, as bent takes them: a code that fills a third of the picture,
// seen at 30 degrees, has 0.2.
var leans = [][2]float64{
	{0.1, 0}, {-0.1, 0}, {0, 0.1}, {0, -0.1}, {0.1, 0.1}, {-0.1, 0.1}, {0.1, -0.1}, {-0.1, -0.1},
	{0.2, 0}, {-0.2, 0}, {0, 0.2}, {0, -0.2},
}

func readStraight(m *image.Gray) string {
	for _, binarizer := range []func(gozxing.LuminanceSource) gozxing.Binarizer{gozxing.NewHybridBinarizer, gozxing.NewGlobalHistgramBinarizer} {
		if text, err := decodeCode(m, binarizer); err == nil && text != "" {
			return text
		}
	}
	return ""
}

// area is the upright rectangle about the code and its surroundings.
func (t triple) area(within image.Rectangle) image.Rectangle {
	b := t.box(within)
	more := int(math.Ceil((quiet + 1) * t.module))
	return image.Rect(b.X-more, b.Y-more, b.X+b.Width+more, b.Y+b.Height+more).Intersect(within)
}

// straighten draws the code upright with that many pixels a module, under the perspective given: what
// remains of it is left to the reader, which follows the alignment marks. The picture begins at origin.
func (t triple) straighten(from gray, origin image.Point, module, g, h float64) *image.Gray {
	n := t.modules()
	side := int(math.Round((n + 2*border + 2*quiet) * module))
	out := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		v := ((float64(y)+0.5)/module - border - quiet) / n
		for x := range side {
			u := ((float64(x)+0.5)/module - border - quiet) / n
			p := t.bent(u, v, g, h)
			out.Pix[y*out.Stride+x] = from.between(p.x-float64(origin.X)-0.5, p.y-float64(origin.Y)-0.5)
		}
	}
	return out
}

// between is the brightness at a place between pixels; the rim goes on beyond the edge.
func (g gray) between(x, y float64) uint8 {
	x, y = max(0, min(float64(g.w-1), x)), max(0, min(float64(g.h-1), y))
	i, j := int(x), int(y)
	fx, fy := x-float64(i), y-float64(j)
	at := func(i, j int) float64 { return float64(g.v[min(j, g.h-1)*g.w+min(i, g.w-1)]) }
	return uint8((1-fy)*((1-fx)*at(i, j)+fx*at(i+1, j)) + fy*((1-fx)*at(i, j+1)+fx*at(i+1, j+1)))
}

// decodeCode has the library read a straightened code. It is an old one and made for friendly input: a
// panic of its becomes an error.
func decodeCode(m image.Image, binarizer func(gozxing.LuminanceSource) gozxing.Binarizer) (text string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the QR reader panicked: %v", r)
		}
	}()
	bitmap, err := gozxing.NewBinaryBitmap(binarizer(gozxing.NewLuminanceSourceFromImage(m)))
	if err != nil {
		return "", err
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		return "", err
	}
	return result.GetText(), nil
}
