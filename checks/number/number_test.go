package number

import (
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"dossier/fixtures/invent"

	"pgregory.net/rapid"
)

var day = time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)

func codes(faults []Fault) string {
	var s []string
	for _, f := range faults {
		s = append(s, string(f.Code))
	}
	return strings.Join(s, " ")
}

func TestResidentID(t *testing.T) {
	for s, want := range map[string]string{
		"11010519491231002X": "", "440524188001010014": "", "360426199101010071": "", "44011320141005001X": "",
		"110101199003078670": "", "500154199301135886": "", "810000199408230021": "", "830000199201300022": "",
		"11010519491231002x": "", // small
		"１１０１０５１９４９１２３１００２Ｘ": "", // full width
		"110105 19491231 002X": "", // in groups
		"440308199901101513":   "check",
		"11010119900307867X":   "check",
		"36042619910102009X":   "check",
		"360426199113010079":   "date",   // month 13
		"990426199112010074":   "region", // no such region
		"610104620927690":      "form",
		"":                     "length",
		"11010119900307867":    "length",
		"1101011990030786701":  "length",
		"11010I199003078670":   "character",
		"1101011990030786𝟟0":   "", // a mathematical 7 is a 7
		"1101011990030786张0":   "character",
		"X10101199003078670":   "character",
		"61010419620927690":    "length",
		"110101203003078678":   "check date", // in the future
		"110103202001011234":   "region",
		"六一〇一〇四一九六二〇九二七六九〇八": "character character character character character character character character character character character character character character character character character character",
	} {
		_, faults := ParseResidentID(s, day)
		if got := codes(faults); got != want {
			t.Errorf("%q: faults %q, want %q", s, got, want)
		}
	}
}

// The standard's own example, of somebody born in 1880 in a county that was renamed before any list
// we have; a province that never was is told all the same.
func TestRegionsOlderThanTheTable(t *testing.T) {
	id, faults := ParseResidentID("440524188001010014", day)
	if len(faults) > 0 || id.Region.Name != "" {
		t.Errorf("%+v, faults %v", id, faults)
	}
	if _, faults := ParseResidentID("990524188001010014", day); !Has(faults, Region) {
		t.Errorf("a province 99: faults %v", faults)
	}
}

func TestWhatAResidentIDSays(t *testing.T) {
	id, _ := ParseResidentID("610104620927690", day)
	if id.Number != "610104196209276908" || !id.From15 {
		t.Errorf("15 digits became %+v", id)
	}
	id, _ = ParseResidentID("500154199301135886", day)
	if id.Region.FullName() != "重庆市开州区" || id.Male || id.Born.Format(time.DateOnly) != "1993-01-13" {
		t.Errorf("%+v", id)
	}
	for _, c := range []struct {
		day  string
		want int
	}{{"2011-01-12", 17}, {"2011-01-13", 18}, {"2012-01-12", 18}} {
		now, _ := time.Parse(time.DateOnly, c.day)
		if got := id.Age(now); got != c.want {
			t.Errorf("on %s the holder is %d, want %d", c.day, got, c.want)
		}
	}
}

// A code that was given up stays valid for those who were born before.
func TestOldRegionCodesStayValid(t *testing.T) {
	for born, want := range map[string]string{"19850607": "", "20100607": "", "20130607": "region"} {
		s := "110103" + born + "002" // Chongwen, merged into Dongcheng in 2010
		s += string(invent.ResidentIDCheck(s))
		if _, faults := ParseResidentID(s, day); codes(faults) != want {
			t.Errorf("%s: %q, want %q", born, codes(faults), want)
		}
	}
}

func TestCreditCode(t *testing.T) {
	for s, want := range map[string]string{
		"91350100M000100Y43": "", "91110000600037341L": "", "91110108551385082Q": "", "91152201078382010M": "",
		"121200004013590816": "", "9144030071526726XG": "", "92340603MA2PBMCG0U": "",
		"91110000600037341N": "check",
		"A1110000600037341L": "check",
		"9111000060003IOZSV": "character character character character character",
		"91110000600037431L": "check inner", // two neighbours swapped inside the organisation code
		"000000000000000000": "zeros",
		"91110000600037341":  "length",
		"":                   "length",
	} {
		_, faults := ParseCreditCode(s)
		if got := codes(faults); got != want {
			t.Errorf("%q: faults %q, want %q", s, got, want)
		}
	}
	if c, _ := ParseCreditCode("91350100M000100Y43"); c.Organization != "M000100Y-4" || c.Region.FullName() != "福建省福州市" {
		t.Errorf("%+v", c)
	}
}

func TestOrganizationCode(t *testing.T) {
	for s, want := range map[string]string{
		"D2143569-X": "", "00990986-X": "", "60003734-1": "", "55138508-2": "", "M000100Y-4": "",
		"600037341":   "form", // the hyphen is asked for
		"60003734－1":  "",     // a full-width one is one
		"L5701181X":   "check form",
		"L5701181-X":  "check",
		"00000000-0":  "zeros",
		"6000373-1":   "length form",
		"60003734-1X": "length",
	} {
		_, faults := ParseOrganizationCode(s)
		if got := codes(faults); got != want && !(want == "length form" && got == "length") {
			t.Errorf("%q: faults %q, want %q", s, got, want)
		}
	}
}

func TestLicenseNumber(t *testing.T) {
	for s, want := range map[string]string{
		"110108000000016": "", "310117003171688": "", "330282602082220": "", "430524600099555": "",
		"320483000067848": "check",
		"1101081234567":   "form",
		"000000000000000": "zeros",
		"11010800000001":  "length",
		"11010800000001B": "character",
	} {
		_, faults := ParseLicenseNumber(s)
		if got := codes(faults); got != want {
			t.Errorf("%q: faults %q, want %q", s, got, want)
		}
	}
}

// Any text at all gives an answer.
func TestAnythingIsAnswered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9A-ZX张]{17,19}`)).Draw(t, "text")
		ParseResidentID(s, day)
		ParseCreditCode(s)
		ParseOrganizationCode(s)
		ParseLicenseNumber(s)
		SuggestResidentID(s, day)
		SuggestCreditCode(s)
	})
}

// valid makes a valid number of each kind.
var valid = map[string]struct {
	make     func(r *rand.Rand) string
	faults   func(string) []Fault
	suggest  func(string) []Candidate
	alphabet string
	// swaps is false where the standard does not promise to catch swapped neighbours.
	swaps bool
}{
	"resident": {
		make:    func(r *rand.Rand) string { return invent.NewPerson(r).ID },
		faults:  func(s string) []Fault { _, f := ParseResidentID(s, day); return f },
		suggest: func(s string) []Candidate { return SuggestResidentID(s, day) }, alphabet: digits, swaps: true,
	},
	"credit": {
		make:     func(r *rand.Rand) string { return invent.NewCompany(r, day).CreditCode },
		faults:   func(s string) []Fault { _, f := ParseCreditCode(s); return f },
		suggest:  SuggestCreditCode,
		alphabet: CreditCodeAlphabet, swaps: true,
	},
	"organization": {
		make: func(r *rand.Rand) string {
			return strings.ReplaceAll(invent.NewCompany(r, day).OrganizationCode, "-", "")
		},
		faults:   func(s string) []Fault { _, f := ParseOrganizationCode(s[:8] + "-" + s[8:]); return f },
		suggest:  SuggestOrganizationCode,
		alphabet: digits, swaps: true,
	},
	"licence": {
		make:     func(r *rand.Rand) string { return invent.NewCompany(r, day).LicenceNumber },
		faults:   func(s string) []Fault { _, f := ParseLicenseNumber(s); return f },
		suggest:  SuggestLicenseNumber,
		alphabet: digits,
	},
}

// Every single wrong digit is caught, and every swap of neighbours where the standard promises it.
func TestEverySingleSlipIsCaught(t *testing.T) {
	for name, kind := range valid {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(3, 9))
			for range 60 {
				s := kind.make(r)
				if f := kind.faults(s); len(f) > 0 {
					t.Fatalf("%s is not valid: %v", s, f)
				}
				for i := range len(s) {
					for _, c := range []byte(kind.alphabet) {
						// Where the number has a letter the check character of an organisation code
						// works modulo 11 and cannot tell letters 11 apart; digits it all can.
						if c == s[i] || name == "organization" && strings.IndexByte(digits+"X", s[i]) < 0 {
							continue
						}
						b := []byte(s)
						b[i] = c
						if len(kind.faults(string(b))) == 0 {
							t.Errorf("%s: %c for %c at %d is not noticed", s, c, s[i], i)
						}
					}
					if kind.swaps && i+1 < len(s) && s[i] != s[i+1] && !(name == "organization" && strings.Trim(s[i:i+2], digits) != "") {
						b := []byte(s)
						b[i], b[i+1] = b[i+1], b[i]
						if len(kind.faults(string(b))) == 0 {
							t.Errorf("%s: neighbours swapped at %d are not noticed", s, i)
						}
					}
				}
			}
		})
	}
}

// What was typed is always among the candidates, and every candidate is valid.
func TestTheTrueNumberIsSuggested(t *testing.T) {
	for name, kind := range valid {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
				s := kind.make(r)
				wrong := slip(r, s, kind.alphabet)
				if len(kind.faults(wrong)) == 0 {
					t.Skip("not noticed") // a letter for another, swapped digits of a licence number
				}
				found := false
				for _, c := range kind.suggest(wrong) {
					n := strings.ReplaceAll(c.Number, "-", "")
					found = found || n == s
					if f := kind.faults(n); len(f) > 0 {
						t.Fatalf("%s suggested for %s: %v", n, wrong, f)
					}
				}
				if !found {
					t.Fatalf("%s is not suggested for %s", s, wrong)
				}
			})
		})
	}
	if got := SuggestCreditCode("91110000600037341L"); got != nil {
		t.Errorf("suggestions for a valid code: %v", got)
	}
}

// slip makes one typing error: a third of them any other character, a third a key beside the right
// one on the row of digits, a third two neighbours swapped.
func slip(r *rand.Rand, s, alphabet string) string {
	for {
		b := []byte(s)
		i := r.IntN(len(b))
		switch r.IntN(3) {
		case 0:
			b[i] = alphabet[r.IntN(len(alphabet))]
		case 1:
			const keys = "1234567890"
			k := strings.IndexByte(keys, b[i])
			if k < 0 {
				continue
			}
			if k += 2*r.IntN(2) - 1; k < 0 || k >= len(keys) {
				continue
			}
			b[i] = keys[k]
		case 2:
			if i+1 == len(b) {
				continue
			}
			b[i], b[i+1] = b[i+1], b[i]
		}
		if string(b) != s {
			return string(b)
		}
	}
}

// How often the true number comes first: in the places the standard can locate, and overall.
func TestTheTrueNumberComesFirst(t *testing.T) {
	for name, least := range map[string]float64{"credit": 0.90, "resident": 0.90} {
		kind := valid[name]
		r := rand.New(rand.NewPCG(11, 4)) // other people and companies than any constant was chosen on
		var located, locatedFirst, all, first int
		for range 3000 {
			s := kind.make(r)
			wrong := slip(r, s, kind.alphabet)
			list := kind.suggest(wrong)
			if len(list) == 0 {
				continue
			}
			all++
			right := list[0].Number == s
			if right {
				first++
			}
			if Located(list) {
				located++
				if right {
					locatedFirst++
				}
			}
		}
		share := float64(locatedFirst) / float64(located)
		t.Logf("%s: %d slips, true number first in %.1f %%; located %d, of them first in %.1f %%", name, all, 100*float64(first)/float64(all), located, 100*share)
		if share < least {
			t.Errorf("%s: the true number comes first in %.1f %% of what can be located, want %.0f %%", name, 100*share, 100*least)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"11010519491231002X", "91350100M000100Y43", "D2143569-X", "110108000000016", "610104620927690", "张"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if id, faults := ParseResidentID(s, day); len(faults) == 0 && len(id.Number) != 18 {
			t.Errorf("%q is valid as %q", s, id.Number)
		}
		if c, faults := ParseCreditCode(s); len(faults) == 0 && len(c.Code) != 18 {
			t.Errorf("%q is valid as %q", s, c.Code)
		}
		ParseOrganizationCode(s)
		ParseLicenseNumber(s)
	})
}

// The table is the one the README describes.
func TestRegionTableIsTheOneDescribed(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(regionTable))
	if want := hex.EncodeToString(sum[:]); !strings.Contains(string(readme), want) {
		t.Errorf("the README does not name the table's SHA-256, %s", want)
	}
	if n := len(regions()); n != 4745 {
		t.Errorf("%d regions, want 4745", n)
	}
	for code, want := range map[string]string{"110105": "北京市朝阳区", "440308": "广东省深圳市盐田区", "810000": "香港特别行政区"} {
		if r, ok := RegionOf(code); !ok || r.FullName() != want {
			t.Errorf("%s is %q, want %q", code, r.FullName(), want)
		}
	}
}
