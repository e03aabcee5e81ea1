// Package all is the one list of checks: a check that is not named here does not exist.
//
// What lives here: the list. What must not: anything else. Only cmd imports it; the pipeline is
// handed the list as a value.
package all

import (
	"slices"

	"dossier/checks"
	"dossier/checks/casefile"
	"dossier/checks/document"
	"dossier/checks/edits"
	"dossier/checks/form"
	"dossier/checks/format"
	"dossier/checks/holder"
	"dossier/checks/legibility"
	"dossier/checks/seal"
)

// Checks returns every check in the order they run and are reported: what the file is, what
// can be read on it, what it carries, its chops, its holder, its signature, what was done to it, then the case as a whole.
func Checks() []*checks.Check {
	return slices.Concat(format.Checks(), legibility.Checks(), document.Checks(), seal.Checks(), holder.Checks(), form.Checks(), edits.Checks(), casefile.Checks())
}
