package ledger

import (
	"context"

	"dossier/checks"
	"dossier/pipeline"
)

// Ignore records that a file system entry was left alone; a later word on the same path
// replaces it. Saying the same again costs a look, not a write: rescans do it all the time.
func (l *Ledger) Ignore(ctx context.Context, entry pipeline.Ignored) error {
	if entry.Path == "" || entry.Reason == "" {
		return &checks.FormatError{Format: "ignored entry", Offset: -1, Reason: "it needs a path and a reason"}
	}
	same := false
	err := l.read(ctx, "looking up an ignored entry", func(tx *transaction) error {
		var yes int
		var err error
		same, err = tx.one(`SELECT 1 FROM ignored WHERE path = ? AND reason = ? AND detail = ?`,
			[]any{entry.Path, entry.Reason, entry.Detail}, &yes)
		return err
	})
	if err != nil || same {
		return err
	}
	return l.write(ctx, "recording an ignored entry", func(tx *transaction) error {
		_, err := tx.exec(`INSERT INTO ignored (path, reason, detail, ignored_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (path) DO UPDATE SET reason = excluded.reason, detail = excluded.detail, ignored_at = excluded.ignored_at`,
			entry.Path, entry.Reason, entry.Detail, micro(entry.At))
		return err
	})
}

// ForgetIgnored takes back what Ignore said of the path; no such word is no error.
func (l *Ledger) ForgetIgnored(ctx context.Context, path string) error {
	known := false
	err := l.read(ctx, "looking up an ignored entry", func(tx *transaction) error {
		var yes int
		var err error
		known, err = tx.one(`SELECT 1 FROM ignored WHERE path = ?`, []any{path}, &yes)
		return err
	})
	if err != nil || !known {
		return err
	}
	return l.write(ctx, "forgetting an ignored entry", func(tx *transaction) error {
		_, err := tx.exec(`DELETE FROM ignored WHERE path = ?`, path)
		return err
	})
}

// IgnoredEntries lists the entries that were left alone, by path.
func (l *Ledger) IgnoredEntries(ctx context.Context) ([]pipeline.Ignored, error) {
	var all []pipeline.Ignored
	err := l.read(ctx, "listing ignored entries", func(tx *transaction) error {
		return tx.each(`SELECT path, reason, detail, ignored_at FROM ignored ORDER BY path`, nil, func(scan func(...any) error) error {
			var e pipeline.Ignored
			var at int64
			err := scan(&e.Path, &e.Reason, &e.Detail, &at)
			e.At = fromMicro(at)
			all = append(all, e)
			return err
		})
	})
	return all, err
}
