package network

import (
	"encoding/binary"
	"fmt"
	"math"

	"dossier/checks"
	"dossier/checks/picture/network/kernel"
)

// Limits of the reader. The largest model that Dossier carries has 11 MB, 900 nodes and tensors of
// at most four dimensions; the limits leave room and keep a hostile file from asking for memory
// out of proportion to its length.
const (
	maxModelBytes  = 64 << 20
	maxNodes       = 4096
	maxListed      = 64      // inputs, outputs or attributes of one node
	maxName        = 512     // bytes
	maxDimensions  = 6       // of a tensor
	maxElements    = 8 << 20 // of a tensor in the file
	maxTensors     = 8192
	maxTotalFloats = 16 << 20 // of all tensors of a file together
)

// A model is an ONNX file as read: field names and numbers follow onnx.proto
// (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
type model struct {
	opset   int64
	nodes   []*node
	weights map[string]*Tensor // initializers and Constant nodes
	inputs  []string           // without those that are weights
	outputs []string
}

// A node is one operator of the graph.
type node struct {
	op         string
	name       string
	inputs     []string // "" for one left out
	outputs    []string
	attributes map[string]attribute

	// What fuse adds.
	act          *kernel.Activation // of a convolution
	bias         []float32          // of a convolution or product, in place of operand 2
	scale, shift []float32          // of a LayerNorm
	epsilon      float32            // of a LayerNorm
	plus         float32            // added to the result of a HardSigmoid
}

// An attribute is a named constant of a node.
type attribute struct {
	float  float32
	int    int64
	text   string
	tensor *Tensor
	floats []float32
	ints   []int64
}

type reader struct {
	m      model
	floats int // elements of all tensors so far
}

// readModel reads an ONNX file. The error is a *checks.FormatError, *checks.LimitError or
// *checks.UnsupportedError.
func readModel(data []byte) (*model, error) {
	if len(data) > maxModelBytes {
		return nil, &checks.LimitError{What: "model", Value: int64(len(data)), Limit: maxModelBytes, Unit: "bytes"}
	}
	r := reader{m: model{weights: map[string]*Tensor{}}}
	whole := field{number: 0, wire: wireBytes, bytes: data}
	graphs := 0
	err := whole.each(func(f field) error {
		switch f.number {
		case 7: // graph
			if graphs++; graphs > 1 {
				return f.broken("two graphs")
			}
			return f.each(r.graph)
		case 8: // opset_import
			return f.each(r.opset)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if graphs == 0 {
		return nil, whole.broken("no graph")
	}
	if r.m.opset < 7 || r.m.opset > 13 {
		// Below 7 operators broadcast by an attribute; above 13 Softmax and others changed.
		return nil, &checks.UnsupportedError{Format: "onnx", Feature: fmt.Sprintf("operator set %d", r.m.opset)}
	}
	var inputs []string
	for _, name := range r.m.inputs {
		if r.m.weights[name] == nil {
			inputs = append(inputs, name)
		}
	}
	r.m.inputs = inputs
	return &r.m, nil
}

func (r *reader) opset(f field) (err error) {
	switch f.number {
	case 1: // domain
		domain, err := f.text(maxName)
		if err != nil {
			return err
		}
		if domain != "" && domain != "ai.onnx" {
			return &checks.UnsupportedError{Format: "onnx", Feature: fmt.Sprintf("operator domain %q", domain)}
		}
	case 2: // version
		r.m.opset, err = f.integer()
	}
	return err
}

func (r *reader) graph(f field) error {
	switch f.number {
	case 1: // node
		if len(r.m.nodes) >= maxNodes {
			return &checks.LimitError{What: "nodes in the model", Value: maxNodes + 1, Limit: maxNodes, Unit: "nodes"}
		}
		return r.node(f)
	case 5: // initializer
		t, name, err := r.tensor(f)
		if err != nil {
			return err
		}
		return r.weight(f, name, t)
	case 11, 12: // input, output
		name := ""
		err := f.each(func(g field) (err error) {
			if g.number == 1 {
				name, err = g.text(maxName)
			}
			return err
		})
		if err != nil {
			return err
		}
		to := &r.m.inputs
		if f.number == 12 {
			to = &r.m.outputs
		}
		if len(*to) >= maxTensors {
			return f.broken("too many inputs or outputs")
		}
		*to = append(*to, name)
	}
	return nil
}

func (r *reader) weight(f field, name string, t *Tensor) error {
	if name == "" || r.m.weights[name] != nil {
		return f.broken("tensor %q has no name of its own", name)
	}
	if len(r.m.weights) >= maxTensors {
		return f.broken("more than %d tensors", maxTensors)
	}
	r.m.weights[name] = t
	return nil
}

func (r *reader) node(f field) error {
	n := &node{attributes: map[string]attribute{}}
	err := f.each(func(g field) error {
		switch g.number {
		case 1, 2, 3, 4, 7:
			s, err := g.text(maxName)
			if err != nil {
				return err
			}
			switch g.number {
			case 1:
				n.inputs = append(n.inputs, s)
			case 2:
				n.outputs = append(n.outputs, s)
			case 3:
				n.name = s
			case 4:
				n.op = s
			case 7:
				if s != "" && s != "ai.onnx" {
					return &checks.UnsupportedError{Format: "onnx", Feature: fmt.Sprintf("operator domain %q", s)}
				}
			}
			if len(n.inputs) > maxListed || len(n.outputs) > maxListed {
				return g.broken("node %q has more than %d inputs or outputs", n.name, maxListed)
			}
		case 5:
			if len(n.attributes) >= maxListed {
				return g.broken("node %q has more than %d attributes", n.name, maxListed)
			}
			return r.attribute(g, n)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if n.op == "Constant" {
		t := n.attributes["value"].tensor
		if t == nil || len(n.outputs) != 1 {
			return f.broken("node %q is a constant without a tensor", n.name)
		}
		return r.weight(f, n.outputs[0], t)
	}
	r.m.nodes = append(r.m.nodes, n)
	return nil
}

func (r *reader) attribute(f field, n *node) error {
	var a attribute
	name := ""
	err := f.each(func(g field) (err error) {
		switch g.number {
		case 1:
			name, err = g.text(maxName)
		case 2:
			a.float, err = g.float()
		case 3:
			a.int, err = g.integer()
		case 4:
			a.text, err = g.text(maxName)
		case 5:
			a.tensor, _, err = r.tensor(g)
		case 7:
			a.floats, err = g.floats(a.floats, maxListed)
		case 8:
			a.ints, err = g.integers(a.ints, maxListed)
		case 6, 9, 10, 11:
			err = &checks.UnsupportedError{Format: "onnx", Feature: fmt.Sprintf("the kind of attribute %q of %s", name, n.op)}
		}
		return err
	})
	if err != nil {
		return err
	}
	if _, twice := n.attributes[name]; twice || name == "" {
		return f.broken("attribute %q has no name of its own", name)
	}
	n.attributes[name] = a
	return nil
}

// Data types of onnx.proto that are read.
const (
	typeFloat = 1
	typeInt32 = 6
	typeInt64 = 7
)

// tensor reads a TensorProto. Whole numbers are kept as float32, which holds every axis, shape and
// index a model may have exactly (up to 2^24); larger ones, such as "to the end" of a Slice, are
// clamped to +-2^24.
func (r *reader) tensor(f field) (*Tensor, string, error) {
	var (
		dims, ints []int64
		floats     []float32
		raw        []byte
		kind       int64
		name       string
		hasRaw     bool
	)
	err := f.each(func(g field) (err error) {
		switch g.number {
		case 1:
			dims, err = g.integers(dims, maxDimensions)
		case 2:
			kind, err = g.integer()
		case 4:
			floats, err = g.floats(floats, maxElements)
		case 5, 7:
			ints, err = g.integers(ints, maxElements)
		case 8:
			name, err = g.text(maxName)
		case 9:
			if g.wire != wireBytes {
				return g.broken("raw data is not bytes")
			}
			raw, hasRaw = g.bytes, true
		case 3, 6, 10, 11, 13, 14:
			if g.number == 14 && g.bits == 0 {
				return nil // data_location DEFAULT: in this file
			}
			err = &checks.UnsupportedError{Format: "onnx", Feature: "a tensor in segments, of strings or doubles, or outside the file"}
		}
		return err
	})
	if err != nil {
		return nil, "", err
	}
	shape := make([]int, len(dims))
	count := 1
	for i, d := range dims {
		if d < 0 || d > maxElements || (d > 0 && count > maxElements/int(d)) {
			return nil, "", f.broken("tensor %q has an impossible shape %v", name, dims)
		}
		shape[i] = int(d)
		count *= int(d)
	}
	if r.floats += count; r.floats > maxTotalFloats {
		return nil, "", &checks.LimitError{What: "numbers in the model", Value: int64(r.floats), Limit: maxTotalFloats, Unit: "numbers"}
	}
	width := map[int64]int{typeFloat: 4, typeInt32: 4, typeInt64: 8}[kind]
	if width == 0 {
		return nil, "", &checks.UnsupportedError{Format: "onnx", Feature: fmt.Sprintf("data type %d of tensor %q", kind, name)}
	}
	have := len(floats)
	if kind != typeFloat {
		have = len(ints)
	}
	if hasRaw {
		if len(raw)%width != 0 {
			return nil, "", f.broken("the data of tensor %q is cut off", name)
		}
		have = len(raw) / width
	}
	if have != count {
		return nil, "", f.broken("tensor %q has %d numbers, its shape %v wants %d", name, have, dims, count)
	}
	t := &Tensor{Shape: shape, Data: make([]float32, count)}
	for i := range t.Data {
		switch {
		case kind == typeFloat && hasRaw:
			t.Data[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		case kind == typeFloat:
			t.Data[i] = floats[i]
		case hasRaw && kind == typeInt32:
			t.Data[i] = whole(int64(int32(binary.LittleEndian.Uint32(raw[4*i:]))))
		case hasRaw:
			t.Data[i] = whole(int64(binary.LittleEndian.Uint64(raw[8*i:])))
		default:
			t.Data[i] = whole(ints[i])
		}
	}
	return t, name, nil
}

// whole turns an integer into the float32 nearest to it within +-2^24.
func whole(v int64) float32 { return float32(max(-1<<24, min(v, 1<<24))) }
