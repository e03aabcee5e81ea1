package seal

import (
	"context"
	_ "embed"
	"fmt"
	"math"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/seals"
)

//go:embed pasted.md
var pastedDoc string

const (
	limitUnevenness = "least_unevenness"
	limitBeside     = "least_print"
	limitThrough    = "least_print_through"
)

// Pasted looks whether a chop lies on the paper as ink does.
var Pasted = &checks.Check{
	ID:      "seal/pasted",
	Version: 1,
	Title:   checks.Text{En: "the chop was stamped, not pasted into the picture", Zh: "印章为实际加盖，而非后期贴图"},
	Doc:     pastedDoc,
	Kinds:   []checks.Kind{checks.BusinessLicense, checks.ApplicationForm, checks.OrganizationCodeCertificate, checks.Proposal, checks.Credential, checks.Unknown},
	Limits: []checks.Limit{
		{Name: limitUnevenness, Default: 0.09, Reason: "geometric mean of two relative quartile distances of the ink along the ring; the most even of 188 drawn stamped chops has 0.10, five in six of 61 pasted ones have less than 0.09"},
		{Name: limitBeside, Default: 0.02, Reason: "share of the places beside the ring with dark print: with less, none need be met on it"},
		{Name: limitThrough, Default: 0.15, Reason: "dark print on the ring as part of that beside it; ink lets all of it be seen, an opaque picture none"},
	},
	Codes: []checks.Code{
		{Code: "ink_even", Title: checks.Text{En: "the chop's ink is as even as a drawing's", Zh: "印章墨色过于均匀"}},
		{Code: "print_covered", Title: checks.Text{En: "the chop hides the print beneath it", Zh: "印章遮盖了其下的文字"}},
	},
	Run: runPasted,
}

// mostChops bounds how many chops are looked at closely; a licence with three inspections has four.
const mostChops = 8

func runPasted(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	found, err := chops(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	picture, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, decode.Skip(err)
	}
	var o checks.Observation
	traced := 0
	for i := range found[:min(len(found), mostChops)] {
		f := &found[i]
		if f.Color != seals.Red || f.Shape != seals.Round && f.Shape != seals.Oval {
			continue
		}
		c, ok := seals.NewCloseUp(picture.Image, f)
		if !ok {
			continue
		}
		t, ok := traceOf(c)
		if !ok {
			continue
		}
		traced++
		if finding, ok := t.judge(settings); ok {
			finding.Region = f.Box
			o.Findings = append(o.Findings, finding)
		}
	}
	if traced == 0 {
		return o, checks.Skip(checks.Text{En: "there is no red chop with a ring that is large enough to be looked at closely", Zh: "没有足够大、可供细看的红色圆形或椭圆形印章"})
	}
	return o, nil
}

// compare is what a person does with either finding.
var compare = checks.Text{
	En: "Look at the chop at full size: ink has grain and patches, and print beneath it stays black. If in doubt, ask for the paper or for a photograph of the chop from the side.",
	Zh: "请放大查看印章：真实印油有颗粒和浓淡，其下的文字仍为黑色。如有疑问，请查看原件或请客户从侧面拍摄印章。",
}

// judge says what speaks against ink. Print that is hidden is the plainer sign and is named alone.
func (t trace) judge(settings checks.Settings) (checks.Finding, bool) {
	if through := settings.Number(limitThrough) * t.darkBeside; t.darkBeside >= settings.Number(limitBeside) && t.darkOn <= through {
		return checks.Finding{
			Code: "print_covered",
			Message: checks.Textf("Dark print lies at %.1f %% of the places beside the chop's ring and at %.1f %% of those on it: the chop hides what it was put over. Ink does not.",
				"印章圆环两侧有 %.1f%% 的位置为深色文字，圆环上仅有 %.1f%%：印章遮盖了其下的文字，而印油不会如此。", 100*t.darkBeside, 100*t.darkOn),
			Remedy: compare,
			Measures: []checks.Measure{
				{Name: "print_beside", Value: round4(t.darkBeside)},
				{Name: "print_on_ring", Value: round4(t.darkOn), Want: fmt.Sprintf("> %.4f", through)}},
		}, true
	}
	least := settings.Number(limitUnevenness)
	if u := t.unevenness(); u < least {
		return checks.Finding{
			Code: "ink_even",
			Message: checks.Textf("The ink along the chop's ring varies by %.1f %%; that of stamped chops varies by more than %.1f %%.",
				"印章圆环上的墨色变化仅为 %.1f%%；实际加盖的印章一般超过 %.1f%%。", 100*u, 100*least),
			Remedy:   compare,
			Measures: []checks.Measure{{Name: "unevenness", Value: round4(u), Want: atLeast(least)}},
		}, true
	}
	return checks.Finding{}, false
}

// unevenness brings the two measures together: blur and noise raise the one, the lamp's gradient the other.
func (t trace) unevenness() float64 { return math.Sqrt(t.spread * t.patches) }

func round4(v float64) float64 { return math.Round(1e4*v) / 1e4 }
