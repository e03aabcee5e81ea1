// Package form holds the checks of whether the application form was filled in, signed and stamped where it has to be.
//
// What lives here: one check a file, with its document beside it. What must not: the search for chops,
// faces, text and fields, which is in checks/picture, and the comparison with answers, which is
// checks/casefile's.
package form

import "dossier/checks"

// Checks lists the family.
func Checks() []*checks.Check {
	return []*checks.Check{Signature, Filled}
}
