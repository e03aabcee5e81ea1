package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestWriteFileReplacesWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, strings.Repeat("照", 80)+".jpg") // 244 bytes: no room for a longer temporary name
	for _, want := range []string{"the first, longer version", "second", ""} {
		if err := WriteFile(path, []byte(want), FileMode); err != nil {
			t.Fatal(err)
		}
		if got := read(t, path); got != want {
			t.Errorf("read %q, want %q", got, want)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want -rw-------", info.Mode())
	}
	onlyEntry(t, dir, filepath.Base(path))
}

// A source that breaks off leaves the old file and no temporary one, and its own error comes
// back.
func TestCopyOfBrokenSourceLeavesOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "report.json")
	if err := WriteFile(path, []byte("old"), FileMode); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("cable pulled")
	_, err := Copy(path, io.MultiReader(strings.NewReader("new but"), failing{broken}), FileMode)
	if !errors.Is(err, broken) {
		t.Errorf("error %v, want the source's own", err)
	}
	if got := read(t, path); got != "old" {
		t.Errorf("read %q, want the old file", got)
	}
	onlyEntry(t, dir, "report.json")

	n, err := Copy(path, strings.NewReader("new, whole"), FileMode)
	if err != nil || n != 10 || read(t, path) != "new, whole" {
		t.Errorf("copied %d bytes, error %v, now %q", n, err, read(t, path))
	}
}

// The link is replaced; what it points to is not written through.
func TestWriteFileDoesNotFollowLinks(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(dir, "outside")
	if err := os.WriteFile(outside, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(outside, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := WriteFile(link, []byte("x"), FileMode); err != nil {
		t.Fatal(err)
	}
	if got := read(t, outside); got != "precious" {
		t.Errorf("the link's target now holds %q", got)
	}
}

// Two hundred writers of one path: every reader sees one of the versions whole.
func TestConcurrentWritersAndReaders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	version := func(i int) string { return strings.Repeat(fmt.Sprint(i%10), 5000) }
	if err := WriteFile(path, []byte(version(0)), FileMode); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 50 {
				if err := WriteFile(path, []byte(version(w+i)), FileMode); err != nil {
					t.Error(err)
				}
				got := read(t, path)
				if len(got) != 5000 || got != strings.Repeat(got[:1], 5000) {
					t.Errorf("read a mixture of %d bytes", len(got))
				}
			}
		})
	}
	wg.Wait()
}

func TestMkdirAll(t *testing.T) {
	root := t.TempDir()
	deep := filepath.Join(root, "a", "b", "c")
	for range 2 { // the second time all is there
		if err := MkdirAll(deep, DirMode); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(deep)
	if err != nil || !info.IsDir() || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o700) {
		t.Errorf("made %v, error %v", info, err)
	}
	file := filepath.Join(root, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{file, filepath.Join(file, "below")} {
		var e *Error
		if err := MkdirAll(bad, DirMode); !errors.As(err, &e) {
			t.Errorf("MkdirAll(%s) = %v, want an *Error", bad, err)
		}
	}
}

func TestSweepTakesOldTemporaryFilesOnly(t *testing.T) {
	dir := t.TempDir()
	long := time.Now().Add(-3 * time.Hour)
	temp, err := WriteTemp(dir, FileMode, func(w io.Writer) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	young, err := WriteTemp(dir, FileMode, func(w io.Writer) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "report.html")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{temp, other} {
		if err := os.Chtimes(p, long, long); err != nil {
			t.Fatal(err)
		}
	}
	n, err := Sweep(dir, time.Hour)
	if n != 1 || err != nil {
		t.Errorf("swept %d, error %v; want 1", n, err)
	}
	for path, want := range map[string]bool{temp: false, young: true, other: true} {
		if _, err := os.Stat(path); (err == nil) != want {
			t.Errorf("%s there: %v, want %v", filepath.Base(path), err == nil, want)
		}
	}
	if n, err := Sweep(filepath.Join(dir, "missing"), 0); n != 0 || err != nil {
		t.Errorf("sweeping a missing folder: %d, %v", n, err)
	}
}

func TestLocks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	a, err := Shared(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Shared(path) // shared locks share
	if err != nil {
		t.Fatal(err)
	}
	a.Release()
	if _, err := TryExclusive(path); !errors.Is(err, ErrLocked) {
		t.Errorf("exclusive beside shared: %v, want ErrLocked", err)
	}
	b.Release()
	c, err := TryExclusive(path)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan struct{})
	go func() {
		d, err := Exclusive(path)
		if err != nil {
			t.Error(err)
		}
		d.Release()
		close(got)
	}()
	select {
	case <-got:
		t.Error("two exclusive locks at once")
	case <-time.After(20 * time.Millisecond):
	}
	c.Release()
	<-got
}

// What the system answers is kept, the path is named once, and where there is a remedy it is
// given in both languages.
func TestErrors(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "no", "such", "file")
	err := WriteFile(missing, nil, FileMode)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("error %v, want not-exist", err)
	}
	if n := strings.Count(err.Error(), missing); n != 1 || strings.Contains(err.Error(), tempPrefix) {
		t.Errorf("the path must be named once and no temporary file: %s", err)
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{syscall.ENOSPC, "disk is full"},
		{syscall.EDQUOT, "quota"},
		{syscall.EROFS, "read-only"},
		{syscall.EACCES, "may not write"},
		{syscall.EMFILE, "too many"},
		{syscall.EIO, ""},
	} {
		if runtime.GOOS == "windows" {
			break
		}
		e := newError("writing", "/desk/x", &fs.PathError{Op: "write", Path: "/desk/.tmp", Err: c.err})
		hint := e.Hint()
		if !strings.Contains(hint.En, c.want) || (hint.En == "") != (c.want == "") || (hint.Zh == "") != (c.want == "") {
			t.Errorf("hint for %v: %+v, want %q", c.err, hint, c.want)
		}
		if !errors.Is(e, c.err) || !strings.HasPrefix(e.Error(), "writing /desk/x: ") {
			t.Errorf("error %q", e)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
	}
	return string(b)
}

func onlyEntry(t *testing.T, dir, want string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != want {
		t.Errorf("folder holds %v, want only %q", entries, want)
	}
}
