package moire

import "math"

// side is the side of a window, pixels: long enough that a screen's grid makes a line a few hundredths of the
// sampling rate wide, short enough that perspective does not smear it.
const side = 128

// twiddles are the roots of unity of the transform.
var twiddles = func() (w [side / 2]complex64) {
	for i := range w {
		sin, cos := math.Sincos(-2 * math.Pi * float64(i) / side)
		w[i] = complex(float32(cos), float32(sin))
	}
	return
}()

// hann is the window function that keeps the edges of the window out of the spectrum.
var hann = func() (h [side]float32) {
	for i := range h {
		h[i] = float32(0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/side))
	}
	return
}()

// transform is the fast Fourier transform of side values (Cooley and Tukey 1965), in place.
func transform(v *[side]complex64) {
	for i, j := 1, 0; i < side; i++ {
		bit := side >> 1
		for ; j&bit != 0; bit >>= 1 {
			j ^= bit
		}
		j ^= bit
		if i < j {
			v[i], v[j] = v[j], v[i]
		}
	}
	for half, step := 1, side/2; half < side; half, step = half*2, step/2 {
		for from := 0; from < side; from += 2 * half {
			for k := range half {
				a, b := v[from+k], v[from+k+half]*twiddles[k*step]
				v[from+k], v[from+k+half] = a+b, a-b
			}
		}
	}
}

// power is the power spectrum of a window of side x side values around their mean: bin (x, y) at y*side+x, frequencies
// above half the sampling rate standing for negative ones.
func power(luma []uint8) []float32 {
	mean := float32(0)
	for _, v := range luma {
		mean += float32(v)
	}
	mean /= side * side
	plane := make([]complex64, side*side)
	var line [side]complex64
	for y := range side {
		for x := range line {
			line[x] = complex((float32(luma[y*side+x])-mean)*hann[x]*hann[y], 0)
		}
		transform(&line)
		copy(plane[y*side:], line[:])
	}
	out := make([]float32, side*side)
	for x := range side {
		for y := range line {
			line[y] = plane[y*side+x]
		}
		transform(&line)
		for y, v := range line {
			out[y*side+x] = real(v)*real(v) + imag(v)*imag(v)
		}
	}
	return out
}
