package reading

import (
	"context"
	"math"

	"dossier/checks/picture/raster"
)

// Numbers of the recogniser and the direction classifier as published: a line is brought to lineHeight
// pixels high at its own proportions; the recogniser's picture is at least lineWidth wide (320 as
// published; with 160 and with 48 the same fields of 32 drawn licences, forms and holder photos were
// read, in four fifths and two thirds of the time: a page has many labels of two characters); the
// classifier's is exactly turnWidth wide, and a line is turned around if the probability of standing
// on its head is above turnedAbove. A box at least uprightAbove times as high as wide is a line that
// runs down the page.
const (
	lineHeight   = 48
	lineWidth    = 96
	turnWidth    = 192
	turnedAbove  = 0.9
	uprightAbove = 1.5
)

// maxLineWidth bounds the width of a line: 3200 pixels is a line of 66 full-width characters, more
// than fit on A4 in any print one reads without a glass. Longer ones are squeezed.
const maxLineWidth = 3200

// StretchedBy is how much wider a line is made for Stretched.
const StretchedBy = 1.5

// upright turns a line that runs down the page so that it runs along, and one that stands on its
// head on its feet.
func (m *machine) upright(ctx context.Context, r *raster.Raster, q Quad) (Quad, error) {
	along, across := q.size()
	if across >= uprightAbove*along {
		q = q.turned(1)
		along, across = across, along
	}
	width := min(turnWidth, lineSize(along, across, 1))
	err := m.run(ctx, &m.direction, lineHeight, turnWidth, crop(r, q, width, turnWidth, lineHeight, Color), 2, func(values []float32) {
		if values[1] > turnedAbove {
			q = q.turned(2)
		}
	})
	return q, err
}

// lineSize is the width of a line brought to lineHeight.
func lineSize(along, across, stretch float64) int {
	return max(1, min(int(math.Ceil(lineHeight*stretch*along/max(across, 1))), maxLineWidth))
}

// recognise reads an upright line in the way given.
func (m *machine) recognise(ctx context.Context, r *raster.Raster, q Quad, way Way) (Reading, error) {
	along, across := q.size()
	stretch := 1.0
	if way == Stretched {
		stretch = StretchedBy
	}
	width := lineSize(along, across, stretch)
	padded := max(lineWidth, (width+stepWidth-1)/stepWidth*stepWidth)
	words, err := m.words()
	if err != nil {
		return Reading{}, err
	}
	leave, err := enter(ctx, m.recognising)
	if err != nil {
		return Reading{}, err
	}
	defer leave()
	var reading Reading
	err = m.run(ctx, &m.recognition, lineHeight, padded, crop(r, q, width, padded, lineHeight, way), padded/stepWidth*classes, func(values []float32) {
		reading = words.decode(values, float64(width)/stepWidth)
	})
	reading.Way = way
	return reading, err
}
