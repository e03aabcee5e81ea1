package number

import (
	"fmt"
	"strings"
	"time"
)

// ResidentID is what a resident identity number says (GB 11643-1999).
type ResidentID struct {
	Number string // 18 characters, normalized
	Region RegionCode
	Born   time.Time // midnight UTC of the day of birth
	Male   bool
	// From15 is true if the number was given in the 15-digit form that was valid until 2012; Number
	// is what it became.
	From15 bool
}

// residentWeights are the weights of the first 17 digits: 2^(17-i) mod 11 (GB 11643-1999, 3.2, by
// ISO 7064 MOD 11-2).
var residentWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

const residentChecks = "10X98765432"

// residentSum is the weighted sum of the first 17 digits, which must be digits.
func residentSum(s string) int {
	sum := 0
	for i, w := range residentWeights {
		sum += w * int(s[i]-'0')
	}
	return sum
}

// ParseResidentID reads a resident identity number and lists what is wrong with it; now is the day
// before which its holder must be born. The result says as much as could be read. A number without
// faults can still be one that was never given out.
//
// A 15-digit number is turned into the 18-digit one it became in 1999 and carries the fault Form.
func ParseResidentID(s string, now time.Time) (ResidentID, []Fault) {
	s = Normalize(s)
	id := ResidentID{Number: s}
	var faults []Fault
	if len(s) == 15 && strings.Trim(s, digits) == "" {
		s = s[:6] + "19" + s[6:]
		s += string(residentChecks[residentSum(s)%11])
		id.Number, id.From15 = s, true
		faults = append(faults, Fault{Code: Form, At: -1, Detail: "15 of 18"})
	}
	if n := len([]rune(s)); n != 18 {
		return id, append([]Fault{lengthFault(n, 18)}, strangers(s, digits+"X")...)
	}
	if wrong := residentStrangers(s); len(wrong) > 0 {
		return id, append(faults, wrong...)
	}
	if residentChecks[residentSum(s)%11] != s[17] {
		faults = append(faults, Fault{Code: Check, At: -1})
	}
	id.Male = (s[16]-'0')%2 == 1
	born, wrongDate := residentDate(s, now)
	if wrongDate != nil {
		faults = append(faults, *wrongDate)
	} else {
		id.Born = born
	}
	region, ok := RegionOf(s[:6])
	switch {
	case !ok && !unlisted(s[:6], born, wrongDate == nil):
		faults = append(faults, Fault{Code: Region, At: 0, Detail: s[:6]})
	// Numbers are given by the place of first registration, mostly at birth: who was born after a
	// code was given up cannot have it. The reverse proves nothing: late registrations happen. A
	// year's grace, because the table's years are those of the standard's editions.
	case region.Until != 0 && wrongDate == nil && born.Year() > region.Until+1:
		faults = append(faults, Fault{Code: Region, At: 0, Detail: fmt.Sprintf("%s until %d", s[:6], region.Until)})
	}
	id.Region = region
	return id, faults
}

// residentStrangers lists what is no digit, or in the last place neither a digit nor X.
func residentStrangers(s string) []Fault {
	faults := strangers(s, digits)
	if n := len(faults); n > 0 && faults[n-1].At == 17 && faults[n-1].Detail == "X" {
		faults = faults[:n-1]
	}
	return faults
}

// listedFrom is the year from which the table of regions is complete. Counties renamed, merged or
// raised to cities before carried codes that no published edition we know of lists.
const listedFrom = 1995

// unlisted reports whether a region code that is not in the table may still be one of old: its
// province exists and its holder was born when it may have been in force.
func unlisted(code string, born time.Time, haveDate bool) bool {
	_, province := RegionOf(code[:2] + "0000")
	return province && haveDate && born.Year() < listedFrom
}

// earliestBirth is when nobody can be older than who has a number: numbers were given from 1984 on,
// to the then oldest people too. Whether a holder can still be alive is not asked here.
const earliestBirth = 1870

func residentDate(s string, now time.Time) (time.Time, *Fault) {
	year, month, day := number(s[6:10]), number(s[10:12]), number(s[12:14])
	born := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	switch {
	case year < earliestBirth || year > now.Year():
		return born, &Fault{Code: Date, At: 6, Detail: fmt.Sprintf("year %04d", year)}
	case month < 1 || month > 12:
		return born, &Fault{Code: Date, At: 10, Detail: fmt.Sprintf("month %02d", month)}
	case born.Day() != day || born.Month() != time.Month(month):
		return born, &Fault{Code: Date, At: 12, Detail: fmt.Sprintf("day %02d of month %02d", day, month)}
	case born.After(now):
		return born, &Fault{Code: Date, At: 6, Detail: "a day that has not come yet"}
	}
	return born, nil
}

// number is the value of a string of digits, which the caller has checked.
func number(s string) (n int) {
	for _, r := range s {
		n = n*10 + int(r-'0')
	}
	return n
}

// Age is the holder's age in whole years on the day of now. Who is born on 29 February comes of
// age on 1 March of an ordinary year.
func (id ResidentID) Age(now time.Time) int {
	now = now.UTC()
	age := now.Year() - id.Born.Year()
	if now.Month() < id.Born.Month() || now.Month() == id.Born.Month() && now.Day() < id.Born.Day() {
		age--
	}
	return age
}
