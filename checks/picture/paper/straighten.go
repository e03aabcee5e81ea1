package paper

import (
	"image"
	"math"

	"dossier/checks/picture/raster"
)

// maxStraight bounds the straightened view: 2400 pixels are the long side of A4 at 200 dots an inch.
const maxStraight = 2400

// Straighten returns the quad as if it were looked at from straight above, its longer side that many
// pixels, at most 2400: the homography of its corners, sampled between pixels. The quad lies in pixels of
// the picture; what lies outside the picture is white. It is nil for a quad that is not convex.
func Straighten(m image.Image, q Quad, side int) *image.RGBA {
	if !q.finite() || !q.convex() || side < 1 {
		return nil
	}
	side = min(side, maxStraight)
	w, h := (q.Side(Top)+q.Side(Bottom))/2, (q.Side(Left)+q.Side(Right))/2
	k := float64(side) / max(w, h)
	r := source(m, q, k)
	if r.Width == 0 {
		return nil
	}
	width, height := max(1, int(math.Round(k*w))), max(1, int(math.Round(k*h)))
	from := q.FromUnit()
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		row := out.Pix[y*out.Stride:]
		for x := range width {
			p := from.Map(Point{(float64(x) + 0.5) / float64(width), (float64(y) + 0.5) / float64(height)})
			c, ok := bilinear(r, (p.X-float64(r.Origin.X))/float64(r.Reduce), (p.Y-float64(r.Origin.Y))/float64(r.Reduce))
			if !ok {
				c = [3]float64{255, 255, 255}
			}
			row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = uint8(c[0]+0.5), uint8(c[1]+0.5), uint8(c[2]+0.5), 255
		}
	}
	return out
}

// source copies what the view by the factor k needs: the part around the quad, or the whole picture made
// smaller, so that no pixel is left out between two samples.
func source(m image.Image, q Quad, k float64) *raster.Raster {
	b := m.Bounds()
	if k < 0.5 {
		by := int(1 / k)
		return raster.Reduce(m, (max(b.Dx(), b.Dy())+by-1)/by)
	}
	x0, y0, x1, y1 := q.bounds()
	area := image.Rect(int(max(x0, -1))-2, int(max(y0, -1))-2, int(min(x1, float64(b.Dx())))+3, int(min(y1, float64(b.Dy())))+3)
	r := raster.New(m, area.Add(b.Min))
	r.Origin = r.Origin.Sub(b.Min)
	return r
}
