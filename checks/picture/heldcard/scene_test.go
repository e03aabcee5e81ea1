//go:build !nomodels

package heldcard

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"dossier/checks"
	"dossier/checks/picture/faces"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/reading"
	"dossier/fixtures"
	"dossier/fixtures/invent"
)

func photo(seed uint64, o fixtures.HolderOptions) (image.Image, fixtures.Truth) {
	rnd := rand.New(rand.NewPCG(seed, 7))
	shot := fixtures.Shot{Device: fixtures.Messenger, Detail: fixtures.Small, Taken: time.Date(2014, 9, 1, 10, 0, 0, 0, time.UTC)}
	p := shot.Scene(rnd, fixtures.Holder(rnd, invent.NewPerson(rnd), 1200, 900, o))
	return p.Image, p.Truth
}

func scene(t *testing.T, img image.Image, page *reading.Page) *Scene {
	t.Helper()
	found, err := faces.Find(t.Context(), img, img.Bounds(), faces.LeastConfidence)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Find(t.Context(), img, raster.Reduce(img, raster.ReducedSide), page, found)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// off is by how many millimetres of the card its worst corner is off.
func off(c *Card, truth fixtures.Truth) (mm float64) {
	for i, p := range c.Corners {
		mm = max(mm, math.Hypot(p.X-truth.Card[i].X, p.Y-truth.Card[i].Y)/c.PixelsPerMM)
	}
	return mm
}

// The scene as it is drawn: by what was read, which is made from the truth here, and without by the outline.
func TestScene(t *testing.T) {
	for seed := range uint64(3) {
		img, truth := photo(seed, fixtures.HolderOptions{Far: seed == 2})
		q := truth.Card
		scale := math.Hypot(q[1].X-q[0].X, q[1].Y-q[0].Y) / CardWidth
		lies := lying(math.Atan2(q[1].Y-q[0].Y, q[1].X-q[0].X)*180/math.Pi, scale, q[0].X, q[0].Y)
		for by, page := range map[string]*reading.Page{ByText: card(lies), ByOutline: {Width: 1200, Height: 900}} {
			s := scene(t, img, page)
			if len(s.People) != 1 || s.Card == nil || s.Card.By != by || s.Card.Face == nil {
				t.Errorf("seed %d, %s: %d people, card %+v", seed, by, len(s.People), s.Card)
				continue
			}
			if mm := off(s.Card, truth); mm > 5 {
				t.Errorf("seed %d, %s: the card is %.1f mm off", seed, by, mm)
			}
		}
	}
}

// In a mirrored picture nothing is read, and the face on the card is at the left.
func TestMirrored(t *testing.T) {
	img, _ := photo(9, fixtures.HolderOptions{})
	b := img.Bounds()
	mirror := image.NewRGBA(b)
	for y := range b.Dy() {
		for x := range b.Dx() {
			mirror.Set(b.Dx()-1-x, y, img.At(x, y))
		}
	}
	s := scene(t, mirror, &reading.Page{})
	if len(s.People) != 1 || s.Card == nil || s.Card.By != ByOutline || s.Card.Face == nil {
		t.Fatalf("%d people, card %+v", len(s.People), s.Card)
	}
	if at := s.Card.Of(centre(*s.Card.Face)); at.X > CardWidth/2 {
		t.Errorf("the face is at %v on a mirrored card", at)
	}
}

// A person without a card, and a room without a person.
func TestNothingIsMadeUp(t *testing.T) {
	img, truth := photo(1, fixtures.HolderOptions{})
	x0, y0, x1, y1 := truth.Card.Bounds()
	bare := image.NewRGBA(img.Bounds())
	draw.Draw(bare, bare.Rect, img, image.Point{}, draw.Src)
	// Where the card and the hands were there is the cloth.
	draw.Draw(bare, image.Rect(int(x0)-120, int(y0)-10, int(x1)+120, int(y1)+300), image.NewUniform(color.RGBA{70, 80, 100, 255}), image.Point{}, draw.Src)
	if s := scene(t, bare, &reading.Page{}); len(s.People) != 1 || s.Card != nil {
		t.Errorf("without a card: %d people, card %+v", len(s.People), s.Card)
	}
	room := image.NewRGBA(image.Rect(0, 0, 900, 700))
	draw.Draw(room, room.Rect, image.NewUniform(color.RGBA{200, 190, 170, 255}), image.Point{}, draw.Src)
	if s := scene(t, room, &reading.Page{}); len(s.People) != 0 || s.Card != nil {
		t.Errorf("an empty room: %+v", s)
	}
}

// A picture of the card alone has no person in it: the face is the card's.
func TestCardAlone(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 7))
	sheet := fixtures.IDCard(rnd, invent.NewPerson(rnd), 12)
	img := sheet.Raster.Image()
	s := scene(t, img, card(lying(0, 12, 0, 0)))
	if len(s.People) != 0 || s.Card == nil || s.Card.Face == nil {
		t.Errorf("%d people, card %+v", len(s.People), s.Card)
	}
}

// The tint of the card where a finger lies differs from that where none does.
func TestGround(t *testing.T) {
	for _, covered := range []bool{false, true} {
		img, truth := photo(4, fixtures.HolderOptions{Covered: covered})
		q := truth.Card
		scale := math.Hypot(q[1].X-q[0].X, q[1].Y-q[0].Y) / CardWidth
		c := newCard(ByText, lying(math.Atan2(q[1].Y-q[0].Y, q[1].X-q[0].X)*180/math.Pi, scale, q[0].X, q[0].Y))
		r := raster.Reduce(img, raster.ReducedSide)
		here, there := c.GroundOf(r, Place{X0: 66, Y0: 45, X1: 74, Y1: 49}), c.GroundOf(r, Place{X0: 30, Y0: 45, X1: 38, Y1: 49})
		if d := here.Red - there.Red; (d > 0.05) != covered {
			t.Errorf("covered %v: red differs by %.3f", covered, d)
		}
		if g := c.GroundOf(r, Place{X0: -2000, Y0: 0, X1: -1990, Y1: 5}); g.Inside != 0 {
			t.Errorf("outside the picture: %+v", g)
		}
	}
}

func TestOddPictures(t *testing.T) {
	for _, r := range []image.Rectangle{image.Rect(0, 0, 1, 1), image.Rect(0, 0, 4000, 1), image.Rect(0, 0, 3, 500)} {
		for _, img := range []image.Image{image.NewGray(r), image.NewCMYK(r), image.NewPaletted(r, color.Palette{color.White})} {
			s := scene(t, img, card(lying(0, 12, -300, 20)))
			if len(s.People) != 0 {
				t.Errorf("%v: %+v", r, s)
			}
			holder := faces.Face{Box: checks.Region{X: -50, Y: -50, Width: 60, Height: 60}}
			outlineBelow(raster.Reduce(img, raster.ReducedSide), holder)
		}
	}
	if _, err := Of.Of(t.Context(), checks.NewSubject("a.jpg", checks.HolderPhoto, []byte("no picture"))); err == nil {
		t.Error("no reason for what is no picture")
	}
}

// The cost of everything but faces and reading.
func BenchmarkOutline(b *testing.B) {
	img, truth := photo(1, fixtures.HolderOptions{})
	r := raster.Reduce(img, raster.ReducedSide)
	var holder faces.Face
	for _, f := range truth.Faces {
		if f.Of == "holder" {
			holder.Box = f.Box
		}
	}
	for b.Loop() {
		if _, ok := outlineBelow(r, holder); !ok {
			b.Fatal("the card was not found")
		}
	}
}

func BenchmarkFind(b *testing.B) {
	img, _ := photo(1, fixtures.HolderOptions{})
	r := raster.Reduce(img, raster.ReducedSide)
	found, err := faces.Find(context.Background(), img, img.Bounds(), faces.LeastConfidence)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Find(context.Background(), img, r, &reading.Page{}, found); err != nil {
			b.Fatal(err)
		}
	}
}

// A picture that lies on its side or on its head shows the same.
func TestTurned(t *testing.T) {
	img, truth := photo(6, fixtures.HolderOptions{})
	q := truth.Card
	scale := math.Hypot(q[1].X-q[0].X, q[1].Y-q[0].Y) / CardWidth
	page := card(lying(math.Atan2(q[1].Y-q[0].Y, q[1].X-q[0].X)*180/math.Pi, scale, q[0].X, q[0].Y))
	straight := scene(t, img, page)
	for n := 1; n < 4; n++ {
		// Turned so often to the right.
		w, h := img.Bounds().Dx(), img.Bounds().Dy()
		side := image.NewRGBA(image.Rect(0, 0, h, w))
		for y := range h {
			for x := range w {
				side.Set(h-1-y, x, img.At(x, y))
			}
		}
		for i := range page.Lines {
			l := &page.Lines[i]
			for k, p := range l.Quad {
				l.Quad[k] = reading.Point{X: float64(h) - p.Y, Y: p.X}
			}
		}
		page.Width, page.Height = h, w
		img = side
		s := scene(t, img, page)
		if len(s.People) != 1 || s.Card == nil || s.Card.Face == nil || s.Card.By != ByText {
			t.Errorf("turned %d times: %d people, card %+v", n, len(s.People), s.Card)
			continue
		}
		if d := math.Abs(s.Card.PixelsPerMM - straight.Card.PixelsPerMM); d > 0.01 {
			t.Errorf("turned %d times: %g pixels a millimetre, want %g", n, s.Card.PixelsPerMM, straight.Card.PixelsPerMM)
		}
		at := s.Card.Of(centre(*s.Card.Face))
		if want := straight.Card.Of(centre(*straight.Card.Face)); math.Hypot(at.X-want.X, at.Y-want.Y) > 4 {
			t.Errorf("turned %d times: the card's face is at %v on it, want %v", n, at, want)
		}
		at = s.Card.Of(centre(s.People[0]))
		if want := straight.Card.Of(centre(straight.People[0])); math.Hypot(at.X-want.X, at.Y-want.Y) > 15 {
			t.Errorf("turned %d times: the holder's face is at %v from the card, want %v", n, at, want)
		}
	}
}
