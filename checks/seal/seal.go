// Package seal holds the checks of whether the chops a document needs are on it, and whether they are the right ones.
//
// What lives here: one check a file, with its document beside it. What must not: the search for chops,
// faces, text and fields, which is in checks/picture, and the comparison with answers, which is
// checks/casefile's.
package seal

import "dossier/checks"

// Checks lists the family.
func Checks() []*checks.Check {
	return []*checks.Check{Present, Shape, Pasted, Text}
}
