package ledger

import "context"

// doomed are the rows that go with a case (?1): its documents, where they were before they were moved
// into it, and the pages that were taken out of them there, also those since replaced.
const doomed = `WITH RECURSIVE doomed (id) AS (
	SELECT id FROM documents WHERE case_id = ?1
	UNION SELECT d.id FROM documents d JOIN doomed ON d.ended_by = doomed.id WHERE d.ending = 'moved'
	UNION SELECT d.id FROM documents d JOIN doomed ON d.container_id = doomed.id) `

// purgeStatements take a case (?1) out, in this order. Its documents have ended by then.
var purgeStatements = []string{
	`UPDATE cases SET purged_at = changed_at WHERE id = ?1`, // lets its rows go
	doomed + `INSERT INTO removals (sha256)
		SELECT DISTINCT d.sha256 FROM documents d JOIN doomed USING (id) WHERE
		NOT EXISTS (SELECT 1 FROM documents o WHERE o.sha256 = d.sha256 AND o.ended_at IS NULL) AND
		NOT EXISTS (SELECT 1 FROM documents o WHERE o.sha256 = d.sha256 AND o.ended_at IS NOT NULL AND o.id NOT IN (SELECT id FROM doomed))
		ON CONFLICT DO NOTHING`,
	doomed + `DELETE FROM seen WHERE path IN (SELECT source_path FROM documents JOIN doomed USING (id))`,
	`DELETE FROM seen WHERE sha256 IN (SELECT sha256 FROM removals)`,
	`DELETE FROM results WHERE sha256 IN (SELECT sha256 FROM removals)`,
	`DELETE FROM unprojected WHERE case_id = ?1`,
	`DELETE FROM bundles WHERE case_id = ?1`,
	`DELETE FROM reports WHERE case_id = ?1`,
	`DELETE FROM decisions WHERE case_id = ?1`,
	`DELETE FROM answers WHERE case_id = ?1`,
	// An account that exists goes on counting, as a hash that tells nothing of whose it is.
	`DELETE FROM places WHERE case_id = ?1 AND (released_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM events WHERE case_id = ?1 AND state = 'approved'))`,
	`UPDATE places SET masked = '' WHERE case_id = ?1`,
	`DELETE FROM events WHERE case_id = ?1`,
	doomed + `DELETE FROM documents WHERE container_id IS NOT NULL AND id IN (SELECT id FROM doomed)`, // pages before their files
	doomed + `DELETE FROM documents WHERE id IN (SELECT id FROM doomed)`,
	`DELETE FROM cases WHERE id = ?1`, // and its work
}

// Purge removes everything the ledger knows of the case, for good: SQLite overwrites the rows.
// Originals that no other case has, or had before they were replaced, are put on the list of
// Removals. The other
// cases that held the same bytes are raised; their older reports, which may name this case, stay
// as they were. ErrNotFound if there is no such case.
func (l *Ledger) Purge(ctx context.Context, caseName string) error {
	err := l.write(ctx, "purging a case", func(tx *transaction) error {
		id, err := tx.caseID(caseName)
		if err != nil {
			return err
		}
		// The others first, while it can still be seen what this case held.
		b := newBook(tx)
		rows, err := tx.rows(documentsQuery, id)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := b.end(row, "replaced"); err != nil { // for a moment: the row goes below
				return err
			}
		}
		if err := b.close(); err != nil {
			return err
		}
		events, err := tx.events(id)
		if err != nil {
			return err
		}
		if !hasAccount(events) {
			if err := tx.releasePlaces(id, func(string, string) bool { return false }); err != nil {
				return err
			}
		}
		for _, statement := range purgeStatements {
			if _, err := tx.exec(statement, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	// The log still holds the pages as they were: fold it into the file and empty it. Another
	// process that is reading can keep this from happening now; then it happens later.
	_, err = l.writer.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return l.wrap(ctx, "purging a case", err)
}

// Removals lists the originals that the vault still has to remove.
func (l *Ledger) Removals(ctx context.Context) ([]string, error) {
	var all []string
	err := l.read(ctx, "listing originals to remove", func(tx *transaction) error {
		return tx.each(`SELECT sha256 FROM removals ORDER BY sha256`, nil, func(scan func(...any) error) error {
			var sha string
			err := scan(&sha)
			all = append(all, sha)
			return err
		})
	})
	return all, err
}

// Removed notes that the vault has removed the original.
func (l *Ledger) Removed(ctx context.Context, sha256 string) error {
	return l.write(ctx, "noting a removed original", func(tx *transaction) error {
		_, err := tx.exec(`DELETE FROM removals WHERE sha256 = ?`, sha256)
		return err
	})
}
