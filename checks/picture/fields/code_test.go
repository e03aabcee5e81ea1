package fields

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dossier/checks"
	"dossier/checks/picture/reading"
	"dossier/fixtures/invent"
)

// seen makes a line of which every character was seen with the probability given, and what else it could
// be with the rest.
type seen struct {
	text string
	p    float64
	or   string
}

func line(chars ...seen) reading.Reading {
	var r reading.Reading
	for i, c := range chars {
		candidates := []reading.Candidate{{Text: c.text, Probability: c.p}}
		if c.or != "" {
			candidates = append(candidates, reading.Candidate{Text: c.or, Probability: (1 - c.p) * 0.9})
		}
		slices.SortStableFunc(candidates, func(a, b reading.Candidate) int { return compare(b.Probability, a.Probability) })
		r.Characters = append(r.Characters, reading.Character{Text: candidates[0].Text, Confidence: candidates[0].Probability,
			Begin: float64(i) / float64(len(chars)), End: float64(i+1) / float64(len(chars)), Candidates: candidates})
		r.Text += candidates[0].Text
	}
	return r
}

func surely(s string) (list []seen) {
	for _, c := range s {
		list = append(list, seen{string(c), 0.999, ""})
	}
	return list
}

func chosen(k codeKind, r reading.Reading) codeReading {
	g := guesses(stepsOf(r, 0, len(r.Characters)), k.alphabet, k.length+3)
	return k.choose([][]guess{g})
}

// makeCode invents a valid number of a kind.
func makeCode(field string, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 3))
	switch field {
	case "id_number":
		return invent.ResidentID(r, "110105", time.Date(1960+r.IntN(40), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC), r.IntN(2) == 0)
	case "uscc":
		return invent.NewCompany(r, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)).CreditCode
	case "license_number":
		return invent.LicenceNumber(r, "330106")
	}
	return strings.ReplaceAll(invent.OrganizationCode(r), "-", "")
}

var checkedKinds = []string{"id_number", "uscc", "license_number", "organization_code"}

// A number read as it is stays as it is, surely.
func TestACleanNumberStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := codeKinds[rapid.SampledFrom(checkedKinds).Draw(t, "kind")]
		code := makeCode(k.field, rapid.Uint64().Draw(t, "seed"))
		got := chosen(k, line(surely(code)...))
		if got.text != code || !got.valid || got.confidence < 0.95 || got.basis != "" {
			t.Fatalf("%s read clearly became %+v", code, got)
		}
	})
}

// One character that the recogniser takes for another, not surely: the check character finds it out, and
// the reading says so.
func TestAValidCodeAmongTheCandidatesWins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := codeKinds[rapid.SampledFrom(checkedKinds).Draw(t, "kind")]
		code := makeCode(k.field, rapid.Uint64().Draw(t, "seed"))
		at := rapid.IntRange(0, len(code)-2).Draw(t, "at")
		wrong := string("0123456789"[rapid.IntRange(0, 9).Draw(t, "wrong")])
		if wrong == code[at:at+1] {
			t.Skip("the same character")
		}
		chars := surely(code)
		chars[at] = seen{wrong, rapid.Float64Range(0.55, 0.8).Draw(t, "p"), code[at : at+1]}
		if k.wrong(code[:at]+wrong+code[at+1:]) == 0 {
			t.Skip("the slip is valid by chance")
		}
		got := chosen(k, line(chars...))
		if got.text != code || got.basis != checks.BasisCheckCharacter {
			t.Fatalf("%s with %s at %d became %+v", code, wrong, at, got)
		}
	})
}

// A number that is printed wrong and read surely is given as it is printed, without confidence: it is not
// corrected by what could not be seen.
func TestAMisprintIsNotCorrected(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := codeKinds[rapid.SampledFrom(checkedKinds).Draw(t, "kind")]
		code := makeCode(k.field, rapid.Uint64().Draw(t, "seed"))
		at := rapid.IntRange(0, len(code)-2).Draw(t, "at")
		wrong := "0123456789"[rapid.IntRange(0, 9).Draw(t, "wrong")]
		misprint := code[:at] + string(wrong) + code[at+1:]
		if k.wrong(misprint) == 0 {
			t.Skip("valid")
		}
		chars := surely(misprint)
		chars[at].p, chars[at].or = 0.99999, code[at:at+1]
		got := chosen(k, line(chars...))
		if got.text != misprint || got.valid || got.confidence > 0.7 {
			t.Fatalf("%s became %+v", misprint, got)
		}
	})
}

// Characters that a number cannot have are those they look like.
func TestLookAlikesByAlphabet(t *testing.T) {
	for field, test := range map[string][2]string{
		"uscc":              {"9111OOOO6OOO37341L", "91110000600037341L"},
		"id_number":         {"IlOlO5I949I23IOO2x", "11010519491231002X"},
		"license_number":    {"ll0lO80OO000O16", "110108000000016"},
		"organization_code": {"６０００３７３４１", "600037341"},
	} {
		got := chosen(codeKinds[field], line(surely(test[0])...))
		if got.text != test[1] || !got.valid {
			t.Errorf("%s: %q became %+v", field, test[0], got)
		}
	}
	// O and I are letters of the organisation code: they stay.
	if got := chosen(codeKinds["organization_code"], line(surely("MA1O0I234")...)); !strings.Contains(got.text, "O") || !strings.Contains(got.text, "I") {
		t.Errorf("letters of the alphabet became %q", got.text)
	}
}

// Spaces and hyphens do not count, doubled characters need a blank between them.
func TestGuessesFollowTheLattice(t *testing.T) {
	blank := []reading.Candidate{{Text: "", Probability: 1}}
	one := []reading.Candidate{{Text: "1", Probability: 0.9}, {Text: "7", Probability: 0.1}}
	two := []reading.Candidate{{Text: "2", Probability: 1}}
	for name, test := range map[string]struct {
		steps [][]reading.Candidate
		want  string
	}{
		"nothing":           {[][]reading.Candidate{blank, blank}, ""},
		"one long":          {[][]reading.Candidate{one, one, one}, "1"},
		"two":               {[][]reading.Candidate{one, blank, one}, "11"},
		"a hyphen between":  {[][]reading.Candidate{one, {{Text: "-", Probability: 1}}, two}, "12"},
		"none of ours":      {[][]reading.Candidate{{{Text: "公", Probability: 1}}, two}, "2"},
		"a step of nothing": {[][]reading.Candidate{{}, two}, "2"},
	} {
		g := guesses(test.steps, digits, 20)
		if g[0].text != test.want {
			t.Errorf("%s: %q, want %q", name, g[0].text, test.want)
		}
		sum := 0.0
		for _, x := range g {
			sum += x.p
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("%s: the guesses add up to %g", name, sum)
		}
	}
}

// A doubled letter that merged leaves the code too short; stretched it is whole.
func TestACodeTooShortIsReadAgain(t *testing.T) {
	good := makeCode("id_number", 5)
	short := good[:10] + good[11:]
	ways := 0
	again := func(_ context.Context, _ reading.Quad, way reading.Way) (reading.Reading, error) {
		ways++
		if way == reading.Stretched {
			return readLine(good, 0.99), nil
		}
		return readLine(short, 0.99), nil
	}
	p := page(printed{text: "公民身份号码", x0: 100, x1: 220, y: 340}, printed{text: short, x0: 260, x1: 560, y: 340})
	found, err := Find(t.Context(), p, checks.HolderPhoto, Looks{Line: again})
	if err != nil || len(found) != 1 || found[0].Value != good || ways == 0 {
		t.Fatalf("%v %v after %d looks, want %s", found, err, ways, good)
	}
}

// Whatever a lattice holds, the search ends, and never gives a wrong code with confidence it cannot have.
func TestChoiceIsBounded(t *testing.T) {
	alphabet := []string{"", "0", "1", "8", "B", "O", "X", "公", "-", "Z"}
	rapid.Check(t, func(t *rapid.T) {
		var steps [][]reading.Candidate
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			var step []reading.Candidate
			for range rapid.IntRange(0, 5).Draw(t, "candidates") {
				step = append(step, reading.Candidate{Text: rapid.SampledFrom(alphabet).Draw(t, "text"), Probability: rapid.Float64Range(0, 1).Draw(t, "p")})
			}
			steps = append(steps, step)
		}
		for _, field := range append(checkedKinds, "mobile") {
			k := codeKinds[field]
			g := guesses(steps, k.alphabet, k.length+3)
			if len(g) > beamWidth {
				t.Fatalf("%d guesses", len(g))
			}
			got := k.choose([][]guess{g, g})
			if got.confidence < 0 || got.confidence > 1 || math.IsNaN(got.confidence) {
				t.Fatalf("confidence %g", got.confidence)
			}
			if got.valid && k.wrong(got.text) > 0 || !got.valid && got.confidence > 0.7 {
				t.Fatalf("%s: %+v", field, got)
			}
		}
	})
}
