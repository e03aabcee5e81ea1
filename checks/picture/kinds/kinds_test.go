package kinds

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/faces"
	"dossier/checks/picture/heldcard"
	"dossier/checks/picture/orientation"
	"dossier/checks/picture/paper"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/reading"
)

// textOf is the text of a page of lines below each other.
func textOf(lines ...string) *text { return newText(page(lines...)) }

// page makes a page of lines below each other.
func page(lines ...string) *reading.Page {
	p := &reading.Page{Width: 1000, Height: 1400}
	for i, text := range lines {
		y := 20 + 30*i
		l := reading.Line{Box: checks.Region{X: 100, Y: y, Width: 20 * len([]rune(text)), Height: 24}}
		l.Text, l.Confidence = text, 0.95
		for _, r := range text {
			l.Characters = append(l.Characters, reading.Character{Text: string(r), Confidence: 0.95})
		}
		x1, y1 := float64(l.Box.X+l.Box.Width), float64(y+24)
		l.Quad = reading.Quad{{X: 100, Y: float64(y)}, {X: x1, Y: float64(y)}, {X: x1, Y: y1}, {X: 100, Y: y1}}
		p.Lines = append(p.Lines, l)
	}
	return p
}

var (
	face = []faces.Face{{Box: checks.Region{X: 300, Y: 100, Width: 200, Height: 240}, Confidence: 0.9}}
	card = &paper.Paper{Corners: paper.Quad{{X: 50, Y: 50}, {X: 950, Y: 50}, {X: 950, Y: 600}, {X: 50, Y: 600}}, Confidence: 1}
)

// half is what can be seen of such a card of which the lower half is missing.
var half = &paper.Paper{Corners: paper.Quad{{X: 50, Y: 50}, {X: 950, Y: 50}, {X: 950, Y: 330}, {X: 50, Y: 330}}, Confidence: 1}

// held is a card that somebody holds.
func held(by string, on *faces.Face) *heldcard.Card {
	return &heldcard.Card{By: by, Face: on, Corners: reading.Quad{{X: 300, Y: 500}, {X: 640, Y: 500}, {X: 640, Y: 710}, {X: 300, Y: 710}}}
}

func TestJudge(t *testing.T) {
	license := []string{"企业法人营业执照", "（副本）", "注册号350203044966192", "名 称厦门青禾餐饮管理有限公司", "住", "所", "法定代表人姓名", "高美玲", "注", "册资本", "实收资本", "经营范围", "餐饮企业管理", "成立日期", "年度检验情况"}
	receipt := []string{"RESTORAN HASSAN BISTRO", "TAX INUOICE", "CASHIER : HASSAN", "BILL NO", "QTY", "Sub Total RM 15.00", "Total Excl. GST", "GST Summary", "CHANGE 0.00"}
	for _, test := range []struct {
		name   string
		view   view
		what   What
		kind   checks.Kind
		layout string
		least  float64 // confidence
		most   float64
	}{
		{"old licence", view{text: textOf(license...)}, Document, checks.BusinessLicense, OldLayout, Sure, 1},
		{"misread licence", view{text: textOf("企业法人营业挽照", "注册号350203044966192", "经首范围", "法定代表人性名", "年度检验惰况", "工商行正管理局")}, Document, checks.BusinessLicense, OldLayout, Decides, 1},
		{"licence in a hand", view{text: textOf(license...), faces: face}, Document, checks.BusinessLicense, OldLayout, Sure, 1},
		{"certificate", view{text: textOf("中华人民共和国组织机构代码证", "（副本）", "代 码 70401439-8", "机构名称 厦门青禾餐饮管理有限公司", "机构类型 企业法人", "颁发单位")}, Document, checks.OrganizationCodeCertificate, "", Sure, 1},
		{"holder", view{text: textOf("姓名郑涛", "性别男民族汉", "出生1970年1月5日", "住址江苏省南京市", "公民身份号码", "320102197001056730"), faces: face}, Document, checks.HolderPhoto, "", Sure, 1},
		{"form", view{text: textOf("微信公众平台账号授权运营书", "我单位自愿申请在微信公众平台注册账号", "账号名称 青禾餐饮", "营业执照注册号 350203044966192", "组织机构代码 70401439-8", "运营者姓名 郑涛", "运营者身份证号码 320102197001056730", "单位名称（盖章）")}, Document, checks.ApplicationForm, "", Sure, 1},
		{"proposal", view{text: textOf("Bluefern Homewares Ltd", "Proposal of intended use", "We apply for a Service account. It will answer", "Yours faithfully")}, Document, checks.Proposal, "", Sure, 1},
		{"foreign certificate", view{text: textOf("REGISTEROFCOMPANIES", "CERTIFICATEOFINCORPORATION", "Company Number 12646492")}, Document, checks.Credential, "", Sure, 1},
		{"business card", view{text: textOf("Bluefern Homewares Ltd", "Hannah Marsh", "Digital Manager", "+44 20 7946 0855", "hannah@bluefern.example"), sheet: card}, Document, checks.Credential, "", Sure, 1},
		{"receipt", view{text: textOf(receipt...)}, OtherPaper, checks.Unknown, "", Sure, 1},
		{"receipt with a phone number", view{text: textOf(append(receipt, "TEL +60 3 8888 1234", "a@b.com")...), sheet: card}, OtherPaper, checks.Unknown, "", Sure, 1},
		{"text of no known paper", view{text: textOf(strings.Repeat("天地玄黄宇宙洪荒", 10), strings.Repeat("日月盈昃辰宿列张", 10))}, OtherPaper, checks.Unknown, "", 0, Decides},
		{"landscape", view{text: textOf(), clear: 1}, NotDocument, checks.Unknown, "", Sure, 1},
		{"blurred", view{text: textOf(), clear: 0}, NotDocument, checks.Unknown, "", 0, 0},
		{"person without a card", view{text: textOf(), faces: face, clear: 1}, NotDocument, checks.Unknown, "", 0.2, Decides},
		{"blank paper", view{text: textOf(), sheet: card, clear: 1}, Unclear, checks.Unknown, "", 0, 0},
		{"nothing read of many lines", view{text: &text{page: page(), shown: 30}, clear: 1}, Unclear, checks.Unknown, "", 0, 0},
		{"person with a card that has a face", view{text: textOf(), faces: face, card: held(heldcard.ByOutline, &face[0])}, Document, checks.HolderPhoto, "", Decides, Sure - 0.01},
		{"person with a blurred card", view{text: textOf(), faces: face, card: held(heldcard.ByOutline, nil), portrait: 1}, Document, checks.HolderPhoto, "", Decides, Sure - 0.01},
		{"person with something white", view{text: textOf(), faces: face, card: held(heldcard.ByOutline, nil), clear: 1}, NotDocument, checks.Unknown, "", 0, Decides - 0.01},
		{"business card, blurred", view{text: textOf("HarrowgateTeas Ltd", "HannahLarkin", "442073460951"), sheet: card}, Document, checks.Credential, "", Decides, Sure - 0.01},
		{"no outline, blurred", view{text: textOf("HarrowgateTeas Ltd", "HannahLarkin", "442073460951"), clear: 1}, Unclear, checks.Unknown, "", 0, 0},
		{"upper half of a business card", view{text: textOf("Wrenfield Teas Ltd", "Hannah Marsh", "Director", "+44 20 7946 0889"), sheet: half, partly: true}, Document, checks.Credential, "", Decides, 1},
		{"a paper as wide", view{text: textOf("Wrenfield Teas Ltd", "Hannah Marsh", "Director", "+44 20 7946 0889"), sheet: half}, Document, checks.Credential, "", 0, Decides - 0.01},
		{"form, its title half read", view{text: textOf("馆公计平台册号授权运驾书")}, Document, checks.ApplicationForm, "", Decides, Sure - 0.01},
		{"tax registration", view{text: textOf("中华人民共和国税务登记证", "（副本）", "纳税人识别号")}, NotDocument, checks.Unknown, "", 0, 0},
		{"driving licence", view{text: textOf("中华人民共和国机动车驾驶证", "姓名 王伟", "性别 男")}, Document, checks.HolderPhoto, "", 0, Decides - 0.01},
		{"a name alone", view{text: textOf("姓名 王伟"), faces: face, clear: 1}, NotDocument, checks.Unknown, "", 0, Decides},
	} {
		r := judge(test.view)
		if r.What != test.what || r.Kind != test.kind || r.Layout != test.layout || r.Confidence < test.least || r.Confidence > test.most {
			t.Errorf("%s: %+v", test.name, r)
		}
		if r.What == Document && (len(r.Evidence) == 0 || r.Evidence[0].Region.IsZero()) {
			t.Errorf("%s: evidence %+v", test.name, r.Evidence)
		}
	}
}

// The words of two kinds on one paper put both in doubt.
func TestDoubt(t *testing.T) {
	r := judge(view{text: textOf("企业法人营业执照", "经营范围", "中华人民共和国组织机构代码证", "机构类型", "颁发单位")})
	if r.Confidence >= Sure {
		t.Errorf("%+v", r)
	}
}

func TestSearch(t *testing.T) {
	for _, test := range []struct {
		text, want         string
		begin, end, missed int
	}{
		{"abc统一社会信用代码xyz", "统一社会信用代码", 3, 11, 0},
		{"abc统一社舍信用代xyz", "统一社会信用代码", 3, 10, 2},
		{"统一", "统一社会信用代码", 0, 0, 0},
		{"经首范围", "经营范围", 0, 0, 0},
		{"xx注册号1", "注册号", 2, 5, 0},
	} {
		one := text{runes: []rune(test.text)}
		if begin, end, missed := one.search([]rune(test.want)); begin != test.begin || end != test.end || missed != test.missed {
			t.Errorf("%s in %s: %d..%d with %d slips", test.want, test.text, begin, end, missed)
		}
	}
}

// Whatever stands on a page is weighed without breaking down, and confidence stays within its range.
func TestAnyPage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.OneOf(rapid.StringN(0, 40, 160), rapid.SampledFrom([]string{"营业执照", "经营范围", "total", "wechat", "姓名", "公民身份号码"})), 0, 30).Draw(t, "lines")
		r := judge(view{text: textOf(lines...), clear: 1})
		if r.Confidence < 0 || r.Confidence > 1 {
			t.Fatalf("%+v", r)
		}
	})
}

func TestClarity(t *testing.T) {
	const side = 1000
	m := image.NewGray(image.Rect(0, 0, side, side))
	if c := clarity(raster.Reduce(m, side)); c != 0 {
		t.Errorf("a black picture is clear: %v", c)
	}
	for i := range m.Pix {
		if i/20%2 == 0 {
			m.Pix[i] = 230
		}
	}
	if c := clarity(raster.Reduce(m, side)); c != 1 {
		t.Errorf("sharp stripes are clear by %v", c)
	}
	if c := clarity(raster.Reduce(m.SubImage(image.Rect(0, 0, 480, 360)), side)); c != 0 {
		t.Errorf("a small picture, in which print cannot be read, is clear by %v", c)
	}
	for i := range m.Pix {
		m.Pix[i] = uint8(i % side / 5)
	}
	if c := clarity(raster.Reduce(m, side)); c > 0.1 {
		t.Errorf("a ramp is clear by %v", c)
	}
}

// kept is a picture of the samples.
func kept(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "fixtures", "cases", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func of(t *testing.T, data []byte) *Result {
	t.Helper()
	r, err := Of.Of(context.Background(), checks.NewSubject("a.jpg", checks.Unknown, data))
	if why, skipped := checks.SkipReason(err); skipped && strings.Contains(why.En, "without models") {
		t.Skip(why.En)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Real pictures, one of them mirrored and lying on its side.
func TestOf(t *testing.T) {
	r := of(t, kept(t, "individual-complete/IMG_2041.jpg"))
	if r.Kind != checks.HolderPhoto || r.Confidence < Sure {
		t.Errorf("holder photo: %+v", r)
	}
	picture, err := decode.Decode(kept(t, "organization-complete/营业执照.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	const mirroredOnItsSide = 5
	var b bytes.Buffer
	if err := jpeg.Encode(&b, orientation.Apply(picture.Image, mirroredOnItsSide), &jpeg.Options{Quality: 80}); err != nil {
		t.Fatal(err)
	}
	r = of(t, b.Bytes())
	if r.Kind != checks.BusinessLicense || r.Confidence < Decides || r.Layout != OldLayout {
		t.Errorf("mirrored licence: %+v", r)
	}
}

func TestNoPicture(t *testing.T) {
	_, err := Of.Of(context.Background(), checks.NewSubject("a.jpg", checks.Unknown, []byte("no picture")))
	if _, skipped := checks.SkipReason(err); !skipped {
		t.Errorf("error %v", err)
	}
}

// What is done for every document besides reading it: the search of a page of sixty lines for all words.
func BenchmarkDecided(b *testing.B) {
	var lines []string
	for range 10 {
		lines = append(lines, "企业法人营业执照", "注册号350203044966192", "名 称厦门青禾餐饮管理有限公司", "We apply for a Service account. It will answer", "+44 20 7946 0855", "公民身份号码 320102197001056730")
	}
	p := page(lines...)
	for b.Loop() {
		judge(view{text: newText(p)})
	}
}

// What is done in addition where the text does not decide, besides reading again.
func BenchmarkLayout(b *testing.B) {
	r := raster.Reduce(image.NewRGBA(image.Rect(0, 0, 1600, 1200)), raster.ReducedSide)
	for i := range r.Pixels {
		r.Pixels[i] = 240
	}
	for b.Loop() {
		layoutOf(r)
	}
}
