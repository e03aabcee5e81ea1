package number

import (
	"slices"
	"strings"
	"time"
)

// A Slip is a way in which one number becomes another under somebody's hand.
type Slip string

// The slips that are looked for: one character for another, and two neighbours swapped. More than
// one at a time are not: the candidates would be too many to be of use.
const (
	Substitution  Slip = "substitution"
	Transposition Slip = "transposition"
)

// A Candidate is a valid number that a wrong one may have been meant to be.
type Candidate struct {
	Number string
	Slip   Slip
	At     int     // index of the character that differs, of the first of two for a transposition
	Weight float64 // how likely among the candidates: they add up to 1
}

// How often typists slip, relative to a substitution by any other character. The figures follow the
// order found for transcribed digits (Verhoeff 1969: single substitutions by far the most frequent,
// neighbours swapped next); within the substitutions, keys beside each other and characters that look
// alike stand out. They only order the candidates: whether one is possible is decided by the
// standards. Nothing sacred about them.
const (
	weightPlain         = 1
	weightNeighbourKey  = 6
	weightLookAlike     = 8
	weightTransposition = 7
)

// lookAlikes are characters that are taken for each other on paper and by machines that read.
var lookAlikes = []string{"0OQD", "1IL7", "2Z", "5S6", "8B3", "6G", "4A", "UV", "MN", "38", "69", "17", "CG", "EF", "PR", "KX", "HN", "WVM", "08"}

// keyRows are the rows of keys people type numbers on, each a line from left to right.
var keyRows = []string{"1234567890", "789", "456", "123", "741", "852", "963", "0147", "0258", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"}

func slipWeight(was, is byte) float64 {
	weight := float64(weightPlain)
	for _, row := range keyRows {
		i, j := strings.IndexByte(row, was), strings.IndexByte(row, is)
		if i >= 0 && j >= 0 && (i-j == 1 || j-i == 1) {
			weight = weightNeighbourKey
		}
	}
	for _, set := range lookAlikes {
		if strings.IndexByte(set, was) >= 0 && strings.IndexByte(set, is) >= 0 {
			weight = weightLookAlike
		}
	}
	return weight
}

// SuggestResidentID lists the valid resident identity numbers that differ from s by one slip, the
// likeliest first. It returns none if s is valid, or is not 18 characters long.
//
// Each is a number that exists by the standard, not one that was given to anybody: a suggestion is
// for looking at the card again, never for filling in.
func SuggestResidentID(s string, now time.Time) []Candidate {
	weigh := func(c string) float64 {
		id, faults := ParseResidentID(c, now)
		if len(faults) > 0 || id.Region.Code == "" {
			return 0 // regions that no table lists are believed when read, not when guessed
		}
		// Who registers an account is of age, and seldom over eighty.
		switch age := id.Age(now); {
		case age < 18:
			return 0.1
		case age > 80:
			return 0.2
		}
		if id.Region.Until != 0 || strings.HasSuffix(id.Region.Code, "00") {
			return 0.3 // most people alive have a code that is still in force, of a district or county
		}
		return 1
	}
	return suggest(s, 18, digits+"X", weigh)
}

// SuggestCreditCode lists the valid unified social credit codes that differ from s by one slip, the
// likeliest first; see SuggestResidentID.
func SuggestCreditCode(s string) []Candidate {
	weigh := func(c string) float64 {
		code, faults := ParseCreditCode(c)
		if len(faults) > 0 {
			return 0
		}
		weight := 1.0
		if code.Department != '9' {
			weight *= 0.2 // companies and sole traders are the ones who register
		} else if code.Category == '3' {
			weight *= 0.2
		}
		if code.Region.Until != 0 {
			weight *= 0.3
		}
		return weight
	}
	return suggest(s, 18, CreditCodeAlphabet, weigh)
}

// SuggestOrganizationCode lists the valid organisation codes that differ from s by one slip, written
// with their hyphen; see SuggestResidentID.
func SuggestOrganizationCode(s string) []Candidate {
	weigh := func(c string) float64 {
		if _, faults := ParseOrganizationCode(c); len(faults) > 1 || !Has(faults, Form) {
			return 0 // written without the hyphen here, which is the only fault it may have
		}
		return 1
	}
	list := suggest(s, 9, organizationAlphabet, weigh)
	for i, c := range list {
		list[i].Number = c.Number[:8] + "-" + c.Number[8:]
	}
	return list
}

// SuggestLicenseNumber lists the valid 15-digit licence numbers that differ from s by one slip; see
// SuggestResidentID.
func SuggestLicenseNumber(s string) []Candidate {
	weigh := func(c string) float64 {
		if _, faults := ParseLicenseNumber(c); len(faults) > 0 {
			return 0
		}
		if _, ok := RegionOf(c[:6]); !ok {
			return 0.1 // offices of the authority have codes of their own
		}
		return 1
	}
	return suggest(s, 15, digits, weigh)
}

// suggest tries every slip on s; weigh is 0 for what is not valid.
func suggest(s string, length int, alphabet string, weigh func(string) float64) []Candidate {
	s = Normalize(s)
	if len(s) != length || len([]rune(s)) != length || weigh(s) > 0 {
		return nil
	}
	var list []Candidate
	try := func(b []byte, slip Slip, at int, weight float64) {
		c := string(b)
		if w := weigh(c); w > 0 {
			list = append(list, Candidate{Number: c, Slip: slip, At: at, Weight: w * weight})
		}
	}
	for i := range length {
		for j := range len(alphabet) {
			if alphabet[j] != s[i] {
				b := []byte(s)
				b[i] = alphabet[j]
				try(b, Substitution, i, slipWeight(alphabet[j], s[i]))
			}
		}
		if i+1 < length && s[i] != s[i+1] {
			b := []byte(s)
			b[i], b[i+1] = b[i+1], b[i]
			try(b, Transposition, i, weightTransposition)
		}
	}
	slices.SortStableFunc(list, func(a, b Candidate) int {
		switch {
		case a.Weight > b.Weight:
			return -1
		case a.Weight < b.Weight:
			return 1
		}
		return strings.Compare(a.Number, b.Number)
	})
	sum := 0.0
	for _, c := range list {
		sum += c.Weight
	}
	for i := range list {
		list[i].Weight /= sum
	}
	return list
}

// Located reports whether the facts in a number beyond its check character say where the slip is:
// every candidate differs in the same place, or in one of the same two neighbours.
func Located(list []Candidate) bool {
	if len(list) == 0 {
		return false
	}
	lo, hi := 1<<30, -1
	for _, c := range list {
		last := c.At
		if c.Slip == Transposition {
			last++
		}
		lo, hi = min(lo, c.At), max(hi, last)
	}
	return hi-lo <= 1
}
