package kernel

import "golang.org/x/sys/cpu"

// A set is a set of instructions that there are kernels for.
type set int

const (
	plain set = iota
	avx2
	avx512
)

// best is the best set that the processor and the operating system have.
var best = func() set {
	switch {
	case cpu.X86.HasAVX2 && cpu.X86.HasFMA && cpu.X86.HasAVX512F && cpu.X86.HasAVX512VL && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512BW:
		return avx512
	case cpu.X86.HasAVX2 && cpu.X86.HasFMA:
		return avx2
	}
	return plain
}()

// chosen is the set in use; tests change it to compare. Matrices are packed for it.
var (
	chosen  = best
	vectors = chosen >= avx2
)

// panels divides padded columns, a multiple of 8, into panels.
func panels(padded int, to []int) []int {
	if chosen < avx512 {
		return panelsGo(padded, to)
	}
	for padded > 0 {
		width := min(padded, 3*lanes)
		to = append(to, width)
		padded -= width
	}
	return to
}

func product(q *call, width int) {
	switch {
	case chosen == plain:
		productGo(q, width)
	case chosen == avx512 && width > 2*lanes:
		product3AVX512(q)
	case chosen == avx512 && width > lanes:
		product2AVX512(q)
	case chosen == avx512:
		product1AVX512(q)
	case width == 24:
		product24AVX2(q)
	case width == 16:
		product16AVX2(q)
	case width == 8:
		product8AVX2(q)
	default:
		panic("kernel: no product for this width of panel")
	}
}

func depthwise(q *depthwiseCall) {
	switch chosen {
	case plain:
		depthwiseGo(q)
	case avx2:
		depthwiseAVX2(q)
	default:
		depthwiseAVX512(q)
	}
}

func addVectors(dst, a, b *float32, n int)             { addAVX2(dst, a, b, n) }
func scaleVectors(dst, x, s *float32, rows, width int) { scaleAVX2(dst, x, s, rows, width) }
func sumVectors(sums, x *float32, rows, width int)     { sumAVX2(sums, x, rows, width) }
func expVectors(dst, x *float32, n int, shift float32) { expAVX2(dst, x, n, shift) }

//go:noescape
func product24AVX2(q *call)

//go:noescape
func product16AVX2(q *call)

//go:noescape
func product8AVX2(q *call)

//go:noescape
func product3AVX512(q *call)

//go:noescape
func product2AVX512(q *call)

//go:noescape
func product1AVX512(q *call)

//go:noescape
func depthwiseAVX512(q *depthwiseCall)

//go:noescape
func depthwiseAVX2(q *depthwiseCall)

//go:noescape
func addAVX2(dst, a, b *float32, n int)

//go:noescape
func scaleAVX2(dst, x, s *float32, rows, width int)

//go:noescape
func sumAVX2(sums, x *float32, rows, width int)

//go:noescape
func expAVX2(dst, x *float32, n int, shift float32)
