package legibility

import (
	"context"
	_ "embed"
	"image"
	"math"

	"dossier/checks"
	"dossier/checks/picture/paper"
	"dossier/checks/picture/raster"
)

//go:embed photocopy.md
var photocopyDoc string

const (
	limitInkChroma = "least_ink_chroma"
	limitInkShare  = "least_ink_share"
	limitTwoLevels = "two_levels"
)

// Photocopy looks whether the paper itself is a copy without colour, whatever colour the light and the table have.
var Photocopy = &checks.Check{
	ID:      "legibility/photocopy",
	Version: 1,
	Title:   checks.Text{En: "the document is an original, not a grey copy", Zh: "材料为原件而非黑白复印件"},
	Doc:     photocopyDoc,
	// The papers that are in colour whoever issues them.
	Kinds: []checks.Kind{checks.BusinessLicense, checks.OrganizationCodeCertificate},
	Limits: []checks.Limit{
		{Name: limitInkChroma, Default: 50, Unit: "levels", Reason: "difference between the largest and the smallest of red, green and blue, after the paper has been made white, in the mean of 6 x 6 pixels of the reduced picture: the colours that a phone's sensor puts at the edges of black print stay below, faded chops above"},
		{Name: limitInkShare, Default: 0.004, Unit: "", Reason: "share of the area of the print; emblem, title and chops of drawn papers have 1.2 % and more, copies of them 0.15 % and less"},
		{Name: limitTwoLevels, Default: 0.97, Unit: "", Reason: "share of that area within 12 levels of pure paper or pure ink; a scan in grey leaves shades at every edge"},
	},
	Codes: []checks.Code{
		{Code: "copy", Title: checks.Text{En: "the paper is a copy without colour", Zh: "纸张为黑白复印件"}},
		{Code: "black_and_white", Title: checks.Text{En: "the picture has only black and white", Zh: "图片只有黑白两色"}},
	},
	Run: runPhotocopy,
}

func runPhotocopy(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	d, err := documentOf(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	if !d.hasPrint() {
		return checks.Observation{}, noPrint()
	}
	reduced, err := raster.Reduced.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	sheet, err := paper.Of.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	area := d.printArea(sheet)
	ink := inkOf(reduced, area, paperGain(reduced, area), settings.Number(limitInkChroma))
	measures := []checks.Measure{{Name: "colored", Value: rounded(100*ink.colored, 0.01), Unit: "%", Want: ">= " + short(100*settings.Number(limitInkShare))},
		{Name: "two_levels", Value: percent(ink.extreme), Unit: "%", Want: "< " + short(100*settings.Number(limitTwoLevels))}}
	remedy := checks.Text{En: "Ask for a colour scan or photograph of the original. A copy is acceptable only with the company's own red chop on it.",
		Zh: "请客户提供原件的彩色扫描件或照片；复印件须加盖红色公章。"}
	f := checks.Finding{Region: d.region(area.box), Measures: measures, Remedy: remedy}
	switch {
	case ink.colored >= settings.Number(limitInkShare):
		return checks.Observation{}, nil
	case s.Kind == checks.BusinessLicense && isGray(reduced):
		// One of the two checks says it, so that no copy escapes between them.
		return checks.Observation{}, checks.Skip(checks.Text{En: "the picture as a whole has no colour: legibility/color says so", Zh: "整张图片没有颜色，见 legibility/color"})
	case ink.extreme >= settings.Number(limitTwoLevels):
		f.Code = "black_and_white"
		f.Message = checks.Textf("The paper has only black and white: %.0f %% of it is one or the other.", "材料只有黑白两色：%.0f%% 的面积非黑即白。", 100*ink.extreme)
	default:
		f.Code = "copy"
		f.Message = checks.Textf("The paper is a copy without colour: %.2f %% of its print is coloured.", "纸张为黑白复印件：有颜色的部分仅占 %.2f%%。", 100*ink.colored)
	}
	return checks.Observation{Findings: []checks.Finding{f}}, nil
}

// isGray reports whether Color finds the picture as a whole to be grey, by its usual limits.
func isGray(r *raster.Raster) bool {
	return coloredShare(r, limitOf(Color, limitChroma)) < limitOf(Color, limitColored)
}

// limitOf is a limit's default.
func limitOf(c *checks.Check, name string) float64 {
	for _, l := range c.Limits {
		if l.Name == name {
			return l.Default
		}
	}
	panic("legibility: " + c.ID + " has no limit " + name)
}

// printArea is the box around the print, without what lies beyond the paper where its outline was found. An upright
// box can still reach over the corners of a paper that leans; onPaper keeps to it.
func (d document) printArea(sheet *paper.Paper) sheetArea {
	var all image.Rectangle
	for _, l := range d.page.Lines {
		all = all.Union(l.Box)
	}
	margin := int(2 * d.middle(heightOf))
	a := sheetArea{box: all}
	if sheet != nil {
		a.box, a.sheet = all.Inset(-margin), &sheet.Corners
	}
	a.box = a.box.Intersect(image.Rect(0, 0, d.page.Width, d.page.Height))
	return a
}

// A sheetArea is a part of a picture that lies on the paper.
type sheetArea struct {
	box   image.Rectangle
	sheet *paper.Quad // nil if the outline is not known
}

// paperEdge is how far inside its outline paper begins, pixels of the picture: shadows and the table's
// colour run into it.
const paperEdge = 8

// onPaper reports whether a pixel of the picture lies on the paper, not too near to its edge.
func (a sheetArea) onPaper(x, y float64) bool { return a.deep(x, y, paperEdge) }

// deep reports whether a pixel of the picture lies on the paper, at least so many pixels from its edge.
func (a sheetArea) deep(x, y, inside float64) bool {
	if a.sheet == nil {
		return true
	}
	for i, p := range a.sheet {
		q := a.sheet[(i+1)%4]
		dx, dy := q.X-p.X, q.Y-p.Y
		if (dx*(y-p.Y)-dy*(x-p.X))/math.Max(1, math.Hypot(dx, dy)) < inside {
			return false
		}
	}
	return true
}

// An inkwell says what the print of an area is like.
type inkwell struct {
	colored float64 // the share of the area that has colour
	extreme float64 // the share that is pure paper or pure ink
}

// Colour is that of the mean of a cell of so many pixels of the reduced picture by as many: a phone's sensor has one colour
// a pixel, and what it makes of the edges of black print is blue at one side and yellow at the other, which cancel. The strokes of
// chops are as wide as half a cell.
const cellSide = 6

// Of levels, every pixel of the reduced picture, and every row, that so many lie apart is looked at: shares of an area need
// no more.
const every = 2

// on is the area in pixels of the reduced picture.
func (a sheetArea) on(r *raster.Raster) image.Rectangle {
	by := max(1, r.Reduce)
	return image.Rect(a.box.Min.X/by, a.box.Min.Y/by, a.box.Max.X/by, a.box.Max.Y/by).Intersect(image.Rect(0, 0, r.Width, r.Height))
}

// inkOf measures an area of the picture on its reduced copy, each channel multiplied by its gain.
func inkOf(r *raster.Raster, a sheetArea, gain [3]float64, least float64) inkwell {
	by, box := max(1, r.Reduce), a.on(r)
	var colored, cells, extreme, pixels int
	for y := box.Min.Y; y+cellSide <= box.Max.Y; y += cellSide {
		for x := box.Min.X; x+cellSide <= box.Max.X; x += cellSide {
			if !a.onPaper(float64((x+cellSide/2)*by), float64((y+cellSide/2)*by)) {
				continue
			}
			mean, n := cellOf(r, x, y, gain)
			if max(mean[0], mean[1], mean[2])-min(mean[0], mean[1], mean[2]) >= least {
				colored++
			}
			cells, extreme, pixels = cells+1, extreme+n, pixels+cellSide*cellSide/every/every
		}
	}
	return inkwell{float64(colored) / float64(max(1, cells)), float64(extreme) / float64(max(1, pixels))}
}

// cellOf gives the mean of a cell, and how many of its pixels that are looked at are within 12 levels of pure paper or pure ink.
func cellOf(r *raster.Raster, x0, y0 int, gain [3]float64) (mean [3]float64, extreme int) {
	var sum [3]int
	for y := range cellSide {
		row := r.Pixels[3*((y0+y)*r.Width+x0):][:3*cellSide]
		for i := 0; i < len(row); i += 3 {
			sum[0], sum[1], sum[2] = sum[0]+int(row[i]), sum[1]+int(row[i+1]), sum[2]+int(row[i+2])
			if y%every != 0 || i/3%every != 0 {
				continue
			}
			red, green, blue := float64(row[i])*gain[0], float64(row[i+1])*gain[1], float64(row[i+2])*gain[2]
			if min(red, green, blue) >= 255-12 || max(red, green, blue) <= 12 {
				extreme++
			}
		}
	}
	for k := range mean {
		mean[k] = gain[k] * float64(sum[k]) / (cellSide * cellSide)
	}
	return mean, extreme
}

// paperGain is what each channel is multiplied with to take the colour of the light out: the paper, by the brighter half
// of the area, is made white.
func paperGain(r *raster.Raster, a sheetArea) (gain [3]float64) {
	var count [3][256]int
	total, box := 0, a.on(r)
	for y := box.Min.Y; y < box.Max.Y; y += every {
		row := r.Pixels[3*(y*r.Width+box.Min.X):][:3*box.Dx()]
		for i := 0; i < len(row); i += 3 * every {
			for k := range count {
				count[k][row[i+k]]++
			}
			total++
		}
	}
	for k := range gain {
		// The middle of the brighter half.
		left, level := total*3/4, 0
		for ; level < 255 && left >= count[k][level]; level++ {
			left -= count[k][level]
		}
		gain[k] = 255 / math.Max(1, float64(level))
	}
	return gain
}
