package writing

import (
	"math"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/fields"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/reading"
	"dossier/checks/picture/seals"
)

// A Written is what was seen where a signature belongs, in heights of the label's characters.
type Written struct {
	Ink           float64 // squares of a character
	Width, Height float64
	Printed       string // what was read there, if all of the ink is print
	Inside        float64
	Region        checks.Region // around the ink; without ink the place it belongs
	Under         float64       // the part of the ink that lies under dense ink of a chop
}

// The least a signature has; where the numbers come from is said at form/signature's limits.
const (
	LeastInk    = 0.5 // squares of a character
	LeastWidth  = 1.5 // characters
	LeastHeight = 0.8 // characters
)

// LongestLabel is how many characters a label of a place to sign has at most; what is longer is a sentence about
// signing.
const LongestLabel = 16

// SignatureLabels is how the labels of places to sign end: 运营者签名, 法定代表人签字, 经办人签字.
func SignatureLabels() []string { return []string{"签名", "签字", "签署"} }

// Where a signature is looked for, in heights of the label's characters: behind the label, up to
// three characters above and below the row, or else below the label. A name of four characters written
// large takes nine.
var (
	behindLabel = Box{0.2, -2.2, 13, 2.2}
	belowLabel  = Box{-1, -1.6, 11, 1.8}
)

// belowBy is how far below the label's row the middle of a signature is that stands below it.
const belowBy = 2.7

// LeastMark leaves out dirt and the noise of compression, in squares of a character.
const LeastMark = 0.015

// SignedAt looks behind a label, and below it where there is nothing behind. chops are those of the picture.
func SignedAt(page *reading.Page, reduced *raster.Raster, p fields.Place, chops []seals.Found) Written {
	direction := DirectionOf(page)
	first := writtenIn(page, reduced, p, Behind(p.Quad, direction), behindLabel, chops)
	if first.Ink > 0 {
		return first
	}
	second := writtenIn(page, reduced, p, Below(p.Quad, direction, belowBy), belowLabel, chops)
	if second.Ink > 0 && second.Printed == "" && second.Width > 3 {
		return second
	}
	return first
}

// writtenIn measures the ink in a part of a frame, but for ruled lines and print that belongs elsewhere.
func writtenIn(page *reading.Page, reduced *raster.Raster, p fields.Place, f Frame, in Box, chops []seals.Found) Written {
	in.X1 = min(in.X1, nextInRow(page, f, in))
	s := handIn(page, reduced, p, f, in, chops, sharp)
	w := Written{Inside: s.Inside, Region: RegionOf(f, in, page)}
	var here Box
	for _, l := range page.Lines {
		if b := f.BoxOf(l.Quad); b.Overlap(in) > 0 && !elsewhere(b, l) && isPrint(b, l) {
			w.Printed, here = l.Text, b
		}
	}
	all := Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	covered, under := 0.0, 0.0
	for _, m := range s.Marks(LeastMark) {
		w.Ink += m.Ink
		under += m.under
		if m.Overlap(here) > 0.8*m.Area() {
			covered += m.Ink
		}
		all = Box{min(all.X0, m.X0), min(all.Y0, m.Y0), max(all.X1, m.X1), max(all.Y1, m.Y1)}
	}
	if w.Ink > 0 {
		w.Width, w.Height = all.X1-all.X0, all.Y1-all.Y0
		w.Region = RegionOf(f, whole(handIn(page, reduced, p, f, in.grown(beyond), chops, faint), in, all), page)
		w.Under = under / w.Ink
	}
	if covered < 0.9*w.Ink {
		w.Printed = ""
	}
	return w
}

// A sharpness is from what share of the paper's brightness on ink is seen, and from what length on, in characters, a
// straight line is a ruled one.
type sharpness struct{ ink, rule float64 }

// A signature is looked for as any ink is. When it has been found, the ends of strokes where the pen was lifted belong
// to it, and so does a flourish, which is shorter than a line to write on.
var (
	sharp = sharpness{inkShare, ruleLength}
	faint = sharpness{0.18, 8}
)

// beyond is how far the strokes of a signature are followed out of the place it is looked for, in characters.
const beyond = 2.5

// strayBy is how far from the rest of a signature a piece of it stands that a chop has cut off, in characters.
const strayBy = 1.3

// whole is the box around all of the marks of which a part lies within the place, and around what a chop cuts off
// from them.
func whole(wide Spot, place, all Box) Box {
	marks := wide.marks(2*LeastMark, 2*LeastMark)
	for range 3 { // a piece may lie beside a piece
		for _, m := range marks {
			if m.Overlap(place) > 0 && m.Overlap(all.grown(strayBy)) > 0 {
				all = all.and(m.Box)
			}
		}
	}
	return all
}

// handIn is what stands in a part of a frame but for ruled lines, the label and the print of other rows.
func handIn(page *reading.Page, reduced *raster.Raster, p fields.Place, f Frame, in Box, chops []seals.Found, by sharpness) Spot {
	s := lookFor(by.ink, reduced, f, in, chops)
	s.withoutRules(by.rule)
	s.WipeBox(f.BoxOf(p.Quad))
	for _, l := range page.Lines {
		if b := f.BoxOf(l.Quad); elsewhere(b, l) {
			s.WipeBox(b)
		}
	}
	return s
}

// sure is the confidence from which a line is print that was read; scrawl is read with less.
const sure = 0.85

// nextInRow is where the next printed label of the row begins: the day beside the signature.
func nextInRow(page *reading.Page, f Frame, in Box) float64 {
	next := in.X1
	for _, l := range page.Lines {
		b := f.BoxOf(l.Quad)
		if b.InRow() && b.X0 > 3 && l.Confidence >= sure && (strings.ContainsAny(l.Text, ":：") || len(l.Characters) > 5) {
			next = min(next, b.X0)
		}
	}
	return next
}

// elsewhere reports whether a line is print of another row: as high as the label, and not in its row.
func elsewhere(b Box, l reading.Line) bool {
	return !b.InRow() && l.Confidence >= sure && b.Y1-b.Y0 < 2.4 && len(l.Characters) >= 2
}

// isPrint reports whether a line of the label's row is print as the label is: as high, on the same line.
func isPrint(b Box, l reading.Line) bool {
	return l.Confidence >= 0.95 && math.Abs(b.Y1-b.Y0-boxed) < 0.3 && math.Abs(b.Y0+b.Y1) < 2*0.2
}
