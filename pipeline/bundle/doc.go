// Package bundle makes a case into the one file that is submitted and kept, and checks such a
// file anywhere, with no desk and no network.
//
// What lives here: what goes into a bundle, the manifest, the binder (every document on paper),
// the zip that is the same on every machine, its verification and its signature. What must not:
// judging, and where bytes are kept; they come through Input.Open.
//
// A bundle, in this order:
//
//	manifest.json                        what is in the bundle: names, sizes, SHA-256, decisions
//	answers.yaml  answers.json           the answers as written, and as values
//	documents/01-business-license.jpg    the documents in upload order, bytes untouched
//	binder.pdf                           a cover page, then every document, one a page
//	report/report.json ...               the reports handed over
//
// Nothing in it is compressed. Pictures do not shrink anyway, and a stored byte lies in the zip
// as it is: nothing unpacks to more than it is, and what the zip must look like follows from the
// manifest alone, whatever compressor a later version brings.
package bundle
