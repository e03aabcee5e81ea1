package seal

import (
	"context"
	_ "embed"
	"math"

	"dossier/checks"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/reading"
	"dossier/checks/picture/seals"
	"dossier/checks/picture/writing"
)

//go:embed present.md
var presentDoc string

const (
	limitStrength     = "least_strength"
	limitCompleteness = "least_completeness"
	choiceLabels      = "labels"
)

// Present lists the chops of a document and finds that the one it needs is missing or hardly to be seen.
var Present = &checks.Check{
	ID:      "seal/present",
	Version: 2,
	Title:   checks.Text{En: "the chop the document needs is on it", Zh: "材料上有应盖的印章"},
	Doc:     presentDoc,
	Limits: []checks.Limit{
		{Name: limitStrength, Default: 0.15, Reason: "share of full ink, where 1 takes away two thirds of the light (a logarithm of 1); drawn chops pressed lightly have 0.35 and more, at 0.15 the name on a chop can hardly be read"},
		{Name: limitCompleteness, Default: 0.6, Reason: "share of the outline that can be seen; black print over a chop hides up to 0.12 of it, and of a chop that lacks two fifths of its outline the name cannot be read whole"},
	},
	Choices: []checks.Choice{
		reading.Choice("on a form the places of the signature, the date and the company's name are found by their labels, which have to be read; \"off\" leaves out how much of them a chop lies over"),
		{Name: choiceLabels, Default: writing.SignatureLabels(), As: "form/signature", Reason: "how the labels of places to sign end"},
	},
	Codes: []checks.Code{
		{Code: "no_seal", Title: checks.Text{En: "no chop was found where one is needed", Zh: "未发现应有的印章"}},
		{Code: "seal_not_red", Title: checks.Text{En: "the chop is not red", Zh: "印章不是红色"}},
		{Code: "seal_faint", Title: checks.Text{En: "the chop is faint", Zh: "印章颜色过浅"}},
		{Code: "seal_incomplete", Title: checks.Text{En: "part of the chop is missing", Zh: "印章不完整"}},
		{Code: "seal_cut", Title: checks.Text{En: "the chop runs out of the picture", Zh: "印章超出图片边缘"}},
	},
	Effort: 4, // on a form it may be the first that reads; see legibility/text
	Run:    runPresent,
}

// A need is the chop a kind of document must bear.
type need struct {
	whose checks.Text
	// round: only a round one will do; the oval ones of a licence are those of annual inspections.
	round  bool
	remedy checks.Text
}

var needs = map[checks.Kind]need{
	checks.BusinessLicense: {checks.Text{En: "the issuing authority's chop", Zh: "登记机关的印章"}, true, checks.Text{
		En: "Look at the lower right of the licence. If there is a chop, or an embossed (steel) one, which no picture check can see, go on; else ask for a colour scan of the original.",
		Zh: "请查看营业执照右下方。如有印章或钢印（图片检查无法识别钢印），可继续；否则请客户提供原件的彩色扫描件。"}},
	checks.ApplicationForm: {checks.Text{En: "the company's chop", Zh: "单位公章"}, false, checks.Text{
		En: "Look where the form asks for the chop. If there is none, have the form chopped with the company's round red chop over its name and scanned again in colour.",
		Zh: "请查看盖章处。如确无印章，请加盖单位红色圆形公章后重新彩色扫描。"}},
	checks.OrganizationCodeCertificate: {checks.Text{En: "the chop of the office that issued it", Zh: "发证机关的印章"}, true, checks.Text{
		En: "Look at the certificate. If there is a chop, or an embossed (steel) one, go on; else ask for a colour scan of the original.",
		Zh: "请查看证书。如有印章或钢印，可继续；否则请客户提供原件的彩色扫描件。"}},
}

func runPresent(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	n, needed := needs[s.Kind]
	found, err := chops(ctx, s)
	if _, skipped := checks.SkipReason(err); skipped && !needed {
		return checks.Observation{}, nil // nothing is asked of this document, and nothing can be listed
	}
	if err != nil {
		return checks.Observation{}, err
	}
	o := checks.Observation{}
	for _, f := range found {
		s := f.Seal
		s.Completeness, s.Strength = round2(s.Completeness), round2(s.Strength)
		o.Seals = append(o.Seals, s)
	}
	if err := overlaps(ctx, s, found, settings, o.Seals); err != nil {
		return checks.Observation{}, err
	}
	if needed {
		o.Findings = n.judge(found, settings)
	}
	return o, nil
}

// overlaps says of each chop of a form how much of the form's foot it lies over, where reading is on and possible.
func overlaps(ctx context.Context, s *checks.Subject, found []seals.Found, settings checks.Settings, listed []checks.Seal) error {
	if s.Kind != checks.ApplicationForm || len(found) == 0 || reading.On(settings) != nil {
		return nil
	}
	page, err := reading.Text.Of(ctx, s)
	if _, skipped := checks.SkipReason(err); skipped {
		return nil // legibility/text says why nothing is read
	}
	if err != nil {
		return err
	}
	reduced, err := raster.Reduced.Of(ctx, s)
	if err != nil {
		return err
	}
	foot, err := writing.FootOf(ctx, page, reduced, settings.Words(choiceLabels), found)
	if err != nil {
		return err
	}
	for i := range listed {
		listed[i].Overlaps = foot.Overlaps(&found[i])
	}
	return nil
}

// chops are the subject's; a file whose pages are documents of their own has none.
func chops(ctx context.Context, s *checks.Subject) ([]seals.Found, error) {
	if err := s.OnePage(); err != nil {
		return nil, err
	}
	return seals.Of.Of(ctx, s)
}

// judge says what is wrong with the chops of a document that needs one.
func (n need) judge(found []seals.Found, settings checks.Settings) []checks.Finding {
	best, red := n.best(found)
	switch {
	case best == nil:
		return []checks.Finding{n.missing(found)}
	case !red:
		return []checks.Finding{{
			Code:    "seal_not_red",
			Message: checks.Textf("The only chop found is blue; %[1]s is red.", "只发现蓝色印章；%[2]s应为红色。", n.whose.En, n.whose.Zh),
			Remedy:  n.remedy, Region: best.Box,
		}}
	}
	if best.Cut {
		return []checks.Finding{{
			Code:    "seal_cut",
			Message: checks.Text{En: "The chop runs out of the picture.", Zh: "印章超出图片边缘，未拍全。"},
			Remedy:  checks.Text{En: "Ask for a picture that shows the whole sheet.", Zh: "请客户提供拍全整张材料的图片。"},
			Region:  best.Box,
		}}
	}
	if least := settings.Number(limitCompleteness); best.Completeness < least {
		return []checks.Finding{{
			Code:     "seal_incomplete",
			Message:  checks.Textf("Only %.0f %% of the chop's outline can be seen.", "印章轮廓仅能看到 %.0f%%。", 100*best.Completeness),
			Remedy:   checks.Text{En: "If the name on the chop cannot be read, have the document chopped again, evenly, beside the old one.", Zh: "如看不清印章上的名称，请在旁边重新均匀加盖。"},
			Measures: []checks.Measure{{Name: "completeness", Value: round2(best.Completeness), Want: atLeast(least)}},
			Region:   best.Box,
		}}
	}
	if least := settings.Number(limitStrength); best.Strength < least {
		return []checks.Finding{{
			Code:     "seal_faint",
			Message:  checks.Textf("The chop is faint: it has %.0f %% of full ink.", "印章颜色过浅：墨色仅为正常的 %.0f%%。", 100*best.Strength),
			Remedy:   checks.Text{En: "If the name on the chop cannot be read, ask for a better scan, or have the document chopped again.", Zh: "如看不清印章上的名称，请重新扫描或重新盖章。"},
			Measures: []checks.Measure{{Name: "strength", Value: round2(best.Strength), Want: atLeast(least)}},
			Region:   best.Box,
		}}
	}
	return nil
}

// best is the chop that serves the need best: a red one before others, then the one of which most can be
// seen.
func (n need) best(found []seals.Found) (best *seals.Found, red bool) {
	for i := range found {
		f := &found[i]
		if n.round && f.Shape != seals.Round || f.Shape == seals.Other {
			continue // a stamp that says "received" is no chop
		}
		isRed := f.Color == seals.Red
		if best == nil || isRed && !red || isRed == red && f.Completeness*f.Strength > best.Completeness*best.Strength {
			best, red = f, isRed
		}
	}
	return best, red
}

func (n need) missing(found []seals.Found) checks.Finding {
	f := checks.Finding{
		Code:     "no_seal",
		Message:  checks.Textf("No chop was found; the document needs %[1]s. Embossed (steel) chops cannot be seen by this check.", "未发现印章；该材料须有%[2]s。本检查无法识别钢印。", n.whose.En, n.whose.Zh),
		Remedy:   n.remedy,
		Measures: []checks.Measure{{Name: "seals", Value: float64(len(found)), Want: ">= 1"}},
	}
	if len(found) > 0 {
		f.Message = checks.Textf("%[3]d chop(s) were found, none of them the right one; the document needs %[1]s. Embossed (steel) chops cannot be seen by this check.",
			"发现 %[3]d 枚印章，但都不是应有的印章；该材料须有%[2]s。本检查无法识别钢印。", n.whose.En, n.whose.Zh, len(found))
		f.Region = found[0].Box
	}
	return f
}

func round2(v float64) float64 { return math.Round(100*v) / 100 }
