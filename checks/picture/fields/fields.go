package fields

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"dossier/checks"
	"dossier/checks/picture/reading"
)

// Of is what the subject's document states, read once: for each field the best reading, in the order of
// the document's kind. An error made by checks.Skip says that nothing could be read here: no
// picture, or no models.
var Of = checks.NewShared("fields", func(ctx context.Context, s *checks.Subject) ([]checks.Reading, error) {
	page, err := reading.Text.Of(ctx, s)
	if err != nil {
		return nil, err
	}
	return Find(ctx, page, s.Kind, lookAt(s))
})

// Looks are the ways to look at the picture again. The functions may be nil.
type Looks struct {
	// Line reads one line again: for numbers whose check fails and for what lies under a chop.
	Line func(ctx context.Context, q reading.Quad, way reading.Way) (reading.Reading, error)
	// Area reads a part of the picture again, enlarged by scale, which is at least 1: for a card held
	// far off. The page's places are in pixels of the whole picture.
	Area func(ctx context.Context, area checks.Region, scale float64) (*reading.Page, error)
}

// Find finds the fields of a document of that kind in its text. The boxes are in pixels of the upright
// picture. The error is that of another look.
//
// A company can be given twice: where it is filled in and where the chop is.
func Find(ctx context.Context, page *reading.Page, kind checks.Kind, again Looks) ([]checks.Reading, error) {
	f := &finder{ctx: ctx, sheet: newSheet(page, labelsOf(kind)), again: again.Line}
	switch kind {
	case checks.BusinessLicense:
		f.licence()
	case checks.OrganizationCodeCertificate:
		f.certificate()
	case checks.HolderPhoto:
		f.card()
		if again.Area != nil && f.err == nil {
			f.nearer(again.Area)
		}
	case checks.ApplicationForm:
		f.form()
	case checks.Credential, checks.Proposal:
		f.free()
	}
	return f.found, f.err
}

// A finder finds the fields of one document.
type finder struct {
	ctx   context.Context
	sheet *sheet
	again lookAgain
	found []checks.Reading
	err   error // of again; nothing more is looked for then
}

func (f *finder) add(field string, v value, n named) {
	if !n.found || f.err != nil {
		return
	}
	p := f.sheet.page
	f.found = append(f.found, checks.Reading{Field: field, Value: n.text, Confidence: rounded(n.confidence), Box: v.box(p.Width, p.Height)})
}

func (f *finder) has(field string) *checks.Reading {
	for i := range f.found {
		if f.found[i].Field == field {
			return &f.found[i]
		}
	}
	return nil
}

// licence finds the fields of a business licence, old or new.
func (f *finder) licence() {
	f.codes([]string{"uscc", "license_number", fieldRegister}, "uscc", "license_number")
	if f.has("uscc") == nil && f.has("license_number") == nil {
		f.anywhere("uscc", "license_number")
	}
	f.company("company")
	f.text("type", 1)
	f.person("legal_representative")
	f.days()
	f.address()
}

func (f *finder) certificate() {
	f.codes([]string{"organization_code", "uscc"}, "organization_code", "uscc")
	if f.has("organization_code") == nil && f.has("uscc") == nil {
		f.anywhere("organization_code", "uscc")
	}
	f.company("company")
	f.text("type", 1)
	f.person("legal_representative")
	f.days()
	f.address()
}

func (f *finder) form() {
	f.company("company")
	f.signed()
	f.codes([]string{"license_number", "uscc", fieldRegister}, "license_number", "uscc")
	if f.has("uscc") == nil && f.has("license_number") == nil {
		f.anywhere("uscc", "license_number")
	}
	f.codes([]string{"organization_code"}, "organization_code", "uscc")
	if f.has("organization_code") == nil {
		f.anywhere("organization_code")
	}
	f.person("name")
	f.codes([]string{"id_number"}, "id_number")
	if f.has("id_number") == nil {
		f.anywhere("id_number")
	}
	f.codes([]string{"mobile", "phone"}, "mobile")
	if f.has("mobile") == nil {
		f.anywhere("mobile")
	}
	f.phone()
	f.email()
	f.person("legal_representative")
	f.address()
}

// candidate is a value that could be a field's, and what it is then.
type candidate struct {
	v value
	n named
}

// best returns the candidate in which one can have the most confidence.
func best(list []candidate) (candidate, bool) {
	var b candidate
	for _, c := range list {
		if c.n.found && (!b.n.found || c.n.confidence > b.n.confidence) {
			b = c
		}
	}
	return b, b.n.found
}

// codes finds a number beside, after or below one of the labels; kinds lists what it can be.
func (f *finder) codes(labels []string, kinds ...string) {
	var bestValue value
	var bestKind codeKind
	var best codeReading
	for _, l := range labels {
		for _, m := range f.sheet.named(l) {
			for _, v := range f.sheet.values(m) {
				for _, name := range kinds {
					k := codeKinds[name]
					if f.err != nil || !k.likely(v) {
						continue
					}
					r, err := k.read(f.ctx, v, f.again)
					if err != nil {
						f.err = err
						return
					}
					if surer(r, best) {
						bestValue, bestKind, best = v, k, r
					}
				}
			}
		}
	}
	if best.text != "" && f.has(bestKind.field) == nil {
		f.found = append(f.found, bestKind.reading(f.sheet.page, bestValue, best))
	}
}

// surer reports whether a is the better reading of the two: valid before of the right length before
// anything, then by confidence.
func surer(a, b codeReading) bool {
	rank := func(r codeReading) int {
		switch {
		case r.valid:
			return 3
		case r.length:
			return 2
		case r.text != "":
			return 1
		}
		return 0
	}
	if x, y := rank(a), rank(b); x != y {
		return x > y
	}
	return a.confidence > b.confidence
}

// anywhere finds numbers whose label could not be read; only a valid one can be told from others.
func (f *finder) anywhere(kinds ...string) {
	for _, name := range kinds {
		if f.err != nil {
			return
		}
		k := codeKinds[name]
		v, r, err := k.anywhere(f.ctx, f.sheet, f.again)
		if err != nil {
			f.err = err
			return
		}
		if r.valid {
			f.found = append(f.found, k.reading(f.sheet.page, v, r))
			return
		}
	}
}

// person finds a person's name.
func (f *finder) person(field string) {
	var list []candidate
	for _, m := range f.sheet.named(field) {
		for _, v := range f.sheet.values(m) {
			n := person(v)
			if n.found {
				n = surnameFrom(v, n)
			}
			list = append(list, candidate{v, n})
		}
	}
	c, ok := best(list)
	if !ok {
		c, ok = lone(list)
	}
	if ok {
		f.add(field, c.v, f.personAgain(c))
	}
}

// lone finds a name of which a single character could be read. It is given with what is seen of the
// others in another look, or as unreadable.
func lone(list []candidate) (candidate, bool) {
	for _, c := range list {
		g := c.v.glyphs()
		if len(g) == 1 && !c.v.below && unicode.Is(unicode.Han, g[0].text) && g[0].confidence >= sureLook {
			return c, true
		}
	}
	return candidate{}, false
}

// company finds the company's name by its label or, where that could not be read, by how it ends.
func (f *finder) company(field string) {
	var list []candidate
	for _, m := range f.sheet.named(field) {
		for _, v := range f.sheet.values(m) {
			if !endsCompany(v.text()) && !v.below {
				v = f.sheet.wrapped(v, m, 2)
			}
			n := company(v)
			if v.below && !endsCompany(n.text) {
				continue // what stands below a label is its value only if it looks like one
			}
			list = append(list, candidate{v, n})
		}
	}
	c, ok := best(list)
	if !ok || !endsCompany(c.n.text) {
		if other, found := best(f.looksLikeCompany()); found && (!ok || other.n.confidence > c.n.confidence) {
			c, ok = other, true
		}
	}
	if ok {
		f.add("company", c.v, f.again2(c))
	}
}

// sureEnough is the confidence from which a name is not read again.
const sureEnough = 0.98

// disputed is the most that a name can be believed that was read differently a second time.
const disputed = 0.85

// again2 reads a name that is not sure a second time in other ways and keeps the surest. One name
// read alike twice is surer than once; one read differently is in doubt.
func (f *finder) again2(c candidate) named {
	n := c.n
	if f.again == nil || n.confidence >= sureEnough && len(c.v.parts) == 1 || len(c.v.parts) == 0 || !sameLine(c.v.parts) {
		return n
	}
	differ := false
	for _, way := range []reading.Way{reading.Stretched, reading.Red} {
		q := whole(c.v.parts)
		r, err := f.again(f.ctx, q, way)
		if err != nil {
			f.err = err
			return n
		}
		o := company(fromReading(r, q))
		switch {
		case !o.found || !endsCompany(o.text) && endsCompany(n.text):
			continue
		case o.text == n.text:
			n.confidence = together(n.confidence, o.confidence)
		case o.confidence > n.confidence:
			n, differ = o, true
		default:
			differ = true
		}
		if n.confidence >= sureEnough && !differ {
			break
		}
	}
	if differ {
		n.confidence = min(n.confidence, disputed)
	}
	return n
}

// together is the confidence in what was read alike twice in the same picture: the looks are not
// independent, so that half of the second's evidence is counted.
func together(a, b float64) float64 { return 1 - (1-max(a, b))*(1-0.5*min(a, b)) }

// sameLine reports whether the parts stand in one row.
func sameLine(parts []part) bool {
	for _, s := range parts[1:] {
		if !sameRow(parts[0].p, s.p) {
			return false
		}
	}
	return true
}

// looksLikeCompany lists the lines that end as a company's name does, and are no sentences.
func (f *finder) looksLikeCompany() (list []candidate) {
	for _, p := range f.sheet.pieces {
		text := p.text()
		if f.sheet.isLabel(p) || f.isType(p) || len(p.glyphs) < 6 || strings.ContainsAny(text, "。,;，；") {
			continue
		}
		for _, e := range []string{"有限公司", "有限责任公司", "股份公司", "分公司", "合伙)", "合作社", "事务所"} {
			if strings.HasSuffix(text, e) {
				v := value{parts: []part{{p, 0, len(p.glyphs)}}}
				n := company(v)
				n.confidence *= 0.9 // nothing says that it is this document's own company
				list = append(list, candidate{v, n})
				break
			}
		}
	}
	return list
}

// isType reports whether a piece is what a label says is the company's type.
func (f *finder) isType(p *piece) bool {
	for _, m := range f.sheet.named("type") {
		for _, s := range f.sheet.value(m).parts {
			if s.p == p {
				return true
			}
		}
	}
	return false
}

// text finds a field that is given as it stands, of at most so many further lines.
func (f *finder) text(field string, most int) {
	var list []candidate
	for _, m := range f.sheet.named(field) {
		for _, v := range f.sheet.values(m) {
			if !v.below {
				list = append(list, candidate{v, plain(f.sheet.wrapped(v, m, most-1))})
			}
		}
	}
	if c, ok := best(list); ok {
		f.add(field, c.v, c.n)
	}
}

// address finds the address, which goes on over lines.
func (f *finder) address() {
	var list []candidate
	for _, m := range f.sheet.named("address") {
		v := f.sheet.value(m)
		if v.below {
			continue
		}
		v = f.sheet.wrapped(v, m, 3)
		if n := plain(v); len([]rune(n.text)) >= 6 {
			list = append(list, candidate{v, n})
		}
	}
	if c, ok := best(list); ok {
		f.add("address", c.v, c.n)
		return
	}
	for _, p := range f.sheet.pieces {
		i := provinceAt(p)
		if i < 0 || i > 3 || f.has("company") != nil && strings.Contains(p.text(), "公司") || strings.ContainsAny(p.text(), "局。") {
			continue
		}
		v := value{parts: []part{{p, i, len(p.glyphs)}}}
		v = f.sheet.wrapped(v, match{first: p, last: p, from: 0}, 3)
		if n := plain(v); len([]rune(n.text)) >= 8 {
			n.confidence *= 0.8
			f.add("address", v, n)
			return
		}
	}
}

var provinces = []string{"北京市", "天津市", "上海市", "重庆市", "河北省", "山西省", "辽宁省", "吉林省", "黑龙江省", "江苏省", "浙江省", "安徽省", "福建省", "江西省", "山东省", "河南省", "湖北省", "湖南省", "广东省", "海南省", "四川省", "贵州省", "云南省", "陕西省", "甘肃省", "青海省", "内蒙古", "广西壮族", "西藏自治", "宁夏回族", "新疆维吾尔"}

// provinceAt is the glyph at which a province's name begins, or -1.
func provinceAt(p *piece) int {
	for i := 0; i < min(4, len(p.glyphs)); i++ {
		var b strings.Builder
		for _, g := range p.glyphs[i:min(len(p.glyphs), i+6)] {
			b.WriteRune(g.text)
		}
		if slices.ContainsFunc(provinces, func(name string) bool { return strings.HasPrefix(b.String(), name) }) {
			return i
		}
	}
	return -1
}

// days finds the day of foundation and the end of the term.
func (f *finder) days() {
	for _, m := range f.sheet.named("founded") {
		for _, v := range f.sheet.values(m) {
			if d := dates(v.text()); len(d) > 0 && f.has("founded") == nil {
				f.add("founded", v, named{written(d[0]), least(v), true})
			}
		}
	}
	for _, m := range f.sheet.named(fieldTerm) {
		for _, v := range f.sheet.values(m) {
			if !v.below {
				v = f.sheet.wrapped(v, m, 1)
			}
			if d, ok := until(v.text()); ok && f.has("valid_until") == nil {
				f.add("valid_until", v, named{d, least(v), true})
			}
		}
	}
}

// least is the confidence of a value's least sure character; a day has none to spare.
func least(v value) float64 {
	c := 1.0
	for _, g := range v.glyphs() {
		c = min(c, g.confidence)
	}
	return c
}
