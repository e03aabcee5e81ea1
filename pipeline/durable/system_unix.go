//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package durable

import (
	"errors"
	"os"
	"syscall"
)

const canSyncDirs = true

// lockFile takes a lock that belongs to the open file, so that two handles of one process keep
// each other out as two processes do.
func lockFile(f *os.File, exclusive, wait bool) error {
	how := syscall.LOCK_SH
	if exclusive {
		how = syscall.LOCK_EX
	}
	if !wait {
		how |= syscall.LOCK_NB
	}
	for {
		err := syscall.Flock(int(f.Fd()), how)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return ErrLocked
		}
		return err
	}
}

// unsupported: what file systems answer that have no fsync of folders, no modes or no locks.
func unsupported(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) ||
		errors.Is(err, syscall.ENOTTY) || errors.Is(err, syscall.ENOLCK)
}

func diskFull(err error) bool  { return errors.Is(err, syscall.ENOSPC) }
func overQuota(err error) bool { return errors.Is(err, syscall.EDQUOT) }
func readOnly(err error) bool  { return errors.Is(err, syscall.EROFS) }
func inUse(err error) bool     { return errors.Is(err, syscall.EBUSY) || errors.Is(err, syscall.ETXTBSY) }
func tooManyOpen(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}
