package number

import "strings"

// licenseCheckHolds reports whether the 15 digits of s agree by ISO 7064 MOD 11,10, the check of
// GS 15-2006.
func licenseCheckHolds(s string) bool {
	p := 10
	for i := range 14 {
		m := (p + int(s[i]-'0')) % 10
		if m == 0 {
			m = 10
		}
		p = 2 * m % 11
	}
	return (p+int(s[14]-'0'))%10 == 1
}

// ParseLicenseNumber reads a business licence number of the style before 2015: 15 digits with a
// check digit (GS 15-2006), or the 13 digits without one that were given until 2007. It returns the
// number normalized, and what is wrong with it; 13 digits carry the fault Form, since nothing about
// them can be proved.
func ParseLicenseNumber(s string) (string, []Fault) {
	s = Normalize(s)
	faults := strangers(s, digits)
	switch n := len([]rune(s)); {
	case n != 13 && n != 15:
		return s, append([]Fault{lengthFault(n, 15)}, faults...)
	case len(faults) > 0:
		return s, faults
	case strings.Trim(s, "0") == "":
		return s, []Fault{{Code: Zeros, At: -1}}
	case n == 13:
		return s, []Fault{{Code: Form, At: -1, Detail: "13 of 15"}}
	}
	if !licenseCheckHolds(s) {
		faults = append(faults, Fault{Code: Check, At: -1})
	}
	return s, faults
}
