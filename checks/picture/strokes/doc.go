// Package strokes finds print in a picture by its strokes, without reading it, and measures it: how high
// the text is, how wide the edges of its strokes are, how dark the ink and how bright the paper.
//
// What lives here, in the order of the work: the brightness of paper and ink over the reduced picture
// (light.go), the pixels of ink and what hangs together of them (ink.go, components.go), lines of text
// (lines.go), edges of strokes at full resolution (edges.go), how much of the text area can be read
// (readable.go), and Of, the one result that the checks of a document share. What must not: what the
// text says (package reading), and whether what was measured is good enough, which is for the checks to
// say.
//
// Methods: the width of an edge between 10 and 90 % of its step as a measure of blur follows Marziliano,
// Dufaux, Winkler and Ebrahimi, "A no-reference perceptual blur metric", ICIP 2002, with the change that it
// is measured on the strokes of text alone (after Kumar, Chen and Doermann, "Sharpness estimation for
// document and scene images", ICPR 2012) and put in proportion to the text's height. Ink is told from paper
// by a threshold between the two levels found nearby (Bernsen, "Dynamic thresholding of grey-level
// images", ICPR 1986). Lines are chains of neighbouring components of like height (O'Gorman, "The document
// spectrum for page layout analysis", IEEE PAMI 15(11), 1993).
package strokes
