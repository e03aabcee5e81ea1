//go:build !unix

package intake

import (
	"errors"
	"syscall"
)

// openFlags are empty: os.Root itself refuses links that lead out, and there are no pipes in
// folders here.
const openFlags = 0

// busy reports whether an error of opening means that another program still holds the file,
// which is how a copy in progress shows itself on Windows: ERROR_SHARING_VIOLATION (32) and
// ERROR_LOCK_VIOLATION (33).
func busy(err error) bool {
	var n syscall.Errno
	return errors.As(err, &n) && (n == 32 || n == 33)
}
