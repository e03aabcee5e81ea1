package ledger

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"dossier/checks"
	"dossier/pipeline"
)

// A ReportLine is one report in the list of a case's reports.
type ReportLine struct {
	Version   int
	Revision  int64 // of the case, that it speaks of
	Verdict   pipeline.Verdict
	Generated time.Time
}

// StoreReport keeps the report of the case at this revision, gives it the next version number
// and returns that; the version in c does not matter and c is not changed. The work of this
// revision is done; if the case has changed since, it stays pending.
//
// A report of the same revision is kept once: the version of the one that is there is returned.
// If a report of a later revision is there already, this one tells nothing new, and that later
// version is returned.
func (l *Ledger) StoreReport(ctx context.Context, caseName string, revision int64, c *pipeline.Case) (version int, err error) {
	if c.Case != caseName {
		return 0, &checks.FormatError{Format: "report", Offset: -1, Reason: fmt.Sprintf("it is of case %q, not %q", c.Case, caseName)}
	}
	err = l.write(ctx, "storing a report", func(tx *transaction) error {
		id, err := tx.caseID(caseName)
		if err != nil {
			return err
		}
		if err := tx.validRevision(id, caseName, revision); err != nil {
			return err
		}
		var latest int
		var reported int64
		var verdict string
		if _, err := tx.one(latestReportQuery, []any{id}, &latest, &reported, &verdict); err != nil {
			return err
		}
		if reported > revision {
			version = latest
			return nil
		}
		if reported == revision {
			version = latest
			return tx.done(id, revision)
		}
		version = latest + 1
		report := *c
		report.Version = version
		data, err := json.Marshal(&report)
		if err != nil {
			return fmt.Errorf("report: %w", err)
		}
		_, err = tx.exec(`INSERT INTO reports (case_id, version, revision, verdict, generated_at, json) VALUES (?, ?, ?, ?, ?, ?)`,
			id, version, revision, c.Verdict, micro(c.GeneratedAt), string(data))
		if err != nil {
			return err
		}
		return tx.done(id, revision)
	})
	if err != nil {
		return 0, err
	}
	return version, nil
}

// Report returns a report of the case; version 0 is the newest. ErrNotFound if there is none.
func (l *Ledger) Report(ctx context.Context, caseName string, version int) (*pipeline.Case, error) {
	var c *pipeline.Case
	err := l.read(ctx, "looking up a report", func(tx *transaction) error {
		id, err := tx.caseID(caseName)
		if err != nil {
			return err
		}
		var data []byte
		ok, err := tx.one(reportQuery, []any{id, version, version}, &data)
		if err == nil && !ok {
			err = fmt.Errorf("report %d of case %q: %w", version, caseName, ErrNotFound)
		}
		if err != nil {
			return err
		}
		c = new(pipeline.Case)
		return json.Unmarshal(data, c)
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

const reportQuery = `SELECT json FROM reports WHERE case_id = ? AND (? = 0 OR version = ?) ORDER BY version DESC LIMIT 1`

// Reports lists the reports of the case, oldest first.
func (l *Ledger) Reports(ctx context.Context, caseName string) ([]ReportLine, error) {
	var all []ReportLine
	err := l.read(ctx, "listing reports", func(tx *transaction) error {
		id, err := tx.caseID(caseName)
		if err != nil {
			return err
		}
		return tx.each(reportsQuery, []any{id}, func(scan func(...any) error) error {
			var r ReportLine
			var at int64
			err := scan(&r.Version, &r.Revision, &r.Verdict, &at)
			r.Generated = fromMicro(at)
			all = append(all, r)
			return err
		})
	})
	return all, err
}

const reportsQuery = `SELECT version, revision, verdict, generated_at FROM reports WHERE case_id = ? ORDER BY version`

// A Projection is a report that has not been written out to its case's folder.
type Projection struct {
	Case    string
	Version int
}

// Unprojected lists, by case, the newest reports that have not been written out yet. An older
// report that a newer one has overtaken is not listed.
func (l *Ledger) Unprojected(ctx context.Context) ([]Projection, error) {
	var all []Projection
	err := l.read(ctx, "looking for reports to write out", func(tx *transaction) error {
		return tx.each(unprojectedQuery, nil, func(scan func(...any) error) error {
			var p Projection
			err := scan(&p.Case, &p.Version)
			all = append(all, p)
			return err
		})
	})
	return all, err
}

const unprojectedQuery = `SELECT c.name, u.version FROM unprojected u JOIN cases c ON c.id = u.case_id ORDER BY u.case_id`

// Projected notes that this version of the case's report, and with it every older one, has been
// written out. It does not hurt to say so twice.
func (l *Ledger) Projected(ctx context.Context, caseName string, version int) error {
	return l.write(ctx, "noting a report as written out", func(tx *transaction) error {
		id, err := tx.caseID(caseName)
		if err != nil {
			return err
		}
		_, err = tx.exec(`DELETE FROM unprojected WHERE case_id = ? AND version <= ?`, id, version)
		return err
	})
}

// keptResults is how many results of one document under one name are kept: a few kinds and
// keys, so that going back to an earlier profile costs nothing, but no more.
const keptResults = 4

// maxUnpacked bounds what a damaged or malicious row may unpack to; a document with a hundred
// findings takes 100 KB.
const maxUnpacked = 64 << 20

// CachedDocument returns the result that StoreDocument kept for these bytes under this name and the
// same key. The key says whatever else the result depends on: the kind that people state, which need
// not be the result's, check versions, settings, the profile. Where the document came from (Origin,
// ReceivedAt) is as it was then: the caller sets it anew.
func (l *Ledger) CachedDocument(ctx context.Context, sha256, name, key string) (doc pipeline.Document, ok bool, err error) {
	err = l.read(ctx, "looking up an examined document", func(tx *transaction) error {
		var packed []byte
		ok, err = tx.one(cachedQuery, []any{sha256, name, key}, &packed)
		if err != nil || !ok {
			return err
		}
		return unpack(packed, &doc)
	})
	return doc, ok && err == nil, err
}

const cachedQuery = `SELECT packed FROM results WHERE sha256 = ? AND name = ? AND key = ?`

// StoreDocument keeps examined documents for CachedDocument, under their SHA256 and Path, all in one
// transaction.
func (l *Ledger) StoreDocument(ctx context.Context, key string, docs ...pipeline.Document) error {
	packed := make([][]byte, len(docs))
	for i, doc := range docs {
		if err := validSHA(doc.SHA256); err != nil {
			return err
		}
		var err error
		if packed[i], err = pack(doc); err != nil {
			return fmt.Errorf("keeping an examined document: %w", err)
		}
	}
	if len(docs) == 0 {
		return nil
	}
	return l.write(ctx, "keeping examined documents", func(tx *transaction) error {
		for i, doc := range docs {
			if _, err := tx.exec(sameResult, doc.SHA256, doc.Path, key); err != nil {
				return err
			}
			_, err := tx.exec(`INSERT INTO results (sha256, name, kind, key, packed) VALUES (?, ?, ?, ?, ?)`,
				doc.SHA256, doc.Path, doc.Kind, key, packed[i])
			if err != nil {
				return err
			}
			if _, err := tx.exec(forgetResults, doc.SHA256, doc.Path, keptResults); err != nil {
				return err
			}
		}
		return nil
	})
}

// sameResult makes room for a result: the same key may have given another kind before, where a time limit came
// between.
const sameResult = `DELETE FROM results WHERE sha256 = ? AND name = ? AND key = ?`

const forgetResults = `DELETE FROM results WHERE sha256 = ?1 AND name = ?2 AND id NOT IN
	(SELECT id FROM results WHERE sha256 = ?1 AND name = ?2 ORDER BY id DESC LIMIT ?3)`

// pack makes JSON a tenth of its length: the results of a million documents are many.
func pack(v any) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := json.NewEncoder(w).Encode(v); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func unpack(packed []byte, v any) error {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	return json.NewDecoder(io.LimitReader(r, maxUnpacked)).Decode(v)
}
