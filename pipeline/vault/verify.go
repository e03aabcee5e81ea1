package vault

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"dossier/checks"
)

// ErrNotFound says that the vault does not hold an original or a derived file.
var ErrNotFound = fmt.Errorf("not in the vault: %w", fs.ErrNotExist)

// A SourceError says that what was to be put in could not be read to its end. The vault is well.
type SourceError struct{ Err error }

func (e *SourceError) Error() string { return "reading the file: " + e.Err.Error() }

// Unwrap returns the source's own error.
func (e *SourceError) Unwrap() error { return e.Err }

// A DamagedError says that an original is not what was received under that SHA-256.
type DamagedError struct {
	SHA256 string // what it should be
	Path   string // where it lies
	Reason string
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("original %s is damaged: %s", e.SHA256, e.Reason)
}

// Hint says how to mend it.
func (e *DamagedError) Hint() checks.Text {
	return checks.Text{
		En: "the stored file was changed or the disk is failing: drop the document into the inbox again, which mends it, and check the disk",
		Zh: "保存的文件被改动过，或磁盘有故障：请把该文件重新放入收件目录（会自动修复），并检查磁盘",
	}
}

func changed(sha, path, got string) *DamagedError {
	return &DamagedError{SHA256: sha, Path: path, Reason: "its bytes now have the SHA-256 " + got}
}

// Verify reads the original and returns nil if its bytes are those it was received with, else
// ErrNotFound, *DamagedError, or what kept it from being read.
func (v *Vault) Verify(ctx context.Context, sha string) error {
	if err := validSHA(sha); err != nil {
		return err
	}
	return v.check(ctx, v.original(sha), sha, -1)
}

// check verifies the file at path; size is what it must have, or -1.
func (v *Vault) check(ctx context.Context, path, sha string, size int64) error {
	f, have, err := openRegular(path, sha)
	if err != nil {
		return err
	}
	defer f.Close()
	if size >= 0 && have != size {
		return &DamagedError{SHA256: sha, Path: path, Reason: fmt.Sprintf("it has %d bytes, %d were received", have, size)}
	}
	sum := sha256.New()
	if _, err := copyLimited(ctx, sum, f, have); err != nil {
		var longer *checks.LimitError
		if errors.As(err, &longer) {
			return &DamagedError{SHA256: sha, Path: path, Reason: "it grew while it was read"}
		}
		return fmt.Errorf("verifying original %s: %w", sha, err)
	}
	if got := hexSum(sum); got != sha {
		return changed(sha, path, got)
	}
	return nil
}

// Progress is how far VerifyAll has come.
type Progress struct {
	Done, Files     int // originals verified, and how many there are
	Bytes, AllBytes int64
}

// A Verification is what VerifyAll found.
type Verification struct {
	Files   int   // originals looked at
	Bytes   int64 // of them
	Damaged []*DamagedError
	// Unreadable are originals that could not be read, for another reason than their bytes.
	Unreadable []error
	// Strange are paths below originals/ that the vault did not put there.
	Strange []string
}

// OK reports whether every original was read and is what it should be.
func (r Verification) OK() bool { return len(r.Damaged) == 0 && len(r.Unreadable) == 0 }

// VerifyAll verifies every original. The progress function, which may be nil, is called after
// each. The error is only for the walk itself or a ctx that ended.
func (v *Vault) VerifyAll(ctx context.Context, progress func(Progress)) (Verification, error) {
	var p Progress
	if progress != nil { // a first walk, over names and sizes only, says how much there is to do
		err := v.Each(ctx, func(sha string, size int64) error {
			p.Files++
			p.AllBytes += size
			return nil
		})
		if err != nil {
			return Verification{}, err
		}
	}
	var r Verification
	err := v.walk(ctx, func(path, sha string, size int64) error {
		if sha == "" {
			r.Strange = append(r.Strange, path)
			return nil
		}
		err := v.check(ctx, path, sha, -1)
		var damaged *DamagedError
		switch {
		case errors.As(err, &damaged):
			r.Damaged = append(r.Damaged, damaged)
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, ErrNotFound):
			return nil // removed since it was listed
		case err != nil:
			r.Unreadable = append(r.Unreadable, err)
		}
		r.Files++
		r.Bytes += size
		if progress != nil {
			p.Done, p.Bytes = r.Files, r.Bytes
			p.Files, p.AllBytes = max(p.Files, p.Done), max(p.AllBytes, p.Bytes) // some came in meanwhile
			progress(p)
		}
		return nil
	})
	return r, err
}

// Each calls visit for every original, in the order of their SHA-256; an error of visit ends
// the walk and is returned.
func (v *Vault) Each(ctx context.Context, visit func(sha string, size int64) error) error {
	return v.walk(ctx, func(path, sha string, size int64) error {
		if sha == "" {
			return nil
		}
		return visit(sha, size)
	})
}

// walk visits everything below originals/ that is not a folder; sha is empty for what does not
// belong there.
func (v *Vault) walk(ctx context.Context, visit func(path, sha string, size int64) error) error {
	root := filepath.Join(v.dir, "originals")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || d.IsDir() {
			return err
		}
		sha := d.Name()
		if validSHA(sha) != nil || path != v.original(sha) {
			return visit(path, "", 0)
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed since it was listed
		}
		if err != nil {
			return err
		}
		return visit(path, sha, info.Size())
	})
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("walking the vault: %w", err)
	}
	return err
}
