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
)

// A File is one of the files of this package.
type File struct {
	Name   string
	SHA256 string // lower-case hex
}

// The files. See README.md for their origin.
var (
	Detection   = File{"ch_PP-OCRv4_det_infer.onnx", "30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff"}
	Recognition = File{"ch_PP-OCRv4_rec_infer.onnx", "06b3e6af6c59a1ba5d53790ed8c2e4b2de389870b6cf5a97f349f3412cb269c0"}
	Direction   = File{"ch_ppocr_mobile_v2.0_cls_infer.onnx", "491843a3c65de46295864c6815e41127eaa812c4dac1e19c6850ec49da9d3640"}
	Dictionary  = File{"ppocr_keys_v1.txt", "28b2362ad4ab2dc38769aa72feb535e3a9ddb3fd2a7585a05920e6393b1dc7f7"}
)

// Read returns a file's bytes, which must not be changed, after its sum has been compared. The error is network.LeftOut, or
// says that the file is not the one expected.
func (f File) Read() ([]byte, error) {
	data, err := read(f.Name)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != f.SHA256 {
		return nil, fmt.Errorf("model %s is not the one expected: its SHA-256 is %x", f.Name, sum)
	}
	return data, nil
}
