package models

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"io"
)

// A packed model is an ONNX file whose weights are rounded and stored apart, which makes 10 MB of 16.
// It is a deflate stream (RFC 1951) of
//
//	the number of stretches of weights, then for each: how many other bytes come before it, how
//	many weights it has; then how many bytes come after the last (all as unsigned varints)
//	the other bytes of the file
//	the weights' highest bytes (sign and most of the exponent), then their second, third and lowest
//
// Like bytes stand together, which is what makes them compress. The rounding sets the lowest bits of
// every weight to zero: 8 of 32, and 4 of the detector's, whose map has steep edges. It moves no
// output of the models by more than 1e-4 (see models_test.go).

// maxUnpacked bounds what a packed model may unpack to: 64 MiB, the largest model that is read.
const maxUnpacked = 64 << 20

var errPacked = errors.New("a packed model is damaged")

// unpack makes the ONNX file of a packed model.
func unpack(packed []byte) ([]byte, error) {
	// Weights take 1.4 to 1.7 times as much as packed: room for that at once. One byte more is read than
	// is allowed, to tell that there is more.
	room := bytes.NewBuffer(make([]byte, 0, min(2*len(packed), maxUnpacked)))
	_, err := room.ReadFrom(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxUnpacked+1))
	data := room.Bytes()
	if err != nil || len(data) > maxUnpacked {
		return nil, errPacked
	}
	next := func() int {
		v, n := binary.Uvarint(data)
		if n <= 0 || v > maxUnpacked {
			data, err = nil, errPacked
			return 0
		}
		data = data[n:]
		return int(v)
	}
	count := next()
	if count > len(data) {
		return nil, errPacked
	}
	before, weights := make([]int, count+1), make([]int, count)
	others, total := 0, 0
	for i := range before {
		before[i] = next()
		others += before[i]
		if i < count {
			weights[i] = next()
			total += weights[i]
		}
		if others > maxUnpacked || total > maxUnpacked/4 {
			return nil, errPacked
		}
	}
	if err != nil || len(data) != others+4*total || others+4*total > maxUnpacked {
		return nil, errPacked
	}
	rest, planes := data[:others], data[others:]
	out := make([]byte, 0, others+4*total)
	at := 0
	for i, n := range before {
		out = append(out, rest[:n]...)
		rest = rest[n:]
		if i < count {
			for range weights[i] {
				out = append(out, planes[3*total+at], planes[2*total+at], planes[total+at], planes[at])
				at++
			}
		}
	}
	return out, nil
}
