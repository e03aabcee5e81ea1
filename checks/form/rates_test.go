package form

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"dossier/checks"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/reading"
	"dossier/checks/picture/seals"
	"dossier/checks/picture/writing"
	"dossier/fixtures"
	"dossier/fixtures/invent"
)

// chopped lists forms with the chop in every place between the name and the signature.
var chopped = []fixtures.FormOptions{
	{}, {SealShift: 0.55}, {SealShift: 0.7}, {SealShift: 0.8}, {SealShift: 1},
	{SealShift: 0.75, NoSignature: true}, {SealShift: 1, NoSignature: true},
	{SealShift: 0.7, SealBlue: true}, {SealShift: 0.8, SealBlue: true, NoSignature: true},
	{SealShift: 1, SealFlooded: true}, {SealShift: 0.2, SealFlooded: true}, {SealShift: 0.65}, {SealShift: 0.85}, {SealShift: 0.3},
	{SealShift: 0.9, NoSignature: true},
}

// A share is so many of so many.
type share struct{ of, all int }

func (s *share) count(is bool) {
	s.all++
	if is {
		s.of++
	}
}

// TestRates draws forms of fresh seeds with chops in various places, by three devices at two resolutions, and counts
// how often signatures are found and missed, and how often overlaps are told to a tenth. DOSSIER_RATES says how
// many forms; 90 are every place on every device.
func TestRates(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("DOSSIER_RATES"))
	if err != nil {
		t.Skip("takes minutes: set DOSSIER_RATES to the number of forms")
	}
	const fresh = 80000 // thresholds were set on seeds below 60000
	var signed, unsigned, hidden, alarms, forms share
	parts := map[string]*share{checks.OverlapSignature: {}, checks.OverlapDate: {}, checks.OverlapCompany: {}}
	for i := range n {
		seed, o := fresh+uint64(i), chopped[i/3%len(chopped)]
		shot := fixtures.Shot{Device: []fixtures.Device{fixtures.Phone, fixtures.Messenger, fixtures.Scanner}[i%3],
			Detail: []fixtures.Detail{fixtures.Small, fixtures.Frugal}[i/3%2], Taken: day}
		rnd := rand.New(rand.NewPCG(seed, 9))
		c := invent.NewCompany(rnd, day)
		p := shot.Sheet(rnd, 210, 297, func(ppm float64) *fixtures.Sheet { return fixtures.Form(rnd, c, day, ppm, o) })
		s := checks.NewSubject("form.jpg", checks.ApplicationForm, shot.JPEG(rnd, p))
		var codes []string
		for _, f := range run(t, Signature, s) {
			codes = append(codes, f.Code)
		}
		whole := false
		switch {
		case o.NoSignature:
			unsigned.count(slices.Equal(codes, []string{"no_signature"}))
			whole = slices.Equal(codes, []string{"no_signature"})
		case slices.Contains(p.Truth.Defects, "signature_under_seal"):
			hidden.count(slices.Equal(codes, []string{"signature_under_seal"}))
			whole = slices.Equal(codes, []string{"signature_under_seal"})
		default:
			signed.count(len(codes) == 0)
			alarms.count(slices.Contains(codes, "signature_under_seal"))
			whole = len(codes) == 0
		}
		if !whole {
			t.Logf("%d %s %+v: %v", seed, shot.Device, o, codes)
		}
		if o.SealFlooded {
			continue // such a chop has no ring that could be found
		}
		forms.count(overlapsTold(t, s, p.Truth, parts))
	}
	t.Logf("signed forms without finding %v, unsigned ones with no_signature %v, hidden signatures found %v, false %v", signed, unsigned, hidden, alarms)
	t.Logf("overlaps to 0.1: signature %v, date %v, company %v; all of a form's %v", *parts[checks.OverlapSignature], *parts[checks.OverlapDate], *parts[checks.OverlapCompany], forms)
	if alarms.of > 0 || 100*signed.of < 98*signed.all || 100*unsigned.of < 95*unsigned.all || 100*hidden.of < 80*hidden.all {
		t.Error("signatures are told worse than they were")
	}
	for part, s := range parts {
		if 100*s.of < 85*s.all {
			t.Errorf("overlaps with the %s are told worse than they were", part)
		}
	}
}

// overlapsTold counts for each part of a form whether the overlap with it is told to a tenth, and reports whether all
// are.
func overlapsTold(t *testing.T, s *checks.Subject, truth fixtures.Truth, parts map[string]*share) bool {
	t.Helper()
	page, err := reading.Text.Of(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	reduced, err := raster.Reduced.Of(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	found, err := seals.Of.Of(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	foot, err := writing.FootOf(t.Context(), page, reduced, writing.SignatureLabels(), found)
	if err != nil {
		t.Fatal(err)
	}
	date, _ := truth.Field("date")
	company, _ := truth.Field("company_signed")
	all := true
	for part, place := range map[string]checks.Region{checks.OverlapSignature: truth.Signature, checks.OverlapDate: date.Box, checks.OverlapCompany: company.Box} {
		if place.IsZero() {
			continue
		}
		want, got := inDrawn(truth.Seals[0].Box, place), math.NaN()
		if len(found) > 0 {
			if v, ok := foot.Overlaps(&found[0])[part]; ok {
				got = v
			}
		}
		told := math.Abs(got-want) < 0.1
		parts[part].count(told)
		all = all && told
		if !told {
			t.Logf("%s: %.2f of the %s is told to lie under the chop, of %.2f", s.Name, got, part, want)
		}
	}
	return all
}

// inDrawn is how much of a place lies within the ellipse in a drawn chop's box.
func inDrawn(chop, place checks.Region) float64 {
	const steps = 64
	n := 0
	for i := range steps {
		for k := range steps {
			x, y := float64(place.X)+float64(place.Width)*(float64(i)+0.5)/steps, float64(place.Y)+float64(place.Height)*(float64(k)+0.5)/steps
			u, v := 2*(x-float64(chop.X))/float64(chop.Width)-1, 2*(y-float64(chop.Y))/float64(chop.Height)-1
			if u*u+v*v <= 1 {
				n++
			}
		}
	}
	return float64(n) / (steps * steps)
}
