package desk

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dossier/checks"
)

func openEmpty(t *testing.T) *Desk {
	t.Helper()
	d, err := Open(context.Background(), filepath.Join(t.TempDir(), "desk"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// A case is dormant when its last event is older than asked, and not a moment before.
func TestDormantCasesAreThoseOfLongAgo(t *testing.T) {
	d, ctx := openEmpty(t), context.Background()
	for _, name := range []string{"甲", "b"} {
		if _, err := d.NewCase(ctx, name, checks.Organization); err != nil {
			t.Fatal(err)
		}
	}
	for since, want := range map[time.Time][]string{
		time.Now().Add(-time.Hour): nil,
		time.Now().Add(time.Hour):  {"b", "甲"},
	} {
		got, err := d.Dormant(ctx, since)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("since %s: %q, %v; want %q", since, got, err, want)
		}
	}
	if _, err := d.ledger.RecordAnswers(ctx, "b", []byte("path: organization\n"), time.Now().Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got, err := d.Dormant(ctx, time.Now().Add(time.Hour)); err != nil || !slices.Equal(got, []string{"甲"}) {
		t.Errorf("after new answers: %q, %v", got, err)
	}
}

// A purge that was broken off is finished by the next: folders without a case in the ledger go,
// and originals on the ledger's list go with whatever is purged next.
func TestABrokenPurgeIsFinishedByTheNext(t *testing.T) {
	d, ctx := openEmpty(t), context.Background()
	left := d.CaseDir("left")
	if err := os.MkdirAll(left, 0o700); err != nil {
		t.Fatal(err)
	}
	gone, err := d.Purge(ctx, "left", "somebody")
	if err != nil || !slices.Equal(gone.Folders, []string{left}) {
		t.Errorf("%+v, %v", gone, err)
	}
	var none *NoCaseError
	if _, err := d.Purge(ctx, "left", "somebody"); !errors.As(err, &none) {
		t.Errorf("the second time: %v", err)
	}
}

// No name leads out of the desk, or to what is the desk's own.
func TestPurgeRemovesCasesOnly(t *testing.T) {
	d, ctx := openEmpty(t), context.Background()
	own := filepath.Join(d.Dir(), "cases", ".lock")
	if err := os.WriteFile(own, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var none *NoCaseError
	for _, name := range []string{"", ".", "..", ".lock", "../inbox", "a/b", `a\b`, "/", "a/../.."} {
		if _, err := d.Purge(ctx, name, "somebody"); !errors.As(err, &none) {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, path := range []string{own, d.InboxDir(), filepath.Join(d.Dir(), "ledger.db")} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
}

// Rows of a summary go by the name of their case; the others stay byte for byte.
func TestRowsOfACaseAreTakenOut(t *testing.T) {
	const head, b = "\ufeffcase,verdict\r\n", "b,\"a, and\r\na again\"\r\n"
	for text, want := range map[string]string{
		head + "a,Pass\r\n" + b:                head + b,
		head + b + "a,Fail\r\n":                head + b,
		head + b:                               head + b,
		head + "a,1\r\na,2\r\n":                head,
		head + "'=a,Pass\r\n" + b:              head + "'=a,Pass\r\n" + b,
		"":                                     "",
		"no table: \"broken\" quotes\na,\"x\n": "no table: \"broken\" quotes\na,\"x\n",
	} {
		got, rows := withoutRows([]byte(text), "a")
		if string(got) != want || (rows > 0) != (text != want) {
			t.Errorf("%q: %q (%d rows), want %q", text, got, rows, want)
		}
	}
	if got, rows := withoutRows([]byte(head+"'=a,Pass\r\n"), "=a"); string(got) != head || rows != 1 {
		t.Errorf("a name like a formula: %q, %d rows", got, rows)
	}
}

// The record of a purge holds digests and no name.
func TestThePurgeRecordHoldsNoName(t *testing.T) {
	d, ctx := openEmpty(t), context.Background()
	for _, name := range []string{"王小明", "second"} {
		if _, err := d.NewCase(ctx, name, checks.Individual); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Purge(ctx, name, "clerk"); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(d.Dir(), purgedName))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(text), "\n") != 2 || strings.Contains(string(text), "王小明") || strings.Contains(string(text), "second") ||
		!strings.Contains(string(text), `"who":"clerk"`) || !strings.Contains(string(text), PurgeSchema) {
		t.Errorf("%s", text)
	}
	info, err := os.Stat(filepath.Join(d.Dir(), purgedName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}
