package dct

// The rotation constants of Loeffler, Ligtenberg and Moschytz, "Practical fast 1-D DCT algorithms
// with 11 multiplications", ICASSP 1989: c_k = cos(k*pi/16).
const (
	c1       = 0.98078528040323044913
	c3       = 0.83146961230254523708
	c6       = 0.38268343236508977173
	s1       = 0.19509032201612826785 // sin(pi/16)
	s3       = 0.55557023301960222474 // sin(3*pi/16)
	s6       = 0.92387953251128675613 // sin(6*pi/16)
	invSqrt8 = 0.35355339059327376220 // makes the eight outputs orthonormal
)

// Line transforms eight samples to eight coefficients of rising frequency, orthonormal: the DC
// coefficient is the sum divided by the square root of 8.
func Line(x0, x1, x2, x3, x4, x5, x6, x7 float32) (y0, y1, y2, y3, y4, y5, y6, y7 float32) {
	a0, b0 := x0+x7, x0-x7
	a1, b1 := x1+x6, x1-x6
	a2, b2 := x2+x5, x2-x5
	a3, b3 := x3+x4, x3-x4
	// Even part.
	e0, e3 := a0+a3, a0-a3
	e1, e2 := a1+a2, a1-a2
	y0 = (e0 + e1) * invSqrt8
	y4 = (e0 - e1) * invSqrt8
	y2 = (e2*c6 + e3*s6) * 0.5
	y6 = (e3*c6 - e2*s6) * 0.5
	// Odd part: two rotations, then butterflies.
	o0 := b3*c3 + b0*s3
	o3 := b0*c3 - b3*s3
	o1 := b2*c1 + b1*s1
	o2 := b1*c1 - b2*s1
	p0, p2 := o0+o2, o0-o2
	p3, p1 := o3+o1, o3-o1
	y7 = (p3 - p0) * invSqrt8
	y1 = (p3 + p0) * invSqrt8
	y3 = p1 * 0.5
	y5 = p2 * 0.5
	return
}

// Forward transforms the 8 x 8 samples whose first is plane[at], rows stride bytes apart, into out:
// coefficient (u, v) with horizontal frequency u and vertical frequency v stands at v*8+u.
// Samples are taken as they are, so the DC coefficient is 8 times the mean: 1024 above what JPEG
// stores, which subtracts 128 first.
func Forward(plane []byte, at, stride int, out *[64]float32) {
	var w [64]float32
	for y := range 8 {
		r := plane[at : at+8 : at+8]
		at += stride
		o := w[8*y : 8*y+8 : 8*y+8]
		o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7] = Line(
			float32(r[0]), float32(r[1]), float32(r[2]), float32(r[3]),
			float32(r[4]), float32(r[5]), float32(r[6]), float32(r[7]))
	}
	for u := range 8 {
		out[u], out[8+u], out[16+u], out[24+u], out[32+u], out[40+u], out[48+u], out[56+u] =
			Line(w[u], w[8+u], w[16+u], w[24+u], w[32+u], w[40+u], w[48+u], w[56+u])
	}
}

// Low returns the first four coefficients of Line.
func Low(x0, x1, x2, x3, x4, x5, x6, x7 float32) (y0, y1, y2, y3 float32) {
	a0, b0 := x0+x7, x0-x7
	a1, b1 := x1+x6, x1-x6
	a2, b2 := x2+x5, x2-x5
	a3, b3 := x3+x4, x3-x4
	y0 = (a0 + a3 + a1 + a2) * invSqrt8
	y2 = ((a1-a2)*c6 + (a0-a3)*s6) * 0.5
	y1 = (b0*c1 + b1*c3 + b2*s3 + b3*s1) * 0.5
	y3 = (b0*c3 - b1*s1 - b2*c1 - b3*s3) * 0.5
	return
}
