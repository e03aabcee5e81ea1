package reading

import (
	"context"
	"math"
	"slices"

	"dossier/checks/picture/raster"
)

// Numbers of the detector as published: the picture is reduced until its longest side has at most
// detectSide pixels, and both sides are brought to multiples of detectStep. Its values are brought
// to 0..1 and then to mean 0 and variance 1 with the numbers of ImageNet. (The published order of
// channels is blue, green, red, with the numbers in the order of red, green, blue; the network was
// trained so.)
const (
	detectSide = 960
	detectStep = 32
)

var (
	detectMean      = [3]float32{0.485, 0.456, 0.406}
	detectDeviation = [3]float32{0.229, 0.224, 0.225}
)

// detectSize is the size at which a picture is searched.
func detectSize(width, height int) (int, int) {
	scale := min(1, detectSide/float64(max(width, height)))
	step := func(v int) int {
		return max(detectStep, int(math.Round(float64(v)*scale/detectStep))*detectStep)
	}
	return step(width), step(height)
}

// A small is a raster at the size at which it is searched, three values 0..255 a pixel.
type small struct {
	width, height int
	pixels        []uint8
	input         []float32 // room for the detector's input, used again for the second look
}

func makeSmall(r *raster.Raster) *small {
	w, h := detectSize(r.Width, r.Height)
	s := &small{width: w, height: h, pixels: make([]uint8, 3*w*h), input: r.Shrink(w, h)}
	for i, v := range s.input {
		s.pixels[i] = uint8(v + 0.5)
	}
	return s
}

// detect finds the lines of a raster, as quads in its pixels, in the order of reading. way says
// through which channels they are looked at.
func (m *machine) detect(ctx context.Context, r *raster.Raster, s *small, way Way) ([]Quad, error) {
	input := s.input
	for i := 0; i < len(input); i += 3 {
		for c := range 3 {
			v := float32(s.pixels[i+2-c])
			if way == Red {
				v = float32(s.pixels[i])
			}
			input[i+c] = (v/255 - detectMean[c]) / detectDeviation[c]
		}
	}
	// One detection at a time in the whole program: it is what takes memory.
	leave, err := enter(ctx, m.detecting)
	if err != nil {
		return nil, err
	}
	defer leave()
	var quads []Quad
	err = m.run(ctx, &m.detection, s.height, s.width, input, s.height*s.width, func(values []float32) {
		quads = boxes(values, s.width, s.height)
	})
	if err != nil {
		return nil, err
	}
	fx, fy := float64(r.Width)/float64(s.width), float64(r.Height)/float64(s.height)
	for i := range quads {
		for j, p := range quads[i] {
			quads[i][j] = Point{p.X * fx, p.Y * fy}
		}
	}
	quads = slices.DeleteFunc(quads, func(q Quad) bool {
		along, across := q.size()
		return min(along, across)*float64(r.Reduce) < leastHeight
	})
	inReadingOrder(quads)
	return quads, nil
}

// leastHeight is the height in pixels of the picture below which a line is not read: with the margin of the
// search the print is six pixels high then, of which digits are guessed and nothing else is made out.
const leastHeight = 9

// inReadingOrder sorts quads from top to bottom, and from left to right where two overlap by more
// than half of the lower one's height.
func inReadingOrder(quads []Quad) {
	slices.SortStableFunc(quads, func(a, b Quad) int { return sign(middle(a).Y - middle(b).Y) })
	for from := 0; from < len(quads); {
		to := from + 1
		_, height := quads[from].size()
		for to < len(quads) && middle(quads[to]).Y-middle(quads[from]).Y < height/2 {
			to++
		}
		slices.SortStableFunc(quads[from:to], func(a, b Quad) int { return sign(middle(a).X - middle(b).X) })
		from = to
	}
}

func middle(q Quad) Point {
	return Point{(q[0].X + q[1].X + q[2].X + q[3].X) / 4, (q[0].Y + q[1].Y + q[2].Y + q[3].Y) / 4}
}
