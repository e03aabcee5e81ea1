package report

import (
	"strings"

	"dossier/checks"
	"dossier/pipeline"
)

// Languages of a report, as Options.Lang and the lang parameters take them.
const (
	English = "en"
	Chinese = "zh"
)

// VerdictWord is one or two words for a verdict.
func VerdictWord(v pipeline.Verdict) checks.Text {
	switch v {
	case pipeline.VerdictPass:
		return checks.Text{En: "Pass", Zh: "通过"}
	case pipeline.VerdictReview:
		return checks.Text{En: "Review", Zh: "待复核"}
	}
	return checks.Text{En: "Fail", Zh: "未通过"}
}

// verdictMeaning says in a clause what a verdict means for the submission.
func verdictMeaning(v pipeline.Verdict) checks.Text {
	switch v {
	case pipeline.VerdictPass:
		return checks.Text{En: "ready to submit", Zh: "可以提交"}
	case pipeline.VerdictReview:
		return checks.Text{En: "a person must look first", Zh: "需先由人工查看"}
	}
	return checks.Text{En: "cannot be submitted yet", Zh: "暂时不能提交"}
}

// tone is what colours and marks a finding: its severity, or "accepted" once decided.
func tone(f *pipeline.Finding) string {
	if f.Severity == pipeline.NeedReview && f.Decision != nil {
		return "accepted"
	}
	switch f.Severity {
	case pipeline.Note, pipeline.NeedReview:
		return string(f.Severity)
	}
	return "fail"
}

// toneWord says what a tone asks of the reader.
func toneWord(tone string) checks.Text {
	switch tone {
	case "note":
		return checks.Text{En: "Worth knowing", Zh: "提示"}
	case "review":
		return checks.Text{En: "Needs a look", Zh: "需人工查看"}
	case "accepted":
		return checks.Text{En: "Looked at and accepted", Zh: "已人工认可"}
	case "pass":
		return checks.Text{En: "Nothing found", Zh: "未发现问题"}
	}
	return checks.Text{En: "Must be put right", Zh: "必须改正"}
}

// kindSourceWord says how a document's kind is known.
func kindSourceWord(s pipeline.KindSource) checks.Text {
	switch s {
	case pipeline.KindGiven:
		return checks.Text{En: "as given", Zh: "由人指定"}
	case pipeline.KindFromContent:
		return checks.Text{En: "recognised by its content", Zh: "按内容识别"}
	case pipeline.KindFromName:
		return checks.Text{En: "guessed from the file name", Zh: "按文件名推测"}
	}
	return checks.Text{En: "not known", Zh: "未知"}
}

func editWord(e pipeline.Edit) checks.Text {
	switch e.Verdict {
	case pipeline.EditNone:
		return checks.Text{En: "no signs of editing found", Zh: "未发现修改痕迹"}
	case pipeline.EditReview:
		return checks.Text{En: "possible editing", Zh: "可能有修改"}
	case pipeline.EditStrong:
		return checks.Text{En: "strong traces of editing", Zh: "修改痕迹明显"}
	}
	return checks.Text{En: "not measured", Zh: "未检测"}
}

// formatTitle is how people write a format's name.
func formatTitle(name string) string {
	switch name {
	case "", "unknown":
		return "?"
	case "webp":
		return "WebP"
	}
	return strings.ToUpper(name)
}

// fieldTitle names a value that was read from a document or asked for in the answers.
func fieldTitle(field string) checks.Text {
	if f, ok := checks.FieldNamed(field); ok {
		return f.Title
	}
	switch field {
	case "uscc":
		return checks.Text{En: "unified social credit code", Zh: "统一社会信用代码"}
	case "company":
		return checks.Text{En: "company name", Zh: "企业名称"}
	case "name":
		return checks.Text{En: "name", Zh: "姓名"}
	case "address":
		return checks.Text{En: "address", Zh: "地址"}
	case "birth_date":
		return checks.Text{En: "day of birth", Zh: "出生日期"}
	case "founded":
		return checks.Text{En: "founded", Zh: "成立日期"}
	case "type":
		return checks.Text{En: "type", Zh: "类型"}
	case "phone":
		return checks.Text{En: "phone", Zh: "电话"}
	case "seal_name":
		return checks.Text{En: "name on the chop", Zh: "印章名称"}
	case "seal_purpose":
		return checks.Text{En: "purpose of the chop", Zh: "印章用途"}
	case "valid_until":
		return checks.Text{En: "valid until", Zh: "有效期至"}
	}
	plain := strings.ReplaceAll(field, "_", " ")
	return checks.Text{En: plain, Zh: plain}
}

// measureTitles names the measures that many checks share; any other is shown by its own name.
var measureTitles = map[string]checks.Text{
	"bytes":      {En: "size", Zh: "大小"},
	"size":       {En: "size", Zh: "大小"},
	"pixels":     {En: "pixels", Zh: "像素数"},
	"width":      {En: "width", Zh: "宽"},
	"height":     {En: "height", Zh: "高"},
	"frames":     {En: "frames", Zh: "帧数"},
	"documents":  {En: "documents", Zh: "文件数"},
	"count":      {En: "number", Zh: "数量"},
	"present":    {En: "there", Zh: "现有"},
	"decoded":    {En: "part that can be read", Zh: "可读部分"},
	"edge_width": {En: "width of edges", Zh: "边缘宽度"},
	"confidence": {En: "confidence", Zh: "置信度"},
}

func measureTitle(name string) checks.Text {
	if t, ok := measureTitles[name]; ok {
		return t
	}
	plain := strings.ReplaceAll(name, "_", " ")
	return checks.Text{En: plain, Zh: plain}
}

// unitWord is a measure's unit as people write it.
func unitWord(unit string) checks.Text {
	switch unit {
	case "bytes":
		return checks.Text{En: "bytes", Zh: "字节"}
	case "pages":
		return checks.Text{En: "pages", Zh: "页"}
	}
	return checks.Text{En: unit, Zh: unit}
}

// things counts something in both languages; zh is a format with one %s for the number.
func things(n int, one, many, zh string) checks.Text {
	noun := many
	if n == 1 {
		noun = one
	}
	return checks.Text{En: groupDigits(n) + " " + noun, Zh: strings.Replace(zh, "%s", groupDigits(n), 1)}
}

// listSeparator stands between the members of a list in a sentence.
var listSeparator = checks.Text{En: ", ", Zh: "，"}

func joinTexts(sep checks.Text, texts ...checks.Text) checks.Text {
	var joined checks.Text
	for i, t := range texts {
		if i > 0 {
			joined.En += sep.En
			joined.Zh += sep.Zh
		}
		joined.En += t.En
		joined.Zh += t.Zh
	}
	return joined
}
