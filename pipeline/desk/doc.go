// Package desk ties the rooms of the pipeline together: one folder in which a client's files
// come in, are examined, judged, reported on and bundled.
//
// What lives here: the order of things (what happens to a case when a file has been taken in),
// the desk's folders and settings, and the answers to "how do things stand?". What must not:
// how bytes are kept, how checks measure, how findings are judged, how a report looks, and
// words on a screen.
//
// The ledger decides what is true; everything below cases/ is written from it and can be
// written again. A case is examined for a revision of the ledger's; whoever examines the same
// revision again gets the report that is already there.
package desk
