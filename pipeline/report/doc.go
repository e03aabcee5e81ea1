// Package report writes one stored record down: as JSON with a published schema, as a page for
// people, as text for a terminal and as rows for a spreadsheet.
//
// What lives here: words and layout, the list of what to do, the message to the client, and the
// JSON schemas. What must not: files, clocks, networks, measuring and judging. Everything that
// is said comes from the record (pipeline.Case, pipeline.Document) and from the pictures that
// the caller hands over, so an old record rendered again gives the same report.
//
// Two readers are thought of. A clerk wants to know what is wrong and what to ask the client
// for: that is ToDo and ClientMessage, and the top of the page. Somebody who doubts a finding
// wants its figures, its place and its rule: that is the rest.
package report
