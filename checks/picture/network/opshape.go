package network

import (
	"fmt"
	"slices"
)

// axisOf turns an axis that may be counted from the end into one counted from the beginning.
func axisOf(axis, rank int) (int, error) {
	if axis < 0 {
		axis += rank
	}
	if axis < 0 || axis >= rank {
		return 0, fmt.Errorf("there is no axis %d in %d dimensions", axis, rank)
	}
	return axis, nil
}

// A shapeOf gives the sizes of a value.
type shapeOf struct{}

func newShape(*graph, *node) (operator, error) { return shapeOf{}, nil }

func (shapeOf) run(s *Session, in []value) (value, error) {
	y, err := s.plain(len(in[0].shape))
	if err != nil {
		return value{}, err
	}
	for i, d := range in[0].shape {
		y.data[i] = float32(d)
	}
	return y, nil
}

// A slice cuts a range out of some axes; attributes, as up to operator set 9.
type slice struct{ axes, starts, ends []int }

func newSlice(_ *graph, n *node) (operator, error) {
	starts, ends := n.ints("starts"), n.ints("ends")
	if len(n.inputs) != 1 || len(starts) == 0 {
		return nil, unsupported(n, "computed ranges")
	}
	axes := n.ints("axes")
	if axes == nil {
		for i := range starts {
			axes = append(axes, i)
		}
	}
	if len(ends) != len(starts) || len(axes) != len(starts) {
		return nil, malformed("Slice (%s) has ranges of different lengths", n.name)
	}
	return &slice{axes, starts, ends}, nil
}

func (c *slice) run(s *Session, in []value) (value, error) {
	x, err := s.rowMajor(in[0])
	if err != nil {
		return value{}, err
	}
	defer s.put(x)
	shape, begin := slices.Clone(x.shape), make([]int, len(x.shape))
	for i, axis := range c.axes {
		axis, err := axisOf(axis, len(shape))
		if err != nil {
			return value{}, err
		}
		d := x.shape[axis]
		place := func(v int) int {
			if v < 0 {
				v += d
			}
			return max(0, min(v, d))
		}
		begin[axis] = place(c.starts[i])
		shape[axis] = place(c.ends[i]) - begin[axis]
	}
	y, err := s.plain(shape...)
	if err != nil {
		return value{}, err
	}
	from := steps(x.shape, x.shape)
	walk(shape, func(k int, at []int) {
		i := 0
		for d, p := range at {
			i += (p + begin[d]) * from[d]
		}
		y.data[k] = x.data[i]
	})
	return y, nil
}

// A squeeze takes axes of size 1 away; attribute, as up to operator set 12.
type squeeze struct{ axes []int }

func newSqueeze(_ *graph, n *node) (operator, error) {
	axes := n.ints("axes")
	if len(n.inputs) != 1 || len(axes) == 0 {
		return nil, unsupported(n, "axes that are not named")
	}
	return &squeeze{axes}, nil
}

func (q *squeeze) run(s *Session, in []value) (value, error) {
	gone := map[int]bool{}
	for _, axis := range q.axes {
		axis, err := axisOf(axis, len(in[0].shape))
		if err != nil {
			return value{}, err
		}
		gone[axis] = true
	}
	var shape []int
	for i, d := range in[0].shape {
		if !gone[i] {
			shape = append(shape, d)
		} else if d != 1 {
			return value{}, fmt.Errorf("axis %d of %v is not of size 1", i, in[0].shape)
		}
	}
	x, err := s.rowMajor(in[0])
	if err != nil {
		return value{}, err
	}
	defer s.put(x)
	return share(x, shape), nil
}

// A reshape gives the same values in another shape: 0 keeps a size, -1 is what is left.
type reshape struct{}

func newReshape(_ *graph, n *node) (operator, error) {
	if len(n.inputs) != 2 {
		return nil, malformed("Reshape (%s) with %d operands", n.name, len(n.inputs))
	}
	return reshape{}, nil
}

func (reshape) run(s *Session, in []value) (value, error) {
	if len(in[1].data) > maxDimensions {
		return value{}, fmt.Errorf("a shape of %d dimensions", len(in[1].data))
	}
	shape, rest, known := make([]int, len(in[1].data)), -1, 1
	for i, v := range in[1].data {
		d := int(v)
		switch {
		case d == 0 && i < len(in[0].shape):
			d = in[0].shape[i]
		case d == -1 && rest < 0:
			rest = i
			continue
		}
		if d < 1 || d > maxElements || known > maxElements/d {
			return value{}, fmt.Errorf("impossible shape %v", in[1].data)
		}
		shape[i] = d
		known *= d
	}
	total := elements(in[0].shape)
	if rest >= 0 {
		shape[rest] = total / known
		known *= shape[rest]
	}
	if known != total {
		return value{}, fmt.Errorf("shape %v for %d values", in[1].data, total)
	}
	x, err := s.rowMajor(in[0])
	if err != nil {
		return value{}, err
	}
	defer s.put(x)
	return share(x, shape), nil
}

// A transpose reorders the axes.
type transpose struct{ order []int }

func newTranspose(_ *graph, n *node) (operator, error) {
	order := n.ints("perm")
	for i := range order {
		if !slices.Contains(order, i) {
			return nil, malformed("Transpose (%s) has the order %v", n.name, order)
		}
	}
	if len(order) == 0 {
		return nil, unsupported(n, "no order")
	}
	return &transpose{order}, nil
}

func (t *transpose) run(s *Session, in []value) (value, error) {
	if len(t.order) != len(in[0].shape) {
		return value{}, fmt.Errorf("order %v for shape %v", t.order, in[0].shape)
	}
	shape := make([]int, len(t.order))
	for i, axis := range t.order {
		shape[i] = in[0].shape[axis]
	}
	if in[0].last && slices.Equal(t.order, []int{0, 2, 3, 1}) && pitch(in[0].shape[1]) == in[0].shape[1] {
		x := share(in[0], shape) // as it lies already
		x.last = false
		return x, nil
	}
	x, err := s.rowMajor(in[0])
	if err != nil {
		return value{}, err
	}
	defer s.put(x)
	y, err := s.plain(shape...)
	if err != nil {
		return value{}, err
	}
	from := steps(x.shape, x.shape)
	walk(shape, func(k int, at []int) {
		i := 0
		for d, p := range at {
			i += p * from[t.order[d]]
		}
		y.data[k] = x.data[i]
	})
	return y, nil
}
