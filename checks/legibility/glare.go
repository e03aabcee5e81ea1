package legibility

import (
	"context"
	_ "embed"
	"math"
	"slices"

	"dossier/checks"
)

//go:embed glare.md
var glareDoc string

// Glare looks for lamps mirrored in the paper or the card.
var Glare = &checks.Check{
	ID:      "legibility/glare",
	Version: 1,
	Title:   checks.Text{En: "no lamp is mirrored over the print", Zh: "文字上没有反光"},
	Doc:     glareDoc,
	Kinds:   printed,
	Codes: []checks.Code{
		{Code: "glare", Title: checks.Text{En: "a lamp is mirrored over the print", Zh: "反光遮住文字"}},
	},
	Run: runGlare,
}

func runGlare(ctx context.Context, s *checks.Subject, _ checks.Settings) (checks.Observation, error) {
	d, err := documentOf(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	if !d.hasPrint() {
		return checks.Observation{}, noPrint()
	}
	g, found := d.page.Glare()
	if !found {
		return checks.Observation{}, nil
	}
	m := d.page.Map(g.Tiles)
	places, region := d.boxesOf(slices.Values(g.Tiles))
	share := float64(len(g.Tiles)) / float64(len(d.page.Light.Paper))
	return checks.Observation{Findings: []checks.Finding{{Code: "glare", Region: region, Overlay: d.readable(m, places),
		Message: checks.Textf("A lamp is mirrored in the document: %.1f %% of the picture is white or veiled, and the print beside it is %.0f levels paler than elsewhere.",
			"材料上有反光：图片的 %.1f%% 发白或模糊不清，旁边的文字比别处淡 %.0f 级。", 100*share, g.Lift),
		Remedy: checks.Text{En: "Ask for another picture: tilt the card or the paper a little, or switch the flash off, until the white spot is off the print.",
			Zh: "请重新拍摄：稍微倾斜证件或纸张，或关闭闪光灯，使白斑离开文字。"},
		Measures: []checks.Measure{{Name: "lift", Value: math.Round(g.Lift), Unit: "levels"}, {Name: "veiled", Value: rounded(100*share, 0.1), Unit: "%"},
			{Name: "fit", Value: rounded(g.Fit, 0.01)}, readableMeasure(m)}}}}, nil
}
