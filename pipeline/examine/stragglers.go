package examine

import (
	"sync"
	"time"
)

// stragglers counts the goroutines working on one document, so that its memory is given back
// only when the last of them, the one that overran its time included, has let go. A nil
// *stragglers counts nothing.
type stragglers struct{ wg sync.WaitGroup }

func (s *stragglers) add() {
	if s != nil {
		s.wg.Add(1)
	}
}

func (s *stragglers) finish() {
	if s != nil {
		s.wg.Done()
	}
}

// release calls free when all are done, or after the grace given to those that never end.
func (s *stragglers) release(free func()) {
	ended := make(chan struct{})
	go func() {
		s.wg.Wait()
		close(ended)
	}()
	timer := time.NewTimer(abandonGrace)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
	}
	free()
}
