package heldcard

import (
	"math"
	"math/rand/v2"
	"testing"

	"dossier/checks"
	"dossier/checks/picture/fields"
	"dossier/checks/picture/reading"
)

// line is a line of text as it is read on a card that lies so.
func line(t transform, text string, x0, x1, y float64) reading.Line {
	const half = 2.3 // millimetres: the search for lines boxes print so
	l := reading.Line{Quad: reading.Quad{t.at(x0, y-half), t.at(x1, y-half), t.at(x1, y+half), t.at(x0, y+half)}}
	l.Text, l.Confidence, l.Least = text, 0.99, 0.99
	n := len([]rune(text))
	for i, r := range []rune(text) {
		l.Characters = append(l.Characters, reading.Character{Text: string(r), Confidence: 0.99,
			Begin: (float64(i) + 0.3) / float64(n), End: (float64(i) + 0.7) / float64(n)})
	}
	l.Box = l.Quad.Box(10000, 10000)
	return l
}

// card is the page of a card that lies so.
func card(t transform) *reading.Page {
	return &reading.Page{Width: 10000, Height: 10000, Lines: []reading.Line{
		line(t, "姓名张伟", 5.1, 23, 9.5), line(t, "性别男民族汉", 5.2, 36, 16.6), line(t, "出生1949年12月31日", 5.4, 43, 23.7),
		line(t, "住址北京市朝阳区新华路158", 5.4, 50, 30.8), line(t, "号怡景小区3幢1503室", 14.5, 47, 35.5),
		line(t, "公民身份号码", 5.7, 22.5, 47.2), line(t, "11010519491231002X", 27.5, 78.4, 47.1),
	}}
}

func lying(degrees, scale, x, y float64) transform {
	s, c := math.Sincos(degrees * math.Pi / 180)
	return transform{scale * c, -scale * s, x, scale * s, scale * c, y}
}

// worst is by how many millimetres the worst corner is off.
func worst(a, b transform) (mm float64) {
	for _, c := range [][2]float64{{0, 0}, {CardWidth, 0}, {CardWidth, CardHeight}, {0, CardHeight}} {
		p, q := a.at(c[0], c[1]), b.at(c[0], c[1])
		mm = max(mm, math.Hypot(p.X-q.X, p.Y-q.Y)/b.scale())
	}
	return mm
}

// However a card lies, it is found where it lies: what was read is moved a little, other print lies around.
func TestHowACardLies(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		truth := lying(rnd.Float64()*40-20, 1.5+rnd.Float64()*12, 200+rnd.Float64()*2000, 200+rnd.Float64()*2000)
		page := card(truth)
		for i := range page.Lines {
			q := &page.Lines[i].Quad
			dx, dy := (rnd.Float64()-0.5)*0.8*truth.scale(), (rnd.Float64()-0.5)*0.8*truth.scale()
			for k := range q {
				q[k].X, q[k].Y = q[k].X+dx, q[k].Y+dy
			}
		}
		// A label and a number that are not the card's, and labels that were not read.
		page.Lines = append(page.Lines, line(lying(3, 9, 20, 3000), "姓名", 0, 9, 0), line(lying(-4, 7, 900, 4000), "400820882000", 0, 40, 0))
		page.Lines = append(page.Lines[:1], page.Lines[1+rnd.IntN(3):]...)
		got, seen, ok := lie(page, fields.Places(page, checks.HolderPhoto))
		if !ok || seen < 3 {
			t.Fatalf("a card at %+v was not found, %d seen", truth, seen)
		}
		if d := worst(got, truth); d > 3.5 {
			t.Fatalf("a card at %+v is said to lie %.1f mm beside it", truth, d)
		}
	}
}

// The number alone tells where the card is; half a number, a telephone number and running text do not.
func TestWhatIsNoCard(t *testing.T) {
	truth := lying(5, 4, 300, 400)
	number := &reading.Page{Width: 2000, Height: 2000, Lines: card(truth).Lines[6:]}
	if got, _, ok := lie(number, nil); !ok || worst(got, truth) > 1 {
		t.Errorf("by its number alone: %v, %+v", ok, got)
	}
	for name, text := range map[string]string{"half": "1101051949", "telephone": "13812345678", "text": "北京市朝阳区新华路", "none": ""} {
		page := &reading.Page{Width: 2000, Height: 2000, Lines: []reading.Line{line(truth, text, 27.5, 78.4, 47.1)}}
		if got, _, ok := lie(page, fields.Places(page, checks.HolderPhoto)); ok {
			t.Errorf("%s is taken for a card at %+v", name, got)
		}
	}
	// Three labels in one place are no card either.
	spot := &reading.Page{Width: 2000, Height: 2000}
	for _, text := range []string{"姓名", "出生", "住址"} {
		spot.Lines = append(spot.Lines, line(lying(0, 4, 100, 100), text, 0, 9, 0))
	}
	if _, _, ok := lie(spot, fields.Places(spot, checks.HolderPhoto)); ok {
		t.Error("labels on a heap are taken for a card")
	}
}

// The other side of the card is known by its own labels.
func TestBack(t *testing.T) {
	at := lying(2, 5, 100, 100)
	back := &reading.Page{Width: 2000, Height: 2000, Lines: []reading.Line{
		line(at, "签发机关", 20, 32, 40), line(at, "朝阳分局", 36, 50, 40), line(at, "有效期限", 20, 32, 47), line(at, "2010.05.01-2030.05.01", 36, 70, 47)}}
	if ok, box := isBack(fields.Places(back, checks.HolderPhoto)); !ok || box.IsZero() {
		t.Errorf("the back is not known: %v %v", ok, box)
	}
	if ok, _ := isBack(fields.Places(card(at), checks.HolderPhoto)); ok {
		t.Error("the front is taken for the back")
	}
}

// Lines without a size or with corners that are no numbers are passed over.
func TestHostilePages(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		page := card(lying(rnd.Float64()*360, rnd.Float64()*3, 50, 50))
		for i := range page.Lines {
			if rnd.IntN(2) == 0 {
				page.Lines[i].Quad[rnd.IntN(4)].X = []float64{math.NaN(), math.Inf(1), -1e300, 0}[rnd.IntN(4)]
			}
		}
		for range rnd.IntN(4) {
			page.Lines = append(page.Lines, page.Lines...)
		}
		if got, _, ok := lie(page, fields.Places(page, checks.HolderPhoto)); ok && !got.sound() {
			t.Fatalf("unsound: %+v", got)
		}
	}
}

func TestPlacesAndBack(t *testing.T) {
	c := newCard(ByText, lying(12, 6, 300, 200))
	for _, p := range []reading.Point{{X: 0, Y: 0}, {X: 44, Y: 12}, {X: 85, Y: 54}} {
		if q := c.Of(c.At(p.X, p.Y)); math.Hypot(q.X-p.X, q.Y-p.Y) > 1e-9 {
			t.Errorf("%v comes back as %v", p, q)
		}
	}
	if math.Abs(c.PixelsPerMM-6) > 1e-9 {
		t.Errorf("%g pixels a millimetre, want 6", c.PixelsPerMM)
	}
}
