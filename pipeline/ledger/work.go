package ledger

import (
	"context"
	"fmt"
	"time"
)

// Work is a case that waits to be examined.
type Work struct {
	Case     string
	Revision int64     // the newest; Case may show a later one by the time it is examined
	Since    time.Time // when there came to be something to do
	Attempts int       // examinations that went wrong since
}

// Pending returns at most limit cases that wait to be examined, those that wait longest first.
// Nothing is reserved: two processes may examine the same case, and one of their reports is
// kept. Postponed cases are not returned before their time.
func (l *Ledger) Pending(ctx context.Context, limit int) ([]Work, error) {
	var all []Work
	err := l.read(ctx, "looking for work", func(tx *transaction) error {
		return tx.each(pendingQuery, []any{tx.now, limit}, func(scan func(...any) error) error {
			var w Work
			var since int64
			err := scan(&w.Case, &w.Revision, &since, &w.Attempts)
			w.Since = fromMicro(since)
			all = append(all, w)
			return err
		})
	})
	return all, err
}

const pendingQuery = `SELECT c.name, w.wanted_revision, w.requested_at, w.attempts FROM work w JOIN cases c ON c.id = w.case_id
	WHERE w.done_revision < w.wanted_revision AND w.not_before <= ? ORDER BY w.requested_at, w.case_id LIMIT ?`

// Touch has the case examined again although nothing of it has changed.
func (l *Ledger) Touch(ctx context.Context, caseName string) error {
	return l.write(ctx, "asking for an examination", func(tx *transaction) error {
		id, err := tx.caseID(caseName)
		if err != nil {
			return err
		}
		return tx.raise(id)
	})
}

// RequestAll has every case examined again when key, a digest of what all reports depend on
// (profiles, check versions), is another than at the last call, and returns how many cases that
// are. With an empty key it always does, and remembers nothing.
func (l *Ledger) RequestAll(ctx context.Context, key string) (int, error) {
	var raised int64
	err := l.write(ctx, "asking for all examinations", func(tx *transaction) error {
		if key != "" {
			changed, err := tx.exec(`INSERT INTO settings (name, value) VALUES ('examined_with', ?)
				ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE value <> excluded.value`, key)
			if err != nil || changed == 0 {
				return err
			}
		}
		var err error
		raised, err = tx.exec(`UPDATE cases SET revision = revision + 1, changed_at = ? WHERE name <> 'unsorted'`, tx.now)
		return err
	})
	return int(raised), err
}

// Postpone notes that an examination of the case at this revision went wrong, and keeps it from
// being tried again before the time given or the next change of the case. What went wrong is
// shown to people: it must not hold what was read from a document.
func (l *Ledger) Postpone(ctx context.Context, caseName string, revision int64, until time.Time, trouble string) error {
	return l.write(ctx, "postponing an examination", func(tx *transaction) error {
		id, err := tx.caseID(caseName)
		if err != nil {
			return err
		}
		_, err = tx.exec(`UPDATE work SET attempts = attempts + 1, not_before = ?, trouble = ?
			WHERE case_id = ? AND wanted_revision = ? AND done_revision < wanted_revision`, micro(until), trouble, id, revision)
		return err
	})
}

// Finish marks the work of the case as done up to the revision although there is no report.
func (l *Ledger) Finish(ctx context.Context, caseName string, revision int64) error {
	return l.write(ctx, "finishing an examination", func(tx *transaction) error {
		id, err := tx.caseID(caseName)
		if err != nil {
			return err
		}
		if err := tx.validRevision(id, caseName, revision); err != nil {
			return err
		}
		return tx.done(id, revision)
	})
}

// done marks the work as done up to the revision, and never less than it was.
func (t *transaction) done(caseID, revision int64) error {
	_, err := t.exec(`UPDATE work SET done_revision = ?, attempts = 0, not_before = 0, trouble = ''
		WHERE case_id = ? AND done_revision < ?`, revision, caseID, revision)
	return err
}

// validRevision refuses revisions the case never had.
func (t *transaction) validRevision(caseID int64, caseName string, revision int64) error {
	var newest int64
	if _, err := t.one(`SELECT revision FROM cases WHERE id = ?`, []any{caseID}, &newest); err != nil {
		return err
	}
	if revision < 1 || revision > newest {
		return fmt.Errorf("revision %d of case %q, which has had %d: %w", revision, caseName, newest, ErrNotFound)
	}
	return nil
}
