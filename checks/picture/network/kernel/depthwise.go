package kernel

import "unsafe"

// A Depthwise is the filter of a depthwise convolution: every channel of the picture with a small
// filter of its own.
type Depthwise struct {
	channels int
	taps     int
	weights  []float32 // [taps][channels], the channels rounded up
	bias     []float32
}

// NewDepthwise packs a filter given as [channels][taps] values, and its biases (nil: zero).
func NewDepthwise(channels, taps int, weights, bias []float32) *Depthwise {
	d := &Depthwise{channels: Round(channels), taps: taps}
	d.weights = make([]float32, taps*d.channels)
	d.bias = make([]float32, d.channels)
	copy(d.bias, bias)
	for c := range channels {
		for t := range taps {
			d.weights[t*d.channels+c] = weights[c*taps+t]
		}
	}
	return d
}

// A Tap is one value of the filter and the distance from an output's first input value to the
// value it meets, in values.
type Tap struct{ Index, Offset int }

// depthwiseCall is what the depthwise kernels are given: a run of outputs in one row.
type depthwiseCall struct {
	x        unsafe.Pointer // input of the first output, before the taps' offsets
	step     uintptr        // bytes between the inputs of neighbouring outputs
	n        uintptr        // outputs, at least 1
	taps     uintptr        // at least 1
	offsets  unsafe.Pointer // for each tap two uintptr: bytes into the input, bytes into the weights
	weights  unsafe.Pointer
	bias     unsafe.Pointer
	y        unsafe.Pointer
	channels uintptr // bytes of one pixel's channels
	act      *Activation
}

// Row computes n neighbouring outputs: output i begins at y[i*channels] and meets, for each tap,
// the channels from x[start+i*step+tap.Offset] on. scratch is reused from call to call.
func (d *Depthwise) Row(y, x []float32, start, step, n int, taps []Tap, scratch *[]uintptr, act *Activation) {
	if n == 0 {
		return
	}
	if len(y) < n*d.channels || len(taps) == 0 {
		panic("kernel: the row has no room")
	}
	offsets := (*scratch)[:0]
	for _, t := range taps {
		first := start + t.Offset
		if t.Index < 0 || t.Index >= d.taps || first < 0 || first+(n-1)*step+d.channels > len(x) {
			panic("kernel: a tap lies outside the picture")
		}
		offsets = append(offsets, uintptr(first)*4, uintptr(t.Index*d.channels)*4)
	}
	*scratch = offsets
	q := depthwiseCall{x: unsafe.Pointer(&x[0]), step: uintptr(step) * 4, n: uintptr(n), taps: uintptr(len(taps)),
		offsets: unsafe.Pointer(&offsets[0]), weights: unsafe.Pointer(&d.weights[0]), bias: unsafe.Pointer(&d.bias[0]),
		y: unsafe.Pointer(&y[0]), channels: uintptr(d.channels) * 4, act: act}
	depthwise(&q)
}

// depthwiseGo is the depthwise kernel in plain Go.
func depthwiseGo(q *depthwiseCall) {
	channels := int(q.channels / 4)
	offsets := unsafe.Slice((*uintptr)(q.offsets), 2*q.taps)
	bias := unsafe.Slice((*float32)(q.bias), channels)
	for i := range q.n {
		y := unsafe.Slice((*float32)(unsafe.Add(q.y, i*q.channels)), channels)
		copy(y, bias)
		for t := 0; t < len(offsets); t += 2 {
			x := unsafe.Slice((*float32)(unsafe.Add(q.x, i*q.step+offsets[t])), channels)
			w := unsafe.Slice((*float32)(unsafe.Add(q.weights, offsets[t+1])), channels)
			for c := range y {
				y[c] += x[c] * w[c]
			}
		}
		for c := range y {
			y[c] = q.act.Of(y[c])
		}
	}
}
