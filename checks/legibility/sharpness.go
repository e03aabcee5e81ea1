package legibility

import (
	"context"
	_ "embed"
	"image"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/strokes"
)

//go:embed sharpness.md
var sharpnessDoc string

const (
	limitBlur         = "max_blur"
	limitSoft         = "soft_blur"
	limitPart         = "blurred_part"
	limitSharpest     = "max_sharpest_edge"
	limitSharpestBare = "max_sharpest_edge_bare"
	limitSteep        = "least_steepness"
	limitSteepBare    = "least_steepness_bare"
	limitSteepPerson  = "least_steepness_person"
	limitSoftInk      = "soft_ink"
	// softInk is the steepness below which a tile is blurred: at a blur of 1.2 pixels of the reduced picture hardly a tile of drawn
	// pages is below it, at 2.0 a third, and no reader reads those.
	softInk = 0.5
	// differs is by how many levels parts of a picture differ that shows something.
	differs = 60
	// softestPixels: edges of fewer pixels are as sharp as a small picture can be.
	softestPixels  = 3
	nothingIsSharp = 1000 // max_sharpest_edge is given in thousandths of the picture's longer side
)

// Sharpness looks whether the strokes of the print are sharp enough for its size.
var Sharpness = &checks.Check{
	ID:      "legibility/sharpness",
	Version: 2,
	Title:   checks.Text{En: "the print is sharp", Zh: "文字清晰"},
	Doc:     sharpnessDoc,
	Kinds:   printed,
	Limits: []checks.Limit{
		{Name: limitBlur, Default: 20, Unit: "%", Reason: "width of the blur as a part of the text's height; on drawn documents made worse step by step eight lines in ten are read below 15 %, three to six at 20 %, one beyond 30 %"},
		{Name: limitSoft, Default: 15, Unit: "%", Reason: "from there on reading suffers; sharp print has 3 to 11 %"},
		{Name: limitPart, Default: 0.2, Unit: "", Reason: "share of the print; a fifth of a document is several lines, and less can be small print that nobody reads"},
		{Name: limitSharpest, Default: 3.8, Unit: "‰", Reason: "width of the sharpest edges, of the picture's longer side: where blur has dissolved all but the titles no line tells of it. Drawn photos and scans have 2.8 at most, blurred so that one line in three is read 4.3"},
		{Name: limitSharpestBare, Default: 3.3, Unit: "‰", Reason: "likewise where no print was found, which a document has; of untouched photos without print the softest ordinary one has 3.2"},
		{Name: limitSteep, Default: steepEnough, Unit: "", Reason: "how much of the step from paper to ink is taken within two pixels, by the steepest tenth of the picture, in the direction in which that is least: a moving hand leaves one direction sharp. Drawn documents have 1.16 and more, scanned receipts 1.0, one of which one line in three is read 0.5"},
		{Name: limitSteepBare, Default: 1, Unit: "", Reason: "likewise on a paper on which no print was found, which it has"},
		{Name: limitSteepPerson, Default: 0.8, Unit: "", Reason: "likewise in a photo of the holder in which no print was found; drawn ones taken by a moving hand have 0.5 to 0.8, real photographs of people before a soft background 0.98 and more, one 0.82"},
		{Name: limitSoftInk, Default: 0.015, Unit: "", Reason: "share of the parts with ink whose edges are all softer than half a step in two pixels: where blur has dissolved the lines, they are not counted among the print. Of sharp pages and of scanned papers no part is; half of a page out of focus makes 2 % and more"},
	},
	Codes: []checks.Code{
		{Code: "blurred", Title: checks.Text{En: "the picture is blurred", Zh: "图片模糊"}},
		{Code: "blurred_in_part", Title: checks.Text{En: "a part of the print is blurred", Zh: "部分文字模糊"}},
		{Code: "soft", Title: checks.Text{En: "the print is a little soft", Zh: "文字略有模糊"}},
	},
	Run: runSharpness,
}

var retakeSharp = checks.Text{
	En: "Ask for another picture: hold the phone still with both hands or rest it on something, tap on the text to focus, and do not go nearer than the lens can focus. A scan is best.",
	Zh: "请重新拍摄：双手持稳手机或将其靠稳，点按文字处对焦，不要离得过近。最好使用扫描件。",
}

func runSharpness(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	d, err := documentOf(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	most := settings.Number(limitBlur) / 100
	edge := d.page.Sharpest / float64(max(d.page.Width, d.page.Height)) * nothingIsSharp
	nothingSharp := edge > settings.Number(limitSharpest) && d.page.Sharpest > softestPixels
	if !d.hasPrint() {
		nothingSharp = d.hasNoEdge(edge > settings.Number(limitSharpestBare))
	}
	leastSteep := settings.Number(limitSteep)
	switch {
	case d.hasPrint():
	case s.Kind == checks.HolderPhoto:
		leastSteep = settings.Number(limitSteepPerson)
	default:
		leastSteep = settings.Number(limitSteepBare)
	}
	steep, known := steepestAlong(d.ink)
	smeared := known && steep < leastSteep
	if !d.hasPrint() && !nothingSharp && !smeared {
		return checks.Observation{}, noPrint()
	}
	// A person before a background that is out of focus is a good picture.
	var soft []int
	if s.Kind != checks.HolderPhoto {
		soft = softer(d.ink, softInk)
	}
	blur := d.middle(blurOf)
	small := notes * d.middle(heightOf)
	boxes, share, region := d.where(func(l strokes.Line) bool { return l.Blur > most && (l.Height > small || wide(l) > wideEdge) })
	if known && steep >= sharpEdges && d.middle(strokes.Line.Contrast) < enoughContrast {
		blur, share = 0, 0
	}
	var f checks.Finding
	switch {
	case nothingSharp:
		f = checks.Finding{Code: "blurred", Region: d.region(image.Rect(0, 0, d.page.Width, d.page.Height)),
			Message:  checks.Textf("Nothing in the picture is sharp: its sharpest edges are %.1f pixels wide.", "整张图片模糊：最清晰的边缘也有 %.1f 像素宽。", d.page.Sharpest),
			Measures: []checks.Measure{{Name: "sharpest_edge", Value: rounded(edge, 0.1), Unit: "‰", Want: "<= " + short(settings.Number(limitSharpest))}}}
	case blur > most && d.hasPrint():
		f = checks.Finding{Code: "blurred", Region: region,
			Message: checks.Textf("The print is blurred: the blur is %.0f %% of the text's height, and above %.0f %% it can hardly be read.", "文字模糊：模糊宽度为字高的 %.0f%%，超过 %.0f%% 即难以辨认。", 100*blur, 100*most)}
	case smeared:
		f = checks.Finding{Code: "blurred", Region: d.region(image.Rect(0, 0, d.page.Width, d.page.Height)),
			Message: checks.Textf("Everything in the picture is blurred, at least in one direction, as by a moving hand: its sharpest edges take %.0f %% of their step within two pixels, at least %.0f %% is needed.",
				"整张图片模糊（至少在一个方向上，如同手抖）：最清晰的边缘在两个像素内只完成 %.0f%% 的明暗变化，至少应为 %.0f%%。", 100*steep, 100*leastSteep),
			Measures: []checks.Measure{{Name: "steepness", Value: rounded(steep, 0.01), Want: ">= " + short(leastSteep)}}}
	case share < settings.Number(limitPart) && len(soft) >= leastSoftTiles && float64(len(soft)) >= settings.Number(limitSoftInk)*float64(len(d.ink)):
		boxes, region = d.boxesOf(slices.Values(soft))
		part := float64(len(soft)) / float64(len(d.ink))
		f = checks.Finding{Code: "blurred_in_part", Region: region,
			Message:  checks.Textf("A part of the paper is out of focus: %.0f %% of what is printed has not one sharp edge.", "纸面有一部分失焦：%.0f%% 的印刷处没有一条清晰的边缘。", 100*part),
			Measures: []checks.Measure{{Name: "soft_ink", Value: rounded(100*part, 0.1), Unit: "%", Want: "< " + short(100*settings.Number(limitSoftInk))}}}
	case share >= settings.Number(limitPart) && d.hasPrint():
		f = checks.Finding{Code: "blurred_in_part", Region: region,
			Message: checks.Textf("%.0f %% of the print is too blurred to be read with certainty.", "有 %.0f%% 的文字过于模糊，难以准确辨认。", 100*share)}
	case blur > settings.Number(limitSoft)/100:
		boxes, _, region = d.where(func(l strokes.Line) bool { return l.Blur > settings.Number(limitSoft)/100 })
		f = checks.Finding{Code: "soft", Region: region,
			Message: checks.Textf("The print is a little soft: the blur is %.0f %% of the text's height.", "文字略有模糊：模糊宽度为字高的 %.0f%%。", 100*blur)}
	default:
		return checks.Observation{}, nil
	}
	f.Remedy = retakeSharp
	if d.hasPrint() {
		m := d.page.Map(nil)
		f.Measures = append(f.Measures, checks.Measure{Name: "blur", Value: percent(blur), Unit: "%", Want: "<= " + short(settings.Number(limitBlur))},
			checks.Measure{Name: "blurred_share", Value: percent(share), Unit: "%"}, readableMeasure(m))
		f.Overlay = d.readable(m, boxes)
	}
	return checks.Observation{Findings: []checks.Finding{f}}, nil
}

// steepEnough is the default of least_steepness, for the checks that look whether sharpness has spoken.
const steepEnough = 0.6

// sharpEdges is the steepness from which on print is sharp that is so pale that Line.Blur takes its paleness for depth it has lost.
const sharpEdges = 1

// notes are so much lower than half of the print: small print at the foot, and the ornaments of a frame, which are
// pale beside black print and so look as if they had lost depth.
const notes = 0.62

// wideEdge is how wide the edges of notes are, as the deviation of a Gaussian and a part of their height, if they are blurred indeed; those of
// sharp ornaments have 0.08 to 0.11.
const wideEdge = 0.12

func wide(l strokes.Line) float64 {
	return l.Edge / strokes.RiseOfGaussian / max(1, l.Height)
}

// leastSoftTiles: a chop whose ink has run makes a few soft tiles.
const leastSoftTiles = 12

func blurOf(l strokes.Line) float64 { return l.Blur }

// hasNoEdge reports whether a picture that shows something without print has only soft edges, or none at all.
func (d document) hasNoEdge(soft bool) bool {
	if d.page.Sharpest > 0 {
		return soft && d.page.Sharpest > softestPixels
	}
	dark, bright := uint8(255), uint8(0)
	for i, level := range d.page.Light.Paper {
		dark, bright = min(dark, d.page.Light.Ink[i]), max(bright, level)
	}
	return int(bright)-int(dark) >= differs
}
