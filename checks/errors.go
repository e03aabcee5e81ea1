package checks

import (
	"errors"
	"fmt"
)

// A FormatError says that bytes do not follow the format they claim. It describes a bad
// document, so a check that meets one turns it into a finding.
type FormatError struct {
	Format string // "jpeg", "bmp", ...
	Offset int64  // where in the file, -1 if unknown
	Reason string
}

func (e *FormatError) Error() string {
	if e.Offset < 0 {
		return e.Format + ": " + e.Reason
	}
	return fmt.Sprintf("%s: %s (at byte %d)", e.Format, e.Reason, e.Offset)
}

// A LimitError says that something was refused before any memory was spent on it.
type LimitError struct {
	What         string // "decoded picture", "page count", ...
	Value, Limit int64
	Unit         string
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%s: %d %s, at most %d", e.What, e.Value, e.Unit, e.Limit)
}

// An UnsupportedError says that bytes are well formed but use something Dossier does not read.
type UnsupportedError struct {
	Format, Feature string
}

func (e *UnsupportedError) Error() string { return e.Format + ": " + e.Feature + " is not supported" }

// skipError is the error Skip makes.
type skipError struct{ reason Text }

func (e *skipError) Error() string { return "skipped: " + e.reason.En }

// Skip returns the error with which a check says "not measurable here", and why. The outcome
// becomes "skipped", which never reassures.
func Skip(reason Text) error { return &skipError{reason} }

// SkipReason returns the reason if err, or an error it wraps, was made by Skip.
func SkipReason(err error) (Text, bool) {
	var s *skipError
	if errors.As(err, &s) {
		return s.reason, true
	}
	return Text{}, false
}
