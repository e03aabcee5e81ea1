// Package dct holds the 8 x 8 cosine transform in floating point, at any offset of a plane.
//
// What lives here: the transform JPEG uses (ITU-T T.81 A.3.3, orthonormal), and nothing that
// knows of files. What must not: statistics and opinions. The exact inverse that turns a file
// into samples is in checks/picture/jpeg; this one is for measuring, in single precision, whose
// rounding (below 0.001 of a step) is far under what a quantization table leaves.
package dct
