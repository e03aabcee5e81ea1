// Package fields finds in the text of a document what it states: whose licence it is, under which
// number, who holds the card.
//
// What lives here, in the order of the work: pieces of text in the paper's own directions
// (frame.go), the labels that papers of each kind carry and their search (labels.go, match.go),
// the values beside, below and after them (layout.go), and what a value can be: a number by its
// alphabet and its check characters (code.go, codes.go), a name (names.go), a person's of which several
// looks are weighed (persons.go), the name above a chop (signed.go, likely.go), a day (dates.go), the
// fields of a card that stand where its standard puts them (card.go), and free text (free.go).
// Of is the one result that the checks of a document share.
//
// What must not live here: reading itself (package reading), what a number means (package number),
// the comparison with answers (checks/casefile), and severities.
//
// Places are judged by labels and by what stands beside them, never by where a particular print
// shop puts them: only the ID card has places that are a standard's.
package fields
