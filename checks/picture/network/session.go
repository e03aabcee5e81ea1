package network

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"dossier/checks/picture/network/kernel"
)

// A Network is a model made ready to run. It is not changed by running, and may be used by any
// number of sessions at once.
type Network struct {
	input string
	steps []step
	slots int
	in    int // slot of the input
	out   int // slot of the output
	fixed map[int]value
}

// A step is one operator with the slots of its operands.
type step struct {
	name    string // for errors: the ONNX operator and the value it makes
	op      operator
	inputs  []int // -1 for one left out
	output  int
	release []int // slots not needed after this step
}

// An operator computes one value. It must not keep or give up its inputs.
type operator interface {
	run(s *Session, in []value) (value, error)
}

// Load reads an ONNX file with one input and makes it ready: constants are computed, batch
// normalisation, scaling and activations go into the convolutions before them, and the weights are
// packed for the processor at hand. data is not kept. The error is a *checks.FormatError,
// *checks.LimitError or *checks.UnsupportedError.
func Load(data []byte) (*Network, error) {
	m, err := readModel(data)
	if err != nil {
		return nil, err
	}
	return compile(m)
}

// A Session holds the memory of one run after another of a network. It must not be used by two
// goroutines at a time.
type Session struct {
	// Threads is on how many processors large convolutions are computed; 0 is one. The results are
	// the same to the last bit.
	Threads int

	network *Network
	values  []value
	free    []*buffer
	bytes   int                 // of all buffers of this session
	matrix  kernel.Matrix       // for products of two computed matrices
	result  value               // of the last run
	dying   [maxListed + 1]bool // which inputs of the running step nobody takes any more
	hand
	others []hand
}

// A hand is what each of the goroutines that compute one step together needs for itself.
type hand struct {
	source  kernel.Source
	offsets []uintptr
	taps    []kernel.Tap
}

// sharedWork is the number of multiplications from which a step is shared among processors: about a tenth of
// a millisecond of one of them, ten times what handing it out takes.
const sharedWork = 1 << 22

// share computes the rows of a step, on several processors if there is enough to do. do must not take
// memory of the session.
func (s *Session) share(rows, work int, do func(h *hand, from, to int) error) error {
	n := min(s.Threads, rows)
	if n < 2 || work < sharedWork {
		return do(&s.hand, 0, rows)
	}
	for len(s.others) < n-1 {
		s.others = append(s.others, hand{})
	}
	errs := make([]error, n)
	part := func(i int) {
		defer func() {
			if p := recover(); p != nil { // as in run, which cannot see it
				errs[i] = fmt.Errorf("%v", p)
			}
		}()
		h := &s.hand
		if i > 0 {
			h = &s.others[i-1]
		}
		errs[i] = do(h, i*rows/n, (i+1)*rows/n)
	}
	var wait sync.WaitGroup
	for i := 1; i < n; i++ {
		wait.Go(func() { part(i) })
	}
	part(0)
	wait.Wait()
	return errors.Join(errs...)
}

// NewSession makes a session. It takes no memory before it runs.
func (n *Network) NewSession() *Session {
	return &Session{network: n, values: make([]value, n.slots)}
}

// Bytes is the memory that the session holds for its next run.
func (s *Session) Bytes() int { return s.bytes }

// Run computes the network's output for a tensor in row-major order. The result lies in the
// session's memory: it is valid until the next run.
func (s *Session) Run(ctx context.Context, input *Tensor) (*Tensor, error) {
	n, err := count(input.Shape)
	if err != nil {
		return nil, err
	}
	if n != len(input.Data) {
		return nil, fmt.Errorf("network: the input has %d values, its shape %v wants %d", len(input.Data), input.Shape, n)
	}
	return s.run(ctx, value{shape: input.Shape, data: input.Data})
}

// RunPicture computes the output for a picture of three channels, pixel after pixel, height x
// width x 3 values. The result is valid until the next run.
func (s *Session) RunPicture(ctx context.Context, height, width int, pixels []float32) (*Tensor, error) {
	n, err := count([]int{height, width, 3})
	if err != nil {
		return nil, err
	}
	if n != len(pixels) {
		return nil, fmt.Errorf("network: the picture has %d values, %d x %d pixels want %d", len(pixels), width, height, n)
	}
	return s.run(ctx, value{shape: []int{1, 3, height, width}, data: pixels, last: true})
}

func (s *Session) run(ctx context.Context, input value) (out *Tensor, err error) {
	net := s.network
	s.put(s.result)
	s.result = value{}
	// A graph is data, and the operators check what it asks of them. Should a combination of shapes
	// escape those checks, it is an error of the model and must not end the program.
	at := ""
	defer func() {
		if p := recover(); p != nil {
			out, err = nil, fmt.Errorf("network: %s: %v", at, p)
			s.values, s.result, s.free, s.bytes = make([]value, net.slots), value{}, nil, 0
		}
	}()
	defer func() {
		for i, v := range s.values {
			s.put(v)
			s.values[i] = value{}
		}
	}()
	for i, v := range net.fixed {
		s.values[i] = v
	}
	s.values[net.in] = input
	var in [maxListed + 1]value
	for _, st := range net.steps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		at = st.name
		for i, slot := range st.inputs {
			in[i] = value{}
			if slot >= 0 {
				in[i] = s.values[slot]
			}
			s.dying[i] = slices.Contains(st.release, slot)
		}
		v, err := st.op.run(s, in[:len(st.inputs)])
		if err != nil {
			return nil, fmt.Errorf("network: %s: %w", st.name, err)
		}
		s.values[st.output] = v
		for _, slot := range st.release {
			s.put(s.values[slot])
			s.values[slot] = value{}
		}
	}
	v, err := s.rowMajor(s.values[net.out])
	if err != nil {
		return nil, err
	}
	s.result = v
	return &Tensor{Shape: slices.Clone(v.shape), Data: v.data}, nil
}

// Trim gives memory back until the session holds at most that many bytes. The last result is not
// valid any more.
func (s *Session) Trim(bytes int) {
	s.put(s.result)
	s.result = value{}
	slices.SortFunc(s.free, func(a, b *buffer) int { return cap(a.data) - cap(b.data) })
	for s.bytes > bytes && len(s.free) > 0 {
		s.drop(len(s.free) - 1)
	}
}
