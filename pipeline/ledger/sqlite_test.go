package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"dossier/checks"
	"dossier/pipeline"
)

var ctx = context.Background()

func openTemp(t testing.TB) *Ledger {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "ledger.db"))
}

func openAt(t testing.TB, path string) *Ledger {
	t.Helper()
	l, err := Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func shaOf(i int) string { return fmt.Sprintf("%064x", i) }

func simple(caseName, name string, content int) pipeline.Receipt {
	return pipeline.Receipt{Case: caseName, Name: name, Path: "/inbox/" + caseName + "/" + name, SHA256: shaOf(content), Bytes: 1, At: time.Unix(0, 0)}
}

// Nobody but the owner may read the ledger, nor SQLite's own files beside it.
func TestFileModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such modes on Windows")
	}
	path := filepath.Join(t.TempDir(), "new folder", "ledger.db")
	l := openAt(t, path)
	if _, err := l.TakeIn(ctx, simple("c", "a.jpg", 1)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{"": 0o600, "-wal": 0o600, "-shm": 0o600, ".lock": 0o600} {
		info, err := os.Stat(path + name)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("ledger.db%s: %v, %v; want %v", name, info.Mode(), err, want)
		}
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder: %v, %v", info.Mode(), err)
	}
	l.Close()
	if err := os.Chmod(path, 0o644); err != nil { // as a careless copy leaves it
		t.Fatal(err)
	}
	openAt(t, path)
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("opened again: %v", info.Mode())
	}
}

// The connection is set up as the promise of the package comment needs it.
func TestPragmas(t *testing.T) {
	l := openTemp(t)
	for name, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "30000", "secure_delete": "1"} {
		for _, db := range []*sql.DB{l.writer, l.reader} {
			var got string
			if err := db.QueryRow("PRAGMA " + name).Scan(&got); err != nil || got != want {
				t.Errorf("%s = %s, %v; want %s", name, got, err, want)
			}
		}
	}
	if _, err := l.reader.Exec(`DELETE FROM cases`); err == nil {
		t.Error("a reading connection can write")
	}
}

// A path may hold what means something in the name of a database.
func TestOddPaths(t *testing.T) {
	for _, name := range []string{"台账 ledger.db", "a?mode=memory.db", "100%.db", "a#b.db", "a&_pragma=x.db", "%41.db", "file:x.db"} {
		if runtime.GOOS == "windows" && strings.ContainsAny(name, "?:") {
			continue
		}
		path := filepath.Join(t.TempDir(), name)
		l := openAt(t, path)
		if _, err := l.TakeIn(ctx, simple("c", "a.jpg", 1)); err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
		if _, err := openAt(t, path).Case(ctx, "c"); err != nil {
			t.Errorf("%s, opened again: %v", name, err)
		}
	}
}

// Several processes open a desk that does not exist yet: one makes the tables.
func TestFirstOpenIsRaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			l, err := Open(ctx, path)
			if err != nil {
				t.Error(err)
				return
			}
			defer l.Close()
			if _, err := l.TakeIn(ctx, simple("c", fmt.Sprint(i), i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	c, err := openAt(t, path).Case(ctx, "c")
	if err != nil || len(c.Documents) != 8 {
		t.Errorf("%d documents, %v; want 8", len(c.Documents), err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Run("a ledger from the future", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "ledger.db")
		l := openAt(t, path)
		if _, err := l.writer.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`); err != nil {
			t.Fatal(err)
		}
		l.Close()
		refused(t, path, ErrNewer, "newer version")
	})
	t.Run("a file that is no ledger", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "ledger.db")
		if err := os.WriteFile(path, []byte(strings.Repeat("not a database\n", 500)), 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, path, nil, "damaged")
	})
	t.Run("a folder", func(t *testing.T) {
		refused(t, t.TempDir(), nil, "may not write")
	})
}

func refused(t *testing.T, path string, want error, hint string) {
	t.Helper()
	_, err := Open(ctx, path)
	var e *Error
	if !errors.As(err, &e) || want != nil && !errors.Is(err, want) {
		t.Fatalf("Open = %v, want an *Error", err)
	}
	if h := e.Hint(); !strings.Contains(h.En, hint) || h.Zh == "" {
		t.Errorf("hint %+v, want %q", h, hint)
	}
	if !strings.Contains(err.Error(), path) {
		t.Errorf("the error does not say where: %v", err)
	}
}

// What the package promises holds whoever writes to the tables.
func TestDatabaseRefuses(t *testing.T) {
	l := openTemp(t)
	pdf := simple("c", "scan.pdf", 1)
	p := simple("c", "scan.pdf/1.jpg", 2)
	p.Origin = &checks.Origin{Name: pdf.Name, SHA256: pdf.SHA256, Page: 1}
	if _, err := l.TakeInAll(ctx, []pipeline.Receipt{pdf, p, simple("c", "a.jpg", 3)}); err != nil {
		t.Fatal(err)
	}
	for _, r := range []pipeline.Receipt{simple("c", "a.jpg", 4), simple("other", "b.jpg", 5)} {
		if _, err := l.TakeIn(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.RecordAnswers(ctx, "c", []byte("x"), time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	if err := l.Decide(ctx, "c", []pipeline.Decision{{Check: "a/b", Code: "c", Fingerprint: "f", Who: "w", Because: "b"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.StoreReport(ctx, "c", 2, &pipeline.Case{Case: "c", Verdict: pipeline.VerdictPass}); err != nil {
		t.Fatal(err)
	}
	if err := l.RecordBundle(ctx, "c", 1, shaOf(9), time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	const row = `INSERT INTO documents (case_id, name, sha256, bytes, modified_at, received_at, source_path, container_id, origin_page) VALUES `
	for _, c := range []struct{ statement, want string }{
		{`UPDATE cases SET revision = revision - 1`, "only rises"},
		{`UPDATE cases SET revision = revision`, "only rises"},
		{`UPDATE cases SET path = 'sideways'`, "CHECK"},
		{`INSERT INTO cases (name, created_at, changed_at) VALUES ('c', 0, 0)`, "UNIQUE"},
		{`DELETE FROM cases WHERE name = 'c'`, "FOREIGN KEY"},
		{`UPDATE documents SET sha256 = '` + shaOf(8) + `'`, "does not change"},
		{`UPDATE documents SET case_id = 2 WHERE id = 1`, "does not change"},
		{`UPDATE documents SET ended_at = 5, ending = 'moved' WHERE ended_at IS NOT NULL`, "ends once"},
		{`UPDATE documents SET ended_at = NULL, ending = NULL WHERE ended_at IS NOT NULL`, "ends once"},
		{`UPDATE documents SET ended_at = 5 WHERE ended_at IS NULL`, "CHECK"},
		{`UPDATE documents SET ended_by = 1 WHERE ended_at IS NULL`, "CHECK"},
		{`DELETE FROM documents`, "purged"},
		{row + `(1, 'scan.pdf', '` + shaOf(7) + `', 1, 0, 0, '', NULL, NULL)`, "UNIQUE"},
		{row + `(1, 'x', 'not a hash', 1, 0, 0, '', NULL, NULL)`, "CHECK"},
		{row + `(1, 'x', '` + shaOf(7) + `', -1, 0, 0, '', NULL, NULL)`, "CHECK"},
		{row + `(99, 'x', '` + shaOf(7) + `', 1, 0, 0, '', NULL, NULL)`, "FOREIGN KEY"},
		{row + `(2, 'x', '` + shaOf(7) + `', 1, 0, 0, '', 1, 1)`, "needs the file"}, // the file is in the other case
		{row + `(1, 'x', '` + shaOf(7) + `', 1, 0, 0, '', 1, NULL)`, "CHECK"},
		{`UPDATE answers SET data = x'00'`, "new version"},
		{`DELETE FROM answers`, "purged"},
		{`UPDATE work SET done_revision = wanted_revision + 1`, "CHECK"},
		{`UPDATE reports SET verdict = 'pass'`, "new version"},
		{`DELETE FROM reports`, "purged"},
		{`INSERT INTO reports (case_id, version, revision, verdict, generated_at, json) VALUES (1, 1, 3, 'pass', 0, '{}')`, "order"},
		{`INSERT INTO reports (case_id, version, revision, verdict, generated_at, json) VALUES (1, 3, 3, 'pass', 0, '{}')`, "order"},
		{`INSERT INTO reports (case_id, version, revision, verdict, generated_at, json) VALUES (1, 2, 2, 'pass', 0, '{}')`, "order"},
		{`INSERT INTO reports (case_id, version, revision, verdict, generated_at, json) VALUES (1, 2, 99, 'pass', 0, '{}')`, "order"},
		{`INSERT INTO reports (case_id, version, revision, verdict, generated_at, json) VALUES (1, 2, 3, 'fine', 0, '{}')`, "CHECK"},
		{`INSERT INTO reports (case_id, version, revision, verdict, generated_at, json) VALUES (1, 2, 3, 'pass', 0, '{')`, "CHECK"},
		{`UPDATE decisions SET because = 'another reason'`, "a new one"},
		{`DELETE FROM decisions`, "purged"},
		{`UPDATE bundles SET sha256 = '` + shaOf(8) + `'`, "does not change"},
		{`DELETE FROM bundles`, "purged"},
		{`INSERT INTO bundles (case_id, report_version, sha256, built_at) VALUES (1, 7, '` + shaOf(8) + `', 0)`, "FOREIGN KEY"},
	} {
		_, err := l.writer.Exec(c.statement)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\n: %v, want it refused with %q", c.statement, err, c.want)
		}
	}
	sound(t, l)
}

// sound checks the file as SQLite itself can.
func sound(t testing.TB, l *Ledger) {
	t.Helper()
	var got string
	if err := l.reader.QueryRow(`PRAGMA integrity_check`).Scan(&got); err != nil || got != "ok" {
		t.Errorf("integrity: %s, %v", got, err)
	}
	if err := l.reader.QueryRow(`PRAGMA foreign_key_check`).Scan(&got); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("foreign keys: %s, %v", got, err)
	}
}

// few are queries whose rows of one case may be sorted: there is a handful of them.
var few = map[string]bool{"replaced": true, "pages": true, "bundles": true, "forget results": true}

// What is asked for each file, each case and each look is found through an index.
func TestQueriesUseIndexes(t *testing.T) {
	l := openTemp(t)
	for name, query := range map[string]string{
		"seen": seenQuery, "current": currentQuery, "documents": documentsQuery, "pages": pagesQuery, "files": filesQuery,
		"holds": holdsQuery, "elsewhere": elsewhereQuery, "case": caseQuery, "case id": caseIDQuery, "pending": pendingQuery,
		"latest report": latestReportQuery, "report": reportQuery, "reports": reportsQuery, "answers": answersQuery,
		"replaced": replacedQuery, "decisions": decisionsQuery, "bundles": bundlesQuery, "cached": cachedQuery,
		"forget results": forgetResults,
	} {
		for _, line := range plan(t, l, query) {
			// Pending walks the index of what is pending, which is short whatever the desk holds.
			if strings.Contains(line, "SCAN") && !strings.Contains(line, "USING INDEX work_pending") {
				t.Errorf("%s reads a whole table: %s", name, line)
			}
			if strings.Contains(line, "TEMP B-TREE") && !few[name] {
				t.Errorf("%s sorts: %s", name, line)
			}
		}
	}
	// The rule can fail: this one has no index.
	if got := strings.Join(plan(t, l, `SELECT 1 FROM documents WHERE source_path = ?`), " "); !strings.Contains(got, "SCAN") {
		t.Errorf("a query without an index: %s", got)
	}
}

func plan(t *testing.T, l *Ledger, query string) []string {
	t.Helper()
	n := strings.Count(regexp.MustCompile(`\?\d`).ReplaceAllString(query, ""), "?")
	if n == 0 {
		n = 3 // numbered parameters
	}
	rows, err := l.writer.Query(`EXPLAIN QUERY PLAN `+query, make([]any, n)...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, detail)
	}
	if len(lines) == 0 {
		t.Fatalf("no plan for %s", query)
	}
	return lines
}

// After a purge the bytes of the rows are gone from the files, not only from the tables.
func TestPurgeLeavesNothingInTheFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := openAt(t, path)
	const name = "Zhang San Trading Co"
	for i, c := range []string{name, "another client"} {
		r := simple(c, "licence of "+c+".jpg", i)
		if _, err := l.TakeIn(ctx, r); err != nil {
			t.Fatal(err)
		}
		if _, err := l.RecordAnswers(ctx, c, []byte("company: "+c), time.Unix(0, 0)); err != nil {
			t.Fatal(err)
		}
		if _, err := l.StoreReport(ctx, c, 2, &pipeline.Case{Case: c, Verdict: pipeline.VerdictPass}); err != nil {
			t.Fatal(err)
		}
	}
	if !inFiles(t, path, name) {
		t.Fatal("the name was not there to begin with")
	}
	if err := l.Purge(ctx, name); err != nil {
		t.Fatal(err)
	}
	if inFiles(t, path, name) {
		t.Error("the name is still in the files")
	}
	if !inFiles(t, path, "another client") {
		t.Error("the other client has gone, too")
	}
	sound(t, l)
}

func inFiles(t *testing.T, path, text string) bool {
	t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + suffix)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if strings.Contains(string(data), text) {
			return true
		}
	}
	return false
}

// A caller that gives up gets its own error, and has changed nothing.
func TestGivingUp(t *testing.T) {
	l := openTemp(t)
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := l.TakeIn(stopped, simple("c", "a.jpg", 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("TakeIn = %v, want context.Canceled", err)
	}
	if _, err := l.Case(ctx, "c"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Case = %v, want ErrNotFound", err)
	}
}

// A ledger from before counts were kept is counted once, when it is opened.
func TestCountsOfAnOlderLedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	db, err := sql.Open("sqlite", dsn(path, false))
	if err != nil {
		t.Fatal(err)
	}
	steps, err := migrations(db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := steps.UpTo(ctx, 2); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`INSERT INTO cases (id, name, created_at, changed_at) VALUES (1, 'full', 0, 0), (2, 'empty', 0, 0)`,
		`INSERT INTO documents (case_id, name, sha256, bytes, modified_at, received_at, source_path) VALUES
			(1, 'a.jpg', printf('%064x', 1), 1, 0, 0, ''), (1, 'same as a.jpg', printf('%064x', 1), 1, 0, 0, ''), (1, 'b.jpg', printf('%064x', 2), 1, 0, 0, '')`,
		`INSERT INTO documents (case_id, name, sha256, bytes, modified_at, received_at, source_path, ended_at, ending) VALUES
			(1, 'old.jpg', printf('%064x', 3), 1, 0, 0, '', 1, 'replaced')`,
		`UPDATE cases SET revision = 2 WHERE id = 1`,
		`INSERT INTO reports (case_id, version, revision, verdict, generated_at, json) VALUES (1, 1, 1, 'fail', 0, '{}')`,
		`INSERT INTO reports (case_id, version, revision, verdict, generated_at, json) VALUES (1, 2, 2, 'review', 0, '{}')`,
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	lines, err := openAt(t, path).Cases(ctx)
	if err != nil || len(lines) != 2 {
		t.Fatal(lines, err)
	}
	if l := lines[1]; l.Name != "full" || l.Documents != 2 || l.Version != 2 || l.Verdict != pipeline.VerdictReview {
		t.Errorf("%+v, want two documents and the second report, a review", l)
	}
	if l := lines[0]; l.Documents != 0 || l.Version != 0 || l.Verdict != "" {
		t.Errorf("%+v, want nothing", l)
	}
}
