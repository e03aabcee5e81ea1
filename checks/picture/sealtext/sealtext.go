// Package sealtext reads the words cut into a chop: the name along its arc, and the words that stand in a straight
// line below its middle (发票专用章, 财务专用章).
//
// What lives here: where the words of round and oval chops stand, their straightening and reading. What must not: whose
// chop a document needs, which is for the checks of family seal, and the comparison with answers, which is
// checks/casefile's.
//
// Method: the band in which the name stands is unrolled around the ellipse of the rim, from the gap that every name
// leaves at the bottom, as ink alone, so that the print beneath does not show; what comes out is a line of text like any
// other.
package sealtext

import (
	"context"
	"math"
	"strings"
	"unicode"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/fields"
	"dossier/checks/picture/reading"
	"dossier/checks/picture/seals"
)

// Words are what is cut into one chop.
type Words struct {
	Seal *seals.Found
	// Names are what the band along the arc says, looked at in one way or, if a name was given that the first look does
	// not surely say, in several; empty readings if nothing could be read.
	Names []reading.Reading
	Label reading.Reading // in a straight line below the middle, empty if there is none
}

const (
	// mostSeals bounds how many chops are read: a licence with its inspections has four.
	mostSeals = 4
	// leastRadius, in pixels, leaves characters of ten pixels: an eighth of the diameter.
	leastRadius = 40
)

// Read reads the round and oval chops among those found in the subject's picture, in their order. Of a chop whose
// first look does not surely say expected, a name, more looks are taken; it may be empty.
func Read(ctx context.Context, s *checks.Subject, found []seals.Found, expected string) (all []Words, err error) {
	p, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return nil, decode.Skip(err)
	}
	for i := range found {
		f := &found[i]
		if f.Shape != seals.Round && f.Shape != seals.Oval || len(all) == mostSeals {
			continue
		}
		c, ok := seals.NewCloseUp(p.Image, f)
		if !ok || c.Radius < leastRadius {
			continue
		}
		w, err := read(ctx, c, f, expected)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

// A layout is where the words stand, as parts of the way from the middle to the rim.
type layout struct {
	inner, outer float64 // the band of the name, with a little room
	// Where nothing but the name stands: a code of digits is nearer to the rim, a label nearer to the middle.
	onlyInner, onlyOuter     float64
	left, top, right, bottom float64 // the label, with the foot of the chop below
}

// The layouts of chops as they are cut: the characters of a round one's name are an eighth of its diameter
// high and begin at 0.045 of it from its edge; an oval one has a second, thin ring.
var (
	roundLayout = layout{0.61, 0.945, 0.70, 0.78, -0.62, 0.33, 0.62, 0.70}
	ovalLayout  = layout{0.50, 0.885, 0.72, 0.80, -0.6, 0.25, 0.6, 0.68}
)

// A look is a way to look at the band of the name: by how much it is made wider, and how much narrower the band is
// than the layout's, on both sides. What is misread in one is mostly read in another.
type look struct{ stretch, narrower float64 }

var looks = []look{{1, 0}, {1, 0.017}, {0.8, 0}}

// surely is how much likelier another text may be than the one that is expected, as reading.Likelier says it, for a
// single look to be enough.
const surely = 2

// rowHeight is how high lines are drawn: what the recogniser takes.
const rowHeight = 48

func read(ctx context.Context, c *seals.CloseUp, f *seals.Found, expected string) (Words, error) {
	w := Words{Seal: f}
	lay := roundLayout
	if f.Shape == seals.Oval {
		lay = ovalLayout
	}
	from, to, down := lay.arc(c)
	for _, k := range looks {
		inner, outer := lay.inner+k.narrower, lay.outer-k.narrower
		width := k.stretch * rowHeight * arcLength(f, from, to, (inner+outer)/2) / (c.Radius * (outer - inner))
		name, err := reading.Row(ctx, c.Unrolled(from, to, inner, outer, max(rowHeight, int(width)), rowHeight))
		if err != nil {
			return w, err
		}
		w.Names = append(w.Names, name)
		if expected == "" || name.Likelier([]rune(expected), fields.OneWidth) <= surely {
			break
		}
	}
	// The ends of the name hang into the wider look; without them a label is read that was not with them.
	for _, part := range []float64{1, 0.85} {
		left, right := lay.left*part, lay.right*part
		width := rowHeight * (right - left) / (lay.bottom - lay.top)
		var err error
		if w.Label, err = reading.Row(ctx, c.Upright(down, left, lay.top, right, lay.bottom, int(width), rowHeight)); err != nil {
			return w, err
		}
		if w.Label.Text == "" || w.Purpose() != "" {
			break
		}
	}
	return w, nil
}

// Likelier is how much likelier other texts are than that the chop says name: the mean of the looks, 0 if it is what
// was read in all; see reading.Likelier.
func (w Words) Likelier(name string) (sum float64) {
	for _, r := range w.Names {
		sum += max(0, r.Likelier([]rune(name), fields.OneWidth)) / float64(len(w.Names))
	}
	return sum
}

// Name is the reading of the name that is the surest, as a chop's name is written: Chinese characters and brackets, for
// dust is read as dots.
func (w Words) Name() (text string, confidence float64) {
	best := w.Names[0]
	for _, r := range w.Names[1:] {
		if r.Confidence > best.Confidence {
			best = r
		}
	}
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Han, r) || strings.ContainsRune("（）()", r) {
			return r
		}
		return -1
	}, best.Text)
	return text, best.Confidence
}

// purposes are the labels of chops that are made for one purpose: in a line below the star.
var purposes = []string{"发票专用章", "财务专用章", "合同专用章", "业务专用章", "报关专用章", "人事专用章", "代码专用章", "行政专用章", "销售专用章", "采购专用章"}

// labelled is how much likelier another text may be than a label, and labelRead the part of its characters that must have
// been read: small labels are misread in one or two of five.
const (
	labelled  = 4.0
	labelRead = 0.4
)

// Purpose is the label of a chop that is made for one purpose, empty if it has none that is known. Of two that are as
// likely, the first word of which is misread, it is what they have in common.
func (w Words) Purpose() string {
	if len(w.Label.Characters) == 0 {
		return ""
	}
	best, second, label := math.Inf(1), math.Inf(1), ""
	for _, p := range purposes {
		l := w.Label.Likelier([]rune(p), fields.OneWidth)
		if l < best {
			best, second, label = l, best, p
		} else {
			second = min(second, l)
		}
	}
	read := 0
	for _, r := range label {
		if strings.ContainsRune(w.Label.Text, r) {
			read++
		}
	}
	switch {
	case best > labelled || float64(read) < labelRead*float64(len([]rune(label))):
		return ""
	case second-best < 0.5:
		return "专用章"
	}
	return label
}

const (
	// places is at how many angles the band is looked at.
	places = 180
	// inked is the ink that is part of a character.
	inked = 0.12
)

// arc finds where the name begins and ends, clockwise, and which way is down: the middle of the widest gap.
func (l layout) arc(c *seals.CloseUp) (from, to, down float64) {
	var written [places]bool
	for i := range written {
		for by := l.onlyInner; by <= l.onlyOuter; by += 0.02 {
			if c.Ink(angleOf(i), by) >= inked {
				written[i] = true
			}
		}
	}
	begin, most := places/4, 0 // 6 o'clock, if there is no gap
	for i := range places {
		n := 0
		for n < places && !written[(i+n)%places] {
			n++
		}
		if n > most {
			begin, most = i, n
		}
	}
	if most < places/15 {
		return math.Pi / 2, math.Pi/2 + 2*math.Pi, math.Pi / 2
	}
	// A little of the gap on both sides: the outer ends of characters reach farther than their middles.
	margin := min(most/3, 3)
	return angleOf(begin + most - margin), angleOf(begin+margin) + 2*math.Pi, angleOf(begin) + math.Pi*float64(most)/places
}

func angleOf(i int) float64 { return 2 * math.Pi * (float64(i) + 0.5) / places }

// arcLength is how long a part of the ellipse is, in pixels.
func arcLength(f *seals.Found, from, to, by float64) (length float64) {
	const steps = 64
	last := f.At(from, by)
	for i := 1; i <= steps; i++ {
		next := f.At(from+(to-from)*float64(i)/steps, by)
		length += math.Hypot(next.X-last.X, next.Y-last.Y)
		last = next
	}
	return length
}
