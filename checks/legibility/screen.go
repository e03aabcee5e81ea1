package legibility

import (
	"context"
	_ "embed"
	"image"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/moire"
	"dossier/checks/picture/overlay"
)

//go:embed screen.md
var screenDoc string

const (
	limitPeak          = "min_peak"
	limitAgreeing      = "min_agreeing"
	limitShare         = "min_share"
	limitSteady        = "min_steadiness"
	limitFaintPeak     = "min_faint_peak"
	limitSharpness     = "min_sharpness"
	limitFaintAgreeing = "min_faint_agreeing"
	limitFaintPeriod   = "max_faint_period"
)

// Screen looks whether the picture was photographed from a screen.
var Screen = &checks.Check{
	ID:      "legibility/screen",
	Version: 3,
	Title:   checks.Text{En: "the picture is of the document, not of a screen", Zh: "拍摄的是材料本身而非屏幕"},
	Doc:     screenDoc,
	Kinds:   printed,
	Limits: []checks.Limit{
		{Name: limitPeak, Default: 8, Unit: "", Reason: "how many times higher than what lies around it the peak is in the spectra of all windows together; on 302 good and faulty pictures of papers, receipts, people and scenes that it was set on at most 7"},
		{Name: limitAgreeing, Default: 3, Unit: "", Reason: "windows that show the peak by themselves: what one or two show may be an ornament"},
		{Name: limitShare, Default: 0.66, Unit: "", Reason: "windows that show the peak by themselves, as a part of all, unless the pattern keeps its period: an ornament lies in some of them. Of 96 drawn screens those with less keep their period"},
		{Name: limitSteady, Default: 4, Unit: "", Reason: "how high the peak is in the mean powers, with no allowance for a changing period, for a pattern to keep its period: all of 96 drawn screens have 7.8 and more, ornaments that were taken for one 1.1"},
		{Name: limitFaintPeak, Default: 3, Unit: "", Reason: "the same for a faint grid, which the next three limits have to confirm"},
		{Name: limitSharpness, Default: 8, Unit: "", Reason: "how many times higher a faint peak is in the mean powers of the windows, with no allowance for a changing period; of pictures that pass the other limits of a faint grid, the screens have 10 and more, the others at most 3.8"},
		{Name: limitFaintAgreeing, Default: 8, Unit: "", Reason: "windows that show a faint grid by themselves: half of all; the grid of a screen is everywhere"},
		{Name: limitFaintPeriod, Default: 3.2, Unit: "px", Reason: "faint are grids near the resolution of lens and sensor; longer periods are also those of printed rasters and ornaments"},
	},
	Codes: []checks.Code{
		{Code: "screen", Title: checks.Text{En: "photographed from a screen", Zh: "翻拍屏幕"}},
	},
	Run: runScreen,
}

func runScreen(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	d, err := documentOf(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	p, err := moire.Find(ctx, d.picture)
	if err != nil {
		return checks.Observation{}, err
	}
	if p == nil {
		return checks.Observation{}, checks.Skip(checks.Text{En: "the picture has too few areas that are bright and not clipped", Zh: "图片中明亮且未过曝的区域过少"})
	}
	measures := screenMeasures(p, settings)
	if measures == nil {
		return checks.Observation{}, nil
	}
	var all image.Rectangle
	for _, w := range p.Agree {
		all = all.Union(w)
	}
	f := checks.Finding{Code: "screen", Region: d.region(all),
		Overlay: drawn(overlay.Draw(overlay.Evidence{Picture: d.picture, Region: slices.Values(p.Agree)})),
		Message: checks.Textf("The same fine pattern runs through the picture, with a period of %.1f pixels, as the pixels of a screen leave it: %d of %d places show it.",
			"图片各处有相同的细密条纹，周期 %.1f 像素，应为屏幕像素所致：%[3]d 处中有 %[2]d 处可见。", p.Period, len(p.Agree), len(p.Windows)),
		Remedy: checks.Text{En: "Look at the picture at full size. If it was photographed from a screen, ask for the file that was on the screen, or for a photograph of the paper itself.",
			Zh: "请放大查看。如为翻拍屏幕，请提供屏幕上的原文件，或直接拍摄纸质材料。"},
		Measures: measures}
	return checks.Observation{Findings: []checks.Finding{f}}, nil
}

// screenMeasures is what makes a pattern that of a screen; nil if it is none.
func screenMeasures(p *moire.Pattern, settings checks.Settings) []checks.Measure {
	below := func(m checks.Measure, value, digit float64, limit string) checks.Measure {
		m.Value, m.Want = rounded(value, digit), "< "+short(settings.Number(limit))
		return m
	}
	height, sharpness, windows := checks.Measure{Name: "height"}, checks.Measure{Name: "sharpness"}, checks.Measure{Name: "agreeing"}
	agreeing := float64(len(p.Agree))
	period := checks.Measure{Name: "period", Value: rounded(p.Period, 0.01), Unit: "px"}
	everywhere := agreeing >= settings.Number(limitShare)*float64(len(p.Windows)) || p.Sharpness >= settings.Number(limitSteady)
	if p.Height >= settings.Number(limitPeak) && agreeing >= settings.Number(limitAgreeing) && everywhere {
		return []checks.Measure{below(height, p.Height, 0.1, limitPeak), period, below(windows, agreeing, 1, limitAgreeing)}
	}
	if p.Height >= settings.Number(limitFaintPeak) && p.Sharpness >= settings.Number(limitSharpness) &&
		agreeing >= settings.Number(limitFaintAgreeing) && p.Period <= settings.Number(limitFaintPeriod) {
		return []checks.Measure{below(height, p.Height, 0.1, limitFaintPeak), below(sharpness, p.Sharpness, 0.1, limitSharpness),
			period, below(windows, agreeing, 1, limitFaintAgreeing)}
	}
	return nil
}
