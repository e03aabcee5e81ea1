package legibility

import (
	"cmp"
	"context"
	_ "embed"
	"image"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/overlay"
	"dossier/checks/picture/reading"
)

//go:embed mirrored.md
var mirroredDoc string

const (
	limitSure   = "sure"
	limitBetter = "min_gain"
	// lookedAt is how many of the longest lines are read again as in a mirror, least how few say nothing.
	lookedAt   = 6
	leastLines = 2
	// shortestLine: a line of fewer characters may read well either way, such as 1 or 口.
	shortestLine = 4
)

// Mirrored looks whether left and right are exchanged.
var Mirrored = &checks.Check{
	ID:      "legibility/mirrored",
	Version: 1,
	Title:   checks.Text{En: "the picture is not a mirror image", Zh: "图片不是镜像"},
	Doc:     mirroredDoc,
	Kinds:   printed,
	Limits: []checks.Limit{
		{Name: limitSure, Default: 0.85, Unit: "", Reason: "confidence of the longest lines at which they are not read again: print that is read so surely is not mirrored"},
		{Name: limitBetter, Default: 0.08, Unit: "", Reason: "by how much surer the lines are read in a mirror; of drawn pictures that are not mirrored none gains (they lose 0.2 to 0.4), mirrored ones gain 0.14 and more"},
	},
	Codes: []checks.Code{
		{Code: "mirrored", Title: checks.Text{En: "left and right are exchanged", Zh: "左右颠倒（镜像）"}},
	},
	Effort: 4,
	Run:    runMirrored,
}

func runMirrored(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	if s.Parts > 0 {
		return checks.Observation{}, checks.Skip(checks.Text{En: "its pages are looked at one by one", Zh: "逐页检查"})
	}
	picture, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, decode.Skip(err)
	}
	page, err := reading.Text.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	lines := longest(page)
	if len(lines) < leastLines {
		return checks.Observation{}, checks.Skip(checks.Text{En: "too little text was read in the picture", Zh: "图片中读出的文字过少"})
	}
	var asIs, mirrored float64
	var places []image.Rectangle
	var all image.Rectangle
	for _, l := range lines {
		asIs += l.Confidence / float64(len(lines))
		b := image.Rect(l.Box.X, l.Box.Y, l.Box.X+l.Box.Width, l.Box.Y+l.Box.Height)
		places, all = append(places, b), all.Union(b)
	}
	if asIs >= settings.Number(limitSure) {
		return checks.Observation{}, nil
	}
	for _, l := range lines {
		c, err := inMirror(ctx, s, l.Quad)
		if err != nil {
			return checks.Observation{}, err
		}
		mirrored += c / float64(len(lines))
	}
	if mirrored < asIs+settings.Number(limitBetter) {
		return checks.Observation{}, nil
	}
	f := checks.Finding{Code: "mirrored", Region: checks.Region{X: all.Min.X, Y: all.Min.Y, Width: all.Dx(), Height: all.Dy()},
		Overlay: drawn(overlay.Draw(overlay.Evidence{Picture: picture.Image, Region: slices.Values(places)})),
		Message: checks.Textf("Left and right are exchanged: read as in a mirror the text is read with a confidence of %.0f %%, as it is with %.0f %%.",
			"图片左右颠倒（镜像）：镜像后识别置信度为 %.0f%%，原样仅 %.0f%%。", 100*mirrored, 100*asIs),
		Remedy: checks.Text{En: "Ask for a picture taken with the main camera, or with the front camera set not to save mirror images. Pictures turned round afterwards count as edited.",
			Zh: "请用后置摄像头拍摄，或在前置摄像头设置中关闭镜像保存。事后翻转属于修改图片。"},
		Measures: []checks.Measure{{Name: "mirrored_confidence", Value: percent(mirrored), Unit: "%"}, {Name: "confidence", Value: percent(asIs), Unit: "%"}}}
	return checks.Observation{Findings: []checks.Finding{f}}, nil
}

// longest lists the longest lines of a page, the longest first.
func longest(page *reading.Page) []reading.Line {
	var lines []reading.Line
	for _, l := range page.Lines {
		if len(l.Characters) >= shortestLine {
			lines = append(lines, l)
		}
	}
	slices.SortStableFunc(lines, func(a, b reading.Line) int { return cmp.Compare(b.Box.Width+b.Box.Height, a.Box.Width+a.Box.Height) })
	return lines[:min(len(lines), lookedAt)]
}

// inMirror is how surely a line is read in a mirror that stands beside it, or above it: a mirrored line may have
// been taken for one that stands on its head.
func inMirror(ctx context.Context, s *checks.Subject, q reading.Quad) (float64, error) {
	beside, err := reading.Again(ctx, s, reading.Quad{q[1], q[0], q[3], q[2]}, reading.Color)
	if err != nil {
		return 0, err
	}
	above, err := reading.Again(ctx, s, reading.Quad{q[3], q[2], q[1], q[0]}, reading.Color)
	return max(beside.Confidence, above.Confidence), err
}
