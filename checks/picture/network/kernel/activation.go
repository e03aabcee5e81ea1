package kernel

// lanes is the widest vector of float32 that any kernel uses: 16 in AVX-512.
const lanes = 16

// An Activation is what is done to each sum before it is stored:
//
//	y = x * min(max(Alpha*x+Beta, Low), High) + Shift
//
// That one form covers every activation of the networks here which needs no exponential, with a
// scaling after it folded into the numbers. The numbers are repeated so that assembly can take
// them as whole vectors.
type Activation struct {
	alpha, beta, low, high, shift [lanes]float32
}

// NewActivation makes the activation with those numbers.
func NewActivation(alpha, beta, low, high, shift float32) *Activation {
	a := new(Activation)
	for i := range lanes {
		a.alpha[i], a.beta[i], a.low[i], a.high[i], a.shift[i] = alpha, beta, low, high, shift
	}
	return a
}

// step is so steep that clamping step*x tells the sign of x for any x of which a sum of float32
// products still means something, and far from overflow for any that such a network makes.
const step = 1e20

// Identity leaves the sum as it is.
func Identity() *Activation { return NewActivation(0, 1, 1, 1, 0) }

// LeakyReLU is x above zero and slope*x below; ReLU with slope 0.
func LeakyReLU(slope float32) *Activation { return NewActivation(step, 0, slope, 1, 0) }

// HardSwish is x*min(max(x+3, 0), 6)/6 (Howard et al., Searching for MobileNetV3, 2019).
func HardSwish() *Activation { return NewActivation(1.0/6, 0.5, 0, 1, 0) }

// Affine returns the activation followed by scale*y + shift.
func (a *Activation) Affine(scale, shift float32) *Activation {
	low, high := scale*a.low[0], scale*a.high[0]
	return NewActivation(scale*a.alpha[0], scale*a.beta[0], min(low, high), max(low, high), scale*a.shift[0]+shift)
}

// Of returns the activation of one sum.
func (a *Activation) Of(x float32) float32 {
	return x*min(max(a.alpha[0]*x+a.beta[0], a.low[0]), a.high[0]) + a.shift[0]
}
