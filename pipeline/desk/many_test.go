package desk

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"dossier/pipeline"
)

// A dropper drops what a busy morning drops, all at once, and keeps the truth of it: 200 files in
// twenty cases, of which some are being written for seconds; folders that are moved in whole;
// files that are replaced while everything else is going on.
type dropper struct {
	t     testing.TB
	inbox string

	want map[string]map[string]string // case, name: digest of the last bytes
	ever map[string]map[string]bool   // case: digests that may have been taken in on the way

	mu     sync.Mutex
	heldUp map[string]bool // cases with a writer that a busy machine kept waiting for a whole window
}

func newDropper(t testing.TB, inbox string) *dropper {
	return &dropper{t: t, inbox: inbox, want: map[string]map[string]string{}, ever: map[string]map[string]bool{}, heldUp: map[string]bool{}}
}

func (d *dropper) expect(name, file string, data []byte) {
	if d.want[name] == nil {
		d.want[name], d.ever[name] = map[string]string{}, map[string]bool{}
	}
	d.want[name][file] = digest(data)
	d.ever[name][digest(data)] = true
}

// drop drops everything and returns when the last slow writer has closed its file. window is how
// long the desk lets a file rest.
func (d *dropper) drop(outside string, window time.Duration) {
	var writers sync.WaitGroup
	for i := range 40 {
		name, file := fmt.Sprintf("moved-%d", i/10), fmt.Sprintf("scans/deep/%d.jpg", i)
		data := variant(licence, 1000+i)
		d.expect(name, file, data)
		put(d.t, filepath.Join(outside, name, file), data)
	}
	for i := range 160 {
		name, file := fmt.Sprintf("client-%02d", i%20), fmt.Sprintf("%03d.jpg", i)
		data := variant([]string{licence, holder, form}[i%3], i)
		path := filepath.Join(d.inbox, name, file)
		switch {
		case i%8 == 0: // for longer than the window, each piece well within it after the one before
			d.expect(name, file, data)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				d.t.Fatal(err)
			}
			writers.Go(func() { d.slowly(name, path, data, window) })
		case i%8 == 1: // replaced while it settles, or just after it was taken in
			first := variant(form, 5000+i)
			d.expect(name, file, first)
			d.expect(name, file, data)
			put(d.t, path, first)
			writers.Go(func() {
				time.Sleep(time.Duration(i) * window / 80)
				put(d.t, path+".part", data)
				if err := os.Rename(path+".part", path); err != nil {
					d.t.Error(err)
				}
			})
		default:
			d.expect(name, file, data)
			put(d.t, path, data)
		}
		if i%40 == 0 { // a whole folder, in between
			name := fmt.Sprintf("moved-%d", i/40)
			if err := os.Rename(filepath.Join(outside, name), filepath.Join(d.inbox, name)); err != nil {
				d.t.Fatal(err)
			}
		}
	}
	writers.Wait()
}

func (d *dropper) slowly(name, path string, data []byte, window time.Duration) {
	f, err := os.Create(path)
	if err != nil {
		d.t.Error(err)
		return
	}
	const pieces = 24
	last, longest := time.Now(), time.Duration(0)
	for i := range pieces {
		if _, err := f.Write(data[i*len(data)/pieces : (i+1)*len(data)/pieces]); err != nil {
			d.t.Error(err)
		}
		longest, last = max(longest, time.Since(last)), time.Now()
		time.Sleep(window / 8)
	}
	if err := f.Close(); err != nil {
		d.t.Error(err)
	}
	if longest > window/2 {
		d.mu.Lock()
		d.heldUp[name] = true
		d.mu.Unlock()
	}
}

// check compares the desk with the truth: every document whole, under its name, once.
func (d *dropper) check(desk *Desk) {
	t := d.t
	wantTruth(t, desk, d.want)
	for name, ever := range d.ever {
		if d.heldUp[name] {
			t.Logf("%s: a writer was held up for as long as a file may rest, and its half may have been taken in first", name)
			continue
		}
		c, err := desk.ledger.Case(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		for _, doc := range c.Documents {
			seen[doc.SHA256]++
		}
		for _, old := range c.Replaced {
			seen[old.SHA256]++
		}
		for sum, n := range seen {
			if !ever[sum] || n != 1 {
				t.Errorf("%s: the bytes %.12s were taken in %d times; dropped: %v", name, sum, n, ever[sum])
			}
		}
	}
	for name := range contents(t, desk.InboxDir()) {
		t.Errorf("%s still lies in the inbox", name)
	}
}

func TestManyDroppedAtOnceAreTakenInWholeAndOnce(t *testing.T) {
	for _, polling := range []bool{false, true} {
		t.Run(map[bool]string{false: "notified", true: "polled"}[polling], func(t *testing.T) {
			if polling && testing.Short() {
				t.Skip("once is enough in a hurry")
			}
			d := openDesk(t, t.TempDir())
			d.Config.Polling = polling
			d.Config.Settle = time.Second // long beside the pauses of the writers, on any machine
			w := watch(t, d)
			drop := newDropper(t, d.InboxDir())
			drop.drop(t.TempDir(), d.Config.Settle)
			w.wait("the inbox is empty and every case is reported", func() bool { return resting(t, d, len(drop.want)) })
			w.stop()
			drop.check(d)
			taken := map[string]int{}
			for _, e := range w.events {
				if e.Err != nil {
					t.Errorf("%s: %v", e.Case, e.Err)
				}
				if e.Standing == pipeline.StandingNew {
					taken[e.Case+"/"+e.Name]++
				}
			}
			if n := len(taken); n != 200 {
				t.Errorf("%d documents were announced as new, want 200", n)
			}
			for name, n := range maps.All(taken) {
				if n != 1 {
					t.Errorf("%s was announced as new %d times", name, n)
				}
			}
		})
	}
}

// resting reports whether nothing but answers lies in the inbox and all n cases are reported.
func resting(t testing.TB, d *Desk, n int) bool {
	t.Helper()
	for name := range contents(t, d.InboxDir()) {
		if filepath.Base(name) != "answers.yaml" {
			return false
		}
	}
	lines, err := d.ledger.Cases(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range lines {
		if c.Pending || c.Version == 0 {
			return false
		}
	}
	left, err := d.ledger.Unprojected(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return len(lines) == n && len(left) == 0
}
