// Package durable is the one way Dossier writes a file: whole or not at all, and still there
// after a loss of power.
//
// What lives here: writing a file by way of a temporary one, making folders that last, locks
// between processes, and the words for what goes wrong on a disk.
// What must not: any knowledge of what is written.
//
// The steps, in this order: a temporary file in the folder of the target, its bytes, its mode,
// fsync, close, rename, fsync of the folder. A reader sees the old file or the new one, never a
// part. A process that is killed leaves at most a temporary file, which Sweep removes.
package durable

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Modes of what Dossier writes: identity documents are for the eyes of one account only.
const (
	FileMode fs.FileMode = 0o600
	DirMode  fs.FileMode = 0o700
)

// Names of temporary files. The name does not contain the target's: that may already be as long
// as a file name may be. It is hidden and ends in .tmp, so that a watcher leaves it alone.
const (
	tempPrefix  = ".durable-"
	tempSuffix  = ".tmp"
	tempPattern = tempPrefix + "*" + tempSuffix
)

// WriteFile writes data to path, replacing what was there. Errors are of type *Error.
func WriteFile(path string, data []byte, mode fs.FileMode) error {
	return Write(path, mode, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// Copy writes everything r has to path, replacing what was there, and returns the number of
// bytes. The caller limits r. An error of r is returned as it is, and path is then untouched.
func Copy(path string, r io.Reader, mode fs.FileMode) (int64, error) {
	var n int64
	err := Write(path, mode, func(w io.Writer) error {
		var err error
		n, err = io.Copy(w, r)
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// Write gives fill a writer and puts what fill has written at path, replacing what was there.
// If fill returns an error, that error is returned and path is untouched.
func Write(path string, mode fs.FileMode, fill func(w io.Writer) error) error {
	dir := filepath.Dir(path)
	temp, err := writeTemp(dir, path, mode, fill)
	if err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		os.Remove(temp)
		return newError("writing", path, err)
	}
	return SyncDir(dir)
}

// WriteTemp writes a temporary file in dir, makes it last, and returns its path; the caller
// links or renames it to its place, or removes it. After an error nothing is left.
func WriteTemp(dir string, mode fs.FileMode, fill func(w io.Writer) error) (path string, err error) {
	return writeTemp(dir, dir, mode, fill)
}

// writeTemp is WriteTemp with errors that name target: people do not know the temporary file.
func writeTemp(dir, target string, mode fs.FileMode, fill func(w io.Writer) error) (path string, err error) {
	f, err := os.CreateTemp(dir, tempPattern)
	if err != nil {
		return "", newError("writing", target, err)
	}
	closed := false
	defer func() {
		if err != nil {
			if !closed {
				f.Close()
			}
			os.Remove(f.Name())
		}
	}()
	w := &writer{f: f}
	err = fill(w)
	switch {
	case w.err != nil: // the disk's own error says more than what fill made of it
		return "", newError("writing", target, w.err)
	case err != nil:
		return "", err
	}
	if err := f.Chmod(mode); err != nil && !unsupported(err) {
		return "", newError("setting the mode of", target, err)
	}
	if err := f.Sync(); err != nil {
		return "", newError("writing", target, err)
	}
	closed = true
	if err := f.Close(); err != nil {
		return "", newError("writing", target, err)
	}
	return f.Name(), nil
}

// A writer remembers the file's own error, to tell a full disk from a source that broke off.
type writer struct {
	f   *os.File
	err error
}

func (w *writer) Write(p []byte) (int, error) {
	n, err := w.f.Write(p)
	if err != nil && w.err == nil {
		w.err = err
	}
	return n, err
}

// MkdirAll makes the folder and those above it that are missing, and makes each new entry last.
// A folder that is already there keeps its mode.
func MkdirAll(path string, mode fs.FileMode) error {
	path = filepath.Clean(path)
	info, err := os.Stat(path)
	if err == nil {
		if info.IsDir() {
			return nil
		}
		return &Error{Op: "making the folder", Path: path, Err: errors.New("a file of that name is in the way")}
	}
	if parent := filepath.Dir(path); parent != path {
		if err := MkdirAll(parent, mode); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, mode); err != nil && !errors.Is(err, fs.ErrExist) {
		return newError("making the folder", path, err)
	}
	// Also when another process was quicker: it may not have come to its own fsync yet.
	return SyncDir(filepath.Dir(path))
}

// SyncDir makes the entries of the folder last: names that were added, replaced or removed. File
// systems that cannot do this for a folder (Windows, some network drives) are trusted.
func SyncDir(dir string) error {
	if !canSyncDirs {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return newError("opening the folder", dir, err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !unsupported(err) {
		return newError("writing the folder", dir, err)
	}
	return nil
}

// Sweep removes temporary files in dir that nobody has written to for longer than age, and
// returns how many. Killed processes leave them. A folder that is not there is swept.
func Sweep(dir string, age time.Duration) (int, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, newError("reading the folder", dir, err)
	}
	removed := 0
	for _, e := range entries {
		if !IsTemp(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if err != nil || time.Since(info.ModTime()) < age {
			continue // gone meanwhile, or perhaps still being written
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			return removed, newError("removing a temporary file in", dir, err)
		}
		removed++
	}
	return removed, nil
}

// IsTemp reports whether name (without folders) is that of a temporary file of this package.
func IsTemp(name string) bool {
	return strings.HasPrefix(name, tempPrefix) && strings.HasSuffix(name, tempSuffix)
}
