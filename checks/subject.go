package checks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime/debug"
	"sync"
)

// MaxSubjectBytes is how much of a file a check may see: 64 MiB, six times the largest upload
// any profile allows. A longer file is already refused for its size, and the checks that need
// its end say that they could not measure.
const MaxSubjectBytes = 64 << 20

// A Subject is one document as the checks see it: its bytes, and a memory of what has been
// computed from them, so that ten checks decode the picture once.
//
// A Subject may be used by several goroutines. Data must not be written to.
type Subject struct {
	Name   string // as received: untrusted, only a hint
	Kind   Kind
	Data   []byte // the first MaxSubjectBytes of the file
	Size   int64  // of the whole file, in bytes
	SHA256 string // of the whole file, lower-case hex
	// Parts is the number of pictures that were taken out of this file (the pages of a PDF) and
	// are documents of their own; 0 for an ordinary picture.
	Parts int
	// PartProblems say what could not be taken out of such a file.
	PartProblems []Text

	mu     sync.Mutex
	shared map[any]*sharedEntry
}

// NewSubject makes a subject of a file that is wholly in memory.
func NewSubject(name string, kind Kind, data []byte) *Subject {
	sum := sha256.Sum256(data)
	s := &Subject{Name: name, Kind: kind, Data: data, Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
	if len(data) > MaxSubjectBytes {
		s.Data = data[:MaxSubjectBytes]
	}
	return s
}

// Whole reports whether Data holds the whole file.
func (s *Subject) Whole() bool { return int64(len(s.Data)) == s.Size }

// A Shared is a costly intermediate result (the decoded picture, the metadata, the text lines)
// that is computed at most once a subject and then handed to every check that asks.
type Shared[T any] struct {
	name    string
	compute func(ctx context.Context, s *Subject) (T, error)
}

type sharedEntry struct {
	done  chan struct{}
	value any
	err   error
}

// NewShared declares a shared result; call it once, for a package variable. The value is
// given to several goroutines, so it must not be changed after compute returns.
func NewShared[T any](name string, compute func(ctx context.Context, s *Subject) (T, error)) *Shared[T] {
	return &Shared[T]{name: name, compute: compute}
}

// Of returns the subject's value, computing it at the first call; later callers wait for it
// or for their own ctx. An error is remembered as the value is. A panic in compute becomes an
// error for everyone who asks.
func (v *Shared[T]) Of(ctx context.Context, s *Subject) (T, error) {
	s.mu.Lock()
	e, ok := s.shared[v]
	if !ok {
		if s.shared == nil {
			s.shared = map[any]*sharedEntry{}
		}
		e = &sharedEntry{done: make(chan struct{})}
		s.shared[v] = e
		s.mu.Unlock()
		v.fill(ctx, s, e)
	} else {
		s.mu.Unlock()
		select {
		case <-e.done:
		case <-ctx.Done():
			var zero T
			return zero, ctx.Err()
		}
	}
	value, _ := e.value.(T)
	return value, e.err
}

func (v *Shared[T]) fill(ctx context.Context, s *Subject, e *sharedEntry) {
	defer close(e.done)
	defer func() {
		if p := recover(); p != nil {
			e.err = fmt.Errorf("computing %s: panic: %v\n%s", v.name, p, debug.Stack())
		}
	}()
	value, err := v.compute(ctx, s)
	e.value, e.err = value, err
}
