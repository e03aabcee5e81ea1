package durable

import (
	"errors"
	"os"
)

// ErrLocked says that another process, or another part of this one, holds the lock.
var ErrLocked = errors.New("locked by another process")

// A Lock is a lock between processes, held on an open file. The system releases it when the
// process ends, however it ends. The file itself stays: removing it would let two processes
// each hold a lock on a file of that name.
type Lock struct{ f *os.File }

// Exclusive waits for the exclusive lock on the file at path, which is made if missing.
func Exclusive(path string) (*Lock, error) { return acquire(path, true, true) }

// TryExclusive takes the exclusive lock if nobody holds any; else the error is ErrLocked.
func TryExclusive(path string) (*Lock, error) { return acquire(path, true, false) }

// Shared waits until nobody holds the exclusive lock and takes a shared one.
func Shared(path string) (*Lock, error) { return acquire(path, false, true) }

func acquire(path string, exclusive, wait bool) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, FileMode)
	if err != nil {
		return nil, newError("opening the lock", path, err)
	}
	if err := lockFile(f, exclusive, wait); err != nil {
		f.Close()
		if errors.Is(err, ErrLocked) {
			return nil, ErrLocked
		}
		return nil, newError("locking", path, err)
	}
	return &Lock{f}, nil
}

// Release gives the lock back. Release of a nil lock does nothing.
func (l *Lock) Release() {
	if l != nil {
		l.f.Close()
	}
}

// LockUnsupported reports whether err says that the file system has no locks (some network
// drives).
func LockUnsupported(err error) bool { return unsupported(err) }
