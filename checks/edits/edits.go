// Package edits holds the checks that look for signs of editing.
//
// What lives here: one check a file, with its document beside it, and the tables they compare
// with. What must not: reading files (checks/picture does it), and verdicts: every finding is an
// observation that a person can look up in the file, worded as such. A picture that was re-saved,
// turned or sent through a messenger has not been tampered with, and no finding says so.
package edits

import "dossier/checks"

// Checks lists the family, the cheapest and plainest first.
func Checks() []*checks.Check {
	return []*checks.Check{Metadata, Provenance, Generated, Thumbnail, Encoder, Grid, Recompression, Ghost}
}
