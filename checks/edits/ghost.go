package edits

import (
	"context"
	_ "embed"
	"fmt"
	"math"

	"dossier/checks"
	"dossier/checks/picture/recompression"
)

//go:embed ghost.md
var ghostDoc string

// Ghost looks for a part of the picture that fits another quality than the rest.
var Ghost = &checks.Check{
	ID:      "edits/ghost",
	Version: 1,
	Effort:  4, // a 16-megapixel photo on a laptop that does other things meanwhile
	Title:   checks.Text{En: "no part of the picture fits another JPEG quality than the rest", Zh: "没有局部区域对应不同的 JPEG 质量"},
	Doc:     ghostDoc,
	Limits: []checks.Limit{
		{Name: "least_blocks", Default: 256, Unit: "blocks", Reason: "fewer blocks of 8 x 8 pixels with detail (128 x 128 pixels) hold too few coefficients to compare a part with the rest"},
		{Name: "score_review", Default: 16, Unit: "standard deviations", Reason: ghostCalibrated},
		{Name: "score_strong", Default: 30, Unit: "standard deviations", Reason: ghostCalibrated},
	},
	Codes: []checks.Code{
		{Code: "ghost_at_edge", Title: checks.Text{En: "a part at the edge fits another JPEG quality than the rest", Zh: "边缘区域对应不同的 JPEG 质量"}},
		{Code: "ghost", Title: checks.Text{En: "a part fits another JPEG quality than the rest", Zh: "局部区域对应不同的 JPEG 质量"}},
		{Code: "ghost_strong", Title: checks.Text{En: "a part clearly fits another JPEG quality than the rest", Zh: "局部区域明显对应不同的 JPEG 质量"}},
	},
	Run: runGhost,
}

const ghostCalibrated = "beyond what honest pictures of the calibration half reach (device photos, and copies of them saved again, resized, turned and cropped): counts in the document"

func runGhost(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	l, err := recompression.Shared.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, skipUnreadable(err)
	}
	if err := enough(l, int(settings.Number("least_blocks"))); err != nil {
		return checks.Observation{}, err
	}
	g, err := recompression.Ghosts.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	review, strong := settings.Number("score_review"), settings.Number("score_strong")
	if g == nil || g.Score < review {
		return checks.Observation{}, nil
	}
	turn, err := uprightOf(s)
	if err != nil {
		return checks.Observation{}, err
	}
	b := blockMap{wide: l.Wide, high: l.High, in: g.Region.Mask, value: func(i int) float32 {
		if l.Class[i] == recompression.Masked {
			return -1
		}
		return float32(1 / (1 + math.Exp(-float64(g.Map[i]))))
	}}
	place := turn.rect(b.bounds())
	f := checks.Finding{
		Code:   "ghost",
		Region: region(place),
		Message: checks.Textf("Saved again with quality %[1]d, a part of %[2]d x %[3]d pixels would change unlike the rest: %.0[4]f %% of its coefficients lie on the steps of that quality already, against %.0[5]f %% elsewhere.",
			"若以质量 %[1]d 再保存一次，有一块 %[2]d x %[3]d 像素的区域变化与其余部分不同：该处 %.0[4]f%% 的系数已落在该质量的量化步长上，其余部分为 %.0[5]f%%。",
			g.Quality, place.Dx(), place.Dy(), 100*max(g.Inside, 0), 100*max(g.Outside, 0)),
		Remedy: checks.Text{
			En: "Compare the marked part (A) with its surroundings (B), then ask the client for the file as it came from the camera or scanner, or look at the paper itself.",
			Zh: "请对比标出的区域（A）与其周围（B），并请客户提供相机或扫描仪直接生成的原始文件，或核对纸质原件。",
		},
		Measures: []checks.Measure{
			{Name: "score", Value: round(g.Score, 1), Unit: "standard deviations", Want: fmt.Sprintf("< %g", review)},
			{Name: "deviation", Value: round(g.Deviation, 1), Unit: "standard deviations"},
			{Name: "quality", Value: float64(g.Quality)},
			{Name: "on_steps_inside", Value: round(g.Inside, 2)}, {Name: "on_steps_outside", Value: round(g.Outside, 2)},
			{Name: "region_blocks", Value: float64(g.Region.Count), Unit: "blocks"},
			{Name: "suspicion", Value: suspicionAbove(g.Score, review, strong)},
		},
		Overlay: b.drawing(ctx, s, turn, "p 0", "p 1"),
	}
	switch {
	case atEdge(b.bounds(), turn.width, turn.height):
		f.Code = "ghost_at_edge"
		f.Measures[len(f.Measures)-1].Value = min(f.Measures[len(f.Measures)-1].Value, harmless)
		f.Remedy = checks.Text{
			En: "Look whether the marked part (A) belongs to the page. Scanning programs that store a page in strips or layers leave the same.",
			Zh: "请确认标出的区域（A）是否属于该页面。按条带或图层存储页面的扫描软件也会留下这种痕迹。",
		}
	case g.Score >= strong:
		f.Code = "ghost_strong"
	}
	return checks.Observation{Findings: []checks.Finding{f}}, nil
}
