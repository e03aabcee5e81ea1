package form

import (
	"context"
	_ "embed"
	"math"
	"slices"
	"strconv"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/fields"
	"dossier/checks/picture/reading"
	"dossier/checks/picture/seals"
	"dossier/checks/picture/writing"
)

//go:embed filled.md
var filledDoc string

const (
	limitEmpty     = "no_ink"
	choiceOptional = "optional"
)

// Filled looks whether something stands beside every label of the form, and whether the chop is where the
// company's name is.
var Filled = &checks.Check{
	ID:      "form/filled",
	Version: 2,
	Title:   checks.Text{En: "the form is filled in", Zh: "申请表已填写完整"},
	Doc:     filledDoc,
	Kinds:   []checks.Kind{checks.ApplicationForm},
	Limits: []checks.Limit{
		{Name: limitEmpty, Default: 0.12, Unit: "squares of a character", Reason: "less ink than this in a field is dirt or a piece of a ruled line: a single printed digit has 0.15"},
	},
	Choices: []checks.Choice{
		reading.Choice("fields are found by their labels, which have to be read; \"off\" leaves it out"),
		{Name: choiceOptional, Default: []string{"传真", "邮编", "部门", "职务", "备注"}, Reason: "fields that a client may not have"},
	},
	Codes: []checks.Code{
		{Code: "field_empty", Title: checks.Text{En: "nothing stands in a field of the form", Zh: "表格中有未填写的项目"}},
		{Code: "seal_not_over_name", Title: checks.Text{En: "the chop does not lie over the company's name or the date", Zh: "公章未盖在单位名称或日期上"}},
	},
	Effort: 4, // it may be the first that reads; see legibility/text
	Run:    runFilled,
}

func runFilled(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	v, err := see(ctx, s, settings)
	if err != nil {
		return checks.Observation{}, err
	}
	places := fields.Places(v.page, checks.ApplicationForm)
	cells := cellsOf(v.page, places, settings.Words(choiceOptional))
	if len(cells) == 0 {
		return checks.Observation{}, checks.Skip(checks.Text{
			En: "no label of a field could be read, so that it is not known where something should stand", Zh: "未能读出任何项目名称，无法确定应填写的位置"})
	}
	var o checks.Observation
	o.Findings = emptyFields(v, cells, settings.Number(limitEmpty))
	o.Findings = append(o.Findings, sealBeside(v.page, places, v.chops)...)
	return o, nil
}

// emptyFields finds the cells without ink, in the order of the page.
func emptyFields(v seen, cells []cell, least float64) (found []checks.Finding) {
	for _, c := range cells {
		if c.read {
			continue
		}
		if ink := c.inkIn(v); ink < least {
			found = append(found, emptyField(c, ink, least, v.page))
		}
	}
	slices.SortStableFunc(found, func(a, b checks.Finding) int { return a.Region.Y - b.Region.Y })
	return found
}

// A cell is a field of the form: its label, whether something was read in it, and where it is if not.
type cell struct {
	label string
	read  bool
	writing.Frame
	in writing.Box
}

// Where a field's value stands, in heights of its label's characters: in the row, within half a
// line of its middle, and no further than a line of print is long.
const (
	cellFrom = 0.6
	cellMost = 40
	cellHalf = 0.75
)

// cellsOf lists the fields that have to be filled in.
func cellsOf(page *reading.Page, places []fields.Place, optional []string) (cells []cell) {
	direction := writing.DirectionOf(page)
	for _, p := range places {
		if isSigned(p.Label) || slices.Contains(optional, p.Label) {
			continue
		}
		if p.Value != "" {
			cells = append(cells, cell{label: p.Label, read: true})
			continue
		}
		f := writing.Behind(p.Quad, direction)
		cells = append(cells, cell{p.Label, false, f, writing.Box{X0: cellFrom, Y0: -cellHalf, X1: cellEnd(page, places, f), Y1: cellHalf}})
	}
	return cells
}

// isSigned is true for what a hand or a chop has to fill, which is for other checks to say.
func isSigned(label string) bool {
	return strings.Contains(label, "签") || strings.Contains(label, "章")
}

// cellEnd is where the row ends: at the next label in it, or where the page's print ends at the right. What
// else was read in the row, and not taken for the value, is ink.
func cellEnd(page *reading.Page, places []fields.Place, f writing.Frame) float64 {
	end, right := float64(cellMost), 0.0
	for _, l := range page.Lines {
		right = max(right, f.BoxOf(l.Quad).X1)
	}
	for _, p := range places {
		if b := f.BoxOf(p.Quad); b.InRow() && b.X0 > cellFrom {
			end = min(end, b.X0)
		}
	}
	return max(min(end, right), 4)
}

// inkIn is how much is written in the cell, in squares of a character.
func (c cell) inkIn(v seen) float64 {
	s := writing.Look(v.reduced, c.Frame, c.in, v.chops)
	s.WithoutRules()
	ink := 0.0
	for _, m := range s.Marks(writing.LeastMark) {
		if !c.fromBeside(m, s.Step) {
			ink += m.Ink
		}
	}
	return ink
}

// fromBeside reports whether a mark is a piece of a column's line, or hangs into the cell from the row
// above or below: narrow and running out of the cell, or higher than any upright stroke, or flat at
// the edge. A printed 1 is 0.75 high and ends within the cell.
func (c cell) fromBeside(m writing.Mark, step float64) bool {
	atEdge := m.Y0 <= c.in.Y0+step || m.Y1 >= c.in.Y1-step
	narrow := m.X1-m.X0 <= 0.25
	return narrow && (atEdge || m.Y1-m.Y0 > 0.9) || atEdge && m.Y1-m.Y0 < 0.25
}

func emptyField(c cell, ink, least float64, page *reading.Page) checks.Finding {
	return checks.Finding{Code: "field_empty", Region: writing.RegionOf(c.Frame, c.in, page),
		Message:  checks.Textf("Nothing is filled in beside %[1]q.", "“%[1]s”一栏未填写。", c.label),
		Remedy:   checks.Textf("Have %[1]q filled in, then sign, stamp and scan the form again.", "请补填“%[1]s”，重新签名、盖章并扫描。", c.label),
		Measures: []checks.Measure{{Name: "ink", Value: rounded(ink), Unit: "squares of a character", Want: ">= " + number(least)}}}
}

// sealBeside finds a chop that lies apart from the company's name and the date it is to be stamped over.
func sealBeside(page *reading.Page, places []fields.Place, found []seals.Found) []checks.Finding {
	area, ok := stampedArea(page, places)
	if !ok || len(found) == 0 {
		return nil
	}
	for _, s := range found {
		if touches(s.Box, area) {
			return nil
		}
	}
	b := found[0].Box
	return []checks.Finding{{Code: "seal_not_over_name", Region: b,
		Message: checks.Text{En: "The chop lies beside the company's name and the date, not over them.", Zh: "公章未压盖单位名称或日期。"},
		Remedy:  checks.Text{En: "Stamp the form over the company's name and the date, as is usual, and scan it again.", Zh: "请按惯例将公章压盖在单位名称和日期上，重新扫描。"}}}
}

// stampedArea is the place of the company's name at the foot of the form: the label 盖章 with the lines
// below it and the day.
func stampedArea(page *reading.Page, places []fields.Place) (area checks.Region, ok bool) {
	direction := writing.DirectionOf(page)
	for _, p := range places {
		if !strings.Contains(p.Label, "章") {
			continue
		}
		f := writing.Behind(p.Quad, direction)
		label := f.BoxOf(p.Quad)
		// The name stands behind the label or on the next line, the day on the one after that.
		r := writing.RegionOf(f, writing.Box{X0: label.X0, Y0: label.Y0 - 1, X1: 12, Y1: 10}, page)
		if ok {
			r = around(r, area)
		}
		area, ok = r, true
	}
	return area, ok
}

func around(a, b checks.Region) checks.Region {
	x, y := min(a.X, b.X), min(a.Y, b.Y)
	return checks.Region{X: x, Y: y, Width: max(a.X+a.Width, b.X+b.Width) - x, Height: max(a.Y+a.Height, b.Y+b.Height) - y}
}

func touches(a, b checks.Region) bool {
	return a.X < b.X+b.Width && b.X < a.X+a.Width && a.Y < b.Y+b.Height && b.Y < a.Y+a.Height
}

func rounded(v float64) float64 { return math.Round(100*v) / 100 }

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
