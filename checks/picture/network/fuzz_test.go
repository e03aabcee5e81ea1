package network

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"dossier/checks"
)

// Whatever the bytes of a model are: it is refused with an error of a known type, or it loads, and
// then a run ends with a result or an error. Memory stays in proportion.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/ops/*.onnx")
	if err != nil || len(files) == 0 {
		f.Fatal("no models to begin with", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := Load(data)
		if err != nil {
			return
		}
		for _, shape := range [][]int{{1, 12, 6, 7}, {1, 3, 11, 14}, {1, 8, 5, 6}, {1, 24, 4, 5}, {2, 3}, {1, 6, 20}, {1, 5, 48}} {
			// What comes back is checked elsewhere; here only that something does.
			_, _ = n.NewSession().Run(context.Background(), NewTensor(shape...))
		}
	})
}

// A model cut anywhere is refused, and every kind of damage to its first bytes is an error or a
// network, never a panic.
func TestDamagedModels(t *testing.T) {
	data, _ := readReference(t, "testdata/ops/conv-scaled-hardswish-9.onnx")
	for n := range data {
		if _, err := Load(data[:n]); err == nil && n < len(data)-4 {
			t.Fatalf("the first %d of %d bytes are taken for a model", n, len(data))
		}
	}
	refused := 0
	for at := range data {
		for _, v := range []byte{0, 1, 0x7f, 0x80, 0xff} {
			changed := append([]byte{}, data...)
			changed[at] = v
			n, err := Load(changed)
			if err != nil {
				refused++
				var f *checks.FormatError
				var l *checks.LimitError
				var u *checks.UnsupportedError
				if !errors.As(err, &f) && !errors.As(err, &l) && !errors.As(err, &u) && !strings.HasPrefix(err.Error(), "network: ") {
					t.Fatalf("byte %d as %#x: error of no known type: %v", at, v, err)
				}
				continue
			}
			_, _ = n.NewSession().Run(context.Background(), NewTensor(1, 8, 5, 6))
		}
	}
	if refused == 0 {
		t.Error("no damage was noticed")
	}
}

// Shapes that multiply to more than any memory are refused before anything is allocated.
func TestHostileShapes(t *testing.T) {
	field := func(number, wire int, body ...byte) []byte { return append([]byte{byte(number<<3 | wire)}, body...) }
	nested := func(number int, parts ...[]byte) []byte {
		var body []byte
		for _, p := range parts {
			body = append(body, p...)
		}
		return append(field(number, wireBytes, byte(len(body))), body...)
	}
	huge := []byte{0xff, 0xff, 0xff, 0xff, 0x0f}
	tensor := nested(5, field(1, wireVarint, huge...), field(1, wireVarint, huge...), field(1, wireVarint, huge...), field(2, wireVarint, typeFloat), nested(8, []byte("w")))
	model := append(nested(7, tensor), nested(8, field(2, wireVarint, 9))...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Load(model)
	runtime.ReadMemStats(&after)
	var f *checks.FormatError
	if !errors.As(err, &f) {
		t.Errorf("%v", err)
	}
	if d := after.TotalAlloc - before.TotalAlloc; d > 1<<20 {
		t.Errorf("%d bytes were allocated for it", d)
	}
	long := nested(7, append(field(5, wireBytes), huge...))
	if _, err := Load(long); !errors.As(err, &f) {
		t.Errorf("a length beyond the file: %v", err)
	}
}

func BenchmarkLoad(b *testing.B) {
	data, _ := readReference(b, "testdata/ops/transposed.onnx")
	for b.Loop() {
		if _, err := Load(data); err != nil {
			b.Fatal(err)
		}
	}
}
