package desk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dossier/checks"
	"dossier/pipeline"
	"dossier/pipeline/ledger"
	"dossier/pipeline/profile"
	"dossier/pipeline/profile/sheet"
)

// codesOf lists the codes that a case check found, with their severity.
func codesOf(c *pipeline.Case, check string) (codes []string) {
	for _, r := range c.Results {
		if r.Check != check {
			continue
		}
		for _, f := range r.Findings {
			codes = append(codes, string(f.Severity)+" "+f.Code)
		}
	}
	return codes
}

// person takes in a case with these answers and returns its report.
func person(t testing.TB, d *Desk, name string, values map[string]string) *pipeline.Case {
	t.Helper()
	ctx := t.Context()
	if err := d.ledger.SetPath(ctx, name, checks.Individual); err != nil {
		t.Fatal(err)
	}
	if _, err := d.ledger.RecordAnswers(ctx, name, profile.Fill(checks.Individual, values), d.now()); err != nil {
		t.Fatal(err)
	}
	c, err := d.Examine(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The third case of one ID is one too many in 2014; closing one gives its place to the next.
func TestQuotaOverTheDesk(t *testing.T) {
	t.Parallel()
	d := openDesk(t, t.TempDir())
	id := func(email string) map[string]string {
		return map[string]string{checks.FieldIDNumber: "11010519491231002X", checks.FieldEmail: email}
	}
	for i, want := range []string{"", "note id_last", "fail id_quota"} {
		c := person(t, d, fmt.Sprint("case", i), id(fmt.Sprintf("a%d@example.cn", i)))
		if got := strings.Join(codesOf(c, "casefile/quota"), " "); got != want {
			t.Errorf("case %d: %q, want %q", i, got, want)
		}
	}
	// Written in another way it is the same ID and the same address.
	c := person(t, d, "again", map[string]string{checks.FieldIDNumber: "110105 19491231 002x", checks.FieldEmail: "A0@example.cn"})
	if got := codesOf(c, "casefile/quota"); !slices.Equal(got, []string{"review email_used", "fail id_quota"}) {
		t.Errorf("again: %q", got)
	}
	if _, err := d.Mark(t.Context(), "case0", checks.Event{State: checks.Closed, Who: "clerk"}); err != nil {
		t.Fatal(err)
	}
	c, err := d.Examine(t.Context(), "case2")
	if err != nil || strings.Join(codesOf(c, "casefile/quota"), " ") != "note id_last" {
		t.Errorf("after case0 was closed: %q, %v", codesOf(c, "casefile/quota"), err)
	}
	// Neither the ledger nor the log of it holds the number itself beyond the answers.
	if key, err := os.ReadFile(filepath.Join(d.Dir(), keyName)); err != nil || len(key) != 2*keyBytes+1 {
		t.Errorf("the desk's key: %d bytes, %v", len(key), err)
	}
	if info, err := os.Stat(filepath.Join(d.Dir(), keyName)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the desk's key: %v, %v", info, err)
	}
}

// A key that was damaged is not silently made anew: every place would be forgotten.
func TestADamagedKeyIsAnError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := openDesk(t, dir)
	put(t, filepath.Join(dir, keyName), []byte("not a key\n"))
	if _, err := d.placesOf(map[string]string{checks.FieldMobile: "13800138000"}); err == nil || !strings.Contains(err.Error(), "backup") {
		t.Errorf("%v", err)
	}
}

func TestMasked(t *testing.T) {
	for value, want := range map[string]string{
		"11010519491231002X": "110*************2X", "13800138000": "138******00", "zhang@example.cn": "z***@example.cn", "1234567": "***", "": "***",
	} {
		if got := masked(value); got != want {
			t.Errorf("%q is masked as %q, want %q", value, got, want)
		}
	}
}

func TestDeadlinesOfTheDesk(t *testing.T) {
	t.Parallel()
	now := time.Date(2014, 9, 15, 2, 0, 0, 0, time.UTC)
	d := openDesk(t, t.TempDir(), func(o *Options) { o.Now = func() time.Time { return now } })
	ctx := t.Context()
	person(t, d, "acme", nil)
	state := func() CaseStatus {
		t.Helper()
		s, err := d.Status(ctx)
		if err != nil || len(s.Cases) != 1 {
			t.Fatalf("%+v, %v", s, err)
		}
		return s.Cases[0]
	}
	if s := state(); s.State != checks.Collecting || len(s.Due) != 0 {
		t.Errorf("before it was submitted: %+v", s)
	}
	c, err := d.Mark(ctx, "acme", checks.Event{State: checks.Submitted, Who: "clerk"})
	if err != nil || len(c.Events) != 1 || !slices.Equal(codesOf(c, "casefile/deadlines"), []string{"note due", "note due"}) {
		t.Fatalf("%q, %v", codesOf(c, "casefile/deadlines"), err)
	}
	if s := state(); s.State != checks.Submitted || len(s.Due) != 2 || s.Due[0].ID != "open_link" || s.Due[0].Late {
		t.Errorf("submitted: %+v", s)
	}
	now = now.Add(49 * time.Hour) // the status reckons anew, whatever the report said
	if s := state(); !s.Due[0].Late {
		t.Errorf("49 hours later: %+v", s.Due)
	}
	if _, err := d.Mark(ctx, "acme", checks.Event{State: checks.Approved, Who: "clerk"}); err != nil {
		t.Fatal(err)
	}
	var wrong *ledger.StateError
	if _, err := d.Mark(ctx, "acme", checks.Event{State: checks.Submitted, Who: "clerk"}); !errors.As(err, &wrong) {
		t.Errorf("submitted once more after it was approved: %v", err)
	}
	s, err := d.Status(ctx)
	if err != nil || len(s.DueOnly().Cases) != 1 {
		t.Errorf("%+v, %v", s.DueOnly(), err)
	}
}

// Two hundred clients become two hundred cases; a second run changes nothing, neither before nor after
// the watcher has taken the answers in.
func TestASpreadsheetOfTwoHundredClients(t *testing.T) {
	t.Parallel()
	var table strings.Builder
	table.WriteString("case,path,account_type,account_name,email\n")
	for i := range 200 {
		fmt.Fprintf(&table, "client %03d,individual,subscription,厨房%d,a%d@example.cn\n", i, i, i)
	}
	clients, problems, err := sheet.Read([]byte(table.String()))
	if err != nil || len(problems) > 0 || len(clients) != 200 {
		t.Fatalf("%d clients, %v, %v", len(clients), problems, err)
	}
	d := openDesk(t, t.TempDir())
	run := func() (made int) {
		t.Helper()
		err := d.NewFromSheet(context.Background(), clients, func(e SheetEvent) {
			if e.Err != nil {
				t.Error(e.Err)
			}
			if e.Made {
				made++
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	if n := run(); n != 200 {
		t.Fatalf("%d cases made", n)
	}
	sheetOf := filepath.Join(d.InboxDir(), "client 007", profile.AnswersFile)
	before, err := os.ReadFile(sheetOf)
	if err != nil || !strings.Contains(string(before), "厨房7") {
		t.Fatalf("%s\n%v", before, err)
	}
	put(t, sheetOf, append(before, "# by hand\n"...))
	if n := run(); n != 0 {
		t.Errorf("%d cases made by the second run", n)
	}
	after, err := os.ReadFile(sheetOf)
	if err != nil || string(after) != string(before)+"# by hand\n" {
		t.Errorf("the second run changed a sheet: %v", err)
	}
	// Taken in, the sheet leaves the inbox; it must not come back empty.
	if _, err := d.ledger.RecordAnswers(t.Context(), "client 007", after, d.now()); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(sheetOf); err != nil {
		t.Fatal(err)
	}
	if n := run(); n != 0 {
		t.Errorf("%d cases made after the answers were taken in", n)
	}
	if _, err := d.NewCase(t.Context(), "client 007", checks.Individual); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(sheetOf); err == nil {
		t.Error("an empty sheet lies in the inbox and would take the place of the answers")
	}
}

// BenchmarkStatus: a desk of ten thousand cases of four documents, each with its report.
func BenchmarkStatus(b *testing.B) {
	dir := b.TempDir()
	d := openDesk(b, dir)
	fillLedger(b, filepath.Join(dir, "ledger.db"), 10_000)
	for b.Loop() {
		s, err := d.Status(b.Context())
		if err != nil || len(s.Cases) != 10_000 || s.Cases[9_999].Documents != 4 || s.Cases[0].Verdict != pipeline.VerdictReview {
			b.Fatal(len(s.Cases), err)
		}
	}
}

// fillLedger writes cases straight into the database: through the front door each would be made durable
// by itself, which takes minutes.
func fillLedger(b *testing.B, path string, cases int) {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	tx, err := db.BeginTx(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer tx.Rollback()
	exec := func(query string, args ...any) {
		if _, err := tx.ExecContext(b.Context(), query, args...); err != nil {
			b.Fatal(err)
		}
	}
	for i := 1; i <= cases; i++ {
		exec(`INSERT INTO cases (id, name, path, created_at, changed_at) VALUES (?1, printf('case %05d', ?1), 'individual', 0, 0)`, i)
		for k := range 4 {
			exec(`INSERT INTO documents (case_id, name, sha256, bytes, modified_at, received_at, source_path)
				VALUES (?, ?, printf('%064x', ?), 1, 0, 0, '')`, i, fmt.Sprint(k, ".jpg"), 4*i+k)
		}
		exec(`UPDATE cases SET revision = 1 WHERE id = ?`, i)
		exec(`INSERT INTO reports (case_id, version, revision, verdict, generated_at, json) VALUES (?, 1, 1, 'review', 0, printf('{"filler":"%.*c"}', 20000, 'x'))`, i)
		exec(`UPDATE work SET done_revision = 1 WHERE case_id = ?`, i)
		if i%4 == 0 {
			exec(`INSERT INTO events (case_id, state, happened_at, recorded_at, who) VALUES (?, 'submitted', 0, 0, 'clerk')`, i)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}
