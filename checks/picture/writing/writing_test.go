package writing

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"

	"dossier/checks"
	"dossier/checks/picture/fields"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/reading"
	"dossier/checks/picture/seals"
	"dossier/fixtures"
	"dossier/fixtures/canvas"
)

// A sheet is a paper made by hand at four pixels a millimetre, as small a picture as forms are sent in, with a label to
// sign beside; a character is 16 pixels high.
type sheet struct{ r *canvas.Raster }

var label = line(20, 112, "法定代表人签字：")

func blank() sheet { return sheet{canvas.NewRaster(480, 220, canvas.RGB(248, 248, 245))} }

// line is a line of print that was read: its boxes are half as high again as its characters.
func line(x, y float64, text string) reading.Line {
	l := reading.Line{Quad: reading.Quad{{X: x, Y: y - 12}, {X: x + 16*float64(len([]rune(text))), Y: y - 12}, {X: x + 16*float64(len([]rune(text))), Y: y + 12}, {X: x, Y: y + 12}}}
	l.Text, l.Confidence = text, 0.99
	n := float64(len([]rune(text)))
	for i, r := range []rune(text) {
		l.Characters = append(l.Characters, reading.Character{Text: string(r), Confidence: 0.99, Begin: (float64(i) + 0.3) / n, End: (float64(i) + 0.7) / n})
	}
	l.Box = l.Quad.Box(480, 220)
	return l
}

func page(lines ...reading.Line) *reading.Page {
	return &reading.Page{Width: 480, Height: 220, Lines: lines}
}

// sign writes a zigzag of 100 x 40 pixels from x on.
func (s sheet) sign(x float64, c canvas.Color) sheet {
	var points []canvas.Point
	for i := range 9 {
		points = append(points, canvas.Point{X: x + 12.5*float64(i), Y: 92 + 40*float64(i%2)})
	}
	p := &canvas.Path{}
	p.Stroke(points, 3, 3)
	s.multiply(p.Mask(s.r.W, s.r.H), c, 1)
	return s
}

// stamp stamps a chop of 150 pixels about a place.
func (s sheet) stamp(x, y float64, c canvas.Color) sheet {
	s.multiply(fixtures.SealMask("天津蓝鲸（红桥）科技有限公司", 150, x, y, 10, s.r.W, s.r.H), c, 0.95)
	return s
}

// flood covers a disc with ink.
func (s sheet) flood(x, y float64, c canvas.Color) sheet {
	p := &canvas.Path{}
	p.Ellipse(x, y, 75, 75)
	s.multiply(p.Mask(s.r.W, s.r.H), c, 0.9)
	return s
}

func (s sheet) multiply(m canvas.Mask, c canvas.Color, strength float32) {
	for i, a := range m.A {
		if a > 0 {
			s.r.Multiply(m.X+i%m.W, m.Y+i/m.W, c, strength*float32(a)/255)
		}
	}
}

// saved is the picture after it was saved as a JPEG of middling quality, which halves the resolution of its colours.
func (s sheet) saved(t *testing.T) *raster.Raster {
	t.Helper()
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, s.r.Image(), &jpeg.Options{Quality: 60}); err != nil {
		t.Fatal(err)
	}
	m, err := jpeg.Decode(&buf)
	if err != nil {
		t.Fatal(err)
	}
	return raster.Reduce(m, raster.ReducedSide)
}

func chopAt(x, y int, color string) []seals.Found {
	return []seals.Found{{Seal: checks.Seal{Shape: seals.Round, Color: color, Box: checks.Region{X: x - 75, Y: y - 75, Width: 150, Height: 150}}}}
}

var (
	black   = canvas.RGB(24, 24, 28)
	ballpen = canvas.RGB(30, 36, 92)
	red     = canvas.RGB(206, 32, 44)
	dark    = canvas.RGB(160, 16, 28) // of a chop with too much ink
	blue    = canvas.RGB(42, 60, 168)
)

// A signature is found with a chop across it, nothing is found where only a chop is, and ink is told to be under a
// chop only where that has flooded.
func TestSignatureAcrossChops(t *testing.T) {
	place := fields.Place{Label: "法定代表人签字", Quad: label.Quad}
	for name, test := range map[string]struct {
		s      sheet
		chops  []seals.Found
		signed bool
		under  bool
	}{
		"nothing":                       {blank(), nil, false, false},
		"signed":                        {blank().sign(170, black), nil, true, false},
		"a chop":                        {blank().stamp(240, 110, red), chopAt(240, 110, seals.Red), false, false},
		"a chop that was not found":     {blank().stamp(240, 110, red), nil, false, false},
		"a dark chop":                   {blank().stamp(230, 100, dark), chopAt(230, 100, seals.Red), false, false},
		"a blue chop":                   {blank().stamp(240, 110, blue), chopAt(240, 110, seals.Blue), false, false},
		"a flooded chop":                {blank().flood(240, 110, red).stamp(240, 110, red), nil, false, false},
		"a chop on black":               {blank().sign(170, black).stamp(240, 110, red), chopAt(240, 110, seals.Red), true, false},
		"a chop over a half":            {blank().sign(170, black).stamp(290, 110, red), chopAt(290, 110, seals.Red), true, false},
		"a chop on a blue pen":          {blank().sign(190, ballpen).stamp(240, 110, red), chopAt(240, 110, seals.Red), true, false},
		"a dark chop on a blue pen":     {blank().sign(190, ballpen).stamp(240, 110, dark), chopAt(240, 110, seals.Red), true, false},
		"a blue chop on black":          {blank().sign(190, black).stamp(240, 110, blue), chopAt(240, 110, seals.Blue), true, false},
		"a blue chop half on a pen":     {blank().sign(170, ballpen).stamp(290, 110, blue), chopAt(290, 110, seals.Blue), true, false},
		"a flooded chop on black":       {blank().sign(190, black).flood(240, 110, red), nil, true, true},
		"a flooded chop beside a pen's": {blank().sign(170, ballpen).flood(360, 110, red), nil, true, false},
	} {
		w := SignedAt(page(label), test.s.saved(t), place, test.chops)
		signed := w.Ink >= LeastInk && w.Width >= LeastWidth && w.Height >= LeastHeight
		if signed != test.signed || !signed && w.Ink >= 0.12 || w.Under > 0.5 != test.under {
			t.Errorf("%s: signed %v (ink %.2f, %.1f x %.1f, under %.2f), want %v", name, signed, w.Ink, w.Width, w.Height, w.Under, test.signed)
		}
	}
}

// How much of each part of the foot a chop lies over; what is not there is not named.
func TestOverlaps(t *testing.T) {
	name, day := line(60, 160, "天津蓝鲸科技有限公司"), line(60, 190, "2014年9月1日")
	stamped := line(20, 136, "单位名称（盖章）：")
	signed := blank().sign(170, black).saved(t)
	for what, test := range map[string]struct {
		page    *reading.Page
		reduced *raster.Raster
		chops   []seals.Found
		want    map[string]float64
	}{
		"all of the signature": {page(label, stamped, name, day), signed, chopAt(220, 110, seals.Red), map[string]float64{"signature": 1, "company": 0.47, "date": 0.08}},
		"half of it":           {page(label, stamped, name, day), signed, chopAt(295, 110, seals.Red), map[string]float64{"signature": 0.5, "company": 0, "date": 0}},
		"the day":              {page(label, stamped, name, day), signed, chopAt(100, 200, seals.Red), map[string]float64{"signature": 0, "company": 0.72, "date": 0.8}},
		"not signed":           {page(label, stamped, name, day), blank().saved(t), chopAt(220, 110, seals.Red), map[string]float64{"company": 0.47, "date": 0.08}},
		"a day with noise":     {page(label, stamped, name, line(60, 190, "禾茶2014年9月1日")), signed, chopAt(60, 200, seals.Red), map[string]float64{"signature": 0, "company": 0.47, "date": 0.32}},
		"a day to be filled in": {page(label, line(60, 190, "年  月  日")), signed, chopAt(100, 200, seals.Red),
			map[string]float64{"signature": 0, "date": 1}},
		"only a label": {page(label), blank().saved(t), chopAt(220, 110, seals.Red), nil},
		"nothing":      {page(), blank().saved(t), chopAt(220, 110, seals.Red), nil},
	} {
		foot, err := FootOf(t.Context(), test.page, test.reduced, SignatureLabels(), test.chops)
		if err != nil {
			t.Fatal(err)
		}
		got := foot.Overlaps(&test.chops[0])
		if len(got) != len(test.want) {
			t.Errorf("%s: %v, want %v", what, got, test.want)
			continue
		}
		for part, want := range test.want {
			if v, ok := got[part]; !ok || math.Abs(v-want) > 0.05 {
				t.Errorf("%s: the chop lies over %v, want %v", what, got, test.want)
			}
		}
	}
}

// Places of any size, far away or inside out, in pictures of a pixel.
func TestOddPlaces(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	pictures := []*raster.Raster{{}, raster.Reduce(image.NewGray(image.Rect(0, 0, 1, 1)), raster.ReducedSide), raster.Reduce(image.NewGray(image.Rect(0, 0, 5000, 1)), raster.ReducedSide), blank().saved(t)}
	scales := []float64{0, 1e-9, 1, 300, 1e9, math.Inf(1), math.NaN()}
	for range 3000 {
		scale := scales[rnd.IntN(len(scales))]
		var q reading.Quad
		for i := range q {
			q[i] = reading.Point{X: scale * (rnd.Float64() - 0.5), Y: scale * (rnd.Float64() - 0.5)}
		}
		w := SignedAt(page(label), pictures[rnd.IntN(len(pictures))], fields.Place{Quad: q}, chopAt(200, 100, seals.Blue))
		if w.Ink < 0 || w.Under < 0 || w.Under > 1.001 || math.IsNaN(w.Under) {
			t.Fatalf("%v: %+v", q, w)
		}
	}
}

func BenchmarkFoot(b *testing.B) {
	reduced := raster.Reduce(blank().sign(170, black).stamp(240, 110, red).r.Image(), raster.ReducedSide)
	p := page(label, line(20, 136, "单位名称（盖章）："), line(60, 160, "天津蓝鲸科技有限公司"), line(60, 190, "2014年9月1日"))
	for b.Loop() {
		if _, err := FootOf(b.Context(), p, reduced, SignatureLabels(), chopAt(240, 110, seals.Red)); err != nil {
			b.Fatal(err)
		}
	}
}
