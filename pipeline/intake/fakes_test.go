package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"dossier/checks"
	"dossier/pipeline"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A memoryVault keeps bytes in memory, by the contract of Vault.
type memoryVault struct {
	mu      sync.Mutex
	bytes   map[string][]byte
	puts    int
	during  func() // called in the middle of a Put
	failing error
}

func newMemoryVault() *memoryVault { return &memoryVault{bytes: map[string][]byte{}} }

func (v *memoryVault) Put(ctx context.Context, r io.Reader, max int64) (string, int64, error) {
	v.mu.Lock()
	v.puts++
	during, failing := v.during, v.failing
	v.mu.Unlock()
	if failing != nil {
		return "", 0, failing
	}
	data, err := io.ReadAll(io.LimitReader(r, max+1))
	if err != nil {
		return "", 0, err
	}
	if int64(len(data)) > max {
		return "", 0, &checks.LimitError{What: "file", Value: int64(len(data)), Limit: max, Unit: "bytes"}
	}
	if during != nil {
		during()
	}
	sum := sha256.Sum256(data)
	key := hex.EncodeToString(sum[:])
	v.mu.Lock()
	defer v.mu.Unlock()
	v.bytes[key] = data
	return key, int64(len(data)), nil
}

func (v *memoryVault) has(sha string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.bytes[sha] != nil
}

// A memoryLedger keeps receipts in memory and checks, at every step, the order that nothing may
// break: the vault has the bytes before the ledger is told, and the file is still in its place
// when it is.
type memoryLedger struct {
	vault *memoryVault
	fail  func(op, path string) error

	mu       sync.Mutex
	now      map[string]pipeline.Receipt // newest document by case and name
	all      []pipeline.Receipt          // every receipt that was new or replaced another
	same     int
	ignored  map[string]pipeline.Ignored
	answers  map[string][]byte
	recorded int // RecordAnswers that changed something
	broken   []string
}

func newMemoryLedger(v *memoryVault) *memoryLedger {
	return &memoryLedger{vault: v, now: map[string]pipeline.Receipt{}, ignored: map[string]pipeline.Ignored{}, answers: map[string][]byte{}}
}

func (l *memoryLedger) failed(op, path string) error {
	l.mu.Lock()
	fail := l.fail
	l.mu.Unlock()
	if fail == nil {
		return nil
	}
	return fail(op, path)
}

func (l *memoryLedger) TakeInAll(_ context.Context, receipts []pipeline.Receipt) ([]pipeline.Standing, error) {
	for _, r := range receipts {
		if err := l.failed("take in", r.Path); err != nil {
			return nil, err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var standings []pipeline.Standing
	for _, r := range receipts {
		if !l.vault.has(r.SHA256) {
			l.broken = append(l.broken, "the ledger was told of bytes that the vault does not have: "+r.Path)
		}
		if r.Origin == nil {
			if _, err := os.Lstat(r.Path); err != nil {
				l.broken = append(l.broken, "the file left before the ledger had it: "+r.Path)
			}
		}
		key := r.Case + "\x00" + r.Name
		old, had := l.now[key]
		switch {
		case had && old.SHA256 == r.SHA256:
			l.same++
			standings = append(standings, pipeline.StandingSame)
			l.now[key] = r
			continue
		case had:
			standings = append(standings, pipeline.StandingReplaced)
		default:
			standings = append(standings, pipeline.StandingNew)
		}
		l.now[key] = r
		l.all = append(l.all, r)
		delete(l.ignored, r.Path)
	}
	return standings, nil
}

func (l *memoryLedger) Ignore(_ context.Context, i pipeline.Ignored) error {
	if err := l.failed("ignore", i.Path); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ignored[i.Path] = i
	return nil
}

func (l *memoryLedger) ForgetIgnored(_ context.Context, path string) error {
	if err := l.failed("forget", path); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.ignored, path)
	return nil
}

func (l *memoryLedger) RecordAnswers(_ context.Context, name string, data []byte, _ time.Time) (bool, error) {
	if err := l.failed("answers", name); err != nil {
		return false, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if old, ok := l.answers[name]; ok && bytes.Equal(old, data) {
		return false, nil
	}
	l.answers[name] = data
	l.recorded++
	return true, nil
}

func (l *memoryLedger) Received(_ context.Context, caseName, sha string) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.all {
		if r.Case == caseName && r.SHA256 == sha {
			return true, nil
		}
	}
	return false, nil
}

func (l *memoryLedger) Seen(_ context.Context, path string, size int64, modified time.Time) (string, bool, error) {
	if err := l.failed("seen", path); err != nil {
		return "", false, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.now {
		if r.Origin == nil && r.Path == path && r.Bytes == size && r.Modified.Equal(modified) {
			return r.SHA256, true, nil
		}
	}
	return "", false, nil
}

// documents returns the documents of a case by name, as their bytes.
func (l *memoryLedger) documents(name string) map[string]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[string]string{}
	for _, r := range l.now {
		if r.Case == name {
			l.vault.mu.Lock()
			out[r.Name] = string(l.vault.bytes[r.SHA256])
			l.vault.mu.Unlock()
		}
	}
	return out
}

func (l *memoryLedger) count() (receipts, same int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.all), l.same
}

func (l *memoryLedger) reason(path string) pipeline.IgnoreReason {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ignored[path].Reason
}

// A desk is an inbox with a watcher on it, for tests.
type desk struct {
	t      testing.TB
	inbox  string
	vault  *memoryVault
	ledger *memoryLedger

	mu     sync.Mutex
	events []Event
	cancel context.CancelFunc
	ended  chan error
}

// testWindow is short, so that tests are; everything else follows from it.
const testWindow = 120 * time.Millisecond

func newDesk(t testing.TB) *desk {
	t.Helper()
	v := newMemoryVault()
	d := &desk{t: t, inbox: filepath.Join(t.TempDir(), "inbox"), vault: v, ledger: newMemoryLedger(v)}
	if err := os.Mkdir(d.inbox, 0o700); err != nil {
		t.Fatal(err)
	}
	return d
}

// start begins to watch. Unless change says otherwise the rescan is so rare that a test only
// passes if the notifications do their work.
func (d *desk) start(change func(*Options, *Taker)) {
	d.t.Helper()
	o := Options{Inbox: d.inbox, Settle: testWindow, Rescan: time.Hour, PollEvery: 50 * time.Millisecond}
	o.Happened = func(e Event) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.events = append(d.events, e)
	}
	taker := &Taker{Vault: d.vault, Ledger: d.ledger}
	if change != nil {
		change(&o, taker)
	}
	w, err := NewWatcher(taker, o)
	if err != nil {
		d.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	d.cancel, d.ended = cancel, make(chan error, 1)
	go func() { d.ended <- w.Run(ctx) }()
	d.t.Cleanup(d.stop)
}

func (d *desk) stop() {
	if d.cancel == nil {
		return
	}
	d.cancel()
	if err := <-d.ended; err != nil {
		d.t.Errorf("Run ended with %v, want nil when its context ends", err)
	}
	d.cancel = nil
	d.ledger.mu.Lock()
	defer d.ledger.mu.Unlock()
	for _, b := range d.ledger.broken {
		d.t.Error(b)
	}
}

func (d *desk) happened(kind EventKind) []Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []Event
	for _, e := range d.events {
		if e.Kind == kind {
			out = append(out, e)
		}
	}
	return out
}

// wait waits for something to become true; the limit only ends a test that has failed.
func (d *desk) wait(what string, true_ func() bool) {
	d.t.Helper()
	for end := time.Now().Add(20 * time.Second); !true_(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			d.t.Fatalf("waited in vain: %s\nthe ledger has %d documents, ignored %v\nstill in the inbox: %v",
				what, len(d.ledger.now), d.ledger.ignored, files(d.t, d.inbox))
		}
	}
}

// waitEmpty waits until no file is left in the inbox and nothing more is to be expected.
func (d *desk) waitEmpty() {
	d.t.Helper()
	d.wait("the inbox is empty", func() bool { return len(files(d.t, d.inbox)) == 0 })
}

func (d *desk) path(rel string) string { return filepath.Join(d.inbox, rel) }

func (d *desk) write(rel, content string) {
	d.t.Helper()
	write(d.t, d.path(rel), content)
}

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// files lists what lies below a folder, by its path there; folders are not listed.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		content := "(" + e.Type().String() + ")"
		if e.Type().IsRegular() {
			data, err := os.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			content = string(data)
		}
		out[rel] = content
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrPermission) {
		t.Fatal(err)
	}
	return out
}

func wantDocuments(t testing.TB, l *memoryLedger, name string, want map[string]string) {
	t.Helper()
	got := l.documents(name)
	for doc, content := range want {
		if got[doc] != content {
			t.Errorf("case %q, document %q: the ledger has %.40q, want %.40q", name, doc, got[doc], content)
		}
	}
	for doc := range got {
		if _, ok := want[doc]; !ok {
			t.Errorf("case %q has a document %q that nobody dropped", name, doc)
		}
	}
}

var errBoom = fmt.Errorf("boom")

type reader interface{ Read([]byte) (int, error) }

// vaultFunc is a vault made of one function.
type vaultFunc func(r reader) (string, int64, error)

func (f vaultFunc) Put(_ context.Context, r io.Reader, _ int64) (string, int64, error) { return f(r) }
