// Package all is the one list of checks: a check that is not named here does not exist.
//
// What lives here: the list, and Recognize. What must not: anything else. Only cmd imports it; the pipeline is
// handed both as values.
package all

import (
	"context"
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

// Checks returns every check in the order they run and are reported: what the file is, what document it shows, what
// can be read on it, its chops, its holder, its signature, what was done to it, then the case as a whole.
func Checks() []*checks.Check {
	return slices.Concat(format.Checks(), document.Checks(), legibility.Checks(), seal.Checks(), holder.Checks(), form.Checks(), edits.Checks(), casefile.Checks())
}

// Recognize tells the kind of a document from its content, unless the profile has switched off reading.
func Recognize(ctx context.Context, s *checks.Subject, settings func(*checks.Check) (checks.Settings, error)) (checks.Recognition, error) {
	of, err := settings(document.Kind)
	if err != nil {
		return checks.Recognition{}, err
	}
	return document.Recognize(ctx, s, of)
}
