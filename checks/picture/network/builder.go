package network

import "fmt"

// A Builder makes a network of one picture after another by hand, for models that are not ONNX
// files. Each method adds an operator on the result of the last one.
type Builder struct {
	model model
	last  string
	err   error
}

// NewBuilder begins a network whose input is a picture.
func NewBuilder() *Builder {
	return &Builder{model: model{opset: 11, weights: map[string]*Tensor{}, inputs: []string{"input"}}, last: "input"}
}

func (b *Builder) add(op string, attributes map[string]attribute, operands ...*Tensor) *Builder {
	n := &node{op: op, name: fmt.Sprint(len(b.model.nodes)), inputs: []string{b.last}, attributes: attributes}
	for i, t := range operands {
		if t == nil {
			continue
		}
		if elements(t.Shape) != len(t.Data) && b.err == nil {
			b.err = malformed("operator %s, operand %d: %d values for the shape %v", n.name, i, len(t.Data), t.Shape)
		}
		name := fmt.Sprintf("%s.%d", n.name, i)
		b.model.weights[name] = t
		n.inputs = append(n.inputs, name)
	}
	b.last = "result " + n.name
	n.outputs = []string{b.last}
	b.model.nodes = append(b.model.nodes, n)
	return b
}

func whole64(v ...int) []int64 {
	out := make([]int64, len(v))
	for i, x := range v {
		out[i] = int64(x)
	}
	return out
}

// Conv adds a convolution of stride 1 with weights [out, in/groups, height, width], padded with pad
// zeros on each side; bias may be nil.
func (b *Builder) Conv(weights, bias *Tensor, groups, pad int) *Builder {
	return b.add("Conv", map[string]attribute{"group": {int: int64(groups)}, "pads": {ints: whole64(pad, pad, pad, pad)}}, weights, bias)
}

// LeakyReLU adds max(x, slope*x).
func (b *Builder) LeakyReLU(slope float32) *Builder {
	return b.add("LeakyRelu", map[string]attribute{"alpha": {float: slope}})
}

// MaxPool adds the maximum of each 2 x 2 pixels at the stride given; at the lower and right edge of
// a picture of odd size, of those there are.
func (b *Builder) MaxPool(stride int) *Builder {
	return b.add("MaxPool", map[string]attribute{"kernel_shape": {ints: whole64(2, 2)}, "strides": {ints: whole64(stride, stride)},
		"pads": {ints: whole64(0, 0, 1, 1)}})
}

// Network makes the network ready to run.
func (b *Builder) Network() (*Network, error) {
	if b.err != nil {
		return nil, b.err
	}
	b.model.outputs = []string{b.last}
	return compile(&b.model)
}
