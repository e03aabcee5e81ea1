package profile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/width"

	"dossier/checks"
)

// A Problem is one thing that is wrong with a file a person wrote: a profile or an answers
// sheet. It says where, what, and how to mend it, and can be shown and logged anywhere: of an
// answers sheet it repeats no answers.
type Problem struct {
	File         string // as it was named to us; may be empty
	Line, Column int    // from 1, columns in characters; 0: the file as a whole
	Message      checks.Text
	Remedy       checks.Text // what was expected; may be empty
	Source       string      // the line, without line break; empty if there is none to show
}

// Error gives the problem in English with the line it is about.
func (p *Problem) Error() string { return p.In("en") }

// In gives the problem in the language: place and message on the first line, then the line of
// the file with a mark below the column, then the remedy.
func (p *Problem) In(lang string) string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
		}
		b.WriteString(": ")
	} else if p.Line > 0 {
		b.WriteString(checks.Textf("line %d: ", "第 %d 行：", p.Line).In(lang))
	}
	b.WriteString(p.Message.In(lang))
	if p.Source != "" {
		margin := fmt.Sprintf("%5d | ", p.Line)
		fmt.Fprintf(&b, "\n%s%s", margin, p.Source)
		if below, ok := padding(p.Source, p.Column); ok {
			fmt.Fprintf(&b, "\n%s%s^", strings.Repeat(" ", len(margin)-2)+"| ", below)
		}
	}
	if r := p.Remedy.In(lang); r != "" {
		b.WriteString("\n        " + r)
	}
	return b.String()
}

// Brief gives place, message and remedy as one clause that starts with the line, fit to follow
// the file's name: for a finding in a report.
func (p *Problem) Brief() checks.Text {
	en, zh := p.Message.En, p.Message.Zh
	if p.Remedy.En != "" {
		en, zh = en+"; "+strings.TrimSuffix(p.Remedy.En, "."), zh+"；"+strings.TrimSuffix(p.Remedy.Zh, "。")
	}
	if p.Line > 0 {
		en, zh = fmt.Sprintf("line %d: %s", p.Line, en), fmt.Sprintf("第 %d 行：%s", p.Line, zh)
	}
	return checks.Text{En: en, Zh: zh}
}

// padding is the white space that stands below the characters of line before the column, as
// wide as they are on a terminal, where a Chinese character takes two cells.
func padding(line string, column int) (string, bool) {
	var b strings.Builder
	n := 1
	for _, r := range line {
		if n >= column {
			return b.String(), column > 0
		}
		n++
		switch kind := width.LookupRune(r).Kind(); {
		case r == '\t':
			b.WriteByte('\t')
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			b.WriteString("  ")
		default:
			b.WriteByte(' ')
		}
	}
	return b.String(), n == column
}

// Problems is everything that is wrong with a file, in its order. It is an error.
type Problems []*Problem

// Error gives all problems in English, a blank line between them.
func (p Problems) Error() string { return p.In("en") }

// In gives all problems in the language.
func (p Problems) In(lang string) string {
	var out []string
	for _, one := range p {
		out = append(out, one.In(lang))
	}
	return strings.Join(out, "\n\n")
}

func (p Problems) sort() {
	slices.SortStableFunc(p, func(a, b *Problem) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
}

// Unwrap lets errors.As find the first *Problem.
func (p Problems) Unwrap() []error {
	var out []error
	for _, one := range p {
		out = append(out, one)
	}
	return out
}

// didYouMean words the nearest of the known names, or lists them all when none is near.
func didYouMean(written string, known []string) checks.Text {
	if near := nearest(written, known); near != "" && written != "" {
		return checks.Textf("did you mean %[1]q?", "是否想写 %[1]q？", near)
	}
	const most = 24 // what fits on three lines of a terminal
	if len(known) == 0 || len(known) > most {
		return checks.Text{}
	}
	return checks.Textf("expected one of: %[1]s", "可用的有：%[1]s", strings.Join(known, ", "))
}

// nearest returns the known name that written was most likely meant to be, or "".
func nearest(written string, known []string) string {
	// One slip in a short word, and one more for every four letters: more, and "decode" would be
	// taken for "size".
	best, bestDistance := "", len([]rune(written))/4+1
	for _, k := range known {
		if d := distance(strings.ToLower(written), strings.ToLower(k)); d < bestDistance || d == bestDistance && best == "" {
			best, bestDistance = k, d
		}
	}
	return best
}

// distance is the number of letters to add, drop, change or swap with the next to get from a to
// b (Damerau and Levenshtein's distance, each pair swapped at most once).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	const longest = 64 // of any name we know; nothing longer is near one
	if len(x) > longest || len(y) > longest {
		return longest
	}
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}
