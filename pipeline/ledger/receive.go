package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"dossier/checks"
	"dossier/pipeline"
)

// TakeIn records one receipt: TakeInAll of a single one.
func (l *Ledger) TakeIn(ctx context.Context, r pipeline.Receipt) (pipeline.Standing, error) {
	standings, err := l.TakeInAll(ctx, []pipeline.Receipt{r})
	if err != nil {
		return "", err
	}
	return standings[0], nil
}

// TakeInAll records receipts, and the work that follows from them, in one transaction, and
// returns what each meant, in the same order. A file and the pages taken out of it belong into
// one call, the file first. Cases are made as they are needed.
//
//   - A name the case does not have: StandingNew. If it has those bytes under another name,
//     StandingSame: the second name is remembered (Document.Aliases) and keeps the document in
//     the case should the first be replaced; nothing else changes.
//   - A name the case has, with the same bytes: StandingSame, nothing changes.
//   - A name the case has, with other bytes: StandingReplaced. The older file and the pages that
//     were taken out of it end and stay as history.
//
// A receipt with an Origin whose file is not, or no longer, in the case is ErrNoContainer.
func (l *Ledger) TakeInAll(ctx context.Context, receipts []pipeline.Receipt) ([]pipeline.Standing, error) {
	for _, r := range receipts {
		if err := validReceipt(r); err != nil {
			return nil, err
		}
	}
	var standings []pipeline.Standing
	err := l.write(ctx, "recording receipts", func(tx *transaction) error {
		b := newBook(tx)
		for _, r := range receipts {
			if err := tx.remember(r); err != nil {
				return err
			}
			s, err := b.takeIn(r)
			if err != nil {
				return err
			}
			standings = append(standings, s)
		}
		return b.close()
	})
	if err != nil {
		return nil, err
	}
	return standings, nil
}

// Move takes a document of one case, under all its names and with its pages, over to another;
// it is how a file leaves the tray. It returns what the document meant to the other case. A page
// alone is ErrPage, a name the case does not have ErrNotFound.
func (l *Ledger) Move(ctx context.Context, fromCase, name, toCase string) (pipeline.Standing, error) {
	if fromCase == toCase {
		return pipeline.StandingSame, nil
	}
	if err := validName("case", toCase); err != nil {
		return "", err
	}
	var standing pipeline.Standing
	err := l.write(ctx, "moving a document", func(tx *transaction) error {
		from, err := tx.caseID(fromCase)
		if err != nil {
			return err
		}
		doc, ok, err := tx.current(from, name)
		switch {
		case err != nil:
			return err
		case !ok:
			return fmt.Errorf("document %q of case %q: %w", name, fromCase, ErrNotFound)
		case doc.page > 0:
			return fmt.Errorf("document %q of case %q: %w", name, fromCase, ErrPage)
		}
		b := newBook(tx)
		rows, err := tx.withPages(from, doc.receipt.SHA256)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := b.end(row, "moved"); err != nil {
				return err
			}
		}
		for i, row := range rows {
			r := row.receipt
			r.Case = toCase
			s, err := b.takeIn(r)
			if err != nil {
				return err
			}
			if i == 0 {
				standing = s
			}
			if err := b.succeeded(row, r); err != nil {
				return err
			}
		}
		return b.close()
	})
	return standing, err
}

// Seen reports whether a file that lay at path with this size and modification time has been
// taken in, and under which SHA-256. It looks at files as received (receipts without an
// Origin), by their Path; after Purge they are forgotten.
func (l *Ledger) Seen(ctx context.Context, path string, size int64, modified time.Time) (sha256 string, ok bool, err error) {
	err = l.read(ctx, "looking up a file", func(tx *transaction) error {
		ok, err = tx.one(seenQuery, []any{path, size, micro(modified)}, &sha256)
		return err
	})
	return sha256, ok, err
}

// Received reports whether the case has ever received these bytes, as a document of its own, under
// a second name or as one that has been replaced or moved on since.
func (l *Ledger) Received(ctx context.Context, caseName, sha256 string) (bool, error) {
	var received bool
	err := l.read(ctx, "looking up bytes", func(tx *transaction) error {
		_, err := tx.one(receivedQuery, []any{caseName, sha256}, &received)
		return err
	})
	return received, err
}

const receivedQuery = `SELECT EXISTS (SELECT 1 FROM cases c JOIN documents d ON d.case_id = c.id WHERE c.name = ? AND d.sha256 = ?)`

const seenQuery = `SELECT sha256 FROM seen WHERE path = ? AND bytes = ? AND modified_at = ?`

// A book keeps, during one transaction, which bytes its cases held before, to know at the end
// what has changed for them and for others.
type book struct {
	*transaction
	ids     map[string]int64 // of the cases, by name
	before  map[holding]bool // whether the case held the bytes when the transaction began
	order   []holding        // keys of before, in the order they came up
	changed map[int64]bool   // cases to be raised
	cases   []int64          // keys of changed, likewise
}

type holding struct {
	caseID int64
	sha256 string
}

func newBook(tx *transaction) *book {
	return &book{transaction: tx, ids: map[string]int64{}, before: map[holding]bool{}, changed: map[int64]bool{}}
}

func (b *book) takeIn(r pipeline.Receipt) (pipeline.Standing, error) {
	caseID, err := b.makeCase(r.Case, r.At)
	if err != nil {
		return "", err
	}
	if err := b.note(caseID, r.SHA256); err != nil {
		return "", err
	}
	var container, page any
	if r.Origin != nil {
		id, err := b.container(caseID, r.Origin)
		if err != nil {
			return "", fmt.Errorf("page %d of %q in case %q: %w", r.Origin.Page, r.Origin.Name, r.Case, err)
		}
		container, page = id, r.Origin.Page
	}
	old, replacing, err := b.current(caseID, r.Name)
	if err != nil {
		return "", err
	}
	if replacing && old.receipt.SHA256 == r.SHA256 {
		return pipeline.StandingSame, nil
	}
	held, err := b.holds(holding{caseID, r.SHA256})
	if err != nil {
		return "", err
	}
	if replacing {
		if err := b.endWithPages(old, "replaced"); err != nil {
			return "", err
		}
	}
	problems, err := json.Marshal(append([]checks.Text{}, r.Problems...)) // [] rather than null
	if err != nil {
		return "", err
	}
	_, err = b.insert(`INSERT INTO documents (case_id, name, sha256, bytes, modified_at, received_at, source_path,
		problems, container_id, origin_page) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		caseID, r.Name, r.SHA256, r.Bytes, micro(r.Modified), micro(r.At), r.Path, string(problems), container, page)
	if err != nil {
		return "", err
	}
	switch {
	case replacing:
		b.change(caseID)
		return pipeline.StandingReplaced, b.succeeded(old, r)
	case held:
		return pipeline.StandingSame, nil
	}
	b.change(caseID)
	return pipeline.StandingNew, nil
}

// remember keeps how the file lay, and keeps the vault from forgetting its bytes.
func (t *transaction) remember(r pipeline.Receipt) error {
	if r.Path != "" && r.Origin == nil {
		_, err := t.exec(`INSERT INTO seen (path, bytes, modified_at, sha256) VALUES (?, ?, ?, ?)
			ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes, modified_at = excluded.modified_at, sha256 = excluded.sha256`,
			r.Path, r.Bytes, micro(r.Modified), r.SHA256)
		if err != nil {
			return err
		}
	}
	_, err := t.exec(`DELETE FROM removals WHERE sha256 = ?`, r.SHA256)
	return err
}

// container finds the current file a page was taken out of.
func (b *book) container(caseID int64, o *checks.Origin) (int64, error) {
	doc, ok, err := b.current(caseID, o.Name)
	if err != nil {
		return 0, err
	}
	if !ok || doc.receipt.SHA256 != o.SHA256 || doc.page > 0 {
		return 0, ErrNoContainer
	}
	return doc.id, nil
}

// endWithPages ends a current document and the pages taken out of it.
func (b *book) endWithPages(d document, ending string) error {
	pages, err := b.pages(d.id)
	if err != nil {
		return err
	}
	for _, p := range append(pages, d) {
		if err := b.end(p, ending); err != nil {
			return err
		}
	}
	return nil
}

func (b *book) end(d document, ending string) error {
	if err := b.note(d.caseID, d.receipt.SHA256); err != nil {
		return err
	}
	b.change(d.caseID)
	_, err := b.exec(`UPDATE documents SET ended_at = ?, ending = ? WHERE id = ?`, b.now, ending, d.id)
	return err
}

// succeeded notes that the document the receipt r speaks of came in the place of an ended one,
// and of its pages.
func (b *book) succeeded(ended document, r pipeline.Receipt) error {
	next, ok, err := b.current(b.ids[r.Case], r.Name)
	if err != nil || !ok {
		return err
	}
	_, err = b.exec(`UPDATE documents SET ended_by = ? WHERE id = ?`, next.id, ended.id)
	if err == nil && ended.page == 0 {
		_, err = b.exec(`UPDATE documents SET ended_by = ? WHERE container_id = ? AND ended_by IS NULL AND ended_at IS NOT NULL`, next.id, ended.id)
	}
	return err
}

func (b *book) makeCase(name string, at time.Time) (int64, error) {
	id, err := b.transaction.makeCase(name, at)
	b.ids[name] = id
	return id, err
}

// note remembers whether the case held the bytes, before they are touched for the first time.
func (b *book) note(caseID int64, sha256 string) error {
	h := holding{caseID, sha256}
	if _, ok := b.before[h]; ok {
		return nil
	}
	held, err := b.holds(h)
	b.before[h] = held
	b.order = append(b.order, h)
	return err
}

func (b *book) change(caseID int64) {
	if !b.changed[caseID] {
		b.changed[caseID] = true
		b.cases = append(b.cases, caseID)
	}
}

// close raises the revisions of the cases that changed, and of others that hold bytes which
// have come into one of them or left it.
func (b *book) close() error {
	for _, h := range b.order {
		held, err := b.holds(h)
		if err != nil {
			return err
		}
		if held == b.before[h] {
			continue
		}
		tray, err := b.isTray(h.caseID)
		if err != nil {
			return err
		}
		if tray {
			continue
		}
		others, err := b.elsewhere(h.caseID, h.sha256, ElsewhereLimit+1)
		if err != nil {
			return err
		}
		if len(others) > ElsewhereLimit {
			if held {
				continue // their lists are full: this case does not appear on any
			}
			others = others[:ElsewhereLimit]
		}
		for _, o := range others {
			b.change(o.caseID)
		}
	}
	for _, id := range b.cases {
		if err := b.raise(id); err != nil {
			return err
		}
	}
	return nil
}

// maxName bounds names of cases and documents: several nested folders of the longest names
// file systems know (255 bytes each).
const maxName = 4096

func validName(what, name string) error {
	if name == "" {
		return &checks.FormatError{Format: what + " name", Offset: -1, Reason: "it is empty"}
	}
	if len(name) > maxName {
		return &checks.LimitError{What: what + " name", Value: int64(len(name)), Limit: maxName, Unit: "bytes"}
	}
	return nil
}

func validSHA(sha string) error {
	ok := len(sha) == 64
	for i := 0; ok && i < len(sha); i++ {
		ok = '0' <= sha[i] && sha[i] <= '9' || 'a' <= sha[i] && sha[i] <= 'f'
	}
	if !ok {
		return &checks.FormatError{Format: "sha256", Offset: -1, Reason: "want 64 lower-case hex digits"}
	}
	return nil
}

func validReceipt(r pipeline.Receipt) error {
	if err := validName("case", r.Case); err != nil {
		return err
	}
	if err := validName("document", r.Name); err != nil {
		return err
	}
	if err := validSHA(r.SHA256); err != nil {
		return err
	}
	if r.Bytes < 0 {
		return &checks.FormatError{Format: "receipt", Offset: -1, Reason: "its size is negative"}
	}
	if r.Origin != nil && r.Origin.Page < 1 {
		return &checks.FormatError{Format: "receipt", Offset: -1, Reason: "pages are counted from 1"}
	}
	return nil
}
