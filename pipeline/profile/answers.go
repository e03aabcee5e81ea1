package profile

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"dossier/checks"
)

// AnswersFile is the name of a case's answers sheet in its folder.
const AnswersFile = "answers.yaml"

// Answers is what an answers sheet says.
type Answers struct {
	checks.Answers
	// Profile is the profile the sheet asks for, with or without @date; empty: that of its path.
	Profile string
	// DocumentKinds says what documents are, by their names as the sheet has them; see KindOf.
	DocumentKinds map[string]checks.Kind
}

// KindOf returns the kind the sheet gives the document named: as received, or by its file name
// alone, or written with other Unicode characters for the same text (as file systems do).
func (a Answers) KindOf(name string) (checks.Kind, bool) {
	if k, ok := a.DocumentKinds[name]; ok {
		return k, true
	}
	want := norm.NFC.String(name)
	var found checks.Kind
	for _, given := range slices.Sorted(maps.Keys(a.DocumentKinds)) {
		switch norm.NFC.String(given) {
		case want:
			return a.DocumentKinds[given], true
		case path.Base(want):
			found = a.DocumentKinds[given]
		}
	}
	return found, found != ""
}

// The keys of an answers sheet that are not fields of the form.
const (
	keyPath         = "path"
	keyProfile      = "profile"
	keyAcknowledged = "acknowledged"
	keyDocuments    = "documents"

	// Below "acknowledged:", beside what was acknowledged: by whom, and on which day.
	keyBy = "by"
	keyOn = "on"
)

// secretKey matches what people call a password. It is refused wherever a key may stand.
var secretKey = regexp.MustCompile(`(?i)pass[ _-]?(wor[dt]|code|phrase)|passwd|^pwd$|^pin$|secret|密码|密碼|口令`)

// ParseAnswers reads an answers sheet strictly. The error is Problems, each with its line; the
// answers returned with it say the same in checks.Answers.Problems and are otherwise empty, so
// that a case with a broken sheet can still be examined.
//
// Values are kept as they are written, as text: a number keeps its zeros. Whether they can be
// right is for the checks.
func ParseAnswers(data []byte) (Answers, error) {
	r := &answersReader{reader: reader{private: true}, a: Answers{
		Answers:       checks.Answers{Given: true, Values: map[string]string{}, Lines: map[string]int{}},
		DocumentKinds: map[string]checks.Kind{},
	}}
	entries, _ := r.open(data)
	for _, e := range entries {
		r.entry(e)
	}
	if len(r.problems) == 0 {
		return r.a, nil
	}
	r.problems.sort()
	broken := Answers{Answers: checks.Answers{Given: true, Values: map[string]string{}, Lines: map[string]int{}}, DocumentKinds: map[string]checks.Kind{}}
	for _, p := range r.problems {
		broken.Problems = append(broken.Problems, p.Brief())
	}
	return broken, r.problems
}

type answersReader struct {
	reader
	a Answers
}

func (r *answersReader) entry(e entry) {
	field, isField := checks.FieldNamed(e.key)
	switch {
	case r.secret(e):
	case e.key == keyPath:
		r.path(e)
	case e.key == keyProfile:
		if !r.empty(e.value) {
			r.a.Profile, _ = r.words(e.value, e.at, checks.Text{En: "the name of a profile", Zh: "要求清单的名称"})
		}
	case e.key == keyAcknowledged:
		for _, ack := range r.mapping(e.value) {
			r.acknowledgement(ack)
		}
	case e.key == keyDocuments:
		for _, d := range r.mapping(e.value) {
			r.document(d)
		}
	case isField && field.Acknowledge:
		r.add(e.at, checks.Textf("%[1]q stands outside \"acknowledged:\"", "%[1]q 应写在 acknowledged: 之下", e.key),
			checks.Text{En: "move it below \"acknowledged:\", two spaces in", Zh: "请移到 acknowledged: 之下并缩进两个空格"})
	case isField:
		r.field(e, field)
	default:
		r.unknownField(e)
	}
}

// secret refuses passwords: a sheet is kept, copied and bundled, which no password may be.
func (r *answersReader) secret(e entry) bool {
	if !secretKey.MatchString(e.key) {
		return false
	}
	// Not even the line is repeated: whatever stands in it may be the secret.
	e.at.source = ""
	r.add(e.at, checks.Text{En: "a password is never written down here: this file is kept and goes into the bundle", Zh: "密码绝不能写在这里：本文件会被保存并随材料打包"},
		checks.Text{En: "delete the line; the password is typed into the form only, by its owner", Zh: "请删除此行；密码只由本人在注册表单中输入"})
	return true
}

func (r *answersReader) field(e entry, field checks.Field) {
	r.a.Lines[field.Name] = e.at.line
	if r.empty(e.value) {
		r.a.Values[field.Name] = ""
		return
	}
	s, ok := r.plain(e.value)
	if !ok {
		r.wrongType(e.value, checks.Textf("the %[1]s on one line", "%[2]s，写在一行内", field.Title.En, field.Title.Zh))
		return
	}
	s = strings.TrimSpace(s)
	r.a.Values[field.Name] = s
	if field.Name == checks.FieldAccountType && s != "" {
		r.a.AccountType = r.word(e, s, accountTypes)
	}
}

func (r *answersReader) path(e entry) {
	s, ok := r.words(e.value, e.at, checks.Textf("one of: %[1]s", "以下之一：%[1]s", strings.Join(names(checks.Paths()), ", ")))
	if ok {
		r.a.Path = checks.Path(r.word(e, s, paths))
	}
}

func (r *answersReader) acknowledgement(e entry) {
	field, ok := checks.FieldNamed(e.key)
	switch {
	case r.secret(e):
		return
	case e.key == keyBy || e.key == keyOn:
		r.witness(e)
		return
	case !ok || !field.Acknowledge:
		r.unknownKey(e, append(fieldNames(func(f checks.Field) bool { return f.Acknowledge }), keyBy, keyOn))
		return
	}
	r.a.Lines[e.key] = e.at.line
	if r.empty(e.value) {
		r.a.Values[e.key] = ""
		return
	}
	if yes, ok := r.boolean(e.value, e.at); ok && yes {
		r.a.Values[e.key] = checks.Yes
	} else if ok {
		r.a.Values[e.key] = "no"
	}
}

// witness reads who of the client's was told, and when.
func (r *answersReader) witness(e entry) {
	name, want := checks.FieldAcknowledgedBy, checks.Text{En: "the name of the person who was told", Zh: "被告知人的姓名"}
	if e.key == keyOn {
		name, want = checks.FieldAcknowledgedOn, checks.Text{En: "a day such as 2014-09-10", Zh: "日期，例如 2014-09-10"}
	}
	r.a.Lines[name] = e.at.line
	if r.empty(e.value) {
		return
	}
	s, ok := r.words(e.value, e.at, want)
	if _, err := time.Parse(time.DateOnly, s); ok && e.key == keyOn && err != nil {
		r.wrongType(e.value, want)
		return
	}
	r.a.Values[name] = s
}

func (r *answersReader) document(e entry) {
	if r.empty(e.value) {
		r.add(e.at, checks.Text{En: "the file is named, but not what it is", Zh: "写了文件名，但没有写明种类"},
			checks.Textf("write after the colon one of: %[1]s", "请在冒号后写明以下之一：%[1]s", strings.Join(kindNames(), ", ")))
		return
	}
	s, ok := r.words(e.value, e.at, checks.Textf("one of: %[1]s", "以下之一：%[1]s", strings.Join(kindNames(), ", ")))
	if !ok {
		return
	}
	known := map[string]string{}
	for _, k := range kindNames() {
		known[k] = k
	}
	for word, k := range kindWords {
		known[word] = string(k)
	}
	if k := r.word(e, s, known); k != "" {
		r.a.DocumentKinds[e.key] = checks.Kind(k)
	}
}

func kindNames() []string {
	return names(slices.DeleteFunc(checks.Kinds(), func(k checks.Kind) bool { return k == checks.Unknown }))
}

// Words people write in Chinese where the sheet's own are English.
var (
	accountTypes = map[string]string{"service": "service", "subscription": "subscription", "enterprise": "enterprise",
		"服务号": "service", "订阅号": "subscription", "企业号": "enterprise"}
	paths = map[string]string{string(checks.Organization): string(checks.Organization), string(checks.Individual): string(checks.Individual),
		string(checks.Overseas): string(checks.Overseas), "组织": string(checks.Organization), "个人": string(checks.Individual),
		"境外": string(checks.Overseas), "海外": string(checks.Overseas)}
	kindWords = map[string]checks.Kind{"营业执照": checks.BusinessLicense, "手持身份证": checks.HolderPhoto, "手持身份证照片": checks.HolderPhoto,
		"授权运营书": checks.ApplicationForm, "申请表": checks.ApplicationForm, "申请公函": checks.ApplicationForm,
		"组织机构代码证": checks.OrganizationCodeCertificate, "用途说明": checks.Proposal, "证明材料": checks.Credential, "名片": checks.Credential}
)

// word looks s up among the words known, capitals aside, and gives what it stands for.
func (r *answersReader) word(e entry, s string, known map[string]string) string {
	if v, ok := known[strings.ToLower(s)]; ok {
		return v
	}
	r.add(r.of(e.value), checks.Textf("this word is not known after \"%[1]s:\"", "%[1]s: 后面的词无法识别", e.key),
		didYouMean(s, slices.Sorted(maps.Values(asSet(known)))))
	return ""
}

// asSet keeps each value of m once.
func asSet(m map[string]string) map[string]string {
	out := map[string]string{}
	for _, v := range m {
		out[v] = v
	}
	return out
}

// unknownField helps with a name the sheet does not have: the nearest one, or the one people
// call by these Chinese words.
func (r *answersReader) unknownField(e entry) {
	known := append(fieldNames(func(f checks.Field) bool { return !f.Acknowledge }), keyPath, keyProfile, keyAcknowledged, keyDocuments)
	for _, f := range checks.Fields() {
		if len([]rune(e.key)) > 1 && strings.Contains(f.Title.Zh, e.key) || strings.Contains(e.key, f.Title.Zh) {
			r.add(e.at, checks.Textf("unknown key %[1]q", "未知的名称 %[1]q", e.key), didYouMean(f.Name, []string{f.Name}))
			return
		}
	}
	remedy := didYouMean(e.key, known)
	if nearest(e.key, known) == "" {
		remedy = checks.Text{En: "the names are those in the template that \"dossier new\" writes; a remark goes behind a #", Zh: "名称须与“dossier new”生成的模板一致；备注请写在 # 之后"}
		if _, ok := r.plain(e.value); ok && strings.Contains(e.key, ".") {
			remedy = checks.Text{En: "a file name goes below \"documents:\", two spaces in", Zh: "文件名请写在 documents: 之下并缩进两个空格"}
		}
	}
	r.add(e.at, checks.Textf("unknown key %[1]q", "未知的名称 %[1]q", e.key), remedy)
}

// Secret reports whether a heading is what people call a password: no table or sheet of ours may have
// such a column.
func Secret(heading string) bool { return secretKey.MatchString(heading) }
