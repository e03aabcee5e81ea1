package evaluate

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"os"

	"dossier/checks"
	"dossier/checks/picture/decode"
)

// Colours that people of every colour vision tell apart (Okabe and Ito 2008): blue for what was
// altered, vermilion for what was reported.
var (
	altered  = color.RGBA{0, 114, 178, 255}
	reported = color.RGBA{213, 94, 0, 255}
)

// thumbnailSide is the long side of the pictures of mistakes: two stand side by side on a sheet
// of A4 at about 130 dots an inch.
const thumbnailSide = 460

// thumbnail draws a mistake: the picture reduced, the outline of what was altered in blue and
// what was reported as dashed rectangles, as a JPEG in a data URI. It is empty if the picture
// cannot be shown.
func (m *Mistake) thumbnail() (string, error) {
	data, err := os.ReadFile(m.file.File)
	if err != nil {
		return "", err
	}
	p, err := decode.Decode(data)
	if err != nil {
		return "", nil // a picture that cannot be decoded is a mistake too, without a face
	}
	small := decode.Thumbnail(p.Image, thumbnailSide)
	b := small.Bounds()
	img := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(img, img.Rect, small, b.Min, draw.Src)
	w, h := p.Image.Bounds().Dx(), p.Image.Bounds().Dy()
	if m.file.Mask != "" {
		mask, err := readMask(m.file.MaskFile)
		if err != nil {
			return "", err
		}
		outline(img, mask)
	}
	for _, r := range m.file.Regions {
		dash(img, scaledRegion(r, w, h, b.Dx(), b.Dy()))
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 80}); err != nil {
		return "", err
	}
	return "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(out.Bytes()), nil
}

func scaledRegion(r checks.Region, w, h, tw, th int) image.Rectangle {
	return image.Rect(r.X*tw/w, r.Y*th/h, (r.X+r.Width)*tw/w, (r.Y+r.Height)*th/h)
}

// outline draws the border of the mask, two pixels wide, with a white one outside it so that it
// shows on any ground.
func outline(img *image.RGBA, mask *image.Gray) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	in := func(x, y int) bool {
		if x < 0 || y < 0 || x >= w || y >= h {
			return false
		}
		return mask.Pix[(2*y+1)*mask.Rect.Dy()/(2*h)*mask.Stride+(2*x+1)*mask.Rect.Dx()/(2*w)] != 0
	}
	near := func(x, y, d int, want bool) bool {
		for v := -d; v <= d; v++ {
			for u := -d; u <= d; u++ {
				if in(x+u, y+v) == want {
					return true
				}
			}
		}
		return false
	}
	for y := range h {
		for x := range w {
			switch {
			case in(x, y):
			case near(x, y, 2, true):
				img.SetRGBA(x, y, altered)
			case near(x, y, 3, true):
				img.SetRGBA(x, y, color.RGBA{255, 255, 255, 255})
			}
		}
	}
}

// dash draws a rectangle in dashes of six pixels, two wide: the two kinds of line differ in
// shape, not by colour alone.
func dash(img *image.RGBA, r image.Rectangle) {
	const length, gap = 6, 4
	put := func(x, y, at int) {
		if (image.Point{X: x, Y: y}).In(img.Rect) {
			if at%(length+gap) < length {
				img.SetRGBA(x, y, reported)
			} else {
				img.SetRGBA(x, y, color.RGBA{255, 255, 255, 255})
			}
		}
	}
	for d := range 2 {
		for x := r.Min.X; x < r.Max.X; x++ {
			put(x, r.Min.Y+d, x-r.Min.X)
			put(x, r.Max.Y-1-d, x-r.Min.X)
		}
		for y := r.Min.Y; y < r.Max.Y; y++ {
			put(r.Min.X+d, y, y-r.Min.Y)
			put(r.Max.X-1-d, y, y-r.Min.Y)
		}
	}
}
