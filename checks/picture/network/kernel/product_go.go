package kernel

import "unsafe"

// panelsGo divides padded columns, a multiple of 8, into panels of 24 and 16; 24 divides the
// channels of most layers, and two vectors (or one) are for the rest.
func panelsGo(padded int, to []int) []int {
	for padded > 0 {
		width := 24
		if padded == 8 || padded == 16 {
			width = padded
		} else if padded == 32 {
			width = 16 // and 16 again: no panel of 8 is left over
		}
		to = append(to, width)
		padded -= width
	}
	return to
}

// productGo is the product kernel in plain Go, for panels of any width.
func productGo(q *call, width int) {
	b := unsafe.Slice((*float32)(q.b), int(q.k)*width)
	for i := range q.m {
		a := unsafe.Slice((*float32)(unsafe.Add(q.a, i*q.lda)), q.k)
		c := unsafe.Slice((*float32)(unsafe.Add(q.c, i*q.ldc)), width)
		if q.bias != nil {
			copy(c, unsafe.Slice((*float32)(q.bias), width))
		}
		for j := 0; j < width; j += 8 {
			eight(c[j:j+8], a, b[j:], width)
		}
		if q.finish != 0 {
			for j := range c {
				c[j] = q.act.Of(c[j])
			}
		}
	}
}

// eight adds to eight columns; eight sums fit the registers of every processor.
func eight(c, a, b []float32, width int) {
	c = c[:8]
	c0, c1, c2, c3, c4, c5, c6, c7 := c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]
	for k, x := range a {
		r := b[k*width:][:8]
		c0 += x * r[0]
		c1 += x * r[1]
		c2 += x * r[2]
		c3 += x * r[3]
		c4 += x * r[4]
		c5 += x * r[5]
		c6 += x * r[6]
		c7 += x * r[7]
	}
	c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7] = c0, c1, c2, c3, c4, c5, c6, c7
}
