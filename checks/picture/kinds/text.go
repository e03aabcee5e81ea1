package kinds

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"dossier/checks"
	"dossier/checks/number"
	"dossier/checks/picture/fields"
	"dossier/checks/picture/paper"
	"dossier/checks/picture/reading"
)

const (
	// maxLines and maxRunes bound what is looked at: an A4 page of small print has 150 lines.
	maxLines = 400
	maxRunes = 8000
	// leastRead is the confidence below which a line is a pattern taken for text.
	leastRead = 0.5
	// surelyRead is the confidence from which on a line's letters are counted.
	surelyRead = 0.8
)

// A text is the text of a page as it is searched: without spaces, of one width, in small letters.
type text struct {
	runes []rune
	from  []int // of each rune the line it stands in
	lines int   // that were read
	page  *reading.Page
	own   [][]rune // each line by itself
	index []int    // of each of them the page's line
	// letters is how many there are in lines that were read surely.
	letters int
	// shown is how many lines of print were found, read or not.
	shown int
	// The first of each; Word is what it is, not what it says.
	email, phone, id Evidence
	// What looks like one, misread; and a line that ends as names of companies do.
	likeEmail, likePhone, likeID, firm Evidence
}

var (
	emailPattern = regexp.MustCompile(`[a-z0-9._%+-]+@[a-z0-9-]+\.[a-z]{2,}`)
	phonePattern = regexp.MustCompile(`\+\d[\d() -]{7,}|\b0\d{1,4}[ -]\d{6,}|\b1[3-9]\d{9}\b|\(\d{2,4}\) ?\d{3,}`)
)

func newText(p *reading.Page) *text {
	t := &text{page: p, shown: len(p.Lines)}
	for i, l := range p.Lines[:min(len(p.Lines), maxLines)] {
		plain := strings.ToLower(norm.NFKC.String(l.Text))
		line := plainRunes(plain)
		if l.Confidence < leastRead || len(line) == 0 {
			continue
		}
		t.lines++
		t.own, t.index = append(t.own, line), append(t.index, i)
		if l.Confidence >= surelyRead && len(line) >= 3 {
			t.letters += len(line)
		}
		first(&t.email, "e-mail", l.Box, emailPattern.MatchString(plain))
		first(&t.phone, "tel.", l.Box, phonePattern.MatchString(plain))
		first(&t.id, "公民身份号码", l.Box, hasResidentID(plain))
		first(&t.likeEmail, "e-mail", l.Box, likeEmail.MatchString(string(line)))
		first(&t.likePhone, "tel.", l.Box, mostlyDigits(line))
		first(&t.likeID, "公民身份号码", l.Box, likeIDPattern.MatchString(string(line)))
		first(&t.firm, "company", l.Box, firmPattern.MatchString(plain))
		// A letter or two standing alone among Chinese labels, which are spread over their column, are a
		// border's ornaments.
		if len(line) <= 2 && !unicode.Is(unicode.Han, line[0]) {
			continue
		}
		for _, r := range line[:min(len(line), maxRunes-len(t.runes))] {
			t.runes, t.from = append(t.runes, r), append(t.from, i)
		}
	}
	return t
}

// first keeps the place of what was found first.
func first(e *Evidence, word string, at checks.Region, found bool) {
	if found && e.Word == "" {
		*e = Evidence{Word: word, Region: at}
	}
}

var (
	likeEmail     = regexp.MustCompile(`[a-z0-9._]{2,}[@&©][a-z0-9.-]{4,}$`)
	likeIDPattern = regexp.MustCompile(`(^|\D)\d{17}[\dx]($|\D)`)
	firmPattern   = regexp.MustCompile(`(\b|[a-z])(ltd|limited|inc|llc|gmbh|corp|co)\.?$|公司$`)
)

// mostlyDigits reports whether a line is as long as a phone number with the code of a country or a town, and digits but
// for two characters.
func mostlyDigits(line []rune) bool {
	digits := 0
	for _, r := range line {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	return len(line) >= 10 && len(line) <= 15 && digits >= len(line)-2
}

var idPattern = regexp.MustCompile(`\d{17}[\dx]`)

// hasResidentID reports whether a valid number of a resident stands in a line.
func hasResidentID(line string) bool {
	for _, found := range idPattern.FindAllString(line, -1) {
		if _, faults := number.ParseResidentID(strings.ToUpper(found), fields.LatestBirth); len(faults) == 0 {
			return true
		}
	}
	return false
}

// plainRunes leaves out spaces and brings brackets, colons and traditional variants of width together.
func plainRunes(s string) (out []rune) {
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			continue
		case strings.ContainsRune("〔【[﹙", r):
			r = '('
		case strings.ContainsRune("〕】]﹚", r):
			r = ')'
		}
		out = append(out, r)
	}
	return out
}

// A score is what speaks for a kind.
type score struct {
	kind  checks.Kind
	sum   float64
	found []Evidence
}

func (s *score) add(e Evidence) {
	s.sum += e.Weight
	s.found = append(s.found, e)
}

// evidence lists what was found, the heaviest first.
func (s *score) evidence() []Evidence {
	out := slices.Clone(s.found)
	slices.SortStableFunc(out, func(a, b Evidence) int { return cmp.Compare(b.Weight, a.Weight) })
	return out
}

// weigh looks for words; of those that overlap on the page the heavier one counts.
func (t *text) weigh(words []word) (s score) {
	type hit struct {
		Evidence
		begin, end int
	}
	var hits []hit
	for _, w := range words {
		if w.title {
			if e, ok := t.ownLine(w); ok {
				hits = append(hits, hit{e, -1, -1})
			}
			continue
		}
		begin, end, slips := t.search([]rune(w.text))
		if end == 0 {
			continue
		}
		e := Evidence{Word: w.shown, Weight: w.weight * (1 - slipCost(w, slips))}
		for _, i := range t.from[begin:end] {
			e.Region = union(e.Region, t.page.Lines[i].Box)
		}
		hits = append(hits, hit{e, begin, end})
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.Weight, a.Weight) })
	titled := false
	for i, h := range hits {
		if h.end < 0 {
			if titled {
				continue
			}
			titled = true
		} else if slices.ContainsFunc(hits[:i], func(o hit) bool { return o.end > 0 && h.begin < o.end && o.begin < h.end }) {
			continue
		}
		s.add(h.Evidence)
	}
	return s
}

// slipCost is which part of a word's weight its misread characters cost: a fifth each, of long words the part that they
// are.
func slipCost(w word, slips int) float64 {
	return float64(slips) / float64(max(5, len([]rune(w.text))))
}

// slips is how many characters of a word may be misread: Chinese labels of less than five characters must be
// whole, since half of their characters are common; Latin letters say less each. What is long is known by less of it:
// hardly anything else has three in five of its characters in their order.
func slips(w []rune) int {
	n := len(w)
	if rest, ok := strings.CutPrefix(string(w), statePrefix); ok {
		n = len([]rune(rest)) // what is before says nothing: it is on every paper of the state
	}
	switch {
	case w[0] < 0x80 && n >= 24:
		return n / 4 // "certificate of completion" is farther from one of registration
	case w[0] < 0x80:
		return n / 6
	case n < 5:
		return 0
	case n == 5:
		return 1
	case n >= 12:
		return 2 * n / 5
	}
	return n / 3
}

// statePrefix begins titles of many papers.
const statePrefix = "中华人民共和国"

// search finds the place where a word stands with the fewest slips (Sellers, The theory and computation of
// evolutionary distances, 1980); end is 0 if it stands nowhere.
func (t *text) search(want []rune) (begin, end, cost int) {
	limit := slips(want)
	if limit == 0 {
		return exact(t.runes, want)
	}
	cost = limit + 1
	// column[i] is the least cost of the word's first i characters ending here, start[i] where they begin.
	column, start := make([]int, len(want)+1), make([]int, len(want)+1)
	for i := range column {
		column[i] = i
	}
	for j, r := range t.runes {
		diagonal, diagonalStart := column[0], j
		start[0] = j + 1
		for i := 1; i <= len(want); i++ {
			v, from := diagonal, diagonalStart
			if want[i-1] != r {
				v++
			}
			if column[i]+1 < v {
				v, from = column[i]+1, start[i]
			}
			if column[i-1]+1 < v {
				v, from = column[i-1]+1, start[i-1]
			}
			diagonal, diagonalStart = column[i], start[i]
			column[i], start[i] = v, from
		}
		if c := column[len(want)]; c < cost {
			begin, end, cost = start[len(want)], j+1, c
		}
	}
	if cost > limit {
		return 0, 0, 0
	}
	return begin, end, cost
}

func exact(text, want []rune) (begin, end, cost int) {
	for i := 0; i+len(want) <= len(text); i++ {
		if slices.Equal(text[i:i+len(want)], want) {
			return i, i + len(want), 0
		}
	}
	return 0, 0, 0
}

// ownLine finds a title: a line that is little more than it.
func (t *text) ownLine(w word) (e Evidence, ok bool) {
	want := []rune(w.text)
	best := slips(want) + 1
	for i, line := range t.own {
		if len(line) < len(want)-1 || len(line) > len(want)+3 {
			continue
		}
		one := text{runes: line}
		if _, end, cost := one.search(want); end > 0 && cost < best {
			best = cost
			e = Evidence{Word: w.shown, Region: t.page.Lines[t.index[i]].Box, Weight: w.weight * (1 - slipCost(w, cost))}
			ok = true
		}
	}
	return e, ok
}

func union(a, b checks.Region) checks.Region {
	if a.IsZero() {
		return b
	}
	x0, y0 := min(a.X, b.X), min(a.Y, b.Y)
	x1, y1 := max(a.X+a.Width, b.X+b.Width), max(a.Y+a.Height, b.Y+b.Height)
	return checks.Region{X: x0, Y: y0, Width: x1 - x0, Height: y1 - y0}
}

// region is the part of the picture that a paper covers.
func (t *text) region(p *paper.Paper) checks.Region {
	q := reading.Quad{}
	for i, c := range p.Corners {
		q[i] = reading.Point(c)
	}
	return q.Box(t.page.Width, t.page.Height)
}

// layout says which layout of a licence it is: by the number that it carries, else by the paper's proportions
// in the direction of its text.
func (t *text) layout(v view) string {
	has := func(s string) bool { _, end, _ := t.search([]rune(s)); return end > 0 }
	credit, registration := has("统一社会信用代码"), has("注册号")
	switch {
	case registration && !credit || has("实收资本") || has("年度检验情况"):
		return OldLayout
	case credit && t.wide(v):
		return NewLayout
	}
	return ""
}

// wide reports whether the paper is wider than high as it is read.
func (t *text) wide(v view) bool {
	var x, y float64
	for _, l := range t.page.Lines {
		w := float64(len(l.Characters)) * l.Confidence
		x, y = x+w*abs(l.Quad[1].X-l.Quad[0].X), y+w*abs(l.Quad[1].Y-l.Quad[0].Y)
	}
	width, height := float64(t.page.Width), float64(t.page.Height)
	if p := v.sheet; p != nil && !p.Whole {
		width, height = p.Corners.Side(paper.Top), p.Corners.Side(paper.Left)
	}
	return (width > height) == (x >= y)
}

func abs(v float64) float64 { return max(v, -v) }
