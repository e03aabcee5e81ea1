package fields

import (
	"context"
	"strings"
	"testing"

	"dossier/checks"
	"dossier/checks/picture/reading"
)

// A printed is a line of a page made by hand: its text, where it begins and ends, its middle.
type printed struct {
	text      string
	x0, x1, y float64
	sure      float64 // of every character; 0: 0.99
}

const lineHigh = 20

// page makes a page of lines that were read as they are.
func page(lines ...printed) *reading.Page {
	p := &reading.Page{Width: 1000, Height: 1000}
	for _, l := range lines {
		if l.sure == 0 {
			l.sure = 0.99
		}
		r := readLine(l.text, l.sure)
		q := reading.Quad{{X: l.x0, Y: l.y - lineHigh/2}, {X: l.x1, Y: l.y - lineHigh/2}, {X: l.x1, Y: l.y + lineHigh/2}, {X: l.x0, Y: l.y + lineHigh/2}}
		p.Lines = append(p.Lines, reading.Line{Reading: r, Quad: q, Box: q.Box(p.Width, p.Height)})
	}
	return p
}

func readLine(text string, sure float64) reading.Reading {
	r := reading.Reading{Text: text, Confidence: sure, Least: sure}
	chars := []rune(text)
	for i, c := range chars {
		r.Characters = append(r.Characters, reading.Character{Text: string(c), Confidence: sure,
			Begin: (float64(i) + 0.3) / float64(len(chars)), End: (float64(i) + 0.7) / float64(len(chars)),
			Candidates: []reading.Candidate{{Text: string(c), Probability: sure}}})
	}
	return r
}

func stated(t *testing.T, kind checks.Kind, p *reading.Page) map[string]checks.Reading {
	t.Helper()
	list, err := Find(t.Context(), p, kind, Looks{})
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]checks.Reading{}
	for _, r := range list {
		if _, again := m[r.Field]; !again {
			m[r.Field] = r
		}
		if r.Confidence < 0 || r.Confidence >= 1 {
			t.Errorf("%s has the confidence %g", r.Field, r.Confidence)
		}
	}
	return m
}

func wantFields(t *testing.T, got map[string]checks.Reading, want map[string]string) {
	t.Helper()
	for field, value := range want {
		if got[field].Value != value {
			t.Errorf("%s is %q, want %q", field, got[field].Value, value)
		}
	}
	for field, r := range got {
		if _, ok := want[field]; !ok {
			t.Errorf("%s was found as %q, and is not on the paper", field, r.Value)
		}
	}
}

// A licence of 2014: labels spread over the width of the longest, some taken apart by the search for lines,
// the address on two lines.
func TestOldLicence(t *testing.T) {
	p := page(
		printed{text: "企业法人营业执照", x0: 300, x1: 700, y: 60},
		printed{text: "注册号110108000000016", x0: 560, x1: 840, y: 110},
		printed{text: "名", x0: 100, x1: 120, y: 160}, printed{text: "称", x0: 220, x1: 240, y: 160}, printed{text: "北京云帆(集团)有限公司", x0: 260, x1: 480, y: 160},
		printed{text: "住", x0: 100, x1: 120, y: 200}, printed{text: "所", x0: 220, x1: 240, y: 200}, printed{text: "北京市朝阳区建国路93号创业大厦", x0: 260, x1: 560, y: 200},
		printed{text: "1205室", x0: 260, x1: 330, y: 228},
		printed{text: "法定代表人姓名", x0: 100, x1: 240, y: 270}, printed{text: "王秀英", x0: 260, x1: 320, y: 270},
		printed{text: "注册资本 人民币伍佰万元整", x0: 100, x1: 430, y: 310},
		printed{text: "公司类型有限责任公司(自然人独资)", x0: 100, x1: 460, y: 350},
		printed{text: "成立日期", x0: 100, x1: 240, y: 390}, printed{text: "2008年7月4日", x0: 260, x1: 380, y: 390},
		printed{text: "营业期限", x0: 100, x1: 240, y: 430}, printed{text: "2008年7月4日至2028年7月3日", x0: 260, x1: 520, y: 430},
		printed{text: "北京市工商行政管理局", x0: 560, x1: 760, y: 520},
		printed{text: "二〇一二年三月十五日", x0: 560, x1: 760, y: 560},
	)
	wantFields(t, stated(t, checks.BusinessLicense, p), map[string]string{
		"license_number": "110108000000016", "company": "北京云帆（集团）有限公司", "address": "北京市朝阳区建国路93号创业大厦1205室",
		"legal_representative": "王秀英", "type": "有限责任公司(自然人独资)", "founded": "2008-07-04", "valid_until": "2028-07-03",
	})
}

// A licence of 2019: two columns, the code below its label, slips in the labels.
func TestNewLicence(t *testing.T) {
	p := page(
		printed{text: "统一社会信甩代码", x0: 100, x1: 220, y: 60},
		printed{text: "9111OOOO600037341L", x0: 100, x1: 330, y: 86},
		printed{text: "营业执照", x0: 350, x1: 650, y: 130},
		printed{text: "名", x0: 100, x1: 120, y: 200}, printed{text: "称", x0: 170, x1: 190, y: 200}, printed{text: "北京云帆有限公司", x0: 210, x1: 370, y: 200},
		printed{text: "注册资本", x0: 560, x1: 640, y: 200}, printed{text: "人民币伍佰万元整", x0: 660, x1: 820, y: 200},
		printed{text: "类", x0: 100, x1: 120, y: 240}, printed{text: "型", x0: 170, x1: 190, y: 240}, printed{text: "有限责任公司", x0: 210, x1: 330, y: 240},
		printed{text: "成立日朗", x0: 560, x1: 640, y: 240}, printed{text: "2013年6月15日", x0: 660, x1: 790, y: 240},
		printed{text: "法定代表人", x0: 100, x1: 190, y: 280}, printed{text: "欧阳芳", x0: 210, x1: 270, y: 280},
		printed{text: "营业期限", x0: 560, x1: 640, y: 280}, printed{text: "长期", x0: 660, x1: 700, y: 280},
		printed{text: "经营范围", x0: 100, x1: 190, y: 320}, printed{text: "技术开发、技术咨询、技术服务。", x0: 210, x1: 500, y: 320},
		printed{text: "住", x0: 560, x1: 580, y: 320}, printed{text: "所", x0: 620, x1: 640, y: 320}, printed{text: "北京市朝阳区朝阳街194号", x0: 660, x1: 890, y: 320},
		printed{text: "软件园B区1314室", x0: 660, x1: 810, y: 348},
	)
	got := stated(t, checks.BusinessLicense, p)
	wantFields(t, got, map[string]string{
		"uscc": "91110000600037341L", "company": "北京云帆有限公司", "type": "有限责任公司", "legal_representative": "欧阳芳",
		"founded": "2013-06-15", "valid_until": "长期", "address": "北京市朝阳区朝阳街194号软件园B区1314室",
	})
	if b := got["uscc"].Basis; b != checks.BasisAlphabet {
		t.Errorf("a code read with O for 0 rests on %q", b)
	}
	if got["uscc"].Confidence < 0.9 {
		t.Errorf("a code both of whose checks hold has the confidence %g", got["uscc"].Confidence)
	}
	if b := got["uscc"].Box; b.X > 105 || b.Y > 80 || b.X+b.Width < 325 {
		t.Errorf("the code is said to stand at %v", b)
	}
}

func TestCard(t *testing.T) {
	front := []printed{
		{text: "姓名张伟", x0: 100, x1: 220, y: 100}, {text: "性别男民族汉", x0: 100, x1: 260, y: 140},
		{text: "出生1949年12月31日", x0: 100, x1: 330, y: 180},
		{text: "住址北京市朝阳区新华路158号", x0: 100, x1: 390, y: 220}, {text: "怡景小区3幢1503室", x0: 148, x1: 330, y: 246},
		{text: "公民身份号码", x0: 100, x1: 220, y: 340}, {text: "11010519491231002X", x0: 260, x1: 560, y: 340},
	}
	want := map[string]string{"name": "张伟", "birth_date": "1949-12-31", "address": "北京市朝阳区新华路158号怡景小区3幢1503室", "id_number": "11010519491231002X"}
	wantFields(t, stated(t, checks.HolderPhoto, page(front...)), want)

	// The labels are the smallest print and the first that cannot be read.
	bare := []printed{{text: "张伟", x0: 140, x1: 220, y: 100}, {text: "北京市朝阳区新华路158号", x0: 148, x1: 390, y: 220}, front[4], front[6]}
	wantFields(t, stated(t, checks.HolderPhoto, page(bare...)), map[string]string{"name": "张伟", "address": want["address"], "id_number": want["id_number"]})

	// A photo that lies on its side: x runs down.
	side := page(front...)
	for i := range side.Lines {
		l := &side.Lines[i]
		for j, c := range l.Quad {
			l.Quad[j] = reading.Point{X: 900 - c.Y, Y: c.X}
		}
		l.Box = l.Quad.Box(1000, 1000)
	}
	wantFields(t, stated(t, checks.HolderPhoto, side), want)

	back := page(printed{text: "签发机关", x0: 100, x1: 180, y: 100}, printed{text: "朝阳分局", x0: 200, x1: 300, y: 100},
		printed{text: "有效期限", x0: 100, x1: 180, y: 140}, printed{text: "2010.05.01-2030.05.01", x0: 200, x1: 420, y: 140})
	wantFields(t, stated(t, checks.HolderPhoto, back), map[string]string{"valid_until": "2030-05-01"})
}

// A day that is not the number's is misread, or the number is: neither may be sure.
func TestBirthAgainstTheNumber(t *testing.T) {
	lines := func(day string) *reading.Page {
		return page(printed{text: "姓名张伟", x0: 100, x1: 220, y: 100}, printed{text: "出生" + day, x0: 100, x1: 330, y: 180},
			printed{text: "公民身份号码11010519491231002X", x0: 100, x1: 560, y: 340})
	}
	if r := stated(t, checks.HolderPhoto, lines("1949年12月31日"))["birth_date"]; r.Value != "1949-12-31" || r.Confidence < 0.95 {
		t.Errorf("%+v", r)
	}
	if r := stated(t, checks.HolderPhoto, lines("1949年12月21日"))["birth_date"]; r.Confidence > 0.5 {
		t.Errorf("a day that is not the number's is given as %+v", r)
	}
}

// Two layouts of the letter: a table, and labels above lines to fill in.
func TestForms(t *testing.T) {
	table := page(
		printed{text: "微信公众平台账号授权运营书", x0: 300, x1: 640, y: 60},
		printed{text: "我单位办理注册、信息登记及日常运营事宜。运营者在账号内所做的一切行为", x0: 100, x1: 800, y: 120},
		printed{text: "单位全称", x0: 110, x1: 190, y: 200}, printed{text: "北京云帆有限公司", x0: 300, x1: 460, y: 200},
		printed{text: "营业执照注册号", x0: 110, x1: 250, y: 240}, printed{text: "110108000000016", x0: 300, x1: 460, y: 240},
		printed{text: "组织机构代码", x0: 110, x1: 230, y: 280}, printed{text: "60003734-1", x0: 300, x1: 400, y: 280},
		printed{text: "运营者姓名", x0: 110, x1: 210, y: 320}, printed{text: "李娜", x0: 300, x1: 340, y: 320},
		printed{text: "运营者身份证号码", x0: 110, x1: 270, y: 360}, printed{text: "11010519491231002X", x0: 300, x1: 480, y: 360},
		printed{text: "运营者手机号码", x0: 110, x1: 250, y: 400}, printed{text: "13800138000", x0: 300, x1: 410, y: 400},
		printed{text: "运营者签名:", x0: 110, x1: 210, y: 500},
		printed{text: "单位名称(盖章):", x0: 420, x1: 560, y: 540}, printed{text: "北京云帆有限公司", x0: 450, x1: 610, y: 580},
	)
	want := map[string]string{"company": "北京云帆有限公司", "license_number": "110108000000016", "organization_code": "60003734-1",
		"name": "李娜", "id_number": "11010519491231002X", "mobile": "13800138000"}
	wantFields(t, stated(t, checks.ApplicationForm, table), want)

	above := page(
		printed{text: "公司名称:北京云帆有限公司", x0: 100, x1: 360, y: 100},
		printed{text: "统一社会信用代码:91110000600037341L", x0: 100, x1: 520, y: 140},
		printed{text: "管理员姓名", x0: 100, x1: 200, y: 200}, printed{text: "李娜", x0: 100, x1: 140, y: 230},
		printed{text: "身份证号", x0: 400, x1: 480, y: 200}, printed{text: "1101 0519 4912 3100 2x", x0: 400, x1: 620, y: 230},
		printed{text: "手机:138-0013-8000", x0: 100, x1: 300, y: 290},
		printed{text: "邮箱:na.li@example.cn", x0: 400, x1: 620, y: 290},
		printed{text: "电话:010-65123456", x0: 100, x1: 300, y: 330},
	)
	wantFields(t, stated(t, checks.ApplicationForm, above), map[string]string{"company": "北京云帆有限公司", "uscc": "91110000600037341L",
		"name": "李娜", "id_number": "11010519491231002X", "mobile": "13800138000", "email": "na.li@example.cn", "phone": "010-65123456"})
}

func TestCertificate(t *testing.T) {
	p := page(
		printed{text: "中华人民共和国组织机构代码证", x0: 300, x1: 700, y: 60},
		printed{text: "代", x0: 100, x1: 120, y: 120}, printed{text: "码", x0: 180, x1: 200, y: 120}, printed{text: "60003734-1", x0: 240, x1: 360, y: 120},
		printed{text: "机构名称", x0: 100, x1: 200, y: 160}, printed{text: "北京云帆有限公司", x0: 240, x1: 400, y: 160},
		printed{text: "法定代表人", x0: 100, x1: 200, y: 200}, printed{text: "买买提·艾力", x0: 240, x1: 340, y: 200},
		printed{text: "有效期", x0: 100, x1: 200, y: 240}, printed{text: "自2012年9月15日至2016年9月14日", x0: 240, x1: 560, y: 240},
	)
	wantFields(t, stated(t, checks.OrganizationCodeCertificate, p), map[string]string{"organization_code": "60003734-1",
		"company": "北京云帆有限公司", "legal_representative": "买买提·艾力", "valid_until": "2016-09-14"})
}

func TestForeignPapers(t *testing.T) {
	card := page(printed{text: "Saltmarsh Cosmetics Ltd", x0: 100, x1: 500, y: 100}, printed{text: "Priya Ellery", x0: 100, x1: 300, y: 200},
		printed{text: "Digital Manager", x0: 100, x1: 300, y: 240}, printed{text: "T: +44 20 7946 0112", x0: 100, x1: 400, y: 300},
		printed{text: "priya@saltmarsh.example", x0: 100, x1: 480, y: 340}, printed{text: "31 Quayside Road, London", x0: 100, x1: 480, y: 380})
	wantFields(t, stated(t, checks.Credential, card), map[string]string{"company": "Saltmarsh Cosmetics Ltd", "phone": "+44 20 7946 0112", "email": "priya@saltmarsh.example"})

	certificate := page(printed{text: "CERTIFICATE OF INCORPORATION", x0: 200, x1: 800, y: 60}, printed{text: "OF A PRIVATE LIMITED COMPANY", x0: 250, x1: 750, y: 100},
		printed{text: "Company Number 10237711", x0: 200, x1: 500, y: 160}, printed{text: "Kestrel Teas Ltd", x0: 350, x1: 650, y: 240},
		printed{text: "is this day incorporated as a private company", x0: 200, x1: 800, y: 300})
	wantFields(t, stated(t, checks.Credential, certificate), map[string]string{"company": "Kestrel Teas Ltd"})
}

// What is no document states nothing.
func TestNothingIsMadeUp(t *testing.T) {
	for _, kind := range checks.Kinds() {
		for name, p := range map[string]*reading.Page{
			"empty":   page(),
			"a menu":  page(printed{text: "宫保鸡丁 28元", x0: 100, x1: 300, y: 100}, printed{text: "米饭 2元", x0: 100, x1: 200, y: 140}),
			"a label": page(printed{text: "公民身份号码", x0: 100, x1: 300, y: 100}),
			"specks":  page(printed{text: "口", x0: 1, x1: 9, y: 3, sure: 0.1}, printed{text: "〇", x0: 0, x1: 0, y: 0, sure: 0.1}),
		} {
			if got := stated(t, kind, p); len(got) > 0 {
				t.Errorf("%s, %s: %v", kind, name, got)
			}
		}
	}
}

// A card that is small in the picture and not read well is looked at again, and what was read better stays.
func TestTheCardIsReadAgainNearer(t *testing.T) {
	far := page(printed{text: "11010519491231002X", x0: 400, x1: 500, y: 500}, printed{text: "张伟", x0: 360, x1: 390, y: 430, sure: 0.5})
	far.Width, far.Height = 4000, 3000
	var looked checks.Region
	found, err := Find(t.Context(), far, checks.HolderPhoto, Looks{Area: func(_ context.Context, area checks.Region, scale float64) (*reading.Page, error) {
		looked = area
		if scale < 1 || scale > nearScale {
			t.Errorf("scale %g", scale)
		}
		return page(printed{text: "姓名张玮", x0: 350, x1: 390, y: 430}), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if looked.X > 350 || looked.Y > 430 || looked.X+looked.Width < 500 || looked.Y+looked.Height < 500 {
		t.Errorf("looked at %v, where the card is not", looked)
	}
	var all []string
	for _, r := range found {
		all = append(all, r.Field+" "+r.Value)
	}
	if got := strings.Join(all, ", "); got != "name 张玮, id_number 11010519491231002X" {
		t.Errorf("%s", got)
	}
}
