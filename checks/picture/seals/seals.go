// Package seals finds the chops in a picture: where they are, their shape, colour and size, and how much
// of each can be seen.
//
// What lives here: the search on the reduced picture and the measures of each chop. What must not: which
// chop a document needs, and whether one was pasted, which is for the checks of family seal to say.
package seals

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/paper"
	"dossier/checks/picture/raster"
)

// The shapes and colours of checks.Seal.
const (
	Round  = "round"
	Oval   = "oval"
	Square = "square"
	Other  = "other"

	Red  = "red"
	Blue = "blue"
)

// A Found is a chop that was found.
type Found struct {
	checks.Seal
	// Cut says that it runs out of the picture.
	Cut bool

	rim ellipse // of a round or oval one, in pixels of the upright picture
}

// At is a place of a round or oval chop in pixels of the upright picture: at an angle of its ellipse, in
// radians, and at a part of the way from its middle to its outer edge. Of any other it is the zero point.
func (f *Found) At(angle, by float64) paper.Point {
	p := f.rim.at(angle, by)
	return paper.Point{X: p.x, Y: p.y}
}

// Contains reports whether a place in pixels of the upright picture lies within the chop's outer edge, or the box of
// one that is neither round nor oval.
func (f *Found) Contains(x, y float64) bool {
	if f.rim.a > 0 && f.rim.b > 0 {
		r, _ := f.rim.radius(point{x, y})
		return r <= 1
	}
	b := f.Box
	return x >= float64(b.X) && y >= float64(b.Y) && x < float64(b.X+b.Width) && y < float64(b.Y+b.Height)
}

// Share is how much of a region lies within the chop's outer edge, as a part of its area, 0..1; 0 of a region
// without area.
func (f *Found) Share(r checks.Region) float64 {
	const steps = 48 // a share to about a hundredth
	if r.Width <= 0 || r.Height <= 0 {
		return 0
	}
	n := 0
	for i := range steps {
		for j := range steps {
			if f.Contains(float64(r.X)+float64(r.Width)*(float64(i)+0.5)/steps, float64(r.Y)+float64(r.Height)*(float64(j)+0.5)/steps) {
				n++
			}
		}
	}
	return float64(n) / (steps * steps)
}

// Of is the subject's chops, found once, surest first. An error made by checks.Skip says that there was
// nothing to look at: no picture, or one without colour.
var Of = checks.NewShared("chops", func(ctx context.Context, s *checks.Subject) ([]Found, error) {
	r, err := raster.Reduced.Of(ctx, s)
	if err != nil {
		return nil, err
	}
	sheet, err := paper.Of.Of(ctx, s)
	if err != nil {
		return nil, err
	}
	c := shrink(r)
	if c.gray() {
		return nil, checks.Skip(checks.Text{En: "the picture has no colour: chops cannot be told from print", Zh: "图片没有颜色，无法分辨印章"})
	}
	found, err := find(ctx, c, sheet)
	if s.Kind == checks.OrganizationCodeCertificate {
		// It has the proportions of A4 and half its size: an outline's scale would be wrong.
		for i := range found {
			found[i].DiameterMM = nil
		}
	}
	return found, err
})

// find looks for chops of each ink, strong ink first.
func find(ctx context.Context, c colors, sheet *paper.Paper) ([]Found, error) {
	red, blue := inks(c)
	var marks []mark
	for _, look := range []struct {
		plane *plane
		least int
	}{{red, strong}, {red, faint}, {blue, strong}} {
		look.plane.least = look.least
		more, err := look.plane.marks(ctx, sheet)
		if err != nil {
			return nil, err
		}
		for _, m := range more {
			if !slices.ContainsFunc(marks, m.same) {
				marks = append(marks, m)
			}
		}
	}
	slices.SortStableFunc(marks, func(a, b mark) int { return cmp.Compare(b.Confidence, a.Confidence) })
	found := make([]Found, len(marks))
	for i, m := range marks {
		found[i] = m.Found
	}
	return found, nil
}

// marks finds the chops of a plane with the ink that counts, surest first.
func (p *plane) marks(ctx context.Context, sheet *paper.Paper) ([]mark, error) {
	rnd := rand.New(rand.NewPCG(1, uint64(p.w)<<32|uint64(p.h))) // the same picture gives the same answer
	view := newView(sheet, p.scale)
	all, cols, label := groups(p, 2*p.leastRadius())
	var found []mark
	for i := range all {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if all[i].tiles == nil {
			continue
		}
		points := all[i].outline(p, cols, label, int32(i+1))
		rings := ringsOf(p, points, view, rnd)
		for _, r := range rings {
			found = append(found, r.mark(p))
		}
		if len(rings) > 0 || p.color != Red {
			continue // blue frames are the lines of tables
		}
		if f, ok := frameOf(p, points); ok {
			found = append(found, f.mark(p, view))
		}
	}
	slices.SortStableFunc(found, func(a, b mark) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return found, nil
}

// A mark is a chop with its place in the plane.
type mark struct {
	Found
	x0, y0, x1, y1 float64
}

// same says that two marks are of one chop: the middle of either lies within the middle of the other.
func (m mark) same(o mark) bool { return m.about(o) || o.about(m) }

func (m mark) about(o mark) bool {
	x, y := (o.x0+o.x1-m.x0-m.x1)/(m.x1-m.x0), (o.y0+o.y1-m.y0-m.y1)/(m.y1-m.y0)
	return math.Hypot(x, y) < 0.5
}

// place sets the box, in the plane and in pixels of the upright picture, and the longest measure in
// millimetres, where that can be known.
func (m *mark) place(p *plane, x0, y0, x1, y1, diameterMM float64) {
	m.x0, m.y0, m.x1, m.y1 = x0, y0, x1, y1
	m.Color = p.color
	m.Cut = x0 < 0 || y0 < 0 || x1 > float64(p.w) || y1 > float64(p.h)
	if diameterMM > 0 && !m.Cut {
		rounded := math.Round(10*diameterMM) / 10
		m.DiameterMM = &rounded
	}
	left, top := int(max(0, x0)*p.scale), int(max(0, y0)*p.scale)
	right, bottom := int(math.Ceil(min(float64(p.w), x1)*p.scale)), int(math.Ceil(min(float64(p.h), y1)*p.scale))
	m.Box = checks.Region{X: left, Y: top, Width: right - left, Height: bottom - top}
}

func (r ring) mark(p *plane) mark {
	m := mark{Found: Found{Seal: checks.Seal{Completeness: r.covered * r.visible, Strength: min(1, r.strength/100), Star: r.star > starred}}}
	m.Shape = Round
	if r.oval() {
		m.Shape = Oval
	}
	m.Confidence = r.confidence()
	m.rim = ellipse{r.cx * p.scale, r.cy * p.scale, r.a * p.scale, r.b * p.scale, r.turn}
	x0, y0, x1, y1 := r.box()
	m.place(p, x0, y0, x1, y1, r.diameterMM)
	return m
}

func (f *frame) mark(p *plane, v view) mark {
	m := mark{Found: Found{Seal: checks.Seal{Completeness: f.covered, Strength: min(1, f.strength/100)}}}
	m.Shape = Square
	if f.aspect() < chopAspect {
		m.Shape = Other
	}
	m.Confidence = f.confidence()
	x0, y0, x1, y1 := f.box()
	m.place(p, x0, y0, x1, y1, v.longest(f.corners[:]))
	return m
}
