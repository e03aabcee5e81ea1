package legibility

import (
	"context"
	_ "embed"
	"image"
	"math"

	"dossier/checks"
	"dossier/checks/picture/overlay"
	"dossier/checks/picture/paper"
	"dossier/checks/picture/reading"
	"dossier/checks/picture/strokes"
)

//go:embed skew.md
var skewDoc string

const (
	limitLean        = "max_lean"
	limitPerspective = "max_perspective"
)

// Skew looks whether the lines of print stand upright and level.
var Skew = &checks.Check{
	ID:      "legibility/skew",
	Version: 1,
	Title:   checks.Text{En: "the document stands upright and straight", Zh: "材料端正"},
	Doc:     skewDoc,
	Kinds:   printed,
	Limits: []checks.Limit{
		{Name: limitLean, Default: 8, Unit: "degrees", Reason: "a paper laid down with some care leans up to three degrees, a card held in the hands up to seven"},
		{Name: limitPerspective, Default: 1.35, Unit: "", Reason: "ratio of opposite sides of the paper; a phone held over a paper by hand makes up to 1.15"},
	},
	Choices: []checks.Choice{
		reading.Choice("which way up the text stands is known only by reading it; \"off\" leaves that out"),
	},
	Codes: []checks.Code{
		{Code: "leaning", Title: checks.Text{En: "the lines of print lean", Zh: "文字行倾斜"}},
		{Code: "sideways", Title: checks.Text{En: "the document lies on its side", Zh: "材料横置"}},
		{Code: "upside_down", Title: checks.Text{En: "the document stands on its head", Zh: "材料上下颠倒"}},
		{Code: "perspective", Title: checks.Text{En: "the paper was photographed from far aside", Zh: "拍摄角度过斜"}},
	},
	// It waits for the reader: see Text.
	Effort: 4,
	Run:    runSkew,
}

var turn = checks.Text{En: "Ask for a picture taken upright. Turning it is allowed, but save it once only and at high quality.", Zh: "请端正拍摄后重新提供；可以旋转图片，但只保存一次并使用高质量。"}

func runSkew(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	d, err := documentOf(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	if !d.hasPrint() {
		return checks.Observation{}, noPrint()
	}
	sheet, err := outlineOf(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	var o checks.Observation
	_, _, region := d.where(func(strokes.Line) bool { return true })
	lean := d.middle(func(l strokes.Line) float64 { return l.Angle(d.page.Down) })
	switch {
	case d.page.Down:
		o.Findings = append(o.Findings, checks.Finding{Code: "sideways", Region: region, Remedy: turn,
			Message:  checks.Text{En: "The lines of print run down the picture: the document lies on its side.", Zh: "文字行竖直排列：材料是横着的。"},
			Measures: []checks.Measure{{Name: "turn", Value: 90, Unit: "degrees", Want: "0"}}})
	case reading.On(settings) == nil && upsideDown(ctx, s):
		o.Findings = append(o.Findings, checks.Finding{Code: "upside_down", Region: region, Remedy: turn,
			Message:  checks.Text{En: "The document stands on its head.", Zh: "材料上下颠倒。"},
			Measures: []checks.Measure{{Name: "turn", Value: 180, Unit: "degrees", Want: "0"}}})
	}
	if most := settings.Number(limitLean); math.Abs(lean) > most {
		o.Findings = append(o.Findings, d.straightened(sheet, checks.Finding{Code: "leaning", Region: region,
			Message:  checks.Textf("The lines of print lean by %.0f degrees.", "文字行倾斜 %.0f 度。", math.Abs(lean)),
			Remedy:   checks.Text{En: "It can be read. If there is time, ask for a picture taken straight from above.", Zh: "不影响辨认；如有时间，请从正上方端正拍摄。"},
			Measures: []checks.Measure{{Name: "lean", Value: rounded(lean, 0.1), Unit: "degrees", Want: "<= " + short(most)}}}))
	}
	if f, ok := d.perspective(sheet, settings.Number(limitPerspective)); ok {
		o.Findings = append(o.Findings, d.straightened(sheet, f))
	}
	return o, nil
}

// straightened shows the sheet as seen from straight above, where its outline is known: what can be read there can be
// read, however it was held. The picture that is sent stays as it is.
func (d document) straightened(sheet *paper.Paper, f checks.Finding) checks.Finding {
	if sheet == nil || sheet.Whole {
		return f
	}
	view := paper.Straighten(d.picture, sheet.Corners, overlay.MaxSide)
	if view == nil {
		return f
	}
	f.Overlay = view
	f.Message.En += " The evidence shows the sheet laid straight."
	f.Message.Zh += "证据图为拉正后的版面。"
	return f
}

// upsideDown reports whether the text that was read stands on its head; without reading it is not known. What is
// mirrored is not called turned as well.
func upsideDown(ctx context.Context, s *checks.Subject) bool {
	t, err := paper.TurnOf.Of(ctx, s)
	return err == nil && t.Known && !t.Mirrored && t.Quarters == 2
}

// perspective compares opposite sides of the paper, where its outline was found.
func (d document) perspective(sheet *paper.Paper, most float64) (checks.Finding, bool) {
	if sheet == nil || sheet.Whole {
		return checks.Finding{}, false
	}
	ratio := 1 + sheet.Perspective
	if ratio <= most {
		return checks.Finding{}, false
	}
	var box image.Rectangle
	for _, p := range sheet.Corners {
		box = box.Union(image.Rect(int(p.X), int(p.Y), int(p.X)+1, int(p.Y)+1))
	}
	return checks.Finding{Code: "perspective", Region: d.region(box),
		Message:  checks.Textf("The paper was photographed from far aside: one of its sides appears %.1f times as long as the opposite one.", "拍摄角度过斜：纸张一边的长度是对边的 %.1f 倍。", ratio),
		Remedy:   checks.Text{En: "Look whether the far side can be read. If not, ask for a picture taken straight from above.", Zh: "请确认较远一侧是否可辨认；如不能，请从正上方重新拍摄。"},
		Measures: []checks.Measure{{Name: "sides", Value: rounded(ratio, 0.01), Want: "<= " + short(most)}}}, true
}
