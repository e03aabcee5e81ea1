package desk

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// This file kills the real program at moments chosen by chance, again and again, and holds what it
// comes to against a run that nobody disturbed.

// program builds ./cmd/dossier, once, and returns the path of the binary.
func program(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the program and runs it for a while")
	}
	if runtime.GOOS == "windows" {
		t.Skip("no kill -9 there")
	}
	path, err := buildProgram()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var built string // the folder of the binary, removed by TestMain

var buildProgram = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "dossier-test")
	if err != nil {
		return "", err
	}
	built = dir
	path := filepath.Join(dir, "dossier")
	// Without the networks: reading takes most of an examination, and nothing here depends on it.
	c := exec.Command("go", "build", "-tags", "nomodels", "-o", path, "dossier/cmd/dossier")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program: %w\n%s", err, out)
	}
	return path, nil
})

// runFor runs the program and kills it after a while; it reports whether it had ended by itself,
// which must then be with one of the codes of work done.
func runFor(t testing.TB, while time.Duration, binary string, args ...string) (ended bool) {
	t.Helper()
	c := exec.Command(binary, args...)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	killer := time.AfterFunc(while, func() { c.Process.Kill() })
	err := c.Wait()
	killer.Stop()
	var exit *exec.ExitError
	if errors.As(err, &exit) && !exit.Exited() {
		return false
	}
	if code := c.ProcessState.ExitCode(); code > 1 { // 0: all pass, 1: something to look at
		t.Fatalf("%v ended with code %d\n%s", args, code, out.Bytes())
	}
	return true
}

func TestKilledBatchMissesNothingAndDoublesNothing(t *testing.T) {
	binary := program(t)
	dir := t.TempDir()
	want := clients(t, dir, 10)
	before := contents(t, dir)
	home := t.TempDir()
	begin := time.Now()
	if !runFor(t, time.Hour, binary, "batch", dir, "--desk", home) {
		t.Fatal("killed although nobody was to")
	}
	whole := time.Since(begin)
	calm := openDesk(t, home)
	wantTruth(t, calm, want)
	rnd := rand.New(rand.NewPCG(2014, 9))
	kills := 0
	for round := range 6 {
		home := t.TempDir()
		for n := 0; ; n++ {
			// Late kills would let every round end at the first try, early ones never get past the
			// opening; after a dozen the run is left in peace.
			while := time.Duration(rnd.Float64() * float64(whole) * 0.6)
			if n == 12 {
				while = time.Hour
			}
			if runFor(t, while, binary, "batch", dir, "--desk", home) {
				break
			}
			kills++
		}
		d := openDesk(t, home)
		wantTruth(t, d, want)
		wantSameReports(t, d, calm, want)
		for name := range want {
			if lines, err := d.ledger.Reports(t.Context(), name); err != nil || len(lines) != 1 {
				t.Errorf("round %d: %s has %d reports, %v, want one", round, name, len(lines), err)
			}
		}
		wantNothingOver(t, d, want)
		d.Close()
	}
	if after := contents(t, dir); !reflect.DeepEqual(after, before) {
		t.Error("the clients' folders were changed")
	}
	t.Logf("killed %d times", kills)
	if kills < 6 {
		t.Errorf("only %d of the runs were killed in their middle", kills)
	}
}

// wantNothingOver checks that the vault holds the documents and nothing else, and that nothing
// half-written lies on the desk.
func wantNothingOver(t testing.TB, d *Desk, want map[string]map[string]string) {
	t.Helper()
	known := map[string]bool{}
	for _, documents := range want {
		for sum := range maps.Values(documents) {
			known[sum] = true
		}
	}
	if err := d.vault.Each(t.Context(), func(sha string, _ int64) error {
		if !known[sha] {
			t.Errorf("the vault holds %.12s, which nobody gave", sha)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for name := range contents(t, filepath.Join(d.Dir(), "vault", "incoming")) {
		if name != "lock" {
			t.Errorf("vault/incoming/%s was left behind", name)
		}
	}
}

func TestKilledWatchMissesNothingAndDoublesNothing(t *testing.T) {
	binary := program(t)
	calmHome := t.TempDir()
	want := clients(t, filepath.Join(calmHome, "inbox"), 6)
	calm := openDesk(t, calmHome)
	w := watch(t, calm)
	w.wait("all is done", func() bool { return resting(t, calm, len(want)) })
	w.stop()
	rnd := rand.New(rand.NewPCG(2014, 10))
	for range 3 {
		home := t.TempDir()
		put(t, filepath.Join(home, configName), []byte("settle: 200ms\n"))
		clients(t, filepath.Join(home, "inbox"), 6)
		for range 8 {
			// Each must get past the start now and then, or nothing would ever be done.
			runFor(t, 150*time.Millisecond+time.Duration(rnd.IntN(1500))*time.Millisecond, binary, "watch", "--desk", home)
		}
		d := openDesk(t, home)
		stop := start(t, binary, "watch", "--desk", home)
		waitFor(t, "all is done", func() bool { return resting(t, d, len(want)) })
		stop()
		wantTruth(t, d, want)
		wantSameReports(t, d, calm, want)
		wantNothingOver(t, d, want)
		d.Close()
	}
}

// start starts the program; stop ends it as Ctrl-C does and waits for it.
func start(t testing.TB, binary string, args ...string) (stop func()) {
	t.Helper()
	c := exec.Command(binary, args...)
	out := &firstWords{said: make(chan struct{})}
	c.Stdout, c.Stderr = out, out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		// Before it has said that it watches it does not listen for signals either.
		select {
		case <-out.said:
		case <-time.After(3 * time.Minute):
		}
		c.Process.Signal(os.Interrupt)
		if err := c.Wait(); err != nil {
			t.Errorf("%v ended with %v\n%s", args, err, out.text.Bytes())
		}
	})
	t.Cleanup(stop)
	return stop
}

// firstWords keeps what a program says and tells when it has said something.
type firstWords struct {
	mu   sync.Mutex
	text bytes.Buffer
	said chan struct{}
}

func (w *firstWords) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.text.Len() == 0 && len(b) > 0 {
		close(w.said)
	}
	return w.text.Write(b)
}

func waitFor(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// The scripts in testdata/script run the real program, with these commands beside it:
//
//	drop DESK              drops 200 files in the ways people do, slow ones and replaced ones too
//	rest DESK              waits until all of that is reported
//	compare DESK           holds vault, ledger and folders against what was dropped
//	kill-watch DESK        ends the watch that runs in the background with kill -9
func TestScripts(t *testing.T) {
	binary := program(t)
	var mu sync.Mutex
	drops := map[string]*dropper{} // by desk
	one := func(desk string) *dropper {
		mu.Lock()
		defer mu.Unlock()
		return drops[desk]
	}
	withDesk := func(ts *testscript.TestScript, dir string, do func(d *Desk)) {
		d := openDesk(t, dir)
		defer d.Close()
		do(d)
		if t.Failed() {
			ts.Fatalf("the desk is not as it should be")
		}
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", filepath.Dir(binary)+string(filepath.ListSeparator)+e.Getenv("PATH"))
			e.Setenv("LANG", "C")
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"drop": func(ts *testscript.TestScript, _ bool, args []string) {
				desk := ts.MkAbs(args[0])
				d := newDropper(t, filepath.Join(desk, "inbox"))
				mu.Lock()
				drops[desk] = d
				mu.Unlock()
				d.drop(ts.MkAbs("outside"), time.Second)
			},
			"rest": func(ts *testscript.TestScript, _ bool, args []string) {
				desk := ts.MkAbs(args[0])
				withDesk(ts, desk, func(d *Desk) {
					waitFor(t, "every file is taken in and every case reported", func() bool { return resting(t, d, len(one(desk).want)) })
				})
			},
			"compare": func(ts *testscript.TestScript, _ bool, args []string) {
				desk := ts.MkAbs(args[0])
				withDesk(ts, desk, func(d *Desk) { one(desk).check(d) })
			},
			"kill-watch": func(ts *testscript.TestScript, _ bool, args []string) {
				for _, c := range ts.BackgroundCmds() {
					if err := c.Process.Kill(); err != nil {
						ts.Fatalf("%v", err)
					}
				}
			},
		},
	})
}
