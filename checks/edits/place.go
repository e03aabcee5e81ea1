package edits

import (
	"context"
	"image"
	"iter"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/orientation"
	"dossier/checks/picture/overlay"
)

// A blockMap says of every block of 8 x 8 stored pixels what a check measured there.
type blockMap struct {
	wide, high int
	offset     image.Point // of the first block, in stored pixels
	// value is 0..1, or negative where nothing was measured.
	value func(i int) float32
	in    []bool // the region
}

// turner places stored pixels in the upright picture.
type turner struct{ width, height, orientation int }

func (t turner) rect(r image.Rectangle) image.Rectangle {
	return orientation.Rect(r, t.width, t.height, t.orientation)
}

func uprightOf(s *checks.Subject) (turner, error) {
	h, err := decode.ReadHeader(s.Data)
	if err != nil {
		return turner{}, err
	}
	return turner{h.Width, h.Height, h.Orientation}, nil
}

func region(r image.Rectangle) checks.Region {
	return checks.Region{X: r.Min.X, Y: r.Min.Y, Width: r.Dx(), Height: r.Dy()}
}

func (b blockMap) block(i int) image.Rectangle {
	x, y := i%b.wide*8+b.offset.X, i/b.wide*8+b.offset.Y
	return image.Rect(x, y, x+8, y+8)
}

// bounds is the region's bounding box in stored pixels.
func (b blockMap) bounds() (r image.Rectangle) {
	for i, in := range b.in {
		if in {
			r = r.Union(b.block(i))
		}
	}
	return r
}

// atEdge reports whether a region of a w x h picture hugs its edge: it reaches two sides of it, or is a
// strip along one. Scanning programs store pages in strips and tiles and smooth their borders, and
// a page laid on a larger one ends so too; what is put into a document to deceive stands inside it.
func atEdge(r image.Rectangle, w, h int) bool {
	const (
		near   = 12 // px: a block and what is left of one
		narrow = 48 // px
	)
	left, right := r.Min.X < near, r.Max.X > w-near
	top, bottom := r.Min.Y < near, r.Max.Y > h-near
	sides := 0
	for _, side := range []bool{left, right, top, bottom} {
		if side {
			sides++
		}
	}
	return sides >= 2 || (left || right) && r.Dx() < narrow || (top || bottom) && r.Dy() < narrow
}

// drawing is the picture of evidence of a block map; nil if the picture cannot be decoded, which
// another check reports.
func (b blockMap) drawing(ctx context.Context, s *checks.Subject, t turner, low, high string) image.Image {
	p, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return nil
	}
	heat := func(yield func(image.Rectangle, float32) bool) {
		for i := range b.in {
			if v := b.value(i); v >= 0 && !yield(t.rect(b.block(i)), v) {
				return
			}
		}
	}
	var parts iter.Seq[image.Rectangle] = func(yield func(image.Rectangle) bool) {
		for i, in := range b.in {
			if in && !yield(t.rect(b.block(i))) {
				return
			}
		}
	}
	m := overlay.Draw(overlay.Evidence{Picture: p.Image, Heat: heat, Region: parts, Low: low, High: high})
	if m == nil {
		return nil
	}
	return m
}
