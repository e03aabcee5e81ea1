// Package document holds the checks of what a document is, and of what it carries besides text.
//
// What lives here: one check a file, with its document beside it. What must not: the search for text,
// papers and codes, which is in checks/picture, and the comparison with answers, which is checks/casefile's.
package document

import "dossier/checks"

// Checks lists the family.
func Checks() []*checks.Check {
	return []*checks.Check{QR}
}
