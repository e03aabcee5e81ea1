package number

import "strings"

// CreditCodeAlphabet is the alphabet of a unified social credit code: digits and capitals without
// I, O, S, V and Z, which are too like 1, 0, 5, U and 2 (GB 32100-2015, 4.1).
const CreditCodeAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// CreditCode is what a unified social credit code says (GB 32100-2015).
type CreditCode struct {
	Code         string // 18 characters, normalized
	Department   byte   // the registering department: '9' industry and commerce (market regulation)
	Category     byte   // within the department: for '9', '1' company, '2' sole trader, '3' farmers' cooperative
	Region       RegionCode
	Organization string // characters 9 to 17 written as an organisation code, "XXXXXXXX-X"
}

// departments holds for each registering department the categories it gives (GB 32100-2015,
// appendix A, with the additions the registering authorities use).
var departments = map[byte]string{
	'1': "1239", '2': "19", '3': "123459", '4': "19", '5': "1239", '6': "129", '7': "129",
	'8': "19", '9': "123", 'A': "19", 'N': "1239", 'Y': "1",
}

func creditValue(c byte) int { return strings.IndexByte(CreditCodeAlphabet, c) }

// creditSum is the weighted sum of the first 17 characters, weight 3^i mod 31 (GB 32100-2015, 5.3).
func creditSum(s string) int {
	sum, weight := 0, 1
	for i := range 17 {
		sum += weight * creditValue(s[i])
		weight = weight * 3 % 31
	}
	return sum
}

// ParseCreditCode reads a unified social credit code and lists what is wrong with it. A code has
// two check characters: its own, and that of the organisation code inside it.
func ParseCreditCode(s string) (CreditCode, []Fault) {
	s = Normalize(s)
	code := CreditCode{Code: s}
	faults := strangers(s, CreditCodeAlphabet)
	if n := len([]rune(s)); n != 18 {
		return code, append([]Fault{lengthFault(n, 18)}, faults...)
	}
	if len(faults) > 0 {
		return code, faults
	}
	if strings.Trim(s, "0") == "" {
		return code, []Fault{{Code: Zeros, At: -1}}
	}
	code.Department, code.Category = s[0], s[1]
	code.Organization = s[8:16] + "-" + s[16:17]
	if CreditCodeAlphabet[(31-creditSum(s)%31)%31] != s[17] {
		faults = append(faults, Fault{Code: Check, At: -1})
	}
	if organizationCheck(s[8:16]) != s[16] {
		faults = append(faults, Fault{Code: InnerCode, At: 8})
	}
	switch categories, ok := departments[s[0]]; {
	case !ok:
		faults = append(faults, Fault{Code: Structure, At: 0, Detail: "department " + s[:1]})
	case strings.IndexByte(categories, s[1]) < 0:
		faults = append(faults, Fault{Code: Structure, At: 1, Detail: "category " + s[1:2]})
	}
	if region, ok := RegionOf(s[2:8]); ok {
		code.Region = region
	} else if s[2:8] != "100000" { // the state's own register
		faults = append(faults, Fault{Code: Region, At: 2, Detail: s[2:8]})
	}
	return code, faults
}
