// Package paper finds the sheet or card in a picture: its outline, how it lies, what is cut off, and how
// many pixels a millimetre has.
//
// What lives here: the search on the reduced picture, the geometry of the outline, and the straightened
// view. What must not: what the paper is (package kinds), and whether it lies well enough, which is
// for the checks of legibility to say.
package paper

import (
	"context"

	"dossier/checks"
)

// A Point is a place in a picture, in pixels; the centre of the first pixel is (0.5, 0.5).
type Point struct{ X, Y float64 }

// A Quad is four corners in the order of the clock, beginning with the one that is top left as the
// paper is read.
type Quad [4]Point

// The sides of a Quad, as indexes of Paper.Cut.
const (
	Top = iota
	Right
	Bottom
	Left
)

// Where a scale was taken from.
const (
	ScaleNone     = ""
	ScaleOutline  = "outline"  // the outline is whole and has the proportions of A4, A3 or an ID card
	ScaleDeclared = "declared" // the file declares its resolution and the whole picture is paper
)

// A Paper is a sheet or card that was found.
type Paper struct {
	// Corners lie in pixels of the upright picture; outside it where the paper is cut off.
	Corners Quad
	// Cut says which sides run out of the picture; see Top, Right, Bottom, Left.
	Cut [4]bool
	// Whole says that the picture is nothing but paper: a scan, or a photograph cut to the sheet.
	// Corners are then the picture's own, and whether something is cut off cannot be told.
	Whole bool
	// Skew is how far lines of text lean from the horizontal, in degrees, clockwise positive, -45..45.
	Skew float64
	// Quarters is how many quarter turns to the left (counterclockwise) would set the text upright;
	// Mirrored says that left and right are exchanged. Both come from the text and are only known,
	// TurnKnown, where there was enough of it.
	Quarters  int
	Mirrored  bool
	TurnKnown bool
	// PixelsPerMM is the scale across the middle of the paper, 0 without one; Scale says where it
	// is from.
	PixelsPerMM float64
	Scale       string
	Confidence  float64 // 0..1: that this is the outline
}

// Of is the subject's paper, found once; nil if there is none in the picture, which is no error. An
// error made by checks.Skip says that there was no picture to look at.
var Of = checks.NewShared("paper", func(ctx context.Context, s *checks.Subject) (*Paper, error) {
	return nil, nil
})
