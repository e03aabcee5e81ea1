package kinds

import (
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"testing"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/faces"
	"dossier/checks/picture/heldcard"
	"dossier/checks/picture/paper"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/reading"
	"dossier/fixtures"
)

// farOff is what is left of a drawn paper when it is so small that nothing on it can be read.
func farOff(t *testing.T, d drawing) *raster.Raster {
	t.Helper()
	p, err := decode.Decode(d.draw())
	if err != nil {
		t.Fatal(err)
	}
	return raster.Reduce(decode.Thumbnail(p.Image, 200), raster.ReducedSide)
}

// The layout of licences and certificates of the organisation code, and none of those of other papers and people.
func TestLayout(t *testing.T) {
	for i, p := range papers {
		for k, device := range []fixtures.Device{fixtures.Messenger, fixtures.Scanner} {
			if i > 2 && device == fixtures.Scanner {
				continue // what has no such layout is drawn once
			}
			l := layoutOf(farOff(t, drawing{paper: p.name, device: device, seed: uint64(500 + 2*i + k)}))
			license, code := p.kind == checks.BusinessLicense, p.kind == checks.OrganizationCodeCertificate
			if l.license() != license || l.code() != code {
				t.Errorf("%s, %s: licence %v, code %v: %+v", p.name, device, l.license(), l.code(), l)
			}
			r := judge(view{text: textOf(), layout: l})
			if told := r.decides(); told != (license || code) || told && (r.Kind != p.kind || r.Confidence >= Sure) {
				t.Errorf("%s, %s: %+v", p.name, device, r)
			}
		}
	}
}

// Nothing is seen, and nothing breaks down, in pictures of any form and content.
func TestLayoutOfOdd(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, b := range []image.Rectangle{image.Rect(0, 0, 1, 1), image.Rect(0, 0, 3, 900), image.Rect(0, 0, 900, 3), image.Rect(0, 0, 160, 160), image.Rect(0, 0, 161, 47), image.Rect(0, 0, 1700, 30)} {
		m := image.NewRGBA(b)
		for _, noise := range []int{0, 1, 256} {
			for i := range m.Pix {
				if noise > 0 {
					m.Pix[i] = uint8(255 - rnd.IntN(noise))
				}
			}
			if l := layoutOf(raster.Reduce(m, raster.ReducedSide)); l.license() || l.code() {
				t.Errorf("%v, noise %d: %+v", b, noise, l)
			}
		}
	}
}

// The photograph on a card that is too blurred for a face, as it is and mirrored; a blank sheet has none.
func TestPortraitOn(t *testing.T) {
	holder := faces.Face{Box: checks.Region{X: 240, Y: 60, Width: 120, Height: 150}, Confidence: 0.9}
	card := image.Rect(200, 320, 414, 455) // as wide as the card is to its height
	for _, test := range []struct {
		name        string
		x0, x1      int
		least, most float64
	}{
		{"blank", 0, 0, 0, 0}, {"photograph", 355, 390, 0.9, 1}, {"mirrored", 224, 259, 0.9, 1}, {"print all over", 215, 400, 0, 0.1},
	} {
		m := image.NewRGBA(image.Rect(0, 0, 600, 600))
		draw.Draw(m, m.Rect, image.NewUniform(color.Gray{60}), image.Point{}, draw.Src)
		draw.Draw(m, card, image.White, image.Point{}, draw.Src)
		r := raster.Reduce(m, raster.ReducedSide)
		scene, err := heldcard.Find(t.Context(), m, r, &reading.Page{}, []faces.Face{holder})
		if _, skipped := checks.SkipReason(err); skipped {
			t.Skip(err)
		}
		if err != nil || scene.Card == nil {
			t.Fatalf("no card: %v", err)
		}
		draw.Draw(m, image.Rect(test.x0, 345, test.x1, 410), image.Black, image.Point{}, draw.Src)
		if v := portraitOn(raster.Reduce(m, raster.ReducedSide), scene.Card); v < test.least || v > test.most {
			t.Errorf("%s: %v", test.name, v)
		}
	}
}

// What is small is looked at closer, what fills the picture is not.
func TestCloser(t *testing.T) {
	sheet := func(x0, y0, x1, y1 float64) *paper.Paper {
		return &paper.Paper{Corners: paper.Quad{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}}
	}
	for _, test := range []struct {
		name  string
		size  image.Rectangle
		sheet *paper.Paper
		want  int
	}{
		{"a far sheet", image.Rect(0, 0, 1200, 900), sheet(400, 300, 800, 560), 1},
		{"a sheet that fills the picture", image.Rect(0, 0, 1200, 900), sheet(10, 10, 1190, 840), 0},
		{"a small picture", image.Rect(0, 0, 420, 315), nil, 1},
		{"a large picture", image.Rect(0, 0, 4000, 3000), nil, 0},
		{"a sheet without extent", image.Rect(0, 0, 1200, 900), sheet(5, 5, 5, 5), 0},
	} {
		if got := len(closer(test.size, view{text: textOf(), sheet: test.sheet})); got != test.want {
			t.Errorf("%s: %d looks, want %d", test.name, got, test.want)
		}
	}
}

// Of two readings of one place the surer stays, and both of different places.
func TestMerge(t *testing.T) {
	a, b := page("first", "second"), page("FIRST", "other", "third")
	a.Lines[0].Confidence, a.Lines[1].Confidence = 0.4, 0.9
	b.Lines[0].Confidence, b.Lines[1].Confidence = 0.8, 0.7
	// The second page's lines are wider: the same places all the same.
	var got []string
	for _, l := range merge(a, b).Lines {
		got = append(got, l.Text)
	}
	if len(got) != 3 || got[0] != "second" || got[1] != "FIRST" || got[2] != "third" {
		t.Errorf("%q", got)
	}
	if m := merge(a, &reading.Page{}); len(m.Lines) != 2 {
		t.Errorf("with nothing: %+v", m.Lines)
	}
}

// A letter that is small in the picture, so that the first reading finds too few of its words, is read again from nearer.
func TestWhatIsFarOffIsReadAgain(t *testing.T) {
	r := of(t, drawing{"proposal", "far", fixtures.Messenger, 31005}.draw())
	if r.Kind != checks.Proposal || !r.decides() {
		t.Errorf("%+v", r)
	}
}
