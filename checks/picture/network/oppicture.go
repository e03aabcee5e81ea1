package network

import (
	"fmt"
	"math"

	"dossier/checks/picture/network/kernel"
)

// A globalAverage is the mean over the picture, for each channel.
type globalAverage struct{}

func newGlobalAverage(*graph, *node) (operator, error) { return globalAverage{}, nil }

func (globalAverage) run(s *Session, in []value) (value, error) {
	x, err := s.channelsLast(in[0])
	if err != nil {
		return value{}, err
	}
	defer s.put(x)
	c, h, w := x.shape[1], x.shape[2], x.shape[3]
	y, err := s.picture(c, 1, 1)
	if err != nil {
		return value{}, err
	}
	// Rows are summed in float32 and the rows' sums in float64: a million values added up in
	// float32 would lose four digits.
	p := pitch(c)
	total := make([]float64, p)
	for row := range h {
		clear(y.data)
		kernel.SumRows(y.data, x.data[row*w*p:(row+1)*w*p])
		for i, v := range y.data {
			total[i] += float64(v)
		}
	}
	for i := range y.data {
		y.data[i] = float32(total[i] / float64(h*w))
	}
	return y, nil
}

// A pool is the mean or the maximum under a window. Padding takes no part in either.
type pool struct {
	window
	average bool
}

func newPool(_ *graph, n *node) (operator, error) {
	w, err := readWindow(n, 0, 0)
	if err != nil {
		return nil, err
	}
	p := &pool{w, n.op == "AveragePool"}
	if p.average && n.integer("count_include_pad", 0) != 0 && w.top+w.left+w.bottom+w.after > 0 {
		return nil, unsupported(n, "padding that counts")
	}
	return p, nil
}

func (p *pool) run(s *Session, in []value) (value, error) {
	x, err := s.channelsLast(in[0])
	if err != nil {
		return value{}, err
	}
	defer s.put(x)
	c, h, w := x.shape[1], x.shape[2], x.shape[3]
	oh, ow, err := p.size(h, w)
	if err != nil {
		return value{}, err
	}
	y, err := s.picture(c, oh, ow)
	if err != nil {
		return value{}, err
	}
	begin := float32(math.Inf(-1))
	if p.average {
		begin = 0
	}
	each := pitch(c)
	for row := range oh {
		y0, y1 := inside(row*p.down-p.top, p.height, h)
		for column := range ow {
			x0, x1 := inside(column*p.right-p.left, p.width, w)
			to := y.data[(row*ow+column)*each:][:each]
			for i := range to {
				to[i] = begin
			}
			for ky := y0; ky < y1; ky++ {
				for kx := x0; kx < x1; kx++ {
					from := x.data[((row*p.down-p.top+ky)*w+column*p.right-p.left+kx)*each:][:each]
					if p.average {
						kernel.Add(to, to, from)
						continue
					}
					for i, v := range from {
						to[i] = max(to[i], v)
					}
				}
			}
			if p.average {
				n := float32((y1 - y0) * (x1 - x0))
				for i := range to {
					to[i] /= n
				}
			}
		}
	}
	return y, nil
}

// A resize repeats every pixel a whole number of times in both directions: nearest neighbour.
type resize struct{ down, right int }

func newResize(g *graph, n *node) (operator, error) {
	// Operands up to operator set 10: x, scales; from 11 on: x, roi, scales, sizes.
	scales := g.weight(n, 2)
	if len(n.inputs) == 2 {
		scales = g.weight(n, 1)
	}
	mode, how, rounding := n.attributes["mode"].text, n.attributes["coordinate_transformation_mode"].text, n.attributes["nearest_mode"].text
	if scales == nil || len(scales.Data) != 4 || len(n.inputs) > 3 {
		return nil, unsupported(n, "other than four constant scales")
	}
	if mode != "nearest" || g.opset > 10 && (how != "asymmetric" || rounding != "floor") {
		return nil, unsupported(n, "mode %s, %s, %s", mode, how, rounding)
	}
	d, r := scales.Data[2], scales.Data[3]
	if scales.Data[0] != 1 || scales.Data[1] != 1 || d != float32(int(d)) || r != float32(int(r)) || d < 1 || r < 1 || d > 64 || r > 64 {
		return nil, unsupported(n, "scales %v", scales.Data)
	}
	return &resize{int(d), int(r)}, nil
}

func (z *resize) run(s *Session, in []value) (value, error) {
	x, err := s.channelsLast(in[0])
	if err != nil {
		return value{}, err
	}
	defer s.put(x)
	c, h, w := x.shape[1], x.shape[2], x.shape[3]
	y, err := s.picture(c, h*z.down, w*z.right)
	if err != nil {
		return value{}, err
	}
	p := pitch(c)
	line := w * z.right * p
	for row := range h {
		first := y.data[row*z.down*line:][:line]
		at := 0
		for column := range w {
			from := x.data[(row*w+column)*p:][:p]
			for range z.right {
				copy(first[at:], from)
				at += p
			}
		}
		for i := 1; i < z.down; i++ {
			copy(y.data[(row*z.down+i)*line:], first)
		}
	}
	return y, nil
}

// An addResized adds a picture that is resized on the way: x + resize(y), which needs no memory for
// the resized picture.
type addResized struct{ resize }

func newAddResized(_ *graph, n *node) (operator, error) {
	return &addResized{resize{n.integer("down", 1), n.integer("right", 1)}}, nil
}

func (a *addResized) run(s *Session, in []value) (value, error) {
	x, y := in[0], in[1]
	if len(x.shape) != 4 || len(y.shape) != 4 || x.shape[1] != y.shape[1] || x.shape[2] != y.shape[2]*a.down || x.shape[3] != y.shape[3]*a.right {
		return value{}, fmt.Errorf("shapes %v and %v resized do not fit together", x.shape, y.shape)
	}
	z, err := s.like(x)
	if err != nil {
		return value{}, err
	}
	if x, err = s.channelsLast(x); err != nil {
		return value{}, err
	}
	defer s.put(x)
	if y, err = s.channelsLast(y); err != nil {
		return value{}, err
	}
	defer s.put(y)
	h, w, p := x.shape[2], x.shape[3], pitch(x.shape[1])
	for row := range h {
		for column := range w {
			at := (row*w + column) * p
			from := (row/a.down*y.shape[3] + column/a.right) * p
			kernel.Add(z.data[at:at+p], x.data[at:at+p], y.data[from:from+p])
		}
	}
	return z, nil
}

// A concat joins values along an axis.
type concat struct{ axis int }

func newConcat(_ *graph, n *node) (operator, error) {
	return &concat{n.integer("axis", 1)}, nil
}

func (c *concat) run(s *Session, in []value) (value, error) {
	pictures := true
	for _, v := range in {
		pictures = pictures && v.last
	}
	axis, err := axisOf(c.axis, len(in[0].shape))
	if err != nil {
		return value{}, err
	}
	shape := append([]int{}, in[0].shape...)
	shape[axis] = 0
	for _, v := range in {
		if len(v.shape) != len(shape) {
			return value{}, fmt.Errorf("shapes %v and %v do not fit together", in[0].shape, v.shape)
		}
		for i, d := range v.shape {
			if i != axis && d != shape[i] {
				return value{}, fmt.Errorf("shapes %v and %v do not fit together", in[0].shape, v.shape)
			}
		}
		shape[axis] += v.shape[axis]
	}
	if pictures && axis == 1 {
		return c.channels(s, in, shape)
	}
	y, err := s.plain(shape...)
	if err != nil {
		return value{}, err
	}
	outer, inner := elements(shape[:axis]), elements(shape[axis+1:])
	at := 0
	for _, v := range in {
		x, err := s.rowMajor(v)
		if err != nil {
			return value{}, err
		}
		n := v.shape[axis] * inner
		for i := range outer {
			copy(y.data[i*shape[axis]*inner+at:], x.data[i*n:(i+1)*n])
		}
		at += n
		s.put(x)
	}
	return y, nil
}

// channels joins the channels of pictures.
func (c *concat) channels(s *Session, in []value, shape []int) (value, error) {
	y, err := s.picture(shape[1], shape[2], shape[3])
	if err != nil {
		return value{}, err
	}
	p, at := pitch(shape[1]), 0
	if p != shape[1] {
		clear(y.data)
	}
	for _, v := range in {
		n, q := v.shape[1], pitch(v.shape[1])
		for i := range shape[2] * shape[3] {
			copy(y.data[i*p+at:][:n], v.data[i*q:])
		}
		at += n
	}
	return y, nil
}

// A normalisation is a batch normalisation that no convolution took up.
type normalisation struct{ scale, shift []float32 }

func newNormalisation(g *graph, n *node) (operator, error) {
	w := g.weight(n, 1)
	if w == nil {
		return nil, unsupported(n, "computed weights")
	}
	scale, shift, ok := g.normalisation(n, len(w.Data))
	if !ok {
		return nil, unsupported(n, "weights of different lengths")
	}
	return &normalisation{scale, shift}, nil
}

func (b *normalisation) run(s *Session, in []value) (value, error) {
	x, err := s.channelsLast(in[0])
	if err != nil {
		return value{}, err
	}
	defer s.put(x)
	c := x.shape[1]
	if c != len(b.scale) {
		return value{}, fmt.Errorf("%d channels, the weights are for %d", c, len(b.scale))
	}
	y, err := s.picture(c, x.shape[2], x.shape[3])
	if err != nil {
		return value{}, err
	}
	p := pitch(c)
	clear(y.data)
	for at := 0; at < len(x.data); at += p {
		for i := range c {
			y.data[at+i] = x.data[at+i]*b.scale[i] + b.shift[i]
		}
	}
	return y, nil
}
