package paper

import (
	"cmp"
	"context"
	"math"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/reading"
)

const (
	// leastTurnWeight is how much text there must be, in characters weighted by the square of how surely they
	// were read, before it tells which way up a page stands.
	leastTurnWeight = 6
	// leastTurnShare is how much of it must run that way; chops have text on arcs, maps and cards in columns.
	leastTurnShare = 0.7
	// A page of whose characters at least three in ten (convincing) stand in lines read this surely is not mirrored:
	// mirrored print makes such lines only by chance. Borders taken for text make up the rest.
	surelyRead = 0.9
	convincing = 0.3
	// mirrorLines is how many lines are read mirrored: the largest, in which most can be read.
	mirrorLines = 8
	// mirrorGain is how much surer the mirrored reading must be, and mirrorSure how sure.
	mirrorGain = 0.15
	mirrorSure = 0.75
	// leastCharacters is the least length of a line that is compared: single characters look alike mirrored.
	leastCharacters = 3
)

// A Turn is how a picture has to be turned so that its text can be read.
type Turn struct {
	// Mirrored says that left and right are exchanged, as a front camera's picture has them. They have to be
	// exchanged back before the turning.
	Mirrored bool
	// Quarters is how many quarter turns to the left (counterclockwise) then set the text upright.
	Quarters int
	// Known says that there was text enough to tell; otherwise nothing is said.
	Known bool
	// Confidence is the share of the text that says so, 0..1.
	Confidence float64
	// Lines are those that were read mirrored, if Mirrored, with their quads as they are read; each quad's
	// corners then run against the clock.
	Lines []reading.Line
}

// TurnOf is how the subject's picture stands, told from its text. An error made by checks.Skip says that
// nothing could be read here.
var TurnOf = checks.NewShared("turn", func(ctx context.Context, s *checks.Subject) (Turn, error) {
	page, err := reading.Text.Of(ctx, s)
	if err != nil {
		return Turn{}, err
	}
	if surely(page.Lines) < convincing {
		lines, err := mirrored(ctx, s, page.Lines)
		if err != nil {
			return Turn{}, err
		}
		if lines != nil {
			t := turnOf(lines, true)
			t.Lines = lines
			return t, nil
		}
	}
	return turnOf(page.Lines, false), nil
})

// surely is the share of characters that stand in lines which were read surely.
func surely(lines []reading.Line) float64 {
	var yes, n float64
	for _, l := range lines {
		k := float64(len(l.Characters))
		if k < leastCharacters {
			continue
		}
		n += k
		if l.Confidence >= surelyRead {
			yes += k
		}
	}
	return yes / max(1, n)
}

// mirrored reads the largest lines mirrored and returns them if they are then read much surer; otherwise nil.
func mirrored(ctx context.Context, s *checks.Subject, all []reading.Line) ([]reading.Line, error) {
	largest := slices.DeleteFunc(slices.Clone(all), func(l reading.Line) bool { return len(l.Characters) < leastCharacters })
	slices.SortStableFunc(largest, func(a, b reading.Line) int { return cmp.Compare(extent(b.Quad), extent(a.Quad)) })
	largest = largest[:min(len(largest), mirrorLines)]
	var out []reading.Line
	for _, l := range largest {
		q := l.Quad
		// Which way up a mirrored line stands the direction classifier cannot know.
		for _, mirror := range []reading.Quad{{q[1], q[0], q[3], q[2]}, {q[3], q[2], q[1], q[0]}} {
			r, err := reading.Again(ctx, s, mirror, reading.Color)
			if err != nil {
				return nil, err
			}
			if len(r.Characters) >= leastCharacters && r.Confidence >= max(mirrorSure, l.Confidence+mirrorGain) {
				out = append(out, reading.Line{Reading: r, Quad: mirror, Box: l.Box})
			}
		}
	}
	if len(out) < 2 || 2*len(out) <= len(largest) {
		return nil, nil
	}
	return out, nil
}

func extent(q reading.Quad) float64 {
	return math.Hypot(q[1].X-q[0].X, q[1].Y-q[0].Y) * math.Hypot(q[3].X-q[0].X, q[3].Y-q[0].Y)
}

// turnOf lets the lines vote for the quarter turn that sets them upright.
func turnOf(lines []reading.Line, mirrored bool) Turn {
	var votes [4]float64
	var all float64
	for _, l := range lines {
		if len(l.Characters) < leastCharacters {
			continue
		}
		x, y := l.Quad[1].X-l.Quad[0].X, l.Quad[1].Y-l.Quad[0].Y
		if mirrored {
			x = -x
		}
		// Clockwise from the horizontal: text that runs down has been turned a quarter to the right.
		quarters := int(math.Round(math.Atan2(y, x)/(math.Pi/2))) & 3
		weight := float64(len(l.Characters)) * l.Confidence * l.Confidence
		votes[quarters] += weight
		all += weight
	}
	t := Turn{Mirrored: mirrored}
	for q, v := range votes {
		if v > votes[t.Quarters] {
			t.Quarters = q
		}
	}
	if all == 0 {
		return t
	}
	t.Confidence = votes[t.Quarters] / all
	t.Known = all >= leastTurnWeight && t.Confidence >= leastTurnShare
	if !t.Known && !mirrored {
		return Turn{Confidence: t.Confidence}
	}
	return t
}
