package main

import (
	"runtime/debug"
	"testing"
)

func TestLimitMemory(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	limitMemory(func(string) string { return "1GiB" })
	if now := debug.SetMemoryLimit(-1); now != before {
		t.Errorf("with a limit of the user's own it is changed from %d to %d", before, now)
	}
	limitMemory(func(string) string { return "" })
	if now := debug.SetMemoryLimit(-1); now != memoryLimit {
		t.Errorf("the limit is %d", now)
	}
}
