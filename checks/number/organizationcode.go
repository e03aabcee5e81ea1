package number

import "strings"

const organizationAlphabet = digits + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// organizationCheck is the check character of the first eight of an organisation code, which must
// be digits or capitals (GB 11714-1997, 3.3).
func organizationCheck(first8 string) byte {
	sum := 0
	for i, w := range [8]int{3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * strings.IndexByte(organizationAlphabet, first8[i])
	}
	switch c := 11 - sum%11; c {
	case 10:
		return 'X'
	case 11:
		return '0'
	default:
		return byte('0' + c)
	}
}

// ParseOrganizationCode reads an organisation code (GB 11714-1997) and returns it as it is printed,
// "XXXXXXXX-X", with what is wrong with it. A missing hyphen is the fault Form: the platform's form
// asks for it.
func ParseOrganizationCode(s string) (string, []Fault) {
	hyphen := strings.ContainsAny(s, "-－‐–—−")
	s = Normalize(s)
	faults := strangers(s, organizationAlphabet)
	if n := len([]rune(s)); n != 9 {
		return s, append([]Fault{lengthFault(n, 9)}, faults...)
	}
	if len(faults) > 0 {
		return s, faults
	}
	switch {
	case strings.Trim(s, "0") == "":
		faults = append(faults, Fault{Code: Zeros, At: -1})
	case organizationCheck(s[:8]) != s[8]:
		faults = append(faults, Fault{Code: Check, At: -1})
	}
	if !hyphen {
		faults = append(faults, Fault{Code: Form, At: 8, Detail: "-"})
	}
	return s[:8] + "-" + s[8:], faults
}
