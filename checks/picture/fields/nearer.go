package fields

import (
	"context"
	"image"
	"math"
	"strings"

	"golang.org/x/image/draw"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/reading"
)

// lookAt makes the looks at a subject's picture.
func lookAt(s *checks.Subject) Looks {
	return Looks{
		Line: func(ctx context.Context, q reading.Quad, way reading.Way) (reading.Reading, error) {
			return reading.Again(ctx, s, q, way)
		},
		Area: func(ctx context.Context, area checks.Region, scale float64) (*reading.Page, error) {
			p, err := decode.Pictures.Of(ctx, s)
			if err != nil {
				return nil, decode.Skip(err)
			}
			return readArea(ctx, p.Image, area, scale)
		},
	}
}

// readArea reads a part of a picture, enlarged by scale, and gives its lines in pixels of the picture.
func readArea(ctx context.Context, picture image.Image, area checks.Region, scale float64) (*reading.Page, error) {
	b := picture.Bounds()
	from := image.Rect(area.X, area.Y, area.X+area.Width, area.Y+area.Height).Add(b.Min).Intersect(b)
	if from.Empty() {
		return &reading.Page{}, nil
	}
	large := image.NewRGBA(image.Rect(0, 0, int(float64(from.Dx())*scale), int(float64(from.Dy())*scale)))
	draw.BiLinear.Scale(large, large.Rect, picture, from, draw.Src, nil)
	page, err := reading.Read(ctx, large)
	if err != nil {
		return nil, err
	}
	page.Width, page.Height = b.Dx(), b.Dy()
	for i := range page.Lines {
		l := &page.Lines[i]
		for j, p := range l.Quad {
			l.Quad[j] = reading.Point{X: p.X/scale + float64(from.Min.X-b.Min.X), Y: p.Y/scale + float64(from.Min.Y-b.Min.Y)}
		}
		l.Box = l.Quad.Box(page.Width, page.Height)
	}
	return page, nil
}

// The card's proportions around its number, in lengths of the number's line: it begins a third of the
// card's width from the left and is as long as three fifths of it (GA 448: ID-1 of ISO/IEC 7810,
// 85.6 x 54 mm). A little is added on every side for a card held askew.
const (
	cardLeft  = 0.75
	cardRight = 1.35
	cardUp    = 1.1
	cardDown  = 0.3
)

// Sizes for a second look at a card. The search for lines sees at most 960 pixels: a card that is
// brought to 900 is seen as large as can be. More than three times enlarged nothing is gained.
const (
	nearWidth = 900
	nearScale = 3
)

// nearer reads the card again, enlarged, where it is a small part of the picture and something on it
// could not be read. What was read surer the first time stays.
func (f *finder) nearer(look func(context.Context, checks.Region, float64) (*reading.Page, error)) {
	number := f.numberPiece()
	if number == nil || f.sureOfCard() {
		return
	}
	q := number.line.Quad
	length := math.Hypot(q[1].X-q[0].X, q[1].Y-q[0].Y)
	if length <= 0 {
		return
	}
	right := reading.Point{X: (q[1].X - q[0].X), Y: (q[1].Y - q[0].Y)}
	down := reading.Point{X: -right.Y, Y: right.X}
	// Where the label was read as one line with the number the line is longer than the number: the area
	// is larger then, which does no harm.
	at := func(x, y float64) reading.Point {
		return reading.Point{X: q[0].X + x*right.X + y*down.X, Y: q[0].Y + x*right.Y + y*down.Y}
	}
	card := reading.Quad{at(-cardLeft, -cardUp), at(cardRight, -cardUp), at(cardRight, cardDown), at(-cardLeft, cardDown)}
	page := f.sheet.page
	area := card.Box(page.Width, page.Height)
	long := float64(max(area.Width, area.Height))
	scale := min(nearScale, max(1, nearWidth/max(long, 1)))
	// What the first look saw of it, at 960 pixels of the whole picture's longer side.
	if seen := long * min(1, 960/float64(max(page.Width, page.Height))); seen > 0.8*min(960, long*scale) {
		return
	}
	near, err := look(f.ctx, area, scale)
	if err != nil {
		f.err = err
		return
	}
	second := &finder{ctx: f.ctx, sheet: newSheet(near, cardLabels), again: f.again}
	second.card()
	if second.err != nil {
		f.err = second.err
		return
	}
	var merged []checks.Reading
	for _, r := range second.found {
		if old := f.has(r.Field); old != nil {
			switch {
			case old.Value == r.Value:
				r.Confidence = max(r.Confidence, old.Confidence)
			case r.Field == "name" && passesOver(r.Value, old.Value):
				r = *old
			case r.Field == "name" && passesOver(old.Value, r.Value):
			case old.Confidence >= r.Confidence:
				r = *old
			}
		}
		merged = append(merged, r)
	}
	for _, r := range f.found {
		if second.has(r.Field) == nil {
			merged = append(merged, r)
		}
	}
	f.found = merged
}

// passesOver reports whether a name is another one with characters left out, as the recogniser does with
// those that it cannot read.
func passesOver(name, whole string) bool {
	return len(name) < len(whole) && strings.Contains(whole, name) && !strings.ContainsRune(whole, unreadable)
}

// sureOfCard reports whether everything on the card's front was read well.
func (f *finder) sureOfCard() bool {
	for _, field := range []string{"id_number", "name", "birth_date", "address"} {
		if r := f.has(field); r == nil || r.Confidence < 0.93 {
			return false
		}
	}
	return true
}
