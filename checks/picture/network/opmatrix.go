package network

import (
	"fmt"
	"math"
	"slices"

	"dossier/checks/picture/network/kernel"
)

// A product is a matrix product with a weight, and a bias.
type product struct{ weights *kernel.Matrix }

// A dynamicProduct is a matrix product of two computed values.
type dynamicProduct struct{}

func newMatMul(g *graph, n *node) (operator, error) {
	if len(n.inputs) != 2 {
		return nil, malformed("MatMul (%s) with %d operands", n.name, len(n.inputs))
	}
	w := g.weight(n, 1)
	if w == nil || g.weight(n, 0) != nil {
		return dynamicProduct{}, nil
	}
	if len(w.Shape) != 2 || len(w.Data) == 0 {
		return nil, unsupported(n, "a weight of shape %v", w.Shape)
	}
	return &product{kernel.NewMatrix(w.Shape[0], w.Shape[1], w.Data, n.bias)}, nil
}

func (p *product) run(s *Session, in []value) (value, error) {
	x, err := s.rowMajor(in[0])
	if err != nil {
		return value{}, err
	}
	defer s.put(x)
	m := p.weights
	if len(x.shape) < 1 || x.shape[len(x.shape)-1] != m.Depth {
		return value{}, fmt.Errorf("shape %v times %d x %d", x.shape, m.Depth, m.Columns)
	}
	shape := slices.Clone(x.shape)
	shape[len(shape)-1] = m.Columns
	y, err := s.plain(shape...)
	if err != nil {
		return value{}, err
	}
	src := &s.source
	src.Data, src.Stride, src.Depth, src.Offsets, src.Rows = x.data, m.Depth, m.Depth, append(src.Offsets[:0], 0), append(src.Rows[:0], 0)
	return y, s.multiply(m, y.data, m.Columns, src, len(x.data)/m.Depth, identity)
}

var identity = kernel.Identity()

func (dynamicProduct) run(s *Session, in []value) (value, error) {
	x, err := s.rowMajor(in[0])
	if err != nil {
		return value{}, err
	}
	defer s.put(x)
	w, err := s.rowMajor(in[1])
	if err != nil {
		return value{}, err
	}
	defer s.put(w)
	rank := len(x.shape)
	if rank < 2 || len(w.shape) != rank || !slices.Equal(x.shape[:rank-2], w.shape[:rank-2]) || x.shape[rank-1] != w.shape[rank-2] {
		return value{}, fmt.Errorf("shape %v times %v", x.shape, w.shape)
	}
	rows, depth, columns := x.shape[rank-2], x.shape[rank-1], w.shape[rank-1]
	shape := slices.Clone(x.shape)
	shape[rank-1] = columns
	y, err := s.plain(shape...)
	if err != nil {
		return value{}, err
	}
	src := &s.source
	src.Stride, src.Depth, src.Offsets, src.Rows = depth, depth, append(src.Offsets[:0], 0), append(src.Rows[:0], 0)
	for i := range elements(shape[:rank-2]) {
		s.matrix.Pack(depth, columns, w.data[i*depth*columns:(i+1)*depth*columns], columns, nil)
		src.Data = x.data[i*rows*depth : (i+1)*rows*depth]
		if err := s.multiply(&s.matrix, y.data[i*rows*columns:(i+1)*rows*columns], columns, src, rows, identity); err != nil {
			return value{}, err
		}
	}
	return y, nil
}

// A softmax is e^x over the sum of e^x, along the last axis.
type softmax struct{ axis int }

func newSoftmax(_ *graph, n *node) (operator, error) { return &softmax{n.integer("axis", 1)}, nil }

func (m *softmax) run(s *Session, in []value) (value, error) {
	axis, err := axisOf(m.axis, len(in[0].shape))
	if err != nil {
		return value{}, err
	}
	if axis != len(in[0].shape)-1 {
		return value{}, fmt.Errorf("axis %d of %v is not the last", axis, in[0].shape)
	}
	y, err := s.overwritable(in[0])
	if err != nil {
		return value{}, err
	}
	kernel.Softmax(y.data, y.shape[axis])
	return y, nil
}

// overwritable returns the running step's first input in row-major order, itself if nobody else takes
// it, or else a copy.
func (s *Session) overwritable(v value) (value, error) {
	if !v.last {
		if y, ok := s.inPlace(0, v); ok {
			return y, nil
		}
	}
	x, err := s.rowMajor(v)
	if err != nil || x.buf != v.buf {
		return x, err // a picture, which was laid out anew
	}
	defer s.put(x)
	y, err := s.plain(x.shape...)
	if err == nil {
		copy(y.data, x.data)
	}
	return y, err
}

// A reduceMean is the mean along the last axis, which stays with size 1.
type reduceMean struct{}

func newReduceMean(_ *graph, n *node) (operator, error) {
	if !slices.Equal(n.ints("axes"), []int{-1}) || n.integer("keepdims", 1) != 1 {
		return nil, unsupported(n, "other than the last axis, kept")
	}
	return reduceMean{}, nil
}

func (reduceMean) run(s *Session, in []value) (value, error) {
	x, err := s.rowMajor(in[0])
	if err != nil {
		return value{}, err
	}
	defer s.put(x)
	shape := slices.Clone(x.shape)
	if len(shape) == 0 {
		return value{}, fmt.Errorf("a mean of one value")
	}
	width := shape[len(shape)-1]
	shape[len(shape)-1] = 1
	y, err := s.plain(shape...)
	if err != nil {
		return value{}, err
	}
	for i := range y.data {
		y.data[i] = float32(mean(x.data[i*width : (i+1)*width]))
	}
	return y, nil
}

func mean(x []float32) float64 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v)
	}
	return sum / float64(len(x))
}

// A layerNorm brings the values along the last axis to mean 0 and variance 1, then scales and
// shifts them (Ba, Kiros, Hinton, Layer Normalization, 2016).
type layerNorm struct {
	scale, shift []float32
	epsilon      float64
}

func newLayerNorm(_ *graph, n *node) (operator, error) {
	return &layerNorm{n.scale, n.shift, float64(n.epsilon)}, nil
}

func (l *layerNorm) run(s *Session, in []value) (value, error) {
	x, err := s.rowMajor(in[0])
	if err != nil {
		return value{}, err
	}
	defer s.put(x)
	width := len(l.scale)
	if len(x.shape) == 0 || x.shape[len(x.shape)-1] != width {
		return value{}, fmt.Errorf("shape %v, the weights are for %d", x.shape, width)
	}
	y, err := s.plain(x.shape...)
	if err != nil {
		return value{}, err
	}
	for at := 0; at < len(x.data); at += width {
		from, to := x.data[at:at+width], y.data[at:at+width]
		m := mean(from)
		sum := 0.0
		for _, v := range from {
			sum += (float64(v) - m) * (float64(v) - m)
		}
		f := 1 / math.Sqrt(sum/float64(width)+l.epsilon)
		for i, v := range from {
			to[i] = float32((float64(v)-m)*f)*l.scale[i] + l.shift[i]
		}
	}
	return y, nil
}
