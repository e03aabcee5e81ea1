package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"sync"
	"testing"
	"time"

	"dossier/checks/all"
	"dossier/pipeline"
	"dossier/pipeline/intake"
)

// This file ends a process, by kill -9 and at a chosen step, and looks at what the next one makes
// of it. The process is this test's own program, started again with a job in its environment.

// childJob is what the started process does.
type childJob struct {
	Desk string
	Dirs []string // of a batch; none: watch
	Step string   // to die at
	Nth  int      // time it is reached

	Bundle string // build the bundle of this case and do nothing else
}

const childJobName = "DESK_TEST_JOB"

// runAsChild does the job in the environment, if there is one.
func runAsChild() bool {
	text := os.Getenv(childJobName)
	if text == "" {
		return false
	}
	var job childJob
	if err := json.Unmarshal([]byte(text), &job); err != nil {
		panic(err)
	}
	d, err := Open(context.Background(), job.Desk, Options{Checks: withoutReading(), Version: "test"})
	if err != nil {
		panic(err)
	}
	if job.Bundle != "" {
		if _, err := d.Bundle(context.Background(), job.Bundle); err != nil {
			panic(err)
		}
		return true
	}
	d.Config.Settle = 150 * time.Millisecond
	var mu sync.Mutex
	reached := 0
	step := func(name string) {
		mu.Lock()
		defer mu.Unlock() // nobody goes on while the process is dying
		if name != job.Step {
			return
		}
		if reached++; reached == job.Nth {
			self, _ := os.FindProcess(os.Getpid())
			self.Kill()
			select {}
		}
	}
	d.reached = step
	d.taker.Vault = steppingVault{d.vault, step}
	d.taker.Ledger = steppingLedger{d.ledger, step}
	if len(job.Dirs) > 0 {
		_, err = d.Batch(context.Background(), job.Dirs, BatchOptions{}, func(BatchEvent) {})
	} else {
		err = d.Watch(context.Background(), func(e Event) {
			if e.Standing != "" {
				step("left the inbox")
			}
		})
	}
	if err != nil {
		panic(err)
	}
	return true
}

type steppingVault struct {
	intake.Vault
	step func(string)
}

func (v steppingVault) Put(ctx context.Context, r io.Reader, max int64) (string, int64, error) {
	v.step("before the vault")
	sha, n, err := v.Vault.Put(ctx, r, max)
	v.step("in the vault")
	return sha, n, err
}

type steppingLedger struct {
	intake.Ledger
	step func(string)
}

func (l steppingLedger) TakeInAll(ctx context.Context, receipts []pipeline.Receipt) ([]pipeline.Standing, error) {
	standings, err := l.Ledger.TakeInAll(ctx, receipts)
	l.step("in the ledger")
	return standings, err
}

// dieAt runs the job in a process of its own, which must die at its step.
func dieAt(t *testing.T, job childJob) {
	t.Helper()
	text, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, os.Args[0])
	c.Env = append(os.Environ(), childJobName+"="+string(text))
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Exited() || ctx.Err() != nil {
		t.Fatalf("the process did not die at %q (%d): %v\n%s", job.Step, job.Nth, err, out)
	}
}

// clients lays a few clients' folders out and returns, for each case, its documents' digests.
func clients(t testing.TB, dir string, n int) map[string]map[string]string {
	t.Helper()
	want := map[string]map[string]string{}
	for i := range n {
		name := fmt.Sprintf("client-%02d", i)
		want[name] = map[string]string{}
		for j, file := range []string{licence, holder, form}[:1+i%3] {
			data := variant(file, 100*i+j)
			put(t, filepath.Join(dir, name, file), data)
			want[name][file] = digest(data)
		}
		put(t, filepath.Join(dir, name, "answers.yaml"), []byte("path: organization\n"))
	}
	return want
}

// wantTruth checks that ledger, vault and folders hold exactly the documents that were given.
func wantTruth(t testing.TB, d *Desk, want map[string]map[string]string) {
	t.Helper()
	names, err := d.CaseNames(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != len(want) {
		t.Errorf("the desk has the cases %q, want %d", names, len(want))
	}
	for name, documents := range want {
		c, err := d.ledger.Case(t.Context(), name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.Pending || c.Version == 0 {
			t.Errorf("%s: pending %v, report version %d", name, c.Pending, c.Version)
			continue
		}
		got := map[string]string{}
		for _, doc := range c.Documents {
			if len(doc.Aliases) > 0 {
				t.Errorf("%s: %s was taken in again as %q", name, doc.Name, doc.Aliases)
			}
			got[doc.Name] = doc.SHA256
			if _, err := d.vault.ReadFile(doc.SHA256, 1<<30); err != nil { // proves the bytes
				t.Errorf("%s: %s: %v", name, doc.Name, err)
			}
		}
		if !reflect.DeepEqual(got, documents) {
			t.Errorf("%s: the ledger has %v, want %v", name, got, documents)
		}
		r := mustReport(t, d, name, c.Version)
		if !reflect.DeepEqual(documentNames(r), documents) {
			t.Errorf("%s: the report has %v, want %v", name, documentNames(r), documents)
		}
		wantProjected(t, d, r)
	}
}

// wantSameReports checks that the newest reports of two desks say the same but for times.
func wantSameReports(t testing.TB, got, want *Desk, names map[string]map[string]string) {
	t.Helper()
	readers := map[string]bool{}
	for _, c := range all.Checks() {
		readers[c.ID] = reads(c)
	}
	for name := range names {
		newest := func(d *Desk) string {
			c, err := d.ledger.Case(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			r := withoutTimes(mustReport(t, d, name, c.Version))
			r.Version = 0 // a watch may have made a report between two files of a drop
			for _, doc := range r.Documents {
				for i := range doc.Results {
					if readers[doc.Results[i].Check] {
						doc.Results[i].Reason, doc.Results[i].ReasonZh = "", "" // neither reads, and each says why
					}
				}
			}
			r.Versions.Dossier = "" // the real program and the test's own desk name themselves differently
			text, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		if g, w := newest(got), newest(want); g != w {
			at := 0
			for at < min(len(g), len(w)) && g[at] == w[at] {
				at++
			}
			from := max(0, at-80)
			t.Errorf("%s: after the crash the report says\n...%s\nand without it\n...%s", name, g[from:min(len(g), at+200)], w[from:min(len(w), at+200)])
		}
	}
}

func runBatch(t testing.TB, d *Desk, dir string) {
	t.Helper()
	if _, err := d.Batch(t.Context(), []string{dir}, BatchOptions{}, func(e BatchEvent) {
		if e.Err != nil {
			t.Errorf("%s: %v", e.Case, e.Err)
		}
	}); err != nil {
		t.Fatal(err)
	}
}

func TestBatchGoesOnWhereItWasKilled(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process that is ended there looks like one that ended")
	}
	t.Parallel()
	dir := t.TempDir()
	want := clients(t, dir, 4)
	before := contents(t, dir)
	whole := openDesk(t, t.TempDir())
	runBatch(t, whole, dir)
	wantTruth(t, whole, want)
	steps := []string{"before the vault", "in the vault", "in the ledger", "report stored",
		"wrote documents", "wrote overlays", "wrote report.html", "wrote report.pdf", "wrote report.json"}
	for _, step := range steps {
		for _, nth := range []int{1, 3} {
			if testing.Short() && nth > 1 {
				continue
			}
			t.Run(fmt.Sprint(step, " ", nth), func(t *testing.T) {
				home := t.TempDir()
				dieAt(t, childJob{Desk: home, Dirs: []string{dir}, Step: step, Nth: nth})
				d := openDesk(t, home)
				runBatch(t, d, dir)
				wantTruth(t, d, want)
				wantSameReports(t, d, whole, want)
				for name := range want {
					if lines, err := d.ledger.Reports(t.Context(), name); err != nil || len(lines) != 1 {
						t.Errorf("%s: %d reports, %v, want one", name, len(lines), err)
					}
				}
				if after := contents(t, dir); !reflect.DeepEqual(after, before) {
					t.Error("the clients' folders were changed")
				}
			})
		}
	}
}

func TestWatchGoesOnWhereItWasKilled(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process that is ended there looks like one that ended")
	}
	t.Parallel()
	rest := func(t *testing.T, home string) *Desk {
		d := openDesk(t, home)
		w := watch(t, d)
		w.wait("the inbox is empty and nothing is left to do", func() bool { return resting(t, d, 3) })
		w.stop()
		return d
	}
	home := t.TempDir()
	want := clients(t, filepath.Join(home, "inbox"), 3)
	whole := rest(t, home)
	wantTruth(t, whole, want)
	steps := []string{"before the vault", "in the vault", "in the ledger", "left the inbox", "report stored",
		"wrote documents", "wrote report.html", "wrote report.json"}
	for _, step := range steps {
		for _, nth := range []int{1, 3} {
			if testing.Short() && nth > 1 {
				continue
			}
			t.Run(fmt.Sprint(step, " ", nth), func(t *testing.T) {
				home := t.TempDir()
				clients(t, filepath.Join(home, "inbox"), 3)
				dieAt(t, childJob{Desk: home, Step: step, Nth: nth})
				d := rest(t, home)
				wantTruth(t, d, want)
				wantSameReports(t, d, whole, want)
			})
		}
	}
}

// What is missing in a case's folder is written again when the case is asked for, and what a
// dead process left half written goes.
func TestUnfinishedFolderIsFinished(t *testing.T) {
	t.Parallel()
	d := openDesk(t, t.TempDir())
	put(t, filepath.Join(d.InboxDir(), "acme", licence), variant(licence, 1))
	w := watch(t, d)
	c := w.waitReport("acme", "any", func(*pipeline.Case) bool { return true })
	w.stop()
	for _, name := range []string{reportJSON, reportPDF, filepath.Join(documentsDir, licence)} {
		if err := os.Remove(filepath.Join(d.CaseDir("acme"), name)); err != nil {
			t.Fatal(err)
		}
		again, err := d.Examine(t.Context(), "acme")
		if err != nil || again.Version != c.Version {
			t.Fatalf("version %d, %v", again.Version, err)
		}
		wantProjected(t, d, again)
	}
	put(t, filepath.Join(d.CaseDir("acme"), documentsDir, ".durable-123.tmp"), []byte("half"))
	if err := d.sweepProjections([]string{"acme", "no such case"}); err != nil {
		t.Fatal(err)
	}
	wantProjected(t, d, c)
	if err := os.RemoveAll(d.CaseDir("acme")); err != nil {
		t.Fatal(err)
	}
	again, err := d.Examine(t.Context(), "acme")
	if err != nil || again.Version != c.Version {
		t.Fatalf("version %d, %v", again.Version, err)
	}
	wantProjected(t, d, again)
}
