// Package checks is the contract every check is written against: what a check is, what it is
// given and what it gives back.
//
// What lives here: Check, Subject, Case, Finding and the small values they are made of.
// What must not: third-party imports, folders, databases, screens, and opinions. A check
// measures; how bad a finding is (its severity) is decided by the profile, never here.
//
// The families below this folder hold one check a file, with its document beside it as
// Markdown: edits/copy-move is checks/edits/copymove.go and checks/edits/copymove.md. What
// several checks measure with lives in checks/picture. The one list of all checks is
// checks/all.
//
// Three outcomes are possible and only the first can reassure: a check ran; it was skipped,
// with a reason (return Skip); or it failed (any other error, a panic, a timeout). A bad
// document is a finding. A broken program is an error.
package checks
