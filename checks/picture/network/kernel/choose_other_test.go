//go:build !amd64

package kernel

// eachSet runs f with plain Go, the only kernels there are.
func eachSet(f func(name string)) { f("plain") }

func onPlain(f func()) { f() }
