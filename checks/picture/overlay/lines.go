package overlay

import (
	"image"
	"image/color"
	"image/draw"
	"iter"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// outline draws the common border of the parts: two pixels of white with two of black outside.
func outline(m *image.RGBA, view image.Rectangle, parts iter.Seq[image.Rectangle]) {
	w, h := view.Dx(), view.Dy()
	in := make([]uint8, w*h)
	for r := range parts {
		r = r.Sub(view.Min)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			line := in[y*w+r.Min.X : y*w+r.Max.X]
			for i := range line {
				line[i] = 1
			}
		}
	}
	// Each pass marks the pixels beside what was marked before.
	for level := uint8(1); level <= 4; level++ {
		for y := range h {
			for x := range w {
				if in[y*w+x] != 0 {
					continue
				}
				if x > 0 && in[y*w+x-1] == level || x < w-1 && in[y*w+x+1] == level || y > 0 && in[y*w+x-w] == level || y < h-1 && in[y*w+x+w] == level {
					in[y*w+x] = level + 1
				}
			}
		}
	}
	for y := range h {
		for x := range w {
			switch in[y*w+x] {
			case 2, 3:
				m.SetRGBA(view.Min.X+x, view.Min.Y+y, color.RGBA{255, 255, 255, 255})
			case 4, 5:
				m.SetRGBA(view.Min.X+x, view.Min.Y+y, color.RGBA{0, 0, 0, 255})
			}
		}
	}
}

// frame draws a thin rectangle, white within black.
func frame(m *image.RGBA, r image.Rectangle) {
	for i, c := range []color.Color{color.Black, color.White} {
		q := r.Inset(i)
		for _, side := range []image.Rectangle{
			{q.Min, image.Pt(q.Max.X, q.Min.Y+1)}, {image.Pt(q.Min.X, q.Max.Y-1), q.Max},
			{q.Min, image.Pt(q.Min.X+1, q.Max.Y)}, {image.Pt(q.Max.X-1, q.Min.Y), q.Max},
		} {
			draw.Draw(m, side, image.NewUniform(c), image.Point{}, draw.Src)
		}
	}
}

// letter writes a mark in white on a black plate.
func letter(m *image.RGBA, at image.Point, s string) {
	face := basicfont.Face7x13
	plate := image.Rect(at.X, at.Y, at.X+7*len(s)+6, at.Y+16)
	draw.Draw(m, plate, image.Black, image.Point{}, draw.Src)
	write(m, at.Add(image.Pt(3, face.Ascent+1)), s, image.White)
}

func write(m *image.RGBA, at image.Point, s string, c image.Image) {
	d := font.Drawer{Dst: m, Src: c, Face: basicfont.Face7x13, Dot: fixed.P(at.X, at.Y)}
	d.DrawString(s)
}

// drawLegend draws the ramp with the numbers at its ends.
func drawLegend(m *image.RGBA, r image.Rectangle, low, high string) {
	for x := r.Min.X; x < r.Max.X; x++ {
		c := Ramp(float32(x-r.Min.X) / float32(max(1, r.Dx()-1)))
		draw.Draw(m, image.Rect(x, r.Min.Y, x+1, r.Max.Y), image.NewUniform(c), image.Point{}, draw.Src)
	}
	frame(m, r)
	write(m, image.Pt(r.Min.X, r.Max.Y+13), low, image.Black)
	write(m, image.Pt(max(r.Min.X, r.Max.X-7*len(high)), r.Max.Y+13), high, image.Black)
}
