// Package pipeline holds the nouns of Dossier: receipt, document, result, verdict, decision,
// report. They are values that the rooms below this folder hand to one another.
//
// What lives here: types, their JSON, and rules that need nothing but the values themselves.
// What must not: files, clocks, databases, networks and screens.
//
// A file flows one way: intake settles it, the vault keeps its bytes, the ledger its story,
// examine runs the checks, profile judges what they measured, report and bundle write it down.
// Package desk ties these together; the others do not know each other, except that intake puts
// into the vault and the ledger through interfaces of its own.
package pipeline
