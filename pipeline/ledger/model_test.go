package ledger_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dossier/checks"
	"dossier/pipeline"
	"dossier/pipeline/ledger"
)

// model is the ledger as one would tell it to a colleague: lists in memory, no thought of speed.
type model struct {
	cases map[string]*modelCase
	came  int // receipts so far: the order in which things came
}

type modelCase struct {
	rows      []modelRow // current, by name one
	replaced  []string   // "name=bytes" of files, in order
	revision  int64
	done      int64
	reports   []int64 // the revision of each version
	decisions int
}

type modelRow struct {
	came               int
	name, sha, of, its string // of: name of its container and its bytes' SHA-256, or ""
}

func (m *model) get(name string) *modelCase {
	c := m.cases[name]
	if c == nil {
		c = &modelCase{}
		m.cases[name] = c
	}
	return c
}

func (c *modelCase) find(name string) *modelRow {
	for i := range c.rows {
		if c.rows[i].name == name {
			return &c.rows[i]
		}
	}
	return nil
}

func (c *modelCase) holds(sha string) bool {
	return slices.ContainsFunc(c.rows, func(r modelRow) bool { return r.sha == sha })
}

// contents is what every case but the tray holds, to see what a step has changed for others.
func (m *model) contents() map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for name, c := range m.cases {
		if name == pipeline.Unsorted {
			continue
		}
		all[name] = map[string]bool{}
		for _, r := range c.rows {
			all[name][r.sha] = true
		}
	}
	return all
}

// finish raises the cases that changed themselves, and those that share what came or went.
func (m *model) finish(changed map[string]bool, before map[string]map[string]bool) {
	after := m.contents()
	raise := map[string]bool{}
	for name := range changed {
		raise[name] = true
	}
	for name := range after {
		for _, sha := range difference(before[name], after[name]) {
			for other, holds := range after {
				if other != name && holds[sha] {
					raise[other] = true
				}
			}
		}
	}
	for name := range raise {
		m.cases[name].revision++
	}
}

func difference(a, b map[string]bool) []string {
	var all []string
	for s := range a {
		if !b[s] {
			all = append(all, s)
		}
	}
	for s := range b {
		if !a[s] {
			all = append(all, s)
		}
	}
	return all
}

func (m *model) takeIn(caseName string, r modelRow, changed map[string]bool) pipeline.Standing {
	c := m.get(caseName)
	m.came++
	r.came = m.came
	old := c.find(r.name)
	if old != nil && old.sha == r.sha {
		return pipeline.StandingSame
	}
	held := c.holds(r.sha)
	if old != nil {
		c.end(*old, true)
		changed[caseName] = true
	}
	c.rows = append(c.rows, r)
	switch {
	case old != nil:
		return pipeline.StandingReplaced
	case held:
		return pipeline.StandingSame
	}
	changed[caseName] = true
	return pipeline.StandingNew
}

// end takes a row and its pages out.
func (c *modelCase) end(old modelRow, replaced bool) {
	if replaced && old.of == "" {
		c.replaced = append(c.replaced, old.name+"="+old.sha)
	}
	c.rows = slices.DeleteFunc(c.rows, func(r modelRow) bool {
		return r.name == old.name || old.of == "" && r.of == old.name && r.its == old.sha
	})
}

// documents are the current ones: each content under its first name, with its other names.
func (c *modelCase) documents() []string {
	rows := slices.Clone(c.rows)
	sort.Slice(rows, func(i, j int) bool { return rows[i].came < rows[j].came })
	var order []string
	names := map[string][]string{}
	for _, r := range rows {
		if names[r.sha] == nil {
			order = append(order, r.sha)
		}
		names[r.sha] = append(names[r.sha], r.name)
	}
	all := []string{}
	for _, sha := range order {
		all = append(all, strings.Join(names[sha], "|")+"="+sha)
	}
	return all
}

func (m *model) elsewhere(caseName string) []string {
	all := []string{}
	for other, c := range m.cases {
		if other == caseName || other == pipeline.Unsorted {
			continue
		}
		for _, d := range m.cases[caseName].documents() {
			names, sha, _ := strings.Cut(d, "=")
			if !c.holds(sha) {
				continue
			}
			for _, o := range c.documents() {
				if otherNames, s, _ := strings.Cut(o, "="); s == sha {
					all = append(all, first(names)+" is "+other+"/"+first(otherNames))
				}
			}
		}
	}
	sort.Strings(all)
	return all
}

func first(names string) string {
	name, _, _ := strings.Cut(names, "|")
	return name
}

// Whatever happens in whatever order, the ledger tells the story the model tells.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp("", "ledger")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		l, err := ledger.Open(ctx, filepath.Join(dir, "ledger.db"))
		if err != nil {
			rt.Fatal(err)
		}
		defer l.Close()
		m := &model{cases: map[string]*modelCase{}}

		someCase := rapid.SampledFrom([]string{"A", "B", "C", pipeline.Unsorted})
		someName := rapid.SampledFrom([]string{"a.jpg", "b.jpg", "scan.pdf"})
		someBytes := rapid.SampledFrom([]string{"1", "2", "3"})
		known := func() (string, *modelCase) {
			if len(m.cases) == 0 {
				rt.Skip("no case yet")
			}
			var names []string
			for name := range m.cases {
				names = append(names, name)
			}
			sort.Strings(names)
			name := rapid.SampledFrom(names).Draw(rt, "case")
			return name, m.cases[name]
		}
		rt.Repeat(map[string]func(*rapid.T){
			"take in a file": func(rt *rapid.T) {
				r := receipt(someCase.Draw(rt, "case"), someName.Draw(rt, "name"), someBytes.Draw(rt, "bytes"))
				before, changed := m.contents(), map[string]bool{}
				want := m.takeIn(r.Case, modelRow{name: r.Name, sha: r.SHA256}, changed)
				m.finish(changed, before)
				if got, err := l.TakeIn(ctx, r); got != want || err != nil {
					rt.Fatalf("TakeIn(%s, %s) = %s, %v; want %s", r.Case, r.Name, got, err, want)
				}
			},
			"take in a scan": func(rt *rapid.T) {
				pdf := receipt(someCase.Draw(rt, "case"), "scan.pdf", "pdf "+someBytes.Draw(rt, "bytes"))
				group := []pipeline.Receipt{pdf}
				before, changed := m.contents(), map[string]bool{}
				want := []pipeline.Standing{m.takeIn(pdf.Case, modelRow{name: pdf.Name, sha: pdf.SHA256}, changed)}
				for i := range rapid.IntRange(0, 2).Draw(rt, "pages") {
					p := page(pdf, i+1, someBytes.Draw(rt, "page"))
					group = append(group, p)
					want = append(want, m.takeIn(pdf.Case, modelRow{name: p.Name, sha: p.SHA256, of: pdf.Name, its: pdf.SHA256}, changed))
				}
				m.finish(changed, before)
				if got, err := l.TakeInAll(ctx, group); !reflect.DeepEqual(got, want) || err != nil {
					rt.Fatalf("TakeInAll = %v, %v; want %v", got, err, want)
				}
			},
			"move": func(rt *rapid.T) {
				from, c := known()
				to := someCase.Draw(rt, "to")
				var files []modelRow
				for _, r := range c.rows {
					if r.of == "" {
						files = append(files, r)
					}
				}
				if len(files) == 0 || to == from {
					rt.Skip("nothing to move")
				}
				chosen := rapid.SampledFrom(files).Draw(rt, "file")
				before, changed := m.contents(), map[string]bool{from: true}
				sort.Slice(files, func(i, j int) bool { return files[i].came < files[j].came })
				var moved []modelRow
				for _, f := range files {
					if f.sha != chosen.sha {
						continue
					}
					moved = append(moved, f)
					var pages []modelRow
					for _, r := range c.rows {
						if r.of == f.name && r.its == f.sha {
							pages = append(pages, r)
						}
					}
					sort.Slice(pages, func(i, j int) bool { return pages[i].name < pages[j].name })
					moved = append(moved, pages...)
				}
				for _, r := range moved {
					c.end(r, false)
				}
				var want pipeline.Standing
				for i, r := range moved {
					if s := m.takeIn(to, r, changed); i == 0 {
						want = s
					}
				}
				m.finish(changed, before)
				if got, err := l.Move(ctx, from, chosen.name, to); got != want || err != nil {
					rt.Fatalf("Move(%s, %s, %s) = %s, %v; want %s", from, chosen.name, to, got, err, want)
				}
			},
			"decide": func(rt *rapid.T) {
				name, c := known()
				c.decisions++
				c.revision++
				if err := l.Decide(ctx, name, []pipeline.Decision{decision("")}); err != nil {
					rt.Fatal(err)
				}
			},
			"store a report": func(rt *rapid.T) {
				name, c := known()
				if name == pipeline.Unsorted || c.revision == 0 {
					rt.Skip("nothing to report on")
				}
				revision := rapid.Int64Range(1, c.revision).Draw(rt, "revision")
				want := len(c.reports)
				if want == 0 || c.reports[want-1] < revision {
					c.reports = append(c.reports, revision)
					want++
				}
				if c.reports[want-1] == revision {
					c.done = max(c.done, revision)
				}
				if got, err := l.StoreReport(ctx, name, revision, report(name, pipeline.VerdictPass)); got != want || err != nil {
					rt.Fatalf("StoreReport(%s, %d) = %d, %v; want %d", name, revision, got, err, want)
				}
			},
			"purge": func(rt *rapid.T) {
				name, _ := known()
				before := m.contents()
				delete(m.cases, name)
				after := m.contents()
				for other, holds := range after {
					for sha := range before[name] {
						if holds[sha] {
							m.cases[other].revision++
							break
						}
					}
				}
				if err := l.Purge(ctx, name); err != nil {
					rt.Fatal(err)
				}
			},
			"": func(rt *rapid.T) { compare(rt, l, m) },
		})
	})
}

func compare(rt *rapid.T, l *ledger.Ledger, m *model) {
	pending := map[string]bool{}
	work, err := l.Pending(ctx, 100)
	if err != nil {
		rt.Fatal(err)
	}
	for _, w := range work {
		pending[w.Case] = true
	}
	all, err := l.Cases(ctx)
	if err != nil {
		rt.Fatal(err)
	}
	lines := map[string]ledger.Line{}
	for _, line := range all {
		lines[line.Name] = line
	}
	for name, want := range m.cases {
		c, err := l.Case(ctx, name)
		if err != nil {
			rt.Fatal(err)
		}
		got := []string{}
		for _, d := range c.Documents {
			got = append(got, strings.Join(append([]string{d.Name}, d.Aliases...), "|")+"="+d.SHA256)
		}
		if !slices.Equal(got, want.documents()) {
			rt.Fatalf("%s holds\n%v, want\n%v", name, got, want.documents())
		}
		var replaced []string
		for _, r := range c.Replaced {
			replaced = append(replaced, r.Name+"="+r.SHA256)
		}
		// Two that are replaced in one step are so at one time and have no order.
		if !slices.Equal(slices.Sorted(slices.Values(replaced)), slices.Sorted(slices.Values(want.replaced))) {
			rt.Fatalf("%s: replaced %v, want %v", name, replaced, want.replaced)
		}
		if c.Revision != want.revision {
			rt.Fatalf("%s has revision %d, want %d", name, c.Revision, want.revision)
		}
		if due := name != pipeline.Unsorted && want.done < want.revision; pending[name] != due || c.Pending != due {
			rt.Fatalf("%s: pending %v and %v, want %v", name, pending[name], c.Pending, due)
		}
		if line := lines[name]; name != pipeline.Unsorted && (line.Documents != len(c.Documents) || line.Version != c.Version || line.Verdict != c.Verdict || line.Pending != c.Pending) {
			rt.Fatalf("%s: listed as %+v, but it has %d documents, report %d, verdict %q, pending %v", name, line, len(c.Documents), c.Version, c.Verdict, c.Pending)
		}
		versions, err := l.Reports(ctx, name)
		if err != nil {
			rt.Fatal(err)
		}
		var reports []int64
		for i, r := range versions {
			if r.Version != i+1 {
				rt.Fatalf("%s: version %d at place %d", name, r.Version, i)
			}
			reports = append(reports, r.Revision)
		}
		if !slices.Equal(reports, want.reports) {
			rt.Fatalf("%s: reports of revisions %v, want %v", name, reports, want.reports)
		}
		decisions, err := l.Decisions(ctx, name)
		if err != nil || len(decisions) != want.decisions {
			rt.Fatalf("%s: %d decisions, %v; want %d", name, len(decisions), err, want.decisions)
		}
		list, err := l.Elsewhere(ctx, name)
		if err != nil {
			rt.Fatal(err)
		}
		if got := sorted(list); !slices.Equal(got, m.elsewhere(name)) {
			rt.Fatalf("%s: elsewhere %v, want %v", name, got, m.elsewhere(name))
		}
	}
}

func sorted(list []checks.Elsewhere) []string {
	all := []string{}
	for _, e := range list {
		all = append(all, fmt.Sprintf("%s is %s/%s", e.Name, e.Case, e.OtherName))
	}
	sort.Strings(all)
	return all
}
