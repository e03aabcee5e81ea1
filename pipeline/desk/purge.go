package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dossier/pipeline/durable"
	"dossier/pipeline/ledger"
)

const (
	// purgedName is the list of what has been purged, one JSON object a line.
	purgedName = "purged.jsonl"

	// PurgeSchema names the JSON of a PurgeRecord.
	PurgeSchema = "dossier.purged/1"

	// SummaryName is where a batch puts its summary unless told otherwise.
	SummaryName = "summary.csv"
)

// A PurgeRecord is what is kept of a purged case: that it was there, who had it removed and
// when, and digests, by which a file or a bundle that turns up later can be recognised. It holds
// no name, number or picture. The case's name is kept as a digest only: whoever knows the name
// can look it up, and who does not learns nothing (but a short name can be guessed).
type PurgeRecord struct {
	Schema     string    `json:"schema"` // PurgeSchema
	At         time.Time `json:"at"`
	Who        string    `json:"who"`
	CaseSHA256 string    `json:"case_sha256"` // of the case's name in UTF-8
	Reports    int       `json:"reports"`     // versions there were
	Documents  []string  `json:"documents"`   // SHA-256 of its documents, also of replaced ones
	Bundles    []string  `json:"bundles"`     // SHA-256 of the bundles built from it
}

// A Purged says what went with a case.
type Purged struct {
	Case      string
	Documents int      // of the case, replaced ones included
	Originals int      // that were removed from the vault
	Shared    int      // that stay, because another case holds the same bytes
	Folders   []string // that were removed
	Rows      int      // taken out of the desk's summary.csv
	Elsewhere int      // cases that held the same bytes and now wait for a new report
}

// Dormant lists the cases in which nothing has happened since the moment given: no file or
// answers came, nobody decided, nothing was bundled. Being examined again is no event.
func (d *Desk) Dormant(ctx context.Context, since time.Time) ([]string, error) {
	names, err := d.CaseNames(ctx)
	if err != nil {
		return nil, err
	}
	var dormant []string
	for _, name := range names {
		last, err := d.lastEvent(ctx, name)
		if errors.Is(err, ledger.ErrNotFound) {
			continue // purged by somebody else a moment ago
		}
		if err != nil {
			return nil, err
		}
		if last.Before(since) {
			dormant = append(dormant, name)
		}
	}
	return dormant, nil
}

func (d *Desk) lastEvent(ctx context.Context, name string) (time.Time, error) {
	c, err := d.ledger.Case(ctx, name)
	if err != nil {
		return time.Time{}, err
	}
	last := c.Created
	later := func(t time.Time) {
		if t.After(last) {
			last = t
		}
	}
	for _, doc := range c.Documents {
		later(doc.ReceivedAt)
	}
	for _, r := range c.Replaced {
		later(r.At)
	}
	if c.Answers != nil {
		later(c.Answers.At)
	}
	decisions, err := d.ledger.Decisions(ctx, name)
	if err != nil {
		return last, err
	}
	for _, one := range decisions {
		later(one.When)
	}
	bundles, err := d.ledger.Bundles(ctx, name)
	for _, b := range bundles {
		later(b.At)
	}
	return last, err
}

// Purge removes a case for good: its folders below cases/ and inbox/, everything the ledger
// knows of it, and those of its originals that no other case holds. The tray is purged by its
// name. What stays is a PurgeRecord. Earlier reports of other cases that name this one stay as
// they were; bundles that were handed out are beyond it.
//
// Broken off at any moment, it can be called again: the folders go first, for without the
// ledger nobody would know that they are there, and the originals, of which the ledger keeps a
// list until they are gone, last.
func (d *Desk) Purge(ctx context.Context, name, who string) (Purged, error) {
	gone := Purged{Case: name}
	// No case's folder begins with a dot; what does, below cases/, is the desk's own.
	if name == "" || name[0] == '.' || strings.ContainsAny(name, `/\`) || !filepath.IsLocal(name) {
		return gone, &NoCaseError{name, nil}
	}
	c, err := d.ledger.Case(ctx, name)
	known := err == nil
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return gone, err
	}
	if err := d.removeFolders(name, &gone); err != nil {
		return gone, err
	}
	if !known {
		// Folders that an earlier attempt left, or a case that was never taken in.
		if len(gone.Folders) == 0 {
			return gone, &NoCaseError{name, ledger.ErrNotFound}
		}
		return gone, d.forgetTraces(ctx, name, &gone)
	}
	record, err := d.purgeRecord(ctx, c, who)
	if err != nil {
		return gone, err
	}
	gone.Documents = len(record.Documents)
	if err := d.keepRecord(record); err != nil {
		return gone, err
	}
	pendingBefore, err := d.pendingCases(ctx)
	if err != nil {
		return gone, err
	}
	if err := d.ledger.Purge(ctx, name); err != nil {
		return gone, err
	}
	pendingAfter, err := d.pendingCases(ctx)
	if err != nil {
		return gone, err
	}
	for one := range pendingAfter {
		if !pendingBefore[one] {
			gone.Elsewhere++
		}
	}
	// Whoever was writing a report of it meanwhile has to finish, and may have made the folder anew.
	lock, err := durable.Exclusive(d.projectLock())
	if err != nil && !durable.LockUnsupported(err) {
		return gone, err
	}
	err = d.removeFolders(name, &gone)
	lock.Release()
	if err != nil {
		return gone, err
	}
	if err := d.forgetTraces(ctx, name, &gone); err != nil {
		return gone, err
	}
	if err := d.removeOriginals(ctx); err != nil {
		return gone, err
	}
	for _, sha := range record.Documents {
		has, err := d.vault.Has(sha)
		if err != nil {
			return gone, err
		}
		if has {
			gone.Shared++
		} else {
			gone.Originals++
		}
	}
	return gone, nil
}

func (d *Desk) pendingCases(ctx context.Context) (map[string]bool, error) {
	lines, err := d.ledger.Cases(ctx)
	pending := map[string]bool{}
	for _, l := range lines {
		if l.Pending {
			pending[l.Name] = true
		}
	}
	return pending, err
}

// removeFolders removes what lies of the case below cases/ and inbox/. Files straight in the
// inbox, which belong to the tray, are not its folder's and stay to be taken in.
func (d *Desk) removeFolders(name string, gone *Purged) error {
	for _, folder := range []string{d.CaseDir(name), filepath.Join(d.InboxDir(), name)} {
		if _, err := os.Lstat(folder); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := os.RemoveAll(folder); err != nil {
			return fmt.Errorf("removing %s: %w", folder, err)
		}
		if err := durable.SyncDir(filepath.Dir(folder)); err != nil {
			return err
		}
		if !slices.Contains(gone.Folders, folder) {
			gone.Folders = append(gone.Folders, folder)
		}
	}
	return nil
}

func (d *Desk) purgeRecord(ctx context.Context, c ledger.Case, who string) (PurgeRecord, error) {
	sum := sha256.Sum256([]byte(c.Name))
	r := PurgeRecord{Schema: PurgeSchema, At: d.now().UTC(), Who: who, CaseSHA256: hex.EncodeToString(sum[:]),
		Reports: c.Version, Documents: []string{}, Bundles: []string{}}
	for _, doc := range c.Documents {
		r.Documents = append(r.Documents, doc.SHA256)
	}
	for _, old := range c.Replaced {
		r.Documents = append(r.Documents, old.SHA256)
	}
	slices.Sort(r.Documents)
	r.Documents = slices.Compact(r.Documents)
	bundles, err := d.ledger.Bundles(ctx, c.Name)
	for _, b := range bundles {
		r.Bundles = append(r.Bundles, b.SHA256)
	}
	return r, err
}

// keepRecord adds a record to the list. The list is short, a line a case, so that it is written
// anew as a whole, the one way in which Dossier writes files.
func (d *Desk) keepRecord(r PurgeRecord) error {
	path := filepath.Join(d.dir, purgedName)
	lock, err := durable.Exclusive(path + ".lock")
	if err != nil && !durable.LockUnsupported(err) {
		return err
	}
	defer lock.Release()
	list, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return durable.WriteFile(path, append(append(list, line...), '\n'), durable.FileMode)
}

// forgetTraces takes the case's name out of the list of entries left alone and out of the
// desk's summary of the last batch.
func (d *Desk) forgetTraces(ctx context.Context, name string, gone *Purged) error {
	entries, err := d.ledger.IgnoredEntries(ctx)
	if err != nil {
		return err
	}
	inbox := filepath.Join(d.InboxDir(), name)
	for _, e := range entries {
		if e.Path == inbox || below(e.Path, inbox) {
			if err := d.ledger.ForgetIgnored(ctx, e.Path); err != nil {
				return err
			}
		}
	}
	path := filepath.Join(d.dir, SummaryName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	left, rows := withoutRows(text, name)
	if rows == 0 {
		return nil
	}
	gone.Rows = rows
	return durable.WriteFile(path, left, durable.FileMode)
}

// withoutRows takes the rows of a case out of a summary, byte for byte leaving the others. A
// file that is no such table is left as it is.
func withoutRows(text []byte, name string) ([]byte, int) {
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	var left []byte
	rows, begin := 0, int64(0)
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return append(left, text[begin:]...), rows
		}
		if err != nil {
			return text, 0
		}
		end := r.InputOffset()
		// A name that looks like a formula stands behind an apostrophe.
		if first := row[0]; first == name || first == "'"+name {
			rows++
		} else {
			left = append(left, text[begin:end]...)
		}
		begin = end
	}
}

// removeOriginals removes from the vault what the ledger says has to go, also what an earlier,
// broken purge left.
func (d *Desk) removeOriginals(ctx context.Context) error {
	shas, err := d.ledger.Removals(ctx)
	if err != nil {
		return err
	}
	for _, sha := range shas {
		if err := d.vault.Remove(sha); err != nil {
			return err
		}
		if err := d.ledger.Removed(ctx, sha); err != nil {
			return err
		}
	}
	return nil
}
