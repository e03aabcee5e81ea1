//go:build !amd64

package kernel

func setVectors(bool) {}
