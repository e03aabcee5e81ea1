package report

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"

	_ "image/gif" // the formats in which a preview may be
	_ "image/png"

	"golang.org/x/image/draw"

	"dossier/checks"
	"dossier/pipeline"
)

// A finding of the case that is about a place on a document ("the number is another") is shown with
// that place cut out of the document's preview, under the finding: the document's own picture stands
// further up, and who compares characters wants both in one view.

// Sizes of such a cut-out. The margin lets the label beside the value be seen; the preview is
// enlarged where its print is small, and more than three times only makes it softer.
const (
	cutMarginAcross = 0.25 // of the region's width, on either side
	cutMarginUp     = 0.8  // of its height, above and below
	cutWidth        = 900  // pixels, about what a page shows
	cutEnlarged     = 3
	cutQuality      = 82
	maxPreviewSide  = 8000 // a preview of ours has 1400
)

// placeOn returns the place a case finding is about: the document named last, which is the one its
// region was measured on.
func placeOn(c *pipeline.Case, n Numbered) (*pipeline.Document, bool) {
	f := n.Finding
	if n.Document >= 0 || f.Region.IsZero() || len(f.Documents) == 0 || f.Overlay != "" {
		return nil, false
	}
	for i := range c.Documents {
		if c.Documents[i].Path == f.Documents[len(f.Documents)-1] {
			return &c.Documents[i], true
		}
	}
	return nil, false
}

// cut cuts a region, in pixels of an original of that size, out of its preview.
func cut(preview []byte, width, height int, r checks.Region) ([]byte, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(preview))
	if err != nil {
		return nil, err
	}
	r, ok := clip(r, width, height)
	if !ok || config.Width > maxPreviewSide || config.Height > maxPreviewSide {
		return nil, errors.New("the place lies outside the picture, or the picture is no preview")
	}
	m, _, err := image.Decode(bytes.NewReader(preview))
	if err != nil {
		return nil, err
	}
	b := m.Bounds()
	fx, fy := float64(b.Dx())/float64(width), float64(b.Dy())/float64(height)
	dx, dy := cutMarginAcross*float64(r.Width), cutMarginUp*float64(r.Height)
	at := image.Rect(int((float64(r.X)-dx)*fx), int((float64(r.Y)-dy)*fy), int((float64(r.X+r.Width)+dx)*fx)+1, int((float64(r.Y+r.Height)+dy)*fy)+1).Add(b.Min).Intersect(b)
	if at.Empty() {
		return nil, errors.New("the place is smaller than a pixel")
	}
	scale := max(1, min(cutEnlarged, cutWidth/float64(at.Dx())))
	out := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(at.Dx())*scale)), max(1, int(float64(at.Dy())*scale))))
	draw.CatmullRom.Scale(out, out.Rect, m, at, draw.Src, nil)
	// The frame of the place itself.
	frame := image.Rect(int((float64(r.X)*fx-float64(at.Min.X-b.Min.X))*scale), int((float64(r.Y)*fy-float64(at.Min.Y-b.Min.Y))*scale),
		int((float64(r.X+r.Width)*fx-float64(at.Min.X-b.Min.X))*scale), int((float64(r.Y+r.Height)*fy-float64(at.Min.Y-b.Min.Y))*scale))
	outline(out, frame)
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, out, &jpeg.Options{Quality: cutQuality}); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// outline draws a frame of two pixels around a rectangle.
func outline(m *image.RGBA, r image.Rectangle) {
	ink := image.NewUniform(color.RGBA{0xb3, 0x26, 0x1e, 0xff})
	const thick = 2
	for _, side := range []image.Rectangle{
		image.Rect(r.Min.X, r.Min.Y-thick, r.Max.X, r.Min.Y), image.Rect(r.Min.X, r.Max.Y, r.Max.X, r.Max.Y+thick),
		image.Rect(r.Min.X-thick, r.Min.Y-thick, r.Min.X, r.Max.Y+thick), image.Rect(r.Max.X, r.Min.Y-thick, r.Max.X+thick, r.Max.Y+thick),
	} {
		draw.Draw(m, side.Intersect(m.Rect), ink, image.Point{}, draw.Src)
	}
}
