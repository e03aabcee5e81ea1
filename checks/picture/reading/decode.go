package reading

import (
	"fmt"
	"slices"
	"strings"
)

// Candidates is how many candidates are kept for each step and each character.
const Candidates = 5

// A Candidate is what a character could be.
type Candidate struct {
	Text        string  `json:"text"` // one character; "" is the blank between two
	Probability float64 `json:"probability"`
}

// A Character is one character of a line.
type Character struct {
	Text       string  `json:"text"`
	Confidence float64 `json:"confidence"` // 0..1: the highest probability among its steps
	// Begin and End are where its steps lie along the line, 0..1 of the quad's length; they tell
	// the place of the character to about its own width.
	Begin      float64     `json:"begin"`
	End        float64     `json:"end"`
	Candidates []Candidate `json:"candidates,omitempty"` // best first, without the blank; the first is Text
}

// A Reading is what a line says, looked at in one way.
type Reading struct {
	Text string `json:"text"`
	// Confidence is the mean of the characters' confidence, 0..1; Least is the lowest of them, and
	// the one to ask before a number is called read.
	Confidence float64     `json:"confidence"`
	Least      float64     `json:"least"`
	Way        Way         `json:"way"`
	Characters []Character `json:"characters,omitempty"`
	// Lattice holds for each step along the line the best candidates, the blank among them. Equal
	// neighbours are one character unless a blank is between them. Who knows the grammar of a field
	// can find its best reading here.
	Lattice [][]Candidate `json:"-"`
}

// Step is one step of the lattice: the picture of a line is 48 pixels high, and a step is 8 wide.
const stepWidth = 8

// A dictionary names the recogniser's classes.
type dictionary []string

// readDictionary reads the characters, one a line. Class 0 is the blank and the one after the last
// character is the space.
func readDictionary(data []byte) (dictionary, error) {
	d := dictionary{""}
	for line := range strings.Lines(string(data)) {
		d = append(d, strings.TrimRight(line, "\r\n"))
	}
	d = append(d, " ")
	if len(d) != classes {
		return nil, fmt.Errorf("the dictionary has %d characters, want %d", len(d)-2, classes-2)
	}
	return d, nil
}

// Unreadable returns the characters of a text that the reader does not know, in their order; it can
// only read something else in their place. Rare characters of names are among them (赟, 翀, 旻): where
// one is expected, a difference is no evidence. Widths and spaces are not looked at: give the text
// as it would be printed. The error is network.LeftOut.
func Unreadable(text string) ([]rune, error) {
	words, err := theMachine.words()
	if err != nil {
		return nil, err
	}
	var out []rune
	for _, r := range text {
		if !slices.Contains(words, string(r)) {
			out = append(out, r)
		}
	}
	return out, nil
}

// classes is the number of the recogniser's classes: the blank, 6623 characters, the space.
const classes = 6625

// decode turns the recogniser's probabilities, classes for each step, into a reading; width is the
// number of steps that the line takes up, before the padding.
func (d dictionary) decode(p []float32, width float64) Reading {
	steps := len(p) / classes
	r := Reading{Lattice: make([][]Candidate, steps)}
	previous, best := 0, 0 // class of the step before; step of the current character's best
	for t := range steps {
		row := p[t*classes : (t+1)*classes]
		top := highest(row)
		for _, class := range top {
			r.Lattice[t] = append(r.Lattice[t], Candidate{d[class], float64(row[class])})
		}
		class := top[0]
		if class != 0 && class != previous {
			r.Characters = append(r.Characters, Character{Text: d[class], Begin: min(1, float64(t)/width)})
			best = t
		}
		if class != 0 {
			c := &r.Characters[len(r.Characters)-1]
			c.End = min(1, float64(t+1)/width)
			if v := float64(row[class]); v > c.Confidence {
				c.Confidence, best = v, t
				c.Candidates = withoutBlank(r.Lattice[best])
			}
		}
		previous = class
	}
	var text strings.Builder
	r.Least = 1
	for _, c := range r.Characters {
		text.WriteString(c.Text)
		r.Confidence += c.Confidence / float64(len(r.Characters))
		r.Least = min(r.Least, c.Confidence)
	}
	r.Text = text.String()
	if len(r.Characters) == 0 {
		r.Least = 0
	}
	return r
}

// highest returns the classes of the highest values, best first.
func highest(row []float32) []int {
	var top [Candidates]int
	n := 0
	for i, v := range row {
		if n == Candidates && v <= row[top[n-1]] {
			continue
		}
		at := min(n, Candidates-1)
		for at > 0 && v > row[top[at-1]] {
			top[at] = top[at-1]
			at--
		}
		top[at] = i
		n = min(n+1, Candidates)
	}
	return slices.Clone(top[:n])
}

func withoutBlank(step []Candidate) []Candidate {
	var out []Candidate
	for _, c := range step {
		if c.Text != "" {
			out = append(out, c)
		}
	}
	return out
}
