package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dossier/checks"
	"dossier/checks/all"
	"dossier/fixtures"
	"dossier/pipeline"
)

// sample is a complete case as a client sends it: drawn once, for drawing takes longest.
var sample = sync.OnceValue(func() fixtures.Case { return fixtures.NewCase(1, checks.Organization, fixtures.Quick) })

// The names of the sample's files.
const (
	licence = "营业执照.jpg"
	holder  = "手持身份证.jpg"
	form    = "授权运营书.jpg"
)

// variant returns the file of the sample with a comment in it that makes its bytes its own: the
// same picture in another file.
func variant(name string, n int) []byte {
	c := sample()
	return withComment(c.File(name).Data, fmt.Sprintf("copy %d", n))
}

// withComment puts a COM segment (ITU-T T.81, B.2.4.5) behind a JPEG's start.
func withComment(data []byte, comment string) []byte {
	size := len(comment) + 2
	head := append([]byte{0xff, 0xd8, 0xff, 0xfe, byte(size >> 8), byte(size)}, comment...)
	return append(head, data[2:]...)
}

// shortVariable hands -short on to the processes that the crash tests start and kill.
const shortVariable = "DOSSIER_DESK_TEST_SHORT"

// slow reports whether a check looks at pixels long enough to be left out where time is short, as it is under the
// race detector. Elsewhere they run, for there reports are compared with the real program's.
func slow(c *checks.Check) bool {
	family, _, _ := strings.Cut(c.ID, "/")
	switch family {
	case "document", "legibility", "seal", "holder", "form":
		return true
	}
	return slices.Contains([]string{"edits/recompression", "edits/grid", "edits/ghost", "edits/thumbnail"}, c.ID)
}

// reads reports whether a check has text read, which can be switched off.
func reads(c *checks.Check) bool {
	return slices.ContainsFunc(c.Choices, func(ch checks.Choice) bool { return ch.Name == "reading" })
}

// withoutReading lists all checks, with reading switched off: it takes most of an examination, and nothing here
// depends on what is read.
func withoutReading() []*checks.Check {
	list := all.Checks()
	for i, c := range list {
		blind := *c
		switch {
		case c.Run != nil && os.Getenv(shortVariable) != "" && slow(c):
			blind.Run = func(context.Context, *checks.Subject, checks.Settings) (checks.Observation, error) {
				return checks.Observation{}, checks.Skip(checks.Text{En: "not measured in this test", Zh: "此测试不检测"})
			}
		case reads(c):
			off, err := c.Settings(nil, map[string][]string{"reading": {"off"}})
			if err != nil {
				panic(err)
			}
			blind.Run = func(ctx context.Context, s *checks.Subject, _ checks.Settings) (checks.Observation, error) {
				return c.Run(ctx, s, off)
			}
		}
		list[i] = &blind
	}
	return list
}

// openDesk opens the desk in dir with all checks, reading left out. Files settle quickly there.
func openDesk(t testing.TB, dir string, change ...func(*Options)) *Desk {
	t.Helper()
	o := Options{Checks: withoutReading(), Version: "test"}
	for _, c := range change {
		c(&o)
	}
	d, err := Open(context.Background(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	d.Config.Settle = 150 * time.Millisecond
	return d
}

// A watched is a desk with Watch running on it.
type watched struct {
	*Desk
	t      testing.TB
	cancel context.CancelFunc
	ended  chan error

	mu     sync.Mutex
	events []Event
}

func watch(t testing.TB, d *Desk) *watched {
	t.Helper()
	w := &watched{Desk: d, t: t, ended: make(chan error, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	go func() {
		w.ended <- d.Watch(ctx, func(e Event) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.events = append(w.events, e)
		})
	}()
	t.Cleanup(w.stop)
	return w
}

func (w *watched) stop() {
	if w.cancel == nil {
		return
	}
	w.cancel()
	w.cancel = nil
	if err := <-w.ended; err != nil {
		w.t.Errorf("Watch ended with %v, want nil when its context ends", err)
	}
}

// reports lists the reports that Watch announced for a case.
func (w *watched) reports(name string) []*pipeline.Case {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []*pipeline.Case
	for _, e := range w.events {
		if e.Report != nil && e.Case == name {
			out = append(out, e.Report)
		}
	}
	return out
}

// waitReport waits for a report of the case that fits, the newest one.
func (w *watched) waitReport(name, what string, fits func(*pipeline.Case) bool) *pipeline.Case {
	w.t.Helper()
	var got *pipeline.Case
	w.wait(fmt.Sprintf("a report of %s: %s", name, what), func() bool {
		all := w.reports(name)
		if len(all) == 0 {
			return false
		}
		got = all[len(all)-1]
		return fits(got)
	})
	return got
}

// wait waits for something to become true; the limit only ends a test that has failed.
func (w *watched) wait(what string, ok func() bool) {
	w.t.Helper()
	for end := time.Now().Add(2 * time.Minute); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			w.mu.Lock()
			defer w.mu.Unlock()
			for _, e := range w.events {
				if e.Err != nil {
					w.t.Log(e.Case, e.Err)
				}
			}
			w.t.Fatalf("waited in vain for %s; %d events", what, len(w.events))
		}
	}
}

func put(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// putSample lays the sample's files out as a case's folder.
func putSample(t testing.TB, dir string) {
	t.Helper()
	for _, f := range sample().Files {
		put(t, filepath.Join(dir, f.Name), f.Data)
	}
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// contents maps every file below dir to its bytes' digest, and says nothing of folders.
func contents(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		rel, _ := filepath.Rel(dir, path)
		out[filepath.ToSlash(rel)] = digest(data)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return out
}

// findings lists "check code" of every finding that is worse than a note.
func findings(c *pipeline.Case) map[string]bool {
	out := map[string]bool{}
	c.Walk(func(_ *pipeline.Document, r *pipeline.Result, f *pipeline.Finding) {
		out[r.Check+" "+f.Code] = true
	})
	return out
}

// documentNames lists the documents of a report with their digests.
func documentNames(c *pipeline.Case) map[string]string {
	out := map[string]string{}
	for _, d := range c.Documents {
		out[d.Path] = d.SHA256
	}
	return out
}

// wantProjected checks that the case's folder shows exactly this report.
func wantProjected(t testing.TB, d *Desk, c *pipeline.Case) {
	t.Helper()
	dir := d.CaseDir(c.Case)
	version, err := readVersion(dir)
	if err != nil || version != c.Version {
		t.Errorf("%s: the folder shows version %d, %v, want %d", c.Case, version, err, c.Version)
	}
	have := contents(t, dir)
	for _, name := range []string{reportHTML, reportPDF, reportJSON} {
		if have[name] == "" {
			t.Errorf("%s: %s is missing", c.Case, name)
		}
	}
	want := map[string]string{}
	for _, doc := range c.Documents {
		want[documentsDir+"/"+doc.Path] = doc.SHA256
		doc.Walk(func(_ *pipeline.Result, f *pipeline.Finding) {
			if f.Overlay != "" && have[f.Overlay] == "" {
				t.Errorf("%s: the picture %s is missing", c.Case, f.Overlay)
			}
		})
	}
	for name, sum := range want {
		if have[name] != sum {
			t.Errorf("%s: %s holds other bytes than the vault", c.Case, name)
		}
	}
	for name := range have {
		if strings.HasPrefix(name, documentsDir+"/") && want[name] == "" {
			t.Errorf("%s: %s belongs to no document", c.Case, name)
		}
		if strings.Contains(name, ".tmp") {
			t.Errorf("%s: %s was left behind", c.Case, name)
		}
	}
	if left, err := d.ledger.Unprojected(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("still to be written out: %v, %v", left, err)
	}
}

func mustReport(t testing.TB, d *Desk, name string, version int) *pipeline.Case {
	t.Helper()
	c, err := d.ledger.Report(t.Context(), name, version)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// withoutTimes returns what a report says but for the moments at which things happened.
func withoutTimes(c *pipeline.Case) pipeline.Case {
	out := *c
	out.GeneratedAt = time.Time{}
	out.Documents = append([]pipeline.Document(nil), c.Documents...)
	for i := range out.Documents {
		out.Documents[i].ReceivedAt = nil
	}
	out.Replaced = append([]pipeline.Replaced(nil), c.Replaced...)
	for i := range out.Replaced {
		out.Replaced[i].At = time.Time{}
	}
	return out
}

// scanPDF is a PDF as office scanners write it.
func scanPDF(scans ...[]byte) []byte { return fixtures.PDF(scans, 45, fixtures.PDFOptions{}) }
