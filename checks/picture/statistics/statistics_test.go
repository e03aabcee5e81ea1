package statistics

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The value of a rank is the one that sorting puts there, and no value is lost or made.
func TestNth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Few different values: equal ones are where parting goes wrong.
		v := rapid.SliceOfN(rapid.IntRange(0, 20), 1, 200).Draw(t, "v")
		k := rapid.IntRange(0, len(v)-1).Draw(t, "k")
		sorted := slices.Sorted(slices.Values(v))
		if got := Nth(v, k); got != sorted[k] {
			t.Fatalf("%d, want %d", got, sorted[k])
		}
		slices.Sort(v)
		if !slices.Equal(v, sorted) {
			t.Fatalf("%v became %v", sorted, v)
		}
	})
}

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		v    []float64
		want float64
	}{{nil, 0}, {[]float64{7}, 7}, {[]float64{5, 1}, 5}, {[]float64{9, 1, 4}, 4}, {[]float64{2, 2, 2, 8}, 2}} {
		if got := Median(slices.Clone(test.v)); got != test.want {
			t.Errorf("median of %v is %v, want %v", test.v, got, test.want)
		}
	}
}

// How much faster than sorting it is, for as many values as a page has edges.
func BenchmarkNth(b *testing.B) {
	values := make([]float32, 2000)
	for i := range values {
		values[i] = float32(i * 7919 % 2003)
	}
	v := make([]float32, len(values))
	b.Run("nth", func(b *testing.B) {
		for b.Loop() {
			copy(v, values)
			Nth(v, len(v)/2)
		}
	})
	b.Run("sort", func(b *testing.B) {
		for b.Loop() {
			copy(v, values)
			slices.Sort(v)
		}
	})
}
