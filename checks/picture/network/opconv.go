package network

import (
	"fmt"

	"dossier/checks/picture/network/kernel"
)

// A window is how a filter moves over a picture.
type window struct {
	height, width            int // of the filter
	down, right              int // strides
	top, left, bottom, after int // padding
}

// readWindow reads the attributes of convolutions and pools.
func readWindow(n *node, height, width int) (w window, err error) {
	kernelShape, strides, pads := n.ints("kernel_shape", height, width), n.ints("strides", 1, 1), n.ints("pads", 0, 0, 0, 0)
	if len(kernelShape) != 2 || len(strides) != 2 || len(pads) != 4 {
		return w, unsupported(n, "a filter of other than two dimensions")
	}
	if n.attributes["auto_pad"].text != "" && n.attributes["auto_pad"].text != "NOTSET" || n.integer("ceil_mode", 0) != 0 {
		return w, unsupported(n, "automatic padding or rounding up")
	}
	for _, d := range n.ints("dilations", 1, 1) {
		if d != 1 {
			return w, unsupported(n, "dilation")
		}
	}
	w = window{kernelShape[0], kernelShape[1], strides[0], strides[1], pads[0], pads[1], pads[2], pads[3]}
	// Filters of the models have up to 5 x 5 values; a filter that lies wholly in the padding has
	// nothing to compute.
	if w.height < 1 || w.width < 1 || w.height > 32 || w.width > 32 || w.down < 1 || w.right < 1 || w.down > 32 || w.right > 32 {
		return w, malformed("%s has an impossible filter of %d x %d, strides %d and %d", n.op, w.width, w.height, w.right, w.down)
	}
	if min(w.top, w.left, w.bottom, w.after) < 0 || max(w.top, w.bottom) >= w.height || max(w.left, w.after) >= w.width {
		return w, unsupported(n, "padding of %v for a filter of %d x %d", pads, w.width, w.height)
	}
	return w, nil
}

// size returns the height and width of the result.
func (w window) size(height, width int) (h, v int, err error) {
	h = (height+w.top+w.bottom-w.height)/w.down + 1
	v = (width+w.left+w.after-w.width)/w.right + 1
	if height+w.top+w.bottom < w.height || width+w.left+w.after < w.width {
		return 0, 0, fmt.Errorf("a picture of %d x %d is smaller than the filter", width, height)
	}
	return h, v, nil
}

// inside returns the part [from, to) of a filter of size values that meets the picture, where
// begin is the place in the picture of its first value and length the size of the picture.
func inside(begin, size, length int) (from, to int) { return max(0, -begin), min(size, length-begin) }

// interior returns the outputs [from, to) of a row for which the whole filter meets the picture.
func (w window) interior(width, outputs int) (from, to int) {
	from = (w.left + w.right - 1) / w.right
	to = 0
	if width+w.left >= w.width {
		to = min(outputs, (width+w.left-w.width)/w.right+1)
	}
	if from > to {
		return 0, 0
	}
	return from, to
}

// A conv is a convolution over all channels: for each row of the result a product of the
// stretches of the picture under the rows of the filter with the weights. Channels lie last, so
// such a stretch is contiguous and neighbouring outputs' stretches overlap; nothing is copied.
type conv struct {
	window
	in, out int // channels
	act     *kernel.Activation
	weights *kernel.Matrix
}

func newConv(g *graph, n *node) (operator, error) {
	w := g.weight(n, 1)
	if w == nil || len(w.Shape) != 4 {
		return nil, unsupported(n, "computed weights or other than two dimensions")
	}
	win, err := readWindow(n, w.Shape[2], w.Shape[3])
	if err != nil {
		return nil, err
	}
	if win.height != w.Shape[2] || win.width != w.Shape[3] {
		return nil, malformed("the weights of Conv (%s) do not have the shape of its filter", n.name)
	}
	act := n.act
	if act == nil {
		act = kernel.Identity()
	}
	bias, err := g.bias(n, w.Shape[0])
	if err != nil {
		return nil, err
	}
	out, in, groups := w.Shape[0], w.Shape[1], n.integer("group", 1)
	if groups == out && in == 1 && groups > 1 {
		if out <= 4 {
			return nil, unsupported(n, "a depthwise filter of %d channels", out)
		}
		return &depthwise{win, out, act, kernel.NewDepthwise(out, win.height*win.width, w.Data, bias)}, nil
	}
	if groups != 1 {
		return nil, unsupported(n, "%d groups", groups)
	}
	taps := win.height * win.width
	each := pitch(in)
	if taps == 1 {
		each = in
	}
	if out < 1 || in < 1 {
		return nil, malformed("Conv (%s) has no weights", n.name)
	}
	packed := make([]float32, taps*each*out)
	for o := range out {
		for c := range in {
			for t := range taps {
				packed[(t*each+c)*out+o] = w.Data[(o*in+c)*taps+t]
			}
		}
	}
	return &conv{win, in, out, act, kernel.NewMatrix(taps*each, out, packed, bias)}, nil
}

// bias returns the bias of a convolution: fused, operand 2, or nil.
func (g *graph) bias(n *node, channels int) ([]float32, error) {
	if n.bias != nil {
		return n.bias, nil
	}
	if n.input(2) == "" {
		return nil, nil
	}
	b := g.weight(n, 2)
	if b == nil || len(b.Data) != channels {
		return nil, unsupported(n, "a computed bias or one of the wrong length")
	}
	return b.Data, nil
}

func (c *conv) run(s *Session, in []value) (value, error) {
	x, err := s.channelsLast(in[0])
	if err != nil {
		return value{}, err
	}
	defer s.put(x)
	if x.shape[1] != c.in {
		return value{}, fmt.Errorf("%d channels, the weights are for %d", x.shape[1], c.in)
	}
	height, width, p := x.shape[2], x.shape[3], pitch(c.in)
	oh, ow, err := c.size(height, width)
	if err != nil {
		return value{}, err
	}
	y, err := s.picture(c.out, oh, ow)
	if err != nil {
		return value{}, err
	}
	work := oh * ow * c.weights.Depth * c.out
	if pitch(c.out) < c.weights.Padded() {
		work = 0 // multiply takes memory of the session then
	}
	if c.height == 1 && c.width == 1 && c.down == 1 && c.right == 1 {
		return y, s.share(oh*ow, work, func(h *hand, from, to int) error {
			src := &h.source
			src.Data, src.Stride, src.Depth, src.Offsets, src.Rows = x.data[from*p:], p, c.in, append(src.Offsets[:0], 0), append(src.Rows[:0], 0)
			return s.multiply(c.weights, y.data[from*pitch(c.out):], pitch(c.out), src, to-from, c.act)
		})
	}
	return y, s.share(oh, work, func(h *hand, from, to int) error {
		for row := from; row < to; row++ {
			if err := c.row(s, &h.source, y, x, row); err != nil {
				return err
			}
		}
		return nil
	})
}

// row computes one row of the result.
func (c *conv) row(s *Session, src *kernel.Source, y, x value, row int) error {
	height, width, p := x.shape[2], x.shape[3], pitch(c.in)
	ow := y.shape[3]
	src.Data = x.data
	each := p // rows of the weights for one tap
	if c.height*c.width == 1 {
		each = c.in
	}
	first, last := c.interior(width, ow)
	top := row*c.down - c.top
	y0, y1 := inside(top, c.height, height)
	for at := 0; at < ow; at++ {
		n, from, to := 1, 0, c.width
		if at == first && last > first {
			n = last - first
		} else {
			from, to = inside(at*c.right-c.left, c.width, width)
		}
		src.Stride, src.Depth, src.Offsets, src.Rows = c.right*p, (to-from)*each, src.Offsets[:0], src.Rows[:0]
		for ky := y0; ky < y1; ky++ {
			src.Offsets = append(src.Offsets, ((top+ky)*width+at*c.right-c.left+from)*p)
			src.Rows = append(src.Rows, (ky*c.width+from)*each)
		}
		if err := s.multiply(c.weights, y.data[(row*ow+at)*pitch(c.out):], pitch(c.out), src, n, c.act); err != nil {
			return err
		}
		at += n - 1
	}
	return nil
}

// multiply multiplies into dst, whose rows may be too short for whole vectors; it then goes through
// a buffer.
func (s *Session) multiply(m *kernel.Matrix, dst []float32, stride int, src *kernel.Source, rows int, act *kernel.Activation) error {
	if stride >= m.Padded() {
		m.Multiply(dst, stride, src, rows, act)
		return nil
	}
	p := m.Padded()
	part := max(1, (64<<10)/p) // rows at a time: a quarter of a megabyte
	b, err := s.get(min(part, rows) * p)
	if err != nil {
		return err
	}
	whole := src.Data
	for from := 0; from < rows; from += part {
		n := min(part, rows-from)
		src.Data = whole[from*src.Stride:]
		m.Multiply(b.data, p, src, n, act)
		for i := range n {
			copy(dst[(from+i)*stride:], b.data[i*p:][:m.Columns])
		}
	}
	src.Data = whole
	s.put(value{buf: b})
	return nil
}

// A depthwise is a convolution of each channel by itself.
type depthwise struct {
	window
	channels int
	act      *kernel.Activation
	weights  *kernel.Depthwise
}

func (d *depthwise) run(s *Session, in []value) (value, error) {
	x, err := s.channelsLast(in[0])
	if err != nil {
		return value{}, err
	}
	defer s.put(x)
	if x.shape[1] != d.channels {
		return value{}, fmt.Errorf("%d channels, the weights are for %d", x.shape[1], d.channels)
	}
	oh, ow, err := d.size(x.shape[2], x.shape[3])
	if err != nil {
		return value{}, err
	}
	y, err := s.picture(d.channels, oh, ow)
	if err != nil {
		return value{}, err
	}
	return y, s.share(oh, oh*ow*d.height*d.width*d.channels, func(h *hand, from, to int) error {
		for row := from; row < to; row++ {
			d.row(h, y.data[row*ow*pitch(d.channels):], x, row, ow)
		}
		return nil
	})
}

// row computes one row of the result into y.
func (d *depthwise) row(h *hand, y []float32, x value, row, outputs int) {
	height, width, p := x.shape[2], x.shape[3], pitch(d.channels)
	top := row*d.down - d.top
	y0, y1 := inside(top, d.height, height)
	first, last := d.interior(width, outputs)
	for at := 0; at < outputs; at++ {
		n, from, to := 1, 0, d.width
		if at == first && last > first {
			n = last - first
		} else {
			from, to = inside(at*d.right-d.left, d.width, width)
		}
		h.taps = h.taps[:0]
		for ky := y0; ky < y1; ky++ {
			for kx := from; kx < to; kx++ {
				h.taps = append(h.taps, kernel.Tap{Index: ky*d.width + kx, Offset: ((top+ky)*width + kx) * p})
			}
		}
		d.weights.Row(y[at*p:(at+n)*p], x.data, (at*d.right-d.left)*p, d.right*p, n, h.taps, &h.offsets, d.act)
		at += n - 1
	}
}

// A transposedConv is a transposed convolution whose filter is as large as its stride, so that
// every output has one input: a product for each row of the filter, whose result is a row of the
// picture as it stands.
type transposedConv struct {
	height, width int
	in, out       int
	act           *kernel.Activation
	weights       []*kernel.Matrix // for each row of the filter
}

func newTransposedConv(g *graph, n *node) (operator, error) {
	w := g.weight(n, 1)
	if w == nil || len(w.Shape) != 4 || len(w.Data) == 0 {
		return nil, unsupported(n, "computed weights or other than two dimensions")
	}
	win, err := readWindow(n, w.Shape[2], w.Shape[3])
	if err != nil {
		return nil, err
	}
	if win != (window{height: w.Shape[2], width: w.Shape[3], down: w.Shape[2], right: w.Shape[3]}) || n.integer("group", 1) != 1 ||
		len(n.ints("output_padding")) != 0 || len(n.ints("output_shape")) != 0 {
		return nil, unsupported(n, "a filter of another size than its strides")
	}
	in, out := w.Shape[0], w.Shape[1]
	bias, err := g.bias(n, out)
	if err != nil {
		return nil, err
	}
	t := &transposedConv{win.height, win.width, in, out, n.act, nil}
	if t.act == nil {
		t.act = kernel.Identity()
	}
	p := pitch(out)
	for ky := range win.height {
		packed, biases := make([]float32, in*win.width*p), make([]float32, win.width*p)
		for kx := range win.width {
			copy(biases[kx*p:], bias)
			for c := range in {
				for o := range out {
					packed[c*win.width*p+kx*p+o] = w.Data[((c*out+o)*win.height+ky)*win.width+kx]
				}
			}
		}
		t.weights = append(t.weights, kernel.NewMatrix(in, win.width*p, packed, biases))
	}
	return t, nil
}

func (t *transposedConv) run(s *Session, in []value) (value, error) {
	x, err := s.channelsLast(in[0])
	if err != nil {
		return value{}, err
	}
	defer s.put(x)
	if x.shape[1] != t.in {
		return value{}, fmt.Errorf("%d channels, the weights are for %d", x.shape[1], t.in)
	}
	height, width := x.shape[2], x.shape[3]
	y, err := s.picture(t.out, height*t.height, width*t.width)
	if err != nil {
		return value{}, err
	}
	p, q := pitch(t.in), pitch(t.out)
	src := &s.source
	src.Stride, src.Depth, src.Offsets, src.Rows = p, t.in, append(src.Offsets[:0], 0), append(src.Rows[:0], 0)
	for row := range height {
		for ky, m := range t.weights {
			src.Data = x.data[row*width*p:]
			if err := s.multiply(m, y.data[(row*t.height+ky)*width*t.width*q:], t.width*q, src, width, t.act); err != nil {
				return value{}, err
			}
		}
	}
	return y, nil
}
