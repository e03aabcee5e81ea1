package form

import (
	"context"
	_ "embed"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/fields"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/reading"
	"dossier/checks/picture/seals"
	"dossier/checks/picture/writing"
)

//go:embed signature.md
var signatureDoc string

const (
	choiceLabels = "labels"
	limitNoInk   = "no_ink"
	limitInk     = "least_ink"
	limitWidth   = "least_width"
	limitHeight  = "least_height"
	limitUnder   = "most_under_seal"
)

// Signature looks whether somebody has signed where the form asks for it.
var Signature = &checks.Check{
	ID:      "form/signature",
	Version: 2,
	Title:   checks.Text{En: "the form is signed", Zh: "申请表已签名"},
	Doc:     signatureDoc,
	Kinds:   []checks.Kind{checks.ApplicationForm},
	Limits: []checks.Limit{
		{Name: limitNoInk, Default: 0.12, Unit: "squares of a character", Reason: "less ink than this beside the label is dirt or the end of a stroke from elsewhere: a single printed digit has 0.15"},
		{Name: limitInk, Default: writing.LeastInk, Unit: "squares of a character", Reason: "a signature has the ink of two characters or more; the smallest of 52 drawn ones has 1.7"},
		{Name: limitWidth, Default: writing.LeastWidth, Unit: "characters", Reason: "two written characters are wider; an initial or a tick is not"},
		{Name: limitHeight, Default: writing.LeastHeight, Unit: "characters", Reason: "writing is about as high as print or higher; a dash is not"},
		{Name: limitUnder, Default: 0.5, Unit: "share of the signature's ink", Reason: "where more than half of the strokes lie in ink that leaves no ground between them, what is left is no writing; under a chop that was stamped once it is at most 0.01 on 54 drawn forms"},
	},
	Choices: []checks.Choice{
		reading.Choice("the place is found by its label, which has to be read; \"off\" leaves it out"),
		{Name: choiceLabels, Default: writing.SignatureLabels(), Reason: "how the labels of places to sign end: 运营者签名, 法定代表人签字, 经办人签字"},
	},
	Codes: []checks.Code{
		{Code: "no_signature", Title: checks.Text{En: "the place for the signature is empty", Zh: "签名处为空"}},
		{Code: "signature_unclear", Title: checks.Text{En: "what stands where the signature belongs does not look like one", Zh: "签名处的内容不像签名"}},
		{Code: "signature_under_seal", Title: checks.Text{En: "the ink of a chop hides the signature", Zh: "签名被印章油墨遮盖"}},
	},
	Effort: 4, // it may be the first that reads; see legibility/text
	Run:    runSignature,
}

// A seen is what was seen of a form.
type seen struct {
	page    *reading.Page
	reduced *raster.Raster
	chops   []seals.Found // none in a picture without colour
}

// see returns the page's text, the reduced picture and its chops, or the reason why there is no text.
func see(ctx context.Context, s *checks.Subject, settings checks.Settings) (v seen, err error) {
	if err := reading.On(settings); err != nil {
		return v, err
	}
	if err := s.OnePage(); err != nil {
		return v, err
	}
	if v.page, err = reading.Text.Of(ctx, s); err != nil {
		return v, err
	}
	if v.reduced, err = raster.Reduced.Of(ctx, s); err != nil {
		return v, err
	}
	v.chops, err = seals.Of.Of(ctx, s)
	if _, skipped := checks.SkipReason(err); skipped {
		err = nil
	}
	return v, err
}

func runSignature(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	v, err := see(ctx, s, settings)
	if err != nil {
		return checks.Observation{}, err
	}
	places := fields.Ending(v.page, settings.Words(choiceLabels), writing.LongestLabel)
	if len(places) == 0 {
		return checks.Observation{}, checks.Skip(checks.Text{
			En: "no label such as 签名 or 签字 could be read, so that the place for the signature is not known", Zh: "未能读出“签名”“签字”等字样，无法确定签名位置"})
	}
	var o checks.Observation
	for _, p := range places {
		w := writing.SignedAt(v.page, v.reduced, p, v.chops)
		if f, ok := signatureFinding(w, p, stamped(w.Region, v.chops), settings); ok {
			o.Findings = append(o.Findings, f)
		}
	}
	return o, nil
}

var signHere = checks.Text{
	En: "Have the form signed by hand at the place marked, and scan it again.",
	Zh: "请在标出的位置手写签名后重新扫描。",
}

// stamped reports whether a chop lies over a place.
func stamped(place checks.Region, chops []seals.Found) bool {
	return slices.ContainsFunc(chops, func(c seals.Found) bool { return c.Share(place) > 0 })
}

func signatureFinding(w writing.Written, p fields.Place, stamped bool, settings checks.Settings) (checks.Finding, bool) {
	measures := []checks.Measure{
		{Name: "ink", Value: rounded(w.Ink), Unit: "squares of a character", Want: ">= " + number(settings.Number(limitInk))},
		{Name: "width", Value: rounded(w.Width), Unit: "characters", Want: ">= " + number(settings.Number(limitWidth))},
		{Name: "height", Value: rounded(w.Height), Unit: "characters", Want: ">= " + number(settings.Number(limitHeight))},
		{Name: "under_seal", Value: rounded(w.Under), Unit: "share of the signature's ink", Want: "<= " + number(settings.Number(limitUnder))},
	}
	f := checks.Finding{Code: "signature_unclear", Region: w.Region, Measures: measures, Remedy: signHere}
	switch {
	case w.Ink < settings.Number(limitNoInk) && w.Inside < 0.5:
		f.Message = checks.Textf("The place beside %[1]q lies outside the picture: whether it is signed cannot be seen.", "“%[1]s”旁的位置在图片之外，无法看到是否已签名。", p.Label)
		f.Remedy = checks.Text{En: "Scan the form again with its whole page in the picture.", Zh: "请将整页表格完整扫描。"}
	case w.Ink < settings.Number(limitNoInk) && stamped:
		f.Code = "no_signature"
		f.Message = checks.Textf("Nothing is written beside %[1]q: what lies there is a chop, which is no signature.", "“%[1]s”旁只有印章，没有手写签名。", p.Label)
	case w.Ink < settings.Number(limitNoInk):
		f.Code = "no_signature"
		f.Message = checks.Textf("Nothing is written beside %[1]q.", "“%[1]s”旁没有任何字迹。", p.Label)
	case w.Printed != "":
		f.Message = checks.Textf("What stands beside %[1]q looks printed (%[2]q), not signed by hand.", "“%[1]s”旁的“%[2]s”像是打印的，而不是手写签名。", p.Label, w.Printed)
	case w.Under > settings.Number(limitUnder):
		f.Code = "signature_under_seal"
		f.Message = checks.Textf("The ink of a chop lies over %.0[2]f %% of the signature beside %[1]q and hides it.", "“%[1]s”旁的签名有 %.0[2]f%% 被印章油墨遮盖，难以辨认。", p.Label, 100*w.Under)
		f.Remedy = checks.Text{
			En: "If you cannot make out the signature, have the form signed and stamped again: the chop over the company's name and the date, the signature free.",
			Zh: "如看不清签名，请重新签名并盖章：公章压盖单位名称和日期，签名处留空。",
		}
	case w.Ink < settings.Number(limitInk) || w.Width < settings.Number(limitWidth) || w.Height < settings.Number(limitHeight):
		f.Message = checks.Textf("What stands beside %[1]q is very small for a signature: %.1[2]f characters wide and %.1[3]f high.",
			"“%[1]s”旁的字迹作为签名过小：宽 %.1[2]f 个字，高 %.1[3]f 个字。", p.Label, w.Width, w.Height)
	default:
		return checks.Finding{}, false
	}
	return f, true
}
