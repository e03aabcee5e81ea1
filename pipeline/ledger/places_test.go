package ledger_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dossier/checks"
	"dossier/pipeline/ledger"
)

func key(s string) string { return strings.Repeat("0", 64-len(s)) + s }

func idPlace(k string) []ledger.Place {
	return []ledger.Place{{Field: checks.FieldIDNumber, Key: key(k), Masked: "110***02X"}}
}

// takePlace makes the case if need be and takes its places; it returns the rank of the first.
func takePlace(t testing.TB, l *ledger.Ledger, name string, places []ledger.Place) int {
	t.Helper()
	if err := l.SetPath(ctx, name, checks.Organization); err != nil {
		t.Fatal(err)
	}
	ranks, err := l.TakePlaces(ctx, name, places)
	if err != nil {
		t.Fatal(err)
	}
	if len(ranks) == 0 {
		return -1
	}
	return ranks[0].Before
}

func record(t testing.TB, l *ledger.Ledger, name string, states ...checks.State) {
	t.Helper()
	for i, s := range states {
		if err := l.RecordEvent(ctx, name, checks.Event{State: s, At: time.Unix(int64(i), 0), Who: "clerk"}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPlacesAreTakenInTurn(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "ledger.db"))
	for i, name := range []string{"a", "b", "c"} {
		if got := takePlace(t, l, name, idPlace("1")); got != i {
			t.Errorf("%s has %d before it, want %d", name, got, i)
		}
	}
	// Asking again changes nothing, in any order.
	for i, name := range []string{"c", "a", "b"} {
		if got, want := takePlace(t, l, name, idPlace("1")), []int{2, 0, 1}[i]; got != want {
			t.Errorf("%s asked again has %d before it, want %d", name, got, want)
		}
	}
	if got := takePlace(t, l, "d", idPlace("2")); got != 0 {
		t.Errorf("another ID has %d before it", got)
	}
	ranks, err := l.TakePlaces(ctx, "c", idPlace("1"))
	if err != nil || !slices.Equal(ranks[0].Cases, []string{"a", "b"}) || ranks[0].Masked != "110***02X" {
		t.Errorf("%+v, %v", ranks, err)
	}
}

// A corrected number gives the old place back; who came behind moves up and is examined again.
func TestPlacesAreGivenBack(t *testing.T) {
	for name, giveBack := range map[string]func(t *testing.T, l *ledger.Ledger){
		"another number": func(t *testing.T, l *ledger.Ledger) { takePlace(t, l, "a", idPlace("2")) },
		"no number":      func(t *testing.T, l *ledger.Ledger) { takePlace(t, l, "a", nil) },
		"closed":         func(t *testing.T, l *ledger.Ledger) { record(t, l, "a", checks.Submitted, checks.Closed) },
		"purged": func(t *testing.T, l *ledger.Ledger) {
			if err := l.Purge(ctx, "a"); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t, filepath.Join(t.TempDir(), "ledger.db"))
			takePlace(t, l, "a", idPlace("1"))
			takePlace(t, l, "b", idPlace("1"))
			before, err := l.Case(ctx, "b")
			if err != nil {
				t.Fatal(err)
			}
			giveBack(t, l)
			after, err := l.Case(ctx, "b")
			if err != nil {
				t.Fatal(err)
			}
			if after.Revision <= before.Revision || !after.Pending {
				t.Error("b is not examined again though it has moved up")
			}
			if got := takePlace(t, l, "b", idPlace("1")); got != 0 {
				t.Errorf("b has %d before it", got)
			}
		})
	}
}

// An account that exists keeps its place: closed, and even purged.
func TestAccountsKeepTheirPlaces(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "ledger.db"))
	takePlace(t, l, "a", idPlace("1"))
	takePlace(t, l, "b", idPlace("1"))
	record(t, l, "a", checks.Submitted, checks.LinkOpened, checks.Approved, checks.Closed)
	if got := takePlace(t, l, "a", idPlace("1")); got != 0 {
		t.Errorf("a itself has %d before it", got)
	}
	if got := takePlace(t, l, "b", idPlace("1")); got != 1 {
		t.Errorf("b has %d before it, want the account of a", got)
	}
	if err := l.Purge(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	ranks, err := l.TakePlaces(ctx, "b", idPlace("1"))
	if err != nil || ranks[0].Before != 1 || len(ranks[0].Cases) != 0 {
		t.Errorf("after the purge: %+v, %v", ranks, err)
	}
}

func TestAClosedCaseTakesNoPlace(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "ledger.db"))
	takePlace(t, l, "a", idPlace("1"))
	record(t, l, "a", checks.Closed)
	if got := takePlace(t, l, "a", idPlace("1")); got != -1 {
		t.Errorf("a closed case holds a place, with %d before it", got)
	}
	record(t, l, "a", checks.Collecting) // taken up again
	if got := takePlace(t, l, "a", idPlace("1")); got != 0 {
		t.Errorf("taken up again it has %d before it", got)
	}
}

// Whoever races for the last place, every rank is given once: in one process and through two ledgers
// on the same file, as two processes have it.
func TestOneWinsTheLastPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	ledgers := []*ledger.Ledger{open(t, path), open(t, path)}
	const racers = 24
	for i := range racers {
		if err := ledgers[0].SetPath(ctx, fmt.Sprint("case", i), checks.Individual); err != nil {
			t.Fatal(err)
		}
	}
	ranks := make([]int, racers)
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range racers {
		wg.Go(func() {
			<-start
			got, err := ledgers[i%2].TakePlaces(ctx, fmt.Sprint("case", i), idPlace("1"))
			if err != nil {
				t.Error(err)
				return
			}
			ranks[i] = got[0].Before
		})
	}
	close(start)
	wg.Wait()
	slices.Sort(ranks)
	for i, r := range ranks {
		if r != i {
			t.Fatalf("ranks %v: one was given twice", ranks)
		}
	}
}

func TestEvents(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "ledger.db"))
	if err := l.SetPath(ctx, "a", checks.Organization); err != nil {
		t.Fatal(err)
	}
	var wrong *ledger.StateError
	if err := l.RecordEvent(ctx, "a", checks.Event{State: checks.Approved, Who: "clerk"}); !errors.As(err, &wrong) || !strings.Contains(wrong.Hint().En, "submitted") {
		t.Errorf("approved before it was submitted: %v", err)
	}
	at := time.Date(2014, 9, 15, 2, 0, 0, 0, time.UTC)
	for _, e := range []checks.Event{
		{State: checks.Submitted, At: at, Who: "clerk"},
		{State: checks.Refused, At: at.Add(time.Hour), Who: "clerk", Code: "-39", Note: "图片"},
		{State: checks.Submitted, At: at.Add(2 * time.Hour), Who: "clerk", Number: "A-1"},
	} {
		if err := l.RecordEvent(ctx, "a", e); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.RecordEvent(ctx, "a", checks.Event{State: checks.LinkOpened, At: at, Who: "clerk"}); err == nil {
		t.Error("an event before the last is recorded")
	}
	if err := l.RecordEvent(ctx, "a", checks.Event{State: checks.LinkOpened, At: at.Add(3 * time.Hour)}); err == nil {
		t.Error("an event without a name is recorded")
	}
	if err := l.RecordEvent(ctx, "nobody", checks.Event{State: checks.Submitted, At: at, Who: "clerk"}); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("a case that does not exist: %v", err)
	}
	events, err := l.Events(ctx, "a")
	if err != nil || len(events) != 3 || events[1].Code != "-39" || events[1].Note != "图片" || !events[2].At.Equal(at.Add(2*time.Hour)) || events[2].Number != "A-1" {
		t.Errorf("%+v, %v", events, err)
	}
	all, err := l.AllEvents(ctx)
	if err != nil || len(all) != 1 || len(all["a"]) != 3 {
		t.Errorf("%+v, %v", all, err)
	}
	c, err := l.Case(ctx, "a")
	if err != nil || !c.Pending {
		t.Errorf("an event leaves the case unexamined: %+v, %v", c, err)
	}
}

// BenchmarkPlaces: the answer to "how many before" among ten thousand cases.
func BenchmarkPlaces(b *testing.B) {
	l := open(b, filepath.Join(b.TempDir(), "ledger.db"))
	for i := range 10_000 {
		takePlace(b, l, fmt.Sprint("case", i), []ledger.Place{
			{Field: checks.FieldIDNumber, Key: key(fmt.Sprint(i / 4)), Masked: "x"}, {Field: checks.FieldMobile, Key: key(fmt.Sprint(i / 5)), Masked: "x"}})
	}
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		n := i % 10_000
		if got := takePlace(b, l, fmt.Sprint("case", n), []ledger.Place{
			{Field: checks.FieldIDNumber, Key: key(fmt.Sprint(n / 4)), Masked: "x"}, {Field: checks.FieldMobile, Key: key(fmt.Sprint(n / 5)), Masked: "x"}}); got != n%4 {
			b.Fatalf("case %d has %d before it", n, got)
		}
	}
}
