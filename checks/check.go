package checks

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
)

// Text is a sentence for people, in both languages Dossier speaks. Both are always given.
type Text struct {
	En string `json:"en"`
	Zh string `json:"zh"`
}

// In returns the text in the language tag given: "zh" or, for anything else, English.
func (t Text) In(lang string) string {
	if lang == "zh" {
		return t.Zh
	}
	return t.En
}

// Textf formats the same arguments into an English and a Chinese sentence. The two formats may
// take the arguments in a different order with explicit indexes (%[2]d).
func Textf(en, zh string, args ...any) Text {
	return Text{En: fmt.Sprintf(en, args...), Zh: fmt.Sprintf(zh, args...)}
}

// Kind says what a document is for.
type Kind string

// The kinds of document a case is made of.
const (
	BusinessLicense             Kind = "business_license"              // 营业执照
	HolderPhoto                 Kind = "holder_photo"                  // 手持身份证: a person holding the ID card
	ApplicationForm             Kind = "application_form"              // 授权运营书, signed and chopped
	OrganizationCodeCertificate Kind = "organization_code_certificate" // 组织机构代码证
	Proposal                    Kind = "proposal"                      // the intended use, overseas path
	Credential                  Kind = "credential"                    // a business card, a foreign registration certificate
	Unknown                     Kind = "unknown"
)

// Kinds lists every kind in the order a submission is uploaded, Unknown last.
func Kinds() []Kind {
	return []Kind{BusinessLicense, OrganizationCodeCertificate, HolderPhoto, ApplicationForm, Proposal, Credential, Unknown}
}

// Title is the kind's name for people.
func (k Kind) Title() Text {
	switch k {
	case BusinessLicense:
		return Text{"business licence", "营业执照"}
	case HolderPhoto:
		return Text{"photo of the holder with the ID card", "手持身份证照片"}
	case ApplicationForm:
		return Text{"application form", "授权运营书（申请公函）"}
	case OrganizationCodeCertificate:
		return Text{"organisation code certificate", "组织机构代码证"}
	case Proposal:
		return Text{"proposal of intended use", "用途说明"}
	case Credential:
		return Text{"business credential", "业务证明材料"}
	}
	return Text{"document of unknown kind", "未识别的文件"}
}

// A Check is one measurement. It is a value, written once as a package variable, and its ID
// never changes: a mistake is deprecated, not renamed.
//
// Exactly one of Run and RunCase is set. Run is called for documents of the Kinds listed (an
// empty list means every kind), RunCase once a case.
type Check struct {
	ID      string // family/name, e.g. "format/extension"
	Version int    // raised whenever the same bytes may give another answer
	Title   Text   // a few words, for tables
	Doc     string // the check's Markdown document, embedded from the file beside it
	Kinds   []Kind
	Limits  []Limit  // every number the check compares with
	Choices []Choice // every list of words the check compares with
	Codes   []Code   // every finding the check can make
	// Effort is how many times the runner's time limit the check may take; 0 means once.
	Effort int

	Run     func(ctx context.Context, subject *Subject, settings Settings) (Observation, error)
	RunCase func(ctx context.Context, c *Case, settings Settings) ([]Finding, error)
}

// AppliesTo reports whether the check is run for documents of kind k.
func (c *Check) AppliesTo(k Kind) bool {
	if c.Run == nil {
		return false
	}
	if len(c.Kinds) == 0 {
		return true
	}
	for _, have := range c.Kinds {
		if have == k {
			return true
		}
	}
	return false
}

// A Code is one thing a check can find. Code is stable, snake_case and unique within its
// check; Title names it for people in lists of severities.
type Code struct {
	Code  string
	Title Text
}

// A Limit is a number a check compares with. The profile may override it; Reason says where the
// default comes from.
type Limit struct {
	Name    string // snake_case, unique within the check
	Default float64
	Unit    string // "bytes", "px", "" for a plain count
	Reason  string
}

// A Choice is a list of words a check compares with, such as the formats that are accepted.
type Choice struct {
	Name    string
	Default []string
	Reason  string
	// As names another check: where the profile says nothing of this choice, what it says of that check's
	// choice of the same name holds here too. Empty: the choice is the check's own.
	As string
}

// Settings are a check's limits and choices as the profile has them. The zero value is not
// usable; make one with Check.Settings.
type Settings struct {
	check   *Check
	numbers map[string]float64
	words   map[string][]string
}

// Settings returns the check's declared defaults with the overrides laid over them. A name
// that the check does not declare is an error: a misspelt limit must not pass in silence.
func (c *Check) Settings(numbers map[string]float64, words map[string][]string) (Settings, error) {
	s := Settings{check: c, numbers: map[string]float64{}, words: map[string][]string{}}
	for _, l := range c.Limits {
		s.numbers[l.Name] = l.Default
	}
	for _, ch := range c.Choices {
		s.words[ch.Name] = ch.Default
	}
	for name, value := range numbers {
		if _, ok := s.numbers[name]; !ok {
			return Settings{}, fmt.Errorf("check %s has no limit %q", c.ID, name)
		}
		s.numbers[name] = value
	}
	for name, value := range words {
		if _, ok := s.words[name]; !ok {
			return Settings{}, fmt.Errorf("check %s has no choice %q", c.ID, name)
		}
		s.words[name] = value
	}
	return s, nil
}

// Number returns the limit of that name. Asking for one that is not declared is a programming
// error and panics; the runner turns the panic into the outcome "failed".
func (s Settings) Number(name string) float64 {
	v, ok := s.numbers[name]
	if !ok {
		panic("checks: undeclared limit " + name)
	}
	return v
}

// Words returns the choice of that name; it panics as Number does.
func (s Settings) Words(name string) []string {
	v, ok := s.words[name]
	if !ok {
		panic("checks: undeclared choice " + name)
	}
	return v
}

// Has reports whether word is one of the choice of that name.
func (s Settings) Has(name, word string) bool {
	for _, w := range s.Words(name) {
		if w == word {
			return true
		}
	}
	return false
}

// An Observation is what a check saw on one document.
type Observation struct {
	Findings []Finding
	Seals    []Seal
	Readings []Reading
}

// A Finding is one thing that a person should know, with the numbers behind it, its place and
// how to mend it. It carries no severity.
type Finding struct {
	Code     string
	Message  Text // what is so: "the picture has 12,000,000 pixels, at most 6,000,000 are accepted"
	Remedy   Text // what to do about it, one step a clerk can take
	Measures []Measure
	Region   Region      // zero: the whole document
	Overlay  image.Image // a picture of the evidence, or nil
	// Documents names the documents a finding of a case check is about, by Document.Name.
	Documents []string
	// Rule is the Requirement.Rule of the requirement a case check found not met; empty
	// otherwise: which rule a finding is about is for the profile to say.
	Rule string
}

// A Measure is one number behind a finding.
type Measure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Want  string  `json:"want"` // what would have been right, e.g. "<= 2097152"; empty if nothing is wanted
}

// A Region is a rectangle in pixels of the upright picture. The zero Region means no
// particular place.
type Region struct {
	X, Y, Width, Height int
}

// IsZero reports whether the region names no particular place.
func (r Region) IsZero() bool { return r == Region{} }

// MarshalJSON writes the region as [x, y, width, height].
func (r Region) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "[%d,%d,%d,%d]", r.X, r.Y, r.Width, r.Height), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Region) UnmarshalJSON(b []byte) error {
	var v []int
	if err := json.Unmarshal(b, &v); err != nil {
		return fmt.Errorf("region: %w", err)
	}
	if len(v) != 4 {
		return fmt.Errorf("region has %d numbers, want 4", len(v))
	}
	*r = Region{v[0], v[1], v[2], v[3]}
	return nil
}

// A Seal is a chop that was seen on a document.
type Seal struct {
	Shape      string   `json:"shape"` // round, oval, square, other
	Color      string   `json:"color"` // red, blue, other
	Box        Region   `json:"box"`
	DiameterMM *float64 `json:"diameter_mm"` // nil without a scale
	Confidence float64  `json:"confidence"`  // 0..1
	// Completeness is how much of its outline can be seen, 0..1.
	Completeness float64 `json:"completeness,omitempty"`
	// Strength is how far its ink stands off the paper, 0..1: a faint chop is near 0.
	Strength float64 `json:"strength,omitempty"`
	// Star says that a five-pointed star stands in its middle, as on a company's own.
	Star bool `json:"star,omitempty"`
	// Overlaps is how much of the signature, the date and the company's name of a form lies under the chop, as a
	// part of the area of each, 0..1. A part that was not found is not in it; nil where nothing was looked for.
	Overlaps map[string]float64 `json:"overlaps,omitempty"`
}

// The parts of a form that Seal.Overlaps names.
const (
	OverlapSignature = "signature"
	OverlapDate      = "date"
	OverlapCompany   = "company"
)

// A Reading is a value that was read from a document.
type Reading struct {
	Field      string  `json:"field"` // id_number, uscc, license_number, company, name, ...
	Value      string  `json:"value"`
	Confidence float64 `json:"confidence"` // 0..1
	Box        Region  `json:"box"`
	// Basis says what the value rests on when it is not simply what was read: BasisCheckCharacter,
	// BasisAlphabet, or empty.
	Basis string `json:"basis,omitempty"`
}

// What a Reading may rest on beyond the recogniser's first choice.
const (
	// BasisCheckCharacter: of the candidates for its characters those were chosen that make its
	// check characters hold.
	BasisCheckCharacter = "check_character"
	// BasisAlphabet: characters that such a number cannot have were taken for those they look like,
	// such as O for 0.
	BasisAlphabet = "alphabet"
)
