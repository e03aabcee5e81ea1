package legibility

import (
	"context"
	_ "embed"
	"strconv"

	"dossier/checks"
	"dossier/checks/picture/paper"
	"dossier/checks/picture/strokes"
)

//go:embed resolution.md
var resolutionDoc string

const (
	limitHeight      = "min_height"
	limitSmallHeight = "small_height"
	// smallPrint is the share of the characters that may be smaller than the text that matters: notes at
	// the foot and between the lines of a paper.
	smallPrint = 0.2
)

// Resolution looks whether the print is large enough in pixels.
var Resolution = &checks.Check{
	ID:      "legibility/resolution",
	Version: 2,
	Title:   checks.Text{En: "the print is large enough in the picture", Zh: "文字在图片中足够大"},
	Doc:     resolutionDoc,
	Kinds:   printed,
	Limits: []checks.Limit{
		{Name: limitHeight, Default: 7, Unit: "px", Reason: "height of the characters; of drawn lines 6 pixels high half can be read, of those of 8 and more nine in ten"},
		{Name: limitSmallHeight, Default: 9, Unit: "px", Reason: "below it lines begin to be misread"},
	},
	Codes: []checks.Code{
		{Code: "text_too_small", Title: checks.Text{En: "the print is too small in the picture to be read", Zh: "文字在图片中过小，无法辨认"}},
		{Code: "text_small", Title: checks.Text{En: "the print is small in the picture", Zh: "文字在图片中偏小"}},
	},
	Run: runResolution,
}

func runResolution(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	d, err := documentOf(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	if !d.hasPrint() {
		return checks.Observation{}, noPrint()
	}
	share := smallPrint
	if d.noise >= grainy {
		share = 0.5 // the smallest of what looks like print there is chains of grains
	}
	height := d.quantile(share, heightOf)
	code, least := "text_small", settings.Number(limitSmallHeight)
	if height >= least {
		return checks.Observation{}, nil
	}
	if height < settings.Number(limitHeight) {
		code, least = "text_too_small", settings.Number(limitHeight)
	}
	boxes, small, region := d.where(func(l strokes.Line) bool { return l.Height < least })
	m := d.page.Map(nil)
	f := checks.Finding{Code: code, Region: region, Overlay: d.readable(m, boxes),
		Message: checks.Textf("The print is small: %.0[3]f %% of it is at most %.0[1]f pixels high, at least %.0[2]f are needed.", "文字过小：%.0[3]f%% 的文字高度不超过 %.0[1]f 像素，至少应为 %.0[2]f 像素。", height, least, 100*share),
		Remedy: checks.Text{En: "Ask for a scan with at least 150 dpi, or a photograph in which the paper or the card fills the picture, sent as a file and not through a messenger that makes it smaller.",
			Zh: "请提供 150 dpi 以上的扫描件，或让纸张、证件占满画面重新拍摄；请以原图发送，不要经聊天工具压缩。"},
		Measures: []checks.Measure{{Name: "height", Value: rounded(height, 0.1), Unit: "px", Want: ">= " + short(least)},
			{Name: "stroke", Value: rounded(d.middle(func(l strokes.Line) float64 { return l.Stroke }), 0.1), Unit: "px"},
			{Name: "small_share", Value: percent(small), Unit: "%"}, readableMeasure(m)}}
	if sheet, err := paper.Of.Of(ctx, s); err == nil && sheet != nil && sheet.PixelsPerMM > 0 {
		f.Measures = append(f.Measures, checks.Measure{Name: "resolution", Value: rounded(25.4*sheet.PixelsPerMM, 1), Unit: "dpi"})
	}
	return checks.Observation{Findings: []checks.Finding{f}}, nil
}

func heightOf(l strokes.Line) float64 { return l.Height }

// short writes a number as short as it can be.
func short(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
