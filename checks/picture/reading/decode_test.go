package reading

import (
	"math"
	"strings"
	"testing"
)

// alphabet is a dictionary with a few letters that have a name.
func alphabet() dictionary {
	d := make(dictionary, classes)
	for i := range d {
		d[i] = "?"
	}
	d[0] = ""
	copy(d[1:], []string{"A", "B", "C"})
	d[classes-1] = " "
	return d
}

// steps makes probabilities: each letter of the word a step, "-" the blank, with p for it and what
// is left for the second.
func steps(word, second string, p ...float32) []float32 {
	class := func(c byte) int {
		switch c {
		case '-':
			return 0
		case '_':
			return classes - 1
		}
		return int(c-'A') + 1
	}
	out := make([]float32, len(word)*classes)
	for i := range word {
		v := float32(0.9)
		if i < len(p) {
			v = p[i]
		}
		out[i*classes+class(word[i])] = v
		out[i*classes+class(second[i])] = 0.95 - v
	}
	return out
}

func TestDecode(t *testing.T) {
	for _, c := range []struct{ word, want string }{
		{"", ""}, {"----", ""}, {"AAA", "A"}, {"A-A", "AA"}, {"AABB", "AB"}, {"-A--B_C-", "AB C"}, {"ABAB", "ABAB"},
	} {
		r := alphabet().decode(steps(c.word, strings.Repeat("C", len(c.word))), float64(len(c.word)))
		if r.Text != c.want || len(r.Characters) != len(c.want) || len(r.Lattice) != len(c.word) {
			t.Errorf("%q reads %q (%d characters, %d steps), want %q", c.word, r.Text, len(r.Characters), len(r.Lattice), c.want)
		}
	}
}

func TestDecodeConfidenceAndCandidates(t *testing.T) {
	// A is surest in its second step; there C is second. B stands alone, and the blank is second.
	r := alphabet().decode(steps("AA-B", "BCC-", 0.5, 0.8, 0.9, 0.6), 8)
	if len(r.Characters) != 2 {
		t.Fatalf("%+v", r)
	}
	a, b := r.Characters[0], r.Characters[1]
	close := func(x, y float64) bool { return math.Abs(x-y) < 1e-6 }
	if !close(a.Confidence, 0.8) || !close(b.Confidence, 0.6) || !close(r.Confidence, 0.7) || !close(r.Least, 0.6) {
		t.Errorf("confidence %v, %v, of the line %v, least %v", a.Confidence, b.Confidence, r.Confidence, r.Least)
	}
	if a.Candidates[0].Text != "A" || a.Candidates[1].Text != "C" || !close(a.Candidates[1].Probability, 0.15) {
		t.Errorf("candidates of A: %v", a.Candidates)
	}
	for _, c := range b.Candidates {
		if c.Text == "" {
			t.Errorf("the blank is a candidate of B: %v", b.Candidates)
		}
	}
	if a.Begin != 0 || a.End != 0.25 || b.Begin != 3.0/8 || b.End != 0.5 {
		t.Errorf("A from %v to %v, B from %v to %v", a.Begin, a.End, b.Begin, b.End)
	}
	if len(r.Lattice[3]) != Candidates || r.Lattice[3][1].Text != "" {
		t.Errorf("lattice: %v", r.Lattice[3])
	}
}

func TestHighest(t *testing.T) {
	got := highest([]float32{0.1, 0.5, 0.3, 0.5, 0.2, 0.9, 0})
	for i, want := range []int{5, 1, 3, 2, 4} {
		if got[i] != want {
			t.Fatalf("%v", got)
		}
	}
	if got := highest([]float32{1, 2}); len(got) != 2 || got[0] != 1 {
		t.Errorf("of two: %v", got)
	}
}

func TestDictionaryIsCounted(t *testing.T) {
	if _, err := readDictionary([]byte("a\nb\n")); err == nil {
		t.Error("a dictionary of two characters was taken")
	}
}
