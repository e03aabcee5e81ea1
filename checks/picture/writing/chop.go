package writing

import (
	"math"
	"slices"

	"dossier/checks/picture/raster"
	"dossier/checks/picture/seals"
)

// A chop's ink is told from a pen's by what each takes of the light: red ink takes green and blue and lets nearly all
// red pass, black takes all three alike, a blue pen most of the red. Where they lie over each other what they
// take adds up, as logarithms (Beer and Lambert), so that what a chop takes of the colour it lets pass can
// be taken off again: it is a fixed part of what it takes of the others. Colours are means over three by three
// pixels, because a JPEG keeps chroma at half the resolution: a thin red stroke alone is dark in all three.

const (
	// softener is added before logarithms are taken, as package seals does: in the dark a level is noise.
	softener = 24
	// tinted is how much more of the other colours an ink has to take to be a chop's; the same as where
	// package seals begins to see strong ink.
	tinted = 0.14
	// dense is where a chop's ink takes two fifths more of the other colours: it hides a stroke beneath it in
	// part.
	dense = 0.5
	// usualPart is how much of what red ink takes of green it takes of red, where there is too little of it to
	// measure: drawn chops have 0.12 to 0.3.
	usualPart = 0.2
	// meanPart is how much of what makes ink of a pixel the mean about it needs: a stroke of one pixel has a third.
	meanPart = 0.4
	// nearBy is how far about a chop's ink its colour may have run, in characters: chroma of a JPEG goes two pixels
	// far.
	nearBy = 0.25
	// around is how far about a stroke is looked whether dense ink fills the ground there, in characters, and
	// filled the part of the ground that it then has. The strokes of a chop leave more free.
	around = 0.35
	filled = 0.7
)

var logarithm = func() (t [256]float32) {
	for i := range t {
		t[i] = float32(math.Log(float64(i + softener)))
	}
	return t
}()

// withoutChops takes out of the ink what is dark only because the ink of a chop lies there, and notes where that
// ink is dense. Blue ink is a pen's unless it lies within a blue chop that was found.
func (s *Spot) withoutChops(v sampled, paper [3]float64, chops []seals.Found) {
	s.weak, s.chops = make([]bool, len(s.ink)), chops
	s.without(v.absorbed(paper, 0, v.one), v.absorbed(paper, 0, v.mean), paper[0], nil)
	var within []bool
	for _, c := range chops {
		if c.Color != seals.Blue {
			continue
		}
		for i := range s.ink {
			x, y := float64(i%s.width), float64(i/s.width)
			if p := s.frame.at(s.X0+(x+0.5)*s.Step, s.Y0+(y+0.5)*s.Step); c.Contains(p.X, p.Y) {
				if within == nil {
					within = make([]bool, len(s.ink))
				}
				within[i] = true
			}
		}
	}
	if within != nil {
		for i, n := range s.counted(within, int(math.Ceil(nearBy/s.Step))) {
			within[i] = n > 0 // its colour may have run
		}
		s.without(v.absorbed(paper, 2, v.one), v.absorbed(paper, 2, v.mean), paper[2], within)
	}
}

// An absorption is what the ink of a spot's pixels takes, as natural logarithms: of the colour that a chop lets
// pass, and at least and at most of the two others; of blue ink the mean of the others in place of the least.
type absorption struct{ pass, least, most []float32 }

func (a absorption) tint(i int) float32 { return a.least[i] - a.pass[i] }

// pure says that a pixel's ink may be a chop's alone: the same test as that of package seals.
func (a absorption) pure(i int) bool { return a.tint(i) >= tinted && 3*a.tint(i) >= a.most[i] }

// beside is what ink beside the chop's takes, of which part is what it takes of the colour it lets pass.
func (a absorption) beside(i int, part float32) float32 { return a.pass[i] - part*a.least[i] }

// without takes out the ink of chops of one colour, of which paper is the level of the colour they let pass.
// within is where such chops lie; nil: anywhere.
func (s *Spot) without(own, a absorption, paper float64, within []bool) {
	chop := make([]bool, len(s.ink))
	var parts []float32
	for i := range chop {
		chop[i] = a.pure(i) && (within == nil || within[i])
		if chop[i] && a.tint(i) >= dense {
			parts = append(parts, a.pass[i]/a.least[i])
		}
	}
	near := s.counted(chop, int(math.Ceil(nearBy/s.Step)))
	part := float32(usualPart)
	if len(parts) >= 30 { // a stroke of a chop's character
		slices.Sort(parts)
		part = parts[len(parts)*3/4]
	}
	dark := float32(math.Log((paper + softener) / (paper*(1-inkShare) + softener)))
	any := false
	for i := range s.ink {
		any = any || near[i] > 0
		if !s.ink[i] || near[i] == 0 || within != nil && !within[i] {
			continue
		}
		switch beside := a.beside(i, part); {
		case own.beside(i, part) < dark || beside < meanPart*dark:
			s.ink[i] = false
		case beside < dark:
			s.weak[i] = true
		}
	}
	if any {
		s.noteDense(a, chop)
	}
}

// noteDense notes where dense ink of a chop fills the ground.
func (s *Spot) noteDense(a absorption, chop []bool) {
	full, ground := make([]bool, len(s.ink)), make([]bool, len(s.ink))
	for i := range s.ink {
		ground[i] = !s.ink[i]
		full[i] = ground[i] && chop[i] && a.tint(i) >= dense
	}
	reach := int(math.Ceil(around / s.Step))
	fulls, grounds := s.counted(full, reach), s.counted(ground, reach)
	if s.under == nil {
		s.under = make([]bool, len(s.ink))
	}
	for i := range s.under {
		s.under[i] = s.under[i] || fulls[i] > 0 && float64(fulls[i]) >= filled*float64(grounds[i])
	}
}

// counted is how many of a spot's pixels are set within a square that reaches so far to all sides of each.
func (s *Spot) counted(set []bool, reach int) []int32 {
	w, h := s.width, s.height
	sums := make([]int32, (w+1)*(h+1)) // of all above and to the left
	for y := range h {
		row := int32(0)
		for x := range w {
			if set[y*w+x] {
				row++
			}
			sums[(y+1)*(w+1)+x+1] = sums[y*(w+1)+x+1] + row
		}
	}
	out := make([]int32, w*h)
	for y := range h {
		top, bottom := max(0, y-reach)*(w+1), min(h, y+reach+1)*(w+1)
		for x := range w {
			left, right := max(0, x-reach), min(w, x+reach+1)
			out[y*w+x] = sums[bottom+right] - sums[bottom+left] - sums[top+right] + sums[top+left]
		}
	}
	return out
}

// paperAbout is the colour of the bare paper about a part of the form. So much is looked at that a chop is no more
// than a third of it: one of 45 mm has eleven characters.
func paperAbout(r *raster.Raster, f Frame, b Box) [3]float64 {
	const beside, steps = 5, 96
	b = b.grown(beside)
	step := math.Sqrt(b.Area()) / steps
	v, _ := sample(r, f, b, step, min(maxSpot/steps, int((b.X1-b.X0)/step)), min(steps, int((b.Y1-b.Y0)/step)))
	return v.paper()
}

// paper is the mean colour of the brighter fifth of the pixels but for the brightest, which may be a reflection.
func (v sampled) paper() (mean [3]float64) {
	var histogram [256]int
	seen := 0
	for _, i := range v.at {
		if i != outside {
			histogram[luma(v.r.Pixels[3*i:])]++
			seen++
		}
	}
	level := func(above int) int { // that so many pixels are brighter than
		for l, n := 255, 0; l > 0; l-- {
			if n += histogram[l]; n > above {
				return l
			}
		}
		return 0
	}
	low, high := level(seen/5), level(seen/32)
	n := 0
	for _, i := range v.at {
		if i == outside {
			continue
		}
		p := v.r.Pixels[3*i:][:3]
		if l := luma(p); l >= low && l <= high {
			n++
			for k := range mean {
				mean[k] += float64(p[k])
			}
		}
	}
	for k := range mean {
		mean[k] /= float64(max(1, n))
	}
	return mean
}

func luma(p []uint8) int { return (77*int(p[0]) + 151*int(p[1]) + 28*int(p[2])) >> 8 }

// absorbed is what the ink takes where chops let a colour pass: 0 red, 2 blue.
func (v sampled) absorbed(paper [3]float64, pass int, color func(i int) [3]uint8) absorption {
	a := absorption{make([]float32, len(v.at)), make([]float32, len(v.at)), make([]float32, len(v.at))}
	var white [3]float32
	for k := range white {
		white[k] = float32(math.Log(paper[k] + softener))
	}
	for k, i := range v.at {
		if i == outside {
			continue
		}
		c := color(i)
		var took [3]float32
		for j := range took {
			took[j] = white[j] - logarithm[c[j]]
		}
		one, other := took[(pass+1)%3], took[(pass+2)%3]
		a.pass[k], a.least[k], a.most[k] = max(0, took[pass]), min(one, other), max(one, other)
		if pass == 2 {
			a.least[k] = (one + other) / 2 // the lighter blues take little green
		}
	}
	return a
}

func (v sampled) one(i int) [3]uint8 { return [3]uint8(v.r.Pixels[3*i:]) }

// mean is the mean colour of the three by three pixels about one.
func (v sampled) mean(i int) (c [3]uint8) {
	r := v.r
	x, y := i%r.Width, i/r.Width
	var sum [3]int
	n := 0
	for q := max(0, y-1); q <= min(r.Height-1, y+1); q++ {
		for p := max(0, x-1); p <= min(r.Width-1, x+1); p++ {
			at := r.Pixels[3*(q*r.Width+p):][:3]
			sum[0] += int(at[0])
			sum[1] += int(at[1])
			sum[2] += int(at[2])
			n++
		}
	}
	for k := range c {
		c[k] = uint8(sum[k] / n)
	}
	return c
}
