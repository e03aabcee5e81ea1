package writing

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/fields"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/reading"
	"dossier/checks/picture/seals"
)

// A Foot is where the parts of a form's foot are, in pixels of the upright picture, under the names that checks.Seal has
// for its Overlaps. A part that was not found is not in it.
type Foot map[string]checks.Region

// FootOf finds the signature's ink, beside the labels that end in one of the words; the company's name at the label
// 盖章, and the day, as lines that were read. A hand's signature only counts as one if it has as much ink as the least.
func FootOf(page *reading.Page, reduced *raster.Raster, words []string, chops []seals.Found) Foot {
	foot := Foot{}
	add := func(part string, r checks.Region, ok bool) {
		if ok && r.Width > 0 && r.Height > 0 {
			foot[part] = r
		}
	}
	from := math.Inf(1) // the foot begins at the first label of it
	best := 0.0
	for _, p := range fields.Ending(page, words, LongestLabel) {
		from = min(from, p.Quad[0].Y)
		w := SignedAt(page, reduced, p, chops)
		if w.Ink >= LeastInk && w.Width >= LeastWidth && w.Height >= LeastHeight && w.Printed == "" && w.Ink > best {
			best = w.Ink
			add(checks.OverlapSignature, w.Region, true)
		}
	}
	var stamped []fields.Place
	for _, p := range fields.Places(page, checks.ApplicationForm) {
		if strings.Contains(p.Label, "章") {
			stamped = append(stamped, p)
			from = min(from, p.Quad[0].Y)
		}
	}
	date, ok := dateBelow(page, from)
	add(checks.OverlapDate, date, ok)
	for _, p := range stamped {
		if _, known := foot[checks.OverlapCompany]; !known {
			company, ok := nameAt(page, p)
			add(checks.OverlapCompany, company, ok)
		}
	}
	return foot
}

// Overlaps is how much of each part lies within a chop's outer edge, as a part of its area, to a hundredth.
func (f Foot) Overlaps(chop *seals.Found) map[string]float64 {
	if len(f) == 0 {
		return nil
	}
	shares := map[string]float64{}
	for part, r := range f {
		shares[part] = math.Round(100*chop.Share(r)) / 100
	}
	return shares
}

// dated is a day, whole or in part, as a hand or a printer writes it at the foot: 2014年9月1日, 年 月 日 with nothing
// filled in, 2014.9.1.
var dated = regexp.MustCompile(`年.*月|月.*[日曰目]|(^|\D)(19|20)\d\d[年./-]\s*\d{1,2}`)

// dateBelow is the lowest day that stands below a height.
func dateBelow(page *reading.Page, from float64) (checks.Region, bool) {
	for _, l := range slices.Backward(page.Lines) {
		if l.Quad[0].Y < from || !isDate(l) {
			continue
		}
		return unboxed(page, l.Quad), true
	}
	return checks.Region{}, false
}

func isDate(l reading.Line) bool {
	return dated.MatchString(l.Text) || slices.ContainsFunc(l.Others, func(o reading.Reading) bool { return dated.MatchString(o.Text) })
}

// nameBelow is how far below the label 盖章 the middle of the company's name stands at most, in characters: on the
// next line but one.
const nameBelow = 4

// nameAt is where the company's name stands: behind the label, or else in the first row below it that is no date. A
// row may have been read in pieces, with a chop between them.
func nameAt(page *reading.Page, p fields.Place) (checks.Region, bool) {
	f := Behind(p.Quad, DirectionOf(page))
	label := f.BoxOf(p.Quad)
	var list []Box
	for _, l := range page.Lines {
		b := f.BoxOf(l.Quad)
		row := (b.Y0 + b.Y1) / 2
		high := b.Y1 - b.Y0
		// What is no line of the label's print is a chop's: small, turned or large characters.
		if isDate(l) || len(l.Characters) < 2 || high > 1.6*boxed || high < 0.6*boxed || row > nameBelow || row < -0.5 || b.X1 < label.X0-2 {
			continue
		}
		if row < 0.5 && b.X0 < -0.2 {
			continue // the label itself, or what stands before it
		}
		list = append(list, b)
	}
	if len(list) == 0 {
		return checks.Region{}, false
	}
	slices.SortFunc(list, func(a, b Box) int { return int(math.Copysign(1, a.Y0+a.Y1-b.Y0-b.Y1)) })
	name := list[0]
	for _, b := range list[1:] {
		if math.Abs(b.Y0+b.Y1-list[0].Y0-list[0].Y1) < 2*0.5 {
			name = name.and(b)
		}
	}
	return unboxed(page, f.quad(name)), true
}

// and is the box around two.
func (b Box) and(c Box) Box {
	return Box{min(b.X0, c.X0), min(b.Y0, c.Y0), max(b.X1, c.X1), max(b.Y1, c.Y1)}
}

// unboxed is the region of a line's characters, of which its quad is half as high again.
func unboxed(page *reading.Page, q reading.Quad) checks.Region {
	const cut = (1 - 1/boxed) / 2
	toward := func(a, b reading.Point) reading.Point {
		return reading.Point{X: a.X + cut*(b.X-a.X), Y: a.Y + cut*(b.Y-a.Y)}
	}
	return reading.Quad{toward(q[0], q[3]), toward(q[1], q[2]), toward(q[2], q[1]), toward(q[3], q[0])}.Box(page.Width, page.Height)
}
