package format

import (
	"context"
	_ "embed"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/decode"
)

//go:embed content.md
var contentDoc string

// Content says what the file is, and whether the form takes that format.
var Content = &checks.Check{
	ID:      "format/content",
	Version: 1,
	Title:   checks.Text{En: "the file is of an accepted format, and of one only", Zh: "文件是可接受的格式，且只有一种格式"},
	Doc:     contentDoc,
	Choices: []checks.Choice{{
		Name: "accepted", Default: []string{string(decode.JPEG), string(decode.BMP), string(decode.GIF)},
		Reason: "the formats the upload form of September 2014 takes (rule S21)",
	}},
	Codes: []checks.Code{
		{Code: "empty_file", Title: checks.Text{En: "the file is empty", Zh: "文件为空"}},
		{Code: "format_unknown", Title: checks.Text{En: "the content is of no known format", Zh: "无法识别文件格式"}},
		{Code: "format_not_accepted", Title: checks.Text{En: "a format the form does not take", Zh: "上传页面不接受的格式"}},
		{Code: "container_opened", Title: checks.Text{En: "the file's pages are examined in its place", Zh: "文件已拆成单页图片检查"}},
		{Code: "two_formats", Title: checks.Text{En: "the file is valid in two formats at once", Zh: "文件同时是两种格式"}},
		{Code: "active_content", Title: checks.Text{En: "a picture with program code in it", Zh: "图片中含有程序代码"}},
	},
	Run: runContent,
}

func runContent(_ context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	one := func(f checks.Finding) (checks.Observation, error) {
		return checks.Observation{Findings: []checks.Finding{f}}, nil
	}
	if len(s.Data) == 0 {
		return one(checks.Finding{
			Code:     "empty_file",
			Message:  checks.Text{En: "The file is empty: it has a name, but not one byte of content.", Zh: "文件为空：只有文件名，没有任何内容。"},
			Remedy:   resend,
			Measures: []checks.Measure{{Name: "bytes", Value: 0, Unit: "bytes", Want: "> 0"}},
		})
	}
	format := decode.Sniff(s.Data)
	title := format.Title()
	if s.Parts > 0 {
		return one(checks.Finding{
			Code: "container_opened",
			Message: checks.Textf("The form does not take %[1]s; its %[3]d page pictures were taken out and are examined as documents of their own.",
				"上传页面不接受%[2]s；已从中取出 %[3]d 页图片，分别作为独立文件检查。", title.En, title.Zh, s.Parts),
			Remedy: checks.Text{
				En: "Submit the pictures that were taken out, not this file.",
				Zh: "请提交取出的图片，而不是此文件。",
			},
			Measures: []checks.Measure{{Name: "pages", Value: float64(s.Parts)}},
		})
	}
	var findings []checks.Finding
	switch {
	case format == decode.Unknown:
		findings = append(findings, checks.Finding{
			Code:    "format_unknown",
			Message: checks.Text{En: "The content is of no format we know: it is no picture, or it is damaged from its first byte.", Zh: "无法识别文件内容：它不是图片，或从第一个字节起就已损坏。"},
			Remedy:  resend,
		})
	case !settings.Has("accepted", string(format)):
		findings = append(findings, checks.Finding{
			Code: "format_not_accepted",
			Message: checks.Textf("The file is %[1]s; the upload form takes %[3]s only.", "该文件是%[2]s；上传页面只接受 %[3]s。",
				title.En, title.Zh, list(upper(settings.Words("accepted")), ", ")),
			Remedy: remedyFor(format, s),
		})
	}
	findings = append(findings, secondFormat(s, format)...)
	return checks.Observation{Findings: findings}, nil
}

func upper(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strings.ToUpper(w)
	}
	return out
}

// remedyFor says how to get from a format to a picture the form takes.
func remedyFor(f decode.Format, s *checks.Subject) checks.Text {
	switch f {
	case decode.JPEG, decode.BMP, decode.GIF, decode.PNG, decode.WebP, decode.TIFF:
		return shrink(s)
	case decode.HEIC:
		t := shrink(s)
		t.En += " To avoid it next time: on the iPhone, Settings, Camera, Formats, Most Compatible."
		t.Zh += "下次可在 iPhone“设置 - 相机 - 格式”中选择“兼容性最佳”。"
		return t
	case decode.AVIF, decode.JPEG2000, decode.JPEGXL, decode.JPEGXR, decode.PSD, decode.ICO, decode.SVG, decode.WMF:
		return checks.Text{
			En: "Open it in the program that made it and save it as JPEG, or ask the client for a JPEG.",
			Zh: "请用制作它的软件打开并另存为 JPEG，或请客户提供 JPEG 图片。",
		}
	case decode.PDF, decode.OFD:
		return checks.Text{
			En: "Scan the paper again as JPEG, or open the document and export each page as a JPEG picture (300 dpi is plenty).",
			Zh: "请将纸质件重新扫描为 JPEG，或打开文档将每页导出为 JPEG 图片（300 dpi 足够）。",
		}
	case decode.Office, decode.RTF, decode.Text, decode.HTML, decode.PostScript:
		return checks.Text{
			En: "Print it, have it signed and stamped if that is needed, and scan or photograph the sheet as JPEG.",
			Zh: "请打印出来，按需签字盖章，再扫描或拍照为 JPEG。",
		}
	case decode.ZIP, decode.RAR, decode.SevenZip, decode.Gzip:
		return checks.Text{
			En: "Unpack the archive and put the pictures in it into the client's folder.",
			Zh: "请解压，把其中的图片放入客户的文件夹。",
		}
	case decode.MP4:
		return checks.Text{En: "Ask the client for a photo in place of the video.", Zh: "请客户提供照片，而不是视频。"}
	case decode.Executable:
		return checks.Text{
			En: "Do not open it. Delete it and ask the client what was meant to be sent.",
			Zh: "请勿打开。删除该文件，并向客户确认原本要发送的内容。",
		}
	case decode.Shortcut:
		return checks.Text{
			En: "A shortcut was copied in place of the file: ask for the file it points to.",
			Zh: "复制过来的是快捷方式：请取得它所指向的原文件。",
		}
	}
	return resend
}
