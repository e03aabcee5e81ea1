// Package page sets text and pictures on the pages of a PDF: Dossier's printed report and the
// binder that goes with a bundle.
//
// What lives here: Make and the Book it hands out, lines and paragraphs broken by the rules of
// Unicode, characters the typeface lacks, pictures put upright without being compressed anew.
// What must not: what the pages say. Nothing here knows a document, a verdict or a case.
//
// The same drawing always gives the same bytes: no clock, no random id and no map order
// reaches the file.
package page
