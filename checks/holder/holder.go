// Package holder holds the checks of the photograph of a person holding the ID card.
//
// What lives here: one check a file, with its document beside it. What must not: the search for chops,
// faces, text and fields, which is in checks/picture, and the comparison with answers, which is
// checks/casefile's.
package holder

import "dossier/checks"

// Checks lists the family.
func Checks() []*checks.Check {
	return []*checks.Check{Face, Card, Covered}
}
