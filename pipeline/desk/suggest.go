package desk

import (
	"path"
	"sort"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"dossier/checks"
	"dossier/pipeline"
)

// A Suggestion says where a file from the unsorted tray may belong, and why we think so.
type Suggestion struct {
	Case string      `json:"case"` // "" when no case stands out
	Kind checks.Kind `json:"kind"`
	Why  checks.Text `json:"why"`
}

// candidate is what suggesting needs to know of a case.
type candidate struct {
	name    string
	missing map[checks.Kind]bool
}

// suggest looks for the case a file's name speaks of, else for the only case that still waits
// for a document of this kind. It never chooses between two.
func suggest(fileName string, cases []candidate) Suggestion {
	s := Suggestion{Kind: checks.Unknown}
	if k, ok := pipeline.KindByName(fileName); ok {
		s.Kind = k
	}
	var named, waiting []string
	file := folded(strings.TrimSuffix(path.Base(fileName), path.Ext(fileName)))
	for _, c := range cases {
		// A case named with one letter or character would be found in every name.
		if n := folded(c.name); len([]rune(n)) >= 2 && strings.Contains(file, n) {
			named = append(named, c.name)
		}
		if s.Kind != checks.Unknown && c.missing[s.Kind] {
			waiting = append(waiting, c.name)
		}
	}
	sort.Slice(named, func(i, j int) bool { return len(named[i]) > len(named[j]) })
	switch {
	case len(named) == 1 || len(named) > 1 && strings.Contains(folded(named[0]), folded(named[1])):
		s.Case = named[0]
		s.Why = checks.Textf("the file's name speaks of the case %q", "文件名中含有案件名 %q", s.Case)
	case len(named) > 1:
		s.Why = checks.Textf("the file's name fits %d cases", "文件名与 %d 个案件相符", len(named))
	case len(waiting) == 1:
		s.Case = waiting[0]
		s.Why = checks.Textf("only %[1]q still waits for a %[2]s", "只有 %[1]q 还缺少%[3]s", s.Case, s.Kind.Title().En, s.Kind.Title().Zh)
	case len(waiting) > 1:
		s.Why = checks.Textf("%[1]d cases still wait for a %[2]s", "有 %[1]d 个案件还缺少%[3]s", len(waiting), s.Kind.Title().En, s.Kind.Title().Zh)
	default:
		s.Why = checks.Text{En: "nothing in its name tells which client it belongs to", Zh: "文件名中看不出属于哪位客户"}
	}
	return s
}

// folded takes from a name what spelling does not change: letters and digits, in one width and
// one case.
func folded(s string) string {
	var b strings.Builder
	for _, r := range width.Fold.String(strings.ToLower(s)) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}
