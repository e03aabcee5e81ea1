package evaluate

import (
	"cmp"
	"context"
	"math"
	"os"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"time"

	"dossier/checks"
)

// Costs is what the checks take, measured on a few files one after another: the figures of
// files that are examined side by side would count each other's work.
type Costs struct {
	Files      int     `json:"files"`
	Megapixels float64 `json:"megapixels"` // of these files together
	// PeakBytes is the most heap that was in use above what was in use before, in bytes a pixel,
	// over all checks and files, decoding included. Garbage that had not been collected yet is
	// counted, so it is an upper bound: collecting at once would falsify the times.
	PeakBytes float64 `json:"peak_bytes_per_pixel"`
	Checks    []Cost  `json:"checks"`
	Total     Cost    `json:"total"` // of the family
}

// A Cost is one check's. What several checks share (the decoded picture, the coefficients) is
// counted with the first that asks for it.
type Cost struct {
	Check          string  `json:"check"`
	PerMegapixel   float64 `json:"ms_per_megapixel"`
	Slowest        float64 `json:"slowest_ms"`
	AllocatedBytes float64 `json:"allocated_bytes_per_pixel"` // in all, freed again or not
}

// A Meter measures checks that were wrapped by Metered.
type Meter struct {
	mu    sync.Mutex
	order []string
	spent map[string]*spending
}

type spending struct {
	time, slowest time.Duration
	bytes         uint64
}

// Metered returns copies of the checks that report what they take to the meter.
func Metered(list []*checks.Check) ([]*checks.Check, *Meter) {
	m := &Meter{spent: map[string]*spending{}}
	out := make([]*checks.Check, len(list))
	for i, c := range list {
		out[i] = c
		if c.Run == nil {
			continue
		}
		copied := *c
		run := c.Run
		copied.Run = func(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
			bytes, begin := allocated(), time.Now()
			defer func() { m.add(c.ID, time.Since(begin), allocated()-bytes) }()
			return run(ctx, s, settings)
		}
		out[i] = &copied
	}
	return out, m
}

func (m *Meter) add(id string, d time.Duration, bytes uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.spent[id]
	if s == nil {
		s = &spending{}
		m.spent[id] = s
		m.order = append(m.order, id)
	}
	s.time += d
	s.slowest = max(s.slowest, d)
	s.bytes += bytes
}

func allocated() uint64 { return read("/gc/heap/allocs:bytes") }

func read(name string) uint64 {
	s := []metrics.Sample{{Name: name}}
	metrics.Read(s)
	if s[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return s[0].Value.Uint64()
}

// costFiles is how many files the cost is measured on: enough to see all sizes of a set.
const costFiles = 12

// MeasureCosts runs examine, whose checks were wrapped by the meter, over a few of the files, from
// the smallest to the largest.
func MeasureCosts(ctx context.Context, files []File, examine Examine, m *Meter) (*Costs, error) {
	order := make([]*File, 0, len(files))
	for i := range files {
		if files[i].Pixels > 0 {
			order = append(order, &files[i])
		}
	}
	if len(order) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(order, func(a, b *File) int { return cmp.Compare(a.Pixels, b.Pixels) })
	n := min(costFiles, len(order))
	costs := &Costs{Files: n, Checks: []Cost{}, Total: Cost{Check: family}}
	var pixels float64
	var slowest time.Duration
	for k := range n {
		f := order[k*(len(order)-1)/max(n-1, 1)]
		data, err := os.ReadFile(f.File)
		if err != nil {
			return nil, err
		}
		runtime.GC()
		peak := watchHeap()
		before := m.family()
		_, err = examine(ctx, checks.NewSubject("file", f.Kind, data))
		slowest = max(slowest, m.family()-before)
		costs.PeakBytes = max(costs.PeakBytes, peak()/float64(f.Pixels))
		if err != nil {
			return nil, err
		}
		pixels += float64(f.Pixels)
	}
	costs.Megapixels = pixels / 1e6
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range m.order {
		if !strings.HasPrefix(id, family) {
			continue
		}
		s := m.spent[id]
		c := Cost{id, milliseconds(s.time) / costs.Megapixels, milliseconds(s.slowest), float64(s.bytes) / pixels}
		costs.Checks = append(costs.Checks, c)
		costs.Total.PerMegapixel += c.PerMegapixel
		costs.Total.AllocatedBytes += c.AllocatedBytes
	}
	costs.Total.Slowest = milliseconds(slowest)
	return costs, nil
}

// family is the time the family has taken so far.
func (m *Meter) family() (d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, s := range m.spent {
		if strings.HasPrefix(id, family) {
			d += s.time
		}
	}
	return d
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// watchHeap looks at the heap every millisecond until the function it returns is called, which
// gives the most it grew by, in bytes.
func watchHeap() func() float64 {
	const heap = "/memory/classes/heap/objects:bytes"
	base, most := read(heap), uint64(0)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		t := time.NewTicker(time.Millisecond)
		defer t.Stop()
		for {
			most = max(most, read(heap))
			select {
			case <-stop:
				return
			case <-t.C:
			}
		}
	}()
	return func() float64 {
		close(stop)
		<-stopped
		return math.Max(0, float64(most)-float64(base))
	}
}
