package legibility

import (
	"context"
	_ "embed"
	"image"
	"slices"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/overlay"
	"dossier/checks/picture/paper"
	"dossier/checks/picture/strokes"
)

//go:embed cropped.md
var croppedDoc string

const limitCutLines = "min_cut_lines"

// Cropped looks whether all of the paper and its print is in the picture.
var Cropped = &checks.Check{
	ID:      "legibility/cropped",
	Version: 2,
	Title:   checks.Text{En: "the whole document is in the picture", Zh: "材料完整入镜"},
	Doc:     croppedDoc,
	Kinds:   printed,
	Limits: []checks.Limit{
		{Name: limitCutLines, Default: 2, Unit: "", Reason: "lines that run out at one side; a single one can be something that lies beside the paper"},
	},
	Codes: []checks.Code{
		{Code: "text_cut", Title: checks.Text{En: "print runs out of the picture", Zh: "文字被裁切"}},
		{Code: "paper_cut", Title: checks.Text{En: "a part of the paper is outside the picture", Zh: "纸张未完整入镜"}},
	},
	Run: runCropped,
}

// sides names the sides of a picture in the order of strokes.Top and paper.Top.
var sides = [4]checks.Text{{En: "top", Zh: "上"}, {En: "right", Zh: "右"}, {En: "bottom", Zh: "下"}, {En: "left", Zh: "左"}}

func runCropped(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	d, err := documentOf(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	sheet, err := outlineOf(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	if !d.hasPrint() && sheet == nil {
		return checks.Observation{}, checks.Skip(checks.Text{En: "neither print nor the outline of a paper was found in the picture", Zh: "图片中既未发现文字，也未发现纸张轮廓"})
	}
	// Where there is no print, chains of noise or of grain can still reach the edge.
	if cut, boxes := d.cutLines(sheet, int(settings.Number(limitCutLines))); len(boxes) > 0 && d.hasPrint() {
		return checks.Observation{Findings: []checks.Finding{d.textCut(cut, boxes)}}, nil
	}
	if sheet == nil || sheet.Whole {
		return checks.Observation{}, nil
	}
	names := sidesOf(sheet.Cut)
	if names.En == "" {
		return checks.Observation{}, nil
	}
	f := checks.Finding{Code: "paper_cut", Region: d.edge(sheet.Cut),
		Message:  checks.Textf("The paper runs out of the picture: %[1]s.", "纸张超出画面：%[2]s。", names.En, names.Zh),
		Remedy:   checks.Text{En: "Look whether anything is missing. If so, ask for another picture that shows all four corners.", Zh: "请确认内容是否缺失；如有缺失，请重新拍摄，使四角完整入镜。"},
		Measures: []checks.Measure{{Name: "sides", Value: float64(count(sheet.Cut)), Want: "0"}}}
	return checks.Observation{Findings: []checks.Finding{f}}, nil
}

const (
	// A heading is so much higher than half of the print, and has so many pieces.
	headingHeight = 1.4
	headingGlyphs = 10
)

// heading reports whether a line is one. Headings stand in the middle of a paper: where nothing but the paper is in the picture, a
// single one that reaches the edge is cut, while another line may be printed to the edge or joined to it by a fold.
func (d document) heading(sheet *paper.Paper, l strokes.Line) bool {
	return sheet != nil && sheet.Whole && l.Glyphs >= headingGlyphs && l.Height >= headingHeight*d.middle(heightOf)
}

// cutLines finds the sides at which at least so many lines run out, or a heading does, and those lines.
func (d document) cutLines(sheet *paper.Paper, least int) (cut [4]bool, boxes []image.Rectangle) {
	for side := range cut {
		var here []image.Rectangle
		enough := least
		for _, l := range d.page.Lines {
			if l.Cut[side] && clearness(l) >= leastClear {
				here = append(here, l.Box)
				if d.heading(sheet, l) {
					enough = 1
				}
			}
		}
		along := (side == strokes.Top || side == strokes.Bottom) != d.page.Down
		if len(here) >= enough || along && len(here) > 0 {
			cut[side] = true
			boxes = append(boxes, here...)
		}
	}
	return cut, boxes
}

func (d document) textCut(cut [4]bool, boxes []image.Rectangle) checks.Finding {
	var all image.Rectangle
	for _, b := range boxes {
		all = all.Union(b)
	}
	names := sidesOf(cut)
	return checks.Finding{Code: "text_cut", Region: d.region(all),
		Overlay:  drawn(overlay.Draw(overlay.Evidence{Picture: d.picture, Region: slices.Values(boxes)})),
		Message:  checks.Textf("Print runs out of the picture: %[1]s, %[3]d lines.", "文字超出画面：%[2]s，共 %[3]d 行。", names.En, names.Zh, len(boxes)),
		Remedy:   checks.Text{En: "Ask for another picture or scan that shows the whole paper with a little of what lies around it.", Zh: "请重新拍摄或扫描，使整张纸完整入镜并在四周留边。"},
		Measures: []checks.Measure{{Name: "cut_lines", Value: float64(len(boxes)), Want: "0"}}}
}

// sidesOf names the sides that are true.
func sidesOf(cut [4]bool) checks.Text {
	var en, zh []string
	for i, is := range cut {
		if is {
			en, zh = append(en, sides[i].En), append(zh, sides[i].Zh)
		}
	}
	return checks.Text{En: strings.Join(en, ", "), Zh: strings.Join(zh, "、")}
}

func count(of [4]bool) (n int) {
	for _, is := range of {
		if is {
			n++
		}
	}
	return n
}

// edge is the strip along the first cut side: a twentieth of the picture.
func (d document) edge(cut [4]bool) checks.Region {
	w, h := d.page.Width, d.page.Height
	strip := [4]image.Rectangle{image.Rect(0, 0, w, max(1, h/20)), image.Rect(w-max(1, w/20), 0, w, h), image.Rect(0, h-max(1, h/20), w, h), image.Rect(0, 0, max(1, w/20), h)}
	for i, is := range cut {
		if is {
			return d.region(strip[i])
		}
	}
	return checks.Region{}
}
