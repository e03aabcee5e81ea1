package network

import (
	"fmt"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/network/kernel"
)

// A value is what flows between operators. Its shape is always the one ONNX means, [1, channels,
// height, width] for a picture, but if last is set the data lies with its channels last: pixel
// after pixel, each with pitch(channels) values, of which those past the channels mean nothing and
// are finite.
type value struct {
	shape []int
	data  []float32
	last  bool
	buf   *buffer // nil: the caller's, or a weight
}

// A buffer is memory of the session's pool and the number of values that lie in it.
type buffer struct {
	data []float32
	uses int
}

// pitch is the distance between two pixels of a picture with that many channels: whole vectors,
// except for the few channels of colours and maps, which are not computed with in vectors.
func pitch(channels int) int {
	if channels <= 4 {
		return channels
	}
	return kernel.Round(channels)
}

// maxSessionBytes bounds the buffers of one session: 256 MiB. The largest run of the models here
// needs 80 MiB; a hostile graph stops here.
const maxSessionBytes = 256 << 20

// get returns a buffer of n values, whose content is undefined.
func (s *Session) get(n int) (*buffer, error) {
	best := -1
	for i, b := range s.free {
		if cap(b.data) >= n && (best < 0 || cap(b.data) < cap(s.free[best].data)) {
			best = i
		}
	}
	// A buffer more than twice as large as needed is better kept for what needs it.
	if best >= 0 && (cap(s.free[best].data) <= 2*n || n < 4096) {
		b := s.free[best]
		s.free = slices.Delete(s.free, best, best+1)
		b.data = b.data[:n]
		b.uses = 1
		return b, nil
	}
	for s.bytes+4*n > maxSessionBytes && len(s.free) > 0 {
		s.drop(len(s.free) - 1)
	}
	if n > maxSessionBytes/4 || s.bytes+4*n > maxSessionBytes {
		return nil, &checks.LimitError{What: "memory of the network", Value: int64(s.bytes) + 4*int64(n), Limit: maxSessionBytes, Unit: "bytes"}
	}
	s.bytes += 4 * n
	return &buffer{data: make([]float32, n), uses: 1}, nil
}

func (s *Session) drop(i int) {
	s.bytes -= 4 * cap(s.free[i].data)
	s.free = slices.Delete(s.free, i, i+1)
}

// put gives up one use of the value's memory.
func (s *Session) put(v value) {
	if v.buf == nil {
		return
	}
	if v.buf.uses--; v.buf.uses == 0 {
		s.free = append(s.free, v.buf)
	}
}

// plain makes a value of that shape in row-major order.
func (s *Session) plain(shape ...int) (value, error) {
	n, err := count(shape)
	if err != nil {
		return value{}, err
	}
	b, err := s.get(n)
	if err != nil {
		return value{}, err
	}
	return value{shape: slices.Clone(shape), data: b.data, buf: b}, nil
}

// picture makes a picture with its channels last.
func (s *Session) picture(channels, height, width int) (value, error) {
	n, err := count([]int{pitch(channels), height, width})
	if err != nil {
		return value{}, err
	}
	b, err := s.get(n)
	if err != nil {
		return value{}, err
	}
	return value{shape: []int{1, channels, height, width}, data: b.data, last: true, buf: b}, nil
}

// count multiplies a shape's sizes, which must be positive, without overflow.
func count(shape []int) (int, error) {
	n := 1
	for _, d := range shape {
		if d < 1 {
			return 0, fmt.Errorf("a tensor of shape %v is empty", shape)
		}
		if d > maxSessionBytes/4/n {
			return 0, &checks.LimitError{What: "tensor", Value: int64(n), Limit: maxSessionBytes / 4, Unit: "values"}
		}
		n *= d
	}
	return n, nil
}

// share returns the value under another shape of the same size, in the same memory.
func share(v value, shape []int) value {
	if v.buf != nil {
		v.buf.uses++
	}
	v.shape = shape
	return v
}

// inPlace returns input i of the running step, to be overwritten with a result of the same shape,
// if its memory is not needed for anything else: it dies with this step, and no other value lies there.
func (s *Session) inPlace(i int, v value) (value, bool) {
	if !s.dying[i] || v.buf == nil || v.buf.uses != 1 {
		return value{}, false
	}
	return share(v, v.shape), true
}

// like returns a picture with channels last of the shape of one of the two first inputs of the
// running step, in its place where that is allowed.
func (s *Session) like(in ...value) (value, error) {
	for i, v := range in {
		if !v.last {
			continue
		}
		if y, ok := s.inPlace(i, v); ok {
			return y, nil
		}
	}
	return s.picture(in[0].shape[1], in[0].shape[2], in[0].shape[3])
}

// channelsLast returns v as a picture with its channels last. The result is to be given up with put.
func (s *Session) channelsLast(v value) (value, error) {
	if v.last {
		return share(v, v.shape), nil
	}
	if len(v.shape) != 4 || v.shape[0] != 1 {
		return value{}, fmt.Errorf("a tensor of shape %v is not one picture", v.shape)
	}
	c, h, w := v.shape[1], v.shape[2], v.shape[3]
	out, err := s.picture(c, h, w)
	if err != nil {
		return value{}, err
	}
	p := pitch(c)
	if p != c {
		clear(out.data)
	}
	for i := range c {
		for j, x := range v.data[i*h*w : (i+1)*h*w] {
			out.data[j*p+i] = x
		}
	}
	return out, nil
}

// rowMajor returns v in row-major order. The result is to be given up with put.
func (s *Session) rowMajor(v value) (value, error) {
	if !v.last {
		return share(v, v.shape), nil
	}
	out, err := s.plain(v.shape...)
	if err != nil {
		return value{}, err
	}
	c, n := v.shape[1], v.shape[2]*v.shape[3]
	p := pitch(c)
	for i := range c {
		for j := range n {
			out.data[i*n+j] = v.data[j*p+i]
		}
	}
	return out, nil
}
