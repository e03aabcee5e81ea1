package network

import (
	"math"
	"slices"

	"dossier/checks/picture/network/kernel"
)

// fuse rewrites the graph into fewer, larger operators that compute the same. The order matters:
// patterns that exporters write for one function are named first, so that the convolutions can
// then take what follows them.
func (g *graph) fuse() {
	for _, rule := range []func(*node) bool{g.dropNothing, g.nameHardSwish, g.nameSwish, g.nameLayerNorm, g.addScaled, g.addWhileResizing} {
		g.everywhere(rule)
	}
	g.everywhere(g.takeFollower)
}

// everywhere applies a rule until it changes nothing any more.
func (g *graph) everywhere(rule func(*node) bool) {
	for changed := true; changed; {
		changed = false
		for _, n := range slices.Clone(g.nodes) {
			if slices.Contains(g.nodes, n) && rule(n) {
				changed = true
			}
		}
	}
}

// dropNothing removes a multiplication by one and an addition of zero.
func (g *graph) dropNothing(n *node) bool {
	v, x, ok := g.scalar(n)
	if !ok || !(n.op == "Mul" && v == 1 || n.op == "Div" && v == 1 || n.op == "Add" && v == 0) {
		return false
	}
	g.bypass(n, x)
	return true
}

// nameHardSwish finds x * clip(x + 3, 0, 6) / 6.
func (g *graph) nameHardSwish(n *node) bool {
	three, x, ok := g.scalar(n)
	if !ok || n.op != "Add" || three != 3 {
		return false
	}
	clip := g.only(n.outputs[0])
	if clip == nil || clip.op != "Clip" {
		return false
	}
	if low, high, ok := g.bounds(clip); !ok || low != 0 || high != 6 {
		return false
	}
	mul := g.only(clip.outputs[0])
	if mul == nil || mul.op != "Mul" || !pair(mul, x, clip.outputs[0]) {
		return false
	}
	div := g.only(mul.outputs[0])
	if div == nil || div.op != "Div" {
		return false
	}
	if six, y, ok := g.scalar(div); !ok || six != 6 || y != mul.outputs[0] {
		return false
	}
	g.replace([]*node{n, clip, mul, div}, &node{op: "HardSwish", inputs: []string{x}, outputs: div.outputs})
	return true
}

// bounds are the limits of a Clip: attributes up to operator set 10, operands from 11 on.
func (g *graph) bounds(n *node) (low, high float32, ok bool) {
	low, high = float32(math.Inf(-1)), float32(math.Inf(1))
	for i, to := range []*float32{&low, &high} {
		if name := n.input(i + 1); name != "" {
			w := g.weights[name]
			if w == nil || len(w.Data) != 1 {
				return 0, 0, false
			}
			*to = w.Data[0]
		}
	}
	return n.number("min", low), n.number("max", high), true
}

// pair says that n has the two operands, in whichever order.
func pair(n *node, a, b string) bool {
	return len(n.inputs) == 2 && (n.inputs[0] == a && n.inputs[1] == b || n.inputs[0] == b && n.inputs[1] == a)
}

// replace puts one node in the place of the last of several.
func (g *graph) replace(gone []*node, by *node) {
	g.nodes[slices.Index(g.nodes, gone[len(gone)-1])] = by
	g.remove(gone...)
}

// nameSwish finds x * sigmoid(x).
func (g *graph) nameSwish(n *node) bool {
	if n.op != "Sigmoid" {
		return false
	}
	mul := g.only(n.outputs[0])
	if mul == nil || mul.op != "Mul" || !pair(mul, n.inputs[0], n.outputs[0]) {
		return false
	}
	g.replace([]*node{n, mul}, &node{op: "Swish", inputs: n.inputs[:1], outputs: mul.outputs})
	return true
}

// nameLayerNorm finds (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon) * scale + shift over
// the last axis.
func (g *graph) nameLayerNorm(n *node) bool {
	lastMean := func(n *node) bool {
		return n != nil && n.op == "ReduceMean" && slices.Equal(n.ints("axes"), []int{-1}) && n.integer("keepdims", 1) == 1
	}
	if !lastMean(n) {
		return false
	}
	x := n.inputs[0]
	sub := g.only(n.outputs[0])
	if sub == nil || sub.op != "Sub" || sub.input(0) != x || len(g.takers[sub.outputs[0]]) != 2 {
		return false
	}
	pow, div := g.takers[sub.outputs[0]][0], g.takers[sub.outputs[0]][1]
	if pow == nil || pow.op != "Pow" {
		pow, div = div, pow
	}
	if pow == nil || pow.op != "Pow" || div == nil || div.op != "Div" {
		return false
	}
	if two := g.weight(pow, 1); two == nil || len(two.Data) != 1 || two.Data[0] != 2 || pow.input(0) != sub.outputs[0] {
		return false
	}
	mean := g.only(pow.outputs[0])
	if !lastMean(mean) {
		return false
	}
	add := g.only(mean.outputs[0])
	if add == nil || add.op != "Add" {
		return false
	}
	epsilon, _, ok := g.scalar(add)
	root := g.only(add.outputs[0])
	if !ok || root == nil || root.op != "Sqrt" || g.only(root.outputs[0]) != div || div.input(0) != sub.outputs[0] {
		return false
	}
	mul := g.only(div.outputs[0])
	if mul == nil || mul.op != "Mul" {
		return false
	}
	shift := g.only(mul.outputs[0])
	if shift == nil || shift.op != "Add" {
		return false
	}
	a, _ := g.constant(mul)
	b, _ := g.constant(shift)
	if a == nil || b == nil || len(a.Shape) != 1 || len(b.Shape) != 1 || len(a.Data) != len(b.Data) {
		return false
	}
	g.replace([]*node{n, sub, pow, mean, add, root, div, mul, shift},
		&node{op: "LayerNorm", inputs: []string{x}, outputs: shift.outputs, scale: a.Data, shift: b.Data, epsilon: epsilon})
	return true
}

// addScaled turns x + x*hardsigmoid(y) into x*(hardsigmoid(y) + 1), which passes over the picture once.
func (g *graph) addScaled(n *node) bool {
	if n.op != "HardSigmoid" || n.plus != 0 {
		return false
	}
	mul := g.only(n.outputs[0])
	if mul == nil || mul.op != "Mul" || len(mul.inputs) != 2 {
		return false
	}
	x := mul.inputs[0]
	if x == n.outputs[0] {
		x = mul.inputs[1]
	}
	add := g.only(mul.outputs[0])
	if add == nil || add.op != "Add" || !pair(add, x, mul.outputs[0]) {
		return false
	}
	n.plus = 1
	mul.outputs, add.outputs = add.outputs, nil
	g.nodes = slices.DeleteFunc(g.nodes, func(m *node) bool { return m == add })
	g.index()
	return true
}

// addWhileResizing joins a resize to the sum that alone takes its result.
func (g *graph) addWhileResizing(n *node) bool {
	if n.op != "Resize" {
		return false
	}
	add := g.only(n.outputs[0])
	if add == nil || add.op != "Add" || len(add.inputs) != 2 || add.inputs[0] == add.inputs[1] {
		return false
	}
	op, err := newResize(g, n)
	if err != nil {
		return false // it is said when the operator is made
	}
	x := add.inputs[0]
	if x == n.outputs[0] {
		x = add.inputs[1]
	}
	z := op.(*resize)
	g.replace([]*node{n, add}, &node{op: "AddResized", name: add.name, inputs: []string{x, n.inputs[0]}, outputs: add.outputs,
		attributes: map[string]attribute{"down": {int: int64(z.down)}, "right": {int: int64(z.right)}}})
	return true
}

// takeFollower lets a convolution or a product with a weight take up the one node that takes its
// result: a scaling, a shift or a batch normalisation goes into the weights, an activation into
// the convolution, and a scaling or shift by one number after that into the activation.
func (g *graph) takeFollower(n *node) bool {
	if n.op != "Conv" && n.op != "ConvTranspose" && n.op != "MatMul" {
		return false
	}
	f := g.only(n.outputs[0])
	if f == nil || len(f.outputs) != 1 {
		return false
	}
	if n.op == "MatMul" {
		w, b := g.weight(n, 1), (*Tensor)(nil)
		if f.op == "Add" {
			b, _ = g.constant(f)
		}
		if n.bias != nil || w == nil || b == nil || len(w.Shape) != 2 || len(b.Shape) != 1 || len(b.Data) != w.Shape[1] {
			return false
		}
		n.bias = b.Data
		return g.swallow(n, f)
	}
	w := g.weight(n, 1)
	if w == nil || len(w.Shape) != 4 {
		return false
	}
	channels := w.Shape[0]
	if n.op == "ConvTranspose" {
		channels = w.Shape[1]
	}
	if b := g.weight(n, 2); n.bias == nil && n.input(2) != "" && (b == nil || len(b.Data) != channels) {
		return false
	}
	switch f.op {
	case "Relu", "LeakyRelu", "HardSwish":
		if n.act != nil {
			return false
		}
		switch f.op {
		case "Relu":
			n.act = kernel.LeakyReLU(0)
		case "LeakyRelu":
			n.act = kernel.LeakyReLU(f.number("alpha", 0.01))
		default:
			n.act = kernel.HardSwish()
		}
		return g.swallow(n, f)
	case "Mul", "Add":
		c, _ := g.constant(f)
		if c == nil {
			return false
		}
		scale, shift := repeated(1, channels), repeated(0, channels)
		to := scale
		if f.op == "Add" {
			to = shift
		}
		switch {
		case len(c.Data) == 1:
			copy(to, repeated(c.Data[0], channels))
		case slices.Equal(c.Shape, []int{1, channels, 1, 1}), slices.Equal(c.Shape, []int{channels, 1, 1}):
			copy(to, c.Data)
		default:
			return false
		}
		if n.act == nil {
			g.scaleWeights(n, w, channels, scale, shift)
			return g.swallow(n, f)
		}
		if len(c.Data) != 1 {
			return false
		}
		n.act = n.act.Affine(scale[0], shift[0])
		return g.swallow(n, f)
	case "BatchNormalization":
		scale, shift, ok := g.normalisation(f, channels)
		if n.act != nil || !ok {
			return false
		}
		g.scaleWeights(n, w, channels, scale, shift)
		return g.swallow(n, f)
	}
	return false
}

// swallow lets n make what f made.
func (g *graph) swallow(n, f *node) bool {
	n.outputs = f.outputs
	g.nodes = slices.DeleteFunc(g.nodes, func(m *node) bool { return m == f })
	g.index()
	return true
}

func repeated(v float32, n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = v
	}
	return out
}

// normalisation returns the scale and shift of a batch normalisation.
func (g *graph) normalisation(n *node, channels int) (scale, shift []float32, ok bool) {
	var p [4][]float32 // scale, bias, mean, variance
	for i := range p {
		w := g.weight(n, i+1)
		if w == nil || len(w.Data) != channels {
			return nil, nil, false
		}
		p[i] = w.Data
	}
	scale, shift = make([]float32, channels), make([]float32, channels)
	epsilon := float64(n.number("epsilon", 1e-5))
	for c := range channels {
		s := float64(p[0][c]) / math.Sqrt(float64(p[3][c])+epsilon)
		scale[c] = float32(s)
		shift[c] = float32(float64(p[1][c]) - float64(p[2][c])*s)
	}
	return scale, shift, true
}

// scaleWeights multiplies the weights that make each channel, and its bias.
func (g *graph) scaleWeights(n *node, w *Tensor, channels int, scale, shift []float32) {
	out := &Tensor{Shape: w.Shape, Data: slices.Clone(w.Data)}
	each := w.Shape[2] * w.Shape[3] // values for one pair of channels
	for i := range out.Data {
		c := i / each % w.Shape[1] // ConvTranspose: [in, out, height, width]
		if n.op == "Conv" {
			c = i / each / w.Shape[1]
		}
		out.Data[i] *= scale[c]
	}
	if n.bias == nil {
		n.bias = repeated(0, channels)
		if b := g.weight(n, 2); b != nil {
			copy(n.bias, b.Data)
		}
		n.inputs = n.inputs[:2]
	}
	bias := make([]float32, channels)
	for c := range bias {
		bias[c] = n.bias[c]*scale[c] + shift[c]
	}
	n.bias = bias
	// Another node may use the same weights.
	name := n.outputs[0] + " weights"
	for g.weights[name] != nil {
		name += "'"
	}
	g.weights[name] = out
	n.inputs[1] = name
}
