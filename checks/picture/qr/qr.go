// Package qr finds and reads QR codes in a picture.
//
// What lives here: the search for the three marks of a code on the reduced picture, and the reading of what
// they span at full resolution. What must not: what a code should say, which is for checks/casefile.
package qr

import (
	"context"
	"image"
	"math"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/raster"
)

// A Code is a QR code in a picture.
type Code struct {
	Text string        // what it says; empty if it could not be read
	Box  checks.Region // in pixels of the upright picture
}

// Of is the subject's QR codes, searched once: those that could be read, and after them the places that
// look like a code and could not. An error made by checks.Skip says that there was no picture to look at.
var Of = checks.NewShared("QR codes", func(ctx context.Context, s *checks.Subject) ([]Code, error) {
	p, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return nil, decode.Skip(err)
	}
	r, err := raster.Reduced.Of(ctx, s)
	if err != nil {
		return nil, err
	}
	return find(ctx, p.Image, r)
})

// mostCandidates bounds how many places are read: a licence has one code, a poster three or four.
const mostCandidates = 6

// find looks for codes on the reduced picture and, if none can be read, on a smaller one: the marks of a
// large code are too wide for the threshold of the first.
func find(ctx context.Context, m image.Image, r *raster.Raster) ([]Code, error) {
	var read, unread []Code
	for g, size := grayOf(r), 0; min(g.w, g.h) >= 21 && size < 3 && len(read) == 0; g, size = g.half(), size+1 {
		for n, t := range triples(g) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if n >= mostCandidates {
				break
			}
			box := t.box(m.Bounds())
			if known(read, box) {
				continue
			}
			if text := t.read(m); text != "" {
				read = append(read, Code{text, box})
			} else if t.sure && !known(unread, box) {
				unread = append(unread, Code{"", box})
			}
		}
	}
	for _, c := range unread {
		if !known(read, c.Box) {
			read = append(read, c)
		}
	}
	return read, nil
}

// known says that a code about the same middle is listed.
func known(list []Code, box checks.Region) bool {
	for _, c := range list {
		dx, dy := 2*c.Box.X+c.Box.Width-2*box.X-box.Width, 2*c.Box.Y+c.Box.Height-2*box.Y-box.Height
		if max(dx, -dx) < c.Box.Width && max(dy, -dy) < c.Box.Height {
			return true
		}
	}
	return false
}

// A point lies in the upright picture; the centre of its first pixel is (0.5, 0.5).
type point struct{ x, y float64 }

// A triple is the middles of the three marks of a code, in pixels of the upright picture: the corner one,
// the one to its right and the one below it, and the width of a module, the smallest square.
type triple struct {
	corner, right, below point
	module               float64
	score                float64 // how far it is from three equal marks at right angles; 0 is best
	sure                 bool    // it is a code whether it can be read or not
}

// at is the place in the picture of a point of the code's own square: (0, 0) is the middle of the corner
// mark, (1, 0) that of the right one.
func (t triple) at(u, v float64) point { return t.bent(u, v, 0, 0) }

// bent is at under perspective: g and h are how much nearer the right and the lower side are than the corner.
func (t triple) bent(u, v, g, h float64) point {
	w := 1 + g*u + h*v
	along := func(corner, right, below float64) float64 {
		return (corner + u*((1+g)*right-corner) + v*((1+h)*below-corner)) / w
	}
	return point{along(t.corner.x, t.right.x, t.below.x), along(t.corner.y, t.right.y, t.below.y)}
}

// modules is about how many modules lie between the middles of two marks.
func (t triple) modules() float64 {
	side := (math.Hypot(t.right.x-t.corner.x, t.right.y-t.corner.y) + math.Hypot(t.below.x-t.corner.x, t.below.y-t.corner.y)) / 2
	return side / t.module
}

// border is how far the code reaches beyond the middle of a mark: 3.5 modules.
const border = 3.5

// box is the upright rectangle about the code.
func (t triple) box(within image.Rectangle) checks.Region {
	edge := border / t.modules()
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, c := range [4]point{t.at(-edge, -edge), t.at(1+edge, -edge), t.at(1+edge, 1+edge), t.at(-edge, 1+edge)} {
		x0, y0, x1, y1 = min(x0, c.x), min(y0, c.y), max(x1, c.x), max(y1, c.y)
	}
	r := image.Rect(int(x0), int(y0), int(math.Ceil(x1)), int(math.Ceil(y1))).Intersect(within)
	return checks.Region{X: r.Min.X, Y: r.Min.Y, Width: r.Dx(), Height: r.Dy()}
}
