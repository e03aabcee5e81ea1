package evaluate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > within {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// Worked by hand from Wilson's formula, and the closed forms at the ends: at k = 0 the upper end
// is z²/(n+z²).
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{
		{0, 10, 0, 3.841458820694124 / (10 + 3.841458820694124)},
		{10, 10, 10 / (10 + 3.841458820694124), 1},
		{5, 10, 0.236593, 0.763407},
		{81, 263, 0.255289, 0.366213}, // the example of Newcombe (1998), table I: 0.2553 to 0.3662
		{15, 148, 0.062386, 0.160545}, // the same: 0.0624 to 0.1605
		{1, 29, 0.006113, 0.171756},   // the same: 0.0061 to 0.1718
		{0, 0, 0, 1},
	} {
		e := Wilson(c.k, c.n)
		near(t, fmt.Sprintf("low end of %d of %d", c.k, c.n), e.Low, c.low, 2e-4)
		near(t, fmt.Sprintf("high end of %d of %d", c.k, c.n), e.High, c.high, 2e-4)
	}
}

func TestWilsonHoldsItsShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 2000).Draw(t, "n")
		k := rapid.IntRange(0, n).Draw(t, "k")
		e, other := Wilson(k, n), Wilson(n-k, n)
		if e.Low > e.Value || e.Value > e.High || e.Low < 0 || e.High > 1 {
			t.Fatalf("%+v", e)
		}
		if math.Abs(e.Low-(1-other.High)) > 1e-9 {
			t.Fatalf("the interval of %d of %d is not the mirror of that of %d", k, n, n-k)
		}
	})
}

func TestAUC(t *testing.T) {
	for _, c := range []struct {
		name               string
		positive, negative []float64
		area               float64
	}{
		{"apart", []float64{3, 4}, []float64{1, 2}, 1},
		{"the wrong way", []float64{1, 2}, []float64{3, 4}, 0},
		{"all tied", []float64{1, 1, 1}, []float64{1, 1}, 0.5},
		{"one tie", []float64{2, 3}, []float64{1, 2}, 0.875}, // pairs: 1, 1/2, 1, 1
		{"crossed", []float64{1, 3}, []float64{2}, 0.5},
		{"no positives", nil, []float64{1}, 0.5},
	} {
		e := AUC(c.positive, c.negative)
		near(t, c.name, e.Value, c.area, 1e-12)
		if e.Low > e.Value || e.High < e.Value {
			t.Errorf("%s: %+v", c.name, e)
		}
	}
	// DeLong's variance by hand: positives 1,3,5 and negatives 2,4 give V10 = (0, 1/2, 1) and
	// V01 = (2/3, 1/3), their variances 1/4 and 1/18, so S = sqrt(1/12 + 1/36) = 1/3.
	e := AUC([]float64{1, 3, 5}, []float64{2, 4})
	near(t, "area", e.Value, 0.5, 1e-12)
	near(t, "upper end", e.High, 1, 1e-12) // 0.5 + 1.96/3 is cut off
	e = AUC([]float64{1, 3, 5, 1, 3, 5, 1, 3, 5, 1, 3, 5}, []float64{2, 4, 2, 4, 2, 4, 2, 4})
	// The same shares four times: variances 4·3·(1/6)/11 and 8·(1/36)/7.
	near(t, "lower end", e.Low, 0.5-1.959964*math.Sqrt(2.0/11/12+2.0/63/8), 1e-6)
}

// The area is the share of pairs in order, the area under the curve, and blind to any scale.
func TestAUCIsWhatItSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		grades := rapid.SliceOfN(rapid.IntRange(0, 6), 1, 30)
		p, n := floats(grades.Draw(t, "positive")), floats(grades.Draw(t, "negative"))
		pairs := 0.0
		for _, a := range p {
			for _, b := range n {
				switch {
				case a > b:
					pairs++
				case a == b:
					pairs += 0.5
				}
			}
		}
		got := AUC(p, n).Value
		if math.Abs(got-pairs/float64(len(p)*len(n))) > 1e-9 {
			t.Fatalf("area %v, pairs %v", got, pairs/float64(len(p)*len(n)))
		}
		under := 0.0
		curve := Curve(p, n)
		for i := 1; i < len(curve); i++ {
			a, b := curve[i-1], curve[i]
			if b.FalseAlarms < a.FalseAlarms || b.Sensitivity < a.Sensitivity {
				t.Fatal("the curve falls")
			}
			under += (b.FalseAlarms - a.FalseAlarms) * (a.Sensitivity + b.Sensitivity) / 2
		}
		if math.Abs(got-under) > 1e-9 {
			t.Fatalf("area %v, under the curve %v", got, under)
		}
		scale := func(v []float64) (out []float64) {
			for _, x := range v {
				out = append(out, math.Exp(x)-3)
			}
			return
		}
		if math.Abs(AUC(scale(p), scale(n)).Value-got) > 1e-9 || math.Abs(AUC(n, p).Value-(1-got)) > 1e-9 {
			t.Fatal("the area depends on the scale, or is not turned round with the classes")
		}
	})
}

func floats(v []int) (out []float64) {
	for _, x := range v {
		out = append(out, float64(x))
	}
	return
}

func TestThresholdKeepsItsRate(t *testing.T) {
	near(t, "of none", Threshold(nil, 0.01), 0, 0)
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(i)
	}
	near(t, "1 % of 100", Threshold(hundred, 0.01), 98, 0)
	near(t, "5 % of 100", Threshold(hundred, 0.05), 94, 0)
	near(t, "1 % of 10", Threshold(hundred[:10], 0.01), 9, 0)
	rapid.Check(t, func(t *rapid.T) {
		n := floats(rapid.SliceOfN(rapid.IntRange(0, 9), 1, 300).Draw(t, "negative"))
		rate := rapid.Float64Range(0, 1).Draw(t, "rate")
		th := Threshold(n, rate)
		if float64(above(n, th)) > rate*float64(len(n))+1e-6 {
			t.Fatalf("%d of %d lie above, asked for %v", above(n, th), len(n), rate)
		}
		for _, v := range n { // any lower score would let more through than allowed
			if v < th && float64(above(n, v)) <= rate*float64(len(n))-1e-6 {
				t.Fatalf("%v would have done, %v was given", v, th)
			}
		}
	})
}

// With files that repeat within their sources, drawing sources must give a wider interval than
// DeLong's, which takes every file for a new one; and it must hold the area.
func TestClusteredAUCKnowsSources(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 5))
	var files []scored
	var p, n []float64
	for s := range 24 {
		shift := rnd.NormFloat64()
		for k := range 20 {
			v := shift
			if k%2 == 0 {
				v += 0.5
				p = append(p, v)
			} else {
				n = append(n, v)
			}
			files = append(files, scored{fmt.Sprint(s), k%2 == 0, v})
		}
	}
	e, plain := clusteredAUC(files), AUC(p, n)
	near(t, "area", e.Value, plain.Value, 1e-12)
	if e.Low > e.Value || e.High < e.Value {
		t.Errorf("%+v", e)
	}
	// Shifts are shared by both classes of a source, so here sources matter little for the
	// difference; a set whose sources are of one class each is the clear case.
	for i := range files {
		files[i].positive = (i/20)%2 == 0
	}
	p, n = nil, nil
	for _, f := range files {
		if f.positive {
			p = append(p, f.score)
		} else {
			n = append(n, f.score)
		}
	}
	e, plain = clusteredAUC(files), AUC(p, n)
	if e.High-e.Low < 1.5*(plain.High-plain.Low) {
		t.Errorf("with sources %.3f wide, without %.3f", e.High-e.Low, plain.High-plain.Low)
	}
	if few := clusteredAUC(files[:60]); few != AUC(split(files[:60])) {
		t.Error("three sources were drawn from")
	}
}

func split(files []scored) (p, n []float64) {
	for _, f := range files {
		if f.positive {
			p = append(p, f.score)
		} else {
			n = append(n, f.score)
		}
	}
	return
}

func TestQuantile(t *testing.T) {
	v := []float64{1, 2, 3, 4}
	near(t, "median", quantile(v, 0.5), 2.5, 1e-12)
	near(t, "lowest", quantile(v, 0), 1, 0)
	near(t, "highest", quantile(v, 1), 4, 0)
	near(t, "median of three", median([]float64{9, 1, 5}), 5, 0)
	near(t, "of none", median(nil), 0, 0)
}
