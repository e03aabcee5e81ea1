// Package casefile holds the checks of a whole case: what it consists of and how its parts
// agree.
//
// What lives here: checks that are given a case as a value (its documents' results, its
// answers, what the ledger knows of it). What must not: opening a document, looking into a
// folder or a database, asking the clock.
package casefile

import "dossier/checks"

// Checks lists the family's checks in the order they run.
func Checks() []*checks.Check {
	return []*checks.Check{Complete, Acknowledged, Numbers, Consistent, Quota, Deadlines}
}
