package ledger

import (
	"context"

	"dossier/checks"
)

// A Place is what a case takes a place with: the answer's field, a keyed hash of its value (64 hex
// digits; the ledger never sees the value) and the value with its middle hidden.
type Place struct {
	Field, Key, Masked string
}

// mostNamed is how many of the cases before this one are named.
const mostNamed = 6

// TakePlaces takes the places that the case's answers stand for, gives back those they no longer stand
// for, and tells for each how many cases took one before. A place once taken keeps its rank, and two
// processes that take the last one at the same moment get different ranks. A case that has been closed
// without an account takes none.
func (l *Ledger) TakePlaces(ctx context.Context, caseName string, want []Place) ([]checks.Place, error) {
	var ranks []checks.Place
	same := false
	// Mostly nothing has changed, and then nobody has to wait for the right to write.
	err := l.read(ctx, "counting places", func(tx *transaction) error {
		id, err := tx.caseID(caseName)
		if err != nil {
			return err
		}
		if same, err = tx.holdsExactly(id, want); err != nil || !same {
			return err
		}
		ranks, err = tx.ranks(id)
		return err
	})
	if err != nil || same {
		return ranks, err
	}
	err = l.write(ctx, "taking places", func(tx *transaction) error {
		id, err := tx.caseID(caseName)
		if err != nil {
			return err
		}
		events, err := tx.events(id)
		if err != nil {
			return err
		}
		if n := len(events); n > 0 && events[n-1].State == checks.Closed && !hasAccount(events) {
			want = nil
		}
		keep := map[Place]bool{}
		for _, p := range want {
			keep[Place{Field: p.Field, Key: p.Key}] = true
		}
		if err := tx.releasePlaces(id, func(field, key string) bool { return keep[Place{Field: field, Key: key}] }); err != nil {
			return err
		}
		for _, p := range want {
			_, err := tx.exec(`INSERT INTO places (case_id, field, key, masked, taken_at) SELECT ?, ?, ?, ?, ?
				WHERE NOT EXISTS (SELECT 1 FROM places WHERE case_id = ? AND field = ? AND released_at IS NULL)`,
				id, p.Field, p.Key, p.Masked, tx.now, id, p.Field)
			if err != nil {
				return err
			}
		}
		ranks, err = tx.ranks(id)
		return err
	})
	return ranks, err
}

const heldQuery = `SELECT field, key FROM places WHERE case_id = ? AND released_at IS NULL`

// holdsExactly reports whether the case holds just the places wanted.
func (t *transaction) holdsExactly(caseID int64, want []Place) (bool, error) {
	have := map[string]string{}
	err := t.each(heldQuery, []any{caseID}, func(scan func(...any) error) error {
		var field, key string
		err := scan(&field, &key)
		have[field] = key
		return err
	})
	if len(have) != len(want) {
		return false, err
	}
	for _, p := range want {
		if have[p.Field] != p.Key {
			return false, err
		}
	}
	return true, err
}

// releasePlaces gives back the places of a case that keep does not hold, and has the cases behind it
// examined again: they have moved up.
func (t *transaction) releasePlaces(caseID int64, keep func(field, key string) bool) error {
	type held struct{ field, key string }
	var gone []held
	err := t.each(heldQuery, []any{caseID}, func(scan func(...any) error) error {
		var h held
		err := scan(&h.field, &h.key)
		if err == nil && !keep(h.field, h.key) {
			gone = append(gone, h)
		}
		return err
	})
	if err != nil {
		return err
	}
	behind := map[int64]bool{}
	for _, h := range gone {
		err := t.each(`SELECT p.case_id FROM places p WHERE p.field = ? AND p.key = ? AND p.released_at IS NULL AND p.case_id IS NOT NULL
			AND p.id > (SELECT id FROM places WHERE case_id = ? AND field = ? AND released_at IS NULL)`, []any{h.field, h.key, caseID, h.field},
			func(scan func(...any) error) error {
				var id int64
				err := scan(&id)
				behind[id] = true
				return err
			})
		if err != nil {
			return err
		}
		if _, err := t.exec(`UPDATE places SET released_at = ? WHERE case_id = ? AND field = ? AND released_at IS NULL`, t.now, caseID, h.field); err != nil {
			return err
		}
	}
	for id := range behind {
		if err := t.raise(id); err != nil {
			return err
		}
	}
	return nil
}

// ranks counts for each place of the case those that were taken before it.
func (t *transaction) ranks(caseID int64) ([]checks.Place, error) {
	var all []checks.Place
	type own struct {
		id  int64
		key string
	}
	var owns []own
	err := t.each(`SELECT id, field, key, masked FROM places WHERE case_id = ? AND released_at IS NULL ORDER BY field`, []any{caseID},
		func(scan func(...any) error) error {
			var o own
			var p checks.Place
			err := scan(&o.id, &p.Field, &o.key, &p.Masked)
			owns, all = append(owns, o), append(all, p)
			return err
		})
	if err != nil {
		return nil, err
	}
	for i := range all {
		p, o := &all[i], owns[i]
		if _, err := t.one(`SELECT count(*) FROM places WHERE field = ? AND key = ? AND released_at IS NULL AND id < ?`, []any{p.Field, o.key, o.id}, &p.Before); err != nil {
			return nil, err
		}
		err := t.each(`SELECT c.name FROM places p JOIN cases c ON c.id = p.case_id
			WHERE p.field = ? AND p.key = ? AND p.released_at IS NULL AND p.id < ? ORDER BY p.id LIMIT ?`, []any{p.Field, o.key, o.id, mostNamed},
			func(scan func(...any) error) error {
				var name string
				err := scan(&name)
				p.Cases = append(p.Cases, name)
				return err
			})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}
