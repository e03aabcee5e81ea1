package heldcard

import (
	"context"
	"image"
	"math"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/faces"
	"dossier/checks/picture/fields"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/reading"
)

// A Scene is what a photograph of a person with the card shows.
type Scene struct {
	Width, Height int          // of the upright picture
	People        []faces.Face // faces that are not on the card, largest first
	Card          *Card        // nil if none was found
}

// How a card was found.
const (
	ByText = "text" // its labels and number were read, or its number alone
	ByFace = "face" // nothing could be read, a small face below the holder's was found
	ByBack = "back" // the labels of its other side were read
	// ByOutline: neither; a bright rectangle of its shape lies before the chest.
	ByOutline = "outline"
)

// A Card is the card in the picture.
type Card struct {
	By string
	// Corners in pixels of the upright picture, clockwise from the one that is top left as the card is
	// read. They lie outside the picture where the card is cut off. Of a card ByFace they are a
	// guess: upright, its size from the face's. Of one ByBack they are the print's.
	Corners reading.Quad
	Face    *faces.Face // on the card; nil if none was found
	// PixelsPerMM is its scale in the middle, 0 if By is ByBack.
	PixelsPerMM float64
	// Seen is how many of its labels and ends of its number were read.
	Seen int

	lies transform
}

// Quad is where a place on the card's front lies in the picture.
func (c *Card) Quad(p Place) reading.Quad {
	return reading.Quad{c.lies.at(p.X0, p.Y0), c.lies.at(p.X1, p.Y0), c.lies.at(p.X1, p.Y1), c.lies.at(p.X0, p.Y1)}
}

// At is the pixel of a point on the card's front, in millimetres from its top left corner.
func (c *Card) At(x, y float64) reading.Point { return c.lies.at(x, y) }

// Of is the point of the card's front at a pixel, in millimetres.
func (c *Card) Of(p reading.Point) reading.Point { return c.lies.of(p) }

// Of is the subject's scene, found once. An error made by checks.Skip says that nothing could be looked
// for here: no picture, or no models.
var Of = checks.NewShared("person with a card", func(ctx context.Context, s *checks.Subject) (*Scene, error) {
	page, err := reading.Text.Of(ctx, s)
	if err != nil {
		return nil, err
	}
	found, err := faces.Faces.Of(ctx, s)
	if err != nil {
		return nil, err
	}
	p, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return nil, decode.Skip(err)
	}
	reduced, err := raster.Reduced.Of(ctx, s)
	if err != nil {
		return nil, err
	}
	return Find(ctx, p.Image, reduced, page, found)
})

// Find finds the scene in a picture, given the same reduced, its text and the faces found in the whole of
// it. The error is that of a look for faces.
func Find(ctx context.Context, picture image.Image, reduced *raster.Raster, page *reading.Page, found []faces.Face) (*Scene, error) {
	s := &Scene{Width: picture.Bounds().Dx(), Height: picture.Bounds().Dy()}
	places := fields.Places(page, checks.HolderPhoto)
	lies, seen, ok := lie(page, places)
	up := upright{picture: picture, scale: 1}
	var err error
	if ok && quarters(lies) != 0 {
		// The picture lies on its side: faces are looked for as the text stands.
		up = turned(reduced, quarters(lies))
		if found, err = faces.Find(ctx, up.picture, up.picture.Bounds(), faces.LeastConfidence); err != nil {
			return nil, err
		}
	}
	if ok {
		s.Card, err = readCard(ctx, up, lies, seen, found)
	}
	if err == nil && s.Card == nil {
		if back, box := isBack(places); back {
			s.Card = &Card{By: ByBack, Corners: corners(box)}
		} else {
			s.Card, err = unread(ctx, picture, reduced, found)
		}
	}
	if err != nil {
		return nil, err
	}
	found = up.faces(found)
	for _, f := range found {
		if !s.Card.holds(f) {
			s.People = append(s.People, f)
		}
	}
	slices.SortStableFunc(s.People, func(a, b faces.Face) int { return b.Box.Height - a.Box.Height })
	return s, nil
}

// readCard is the card that lies so, nil if too little of it was read. A number alone stands on forms
// too: it is a card's where there is a face on it, or a person in the picture.
func readCard(ctx context.Context, up upright, lies transform, seen int, found []faces.Face) (*Card, error) {
	c := newCard(ByText, lies)
	c.Seen = seen
	face, err := faceOn(ctx, up.picture, newCard(ByText, up.to(lies)), found)
	if err != nil || seen <= numberAlone && face == nil && len(found) == 0 {
		return nil, err
	}
	if face != nil {
		c.Face = &up.faces([]faces.Face{*face})[0]
	}
	return c, nil
}

// numberAlone is how many places of a card are seen where only its number was read: both its ends.
const numberAlone = 2

func corners(b checks.Region) reading.Quad {
	x0, y0, x1, y1 := float64(b.X), float64(b.Y), float64(b.X+b.Width), float64(b.Y+b.Height)
	return reading.Quad{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}
}

func newCard(by string, lies transform) *Card {
	return &Card{By: by, lies: lies, PixelsPerMM: lies.scale(),
		Corners: reading.Quad{lies.at(0, 0), lies.at(CardWidth, 0), lies.at(CardWidth, CardHeight), lies.at(0, CardHeight)}}
}

// holds reports whether a face lies on the card: its middle does, and it is no larger than the card.
func (c *Card) holds(f faces.Face) bool {
	if c == nil || c.By == ByBack {
		return false
	}
	at := c.Of(centre(f))
	return at.X > 0 && at.X < CardWidth && at.Y > 0 && at.Y < CardHeight && float64(f.Box.Height) < CardHeight*c.PixelsPerMM
}

func centre(f faces.Face) reading.Point {
	return reading.Point{X: float64(f.Box.X) + float64(f.Box.Width)/2, Y: float64(f.Box.Y) + float64(f.Box.Height)/2}
}

// leastOnCard is the confidence from which a face on the card is one: its place is known, so that
// less is asked of it than of a face anywhere.
const leastOnCard = 0.3

// faceOn looks for the face on a card that was read: among those found already, in the part of the
// picture around the card, in a wider one, and around the photograph alone: what is missed at one size is mostly
// found at another.
func faceOn(ctx context.Context, picture image.Image, c *Card, found []faces.Face) (*faces.Face, error) {
	if f := c.inPortrait(found); f != nil {
		return f, nil
	}
	for _, part := range []Place{{X0: -4, Y0: -4, X1: CardWidth + 4, Y1: CardHeight + 4}, {X0: 30, Y0: -20, X1: 107, Y1: 64}, {X0: 50, Y0: -2, X1: 87, Y1: 44}} {
		b := c.Quad(part).Box(picture.Bounds().Dx(), picture.Bounds().Dy())
		area := image.Rect(b.X, b.Y, b.X+b.Width, b.Y+b.Height).Add(picture.Bounds().Min)
		list, err := faces.FindLarge(ctx, picture, area, leastOnCard)
		if err != nil {
			return nil, err
		}
		if f := c.inPortrait(list); f != nil {
			return f, nil
		}
	}
	return nil, nil
}

// inPortrait is the surest face whose middle lies on the card's photograph and that is no larger than it.
func (c *Card) inPortrait(list []faces.Face) *faces.Face {
	for _, f := range list {
		at, high := c.Of(centre(f)), float64(f.Box.Height)/c.PixelsPerMM
		if at.X > Portrait.X0 && at.X < Portrait.X1 && at.Y > Portrait.Y0 && at.Y < Portrait.Y1 && high > 6 && high < 34 {
			return &f
		}
	}
	return nil
}

// What a face on the card says of the card: the mean of 32 drawn ones, as the detector boxes them.
const (
	faceMM = 18.5 // its width
	faceX  = 68.0 // its middle
	faceY  = 23.6
)

// Where the card of somebody is looked for when nothing on it can be read, in widths of the face: before
// the chest, from the chin to the waist. Its own face is at most so much of the holder's.
const (
	chestAside = 2.5
	chestDown  = 4.5
	cardFace   = 0.62
)

// unread finds a card on which nothing could be read: by its outline before the chest of the person
// with the largest face, or by a small face there; nil if there is neither.
func unread(ctx context.Context, picture image.Image, reduced *raster.Raster, found []faces.Face) (*Card, error) {
	holder := largest(found)
	if holder == nil {
		return nil, nil
	}
	if lies, ok := outlineBelow(reduced, *holder); ok {
		c := newCard(ByOutline, lies)
		var err error
		if c.Face, err = faceOn(ctx, picture, c, found); err == nil && c.Face == nil {
			// In a mirrored picture, whose text is not read either, the photograph is at the left.
			c.Face, err = faceOn(ctx, picture, newCard(ByOutline, lies.mirrored()), found)
		}
		return c, err
	}
	if f := smaller(found, *holder); f != nil {
		return byFace(f), nil
	}
	b, w := holder.Box, float64(holder.Box.Width)
	mid := float64(b.X) + w/2
	chest := image.Rect(int(mid-chestAside*w), b.Y+b.Height, int(mid+chestAside*w), b.Y+b.Height+int(chestDown*w))
	list, err := faces.FindLarge(ctx, picture, chest.Add(picture.Bounds().Min), faces.LeastConfidence)
	if err != nil {
		return nil, err
	}
	if f := smaller(list, *holder); f != nil {
		return byFace(f), nil
	}
	return nil, nil
}

func byFace(f *faces.Face) *Card {
	s, at := float64(f.Box.Width)/faceMM, centre(*f)
	c := newCard(ByFace, transform{a: s, c: at.X - s*faceX, e: s, f: at.Y - s*faceY})
	c.Face = f
	return c
}

func largest(list []faces.Face) *faces.Face {
	var l *faces.Face
	for i := range list {
		if l == nil || list[i].Box.Height > l.Box.Height {
			l = &list[i]
		}
	}
	return l
}

// smaller is the surest face that could be on a card the holder holds.
func smaller(list []faces.Face, holder faces.Face) *faces.Face {
	h := centre(holder)
	for _, f := range list {
		at := centre(f)
		if float64(f.Box.Width) < cardFace*float64(holder.Box.Width) && at.Y > float64(holder.Box.Y+holder.Box.Height) && math.Abs(at.X-h.X) < chestAside*float64(holder.Box.Width) {
			return &f
		}
	}
	return nil
}
