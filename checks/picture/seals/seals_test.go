package seals

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/paper"
	"dossier/checks/picture/raster"
	"dossier/fixtures"
	"dossier/fixtures/canvas"
	"dossier/fixtures/invent"
)

var date = time.Date(2014, 9, 15, 0, 0, 0, 0, time.UTC)

// A document is one that was drawn, and photographed or scanned.
type document struct {
	data  []byte
	truth fixtures.Truth
}

func drawn(seed uint64, device fixtures.Device, w, h float64, paper func(r *rand.Rand, c invent.Company, ppm float64) *fixtures.Sheet) document {
	r := rand.New(rand.NewPCG(seed, 11))
	c := invent.NewCompany(r, date)
	s := fixtures.Shot{Device: device, Detail: fixtures.Frugal, Taken: date}
	p := s.Sheet(r, w, h, func(ppm float64) *fixtures.Sheet { return paper(r, c, ppm) })
	return document{s.JPEG(r, p), p.Truth}
}

func form(seed uint64, device fixtures.Device, o fixtures.FormOptions) document {
	return drawn(seed, device, 210, 297, func(r *rand.Rand, c invent.Company, ppm float64) *fixtures.Sheet {
		return fixtures.Form(r, c, date, ppm, o)
	})
}

func oldLicence(seed uint64, device fixtures.Device, o fixtures.LicenceOptions) document {
	return drawn(seed, device, 210, 297, func(r *rand.Rand, c invent.Company, ppm float64) *fixtures.Sheet {
		return fixtures.OldLicence(r, c, c.Founded, ppm, o)
	})
}

func newLicence(seed uint64, device fixtures.Device, o fixtures.LicenceOptions) document {
	return drawn(seed, device, 297, 210, func(r *rand.Rand, c invent.Company, ppm float64) *fixtures.Sheet {
		return fixtures.NewLicence(r, c, date.AddDate(5, 0, 0), ppm, o)
	})
}

func of(t testing.TB, data []byte) []Found {
	t.Helper()
	found, err := Of.Of(t.Context(), checks.NewSubject("a.jpg", checks.Unknown, data))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func overlap(a, b checks.Region) float64 {
	w := min(a.X+a.Width, b.X+b.Width) - max(a.X, b.X)
	h := min(a.Y+a.Height, b.Y+b.Height) - max(a.Y, b.Y)
	if w <= 0 || h <= 0 {
		return 0
	}
	both := float64(w * h)
	return both / (float64(a.Width*a.Height+b.Width*b.Height) - both)
}

// Every chop of a drawn document is found with its shape, colour and place, and nothing else is: not
// the emblem, the red title, the border, the signature, or the card's pictures.
func TestChopsOfDrawnDocuments(t *testing.T) {
	for name, d := range map[string]document{
		"a form, sent by messenger":     form(1, fixtures.Messenger, fixtures.FormOptions{}),
		"a form with an invoice chop":   form(2, fixtures.Phone, fixtures.FormOptions{WrongSeal: true}),
		"a form without a chop":         form(3, fixtures.Messenger, fixtures.FormOptions{NoSeal: true}),
		"an old licence, scanned":       oldLicence(4, fixtures.Scanner, fixtures.LicenceOptions{}),
		"an old licence, photographed":  oldLicence(5, fixtures.Phone, fixtures.LicenceOptions{}),
		"an old licence without a chop": oldLicence(6, fixtures.Messenger, fixtures.LicenceOptions{NoSeal: true, NoInspections: true}),
		"a new licence, photographed":   newLicence(7, fixtures.Phone, fixtures.LicenceOptions{}),
		"a new licence without a chop":  newLicence(8, fixtures.Scanner, fixtures.LicenceOptions{NoSeal: true}),
		"a certificate of the code": drawn(9, fixtures.Scanner, 210, 148, func(r *rand.Rand, c invent.Company, ppm float64) *fixtures.Sheet {
			return fixtures.OrganizationCodeCertificate(r, c, date, ppm)
		}),
		"a register's blue chop": drawn(10, fixtures.Messenger, 210, 297, func(r *rand.Rand, _ invent.Company, ppm float64) *fixtures.Sheet {
			return fixtures.Incorporation(r, invent.NewForeignCompany(r, date), ppm)
		}),
		"an ID card": drawn(11, fixtures.Phone, 85.6, 54, func(r *rand.Rand, c invent.Company, ppm float64) *fixtures.Sheet {
			return fixtures.IDCard(r, c.Operator, ppm)
		}),
	} {
		t.Run(name, func(t *testing.T) {
			found := of(t, d.data)
			if len(found) != len(d.truth.Seals) {
				t.Errorf("%d chops are found, %d are there: %+v", len(found), len(d.truth.Seals), found)
			}
			for _, want := range d.truth.Seals {
				best := Found{}
				for _, f := range found {
					if overlap(f.Box, want.Box) > overlap(best.Box, want.Box) {
						best = f
					}
				}
				if best.Shape != want.Shape || best.Color != want.Color || overlap(best.Box, want.Box) < 0.8 {
					t.Errorf("%s %s chop of the %s at %v is found as %+v", want.Color, want.Shape, want.Role, want.Box, best)
				}
				if best.Confidence <= 0 || best.Confidence > 1 || best.Completeness < 0.8 || best.Strength <= 0.1 || best.Cut {
					t.Errorf("measures of a whole chop: %+v", best)
				}
			}
		})
	}
}

// What was printed with no colour has no chops that could be told; what is no picture neither.
func TestWithoutColorNothingIsSaid(t *testing.T) {
	gray := image.NewGray(image.Rect(0, 0, 300, 400))
	for y := range 400 {
		for x := range 300 {
			gray.SetGray(x, y, color.Gray{uint8(200 + (x+y)%50)})
		}
	}
	for name, data := range map[string][]byte{"gray": encode(t, gray), "no picture": []byte("text")} {
		_, err := Of.Of(t.Context(), checks.NewSubject("a.png", checks.Unknown, data))
		if why, ok := checks.SkipReason(err); !ok || why.En == "" || why.Zh == "" {
			t.Errorf("%s: %v, want a reason", name, err)
		}
	}
}

func encode(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Pictures of any size and content are no trouble, and places stay within them.
func TestOddPictures(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, size := range [][2]int{{1, 1}, {5000, 1}, {1, 5000}, {3, 2000}, {17, 16}, {640, 480}} {
		m := image.NewRGBA(image.Rect(0, 0, size[0], size[1]))
		for i := range m.Pix {
			m.Pix[i] = uint8(rnd.Uint32()) | uint8(0xff*(i%4/3))
		}
		for _, f := range of(t, encode(t, m)) {
			if f.Box.X < 0 || f.Box.Y < 0 || f.Box.X+f.Box.Width > size[0] || f.Box.Y+f.Box.Height > size[1] {
				t.Errorf("%v: %+v lies outside", size, f)
			}
		}
	}
}

// A scale gives millimetres; and an outline straightens what was seen at an angle.
func TestDiameterAndShapeFromThePaper(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		radius := rapid.Float64Range(10, 40).Draw(t, "radius")
		x, y := rapid.Float64Range(50, 160).Draw(t, "x"), rapid.Float64Range(50, 240).Draw(t, "y")
		// A sheet of A4 in the plane, leaning away to one side.
		lean := rapid.Float64Range(0, 60).Draw(t, "lean")
		corners := [4]point{{100 + lean, 80}, {500 - lean, 90}, {520, 640}, {80, 650}}
		back, ok := projection(corners, 210, 297)
		if !ok {
			t.Fatal("no projection")
		}
		for i, want := range [4]point{{0, 0}, {210, 0}, {210, 297}, {0, 297}} {
			if got := back(corners[i]); math.Hypot(got.x-want.x, got.y-want.y) > 1e-6 {
				t.Fatalf("corner %d comes out at %v, want %v", i, got, want)
			}
		}
		forth := inverse(back, corners)
		var rim []point
		for i := range 48 {
			a := 2 * math.Pi * float64(i) / 48
			rim = append(rim, forth(point{x + radius*math.Cos(a), y + radius*math.Sin(a)}))
		}
		e, ok := conic(rim)
		if !ok {
			t.Fatal("a circle seen at an angle is no ellipse")
		}
		v := view{toMM: back, pixels: 2}
		ratio, mm := v.proportions(e)
		if ratio < 0.99 || math.Abs(mm-2*radius) > 0.02*radius {
			t.Fatalf("a circle of %.1f mm comes out as %.1f mm, ratio %.3f", 2*radius, mm, ratio)
		}
	})
	for name, p := range map[string]*paper.Paper{"nothing": nil, "no scale": {}, "a photograph's resolution": {PixelsPerMM: 2.83, Scale: paper.ScaleDeclared}} {
		if v := newView(p, 1); v.pixels != 0 || v.toMM != nil {
			t.Errorf("%s gives a scale", name)
		}
	}
}

// inverse solves back(q) = p by Newton's method from the middle of the corners.
func inverse(back func(point) point, corners [4]point) func(point) point {
	return func(p point) point {
		q := point{(corners[0].x + corners[2].x) / 2, (corners[0].y + corners[2].y) / 2}
		for range 50 {
			const d = 1e-4
			at, ax, ay := back(q), back(point{q.x + d, q.y}), back(point{q.x, q.y + d})
			a, b, c, e := (ax.x-at.x)/d, (ay.x-at.x)/d, (ax.y-at.y)/d, (ay.y-at.y)/d
			det := a*e - b*c
			dx, dy := p.x-at.x, p.y-at.y
			q.x += (e*dx - b*dy) / det
			q.y += (a*dy - c*dx) / det
		}
		return q
	}
}

// An ellipse is found again from points on it, whatever its place, size and turn.
func TestConic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := ellipse{rapid.Float64Range(-500, 500).Draw(t, "x"), rapid.Float64Range(-500, 500).Draw(t, "y"),
			rapid.Float64Range(10, 300).Draw(t, "a"), 0, rapid.Float64Range(-1.5, 1.5).Draw(t, "turn")}
		want.b = want.a * rapid.Float64Range(0.4, 0.98).Draw(t, "ratio")
		var points []point
		for i := range 9 {
			points = append(points, want.at(float64(i)*0.7, 1))
		}
		got, ok := conic(points)
		if !ok {
			t.Fatal("no ellipse")
		}
		for i := range 20 {
			if r, _ := got.radius(want.at(float64(i), 1)); math.Abs(r-1) > 1e-3 {
				t.Fatalf("%+v comes out as %+v", want, got)
			}
		}
		if got.a < got.b {
			t.Fatalf("the axes of %+v are exchanged", got)
		}
	})
}

// A frame of any turn is found from points on its sides.
func TestFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		turn := rapid.Float64Range(-0.6, 0.6).Draw(t, "turn")
		w, h := rapid.Float64Range(30, 80).Draw(t, "w"), rapid.Float64Range(30, 80).Draw(t, "h")
		s, c := math.Sincos(turn)
		at := func(u, v float64) point { return point{100 + u*c - v*s, 100 + u*s + v*c} }
		var points []point
		for i := range 60 {
			k := float64(i)/59 - 0.5
			points = append(points, at(k*w, -h/2), at(k*w, h/2), at(-w/2, k*h), at(w/2, k*h))
		}
		f, ok := fitFrame(points)
		if !ok {
			t.Fatal("no frame")
		}
		for i, want := range [4]point{at(w/2, -h/2), at(w/2, h/2), at(-w/2, h/2), at(-w/2, -h/2)} {
			best := math.Inf(1)
			for _, q := range f.corners {
				best = min(best, math.Hypot(q.x-want.x, q.y-want.y))
			}
			if best > 1.5 {
				t.Fatalf("corner %d of %v x %v turned by %v is %v off: %v", i, w, h, turn, best, f.corners)
			}
		}
	})
}

// The same picture gives the same answer: the search is by chance, but by the same chance.
func TestSameAnswerTwice(t *testing.T) {
	d := form(1, fixtures.Messenger, fixtures.FormOptions{})
	a, b := of(t, d.data), of(t, d.data)
	if len(a) != len(b) || len(a) == 0 || a[0].Box != b[0].Box {
		t.Errorf("%+v, then %+v", a, b)
	}
}

// The cost beyond the reduced picture, on a sheet of six million pixels.
func BenchmarkFind(b *testing.B) {
	d := drawn(5, fixtures.Phone, 210, 297, func(r *rand.Rand, c invent.Company, ppm float64) *fixtures.Sheet {
		return fixtures.OldLicence(r, c, c.Founded, ppm, fixtures.LicenceOptions{})
	})
	s := checks.NewSubject("a.jpg", checks.Unknown, d.data)
	r, err := raster.Reduced.Of(b.Context(), s)
	if err != nil {
		b.Fatal(err)
	}
	// As many pixels as six million leave when they are reduced by two.
	big := &raster.Raster{Width: 1414, Height: 1060, Reduce: 2}
	out := r.Shrink(1414, 1060)
	big.Pixels = make([]uint8, len(out))
	for i, v := range out {
		big.Pixels[i] = uint8(v)
	}
	for b.Loop() {
		if _, err := find(b.Context(), shrink(big), nil); err != nil {
			b.Fatal(err)
		}
	}
}

// stamped puts a frame with characters on a picture, in red ink, turned a little.
func stamped(t *testing.T, data []byte, cx, cy, w, h, turn float64, lines ...string) []byte {
	t.Helper()
	p, err := decode.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	m := image.NewRGBA(p.Image.Bounds())
	draw.Draw(m, m.Rect, p.Image, image.Point{}, draw.Src)
	path := &canvas.Path{}
	path.Frame(-w/2, -h/2, w, h, 0.05*h)
	size := 0.8 * h / float64(len(lines))
	for i, line := range lines {
		glyphs, wide := canvas.Text(line, canvas.Style{Size: size, Bold: 0.03})
		path.Add(glyphs, canvas.Translate(-wide/2, -h/2+(float64(i)+0.95)*h/float64(len(lines))))
	}
	mask := path.Mapped(canvas.Rotate(turn).Then(canvas.Translate(cx, cy))).Mask(m.Rect.Dx(), m.Rect.Dy())
	for y := range mask.H {
		for x := range mask.W {
			a := float64(mask.A[y*mask.W+x]) / 255 * 0.7
			q := m.Pix[m.PixOffset(mask.X+x, mask.Y+y):]
			for i, v := range [3]float64{205, 40, 55} {
				q[i] = uint8(float64(q[i]) * (1 - a + a*v/255))
			}
		}
	}
	return encode(t, m)
}

// Square chops and stamps of a word are told from round chops and from the tables and boxes of a form.
func TestFramesOfDrawnDocuments(t *testing.T) {
	blank := form(21, fixtures.Scanner, fixtures.FormOptions{NoSeal: true})
	w := float64(blank.truth.Width)
	for name, test := range map[string]struct {
		data  []byte
		shape string
	}{
		"a finance chop":     {stamped(t, blank.data, 0.6*w, 1.1*w, 0.11*w, 0.11*w, 6, "财务", "专用"), Square},
		"a stamp of a word":  {stamped(t, blank.data, 0.55*w, 1.12*w, 0.3*w, 0.1*w, -8, "PAID"), Other},
		"nothing but a form": {blank.data, ""},
	} {
		found := of(t, test.data)
		shape := ""
		if len(found) == 1 {
			shape = found[0].Shape
		}
		if len(found) > 1 || shape != test.shape {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

// The share of a region that lies within a chop: of a round one its ellipse, of any other its box.
func TestShare(t *testing.T) {
	round := Found{Seal: checks.Seal{Box: checks.Region{X: 0, Y: 0, Width: 200, Height: 100}}, rim: ellipse{100, 50, 100, 50, 0}}
	square := Found{Seal: checks.Seal{Box: round.Box}}
	for name, test := range map[string]struct {
		r             checks.Region
		round, square float64
	}{
		"the whole box":     {round.Box, math.Pi / 4, 1},
		"the right half":    {checks.Region{X: 100, Y: 0, Width: 200, Height: 100}, math.Pi / 8, 0.5},
		"in the middle":     {checks.Region{X: 90, Y: 40, Width: 20, Height: 20}, 1, 1},
		"in the corner":     {checks.Region{X: 0, Y: 0, Width: 20, Height: 10}, 0, 1},
		"far off":           {checks.Region{X: 500, Y: 500, Width: 20, Height: 20}, 0, 0},
		"nothing":           {checks.Region{X: 90, Y: 40}, 0, 0},
		"inside out":        {checks.Region{X: 90, Y: 40, Width: -5, Height: 5}, 0, 0},
		"larger than large": {checks.Region{X: -1 << 40, Y: -1 << 40, Width: 1 << 41, Height: 1 << 41}, 0, 0},
	} {
		if got := round.Share(test.r); math.Abs(got-test.round) > 0.01 {
			t.Errorf("%s: %.3f of it lies under the round chop, want %.3f", name, got, test.round)
		}
		if got := square.Share(test.r); math.Abs(got-test.square) > 0.01 {
			t.Errorf("%s: %.3f of it lies under the square chop, want %.3f", name, got, test.square)
		}
	}
}
