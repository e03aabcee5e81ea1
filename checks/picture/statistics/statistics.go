// Package statistics holds the order statistics that measurements are summed up with.
//
// What lives here: medians and other ranked values. What must not: histograms of bytes, which those who count them
// read themselves, and anything that knows what the values mean.
package statistics

import "cmp"

// Nth is the value that would stand at index k of v, 0 <= k < len(v), if v were sorted. The values change their
// places. It parts the values again and again (Hoare, "Algorithm 65: Find", Communications of the ACM, 1961), which
// is many times as fast as sorting them. There must be no NaN among them.
func Nth[T cmp.Ordered](v []T, k int) T {
	for len(v) > 1 {
		pivot := v[len(v)/2]
		i, j := 0, len(v)-1
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case k <= j:
			v = v[:j+1]
		case k >= i:
			v, k = v[i:], k-i
		default:
			return pivot
		}
	}
	return v[k]
}

// Median is the middle value, of an even number the upper of the two in the middle; 0, or the empty value, of none.
// The values change their places.
func Median[T cmp.Ordered](v []T) T {
	if len(v) == 0 {
		var zero T
		return zero
	}
	return Nth(v, len(v)/2)
}
