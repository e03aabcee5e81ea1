package seal

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
	"math/rand/v2"
	"testing"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/seals"
	"dossier/fixtures"
	"dossier/fixtures/invent"
)

// paste lays a drawn chop over the place for one on a form that has none, opaque or darkening what is
// beneath as better picture editors can.
func paste(t *testing.T, seed uint64, multiply bool) *checks.Subject {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 14))
	c := invent.NewCompany(r, date)
	shot := fixtures.Shot{Device: fixtures.Messenger, Detail: fixtures.Small}
	p := shot.Sheet(r, 210, 297, func(ppm float64) *fixtures.Sheet {
		return fixtures.Form(r, c, date, ppm, fixtures.FormOptions{NoSeal: true})
	})
	picture, err := decode.Decode(shot.JPEG(r, p))
	if err != nil {
		t.Fatal(err)
	}
	m := image.NewRGBA(picture.Image.Bounds())
	draw.Draw(m, m.Rect, picture.Image, image.Point{}, draw.Src)
	place, ok := p.Truth.Field("company_signed")
	if !ok {
		t.Fatal("the form has no place for a chop")
	}
	size := (p.Truth.Paper[1].X - p.Truth.Paper[0].X) * 40 / 210
	mask := fixtures.SealMask(c.Name, size, float64(place.Box.X+place.Box.Width/2), float64(place.Box.Y+place.Box.Height/2), 7, m.Rect.Dx(), m.Rect.Dy())
	for y := range mask.H {
		for x := range mask.W {
			a := float64(mask.A[y*mask.W+x]) / 255 * 0.9
			q := m.Pix[m.PixOffset(mask.X+x, mask.Y+y):]
			for i, v := range [3]float64{215, 35, 40} {
				if multiply {
					v *= float64(q[i]) / 255
				}
				q[i] = uint8(float64(q[i])*(1-a) + v*a)
			}
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 88}); err != nil {
		t.Fatal(err)
	}
	return checks.NewSubject("a.jpg", checks.ApplicationForm, b.Bytes())
}

// Stamped chops pass, whatever device took the picture; pasted ones are named, the opaque by what they hide.
func TestPasted(t *testing.T) {
	for name, test := range map[string]struct {
		subject *checks.Subject
		want    string
	}{
		"stamped, by messenger":     {form(41, messenger, fixtures.FormOptions{}), ""},
		"stamped, scanned":          {form(42, scanner, fixtures.FormOptions{}), ""},
		"stamped, an invoice chop":  {form(43, messenger, fixtures.FormOptions{WrongSeal: true}), ""},
		"a licence with four":       {licence(44, scanner, fixtures.LicenceOptions{}), ""},
		"pasted, opaque":            {paste(t, 45, false), "print_covered"},
		"pasted, darkening":         {paste(t, 46, true), "ink_even"},
		"no chop, so nothing to do": {form(47, messenger, fixtures.FormOptions{NoSeal: true}), "skipped"},
	} {
		t.Run(name, func(t *testing.T) {
			o, codes, err := run(t, Pasted, test.subject)
			if why, ok := checks.SkipReason(err); ok && why.En != "" && why.Zh != "" {
				codes, err = "skipped", nil
			}
			if err != nil || codes != test.want {
				t.Errorf("%q (%v), want %q: %+v", codes, err, test.want, o.Findings)
			}
			for _, f := range o.Findings {
				if f.Region.IsZero() || len(f.Measures) == 0 {
					t.Errorf("%s has no place or no numbers", f.Code)
				}
			}
		})
	}
}

// A ring that is found where there is nothing, off the picture, or too small gives no answer and no panic.
func TestTraceOfNothing(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 200, 200))
	for i := range m.Pix {
		m.Pix[i] = 240
	}
	for _, box := range []checks.Region{{}, {X: 50, Y: 50, Width: 100, Height: 100}, {X: 5000, Y: 5000, Width: 100, Height: 100}} {
		f := seals.Found{Seal: checks.Seal{Shape: seals.Round, Color: seals.Red, Box: box}}
		if c, ok := seals.NewCloseUp(m, &f); ok {
			if got, ok := traceOf(c); ok {
				t.Errorf("%v: %+v", box, got)
			}
		}
	}
}
