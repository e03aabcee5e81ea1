package ledger_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dossier/checks"
	"dossier/pipeline"
	"dossier/pipeline/ledger"
)

// store is what every ledger must do, whatever it keeps its tables in.
type store interface {
	TakeIn(ctx context.Context, r pipeline.Receipt) (pipeline.Standing, error)
	TakeInAll(ctx context.Context, receipts []pipeline.Receipt) ([]pipeline.Standing, error)
	Move(ctx context.Context, fromCase, name, toCase string) (pipeline.Standing, error)
	Seen(ctx context.Context, path string, size int64, modified time.Time) (string, bool, error)
	Received(ctx context.Context, caseName, sha256 string) (bool, error)
	SetPath(ctx context.Context, caseName string, path checks.Path) error
	RecordAnswers(ctx context.Context, caseName string, data []byte, at time.Time) (bool, error)
	Answers(ctx context.Context, caseName string) (ledger.Answers, error)
	Cases(ctx context.Context) ([]ledger.Line, error)
	Case(ctx context.Context, name string) (ledger.Case, error)
	Elsewhere(ctx context.Context, caseName string) ([]checks.Elsewhere, error)
	Status(ctx context.Context) (ledger.Status, error)
	Pending(ctx context.Context, limit int) ([]ledger.Work, error)
	Touch(ctx context.Context, caseName string) error
	RequestAll(ctx context.Context, key string) (int, error)
	Postpone(ctx context.Context, caseName string, revision int64, until time.Time, trouble string) error
	Finish(ctx context.Context, caseName string, revision int64) error
	StoreReport(ctx context.Context, caseName string, revision int64, c *pipeline.Case) (int, error)
	Report(ctx context.Context, caseName string, version int) (*pipeline.Case, error)
	Reports(ctx context.Context, caseName string) ([]ledger.ReportLine, error)
	Unprojected(ctx context.Context) ([]ledger.Projection, error)
	Projected(ctx context.Context, caseName string, version int) error
	CachedDocument(ctx context.Context, sha256, name, key string) (pipeline.Document, bool, error)
	StoreDocument(ctx context.Context, key string, docs ...pipeline.Document) error
	Decide(ctx context.Context, caseName string, decisions []pipeline.Decision) error
	Decisions(ctx context.Context, caseName string) ([]pipeline.Decision, error)
	RecordBundle(ctx context.Context, caseName string, version int, sha256 string, at time.Time) error
	Bundles(ctx context.Context, caseName string) ([]ledger.Bundle, error)
	Ignore(ctx context.Context, entry pipeline.Ignored) error
	ForgetIgnored(ctx context.Context, path string) error
	IgnoredEntries(ctx context.Context) ([]pipeline.Ignored, error)
	Purge(ctx context.Context, caseName string) error
	Removals(ctx context.Context) ([]string, error)
	Removed(ctx context.Context, sha256 string) error
	Close() error
}

func TestSQLite(t *testing.T) {
	conformance(t, func(t testing.TB) func() store {
		path := filepath.Join(t.TempDir(), "desk", "ledger.db")
		return func() store { return open(t, path) }
	})
}

func open(t testing.TB, path string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// conformance runs everything a ledger must do. fresh makes an empty store and returns how to
// open it, any number of times at once.
func conformance(t *testing.T, fresh func(t testing.TB) (open func() store)) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, s store)
	}{
		{"empty ledger", testEmpty},
		{"standings", testStandings},
		{"two names for the same bytes", testAliases},
		{"pages of a container", testPages},
		{"a group is taken in whole or not at all", testGroupIsAtomic},
		{"receipts that cannot be", testBadReceipts},
		{"any name", testAnyName},
		{"received", testReceived},
		{"seen", testSeen},
		{"elsewhere", testElsewhere},
		{"elsewhere is bounded", testElsewhereBound},
		{"moving out of the tray", testMove},
		{"answers and path", testAnswers},
		{"work", testWork},
		{"postponed work", testPostpone},
		{"requesting all", testRequestAll},
		{"reports", testReports},
		{"projection", testProjection},
		{"examined documents", testCache},
		{"decisions", testDecisions},
		{"bundles", testBundles},
		{"ignored entries", testIgnored},
		{"status", testStatus},
		{"purge", testPurge},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, fresh(t)()) })
	}
	t.Run("what is recorded outlives the process", func(t *testing.T) { testReopen(t, fresh(t)) })
	t.Run("two processes", func(t *testing.T) { testTwoHandles(t, fresh(t)) })
}

var (
	ctx = context.Background()
	t0  = time.Date(2014, 9, 1, 8, 30, 0, 123456000, time.UTC)
)

func testEmpty(t *testing.T, s store) {
	if lines, err := s.Cases(ctx); len(lines) != 0 || err != nil {
		t.Errorf("Cases = %v, %v", lines, err)
	}
	if work, err := s.Pending(ctx, 10); len(work) != 0 || err != nil {
		t.Errorf("Pending = %v, %v", work, err)
	}
	_, caseErr := s.Case(ctx, "nobody")
	_, elsewhereErr := s.Elsewhere(ctx, "nobody")
	_, answersErr := s.Answers(ctx, "nobody")
	_, reportErr := s.Report(ctx, "nobody", 0)
	_, reportsErr := s.Reports(ctx, "nobody")
	_, storeErr := s.StoreReport(ctx, "nobody", 1, report("nobody", pipeline.VerdictPass))
	_, moveErr := s.Move(ctx, "nobody", "a.jpg", "somebody")
	for call, err := range map[string]error{
		"Case": caseErr, "Elsewhere": elsewhereErr, "Answers": answersErr, "Report": reportErr, "Reports": reportsErr,
		"StoreReport": storeErr, "Move": moveErr, "Touch": s.Touch(ctx, "nobody"), "Purge": s.Purge(ctx, "nobody"),
		"Decide": s.Decide(ctx, "nobody", []pipeline.Decision{decision("")}), "Projected": s.Projected(ctx, "nobody", 1),
		"Finish": s.Finish(ctx, "nobody", 1),
	} {
		if !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("%s of a case that is not there: %v, want ErrNotFound", call, err)
		}
	}
}

func testStandings(t *testing.T, s store) {
	first := receipt("张三", "license.jpg", "bytes 1")
	for _, step := range []struct {
		name, bytes string
		want        pipeline.Standing
		revision    int64
	}{
		{"license.jpg", "bytes 1", pipeline.StandingNew, 1},
		{"license.jpg", "bytes 1", pipeline.StandingSame, 1},
		{"form.jpg", "bytes 2", pipeline.StandingNew, 2},
		{"license.jpg", "bytes 3", pipeline.StandingReplaced, 3},
		{"license.jpg", "bytes 1", pipeline.StandingReplaced, 4}, // the older scan comes back
		{"license.jpg", "bytes 1", pipeline.StandingSame, 4},
	} {
		got := take(t, s, receipt("张三", step.name, step.bytes))
		if got != step.want {
			t.Errorf("%s with %s: %s, want %s", step.name, step.bytes, got, step.want)
		}
		if c := look(t, s, "张三"); c.Revision != step.revision {
			t.Errorf("%s with %s: revision %d, want %d", step.name, step.bytes, c.Revision, step.revision)
		}
	}
	c := look(t, s, "张三")
	if got := docs(c); got != "form.jpg=bytes 2, license.jpg=bytes 1" {
		t.Errorf("documents %s", got)
	}
	if len(c.Replaced) != 2 || c.Replaced[0].SHA256 != sha("bytes 1") || c.Replaced[1].SHA256 != sha("bytes 3") || c.Replaced[0].Name != "license.jpg" {
		t.Errorf("replaced %+v, want the first and the third scan", c.Replaced)
	}
	d := c.Documents[1]
	want := ledger.Document{Name: first.Name, SHA256: first.SHA256, Bytes: first.Bytes, Modified: first.Modified,
		ReceivedAt: first.At, SourcePath: first.Path, Problems: []checks.Text{}}
	if !reflect.DeepEqual(d, want) {
		t.Errorf("document\n%+v, want\n%+v", d, want)
	}
	if !c.Created.Equal(t0) || c.Answers != nil || c.Version != 0 || c.Verdict != "" || !c.Pending || c.Path != "" {
		t.Errorf("case %+v", c)
	}
}

// The same bytes under a second name are the same document; but when the first name gets other
// bytes, the second still brings the old ones.
func testAliases(t *testing.T, s store) {
	take(t, s, receipt("c", "a.jpg", "X"))
	if got := take(t, s, receipt("c", "copy of a.jpg", "X")); got != pipeline.StandingSame {
		t.Errorf("the second name: %s, want same", got)
	}
	c := look(t, s, "c")
	if c.Revision != 1 || docs(c) != "a.jpg=X" || !reflect.DeepEqual(c.Documents[0].Aliases, []string{"copy of a.jpg"}) {
		t.Errorf("revision %d, documents %+v; want one document with two names", c.Revision, c.Documents)
	}
	if got := take(t, s, receipt("c", "a.jpg", "Y")); got != pipeline.StandingReplaced {
		t.Errorf("other bytes for the first name: %s, want replaced", got)
	}
	if got := docs(look(t, s, "c")); got != "copy of a.jpg=X, a.jpg=Y" {
		t.Errorf("documents %s: what came under the second name is gone", got)
	}
	// And the second name takes the first's bytes: one document again.
	if got := take(t, s, receipt("c", "copy of a.jpg", "Y")); got != pipeline.StandingReplaced {
		t.Errorf("standing %s, want replaced", got)
	}
	if c := look(t, s, "c"); docs(c) != "a.jpg=Y" || c.Revision != 3 {
		t.Errorf("revision %d, documents %s", c.Revision, docs(c))
	}
}

func testPages(t *testing.T, s store) {
	pdf := receipt("c", "scan.pdf", "pdf 1")
	pdf.Problems = []checks.Text{{En: "page 3 holds no picture", Zh: "第 3 页没有图片"}}
	got, err := s.TakeInAll(ctx, []pipeline.Receipt{pdf, page(pdf, 1, "p1"), page(pdf, 2, "p2")})
	if err != nil || !reflect.DeepEqual(got, []pipeline.Standing{"new", "new", "new"}) {
		t.Fatalf("TakeInAll = %v, %v", got, err)
	}
	c := look(t, s, "c")
	if c.Revision != 1 {
		t.Errorf("revision %d: one transaction is one change", c.Revision)
	}
	if c.Documents[0].Parts != 2 || !reflect.DeepEqual(c.Documents[0].Problems, pdf.Problems) || c.Documents[0].Origin != nil {
		t.Errorf("the PDF: %+v", c.Documents[0])
	}
	if want := (&checks.Origin{Name: "scan.pdf", SHA256: sha("pdf 1"), Page: 2}); !reflect.DeepEqual(c.Documents[2].Origin, want) {
		t.Errorf("origin of the second page %+v, want %+v", c.Documents[2].Origin, want)
	}
	again, err := s.TakeInAll(ctx, []pipeline.Receipt{pdf, page(pdf, 1, "p1"), page(pdf, 2, "p2")})
	if err != nil || !reflect.DeepEqual(again, []pipeline.Standing{"same", "same", "same"}) {
		t.Errorf("the same again: %v, %v", again, err)
	}

	// The same scan made anew, its first page unchanged, its second gone: the old pages go with
	// the old file.
	pdf2 := receipt("c", "scan.pdf", "pdf 2")
	if _, err := s.TakeInAll(ctx, []pipeline.Receipt{pdf2, page(pdf2, 1, "p1")}); err != nil {
		t.Fatal(err)
	}
	c = look(t, s, "c")
	if got := docs(c); got != "scan.pdf=pdf 2, scan.pdf/page-1.jpg=p1" {
		t.Errorf("documents %s", got)
	}
	if c.Documents[1].Origin.SHA256 != sha("pdf 2") || c.Documents[0].Parts != 1 {
		t.Errorf("the page belongs to %+v", c.Documents[1].Origin)
	}
	if len(c.Replaced) != 1 || c.Replaced[0].Name != "scan.pdf" {
		t.Errorf("replaced %+v, want the PDF alone: its pages follow from it", c.Replaced)
	}
	// A page of the older file comes late.
	if _, err := s.TakeIn(ctx, page(pdf, 2, "p2")); !errors.Is(err, ledger.ErrNoContainer) {
		t.Errorf("a page of a replaced file: %v, want ErrNoContainer", err)
	}
	// A page is kept from being moved alone.
	if _, err := s.Move(ctx, "c", "scan.pdf/page-1.jpg", "d"); !errors.Is(err, ledger.ErrPage) {
		t.Errorf("moving a page: %v, want ErrPage", err)
	}
	if _, err := s.Move(ctx, "c", "scan.pdf", "d"); err != nil {
		t.Error(err)
	}
	if c, d := look(t, s, "c"), look(t, s, "d"); docs(c) != "" || docs(d) != "scan.pdf=pdf 2, scan.pdf/page-1.jpg=p1" || d.Documents[0].Parts != 1 {
		t.Errorf("after moving the file: here %s, there %s", docs(c), docs(d))
	}
}

func testGroupIsAtomic(t *testing.T, s store) {
	pdf := receipt("c", "scan.pdf", "pdf")
	stray := page(receipt("c", "other.pdf", "other"), 1, "p")
	if _, err := s.TakeInAll(ctx, []pipeline.Receipt{pdf, page(pdf, 1, "p1"), stray}); !errors.Is(err, ledger.ErrNoContainer) {
		t.Fatalf("error %v, want ErrNoContainer", err)
	}
	if _, err := s.Case(ctx, "c"); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("a part of the group was recorded: %v", err)
	}
	if _, ok, err := s.Seen(ctx, pdf.Path, pdf.Bytes, pdf.Modified); ok || err != nil {
		t.Errorf("the file counts as taken in: %v, %v", ok, err)
	}
	if got, err := s.TakeInAll(ctx, nil); len(got) != 0 || err != nil {
		t.Errorf("nothing to take in: %v, %v", got, err)
	}
}

func testBadReceipts(t *testing.T, s store) {
	good := receipt("c", "a.jpg", "x")
	for what, spoil := range map[string]func(r *pipeline.Receipt){
		"no case":          func(r *pipeline.Receipt) { r.Case = "" },
		"no name":          func(r *pipeline.Receipt) { r.Name = "" },
		"endless name":     func(r *pipeline.Receipt) { r.Name = strings.Repeat("a", 5000) },
		"no hash":          func(r *pipeline.Receipt) { r.SHA256 = "" },
		"upper-case hash":  func(r *pipeline.Receipt) { r.SHA256 = strings.ToUpper(r.SHA256) },
		"negative size":    func(r *pipeline.Receipt) { r.Bytes = -1 },
		"page zero":        func(r *pipeline.Receipt) { r.Origin = &checks.Origin{Name: "a", SHA256: r.SHA256} },
		"page of its own":  func(r *pipeline.Receipt) { r.Origin = &checks.Origin{Name: r.Name, SHA256: r.SHA256, Page: 1} },
		"page of a nobody": func(r *pipeline.Receipt) { r.Origin = &checks.Origin{Page: 1} },
	} {
		r := good
		spoil(&r)
		if got, err := s.TakeIn(ctx, r); err == nil {
			t.Errorf("%s: taken in as %s", what, got)
		}
	}
	if lines, err := s.Cases(ctx); len(lines) != 0 || err != nil {
		t.Errorf("cases %v, %v; want none", lines, err)
	}
}

// Names come from file systems: any bytes.
func testAnyName(t *testing.T, s store) {
	for _, name := range []string{"营业执照.jpg", "👩‍💼🪪.jpg", "a\nb.jpg", "sub/dir/a.jpg", "'; DROP TABLE documents; --", "\xff\xfe.jpg", strings.Repeat("字", 85), " ", "%", "A.JPG", "a.jpg"} {
		r := receipt("case "+name, name, "bytes of "+name)
		r.Path = "/inbox/" + name
		take(t, s, r)
		c := look(t, s, "case "+name)
		if c.Name != "case "+name || len(c.Documents) != 1 || c.Documents[0].Name != name {
			t.Errorf("%q came back as %q %+v", name, c.Name, c.Documents)
		}
		if _, ok, err := s.Seen(ctx, r.Path, r.Bytes, r.Modified); !ok || err != nil {
			t.Errorf("%q is not seen: %v", r.Path, err)
		}
	}
}

func testReceived(t *testing.T, s store) {
	first := receipt("acme", "id.jpg", "blurred")
	second := receipt("acme", "id.jpg", "sharp")
	second.At = first.At.Add(time.Minute)
	take(t, s, first)
	take(t, s, second)
	for _, c := range []struct {
		name, sha string
		want      bool
	}{
		{"acme", first.SHA256, true}, // replaced, and received all the same
		{"acme", second.SHA256, true},
		{"acme", receipt("acme", "id.jpg", "other").SHA256, false},
		{"other", first.SHA256, false},
	} {
		if got, err := s.Received(ctx, c.name, c.sha); got != c.want || err != nil {
			t.Errorf("%s has received %.8s: %v, %v, want %v", c.name, c.sha, got, err, c.want)
		}
	}
}

func testSeen(t *testing.T, s store) {
	r := receipt("c", "a.jpg", "x")
	r.Modified = t0.Add(-time.Hour)
	take(t, s, r)
	p := page(r, 1, "p")
	p.Path = "/elsewhere/a.jpg"
	take(t, s, p)
	for _, c := range []struct {
		what     string
		path     string
		size     int64
		modified time.Time
		want     bool
	}{
		{"as it lay", r.Path, r.Bytes, r.Modified, true},
		{"in another time zone", r.Path, r.Bytes, r.Modified.In(time.FixedZone("CST", 8*3600)), true},
		{"another size", r.Path, r.Bytes + 1, r.Modified, false},
		{"touched", r.Path, r.Bytes, r.Modified.Add(time.Millisecond), false},
		{"another path", r.Path + "x", r.Bytes, r.Modified, false},
		{"a page is no file", p.Path, p.Bytes, p.Modified, false},
	} {
		sum, ok, err := s.Seen(ctx, c.path, c.size, c.modified)
		if err != nil || ok != c.want || ok && sum != r.SHA256 {
			t.Errorf("%s: %s, %v, %v; want %v", c.what, sum, ok, err, c.want)
		}
	}
	// Replaced at the same path: the older state is no longer what was seen last.
	newer := receipt("c", "a.jpg", "newer")
	newer.Path, newer.Modified = r.Path, t0
	take(t, s, newer)
	if _, ok, _ := s.Seen(ctx, r.Path, r.Bytes, r.Modified); ok {
		t.Error("the older file still counts as seen")
	}
	// Times no person would believe in still come back as themselves.
	for _, odd := range []time.Time{{}, time.Unix(0, 0), time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(60000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		r := receipt("c", fmt.Sprint(odd.Unix()), fmt.Sprint(odd.Unix()))
		r.Modified = odd
		take(t, s, r)
		if _, ok, err := s.Seen(ctx, r.Path, r.Bytes, odd); !ok || err != nil {
			t.Errorf("modified %v: not seen, %v", odd, err)
		}
	}
}

func testElsewhere(t *testing.T, s store) {
	take(t, s, receipt("A", "id.jpg", "shared"))
	take(t, s, receipt("A", "own.jpg", "A's own"))
	take(t, s, receipt(pipeline.Unsorted, "dropped.jpg", "shared"))
	if got := elsewhere(t, s, "A"); got != "" {
		t.Errorf("the tray is no other case: %s", got)
	}
	before := look(t, s, "A").Revision
	take(t, s, receipt("B", "holder.jpg", "shared"))
	if got := elsewhere(t, s, "A"); got != "id.jpg is B/holder.jpg" {
		t.Errorf("seen from A: %s", got)
	}
	if got := elsewhere(t, s, "B"); got != "holder.jpg is A/id.jpg" {
		t.Errorf("seen from B: %s", got)
	}
	if after := look(t, s, "A").Revision; after != before+1 {
		t.Errorf("A went from revision %d to %d: it must be examined again", before, after)
	}
	// A second name in B tells A nothing new.
	take(t, s, receipt("B", "again.jpg", "shared"))
	if after := look(t, s, "A").Revision; after != before+1 {
		t.Errorf("a second name in B raised A to %d", after)
	}
	// B replaces one name, then the other: only then it is gone from B.
	take(t, s, receipt("B", "holder.jpg", "B's own"))
	if got := elsewhere(t, s, "A"); got != "id.jpg is B/again.jpg" {
		t.Errorf("seen from A: %s", got)
	}
	take(t, s, receipt("B", "again.jpg", "B's other"))
	if got := elsewhere(t, s, "A"); got != "" {
		t.Errorf("seen from A, after B has replaced it: %s", got)
	}
	if after := look(t, s, "A").Revision; after != before+2 {
		t.Errorf("A has revision %d, want %d: the finding has gone", after, before+2)
	}
}

// A document in very many cases: the lists end, and so does the work.
func testElsewhereBound(t *testing.T, s store) {
	const cases = 2*ledger.ElsewhereLimit + 5
	name := func(i int) string { return fmt.Sprintf("case %03d", i) }
	for i := range cases {
		take(t, s, receipt(name(i), "letter.jpg", "the agency's own letter"))
	}
	for _, c := range []struct {
		i        int
		revision int64 // its own document, and one for each later case that came onto its list
	}{{0, 1 + ledger.ElsewhereLimit}, {5, 1 + ledger.ElsewhereLimit - 5}, {ledger.ElsewhereLimit, 1}, {cases - 1, 1}} {
		if got := look(t, s, name(c.i)).Revision; got != c.revision {
			t.Errorf("%s has revision %d, want %d", name(c.i), got, c.revision)
		}
		list, err := s.Elsewhere(ctx, name(c.i))
		if err != nil || len(list) != ledger.ElsewhereLimit {
			t.Errorf("%s: %d other cases, %v; want %d", name(c.i), len(list), err, ledger.ElsewhereLimit)
		}
		for _, e := range list {
			if e.Case == name(c.i) {
				t.Errorf("%s is listed as elsewhere to itself", e.Case)
			}
		}
	}
}

func testMove(t *testing.T, s store) {
	dropped := receipt(pipeline.Unsorted, "img_0042.jpg", "X")
	take(t, s, dropped)
	take(t, s, receipt(pipeline.Unsorted, "copy.jpg", "X"))
	if work, _ := s.Pending(ctx, 10); len(work) != 0 {
		t.Errorf("the tray is examined: %v", work)
	}
	if got, err := s.Move(ctx, pipeline.Unsorted, "img_0042.jpg", "c"); got != pipeline.StandingNew || err != nil {
		t.Errorf("Move = %s, %v", got, err)
	}
	c := look(t, s, "c")
	if docs(c) != "img_0042.jpg=X" || len(c.Documents[0].Aliases) != 1 || !c.Documents[0].ReceivedAt.Equal(dropped.At) || c.Documents[0].SourcePath != dropped.Path {
		t.Errorf("in the case: %+v", c.Documents)
	}
	if tray := look(t, s, pipeline.Unsorted); len(tray.Documents) != 0 || len(tray.Replaced) != 0 {
		t.Errorf("in the tray: %+v, replaced %+v", tray.Documents, tray.Replaced)
	}
	if work, _ := s.Pending(ctx, 10); len(work) != 1 || work[0].Case != "c" {
		t.Errorf("pending %v, want the case", work)
	}
	if _, ok, _ := s.Seen(ctx, dropped.Path, dropped.Bytes, dropped.Modified); !ok {
		t.Error("the file must still count as taken in")
	}
	if _, err := s.Move(ctx, pipeline.Unsorted, "img_0042.jpg", "d"); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("moving it again: %v, want ErrNotFound", err)
	}
	if _, err := s.Case(ctx, "d"); !errors.Is(err, ledger.ErrNotFound) {
		t.Error("a failed move has made a case")
	}

	// Into a case that has the name, or the bytes.
	take(t, s, receipt(pipeline.Unsorted, "copy.jpg", "Y"))
	if got, err := s.Move(ctx, pipeline.Unsorted, "copy.jpg", "c"); got != pipeline.StandingReplaced || err != nil {
		t.Errorf("the name is taken: %s, %v; want replaced", got, err)
	}
	take(t, s, receipt(pipeline.Unsorted, "third.jpg", "X"))
	if got, err := s.Move(ctx, pipeline.Unsorted, "third.jpg", "c"); got != pipeline.StandingSame || err != nil {
		t.Errorf("the bytes are there: %s, %v; want same", got, err)
	}
	if got := docs(look(t, s, "c")); got != "img_0042.jpg=X, copy.jpg=Y" {
		t.Errorf("documents %s", got)
	}
	// From case to case: both are examined again.
	a := look(t, s, "c").Revision
	if _, err := s.Move(ctx, "c", "copy.jpg", "d"); err != nil {
		t.Fatal(err)
	}
	if got := look(t, s, "c"); got.Revision <= a || docs(got) != "img_0042.jpg=X" {
		t.Errorf("left behind %s at revision %d, was %d", docs(got), got.Revision, a)
	}
	if got := look(t, s, "d"); docs(got) != "copy.jpg=Y" || !got.Pending {
		t.Errorf("moved to %+v", got)
	}
}

func testAnswers(t *testing.T, s store) {
	yaml := []byte("company: 某某公司\n")
	if changed, err := s.RecordAnswers(ctx, "c", yaml, t0); !changed || err != nil {
		t.Fatalf("RecordAnswers = %v, %v", changed, err)
	}
	if changed, err := s.RecordAnswers(ctx, "c", yaml, t0.Add(time.Hour)); changed || err != nil {
		t.Errorf("the same again: %v, %v; want unchanged", changed, err)
	}
	got, err := s.Answers(ctx, "c")
	if err != nil || string(got.Data) != string(yaml) || !got.At.Equal(t0) || got.SHA256 != sha(string(yaml)) {
		t.Errorf("Answers = %+v, %v", got, err)
	}
	if c := look(t, s, "c"); c.Revision != 1 || !c.Pending || !reflect.DeepEqual(*c.Answers, got) {
		t.Errorf("case %+v", c)
	}
	for i, data := range [][]byte{nil, yaml} { // emptied, and put back: each a new version
		if changed, err := s.RecordAnswers(ctx, "c", data, t0); !changed || err != nil {
			t.Errorf("version %d: %v, %v", i+2, changed, err)
		}
	}
	if c := look(t, s, "c"); c.Revision != 3 {
		t.Errorf("revision %d, want 3", c.Revision)
	}
	var limit *checks.LimitError
	if _, err := s.RecordAnswers(ctx, "c", make([]byte, ledger.MaxAnswers+1), t0); !errors.As(err, &limit) {
		t.Errorf("answers without end: %v, want *checks.LimitError", err)
	}

	for _, step := range []struct {
		path     checks.Path
		revision int64
	}{{checks.Individual, 4}, {checks.Individual, 4}, {checks.Overseas, 5}} {
		if err := s.SetPath(ctx, "c", step.path); err != nil {
			t.Fatal(err)
		}
		if c := look(t, s, "c"); c.Path != step.path || c.Revision != step.revision {
			t.Errorf("path %s at revision %d, want %s at %d", c.Path, c.Revision, step.path, step.revision)
		}
	}
	if err := s.SetPath(ctx, "c", "sideways"); err == nil {
		t.Error("there is no path sideways")
	}
	if err := s.SetPath(ctx, "new case", checks.Organization); err != nil || look(t, s, "new case").Path != checks.Organization {
		t.Error("SetPath does not make the case", err)
	}
}

func testWork(t *testing.T, s store) {
	take(t, s, receipt("first", "a.jpg", "1"))
	take(t, s, receipt("second", "a.jpg", "2"))
	take(t, s, receipt("first", "b.jpg", "3")) // changed again, but still the one that waits longest
	work, err := s.Pending(ctx, 10)
	if err != nil || len(work) != 2 || work[0].Case != "first" || work[0].Revision != 2 || work[1].Case != "second" || work[1].Revision != 1 {
		t.Fatalf("Pending = %+v, %v", work, err)
	}
	if limited, _ := s.Pending(ctx, 1); len(limited) != 1 || limited[0].Case != "first" {
		t.Errorf("Pending(1) = %+v", limited)
	}
	// A report of the revision before the last change leaves the case pending.
	store1(t, s, "first", 1)
	if c := look(t, s, "first"); !c.Pending || c.Version != 1 {
		t.Errorf("after a report of the older revision: %+v", c)
	}
	store1(t, s, "first", 2)
	if c := look(t, s, "first"); c.Pending || c.Version != 2 {
		t.Errorf("after the report: pending %v, version %d", c.Pending, c.Version)
	}
	if err := s.Finish(ctx, "second", 1); err != nil {
		t.Fatal(err)
	}
	if work, _ := s.Pending(ctx, 10); len(work) != 0 {
		t.Errorf("pending %+v, want nothing", work)
	}
	if err := s.Finish(ctx, "second", 2); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("finishing a revision that never was: %v", err)
	}
	if err := s.Touch(ctx, "second"); err != nil {
		t.Fatal(err)
	}
	if work, _ := s.Pending(ctx, 10); len(work) != 1 || work[0].Revision != 2 {
		t.Errorf("after Touch, pending %+v", work)
	}
}

func testPostpone(t *testing.T, s store) {
	take(t, s, receipt("c", "a.jpg", "1"))
	if err := s.Postpone(ctx, "c", 1, time.Now().Add(time.Hour), "original damaged"); err != nil {
		t.Fatal(err)
	}
	if work, _ := s.Pending(ctx, 10); len(work) != 0 {
		t.Errorf("postponed, and pending: %+v", work)
	}
	lines, _ := s.Cases(ctx)
	if len(lines) != 1 || !lines[0].Pending || lines[0].Attempts != 1 || lines[0].Trouble != "original damaged" {
		t.Errorf("lines %+v", lines)
	}
	if err := s.Postpone(ctx, "c", 1, time.Now().Add(-time.Second), "again"); err != nil {
		t.Fatal(err)
	}
	if work, _ := s.Pending(ctx, 10); len(work) != 1 || work[0].Attempts != 2 {
		t.Errorf("its time has come, but pending is %+v", work)
	}
	// A change of the case is a reason to try again at once; the word on the older revision is late.
	take(t, s, receipt("c", "b.jpg", "2"))
	if err := s.Postpone(ctx, "c", 1, time.Now().Add(time.Hour), "late"); err != nil {
		t.Fatal(err)
	}
	if work, _ := s.Pending(ctx, 10); len(work) != 1 || work[0].Attempts != 0 || work[0].Revision != 2 {
		t.Errorf("after a change: %+v", work)
	}
}

func testRequestAll(t *testing.T, s store) {
	for _, name := range []string{"a", "b", pipeline.Unsorted} {
		take(t, s, receipt(name, "a.jpg", name))
	}
	for _, step := range []struct {
		key  string
		want int
	}{{"profile 1", 2}, {"profile 1", 0}, {"profile 2", 2}, {"", 2}, {"profile 2", 0}, {"profile 1", 2}} {
		if n, err := s.RequestAll(ctx, step.key); n != step.want || err != nil {
			t.Errorf("RequestAll(%q) = %d, %v; want %d", step.key, n, err, step.want)
		}
	}
	if c := look(t, s, "b"); c.Revision != 5 || !c.Pending {
		t.Errorf("revision %d, pending %v", c.Revision, c.Pending)
	}
}

func testReports(t *testing.T, s store) {
	take(t, s, receipt("c", "a.jpg", "1"))
	c := report("c", pipeline.VerdictReview)
	c.Version = 99 // assigned by the ledger, whatever stands there
	if v, err := s.StoreReport(ctx, "c", 1, c); v != 1 || err != nil {
		t.Fatalf("StoreReport = %d, %v", v, err)
	}
	if c.Version != 99 {
		t.Error("the caller's value was changed")
	}
	if v, err := s.StoreReport(ctx, "c", 1, report("c", pipeline.VerdictPass)); v != 1 || err != nil {
		t.Errorf("the same revision again: version %d, %v; want the one that is there", v, err)
	}
	got, err := s.Report(ctx, "c", 1)
	want := *c
	want.Version = 1
	if err != nil || !reflect.DeepEqual(*got, want) {
		t.Errorf("Report =\n%+v, %v; want\n%+v", got, err, want)
	}
	take(t, s, receipt("c", "a.jpg", "2"))
	take(t, s, receipt("c", "a.jpg", "3"))
	if v, err := s.StoreReport(ctx, "c", 3, report("c", pipeline.VerdictFail)); v != 2 || err != nil {
		t.Errorf("version %d, %v; want 2", v, err)
	}
	// A slow worker brings the report of a revision that has been overtaken.
	if v, err := s.StoreReport(ctx, "c", 2, report("c", pipeline.VerdictPass)); v != 2 || err != nil {
		t.Errorf("an overtaken revision: version %d, %v; want 2", v, err)
	}
	if newest, err := s.Report(ctx, "c", 0); err != nil || newest.Version != 2 || newest.Verdict != pipeline.VerdictFail {
		t.Errorf("newest %+v, %v", newest, err)
	}
	if old, err := s.Report(ctx, "c", 1); err != nil || old.Verdict != pipeline.VerdictReview {
		t.Errorf("the first report must stay readable: %+v, %v", old, err)
	}
	lines, err := s.Reports(ctx, "c")
	if err != nil || len(lines) != 2 || lines[0].Version != 1 || lines[1].Revision != 3 || lines[1].Verdict != pipeline.VerdictFail || !lines[0].Generated.Equal(c.GeneratedAt) {
		t.Errorf("Reports = %+v, %v", lines, err)
	}
	if _, err := s.Report(ctx, "c", 3); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("a version that never was: %v", err)
	}
	if _, err := s.StoreReport(ctx, "c", 4, c); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("a revision that never was: %v", err)
	}
	if _, err := s.StoreReport(ctx, "c", 3, report("d", pipeline.VerdictPass)); err == nil {
		t.Error("another case's report was stored")
	}
	take(t, s, receipt("c", "b.jpg", "4"))
	if _, err := s.StoreReport(ctx, "c", 4, report("c", "splendid")); err == nil {
		t.Error("there is no such verdict")
	}
}

func testProjection(t *testing.T, s store) {
	unprojected := func() string {
		list, err := s.Unprojected(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(list)
	}
	take(t, s, receipt("a", "a.jpg", "1"))
	take(t, s, receipt("b", "a.jpg", "2"))
	store1(t, s, "a", 1)
	store1(t, s, "b", 1)
	if got := unprojected(); got != "[{a 1} {b 1}]" {
		t.Errorf("unprojected %s", got)
	}
	take(t, s, receipt("a", "b.jpg", "3"))
	store1(t, s, "a", 2)
	// Version 1 was written while version 2 came.
	for range 2 {
		if err := s.Projected(ctx, "a", 1); err != nil {
			t.Fatal(err)
		}
	}
	if got := unprojected(); got != "[{a 2} {b 1}]" {
		t.Errorf("unprojected %s: the newer version is still to be written", got)
	}
	for _, name := range []string{"a", "b"} {
		if err := s.Projected(ctx, name, 2); err != nil {
			t.Fatal(err)
		}
	}
	if got := unprojected(); got != "[]" {
		t.Errorf("unprojected %s", got)
	}
	store1(t, s, "a", 2) // the same report again must not be written again
	if got := unprojected(); got != "[]" {
		t.Errorf("after the same report again: %s", got)
	}
}

func testCache(t *testing.T, s store) {
	doc := pipeline.Document{Schema: pipeline.DocumentSchema, Path: "a.jpg", SHA256: sha("x"), Kind: checks.BusinessLicense,
		Verdict: pipeline.VerdictPass, Readings: []checks.Reading{{Field: "uscc", Value: "91350100M000100Y43", Confidence: 0.9, Box: checks.Region{X: 1, Y: 2, Width: 3, Height: 4}}}}
	if err := s.StoreDocument(ctx, "key 1", doc); err != nil {
		t.Fatal(err)
	}
	if err := s.StoreDocument(ctx, "key 1", doc, doc); err != nil { // again, and twice at once
		t.Fatal(err)
	}
	got, ok, err := s.CachedDocument(ctx, doc.SHA256, "a.jpg", "key 1")
	if !ok || err != nil || !reflect.DeepEqual(got, doc) {
		t.Errorf("CachedDocument =\n%+v, %v, %v; want\n%+v", got, ok, err, doc)
	}
	for what, key := range map[string][3]string{
		"other bytes": {sha("y"), "a.jpg", "key 1"},
		"other name":  {doc.SHA256, "a.png", "key 1"}, // the name is part of what is checked
		"other key":   {doc.SHA256, "a.jpg", "key 2"},
	} {
		if _, ok, err := s.CachedDocument(ctx, key[0], key[1], key[2]); ok || err != nil {
			t.Errorf("%s: found %v, %v", what, ok, err)
		}
	}
	// Many versions of the program later, old results have gone and the newest is there.
	for i := 2; i < 20; i++ {
		if err := s.StoreDocument(ctx, fmt.Sprint("key ", i), doc); err != nil {
			t.Fatal(err)
		}
	}
	for key, want := range map[string]bool{"key 1": false, "key 15": false, "key 16": true, "key 19": true} {
		if _, ok, err := s.CachedDocument(ctx, doc.SHA256, "a.jpg", key); ok != want || err != nil {
			t.Errorf("%s: found %v, %v; want %v", key, ok, err, want)
		}
	}
}

func testDecisions(t *testing.T, s store) {
	take(t, s, receipt("c", "a.jpg", "1"))
	first, second := decision(sha("1")), decision("")
	second.Because = "  client confirmed by phone\n"
	if err := s.Decide(ctx, "c", []pipeline.Decision{first, second}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Decisions(ctx, "c"); err != nil || !reflect.DeepEqual(got, []pipeline.Decision{first, second}) {
		t.Errorf("Decisions = %+v, %v", got, err)
	}
	if c := look(t, s, "c"); c.Revision != 2 {
		t.Errorf("revision %d: a decision is a change, and two at once are one", c.Revision)
	}
	for what, spoil := range map[string]func(d *pipeline.Decision){
		"nobody":         func(d *pipeline.Decision) { d.Who = " " },
		"no reason":      func(d *pipeline.Decision) { d.Because = "" },
		"no check":       func(d *pipeline.Decision) { d.Check = "" },
		"no fingerprint": func(d *pipeline.Decision) { d.Fingerprint = "" },
		"odd document":   func(d *pipeline.Decision) { d.Document = "a.jpg" },
	} {
		bad := first
		spoil(&bad)
		if err := s.Decide(ctx, "c", []pipeline.Decision{first, bad}); err == nil {
			t.Errorf("%s: recorded", what)
		}
	}
	if err := s.Decide(ctx, "c", nil); err != nil {
		t.Error(err)
	}
	if got, _ := s.Decisions(ctx, "c"); len(got) != 2 || look(t, s, "c").Revision != 2 {
		t.Errorf("refused decisions left traces: %+v", got)
	}
}

func testBundles(t *testing.T, s store) {
	take(t, s, receipt("c", "a.jpg", "1"))
	if err := s.RecordBundle(ctx, "c", 1, sha("zip"), t0); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("a bundle of no report: %v", err)
	}
	store1(t, s, "c", 1)
	for i := range 2 {
		if err := s.RecordBundle(ctx, "c", 1, sha("zip"), t0.Add(time.Duration(i)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.RecordBundle(ctx, "c", 1, sha("other zip"), t0); err != nil {
		t.Fatal(err)
	}
	want := []ledger.Bundle{{1, sha("zip"), t0}, {1, sha("other zip"), t0}}
	if got, err := s.Bundles(ctx, "c"); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Bundles = %+v, %v; want %+v", got, err, want)
	}
	if err := s.RecordBundle(ctx, "c", 1, "zip", t0); err == nil {
		t.Error("recorded without a SHA-256")
	}
}

func testIgnored(t *testing.T, s store) {
	link := pipeline.Ignored{Path: "/inbox/b/link", Reason: pipeline.IgnoreSymlink, At: t0}
	bad := pipeline.Ignored{Path: "/inbox/a/x.jpg", Reason: pipeline.IgnoreUnreadable, Detail: "permission denied", At: t0}
	for _, e := range []pipeline.Ignored{link, bad, link} {
		if err := s.Ignore(ctx, e); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.IgnoredEntries(ctx); err != nil || !reflect.DeepEqual(got, []pipeline.Ignored{bad, link}) {
		t.Errorf("IgnoredEntries = %+v, %v", got, err)
	}
	bad.Detail, bad.At = "input/output error", t0.Add(time.Minute)
	if err := s.Ignore(ctx, bad); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{link.Path, link.Path, "/never/heard/of"} {
		if err := s.ForgetIgnored(ctx, path); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.IgnoredEntries(ctx); err != nil || !reflect.DeepEqual(got, []pipeline.Ignored{bad}) {
		t.Errorf("IgnoredEntries = %+v, %v; want the later word alone", got, err)
	}
	if err := s.Ignore(ctx, pipeline.Ignored{Path: "/x"}); err == nil {
		t.Error("ignored without a reason")
	}
}

func testStatus(t *testing.T, s store) {
	verdicts := map[string]pipeline.Verdict{"a": pipeline.VerdictPass, "b": pipeline.VerdictReview, "c": pipeline.VerdictFail, "d": ""}
	for _, name := range []string{"d", "c", "b", "a", pipeline.Unsorted} {
		take(t, s, receipt(name, "1.jpg", name+" 1"))
		take(t, s, receipt(name, "2.jpg", name+" 2"))
		take(t, s, receipt(name, "2 again.jpg", name+" 2"))
		if v := verdicts[name]; v != "" {
			if _, err := s.StoreReport(ctx, name, 2, report(name, v)); err != nil {
				t.Fatal(err)
			}
		}
	}
	take(t, s, receipt("c", "2.jpg", "c 3"))
	if err := s.Ignore(ctx, pipeline.Ignored{Path: "/x", Reason: pipeline.IgnoreHidden}); err != nil {
		t.Fatal(err)
	}
	got, err := s.Status(ctx)
	if err != nil {
		t.Fatal(err)
	}
	lines := got.Lines
	got.Lines = nil
	want := ledger.Status{Cases: 4, Documents: 9, Pass: 1, Review: 1, Fail: 1, Unreported: 1, Pending: 2, Unsorted: 2, Ignored: 1}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Status = %+v, want %+v", got, want)
	}
	for i, want := range []string{"a 2 1 pass false", "b 2 1 review false", "c 3 1 fail true", "d 2 0  true"} {
		n := lines[i]
		if got := fmt.Sprint(n.Name, " ", n.Documents, " ", n.Version, " ", n.Verdict, " ", n.Pending); got != want {
			t.Errorf("line %d is %q, want %q", i, got, want)
		}
	}
}

func testPurge(t *testing.T, s store) {
	mine := receipt("gone", "id.jpg", "only here")
	take(t, s, mine)
	take(t, s, receipt("gone", "id.jpg", "only here, newer"))
	take(t, s, receipt("gone", "letter.jpg", "also elsewhere"))
	take(t, s, receipt("stays", "letter.jpg", "also elsewhere"))
	take(t, s, receipt("had it", "old.jpg", "also in a history"))
	take(t, s, receipt("had it", "old.jpg", "newer"))
	take(t, s, receipt("gone", "old.jpg", "also in a history"))
	take(t, s, receipt(pipeline.Unsorted, "tray.jpg", "from the tray"))
	if _, err := s.Move(ctx, pipeline.Unsorted, "tray.jpg", "gone"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RecordAnswers(ctx, "gone", []byte("x"), t0); err != nil {
		t.Fatal(err)
	}
	if err := s.Decide(ctx, "gone", []pipeline.Decision{decision("")}); err != nil {
		t.Fatal(err)
	}
	store1(t, s, "gone", look(t, s, "gone").Revision)
	if err := s.RecordBundle(ctx, "gone", 1, sha("zip"), t0); err != nil {
		t.Fatal(err)
	}
	if err := s.StoreDocument(ctx, "k", pipeline.Document{SHA256: mine.SHA256, Path: "id.jpg"}); err != nil {
		t.Fatal(err)
	}
	before := look(t, s, "stays").Revision

	if err := s.Purge(ctx, "gone"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Case(ctx, "gone"); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("Case = %v", err)
	}
	if _, ok, _ := s.Seen(ctx, mine.Path, mine.Bytes, mine.Modified); ok {
		t.Error("its files still count as taken in")
	}
	if _, ok, _ := s.CachedDocument(ctx, mine.SHA256, "id.jpg", "k"); ok {
		t.Error("its results are still there")
	}
	if list, _ := s.Unprojected(ctx); len(list) != 0 {
		t.Errorf("still to be written out: %v", list)
	}
	if c := look(t, s, "stays"); c.Revision != before+1 || docs(c) != "letter.jpg=also elsewhere" {
		t.Errorf("the other case: revision %d (was %d), %s", c.Revision, before, docs(c))
	}
	want := []string{sha("only here"), sha("only here, newer"), sha("from the tray")}
	slices.Sort(want)
	if got, err := s.Removals(ctx); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Removals = %v, %v; want %v", got, err, want)
	}
	// One is received again before the vault has removed it.
	take(t, s, receipt("again", "id.jpg", "only here"))
	if got, _ := s.Removals(ctx); slices.Contains(got, sha("only here")) || len(got) != 2 {
		t.Errorf("Removals = %v: what was received again must stay", got)
	}
	for _, text := range []string{"only here, newer", "from the tray"} {
		if err := s.Removed(ctx, sha(text)); err != nil {
			t.Fatal(err)
		}
	}
	if got, _ := s.Removals(ctx); len(got) != 0 {
		t.Errorf("Removals = %v", got)
	}
}

func testReopen(t *testing.T, open func() store) {
	s := open()
	take(t, s, receipt("c", "a.jpg", "1"))
	store1(t, s, "c", 1)
	take(t, s, receipt("c", "b.jpg", "2"))
	before := look(t, s, "c")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open()
	if after := look(t, s, "c"); !reflect.DeepEqual(after, before) {
		t.Errorf("after opening again\n%+v, before\n%+v", after, before)
	}
	if work, _ := s.Pending(ctx, 1); len(work) != 1 {
		t.Error("the work is forgotten")
	}
}

// Two processes take in the same files and examine the same cases: everything once.
func testTwoHandles(t *testing.T, open func() store) {
	const files, cases = 60, 3
	handles := []store{open(), open(), open()}
	standings := make(chan pipeline.Standing, files*len(handles))
	var wg sync.WaitGroup
	for _, s := range handles {
		wg.Go(func() { // takes in
			for i := range files {
				got, err := s.TakeIn(ctx, receipt(fmt.Sprint("case ", i%cases), fmt.Sprint(i, ".jpg"), fmt.Sprint(i)))
				if err != nil {
					t.Error(err)
				}
				standings <- got
			}
		})
		wg.Go(func() { // examines
			for range files {
				work, err := s.Pending(ctx, cases)
				if err != nil {
					t.Error(err)
				}
				for _, w := range work {
					if _, err := s.StoreReport(ctx, w.Case, w.Revision, report(w.Case, pipeline.VerdictPass)); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	close(standings)
	count := map[pipeline.Standing]int{}
	for got := range standings {
		count[got]++
	}
	if count[pipeline.StandingNew] != files || count[pipeline.StandingSame] != files*(len(handles)-1) {
		t.Errorf("standings %v, want each file new once", count)
	}
	for i := range cases {
		name := fmt.Sprint("case ", i)
		c := look(t, handles[i], name)
		if len(c.Documents) != files/cases || c.Revision != files/cases {
			t.Errorf("%s: %d documents at revision %d, want %d of both", name, len(c.Documents), c.Revision, files/cases)
		}
		lines, err := handles[i].Reports(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		for j, r := range lines {
			if r.Version != j+1 || j > 0 && r.Revision <= lines[j-1].Revision {
				t.Errorf("%s: reports %+v", name, lines)
			}
		}
	}
}

// receipt is a receipt of a file whose bytes are the text given.
func receipt(caseName, name, bytes string) pipeline.Receipt {
	return pipeline.Receipt{Case: caseName, Name: name, Path: "/inbox/" + caseName + "/" + name, SHA256: sha(bytes),
		Bytes: int64(len(bytes)), Modified: t0.Add(-time.Hour), At: t0}
}

// page is a receipt of a page taken out of another file.
func page(of pipeline.Receipt, n int, bytes string) pipeline.Receipt {
	r := receipt(of.Case, fmt.Sprintf("%s/page-%d.jpg", of.Name, n), bytes)
	r.Path = of.Path
	r.Origin = &checks.Origin{Name: of.Name, SHA256: of.SHA256, Page: n}
	return r
}

var texts sync.Map // from SHA-256 back to the text, for messages

func sha(text string) string {
	sum := sha256.Sum256([]byte(text))
	s := hex.EncodeToString(sum[:])
	texts.Store(s, text)
	return s
}

func report(caseName string, v pipeline.Verdict) *pipeline.Case {
	return &pipeline.Case{Schema: pipeline.CaseSchema, Case: caseName, Verdict: v, GeneratedAt: t0, Path: checks.Organization,
		Answers: map[string]string{"company": "某某公司"}, Documents: []pipeline.Document{{Path: "a.jpg", SHA256: sha("1")}}}
}

func decision(document string) pipeline.Decision {
	return pipeline.Decision{Check: "edits/metadata", Code: "editor_named", Document: document, Fingerprint: "0123456789abcdef",
		Who: "李四", When: t0, Because: "client confirmed"}
}

func take(t testing.TB, s store, r pipeline.Receipt) pipeline.Standing {
	t.Helper()
	got, err := s.TakeIn(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func look(t testing.TB, s store, name string) ledger.Case {
	t.Helper()
	c, err := s.Case(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func store1(t testing.TB, s store, name string, revision int64) {
	t.Helper()
	if _, err := s.StoreReport(ctx, name, revision, report(name, pipeline.VerdictPass)); err != nil {
		t.Fatal(err)
	}
}

// docs renders the current documents of a case as name=bytes.
func docs(c ledger.Case) string {
	var all []string
	for _, d := range c.Documents {
		text, _ := texts.Load(d.SHA256)
		all = append(all, fmt.Sprintf("%s=%v", d.Name, text))
	}
	return strings.Join(all, ", ")
}

func elsewhere(t testing.TB, s store, name string) string {
	t.Helper()
	list, err := s.Elsewhere(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range list {
		all = append(all, fmt.Sprintf("%s is %s/%s", e.Name, e.Case, e.OtherName))
	}
	return strings.Join(all, ", ")
}
