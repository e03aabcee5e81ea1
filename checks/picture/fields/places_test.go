package fields

import (
	"math"
	"slices"
	"testing"

	"dossier/checks"
	"dossier/checks/picture/reading"
)

// Every label with its place, and what stands beside or below it.
func TestPlaces(t *testing.T) {
	p := page(
		printed{text: "单位全称", x0: 100, x1: 180, y: 100}, printed{text: "北京云帆有限公司", x0: 260, x1: 420, y: 100},
		printed{text: "注册号", x0: 100, x1: 160, y: 150},
		printed{text: "运营者姓名：王伟", x0: 100, x1: 260, y: 200},
		// The number below the empty field is that of the next.
		printed{text: "单位地址", x0: 100, x1: 180, y: 250}, printed{text: "手机号码", x0: 100, x1: 180, y: 280}, printed{text: "13620831700", x0: 170, x1: 290, y: 280},
		printed{text: "单位名称（盖章）：", x0: 500, x1: 680, y: 300}, printed{text: "北京云帆有限公司", x0: 500, x1: 660, y: 330},
	)
	type place struct {
		field, value string
		below        bool
		pieces       int
	}
	want := map[string]place{
		"单位全称": {"company", "北京云帆有限公司", false, 1}, "注册号": {"license_number", "", false, 0},
		"单位地址": {"address", "", false, 0}, "手机号码": {"mobile", "13620831700", false, 1},
		"运营者姓名": {"name", "王伟", false, 1}, "单位名称(盖章)": {"", "北京云帆有限公司", true, 1},
	}
	got := Places(p, checks.ApplicationForm)
	for _, l := range got {
		if have := (place{l.Field, l.Value, l.Below, len(l.Values)}); have != want[l.Label] {
			t.Errorf("%s: %+v, want %+v", l.Label, have, want[l.Label])
		}
		if l.Quad[1].X <= l.Quad[0].X || l.Quad[3].Y <= l.Quad[0].Y {
			t.Errorf("%s stands at %v", l.Label, l.Quad)
		}
		delete(want, l.Label)
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
	if len(Places(p, checks.Unknown)) > 0 || len(Places(&reading.Page{}, checks.ApplicationForm)) > 0 {
		t.Error("places where there are no labels")
	}
}

// Labels that end in a word, whatever closes them; the value of one that stands in the middle of a line; no
// sentences.
func TestEnding(t *testing.T) {
	for text, want := range map[string]string{
		"运营者签名：": "运营者签名=", "法定代表人签字": "法定代表人签字=", "授权人（签字）": "授权人(签字)=", "签字（盖章）：": "签字(盖章)=",
		"经办人签字/盖章：": "经办人签字/盖章=", "联系人：王伟 签名：李丽": "签名=李丽", "签名:王伟": "签名=王伟",
		"签字后生效": "", "须由本人签字并加盖公章": "", "本授权书自法定代表人或者授权代理人在指定位置签字": "", "日期：": "",
	} {
		got := ""
		for _, p := range Ending(page(printed{text: text, x0: 100, x1: 100 + 20*float64(len([]rune(text))), y: 100}), []string{"签名", "签字"}, 16) {
			got += p.Label + "=" + p.Value
			if w := p.Quad[1].X - p.Quad[0].X; w < 15*float64(len([]rune(p.Label))) || w > 26*float64(len([]rune(p.Label))+1) {
				t.Errorf("%s: the label is %.0f wide", text, w)
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// Whatever a page is made of, nothing breaks.
func FuzzPlaces(f *testing.F) {
	f.Add("运营者签名：", "姓名王伟", 0.0, 10.0)
	f.Add("签字（", "签字(、", math.NaN(), -1e300)
	f.Add("", "：：：", math.Inf(1), 0.0)
	f.Fuzz(func(t *testing.T, a, b string, x, y float64) {
		p := page(printed{text: a, x0: 10, x1: 200, y: 50}, printed{text: b, x0: x, x1: x + 100, y: y})
		for _, l := range slices.Concat(Places(p, checks.ApplicationForm), Places(p, checks.HolderPhoto), Ending(p, []string{"签名", "签字"}, 16)) {
			if l.Label == "" || len(l.Values) == 0 != (l.Value == "") {
				t.Errorf("%+v", l)
			}
		}
	})
}
