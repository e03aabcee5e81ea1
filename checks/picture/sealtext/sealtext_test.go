package sealtext

import (
	"bytes"
	"image"
	"image/jpeg"
	"strings"
	"testing"

	"dossier/checks"
	"dossier/checks/picture/seals"
	"dossier/fixtures"
)

const company = "青岛远航物流有限公司"

// Inks, by how much red, green and blue they take away.
var (
	red  = [3]int{44, 218, 206}
	blue = [3]int{208, 190, 82}
)

// stamped is a white sheet with the company's chop, turned by degrees, of that diameter in pixels.
func stamped(t *testing.T, ink [3]int, diameter, degrees float64) *checks.Subject {
	t.Helper()
	const side = 700
	m := image.NewRGBA(image.Rect(0, 0, side, side))
	for i := range m.Pix {
		m.Pix[i] = 250
	}
	mask := fixtures.SealMask(company, diameter, side/2, side/2, degrees, side, side)
	for y := range mask.H {
		for x := range mask.W {
			a := int(mask.A[y*mask.W+x])
			p := m.Pix[m.PixOffset(mask.X+x, mask.Y+y):][:3]
			for i := range p {
				p[i] = uint8(250 - a*ink[i]/255)
			}
		}
	}
	var data bytes.Buffer
	if err := jpeg.Encode(&data, m, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return checks.NewSubject("a.jpg", checks.ApplicationForm, data.Bytes())
}

func words(t *testing.T, s *checks.Subject, expected string) []Words {
	t.Helper()
	found, err := seals.Of.Of(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Read(t.Context(), s, found, expected)
	if why, skipped := checks.SkipReason(err); skipped && strings.Contains(why.En, "without models") {
		t.Skip(why.En)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A chop is read whichever way it was turned; its name is the company's and not one that differs in its brand.
func TestTurned(t *testing.T) {
	for _, test := range []struct {
		ink     [3]int
		degrees float64
	}{{red, 0}, {red, 50}, {red, 135}, {red, 180}, {red, 260}, {blue, 20}} {
		degrees := test.degrees
		all := words(t, stamped(t, test.ink, 320, degrees), company)
		if len(all) != 1 {
			t.Fatalf("turned by %v: %d chops, want 1", degrees, len(all))
		}
		w := all[0]
		name, _ := w.Name()
		if own, other := w.Likelier(company), w.Likelier("青岛启明物流有限公司"); own > 2 || other < own+4 {
			t.Errorf("turned by %v: %q; the company's name is less likely by %.1f, another by %.1f", degrees, name, own, other)
		}
		if p := w.Purpose(); p != "" {
			t.Errorf("turned by %v: a purpose %q where there is none", degrees, p)
		}
	}
}

// What is too small to be read is left out.
func TestSmall(t *testing.T) {
	if all := words(t, stamped(t, red, 70, 0), company); len(all) != 0 {
		t.Errorf("%d chops of 70 pixels were read", len(all))
	}
}
