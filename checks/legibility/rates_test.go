package legibility

import (
	"os"
	"slices"
	"strconv"
	"testing"

	"dossier/checks"
	"dossier/fixtures"
)

// A fault is a way to spoil a shot, the checks that have to say so, and with which codes.
type fault struct {
	name   string
	checks []*checks.Check
	codes  []string
	spoil  func(*fixtures.Shot)
	// not lists papers and devices that cannot have it: a flatbed has its own light and lens and stands still; a
	// person with a card is not cut or held aslant, a shadow on the wall is none on the card, and a small card is
	// holder/card's.
	not []string
}

var (
	onlyPhotos = []string{string(fixtures.Scanner)}
	onlySheets = []string{"holder"}
	// onlyColored: whether other papers are copies cannot be told, they have no colour of their own.
	onlyColored = []string{"form", "proposal", "incorporation", "business-card", "holder"}
	// onlyScannedInGray: the camera of a phone has colour.
	onlyScannedInGray = append([]string{string(fixtures.Phone), string(fixtures.Messenger)}, onlyColored...)
)

var faults = []fault{
	{"blurred", []*checks.Check{Sharpness}, []string{"blurred", "blurred_in_part"}, func(s *fixtures.Shot) { s.Blurred = true }, nil},
	{"moved", []*checks.Check{Sharpness}, []string{"blurred", "blurred_in_part"}, func(s *fixtures.Shot) { s.Moved = true }, onlyPhotos},
	{"soft_part", []*checks.Check{Sharpness}, []string{"blurred", "blurred_in_part"}, func(s *fixtures.Shot) { s.SoftPart = true }, slices.Concat(onlyPhotos, onlySheets)},
	{"dark", []*checks.Check{Exposure}, []string{"too_dark"}, func(s *fixtures.Shot) { s.Dark = true }, nil},
	{"bright", []*checks.Check{Exposure}, []string{"too_bright", "low_contrast"}, func(s *fixtures.Shot) { s.Bright = true }, nil},
	{"hazy", []*checks.Check{Exposure}, []string{"low_contrast"}, func(s *fixtures.Shot) { s.Hazy = true }, onlyPhotos},
	{"faint", []*checks.Check{Exposure}, []string{"low_contrast", "too_bright"}, func(s *fixtures.Shot) { s.Faint = true }, onlySheets},
	{"noisy", []*checks.Check{Exposure}, []string{"noisy"}, func(s *fixtures.Shot) { s.Noisy = true }, onlyPhotos},
	{"shadow", []*checks.Check{Exposure}, []string{"shadow", "too_dark"}, func(s *fixtures.Shot) { s.Shadow = true }, slices.Concat(onlyPhotos, onlySheets)},
	{"glare", []*checks.Check{Glare}, []string{"glare"}, func(s *fixtures.Shot) { s.Glare = true }, onlyPhotos},
	{"screen", []*checks.Check{Screen}, []string{"screen"}, func(s *fixtures.Shot) { s.Screen = true }, onlyPhotos},
	{"small", []*checks.Check{Resolution}, []string{"text_too_small"}, func(s *fixtures.Shot) { s.Detail.LongSide, s.Detail.DPI = 420, 36 }, onlySheets},
	{"cropped", []*checks.Check{Cropped}, []string{"text_cut", "paper_cut"}, func(s *fixtures.Shot) { s.Cropped = true }, onlySheets},
	{"skewed", []*checks.Check{Skew}, []string{"leaning", "perspective"}, func(s *fixtures.Shot) { s.Skewed = true }, onlySheets},
	{"sideways_left", []*checks.Check{Skew}, []string{"sideways"}, func(s *fixtures.Shot) { s.Lying = 1 }, nil},
	{"sideways_right", []*checks.Check{Skew}, []string{"sideways"}, func(s *fixtures.Shot) { s.Lying = 3 }, nil},
	{"upside_down", []*checks.Check{Skew}, []string{"upside_down"}, func(s *fixtures.Shot) { s.Lying = 2 }, nil},
	{"mirrored", []*checks.Check{Mirrored}, []string{"mirrored"}, func(s *fixtures.Shot) { s.Mirrored = true }, onlyPhotos},
	{"photocopy", []*checks.Check{Photocopy, Color}, []string{"copy", "black_and_white", "gray"}, func(s *fixtures.Shot) { s.Photocopy = true }, onlyColored},
	{"binary", []*checks.Check{Photocopy, Color}, []string{"copy", "black_and_white", "gray"}, func(s *fixtures.Shot) { s.Binary = true }, onlyColored},
	{"gray", []*checks.Check{Photocopy, Color}, []string{"copy", "black_and_white", "gray"}, func(s *fixtures.Shot) { s.Gray = true }, onlyScannedInGray},
}

// drawings lists n shots of what can have a fault, papers and devices in turn.
func drawings(seed uint64, n int, not []string) (list []drawing) {
	devices := []fixtures.Device{fixtures.Phone, fixtures.Messenger, fixtures.Scanner}
	for i := 0; len(list) < n; i++ {
		paper, device := papers[i%len(papers)], devices[(i/len(papers)+i%len(papers))%len(devices)]
		if slices.Contains(not, string(device)) || slices.Contains(not, paper) || paper == "holder" && device == fixtures.Scanner {
			continue
		}
		list = append(list, drawing{paper, seed + uint64(i), fixtures.Shot{Device: device, Detail: fixtures.Small}})
	}
	return list
}

// A rate counts what is found.
type rate struct{ found, of int }

// TestRates draws documents of fresh seeds, spoils each in each way, and counts what is found; and how often something
// is said of good ones, of which there are four times as many. DOSSIER_RATES says how many documents a fault; it fails below
// 95 % found and above 2 % false alarms. DOSSIER_SEED, if set, is the first seed.
func TestRates(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("DOSSIER_RATES"))
	if err != nil {
		t.Skip("takes an hour: set DOSSIER_RATES to the number of documents a fault")
	}
	seed := uint64(130000) // limits were set on seeds below 60000
	if first, err := strconv.ParseUint(os.Getenv("DOSSIER_SEED"), 10, 64); err == nil {
		seed = first
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			var all rate
			devices, beside := map[fixtures.Device]*rate{}, map[string]int{}
			for _, d := range drawings(seed, 3*n, f.not) {
				if all.of == n {
					break
				}
				f.spoil(&d.shot)
				data, truth := d.draw()
				// Print that is large on its paper can still be read, and glare beside it hides nothing.
				if f.name == "small" && textHeight(truth) > 6 || f.name == "soft_part" && textHeight(truth) > 24 || f.name == "glare" && !covered(truth) {
					continue
				}
				if devices[d.shot.Device] == nil {
					devices[d.shot.Device] = &rate{}
				}
				here := devices[d.shot.Device]
				all.of, here.of = all.of+1, here.of+1
				s := checks.NewSubject("a.jpg", truth.Kind, data)
				said := saidOf(t, s, f.checks)
				for _, c := range saidOf(t, s, others(f.checks)) {
					beside[c]++
				}
				if slices.ContainsFunc(said, func(c string) bool { return slices.Contains(f.codes, c) }) {
					all.found, here.found = all.found+1, here.found+1
				} else {
					t.Logf("%s %d %s: said %v", d.paper, d.seed, d.shot.Device, said)
				}
			}
			t.Logf("%s: %d of %d found; said besides: %v", f.name, all.found, all.of, beside)
			for device, r := range devices {
				t.Logf("  %s %d of %d", device, r.found, r.of)
			}
			if 100*all.found < 95*all.of {
				t.Errorf("fewer than 95 %% are found")
			}
		})
	}
	t.Run("good", func(t *testing.T) {
		var all rate
		for _, d := range drawings(seed+1000, 4*n, nil) {
			data, truth := d.draw()
			all.of++
			if said := saidOf(t, checks.NewSubject("a.jpg", truth.Kind, data), slices.Concat(pixelChecks, []*checks.Check{Mirrored, Color})); len(said) > 0 {
				all.found++
				t.Logf("%s %d %s: said %v of a good picture", d.paper, d.seed, d.shot.Device, said)
			}
		}
		t.Logf("something is said of %d of %d", all.found, all.of)
		if 50*all.found > all.of {
			t.Error("something is said of more than 2 % of good pictures")
		}
	})
}

// saidOf lists what checks say of a subject, those that are not for its kind left out.
func saidOf(t *testing.T, s *checks.Subject, list []*checks.Check) (said []string) {
	t.Helper()
	for _, c := range list {
		if c.AppliesTo(s.Kind) {
			codes, _ := codesOf(t, c, s, nil)
			said = append(said, codes...)
		}
	}
	return said
}

// others are the checks that need no reader but those.
func others(than []*checks.Check) []*checks.Check {
	return slices.DeleteFunc(slices.Concat(pixelChecks, []*checks.Check{Color}), func(c *checks.Check) bool { return c == Skew || slices.Contains(than, c) })
}

// covered reports whether something that was filled in lies under a mirrored lamp.
func covered(truth fixtures.Truth) bool {
	return slices.ContainsFunc(truth.Fields, func(f fixtures.Field) bool { return f.Covered })
}

// textHeight is the height that half of a drawing's lines are below, in pixels.
func textHeight(truth fixtures.Truth) float64 {
	var heights []float64
	for _, f := range truth.Fields {
		for _, l := range f.Lines {
			heights = append(heights, height(l.Quad))
		}
	}
	slices.Sort(heights)
	if len(heights) == 0 {
		return 0
	}
	return heights[len(heights)/2]
}
