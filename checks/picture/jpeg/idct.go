package jpeg

// The inverse DCT after Loeffler, Ligtenberg and Moschytz, "Practical fast 1-D DCT algorithms with
// 11 multiplications", ICASSP 1989, in fixed point. It keeps 13 bits of the constants and 2 more
// bits between the passes, enough to stay within the accuracy that IEEE 1180 asks for.
const (
	constBits = 13
	pass1Bits = 2
)

// The rotation constants, times 2^13: with c_k = cos(k*pi/16) * sqrt(2).
const (
	fix0_298631336 = 2446  // -c1+c3+c5-c7
	fix0_390180644 = 3196  // c3-c5
	fix0_541196100 = 4433  // c6
	fix0_765366865 = 6270  // c2-c6
	fix0_899976223 = 7373  // c3-c7
	fix1_175875602 = 9633  // c3
	fix1_501321110 = 12299 // c1+c3-c5-c7
	fix1_847759065 = 15137 // c2+c6
	fix1_961570560 = 16069 // c3+c5
	fix2_053119869 = 16819 // c1+c3-c5+c7
	fix2_562915447 = 20995 // c1+c3
	fix3_072711026 = 25172 // c1+c3+c5-c7
)

// InverseDCT computes the 8 x 8 samples of a dequantized block in natural order, shifted up by 128 and
// clamped to 0..255, and writes them to out, rows stride bytes apart.
func InverseDCT(in *[64]int32, out []byte, stride int) {
	var w [64]int32
	for u := range 8 { // columns
		if in[8+u]|in[16+u]|in[24+u]|in[32+u]|in[40+u]|in[48+u]|in[56+u] == 0 {
			v := in[u] << pass1Bits
			w[u], w[8+u], w[16+u], w[24+u], w[32+u], w[40+u], w[48+u], w[56+u] = v, v, v, v, v, v, v, v
			continue
		}
		a, b := rotate(in[u], in[8+u], in[16+u], in[24+u], in[32+u], in[40+u], in[48+u], in[56+u])
		const shift = constBits - pass1Bits
		const half = 1 << (shift - 1)
		for i := range 4 {
			w[8*i+u] = (a[i] + b[i] + half) >> shift
			w[8*(7-i)+u] = (a[i] - b[i] + half) >> shift
		}
	}
	for v := range 8 { // rows
		r := w[8*v : 8*v+8 : 8*v+8]
		a, b := rotate(r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7])
		const shift = constBits + pass1Bits + 3 // 3: the transform is 8 times too large
		const half = 1<<(shift-1) + 128<<shift
		line := out[v*stride : v*stride+8 : v*stride+8]
		for i := range 4 {
			line[i] = clamp((a[i] + b[i] + half) >> shift)
			line[7-i] = clamp((a[i] - b[i] + half) >> shift)
		}
	}
}

// rotate computes eight outputs as sums and differences: output i is even[i]+odd[i], output 7-i is even[i]-odd[i].
func rotate(s0, s1, s2, s3, s4, s5, s6, s7 int32) (even, odd [4]int32) {
	z := (s2 + s6) * fix0_541196100
	low, high := z-s6*fix1_847759065, z+s2*fix0_765366865
	sum, diff := (s0+s4)<<constBits, (s0-s4)<<constBits
	even = [4]int32{sum + high, diff + low, diff - low, sum - high}

	z5 := (s7 + s3 + s5 + s1) * fix1_175875602
	z1 := -(s7 + s1) * fix0_899976223
	z2 := -(s5 + s3) * fix2_562915447
	z3 := z5 - (s7+s3)*fix1_961570560
	z4 := z5 - (s5+s1)*fix0_390180644
	odd = [4]int32{
		s1*fix1_501321110 + z1 + z4,
		s3*fix3_072711026 + z2 + z3,
		s5*fix2_053119869 + z2 + z4,
		s7*fix0_298631336 + z1 + z3,
	}
	return even, odd
}

func clamp(v int32) uint8 {
	if uint32(v) <= 255 {
		return uint8(v)
	}
	return uint8(^(v >> 31))
}
