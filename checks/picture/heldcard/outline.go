package heldcard

import (
	"math"
	"slices"

	"dossier/checks/picture/faces"
	"dossier/checks/picture/raster"
)

// Where nothing can be read on a card and no face is found on it, it is looked for as a bright upright
// rectangle before the chest: brighter than the clothes behind it, with the proportions of a card.
// Thumbs cover a little at its sides.
const (
	leastAspect  = 1.25
	mostAspect   = 1.95
	leastFilling = 0.72 // of the rectangle with the same spread: the photograph and the print leave holes
	mostFilling  = 1.04
	leastCorners = 0.5 // the part of the four corners that is filled: thumbs and round corners take some, an ellipse all
	mostTurn     = 25  // degrees
)

// Its width in widths of the holder's face: far behind the chest it cannot be, nor much nearer than
// an arm is long.
const (
	leastWide = 0.3
	mostWide  = 2.2
)

// A blob is a connected bright region and its moments.
type blob struct {
	n                   int
	x, y, xx, xy, yy    float64
	long, short         float64 // sides of the rectangle with the same moments
	turn                float64 // of its long side, radians
	filling, inCorners  float64
	members             []int32
	touchesWindowBorder bool
}

// outlineBelow looks for the card before the chest of somebody whose face was found.
func outlineBelow(r *raster.Raster, holder faces.Face) (transform, bool) {
	by := float64(max(1, r.Reduce))
	face := float64(holder.Box.Width) / by
	mid := (float64(holder.Box.X) + float64(holder.Box.Width)/2) / by
	top := float64(holder.Box.Y+holder.Box.Height) / by
	x0, x1 := within(mid-chestAside*face, r.Width), within(mid+chestAside*face, r.Width)
	y0, y1 := within(top, r.Height), within(top+chestDown*face, r.Height)
	w, h := x1-x0, y1-y0
	if w < 24 || h < 16 {
		return transform{}, false
	}
	step := (max(w, h) + windowSide - 1) / windowSide
	white, histogram := whiteness(r, x0, y0, w/step, h/step, step)
	w, h = w/step, h/step
	var best blob
	seen := make([]bool, w*h)
	for _, level := range levels(histogram, w*h) {
		clear(seen)
		for i := range white {
			if seen[i] || white[i] < level {
				continue
			}
			b := grow(white, seen, w, h, i, level)
			if b.touchesWindowBorder || !b.measure(w) {
				continue
			}
			if long := b.long * float64(step); long < leastWide*face || long > mostWide*face || b.filling*b.inCorners <= best.filling*best.inCorners {
				continue
			}
			best = b
		}
	}
	if best.n == 0 {
		return transform{}, false
	}
	by *= float64(step)
	s := by * best.long / CardWidth
	sin, cos := math.Sincos(best.turn)
	t := transform{a: s * cos, b: -s * sin, d: s * sin, e: s * cos}
	cx, cy := by*(float64(x0)/float64(step)+best.x+0.5), by*(float64(y0)/float64(step)+best.y+0.5)
	t.c, t.f = cx-t.a*CardWidth/2-t.b*CardHeight/2, cy-t.d*CardWidth/2-t.e*CardHeight/2
	return t, t.sound()
}

// windowSide is the most pixels the part before the chest is looked at with: a card as small as a third of
// the face is 45 of them wide.
const windowSide = 720

// whiteness is the darkest of red, green and blue of squares of step x step pixels, and how often each
// value occurs: the card is white; skin and coloured cloth lack blue or green.
func whiteness(r *raster.Raster, x0, y0, w, h, step int) (white []uint8, histogram [256]int) {
	white = make([]uint8, w*h)
	for y := range h {
		for x := range w {
			var sum [3]int
			for v := range step {
				row := r.Pixels[3*((y0+y*step+v)*r.Width+x0+x*step):]
				for u := 0; u < 3*step; u += 3 {
					sum[0], sum[1], sum[2] = sum[0]+int(row[u]), sum[1]+int(row[u+1]), sum[2]+int(row[u+2])
				}
			}
			v := uint8(min(sum[0], sum[1], sum[2]) / (step * step))
			white[y*w+x] = v
			histogram[v]++
		}
	}
	return white, histogram
}

func within(v float64, most int) int { return int(max(0, min(v, float64(most)))) }

// levels are the brightnesses at which the window is cut: those that a half to a fiftieth of it exceed.
func levels(histogram [256]int, total int) (list []uint8) {
	for _, part := range []float64{0.5, 0.35, 0.25, 0.17, 0.11, 0.07, 0.04, 0.02} {
		n := 0
		for v := 255; v > 0; v-- {
			if n += histogram[v]; float64(n) > part*float64(total) {
				if !slices.Contains(list, uint8(v)) {
					list = append(list, uint8(v))
				}
				break
			}
		}
	}
	return list
}

// grow collects what is connected and at least so bright.
func grow(white []uint8, seen []bool, w, h, from int, level uint8) blob {
	b := blob{members: []int32{int32(from)}}
	seen[from] = true
	for next := 0; next < len(b.members); next++ {
		i := int(b.members[next])
		x, y := i%w, i/w
		if x == 0 || x == w-1 || y == h-1 {
			b.touchesWindowBorder = true
		}
		for _, d := range [4][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
			u, v := x+d[0], y+d[1]
			if u < 0 || v < 0 || u >= w || v >= h {
				continue
			}
			if j := v*w + u; !seen[j] && white[j] >= level {
				seen[j] = true
				b.members = append(b.members, int32(j))
			}
		}
	}
	return b
}

// leastBlob is the fewest pixels of a card: 24 x 15.
const leastBlob = 300

// measure works out the rectangle with the blob's moments, and reports whether it is like a card.
func (b *blob) measure(w int) bool {
	b.n = len(b.members)
	if b.n < leastBlob {
		return false
	}
	for _, i := range b.members {
		b.x, b.y = b.x+float64(int(i)%w), b.y+float64(int(i)/w)
	}
	b.x, b.y = b.x/float64(b.n), b.y/float64(b.n)
	for _, i := range b.members {
		x, y := float64(int(i)%w)-b.x, float64(int(i)/w)-b.y
		b.xx, b.xy, b.yy = b.xx+x*x, b.xy+x*y, b.yy+y*y
	}
	b.xx, b.xy, b.yy = b.xx/float64(b.n), b.xy/float64(b.n), b.yy/float64(b.n)
	// The variance along a side of length a is a*a/12.
	half, apart := (b.xx+b.yy)/2, math.Hypot((b.xx-b.yy)/2, b.xy)
	b.long, b.short = math.Sqrt(12*(half+apart)), math.Sqrt(12*max(0, half-apart))
	b.turn = math.Atan2(2*b.xy, b.xx-b.yy) / 2
	if b.short < 1 || b.long/b.short < leastAspect || b.long/b.short > mostAspect || math.Abs(b.turn) > mostTurn*math.Pi/180 {
		return false
	}
	b.filling = float64(b.n) / (b.long * b.short)
	if b.filling < leastFilling || b.filling > mostFilling {
		return false
	}
	sin, cos := math.Sincos(b.turn)
	inCorners := 0
	for _, i := range b.members {
		x, y := float64(int(i)%w)-b.x, float64(int(i)/w)-b.y
		u, v := math.Abs(x*cos+y*sin)/(b.long/2), math.Abs(y*cos-x*sin)/(b.short/2)
		// An ellipse of the same moments ends at 1.15 of the half sides: where u*u+v*v is 1.33.
		if u < 1 && v < 1 && u*u+v*v > 1.33 {
			inCorners++
		}
	}
	// Outside of that ellipse lies so much of a rectangle.
	const corners = 0.0736
	b.inCorners = float64(inCorners) / (corners * b.long * b.short)
	return b.inCorners > leastCorners
}
