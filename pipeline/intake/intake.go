package intake

import (
	"context"
	"io"
	"time"

	"dossier/pipeline"
)

// A Vault keeps bytes under their SHA-256, once, for good.
type Vault interface {
	// Put copies r into the vault and returns the SHA-256 (lower-case hex) and the number of
	// bytes. When it returns nil the bytes survive a loss of power. More than max bytes is an
	// error (a *checks.LimitError) and keeps nothing.
	Put(ctx context.Context, r io.Reader, max int64) (sha256 string, size int64, err error)
}

// A Ledger keeps the story of the cases. All methods may be called from several goroutines.
type Ledger interface {
	// TakeInAll records receipts, and the work that follows from them, all in one transaction,
	// and returns what each meant, in the same order. It is called with a file and the pages
	// taken out of it, or with the files of one folder, each file before its pages; the same
	// receipts again change nothing (pipeline.StandingSame).
	TakeInAll(ctx context.Context, receipts []pipeline.Receipt) ([]pipeline.Standing, error)

	// Received reports whether the case has ever received these bytes.
	Received(ctx context.Context, caseName, sha256 string) (bool, error)

	// Ignore records that an entry was left alone; a later word on the same path replaces it.
	Ignore(ctx context.Context, entry pipeline.Ignored) error

	// ForgetIgnored takes back what Ignore said of the path; no such word is no error.
	ForgetIgnored(ctx context.Context, path string) error

	// RecordAnswers keeps data as the newest version of the case's answers.yaml and reports
	// whether it differs from the version before.
	RecordAnswers(ctx context.Context, caseName string, data []byte, at time.Time) (changed bool, err error)

	// Seen reports whether a file that lay at path with this size and modification time has
	// been taken in, and under which SHA-256. It looks at files as received (receipts without
	// an Origin), by their Path.
	Seen(ctx context.Context, path string, size int64, modified time.Time) (sha256 string, ok bool, err error)
}

// EventKind says what an Event is about.
type EventKind string

// Kinds of events.
const (
	EventTaken   EventKind = "taken"   // a file, and what was in it, is in the vault and the ledger
	EventAnswers EventKind = "answers" // an answers.yaml was recorded and differs from the one before
	EventIgnored EventKind = "ignored" // an entry is left alone; said once, not at every look
	EventTrouble EventKind = "trouble" // something did not work and will be tried again
)

// An Event is one thing that intake did or could not do.
type Event struct {
	Kind      EventKind
	Path      string // absolute, as the file system spells it
	Case      string // empty for EventIgnored and for trouble with no file
	Receipts  []pipeline.Receipt
	Standings []pipeline.Standing // of the receipts, in the same order
	Ignored   pipeline.Ignored    // for EventIgnored
	Err       error               // for EventTrouble
	// Remains is set when the file was taken in but could not be removed from the inbox, e.g.
	// from a folder that may not be written to: it stays, and is not taken in again.
	Remains error
}
