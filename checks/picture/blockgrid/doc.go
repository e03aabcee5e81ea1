// Package blockgrid finds the grid of 8 x 8 blocks that a JPEG compression leaves in samples, and parts of a
// picture whose grid lies elsewhere.
//
// What lives here: the votes of pixels for one of the 64 grids, and the regions in which they agree. What must not:
// findings, and the reading of files.
//
// The method is ZERO (Nikoukhah, Anger, Ehret, Colom, Morel and Grompone von Gioi, "ZERO: a local JPEG grid origin
// detector based on the number of DCT zeros and its applications in image forensics", IPOL 2021/390):
// quantization makes coefficients zero, so of the 64 blocks that cover a pixel the one on the
// grid of compression has the most of them. Whether votes agree by chance is decided a contrario:
// of independent votes each falls on a given grid with probability 1/64.
package blockgrid
