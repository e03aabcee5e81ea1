package profile

import (
	"cmp"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"dossier/checks"
	"dossier/pipeline"
)

var (
	profileID   = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	profileDate = regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])$`)
	ruleID      = regexp.MustCompile(`^[A-Z]{1,3}\d{2,3}$`)
)

// The check whose list of required answers names fields of the form.
const completeCheck = "casefile/complete"

// profileReader reads one profile file over the profile it extends.
type profileReader struct {
	reader
	p *Profile
	// parent is nil for a file that extends nothing: it may name checks freely.
	parent *Profile
}

// read reads a profile file. known are the profiles it may extend, by name.
func read(file string, text []byte, known map[string]*Profile) (*Profile, error) {
	r := &profileReader{reader: reader{file: file}}
	entries, ok := r.open(text)
	if !ok {
		return nil, r.problems
	}
	top := r.at(1, 1)
	if len(entries) > 0 {
		top = entries[0].at
	}
	r.extend(entries, known, top)
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	p := r.p
	plain := func(into *string, want checks.Text, form *regexp.Regexp) func(entry) {
		return func(e entry) {
			s, ok := r.words(e.value, e.at, want)
			if ok && !form.MatchString(s) {
				r.wrongType(e.value, want)
			}
			*into = s
		}
	}
	r.keys(entries, top, map[string]func(entry){
		"extends": func(entry) {},
		"id":      plain(&p.ID, checks.Text{En: "lower-case words with hyphens, such as my-agency", Zh: "小写字母与连字符，例如 my-agency"}, profileID),
		"date":    plain(&p.Date, checks.Text{En: "a year and month such as 2014-09", Zh: "年-月，例如 2014-09"}, profileDate),
		"title":   func(e entry) { p.Title = r.text(e.value, e.at) },
		"path":    func(e entry) { p.Path = oneOf(r, e, checks.Paths()) },
		"default": func(e entry) { p.Default, _ = r.boolean(e.value, e.at) },
		"sources": r.sources,
		"rules":   r.rules,
		"documents": func(e entry) {
			for _, d := range r.mapping(e.value) {
				r.document(d)
			}
		},
		"reassuring": func(e entry) { p.Reassuring = r.checkNames(e, "reassuring") },
		"checks": func(e entry) {
			for _, c := range r.mapping(e.value) {
				r.policy(c)
			}
		},
	}, "id", "date", "title")
	if len(r.problems) == 0 {
		r.references(top)
	}
	if len(r.problems) > 0 {
		r.problems.sort()
		return nil, r.problems
	}
	slices.SortFunc(p.Rules, func(a, b Rule) int { return cmp.Or(ruleRank(a)-ruleRank(b), strings.Compare(a.ID, b.ID)) })
	slices.SortFunc(p.Documents, func(a, b checks.Requirement) int {
		return slices.Index(checks.Kinds(), a.Kind) - slices.Index(checks.Kinds(), b.Kind)
	})
	return p, p.seal()
}

// ruleRank puts the platform's rules before those of the user's own and Dossier's last.
func ruleRank(r Rule) int {
	switch r.ID[0] {
	case 'S':
		return 0
	case 'P':
		return 1
	case 'D':
		return 3
	}
	return 2
}

// extend makes the profile to fill: a copy of the one that is extended.
func (r *profileReader) extend(entries []entry, known map[string]*Profile, top place) {
	r.p = &Profile{Sources: map[string]Source{}, Checks: map[string]Policy{}, Rules: []Rule{}, Documents: []checks.Requirement{},
		Reassuring: []string{}, where: map[string]place{}}
	i := slices.IndexFunc(entries, func(e entry) bool { return e.key == "extends" })
	if i < 0 {
		// Only the base stands on its own, and it is read before anything is known.
		if len(known) > 0 {
			r.add(top, checks.Text{En: "the file does not say which profile it extends", Zh: "文件没有写明所扩展的要求清单"},
				checks.Text{En: "begin with a line such as \"extends: wechat-organization@2014-09\"", Zh: "请加上一行，例如“extends: wechat-organization@2014-09”"})
		}
		return
	}
	e := entries[i]
	name, ok := r.words(e.value, e.at, checks.Text{En: "the name of a profile", Zh: "要求清单的名称"})
	if !ok {
		return
	}
	parent := find(slices.Collect(maps.Values(known)), name)
	if parent == nil {
		r.add(r.of(e.value), checks.Textf("there is no profile %[1]q", "没有名为 %[1]q 的要求清单", name),
			didYouMean(name, sortedKeys(known)))
		return
	}
	r.parent = parent
	r.p.Path = parent.Path
	r.p.Sources = maps.Clone(parent.Sources)
	r.p.Rules = slices.Clone(parent.Rules)
	r.p.Documents = slices.Clone(parent.Documents)
	r.p.Reassuring = slices.Clone(parent.Reassuring)
	r.p.where = maps.Clone(parent.where)
	for id, policy := range parent.Checks {
		policy.Limits = maps.Clone(policy.Limits)
		policy.Choices = maps.Clone(policy.Choices)
		policy.Severities = maps.Clone(policy.Severities)
		r.p.Checks[id] = policy
	}
}

func (r *profileReader) sources(e entry) {
	for _, s := range r.mapping(e.value) {
		var source Source
		r.fields(s.value, s.at, map[string]func(entry){
			"title": func(e entry) { source.Title = r.text(e.value, e.at) },
		}, "title")
		r.p.Sources[s.key] = source
	}
}

func (r *profileReader) rules(e entry) {
	for _, entry := range r.mapping(e.value) {
		r.rule(entry)
	}
}

func (r *profileReader) rule(e entry) {
	if !ruleID.MatchString(e.key) {
		r.add(e.at, checks.Textf("%[1]q is no rule id", "%[1]q 不是规则编号", e.key),
			checks.Text{En: "write capital letters and a number, such as S21", Zh: "请用大写字母加数字，例如 S21"})
		return
	}
	rule := Rule{ID: e.key, CheckedBy: []string{}}
	r.fields(e.value, e.at, map[string]func(entry){
		"text": func(e entry) { rule.Text = r.text(e.value, e.at) },
		"source": func(e entry) {
			rule.Source, _ = r.words(e.value, e.at, checks.Text{En: "the name of a source", Zh: "来源的名称"})
		},
		"checked_by": func(e entry) { rule.CheckedBy = r.checkNames(e, "rules."+rule.ID+".checked_by") },
		"told":       func(e entry) { rule.Told, _ = r.boolean(e.value, e.at) },
	}, "text", "source")
	if len(rule.CheckedBy) == 0 && !rule.Told {
		r.add(e.at, checks.Textf("rule %[1]s is neither checked nor told to anybody", "规则 %[1]s 既没有检查项，也没有提示给人", rule.ID),
			checks.Text{En: "give it \"checked_by: [family/check]\" or \"told: yes\"", Zh: "请写 checked_by: [family/check] 或 told: yes"})
	}
	r.p.where["rules."+rule.ID] = e.at
	r.p.Rules = append(slices.DeleteFunc(r.p.Rules, func(old Rule) bool { return old.ID == rule.ID }), rule)
}

func (r *profileReader) document(e entry) {
	kinds := slices.DeleteFunc(checks.Kinds(), func(k checks.Kind) bool { return k == checks.Unknown })
	kind := checks.Kind(e.key)
	if !slices.Contains(kinds, kind) {
		r.unknownKind(e, kinds)
		return
	}
	d := checks.Requirement{Kind: kind, Min: 1, Max: 1}
	r.fields(e.value, e.at, map[string]func(entry){
		"min":  func(e entry) { d.Min = r.count(e) },
		"max":  func(e entry) { d.Max = r.count(e) },
		"rule": func(e entry) { d.Rule, _ = r.words(e.value, e.at, checks.Text{En: "a rule id", Zh: "规则编号"}) },
		"why":  func(e entry) { d.Why = r.text(e.value, e.at) },
		"instead_answer": func(e entry) {
			d.InsteadAnswer = oneOf(r, e, fieldNames(func(f checks.Field) bool { return !f.Acknowledge }))
		},
	}, "rule", "why")
	if d.Max > 0 && d.Min > d.Max {
		r.add(e.at, checks.Textf("at least %[1]d and at most %[2]d cannot both be", "至少 %[1]d 份与至多 %[2]d 份相矛盾", d.Min, d.Max), checks.Text{})
	}
	r.p.where["documents."+e.key] = e.at
	r.p.Documents = append(slices.DeleteFunc(r.p.Documents, func(old checks.Requirement) bool { return old.Kind == kind }), d)
}

func (r *profileReader) unknownKind(e entry, known []checks.Kind) {
	r.add(e.at, checks.Textf("there is no kind of document %[1]q", "没有名为 %[1]q 的材料种类", e.key), didYouMean(e.key, names(known)))
}

func (r *profileReader) policy(e entry) {
	if r.parent != nil {
		if _, ok := r.parent.Checks[e.key]; !ok && r.parent.ID != base {
			r.add(e.at, checks.Textf("there is no check %[1]q", "没有名为 %[1]q 的检查项", e.key), didYouMean(e.key, sortedKeys(r.parent.Checks)))
			return
		}
	}
	here := "checks." + e.key
	policy, had := r.p.Checks[e.key]
	if !had {
		policy = Policy{Limits: map[string]float64{}, Choices: map[string][]string{}, Severities: map[string]Judgement{}}
	}
	r.fields(e.value, e.at, map[string]func(entry){
		"rule": func(e entry) {
			policy.Rule, _ = r.words(e.value, e.at, checks.Text{En: "a rule id", Zh: "规则编号"})
			r.p.where[here+".rule"] = e.at
		},
		"rule_for": func(rules entry) {
			policy.RuleFor = map[checks.Kind]string{}
			for _, k := range r.mapping(rules.value) {
				kind := checks.Kind(k.key)
				if !slices.Contains(checks.Kinds(), kind) {
					r.unknownKind(k, checks.Kinds())
					continue
				}
				policy.RuleFor[kind], _ = r.words(k.value, k.at, checks.Text{En: "a rule id", Zh: "规则编号"})
				r.p.where[here+".rule_for."+k.key] = k.at
			}
		},
		"must_run": func(e entry) { policy.MustRun, _ = r.boolean(e.value, e.at) },
		"limits": func(e entry) {
			for _, l := range r.mapping(e.value) {
				policy.Limits[l.key], _ = r.number(l.value, l.at)
				r.p.where[here+".limits."+l.key] = l.at
			}
		},
		"choices": func(limits entry) {
			for _, c := range r.mapping(limits.value) {
				policy.Choices[c.key] = r.choice(e.key, c)
				r.p.where[here+".choices."+c.key] = c.at
			}
		},
		"severities": func(severities entry) {
			for _, s := range r.mapping(severities.value) {
				if r.parent != nil && r.parent.ID != base {
					if _, ok := r.parent.Checks[e.key].Severities[s.key]; !ok {
						r.add(s.at, checks.Textf("check %[1]s has no finding %[2]q", "检查项 %[1]s 没有名为 %[2]q 的结果", e.key, s.key),
							didYouMean(s.key, sortedKeys(r.parent.Checks[e.key].Severities)))
						continue
					}
				}
				policy.Severities[s.key] = r.judgement(s, policy.Severities[s.key])
				r.p.where[here+".severities."+s.key] = s.at
			}
		},
	})
	if _, said := r.p.where[here]; !said || r.parent == nil {
		r.p.where[here] = e.at
	}
	r.p.Checks[e.key] = policy
}

func (r *profileReader) choice(check string, c entry) []string {
	words := []string{}
	nodes := r.list(c.value)
	for _, n := range nodes {
		w, ok := r.words(n, r.of(n), checks.Text{En: "a word", Zh: "一个词"})
		if !ok {
			continue
		}
		if known := fieldNames(func(f checks.Field) bool { return f.Acknowledge == (c.key == "required_acknowledgements") }); check == completeCheck &&
			strings.HasPrefix(c.key, "required_") && !slices.Contains(known, w) {
			r.add(r.of(n), checks.Textf("the answers sheet has no %[1]q", "答卷中没有 %[1]q", w), didYouMean(w, known))
			continue
		}
		words = append(words, w)
	}
	return words
}

// judgement reads "fail" or {severity: fail, rule: S21, kinds: {proposal: note}}. A plain word
// holds for every kind; the rule stays that of before unless another is given.
func (r *profileReader) judgement(e entry, before Judgement) Judgement {
	j := Judgement{Severity: before.Severity, Rule: before.Rule}
	if _, ok := mapNode(e.value); !ok {
		j.Severity = oneOf(r, e, severities)
		return j
	}
	r.fields(e.value, e.at, map[string]func(entry){
		"severity": func(e entry) { j.Severity = oneOf(r, e, severities) },
		"rule": func(s entry) {
			j.Rule, _ = r.words(s.value, s.at, checks.Text{En: "a rule id", Zh: "规则编号"})
		},
		"kinds": func(e entry) {
			j.Kinds = map[checks.Kind]pipeline.Severity{}
			for _, k := range r.mapping(e.value) {
				kind := checks.Kind(k.key)
				if !slices.Contains(checks.Kinds(), kind) {
					r.unknownKind(k, checks.Kinds())
					continue
				}
				j.Kinds[kind] = oneOf(r, k, severities)
			}
		},
	})
	if j.Severity == "" {
		r.add(e.at, checks.Textf("%[1]q is missing here", "此处缺少 %[1]q", "severity"), checks.Text{})
	}
	return j
}

var severities = []pipeline.Severity{pipeline.Note, pipeline.NeedReview, pipeline.Fail}

// references compares what names something else in the file with what there is.
func (r *profileReader) references(top place) {
	rules := map[string]bool{}
	for _, rule := range r.p.Rules {
		rules[rule.ID] = true
		if _, ok := r.p.Sources[rule.Source]; !ok {
			r.add(r.where("rules."+rule.ID, top), checks.Textf("rule %[1]s names the source %[2]q, which is not there", "规则 %[1]s 引用的来源 %[2]q 不存在", rule.ID, rule.Source),
				didYouMean(rule.Source, sortedKeys(r.p.Sources)))
		}
	}
	missing := func(rule, at string) {
		// A base leaves some rules to those that extend it.
		if r.parent != nil && !rules[rule] {
			r.add(r.where(at, top), checks.Textf("there is no rule %[1]q", "没有规则 %[1]q", rule),
				checks.Textf("the profile has: %[1]s", "清单中有：%[1]s", strings.Join(sortedKeys(rules), ", ")))
		}
	}
	for _, d := range r.p.Documents {
		missing(d.Rule, "documents."+string(d.Kind))
	}
	for _, id := range sortedKeys(r.p.Checks) {
		policy := r.p.Checks[id]
		if policy.Rule != "" {
			missing(policy.Rule, "checks."+id+".rule")
		}
		for kind, rule := range policy.RuleFor {
			missing(rule, "checks."+id+".rule_for."+string(kind))
		}
		for _, code := range sortedKeys(policy.Severities) {
			if j := policy.Severities[code]; j.Rule != "" {
				missing(j.Rule, "checks."+id+".severities."+code)
			} else if policy.Rule == "" {
				r.add(r.where("checks."+id+".severities."+code, top), checks.Textf("finding %[1]s of %[2]s is about no rule", "检查项 %[2]s 的结果 %[1]s 没有对应的规则", code, id),
					checks.Text{En: "give the check a \"rule:\"", Zh: "请为该检查项写明 rule:"})
			}
		}
	}
	if !slices.Contains(checks.Paths(), r.p.Path) && r.parent != nil {
		r.add(top, checks.Textf("%[1]q is missing here", "此处缺少 %[1]q", "path"), checks.Text{})
	}
}

func (r *profileReader) where(key string, otherwise place) place {
	if at, ok := r.p.where[key]; ok {
		return at
	}
	return otherwise
}

func (r *profileReader) checkNames(e entry, key string) []string {
	out := []string{}
	for _, n := range r.list(e.value) {
		name, ok := r.words(n, r.of(n), checks.Text{En: "a check's id", Zh: "检查项的编号"})
		if !ok {
			continue
		}
		if r.parent != nil && r.parent.ID != base {
			if _, ok := r.parent.Checks[name]; !ok {
				r.add(r.of(n), checks.Textf("there is no check %[1]q", "没有名为 %[1]q 的检查项", name), didYouMean(name, sortedKeys(r.parent.Checks)))
				continue
			}
		}
		out = append(out, name)
		r.p.where[key+"."+name] = r.of(n)
	}
	return out
}

func (r *profileReader) count(e entry) int {
	const most = 1000 // documents of one kind: far more than any form takes
	v, ok := r.number(e.value, e.at)
	if ok && (v != float64(int(v)) || v > most) {
		r.wrongType(e.value, checks.Textf("a whole number up to %d", "不大于 %d 的整数", most))
		return 0
	}
	return int(v)
}

// oneOf reads a word that must be one of a list.
func oneOf[S ~string](r *profileReader, e entry, list []S) S {
	var want []string
	for _, s := range list {
		want = append(want, string(s))
	}
	s, ok := r.words(e.value, e.at, checks.Textf("one of: %[1]s", "以下之一：%[1]s", strings.Join(want, ", ")))
	if !ok || slices.Contains(want, s) {
		return S(s)
	}
	r.add(r.of(e.value), checks.Textf("%[1]q is not known here", "此处不能写 %[1]q", s), didYouMean(s, want))
	return ""
}

func names[S ~string](list []S) []string {
	var out []string
	for _, s := range list {
		out = append(out, string(s))
	}
	return out
}

func fieldNames(want func(checks.Field) bool) []string {
	var out []string
	for _, f := range checks.Fields() {
		if want(f) {
			out = append(out, f.Name)
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// readFull fills b from r as far as there is something to read.
func readFull(r io.Reader, b []byte) (int, error) {
	n, err := io.ReadFull(r, b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return n, err
}
