package faces

import (
	"context"
	"fmt"
	"image"
	"math"
	"slices"
	"sync"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/network"
	"dossier/checks/picture/raster"
)

// A Face is a face that was found: the box runs from the hairline to the chin, roughly.
type Face struct {
	Box        checks.Region `json:"box"`        // in pixels of the upright picture
	Confidence float64       `json:"confidence"` // 0..1
}

// Numbers of the detector as trained and published: the picture's longest side is brought to 416
// pixels, the rest is black; its values have the mean colour taken off and are divided by 255. Boxes
// come in five sizes, in cells of a grid of cell pixels. Two boxes are one face if they share more
// than overlap of their joint area.
const (
	cell    = 32
	overlap = 0.4
)

// looks are the sizes at which a picture is looked at until a face is found: the published size, and
// one at which the face of a person shown whole is large enough. They cost as much as five looks
// at the published size.
var looks = []int{13 * cell, 24 * cell}

var (
	meanColor = [3]float32{117.001, 114.697, 97.404}
	sizes     = [5][2]float64{{1.603231, 2.094468}, {6.041143, 7.080126}, {2.882459, 3.518061}, {4.266906, 5.178857}, {9.041765, 10.66308}}
)

// LeastConfidence is below which a box is not called a face.
const LeastConfidence = 0.5

// Faces is the faces of the subject's upright picture, surest first. An error made by checks.Skip
// says that nothing could be looked for here.
var Faces = checks.NewShared("faces", func(ctx context.Context, s *checks.Subject) ([]Face, error) {
	p, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return nil, decode.Skip(err)
	}
	reduced, err := raster.Reduced.Of(ctx, s)
	if err != nil {
		return nil, err
	}
	return source{p.Image, reduced}.find(ctx, p.Image.Bounds(), LeastConfidence)
})

var theNetwork = sync.OnceValues(load)

var sessions sync.Pool

// Find looks for faces in an area of a picture that stands upright, and returns those of at least
// that confidence, surest first. A face that is small in the picture is found in a smaller area: a
// face should be at least a twentieth of the area's longer side.
func Find(ctx context.Context, picture image.Image, area image.Rectangle, least float64) ([]Face, error) {
	s := source{picture: picture}
	if area = area.Intersect(picture.Bounds()); area == picture.Bounds() {
		s.reduced = raster.Reduce(picture, raster.ReducedSide)
	}
	return s.find(ctx, area, least)
}

// A source is a picture, and the whole of it reduced; that may be nil.
type source struct {
	picture image.Image
	reduced *raster.Raster
}

func (s source) find(ctx context.Context, area image.Rectangle, least float64) ([]Face, error) {
	for _, side := range looks {
		sure, err := s.findAt(ctx, area, side, least)
		if err != nil || len(sure) > 0 {
			return sure, err
		}
	}
	return nil, nil
}

// colors is an area of the picture in at least side pixels, where it has so many: out of the reduced picture,
// if that is fine enough. It returns the area that it really covers.
func (s source) colors(area image.Rectangle, side int) (*raster.Raster, image.Rectangle) {
	r := s.reduced
	if r == nil || r.Reduce < 2 || max(area.Dx(), area.Dy())/r.Reduce < side {
		return raster.New(s.picture, area), area
	}
	from := area.Sub(s.picture.Bounds().Min)
	part := image.Rect(from.Min.X/r.Reduce, from.Min.Y/r.Reduce, from.Max.X/r.Reduce, from.Max.Y/r.Reduce).Intersect(image.Rect(0, 0, r.Width, r.Height))
	if part.Empty() {
		return raster.New(s.picture, area), area
	}
	c := &raster.Raster{Width: part.Dx(), Height: part.Dy(), Pixels: make([]uint8, 0, 3*part.Dx()*part.Dy()), Reduce: r.Reduce}
	for y := part.Min.Y; y < part.Max.Y; y++ {
		c.Pixels = append(c.Pixels, r.Pixels[3*(y*r.Width+part.Min.X):3*(y*r.Width+part.Max.X)]...)
	}
	covered := image.Rectangle{part.Min.Mul(r.Reduce), part.Max.Mul(r.Reduce)}.Add(s.picture.Bounds().Min)
	c.Origin = covered.Min
	return c, covered
}

// FindLarge is Find for an area in which a face would take up a tenth of the longer side or more: a
// single look tells then.
func FindLarge(ctx context.Context, picture image.Image, area image.Rectangle, least float64) ([]Face, error) {
	return source{picture: picture}.findAt(ctx, area, looks[0], least)
}

// findAt looks at an area once, at side pixels, and again at each of what might be faces.
func (s source) findAt(ctx context.Context, area image.Rectangle, side int, least float64) ([]Face, error) {
	found, err := s.look(ctx, area, side, candidate)
	if err != nil {
		return nil, err
	}
	var sure []Face
	for _, f := range found[:min(len(found), mostCandidates)] {
		if f.Confidence, err = s.again(ctx, f); err != nil {
			return nil, err
		}
		if f.Confidence >= least {
			sure = append(sure, f)
		}
	}
	return separate(sure), nil
}

// A box of at least candidate is looked at again, alone, unless it is certain already. Measured on
// 19 pictures of people and 37 of places, things and papers: nothing else was taken for a face with
// certain; looked at again a face got 0.6 or more and anything else 0.35 or less.
const (
	candidate = 0.25
	certain   = 0.9
	// mostCandidates bounds the looks at a picture full of what might be faces.
	mostCandidates = 6
)

// nearSide is the size of a look at one face: in a picture of little more than itself a face is large
// enough at half the published size, which costs a quarter.
const nearSide = 7 * cell

// again is the confidence in a face after two more looks, at pictures of twice and three times its
// size: what is taken for a face at one size only is none.
func (s source) again(ctx context.Context, f Face) (float64, error) {
	if f.Confidence >= certain {
		return f.Confidence, nil
	}
	sum, b := 0.0, f.Box
	for _, by := range [][2]int{{b.Width / 2, b.Height / 2}, {b.Width, b.Height}} {
		around := image.Rect(b.X-by[0], b.Y-by[1], b.X+b.Width+by[0], b.Y+b.Height+by[1]).Add(s.picture.Bounds().Min)
		found, err := s.look(ctx, around, nearSide, 0)
		if err != nil {
			return 0, err
		}
		best := 0.0
		for _, g := range found {
			if shared(b, g.Box) > same {
				best = max(best, g.Confidence)
			}
		}
		sum += best
	}
	return sum / 2, nil
}

// same is how much of their joint area two boxes of one face share at different sizes of looking.
const same = 0.3

// look looks at an area once, at side pixels.
func (s source) look(ctx context.Context, area image.Rectangle, side int, least float64) ([]Face, error) {
	n, err := theNetwork()
	if err != nil {
		return nil, err
	}
	whole := s.picture.Bounds()
	area = area.Intersect(whole)
	if area.Dx() < cell || area.Dy() < cell {
		return nil, nil
	}
	colors, area := s.colors(area, side)
	session, ok := sessions.Get().(*network.Session)
	if !ok {
		session = n.NewSession()
	}
	defer sessions.Put(session)
	out, err := session.RunPicture(ctx, side, side, prepare(colors, side))
	if err != nil {
		return nil, err
	}
	grid := side / cell
	if len(out.Data) != len(sizes)*5*grid*grid {
		return nil, fmt.Errorf("face model gave %d values", len(out.Data))
	}
	scale := float64(max(area.Dx(), area.Dy())) / float64(side)
	return separate(boxes(out.Data, grid, area, whole, scale, least)), nil
}

// prepare makes the network's input of a picture.
func prepare(colors *raster.Raster, side int) []float32 {
	scale := float64(max(colors.Width, colors.Height)) / float64(side)
	fit := func(v int) int { return max(1, min(int(math.Round(float64(v)/scale)), side)) }
	width, height := fit(colors.Width), fit(colors.Height)
	small := colors.Shrink(width, height)
	input := make([]float32, 3*side*side)
	for y := range side {
		for x := range side {
			for c := range 3 {
				v := float32(0)
				if x < width && y < height {
					v = small[3*(y*width+x)+c]
				}
				input[3*(y*side+x)+c] = (v - meanColor[c]) / 255
			}
		}
	}
	return input
}

// boxes reads the network's result: for each cell and size, the place of the middle in the cell,
// the logarithm of the box's width and height in parts of the size, and the confidence.
func boxes(values []float32, grid int, area, whole image.Rectangle, scale, least float64) []Face {
	var out []Face
	at := func(size, number, place int) float64 { return float64(values[(size*5+number)*grid*grid+place]) }
	for place := range grid * grid {
		for size, base := range sizes {
			confidence := sigmoid(at(size, 4, place))
			if confidence < least {
				continue
			}
			x := (float64(place%grid) + sigmoid(at(size, 0, place))) * cell * scale
			y := (float64(place/grid) + sigmoid(at(size, 1, place))) * cell * scale
			w := math.Exp(at(size, 2, place)) * base[0] * cell * scale
			h := math.Exp(at(size, 3, place)) * base[1] * cell * scale
			l, t := float64(area.Min.X-whole.Min.X)+x-w/2, float64(area.Min.Y-whole.Min.Y)+y-h/2
			box := cut(l, t, w, h, whole)
			if box.Width > 0 && box.Height > 0 {
				out = append(out, Face{box, confidence})
			}
		}
	}
	return out
}

// cut is the box in whole pixels, as far as it lies in the picture.
func cut(l, t, w, h float64, whole image.Rectangle) checks.Region {
	within := func(v float64, most int) int { return int(math.Round(max(0, min(v, float64(most))))) }
	x0, y0 := within(l, whole.Dx()), within(t, whole.Dy())
	x1, y1 := within(l+w, whole.Dx()), within(t+h, whole.Dy())
	return checks.Region{X: x0, Y: y0, Width: x1 - x0, Height: y1 - y0}
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// separate keeps the surest of boxes that are one face.
func separate(found []Face) []Face {
	slices.SortStableFunc(found, func(a, b Face) int {
		switch {
		case a.Confidence > b.Confidence:
			return -1
		case a.Confidence < b.Confidence:
			return 1
		}
		return 0
	})
	var out []Face
next:
	for _, f := range found {
		for _, have := range out {
			if shared(f.Box, have.Box) > overlap {
				continue next
			}
		}
		out = append(out, f)
	}
	return out
}

// shared is the common part of two boxes in their joint area.
func shared(a, b checks.Region) float64 {
	w := min(a.X+a.Width, b.X+b.Width) - max(a.X, b.X)
	h := min(a.Y+a.Height, b.Y+b.Height) - max(a.Y, b.Y)
	if w <= 0 || h <= 0 {
		return 0
	}
	both := float64(w) * float64(h)
	return both / (float64(a.Width)*float64(a.Height) + float64(b.Width)*float64(b.Height) - both)
}
