package paper

import (
	"math"

	"dossier/checks/picture/raster"
	"dossier/checks/picture/statistics"
)

// smallSide is about how many pixels the longer side of the picture has in which lines are looked for: the
// edge of a sheet is then one straight step, a printed line of text a thin stroke, the grain of a table
// mostly gone.
const smallSide = 400

// A small is the picture in which outlines are looked for, in levels 0..255, and its gradient.
type small struct {
	w, h  int
	scale float64    // pixels of the reduced picture for one of these
	rgb   []float32  // three a pixel
	luma  []float32  // one a pixel
	edge  []gradient // one a pixel
	slope float32    // from which on a gradient counts
}

// A gradient is the steepest of the three colours' slopes, in levels a pixel.
type gradient struct{ x, y, size float32 }

// makeSmall averages whole squares of the reduced picture.
func makeSmall(r *raster.Raster) *small {
	by := max(1, (max(r.Width, r.Height)+smallSide/2)/smallSide)
	by = max(1, min(by, r.Width, r.Height))
	s := &small{w: r.Width / by, h: r.Height / by, scale: float64(by)}
	s.rgb, s.luma = make([]float32, 3*s.w*s.h), make([]float32, s.w*s.h)
	each := 1 / float32(by*by)
	for y, sums := range r.Sums(by) {
		to := s.rgb[3*y*s.w:][:len(sums)]
		for i, v := range sums {
			to[i] = float32(v) * each
		}
	}
	for i := range s.luma {
		p := s.rgb[3*i:]
		s.luma[i] = 0.299*p[0] + 0.587*p[1] + 0.114*p[2] // Rec. ITU-R BT.601
	}
	s.gradients()
	var sizes []float32
	for i := 0; i < len(s.edge); i += 17 { // a sample is enough for a median
		sizes = append(sizes, s.edge[i].size)
	}
	s.slope = max(leastSlope, min(enoughSlope, slopeFactor*statistics.Median(sizes)))
	return s
}

// gradients computes Sobel's slopes; beyond its border the picture goes on as it ends.
func (s *small) gradients() {
	s.edge = make([]gradient, s.w*s.h)
	for y := range s.h {
		up, down := 3*max(0, y-1)*s.w, 3*min(s.h-1, y+1)*s.w
		for x := range s.w {
			left, right := 3*max(0, x-1), 3*min(s.w-1, x+1)
			var best gradient
			for c := range 3 {
				above, here, below := s.rgb[up+c:], s.rgb[3*y*s.w+c:], s.rgb[down+c:]
				dx := above[right] - above[left] + 2*(here[right]-here[left]) + below[right] - below[left]
				dy := below[left] - above[left] + 2*(below[3*x]-above[3*x]) + below[right] - above[right]
				if size := dx*dx + dy*dy; size > best.size {
					best = gradient{dx, dy, size}
				}
			}
			best.size = float32(math.Sqrt(float64(best.size))) / 8
			best.x, best.y = best.x/8, best.y/8
			s.edge[y*s.w+x] = best
		}
	}
}
