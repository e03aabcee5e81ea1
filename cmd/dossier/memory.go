package main

import "runtime/debug"

// memoryLimit is what the garbage collector aims to stay below. Of its own accord it lets memory grow
// to twice what is in use, which the networks that read text would make half a gigabyte; with the limit
// one document is read within 300 MB, the program itself included, and no slower. It bounds nothing: a
// picture that takes more gets it, and the collector then spends at most half of the time.
const memoryLimit = 224 << 20

// limitMemory sets the limit, unless the environment has one of its own (GOMEMLIMIT).
func limitMemory(getenv func(string) string) {
	if getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}
