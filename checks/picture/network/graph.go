package network

import (
	"slices"
)

// A graph is a model while it is being rewritten: who makes a value, and who takes it.
type graph struct {
	*model
	makers map[string]*node
	takers map[string][]*node
}

func newGraph(m *model) *graph {
	g := &graph{model: m}
	g.index()
	return g
}

// index notes makers and takers anew.
func (g *graph) index() {
	g.makers, g.takers = map[string]*node{}, map[string][]*node{}
	for _, n := range g.nodes {
		for _, out := range n.outputs {
			g.makers[out] = n
		}
		for _, in := range n.inputs {
			g.takers[in] = append(g.takers[in], n)
		}
	}
	for _, out := range g.outputs {
		g.takers[out] = append(g.takers[out], nil) // someone outside
	}
}

// remove takes nodes out of the graph.
func (g *graph) remove(gone ...*node) {
	g.nodes = slices.DeleteFunc(g.nodes, func(n *node) bool { return slices.Contains(gone, n) })
	g.index()
}

// bypass takes out a node of one output and lets those who took it take the value name.
func (g *graph) bypass(n *node, name string) {
	for _, t := range g.takers[n.outputs[0]] {
		if t == nil {
			continue
		}
		for i, in := range t.inputs {
			if in == n.outputs[0] {
				t.inputs[i] = name
			}
		}
	}
	for i, out := range g.outputs {
		if out == n.outputs[0] {
			g.outputs[i] = name
		}
	}
	g.remove(n)
}

// only returns the one node that takes the value, or nil if there is none or are several.
func (g *graph) only(name string) *node {
	if t := g.takers[name]; len(t) == 1 {
		return t[0]
	}
	return nil
}

// constant returns the operand of a node of two operands that is a weight, and the name of the
// other one.
func (g *graph) constant(n *node) (*Tensor, string) {
	if len(n.inputs) != 2 {
		return nil, ""
	}
	if w := g.weights[n.inputs[1]]; w != nil {
		return w, n.inputs[0]
	}
	if w := g.weights[n.inputs[0]]; w != nil && n.op != "Sub" && n.op != "Div" {
		return w, n.inputs[1]
	}
	return nil, ""
}

// scalar is constant for weights of one value.
func (g *graph) scalar(n *node) (value float32, other string, ok bool) {
	w, other := g.constant(n)
	if w == nil || len(w.Data) != 1 {
		return 0, "", false
	}
	return w.Data[0], other, true
}

// weight returns operand i of a node if it is a weight.
func (g *graph) weight(n *node, i int) *Tensor {
	if i >= len(n.inputs) || n.inputs[i] == "" {
		return nil
	}
	return g.weights[n.inputs[i]]
}

// input returns the name of operand i, "" if it is left out.
func (n *node) input(i int) string {
	if i >= len(n.inputs) {
		return ""
	}
	return n.inputs[i]
}

// ints returns an attribute's list of whole numbers, or the default.
func (n *node) ints(name string, otherwise ...int) []int {
	a, ok := n.attributes[name]
	if !ok {
		return otherwise
	}
	out := make([]int, len(a.ints))
	for i, v := range a.ints {
		out[i] = int(max(-1<<30, min(v, 1<<30)))
	}
	return out
}

// number returns an attribute's float, or the default.
func (n *node) number(name string, otherwise float32) float32 {
	if a, ok := n.attributes[name]; ok {
		return a.float
	}
	return otherwise
}

// integer returns an attribute's whole number, or the default.
func (n *node) integer(name string, otherwise int) int {
	if a, ok := n.attributes[name]; ok {
		return int(max(-1<<30, min(a.int, 1<<30)))
	}
	return otherwise
}
