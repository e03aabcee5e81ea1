package fields

import (
	"context"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"dossier/checks"
	"dossier/checks/number"
	"dossier/checks/picture/reading"
)

// A codeKind is one of the numbers that papers state.
type codeKind struct {
	field    string
	alphabet string
	length   int
	// wrong counts what is wrong with a code of the right length: 0 for one that its standard allows.
	wrong func(s string) int
	// checked says how many of the codes of the right form its check characters let through by
	// chance: 1/11 for one check digit. 1 means that nothing can be proved.
	chance float64
	write  func(s string) string // as it is given
}

const digits = "0123456789"

// LatestBirth is the day before which a holder must be born. It is fixed, so that the same picture is
// read alike on every day; whether the holder is of age is asked elsewhere.
var LatestBirth = time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)

var codeKinds = func() map[string]codeKind {
	same := func(s string) string { return s }
	kinds := []codeKind{
		{field: "id_number", alphabet: digits + "X", length: 18, chance: 1.0 / 11 / 8, write: same, wrong: func(s string) int {
			_, faults := number.ParseResidentID(s, LatestBirth)
			return len(faults)
		}},
		{field: "uscc", alphabet: number.CreditCodeAlphabet, length: 18, chance: 1.0 / 31 / 11, write: same, wrong: func(s string) int {
			_, faults := number.ParseCreditCode(s)
			return len(faults)
		}},
		{field: "license_number", alphabet: digits, length: 15, chance: 0.1, write: same, wrong: func(s string) int {
			_, faults := number.ParseLicenseNumber(s)
			return len(faults)
		}},
		{field: "organization_code", alphabet: digitsAndLetters, length: 9, chance: 1.0 / 11, wrong: func(s string) int {
			_, faults := number.ParseOrganizationCode(s)
			n := len(faults)
			if number.Has(faults, number.Form) {
				n-- // the hyphen was taken out before
			}
			return n
		}, write: func(s string) string {
			if len(s) != 9 {
				return s
			}
			return s[:8] + "-" + s[8:]
		}},
		{field: "mobile", alphabet: digits, length: 11, chance: 1, write: same, wrong: func(s string) int {
			if s[0] != '1' || s[1] < '3' {
				return 1
			}
			return 0
		}},
	}
	m := map[string]codeKind{}
	for _, k := range kinds {
		m[k.field] = k
	}
	return m
}()

// lookAgain reads a place of the picture again; nil where there is no picture.
type lookAgain func(ctx context.Context, q reading.Quad, way reading.Way) (reading.Reading, error)

// A codeReading is what was made of a code's place.
type codeReading struct {
	text       string
	confidence float64
	valid      bool
	basis      string
	// length says that it has as many characters as it should.
	length bool
}

// Numbers of the choice between the candidates. A printed number is hardly ever an invalid one:
// one in fifty is allowed for, so that a valid code has to be much less likely than an invalid
// one to lose. The recogniser is too sure of itself where a picture is poor; the root of its
// probabilities is nearer to how often it is right (measured on drawn documents at poor quality).
const (
	invalidPrinted = 0.02
	temper         = 0.5

	// chosenMost is the most that a code can be believed which the recogniser itself would have read
	// otherwise: its check characters fit, and so would those of one wrong code in eleven or more.
	chosenMost = 0.89

	// leastCandidate is the least share of the first guess's probability that another must have to be
	// chosen. Below it nothing of it was seen: a misprint would be corrected by what ought to stand there.
	leastCandidate = 0.002
)

// choose finds the best code in several looks at the same place; looks are the guesses of each.
func (k codeKind) choose(looks [][]guess) codeReading {
	type entry struct {
		weight, p float64
		mapped    bool
	}
	all := map[string]*entry{}
	for _, look := range looks {
		// Guesses of another length are wrong whatever they are; they only tell how sure this look is.
		for _, g := range look {
			e := all[g.text]
			if e == nil {
				e = &entry{}
				all[g.text] = e
			}
			e.p += g.p / float64(len(looks))
			e.mapped = e.mapped || g.mapped
		}
	}
	if len(all) == 0 {
		return codeReading{}
	}
	sum := 0.0
	best, bestText, top, topText := -1.0, "", -1.0, ""
	for _, text := range slices.Sorted(maps.Keys(all)) {
		if p := all[text].p; p > top {
			top, topText = p, text
		}
	}
	for _, text := range slices.Sorted(maps.Keys(all)) {
		e := all[text]
		e.weight = math.Pow(e.p, temper)
		switch {
		case len(text) != k.length:
			e.weight *= invalidPrinted * 0.01 // no number has that length
		case k.wrong(text) > 0:
			e.weight *= invalidPrinted * max(k.chance, 0.02)
		}
		sum += e.weight
		if e.weight > best && e.p >= leastCandidate*top {
			best, bestText = e.weight, text
		}
	}
	e := all[bestText]
	r := codeReading{text: bestText, length: len(bestText) == k.length}
	r.valid = r.length && k.wrong(bestText) == 0
	// How much of the recogniser's own belief stands behind it, and how much is left to others.
	r.confidence = e.weight / sum
	switch {
	case !r.length:
		r.confidence = min(r.confidence*e.p, 0.3)
	case !r.valid:
		// Either the paper is wrong or the reading is; only eyes can tell.
		r.confidence = min(e.p, 0.7)
	default:
		r.confidence *= believed(e.p, k.chance)
		if bestText != topText {
			r.basis = checks.BasisCheckCharacter
			r.confidence = min(r.confidence, chosenMost)
		} else if e.mapped {
			r.basis = checks.BasisAlphabet
		}
	}
	return r
}

// believed is how far a valid code can be believed, of which the recogniser believes p: a code that
// it would have read without any help is as good as its check characters and it make it; one that
// was searched for among candidates has been allowed many chances to be valid by accident.
func believed(p, chance float64) float64 {
	// A wrong code is valid by accident in chance of the cases.
	wrong := (1 - p) * chance
	if chance >= 1 {
		return p
	}
	return p / (p + wrong) * (1 - 0.5*chance*(1-p))
}

// read reads a code in the places given, the likeliest reading of all its looks; again may be nil.
// quad is the place for a further look.
func (k codeKind) read(ctx context.Context, v value, again lookAgain) (codeReading, error) {
	looks := k.looks(v)
	best := k.choose(looks)
	if again == nil || len(v.parts) == 0 || best.valid && best.confidence >= 0.95 && best.basis != checks.BasisCheckCharacter {
		return best, nil
	}
	for _, way := range []reading.Way{reading.Stretched, reading.Red} {
		r, err := again(ctx, whole(v.parts), way)
		if err != nil {
			return best, err
		}
		if from, to, ok := codeRun(r, k.alphabet, k.length); ok {
			if g := guesses(stepsOf(r, from, to), k.alphabet, k.length+3); len(g) > 0 {
				looks = append(looks, g)
			}
		}
		if better := k.choose(looks); better.valid || !best.valid {
			best = better
		}
		if best.valid && best.confidence >= 0.95 {
			break
		}
	}
	return best, nil
}

// looks lists the guesses of every look at a value's place that is at hand: its parts as they were read,
// and the other ways in which their lines were.
func (k codeKind) looks(v value) [][]guess {
	var out [][]guess
	var steps [][]reading.Candidate
	for _, s := range v.parts {
		g := s.glyphs()
		first, last := g[0].index, g[len(g)-1].index+1
		run := s.p.line.Reading
		run.Characters = run.Characters[first:last]
		// Within the part only what looks like the code: a remark may stand behind it.
		from, to, ok := codeRun(run, k.alphabet, k.length/max(1, len(v.parts)))
		if !ok {
			from, to = 0, last-first
		}
		steps = append(steps, stepsOf(s.p.line.Reading, first+from, first+to)...)
	}
	if g := guesses(steps, k.alphabet, k.length+3); len(g) > 0 && g[0].text != "" {
		out = append(out, g)
	}
	if len(v.parts) != 1 {
		return out
	}
	for _, r := range v.parts[0].p.line.Others {
		if from, to, ok := codeRun(r, k.alphabet, k.length); ok {
			if g := guesses(stepsOf(r, from, to), k.alphabet, k.length+3); len(g) > 0 {
				out = append(out, g)
			}
		}
	}
	return out
}

// whole is the quad around the parts of a value that stand in one row.
func whole(parts []part) reading.Quad {
	first, last := parts[0].quad(), parts[len(parts)-1].quad()
	if len(parts) == 1 {
		return first
	}
	return reading.Quad{first[0], last[1], last[2], first[3]}
}

// maxTried bounds the lines in which a number is looked for without a label; a document has three or
// four, and each may be read again twice.
const maxTried = 12

// anywhere looks for a code that is valid in any line of the page, for papers whose label could not be
// read. The likeliest comes first.
func (k codeKind) anywhere(ctx context.Context, s *sheet, again lookAgain) (value, codeReading, error) {
	var bestValue value
	var best codeReading
	tried := 0
	for _, p := range s.pieces {
		if tried == maxTried {
			break
		}
		from, to, ok := codeRun(p.line.Reading, k.alphabet, k.length)
		if !ok || to-from > 2*k.length {
			continue
		}
		v := value{parts: []part{{p, glyphOf(p, from), glyphOf(p, to)}}}
		if v.parts[0].from >= v.parts[0].to {
			continue
		}
		n := 0
		for _, g := range v.glyphs() {
			if !between(g.text) {
				n++
			}
		}
		if n < k.length-2 || n > k.length+2 {
			continue
		}
		if k.field == "organization_code" && !strings.Contains(p.text(), "-") {
			continue // nine characters alone are too little to know it by
		}
		tried++
		r, err := k.read(ctx, v, again)
		if err != nil {
			return bestValue, best, err
		}
		if r.length && (r.valid && !best.valid || r.valid == best.valid && r.confidence > best.confidence) {
			bestValue, best = v, r
		}
	}
	return bestValue, best, nil
}

// glyphOf is the index of the first glyph of a character.
func glyphOf(p *piece, character int) int {
	i := slices.IndexFunc(p.glyphs, func(g glyph) bool { return g.index >= character })
	if i < 0 {
		return len(p.glyphs)
	}
	return i
}

// reading makes the reading of a code.
func (k codeKind) reading(page *reading.Page, v value, r codeReading) checks.Reading {
	return checks.Reading{Field: k.field, Value: k.write(r.text), Confidence: rounded(r.confidence), Box: v.box(page.Width, page.Height), Basis: r.basis}
}

// rounded gives a confidence to a thousandth, and never quite 1: nothing that was read is certain.
func rounded(c float64) float64 { return math.Floor(min(max(c, 0), 0.999)*1000) / 1000 }
