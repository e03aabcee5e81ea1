package seal

import (
	"image"
	"math"
	"slices"

	"dossier/checks/picture/raster"
	"dossier/checks/picture/seals"
)

// A trace is what is met along the ring of a chop at full resolution.
type trace struct {
	// spread and patches say how uneven the ink is where no print lies beneath: by how much the middle
	// half of the angles differs, as part of the median; of the most ink met across the ring, and of all
	// of it, smoothed along the ring.
	spread, patches float64
	// darkOn and darkBeside are the shares of the angles with dark print on the ring and just beside it.
	darkOn, darkBeside float64
}

// Where the ring is looked at, as parts of the radius to its outer edge. A ring is 0.055 of the radius wide, the
// characters within begin at 0.91, and the edge is found to about 0.02.
const (
	ringInner  = 0.93
	ringMiddle = 0.97
	ringOuter  = 1.06
)

// dark is the part of the paper's red light below which print lies on or under a place: ink of a chop lets
// red light pass.
const dark = 0.5

// leastAngles is from how many angles an unevenness can be told, and leastRadius, in pixels, from what size on
// a ring is more than the blur of its edges.
const (
	leastAngles = 60
	leastRadius = 30
)

// An inker goes around a chop on its surroundings at full resolution.
type inker struct {
	raster *raster.Raster
	chop   *seals.Found
	paper  [3]float64 // the colour of the bare paper
	radius float64    // in pixels
}

// newInker copies the chop with a quarter of its size around it.
func newInker(m image.Image, f *seals.Found) (inker, bool) {
	b := f.Box
	rim := max(b.Width, b.Height) / 4
	k := inker{raster: raster.New(m, image.Rect(b.X-rim, b.Y-rim, b.X+b.Width+rim, b.Y+b.Height+rim)), chop: f}
	if k.raster.Width == 0 || k.raster.Height == 0 {
		return k, false
	}
	const sides = 16
	middle := f.At(0, 0)
	for i := range sides {
		p := f.At(2*math.Pi*float64(i)/sides, 1)
		k.radius += math.Hypot(p.X-middle.X, p.Y-middle.Y) / float64(sides*k.raster.Reduce)
	}
	k.paper = bare(k.raster)
	// On paper darker than a fifth of white, ink and noise are alike.
	return k, k.radius >= leastRadius && k.paper[0] >= 51
}

// trace goes around the ring once, a place about every pixel.
func (k inker) trace() (trace, bool) {
	n := int(min(720, 2*math.Pi*k.radius))
	var most, all []float64
	on, beside := 0, 0
	for i := range n {
		angle := 2 * math.Pi * float64(i) / float64(n)
		if k.dark(angle, ringMiddle) {
			on++
		}
		for _, by := range [3]float64{0.89, 1.07, 1.12} {
			if k.dark(angle, by) {
				beside++
			}
		}
		peak, sum, at := k.across(angle)
		if peak > 0 && !k.dark(angle, at) {
			most, all = append(most, peak), append(all, sum)
		}
	}
	if len(all) < leastAngles || quantile(all, 0.5) == 0 {
		return trace{}, false
	}
	return trace{
		spread: unevenness(most), patches: unevenness(smooth(all)),
		darkOn: float64(on) / float64(n), darkBeside: float64(beside) / float64(3*n),
	}, true
}

// across adds up the ink across the ring at an angle, and finds the most and where it is.
func (k inker) across(angle float64) (peak, sum, at float64) {
	step := 0.5 / k.radius
	for by := ringInner; by <= ringOuter; by += step {
		v := k.ink(angle, by)
		sum += v
		if v > peak {
			peak, at = v, by
		}
	}
	return peak, sum, at
}

// ink is the red ink at a place: by how much more green and blue light is lost there than red, as a
// logarithm.
func (k inker) ink(angle, by float64) float64 {
	c, ok := k.sample(angle, by)
	if !ok {
		return 0
	}
	const softener = 16 // keeps the noise of dark places from counting as colour
	lost := func(i int) float64 { return math.Log((k.paper[i] + softener) / (c[i] + softener)) }
	return max(0, min(lost(1), lost(2))-lost(0))
}

func (k inker) dark(angle, by float64) bool {
	c, ok := k.sample(angle, by)
	return ok && c[0] < dark*k.paper[0]
}

// sample is the colour at a place between pixels.
func (k inker) sample(angle, by float64) (c [3]float64, ok bool) {
	r, p := k.raster, k.chop.At(angle, by)
	x, y := (p.X-float64(r.Origin.X))/float64(r.Reduce)-0.5, (p.Y-float64(r.Origin.Y))/float64(r.Reduce)-0.5
	if x < 0 || y < 0 || x >= float64(r.Width-1) || y >= float64(r.Height-1) {
		return c, false
	}
	i, j := int(x), int(y)
	fx, fy := x-float64(i), y-float64(j)
	for n := range c {
		at := func(i, j int) float64 { return float64(r.Pixels[3*(j*r.Width+i)+n]) }
		c[n] = (1-fy)*((1-fx)*at(i, j)+fx*at(i+1, j)) + fy*((1-fx)*at(i, j+1)+fx*at(i+1, j+1))
	}
	return c, true
}

// bare is the colour of the paper: the mean of the quarter of the pixels with most green light, which print
// and red ink both take away.
func bare(r *raster.Raster) (mean [3]float64) {
	var count [256]int
	for i := 1; i < len(r.Pixels); i += 3 {
		count[r.Pixels[i]]++
	}
	least, above := 255, 0
	for ; least > 0; least-- {
		if above += count[least]; 12*above >= len(r.Pixels) {
			break
		}
	}
	for i := 0; i+2 < len(r.Pixels); i += 3 {
		if int(r.Pixels[i+1]) >= least {
			for n := range mean {
				mean[n] += float64(r.Pixels[i+n]) / float64(max(1, above))
			}
		}
	}
	return mean
}

// smooth is the mean of fifty neighbours a turn: what is left are patches of some millimetres.
func smooth(around []float64) []float64 {
	n, half := len(around), max(1, len(around)/100)
	out := make([]float64, n)
	for i := range out {
		for k := -half; k <= half; k++ {
			out[i] += around[(i+k+n)%n] / float64(2*half+1)
		}
	}
	return out
}

// unevenness is the distance between the quarters of the values as part of their median: the few
// that print or another chop changes do not matter.
func unevenness(values []float64) float64 {
	return (quantile(values, 0.75) - quantile(values, 0.25)) / quantile(values, 0.5)
}

func quantile(values []float64, q float64) float64 {
	s := slices.Sorted(slices.Values(values))
	return s[int(q*float64(len(s)-1))]
}
