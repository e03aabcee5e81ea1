package edits

import (
	"image"
	"image/color"

	"golang.org/x/image/draw"

	"dossier/checks/picture/preview"
)

// The overlay's measures, in pixels. A side of 480 shows a 160-pixel thumbnail three times its size.
const (
	overlaySide = 480
	overlayGap  = 12
)

// Colours that everybody tells apart: orange on a dark rim (Okabe and Ito 2008).
var (
	outlineColor = color.RGBA{0xE6, 0x9F, 0x00, 0xFF}
	outlineRim   = color.RGBA{0x20, 0x20, 0x20, 0xFF}
	overlayPaper = color.RGBA{0xF4, 0xF4, 0xF4, 0xFF}
)

// thumbnailOverlay shows the thumbnail on the left and the picture on the right at the same size, with the
// differing area outlined on both. Where the picture is a part of the thumbnail, that part is outlined instead.
func thumbnailOverlay(c *preview.Comparison, picture image.Image, changed bool) image.Image {
	p, t := picture.Bounds(), c.Turned.Bounds()
	right := fitted(p, overlaySide)
	left := fitted(t, overlaySide)
	height := max(left.Y, right.Y)
	out := image.NewRGBA(image.Rect(0, 0, left.X+right.X+3*overlayGap, height+2*overlayGap))
	draw.Draw(out, out.Bounds(), image.NewUniform(overlayPaper), image.Point{}, draw.Src)
	at := image.Rectangle{image.Pt(overlayGap, overlayGap), image.Pt(overlayGap, overlayGap).Add(left)}
	to := image.Rectangle{image.Pt(2*overlayGap+left.X, overlayGap), image.Pt(2*overlayGap+left.X, overlayGap).Add(right)}
	draw.BiLinear.Scale(out, at, c.Turned, t, draw.Src, nil)
	draw.ApproxBiLinear.Scale(out, to, picture, p, draw.Src, nil)
	if changed {
		outline(out, moved(c.Changed, p, to), to)
		// The same place in the thumbnail: by way of the part that both show.
		outline(out, moved(moved(c.Changed, c.Shown, c.Frame), t, at), at)
	} else if c.Cropped {
		outline(out, moved(c.Frame, t, at), at)
	}
	return out
}

// fitted returns the size of r with its longer side brought to side.
func fitted(r image.Rectangle, side int) image.Point {
	w, h := r.Dx(), r.Dy()
	if w >= h {
		return image.Pt(side, max(1, h*side/w))
	}
	return image.Pt(max(1, w*side/h), side)
}

// moved returns where the part r of from lies in to.
func moved(r, from, to image.Rectangle) image.Rectangle {
	x := func(v int) int { return to.Min.X + (v-from.Min.X)*to.Dx()/max(1, from.Dx()) }
	y := func(v int) int { return to.Min.Y + (v-from.Min.Y)*to.Dy()/max(1, from.Dy()) }
	return image.Rect(x(r.Min.X), y(r.Min.Y), x(r.Max.X), y(r.Max.Y))
}

// outline draws a frame around r, outside of it, within clip.
func outline(dst *image.RGBA, r, clip image.Rectangle) {
	ring := func(r image.Rectangle, width int, c color.RGBA) {
		o := r.Inset(-width)
		for _, s := range []image.Rectangle{
			{o.Min, image.Pt(o.Max.X, r.Min.Y)}, {image.Pt(o.Min.X, r.Max.Y), o.Max},
			{image.Pt(o.Min.X, r.Min.Y), image.Pt(r.Min.X, r.Max.Y)}, {image.Pt(r.Max.X, r.Min.Y), image.Pt(o.Max.X, r.Max.Y)},
		} {
			draw.Draw(dst, s.Intersect(clip), image.NewUniform(c), image.Point{}, draw.Src)
		}
	}
	// An outline of a few pixels would hide what it points to.
	if r.Dx() < 10 || r.Dy() < 10 {
		r = r.Inset(-5)
	}
	ring(r, 1, outlineRim)
	ring(r.Inset(-1), 3, outlineColor)
	ring(r.Inset(-4), 1, outlineRim)
}
