package intake

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dossier/pipeline"
)

// one is a single file in a folder, with a Taker for it.
type one struct {
	t      *testing.T
	dir    string
	taker  *Taker
	vault  *memoryVault
	ledger *memoryLedger
	in     file
}

func newOne(t *testing.T, content string) *one {
	t.Helper()
	o := &one{t: t, dir: t.TempDir(), vault: newMemoryVault()}
	o.ledger = newMemoryLedger(o.vault)
	o.taker = &Taker{Vault: o.vault, Ledger: o.ledger}
	root, err := os.OpenRoot(o.dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	o.in = file{root: root, rel: "id.jpg", path: filepath.Join(o.dir, "id.jpg"), place: place{"acme", "id.jpg"}}
	write(t, o.in.path, content)
	return o
}

func (o *one) stamp() stamp {
	o.t.Helper()
	info, err := o.in.root.Lstat(o.in.rel)
	if err != nil {
		o.t.Fatal(err)
	}
	return stamp{info}
}

func TestChangeWhileReadIsNotReceipted(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"longer":          func(p string) error { return appendTo(p, "more") },
		"shorter":         func(p string) error { return os.Truncate(p, 2) },
		"another file":    func(p string) error { os.Remove(p); return os.WriteFile(p, []byte("original"), 0o600) },
		"moved over":      func(p string) error { os.WriteFile(p+"2", []byte("original"), 0o600); return os.Rename(p+"2", p) },
		"gone":            os.Remove,
		"a link":          func(p string) error { os.Rename(p, p+"2"); return os.Symlink(p+"2", p) },
		"a folder":        func(p string) error { os.Remove(p); return os.Mkdir(p, 0o700) },
		"another's place": func(p string) error { return os.Rename(p, p+"2") },
	} {
		o := newOne(t, "original")
		o.vault.during = func() {
			if err := change(o.in.path); err != nil {
				t.Skip(err)
			}
		}
		want := o.stamp()
		if _, err := o.taker.stage(t.Context(), o.in, &want); !errors.Is(err, errChanged) {
			t.Errorf("%s while it was read: %v, want errChanged", name, err)
		}
	}
}

func appendTo(path, more string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString(more)
	return err
}

func TestChangeBeforeReadingIsNoticed(t *testing.T) {
	o := newOne(t, "original")
	want := o.stamp()
	if _, err := o.taker.stage(t.Context(), o.in, &want); err != nil {
		t.Errorf("an unchanged file: %v", err)
	}
	appendTo(o.in.path, "more")
	if _, err := o.taker.stage(t.Context(), o.in, &want); !errors.Is(err, errChanged) {
		t.Errorf("a changed file: %v, want errChanged", err)
	}
	os.Remove(o.in.path)
	if _, err := o.taker.stage(t.Context(), o.in, &want); !errors.Is(err, errGone) {
		t.Errorf("a file that is gone: %v, want errGone", err)
	}
}

// A file that another program writes as fast as it is read must not fill the disk.
func TestReadingStopsAtTheSizeThatWasSeen(t *testing.T) {
	o := newOne(t, "12345")
	grown := false
	o.taker.Vault = vaultFunc(func(r reader) (string, int64, error) {
		n, buf := 0, make([]byte, 1)
		for {
			if !grown && n == 3 {
				grown = true
				appendTo(o.in.path, strings.Repeat("x", 1000))
			}
			m, err := r.Read(buf)
			n += m
			if err != nil {
				break
			}
		}
		if n > 6 {
			t.Errorf("read %d bytes of a file that had 5", n)
		}
		return "", int64(n), nil
	})
	if _, err := o.taker.stage(t.Context(), o.in, nil); !errors.Is(err, errChanged) {
		t.Errorf("%v, want errChanged", err)
	}
}

func TestOnlyWhatWasReadIsRemoved(t *testing.T) {
	o := newOne(t, "original")
	s, err := o.taker.stage(t.Context(), o.in, nil)
	if err != nil {
		t.Fatal(err)
	}
	// Replaced by a file of the same size: not even the time has to differ for it to be another.
	os.Remove(o.in.path)
	write(t, o.in.path+"x", "placeholder, so that the inode is not given out again")
	write(t, o.in.path, "REPLACED")
	os.Chtimes(o.in.path, s.stamp.info.ModTime(), s.stamp.info.ModTime())
	if err := remove(o.in, s.stamp); !errors.Is(err, errChanged) && !os.SameFile(o.stamp().info, s.stamp.info) {
		t.Errorf("removing a replaced file: %v, want errChanged", err)
	}
	if got := files(t, o.dir)["id.jpg"]; got != "REPLACED" && got != "" {
		t.Errorf("in its place lies %q", got)
	}

	o = newOne(t, "original")
	s, _ = o.taker.stage(t.Context(), o.in, nil)
	if err := remove(o.in, s.stamp); err != nil {
		t.Errorf("removing the file that was read: %v", err)
	}
	if left := files(t, o.dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := remove(o.in, s.stamp); err != nil {
		t.Errorf("removing a file that is gone: %v, want no error", err)
	}
}

// A file that takes the place between the last look and the renaming gets its name back.
func TestStrangerGetsItsNameBack(t *testing.T) {
	for name, occupied := range map[string]bool{"the name is free": false, "the name is taken again": true} {
		o := newOne(t, "stranger")
		aside := leavingPrefix + "0123.jpg"
		if err := o.in.root.Rename("id.jpg", aside); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"id.jpg": "stranger"}
		if occupied {
			write(t, o.in.path, "third")
			want = map[string]string{"id.jpg": "third", "restored-0123.jpg": "stranger"}
		}
		if err := putBack(o.in, aside, "0123"); err != nil {
			t.Fatal(err)
		}
		got := files(t, o.dir)
		for k, v := range want {
			if got[k] != v || len(got) != len(want) {
				t.Errorf("%s: the folder holds %v, want %v", name, got, want)
			}
		}
	}
}

// A run that was killed between setting a file aside and removing it leaves it under a name that
// nobody looks at. The next run does: what the ledger has goes, and a stranger is taken in.
func TestWhatAKilledRunSetAsideIsLookedAfter(t *testing.T) {
	d := newDesk(t)
	d.write("acme/id.jpg", "taken in")
	d.start(nil)
	d.waitEmpty()
	d.stop()
	d.write("acme/"+leavingPrefix+"00aa", "taken in")
	d.write("acme/deep/"+leavingPrefix+"00bb", "stranger")
	d.write(leavingPrefix+"00cc", "taken in") // by acme, not by the tray
	d.start(nil)
	d.wait("everything is taken in", func() bool { return len(d.ledger.documents("acme")) == 2 })
	d.waitEmpty()
	d.stop()
	wantDocuments(t, d.ledger, "acme", map[string]string{"id.jpg": "taken in", "deep/restored-00bb": "stranger"})
	wantDocuments(t, d.ledger, pipeline.Unsorted, map[string]string{"restored-00cc": "taken in"})
}

func TestLinksAndPipesAreNotOpened(t *testing.T) {
	o := newOne(t, "x")
	os.Remove(o.in.path)
	secret := filepath.Join(t.TempDir(), "secret")
	write(t, secret, "secret")
	var left *leftAlone
	if err := os.Symlink(secret, o.in.path); err != nil {
		t.Skip(err)
	}
	if _, err := o.taker.stage(t.Context(), o.in, nil); !errors.As(err, &left) || left.reason != pipeline.IgnoreSymlink {
		t.Errorf("a link: %v", err)
	}
	os.Remove(o.in.path)
	if makeFifo(o.in.path) != nil {
		t.Skip("no pipes here")
	}
	if _, err := o.taker.stage(t.Context(), o.in, nil); !errors.As(err, &left) || left.reason != pipeline.IgnoreDevice {
		t.Errorf("a pipe: %v", err)
	}
}

func TestInterruptedReading(t *testing.T) {
	o := newOne(t, "original")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := o.taker.stage(ctx, o.in, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the context's error: an interruption says nothing about the file", err)
	}
}

func TestPagesOfAPDFAreTakenInWithIt(t *testing.T) {
	t.Parallel()
	first, second := testJPEG(t, 400, 300), testJPEG(t, 300, 400)
	pdf := buildPDF(jpegPage(first, 400, 300), textPage(), jpegPage(second, 300, 400))
	d := newDesk(t)
	d.write("acme/scan.pdf", string(pdf))
	d.start(nil)
	d.waitEmpty()
	d.stop()
	wantDocuments(t, d.ledger, "acme", map[string]string{
		"scan.pdf": string(pdf), "scan.pdf#page-1.jpg": string(first), "scan.pdf#page-3.jpg": string(second),
	})
	event := d.happened(EventTaken)[0]
	if len(event.Receipts) != 3 {
		t.Fatalf("%d receipts, want the PDF and two pages", len(event.Receipts))
	}
	file, page := event.Receipts[0], event.Receipts[2]
	if file.Origin != nil || len(file.Problems) != 1 || !strings.Contains(file.Problems[0].En, "no scanned picture on page 2") {
		t.Errorf("the PDF's receipt: origin %v, problems %v; want none, and a word on page 2", file.Origin, file.Problems)
	}
	if o := page.Origin; o == nil || o.Name != "scan.pdf" || o.SHA256 != file.SHA256 || o.Page != 3 {
		t.Errorf("origin %+v, want page 3 of the PDF", o)
	}
}

func TestPDFIsToldByItsBytes(t *testing.T) {
	for content, want := range map[string]bool{
		"%PDF-1.4\n":                          true,
		"\x00\x00junk of a scanner\n%PDF-1.4": true,
		strings.Repeat(" ", 1019) + "%PDF-":   true,
		strings.Repeat(" ", 1020) + "%PDF-":   false,
		"\xff\xd8\xff\xfe\x00\x10 %PDF-1.4":   false,
		"scan.pdf":                            false,
	} {
		s := source{ctx: t.Context(), r: strings.NewReader(content)}
		for buf := make([]byte, 7); ; {
			if _, err := s.Read(buf); err != nil {
				break
			}
		}
		if s.isPDF() != want {
			t.Errorf("%.20q...: taken for a PDF: %v, want %v", content, s.isPDF(), want)
		}
	}
}
