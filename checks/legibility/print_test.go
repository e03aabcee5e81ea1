package legibility

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/paper"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/reading"
	"dossier/checks/picture/strokes"
	"dossier/fixtures"
	"dossier/fixtures/canvas"
)

// runOne runs a check on a picture and holds its findings to what every finding must have: a declared code, a place in
// the picture, and words with their numbers.
func runOne(t *testing.T, c *checks.Check, kind checks.Kind, data []byte) (codes []string, skipped bool) {
	t.Helper()
	words := map[string][]string{}
	if c == Skew {
		words[reading.ChoiceName] = []string{"off"} // it takes long and only adds to what the lines say
	}
	return codesOf(t, c, checks.NewSubject("a.jpg", kind, data), words)
}

// codesOf does runOne's work on a subject, with a profile's choices.
func codesOf(t *testing.T, c *checks.Check, s *checks.Subject, words map[string][]string) (codes []string, skipped bool) {
	t.Helper()
	settings, err := c.Settings(nil, words)
	if err != nil {
		t.Fatal(err)
	}
	o, err := c.Run(t.Context(), s, settings)
	if err != nil {
		if why, ok := checks.SkipReason(err); !ok || why.En == "" || why.Zh == "" {
			t.Fatalf("%s: %v", c.ID, err)
		}
		return nil, true
	}
	for _, f := range o.Findings {
		codes = append(codes, f.Code)
		if !slices.ContainsFunc(c.Codes, func(k checks.Code) bool { return k.Code == f.Code }) {
			t.Errorf("%s: %s is not declared", c.ID, f.Code)
		}
		for _, words := range []string{f.Message.En, f.Message.Zh, f.Remedy.En, f.Remedy.Zh} {
			if words == "" || strings.Contains(words, "%!") {
				t.Errorf("%s.%s is worded %q", c.ID, f.Code, words)
			}
		}
		p, err := decode.Pictures.Of(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		r := image.Rect(f.Region.X, f.Region.Y, f.Region.X+f.Region.Width, f.Region.Y+f.Region.Height)
		if r.Empty() || !r.In(p.Image.Bounds()) {
			t.Errorf("%s.%s is at %v of %v", c.ID, f.Code, f.Region, p.Image.Bounds())
		}
		if f.Overlay != nil && f.Overlay.Bounds().Empty() {
			t.Errorf("%s.%s has an empty drawing", c.ID, f.Code)
		}
		if len(f.Measures) == 0 {
			t.Errorf("%s.%s has no measure", c.ID, f.Code)
		}
	}
	return codes, false
}

func keptFile(t *testing.T, name string) []byte { return kept(t, name, checks.Unknown).Data }

func encoded(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 85}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// changed takes a picture apart, changes it, and saves it.
func changed(t *testing.T, data []byte, change func(m *canvas.Raster) *canvas.Raster) []byte {
	t.Helper()
	p, err := decode.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return encoded(t, change(canvasOf(p.Image)).Image())
}

// pixelChecks are those that need no reader.
var pixelChecks = []*checks.Check{Sharpness, Exposure, Glare, Resolution, Cropped, Skew, Screen, Photocopy}

// Good pictures from a scanner, a phone and a messenger: nothing is found.
func TestGoodPictures(t *testing.T) {
	for name, kind := range map[string]checks.Kind{
		"organization-complete/营业执照.jpg": checks.BusinessLicense, "organization-complete/手持身份证.jpg": checks.HolderPhoto,
		"organization-complete/组织机构代码证.gif": checks.OrganizationCodeCertificate, "overseas-complete/IMG_0077.jpg": checks.Credential,
	} {
		data := keptFile(t, name)
		for _, c := range []*checks.Check{Sharpness, Exposure, Glare, Resolution, Cropped, Screen, Photocopy} {
			if !c.AppliesTo(kind) {
				continue
			}
			if codes, skipped := runOne(t, c, kind, data); len(codes) > 0 || skipped && c != Screen {
				t.Errorf("%s: %s finds %v, skipped %v", name, c.ID, codes, skipped)
			}
		}
	}
}

// Each fault is found by its check. The pictures are those kept with the source, or made from them.
func TestFaults(t *testing.T) {
	form := keptFile(t, "organization-complete/授权运营书.jpg")
	card := keptFile(t, "overseas-complete/IMG_0077.jpg")
	for name, test := range map[string]struct {
		check *checks.Check
		kind  checks.Kind
		data  []byte
		want  string
	}{
		"blurred photo": {Sharpness, checks.HolderPhoto, keptFile(t, "blurred-photo/IMG_2063.jpg"), "blurred"},
		"blurred form":  {Sharpness, checks.ApplicationForm, changed(t, form, func(m *canvas.Raster) *canvas.Raster { m.Blur(2.4); return m }), "blurred"},
		"half of it blurred": {Sharpness, checks.ApplicationForm, changed(t, form, func(m *canvas.Raster) *canvas.Raster {
			soft := &canvas.Raster{W: m.W, H: m.H, Pix: slices.Clone(m.Pix)}
			soft.Blur(1.7)
			copy(m.Pix[:len(m.Pix)*2/5], soft.Pix)
			return m
		}), "blurred_in_part"},
		"dark photo": {Exposure, checks.HolderPhoto, keptFile(t, "dark-photo/IMG_2063.jpg"), "too_dark"},
		"faint form": {Exposure, checks.ApplicationForm, changed(t, form, func(m *canvas.Raster) *canvas.Raster { fade(m, 0.14); return m }), "low_contrast"},
		"washed out": {Exposure, checks.ApplicationForm, changed(t, form, func(m *canvas.Raster) *canvas.Raster {
			for i, v := range m.Pix {
				m.Pix[i] = canvas.Clamp(v*0.4 + 0.65)
			}
			return m
		}), "too_bright"},
		"shadow": {Exposure, checks.ApplicationForm, changed(t, form, func(m *canvas.Raster) *canvas.Raster {
			for i := range m.Pix[:len(m.Pix)/2] {
				m.Pix[i] *= 0.5
			}
			return m
		}), "shadow"},
		"moved form":                {Sharpness, checks.ApplicationForm, changed(t, form, func(m *canvas.Raster) *canvas.Raster { m.MotionBlur(18, 25); return m }), "blurred"},
		"print that has faded away": {Exposure, checks.ApplicationForm, changed(t, form, func(m *canvas.Raster) *canvas.Raster { fade(m, 0.06); return m }), "low_contrast"},
		"noisy form":                {Exposure, checks.ApplicationForm, changed(t, form, func(m *canvas.Raster) *canvas.Raster { grain(m, 0.12); return m }), "noisy"},
		"burnt photo": {Exposure, checks.HolderPhoto, changed(t, keptFile(t, "organization-complete/手持身份证.jpg"), func(m *canvas.Raster) *canvas.Raster {
			for i, v := range m.Pix {
				m.Pix[i] = canvas.Clamp(0.45 + 2.5*v)
			}
			return m
		}), "too_bright"},
		"glare on the card": {Glare, checks.HolderPhoto, keptFile(t, "glare-on-card/IMG_2063.jpg"), "glare"},
		"small form":        {Resolution, checks.ApplicationForm, changed(t, form, func(m *canvas.Raster) *canvas.Raster { return m.Resize(m.W*2/5, m.H*2/5) }), "text_too_small"},
		"cut form": {Cropped, checks.ApplicationForm, changed(t, form, func(m *canvas.Raster) *canvas.Raster {
			out := canvas.NewRaster(m.W*6/10, m.H, canvas.Color{})
			for y := range m.H {
				copy(out.Pix[3*y*out.W:3*(y+1)*out.W], m.Pix[3*y*m.W:])
			}
			return out
		}), "text_cut"},
		"card on its side": {Skew, checks.Credential, changed(t, card, func(m *canvas.Raster) *canvas.Raster {
			out := canvas.NewRaster(m.H, m.W, canvas.Color{})
			for y := range m.H {
				for x := range m.W {
					copy(out.Pix[3*(x*out.W+y):][:3], m.Pix[3*(y*m.W+x):][:3])
				}
			}
			return out
		}), "sideways"},
	} {
		t.Run(name, func(t *testing.T) {
			if codes, skipped := runOne(t, test.check, test.kind, test.data); !slices.Contains(codes, test.want) {
				t.Errorf("%v, skipped %v, want %s", codes, skipped, test.want)
			}
		})
	}
}

// grain adds noise.
func grain(m *canvas.Raster, deviation float64) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for i, v := range m.Pix {
		m.Pix[i] = canvas.Clamp(v + float32(rnd.NormFloat64()*deviation))
	}
}

// One fault is not called another: pale print and the edge of a shadow are not blurred, noise is no print, and blurred print is
// not faded.
func TestOneFaultIsNotAnother(t *testing.T) {
	form := keptFile(t, "organization-complete/授权运营书.jpg")
	for name, test := range map[string]struct {
		check  *checks.Check
		change func(*canvas.Raster)
	}{
		"pale, not blurred": {Sharpness, func(m *canvas.Raster) { fade(m, 0.16) }},
		"a shadow's edge, not blurred": {Sharpness, func(m *canvas.Raster) {
			for y := range m.H {
				for x := range m.W {
					light := 1 - 0.6*min(1, max(0, float32(x+y-m.W)/40))
					for k := range 3 {
						m.Pix[3*(y*m.W+x)+k] *= light
					}
				}
			}
		}},
		"noisy, not small":  {Resolution, func(m *canvas.Raster) { grain(m, 0.12) }},
		"noisy, not cut":    {Cropped, func(m *canvas.Raster) { grain(m, 0.12) }},
		"blurred, not pale": {Exposure, func(m *canvas.Raster) { m.Blur(4) }},
	} {
		if codes, _ := runOne(t, test.check, checks.ApplicationForm, changed(t, form, func(m *canvas.Raster) *canvas.Raster { test.change(m); return m })); len(codes) > 0 {
			t.Errorf("%s: %v", name, codes)
		}
	}
}

// What is only seen on pictures of a whole scene: each is drawn with the fault, and the clean one is among the good
// pictures above.
func TestDrawnFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("draws five pictures")
	}
	shot := fixtures.Shot{Device: fixtures.Messenger, Detail: fixtures.Frugal}
	with := func(change func(*fixtures.Shot)) fixtures.Shot { s := shot; change(&s); return s }
	for name, test := range map[string]struct {
		check *checks.Check
		shot  fixtures.Shot
		want  string
	}{
		"screen": {Screen, with(func(s *fixtures.Shot) { s.Screen = true }), "screen"},
		// A phone's sensor puts colours at the edges of black print.
		"photocopy": {Photocopy, with(func(s *fixtures.Shot) { s.Photocopy, s.Device = true, fixtures.Phone }), "copy"},
		"shadow":    {Exposure, with(func(s *fixtures.Shot) { s.Shadow = true }), "shadow"},
		"skewed":    {Skew, with(func(s *fixtures.Shot) { s.Skewed = true }), "leaning"},
	} {
		t.Run(name, func(t *testing.T) {
			data, truth := drawing{"code", 77, test.shot}.draw()
			if codes, skipped := runOne(t, test.check, truth.Kind, data); !slices.Contains(codes, test.want) {
				t.Errorf("%v, skipped %v, want %s", codes, skipped, test.want)
			}
		})
	}
}

// A grey copy of a licence is seen by one of the two checks, an original by neither.
func TestOneOfTwoSeesACopy(t *testing.T) {
	if testing.Short() {
		t.Skip("draws four pictures")
	}
	for _, device := range []fixtures.Device{fixtures.Phone, fixtures.Scanner} {
		for _, copied := range []bool{true, false} {
			data, truth := drawing{"licence", 78, fixtures.Shot{Device: device, Detail: fixtures.Frugal, Photocopy: copied}}.draw()
			found, _ := runOne(t, Photocopy, truth.Kind, data)
			gray, _ := runOne(t, Color, truth.Kind, data)
			if n := len(found) + len(gray); copied && n != 1 || !copied && n != 0 {
				t.Errorf("%s, copied %v: %v and %v", device, copied, found, gray)
			}
		}
	}
}

// Mirrored print is read in a mirror only.
func TestMirrored(t *testing.T) {
	if testing.Short() {
		t.Skip("reads two pictures")
	}
	for name, want := range map[string]string{"mirrored-photo/手持身份证.jpg": "mirrored", "organization-complete/手持身份证.jpg": ""} {
		codes, skipped := runOne(t, Mirrored, checks.HolderPhoto, keptFile(t, name))
		if skipped {
			t.Skip("the program was built without models")
		}
		if got := strings.Join(codes, " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// What is no document, or no picture, is skipped with a reason and never fails.
func TestWhatIsNoDocument(t *testing.T) {
	flat := image.NewPaletted(image.Rect(0, 0, 5000, 1), color.Palette{color.White, color.Black})
	for name, data := range map[string][]byte{
		"one pixel": encoded(t, image.NewGray(image.Rect(0, 0, 1, 1))), "a strip": encoded(t, flat),
		"text": []byte("no picture"), "empty": nil, "blank paper": encoded(t, blank(600, 800)),
	} {
		for _, c := range append(slices.Clone(pixelChecks), Mirrored) {
			if codes, skipped := runOne(t, c, checks.BusinessLicense, data); !skipped {
				t.Errorf("%s: %s finds %v", name, c.ID, codes)
			}
		}
	}
}

func blank(w, h int) image.Image {
	m := image.NewGray(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = 250
	}
	return m
}

// BenchmarkFamily is what the checks that need no reader cost on a photo of 6 megapixels.
func BenchmarkFamily(b *testing.B) {
	data, _ := drawing{"licence", 5, fixtures.Shot{Device: fixtures.Messenger, Detail: fixtures.Detail{LongSide: 2828, Quality: 80, Quick: true}}}.draw()
	for b.Loop() {
		b.StopTimer()
		s := checks.NewSubject("a.jpg", checks.BusinessLicense, data)
		if _, err := raster.Reduced.Of(b.Context(), s); err != nil {
			b.Fatal(err)
		}
		if _, err := paper.Of.Of(b.Context(), s); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		for _, c := range pixelChecks {
			words := map[string][]string{}
			if c == Skew {
				words[reading.ChoiceName] = []string{"off"}
			}
			settings, err := c.Settings(nil, words)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := c.Run(b.Context(), s, settings); err != nil {
				if _, ok := checks.SkipReason(err); !ok {
					b.Fatal(err)
				}
			}
		}
	}
}

// The outline of a door is not that of a paper which is cut off; the same picture, given for a paper, is asked.
func TestOutlinesBehindAPersonAreNoPaper(t *testing.T) {
	const name = "thumbnail-only/thumb_2041.jpg"
	for kind, want := range map[checks.Kind]string{checks.HolderPhoto: "", checks.Credential: "paper_cut"} {
		settings, err := Cropped.Settings(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		o, err := Cropped.Run(t.Context(), kept(t, name, kind), settings)
		if _, skipped := checks.SkipReason(err); err != nil && !skipped {
			t.Fatal(err)
		}
		if got := codes(o); got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
}

// Lines beside the paper are left out, unless they are most of the print: then the outline is not the paper's.
func TestLinesBesideThePaper(t *testing.T) {
	line := func(x, y, glyphs int) strokes.Line {
		return strokes.Line{Box: image.Rect(x-5, y-5, x+5, y+5), Glyphs: glyphs}
	}
	page := &strokes.Page{Width: 400, Height: 300, Lines: []strokes.Line{line(200, 150, 20), line(110, 90, 20), line(20, 280, 10)}}
	lies := &paper.Paper{Corners: paper.Quad{{X: 100, Y: 80}, {X: 300, Y: 90}, {X: 310, Y: 220}, {X: 95, Y: 210}}}
	elsewhere := &paper.Paper{Corners: paper.Quad{{X: 0, Y: 250}, {X: 60, Y: 250}, {X: 60, Y: 300}, {X: 0, Y: 300}}}
	for name, test := range map[string]struct {
		sheet *paper.Paper
		want  int
	}{
		"the grain of the table": {lies, 2},
		"no outline":             {nil, 3},
		"a scan":                 {&paper.Paper{Whole: true, Corners: lies.Corners}, 3},
		"something beside it":    {elsewhere, 3},
		"an outline of no area":  {&paper.Paper{}, 3},
	} {
		if got := onPaper(page, test.sheet); len(got.Lines) != test.want || len(page.Lines) != 3 {
			t.Errorf("%s: %d lines of %d, want %d", name, len(got.Lines), len(page.Lines), test.want)
		}
	}
}

// A leaning sheet is shown laid straight where its outline is known, and only there.
func TestTheSheetIsShownLaidStraight(t *testing.T) {
	picture := image.NewGray(image.Rect(0, 0, 400, 300))
	corners := paper.Quad{{X: 100, Y: 40}, {X: 350, Y: 70}, {X: 340, Y: 250}, {X: 80, Y: 230}}
	d := document{picture: picture, page: &strokes.Page{Width: 400, Height: 300}}
	said := checks.Finding{Code: "leaning", Message: checks.Text{En: "It leans.", Zh: "倾斜。"}}
	for name, test := range map[string]struct {
		sheet *paper.Paper
		want  bool
	}{
		"an outline": {&paper.Paper{Corners: corners}, true},
		"none":       {nil, false},
		"a scan":     {&paper.Paper{Whole: true, Corners: corners}, false},
		"no area":    {&paper.Paper{}, false},
	} {
		f := d.straightened(test.sheet, said)
		if (f.Overlay != nil) != test.want || (f.Message != said.Message) != test.want {
			t.Errorf("%s: view %v, %q", name, f.Overlay != nil, f.Message.En)
		}
	}
}
