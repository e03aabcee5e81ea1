package kinds

import (
	"context"
	"image"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/heldcard"
	"dossier/checks/picture/orientation"
	"dossier/checks/picture/paper"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/reading"
)

// again looks a second time at a picture whose text does not decide what it shows, from the cheap to the dear: at the
// layout, or for a card before somebody's chest, then closer at what is small in the picture, and at last as a mirror image. It ends as
// soon as something decides.
func again(ctx context.Context, s *checks.Subject, v view, mirrored bool) (*Result, error) {
	picture, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return nil, decode.Skip(err)
	}
	small, err := raster.Reduced.Of(ctx, s)
	if err != nil {
		return nil, err
	}
	if len(v.faces) == 0 {
		v.layout = layoutOf(small)
	} else {
		scene, err := heldcard.Of.Of(ctx, s)
		if err != nil {
			return nil, err
		}
		if v.card = scene.Card; v.card != nil {
			v.portrait = portraitOn(small, v.card)
		}
	}
	looks := closer(picture.Image.Bounds(), v)
	if !mirrored && v.text.shown >= leastMirrored {
		looks = append(looks, func(ctx context.Context, m image.Image) (*reading.Page, error) { return readMirrored(ctx, m) })
	}
	r := judge(v)
	for _, look := range looks {
		if r.decides() {
			return r, nil
		}
		page, err := look(ctx, picture.Image)
		if err != nil {
			return nil, err
		}
		with := v
		with.text = newText(merge(v.text.page, page))
		if better := judge(with); better.says() > r.says() {
			r, v = better, with
		}
	}
	return r, nil
}

// decides reports whether a result is sure enough to be used.
func (r *Result) decides() bool { return r.Confidence >= Decides }

// says is how much a result says: a kind more than that there is none.
func (r *Result) says() float64 {
	if r.What == Document {
		return 1 + r.Confidence
	}
	return r.Confidence
}

// A look reads a picture, or a part of it, in another way. Its lines lie in pixels of the picture.
type look func(ctx context.Context, picture image.Image) (*reading.Page, error)

const (
	// nearSide is the longer side, in pixels, of what is looked at closer: more the search for lines does not see.
	nearSide = 960
	// leastGain is how much larger than before print has to become before it is read again.
	leastGain = 1.1
	// leastMirrored is how many lines of print there must be before they are read as a mirror image.
	leastMirrored = 3
)

// closer lists the looks at what is small in the picture: the card that somebody holds, the paper, and the picture
// itself where it is small.
func closer(b image.Rectangle, v view) (looks []look) {
	whole := float64(max(b.Dx(), b.Dy()))
	seen := min(1, nearSide/whole) // pixels that were seen of each of the picture's
	add := func(q paper.Quad) {
		long := max(q.Side(paper.Top), q.Side(paper.Right), q.Side(paper.Bottom), q.Side(paper.Left))
		if long > 0 && nearSide/long >= leastGain*seen {
			looks = append(looks, func(ctx context.Context, m image.Image) (*reading.Page, error) {
				return readQuad(ctx, m, q, int(max(nearSide, long)))
			})
		}
	}
	if v.card != nil {
		add(around(v.card))
	}
	if v.sheet != nil && !v.sheet.Whole {
		add(v.sheet.Corners)
	}
	if len(looks) == 0 {
		w, h := float64(b.Dx()), float64(b.Dy())
		add(paper.Quad{{X: 0, Y: 0}, {X: w, Y: 0}, {X: w, Y: h}, {X: 0, Y: h}})
	}
	return looks
}

// around is a card with a margin for a guess that is a little off.
func around(c *heldcard.Card) (q paper.Quad) {
	const margin = 3 // mm
	for i, p := range [4][2]float64{{-margin, -margin}, {heldcard.CardWidth + margin, -margin},
		{heldcard.CardWidth + margin, heldcard.CardHeight + margin}, {-margin, heldcard.CardHeight + margin}} {
		q[i] = paper.Point(c.At(p[0], p[1]))
	}
	return q
}

// readQuad reads a part of a picture, laid straight with its longer side of that many pixels.
func readQuad(ctx context.Context, m image.Image, q paper.Quad, side int) (*reading.Page, error) {
	b := m.Bounds()
	straight := paper.Straighten(m, q, side)
	if straight == nil {
		return &reading.Page{Width: b.Dx(), Height: b.Dy()}, nil
	}
	page, err := reading.Read(ctx, straight)
	if err != nil {
		return nil, err
	}
	back := q.FromUnit()
	w, h := float64(page.Width), float64(page.Height)
	page.Width, page.Height = b.Dx(), b.Dy()
	for i := range page.Lines {
		l := &page.Lines[i]
		for k, p := range l.Quad {
			l.Quad[k] = reading.Point(back.Map(paper.Point{X: p.X / w, Y: p.Y / h}))
		}
		l.Box = l.Quad.Box(page.Width, page.Height)
	}
	return page, nil
}

// readMirrored reads a picture with left and right exchanged; the places are those of the picture as it is.
func readMirrored(ctx context.Context, m image.Image) (*reading.Page, error) {
	const exchanged = 2 // EXIF's number for it
	page, err := reading.Read(ctx, orientation.Apply(m, exchanged))
	if err != nil {
		return nil, err
	}
	for i := range page.Lines {
		l := &page.Lines[i]
		l.Box.X = page.Width - l.Box.X - l.Box.Width
		for k := range l.Quad {
			l.Quad[k].X = float64(page.Width) - l.Quad[k].X
		}
	}
	return page, nil
}

// merge puts what was read at two looks into one page: of two lines at one place the surer one stays.
func merge(a, b *reading.Page) *reading.Page {
	out := &reading.Page{Width: a.Width, Height: a.Height, Red: a.Red || b.Red}
	gone := make([]bool, len(b.Lines))
	for _, l := range a.Lines {
		stays := true
		for i, o := range b.Lines {
			if !gone[i] && samePlace(l.Box, o.Box) {
				if o.Confidence > l.Confidence {
					stays = false
				} else {
					gone[i] = true
				}
			}
		}
		if stays {
			out.Lines = append(out.Lines, l)
		}
	}
	for i, o := range b.Lines {
		if !gone[i] {
			out.Lines = append(out.Lines, o)
		}
	}
	return out
}

// samePlace reports whether the middle of one of two boxes lies in the other.
func samePlace(a, b checks.Region) bool { return holdsMiddle(a, b) || holdsMiddle(b, a) }

func holdsMiddle(a, b checks.Region) bool {
	x, y := b.X+b.Width/2, b.Y+b.Height/2
	return x >= a.X && x < a.X+a.Width && y >= a.Y && y < a.Y+a.Height
}
