package writing

import (
	"context"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"

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
func FootOf(ctx context.Context, page *reading.Page, reduced *raster.Raster, words []string, chops []seals.Found) (Foot, error) {
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
	company, ok := nameAt(page, stamped)
	if !ok {
		var err error
		if company, ok, err = nameBelow(ctx, page, from); err != nil {
			return nil, err
		}
	}
	add(checks.OverlapCompany, company, ok)
	return foot, nil
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
		return unboxed(page, dateIn(l)), true
	}
	return checks.Region{}, false
}

func isDate(l reading.Line) bool {
	return dated.MatchString(l.Text) || slices.ContainsFunc(l.Others, func(o reading.Reading) bool { return dated.MatchString(o.Text) })
}

// dateIn is the part of a line that is a day: what a chop shows before it may have been read with it.
func dateIn(l reading.Line) reading.Quad {
	text := []rune(l.Text)
	first := slices.IndexFunc(text, unicode.IsDigit)
	if first < 0 || len(text) != len(l.Characters) {
		return l.Quad
	}
	// Begin is where a character's middle begins, so that it itself begins a third of a character before.
	last := l.Characters[len(text)-1].End
	from := l.Characters[first].Begin - (last-l.Characters[first].Begin)/float64(3*(len(text)-first))
	if from <= 0 {
		return l.Quad
	}
	along := func(a, b reading.Point) reading.Point {
		return reading.Point{X: a.X + from*(b.X-a.X), Y: a.Y + from*(b.Y-a.Y)}
	}
	return reading.Quad{along(l.Quad[0], l.Quad[1]), l.Quad[1], l.Quad[2], along(l.Quad[3], l.Quad[2])}
}

// rowsBelow is how far below the label 盖章 the middle of the company's name stands at most, in characters: on the
// next line but one.
const rowsBelow = 4

// leastName is how many characters a company's name has at least, and a piece of it that was read apart.
const (
	leastName  = 5
	leastPiece = 2
)

// nameAt is where the company's name stands: behind the label 盖章, or else in the first row below it that is no date.
// A row may have been read in pieces, with a chop between them.
func nameAt(page *reading.Page, labels []fields.Place) (checks.Region, bool) {
	direction := DirectionOf(page)
	for _, p := range labels {
		f := Behind(p.Quad, direction)
		label := f.BoxOf(p.Quad)
		var name Box
		best := 0
		var pieces []Box
		for _, l := range page.Lines {
			b := f.BoxOf(l.Quad)
			row, high := (b.Y0+b.Y1)/2, distance(l.Quad[0], l.Quad[3])/f.height
			// What is not as high as the label's print is a chop's.
			if isDate(l) || len(l.Characters) < leastPiece || high > 1.6*boxed || high < 0.6*boxed || row > rowsBelow || row < -0.5 || b.X1 < label.X0-2 {
				continue
			}
			if row < 0.5 && b.X0 < -0.2 {
				continue // the label itself, or what stands before it
			}
			pieces = append(pieces, b)
			if n := len(l.Characters); n > best && n >= leastName {
				best, name = n, b
			}
		}
		if best == 0 {
			continue
		}
		for _, b := range pieces {
			if math.Abs(b.Y0+b.Y1-name.Y0-name.Y1) < 2*0.5 {
				name = name.and(b)
			}
		}
		return unboxed(page, f.quad(name)), true
	}
	return checks.Region{}, false
}

// nameBelow is where, below a height, the same name stands as is filled in further up: for a form whose label a chop
// hides.
func nameBelow(ctx context.Context, page *reading.Page, from float64) (checks.Region, bool, error) {
	found, err := fields.Find(ctx, page, checks.ApplicationForm, fields.Looks{})
	for _, r := range found {
		if r.Field == "company" && float64(r.Box.Y) > from {
			// The box is that of the lines, half as high again as their characters.
			cut := int(float64(r.Box.Height) * (1 - 1/boxed) / 2)
			return checks.Region{X: r.Box.X, Y: r.Box.Y + cut, Width: r.Box.Width, Height: r.Box.Height - 2*cut}, true, err
		}
	}
	return checks.Region{}, false, err
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
