package network

import (
	"fmt"
	"math"
	"slices"

	"dossier/checks/picture/network/kernel"
)

// A pairwise is an operator on two values whose shapes fit together: where one has a size of 1, or
// fewer dimensions, it is repeated.
type pairwise struct{ op string }

func newPairwise(_ *graph, n *node) (operator, error) {
	if len(n.inputs) != 2 || n.inputs[1] == "" {
		return nil, malformed("%s with %d operands", n.op, len(n.inputs))
	}
	return &pairwise{n.op}, nil
}

func (b *pairwise) of(x, y float32) float32 {
	switch b.op {
	case "Add":
		return x + y
	case "Sub":
		return x - y
	case "Mul":
		return x * y
	case "Div":
		return x / y
	}
	if y == 2 {
		return x * x
	}
	return float32(math.Pow(float64(x), float64(y)))
}

func (b *pairwise) run(s *Session, in []value) (value, error) {
	x, y := in[0], in[1]
	if x.last || y.last {
		if v, ok, err := b.pictures(s, x, y); ok || err != nil {
			return v, err
		}
	}
	x, err := s.rowMajor(x)
	if err != nil {
		return value{}, err
	}
	defer s.put(x)
	y, err = s.rowMajor(y)
	if err != nil {
		return value{}, err
	}
	defer s.put(y)
	rank := max(len(x.shape), len(y.shape))
	shape := make([]int, rank)
	for i := range shape {
		shape[i] = max(size(x.shape, i-rank), size(y.shape, i-rank))
	}
	if !fits(x.shape, shape) || !fits(y.shape, shape) {
		return value{}, fmt.Errorf("shapes %v and %v do not fit together", x.shape, y.shape)
	}
	z, err := s.plain(shape...)
	if err != nil {
		return value{}, err
	}
	if b.op == "Add" && len(x.data) == len(y.data) {
		kernel.Add(z.data, x.data, y.data)
		return z, nil
	}
	// Where an operand ends in the whole shape it repeats as a block; a single value is one of 1.
	if block(x.shape, shape) && block(y.shape, shape) {
		nx, ny := len(x.data), len(y.data)
		i, j := 0, 0
		for k := range z.data {
			z.data[k] = b.of(x.data[i], y.data[j])
			if i++; i == nx {
				i = 0
			}
			if j++; j == ny {
				j = 0
			}
		}
		return z, nil
	}
	sx, sy := steps(x.shape, shape), steps(y.shape, shape)
	walk(shape, func(k int, at []int) {
		i, j := 0, 0
		for d, p := range at {
			i += p * sx[d]
			j += p * sy[d]
		}
		z.data[k] = b.of(x.data[i], y.data[j])
	})
	return z, nil
}

// pictures computes what can be computed without leaving the order with channels last: sums,
// differences and products of pictures of one shape, and products with one number a channel.
// ok is false if it is not one of those.
func (b *pairwise) pictures(s *Session, x, y value) (v value, ok bool, err error) {
	if b.op != "Add" && b.op != "Mul" && b.op != "Sub" {
		return value{}, false, nil
	}
	if slices.Equal(x.shape, y.shape) {
		if v, err = s.like(x, y); err != nil {
			return value{}, false, err
		}
		if x, err = s.channelsLast(x); err != nil {
			return value{}, false, err
		}
		defer s.put(x)
		if y, err = s.channelsLast(y); err != nil {
			return value{}, false, err
		}
		defer s.put(y)
		if b.op == "Add" {
			kernel.Add(v.data, x.data, y.data)
			return v, true, nil
		}
		for i := range v.data {
			v.data[i] = b.of(x.data[i], y.data[i])
		}
		return v, true, nil
	}
	if b.op != "Mul" || !x.last || !y.last || x.shape[1] != y.shape[1] {
		return value{}, false, nil
	}
	first := 0
	if x.shape[2]*x.shape[3] == 1 {
		x, y, first = y, x, 1
	}
	if y.shape[2]*y.shape[3] != 1 {
		return value{}, false, nil
	}
	v, ok = s.inPlace(first, x)
	if !ok {
		if v, err = s.picture(x.shape[1], x.shape[2], x.shape[3]); err != nil {
			return value{}, false, err
		}
	}
	kernel.Scale(v.data, x.data, y.data)
	return v, true, nil
}

// size is the size of dimension i, counted from the end (-1 is the last); 1 before the first.
func size(shape []int, i int) int {
	if i += len(shape); i < 0 {
		return 1
	}
	return shape[i]
}

// fits says that a shape can be repeated to the whole.
func fits(shape, whole []int) bool {
	for i := -len(whole); i < 0; i++ {
		if d := size(shape, i); d != 1 && d != size(whole, i) {
			return false
		}
	}
	return true
}

// block says that a shape is the end of the whole, so that repeating it whole is repeating it.
func block(shape, whole []int) bool {
	for len(shape) > 0 && shape[0] == 1 {
		shape = shape[1:]
	}
	return len(shape) <= len(whole) && slices.Equal(shape, whole[len(whole)-len(shape):])
}

// steps returns how far apart in memory neighbours along each dimension of the whole are, 0 where
// the shape is repeated.
func steps(shape, whole []int) []int {
	out := make([]int, len(whole))
	n := 1
	for i := 1; i <= len(shape); i++ {
		if d := shape[len(shape)-i]; d != 1 {
			out[len(whole)-i] = n
			n *= d
		}
	}
	return out
}

// walk visits every place of a shape in row-major order.
func walk(shape []int, visit func(k int, at []int)) {
	at := make([]int, len(shape))
	for k := range elements(shape) {
		visit(k, at)
		for d := len(shape) - 1; d >= 0; d-- {
			if at[d]++; at[d] < shape[d] {
				break
			}
			at[d] = 0
		}
	}
}

// A unary is an operator on each value by itself.
type unary struct {
	op                string
	act               *kernel.Activation // Relu, LeakyRelu, HardSwish
	alpha, beta, plus float32            // HardSigmoid
	low, high         float32            // Clip
}

func newUnary(g *graph, n *node) (operator, error) {
	u := &unary{op: n.op}
	switch n.op {
	case "Relu":
		u.act = kernel.LeakyReLU(0)
	case "LeakyRelu":
		u.act = kernel.LeakyReLU(n.number("alpha", 0.01))
	case "HardSwish":
		u.act = kernel.HardSwish()
	case "HardSigmoid":
		u.alpha, u.beta, u.plus = n.number("alpha", 0.2), n.number("beta", 0.5), n.plus
	case "Clip":
		low, high, ok := g.bounds(n)
		if !ok {
			return nil, unsupported(n, "computed bounds")
		}
		u.low, u.high = low, high
	}
	return u, nil
}

func (u *unary) run(s *Session, in []value) (value, error) {
	b, err := s.get(len(in[0].data))
	if err != nil {
		return value{}, err
	}
	x, y := in[0], value{shape: in[0].shape, data: b.data, last: in[0].last, buf: b}
	switch u.op {
	case "Sigmoid":
		kernel.Sigmoid(y.data, x.data, false)
	case "Swish":
		kernel.Sigmoid(y.data, x.data, true)
	case "HardSigmoid":
		for i, v := range x.data {
			y.data[i] = min(max(u.alpha*v+u.beta, 0), 1) + u.plus
		}
	case "Clip":
		for i, v := range x.data {
			y.data[i] = min(max(v, u.low), u.high)
		}
	case "Sqrt":
		for i, v := range x.data {
			y.data[i] = float32(math.Sqrt(float64(v)))
		}
	default:
		for i, v := range x.data {
			y.data[i] = u.act.Of(v)
		}
	}
	return y, nil
}

// A cast turns values into whole numbers, or leaves them as they are.
type cast struct{ truncate bool }

func newCast(_ *graph, n *node) (operator, error) {
	switch n.integer("to", 0) {
	case typeFloat:
		return cast{}, nil
	case typeInt32, typeInt64:
		return cast{true}, nil
	}
	return nil, unsupported(n, "data type %d", n.integer("to", 0))
}

func (c cast) run(s *Session, in []value) (value, error) {
	if !c.truncate {
		return share(in[0], in[0].shape), nil
	}
	x, err := s.rowMajor(in[0])
	if err != nil {
		return value{}, err
	}
	defer s.put(x)
	y, err := s.plain(x.shape...)
	if err != nil {
		return value{}, err
	}
	for i, v := range x.data {
		y.data[i] = float32(math.Trunc(float64(v)))
	}
	return y, nil
}
