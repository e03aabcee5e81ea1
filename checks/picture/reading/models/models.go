// Package models carries the networks and the dictionary that package reading needs, as data.
//
// What lives here: the files, where they come from, under which licence (README.md), and the
// comparison of their sums before they are given out. What must not live here: anything that
// knows what is in them.
package models

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// A File is one of the files of this package.
type File struct {
	Name   string
	SHA256 string // of the file as it is given out, unpacked; lower-case hex
}

// The files. See README.md for their origin.
var (
	Detection   = File{"ch_PP-OCRv4_det_infer.onnx", "af6c981d28272f6cdc0c5001bc06b41d3510e2e4e5a32cb47b2bcaf45bf8e953"}
	Recognition = File{"ch_PP-OCRv4_rec_infer.onnx", "edbc712b499a1ebe9efc43e1186d294c85805c0e523c69fdeb64ac0a7d4e27a2"}
	Direction   = File{"ch_ppocr_mobile_v2.0_cls_infer.onnx", "364f28948b3a6e9957e62ea5502c50706b918ca2898f6b90f59ffe951e149d4e"}
	Dictionary  = File{"ppocr_keys_v1.txt", "28b2362ad4ab2dc38769aa72feb535e3a9ddb3fd2a7585a05920e6393b1dc7f7"}
)

// Read returns a file's bytes, which must not be changed, after its sum has been compared. The error is network.LeftOut, or
// says that the file is not the one expected.
func (f File) Read() ([]byte, error) {
	data, err := read(f.Name)
	if err == nil && strings.HasSuffix(f.Name, ".onnx") {
		data, err = unpack(data)
	}
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != f.SHA256 {
		return nil, fmt.Errorf("model %s is not the one expected: its SHA-256 is %x", f.Name, sum)
	}
	return data, nil
}
