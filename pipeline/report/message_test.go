package report

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dossier/checks"
	"dossier/pipeline"
)

func TestMessageOfAFailedCase(t *testing.T) {
	m, ok := ClientMessage(failCase())
	if !ok || m.AfterLooking {
		t.Fatalf("ok %v, %+v", ok, m)
	}
	wantZh := `您好！

您办理微信公众号注册的材料，还有 4 项需要您处理：

1. 缺少组织机构代码证。
→ 请您提供组织机构代码证的彩色扫描件。

2. 授权运营书（申请公函）（文件“form.jpg”）
不接受 HEIC；可用 JPEG、BMP、GIF。
→ 请您以 JPEG 格式发送照片（iPhone：设置—相机—格式—兼容性最佳）。

3. 营业执照（文件“IMG_20140908_101112.jpg”）
图片共 12,192,768 像素，最多接受 6,000,000 像素。
营业执照应盖登记机关印章处未见印章。
→ 请您发送宽度不超过 2,800 像素的照片。
→ 请您提供营业执照原件的彩色扫描件。

4. 手持身份证照片（文件“张三 手持 110*************70.jpg”）
文件大小 2,412,345 字节，最多接受 2,097,152 字节。
图片共 12,000,000 像素，最多接受 6,000,000 像素。
身份证号 110*************7X 校验位不符，应为 0。
→ 请您发送宽度不超过 2,800 像素的照片。
→ 请您核对身份证号并重新拍摄证件。

请发送原始文件，不要截图，也不要修图或加滤镜。

谢谢！
`
	if m.Text.Zh != wantZh {
		t.Errorf("got\n%s\nwant\n%s", m.Text.Zh, wantZh)
	}
	for _, want := range []string{
		"we still need 4 things from you",
		"1. The organisation code certificate is missing.\n→ Please send us a colour scan of the organisation code certificate.",
		"→ Please send the photo at most 2,800 pixels wide.",
		"Photo of the holder with the ID card (file “张三 手持 110*************70.jpg”)",
	} {
		if !strings.Contains(m.Text.En, want) {
			t.Errorf("no %q in\n%s", want, m.Text.En)
		}
	}
	for _, private := range []string{"044", "dossier", "rename", "改名", "answers.yaml"} {
		if strings.Contains(m.Text.En+m.Text.Zh, private) {
			t.Errorf("%q is the clerk's own and not for the client", private)
		}
	}
}

func TestMessageWhereOnlyALookIsLeft(t *testing.T) {
	m, ok := ClientMessage(reviewCase())
	if !ok || !m.AfterLooking {
		t.Fatalf("ok %v, after looking %v", ok, m.AfterLooking)
	}
	if !strings.Contains(m.Text.Zh, "→ 请您关闭闪光灯重新拍摄。") || strings.Contains(m.Text.Zh, "请查看证件") {
		t.Errorf("the client is asked for a photo, not to look:\n%s", m.Text.Zh)
	}
	if strings.Contains(m.Text.En, "Photoshop") {
		t.Errorf("what has been accepted is asked for again:\n%s", m.Text.En)
	}
}

func TestNoMessageWhereThereIsNothingToAsk(t *testing.T) {
	if _, ok := ClientMessage(passCase()); ok {
		t.Error("a message for a case that passes")
	}
	own := sampleCase("c", nil, ran("casefile/complete",
		pipeline.Finding{Code: "answers_missing", Severity: pipeline.Fail, Message: said("the case has no answers.yaml", "没有 answers.yaml"), Remedy: said("Put one there.", "请放入。")}))
	if m, ok := ClientMessage(own); ok {
		t.Errorf("what only the clerk can do was worded for the client:\n%s", m.Text.En)
	}
}

// What is missing on the answers sheet is asked for by the fields' names for people.
func TestMessageAsksForAnswers(t *testing.T) {
	c := sampleCase("c", nil, ran("casefile/complete",
		pipeline.Finding{Code: "answer_missing", Severity: pipeline.Fail, Message: said("answers.yaml does not say yet: ...", "answers.yaml 尚未填写：……"),
			Remedy: said("Ask the client and fill in mobile: id_number: in answers.yaml.", "请向客户询问，并在 answers.yaml 中填写 mobile: id_number:。")},
		pipeline.Finding{Code: "not_acknowledged", Severity: pipeline.Fail, Message: said("answers.yaml does not say that the client knows: ...", "……"),
			Remedy: said(`Tell the client, and then write under "acknowledged:" in answers.yaml: name_is_final: yes.`, "请告知客户，然后写：name_is_final: yes。")},
		pipeline.Finding{Code: "document_missing", Severity: pipeline.Fail, Message: said("the business licence is missing: it shows who registers", "缺少营业执照：用于证明注册主体"),
			Remedy: said("Ask the client for it and save it in the case's folder as, for example, license.jpg.", "请向客户索取，并以例如“营业执照.jpg”为文件名放入该客户的文件夹。")}))
	m, ok := ClientMessage(c)
	if !ok {
		t.Fatal("no message")
	}
	for _, want := range []string{
		"缺少营业执照：用于证明注册主体。\n→ 请发送给我们。",
		"尚缺资料：手机号码；运营者身份证号码。\n→ 请告诉我们。",
		"账号名称一经注册不可更改。\n→ 请确认您已知悉。",
	} {
		if !strings.Contains(m.Text.Zh, want) {
			t.Errorf("no %q in\n%s", want, m.Text.Zh)
		}
	}
	for _, want := range []string{"→ Please send it to us.", "Still missing: mobile number; operator's ID number."} {
		if !strings.Contains(m.Text.En, want) {
			t.Errorf("no %q in\n%s", want, m.Text.En)
		}
	}
	if strings.Contains(m.Text.En+m.Text.Zh, "answers.yaml") || strings.Contains(m.Text.Zh, "文件夹") {
		t.Errorf("the clerk's own files are mentioned:\n%s", m.Text.Zh)
	}
}

func TestPassOn(t *testing.T) {
	for _, c := range []struct {
		remedy, want checks.Text
	}{
		{said("Ask the client to send page 2 (scan.jpg). Then look again.", "请客户发送第 2 页（scan.jpg）。然后再看。"), said("please send page 2 (scan.jpg)", "请您发送第 2 页（scan.jpg）")},
		{said("Keep one; otherwise ask the client for the other.", "请保留一份；否则向客户索取另一份。"), said("please send us the other", "请您提供另一份")},
		{said("Rename the file to form.heic.", "请改名为 form.heic。"), checks.Text{}},
		{said("Ask the client for it and save it in the folder.", "请向客户索取，并放入文件夹。"), checks.Text{}},
		{said("Ask the client for a scan.", "重新扫描。"), checks.Text{}}, // not in both languages
	} {
		got, ok := passOn(c.remedy)
		if ok != (c.want != checks.Text{}) || ok && got != c.want {
			t.Errorf("%q: got %v %q, want %q", c.remedy.En, ok, got, c.want)
		}
	}
}

func TestMaskNumbers(t *testing.T) {
	for in, want := range map[string]string{
		"ID 11010119900307867X!":                 "ID 110*************7X!",
		"110101199003078670":                     "110*************70",
		"15位 610104620927690。":                   "15位 610**********90。",
		"６１０１０４６２０９２７６９０":                        "６１０**********９０",
		"mobile 13800138000, fixed 010-62345678": "mobile 138****8000, fixed 010-62345678",
		"138 0013 8000":                          "138****8000",
		"110101 19900307 867X":                   "110*************7X",
		"1101 0119 9003 0786 70":                 "110*************70",
		"91350100M000100Y43":                     "913*************43",
		"张三110101199003078670.jpg":               "张三110*************70.jpg",
		"IDa110101199003078670b and more":        "IDa110*************70b and more",
		// Figures, times and names stay as they are.
		"12,192,768 px of 6,000,000":     "12,192,768 px of 6,000,000",
		"12192768 bytes, 2097152 wanted": "12192768 bytes, 2097152 wanted",
		"IMG_20140908_101112.jpg":        "IMG_20140908_101112.jpg",
		"微信图片_20190512103012.jpg":        "微信图片_20190512103012.jpg",
		"mmexport1409876543210.jpg":      "mmexport1409876543210.jpg",
		"incomprehensibilities":          "incomprehensibilities",
		"2014-09-10 09:30:00":            "2014-09-10 09:30:00",
		"":                               "",
	} {
		if got := MaskNumbers(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestMaskedTextHoldsNoNumberInFull(t *testing.T) {
	long := regexp.MustCompile(`[0-9]{15,}`)
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`[1-9][0-9]{16}[0-9X]|[1-9][0-9]{14}|1[0-9]{10}`).Draw(t, "number")
		before, after := rapid.StringMatching(`([a-zA-Z_(：号 ]{0,6}|[^0-9A-Za-z]{0,6})`).Draw(t, "before"), rapid.StringMatching(`([A-WYZa-wyz_.)。 ]{0,6}|[^0-9A-Za-z]{0,6})`).Draw(t, "after")
		masked := MaskNumbers(before + number + after)
		if strings.Contains(masked, number) || long.MatchString(masked) {
			t.Fatalf("%q stays in %q", number, masked)
		}
		if again := MaskNumbers(masked); again != masked {
			t.Fatalf("masking %q again gives %q", masked, again)
		}
	})
}
