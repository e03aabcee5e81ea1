package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"dossier/checks"
	"dossier/pipeline"
)

// A Document is a current document of a case: the same bytes are one document, whatever names
// they came under.
type Document struct {
	Name       string   // the name they came under first, of those still current
	Aliases    []string // the other names, in the order they came
	SHA256     string
	Bytes      int64
	Modified   time.Time // of the file, in UTC, to the microsecond
	ReceivedAt time.Time
	SourcePath string         // where it lay
	Origin     *checks.Origin // of a page: the file it was taken out of
	Parts      int            // pages taken out of this file that are current, by page number
	Problems   []checks.Text  // what could not be taken out of it
}

// ElsewhereLimit is how many other cases are listed for one document: those that had it first.
// Twenty say all that a person needs to know; an agency's own letter that lies in ten thousand
// cases must not cost ten thousand times ten thousand.
const ElsewhereLimit = 20

// Elsewhere lists the documents of the case whose bytes are also current in another case, at
// most ElsewhereLimit cases for each, in the order in which the bytes came to them. The tray is
// no other case.
//
// When a document turns up elsewhere, or goes from there, the cases on whose lists that appears
// are raised, so that they are examined again; of the cases that hold a document which goes from
// one, only the first ElsewhereLimit.
func (l *Ledger) Elsewhere(ctx context.Context, caseName string) ([]checks.Elsewhere, error) {
	var all []checks.Elsewhere
	err := l.read(ctx, "looking for documents in other cases", func(tx *transaction) error {
		id, err := tx.caseID(caseName)
		if err != nil {
			return err
		}
		docs, err := tx.documents(id)
		if err != nil {
			return err
		}
		for _, d := range docs {
			others, err := tx.elsewhere(id, d.SHA256, ElsewhereLimit)
			if err != nil {
				return err
			}
			for _, o := range others {
				all = append(all, checks.Elsewhere{Name: d.Name, SHA256: d.SHA256, Case: o.caseName, OtherName: o.name})
			}
		}
		return nil
	})
	return all, err
}

const elsewhereQuery = `SELECT o.case_id, c.name, o.name FROM documents o JOIN cases c ON c.id = o.case_id
	WHERE o.sha256 = ? AND o.ended_at IS NULL ORDER BY o.id`

// other is a case that holds the same bytes, and their first name there.
type other struct {
	caseID         int64
	caseName, name string
}

func (t *transaction) elsewhere(caseID int64, sha256 string, limit int) ([]other, error) {
	var others []other
	seen := map[int64]bool{caseID: true}
	err := t.each(elsewhereQuery, []any{sha256}, func(scan func(...any) error) error {
		var o other
		if err := scan(&o.caseID, &o.caseName, &o.name); err != nil {
			return err
		}
		if seen[o.caseID] || o.caseName == pipeline.Unsorted {
			return nil
		}
		seen[o.caseID] = true
		others = append(others, o)
		if len(others) == limit {
			return errStop
		}
		return nil
	})
	return others, err
}

// document is one row: one file under one name.
type document struct {
	id, caseID  int64
	containerID int64 // 0 for a file as received
	page        int   // likewise
	receipt     pipeline.Receipt
}

const documentColumns = `SELECT d.id, d.case_id, d.name, d.sha256, d.bytes, d.modified_at, d.received_at, d.source_path, d.problems,
	coalesce(d.container_id, 0), coalesce(d.origin_page, 0), coalesce(c.name, ''), coalesce(c.sha256, '')
	FROM documents d LEFT JOIN documents c ON c.id = d.container_id `

const (
	currentQuery   = documentColumns + `WHERE d.case_id = ? AND d.name = ? AND d.ended_at IS NULL`
	documentsQuery = documentColumns + `WHERE d.case_id = ? AND d.ended_at IS NULL ORDER BY d.id`
	pagesQuery     = documentColumns + `WHERE d.container_id = ? AND d.ended_at IS NULL ORDER BY d.origin_page, d.id`
	filesQuery     = documentColumns + `WHERE d.case_id = ? AND d.sha256 = ? AND d.ended_at IS NULL AND d.container_id IS NULL ORDER BY d.id`
	holdsQuery     = `SELECT 1 FROM documents WHERE case_id = ? AND sha256 = ? AND ended_at IS NULL LIMIT 1`
)

func scanDocument(scan func(...any) error) (document, error) {
	var d document
	var modified, received int64
	var problems string
	var origin checks.Origin
	r := &d.receipt
	err := scan(&d.id, &d.caseID, &r.Name, &r.SHA256, &r.Bytes, &modified, &received, &r.Path, &problems,
		&d.containerID, &d.page, &origin.Name, &origin.SHA256)
	if err != nil {
		return d, err
	}
	r.Modified, r.At = fromMicro(modified), fromMicro(received)
	if d.page > 0 {
		origin.Page = d.page
		r.Origin = &origin
	}
	if err := json.Unmarshal([]byte(problems), &r.Problems); err != nil {
		return d, fmt.Errorf("problems of a document: %w", err)
	}
	return d, nil
}

// rows returns the rows of a query that begins with documentColumns.
func (t *transaction) rows(query string, args ...any) ([]document, error) {
	var all []document
	err := t.each(query, args, func(scan func(...any) error) error {
		d, err := scanDocument(scan)
		all = append(all, d)
		return err
	})
	return all, err
}

// current returns the row that bears the name in the case.
func (t *transaction) current(caseID int64, name string) (document, bool, error) {
	rows, err := t.rows(currentQuery, caseID, name)
	if err != nil || len(rows) == 0 {
		return document{}, false, err
	}
	return rows[0], true, nil
}

func (t *transaction) pages(containerID int64) ([]document, error) {
	return t.rows(pagesQuery, containerID)
}

// withPages returns every current row of the case that holds the bytes as a file of its own,
// each followed by its pages.
func (t *transaction) withPages(caseID int64, sha256 string) ([]document, error) {
	files, err := t.rows(filesQuery, caseID, sha256)
	if err != nil {
		return nil, err
	}
	var all []document
	for _, f := range files {
		pages, err := t.pages(f.id)
		if err != nil {
			return nil, err
		}
		all = append(append(all, f), pages...)
	}
	return all, nil
}

// holds reports whether the bytes are current in the case, under any name.
func (t *transaction) holds(h holding) (bool, error) {
	var yes int
	return t.one(holdsQuery, []any{h.caseID, h.sha256}, &yes)
}

// documents returns the current documents of the case, in the order they came.
func (t *transaction) documents(caseID int64) ([]Document, error) {
	rows, err := t.rows(documentsQuery, caseID)
	if err != nil {
		return nil, err
	}
	var docs []Document
	at := map[string]int{} // index into docs, by SHA-256
	parts := map[int64]int{}
	ids := make([]int64, 0, len(rows)) // of the rows behind docs
	for _, row := range rows {
		parts[row.containerID]++
		r := row.receipt
		if i, ok := at[r.SHA256]; ok {
			docs[i].Aliases = append(docs[i].Aliases, r.Name)
			continue
		}
		at[r.SHA256] = len(docs)
		ids = append(ids, row.id)
		docs = append(docs, Document{
			Name: r.Name, SHA256: r.SHA256, Bytes: r.Bytes, Modified: r.Modified, ReceivedAt: r.At,
			SourcePath: r.Path, Origin: r.Origin, Problems: r.Problems,
		})
	}
	for i, id := range ids {
		docs[i].Parts = parts[id]
	}
	return docs, nil
}
