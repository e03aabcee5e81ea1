package examine

import (
	"image"
	"image/color"
	"testing"

	"dossier/checks/picture/decode"
)

// A picture reduced plane by plane looks as the one reduced by way of RGB: the same size, and
// the same colours wherever the picture is calm.
func TestReducedPlanesLookLikeTheThumbnail(t *testing.T) {
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422,
		image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410} {
		for _, size := range []image.Point{{190, 60}, {60, 191}, {141, 1}, {1, 500}, {33, 17}} {
			m := image.NewYCbCr(image.Rectangle{Max: size}, ratio)
			for y := range size.Y {
				for x := range size.X {
					m.Y[m.YOffset(x, y)] = uint8(40 + 150*x/size.X)
					c := m.COffset(x, y)
					m.Cb[c], m.Cr[c] = uint8(100+40*y/size.Y), uint8(150-30*x/size.X)
				}
			}
			got, want := reduced(m, 140), decode.Thumbnail(m, 140)
			if got.Bounds() != want.Bounds() {
				t.Errorf("%v %v: %v, want %v", ratio, size, got.Bounds(), want.Bounds())
				continue
			}
			b := got.Bounds()
			for _, p := range []image.Point{{0, 0}, {b.Dx() - 1, b.Dy() - 1}, {b.Dx() / 2, b.Dy() / 2}, {b.Dx() / 3, b.Dy() / 4}} {
				g, w := color.RGBAModel.Convert(got.At(p.X, p.Y)).(color.RGBA), want.RGBAAt(p.X, p.Y)
				for _, d := range []int{int(g.R) - int(w.R), int(g.G) - int(w.G), int(g.B) - int(w.B)} {
					if d < -6 || d > 6 { // a few levels: the planes meet at other places of a slope
						t.Errorf("%v %v at %v: %v, want about %v", ratio, size, p, g, w)
						break
					}
				}
			}
		}
	}
}

func TestFinePrintIsAveragedNotDropped(t *testing.T) {
	m := image.NewYCbCr(image.Rect(0, 0, 2800, 40), image.YCbCrSubsampleRatio420)
	for i := range m.Y {
		m.Y[i] = uint8(i % 2 * 255) // lines one pixel wide
	}
	got := reduced(m, previewSide).(*image.YCbCr)
	for x := range got.Bounds().Dx() {
		if y := got.Y[x]; y < 120 || y > 135 {
			t.Fatalf("at %d the lines became %d, want their mean", x, y)
		}
	}
}
