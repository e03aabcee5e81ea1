package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progress shows how far a long work has come: on a terminal a bar with the rate and the time
// left, below the lines that are printed; otherwise a plain line now and then.
type progress struct {
	p     *program
	mu    sync.Mutex
	bars  *mpb.Progress
	bar   *mpb.Bar
	begin time.Time
	total int
	done  int
	said  time.Time
}

// sayEvery is how often progress is told where no bar can be drawn: often enough to see that
// work goes on, seldom enough for a log.
const sayEvery = 10 * time.Second

func (p *program) newProgress() *progress { return &progress{p: p} }

func (g *progress) start(total int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.total, g.begin, g.said = total, time.Now(), time.Now()
	if !g.p.redraws(g.p.err) {
		g.p.tell("%[1]s", "共 %[2]d 个案件", count(total, "case", "cases"), total)
		return
	}
	g.bars = mpb.New(mpb.WithOutput(g.p.err), mpb.WithWidth(32))
	g.bar = g.bars.AddBar(int64(total),
		mpb.PrependDecorators(decor.CountersNoUnit("%d / %d ")),
		mpb.AppendDecorators(decor.Percentage(decor.WC{W: 4}), decor.Any(func(s decor.Statistics) string { return g.pace(int(s.Current)) })))
}

// pace words the rate so far and the time left at that rate.
func (g *progress) pace(done int) string {
	spent := time.Since(g.begin)
	if done == 0 || spent < time.Second {
		return ""
	}
	rate := float64(done) / spent.Seconds()
	left := time.Duration(float64(g.total-done) / rate * float64(time.Second)).Round(time.Second)
	return g.p.say("  %.1f cases/s, %s left", "  每秒 %.1f 个，剩余 %s", rate, left)
}

// line prints a line without disturbing the bar.
func (g *progress) line(w io.Writer, s string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.bars != nil && terminal(w) {
		fmt.Fprintln(g.bars, s)
		return
	}
	fmt.Fprintln(w, s)
}

func (g *progress) step() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.total == 0 {
		return // no case could be planned: nothing to count towards
	}
	g.done++
	if g.bar != nil {
		g.bar.Increment()
		return
	}
	if time.Since(g.said) >= sayEvery {
		g.said = time.Now()
		g.p.tell("%d of %d done%s", "已完成 %d / %d%s", g.done, g.total, g.pace(g.done))
	}
}

func (g *progress) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.bar != nil {
		g.bar.Abort(g.done < g.total)
		g.bars.Wait()
	}
}
