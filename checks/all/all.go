// Package all is the one list of checks: a check that is not named here does not exist.
//
// What lives here: the list. What must not: anything else. Only cmd imports it; the pipeline is
// handed the list as a value.
package all

import (
	"slices"

	"dossier/checks"
	"dossier/checks/casefile"
	"dossier/checks/edits"
	"dossier/checks/format"
	"dossier/checks/legibility"
)

// Checks returns every check in the order they run and are reported: what the file is, what
// can be read on it, what was done to it, then the case as a whole.
func Checks() []*checks.Check {
	return slices.Concat(format.Checks(), legibility.Checks(), edits.Checks(), casefile.Checks())
}
