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

// A plane is a window's values, or their transform.
type plane [side][side]complex64

// transform is the fast Fourier transform of all columns (Cooley and Tukey 1965), in place. Whole rows are added to each
// other, which keeps the processor on what lies side by side in memory.
func (p *plane) transform() {
	for i, j := 1, 0; i < side; i++ {
		bit := side >> 1
		for ; j&bit != 0; bit >>= 1 {
			j ^= bit
		}
		j ^= bit
		if i < j {
			p[i], p[j] = p[j], p[i]
		}
	}
	for half, step := 1, side/2; half < side; half, step = half*2, step/2 {
		for from := 0; from < side; from += 2 * half {
			for k := range half {
				butterflies(&p[from+k], &p[from+k+half], twiddles[k*step])
			}
		}
	}
}

func butterflies(a, b *[side]complex64, w complex64) {
	wr, wi := real(w), imag(w)
	for i, u := range a {
		br, bi := real(b[i]), imag(b[i])
		v := complex(br*wr-bi*wi, br*wi+bi*wr)
		a[i], b[i] = u+v, u-v
	}
}

func (p *plane) transpose() {
	for y := range side {
		for x := range y {
			p[y][x], p[x][y] = p[x][y], p[y][x]
		}
	}
}

// powers are the power spectra of two windows of side x side values around their means: bin (x, y) at y*side+x,
// frequencies above half the sampling rate standing for negative ones. One transform does for both, as the real and the imaginary part
// of its input.
func powers(a, b []uint8) (pa, pb []float32) {
	p := &plane{}
	meanA, meanB := mean(a), mean(b)
	for y := range side {
		for x := range side {
			i, h := y*side+x, hann[x]*hann[y]
			p[x][y] = complex((float32(a[i])-meanA)*h, (float32(b[i])-meanB)*h)
		}
	}
	p.transform()
	p.transpose()
	p.transform()
	pa, pb = make([]float32, side*side), make([]float32, side*side)
	for y := range side {
		for x := range side {
			// The transform of what is real has its conjugate at the negative frequency.
			u, v := p[y][x], p[(side-y)%side][(side-x)%side]
			ar, ai := real(u)+real(v), imag(u)-imag(v)
			br, bi := real(u)-real(v), imag(u)+imag(v)
			pa[y*side+x], pb[y*side+x] = (ar*ar+ai*ai)/4, (br*br+bi*bi)/4
		}
	}
	return pa, pb
}

func mean(luma []uint8) float32 {
	sum := 0
	for _, v := range luma {
		sum += int(v)
	}
	return float32(sum) / (side * side)
}
