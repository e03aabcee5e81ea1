package reading

import (
	"context"
	"math"

	"dossier/checks/picture/raster"
)

// Red ink: red by at least redLeast above the other two (in a dark picture, whose brightest twentieth is below
// fullBright, by as much less as that is darker) and by redRatio times, with those two close
// to each other, which wood and skin are not. Chops are vermilion; in pictures of them red is 1.5 to
// 3 times green and blue. Measured on the project's own drawings of licences and forms through the
// camera model; nothing sacred about the numbers.
const (
	redLeast   = 30
	redRatio   = 1.35
	redSpread  = 0.5 // of the distance to red, between green and blue
	fullBright = 200
)

// redShare is how much of a picture must be red for a second look: half of a thousandth, a tenth of
// the ink of a chop of 40 mm on A4.
const redShare = 0.0005

// redTouch is how much of a line's box must be red for the line to be read again.
const redTouch = 0.01

// A redMap says which pixels of a small picture are red ink; nil if too few are.
type redMap struct {
	width, height int
	red           []bool
	scale         Point // from the raster to the map
}

func (s *small) redMap(r *raster.Raster) *redMap {
	m := &redMap{s.width, s.height, make([]bool, s.width*s.height), Point{float64(s.width) / float64(r.Width), float64(s.height) / float64(r.Height)}}
	least := redLeast * min(1, float64(s.bright())/fullBright)
	n := 0
	for i := range m.red {
		red, green, blue := float64(s.pixels[3*i]), float64(s.pixels[3*i+1]), float64(s.pixels[3*i+2])
		most := max(green, blue)
		if red-most >= least && red >= redRatio*most && max(green-blue, blue-green) <= redSpread*(red-most) {
			m.red[i] = true
			n++
		}
	}
	if float64(n) < redShare*float64(len(m.red)) {
		return nil
	}
	return m
}

// bright is the level of the greatest of its three values that a twentieth of the pixels reach.
func (s *small) bright() int {
	var count [256]int
	for i := 0; i < len(s.pixels); i += 3 {
		count[max(s.pixels[i], s.pixels[i+1], s.pixels[i+2])]++
	}
	return share(&count, s.width*s.height*19/20)
}

// touches says whether enough of a line is red.
func (m *redMap) touches(q Quad) bool {
	for i, p := range q {
		q[i] = Point{p.X * m.scale.X, p.Y * m.scale.Y}
	}
	b := q.Box(m.width, m.height)
	n, red := 0, 0
	for y := b.Y; y < b.Y+b.Height; y++ {
		for x := b.X; x < b.X+b.Width; x++ {
			if q.contains(Point{float64(x) + 0.5, float64(y) + 0.5}) {
				n++
				if m.red[y*m.width+x] {
					red++
				}
			}
		}
	}
	return n > 0 && float64(red) >= redTouch*float64(n)
}

// A line in the making: its place in the raster and what was read there.
type draft struct {
	quad     Quad
	readings []Reading // best first
	gone     bool      // another line reads more of it
}

// add puts a reading where it belongs: first if it is surer than the first.
func (d *draft) add(r Reading) {
	if len(d.readings) > 0 && r.Confidence > d.readings[0].Confidence && r.Text != "" {
		d.readings = append([]Reading{r}, d.readings...)
		return
	}
	d.readings = append(d.readings, r)
}

// sureUnderRed is the confidence in its least sure character from which a line is not read again through
// the red channel.
const sureUnderRed = 0.98

// lookThroughRed looks at the picture a second time through its red channel, in which red ink is
// as white as the paper: lines under a chop, which were found there as quads, are read again whole.
// Lines that no ink touches, or that were read surely, stay as they are, and what is printed in red
// keeps its first reading.
func (m *machine) lookThroughRed(ctx context.Context, r *raster.Raster, ink *redMap, quads []Quad, drafts []*draft) ([]*draft, error) {
	var tasks []func(context.Context) error
	for _, d := range drafts {
		if d.readings[0].Least >= sureUnderRed || !ink.touches(d.quad) {
			continue
		}
		tasks = append(tasks, func(ctx context.Context) error {
			reading, err := m.recognise(ctx, r, d.quad, Red)
			if err == nil {
				d.add(reading)
			}
			return err
		})
	}
	var found []*draft
	for _, q := range quads {
		if !ink.touches(q) || knownAlready(q, drafts) {
			continue
		}
		found = append(found, &draft{quad: q})
	}
	// What ink has torn apart is read once more as a whole.
	var torn []Quad
	for _, q := range quads {
		if ink.touches(q) {
			torn = append(torn, q)
		}
	}
	for _, q := range joined(torn) {
		if !knownAlready(q, drafts) {
			found = append(found, &draft{quad: q})
		}
	}
	for _, d := range found {
		tasks = append(tasks, func(ctx context.Context) error { return d.read(ctx, m, r, Red) })
	}
	if err := each(ctx, tasks); err != nil {
		return nil, err
	}
	for _, d := range found {
		drafts = d.replace(drafts)
	}
	return drafts, nil
}

// knownAlready says whether a box found in the red channel is one that is known: with its middle
// in it and about as long.
func knownAlready(q Quad, drafts []*draft) bool {
	along, _ := q.size()
	for _, d := range drafts {
		have, _ := d.quad.size()
		if d.quad.contains(middle(q)) && q.contains(middle(d.quad)) && math.Abs(have-along) < 0.1*along {
			return true
		}
	}
	return false
}

// replace puts a line found through red in the place of the pieces of it that were found before,
// if it says as much as they did: the sum of its characters' confidence, which is how many of them are
// right if the confidence is, is not less by more than a fifth of a character. Otherwise it is let go.
func (d *draft) replace(drafts []*draft) []*draft {
	if d.readings[0].Text == "" {
		return drafts
	}
	before := 0.0
	var pieces []*draft
	for _, old := range drafts {
		if !old.gone && (d.quad.contains(middle(old.quad)) || old.quad.contains(middle(d.quad))) {
			pieces = append(pieces, old)
			before += right(old.readings[0])
		}
	}
	if right(d.readings[0]) < before-0.2 {
		return drafts
	}
	for _, old := range pieces {
		old.gone = true
		d.readings = append(d.readings, old.readings...)
	}
	return append(drafts, d)
}

// right is how many characters of a reading are right, as far as their confidence is.
func right(r Reading) float64 { return r.Confidence * float64(len(r.Characters)) }
