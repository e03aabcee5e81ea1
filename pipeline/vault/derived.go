package vault

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"dossier/checks"
	"dossier/pipeline/durable"
)

// Limits on names of derived files. They are Dossier's own, so this is a guard against mistakes:
// 200 bytes fit every file system, two levels are what reports use ("overlays/x.png").
const (
	maxDerivedName  = 200
	maxDerivedLevel = 2
)

// PutDerived keeps data, made from the original, under a name such as "preview.jpg" or
// "overlays/chop.png"; an older version is replaced, never seen in part. Names are made of
// letters a-z, digits and "._-", with at most one "/". The original must be there.
//
// Nothing derived is promised to survive a loss of power: it can be made again.
func (v *Vault) PutDerived(sha, name string, data []byte) error {
	path, err := v.derived(sha, name)
	if err != nil {
		return err
	}
	switch has, err := v.Has(sha); {
	case err != nil:
		return err
	case !has:
		return fmt.Errorf("original %s: %w", sha, ErrNotFound)
	}
	lock, err := durable.Shared(v.lockPath())
	if err != nil && !durable.LockUnsupported(err) {
		return fmt.Errorf("keeping a derived picture: %w", err)
	}
	defer lock.Release()
	// Written in incoming/, not beside its place, so that what a killed process leaves is swept.
	temp, err := durable.WriteTemp(v.incoming(), durable.FileMode, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping a derived picture: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), durable.DirMode); err != nil {
		os.Remove(temp)
		return fmt.Errorf("keeping a derived picture: %w", err)
	}
	if err := os.Rename(temp, path); err != nil {
		os.Remove(temp)
		return fmt.Errorf("keeping a derived picture: %w", err)
	}
	return nil
}

// Derived returns what PutDerived last kept under the name, or ErrNotFound.
func (v *Vault) Derived(sha, name string) ([]byte, error) {
	path, err := v.derived(sha, name)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s of %s: %w", name, sha, ErrNotFound)
	}
	return data, err
}

// RemoveDerived removes everything derived from the original; nothing there is no error.
func (v *Vault) RemoveDerived(sha string) error {
	if err := validSHA(sha); err != nil {
		return err
	}
	if err := os.RemoveAll(v.derivedDir(sha)); err != nil {
		return fmt.Errorf("removing derived pictures: %w", err)
	}
	return nil
}

func (v *Vault) derivedDir(sha string) string {
	return filepath.Join(v.dir, "derived", sha[:2], sha[2:4], sha)
}

func (v *Vault) derived(sha, name string) (string, error) {
	if err := validSHA(sha); err != nil {
		return "", err
	}
	if !validDerived(name) {
		return "", &checks.FormatError{Format: "name of a derived file", Offset: -1, Reason: `want a-z, 0-9 and "._-", at most one "/"`}
	}
	return filepath.Join(v.derivedDir(sha), filepath.FromSlash(name)), nil
}

// validDerived keeps names inside their folder, and different where capitals are not.
func validDerived(name string) bool {
	if len(name) > maxDerivedName || strings.Count(name, "/") >= maxDerivedLevel {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part[0] == '.' || part[0] == '-' || part[len(part)-1] == '.' {
			return false
		}
		for _, c := range []byte(part) {
			if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '.' || c == '_' || c == '-') {
				return false
			}
		}
	}
	return true
}
