package legibility

import (
	"context"
	_ "embed"
	"image"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/overlay"
	"dossier/checks/picture/paper"
	"dossier/checks/picture/reading"
)

//go:embed mirrored.md
var mirroredDoc string

// Mirrored looks whether left and right are exchanged.
var Mirrored = &checks.Check{
	ID:      "legibility/mirrored",
	Version: 1,
	Title:   checks.Text{En: "the picture is not a mirror image", Zh: "图片不是镜像"},
	Doc:     mirroredDoc,
	Kinds:   printed,
	Choices: []checks.Choice{
		reading.Choice("left and right are told apart by reading; \"off\" leaves the check out"),
	},
	Codes: []checks.Code{
		{Code: "mirrored", Title: checks.Text{En: "left and right are exchanged", Zh: "左右颠倒（镜像）"}},
	},
	// It waits for the reader: see Text.
	Effort: 4,
	Run:    runMirrored,
}

func runMirrored(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	if err := reading.On(settings); err != nil {
		return checks.Observation{}, err
	}
	if err := s.OnePage(); err != nil {
		return checks.Observation{}, err
	}
	picture, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, decode.Skip(err)
	}
	t, err := paper.TurnOf.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	if !t.Mirrored {
		if !t.Known {
			return checks.Observation{}, checks.Skip(checks.Text{En: "too little text was read in the picture", Zh: "图片中读出的文字过少"})
		}
		return checks.Observation{}, nil
	}
	var places []image.Rectangle
	var all image.Rectangle
	sure := 0.0
	for _, l := range t.Lines {
		b := image.Rect(l.Box.X, l.Box.Y, l.Box.X+l.Box.Width, l.Box.Y+l.Box.Height)
		places, all = append(places, b), all.Union(b)
		sure += l.Confidence / float64(len(t.Lines))
	}
	f := checks.Finding{Code: "mirrored", Region: checks.Region{X: all.Min.X, Y: all.Min.Y, Width: all.Dx(), Height: all.Dy()},
		Overlay: drawn(overlay.Draw(overlay.Evidence{Picture: picture.Image, Region: slices.Values(places)})),
		Message: checks.Textf("Left and right are exchanged: %d lines of text can be read only as in a mirror, with a confidence of %.0f %%.",
			"图片左右颠倒（镜像）：有 %d 行文字只有镜像后才能识别，置信度为 %.0f%%。", len(t.Lines), 100*sure),
		Remedy: checks.Text{En: "Ask for a picture taken with the main camera, or with the front camera set not to save mirror images. Pictures turned round afterwards count as edited.",
			Zh: "请用后置摄像头拍摄，或在前置摄像头设置中关闭镜像保存。事后翻转属于修改图片。"},
		Measures: []checks.Measure{{Name: "mirrored_lines", Value: float64(len(t.Lines)), Want: "0"}, {Name: "mirrored_confidence", Value: percent(sure), Unit: "%"}}}
	return checks.Observation{Findings: []checks.Finding{f}}, nil
}
