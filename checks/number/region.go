package number

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

//go:embed regions.tsv
var regionTable string

// A RegionCode is an entry of the administrative division codes of GB/T 2260, which resident
// identity numbers and credit codes carry, with the years in which it was in force.
type RegionCode struct {
	Code  string // six digits
	Name  string // as the standard has it: of the county, district or city
	Since int    // the first year in which it is known to be in force; 0: from the beginning or unknown
	Until int    // the year in which it was given up; 0: still in force. 2002 also stands for "earlier"
}

var regions = sync.OnceValue(func() map[string]RegionCode {
	table := make(map[string]RegionCode, 5000)
	for line := range strings.Lines(regionTable) {
		field := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(field) != 4 {
			panic("number: regions.tsv has a line of another form")
		}
		since, _ := strconv.Atoi(field[2])
		until, _ := strconv.Atoi(field[3])
		table[field[0]] = RegionCode{Code: field[0], Name: field[1], Since: since, Until: until}
	}
	return table
})

// RegionOf returns the region of a six-digit code, in force or given up.
func RegionOf(code string) (RegionCode, bool) {
	r, ok := regions()[code]
	return r, ok
}

// FullName is the region's name with its province's and city's before it: 广东省深圳市盐田区.
func (r RegionCode) FullName() string {
	name := r.Name
	if len(r.Code) != 6 {
		return name
	}
	for _, above := range []string{r.Code[:4] + "00", r.Code[:2] + "0000"} {
		up, ok := RegionOf(above)
		if !ok || above == r.Code || up.Name == "市辖区" || up.Name == "县" || strings.HasPrefix(name, up.Name) {
			continue
		}
		name = up.Name + name
	}
	return name
}
