package vault

import (
	"os/signal"
	"syscall"
)

// limitFileSize makes writes beyond n bytes of a file fail, as a full disk does; with n < 0 it
// does nothing but say that it could.
func limitFileSize(n int64) error {
	if n < 0 {
		return nil
	}
	signal.Ignore(syscall.SIGXFSZ) // the default is to end the process
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: uint64(n), Max: uint64(n)})
}
