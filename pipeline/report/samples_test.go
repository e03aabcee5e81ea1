package report

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"

	"dossier/checks"
	"dossier/pipeline"
	"dossier/pipeline/typeface"
)

// The records that the tests of this package render. They are made by hand, as a judge would
// leave them, so that each page, table and schema is tested with the same truth.

var (
	china   = time.FixedZone("", 8*3600)
	morning = time.Date(2014, 9, 10, 9, 30, 0, 0, china)
)

func sha(seed string) string { return checks.NewSubject(seed, checks.Unknown, []byte(seed)).SHA256 }

func said(en, zh string) checks.Text { return checks.Text{En: en, Zh: zh} }

func ran(check string, findings ...pipeline.Finding) pipeline.Result {
	if findings == nil {
		findings = []pipeline.Finding{}
	}
	return pipeline.Result{Check: check, Version: 1, Outcome: pipeline.Ran, Findings: findings}
}

func skipped(check, en, zh string) pipeline.Result {
	return pipeline.Result{Check: check, Version: 1, Outcome: pipeline.Skipped, Reason: en, ReasonZh: zh, Findings: []pipeline.Finding{}}
}

// cleanFormat are the format checks when nothing is wrong, but for those replaced.
func cleanFormat(replace ...pipeline.Result) []pipeline.Result {
	var list []pipeline.Result
	for _, id := range []string{"format/extension", "format/content", "format/decode", "format/size", "format/pixels", "format/animation", "format/trailing-data"} {
		result := ran(id)
		for _, r := range replace {
			if r.Check == id {
				result = r
			}
		}
		list = append(list, result)
	}
	return list
}

func document(path string, kind checks.Kind, width, height int, bytes int64, results ...pipeline.Result) pipeline.Document {
	received := morning.Add(-10 * time.Minute)
	return pipeline.Document{
		Schema: pipeline.DocumentSchema, Path: path, SHA256: sha(path), Kind: kind, KindSource: pipeline.KindFromContent,
		Format: pipeline.Format{Name: "jpeg", OK: true, Bytes: bytes, Width: width, Height: height},
		Edit:   pipeline.Edit{Verdict: pipeline.EditNone, Score: 0.04},
		Seals:  []checks.Seal{}, Readings: []checks.Reading{}, Results: results, ReceivedAt: &received,
	}
}

func sampleCase(name string, documents []pipeline.Document, results ...pipeline.Result) *pipeline.Case {
	c := &pipeline.Case{
		Schema: pipeline.CaseSchema, Case: name, Version: 1, GeneratedAt: morning, Path: checks.Organization,
		Profile: pipeline.ProfileRef{ID: "wechat-organization@2014-09", Title: said("WeChat Official Account, organisation", "微信公众号：企业/组织"), SHA256: sha("profile")},
		Answers: map[string]string{"account_type": "service", "account_name": "禾风茶业", "operator_name": "李一凡", "mobile": "13800138000"}, Documents: documents, Results: results,
		Replaced: []pipeline.Replaced{}, Rules: []pipeline.Rule{},
		Versions: pipeline.Versions{Dossier: "0.1.0", Checks: map[string]int{}},
	}
	c.Walk(func(_ *pipeline.Document, _ *pipeline.Result, f *pipeline.Finding) {
		if rule, ok := sampleRules[f.Rule]; ok {
			sampleRule(c, rule)
		}
	})
	for _, d := range c.Documents {
		for _, r := range d.Results {
			c.Versions.Checks[r.Check] = r.Version
		}
	}
	for _, r := range c.Results {
		c.Versions.Checks[r.Check] = r.Version
	}
	c.Conclude()
	return c
}

func sampleRule(c *pipeline.Case, rule pipeline.Rule) {
	for _, have := range c.Rules {
		if have.ID == rule.ID {
			return
		}
	}
	c.Rules = append(c.Rules, rule)
}

var sampleRules = map[string]pipeline.Rule{
	"S10": {ID: "S10", Text: said("an organisation submits a Chinese ID, a mobile number, the business licence and the organisation code certificate", "企业需提交身份证、手机号、营业执照和组织机构代码证"), Source: "registration guide, September 2014"},
	"S21": {ID: "S21", Text: said("images are .jpg .jpeg .bmp .gif, at most 2 MB", "图片须为 .jpg .jpeg .bmp .gif，不超过 2 MB"), Source: "https://mp.weixin.qq.com/"},
	"S22": {ID: "S22", Text: said("licence: colour scan or photograph, with the chop of the most recent annual audit", "营业执照：彩色扫描件或照片，需有最近一次年检章"), Source: "registration guide, September 2014"},
	"S23": {ID: "S23", Text: said("the photo of the holder is not edited, all information on the card clearly visible", "手持证件照不得修改，证件信息须清晰可见"), Source: "registration guide, September 2014"},
}

var titlesOfChecks = map[string]checks.Text{
	"format/extension":     said("file name and content agree", "扩展名与内容一致"),
	"format/content":       said("accepted format", "格式可接受"),
	"format/decode":        said("can be opened", "可以打开"),
	"format/size":          said("file size", "文件大小"),
	"format/pixels":        said("number of pixels", "像素数"),
	"format/animation":     said("one picture, not moving", "非动图"),
	"format/trailing-data": said("nothing after the end", "结尾后无数据"),
	"edits/metadata":       said("editing named in the metadata", "元数据中的编辑记录"),
	"casefile/complete":    said("completeness", "材料齐全"),
	"legibility/glare":     said("glare", "反光"),
}

// passCase has nothing against it.
func passCase() *pipeline.Case {
	license := document("营业执照.jpg", checks.BusinessLicense, 1800, 1273, 812_345, append(cleanFormat(), ran("edits/metadata"))...)
	mm := 41.2
	license.Seals = []checks.Seal{{Shape: "round", Color: "red", Box: checks.Region{X: 1300, Y: 860, Width: 240, Height: 240}, DiameterMM: &mm, Confidence: 0.97}}
	license.Readings = []checks.Reading{{Field: "license_number", Value: "110108000000016", Confidence: 0.98, Box: checks.Region{X: 700, Y: 300, Width: 500, Height: 40}}}
	form := document("form.jpg", checks.ApplicationForm, 1240, 1754, 640_000, append(cleanFormat(), ran("edits/metadata"))...)
	form.KindSource = pipeline.KindGiven
	form.Seals = []checks.Seal{{Shape: "round", Color: "red", Box: checks.Region{X: 700, Y: 1300, Width: 230, Height: 230}, DiameterMM: &mm, Confidence: 0.95,
		Overlaps: map[string]float64{checks.OverlapSignature: 0, checks.OverlapDate: 0.8, checks.OverlapCompany: 0.46}}}
	return sampleCase("禾风茶业", []pipeline.Document{license, form}, ran("casefile/complete"))
}

// reviewCase waits for a person: one review is open, one has been accepted.
func reviewCase() *pipeline.Case {
	glare := pipeline.Finding{
		Code: "glare_on_text", Severity: pipeline.NeedReview, Rule: "S23",
		Message:  said("light is reflected on the card: 3.1% of it is white", "证件反光：3.1% 的面积发白"),
		Remedy:   said("Look whether all characters on the card can be read; if not, ask the client to take the photo again without flash.", "请查看证件文字是否全部可读；如不可读，请客户关闭闪光灯重新拍摄。"),
		Measures: []checks.Measure{{Name: "glare_share", Value: 0.031, Unit: "", Want: "<= 0.02"}},
		Region:   checks.Region{X: 610, Y: 900, Width: 260, Height: 150}, Overlay: "overlays/holder-glare.jpg",
	}
	editor := pipeline.Finding{
		Code: "editor_named", Severity: pipeline.NeedReview, Rule: "S23",
		Message:  said("the metadata name an editor as the last writer: Adobe Photoshop CS5 Windows", "元数据显示最后由编辑软件保存：Adobe Photoshop CS5 Windows"),
		Remedy:   said("Ask the client to send the photo as it came from the camera.", "请客户发送相机拍摄的原始照片。"),
		Measures: []checks.Measure{}, Overlay: "",
	}
	d := document("手持身份证.jpg", checks.HolderPhoto, 1500, 2000, 1_405_221,
		append(cleanFormat(), ran("legibility/glare", glare), ran("edits/metadata", editor),
			skipped("edits/copy-move", "the picture has been reduced by a messenger; what it would show is gone", "图片经聊天软件压缩，痕迹已不可见"),
			skipped("edits/noise", "the picture has been reduced by a messenger; what it would show is gone", "图片经聊天软件压缩，痕迹已不可见"))...)
	d.Edit = pipeline.Edit{Verdict: pipeline.EditReview, Score: 0.42}
	d.Readings = []checks.Reading{
		{Field: "name", Value: "李一凡", Confidence: 0.96, Box: checks.Region{X: 640, Y: 920, Width: 120, Height: 30}},
		{Field: "id_number", Value: "11010119900307867X", Confidence: 0.93, Box: checks.Region{X: 640, Y: 1010, Width: 200, Height: 24}},
	}
	license := document("license.jpg", checks.BusinessLicense, 1800, 1273, 812_345, append(cleanFormat(), ran("edits/metadata"))...)
	c := sampleCase("tea-house", []pipeline.Document{license, d}, ran("casefile/complete"))
	accept(c, "edits/metadata", "editor_named")
	return c
}

// accept decides the open findings of that check and code as a person would.
func accept(c *pipeline.Case, check, code string) {
	var decisions []pipeline.Decision
	for _, p := range c.OpenReviews() {
		if p.Result.Check != check || p.Finding.Code != code {
			continue
		}
		document := ""
		if p.Document != nil {
			document = p.Document.SHA256
		}
		decisions = append(decisions, pipeline.Decision{Check: check, Code: code, Document: document, Fingerprint: p.Fingerprint,
			Who: "王芳", When: morning.Add(time.Hour), Because: "only cropped; compared with the original on the client's phone"})
	}
	c.Apply(decisions)
}

// failCase has much against it: a missing document, wrong formats, too many pixels, a check
// that broke, a replaced scan.
func failCase() *pipeline.Case {
	pixels := func(w, h int) pipeline.Finding {
		return pipeline.Finding{
			Code: "too_many_pixels", Severity: pipeline.Fail, Rule: "S21",
			Message:  said(fmt.Sprintf("the picture has %s pixels, at most 6,000,000 are accepted", groupDigits(w*h)), fmt.Sprintf("图片共 %s 像素，最多接受 6,000,000 像素", groupDigits(w*h))),
			Remedy:   said("Make a smaller copy with dossier shrink, or ask the client to send the photo at most 2,800 pixels wide.", "用 dossier shrink 生成缩小的副本，或请客户发送宽度不超过 2,800 像素的照片。"),
			Measures: []checks.Measure{{Name: "pixels", Value: float64(w * h), Unit: "px", Want: "<= 6000000"}, {Name: "width", Value: float64(w), Unit: "px"}, {Name: "height", Value: float64(h), Unit: "px"}},
		}
	}
	license := document("IMG_20140908_101112.jpg", checks.BusinessLicense, 4032, 3024, 1_912_345, append(cleanFormat(
		ran("format/pixels", pixels(4032, 3024)),
		ran("format/trailing-data", pipeline.Finding{Code: "trailing_data", Severity: pipeline.Note,
			Message:  said("1,204 bytes follow the end of the picture", "图片结尾之后还有 1,204 字节"),
			Remedy:   said("Nothing to do; the bytes are kept as received.", "无需处理；原样保留。"),
			Measures: []checks.Measure{{Name: "trailing_bytes", Value: 1204, Unit: "bytes"}}})),
		ran("seal/present", pipeline.Finding{Code: "no_chop", Severity: pipeline.Fail, Rule: "S22",
			Message:  said("no chop (company seal) is seen where the licence has the authority's chop", "营业执照应盖登记机关印章处未见印章"),
			Remedy:   said("Ask the client for a colour scan of the original licence.", "请客户提供营业执照原件的彩色扫描件。"),
			Measures: []checks.Measure{{Name: "confidence", Value: 0.12, Want: ">= 0.5"}},
			Region:   checks.Region{X: 2700, Y: 2050, Width: 900, Height: 800}}),
		ran("legibility/glare", pipeline.Finding{Code: "glare_on_text", Severity: pipeline.NeedReview,
			Message:  said("light is reflected on the text: 2.4% of it is white", "文字处反光：2.4% 的面积发白"),
			Remedy:   said("Look whether the company's name can be read.", "请查看企业名称是否清晰可读。"),
			Measures: []checks.Measure{{Name: "glare_share", Value: 0.024, Want: "<= 0.02"}},
			Region:   checks.Region{X: 20, Y: 30, Width: 1400, Height: 420}}),
		ran("edits/metadata"))...)
	license.KindSource = pipeline.KindFromName
	license.Format.OK = false

	holder := document("张三 手持 110101199003078670.jpg", checks.HolderPhoto, 3000, 4000, 2_412_345, append(cleanFormat(
		ran("format/pixels", pixels(3000, 4000)),
		ran("format/size", pipeline.Finding{Code: "too_large", Severity: pipeline.Fail, Rule: "S21",
			Message:  said("the file has 2,412,345 bytes, at most 2,097,152 are accepted", "文件大小 2,412,345 字节，最多接受 2,097,152 字节"),
			Remedy:   said("Make a smaller copy with dossier shrink, or ask the client to send the photo at most 2,800 pixels wide.", "用 dossier shrink 生成缩小的副本，或请客户发送宽度不超过 2,800 像素的照片。"),
			Measures: []checks.Measure{{Name: "bytes", Value: 2412345, Unit: "bytes", Want: "<= 2097152"}}})),
		ran("casefile/numbers"),
		ran("holder/card", pipeline.Finding{Code: "id_check_digit", Severity: pipeline.Fail, Rule: "S23",
			Message:  said("the ID number 11010119900307867X fails its check digit: 0 would be right", "身份证号 11010119900307867X 校验位不符，应为 0"),
			Remedy:   said("Ask the client to check the ID number and to photograph the card again.", "请客户核对身份证号并重新拍摄证件。"),
			Measures: []checks.Measure{}, Region: checks.Region{X: 1200, Y: 2300, Width: 900, Height: 120}}))...)
	holder.Results = append(holder.Results, pipeline.Result{Check: "edits/metadata", Version: 1, Outcome: pipeline.Failed, Reason: "took longer than 10 s", ReasonZh: "超过 10 秒未完成", Findings: []pipeline.Finding{}})
	holder.Format.OK = false
	holder.Edit = pipeline.Edit{Verdict: pipeline.EditNotMeasured}

	heic := document("form.jpg", checks.ApplicationForm, 0, 0, 1_004_112,
		ran("format/extension", pipeline.Finding{Code: "extension_mismatch", Severity: pipeline.Fail, Rule: "S21",
			Message:  said("the name ends in .jpg, the content is HEIC", "扩展名为 .jpg，实际内容为 HEIC"),
			Remedy:   said("Do not rename it: it would still be refused.", "不要仅改名：仍会被拒绝。"),
			Measures: []checks.Measure{}}),
		ran("format/content", pipeline.Finding{Code: "format_not_accepted", Severity: pipeline.Fail, Rule: "S21",
			Message:  said("HEIC is not accepted; JPEG, BMP and GIF are", "不接受 HEIC；可用 JPEG、BMP、GIF"),
			Remedy:   said("Ask the client to send the photo as JPEG (iPhone: Settings, Camera, Formats, Most Compatible).", "请客户以 JPEG 格式发送照片（iPhone：设置—相机—格式—兼容性最佳）。"),
			Measures: []checks.Measure{}}),
		skipped("format/pixels", "the picture could not be decoded", "图片无法解码"),
		skipped("edits/metadata", "the picture could not be decoded", "图片无法解码"))
	heic.Format = pipeline.Format{Name: "heic", Bytes: 1_004_112}
	heic.Edit = pipeline.Edit{Verdict: pipeline.EditNotMeasured}
	heic.Origin = &checks.Origin{Name: "全部资料.pdf", SHA256: sha("pdf"), Page: 3}

	c := sampleCase("044 Hefeng Tea", []pipeline.Document{license, holder, heic},
		ran("casefile/complete",
			pipeline.Finding{Code: "document_missing", Severity: pipeline.Fail, Rule: "S10",
				Message:  said("the organisation code certificate is missing", "缺少组织机构代码证"),
				Remedy:   said("Ask the client for a colour scan of the organisation code certificate.", "请客户提供组织机构代码证的彩色扫描件。"),
				Measures: []checks.Measure{{Name: "present", Value: 0, Unit: "", Want: ">= 1"}}},
			pipeline.Finding{Code: "document_elsewhere", Severity: pipeline.NeedReview,
				Message:   said("the business licence is, byte for byte, also in another case", "营业执照与另一案卷中的文件完全相同"),
				Remedy:    said("Open both cases and see which client the licence belongs to.", "打开两个案卷，确认该执照属于哪位客户。"),
				Measures:  []checks.Measure{},
				Documents: []string{"IMG_20140908_101112.jpg", "not-there.jpg"}}))
	c.Version = 3
	c.Replaced = []pipeline.Replaced{{Name: "form.jpg", SHA256: sha("older form"), At: morning.Add(-time.Hour)}}
	return c
}

// hostileNames are file names that try to hide, to rearrange or to break what is around them.
var hostileNames = []string{
	"license\u202egpj.exe",
	"two\nlines\r\n\tand a tab.jpg",
	"<script>alert(1)</script><img src=x onerror=alert(2)>.jpg",
	"📄🧾👨‍👩‍👧‍👦🇨🇳 笑.jpg",
	strings.Repeat("很长的名字", 16) + "abcd.jpg",
	strings.Repeat("W", 251) + ".jpg",
	"\xff\xfe broken \x1b[31m bytes.jpg",
	"z\u0335\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b\u030c\u030d\u030e\u030f\u0310\u0311\u0312\u0313\u0314algo\u2028.jpg",
	`"quotes" 'and' {{.Case}} ]]> & --> .jpg`,
	"=cmd|' /C calc'!A0",
	"שלום עולם.jpg",
	"\u2067\u2066 isolates \u200b zero.jpg",
}

// hostileCase carries them everywhere a text from outside can stand.
func hostileCase() *pipeline.Case {
	var documents []pipeline.Document
	for i, name := range hostileNames {
		d := document(name, checks.Unknown, 900, 1200, 100_000+int64(i), append(cleanFormat(), ran("edits/metadata", pipeline.Finding{
			Code: "editor_named", Severity: pipeline.NeedReview, Rule: "<b>\u202e",
			Message:  said("the file "+name+" was written by an editor", "文件 "+name+" 由编辑软件保存"),
			Remedy:   said("Look at "+name, "请查看 "+name),
			Measures: []checks.Measure{{Name: name, Value: 1e300, Unit: name, Want: name}},
			Region:   checks.Region{X: 850, Y: 1190, Width: 500, Height: 500}}))...)
		d.Readings = []checks.Reading{{Field: "name", Value: name, Confidence: 1, Box: checks.Region{}}}
		documents = append(documents, d)
	}
	c := sampleCase("</title><script>\u202e\n", documents, ran("casefile/complete", pipeline.Finding{
		Code: "odd", Severity: pipeline.Note, Message: said("x", "y"), Measures: []checks.Measure{}, Documents: hostileNames}))
	c.Answers["introduction"] = hostileNames[2]
	c.Rules = append(c.Rules, pipeline.Rule{ID: "<b>\u202e", Text: said("<i>", "</table>"), Source: "javascript:alert(1)"})
	c.Replaced = []pipeline.Replaced{{Name: hostileNames[0], SHA256: sha("x"), At: morning}}
	c.Versions.Dossier = "<i>dev</i>"
	return c
}

// manyCase has n documents.
func manyCase(n int) *pipeline.Case {
	var documents []pipeline.Document
	for i := range n {
		results := cleanFormat()
		if i%3 == 0 {
			results = cleanFormat(ran("format/size", pipeline.Finding{Code: "too_large", Severity: pipeline.Fail,
				Message: said("the file is too large", "文件过大"), Remedy: said("Ask the client for a smaller file.", "请客户提供更小的文件。"),
				Measures: []checks.Measure{}, Region: checks.Region{X: 100 + i, Y: 100, Width: 300, Height: 200}}))
		}
		documents = append(documents, document(fmt.Sprintf("scan-%03d.jpg", i+1), checks.Kinds()[i%6], 1200, 900, 300_000, results...))
	}
	return sampleCase("many", documents, ran("casefile/complete"))
}

var errNoPicture = errors.New("no such picture")

// sampleOptions give every document of the case but HEIC a drawn picture.
func sampleOptions(t testing.TB, c *pipeline.Case) Options {
	t.Helper()
	return Options{
		CheckTitle: func(id string) (checks.Text, bool) { title, ok := titlesOfChecks[id]; return title, ok },
		Picture: func(sum string) ([]byte, string, int, int, error) {
			for _, d := range c.Documents {
				if d.SHA256 == sum && d.Format.Width > 0 {
					return drawing(t, d.Kind.Title().Zh, d.Format.Width, d.Format.Height), "image/jpeg", d.Format.Width, d.Format.Height, nil
				}
			}
			return nil, "", 0, 0, errNoPicture
		},
		Overlay: func(path string) ([]byte, string, error) {
			if path != "overlays/holder-glare.jpg" {
				return nil, "", errNoPicture
			}
			return drawing(t, "反光", 600, 300), "image/jpeg", nil
		},
		DocumentLink: func(d *pipeline.Document) string { return "documents/" + d.SHA256[:6] + ".jpg" },
	}
}

// drawn remembers the drawings: each is asked for many times.
var drawn sync.Map

// drawing is a sheet with a title, lines of text and a red ring, as JPEG, at most 900 pixels
// on its longer side.
func drawing(t testing.TB, title string, width, height int) []byte {
	t.Helper()
	key := fmt.Sprint(title, width, height)
	if have, ok := drawn.Load(key); ok {
		return have.([]byte)
	}
	for width > 900 || height > 900 {
		width, height = width*9/10, height*9/10
	}
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(m, m.Bounds(), image.NewUniform(color.RGBA{0xf4, 0xec, 0xdc, 0xff}), image.Point{}, draw.Src)
	face, err := typeface.Face(float64(min(width, height)) / 12)
	if err != nil {
		t.Fatal(err)
	}
	pen := font.Drawer{Dst: m, Src: image.NewUniform(color.RGBA{0x33, 0x2c, 0x28, 0xff}), Face: face}
	pen.Dot = fixed.P((width-pen.MeasureString(title).Round())/2, height/6)
	pen.DrawString(title)
	line := image.NewUniform(color.RGBA{0xb9, 0xae, 0x9c, 0xff})
	for y := height / 4; y < height*3/4; y += max(12, height/18) {
		draw.Draw(m, image.Rect(width/8, y, width*7/8-(y*7)%(width/4), y+max(3, height/120)), line, image.Point{}, draw.Src)
	}
	cx, cy, r := width*3/4, height*4/5, min(width, height)/9
	for y := -r; y <= r; y++ {
		for x := -r; x <= r; x++ {
			if d := x*x + y*y; d <= r*r && d >= (r-5)*(r-5) {
				m.Set(cx+x, cy+y, color.RGBA{0xc4, 0x2b, 0x2b, 0xff})
			}
		}
	}
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, m, &jpeg.Options{Quality: 70}); err != nil {
		t.Fatal(err)
	}
	drawn.Store(key, buf.Bytes())
	return buf.Bytes()
}

// samples are all of them by name.
func samples() map[string]*pipeline.Case {
	return map[string]*pipeline.Case{"pass": passCase(), "review": reviewCase(), "fail": failCase(), "hostile": hostileCase()}
}
