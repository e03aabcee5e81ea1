package paper

import "math"

const (
	// mostSkew and skewStep are how far and how finely the lean of text is looked for, in degrees: a sheet
	// that lies worse on a scanner than 12 degrees is seen by its edges.
	mostSkew = 12
	skewStep = 0.25
	// clearSkew is how far the best direction must stand out from the mean of all; what is no lines of print
	// has none.
	clearSkew = 1.15
)

// textSkew is how far lines of print lean, in degrees clockwise: the direction in which the marked pixels
// fall into the emptiest and fullest rows, the sum of squares of the rows' counts being the largest
// (Postl, Detection of linear oblique structures and skew scan in digitized documents, 1986). Text that runs
// down the page is seen by its columns.
func (s *small) textSkew(thin []bool) float64 {
	var xs, ys []float64
	for y := range s.h {
		for x := range s.w {
			if thin[y*s.w+x] {
				xs, ys = append(xs, float64(x)), append(ys, float64(y))
			}
		}
	}
	rows := make([]float64, 2*(s.w+s.h))
	best, angle, sum, n := 0.0, 0.0, 0.0, 0.0
	for a := -float64(mostSkew); a <= mostSkew; a += skewStep {
		sin, cos := math.Sincos(a * math.Pi / 180)
		score := max(concentration(rows, ys, xs, cos, -sin), concentration(rows, xs, ys, cos, sin))
		sum, n = sum+score, n+1
		if score > best {
			best, angle = score, a
		}
	}
	if best < clearSkew*sum/n {
		return 0
	}
	return angle
}

// concentration is the sum of squares of how many points fall into each row, rows running along the
// direction in which k*u + l*v stays the same.
func concentration(rows, us, vs []float64, k, l float64) (sum float64) {
	clear(rows)
	for i, u := range us {
		rows[int(k*u+l*vs[i])+len(rows)/2]++
	}
	for _, n := range rows {
		sum += n * n
	}
	return sum
}
