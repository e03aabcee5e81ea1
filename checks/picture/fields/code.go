package fields

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"dossier/checks/picture/reading"
)

// A guess is one way to read a code.
type guess struct {
	text string
	p    float64 // among the guesses of one look, 0..1
	// mapped says that characters the alphabet does not have were taken for those they look like.
	mapped bool
}

// alikeness is what a character's probability is multiplied with when it is taken for another that
// it looks like and the code can have. It only has to be clearly less than one and more than the
// probability of a second choice; nothing sacred about it.
const alikeness = 0.6

// taken lists for characters that are read in codes what they can be instead, in the order of
// likelihood. It is used for characters that the alphabet lacks.
var taken = map[rune]string{
	'O': "0D", 'o': "0", 'Q': "0", 'D': "0", '〇': "0", '口': "0", '○': "0", '。': "0",
	'I': "1", 'l': "1", 'i': "1", '|': "1", '丨': "1", '!': "1", '/': "1", 'J': "1",
	'Z': "2", 'z': "2", 'S': "5", 's': "5", 'B': "8", 'G': "6", 'b': "6", 'g': "9", 'q': "9",
	'T': "7", 'A': "4", 'V': "UY", 'v': "U", 'L': "1", 'x': "X", '×': "X", 'メ': "X", 'κ': "K",
}

// asCode returns which characters of the alphabet a character may stand for, and how likely that is.
func asCode(r rune, alphabet string) (string, float64, bool) {
	r = OneWidth(r)
	if strings.ContainsRune(alphabet, r) {
		return string(r), 1, true
	}
	if u := unicode.ToUpper(r); u != r && strings.ContainsRune(alphabet, u) {
		return string(u), 0.95, true // a small letter where only capitals can be is the capital
	}
	var is string
	for _, c := range taken[r] {
		if strings.ContainsRune(alphabet, c) {
			is += string(c)
		}
	}
	return is, alikeness, is != ""
}

// between is true for what people and printers put between the characters of a code.
func between(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("-·.,_", OneWidth(r)) }

// beamWidth is how many beginnings of a code are kept at each step. The code is nearly always among
// the first five; thirty leave room for two doubtful characters.
const beamWidth = 30

// faint stands for the probability of what is not among the candidates of a step.
const faint = 1e-5

// A beam is the probability of a beginning, that ends in a blank or in its last character.
type beam struct {
	blank, letter float64
	mapped        bool
}

// guesses finds the likeliest codes of the alphabet in the steps of a lattice: the search of
// connectionist temporal classification over beginnings (Hannun et al., First-Pass Large Vocabulary
// Continuous Speech Recognition using Bi-Directional Recurrent DNNs, 2014), with every character that
// the alphabet does not have replaced by what it looks like, or passed over where it only separates.
func guesses(steps [][]reading.Candidate, alphabet string, longest int) []guess {
	beams := map[string]beam{"": {blank: 1}}
	for _, step := range steps {
		blank := faint
		type emission struct {
			p      float64
			mapped bool
		}
		emit := map[byte]emission{}
		for _, c := range step {
			if c.Text == "" {
				blank += c.Probability
				continue
			}
			r := []rune(c.Text)[0]
			is, weight, ok := asCode(r, alphabet)
			switch {
			case ok:
				for i := range len(is) {
					e := emit[is[i]]
					e.p += c.Probability * weight
					e.mapped = e.mapped || weight < 0.9 && c.Probability > 0.5
					emit[is[i]] = e
					weight *= 0.3
				}
			case between(r):
				blank += c.Probability
			}
		}
		next := map[string]beam{}
		for prefix, b := range beams {
			total := b.blank + b.letter
			n := next[prefix]
			n.blank += total * blank
			n.mapped = b.mapped
			if len(prefix) > 0 {
				if e, ok := emit[prefix[len(prefix)-1]]; ok {
					n.letter += b.letter * e.p
				}
			}
			next[prefix] = n
			if len(prefix) >= longest {
				continue
			}
			for c, e := range emit {
				from := total
				if len(prefix) > 0 && prefix[len(prefix)-1] == c {
					from = b.blank // the same character again needs a blank between
				}
				if from*e.p == 0 {
					continue
				}
				longer := prefix + string(c)
				m := next[longer]
				m.letter += from * e.p
				m.mapped = b.mapped || e.mapped
				next[longer] = m
			}
		}
		beams = strongest(next)
	}
	var list []guess
	for text, b := range beams {
		list = append(list, guess{text, b.blank + b.letter, b.mapped})
	}
	slices.SortFunc(list, func(a, b guess) int {
		if a.p != b.p {
			return compare(b.p, a.p)
		}
		return strings.Compare(a.text, b.text)
	})
	sum := 0.0
	for _, g := range list {
		sum += g.p
	}
	for i := range list {
		list[i].p /= max(sum, math.SmallestNonzeroFloat64)
	}
	return list
}

// strongest keeps the likeliest beams, scaled so that they never vanish.
func strongest(all map[string]beam) map[string]beam {
	texts := make([]string, 0, len(all))
	for t := range all {
		texts = append(texts, t)
	}
	weight := func(t string) float64 { return all[t].blank + all[t].letter }
	slices.SortFunc(texts, func(a, b string) int {
		if x, y := weight(a), weight(b); x != y {
			return compare(y, x)
		}
		return strings.Compare(a, b)
	})
	if len(texts) > beamWidth {
		texts = texts[:beamWidth]
	}
	kept := map[string]beam{}
	most := max(weight(texts[0]), math.SmallestNonzeroFloat64)
	for _, t := range texts {
		b := all[t]
		b.blank /= most
		b.letter /= most
		kept[t] = b
	}
	return kept
}

// lattice returns a reading's steps, and for each of its characters the first step that is its own.
// A reading without steps (made by hand) is given one step for each character and a blank between.
func lattice(r reading.Reading) (steps [][]reading.Candidate, begin []int) {
	if len(r.Lattice) == 0 {
		for _, c := range r.Characters {
			begin = append(begin, len(steps))
			step := c.Candidates
			if len(step) == 0 {
				step = []reading.Candidate{{Text: c.Text, Probability: c.Confidence}}
			}
			steps = append(steps, step, []reading.Candidate{{Text: "", Probability: 1}})
		}
		return steps, begin
	}
	previous := ""
	for t, step := range r.Lattice {
		if len(step) == 0 {
			previous = ""
			continue
		}
		if text := step[0].Text; text != previous {
			if text != "" {
				begin = append(begin, t)
			}
			previous = text
		}
	}
	return r.Lattice, begin
}

// stepsOf returns the steps of the characters from..to-1 of a reading: from behind the character
// before to before the one after.
func stepsOf(r reading.Reading, from, to int) [][]reading.Candidate {
	steps, begin := lattice(r)
	if len(begin) != len(r.Characters) || from >= to || to > len(begin) {
		return nil
	}
	first, last := 0, len(steps)
	if from > 0 {
		// The character before may go on for some steps that are its own.
		first = begin[from-1] + 1
		for first < begin[from] && len(steps[first]) > 0 && steps[first][0].Text != "" {
			first++
		}
	}
	if to < len(begin) {
		last = begin[to]
	}
	return steps[first:last]
}

// codeRun finds in a reading the run of characters that looks like a code of about the length wanted:
// the longest that the alphabet, its look-alikes and separators make up, not counting look-alikes at
// its ends that are no letters or digits. ok is false if none has at least two thirds of the length.
func codeRun(r reading.Reading, alphabet string, length int) (from, to int, ok bool) {
	best := 0
	start, count := -1, 0
	close := func(end int) {
		if start >= 0 && count > best {
			from, to, best = start, end, count
		}
		start, count = -1, 0
	}
	for i, c := range r.Characters {
		x := []rune(c.Text)
		if len(x) == 0 {
			continue
		}
		letter := x[0] < 0x3000 && (unicode.IsLetter(x[0]) || unicode.IsDigit(x[0])) || OneWidth(x[0]) < 0x80 && unicode.IsDigit(OneWidth(x[0])) || count > 0 && strings.ContainsRune("〇口。○丨|!/×メ", x[0])
		switch {
		case letter:
			if _, _, fits := asCode(x[0], alphabet); !fits && !strings.ContainsRune(digitsAndLetters, unicode.ToUpper(OneWidth(x[0]))) {
				close(i)
				continue
			}
			if start < 0 {
				start = i
			}
			count++
		case between(x[0]) && start >= 0:
		default:
			close(i)
		}
	}
	close(len(r.Characters))
	return from, to, 3*best >= 2*length
}

const digitsAndLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
