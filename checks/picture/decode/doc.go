// Package decode tells what a file's bytes are and turns pictures into pixels, within limits.
//
// What lives here: Sniff (the format by content), ReadHeader (size and kind of a picture, read
// from its headers alone), Decode (its pixels, upright, even if only a part of them is in the
// file) and Thumbnail. Input is hostile: nothing is allocated before it has been compared with
// a limit, and no length, name or header is trusted.
//
// What must not: findings, words for people beyond the names of formats, and metadata other
// than the orientation without which a picture cannot be shown.
package decode
