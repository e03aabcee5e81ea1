package legibility

import (
	"context"
	_ "embed"
	"math"

	"dossier/checks"
	"dossier/checks/picture/raster"
)

//go:embed color.md
var colorDoc string

const (
	limitChroma  = "least_chroma"
	limitColored = "least_colored_share"
)

// colorSide is the longer side of the reduced picture that is counted: a chop of 40 mm on a sheet of A4
// still covers thousands of its pixels, and the noise of a sensor, which has colour too, is averaged away.
const colorSide = 600

// Color looks whether a document that has to be in colour is.
var Color = &checks.Check{
	ID:      "legibility/color",
	Version: 1,
	Title:   checks.Text{En: "the picture is in colour", Zh: "图片为彩色"},
	Doc:     colorDoc,
	Kinds:   []checks.Kind{checks.BusinessLicense},
	Limits: []checks.Limit{
		{Name: limitChroma, Default: 40, Unit: "levels", Reason: "difference between the largest and the smallest of red, green and blue, of 255; the tint of a lamp or of aged paper stays below, the red of a faded chop above"},
		{Name: limitColored, Default: 0.0005, Reason: "share of the picture; the emblem or the chop of a licence alone covers ten times as much. Guessed from drawn licences, old and new: the least coloured has 0.9 %"},
	},
	Codes: []checks.Code{
		{Code: "gray", Title: checks.Text{En: "the picture has no colour", Zh: "图片没有颜色"}},
	},
	Run: runColor,
}

func runColor(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	if err := s.OnePage(); err != nil {
		return checks.Observation{}, err
	}
	reduced, err := raster.Reduced.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	share := coloredShare(reduced, settings.Number(limitChroma))
	if share >= settings.Number(limitColored) {
		return checks.Observation{}, nil
	}
	f := checks.Finding{
		Code:    "gray",
		Region:  checks.Region{Width: reduced.Width * reduced.Reduce, Height: reduced.Height * reduced.Reduce},
		Message: checks.Textf("The picture has no colour: %.2f %% of it is coloured.", "图片没有颜色：彩色部分仅占 %.2f%%。", 100*share),
		Remedy: checks.Text{
			En: "Ask the client for a colour scan or photograph of the original. A copy is acceptable only with the company's own red chop on it.",
			Zh: "请客户提供原件的彩色扫描件或照片；复印件须加盖红色公章。"},
		Measures: []checks.Measure{{Name: "colored", Value: math.Round(1e4*share) / 100, Unit: "%", Want: ">= 0.05"}},
	}
	return checks.Observation{Findings: []checks.Finding{f}}, nil
}

// coloredShare is the part of a picture, at about colorSide, in which red, green and blue differ by at least so many
// levels; 1 of an empty one.
func coloredShare(r *raster.Raster, least float64) float64 {
	by := (max(r.Width, r.Height) + colorSide - 1) / colorSide
	by = max(1, min(by, r.Width, r.Height))
	difference := uint32(math.Ceil(least * float64(by*by)))
	colored, all := 0, 0
	for _, sums := range r.Sums(by) {
		for ; len(sums) >= 3; sums = sums[3:] {
			if max(sums[0], sums[1], sums[2])-min(sums[0], sums[1], sums[2]) >= difference {
				colored++
			}
			all++
		}
	}
	if all == 0 {
		return 1
	}
	return float64(colored) / float64(all)
}
