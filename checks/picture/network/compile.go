package network

import (
	"fmt"

	"dossier/checks"
)

// makers turn nodes into operators, by ONNX operator; those that are not here are not supported.
var makers map[string]func(*graph, *node) (operator, error)

func init() {
	makers = map[string]func(*graph, *node) (operator, error){
		"Conv": newConv, "ConvTranspose": newTransposedConv, "MatMul": newMatMul,
		"GlobalAveragePool": newGlobalAverage, "AveragePool": newPool, "MaxPool": newPool, "Resize": newResize, "AddResized": newAddResized,
		"Concat": newConcat, "BatchNormalization": newNormalisation, "LayerNorm": newLayerNorm,
		"Add": newPairwise, "Sub": newPairwise, "Mul": newPairwise, "Div": newPairwise, "Pow": newPairwise,
		"Relu": newUnary, "LeakyRelu": newUnary, "Sigmoid": newUnary, "HardSigmoid": newUnary, "HardSwish": newUnary,
		"Swish": newUnary, "Sqrt": newUnary, "Clip": newUnary, "Cast": newCast,
		"Softmax": newSoftmax, "ReduceMean": newReduceMean,
		"Shape": newShape, "Slice": newSlice, "Squeeze": newSqueeze, "Reshape": newReshape, "Transpose": newTranspose,
	}
}

// unsupported says which part of an operator is not computed here.
func unsupported(n *node, format string, args ...any) error {
	return &checks.UnsupportedError{Format: "onnx", Feature: fmt.Sprintf("%s (%s) with %s", n.op, n.name, fmt.Sprintf(format, args...))}
}

func malformed(format string, args ...any) error {
	return &checks.FormatError{Format: "onnx", Offset: -1, Reason: fmt.Sprintf(format, args...)}
}

// compile makes a model ready to run.
func compile(m *model) (*Network, error) {
	if len(m.inputs) != 1 || len(m.outputs) != 1 {
		return nil, &checks.UnsupportedError{Format: "onnx", Feature: fmt.Sprintf("a model with %d inputs and %d outputs", len(m.inputs), len(m.outputs))}
	}
	if err := sound(m); err != nil {
		return nil, err
	}
	g := newGraph(m)
	if err := g.fold(); err != nil {
		return nil, err
	}
	g.fuse()
	net := &Network{input: m.inputs[0], fixed: map[int]value{}}
	slots := map[string]int{}
	slot := func(name string) int {
		i, ok := slots[name]
		if !ok {
			i = len(slots)
			slots[name] = i
			if w := g.weights[name]; w != nil {
				net.fixed[i] = value{shape: w.Shape, data: w.Data}
			}
		}
		return i
	}
	net.in = slot(net.input)
	for _, n := range g.nodes {
		op, err := g.operator(n)
		if err != nil {
			return nil, err
		}
		st := step{name: n.op + " " + n.outputs[0], op: op}
		for _, in := range n.inputs {
			if in == "" {
				st.inputs = append(st.inputs, -1)
				continue
			}
			// Weights that an operator has packed are not operands any more.
			if g.weights[in] != nil && packs(op) {
				continue
			}
			st.inputs = append(st.inputs, slot(in))
		}
		st.output = slot(n.outputs[0])
		net.steps = append(net.steps, st)
	}
	net.out = slot(g.outputs[0])
	net.slots = len(slots)
	net.plan()
	return net, nil
}

// packs says that an operator holds its weights itself and takes only what is computed.
func packs(op operator) bool {
	switch op.(type) {
	case *conv, *depthwise, *transposedConv, *product, *normalisation, *resize, *unary:
		return true
	}
	return false
}

// operator makes the operator of one node.
func (g *graph) operator(n *node) (operator, error) {
	maker, ok := makers[n.op]
	if !ok {
		return nil, &checks.UnsupportedError{Format: "onnx", Feature: fmt.Sprintf("operator %s (%s)", n.op, n.name)}
	}
	return maker(g, n)
}

// sound checks that the nodes stand in order, that every value is made once, before it is taken,
// and that each node makes one value; the second of MaxPool and others is not computed here.
func sound(m *model) error {
	known := map[string]bool{m.inputs[0]: true}
	for name := range m.weights {
		known[name] = true
	}
	for _, n := range m.nodes {
		if len(n.inputs) == 0 || n.inputs[0] == "" {
			return malformed("node %s (%s) takes nothing", n.op, n.name)
		}
		for _, in := range n.inputs {
			if in != "" && !known[in] {
				return malformed("node %s (%s) takes %q, which nothing before it makes", n.op, n.name, in)
			}
		}
		if len(n.outputs) != 1 {
			return &checks.UnsupportedError{Format: "onnx", Feature: fmt.Sprintf("%s with %d results", n.op, len(n.outputs))}
		}
		if out := n.outputs[0]; out == "" || known[out] {
			return malformed("value %q is made twice", out)
		}
		known[n.outputs[0]] = true
	}
	if !known[m.outputs[0]] {
		return malformed("nothing makes the result %q", m.outputs[0])
	}
	return nil
}

// plan notes after which step each value is not needed any more.
func (n *Network) plan() {
	last := map[int]int{}
	for i, st := range n.steps {
		last[st.output] = i
		for _, in := range st.inputs {
			if in >= 0 {
				last[in] = i
			}
		}
	}
	for slot, i := range last {
		if slot != n.out {
			n.steps[i].release = append(n.steps[i].release, slot)
		}
	}
}

// fold computes what depends on weights only.
func (g *graph) fold() error {
	s := &Session{network: &Network{}}
	for again := true; again; {
		again = false
		for _, n := range g.nodes {
			if !g.allConstant(n) {
				continue
			}
			op, err := g.operator(n)
			if err != nil {
				return err
			}
			t, err := s.evaluate(g, n, op)
			if err != nil {
				return fmt.Errorf("network: %s: %w", n.op, err)
			}
			g.weights[n.outputs[0]] = t
			g.remove(n)
			again = true
			break
		}
	}
	return nil
}

func (g *graph) allConstant(n *node) bool {
	for _, in := range n.inputs {
		if in != "" && g.weights[in] == nil {
			return false
		}
	}
	return true
}

func (s *Session) evaluate(g *graph, n *node, op operator) (t *Tensor, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p) // see Session.run
		}
	}()
	var in []value
	for i, name := range n.inputs {
		if name == "" {
			in = append(in, value{})
		} else if w := g.weights[name]; i == 0 || !packs(op) {
			in = append(in, value{shape: w.Shape, data: w.Data})
		}
	}
	v, err := op.run(s, in)
	if err != nil {
		return nil, err
	}
	v, err = s.rowMajor(v)
	if err != nil {
		return nil, err
	}
	return &Tensor{Shape: v.shape, Data: v.data}, nil // the scratch session is thrown away, and its memory is the weight's
}
