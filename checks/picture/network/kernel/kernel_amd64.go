package kernel

import "golang.org/x/sys/cpu"

// hasAVX2 says that the processor and the operating system have AVX2 and FMA.
var hasAVX2 = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// vectors chooses the assembly; tests switch it off to compare.
var vectors = hasAVX2

func panels(padded int, to []int) []int { return panelsGo(padded, to) }

func product(q *call, width int) {
	switch {
	case !vectors:
		productGo(q, width)
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
	if vectors {
		depthwiseAVX2(q)
		return
	}
	depthwiseGo(q)
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
func depthwiseAVX2(q *depthwiseCall)

//go:noescape
func addAVX2(dst, a, b *float32, n int)

//go:noescape
func scaleAVX2(dst, x, s *float32, rows, width int)

//go:noescape
func sumAVX2(sums, x *float32, rows, width int)

//go:noescape
func expAVX2(dst, x *float32, n int, shift float32)
