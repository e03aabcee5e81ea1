package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
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

// BenchmarkMemory reports the most memory that the process held (MB-peak, of the system's count) while
// documents were checked one by one and in a batch of two workers. Only Linux says so.
func BenchmarkMemory(b *testing.B) {
	const status, reset = "/proc/self/status", "/proc/self/clear_refs"
	if os.WriteFile(reset, []byte("5"), 0) != nil {
		b.Skip("the system does not tell the most memory used")
	}
	before := debug.SetMemoryLimit(memoryLimit)
	defer debug.SetMemoryLimit(before)
	dir := filepath.Join(samples, "organization-complete")
	for name, args := range map[string][]string{
		"licence": {"check", filepath.Join(dir, "营业执照.jpg")},
		"holder":  {"check", filepath.Join(dir, "手持身份证.jpg")},
		"form":    {"check", filepath.Join(dir, "授权运营书.jpg")},
		"batch":   {"batch", "--workers", "2", dir, filepath.Join(samples, "name-brackets"), filepath.Join(samples, "number-mistyped")},
	} {
		b.Run(name, func(b *testing.B) {
			most := 0
			for b.Loop() {
				debug.FreeOSMemory()
				if err := os.WriteFile(reset, []byte("5"), 0); err != nil {
					b.Fatal(err)
				}
				desk := []string{"--desk", b.TempDir()}
				run(context.Background(), append(desk, args...), streams{strings.NewReader(""), io.Discard, io.Discard}, func(string) string { return "" })
				text, err := os.ReadFile(status)
				if err != nil {
					b.Fatal(err)
				}
				_, after, _ := strings.Cut(string(text), "VmHWM:")
				kB := 0
				fmt.Sscan(after, &kB)
				most = max(most, kB)
			}
			b.ReportMetric(float64(most)/1024, "MB-peak")
		})
	}
}
