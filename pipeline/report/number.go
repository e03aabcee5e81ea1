package report

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// groupDigits writes n with commas between thousands.
func groupDigits[T int | int64](n T) string { return groupDecimal(strconv.FormatInt(int64(n), 10)) }

// groupDecimal puts commas into the integer part of a decimal number.
func groupDecimal(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	if fraction != "" {
		b.WriteString("." + fraction)
	}
	return b.String()
}

// formatValue writes a measured value: whole numbers in full, others with four significant
// digits, which is finer than any limit of ours is set.
func formatValue(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return groupDecimal(strconv.FormatFloat(v, 'f', 0, 64))
	}
	if a := math.Abs(v); a >= 1e-4 && a < 1e15 {
		digits := max(0, 3-int(math.Floor(math.Log10(a))))
		s := strconv.FormatFloat(v, 'f', digits, 64)
		if strings.Contains(s, ".") {
			s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
		}
		return groupDecimal(s)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// longNumber finds the numbers of a "want" that are read more easily with commas; five digits
// and more, so that a year stays a year.
var longNumber = regexp.MustCompile(`\b[0-9]{5,}\b`)

// formatWant turns the notation of Measure.Want ("<= 2097152") into what people read.
func formatWant(want string) string {
	want = strings.NewReplacer("<=", "≤", ">=", "≥", "!=", "≠").Replace(want)
	return longNumber.ReplaceAllStringFunc(want, groupDecimal)
}

// formatBytes rounds a size for a glance. Megabytes are 1,000,000 bytes, as file managers and
// the platform's own "2M" warn first; the exact count always stands beside it on the page.
func formatBytes(n int64) string {
	switch {
	case n < 1000:
		return strconv.FormatInt(n, 10) + " B"
	case n < 1000*1000:
		return strconv.FormatFloat(float64(n)/1000, 'f', 0, 64) + " kB"
	case n < 1000*1000*1000:
		return strconv.FormatFloat(float64(n)/1e6, 'f', 2, 64) + " MB"
	}
	return strconv.FormatFloat(float64(n)/1e9, 'f', 2, 64) + " GB"
}

// formatTime writes a moment in the zone it was recorded in, to the minute.
func formatTime(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.Format("2006-01-02 15:04 -07:00")
}

func shortHash(s string) string {
	const shown = 12 // enough to tell a desk's million documents apart
	if len(s) > shown {
		return s[:shown]
	}
	return s
}
