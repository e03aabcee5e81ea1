// Package paper finds the sheet or card in a picture: its outline, how it lies, what is cut off, and how
// many pixels a millimetre has.
//
// What lives here, in the order of the work: a small picture (small.go), the lines in it (lines.go), the quads they
// make (outline.go), what is inside and beyond them (look.go), the sides to parts of a pixel (refine.go),
// the scale (scale.go), the lean of the text (skew.go), and the straightened view (straighten.go). Of is
// the result that the checks of a picture share; TurnOf (turn.go) says in addition which way up the text
// stands and whether it is mirrored, for which it has to be read. What must not: what the paper is
// (package kinds), and whether it lies well enough, which is for the checks of legibility to say.
//
// Method: lines by the Hough transform with the gradient's direction, quads of two by two lines judged by
// how much of their sides is an edge (as in Zhang and He, Whiteboard scanning and image enhancement,
// 2007), and by what they enclose: paper is one colour in one light, with thin dark strokes on it.
package paper

import (
	"context"
	"math"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/raster"
)

// A Point is a place in a picture, in pixels; the centre of the first pixel is (0.5, 0.5).
type Point struct{ X, Y float64 }

// A Quad is four corners in the order of the clock, beginning with the one that is top left in the upright
// picture.
type Quad [4]Point

// The sides of a Quad, as indexes of Paper.Cut.
const (
	Top = iota
	Right
	Bottom
	Left
)

// Where a scale was taken from.
const (
	ScaleNone     = ""
	ScaleOutline  = "outline"  // the outline is whole and has the proportions of A4 or of an ID card
	ScaleDeclared = "declared" // the file declares its resolution, by which the paper has a known size
)

// A Paper is a sheet or card that was found.
type Paper struct {
	// Corners lie in pixels of the upright picture; outside it where the paper is cut off.
	Corners Quad
	// Cut says which sides run out of the picture; see Top, Right, Bottom, Left.
	Cut [4]bool
	// Whole says that the picture is nothing but paper: a scan, or a photograph cut to the sheet.
	// Corners are then the picture's own, and whether something is cut off cannot be told.
	Whole bool
	// Skew is how far the paper leans from the upright, in degrees, clockwise positive, -45..45: its sides,
	// or where there is no outline, its lines of text.
	Skew float64
	// Perspective is how much longer than the other the longer of two opposite sides is, the larger of
	// both pairs: 0 is looked at from straight above, 0.1 is a tenth. 0 where a side is cut off.
	Perspective float64
	// PixelsPerMM is the scale across the middle of the paper, 0 without one; Scale says where it is from. Sheets
	// of the proportions of A4 are taken for A4 where the file does not say: an A3 then has half its scale
	// too much.
	PixelsPerMM float64
	Scale       string
	Confidence  float64 // 0..1: that this is the outline
}

// LeastConfidence is below which an outline is not called one.
const LeastConfidence = 0.6

// Of is the subject's paper, found once; nil if there is none in the picture, which is no error. An
// error made by checks.Skip says that there was no picture to look at.
var Of = checks.NewShared("paper", func(ctx context.Context, s *checks.Subject) (*Paper, error) {
	r, err := raster.Reduced.Of(ctx, s)
	if err != nil {
		return nil, err
	}
	p, err := find(ctx, r)
	if p == nil || err != nil {
		return nil, err
	}
	picture, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return nil, decode.Skip(err)
	}
	b := picture.Image.Bounds()
	p.settle(s, float64(b.Dx()), float64(b.Dy()), float64(r.Reduce))
	return p, nil
})

// leastSide is the least side of a picture in which paper is looked for, in pixels of the reduced picture.
const leastReduced = 64

// find looks for the paper in the reduced picture. Its corners are in pixels of that.
func find(ctx context.Context, r *raster.Raster) (*Paper, error) {
	if min(r.Width, r.Height) < leastReduced {
		return nil, nil
	}
	s := makeSmall(r)
	thin := s.thin()
	candidates, err := s.outlines(ctx)
	if err != nil {
		return nil, err
	}
	for i := range candidates {
		o := &candidates[i]
		o.look = s.inspect(o.corners, thin)
		o.look.contrast = s.contrast(o)
		o.confidence = o.judge()
	}
	best := outermost(candidates)
	w, h := float64(r.Width), float64(r.Height)
	whole := s.inspect(rectangle(float64(s.w), float64(s.h)), thin)
	confidence := whole.wholeConfidence()
	switch {
	case confidence >= LeastConfidence && (best == nil || best.within(whole, confidence)):
		return &Paper{Corners: rectangle(w, h), Whole: true, Confidence: confidence, Skew: s.textSkew(thin)}, nil
	case best != nil:
		p := &Paper{Corners: best.refine(r, s.scale), Confidence: best.confidence}
		for i, l := range best.sides {
			p.Cut[i] = l.border
		}
		return p, nil
	}
	return nil, nil
}

// rectangle is a whole picture.
func rectangle(w, h float64) Quad { return Quad{{0, 0}, {w, 0}, {w, h}, {0, h}} }

// within reports whether the outline is rather something printed on the paper that the whole picture shows, or
// the edge of paper that a scanner's lid hardly shows: all around is paper, so that nothing is seen of a
// side that would be cut off.
func (o *outline) within(whole look, confidence float64) bool {
	return confidence > o.confidence+0.2 || o.borders() > 0 ||
		o.look.contrast < 0.95 && o.worth() < worthOfWhole && paperBetween(whole.plain-o.look.plain*o.area, 1-o.area)
}

// worthOfWhole is less than the worth of a sheet that a scanner shows with 5 mm of its lid around, and more
// than that of a frame printed 10 mm from the paper's edge.
const worthOfWhole = 0.88

// worth compares outlines of which one lies in the other: a side that is only explained by the picture's end
// must win as much as a scanner's lid covers.
func (o *outline) worth() float64 { return o.area*o.support - 0.08*float64(o.borders()) }

// paperBetween reports whether what lies between two quads is paper, of whose area so much is plain: there
// may be a band of ornaments, and a scanner's lid.
func paperBetween(plain, area float64) bool { return plain >= 0.35*area }

// outermost returns the surest outline, or one around it if what lies between them is paper too: what is printed
// on paper has frames. It is nil if none is sure enough.
func outermost(candidates []outline) *outline {
	var surest *outline
	for i := range candidates {
		if o := &candidates[i]; surest == nil || o.confidence > surest.confidence {
			surest = o
		}
	}
	if surest == nil || surest.confidence < LeastConfidence {
		return nil
	}
	best := surest
	for i := range candidates {
		o := &candidates[i]
		if o.confidence < LeastConfidence || o.area <= surest.area || !o.corners.holds(surest.corners, 3) {
			continue
		}
		plain := o.look.plain*o.area - surest.look.plain*surest.area
		if paperBetween(plain, o.area-surest.area) && o.worth() > best.worth() {
			best = o
		}
	}
	return best
}

// judge says how sure it is that the quad is the outline of paper. The numbers were chosen on drawn documents
// and on photographs without paper: paper is of one colour to two thirds at least, and its surface is
// smoother than wood or cloth; the fine lines on an identity card have a texture of 0.03.
func (o *outline) judge() float64 {
	return ramp(o.support, 0.5, 0.9) * ramp(o.look.plain, 0.3, 0.6) * ramp(o.look.print, 0, 0.004) * ramp(o.look.contrast, 0.2, 0.8) * math.Pow(0.8, float64(o.borders())) * (1 - ramp(o.look.texture, 0.035, 0.07))
}

// wholeConfidence is how sure it is that the picture is all paper, to its rim. Scans have a texture of at most
// 0.011.
func (l look) wholeConfidence() float64 {
	return ramp(l.plain, 0.3, 0.7) * ramp(l.print, 0.002, 0.01) * ramp(l.rim, 0.3, 0.7) * (1 - ramp(l.texture, 0.015, 0.04))
}

// ramp rises from 0 at low to 1 at high.
func ramp(v, low, high float64) float64 { return max(0, min(1, (v-low)/(high-low))) }

// settle turns what was found in the reduced picture into what is so in the picture of width x height.
func (p *Paper) settle(s *checks.Subject, width, height, reduce float64) {
	if p.Whole {
		p.Corners = rectangle(width, height)
	} else {
		p.Corners = p.Corners.scaled(reduce)
		p.Skew = p.Corners.lean()
		p.cutOff(width, height)
	}
	if p.Cut != [4]bool{} {
		return
	}
	if !p.Whole {
		p.Perspective = max(p.Corners.taper(Top, Bottom), p.Corners.taper(Left, Right))
		p.PixelsPerMM, p.Scale = outlineScale(p.Corners), ScaleOutline
	}
	w, h := (p.Corners.Side(Top)+p.Corners.Side(Bottom))/2, (p.Corners.Side(Left)+p.Corners.Side(Right))/2
	if scale := declaredScale(s, w, h); scale > 0 {
		p.PixelsPerMM, p.Scale = scale, ScaleDeclared
	}
	if p.PixelsPerMM == 0 {
		p.Scale = ScaleNone
	}
}

// cutOff marks the sides that run out of the picture beside those that lie in its border.
func (p *Paper) cutOff(width, height float64) {
	for i := range p.Cut {
		a, b := p.Corners[i], p.Corners[(i+1)%4]
		beyond := func(q Point) float64 { return [4]float64{-q.Y, q.X - width, q.Y - height, -q.X}[i] }
		if max(beyond(a), beyond(b)) > cutTolerance*max(width, height) {
			p.Cut[i] = true
		}
	}
}

// cutTolerance is how far a corner may lie outside the picture, as part of its longer side, before
// something is called cut off: some pixels of print-free margin are nothing lost.
const cutTolerance = 0.004

// lean is the mean direction of the sides, in degrees clockwise.
func (q Quad) lean() float64 {
	var x, y float64
	for i := range q {
		a, b := q[i], q[(i+1)%4]
		dx, dy := b.X-a.X, b.Y-a.Y
		for range i {
			dx, dy = dy, -dx // a quarter turn back
		}
		x, y = x+dx, y+dy
	}
	return math.Atan2(y, x) * 180 / math.Pi
}

// taper is how much longer the longer of two sides is.
func (q Quad) taper(i, j int) float64 {
	a, b := q.Side(i), q.Side(j)
	return max(a, b)/min(a, b) - 1
}
