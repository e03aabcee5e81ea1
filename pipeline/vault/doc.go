// Package vault keeps the bytes of every document as they were received, once, under their
// SHA-256, and the pictures that were derived from them.
//
// What lives here: putting bytes in, reading them, proving that they are still what they were,
// and removing them for good. What must not: names of files, cases, kinds and anything else that
// says what the bytes are; the ledger knows that.
//
// The folder looks like this (ab and cd are the first four digits of the SHA-256):
//
//	originals/ab/cd/<sha256>          read-only, written once, never changed
//	derived/ab/cd/<sha256>/<name>     previews and overlays: can be made again, replaceable
//	incoming/                         files on their way in; those of killed processes are
//	                                  removed when a vault is opened
//
// Several processes may use one vault. An original appears whole, under its final name, or not
// at all: when Put has returned, the bytes survive a loss of power.
//
// The methods are few and know no paths, so that an object store can take the folder's place.
package vault
