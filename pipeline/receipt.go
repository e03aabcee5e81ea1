package pipeline

import (
	"time"

	"dossier/checks"
)

// Unsorted is the name of the tray where files wait that were dropped straight into the inbox,
// in no case's folder.
const Unsorted = "unsorted"

// A Receipt says that a file has been received and that the vault holds its bytes.
type Receipt struct {
	Case     string // Unsorted for a file outside every case folder
	Name     string // as received, below the case's folder, with "/" between folders
	Path     string // where it lay: absolute, for people and for recognising it again
	SHA256   string
	Bytes    int64
	Modified time.Time // the file's own modification time
	At       time.Time // when it was received
	Origin   *checks.Origin
	// Problems says what could not be taken out of a container such as a PDF: a page without a
	// picture, a page in a coding nobody here reads. Empty for an ordinary picture.
	Problems []checks.Text
}

// Standing says what a receipt meant to the ledger.
type Standing string

// Standings of a receipt.
const (
	StandingNew      Standing = "new"      // a document the case did not have
	StandingSame     Standing = "same"     // these bytes are already in this case; nothing changed
	StandingReplaced Standing = "replaced" // took the place of a document of the same name
)

// Ignored is a file system entry that was left alone, and why.
type Ignored struct {
	Path   string
	Reason IgnoreReason
	Detail string // e.g. the error's text; empty for most reasons
	At     time.Time
}

// IgnoreReason says why an entry was left alone.
type IgnoreReason string

// Reasons for leaving an entry alone.
const (
	IgnoreSymlink    IgnoreReason = "symlink"
	IgnoreDevice     IgnoreReason = "not a regular file" // device, socket, pipe
	IgnoreHidden     IgnoreReason = "hidden"
	IgnoreTemporary  IgnoreReason = "temporary"   // .part .crdownload ~$ .tmp
	IgnoreSystem     IgnoreReason = "system file" // Thumbs.db .DS_Store desktop.ini
	IgnoreUnreadable IgnoreReason = "unreadable"
	IgnoreUnsettled  IgnoreReason = "still changing"
	IgnoreTooLarge   IgnoreReason = "too large" // beyond what intake copies
	IgnoreTooDeep    IgnoreReason = "too deep"  // in folders nested beyond all filing
	IgnoreMisplaced  IgnoreReason = "misplaced" // an answers.yaml where it answers for no case
)
