package seal

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/fields"
	"dossier/checks/picture/reading"
	"dossier/checks/picture/seals"
	"dossier/checks/picture/sealtext"
)

//go:embed text.md
var textDoc string

const (
	limitSameName  = "same_name"
	limitOtherName = "other_name"
	limitReading   = "least_confidence"
	limitCompany   = "least_company_confidence"
)

// Text reads the words on the chops and looks whether they are those of the company, and on a licence not those of
// one.
var Text = &checks.Check{
	ID:      "seal/text",
	Version: 1,
	Title:   checks.Text{En: "the words on the chop are the right ones", Zh: "印章文字正确"},
	Doc:     textDoc,
	Kinds:   []checks.Kind{checks.ApplicationForm, checks.BusinessLicense},
	Limits: []checks.Limit{
		{Name: limitSameName, Default: 4.5, Reason: "natural logarithm of how much likelier what was read is than the form's company; 40 of 42 drawn chops with that name are within it, and none of 42 names with another brand"},
		{Name: limitOtherName, Default: 9, Reason: "the same; of those 42 with the company's name the farthest has 7.6, and of the 42 others 37 are beyond it"},
		{Name: limitReading, Default: 0.8, Reason: "mean confidence of the characters on the arc; names that were read right on drawn chops have 0.85 and more"},
		{Name: limitCompany, Default: 0.9, Reason: "confidence of the company's name on the form: a doubtful name proves nothing against a chop"},
	},
	Choices: []checks.Choice{
		reading.Choice("the company's name on the form has to be read as well; \"off\" leaves it out"),
	},
	Codes: []checks.Code{
		{Code: "other_name", Title: checks.Text{En: "the chop names somebody else", Zh: "印章上的名称不是该单位"}},
		{Code: "wrong_chop", Title: checks.Text{En: "the chop is one for another purpose", Zh: "所盖为其他用途的专用章"}},
		{Code: "company_chop", Title: checks.Text{En: "the chop on the licence is a company's", Zh: "营业执照上的印章是企业的印章"}},
	},
	Effort: 4, // it may be the first that reads; see legibility/text
	Run:    runText,
}

func runText(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	if err := reading.On(settings); err != nil {
		return checks.Observation{}, err
	}
	found, err := chops(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	if len(found) == 0 {
		return checks.Observation{}, checks.Skip(checks.Text{En: "no chop was found", Zh: "未发现印章"})
	}
	read, err := fields.Of.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	company := surest(read, "company")
	expected := company.Value
	if s.Kind == checks.BusinessLicense {
		// The authority's is round; oval ones are those of inspections, which nobody asks for.
		found = slices.DeleteFunc(slices.Clone(found), func(f seals.Found) bool { return f.Shape != seals.Round })
		expected = ""
	}
	words, err := sealtext.Read(ctx, s, found, expected)
	if err != nil {
		return checks.Observation{}, err
	}
	if len(words) == 0 {
		return checks.Observation{}, checks.Skip(checks.Text{En: "no round or oval chop is large enough to be read", Zh: "没有足够大、可供识别文字的圆形或椭圆形印章"})
	}
	chop := judgement{words, company, settings, s.Kind == checks.ApplicationForm}
	o := checks.Observation{Readings: chop.readings()}
	if chop.onForms {
		o.Findings = chop.onForm()
	} else {
		o.Findings = chop.onLicence()
	}
	if len(o.Findings) == 0 && !slices.ContainsFunc(words, chop.settled) {
		return o, checks.Skip(checks.Text{En: "the words on the chop could not be read for certain", Zh: "未能可靠识别印章文字"})
	}
	return o, nil
}

// surest is the reading of a field with the most confidence, empty if there is none.
func surest(read []checks.Reading, field string) (best checks.Reading) {
	for _, r := range read {
		if r.Field == field && r.Confidence > best.Confidence {
			best = r
		}
	}
	return best
}

// A judgement is what the chops of a document say, beside what the document says.
type judgement struct {
	words    []sealtext.Words
	company  checks.Reading // of the document
	settings checks.Settings
	onForms  bool
}

// same reports whether a chop names the company.
func (j judgement) same(w sealtext.Words) bool {
	return j.company.Value != "" && w.Likelier(j.company.Value) <= j.settings.Number(limitSameName)
}

// settled reports whether it is known whose chop it is: on a form the company's, on a licence whoever's was read surely.
func (j judgement) settled(w sealtext.Words) bool {
	if j.onForms {
		return j.same(w)
	}
	_, confidence := w.Name()
	return confidence >= j.settings.Number(limitReading)
}

// readings list what was read surely: the company's own name where it can as well be that.
func (j judgement) readings() (list []checks.Reading) {
	for _, w := range j.words {
		name, confidence := w.Name()
		own := j.onForms && j.same(w)
		if own {
			name = j.company.Value
		}
		if name != "" && (own || confidence >= j.settings.Number(limitReading)) {
			list = append(list, checks.Reading{Field: "seal_name", Value: name, Confidence: round2(confidence), Box: w.Seal.Box})
		}
		if p := w.Purpose(); p != "" {
			list = append(list, checks.Reading{Field: "seal_purpose", Value: p, Confidence: round2(w.Label.Confidence), Box: w.Seal.Box})
		}
	}
	return list
}

// onForm finds that none of the chops is the company's own.
func (j judgement) onForm() []checks.Finding {
	var purpose, other []checks.Finding
	for _, w := range j.words {
		if p := w.Purpose(); p != "" {
			purpose = append(purpose, wrongChop(p, w.Seal))
			continue
		}
		if j.same(w) {
			return nil // whatever else is stamped beside it
		}
		if f, ok := j.otherName(w); ok {
			other = append(other, f)
		}
	}
	// One chop that could not be read may be the right one: the others are then named all the same, for a person looks.
	return append(purpose, other...)
}

func wrongChop(purpose string, s *seals.Found) checks.Finding {
	return checks.Finding{Code: "wrong_chop", Region: s.Box,
		Message: checks.Textf("The chop reads %[1]q: it is made for another purpose. The form needs the company's own chop.", "印章下方为“%[1]s”，属于其他用途的专用章；授权运营书须加盖单位公章。", purpose),
		Remedy:  checks.Text{En: "Have the form chopped with the company's round red chop (公章) and scanned again.", Zh: "请加盖单位公章（圆形、红色）后重新扫描。"}}
}

// otherName finds that a chop surely does not name the company.
func (j judgement) otherName(w sealtext.Words) (checks.Finding, bool) {
	name, confidence := w.Name()
	apart := w.Likelier(j.company.Value)
	most, least := j.settings.Number(limitOtherName), j.settings.Number(limitReading)
	if j.company.Value == "" || j.company.Confidence < j.settings.Number(limitCompany) || apart < most || confidence < least || len([]rune(name)) < 4 {
		return checks.Finding{}, false
	}
	return checks.Finding{Code: "other_name", Region: w.Seal.Box,
		Message: checks.Textf("The chop reads %[1]q, as far as it can be read; the form names %[2]q.", "印章文字识别为“%[1]s”，而授权运营书上的单位名称为“%[2]s”。", name, j.company.Value),
		Remedy: checks.Text{En: "Compare the name on the chop with the company's, character by character. If it is another's or an old one, have the form chopped with the chop of the company as it is registered.",
			Zh: "请逐字核对印章上的名称与单位全称；如为其他单位的印章或旧印章，请加盖与登记名称一致的公章后重新扫描。"},
		Measures: []checks.Measure{
			{Name: "apart", Value: round2(apart), Want: fmt.Sprintf("<= %g", j.settings.Number(limitSameName))},
			{Name: "confidence", Value: round2(confidence), Want: atLeast(least)}}}, true
}

// onLicence finds that the chops on a licence are companies': a copy that the company has chopped, on which the
// authority's cannot be seen.
func (j judgement) onLicence() []checks.Finding {
	var found []checks.Finding
	for _, w := range j.words {
		name, confidence := w.Name()
		if !strings.HasSuffix(name, "公司") || confidence < j.settings.Number(limitReading) {
			return nil // the authority's, or one that could not be read
		}
		found = append(found, checks.Finding{Code: "company_chop", Region: w.Seal.Box,
			Message: checks.Textf("The chop on the licence reads %[1]q: it is a company's, not that of the authority that issued it.", "营业执照上的印章文字识别为“%[1]s”，是企业印章，不是登记机关的印章。", name),
			Remedy: checks.Text{En: "A grey copy needs the company's chop; a colour picture of the original needs the authority's. Look whether this is a copy, and ask for a colour scan of the original if the platform refuses it.",
				Zh: "黑白复印件须加盖企业公章；彩色原件须有登记机关印章。请确认该图片是否为复印件，必要时请客户提供原件的彩色扫描件。"},
			Measures: []checks.Measure{{Name: "confidence", Value: round2(confidence), Want: atLeast(j.settings.Number(limitReading))}}})
	}
	return found
}
