package seal

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"dossier/checks"
	"dossier/checks/picture/reading"
	"dossier/checks/picture/seals"
	"dossier/fixtures"
	"dossier/fixtures/invent"
)

var date = time.Date(2014, 9, 15, 0, 0, 0, 0, time.UTC)

// drawn draws a document and puts it through a device.
func drawn(seed uint64, kind checks.Kind, shot fixtures.Shot, w, h float64, paper func(r *rand.Rand, c invent.Company, ppm float64) *fixtures.Sheet) *checks.Subject {
	r := rand.New(rand.NewPCG(seed, 12))
	c := invent.NewCompany(r, date)
	if shot.Detail == (fixtures.Detail{}) {
		shot.Detail = fixtures.Frugal
	}
	p := shot.Sheet(r, w, h, func(ppm float64) *fixtures.Sheet { return paper(r, c, ppm) })
	return checks.NewSubject("a.jpg", kind, shot.JPEG(r, p))
}

// companyOf is the company that form draws a form of.
func companyOf(seed uint64) string {
	return invent.NewCompany(rand.New(rand.NewPCG(seed, 12)), date).Name
}

func form(seed uint64, shot fixtures.Shot, o fixtures.FormOptions) *checks.Subject {
	return drawn(seed, checks.ApplicationForm, shot, 210, 297, func(r *rand.Rand, c invent.Company, ppm float64) *fixtures.Sheet {
		return fixtures.Form(r, c, date, ppm, o)
	})
}

func licence(seed uint64, shot fixtures.Shot, o fixtures.LicenceOptions) *checks.Subject {
	return drawn(seed, checks.BusinessLicense, shot, 210, 297, func(r *rand.Rand, c invent.Company, ppm float64) *fixtures.Sheet {
		return fixtures.OldLicence(r, c, c.Founded, ppm, o)
	})
}

// run runs a check and lists the codes of its findings.
func run(t *testing.T, c *checks.Check, s *checks.Subject) (checks.Observation, string, error) {
	t.Helper()
	words := map[string][]string{}
	if c == Present {
		words[reading.ChoiceName] = []string{"off"} // it takes most of a form's time
	}
	return runWith(t, c, s, words)
}

func runWith(t *testing.T, c *checks.Check, s *checks.Subject, words map[string][]string) (checks.Observation, string, error) {
	t.Helper()
	settings, err := c.Settings(nil, words)
	if err != nil {
		t.Fatal(err)
	}
	o, err := c.Run(t.Context(), s, settings)
	var codes []string
	for _, f := range o.Findings {
		codes = append(codes, f.Code)
		for _, text := range []string{f.Message.En, f.Message.Zh, f.Remedy.En, f.Remedy.Zh} {
			if text == "" || strings.Contains(text, "%!") {
				t.Errorf("%s is badly worded: %q", f.Code, text)
			}
		}
	}
	return o, strings.Join(codes, " "), err
}

var messenger, scanner = fixtures.Shot{Device: fixtures.Messenger}, fixtures.Shot{Device: fixtures.Scanner}

// S22, the half about the chop: a licence bears the authority's. With it nothing is found; without it, and
// with the stamps of inspections alone, it is.
func TestRuleS22(t *testing.T) {
	for name, test := range map[string]struct {
		options fixtures.LicenceOptions
		want    string
		seals   int
	}{
		"chop and inspection stamps":  {fixtures.LicenceOptions{}, "", 4},
		"the chop alone":              {fixtures.LicenceOptions{NoInspections: true}, "", 1},
		"inspection stamps alone":     {fixtures.LicenceOptions{NoSeal: true}, "no_seal", 3},
		"no chop and no stamp at all": {fixtures.LicenceOptions{NoSeal: true, NoInspections: true}, "no_seal", 0},
	} {
		t.Run(name, func(t *testing.T) {
			o, codes, err := run(t, Present, licence(21, messenger, test.options))
			if err != nil || codes != test.want || len(o.Seals) != test.seals {
				t.Errorf("%q with %d chops (%v), want %q with %d", codes, len(o.Seals), err, test.want, test.seals)
			}
		})
	}
}

// S24: the form is chopped by the company.
func TestRuleS24(t *testing.T) {
	for name, test := range map[string]struct {
		subject        *checks.Subject
		present, shape string
	}{
		"chopped":          {form(31, messenger, fixtures.FormOptions{}), "", ""},
		"not chopped":      {form(32, messenger, fixtures.FormOptions{NoSeal: true}), "no_seal", "skipped"},
		"the invoice chop": {form(33, scanner, fixtures.FormOptions{WrongSeal: true}), "", "wrong_shape"},
		"scanned in grey":  {form(34, fixtures.Shot{Device: fixtures.Scanner, Gray: true}, fixtures.FormOptions{}), "skipped", "skipped"},
		"no picture":       {checks.NewSubject("a.jpg", checks.ApplicationForm, []byte("no picture")), "skipped", "skipped"},
	} {
		t.Run(name, func(t *testing.T) {
			for check, want := range map[*checks.Check]string{Present: test.present, Shape: test.shape} {
				_, codes, err := run(t, check, test.subject)
				if why, ok := checks.SkipReason(err); ok && why.En != "" && why.Zh != "" {
					codes, err = "skipped", nil
				}
				if err != nil || codes != want {
					t.Errorf("%s finds %q (%v), want %q", check.ID, codes, err, want)
				}
			}
		})
	}
}

// How much of the signature, the date and the company's name a chop lies over is told, and not where reading is off.
func TestOverlaps(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a form")
	}
	s := form(50006, messenger, fixtures.FormOptions{SealShift: 0.8})
	o, _, err := runWith(t, Present, s, nil)
	if err != nil || len(o.Seals) != 1 {
		t.Fatalf("%d chops, %v", len(o.Seals), err)
	}
	if c := o.Seals[0]; !c.Star || c.Completeness < 0.6 || c.Completeness > 1 || c.Strength < 0.15 || c.Strength > 1 {
		t.Errorf("a company's chop is listed as %+v", c)
	}
	over := o.Seals[0].Overlaps
	if over == nil {
		t.Skip("built without models")
	}
	// Its middle is a fifth of the way from the signature to the date.
	if over[checks.OverlapSignature] < 0.5 || over[checks.OverlapDate] != 0 {
		t.Errorf("the chop lies over %v", over)
	}
	if _, known := over[checks.OverlapDate]; !known {
		t.Errorf("the date was not found: %v", over)
	}
	if o, _, err := run(t, Present, s); err != nil || o.Seals[0].Overlaps != nil {
		t.Errorf("without reading it lies over %v (%v)", o.Seals[0].Overlaps, err)
	}
}

// Chops of a document of any other kind are listed, and nothing is asked of them.
func TestOtherDocumentsAreListedOnly(t *testing.T) {
	for _, o := range []fixtures.FormOptions{{}, {NoSeal: true}} {
		s := form(35, messenger, o)
		s.Kind = checks.Unknown
		got, codes, err := run(t, Present, s)
		if err != nil || codes != "" || (len(got.Seals) == 1) == o.NoSeal {
			t.Errorf("%+v: %q, %+v, %v", o, codes, got.Seals, err)
		}
	}
	gray := form(36, fixtures.Shot{Device: fixtures.Scanner, Gray: true}, fixtures.FormOptions{})
	gray.Kind = checks.Proposal
	if _, codes, err := run(t, Present, gray); err != nil || codes != "" {
		t.Errorf("a grey letter: %q, %v", codes, err)
	}
}

func millimetres(v float64) *float64 { return &v }

// What is said of one chop of a form, by its measures.
func TestJudgementOfAChop(t *testing.T) {
	chop := func(change func(*seals.Found)) []seals.Found {
		f := seals.Found{Seal: checks.Seal{Shape: seals.Round, Color: seals.Red, Confidence: 1, DiameterMM: millimetres(40),
			Box: checks.Region{X: 10, Y: 10, Width: 100, Height: 100}, Completeness: 0.95, Strength: 0.5, Star: true}}
		change(&f)
		return []seals.Found{f}
	}
	settings, err := Present.Settings(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	sizes, err := Shape.Settings(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		found []seals.Found
		want  string
	}{
		"a good one":            {chop(func(*seals.Found) {}), ""},
		"none":                  {nil, "no_seal"},
		"blue":                  {chop(func(f *seals.Found) { f.Color = seals.Blue }), "seal_not_red"},
		"blue beside a red one": {append(chop(func(f *seals.Found) { f.Color = seals.Blue }), chop(func(*seals.Found) {})...), ""},
		"faint":                 {chop(func(f *seals.Found) { f.Strength = 0.1 }), "seal_faint"},
		"faint beside a good":   {append(chop(func(f *seals.Found) { f.Strength = 0.1 }), chop(func(*seals.Found) {})...), ""},
		"half of one":           {chop(func(f *seals.Found) { f.Completeness = 0.5 }), "seal_incomplete"},
		"running out":           {chop(func(f *seals.Found) { f.Cut = true }), "seal_cut"},
		"square":                {chop(func(f *seals.Found) { f.Shape = seals.Square }), "wrong_shape"},
		"oval":                  {chop(func(f *seals.Found) { f.Shape = seals.Oval }), "wrong_shape"},
		"too small":             {chop(func(f *seals.Found) { f.DiameterMM = millimetres(30) }), "unusual_size"},
		"a little small":        {chop(func(f *seals.Found) { f.DiameterMM = millimetres(36.5) }), ""},
		"too large":             {chop(func(f *seals.Found) { f.DiameterMM = millimetres(60) }), "unusual_size"},
		"of unknown size":       {chop(func(f *seals.Found) { f.DiameterMM = nil }), ""},
	} {
		t.Run(name, func(t *testing.T) {
			all := needs[checks.ApplicationForm].judge(test.found, settings)
			if len(test.found) > 0 {
				if f, ok := wrongShape(test.found); ok {
					all = append(all, f)
				}
				if f, ok := unusualSize(test.found, sizes); ok {
					all = append(all, f)
				}
			}
			var codes []string
			for _, f := range all {
				codes = append(codes, f.Code)
				if f.Code != "no_seal" && f.Region.IsZero() {
					t.Errorf("%s has no place", f.Code)
				}
			}
			if got := strings.Join(codes, " "); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}
