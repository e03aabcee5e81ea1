package intake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"dossier/pipeline"
)

func planned(t *testing.T, o PlanOptions, dirs ...string) map[string]CaseFolder {
	t.Helper()
	out := map[string]CaseFolder{}
	for f, err := range Plan(t.Context(), dirs, o) {
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := out[f.Name]; twice && f.Name != pipeline.Unsorted {
			t.Errorf("two folders are case %q", f.Name)
		}
		out[f.Name] = f
	}
	return out
}

func TestHowFoldersBecomeCases(t *testing.T) {
	dir := t.TempDir()
	clients := filepath.Join(dir, "clients")
	write(t, filepath.Join(clients, "acme/id.jpg"), "1")
	write(t, filepath.Join(clients, "acme/scans/2014/license.jpg"), "2")
	write(t, filepath.Join(clients, "only deep/a/b/c.jpg"), "3")
	write(t, filepath.Join(clients, "empty/.DS_Store"), "x")
	write(t, filepath.Join(clients, ".hidden/id.jpg"), "x")
	write(t, filepath.Join(clients, "stray.jpg"), "4")
	single := filepath.Join(dir, "single")
	write(t, filepath.Join(single, "id.jpg"), "5")
	whole := filepath.Join(dir, "whole")
	write(t, filepath.Join(whole, "answers.yaml"), "path: organization\n")
	write(t, filepath.Join(whole, "photos/id.jpg"), "6")

	got := planned(t, PlanOptions{}, clients, single, whole)
	want := map[string]CaseFolder{
		"acme":            {Name: "acme", Dir: filepath.Join(clients, "acme")},
		"only deep":       {Name: "only deep", Dir: filepath.Join(clients, "only deep")},
		pipeline.Unsorted: {Name: pipeline.Unsorted, Dir: clients, Prefix: "clients/", Loose: true},
		"single":          {Name: "single", Dir: single, Loose: true},
		"whole":           {Name: "whole", Dir: whole},
	}
	if len(got) != len(want) {
		t.Errorf("planned %v", got)
	}
	v := newMemoryVault()
	l := newMemoryLedger(v)
	for name, f := range want {
		if got[name] != f {
			t.Errorf("case %q: %+v, want %+v", name, got[name], f)
		}
		if _, err := (&Taker{Vault: v, Ledger: l}).TakeFolder(t.Context(), got[name]); err != nil {
			t.Error(err)
		}
	}
	wantDocuments(t, l, "acme", map[string]string{"id.jpg": "1", "scans/2014/license.jpg": "2"})
	wantDocuments(t, l, "only deep", map[string]string{"a/b/c.jpg": "3"})
	wantDocuments(t, l, pipeline.Unsorted, map[string]string{"clients/stray.jpg": "4"})
	wantDocuments(t, l, "single", map[string]string{"id.jpg": "5"})
	wantDocuments(t, l, "whole", map[string]string{"photos/id.jpg": "6"})
	if string(l.answers["whole"]) != "path: organization\n" {
		t.Errorf("answers %q", l.answers)
	}
}

func TestNamesakesAreKeptApartTheSameWayEveryTime(t *testing.T) {
	dir := t.TempDir()
	for _, rel := range []string{"a/Li/1.jpg", "b/Li/2.jpg", "b/LI/3.jpg", "b/unsorted/4.jpg", "b/e\u0301/5.jpg", "a/\u00e9/6.jpg"} {
		write(t, filepath.Join(dir, rel), rel)
	}
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	first, second := planned(t, PlanOptions{}, a, b), planned(t, PlanOptions{}, b, a)
	if len(first) != 6 {
		t.Errorf("%d cases of 6 folders: %v", len(first), first)
	}
	for name, f := range first {
		if second[name] != f {
			t.Errorf("case %q is %q, and %q when the folders are given in another order", name, f.Dir, second[name].Dir)
		}
		if filepath.Base(f.Dir) == pipeline.Unsorted && name == pipeline.Unsorted {
			t.Error("a client's folder of that name must not end in the tray")
		}
	}
	// A case of that name came from elsewhere in an earlier run.
	claimed := func(_ context.Context, name, dir string) (bool, error) { return name == "Li", nil }
	for name, f := range planned(t, PlanOptions{Claimed: claimed}, a) {
		if filepath.Base(f.Dir) == "Li" && !strings.HasPrefix(name, "Li-") {
			t.Errorf("%s became case %q, which is another's", f.Dir, name)
		}
	}
	for _, twice := range [][]string{{a, a}, {dir, a}} {
		for _, err := range Plan(t.Context(), twice, PlanOptions{}) {
			if err == nil {
				t.Errorf("%v were planned although one lies in the other", twice)
			}
		}
	}
	long := filepath.Join(dir, "c")
	name := strings.Repeat("长", 85)
	write(t, filepath.Join(long, name, "1.jpg"), "x")
	for name := range planned(t, PlanOptions{Claimed: func(context.Context, string, string) (bool, error) { return true, nil }}, long) {
		if len(name) > 255 || !strings.HasPrefix(name, "长长") {
			t.Errorf("case name of %d bytes: %q", len(name), name)
		}
	}
}

func TestFoldersThatCannotBeReadDoNotEndThePlan(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "good/acme/1.jpg"), "x")
	var names []string
	var troubles int
	for f, err := range Plan(t.Context(), []string{filepath.Join(dir, "absent"), filepath.Join(dir, "good")}, PlanOptions{}) {
		if err != nil {
			troubles++
			if !strings.Contains(err.Error(), "absent") {
				t.Errorf("the error does not say which folder: %v", err)
			}
			continue
		}
		names = append(names, f.Name)
	}
	if troubles != 1 || len(names) != 1 {
		t.Errorf("%d troubles and cases %v, want one of each", troubles, names)
	}
}

// What is taken in is not touched: same names, bytes, times and rights afterwards.
func TestTakeFolderLeavesNoTrace(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "id.jpg"), "1")
	write(t, filepath.Join(dir, "sub/scan.pdf"), string(buildPDF(jpegPage(testJPEG(t, 400, 300), 400, 300))))
	write(t, filepath.Join(dir, "answers.yaml"), "a: 1\n")
	write(t, filepath.Join(dir, ".hidden"), "x")
	before := trace(t, dir)
	v := newMemoryVault()
	taker := &Taker{Vault: v, Ledger: newMemoryLedger(v)}
	result, err := taker.TakeFolder(t.Context(), CaseFolder{Name: "acme", Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Receipts) != 3 || len(result.Standings) != 3 || !result.AnswersChanged || len(result.Ignored) != 1 || result.Seen != 0 {
		t.Errorf("%d receipts, answers changed %v, ignored %v", len(result.Receipts), result.AnswersChanged, result.Ignored)
	}
	again, err := taker.TakeFolder(t.Context(), CaseFolder{Name: "acme", Dir: dir})
	if err != nil || again.Seen != 2 || len(again.Receipts) != 0 || again.AnswersChanged || again.Bytes != 0 {
		t.Errorf("the second time: %+v, %v; want both files recognised and none read", again, err)
	}
	if after := trace(t, dir); after != before {
		t.Errorf("the folder was\n%s\nand is now\n%s", before, after)
	}
}

func trace(t *testing.T, dir string) string {
	var b strings.Builder
	for rel, content := range files(t, dir) {
		info, err := os.Lstat(filepath.Join(dir, rel))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, rel, len(content), info.Mode(), info.ModTime().UnixNano())
	}
	lines := strings.Split(b.String(), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// An interruption anywhere leaves nothing missing and nothing twice after the next run.
func TestInterruptedFolderGoesOn(t *testing.T) {
	const n = 3 * groupFiles
	dir := t.TempDir()
	want := map[string]string{}
	for i := range n {
		name := fmt.Sprintf("%03d.jpg", i)
		want[name] = fmt.Sprint("content ", i)
		write(t, filepath.Join(dir, name), want[name])
	}
	v := newMemoryVault()
	l := newMemoryLedger(v)
	taker := &Taker{Vault: v, Ledger: l}
	ctx, cancel := context.WithCancel(t.Context())
	v.during = func() {
		if v.puts == n/2 {
			cancel()
		}
	}
	_, err := taker.TakeFolder(ctx, CaseFolder{Name: "acme", Dir: dir})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("interrupted: %v", err)
	}
	if got, _ := l.count(); got == 0 || got >= n {
		t.Fatalf("%d receipts at the interruption, want some: groups are recorded as they are complete", got)
	}
	v.during = nil
	result, err := taker.TakeFolder(t.Context(), CaseFolder{Name: "acme", Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if result.Seen == 0 || result.Seen+len(result.Receipts) != n {
		t.Errorf("the second run recognised %d and took in %d of %d", result.Seen, len(result.Receipts), n)
	}
	wantDocuments(t, l, "acme", want)
	if got, same := l.count(); got != n || same != 0 {
		t.Errorf("%d receipts and %d repetitions, want %d and none", got, same, n)
	}
}

func TestFolderWithALedgerThatFails(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "id.jpg"), "1")
	v := newMemoryVault()
	l := newMemoryLedger(v)
	l.fail = func(string, string) error { return errBoom }
	if _, err := (&Taker{Vault: v, Ledger: l}).TakeFolder(t.Context(), CaseFolder{Name: "acme", Dir: dir}); !errors.Is(err, errBoom) {
		t.Errorf("%v, want the ledger's error", err)
	}
}

// The plan of many folders is not kept in memory.
func TestPlanStreams(t *testing.T) {
	dir := t.TempDir()
	const n = 2000
	for i := range n {
		if err := os.Mkdir(filepath.Join(dir, fmt.Sprintf("client-%05d", i)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("client-%05d", i), "id.jpg"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var before, now runtime.MemStats
	count := 0
	for _, err := range Plan(t.Context(), []string{dir}, PlanOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		if count++; count == 10 {
			runtime.GC()
			runtime.ReadMemStats(&before)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&now)
	if count != n {
		t.Errorf("%d cases, want %d", count, n)
	}
	// Names alone are remembered, some 100 bytes each; a list of files would be ten times that.
	if grown := int64(now.HeapAlloc) - int64(before.HeapAlloc); grown > 400*n {
		t.Errorf("the heap grew by %d bytes over %d folders", grown, n)
	}
}
