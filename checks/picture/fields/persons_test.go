package fields

import (
	"context"
	"math"
	"testing"

	"dossier/checks"
	"dossier/checks/picture/reading"
)

// A mark is a character of a line made by hand: where its middle lies, 0..1, and what it could be.
type mark struct {
	at  float64
	can []reading.Candidate
}

func could(at float64, texts string, p ...float64) mark {
	m := mark{at: at}
	for i, r := range []rune(texts) {
		m.can = append(m.can, reading.Candidate{Text: string(r), Probability: p[i]})
	}
	return m
}

func lineOf(marks ...mark) (r reading.Reading) {
	for _, m := range marks {
		r.Text += m.can[0].Text
		r.Characters = append(r.Characters, reading.Character{Text: m.can[0].Text, Confidence: m.can[0].Probability,
			Begin: m.at - 0.03, End: m.at + 0.03, Candidates: m.can})
		r.Confidence = 0.9
	}
	return r
}

// nameOn finds the holder's name on a card whose name was read as first, and again as the others.
func nameOn(t *testing.T, first, stretched, red reading.Reading) checks.Reading {
	t.Helper()
	p := page(printed{text: "姓名", x0: 100, x1: 140, y: 100}, printed{text: "王", x0: 150, x1: 210, y: 100},
		printed{text: "公民身份号码11010519491231002X", x0: 100, x1: 560, y: 340})
	p.Lines[1].Reading = first
	found, err := Find(t.Context(), p, checks.HolderPhoto, Looks{Line: func(_ context.Context, _ reading.Quad, way reading.Way) (reading.Reading, error) {
		return map[reading.Way]reading.Reading{reading.Stretched: stretched, reading.Red: red}[way], nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range found {
		if r.Field == "name" {
			return r
		}
	}
	return checks.Reading{}
}

func TestNameOfSeveralLooks(t *testing.T) {
	wang, hai, yan := could(0.18, "王", 0.99), could(0.48, "海", 0.99), could(0.78, "燕", 0.99)
	for name, test := range map[string]struct {
		looks [3]reading.Reading
		want  string
		most  float64 // confidence
	}{
		"alike":               {[3]reading.Reading{lineOf(wang, hai, yan), lineOf(wang, hai, yan), {}}, "王海燕", 1},
		"a name is likelier":  {[3]reading.Reading{lineOf(wang, hai, could(0.78, "蒸燕", 0.57, 0.40)), lineOf(wang, hai, could(0.78, "蒸燕", 0.82, 0.16)), lineOf(wang, hai, could(0.78, "燕蒸", 0.61, 0.31))}, "王海燕", 0.5},
		"no surname":          {[3]reading.Reading{lineOf(could(0.18, "玉王", 0.6, 0.35), hai, yan), lineOf(could(0.18, "玉王", 0.6, 0.35), hai, yan), lineOf(could(0.18, "玉王", 0.6, 0.35), hai, yan)}, "王海燕", 0.5},
		"the first was lost":  {[3]reading.Reading{lineOf(hai, yan), lineOf(hai, yan), lineOf(hai, yan)}, "□海燕", 0.5},
		"the last was lost":   {[3]reading.Reading{lineOf(could(0.18, "王", 0.99), hai), lineOf(could(0.18, "王", 0.99), hai), lineOf(could(0.18, "王", 0.99), hai)}, "王海□", 0.5},
		"one alone":           {[3]reading.Reading{lineOf(could(0.18, "王", 0.99)), lineOf(could(0.18, "王", 0.99)), lineOf(could(0.18, "王", 0.99))}, "王□", 0.5},
		"seen by one look":    {[3]reading.Reading{lineOf(hai, yan), lineOf(hai, yan), lineOf(could(0.18, "王", 0.95), hai, yan)}, "王海燕", 0.5},
		"another every time":  {[3]reading.Reading{lineOf(wang, hai, could(0.78, "从", 0.6)), lineOf(wang, hai, could(0.78, "蕉", 0.5)), lineOf(wang, hai, could(0.78, "羔", 0.5))}, "王海□", 0.5},
		"a double surname":    {[3]reading.Reading{lineOf(could(0.18, "令", 0.95), could(0.48, "掘狐", 0.4, 0.1), yan), lineOf(could(0.18, "令", 0.95), could(0.48, "趣", 0.4), yan), lineOf(could(0.18, "令", 0.95), could(0.48, "孤狐", 0.5, 0.1), yan)}, "令狐燕", 0.5},
		"two, set wide apart": {[3]reading.Reading{lineOf(could(0.18, "王", 0.99), could(0.82, "伟", 0.99)), lineOf(could(0.18, "王", 0.99), could(0.82, "伟", 0.99)), {}}, "王伟", 1},
	} {
		got := nameOn(t, test.looks[0], test.looks[1], test.looks[2])
		if got.Value != test.want || got.Confidence > test.most || test.most == 1 && got.Confidence < 0.9 {
			t.Errorf("%s: %q with %g, want %q with at most %g", name, got.Value, got.Confidence, test.want, test.most)
		}
	}
}

// latticeOf makes the steps of a line: a step for each character, blanks between.
func latticeOf(marks ...mark) (r reading.Reading) {
	for _, m := range marks {
		r.Lattice = append(r.Lattice, []reading.Candidate{{Text: "", Probability: 0.999}, {Text: "#", Probability: 0.001}}, m.can)
	}
	return r
}

func TestLikelier(t *testing.T) {
	r := latticeOf(could(0, "金", 0.99), could(0, "右石", 0.7, 0.29), could(0, "(", 0.99), could(0, "鼠家", 0.5, 0.1), could(0, "司司", 0.99, 0))
	// The step before the last is blank with 0.6 or a character that was passed over.
	r.Lattice[8] = []reading.Candidate{{Text: "", Probability: 0.6}, {Text: "公", Probability: 0.4}}
	for text, want := range map[string]float64{
		"金右(鼠司":  0,                                            // what was read
		"金石（鼠司":  math.Log(0.7 / 0.29),                         // the second candidate, the other bracket
		"金石(鼠公司": math.Log(0.7/0.29) + math.Log(0.6/0.4),       // a character in the place of a blank
		"金右(限司":  math.Log(0.5 / 0.1),                          // one that is not among the candidates has as much as the last
		"金石(限公司": math.Log(0.7 / 0.29 * 0.5 / 0.1 * 0.6 / 0.4), // all of it
	} {
		if got := r.Likelier([]rune(text), OneWidth); math.Abs(got-want) > 0.02 {
			t.Errorf("%s: %.3f, want %.3f", text, got, want)
		}
	}
	for _, text := range []string{"", "银石公司", "金石"} {
		if got := r.Likelier([]rune(text), OneWidth); got < 3 {
			t.Errorf("%q: %.3f", text, got)
		}
	}
	if got := (reading.Reading{}).Likelier([]rune("金"), OneWidth); !math.IsInf(got, 1) {
		t.Errorf("nothing was read: %g", got)
	}
}

// A name whose end the chop hides from the search for lines, and one that can as well be read as the one
// filled in; a name that is plainly another stays another.
func TestSignedNameIsReadAgain(t *testing.T) {
	const name = "北京云帆有限公司"
	form := func(under string, again reading.Reading) string {
		t.Helper()
		p := page(printed{text: "单位全称", x0: 110, x1: 190, y: 200}, printed{text: name, x0: 300, x1: 460, y: 200},
			printed{text: "单位名称(盖章):", x0: 420, x1: 560, y: 540}, printed{text: under, x0: 450, x1: 610, y: 580, sure: 0.9})
		found, err := Find(t.Context(), p, checks.ApplicationForm, Looks{Line: func(_ context.Context, q reading.Quad, _ reading.Way) (reading.Reading, error) {
			if q[0].Y < 500 {
				return readLine(name, 0.99), nil
			}
			return again, nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		signed := ""
		for _, r := range found {
			if r.Field == "company" && r.Box.Y > 500 {
				signed = r.Value
			}
		}
		return signed
	}
	if got := form("北京云帆有限公", readLine(name, 0.97)); got != name {
		t.Errorf("read to its end: %q", got)
	}
	doubtful := readLine("北京云机有限公司", 0.9)
	doubtful.Way = reading.Red
	doubtful.Lattice = latticeOf(could(0, "北", 0.9), could(0, "京", 0.9), could(0, "云", 0.9), could(0, "机帆", 0.5, 0.4), could(0, "有", 0.9), could(0, "限", 0.9), could(0, "公", 0.9), could(0, "司", 0.9)).Lattice
	if got := form("北京云机有限公司", doubtful); got != name {
		t.Errorf("that can as well be read so: %q", got)
	}
	plain := readLine("北京云机有限公司", 0.97)
	plain.Way = reading.Red
	plain.Lattice = latticeOf(could(0, "北", 0.9), could(0, "京", 0.9), could(0, "云", 0.9), could(0, "机帆", 0.98, 0.001), could(0, "有", 0.9), could(0, "限", 0.9), could(0, "公", 0.9), could(0, "司", 0.9)).Lattice
	if got := form("北京云机有限公司", plain); got != "北京云机有限公司" {
		t.Errorf("another: %q", got)
	}
}

// A character passed over beside a bracket.
func TestSkips(t *testing.T) {
	line := func(first float64) value {
		r := lineOf(could(first, "瑞", 0.9), could(0.23, "(", 0.9), could(0.29, "杭", 0.9), could(0.38, "州", 0.9), could(0.44, ")", 0.9), could(0.53, "商", 0.9), could(0.61, "贸", 0.9), could(0.70, "有", 0.9), could(0.78, "限", 0.9), could(0.85, "公", 0.9), could(0.93, "司", 0.9))
		return fromReading(r, reading.Quad{})
	}
	if !skips(line(0.05)) || skips(line(0.13)) {
		t.Error("a character beside a bracket is missed, or seen where it is not missing")
	}
}

// A mark before a name is no bracket of it; one that was lost is put in again.
func TestBracketsOfCompanies(t *testing.T) {
	for read, want := range map[string]string{
		"(墨池(昆明)物流有限公司": "墨池（昆明）物流有限公司", "墨池(昆明)物流有限公司": "墨池（昆明）物流有限公司",
		"墨池昆明)物流有限公司": "墨池（昆明）物流有限公司", "(昆明)墨池物流有限公司": "（昆明）墨池物流有限公司",
	} {
		if got := company(fromReading(readLine(read, 0.99), reading.Quad{})); got.text != want {
			t.Errorf("%s: %s, want %s", read, got.text, want)
		}
	}
}
