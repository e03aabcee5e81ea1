package report

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"dossier/checks"
)

// Numbers written in groups, as people type and read them out: an ID number as 6 8 4 or in
// fours, a mobile number as 3 4 4.
var groupedNumber = regexp.MustCompile(
	`[0-9]{6}[ -][0-9]{8}[ -]?[0-9]{3}[0-9Xx]|` +
		`[0-9]{4}(?:[ -][0-9]{4}){3}(?:[ -]?[0-9]{1,3}[0-9Xx]?)?|` +
		`1[0-9]{2}[ -][0-9]{4}[ -][0-9]{4}`)

// wordRun finds runs of Latin letters and digits, full-width ones included.
var wordRun = regexp.MustCompile(`[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]{11,}`)

// digitRun finds the digits inside such a run.
var digitRun = regexp.MustCompile(`[0-9０-９]+[XxＸｘ]?`)

// MaskNumbers hides the middle of everything in s that looks like a person's or a company's
// number, for texts that leave the desk: of an ID number (15 or 18 characters) and of a credit
// code the first 3 and last 2 characters stay, of a mobile number the first 3 and last 4, which
// is enough for their owner to recognise them. Times in file names (14 digits, 13 for
// milliseconds) and figures such as 12,192,768 stay as they are.
func MaskNumbers(s string) string {
	s = groupedNumber.ReplaceAllStringFunc(s, func(number string) string {
		digits := strings.NewReplacer(" ", "", "-", "").Replace(number)
		if len(digits) == 11 {
			return hideMiddle(digits, 4)
		}
		return hideMiddle(digits, 2)
	})
	return wordRun.ReplaceAllStringFunc(s, maskRun)
}

// maskText masks both languages.
func maskText(t checks.Text) checks.Text {
	return checks.Text{En: MaskNumbers(t.En), Zh: MaskNumbers(t.Zh)}
}

// maskRun masks one run of letters and digits.
func maskRun(run string) string {
	digits := 0
	for _, r := range run {
		if r >= '0' && r <= '9' || r >= '０' && r <= '９' {
			digits++
		}
	}
	length := utf8.RuneCountInString(run)
	// A credit code of 18 characters has at least ten digits in practice: department, region
	// and organisation code hold few letters. A long word of letters is none.
	if length >= 15 && length <= 20 && digits >= 10 {
		return hideMiddle(run, 2)
	}
	return digitRun.ReplaceAllStringFunc(run, func(number string) string {
		n := utf8.RuneCountInString(strings.TrimRight(number, "XxＸｘ"))
		switch {
		case n >= 15:
			return hideMiddle(number, 2)
		case n == 11 && (number[0] == '1' || strings.HasPrefix(number, "１")):
			return hideMiddle(number, 4)
		}
		return number
	})
}

// hideMiddle keeps the first three and the last tail characters.
func hideMiddle(s string, tail int) string {
	r := []rune(s)
	if len(r) <= 3+tail {
		return s
	}
	return string(r[:3]) + strings.Repeat("*", len(r)-3-tail) + string(r[len(r)-tail:])
}
