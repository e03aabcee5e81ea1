// Package number knows the numbers of a registration: the resident identity number, the unified
// social credit code, the organisation code and the licence number of the old style.
//
// What lives here: their alphabets, check characters and inner structure, the table of region
// codes, and the search for what was meant when a number is wrong by one slip. What must not:
// pictures, cases, severities, and wording for people; checks/casefile and the readers of pictures
// do that.
//
// Every standard catches every single wrong character by its check character; which one it was, a
// check character alone cannot tell. The other facts in a number (a date, a region, a code inside
// the code) narrow it down, and Suggest says how far.
package number

import (
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// A Fault is one thing that is wrong with a number.
type Fault struct {
	Code FaultCode
	At   int // index of the character it is about, from 0; -1: the number as a whole
	// Detail says what was found or expected, without the number itself: "month 13", "17 of 18".
	Detail string
}

// A FaultCode names a kind of fault.
type FaultCode string

// The kinds of fault, in the order in which they are looked for.
const (
	Length    FaultCode = "length"    // too many or too few characters
	Character FaultCode = "character" // a character the number's alphabet does not have
	Check     FaultCode = "check"     // the check character does not fit the others
	Structure FaultCode = "structure" // a registering department or category that the standard does not list
	InnerCode FaultCode = "inner"     // characters 9 to 17 of a credit code are no valid organisation code
	Date      FaultCode = "date"      // the day of birth does not exist or has not come yet
	Region    FaultCode = "region"    // no such region code, or not one of its time
	Zeros     FaultCode = "zeros"     // nothing but zeros, which passes the sum and names nobody
	Form      FaultCode = "form"      // the characters are right, the way of writing is not: a hyphen is missing
)

// Has reports whether a fault of that kind is among faults.
func Has(faults []Fault, code FaultCode) bool {
	for _, f := range faults {
		if f.Code == code {
			return true
		}
	}
	return false
}

// Normalize brings a number as typed or read into the form the standards are written for: digits
// and capitals of one width, without the spaces and hyphens that people put in for reading.
func Normalize(s string) string {
	s = strings.ToUpper(norm.NFKC.String(s))
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '-', '‐', '‑', '‒', '–', '—', '−', '·', '.', '\u200b', '\ufeff':
			return -1
		}
		return r
	}, s)
}

// lengthFault says that s has another number of characters than wanted.
func lengthFault(have, want int) Fault {
	return Fault{Code: Length, At: -1, Detail: fmt.Sprintf("%d of %d", have, want)}
}

// strangers lists a fault for every character of s that is not in alphabet.
func strangers(s, alphabet string) (faults []Fault) {
	at := 0
	for _, r := range s {
		if !strings.ContainsRune(alphabet, r) {
			faults = append(faults, Fault{Code: Character, At: at, Detail: string(r)})
		}
		at++
	}
	return faults
}

const digits = "0123456789"
