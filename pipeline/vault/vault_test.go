package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"dossier/checks"
	"dossier/pipeline/durable"
)

var ctx = context.Background()

// noLimit is for the tests that are not about the limit.
const noLimit = 1 << 40

func TestPutTwiceIsOneFile(t *testing.T) {
	v := open(t)
	want := []byte("手持身份证 in bytes")
	var sha string
	for range 2 {
		var size int64
		var err error
		sha, size, err = v.Put(ctx, bytes.NewReader(want), noLimit)
		if err != nil {
			t.Fatal(err)
		}
		if sha != shaOf(want) || size != int64(len(want)) {
			t.Errorf("Put = %s, %d; want %s, %d", sha, size, shaOf(want), len(want))
		}
	}
	if got, err := v.ReadFile(sha, noLimit); err != nil || !bytes.Equal(got, want) {
		t.Errorf("ReadFile = %q, %v", got, err)
	}
	if n := len(files(t, v)); n != 1 {
		t.Errorf("%d files in the vault, want 1: %v", n, files(t, v))
	}
}

// Nobody but the owner may read, and nobody may write what has been received.
func TestModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such modes on Windows")
	}
	v := open(t)
	sha := put(t, v, "x")
	if err := v.PutDerived(sha, "preview.jpg", []byte("small x")); err != nil {
		t.Fatal(err)
	}
	want := map[string]fs.FileMode{v.original(sha): 0o400, filepath.Join(v.derivedDir(sha), "preview.jpg"): 0o600}
	err := filepath.WalkDir(v.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		switch mode := info.Mode().Perm(); {
		case d.IsDir() && mode != 0o700:
			t.Errorf("folder %s has mode %v", path, mode)
		case want[path] != 0 && mode != want[path]:
			t.Errorf("%s has mode %v, want %v", path, mode, want[path])
		}
		delete(want, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(want) != 0 {
		t.Errorf("not found: %v", want)
	}
}

func TestPutLimit(t *testing.T) {
	v := open(t)
	data := bytes.Repeat([]byte("a"), 3*copyBuffer+7)
	for _, c := range []struct {
		max  int64
		fits bool
	}{{int64(len(data)), true}, {int64(len(data)) - 1, false}, {copyBuffer, false}, {0, false}, {-1, false}} {
		sha, _, err := v.Put(ctx, bytes.NewReader(data), c.max)
		var limit *checks.LimitError
		if c.fits != (err == nil) || !c.fits && !errors.As(err, &limit) {
			t.Errorf("max %d: error %v, want it to fit: %v", c.max, err, c.fits)
		}
		if c.fits {
			if err := v.Remove(sha); err != nil {
				t.Fatal(err)
			}
		}
		if left := files(t, v); len(left) != 0 {
			t.Errorf("max %d leaves %v", c.max, left)
		}
	}
	if sha, size, err := v.Put(ctx, strings.NewReader(""), 0); err != nil || size != 0 || sha != shaOf(nil) {
		t.Errorf("an empty file within the limit 0: %s, %d, %v", sha, size, err)
	}
}

// The caller must be able to tell a source that cannot be read from a vault that is ill.
func TestPutOfBrokenSource(t *testing.T) {
	v := open(t)
	broken := errors.New("cable pulled")
	_, _, err := v.Put(ctx, io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)), noLimit)
	var source *SourceError
	if !errors.As(err, &source) || !errors.Is(err, broken) {
		t.Errorf("error %v, want a *SourceError around the source's", err)
	}
	stopped, cancel := context.WithCancel(ctx)
	r := readerFunc(func(p []byte) (int, error) { cancel(); return copy(p, "more"), nil })
	if _, _, err := v.Put(stopped, r, noLimit); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	if left := files(t, v); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A reader may return its last bytes together with io.EOF, or dribble.
func TestPutOfOddReaders(t *testing.T) {
	v := open(t)
	data := []byte(strings.Repeat("0123456789", 1000))
	for name, r := range map[string]io.Reader{
		"eof with data": iotest.DataErrReader(bytes.NewReader(data)),
		"one byte":      iotest.OneByteReader(bytes.NewReader(data)),
		"half":          iotest.HalfReader(bytes.NewReader(data)),
	} {
		if sha, size, err := v.Put(ctx, r, int64(len(data))); err != nil || sha != shaOf(data) || size != int64(len(data)) {
			t.Errorf("%s: %s, %d, %v", name, sha, size, err)
		}
	}
}

func TestConcurrentPutOfSameBytes(t *testing.T) {
	v := open(t)
	data := bytes.Repeat([]byte("same"), 100_000)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			w, err := Open(v.dir) // as another process would, sweep and all
			if err != nil {
				t.Error(err)
				return
			}
			for range 4 {
				sha, _, err := w.Put(ctx, bytes.NewReader(data), noLimit)
				if err != nil || sha != shaOf(data) {
					t.Errorf("Put = %s, %v", sha, err)
				}
				if err := w.Verify(ctx, sha); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := files(t, v); len(got) != 1 {
		t.Errorf("files %v, want one", got)
	}
}

// Every way an original can go bad is noticed, and the same bytes, received again, mend it.
func TestDamageIsFoundAndMended(t *testing.T) {
	data := bytes.Repeat([]byte("the bytes as received "), 100)
	flipped := bytes.Clone(data)
	flipped[777] ^= 1
	for name, bad := range map[string][]byte{
		"one bit":   flipped,
		"truncated": data[:len(data)-1],
		"longer":    append(bytes.Clone(data), 0),
		"empty":     {},
	} {
		t.Run(name, func(t *testing.T) {
			v := open(t)
			other := put(t, v, "another document")
			sha := put(t, v, string(data))
			if err := v.Verify(ctx, sha); err != nil {
				t.Fatalf("before: %v", err)
			}
			overwrite(t, v.original(sha), bad)

			var damaged *DamagedError
			if err := v.Verify(ctx, sha); !errors.As(err, &damaged) || damaged.SHA256 != sha {
				t.Errorf("Verify = %v, want *DamagedError", err)
			}
			if _, err := v.ReadFile(sha, noLimit); !errors.As(err, &damaged) {
				t.Errorf("ReadFile = %v, want *DamagedError", err)
			}
			var last Progress
			r, err := v.VerifyAll(ctx, func(p Progress) { last = p })
			if err != nil || r.OK() || r.Files != 2 || len(r.Damaged) != 1 || r.Damaged[0].SHA256 != sha {
				t.Errorf("VerifyAll = %+v, %v", r, err)
			}
			if last.Done != 2 || last.Files != 2 || last.Bytes != last.AllBytes {
				t.Errorf("last progress %+v", last)
			}
			if h := damaged.Hint(); h.En == "" || h.Zh == "" {
				t.Error("no hint")
			}

			if again := put(t, v, string(data)); again != sha {
				t.Fatal("other SHA-256")
			}
			for _, s := range []string{sha, other} {
				if err := v.Verify(ctx, s); err != nil {
					t.Errorf("after mending: %v", err)
				}
			}
			if info, err := os.Stat(v.original(sha)); err != nil || info.Mode().Perm()&0o222 != 0 {
				t.Errorf("mended original: %v, %v; want it read-only", info.Mode(), err)
			}
		})
	}
}

func TestVerifyAllNamesWhatIsStrange(t *testing.T) {
	v := open(t)
	sha := put(t, v, "x")
	strange := []string{
		filepath.Join(v.dir, "originals", "notes.txt"),
		filepath.Join(v.dir, "originals", "ff", "ff", sha), // a good name in the wrong folder
	}
	for _, path := range strange {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		overwrite(t, path, []byte("x"))
	}
	r, err := v.VerifyAll(ctx, nil)
	if err != nil || !r.OK() || r.Files != 1 || r.Bytes != 1 || len(r.Strange) != 2 {
		t.Errorf("VerifyAll = %+v, %v; want one good file and %v", r, err, strange)
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := v.VerifyAll(stopped, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a stopped walk: %v", err)
	}
}

// What is given becomes a path, so nothing but 64 lower-case hex digits is let through.
func TestSHAIsNeverTrusted(t *testing.T) {
	v := open(t)
	good := put(t, v, "x")
	secret := filepath.Join(filepath.Dir(v.dir), "secret")
	overwrite(t, secret, []byte("s"))
	for _, bad := range []string{
		"", "ab", "../../../secret", good[:63], good + "0", strings.ToUpper(good), good[:62] + "/.",
		good[:63] + "g", good[:63] + "\x00", strings.Repeat("../", 21) + "a", strings.Repeat(".", 64),
	} {
		_, openErr := v.Open(bad)
		_, readErr := v.ReadFile(bad, noLimit)
		_, hasErr := v.Has(bad)
		_, derivedErr := v.Derived(bad, "a")
		for call, err := range map[string]error{
			"Open": openErr, "ReadFile": readErr, "Has": hasErr, "Derived": derivedErr,
			"Verify": v.Verify(ctx, bad), "Remove": v.Remove(bad), "PutDerived": v.PutDerived(bad, "a", nil),
			"RemoveDerived": v.RemoveDerived(bad),
		} {
			var format *checks.FormatError
			if !errors.As(err, &format) {
				t.Errorf("%s(%q) = %v, want *checks.FormatError", call, bad, err)
			}
		}
	}
	for _, name := range []string{"", ".", "..", "../x", "a/../b", "/a", "a/", "a//b", "a/b/c", "A.jpg", "a b", `a\b`, ".tmp", "a.", strings.Repeat("a", 201), "预览.jpg"} {
		if err := v.PutDerived(good, name, nil); err == nil {
			t.Errorf("PutDerived(%q) was let through", name)
		}
		if _, err := v.Derived(good, name); err == nil || errors.Is(err, ErrNotFound) {
			t.Errorf("Derived(%q) = %v", name, err)
		}
	}
}

func TestReading(t *testing.T) {
	v := open(t)
	sha := put(t, v, "0123456789")
	missing := shaOf([]byte("never received"))

	f, err := v.Open(sha)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Seek(-3, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	if got, _ := io.ReadAll(f); string(got) != "789" {
		t.Errorf("the last three bytes are %q", got)
	}

	if f, err := v.Open(missing); !errors.Is(err, ErrNotFound) || !errors.Is(err, fs.ErrNotExist) || f != nil {
		t.Errorf("Open of a missing original = %v, %v", f, err)
	}
	var limit *checks.LimitError
	if _, err := v.ReadFile(sha, 9); !errors.As(err, &limit) || limit.Value != 10 {
		t.Errorf("ReadFile beyond the limit: %v", err)
	}
	for n, want := range map[int64]string{-1: "", 0: "", 4: "0123", 10: "0123456789", 99: "0123456789"} {
		if got, size, err := v.ReadHead(sha, n); err != nil || string(got) != want || size != 10 {
			t.Errorf("ReadHead(%d) = %q, %d, %v; want %q", n, got, size, err, want)
		}
	}
	for s, want := range map[string]bool{sha: true, missing: false} {
		if got, err := v.Has(s); got != want || err != nil {
			t.Errorf("Has = %v, %v; want %v", got, err, want)
		}
	}
}

func TestDerivedAndRemove(t *testing.T) {
	v := open(t)
	sha, other := put(t, v, "x"), put(t, v, "y")
	for _, version := range []string{"first", "second, longer"} {
		for _, s := range []string{sha, other} {
			if err := v.PutDerived(s, "overlays/"+s[:12]+"-edits-copy-move-1.png", []byte(version)); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := v.Derived(sha, "overlays/"+sha[:12]+"-edits-copy-move-1.png"); err != nil || string(got) != version {
			t.Errorf("Derived = %q, %v; want %q", got, err, version)
		}
	}
	if _, err := v.Derived(sha, "preview.jpg"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a picture never made: %v", err)
	}
	if err := v.PutDerived(shaOf([]byte("never")), "preview.jpg", nil); !errors.Is(err, ErrNotFound) {
		t.Errorf("derived from nothing: %v", err)
	}
	for range 2 { // the second time there is nothing left to remove
		if err := v.Remove(sha); err != nil {
			t.Fatal(err)
		}
	}
	if got := files(t, v); len(got) != 2 || !strings.Contains(strings.Join(got, " "), other) {
		t.Errorf("left %v, want the other document and its picture", got)
	}
	if err := v.Verify(ctx, sha); !errors.Is(err, ErrNotFound) {
		t.Errorf("removed, and Verify = %v", err)
	}
	if again := put(t, v, "x"); again != sha {
		t.Error("cannot be received again")
	}
}

// A second process opening the vault must not sweep away what the first is putting in.
func TestOpenSparesFilesOnTheirWay(t *testing.T) {
	v := open(t)
	leftover := filepath.Join(v.incoming(), ".durable-123.tmp")
	overwrite(t, leftover, []byte("half a picture"))
	half, rest := io.Pipe()
	result := make(chan error)
	go func() {
		_, _, err := v.Put(ctx, half, noLimit)
		result <- err
	}()
	if _, err := rest.Write([]byte("first half, ")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(v.dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(leftover); err != nil {
		t.Error("swept while a Put was under way:", err)
	}
	rest.Write([]byte("second half"))
	rest.Close()
	if err := <-result; err != nil {
		t.Fatal(err)
	}
	if err := v.Verify(ctx, shaOf([]byte("first half, second half"))); err != nil {
		t.Error(err)
	}
	if _, err := Open(v.dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(leftover); err == nil {
		t.Error("an abandoned file was not swept")
	}
}

func TestOpenWhereAFileIsInTheWay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vault")
	overwrite(t, path, nil)
	var e *durable.Error
	if _, err := Open(path); !errors.As(err, &e) || !strings.Contains(err.Error(), "vault") {
		t.Errorf("Open = %v", err)
	}
}

// Whatever is put in, in whatever order and how often: the vault holds exactly the different
// contents, whole, minus those removed.
func TestVaultIsASetOfContents(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp("", "vault")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		v, err := Open(dir)
		if err != nil {
			rt.Fatal(err)
		}
		want := map[string][]byte{}
		for range rapid.IntRange(1, 8).Draw(rt, "steps") {
			data := rapid.SliceOfN(rapid.Byte(), 0, 3).Draw(rt, "data")
			if rapid.Bool().Draw(rt, "remove") {
				if err := v.Remove(shaOf(data)); err != nil {
					rt.Fatal(err)
				}
				delete(want, shaOf(data))
				continue
			}
			sha, size, err := v.Put(ctx, bytes.NewReader(data), 3)
			if err != nil || sha != shaOf(data) || size != int64(len(data)) {
				rt.Fatalf("Put(%x) = %s, %d, %v", data, sha, size, err)
			}
			want[sha] = data
		}
		seen := 0
		err = v.Each(ctx, func(sha string, size int64) error {
			seen++
			got, err := v.ReadFile(sha, 3)
			if err != nil || !bytes.Equal(got, want[sha]) || size != int64(len(got)) {
				rt.Errorf("%s holds %x, %v; want %x", sha, got, err, want[sha])
			}
			return nil
		})
		if err != nil || seen != len(want) {
			rt.Errorf("%d originals, %v; want %d", seen, err, len(want))
		}
	})
}

func BenchmarkPut(b *testing.B) {
	v, err := Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	data := bytes.Repeat([]byte("0123456789abcdef"), 1<<20/16) // 1 MiB, a usual scan
	b.SetBytes(int64(len(data)))
	for i := 0; b.Loop(); i++ {
		copy(data, time.Unix(int64(i), 0).String()) // other bytes each time
		if _, _, err := v.Put(ctx, bytes.NewReader(data), noLimit); err != nil {
			b.Fatal(err)
		}
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func open(t testing.TB) *Vault {
	t.Helper()
	v, err := Open(filepath.Join(t.TempDir(), "vault"))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func put(t testing.TB, v *Vault, data string) string {
	t.Helper()
	sha, _, err := v.Put(ctx, strings.NewReader(data), noLimit)
	if err != nil {
		t.Fatal(err)
	}
	return sha
}

func shaOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// overwrite damages a file as a failing disk or a careless person would.
func overwrite(t testing.TB, path string, data []byte) {
	t.Helper()
	os.Chmod(path, 0o600)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// files lists every file of the vault, but for its lock.
func files(t testing.TB, v *Vault) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(v.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path != v.lockPath() {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
