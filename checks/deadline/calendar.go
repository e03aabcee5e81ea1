package deadline

import (
	"strconv"
	"sync"
	"time"

	"github.com/6tail/lunar-go/HolidayUtil"
)

// China is the one time zone of the platform and its working days.
var China = time.FixedZone("UTC+8", 8*60*60)

// A Calendar tells China's working days from its days off. The zero value knows what the State
// Council has announced up to the year that the holiday library holds (github.com/6tail/lunar-go,
// from 2001-12-29); Off and Work add what was announced since.
type Calendar struct {
	Off  []string // dates as 2006-01-02: weekdays that are public holidays
	Work []string // Saturdays and Sundays that are worked to make up for holidays
}

// fewestHolidays is how many days of a year the library lists at least when that year's arrangement
// is in it. Every arrangement since 2007 has over thirty; the New Year days before it alone make three.
const fewestHolidays = 20

var announced = func() func(year int) bool {
	var mu sync.Mutex
	known := map[int]bool{}
	return func(year int) bool {
		mu.Lock()
		defer mu.Unlock()
		have, ok := known[year]
		if !ok {
			have = HolidayUtil.GetHolidaysByYear(year).Len() >= fewestHolidays
			known[year] = have
		}
		return have
	}
}()

// Knows reports whether the year's holidays have been announced, to the library or in c. For a year
// it does not know, WorkingDay goes by the weekday alone, and holidays are missed.
func (c Calendar) Knows(year int) bool {
	prefix := strconv.Itoa(year) + "-"
	for _, list := range [][]string{c.Off, c.Work} {
		for _, day := range list {
			if len(day) > 5 && day[:5] == prefix {
				return true
			}
		}
	}
	return announced(year)
}

// WorkingDay reports whether offices in China work on the day of t (in China).
func (c Calendar) WorkingDay(t time.Time) bool {
	t = t.In(China)
	day := t.Format(time.DateOnly)
	for _, d := range c.Off {
		if d == day {
			return false
		}
	}
	for _, d := range c.Work {
		if d == day {
			return true
		}
	}
	if h := HolidayUtil.GetHoliday(day); h != nil {
		return h.IsWork()
	}
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
}

// AddWorkingDays returns the end (midnight, China) of the n-th working day after the day of t. known
// is false if a year on the way has no announced holidays: the day may come later by some days then.
func (c Calendar) AddWorkingDays(t time.Time, n int) (end time.Time, known bool) {
	t = t.In(China)
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, China)
	known = c.Knows(day.Year())
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		known = known && c.Knows(day.Year())
		if c.WorkingDay(day) {
			n--
		}
	}
	return day.AddDate(0, 0, 1), known
}
