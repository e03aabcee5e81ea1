package profile

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"dossier/checks"
	"dossier/pipeline"
)

// A Profile is one dated set of requirements, with all it extends merged in. It must not be
// changed.
type Profile struct {
	ID        string               `json:"id"`   // wechat-organization
	Date      string               `json:"date"` // 2014-09
	Title     checks.Text          `json:"title"`
	Default   bool                 `json:"default,omitempty"` // taken when a date is not named
	Path      checks.Path          `json:"path"`
	Sources   map[string]Source    `json:"sources"`
	Rules     []Rule               `json:"rules"`     // the platform's first, ours last
	Documents []checks.Requirement `json:"documents"` // in upload order
	Checks    map[string]Policy    `json:"checks"`    // by check id
	// Reassuring lists the checks that must all have run before a picture may be said to show
	// no trace of editing. While it is empty no picture is.
	Reassuring []string `json:"reassuring"`

	digest string
	where  map[string]place // where each thing was said, for Validate
}

// A Source is where rules come from.
type Source struct {
	Title checks.Text `json:"title"`
}

// A Rule is one rule of the platform, or of ours where Source says so.
type Rule struct {
	ID     string      `json:"id"` // S21
	Text   checks.Text `json:"text"`
	Source string      `json:"source"` // a key of Profile.Sources
	// CheckedBy lists the checks that measure whether the rule is kept.
	CheckedBy []string `json:"checked_by"`
	// Told is true when no check measures the rule, or not all of it: people are told.
	Told bool `json:"told"`
}

// A Policy is what a profile makes of one check.
type Policy struct {
	Rule string `json:"rule"` // the rule its findings are about, unless one says otherwise
	// RuleFor names another rule for some kinds of document: only of the photo with the ID card
	// does the platform say in so many words that it may not be edited.
	RuleFor    map[checks.Kind]string `json:"rule_for,omitempty"`
	MustRun    bool                   `json:"must_run"` // skipped is not good enough: a person must look
	Limits     map[string]float64     `json:"limits"`
	Choices    map[string][]string    `json:"choices"`
	Severities map[string]Judgement   `json:"severities"` // by code
}

// A Judgement is how bad a finding is.
type Judgement struct {
	Severity pipeline.Severity                 `json:"severity"`
	Rule     string                            `json:"rule,omitempty"`
	Kinds    map[checks.Kind]pipeline.Severity `json:"kinds,omitempty"` // where a kind of document differs
}

//go:embed data/*.yaml
var data embed.FS

// base is what the built-in profiles have in common. It is no profile of its own.
const base = "wechat-base"

// builtin reads the embedded profiles. They are part of the program: one that cannot be read is
// a programming error, and a test reads them all.
var builtin = sync.OnceValue(func() map[string]*Profile {
	files, err := data.ReadDir("data")
	if err != nil {
		panic(err)
	}
	// A file comes after the one it extends: the base first, then by name.
	slices.SortFunc(files, func(a, b os.DirEntry) int {
		isBase := func(e os.DirEntry) int {
			if strings.HasPrefix(e.Name(), base) {
				return 0
			}
			return 1
		}
		return cmp.Or(isBase(a)-isBase(b), strings.Compare(a.Name(), b.Name()))
	})
	known := map[string]*Profile{}
	for _, f := range files {
		text, err := data.ReadFile("data/" + f.Name())
		if err != nil {
			panic(err)
		}
		p, err := read(f.Name(), text, known)
		if err != nil {
			panic("profile: a built-in profile is broken:\n" + err.Error())
		}
		known[p.Name()] = p
	}
	return known
})

// Name is the profile's id with its date: wechat-organization@2014-09.
func (p *Profile) Name() string { return p.ID + "@" + p.Date }

// List returns the built-in profiles, by name.
func List() []*Profile {
	var out []*Profile
	for _, name := range slices.Sorted(maps.Keys(builtin())) {
		if p := builtin()[name]; p.ID != base {
			out = append(out, p)
		}
	}
	return out
}

// Get returns the built-in profile of that id, with or without its @date; without, the one marked
// as the default, or else the latest.
// The error is a *Problem that lists the profiles there are.
func Get(id string) (*Profile, error) {
	if p := find(List(), id); p != nil {
		return p, nil
	}
	var names []string
	for _, p := range List() {
		names = append(names, p.Name())
	}
	return nil, &Problem{Message: checks.Textf("there is no profile %[1]q", "没有名为 %[1]q 的要求清单", id), Remedy: didYouMean(id, names)}
}

// ForPath returns the built-in profile of a path that is marked as the default, or else the latest;
// false for a path there is none for.
func ForPath(path checks.Path) (*Profile, bool) {
	p := preferred(List(), func(p *Profile) bool { return p.Path == path })
	return p, p != nil
}

// find returns the profile named id, or of the id's that without a date the preferred one.
func find(list []*Profile, id string) *Profile {
	for _, p := range list {
		if p.Name() == id {
			return p
		}
	}
	return preferred(list, func(p *Profile) bool { return p.ID == id })
}

// preferred returns of those wanted the one marked as the default, or else the latest, or nil.
func preferred(list []*Profile, wanted func(*Profile) bool) *Profile {
	var best *Profile
	for _, p := range list {
		if wanted(p) && (best == nil || p.Default && !best.Default || p.Default == best.Default && p.Date > best.Date) {
			best = p
		}
	}
	return best
}

// Load reads a user's own profile file, which must extend a built-in profile. Whatever is wrong
// with its words is in Problems, each with file, line and column. The checks it names are
// compared with those of the profile it extends; Validate compares them with the checks that
// there are, and should be called before the profile is used.
func Load(path string) (*Profile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	defer f.Close()
	text := make([]byte, maxFileBytes+1)
	n, err := readFull(f, text)
	if err != nil {
		return nil, fmt.Errorf("profile %s: %w", path, err)
	}
	return Parse(path, text[:n])
}

// Parse reads a user's own profile as Load does; file is its name for messages.
func Parse(file string, text []byte) (*Profile, error) {
	known := maps.Clone(builtin())
	maps.DeleteFunc(known, func(_ string, p *Profile) bool { return p.ID == base })
	return read(filepath.ToSlash(file), text, known)
}

// Digest is the SHA-256, in lower-case hex, of the profile as it is applied: of its JSON with
// everything it extends merged in and keys in order.
func (p *Profile) Digest() string { return p.digest }

// Ref names the profile exactly, for a report.
func (p *Profile) Ref() pipeline.ProfileRef {
	return pipeline.ProfileRef{ID: p.Name(), Title: p.Title, SHA256: p.Digest()}
}

func (p *Profile) seal() error {
	canonical, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("profile %s: %w", p.Name(), err)
	}
	sum := sha256.Sum256(canonical)
	p.digest = hex.EncodeToString(sum[:])
	return nil
}

// Settings returns the check's limits and choices as the profile has them. An error names what
// the check does not declare; Validate finds all of these beforehand.
func (p *Profile) Settings(c *checks.Check) (checks.Settings, error) {
	policy := p.Checks[c.ID]
	s, err := c.Settings(policy.Limits, p.choices(c))
	if err != nil {
		return s, fmt.Errorf("profile %s: %w", p.Name(), err)
	}
	return s, nil
}

// choices are what the profile says of a check's choices, and of those that it makes as another check does.
func (p *Profile) choices(c *checks.Check) map[string][]string {
	words := maps.Clone(p.Checks[c.ID].Choices)
	for _, choice := range c.Choices {
		if _, own := words[choice.Name]; own || choice.As == "" {
			continue
		}
		if others, ok := p.Checks[choice.As].Choices[choice.Name]; ok {
			if words == nil {
				words = map[string][]string{}
			}
			words[choice.Name] = others
		}
	}
	return words
}

// Requirements lists the documents a case must or may hold, in upload order.
func (p *Profile) Requirements() []checks.Requirement { return slices.Clone(p.Documents) }

// Rule returns the rule of that id.
func (p *Profile) Rule(id string) (Rule, bool) {
	for _, r := range p.Rules {
		if r.ID == id {
			return r, true
		}
	}
	return Rule{}, false
}

// SeverityOf says how bad the profile holds a check's finding to be, and which rule it is about.
// A finding the profile says nothing of needs review: silence must not pass anything.
func (p *Profile) SeverityOf(check, code string) (pipeline.Severity, string) {
	return p.SeverityFor(check, code, "")
}

// SeverityFor is SeverityOf for a document of the kind: a profile may hold a fault of one kind
// of document to be worse than the same fault of another.
func (p *Profile) SeverityFor(check, code string, kind checks.Kind) (pipeline.Severity, string) {
	policy := p.Checks[check]
	j, ok := policy.Severities[code]
	if !ok {
		return pipeline.NeedReview, policy.Rule
	}
	severity := j.Severity
	if s, ok := j.Kinds[kind]; ok {
		severity = s
	}
	return severity, cmp.Or(j.Rule, policy.RuleFor[kind], policy.Rule)
}

// Cite returns the rules that the findings of a case name, by id.
func (p *Profile) Cite(c *pipeline.Case) []pipeline.Rule {
	named := map[string]bool{}
	c.Walk(func(_ *pipeline.Document, _ *pipeline.Result, f *pipeline.Finding) { named[f.Rule] = true })
	out := []pipeline.Rule{}
	for _, r := range p.Rules {
		if named[r.ID] {
			out = append(out, pipeline.Rule{ID: r.ID, Text: r.Text, Source: p.Sources[r.Source].Title.En})
		}
	}
	return out
}
