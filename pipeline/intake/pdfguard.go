package intake

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime/metrics"
	"time"
)

// maxObjects is how many objects of a PDF are read: 200 pages of a scan have some 1,500, an
// office export of that length 20,000.
const maxObjects = 50_000

// errGuard is the error of a guard whose budget is spent.
var errGuard = errors.New("the budget for reading this PDF is spent")

// A guard is the file as pdfcpu reads it, with a budget. A PDF of a few kilobytes can make a
// reader load the same stream a million times, by an index whose entries all point to one
// place, or make it reserve memory for a stream that claims to be long. pdfcpu limits one stream
// but not their sum; it reserves what it then asks for in one Read, so asking is what the
// guard counts.
type guard struct {
	r     *bytes.Reader
	seeks int
	bytes int64
}

func newGuard(data []byte) *guard {
	return &guard{
		r: bytes.NewReader(data),
		// Each object costs two seeks, one for itself and one for its stream; twice over, since a
		// damaged index is rebuilt and read again.
		seeks: 4 * maxObjects,
		// Every stream once, and once more for the rebuilding.
		bytes: 2*int64(len(data)) + 8<<20,
	}
}

// freeRead is the size of pdfcpu's read-ahead: what is asked for in this measure is looked
// through and let go, and is counted by the seeks.
const freeRead = 4096

func (g *guard) Read(p []byte) (int, error) {
	if len(p) > freeRead {
		if g.bytes -= int64(len(p)); g.bytes < 0 {
			return 0, errGuard
		}
	}
	return g.r.Read(p)
}

func (g *guard) Seek(offset int64, whence int) (int64, error) {
	if g.seeks--; g.seeks < 0 {
		return 0, errGuard
	}
	return g.r.Seek(offset, whence)
}

var _ io.ReadSeeker = (*guard)(nil)

// heapLook is how often the heap is looked at while a structure is read. pdfcpu parses some
// 50 MB/s into ten times as much memory: 10 ms is 5 MB.
const heapLook = 10 * time.Millisecond

// watchHeap returns a context that ends when the structure takes too long to read, or (with
// the cause errHeap) when the heap has grown too much meanwhile. It is the last net: text that
// is dense with numbers takes twelve times its size once parsed, and no limit of pdfcpu counts
// that. pdfcpu looks at its context between any two objects.
func watchHeap(parent context.Context, limits PDFLimits) (ctx context.Context, stop func()) {
	timed, cancelTime := context.WithTimeout(parent, limits.Structure)
	ctx, cancel := context.WithCancelCause(timed)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(heapLook)
		defer tick.Stop()
		before := heapBytes()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if now := heapBytes(); now > before && now-before > uint64(limits.HeapGrowth) {
					cancel(errHeap)
					return
				}
			}
		}
	}()
	return ctx, func() {
		cancel(nil)
		cancelTime()
		<-ended
	}
}

// heapBytes is the memory of live objects and of those not yet collected.
func heapBytes() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}
