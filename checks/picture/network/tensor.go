package network

import "slices"

// A Tensor is an array of float32 in row-major order. A picture is [1, channels, height, width].
type Tensor struct {
	Shape []int
	Data  []float32
}

// NewTensor makes a tensor of zeros.
func NewTensor(shape ...int) *Tensor {
	return &Tensor{Shape: slices.Clone(shape), Data: make([]float32, elements(shape))}
}

// elements is the number of values of a shape; 1 for a single value.
func elements(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
