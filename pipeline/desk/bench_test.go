package desk

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"dossier/checks"
	"dossier/fixtures"
	"dossier/pipeline/examine"
)

// scans is a case of the size clients send: photographs of some 2048 pixels, scans at 200 dpi.
var scans = sync.OnceValue(func() fixtures.Case { return fixtures.NewCase(1, checks.Organization, fixtures.Full) })

// BenchmarkBatch takes in and reports a client's folder of four documents at a time. Beside the
// time it gives files a second on all cores, and how many times as long it took as decoding the
// same files with the standard library on as many cores takes.
func BenchmarkBatch(b *testing.B) {
	for _, size := range []struct {
		name string
		c    fixtures.Case
	}{{"small", sample()}, {"full", scans()}} {
		b.Run(size.name, func(b *testing.B) {
			const cases = 8
			var pictures [][]byte
			dir := b.TempDir()
			for i := range cases * b.N {
				for _, f := range size.c.Files {
					data := f.Data
					if bytes.HasPrefix(data, []byte("\xff\xd8")) {
						data = withComment(data, fmt.Sprintf("copy %d of %s", i, f.Name))
					}
					if i < cases && f.Truth != nil {
						pictures = append(pictures, data)
					}
					put(b, filepath.Join(dir, fmt.Sprintf("round-%d", i/cases), fmt.Sprintf("client-%d", i%cases), f.Name), data)
				}
			}
			d := openDesk(b, b.TempDir())
			begin := time.Now()
			for range b.N {
				decodeAll(b, pictures)
			}
			decoding := float64(time.Since(begin)) / float64(b.N)
			files := 0
			begin = time.Now()
			b.ResetTimer()
			for i := range b.N {
				if _, err := d.Batch(b.Context(), []string{filepath.Join(dir, fmt.Sprintf("round-%d", i))}, BatchOptions{}, func(e BatchEvent) {
					if e.Err != nil {
						b.Error(e.Err)
					}
					if e.Report != nil {
						files += len(e.Report.Documents)
					}
				}); err != nil {
					b.Fatal(err)
				}
			}
			took := float64(time.Since(begin)) / float64(b.N)
			b.ReportMetric(float64(files)/time.Since(begin).Seconds(), "files/s")
			b.ReportMetric(took/decoding, "x-decoding")
		})
	}
}

// decodeAll decodes the pictures with the standard library on all cores.
func decodeAll(b *testing.B, pictures [][]byte) {
	work := make(chan []byte)
	var workers sync.WaitGroup
	for range examine.Workers() {
		workers.Go(func() {
			for data := range work {
				if _, _, err := image.Decode(bytes.NewReader(data)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for _, data := range pictures {
		work <- data
	}
	close(work)
	workers.Wait()
}
