//go:build !amd64

package kernel

const vectors = false

func panels(padded int, to []int) []int { return panelsGo(padded, to) }

func product(q *call, width int) { productGo(q, width) }

func depthwise(q *depthwiseCall) { depthwiseGo(q) }

// The loops over vectors are never called without vectors.
func addVectors(dst, a, b *float32, n int)             { panic("kernel: no vectors") }
func scaleVectors(dst, x, s *float32, rows, width int) { panic("kernel: no vectors") }
func sumVectors(sums, x *float32, rows, width int)     { panic("kernel: no vectors") }
func expVectors(dst, x *float32, n int, shift float32) { panic("kernel: no vectors") }
