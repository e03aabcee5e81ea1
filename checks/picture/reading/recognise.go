package reading

import (
	"context"
	"math"

	"dossier/checks/picture/raster"
)

// Numbers of the recogniser and the direction classifier as published: a line is brought to lineHeight
// pixels high at its own proportions; the recogniser's picture is at least lineWidth wide (320 as
// published; with 160 and with 48 the same fields of 32 drawn licences, forms and holder photos were
// read, in four fifths and two thirds of the time: a page has many labels of one and two characters. A
// character that the recogniser does not know is passed over at any of these widths.); the
// classifier's is exactly turnWidth wide, and a line is turned around if the probability of standing
// on its head is above turnedAbove. A box at least uprightAbove times as high as wide is a line that
// runs down the page.
const (
	lineHeight   = 48
	lineWidth    = 64
	turnWidth    = 192
	turnedAbove  = 0.9
	uprightAbove = 1.5
)

// maxLineWidth bounds the width of a line: 3200 pixels is a line of 66 full-width characters, more
// than fit on A4 in any print one reads without a glass. Longer ones are squeezed.
const maxLineWidth = 3200

// StretchedBy is how much wider a line is made for Stretched.
const StretchedBy = 1.5

// Numbers of lines that are not read whole. A line that runs down the page and is longLine times as long
// as high is a border's pattern more often than text: probeLength heights of its middle are read first,
// and the rest only if that was read with probeSure. On a licence with a border that saves a tenth of the time.
const (
	longLine    = 8
	probeLength = 2.5
	probeSure   = 0.5
)

// turnedSure is the confidence from which a line is believed to stand on its head. The classifier
// takes some names of two characters for such.
const turnedSure = 0.9

// read reads a line at its first sight, which gives its direction.
func (d *draft) read(ctx context.Context, m *machine, r *raster.Raster, way Way) error {
	d.readings = []Reading{{Way: way}}
	along, across := d.quad.size()
	standing := across >= uprightAbove*along
	if standing {
		d.quad = d.quad.turned(1)
		along, across = across, along
	}
	turned, err := m.onItsHead(ctx, r, d.quad)
	if err != nil {
		return err
	}
	if turned {
		d.quad = d.quad.turned(2)
	}
	if standing && along > longLine*across {
		probe, err := m.recognise(ctx, r, d.quad.part(0.5, probeLength*across/along), way)
		if err != nil || probe.Confidence < probeSure {
			return err
		}
	}
	if d.readings[0], err = m.recognise(ctx, r, d.quad, way); err != nil || !turned || d.readings[0].Confidence >= turnedSure {
		return err
	}
	other, err := m.recognise(ctx, r, d.quad.turned(2), way)
	if err == nil && other.Confidence > d.readings[0].Confidence {
		d.quad, d.readings[0] = d.quad.turned(2), other
	}
	return err
}

// onItsHead says whether a line stands on its head.
func (m *machine) onItsHead(ctx context.Context, r *raster.Raster, q Quad) (turned bool, err error) {
	along, across := q.size()
	width := min(turnWidth, lineSize(along, across, 1))
	err = m.run(ctx, &m.direction, lineHeight, turnWidth, crop(r, q, width, turnWidth, lineHeight, Color), 2, func(values []float32) {
		turned = values[1] > turnedAbove
	})
	return turned, err
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
