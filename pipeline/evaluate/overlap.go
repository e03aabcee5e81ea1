package evaluate

import (
	"image"
	"image/png"
	"os"

	"dossier/checks"
)

// Overlap compares what was reported with what was altered.
type Overlap struct {
	Pixels float64 `json:"pixels"` // intersection over union of the regions and the mask, pixel by pixel
	Box    float64 `json:"box"`    // the same against the box around the mask, which a rectangle can meet
}

// IoU returns the intersection over union of the regions, taken together, and the altered pixels
// of the mask (those not black), and of the box around these.
func IoU(regions []checks.Region, mask *image.Gray) Overlap {
	w, h := mask.Rect.Dx(), mask.Rect.Dy()
	covered := make([]bool, w*h)
	for _, r := range regions {
		a := image.Rect(r.X, r.Y, r.X+r.Width, r.Y+r.Height).Intersect(image.Rect(0, 0, w, h))
		for y := a.Min.Y; y < a.Max.Y; y++ {
			row := covered[y*w : (y+1)*w]
			for x := a.Min.X; x < a.Max.X; x++ {
				row[x] = true
			}
		}
	}
	box := maskBox(mask)
	var both, either, inBox, union float64
	for y := range h {
		line := mask.Pix[y*mask.Stride:]
		for x := range w {
			c, m := covered[y*w+x], line[x] != 0
			b := image.Pt(x, y).In(box)
			if c && m {
				both++
			}
			if c || m {
				either++
			}
			if c && b {
				inBox++
			}
			if c || b {
				union++
			}
		}
	}
	var o Overlap
	if either > 0 {
		o.Pixels = both / either
	}
	if union > 0 {
		o.Box = inBox / union
	}
	return o
}

// maskBox is the smallest rectangle around the altered pixels.
func maskBox(m *image.Gray) image.Rectangle {
	var box image.Rectangle
	for y := range m.Rect.Dy() {
		line := m.Pix[y*m.Stride : y*m.Stride+m.Rect.Dx()]
		for x, v := range line {
			if v != 0 {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return box
}

func readMask(path string) (*image.Gray, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		return nil, err
	}
	if g, ok := img.(*image.Gray); ok && g.Rect.Min == (image.Point{}) {
		return g, nil
	}
	b := img.Bounds()
	g := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			r, gr, bl, _ := img.At(b.Min.X+x, b.Min.Y+y).RGBA()
			if r|gr|bl != 0 {
				g.Pix[y*g.Stride+x] = 255
			}
		}
	}
	return g, nil
}
