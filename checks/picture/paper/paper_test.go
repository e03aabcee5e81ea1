package paper

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"dossier/checks"
	"dossier/checks/picture/raster"
	"dossier/fixtures"
	"dossier/fixtures/camera"
	"dossier/fixtures/canvas"
	"dossier/fixtures/invent"

	"pgregory.net/rapid"
)

var date = time.Date(2014, 9, 1, 0, 0, 0, 0, time.UTC)

func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 3)) }

// form and license draw papers for a seed.
func form(r *rand.Rand) fixtures.Paper {
	c := invent.NewCompany(r, date)
	return func(ppm float64) *fixtures.Sheet { return fixtures.Form(r, c, date, ppm, fixtures.FormOptions{}) }
}

func license(r *rand.Rand) fixtures.Paper {
	c := invent.NewCompany(r, date)
	return func(ppm float64) *fixtures.Sheet {
		return fixtures.OldLicence(r, c, date, ppm, fixtures.LicenceOptions{})
	}
}

func idCard(r *rand.Rand) fixtures.Paper {
	who := invent.NewPerson(r)
	return func(ppm float64) *fixtures.Sheet { return fixtures.IDCard(r, who, ppm) }
}

func subject(t *testing.T, data []byte) *checks.Subject {
	t.Helper()
	return checks.NewSubject("a.jpg", checks.Unknown, data)
}

func of(t *testing.T, m image.Image) *Paper {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 85}); err != nil {
		t.Fatal(err)
	}
	return ofFile(t, b.Bytes())
}

func ofFile(t *testing.T, data []byte) *Paper {
	t.Helper()
	p, err := Of.Of(context.Background(), subject(t, data))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// far is how far the worst corner lies from the truth, as part of the picture's diagonal, whichever corner
// is the first.
func far(q Quad, truth canvas.Quad, m image.Image) float64 {
	best := math.Inf(1)
	for turn := range 4 {
		var worst float64
		for i, p := range q {
			c := truth[(i+turn)%4]
			worst = max(worst, math.Hypot(p.X-c.X, p.Y-c.Y))
		}
		best = min(best, worst)
	}
	return best / math.Hypot(float64(m.Bounds().Dx()), float64(m.Bounds().Dy()))
}

// Sheets and cards photographed on a table are found to a thousandth of the picture, with their scale.
func TestPhotographed(t *testing.T) {
	tests := []struct {
		name  string
		w, h  float64
		paper func(*rand.Rand) fixtures.Paper
	}{{"form", 210, 297, form}, {"licence", 210, 297, license}, {"card", 85.6, 54, idCard}}
	for i, test := range tests {
		r := seeded(uint64(10 + i))
		picture := fixtures.Shot{Device: fixtures.Messenger, Detail: fixtures.Small}.Sheet(r, test.w, test.h, test.paper(r))
		p := of(t, picture.Image)
		if p == nil || p.Whole {
			t.Errorf("%s: found %+v", test.name, p)
			continue
		}
		if d := far(p.Corners, picture.Truth.Paper, picture.Image); d > 0.002 {
			t.Errorf("%s: the worst corner is %.4f of the diagonal off", test.name, d)
		}
		if p.Cut != [4]bool{} {
			t.Errorf("%s: cut off: %v", test.name, p.Cut)
		}
		truth := math.Sqrt(area(picture.Truth.Paper) / (test.w * test.h))
		if p.Scale != ScaleOutline || math.Abs(p.PixelsPerMM/truth-1) > 0.01 {
			t.Errorf("%s: %.3f pixels a millimetre (%s), truth is %.3f", test.name, p.PixelsPerMM, p.Scale, truth)
		}
	}
}

func area(q canvas.Quad) float64 {
	var out Quad
	for i, p := range q {
		out[i] = Point{p.X, p.Y}
	}
	return polygon(out[:]).area()
}

// A scan shows paper all over: by its edges beside the lid or as a whole, and the scale is the file's.
func TestScanned(t *testing.T) {
	for seed := range uint64(3) {
		r := seeded(20 + seed)
		shot := fixtures.Shot{Device: fixtures.Scanner, Detail: fixtures.Small}
		picture := shot.Sheet(r, 210, 297, license(r))
		p := ofFile(t, shot.JPEG(r, picture))
		if p == nil {
			t.Errorf("seed %d: no paper", seed)
			continue
		}
		if d := far(p.Corners, picture.Truth.Paper, picture.Image); d > 0.025 {
			t.Errorf("seed %d: the worst corner is %.4f of the diagonal off", seed, d)
		}
		if p.Scale != ScaleDeclared || math.Abs(p.PixelsPerMM-100/25.4) > 0.01 {
			t.Errorf("seed %d: %.3f pixels a millimetre (%s)", seed, p.PixelsPerMM, p.Scale)
		}
		want := lean(picture.Truth.Paper)
		if math.Abs(p.Skew-want) > 0.4 {
			t.Errorf("seed %d: leans %.2f degrees, truth is %.2f", seed, p.Skew, want)
		}
	}
}

func lean(q canvas.Quad) float64 {
	return math.Atan2(q[1].Y-q[0].Y, q[1].X-q[0].X) * 180 / math.Pi
}

// Without its lid a scan is whole.
func TestWhole(t *testing.T) {
	r := seeded(30)
	picture := fixtures.Shot{Device: fixtures.Scanner, Detail: fixtures.Small}.Sheet(r, 210, 297, form(r))
	b := picture.Image.Rect
	p := of(t, cropped(picture.Image, b.Inset(b.Dx()/25)))
	if p == nil || !p.Whole || p.Cut != [4]bool{} {
		t.Errorf("found %+v", p)
	}
}

// A side that runs out of the picture is called cut off, and no other.
func TestCut(t *testing.T) {
	r := seeded(40)
	picture := fixtures.Shot{Device: fixtures.Messenger, Detail: fixtures.Small}.Sheet(r, 210, 297, form(r))
	b := picture.Image.Rect
	for side, part := range map[int]image.Rectangle{
		Top: image.Rect(0, b.Dy()/6, b.Dx(), b.Dy()), Right: image.Rect(0, 0, b.Dx()*5/6, b.Dy()),
		Bottom: image.Rect(0, 0, b.Dx(), b.Dy()*5/6), Left: image.Rect(b.Dx()/6, 0, b.Dx(), b.Dy()),
	} {
		p := of(t, cropped(picture.Image, part))
		want := [4]bool{}
		want[side] = true
		if p == nil || p.Cut != want || p.PixelsPerMM != 0 {
			t.Errorf("side %d cut off: found %+v", side, p)
		}
	}
}

func cropped(m *image.RGBA, part image.Rectangle) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, part.Dx(), part.Dy()))
	draw.Draw(out, out.Rect, m, part.Min, draw.Src)
	return out
}

// A sheet that lies at any angle is found.
func TestTurned(t *testing.T) {
	for _, degrees := range []float64{-40, -15, 20, 44, 90} {
		r := seeded(50)
		dst := canvas.NewRaster(900, 900, canvas.Color{})
		camera.Table(dst, r)
		const ppm = 2.4
		sheet := form(r)(ppm)
		place := canvas.Translate(-105, -148.5).Then(canvas.Rotate(degrees)).Then(canvas.Scale(ppm)).Then(canvas.Translate(450, 450))
		camera.Lay(dst, sheet.Raster, ppm, place, 0.1, 1)
		m := dst.Image()
		p := of(t, m)
		truth := canvas.RectQuad(0, 0, 210, 297).Map(place)
		if p == nil || p.Whole || far(p.Corners, truth, m) > 0.003 {
			t.Errorf("turned by %v degrees: found %+v", degrees, p)
			continue
		}
		if want := math.Mod(degrees+225, 90) - 45; math.Abs(math.Remainder(p.Skew-want, 90)) > 0.2 {
			t.Errorf("turned by %v degrees: leans %.2f, want %.2f", degrees, p.Skew, want)
		}
	}
}

// White paper is found on a table that is nearly as white.
func TestPale(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 800, 600))
	r := seeded(60)
	for y := range 600 {
		for x := range 800 {
			c, noise := [3]int{226, 219, 206}, r.IntN(9)-4
			if x >= 150 && x < 650 && y >= 100 && y < 453 {
				c = [3]int{240, 239, 235}
				if x > 200 && x < 600 && y > 150 && y < 400 && y%20 < 7 && x%9 < 5 {
					c = [3]int{60, 60, 60}
				}
			}
			m.SetRGBA(x, y, color.RGBA{uint8(c[0] + noise), uint8(c[1] + noise), uint8(c[2] + noise), 255})
		}
	}
	p := of(t, m)
	truth := canvas.RectQuad(150, 100, 500, 353)
	if p == nil || p.Whole || far(p.Corners, truth, m) > 0.002 {
		t.Errorf("found %+v", p)
	}
}

// Where there is no paper none is found: a bare table, and people, whether they hold a card or not.
func TestNone(t *testing.T) {
	for seed := range uint64(6) {
		dst := canvas.NewRaster(800, 600, canvas.Color{})
		camera.Table(dst, seeded(70+seed))
		if p := of(t, dst.Image()); p != nil {
			t.Errorf("table %d: found %+v", seed, p)
		}
	}
	for seed := range uint64(3) {
		r := seeded(80 + seed)
		scene := fixtures.Holder(r, invent.NewPerson(r), 900, 675, fixtures.HolderOptions{})
		m := fixtures.Shot{Device: fixtures.Messenger, Detail: fixtures.Small}.Scene(r, scene).Image
		if p := of(t, m); p != nil && (p.Whole || far(p.Corners, *scene.Truth.Card, m) > 0.01) {
			t.Errorf("holder %d: found %+v, which is not the card", seed, p)
		}
	}
}

// Pictures of any shape and kind are looked at or left alone.
func TestOdd(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 5000}, {5000, 1}, {3, 3}, {63, 2000}, {2000, 64}, {64, 64}} {
		r := image.Rect(0, 0, size[0], size[1])
		for _, m := range []draw.Image{image.NewGray(r), image.NewRGBA(r), image.NewPaletted(r, color.Palette{color.White, color.Black})} {
			for i := range min(size[0], size[1]) {
				m.Set(i, i, color.White)
			}
			var b bytes.Buffer
			if err := png.Encode(&b, m); err != nil {
				t.Fatal(err)
			}
			ofFile(t, b.Bytes())
		}
	}
}

func TestNoPicture(t *testing.T) {
	_, err := Of.Of(context.Background(), subject(t, []byte("no picture")))
	if _, skipped := checks.SkipReason(err); !skipped {
		t.Errorf("error %v", err)
	}
}

// What a file declares is believed where it gives a known paper, whoever declares it.
func TestDeclared(t *testing.T) {
	jfif := func(units byte, x, y uint16) []byte {
		return append([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01"), units, byte(x>>8), byte(x), byte(y>>8), byte(y), 0, 0)
	}
	for _, test := range []struct {
		data []byte
		want float64
	}{
		{jfif(1, 200, 200), 200 / 25.4},
		{jfif(2, 79, 79), 7.9},
		{jfif(0, 1, 1), 0},
		{jfif(1, 72, 72), 0},
		{jfif(1, 200, 100), 0},
		{[]byte("BM"), 0},
	} {
		if got := declaredScale(subject(t, test.data), 1654, 2339); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%q: %v, want %v", test.data, got, test.want)
		}
	}
	// A sheet of 842 x 1190 pixels would be one of A3 by the 72 dots an inch that cameras write into everything.
	if got := declaredScale(subject(t, jfif(1, 72, 72)), 842, 1190); got != 0 {
		t.Errorf("72 dots an inch are believed: %v", got)
	}
	if got := declaredScale(subject(t, jfif(1, 73, 73)), 842*73/72, 1190*73/72); got == 0 {
		t.Error("73 dots an inch are not believed, though the sheet is then one of A3")
	}
}

func drawQuad(t *rapid.T) Quad {
	at := func(name string, x, y float64) Point {
		return Point{x + rapid.Float64Range(-30, 30).Draw(t, name+" x"), y + rapid.Float64Range(-30, 30).Draw(t, name+" y")}
	}
	return Quad{at("a", 0, 0), at("b", 200, 0), at("c", 200, 100), at("d", 0, 100)}
}

// The maps of quads send corners to corners and back.
func TestHomography(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := drawQuad(t)
		h := q.FromUnit()
		back := h.Inverse()
		for i, u := range []Point{{0, 0}, {1, 0}, {1, 1}, {0, 1}} {
			if p := h.Map(u); math.Hypot(p.X-q[i].X, p.Y-q[i].Y) > 1e-6 {
				t.Fatalf("corner %d comes to lie at %v, want %v", i, p, q[i])
			}
			if p := back.Map(q[i]); math.Hypot(p.X-u.X, p.Y-u.Y) > 1e-6 {
				t.Fatalf("corner %d comes from %v, want %v", i, p, u)
			}
		}
	})
}

// What is cut to a picture is no larger than either, and all of it where it lies within.
func TestClipped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := drawQuad(t)
		w, h := rapid.Float64Range(1, 300).Draw(t, "w"), rapid.Float64Range(1, 300).Draw(t, "h")
		part, all := q.clipped(w, h).area(), polygon(q[:]).area()
		if part > all+1e-6 || part > w*h+1e-6 {
			t.Fatalf("%v of %v in %v", part, all, w*h)
		}
		for i := range q {
			q[i].X, q[i].Y = q[i].X+40, q[i].Y+40
		}
		if part := q.clipped(400, 400).area(); math.Abs(part-all) > 1e-6 {
			t.Fatalf("%v of %v within", part, all)
		}
	})
}

// The straightened view shows what stood in the quad, at any size.
func TestStraighten(t *testing.T) {
	const ppm = 4
	sheet := form(seeded(90))(ppm)
	dst := canvas.NewRaster(1100, 1300, canvas.RGB(90, 90, 90))
	q := canvas.Quad{{X: 90, Y: 60}, {X: 880, Y: 80}, {X: 900, Y: 1230}, {X: 70, Y: 1200}}
	camera.Lay(dst, sheet.Raster, ppm, canvas.QuadToQuad(canvas.RectQuad(0, 0, 210, 297), q), 0, 1)
	m := dst.Image()
	var quad Quad
	for i, p := range q {
		quad[i] = Point{p.X, p.Y}
	}
	for _, side := range []int{297, 594} {
		got := Straighten(m, quad, side)
		want := raster.Reduce(sheet.Raster.Image(), side)
		if abs(got.Rect.Dx()-want.Width) > side/30 || abs(got.Rect.Dy()-want.Height) > side/30 {
			t.Fatalf("%v, want about %d x %d", got.Rect, want.Width, want.Height)
		}
		if r := correlation(got, want); r < 0.8 {
			t.Errorf("side %d: correlates with the sheet by %.2f", side, r)
		}
	}
	if got := Straighten(m, Quad{{0, 0}, {0, 9}, {9, 9}, {9, 0}}, 100); got != nil {
		t.Error("a quad the wrong way round gives a view")
	}
	if got := Straighten(m, Quad{{-5000, -5000}, {-4000, -5000}, {-4000, -4000}, {-5000, -4000}}, 10); got != nil && got.RGBAAt(5, 5) != (color.RGBA{255, 255, 255, 255}) {
		t.Error("what lies outside the picture is not white")
	}
}

func abs(v int) int { return max(v, -v) }

// correlation compares green values place by place.
func correlation(a *image.RGBA, b *raster.Raster) float64 {
	var n, sa, sb, saa, sbb, sab float64
	for y := range b.Height {
		for x := range b.Width {
			u := float64(a.RGBAAt(x*a.Rect.Dx()/b.Width, y*a.Rect.Dy()/b.Height).G)
			v := float64(b.Pixels[3*(y*b.Width+x)+1])
			n, sa, sb, saa, sbb, sab = n+1, sa+u, sb+v, saa+u*u, sbb+v*v, sab+u*v
		}
	}
	return (n*sab - sa*sb) / math.Sqrt((n*saa-sa*sa)*(n*sbb-sb*sb))
}

func BenchmarkFind(b *testing.B) {
	r := seeded(1)
	m := fixtures.Shot{Device: fixtures.Messenger, Detail: fixtures.Detail{LongSide: 2828, Quick: true}}.Sheet(r, 210, 297, form(r)).Image
	small := raster.Reduce(m, raster.ReducedSide)
	for b.Loop() {
		if _, err := find(context.Background(), small); err != nil {
			b.Fatal(err)
		}
	}
}
