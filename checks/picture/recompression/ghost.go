package recompression

import (
	"context"
	"image"
	"math"

	"dossier/checks"
	"dossier/checks/picture/jpeg"
)

// A Ghost is a part of the picture that changes less than the rest, or more, when the picture is
// saved once more with some quality: there its coefficients lie on the steps already, or do
// not (Farid, "Exposing digital forgeries from JPEG ghosts", IEEE TIFS 4(1), 2009). Saving is
// done on the coefficients, which is exact and needs neither decoding nor encoding.
type Ghost struct {
	Quality int
	// Blocks is the square in which it shows most, in blocks.
	Blocks image.Rectangle
	// Inside and Outside say how well the coefficients lie on the steps: 1 all of them, 0 as chance has it.
	Inside, Outside float64
	// Deviation is the difference in standard deviations, as if coefficients were independent, and
	// Score the product of both: a small difference of many coefficients is often a quality that
	// fits the whole picture half.
	Deviation, Score float64
	Region           Region
	// Map says of every block how well its coefficients lie on the steps, compared with half way
	// between inside and outside, positive where they do as inside.
	Map Map
}

// Ghosts is the subject's clearest ghost; nil, without an error, if there is none or no
// brightness plane.
var Ghosts = checks.NewShared("compression ghost", func(ctx context.Context, s *checks.Subject) (*Ghost, error) {
	l, err := Shared.Of(ctx, s)
	if err != nil || l == nil {
		return nil, err
	}
	return l.Ghost(ctx)
})

// The conditions of a ghost.
const (
	// clearSteps is how much coarser than the file's own a step must be: the last rounding moves a
	// coefficient by up to half the file's step, and beyond this ratio most stay recognizable.
	clearSteps = 1.4
	// ghostContrast is the least difference between inside and outside, of 1.
	ghostContrast = 0.35
	ghostFloor    = 5.0 // standard deviations: less is not worth keeping
)

// residue is what saving once more would do to a level: how far it lies from the nearest step, squared, and
// what is to be expected of levels that know nothing of the steps.
type residue struct{ moved, expected, scatter float32 }

// Ghost finds the quality and the square with the highest score. The error is ctx's.
func (l *Luma) Ghost(ctx context.Context) (*Ghost, error) {
	var best Ghost
	for _, q := range alignedQualities {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		l.ghostAt(q, StandardSteps(q), &best)
	}
	if best.Score == 0 {
		return nil, nil
	}
	found := best.Quality
	for q := found - alignedReach; q <= found+alignedReach; q++ {
		l.ghostAt(q, StandardSteps(q), &best)
	}
	best.Map = l.ghostMap(best)
	best.Region = grow(best.Map, l.Wide, l.High, Window{Blocks: best.Blocks})
	if n := best.Region.Count; n == 0 || n*2 > len(l.Class) {
		return nil, nil
	}
	return &best, nil
}

// residues fills the table for one set of steps; usable is false if too few steps are clear of the file's own.
func (l *Luma) residues(steps Steps) (table [Terms << 6]residue, usable bool) {
	n := 0
	for k, q1 := range steps {
		q2 := l.Step[jpeg.ZigZag[k+1]]
		if float64(q1) < clearSteps*float64(q2) {
			continue
		}
		n++
		distance := func(x int) float64 {
			c := float64(x * q2)
			d := c - float64(q1)*math.Round(c/float64(q1))
			return d * d
		}
		// Over a whole period of the two steps every distance occurs.
		sum, square := 0.0, 0.0
		for x := 1; x <= q1; x++ {
			d := distance(x)
			sum += d
			square += d * d
		}
		mean := sum / float64(q1)
		scatter := square/float64(q1) - mean*mean
		if mean == 0 {
			continue // every level lies on a step: nothing to be learned
		}
		for x := 1; x <= maxLevel; x++ {
			if float64(x*q2) < float64(q1)/2 {
				continue // would become zero: that is smoothness
			}
			// In units of what is expected, so that all terms weigh alike.
			table[k<<6|x] = residue{float32(distance(x) / mean), 1, float32(scatter / (mean * mean))}
		}
	}
	return table, n >= termsLeast
}

// ghostAt updates best with the squares at one quality.
func (l *Luma) ghostAt(q int, steps Steps, best *Ghost) {
	table, usable := l.residues(steps)
	if !usable {
		return
	}
	const cell = 2
	wide, high := l.Wide/cell, l.High/cell
	w := wide + 1
	type sums struct{ fits, expected, scatter float64 }
	integral := make([]sums, w*(high+1))
	for y := range high {
		var row sums
		for x := range wide {
			for v := range cell {
				i := (y*cell+v)*l.Wide + x*cell
				for j := i; j < i+cell; j++ {
					if l.Class[j] >= activities { // masked, or clipped
						continue
					}
					for _, t := range l.terms[l.from[j]:l.from[j+1]] {
						r := &table[t]
						row.fits += float64(r.expected - r.moved)
						row.expected += float64(r.expected)
						row.scatter += float64(r.scatter)
					}
				}
			}
			up := integral[y*w+x+1]
			integral[(y+1)*w+x+1] = sums{up.fits + row.fits, up.expected + row.expected, up.scatter + row.scatter}
		}
	}
	whole := integral[len(integral)-1]
	for _, n := range windowSizes {
		for y := 0; y+n <= high; y++ {
			for x := 0; x+n <= wide; x++ {
				a, b, c, d := &integral[(y+n)*w+x+n], &integral[y*w+x+n], &integral[(y+n)*w+x], &integral[y*w+x]
				expected := a.expected - b.expected - c.expected + d.expected
				rest := whole.expected - expected
				// Some dozens of coefficients, and a rest to compare with.
				if expected < 48 || rest < 4*expected {
					continue
				}
				fits := a.fits - b.fits - c.fits + d.fits
				inside, outside := fits/expected, (whole.fits-fits)/rest
				if math.Abs(inside-outside) < ghostContrast || max(inside, outside) < 0.5 {
					continue
				}
				scatter := a.scatter - b.scatter - c.scatter + d.scatter
				z := math.Abs(inside-outside) * expected / math.Sqrt(max(scatter, 1))
				if score := z * math.Abs(inside-outside); score > max(best.Score, ghostFloor*ghostContrast) {
					*best = Ghost{
						Quality: q, Blocks: image.Rect(x*cell, y*cell, (x+n)*cell, (y+n)*cell),
						Inside: inside, Outside: outside, Deviation: z, Score: score,
					}
				}
			}
		}
	}
}

// ghostMap is the Map of g.
func (l *Luma) ghostMap(g Ghost) Map {
	table, _ := l.residues(StandardSteps(g.Quality))
	half := float32(g.Inside+g.Outside) / 2
	sign := float32(1)
	if g.Inside < g.Outside {
		sign = -1
	}
	m := make(Map, len(l.Class))
	for i, class := range l.Class {
		if class == Masked {
			continue
		}
		for _, t := range l.terms[l.from[i]:l.from[i+1]] {
			r := &table[t]
			m[i] += sign * (r.expected - r.moved - half*r.expected)
		}
	}
	return m
}
