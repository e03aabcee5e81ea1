//go:build unix

package intake

import "syscall"

// openFlags keep an open from following a link that was put in the file's place, and from
// waiting for the other end of a pipe.
const openFlags = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// busy reports whether an error of opening means that another program holds the file. Unix has
// no mandatory locks worth the name.
func busy(error) bool { return false }
