package deadline

import (
	"testing"
	"time"

	"dossier/checks"

	"pgregory.net/rapid"
)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, China)
	if err != nil {
		panic(err)
	}
	return t
}

func TestWorkingDays(t *testing.T) {
	var c Calendar
	for day, want := range map[string]bool{
		"2014-09-26": true,  // a Friday
		"2014-09-27": false, // a Saturday
		"2014-09-28": true,  // a Sunday, worked to make up for the National Day week
		"2014-10-01": false, "2014-10-07": false, "2014-10-08": true, "2014-10-11": true,
		"2026-02-14": true, // a Saturday, worked for the Spring Festival
		"2026-02-17": false,
		"2024-02-04": true,
	} {
		if got := c.WorkingDay(at(day + " 12:00")); got != want {
			t.Errorf("%s: working day %v, want %v", day, got, want)
		}
	}
}

func TestAddWorkingDays(t *testing.T) {
	var c Calendar
	for _, test := range []struct {
		from string
		n    int
		want string
	}{
		{"2014-09-26 17:00", 7, "2014-10-12 00:00"}, // over the National Day week and both worked weekends
		{"2014-09-15 09:00", 7, "2014-09-25 00:00"},
		{"2014-09-05 09:00", 1, "2014-09-10 00:00"}, // Mid-Autumn: Monday 8 September is off
		{"2014-09-15 23:59", 0, "2014-09-16 00:00"},
	} {
		got, known := c.AddWorkingDays(at(test.from), test.n)
		if !got.Equal(at(test.want)) || !known {
			t.Errorf("%d working days after %s: %v (known %v), want %s", test.n, test.from, got, known, test.want)
		}
	}
}

// A day in China is a day in China wherever the machine stands.
func TestDaysAreChinas(t *testing.T) {
	var c Calendar
	evening := time.Date(2014, 9, 26, 17, 0, 0, 0, time.UTC) // Saturday 01:00 in China
	if c.WorkingDay(evening) {
		t.Error("it is Saturday in China")
	}
}

// When the library's years run out it is said, and a desk can give the days itself.
func TestYearsThatAreNotAnnounced(t *testing.T) {
	var c Calendar
	if _, known := c.AddWorkingDays(at("2062-09-29 09:00"), 7); known {
		t.Error("the holidays of 2062 cannot be known")
	}
	c = Calendar{Off: []string{"2062-10-02", "2062-10-03"}, Work: []string{"2062-10-07"}}
	got, known := c.AddWorkingDays(at("2062-09-29 09:00"), 3) // a Friday; then 3 of October on
	if !known || !got.Equal(at("2062-10-07 00:00")) {
		t.Errorf("%v (known %v)", got, known)
	}
	if c.WorkingDay(at("2062-10-02 09:00")) || !c.WorkingDay(at("2062-10-07 09:00")) {
		t.Error("the desk's own days do not count")
	}
}

func TestMoreDaysAreNeverEarlier(t *testing.T) {
	var c Calendar
	rapid.Check(t, func(t *rapid.T) {
		from := at("2010-01-01 00:00").AddDate(0, 0, rapid.IntRange(0, 6000).Draw(t, "day"))
		n := rapid.IntRange(0, 40).Draw(t, "n")
		a, _ := c.AddWorkingDays(from, n)
		b, _ := c.AddWorkingDays(from, n+1)
		if !a.Before(b) || a.Before(from) {
			t.Fatalf("%d days after %v: %v, %d: %v", n, from, a, n+1, b)
		}
		if n > 0 && !c.WorkingDay(a.Add(-time.Hour)) {
			t.Fatalf("the last of %d working days after %v is none: %v", n, from, a)
		}
	})
}

func TestDue(t *testing.T) {
	for _, test := range []struct {
		path   checks.Path
		events []checks.Event
		want   map[string]string
	}{
		{checks.Organization, nil, nil},
		{checks.Organization, []checks.Event{{State: Submitted, At: at("2014-09-26 10:00")}},
			map[string]string{"open_link": "2014-09-28 10:00", "registration_open": "2014-10-26 10:00"}},
		{checks.Organization, []checks.Event{{State: Submitted, At: at("2014-09-25 10:00")}, {State: LinkOpened, At: at("2014-09-26 11:00")}},
			map[string]string{"answer": "2014-10-12 00:00"}},
		{checks.Individual, []checks.Event{{State: Refused, At: at("2014-09-26 10:00"), Code: "-39"}}, map[string]string{"resubmit": "2014-10-26 10:00"}},
		{checks.Individual, []checks.Event{{State: Approved, At: at("2014-09-26 10:00")}}, map[string]string{"verify_again": "2015-09-26 10:00"}},
		{checks.Individual, []checks.Event{{State: Closed, At: at("2014-09-26 10:00")}}, nil},
		{checks.Overseas, []checks.Event{{State: Submitted, At: at("2014-09-15 10:00")}}, map[string]string{"follow_up": "2014-09-29 00:00"}},
	} {
		items := Due(test.path, test.events, DefaultTerms, Calendar{})
		if len(items) != len(test.want) {
			t.Errorf("%s %v: %+v, want %v", test.path, test.events, items, test.want)
		}
		for _, i := range items {
			if !i.By.Equal(at(test.want[i.ID])) || i.What.En == "" || i.What.Zh == "" || i.On == "" {
				t.Errorf("%s: %+v, want by %s", i.ID, i, test.want[i.ID])
			}
			if i.Late(i.By) || !i.Late(i.By.Add(time.Second)) {
				t.Errorf("%s is late at the wrong moment", i.ID)
			}
		}
	}
}

func TestEveryRefusalIsExplained(t *testing.T) {
	for _, code := range RefusalCodes() {
		means, todo, ok := RefusalMeans(code)
		if !ok || means.En == "" || means.Zh == "" || todo.En == "" || todo.Zh == "" {
			t.Errorf("%s: %+v, %+v", code, means, todo)
		}
	}
	if _, _, ok := RefusalMeans("-999"); ok {
		t.Error("a code that is not on record is explained")
	}
}

func TestStatesFollowEachOther(t *testing.T) {
	for _, s := range States() {
		if Title(s).En == "" || Title(s).Zh == "" || Title(s).Zh == string(s) {
			t.Errorf("%s has no title", s)
		}
		for _, n := range Following(s) {
			if !CanFollow(s, n) {
				t.Errorf("%s to %s", s, n)
			}
		}
	}
	for _, wrong := range [][2]checks.State{{Collecting, Approved}, {Closed, Approved}, {Approved, Submitted}, {Submitted, Submitted}} {
		if CanFollow(wrong[0], wrong[1]) {
			t.Errorf("%s cannot follow %s", wrong[1], wrong[0])
		}
	}
}
