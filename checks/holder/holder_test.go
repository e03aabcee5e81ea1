package holder

import (
	"image"
	"image/draw"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/facecover"
	"dossier/checks/picture/faces"
	"dossier/checks/picture/heldcard"
	"dossier/checks/picture/paper"
	"dossier/checks/picture/reading"
	"dossier/fixtures"
	"dossier/fixtures/invent"
)

// run runs the checks on a picture, which is read once, and skips the test where the program was built without
// models.
func run(t *testing.T, s *checks.Subject) (codes []string, regions map[string]checks.Region) {
	t.Helper()
	regions = map[string]checks.Region{}
	for _, c := range Checks() {
		settings, err := c.Settings(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		o, err := c.Run(t.Context(), s, settings)
		why, skipped := checks.SkipReason(err)
		switch {
		case skipped && strings.Contains(why.En, "without models"):
			t.Skip(why.En)
		case skipped:
			codes = append(codes, c.ID+" skipped")
		case err != nil:
			t.Fatal(err)
		}
		for _, f := range o.Findings {
			codes = append(codes, f.Code)
			regions[f.Code] = f.Region
			worded(t, f)
		}
	}
	return codes, regions
}

func worded(t *testing.T, f checks.Finding) {
	t.Helper()
	for _, s := range []string{f.Message.En, f.Message.Zh, f.Remedy.En, f.Remedy.Zh} {
		if s == "" || strings.Contains(s, "%!") {
			t.Errorf("%s is badly worded: %q", f.Code, s)
		}
	}
}

func kept(t *testing.T, name string) *checks.Subject {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "fixtures", "cases", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return checks.NewSubject(filepath.Base(name), checks.HolderPhoto, data)
}

// S23: everything on the card is clearly visible, P03: the face is free. Photographs kept with the source: a right one,
// one with a finger over the number, one taken from too far, a mask, and dark glasses.
func TestRuleS23(t *testing.T) {
	for name, want := range map[string]string{
		"individual-complete/IMG_2041.jpg": "",
		"covered-card/手持身份证.jpg":           "number_covered",
		"card-too-far/手持身份证.jpg":           "card_too_small holder/covered skipped",
		"holder-in-mask/手持身份证.jpg":         "mask",
		"holder-in-sunglasses/手持身份证.jpg":   "sunglasses",
	} {
		codes, regions := run(t, kept(t, name))
		if got := strings.Join(codes, " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		for code, r := range regions {
			if r.IsZero() {
				t.Errorf("%s: %s has no place", name, code)
			}
		}
	}
}

// A form taken for a photograph of the holder shows neither a person nor a card.
func TestNeitherPersonNorCard(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a page")
	}
	codes, _ := run(t, kept(t, "organization-complete/授权运营书.jpg"))
	if got := strings.Join(codes, " "); got != "no_face no_card holder/covered skipped" {
		t.Errorf("%q", got)
	}
}

// Two people beside each other are several, and somebody small in the background is not.
func TestSeveralPeople(t *testing.T) {
	at := func(x, size int) faces.Face {
		return faces.Face{Box: checks.Region{X: x, Y: 100, Width: size, Height: size}, Confidence: 0.9}
	}
	for want, people := range map[string][]faces.Face{
		"":                              {at(100, 200)},
		" ":                             {at(100, 200), at(500, 60)},
		"several_people":                {at(100, 200), at(500, 120)},
		"face_too_small":                {at(100, 60)},
		"face_too_small several_people": {at(100, 60), at(300, 50)},
		"no_face":                       nil,
	} {
		var codes []string
		for _, f := range lookAtFaces(&heldcard.Scene{Width: 900, Height: 700, People: people}, 80, 0.4) {
			codes = append(codes, f.Code)
			worded(t, f)
			if f.Code == "several_people" && f.Region.Width < people[1].Box.X-people[0].Box.X {
				t.Errorf("%q: the place %v does not hold both", want, f.Region)
			}
		}
		if got := strings.Join(codes, " "); got != strings.TrimSpace(want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// What lies over a face: numbers as measured of masks, beards, hands, made-up eyes and shadows.
func TestCoveredFace(t *testing.T) {
	settings, err := Face.Settings(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	base := facecover.Cover{Skin: true, Colored: true, Seen: 1, SkinShare: 1, MostLike: 1, Glass: 1}
	with := func(change func(c *facecover.Cover)) facecover.Cover {
		c := base
		change(&c)
		return c
	}
	for name, test := range map[string]struct {
		cover facecover.Cover
		want  string
	}{
		"bare":           {base, ""},
		"mask":           {with(func(c *facecover.Cover) { c.SkinShare, c.MostLike = 0.2, 0.4 }), "mask"},
		"nose free":      {with(func(c *facecover.Cover) { c.SkinShare = 0.2 }), ""},
		"grey":           {with(func(c *facecover.Cover) { c.SkinShare, c.MostLike, c.Colored = 0, 0, false }), ""},
		"behind a card":  {with(func(c *facecover.Cover) { c.SkinShare, c.MostLike, c.Seen = 0, 0, 0.5 }), ""},
		"no skin":        {facecover.Cover{Colored: true, Seen: 1, Eyes: 1, Rim: 1}, ""},
		"dark glasses":   {with(func(c *facecover.Cover) { c.Eyes, c.Glass, c.Rim = 1, 0.2, 0.7 }), "sunglasses"},
		"made-up eyes":   {with(func(c *facecover.Cover) { c.Eyes, c.Glass, c.Rim = 0.92, 0.36, 0.3 }), ""},
		"shadow":         {with(func(c *facecover.Cover) { c.Eyes, c.Glass, c.Rim = 1, 0.3, 0.05 }), ""},
		"grey, glasses":  {with(func(c *facecover.Cover) { c.Eyes, c.Glass, c.Rim, c.Colored = 1, 0.2, 0.7, false }), "sunglasses"},
		"mask and glass": {with(func(c *facecover.Cover) { c.SkinShare, c.MostLike, c.Eyes, c.Glass, c.Rim = 0, 0, 1, 0.2, 0.7 }), "mask sunglasses"},
	} {
		var codes []string
		for _, f := range lookAtCover(test.cover, settings) {
			codes = append(codes, f.Code)
			worded(t, f)
		}
		if got := strings.Join(codes, " "); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	for name, c := range map[string]facecover.Cover{
		"no skin":  {},
		"grey":     with(func(c *facecover.Cover) { c.Colored = false }),
		"the card": with(func(c *facecover.Cover) { c.Seen = 0.3 }),
	} {
		if !isSkip(unmeasured(c)) {
			t.Errorf("%s: not skipped", name)
		}
	}
	if err := unmeasured(base); err != nil {
		t.Errorf("bare: %v", err)
	}
}

// Beards and ordinary glasses are not taken for anything worn that covers the face; nor is what they
// are in the mirror.
func TestFacesThatAreFree(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and searches pictures")
	}
	settings, err := Face.Settings(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]fixtures.HolderOptions{"beard": {Beard: true}, "glasses": {Glasses: true}, "both": {Beard: true, Glasses: true}} {
		rnd := rand.New(rand.NewPCG(31, uint64(len(name))))
		shot := fixtures.Shot{Device: fixtures.Messenger, Detail: fixtures.Small, Mirrored: name == "both"}
		who := invent.NewPerson(rnd)
		who.Male = true
		p := shot.Scene(rnd, fixtures.Holder(rnd, who, 1200, 900, o))
		found, err := faces.Find(t.Context(), p.Image, p.Image.Bounds(), faces.LeastConfidence)
		if err != nil {
			t.Skip(err) // without models
		}
		if len(found) == 0 {
			t.Errorf("%s: no face", name)
		}
		for _, f := range found {
			if cover, ok := facecover.Measure(p.Image, f.Box, nil); ok && len(lookAtCover(cover, settings)) > 0 {
				t.Errorf("%s: %+v", name, cover)
			}
		}
	}
}

// A card that is read upright is no reason to leave the face out, one that lies on its side is.
func TestSideways(t *testing.T) {
	upright := reading.Quad{{X: 0, Y: 0}, {X: 86, Y: 8}, {X: 80, Y: 60}, {X: -6, Y: 52}}
	for i, want := range []bool{false, true, true, true} {
		var q reading.Quad
		for k := range q {
			q[k] = upright[(k+i)%4]
		}
		if got := sideways(&heldcard.Card{Corners: q}); got != want {
			t.Errorf("turned %d times: %v", i, got)
		}
	}
	if sideways(nil) {
		t.Error("no card lies sideways")
	}
}

// A card that runs out of the picture is said to, with its place; one that touches the edge is not.
func TestCutOff(t *testing.T) {
	rnd := rand.New(rand.NewPCG(8, 7))
	shot := fixtures.Shot{Device: fixtures.Messenger, Detail: fixtures.Small, Taken: time.Date(2014, 9, 1, 10, 0, 0, 0, time.UTC)}
	p := shot.Scene(rnd, fixtures.Holder(rnd, invent.NewPerson(rnd), 1200, 900, fixtures.HolderOptions{}))
	x0, _, x1, y1 := p.Truth.Card.Bounds()
	for name, test := range map[string]struct {
		keep image.Rectangle
		want string
	}{
		"whole":  {image.Rect(0, 0, 1200, int(y1)+4), ""},
		"across": {image.Rect(0, 0, int(x1-0.2*(x1-x0)), 900), "card_cut_off"},
	} {
		cut := image.NewRGBA(image.Rect(0, 0, test.keep.Dx(), test.keep.Dy()))
		draw.Draw(cut, cut.Rect, p.Image, test.keep.Min, draw.Src)
		q := fixtures.Picture{Image: cut, Truth: p.Truth}
		codes, regions := run(t, checks.NewSubject("a.jpg", checks.HolderPhoto, shot.JPEG(rnd, q)))
		if got := strings.Contains(strings.Join(codes, " "), "card_cut_off"); got != (test.want != "") {
			t.Errorf("%s: %q", name, codes)
		}
		if r := regions["card_cut_off"]; test.want != "" && (r.X+r.Width != cut.Rect.Dx() || r.Width < 100) {
			t.Errorf("%s: said to be at %v", name, r)
		}
	}
}

// A sheet around the person and the card is the paper they are printed on; the card's own outline, a
// frame on the wall, and a door whose lower edge is not seen are none.
func TestPictureOfPicture(t *testing.T) {
	scene := &heldcard.Scene{Width: 1000, Height: 800, People: []faces.Face{{Box: checks.Region{X: 400, Y: 150, Width: 200, Height: 220}}},
		Card: &heldcard.Card{Corners: reading.Quad{{X: 380, Y: 500}, {X: 620, Y: 500}, {X: 620, Y: 650}, {X: 380, Y: 650}}}}
	sheet := func(x0, y0, x1, y1 float64, bottom bool) *paper.Paper {
		return &paper.Paper{Corners: paper.Quad{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}, Cut: [4]bool{paper.Bottom: bottom}}
	}
	for name, test := range map[string]struct {
		sheet *paper.Paper
		want  bool
	}{
		"a print":      {sheet(40, 30, 960, 780, false), true},
		"the card":     {sheet(380, 500, 620, 650, false), false},
		"a frame":      {sheet(50, 50, 300, 250, false), false},
		"a door":       {sheet(300, 20, 800, 800, true), false},
		"none":         {nil, false},
		"all is paper": {&paper.Paper{Whole: true, Corners: sheet(0, 0, 1000, 800, false).Corners}, false},
	} {
		f, ok := onPaper(scene, test.sheet)
		if ok != test.want {
			t.Errorf("%s: %+v", name, f)
		}
		if ok {
			worded(t, f)
		}
	}
	if _, ok := onPaper(&heldcard.Scene{}, sheet(40, 30, 960, 780, false)); ok {
		t.Error("nobody is on paper")
	}
}

func TestWhatCannotBeMeasured(t *testing.T) {
	for _, c := range Checks() {
		off, err := c.Settings(nil, map[string][]string{reading.ChoiceName: {"off"}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Run(t.Context(), kept(t, "individual-complete/IMG_2041.jpg"), off); !isSkip(err) {
			t.Errorf("%s with reading off: %v", c.ID, err)
		}
		on, err := c.Settings(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, data := range [][]byte{nil, []byte("no picture"), []byte("\xff\xd8\xff\xe0\x00\x10JFIF")} {
			if _, err := c.Run(t.Context(), checks.NewSubject("a.jpg", checks.HolderPhoto, data), on); !isSkip(err) {
				t.Errorf("%s on %q: %v", c.ID, data, err)
			}
		}
		pages := checks.NewSubject("a.pdf", checks.HolderPhoto, nil)
		pages.Parts = 2
		if _, err := c.Run(t.Context(), pages, on); !isSkip(err) {
			t.Errorf("%s on a container: %v", c.ID, err)
		}
	}
}

func isSkip(err error) bool {
	_, ok := checks.SkipReason(err)
	return ok
}

// The cost of what is measured beside the scene.
func BenchmarkCovered(b *testing.B) {
	data, err := os.ReadFile(filepath.FromSlash("../../fixtures/cases/covered-card/手持身份证.jpg"))
	if err != nil {
		b.Fatal(err)
	}
	s := checks.NewSubject("a.jpg", checks.HolderPhoto, data)
	settings, err := Covered.Settings(nil, nil)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := Covered.Run(b.Context(), s, settings); err != nil {
		b.Skip(err) // without models
	}
	if _, err := decode.Pictures.Of(b.Context(), s); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Covered.Run(b.Context(), s, settings); err != nil {
			b.Fatal(err)
		}
	}
}
