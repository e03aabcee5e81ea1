// Package legibility holds the checks of whether what a document says can be read.
//
// What lives here: one check a file, with its document beside it. What must not: reading itself and
// the search for fields, which are in checks/picture, and the comparison with answers, which is
// checks/casefile's.
package legibility

import "dossier/checks"

// Checks lists the family.
func Checks() []*checks.Check {
	return []*checks.Check{Sharpness, Exposure, Glare, Resolution, Cropped, Skew, Mirrored, Screen, Photocopy, Color, Text}
}
