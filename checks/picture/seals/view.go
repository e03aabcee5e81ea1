package seals

import (
	"math"

	"dossier/checks/picture/paper"
)

// A view takes points of a plane to the paper's own millimetres, or leaves them where they are if the
// paper, or its scale, is not known.
type view struct {
	toMM   func(point) point // nil: not known
	pixels float64           // pixels of a plane a millimetre, 0: not known
}

// Proportions of the sheets whose outline gives a scale: A4 and A3, and an ID card (ISO 216, ISO/IEC 7810).
const (
	sheetRatio = math.Sqrt2
	cardRatio  = 85.6 / 53.98
)

// newView makes the view of a sheet. Where the outline is the scale's source the four corners say how the
// sheet is foreshortened; else only the scale is used.
func newView(sheet *paper.Paper, scale float64) view {
	if sheet == nil || !(sheet.PixelsPerMM > 0) {
		return view{}
	}
	if sheet.Scale == paper.ScaleDeclared && !sheet.Whole {
		return view{} // a photograph's resolution says nothing of the paper in it
	}
	v := view{pixels: sheet.PixelsPerMM / scale}
	if sheet.Scale != paper.ScaleOutline {
		return v
	}
	var c [4]point
	for i, q := range sheet.Corners {
		c[i] = point{q.X / scale, q.Y / scale}
	}
	length := func(a, b point) float64 { return math.Hypot(a.x-b.x, a.y-b.y) }
	w, h := (length(c[0], c[1])+length(c[3], c[2]))/2, (length(c[1], c[2])+length(c[0], c[3]))/2
	if !(w > 0 && h > 0) {
		return v
	}
	ratio := sheetRatio
	if seen := max(w, h) / min(w, h); math.Abs(seen-cardRatio) < math.Abs(seen-sheetRatio) {
		ratio = cardRatio
	}
	// The area is kept: foreshortening makes one side shorter, and the scale is that of the middle.
	short := math.Sqrt(w*h/ratio) / v.pixels
	wmm, hmm := short, short*ratio
	if w > h {
		wmm, hmm = hmm, wmm
	}
	m, ok := projection(c, wmm, hmm)
	if !ok {
		return v
	}
	v.toMM = m
	return v
}

// projection is the mapping of a quadrilateral to the rectangle of a width and height that keeps lines
// straight (Heckbert, "Fundamentals of texture mapping and image warping", 1989).
func projection(c [4]point, w, h float64) (func(point) point, bool) {
	// From the unit square to the quadrilateral: x = (ax + by + c) / (gx + hy + 1).
	dx1, dx2, dx3 := c[1].x-c[2].x, c[3].x-c[2].x, c[0].x-c[1].x+c[2].x-c[3].x
	dy1, dy2, dy3 := c[1].y-c[2].y, c[3].y-c[2].y, c[0].y-c[1].y+c[2].y-c[3].y
	det := dx1*dy2 - dx2*dy1
	if math.Abs(det) < 1e-9 {
		return nil, false
	}
	g, k := (dx3*dy2-dx2*dy3)/det, (dx1*dy3-dx3*dy1)/det
	a, b, e := c[1].x-c[0].x+g*c[1].x, c[3].x-c[0].x+k*c[3].x, c[0].x
	d, f, i := c[1].y-c[0].y+g*c[1].y, c[3].y-c[0].y+k*c[3].y, c[0].y
	return func(p point) point {
		// The inverse, by the adjugate.
		u := (f-k*i)*p.x + (k*e-b)*p.y + (b*i - e*f)
		v := (g*i-d)*p.x + (a-g*e)*p.y + (e*d - a*i)
		t := (d*k-f*g)*p.x + (b*g-a*k)*p.y + (a*f - b*d)
		return point{u / t * w, v / t * h}
	}, true
}

// proportions is the ratio of the axes of an ellipse and its longer diameter in millimetres, 0 if that is
// not known, as the paper has them.
func (v view) proportions(e ellipse) (ratio, diameterMM float64) {
	if v.toMM != nil {
		rim := make([]point, 24)
		for i := range rim {
			rim[i] = v.toMM(e.at(2*math.Pi*float64(i)/float64(len(rim)), 1))
		}
		if flat, ok := conic(rim); ok {
			return flat.b / flat.a, 2 * flat.a
		}
	}
	if v.pixels > 0 {
		diameterMM = 2 * e.a / v.pixels
	}
	return e.b / e.a, diameterMM
}

// longest is the longest side of a polygon in millimetres, 0 if that is not known.
func (v view) longest(corners []point) float64 {
	if v.pixels == 0 {
		return 0
	}
	most := 0.0
	for i, a := range corners {
		b := corners[(i+1)%len(corners)]
		if v.toMM != nil {
			a, b = v.toMM(a), v.toMM(b)
			most = max(most, math.Hypot(a.x-b.x, a.y-b.y))
		} else {
			most = max(most, math.Hypot(a.x-b.x, a.y-b.y)/v.pixels)
		}
	}
	return most
}
