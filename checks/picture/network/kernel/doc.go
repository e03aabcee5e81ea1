// Package kernel holds the inner loops of package network: a blocked matrix product that is also
// every convolution but the depthwise one, the depthwise convolution, sums, products and the
// exponential, over float32.
//
// What lives here: the loops three times over, in assembly for AVX2 with FMA, in assembly for
// AVX-512, and in plain Go for every other machine; and the choice between them. Each kind must
// give what the plain one gives, but for the rounding of sums taken in another order.
//
// What must not live here: shapes, graphs, memory management, goroutines.
//
// Pictures lie with their channels last: the values of all channels of a pixel are neighbours, then
// comes the next pixel of the row. The vectors of a processor then run along the channels, no
// convolution has to gather its input first, and a 1 x 1 convolution is a matrix product as it stands.
package kernel
