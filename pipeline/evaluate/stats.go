package evaluate

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
)

// An Estimate is a share or an area with its 95 % interval.
type Estimate struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// z95 is the 97.5 % point of the normal distribution.
const z95 = 1.959963984540054

// Wilson returns k of n as a share with Wilson's score interval (Wilson 1927), which keeps its
// coverage for small n and for shares near 0 and 1, where we live. n = 0 gives 0 in 0..1.
func Wilson(k, n int) Estimate {
	if n <= 0 {
		return Estimate{0, 0, 1}
	}
	p, m := float64(k)/float64(n), float64(n)
	center := (p + z95*z95/(2*m)) / (1 + z95*z95/m)
	half := z95 / (1 + z95*z95/m) * math.Sqrt(p*(1-p)/m+z95*z95/(4*m*m))
	e := Estimate{p, max(0, center-half), min(1, center+half)}
	if k == 0 { // exactly, not but for rounding
		e.Low = 0
	}
	if k == n {
		e.High = 1
	}
	return e
}

// midranks gives each value its rank from 1, and equal values the mean of theirs.
func midranks(v []float64) []float64 {
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(v[a], v[b]) })
	ranks := make([]float64, len(v))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && v[order[j]] == v[order[i]] {
			j++
		}
		for k := i; k < j; k++ {
			ranks[order[k]] = float64(i+j+1) / 2
		}
		i = j
	}
	return ranks
}

// AUC returns the area under the ROC curve: the chance that a positive scores above a negative,
// ties counting half, with the interval of DeLong, DeLong and Clarke-Pearson (1988) computed by
// the midranks of Sun and Xu (2014). Without both classes it is 0.5 in 0..1.
func AUC(positive, negative []float64) Estimate {
	m, n := len(positive), len(negative)
	if m == 0 || n == 0 {
		return Estimate{0.5, 0, 1}
	}
	all := midranks(append(slices.Clone(positive), negative...))
	own, other := midranks(positive), midranks(negative)
	// For each positive the share of negatives below it, and the other way round.
	var v10, v01 []float64
	sum := 0.0
	for i := range positive {
		v := (all[i] - own[i]) / float64(n)
		v10 = append(v10, v)
		sum += v
	}
	for j := range negative {
		v01 = append(v01, 1-(all[m+j]-other[j])/float64(m))
	}
	area := sum / float64(m)
	deviation := math.Sqrt(variance(v10)/float64(m) + variance(v01)/float64(n))
	return Estimate{area, max(0, area-z95*deviation), min(1, area+z95*deviation)}
}

// variance is the unbiased one; 0 for fewer than two values.
func variance(v []float64) float64 {
	if len(v) < 2 {
		return 0
	}
	mean := 0.0
	for _, x := range v {
		mean += x
	}
	mean /= float64(len(v))
	s := 0.0
	for _, x := range v {
		s += (x - mean) * (x - mean)
	}
	return s / float64(len(v)-1)
}

// Threshold returns the lowest score t such that at most the share rate of the negatives lies
// above t: a file is called altered when its score is greater than t. Without negatives it is 0.
func Threshold(negative []float64, rate float64) float64 {
	if len(negative) == 0 {
		return 0
	}
	s := slices.Clone(negative)
	slices.Sort(s)
	// A share such as 0.05 of 100 must not lose its fifth to rounding.
	allowed := int(rate*float64(len(s)) + 1e-9)
	return s[max(0, len(s)-1-min(allowed, len(s)-1))]
}

// above counts the scores greater than t.
func above(scores []float64, t float64) int {
	n := 0
	for _, s := range scores {
		if s > t {
			n++
		}
	}
	return n
}

// A Point is one point of a ROC curve.
type Point struct {
	FalseAlarms float64 `json:"false_alarms"`
	Sensitivity float64 `json:"sensitivity"`
}

// Curve returns the ROC curve from (0,0) to (1,1), a point for each distinct score.
func Curve(positive, negative []float64) []Point {
	p, n := slices.Clone(positive), slices.Clone(negative)
	slices.SortFunc(p, func(a, b float64) int { return cmp.Compare(b, a) })
	slices.SortFunc(n, func(a, b float64) int { return cmp.Compare(b, a) })
	out := []Point{{0, 0}}
	if len(p) == 0 || len(n) == 0 {
		return append(out, Point{1, 1})
	}
	i, j := 0, 0
	for i < len(p) || j < len(n) {
		t := math.Inf(-1)
		if i < len(p) {
			t = p[i]
		}
		if j < len(n) {
			t = max(t, n[j])
		}
		for i < len(p) && p[i] == t {
			i++
		}
		for j < len(n) && n[j] == t {
			j++
		}
		out = append(out, Point{float64(j) / float64(len(n)), float64(i) / float64(len(p))})
	}
	return out
}

// A scored is a score with what it belongs to.
type scored struct {
	source   string
	positive bool
	score    float64
}

// bootstrapDraws is enough for the 2.5 % point to stand still in the second digit.
const bootstrapDraws = 1000

// clusteredAUC is AUC with a percentile bootstrap interval that draws whole sources: files made
// of one picture are not independent, and an interval that forgets it is too narrow. The draws
// come from a fixed seed. With fewer than ten sources it falls back to AUC.
func clusteredAUC(files []scored) Estimate {
	var positive, negative []float64
	clusters := map[string][]scored{}
	for _, f := range files {
		if f.positive {
			positive = append(positive, f.score)
		} else {
			negative = append(negative, f.score)
		}
		clusters[f.source] = append(clusters[f.source], f)
	}
	e := AUC(positive, negative)
	const few = 10
	if len(clusters) < few || len(positive) == 0 || len(negative) == 0 {
		return e
	}
	var names []string
	for name := range clusters {
		names = append(names, name)
	}
	sort.Strings(names)
	// Scores are replaced by the index of their distinct value: an area is then a walk over counts.
	var values []float64
	for _, f := range files {
		values = append(values, f.score)
	}
	slices.Sort(values)
	values = slices.Compact(values)
	type indexed struct {
		at       int
		positive bool
	}
	parts := make([][]indexed, len(names))
	for i, name := range names {
		for _, f := range clusters[name] {
			at, _ := slices.BinarySearch(values, f.score)
			parts[i] = append(parts[i], indexed{at, f.positive})
		}
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	var areas []float64
	pos, neg := make([]int, len(values)), make([]int, len(values))
	for range bootstrapDraws {
		clear(pos)
		clear(neg)
		np, nn := 0, 0
		for range names {
			for _, f := range parts[rnd.IntN(len(names))] {
				if f.positive {
					pos[f.at]++
					np++
				} else {
					neg[f.at]++
					nn++
				}
			}
		}
		if np == 0 || nn == 0 {
			continue
		}
		sum, below := 0.0, 0
		for i := range values {
			sum += float64(pos[i]) * (float64(below) + float64(neg[i])/2)
			below += neg[i]
		}
		areas = append(areas, sum/float64(np)/float64(nn))
	}
	if len(areas) < bootstrapDraws/2 {
		return e
	}
	slices.Sort(areas)
	e.Low, e.High = min(e.Value, quantile(areas, 0.025)), max(e.Value, quantile(areas, 0.975))
	return e
}

// quantile of sorted values, interpolated linearly (type 7 of Hyndman and Fan 1996).
func quantile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := p * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

func median(v []float64) float64 {
	s := slices.Clone(v)
	slices.Sort(s)
	return quantile(s, 0.5)
}
