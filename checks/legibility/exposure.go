package legibility

import (
	"context"
	_ "embed"
	"image"
	"iter"
	"math"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/overlay"
	"dossier/checks/picture/strokes"
)

//go:embed exposure.md
var exposureDoc string

const (
	limitPaper       = "min_paper"
	limitDarkPart    = "dark_part"
	limitContrast    = "min_contrast"
	limitBrightInk   = "max_ink"
	limitShadow      = "min_light_in_shadow"
	limitShadowPart  = "shadow_part"
	limitNoise       = "max_noise"
	limitBurnt       = "max_white"
	enoughContrast   = 0.2 // the default of min_contrast, for the checks that look whether exposure has spoken
	asBrightAsCanBe  = 250 // JPEG leaves clipped paper a few levels below 255
	screenToLight    = 2.2 // the exponent of the tone curve of pictures, IEC 61966-2-1, nearly
	leastTiles       = 16  // of the reduced picture, below which it shows no document
	brightestOfPaper = 0.9 // the share of the print whose paper is darker than the light the paper lies in
)

// Exposure looks whether the picture is bright enough, not too bright, and evenly lit.
var Exposure = &checks.Check{
	ID:      "legibility/exposure",
	Version: 2,
	Title:   checks.Text{En: "the picture is neither too dark nor too bright", Zh: "图片明暗适当"},
	Doc:     exposureDoc,
	Kinds:   printed,
	Limits: []checks.Limit{
		{Name: limitPaper, Default: 110, Unit: "levels", Reason: "brightness of the paper behind the print, of 255; paper has 180 to 255 on good pictures. That brightness is a sixth of the light: phones then show noise in place of small print"},
		{Name: limitDarkPart, Default: 0.25, Unit: "", Reason: "share of the print on paper that is too dark"},
		{Name: limitContrast, Default: enoughContrast, Unit: "", Reason: "difference between ink and paper as a part of the paper's brightness; reading drawn documents stops below 0.08, faded receipts have 0.35, good print 0.65 and more"},
		{Name: limitBrightInk, Default: 135, Unit: "levels", Reason: "brightness of the ink where the paper is as bright as can be: the light has washed it out; drawn papers have 60 at most, faded receipts that can be read up to 133"},
		{Name: limitShadow, Default: 0.4, Unit: "", Reason: "light on the darkest print as a part of that on the brightest; lamps and lenses fall off to 0.55 on drawn photos without a shadow, a hand's shadow leaves 0.2"},
		{Name: limitShadowPart, Default: 0.08, Unit: "", Reason: "share of the print in shadow, and out of it: less is the dark field of a printed table"},
		{Name: limitBurnt, Default: 0.5, Unit: "", Reason: "share of a photo of the holder that is white, if nothing in it is dark either; drawn and real photographs of people have 0.05 at most, overexposed ones 0.8"},
		{Name: limitNoise, Default: 6, Unit: "levels", Reason: "standard deviation of the brightness from pixel to pixel of the reduced picture, where the paper is quietest; drawn papers have 0.8 at most, scanned ones 1.4. Reading does not stop before 30"},
	},
	Codes: []checks.Code{
		{Code: "too_dark", Title: checks.Text{En: "the picture is too dark", Zh: "图片过暗"}},
		{Code: "too_bright", Title: checks.Text{En: "the picture is too bright: the print is washed out", Zh: "图片过亮，文字发白"}},
		{Code: "low_contrast", Title: checks.Text{En: "the print hardly stands out from the paper", Zh: "文字与纸面对比过低"}},
		{Code: "shadow", Title: checks.Text{En: "a shadow lies across the print", Zh: "阴影遮住文字"}},
		{Code: "noisy", Title: checks.Text{En: "the picture is full of noise", Zh: "图片噪点过多"}},
	},
	Run: runExposure,
}

func runExposure(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	d, err := documentOf(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	var o checks.Observation
	if f, ok := d.tooDark(settings); ok {
		o.Findings = append(o.Findings, f)
		return o, nil // nothing else can be told in the dark
	}
	grains, noisy := d.noisy(settings.Number(limitNoise))
	if noisy {
		o.Findings = append(o.Findings, grains)
	}
	switch steep, known := steepestAlong(d.ink); {
	case !d.hasPrint() && noisy:
		return o, nil // grains are as dark as print
	case known && steep < steepEnough:
		// Blur spreads ink over the paper beside it.
		return o, checks.Skip(checks.Text{En: "the picture is too blurred to tell how dark the print is: see legibility/sharpness", Zh: "图片过于模糊，无法判断文字深浅，见 legibility/sharpness"})
	}
	if !d.hasPrint() {
		f, ok := d.faint(settings.Number(limitContrast))
		if !ok {
			return o, noPrint()
		}
		o.Findings = append(o.Findings, f)
		return o, nil
	}
	if f, ok := d.burnt(s.Kind, settings.Number(limitBurnt)); ok {
		o.Findings = append(o.Findings, f)
	} else if f, ok := d.pale(settings); ok {
		o.Findings = append(o.Findings, f)
	}
	if f, ok := d.shadow(settings); ok && !noisy { // chains of grains on the table lie in no shadow
		o.Findings = append(o.Findings, f)
	}
	return o, nil
}

// tooDark looks at the paper behind the print, and where there is none at the brightest parts of the picture.
func (d document) tooDark(settings checks.Settings) (checks.Finding, bool) {
	least := settings.Number(limitPaper)
	level := d.middle(paperOf)
	boxes, share, region := d.where(func(l strokes.Line) bool { return l.Paper < least })
	if !d.hasPrint() {
		if len(d.page.Light.Paper) < leastTiles {
			return checks.Finding{}, false
		}
		level, share, boxes = d.brightest(), 1, nil
		region = d.region(image.Rect(0, 0, d.page.Width, d.page.Height))
		if level >= least {
			return checks.Finding{}, false
		}
	} else if share < settings.Number(limitDarkPart) {
		return checks.Finding{}, false
	} else if level >= least { // in part
		level = d.quantile(settings.Number(limitDarkPart)/2, paperOf)
	}
	f := checks.Finding{Code: "too_dark", Region: region,
		Message: checks.Textf("The picture is too dark: the paper has a brightness of %.0f of 255, at least %.0f is needed, on %.0f %% of the print.",
			"图片过暗：纸面亮度为 %.0f（满值 255，至少应为 %.0f），涉及 %.0f%% 的文字。", level, least, 100*share),
		Remedy: checks.Text{En: "Ask for another picture in daylight or under a bright lamp. Making this one brighter afterwards would be editing it, and brings no detail back.",
			Zh: "请在日光或明亮灯光下重新拍摄。后期提亮属于修改图片，也无法恢复细节。"},
		Measures: []checks.Measure{{Name: "paper", Value: math.Round(level), Unit: "levels", Want: ">= " + short(least)}}}
	if d.hasPrint() {
		m := d.page.Map(nil)
		f.Measures = append(f.Measures, readableMeasure(m))
		f.Overlay = d.readable(m, boxes)
	}
	return f, true
}

// brightest is the level of the paper of the brightest tenth of the picture.
func (d document) brightest() float64 {
	levels := slices.Clone(d.page.Light.Paper)
	if len(levels) == 0 {
		return 255
	}
	slices.Sort(levels)
	return float64(levels[len(levels)*9/10])
}

// pale finds print that hardly differs from the paper.
func (d document) pale(settings checks.Settings) (checks.Finding, bool) {
	// The darker quarter of the print: what is out of focus is pale for another reason.
	contrast, paper, ink := d.middle(strokes.Line.Contrast), d.middle(paperOf), d.quantile(0.25, func(l strokes.Line) float64 { return l.Ink })
	_, _, region := d.where(func(strokes.Line) bool { return true })
	measures := []checks.Measure{{Name: "contrast", Value: rounded(contrast, 0.01), Want: ">= " + short(settings.Number(limitContrast))},
		{Name: "paper", Value: math.Round(paper), Unit: "levels"}, {Name: "ink", Value: math.Round(ink), Unit: "levels", Want: "<= " + short(settings.Number(limitBrightInk))}}
	switch {
	case paper >= asBrightAsCanBe && ink > settings.Number(limitBrightInk):
		return checks.Finding{Code: "too_bright", Region: region, Measures: measures,
			Message: checks.Textf("The picture is too bright: the paper is as bright as can be (%.0f of 255), and the print with it (%.0f).", "图片过亮：纸面已达最亮（%.0f，满值 255），文字也随之发白（%.0f）。", paper, ink),
			Remedy:  lessLight}, true
	case contrast < settings.Number(limitContrast):
		return checks.Finding{Code: "low_contrast", Region: region, Measures: measures,
			Message: checks.Textf("The print hardly stands out: it is %.0f %% darker than the paper, at least %.0f %% is needed.", "文字过淡：只比纸面暗 %.0f%%，至少应为 %.0f%%。", 100*contrast, 100*settings.Number(limitContrast)),
			Remedy:  original}, true
	}
	return checks.Finding{}, false
}

var lessLight = checks.Text{En: "Ask for another picture without flash and not against the light; on a phone, tap on the paper so that it sets the brightness by it.",
	Zh: "请关闭闪光灯、避免逆光后重新拍摄；用手机时点按纸面测光。"}

var original = checks.Text{En: "Ask for a scan or photograph of the original. If the original itself is faded, look at the picture at full size and decide.",
	Zh: "请提供原件的扫描件或照片。如果原件本身褪色，请放大查看后人工判断。"}

const (
	// darkestShare of the tiles are left out when it is asked whether anything stands out: the edge of a table, specks of dust.
	darkestShare = 0.05
	// standsOut is by how much more than a quarter of the tiles the others must differ from paper that is not blank, as a part of
	// its brightness: the paper itself and noise are the same everywhere.
	standsOut = 0.025
)

// faint finds print so pale that no line of it is found: something is on the paper, and nothing of it is dark.
func (d document) faint(least float64) (checks.Finding, bool) {
	tiles := d.tiles
	darkest, blank := d.contrastAbove(tiles, darkestShare), d.contrastAbove(tiles, 0.75)
	if len(tiles) < leastTiles || darkest >= least || darkest-blank < standsOut {
		return checks.Finding{}, false
	}
	_, region := d.boxesOf(slices.Values(tiles))
	level := d.levelOf(tiles)
	measures := []checks.Measure{{Name: "contrast", Value: rounded(darkest, 0.01), Want: ">= " + short(least)}, {Name: "paper", Value: math.Round(level), Unit: "levels"}}
	if level >= asBrightAsCanBe {
		return checks.Finding{Code: "too_bright", Region: region, Measures: measures, Remedy: lessLight,
			Message: checks.Textf("The picture is too bright: the paper is as bright as can be (%.0[1]f of 255), and hardly anything on it is more than %.0[2]f %% darker.", "图片过亮：纸面已达最亮（%.0[1]f，满值 255），其上内容最多只暗 %.0[2]f%%。", level, 100*darkest)}, true
	}
	return checks.Finding{Code: "low_contrast", Region: region, Measures: measures, Remedy: original,
		Message: checks.Textf("Hardly anything stands out from the paper: it is at most %.0f %% darker, at least %.0f %% is needed.", "几乎没有任何内容从纸面上显出：最多只比纸面暗 %.0f%%，至少应为 %.0f%%。", 100*darkest, 100*least)}, true
}

const (
	// white tiles are as bright as can be in nine tenths of their pixels, of 255.
	whiteTile = 230
	// darkThings have less than this many levels in every photograph of a person with hair and eyes: 10 to 35 where they are well
	// exposed, 130 where there is far too much light.
	darkThings = 80
	// darkestThings is the share of the picture they take.
	darkestThings = 0.02
)

// burnt finds a person in far too much light. The print of the card may be dark enough then, and the face is gone.
func (d document) burnt(kind checks.Kind, most float64) (checks.Finding, bool) {
	if kind != checks.HolderPhoto || len(d.page.Light.Blown) < leastTiles {
		return checks.Finding{}, false
	}
	white, darkest := 0, make([]float64, len(d.page.Light.Ink))
	for i, blown := range d.page.Light.Blown {
		if blown >= whiteTile {
			white++
		}
		darkest[i] = float64(d.page.Light.Ink[i])
	}
	share, dark := float64(white)/float64(len(darkest)), upper(darkest, 1-darkestThings)
	if share <= most || dark < darkThings {
		return checks.Finding{}, false
	}
	return checks.Finding{Code: "too_bright", Region: d.region(image.Rect(0, 0, d.page.Width, d.page.Height)), Remedy: lessLight,
		Message:  checks.Textf("The picture is too bright: %.0f %% of it is white, and even hair and eyes have a brightness of %.0f of 255.", "图片过亮：%.0f%% 的画面为纯白，连头发和眼睛的亮度也有 %.0f（满值 255）。", 100*share, dark),
		Measures: []checks.Measure{{Name: "white", Value: percent(share), Unit: "%", Want: "<= " + short(100*most)}}}, true
}

// noisy finds a picture that is full of grains.
func (d document) noisy(most float64) (checks.Finding, bool) {
	if d.noise <= most || len(d.tiles) < leastTiles {
		return checks.Finding{}, false
	}
	_, region := d.boxesOf(slices.Values(d.tiles))
	return checks.Finding{Code: "noisy", Region: region,
		Message: checks.Textf("The picture is full of noise: the brightness jumps by %.0f levels from pixel to pixel, up to %.0f is usual.", "图片噪点过多：相邻像素亮度相差约 %.0f 级，通常不超过 %.0f 级。", d.noise, most),
		Remedy: checks.Text{En: "Look whether the small print can be read. If not, ask for another picture in more light, taken with the camera itself and without digital zoom.",
			Zh: "请确认小字是否可辨认；如不能，请在更亮的光线下用相机直接拍摄，不要使用数码变焦。"},
		Measures: []checks.Measure{{Name: "noise", Value: rounded(d.noise, 0.1), Unit: "levels", Want: "<= " + short(most)}}}, true
}

// shadow compares the light on the paper behind each line of print.
func (d document) shadow(settings checks.Settings) (checks.Finding, bool) {
	brightest := d.quantile(brightestOfPaper, paperOf)
	light := func(l strokes.Line) float64 { return math.Pow(l.Paper/max(brightest, 1), screenToLight) }
	least := settings.Number(limitShadow)
	boxes, share, region := d.where(func(l strokes.Line) bool { return light(l) < least })
	part := settings.Number(limitShadowPart)
	if share < part || share > 1-part || len(boxes) < 2 {
		return checks.Finding{}, false
	}
	darkest := d.quantile(share/2, light)
	return checks.Finding{Code: "shadow", Region: region, Overlay: d.lightMap(brightest, boxes),
		Message: checks.Textf("A shadow lies on %.0f %% of the print: it gets %.0f %% of the light of the rest.", "阴影遮住 %.0f%% 的文字：其亮度仅为其余部分的 %.0f%%。", 100*share, 100*darkest),
		Remedy: checks.Text{En: "Look at the picture. If anything in the shadow is hard to read, ask for another one with the light from the side, so that neither hand nor phone stands in it.",
			Zh: "请查看图片。如阴影处难以辨认，请让光线从侧面照来，避免手或手机挡光，重新拍摄。"},
		Measures: []checks.Measure{{Name: "light_in_shadow", Value: percent(darkest), Unit: "%", Want: ">= " + short(100*least)}, {Name: "in_shadow", Value: percent(share), Unit: "%"}}}, true
}

// lightMap draws how bright the paper is.
func (d document) lightMap(brightest float64, places []image.Rectangle) image.Image {
	heat := iter.Seq2[image.Rectangle, float32](func(yield func(image.Rectangle, float32) bool) {
		for i, level := range d.page.Light.Paper {
			if !yield(d.page.TileBox(i), float32(min(1, float64(level)/max(brightest, 1)))) {
				return
			}
		}
	})
	return drawn(overlay.Draw(overlay.Evidence{Picture: d.picture, Heat: heat, Region: slices.Values(places), Low: "0", High: short(math.Round(brightest))}))
}

func paperOf(l strokes.Line) float64 { return l.Paper }
