package fields

import (
	"strconv"
	"strings"
	"time"
)

// Years that papers can state: the oldest companies' and holders' and the longest terms.
const (
	firstYear = 1870
	lastYear  = 2200
)

// dates finds the days in a text, in any of the ways papers write them: 2014年9月1日, 2014.09.01,
// 2014-9-1, 20140901, 二〇一四年九月一日. A slip that the day's form mends is mended: O for 0 beside digits,
// 曰 or 目 for 日.
func dates(text string) (days []time.Time) {
	var b strings.Builder
	for _, r := range text {
		r = OneWidth(r)
		switch r {
		case 'O', 'o', '〇', '○', '零', 'Q':
			r = '0'
		case 'l', 'I', '|':
			r = '1'
		case '年', '月', '.', '/', '-', '·', ',':
			r = ' '
		case '日', '曰', '目', '号', '至', '到', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '元':
		default:
			if r < '0' || r > '9' {
				if r != ' ' {
					r = ';'
				}
			}
		}
		b.WriteRune(r)
	}
	s := chineseDigits(b.String())
	for _, part := range strings.FieldsFunc(s, func(r rune) bool {
		return r == ';' || r == '至' || r == '到' || r == '日' || r == '曰' || r == '目' || r == '号'
	}) {
		f := strings.Fields(part)
		for len(f) > 0 {
			used := 1
			if t, ok := packed(f[0]); ok {
				days = append(days, t)
			} else if len(f) >= 3 {
				if t, ok := day(f[0], f[1], f[2]); ok {
					days = append(days, t)
					used = 3
				}
			}
			f = f[used:]
		}
	}
	return days
}

// packed reads 20140901.
func packed(s string) (time.Time, bool) {
	if len(s) != 8 {
		return time.Time{}, false
	}
	return day(s[:4], s[4:6], s[6:])
}

func day(y, m, d string) (time.Time, bool) {
	if len(y) != 4 || len(m) > 2 || len(d) > 2 {
		return time.Time{}, false
	}
	year, err1 := strconv.Atoi(y)
	month, err2 := strconv.Atoi(m)
	dd, err3 := strconv.Atoi(d)
	if err1 != nil || err2 != nil || err3 != nil || year < firstYear || year > lastYear || month < 1 || month > 12 || dd < 1 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), dd, 0, 0, 0, 0, time.UTC)
	return t, t.Day() == dd
}

// chineseDigits turns numbers in characters into digits, one for one in a year and by tens in months
// and days: 二0一四 九 一 becomes 2014 9 1.
func chineseDigits(s string) string {
	const ones = "一二三四五六七八九"
	value := func(r rune) int {
		for i, c := range []rune(ones) {
			if c == r {
				return i + 1
			}
		}
		return 0
	}
	r := []rune(strings.ReplaceAll(s, "元", ""))
	var b strings.Builder
	for i := 0; i < len(r); i++ {
		v := value(r[i])
		switch {
		case r[i] == '十':
			before := i > 0 && value(r[i-1]) > 0
			after := i+1 < len(r) && value(r[i+1]) > 0
			switch {
			case !before && !after:
				b.WriteString("10")
			case !before:
				b.WriteString("1")
			case !after:
				b.WriteString("0")
			}
		case v > 0:
			b.WriteString(strconv.Itoa(v))
		default:
			b.WriteRune(r[i])
		}
	}
	return b.String()
}

// written is a day as it is given: YYYY-MM-DD.
func written(t time.Time) string { return t.Format("2006-01-02") }

// forever are the words for a term without end.
var forever = []string{"长期", "永续", "永久", "不约定期限", "无固定期限"}

// until returns the end of a term: the second of two days, a single day that 至 stands before, or 长期.
func until(text string) (string, bool) {
	for _, w := range forever {
		if strings.Contains(text, w) {
			return "长期", true
		}
	}
	switch d := dates(text); {
	case len(d) >= 2:
		return written(d[len(d)-1]), true
	case len(d) == 1 && strings.ContainsAny(text, "至到"):
		if i := strings.IndexAny(text, "至到"); len(dates(text[i:])) == 1 {
			return written(d[0]), true
		}
	}
	return "", false
}
