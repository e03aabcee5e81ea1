// Package recompression reads the compression history of a JPEG out of its coefficients: whether the
// picture was compressed before, with which steps and on which grid, and whether one part of it
// tells another history than the rest.
//
// What lives here: the brightness plane as all methods share it (Luma), the models of single and
// double quantization, maps of evidence, the search for a region, and requantization (ghosts).
// What must not: findings, thresholds a profile may change, and pictures for people.
//
// Everything is measured in nats: the logarithm of how much more probable what is seen is
// under one history than under the other. Compressing twice leaves a comb in the histogram of
// each coefficient (Popescu and Farid, "Statistical tools for digital forensics", 2004; Lin, He, Tang and Tang,
// "Fast, automatic and fine-grained tampered JPEG image detection via DCT coefficient analysis",
// Pattern Recognition 42, 2009); the ratio of the two likelihoods block by block is the map of Bianchi and Piva, "Image
// forgery localization via block-grained analysis of JPEG artifacts", IEEE TIFS 7(3), 2012.
package recompression
