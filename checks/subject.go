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
	// Stated is the kind that people state, Unknown if they do not: in the answers or on the command line if
	// StatedSource is "given", else in the document's name. Kind is the same unless the content decided.
	Stated       Kind
	StatedSource string
	// Recognition is what the content says of the kind, nil where nobody has asked it yet. It is set before the
	// first check runs.
	Recognition *Recognition

	mu     sync.Mutex
	shared map[any]*sharedEntry
}

// A Recognition is what a document's content says of its kind.
type Recognition struct {
	Kind       Kind    // Unknown for what is no document of a case, or cannot be told
	Confidence float64 // 0..1
	// Decides says that this is sure enough to overrule a name; nothing overrules what was given.
	Decides bool
	// Err says why the content could not be asked; it may be made by Skip.
	Err error
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
	done        chan struct{} // closed when the rest may be read
	value       any
	err         error
	interrupted bool // err is the end of the computing caller's ctx, and the entry is forgotten
}

// NewShared declares a shared result; call it once, for a package variable. The value is
// given to several goroutines, so it must not be changed after compute returns.
func NewShared[T any](name string, compute func(ctx context.Context, s *Subject) (T, error)) *Shared[T] {
	return &Shared[T]{name: name, compute: compute}
}

// Of returns the subject's value, computing it at the first call; later callers wait for it
// or for their own ctx. An error is remembered as the value is, unless it only says that the
// caller who was computing had to stop (its ctx ended): that says nothing of the subject, and
// the next caller, one that is waiting included, computes anew under its own ctx. A panic in
// compute becomes an error for everyone who asks.
func (v *Shared[T]) Of(ctx context.Context, s *Subject) (T, error) {
	for {
		e, ours := v.entry(s)
		if ours {
			v.fill(ctx, s, e)
		} else {
			select {
			case <-e.done:
			case <-ctx.Done():
				var zero T
				return zero, ctx.Err()
			}
			if e.interrupted {
				continue // it is forgotten by now; somebody, perhaps we, computes it anew
			}
		}
		value, _ := e.value.(T)
		return value, e.err
	}
}

// entry returns the subject's entry of v, and whether the caller is the one to fill it.
func (v *Shared[T]) entry(s *Subject) (e *sharedEntry, ours bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.shared[v]; ok {
		return e, false
	}
	if s.shared == nil {
		s.shared = map[any]*sharedEntry{}
	}
	e = &sharedEntry{done: make(chan struct{})}
	s.shared[v] = e
	return e, true
}

func (v *Shared[T]) fill(ctx context.Context, s *Subject, e *sharedEntry) {
	defer close(e.done)
	defer func() {
		// A compute that fails after its caller's ctx has ended may have been stopped in a way
		// it does not say (a reader's own error, a wrapped one), so that the ctx decides.
		if e.err != nil && ctx.Err() != nil {
			e.interrupted = true
			s.mu.Lock()
			delete(s.shared, v)
			s.mu.Unlock()
		}
	}()
	defer func() {
		if p := recover(); p != nil {
			e.err = fmt.Errorf("computing %s: panic: %v\n%s", v.name, p, debug.Stack())
		}
	}()
	value, err := v.compute(ctx, s)
	e.value, e.err = value, err
}

// OnePage is nil for a file that is looked at itself. Of one whose pages were taken out, and are documents of their own, it
// says so, as a reason to skip.
func (s *Subject) OnePage() error {
	if s.Parts == 0 {
		return nil
	}
	return Skip(Text{En: "the pages of this file were taken out and are examined as pictures of their own", Zh: "该文件的各页已取出，并作为独立图片检查"})
}
