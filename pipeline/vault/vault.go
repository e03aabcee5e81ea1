package vault

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"dossier/checks"
	"dossier/pipeline/durable"
)

// originalMode keeps programs and people from changing an original by mistake.
const originalMode fs.FileMode = 0o400

// leftoverAge is how long a file in incoming/ must have been still before it is taken for
// abandoned on a file system without locks. A document of 64 MiB takes minutes on the slowest
// drive we know of; a day is far beyond that.
const leftoverAge = 24 * time.Hour

// copyBuffer is how much is read at once: large enough that system calls do not matter beside
// the hashing.
const copyBuffer = 256 << 10

// A Vault is a folder of originals. Its methods may be called from several goroutines.
type Vault struct{ dir string }

// Open opens the vault in the folder dir, makes it if it is missing, and removes what killed
// processes left unfinished there.
func Open(dir string) (*Vault, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the vault: %w", err)
	}
	v := &Vault{dir}
	for _, sub := range []string{"originals", "derived", "incoming"} {
		if err := durable.MkdirAll(filepath.Join(dir, sub), durable.DirMode); err != nil {
			return nil, fmt.Errorf("opening the vault: %w", err)
		}
	}
	if err := v.sweep(); err != nil {
		return nil, fmt.Errorf("opening the vault: %w", err)
	}
	return v, nil
}

// sweep clears incoming/. Whoever is putting a file in holds the lock, shared; so when nobody
// does, everything there has been abandoned. While somebody does, it can wait for the next time.
func (v *Vault) sweep() error {
	lock, err := durable.TryExclusive(v.lockPath())
	age := time.Duration(0)
	switch {
	case errors.Is(err, durable.ErrLocked):
		return nil
	case durable.LockUnsupported(err):
		age = leftoverAge
	case err != nil:
		return err
	}
	defer lock.Release()
	_, err = durable.Sweep(v.incoming(), age)
	return err
}

// Put copies everything r has, at most max bytes, into the vault and returns its SHA-256 in
// lower-case hex and its size. When err is nil the bytes survive a loss of power. Bytes that are
// already there are not written again; an original that has been damaged is mended by them.
//
// More than max bytes is a *checks.LimitError, a failing r a *SourceError; neither leaves
// anything behind, and the vault itself is well. Any other error is the vault's own.
func (v *Vault) Put(ctx context.Context, r io.Reader, max int64) (sha string, size int64, err error) {
	lock, err := durable.Shared(v.lockPath())
	if err != nil && !durable.LockUnsupported(err) {
		return "", 0, fmt.Errorf("putting a file into the vault: %w", err)
	}
	defer lock.Release()

	sum := sha256.New()
	temp, err := durable.WriteTemp(v.incoming(), originalMode, func(w io.Writer) error {
		size, err = copyLimited(ctx, io.MultiWriter(w, sum), r, max)
		return err
	})
	if err != nil {
		var limit *checks.LimitError
		var source *SourceError
		if errors.As(err, &limit) || errors.As(err, &source) || ctx.Err() != nil {
			return "", 0, err
		}
		return "", 0, fmt.Errorf("putting a file into the vault: %w", err)
	}
	defer os.Remove(temp) // a second name of the original by then, or nothing

	sha = hexSum(sum)
	if err := v.place(ctx, temp, sha, size); err != nil {
		return "", 0, fmt.Errorf("putting a file into the vault: %w", err)
	}
	return sha, size, nil
}

// copyLimited copies r to w and refuses the first byte beyond max. Errors of r come back as
// *SourceError, those of w as they are.
func copyLimited(ctx context.Context, w io.Writer, r io.Reader, max int64) (n int64, err error) {
	buffer := make([]byte, copyBuffer)
	for {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		k, readErr := r.Read(buffer)
		if int64(k) > max-n {
			return n, &checks.LimitError{What: "file", Value: n + int64(k), Limit: max, Unit: "bytes"}
		}
		if _, err := w.Write(buffer[:k]); err != nil {
			return n, err
		}
		n += int64(k)
		if readErr == io.EOF {
			return n, nil
		}
		if readErr != nil {
			return n, &SourceError{readErr}
		}
	}
}

// place gives the finished temporary file its name among the originals, without ever replacing
// a good one.
func (v *Vault) place(ctx context.Context, temp, sha string, size int64) error {
	info, err := os.Lstat(temp)
	if err != nil {
		return err
	}
	if info.Size() != size {
		return fmt.Errorf("%d bytes were written but the disk holds %d", size, info.Size())
	}
	path := v.original(sha)
	folder := filepath.Dir(path)
	if err := durable.MkdirAll(folder, durable.DirMode); err != nil {
		return err
	}
	if err := os.Link(temp, path); err != nil {
		// Either the original is there, or there are no hard links here (exFAT, some network
		// drives).
		if err := v.settle(ctx, temp, path, sha, size); err != nil {
			return err
		}
	}
	// All three, also when the entry was there: the process that made it may not have come to
	// its own fsync, and our caller is about to delete the source.
	for range 3 {
		if err := durable.SyncDir(folder); err != nil {
			return err
		}
		folder = filepath.Dir(folder)
	}
	return nil
}

// settle leaves the original that is there if it is what it must be, and else renames temp to
// its place. Should another process have put the original there in between, it is replaced by
// the same bytes.
func (v *Vault) settle(ctx context.Context, temp, path, sha string, size int64) error {
	err := v.check(ctx, path, sha, size)
	var damaged *DamagedError
	switch {
	case errors.As(err, &damaged):
		os.Chmod(path, durable.FileMode) // Windows replaces no read-only file
	case !errors.Is(err, ErrNotFound):
		return err // nil: all is well
	}
	return os.Rename(temp, path)
}

// Has reports whether the vault holds the original, without looking at its bytes.
func (v *Vault) Has(sha string) (bool, error) {
	if err := validSHA(sha); err != nil {
		return false, err
	}
	_, err := os.Lstat(v.original(sha))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Open opens the original for reading. It is ErrNotFound if the vault does not hold it.
func (v *Vault) Open(sha string) (io.ReadSeekCloser, error) {
	f, _, err := v.open(sha)
	if err != nil {
		return nil, err // not a nil *os.File in an interface
	}
	return f, nil
}

func (v *Vault) open(sha string) (*os.File, int64, error) {
	if err := validSHA(sha); err != nil {
		return nil, 0, err
	}
	return openRegular(v.original(sha), sha)
}

func openRegular(path, sha string) (*os.File, int64, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fmt.Errorf("original %s: %w", sha, ErrNotFound)
	}
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, &DamagedError{SHA256: sha, Path: path, Reason: "it is not a regular file any more"}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// ReadFile returns the whole original and proves on the way that its bytes are still those it
// was received with (else *DamagedError). More than max bytes is a *checks.LimitError.
func (v *Vault) ReadFile(sha string, max int64) ([]byte, error) {
	f, size, err := v.open(sha)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > max {
		return nil, &checks.LimitError{What: "original", Value: size, Limit: max, Unit: "bytes"}
	}
	return v.read(f, sha, size, size)
}

// ReadHead returns the first n bytes of the original, or all if it has fewer, and its size. When
// the whole original is returned its bytes are proved as ReadFile does.
func (v *Vault) ReadHead(sha string, n int64) (data []byte, size int64, err error) {
	f, size, err := v.open(sha)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	data, err = v.read(f, sha, min(size, max(n, 0)), size)
	return data, size, err
}

func (v *Vault) read(f io.Reader, sha string, n, size int64) ([]byte, error) {
	data := make([]byte, n)
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, fmt.Errorf("reading original %s: %w", sha, err)
	}
	if n == size {
		sum := sha256.Sum256(data)
		if got := hex.EncodeToString(sum[:]); got != sha {
			return nil, changed(sha, v.original(sha), got)
		}
	}
	return data, nil
}

// Remove removes the original and everything derived from it, for good; one that is not there
// is removed. It deletes files: what a disk or a backup keeps of deleted files is beyond it.
func (v *Vault) Remove(sha string) error {
	if err := validSHA(sha); err != nil {
		return err
	}
	if err := v.RemoveDerived(sha); err != nil {
		return err
	}
	path := v.original(sha)
	err := os.Remove(path)
	if errors.Is(err, fs.ErrPermission) { // Windows removes no read-only file
		if os.Chmod(path, durable.FileMode) == nil {
			err = os.Remove(path)
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("removing from the vault: %w", err)
	}
	return durable.SyncDir(filepath.Dir(path))
}

func (v *Vault) incoming() string { return filepath.Join(v.dir, "incoming") }
func (v *Vault) lockPath() string { return filepath.Join(v.dir, "incoming", "lock") }

// original is where the original of a valid SHA-256 is. Two levels of 256 folders each keep
// folders small: a million originals make 15 entries a folder.
func (v *Vault) original(sha string) string {
	return filepath.Join(v.dir, "originals", sha[:2], sha[2:4], sha)
}

// validSHA refuses everything but 64 lower-case hex digits: what is given becomes a path.
func validSHA(sha string) error {
	ok := len(sha) == 2*sha256.Size
	for i := 0; ok && i < len(sha); i++ {
		ok = '0' <= sha[i] && sha[i] <= '9' || 'a' <= sha[i] && sha[i] <= 'f'
	}
	if !ok {
		return &checks.FormatError{Format: "sha256", Offset: -1, Reason: "want 64 lower-case hex digits"}
	}
	return nil
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }
