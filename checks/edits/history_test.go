package edits

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	stdjpeg "image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"dossier/checks"
	"dossier/checks/picture/orientation"
	"dossier/fixtures/jpegwriter"
)

// textured is a picture with detail of every size and noise, as photos have.
func textured(w, h int, seed uint64) *image.RGBA {
	r := rand.New(rand.NewPCG(seed, 11))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	p := [5]float64{r.Float64() * 6, r.Float64() * 6, 20 + 30*r.Float64(), 4 + 5*r.Float64(), 7 + 5*r.Float64()}
	for y := range h {
		for x := range w {
			fx, fy := float64(x), float64(y)
			detail := 0.5 + 0.5*math.Sin(fx/70+fy/90+p[0])
			v := 125 + 35*math.Sin(fx/p[2]+p[0])*math.Cos(fy/p[2]*1.3+p[1]) + detail*(22*math.Sin((fx+2*fy)/p[3])+14*math.Sin((2*fx-fy)/p[4]))
			v += r.NormFloat64() * 3
			c := func(d float64) uint8 { return uint8(max(8, min(247, v+d))) }
			m.SetRGBA(x, y, color.RGBA{c(8), c(0), c(-15), 255})
		}
	}
	return m
}

func savedOnce(t testing.TB, m image.Image, quality int) *image.RGBA {
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, m, &stdjpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	d, err := stdjpeg.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return copyOf(d)
}

func copyOf(m image.Image) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))
	draw.Draw(out, out.Bounds(), m, m.Bounds().Min, draw.Src)
	return out
}

func withPasted(m, from *image.RGBA, at image.Rectangle, p image.Point) *image.RGBA {
	out := copyOf(m)
	draw.Draw(out, at, from, p, draw.Src)
	return out
}

func writtenAs(t testing.TB, m image.Image, o jpegwriter.Options) []byte {
	data, err := jpegwriter.Encode(m, o)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func runOne(t testing.TB, c *checks.Check, data []byte) ([]checks.Finding, error) {
	s, err := c.Settings(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := c.Run(context.Background(), checks.NewSubject("picture", checks.Unknown, data), s)
	for _, f := range o.Findings {
		if !slices.ContainsFunc(c.Codes, func(code checks.Code) bool { return code.Code == f.Code }) {
			t.Errorf("%s: code %q is not declared", c.ID, f.Code)
		}
		for _, text := range []string{f.Message.En, f.Message.Zh, f.Remedy.En, f.Remedy.Zh} {
			if text == "" || strings.Contains(text, "%!") || strings.Contains(text, "(BAD") {
				t.Errorf("%s: %s says %q", c.ID, f.Code, text)
			}
		}
	}
	return o.Findings, err
}

func foundCodes(f []checks.Finding) (out []string) {
	for _, x := range f {
		out = append(out, x.Code)
	}
	return out
}

func isSkip(err error) bool { _, ok := checks.SkipReason(err); return ok }

// overlap is the share that two rectangles have in common, of both.
func overlap(r checks.Region, at image.Rectangle) float64 {
	b := image.Rect(r.X, r.Y, r.X+r.Width, r.Y+r.Height)
	both, either := b.Intersect(at), b.Union(at)
	return float64(both.Dx()*both.Dy()) / float64(either.Dx()*either.Dy())
}

// The same part is found, in upright pixels, however the camera was held.
func TestAPastedPartIsPlacedUpright(t *testing.T) {
	host, donor := textured(512, 384, 1), textured(512, 384, 2)
	at := image.Rect(168, 136, 272, 232)
	m := withPasted(savedOnce(t, host, 70), donor, at, image.Pt(61, 35))
	for o := 1; o <= 8; o++ {
		found, err := runOne(t, Recompression, writtenAs(t, m, jpegwriter.Options{Quality: 90, EXIF: &jpegwriter.EXIF{Orientation: o}}))
		if err != nil || !slices.Contains(foundCodes(found), "two_histories_strong") || !slices.Contains(foundCodes(found), "recompressed") {
			t.Errorf("orientation %d: %v, %v", o, foundCodes(found), err)
			continue
		}
		f := found[len(found)-1]
		want := orientation.Rect(at, 512, 384, o)
		if share := overlap(f.Region, want); share < 0.6 {
			t.Errorf("orientation %d: found at %v, is at %v", o, f.Region, want)
		}
		if f.Overlay == nil || f.Overlay.Bounds().Dx() > 1600 || f.Overlay.Bounds().Dy() > 1600 {
			t.Errorf("orientation %d: no picture of evidence, or one too large", o)
		}
	}
}

// Saving again, cropping, turning and saving for a messenger are notes at most.
func TestHonestChangesAreNotes(t *testing.T) {
	m := textured(512, 384, 3)
	cropped := copyOf(savedOnce(t, m, 75).SubImage(image.Rect(5, 3, 512, 384)))
	for name, data := range map[string][]byte{
		"saved once":          writtenAs(t, m, jpegwriter.Options{Quality: 88}),
		"saved twice":         writtenAs(t, savedOnce(t, m, 72), jpegwriter.Options{Quality: 90}),
		"saved three times":   writtenAs(t, savedOnce(t, savedOnce(t, m, 72), 80), jpegwriter.Options{Quality: 90, Sampling: jpegwriter.S444}),
		"coarser than before": writtenAs(t, savedOnce(t, m, 92), jpegwriter.Options{Quality: 70}),
		"cropped":             writtenAs(t, cropped, jpegwriter.Options{Quality: 90}),
		"progressive, grey":   writtenAs(t, savedOnce(t, m, 75), jpegwriter.Options{Quality: 90, Progressive: true, Mode: jpegwriter.Gray}),
		"turned":              writtenAs(t, orientation.Apply(savedOnce(t, m, 75), 6), jpegwriter.Options{Quality: 90}),
	} {
		for _, c := range []*checks.Check{Grid, Recompression, Ghost} {
			found, err := runOne(t, c, data)
			if err != nil {
				t.Errorf("%s, %s: %v", name, c.ID, err)
			}
			for _, code := range foundCodes(found) {
				if !strings.HasPrefix(code, "recompressed") {
					t.Errorf("%s, %s: %s", name, c.ID, code)
				}
			}
		}
	}
}

func TestWholePictureSavedBefore(t *testing.T) {
	m := savedOnce(t, textured(512, 384, 4), 70)
	found, err := runOne(t, Recompression, writtenAs(t, m, jpegwriter.Options{Quality: 90}))
	if err != nil || !slices.Equal(foundCodes(found), []string{"recompressed"}) || !strings.Contains(found[0].Message.En, "70") {
		t.Errorf("saved twice: %v, %v", found, err)
	}
	found, err = runOne(t, Recompression, writtenAs(t, copyOf(m.SubImage(image.Rect(3, 5, 512, 384))), jpegwriter.Options{Quality: 88}))
	if err != nil || !slices.Equal(foundCodes(found), []string{"recompressed_shifted"}) {
		t.Errorf("cropped: %v, %v", found, err)
	}
}

func TestGhostOfAPastedPart(t *testing.T) {
	at := image.Rect(160, 96, 288, 192)
	m := withPasted(textured(512, 384, 5), savedOnce(t, textured(512, 384, 6), 68), at, image.Pt(64, 64))
	found, err := runOne(t, Ghost, writtenAs(t, m, jpegwriter.Options{Quality: 92}))
	if err != nil || len(found) != 1 || !strings.HasPrefix(found[0].Code, "ghost") || overlap(found[0].Region, at) < 0.5 {
		t.Errorf("%v, %v", found, err)
	}
}

// Bitmaps keep the grid of the JPEG they were: as PNG, as GIF they lose it with their colours.
func TestGridOfBitmaps(t *testing.T) {
	host, donor := savedOnce(t, textured(384, 320, 7), 75), savedOnce(t, textured(384, 320, 8), 75)
	at := image.Rect(120, 96, 232, 200)
	as := func(m image.Image) []byte {
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	found, err := runOne(t, Grid, as(withPasted(host, donor, at, image.Pt(67, 45))))
	if err != nil || len(found) != 1 || !strings.HasPrefix(found[0].Code, "foreign_grid") || overlap(found[0].Region, at) < 0.6 || found[0].Overlay == nil {
		t.Errorf("a pasted part: %v, %v", foundCodes(found), err)
	}
	if found, err = runOne(t, Grid, as(host)); err != nil || len(found) != 0 {
		t.Errorf("a whole JPEG: %v, %v", foundCodes(found), err)
	}
	if found, err = runOne(t, Grid, as(host.SubImage(image.Rect(3, 0, 384, 320)))); err != nil || !slices.Equal(foundCodes(found), []string{"cropped_jpeg"}) {
		t.Errorf("a cropped JPEG: %v, %v", foundCodes(found), err)
	}
	if found, err = runOne(t, Grid, as(withPasted(textured(384, 320, 9), donor, at, image.Pt(67, 45)))); err != nil || !slices.Equal(foundCodes(found), []string{"grid_in_part"}) {
		t.Errorf("a JPEG on a picture that was none: %v, %v", foundCodes(found), err)
	}
	if found, err = runOne(t, Grid, as(textured(384, 320, 9))); !isSkip(err) || len(found) != 0 {
		t.Errorf("never a JPEG: %v, %v", foundCodes(found), err)
	}
}

func TestHistoryIsNotMeasuredWhereItCannotBe(t *testing.T) {
	flat := image.NewRGBA(image.Rect(0, 0, 400, 300))
	draw.Draw(flat, flat.Bounds(), image.NewUniform(color.Gray{200}), image.Point{}, draw.Src)
	var g bytes.Buffer
	if err := gif.Encode(&g, image.NewPaletted(image.Rect(0, 0, 200, 200), color.Palette{color.Black, color.White}), nil); err != nil {
		t.Fatal(err)
	}
	whole := writtenAs(t, textured(256, 256, 10), jpegwriter.Options{})
	for name, c := range map[string]struct {
		data []byte
		skip []*checks.Check
	}{
		"flat":      {writtenAs(t, flat, jpegwriter.Options{}), []*checks.Check{Recompression, Ghost}},
		"small":     {writtenAs(t, textured(60, 60, 11), jpegwriter.Options{}), []*checks.Check{Grid, Recompression, Ghost}},
		"gif":       {g.Bytes(), []*checks.Check{Grid, Recompression, Ghost}},
		"ink":       {writtenAs(t, textured(256, 256, 12), jpegwriter.Options{Mode: jpegwriter.CMYK}), []*checks.Check{Grid, Recompression, Ghost}},
		"no file":   {nil, []*checks.Check{Grid, Recompression, Ghost}},
		"text":      {[]byte("not a picture at all"), []*checks.Check{Grid, Recompression, Ghost}},
		"only head": {whole[:300], []*checks.Check{Grid, Recompression, Ghost}},
	} {
		for _, check := range c.skip {
			if found, err := runOne(t, check, c.data); !isSkip(err) || len(found) != 0 {
				t.Errorf("%s, %s: %v, %v", name, check.ID, foundCodes(found), err)
			}
		}
	}
	// Half a file is measured as far as it goes.
	for _, check := range []*checks.Check{Grid, Recompression, Ghost} {
		if found, err := runOne(t, check, whole[:len(whole)/2]); err != nil && !isSkip(err) || len(found) != 0 {
			t.Errorf("half a file, %s: %v, %v", check.ID, foundCodes(found), err)
		}
	}
}

func TestSuspicionRises(t *testing.T) {
	last := -1.0
	for s := 0.0; s < 20; s += 0.25 {
		v := suspicionAbove(s, 2, 4)
		if v < last || v < 0 || v > 1 {
			t.Fatalf("suspicion of %g is %g after %g", s, v, last)
		}
		last = v
	}
	if suspicionAbove(2, 2, 4) != 0.5 || suspicionAbove(4, 2, 4) != 0.9 {
		t.Error("the thresholds are not where they belong")
	}
}

func TestAtEdge(t *testing.T) {
	for _, c := range []struct {
		r    image.Rectangle
		want bool
	}{
		{image.Rect(0, 0, 300, 200), true},     // a corner
		{image.Rect(0, 300, 1000, 500), true},  // from side to side
		{image.Rect(400, 0, 700, 24), true},    // a strip along the top
		{image.Rect(984, 300, 992, 400), true}, // a strip along the right
		{image.Rect(400, 0, 500, 120), false},  // pasted at the top
		{image.Rect(400, 300, 500, 320), false},
	} {
		if got := atEdge(c.r, 1000, 800); got != c.want {
			t.Errorf("%v: at the edge %v, want %v", c.r, got, c.want)
		}
	}
}

// The rates rest on scores in falling order, none above its threshold of review.
func TestHonestScoresStayBelowTheThresholds(t *testing.T) {
	s, err := Recompression.Settings(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for how, scores := range honestScores {
		if !slices.IsSortedFunc(scores, func(a, b float64) int { return int(1000 * (b - a)) }) || scores[0] >= s.Number(how+"_review") {
			t.Errorf("%s: %v against %g", how, scores, s.Number(how+"_review"))
		}
		if honestAsHigh(how, scores[0]) != 1 || honestAsHigh(how, scores[0]+0.01) != 0 {
			t.Errorf("%s: miscounted", how)
		}
	}
}
