// Package reading reads the text of a picture: where the lines are, which way up they stand, and
// what they say, character by character with the confidence of each and what else it could be.
//
// What lives here: the way from a decoded picture to lines (page.go), in the order of the work:
// the picture in three bytes a pixel (raster.go), finding lines (detect.go, boxes.go, shape.go),
// turning and reading them (crop.go, recognise.go, decode.go), the second look through the red
// channel at what lies under a chop (red.go), and Text, the one result that all checks of a picture
// share. The networks are data in the package models below; package network computes them.
//
// What must not live here: what the text means. Fields, grammars, check digits and the comparison
// with answers are the work of those who ask; what they choose from (Candidates, Lattice, Others) is
// kept for them, and they can have a line read again (Again).
//
// Method: the PP-OCRv4 pipeline (Du et al., PP-OCR: A Practical Ultra Lightweight OCR System, 2020,
// and the PP-OCRv3 and v4 reports): differentiable binarisation for detection (Liao et al., Real-time
// Scene Text Detection with Differentiable Binarization, 2020), SVTR with connectionist temporal
// classification for recognition (Du et al., SVTR, 2022; Graves et al., 2006).
package reading
