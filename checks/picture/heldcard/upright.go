package heldcard

import (
	"image"
	"math"

	"dossier/checks"
	"dossier/checks/picture/faces"
	"dossier/checks/picture/raster"
)

// An upright is a picture in which the text of the card stands upright: the subject's own, or a turned copy of it
// that may be smaller.
type upright struct {
	picture       image.Image
	quarters      int     // quarter turns clockwise that text in the subject's picture has beyond upright
	scale         float64 // pixels of the subject's picture for one of this
	width, height float64 // of this picture
}

// quarters is by how many quarter turns clockwise a card lies beyond upright, 0..3.
func quarters(t transform) int {
	return (int(math.Round(math.Atan2(t.d, t.a)/(math.Pi/2))) + 4) % 4
}

// turned makes the picture in which what lies so many quarter turns clockwise stands upright.
func turned(r *raster.Raster, quarters int) upright {
	w, h := r.Width, r.Height
	if quarters%2 == 1 {
		w, h = h, w
	}
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for v := range h {
		for u := range w {
			x, y := u, v
			switch quarters {
			case 1:
				x, y = r.Width-1-v, u
			case 2:
				x, y = r.Width-1-u, r.Height-1-v
			case 3:
				x, y = v, r.Height-1-u
			}
			from, to := r.Pixels[3*(y*r.Width+x):], m.Pix[4*(v*w+u):]
			to[0], to[1], to[2], to[3] = from[0], from[1], from[2], 255
		}
	}
	return upright{m, quarters, float64(max(1, r.Reduce)), float64(w), float64(h)}
}

// to is how a card that lies so in the subject's picture lies in this one.
func (u upright) to(t transform) transform {
	if u.quarters == 0 && u.scale == 1 {
		return t
	}
	s := transform{t.a / u.scale, t.b / u.scale, t.c / u.scale, t.d / u.scale, t.e / u.scale, t.f / u.scale}
	switch u.quarters {
	case 1: // x goes up this picture, y to the right
		return transform{s.d, s.e, s.f, -s.a, -s.b, u.height - s.c}
	case 2:
		return transform{-s.a, -s.b, u.width - s.c, -s.d, -s.e, u.height - s.f}
	case 3:
		return transform{-s.d, -s.e, u.width - s.f, s.a, s.b, s.c}
	}
	return s
}

// faces are faces found in this picture, where they are in the subject's.
func (u upright) faces(found []faces.Face) []faces.Face {
	if u.quarters == 0 && u.scale == 1 {
		return found
	}
	out := make([]faces.Face, 0, len(found))
	for _, f := range found {
		b := f.Box
		x0, y0, x1, y1 := float64(b.X), float64(b.Y), float64(b.X+b.Width), float64(b.Y+b.Height)
		switch u.quarters {
		case 1:
			x0, y0, x1, y1 = u.height-y1, x0, u.height-y0, x1
		case 2:
			x0, y0, x1, y1 = u.width-x1, u.height-y1, u.width-x0, u.height-y0
		case 3:
			x0, y0, x1, y1 = y0, u.width-x1, y1, u.width-x0
		}
		f.Box = checks.Region{X: int(x0 * u.scale), Y: int(y0 * u.scale), Width: int((x1 - x0) * u.scale), Height: int((y1 - y0) * u.scale)}
		out = append(out, f)
	}
	return out
}
