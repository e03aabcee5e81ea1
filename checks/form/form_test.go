package form

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dossier/checks"
	"dossier/checks/picture/fields"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/reading"
	"dossier/checks/picture/seals"
	"dossier/checks/picture/writing"
	"dossier/fixtures"
	"dossier/fixtures/canvas"
	"dossier/fixtures/invent"
)

var day = time.Date(2014, 9, 1, 10, 0, 0, 0, time.UTC)

func form(seed uint64, device fixtures.Device, o fixtures.FormOptions) *checks.Subject {
	rnd := rand.New(rand.NewPCG(seed, 9))
	shot := fixtures.Shot{Device: device, Detail: fixtures.Frugal, Taken: day}
	c := invent.NewCompany(rnd, day)
	p := shot.Sheet(rnd, 210, 297, func(ppm float64) *fixtures.Sheet { return fixtures.Form(rnd, c, day, ppm, o) })
	return checks.NewSubject("form.jpg", checks.ApplicationForm, shot.JPEG(rnd, p))
}

// run runs a check, and skips the test where the program was built without models.
func run(t *testing.T, c *checks.Check, s *checks.Subject) []checks.Finding {
	t.Helper()
	settings, err := c.Settings(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := c.Run(t.Context(), s, settings)
	if why, ok := checks.SkipReason(err); ok && strings.Contains(why.En, "without models") {
		t.Skip(why.En)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range o.Findings {
		worded(t, f)
		if f.Region.IsZero() {
			t.Errorf("%s has no place", f.Code)
		}
	}
	return o.Findings
}

func worded(t *testing.T, f checks.Finding) {
	t.Helper()
	for _, s := range []string{f.Message.En, f.Message.Zh, f.Remedy.En, f.Remedy.Zh} {
		if s == "" || strings.Contains(s, "%!") {
			t.Errorf("%s is badly worded: %q", f.Code, s)
		}
	}
}

// S24: the form is filled in and signed. A whole form, and one that is neither signed nor wholly filled in.
func TestRuleS24(t *testing.T) {
	for i, test := range []struct {
		device         fixtures.Device
		options        fixtures.FormOptions
		signed, filled string
	}{
		{fixtures.Messenger, fixtures.FormOptions{}, "", ""},
		{fixtures.Phone, fixtures.FormOptions{NoSignature: true, Unfilled: true}, "no_signature", "账号类型 营业执照注册号 姓名 手机号码"},
	} {
		if testing.Short() && i != 1 {
			continue
		}
		s := form(uint64(20+i), test.device, test.options)
		var signed, filled []string
		for _, f := range run(t, Signature, s) {
			signed = append(signed, f.Code)
		}
		for _, f := range run(t, Filled, s) {
			if f.Code == "field_empty" {
				// Whose number it is may be misread in so small a picture.
				filled = append(filled, strings.TrimPrefix(emptyLabel(f), "运营者"))
			}
		}
		if got := strings.Join(signed, " "); got != test.signed {
			t.Errorf("%s: signature %q, want %q", test.device, got, test.signed)
		}
		if got := strings.Join(filled, " "); got != test.filled {
			t.Errorf("%s: empty are %q, want %q", test.device, got, test.filled)
		}
	}
}

// A chop across a signature does not hide it, a chop on an empty place is no signature, and one with too much ink hides
// what is under it.
func TestSignatureUnderChop(t *testing.T) {
	if testing.Short() {
		t.Skip("reads three forms")
	}
	across := form(25, fixtures.Messenger, fixtures.FormOptions{SealShift: 0.85})
	empty := form(26, fixtures.Messenger, fixtures.FormOptions{SealShift: 0.9, NoSignature: true})
	hidden := form(27, fixtures.Messenger, fixtures.FormOptions{SealShift: 1, SealFlooded: true})
	for want, s := range map[string]*checks.Subject{"": across, "no_signature": empty, "signature_under_seal": hidden} {
		var codes []string
		for _, f := range run(t, Signature, s) {
			codes = append(codes, f.Code)
		}
		if got := strings.Join(codes, " "); got != want {
			t.Errorf("found %q, want %q", got, want)
		}
	}
}

// emptyLabel is the label that a finding names.
func emptyLabel(f checks.Finding) string {
	label, _, _ := strings.Cut(strings.TrimPrefix(f.Message.Zh, "“"), "”")
	return label
}

// A paper that is made by hand, to try other layouts on: 10 pixels a millimetre, print 4 mm high.
type paper struct {
	ink  *canvas.Raster
	page *reading.Page
}

const ppm = 10

func blank() *paper {
	return &paper{canvas.NewRaster(1600, 1000, canvas.RGB(250, 250, 248)), &reading.Page{Width: 1600, Height: 1000}}
}

// print prints a line that begins at x, y (the foot of its characters) in millimetres.
func (p *paper) print(x, y float64, text string) *paper {
	p.draw(x, y, text)
	w := 4 * float64(len([]rune(text)))
	at := func(x, y float64) reading.Point { return reading.Point{X: ppm * x, Y: ppm * y} }
	l := reading.Line{Quad: reading.Quad{at(x-0.3, y-4.7), at(x+w, y-4.7), at(x+w, y+1.3), at(x-0.3, y+1.3)}}
	l.Text, l.Confidence, l.Least = text, 0.99, 0.99
	n := len([]rune(text))
	for i, r := range []rune(text) {
		l.Characters = append(l.Characters, reading.Character{Text: string(r), Confidence: 0.99, Begin: (float64(i) + 0.3) / float64(n), End: (float64(i) + 0.7) / float64(n)})
	}
	l.Box = l.Quad.Box(p.page.Width, p.page.Height)
	p.page.Lines = append(p.page.Lines, l)
	return p
}

// unsure prints what is read as a character or two with little confidence.
func (p *paper) unsure(x, y float64, text string) *paper {
	p.print(x, y, text)
	l := &p.page.Lines[len(p.page.Lines)-1]
	l.Confidence = 0.3
	for i := range l.Characters {
		l.Characters[i].Confidence = 0.3
	}
	return p
}

// draw prints what is not read.
func (p *paper) draw(x, y float64, text string) *paper {
	path, _ := canvas.Text(text, canvas.Style{Size: 4})
	p.fill(path, x, y, canvas.RGB(30, 30, 30))
	return p
}

func (p *paper) fill(path *canvas.Path, x, y float64, c canvas.Color) {
	m := path.Mapped(canvas.Translate(x, y).Then(canvas.Scale(ppm))).Mask(p.ink.W, p.ink.H)
	for i, a := range m.A {
		p.ink.Blend(m.X+i%m.W, m.Y+i/m.W, c, float32(a)/255)
	}
}

// rule draws a line.
func (p *paper) rule(x0, y0, x1, y1 float64) *paper {
	path := &canvas.Path{}
	path.Line(x0, y0, x1, y1, 0.3)
	p.fill(path, 0, 0, canvas.RGB(30, 30, 30))
	return p
}

// scrawl writes a signature of w x h millimetres.
func (p *paper) scrawl(x, y, w, h float64, c canvas.Color) *paper {
	path := &canvas.Path{}
	var points []canvas.Point
	for i := range 9 {
		points = append(points, canvas.Point{X: x + w*float64(i)/8, Y: y - h*float64(i%2)})
	}
	path.Stroke(points, 0.5, 0.4)
	p.fill(path, 0, 0, c)
	return p
}

func (p *paper) reduced() *raster.Raster { return raster.Reduce(p.ink.Image(), raster.ReducedSide) }

var (
	blue = canvas.RGB(40, 60, 160)
	red  = canvas.RGB(215, 60, 60)
)

func TestSignaturePlaces(t *testing.T) {
	label := func() *paper {
		return blank().print(20, 40, "我单位自愿申请在平台注册账号，现授权下述人员").print(20, 60, "法定代表人签字：")
	}
	for name, test := range map[string]struct {
		p    *paper
		want string
	}{
		"blue ink":                {label().scrawl(56, 61, 20, 6, blue), ""},
		"on a line":               {label().rule(52, 61, 110, 61).scrawl(56, 60, 20, 6, blue), ""},
		"a line alone":            {label().rule(52, 61, 110, 61), "no_signature"},
		"in a cell":               {label().rule(52, 50, 52, 68).rule(18, 68, 150, 68).rule(18, 50, 150, 50), "no_signature"},
		"nothing":                 {label(), "no_signature"},
		"only a chop":             {label().scrawl(56, 63, 20, 10, red), "no_signature"},
		"a chop and blue ink":     {label().scrawl(56, 63, 20, 10, red).scrawl(60, 61, 18, 6, blue), ""},
		"a dash":                  {label().rule(56, 58.5, 62, 58.5), "no_signature"},
		"a tick":                  {label().scrawl(56, 58, 3, 3, blue), "signature_unclear"},
		"a dot":                   {label().rule(56, 58, 57, 58), "no_signature"},
		"a printed name":          {label().print(54, 60, "陈浩然"), "signature_unclear"},
		"below":                   {label().scrawl(22, 72, 24, 6, blue), ""},
		"print of the row below":  {label().print(20, 67, "单位地址：沈阳市和平区人民路二百六十七号"), "no_signature"},
		"the day beside":          {label().print(80, 60, "日期：2014年9月1日"), "no_signature"},
		"signed and dated":        {label().scrawl(56, 61, 16, 6, blue).print(80, 60, "日期：2014年9月1日"), ""},
		"at the picture's edge":   {blank().print(120, 60, "我单位自愿申请在平").print(130, 80, "负责人签名"), "signature_unclear"},
		"another kind of bracket": {blank().print(20, 60, "授权人（签字）").scrawl(52, 61, 20, 6, blue), ""},
		"or stamped":              {blank().print(20, 60, "签字（盖章）：").scrawl(52, 61, 20, 6, blue), ""},
	} {
		settings, err := Signature.Settings(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		places := fields.Ending(test.p.page, settings.Words(choiceLabels), writing.LongestLabel)
		if len(places) != 1 {
			t.Errorf("%s: %d places to sign", name, len(places))
			continue
		}
		w := writing.SignedAt(test.p.page, test.p.reduced(), places[0], nil)
		f, ok := signatureFinding(w, places[0], false, settings)
		if f.Code != test.want || ok != (test.want != "") {
			t.Errorf("%s: %q (ink %.2f, %.1f x %.1f, inside %.2f), want %q", name, f.Code, w.Ink, w.Width, w.Height, w.Inside, test.want)
		}
		if ok {
			worded(t, f)
		}
	}
}

// Sentences about signing are no places to sign.
func TestWhatIsNoPlaceToSign(t *testing.T) {
	for _, text := range []string{"本授权书经签字后生效", "请在指定位置签字盖章后扫描上传", "签字人须为法定代表人", "单位名称（盖章）："} {
		if got := fields.Ending(blank().print(20, 60, text).page, []string{"签名", "签字"}, writing.LongestLabel); len(got) > 0 {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

func TestFields(t *testing.T) {
	table := func() *paper {
		p := blank()
		for i, text := range []string{"单位全称", "注册号", "运营者姓名"} {
			y := 30 + 10*float64(i)
			p.print(20, y, text).rule(18, y-6.5, 150, y-6.5).rule(50, y-6.5, 50, y+3.5).rule(150, y-6.5, 150, y+3.5)
		}
		return p.rule(18, 53.5, 150, 53.5)
	}
	for name, test := range map[string]struct {
		p    *paper
		want string
	}{
		"all filled in":           {table().print(54, 30, "沈阳启明生物科技有限公司").print(54, 40, "210102036766584").print(54, 50, "王伟"), ""},
		"none":                    {table(), "单位全称 注册号 运营者姓名"},
		"one empty":               {table().print(54, 30, "沈阳启明生物科技有限公司").print(54, 50, "王伟"), "注册号"},
		"writing that is unread":  {table().print(54, 30, "沈阳启明生物科技有限公司").scrawl(60, 40, 25, 3, blue).print(54, 50, "王伟"), ""},
		"read as nothing":         {table().print(54, 30, "沈阳启明生物科技有限公司").unsure(54, 40, "理").print(54, 50, "王伟"), ""},
		"one digit that is":       {table().print(54, 30, "沈阳启明生物科技有限公司").draw(54, 40, "8").print(54, 50, "王伟"), ""},
		"a chop over an empty":    {table().print(54, 30, "沈阳启明生物科技有限公司").scrawl(60, 43, 25, 8, red).print(54, 50, "王伟"), "注册号"},
		"on lines":                {blank().print(20, 30, "单位全称：").rule(40, 31, 120, 31).print(20, 45, "手机号码：13620831700").rule(38, 46, 120, 46), "单位全称"},
		"two in a row":            {blank().print(20, 30, "单位全称：").print(80, 30, "联系电话：").draw(101, 30, "138"), "单位全称"},
		"one that may be empty":   {blank().print(20, 30, "邮编：").print(20, 45, "手机号码：13620831700"), ""},
		"a place to sign or chop": {blank().print(20, 30, "手机号码：13620831700").print(20, 50, "签名：").print(80, 50, "单位名称（盖章）："), ""},
	} {
		settings, err := Filled.Settings(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		var empty []string
		for _, f := range emptyFields(seen{test.p.page, test.p.reduced(), nil}, cellsOf(test.p.page, fields.Places(test.p.page, checks.ApplicationForm), settings.Words(choiceOptional)), settings.Number(limitEmpty)) {
			worded(t, f)
			empty = append(empty, emptyLabel(f))
		}
		if got := strings.Join(empty, " "); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// A chop over the name or the day is where it belongs; one in a corner is not; without a label it is not known.
func TestChopOverTheName(t *testing.T) {
	p := blank().print(90, 50, "单位名称（盖章）：").print(90, 58, "沈阳启明生物科技有限公司").print(100, 66, "2014年9月1日")
	places := fields.Places(p.page, checks.ApplicationForm)
	chop := func(x, y int) []seals.Found {
		return []seals.Found{{Seal: checks.Seal{Shape: "round", Color: "red", Box: checks.Region{X: x, Y: y, Width: 400, Height: 400}}}}
	}
	for name, test := range map[string]struct {
		places []fields.Place
		found  []seals.Found
		want   int
	}{
		"over the name":   {places, chop(900, 400), 0},
		"in a corner":     {places, chop(50, 0), 1},
		"none":            {places, nil, 0},
		"without a label": {nil, chop(50, 0), 0},
		"one of two":      {places, slices.Concat(chop(50, 0), chop(900, 400)), 0},
	} {
		got := sealBeside(p.page, test.places, test.found)
		if len(got) != test.want {
			t.Errorf("%s: %+v", name, got)
		}
		for _, f := range got {
			worded(t, f)
		}
	}
}

func TestWhatCannotBeMeasured(t *testing.T) {
	photo, err := os.ReadFile(filepath.FromSlash("../../fixtures/cases/individual-complete/IMG_2041.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range Checks() {
		off, err := c.Settings(nil, map[string][]string{reading.ChoiceName: {"off"}})
		if err != nil {
			t.Fatal(err)
		}
		on, err := c.Settings(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		pages := checks.NewSubject("a.pdf", checks.ApplicationForm, nil)
		pages.Parts = 2
		for name, test := range map[string]struct {
			s        *checks.Subject
			settings checks.Settings
		}{
			"reading off":     {checks.NewSubject("a.jpg", checks.ApplicationForm, photo), off},
			"a container":     {pages, on},
			"no picture":      {checks.NewSubject("a.jpg", checks.ApplicationForm, []byte("no picture")), on},
			"nothing":         {checks.NewSubject("a.jpg", checks.ApplicationForm, nil), on},
			"no place for it": {checks.NewSubject("a.jpg", checks.ApplicationForm, photo), on},
		} {
			if name == "no place for it" && c == Filled {
				continue // the card's labels are read: 姓名 is a label of forms too
			}
			if _, err := c.Run(t.Context(), test.s, test.settings); err == nil {
				t.Errorf("%s, %s: measured", c.ID, name)
			} else if _, ok := checks.SkipReason(err); !ok {
				t.Errorf("%s, %s: %v", c.ID, name, err)
			}
		}
	}
}

// Frames of no height, far away or upside down, and pictures of a pixel.
func TestOddFrames(t *testing.T) {
	for _, r := range []*raster.Raster{{}, {Width: 1, Height: 1, Pixels: make([]uint8, 3), Reduce: 1}, blank().reduced()} {
		for _, q := range []reading.Quad{{}, {{X: 5, Y: 5}, {X: 1, Y: 5}, {X: 1, Y: 1}, {X: 5, Y: 1}}, {{X: 1e9, Y: 0}, {X: 2e9, Y: 0}, {X: 2e9, Y: 1e9}, {X: 1e9, Y: 1e9}}} {
			w := writing.SignedAt(&reading.Page{Width: 10, Height: 10}, r, fields.Place{Label: "签名", Quad: q}, nil)
			if w.Ink > 0 {
				t.Errorf("%v: ink %g", q, w.Ink)
			}
		}
	}
}

// The cost of what is measured beside reading.
func BenchmarkSignature(b *testing.B) {
	p := blank().print(20, 60, "法定代表人签字：").scrawl(56, 61, 20, 6, blue)
	r := p.reduced()
	place := fields.Ending(p.page, []string{"签字"}, writing.LongestLabel)[0]
	for b.Loop() {
		writing.SignedAt(p.page, r, place, nil)
	}
}
