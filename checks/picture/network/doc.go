// Package network runs small convolutional networks: it reads an ONNX file, simplifies its graph,
// and computes it in float32 on one goroutine.
//
// What lives here: a strict reader of the ONNX file format (wire.go, onnx.go), the operators that
// the text and face networks of Dossier need (op*.go), the rewriting that makes them fast
// (fold.go, fuse.go, layout.go), and Session, which owns the buffers of one run. The inner loops
// are in the package kernel below: assembly where the processor has AVX2 or AVX-512, plain Go
// everywhere else.
//
// What must not live here: pictures, text, faces, the models themselves, and operators that none
// of the models uses. An operator that is not here is an error that names it, when the model is
// read and not in the middle of a page.
//
// A model file is a program for this machine, so it is checked twice: whoever loads one compares
// its SHA-256 with the one expected, and the reader trusts no length, count or shape all the same.
package network
