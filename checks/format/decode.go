package format

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"image"
	"math"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/bmp"
	"dossier/checks/picture/decode"
)

//go:embed decode.md
var decodeDoc string

// Decode decodes the whole picture and says what is missing or damaged.
var Decode = &checks.Check{
	ID:      "format/decode",
	Version: 1,
	Title:   checks.Text{En: "the whole picture can be decoded", Zh: "图片完整且可以解码"},
	Doc:     decodeDoc,
	Codes: []checks.Code{
		{Code: "not_decodable", Title: checks.Text{En: "no picture can be got out of the file", Zh: "图片无法打开"}},
		{Code: "truncated", Title: checks.Text{En: "a part of the picture is missing", Zh: "图片不完整"}},
		{Code: "corrupt_data", Title: checks.Text{En: "the picture data is damaged", Zh: "图片数据损坏"}},
		{Code: "coarse_only", Title: checks.Text{En: "the fine detail never arrived", Zh: "图片缺少细节层"}},
		{Code: "unsupported_feature", Title: checks.Text{En: "a variant of the format that is hardly read anywhere", Zh: "使用了极少软件支持的格式特性"}},
		{Code: "too_large_to_decode", Title: checks.Text{En: "too large to be decoded", Zh: "图片过大，拒绝解码"}},
		{Code: "end_mark_missing", Title: checks.Text{En: "whole, but for the mark of its end", Zh: "缺少结束标记"}},
		{Code: "irregular", Title: checks.Text{En: "against the rules of the format, with no pixel lost", Zh: "不符合格式规范，但画面完整"}},
		{Code: "uncommon_variant", Title: checks.Text{En: "a kind of BMP that many programs do not read", Zh: "许多软件不支持的 BMP 类型"}},
		{Code: "print_colors", Title: checks.Text{En: "stored in printing inks (CMYK)", Zh: "使用印刷色（CMYK）保存"}},
	},
	Run: runDecode,
}

func runDecode(ctx context.Context, s *checks.Subject, _ checks.Settings) (checks.Observation, error) {
	if len(s.Data) == 0 {
		return checks.Observation{}, empty()
	}
	if err := s.OnePage(); err != nil {
		return checks.Observation{}, err
	}
	format := decode.Sniff(s.Data)
	if !decoded[format] {
		return checks.Observation{}, notPicture(format)
	}
	if !s.Whole() {
		return checks.Observation{}, tooLong()
	}
	p, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		f, err := undecodable(s, format, err)
		if err != nil {
			return checks.Observation{}, err
		}
		return checks.Observation{Findings: []checks.Finding{f}}, nil
	}
	findings := damage(s, p)
	if h, err := decode.Headers.Of(ctx, s); err == nil && (strings.HasSuffix(h.Detail, "CMYK") || strings.HasSuffix(h.Detail, "YCCK")) {
		findings = append(findings, checks.Finding{
			Code: "print_colors",
			Message: checks.Textf("The picture is stored in printing inks (%[1]s); many programs show it with false colours or not at all.",
				"图片以印刷色（%[1]s）保存，许多软件显示时会偏色或无法打开。", h.Detail[strings.LastIndex(h.Detail, " ")+1:]),
			Remedy: shrink(s),
		})
	}
	if kind := uncommon(s.Data); kind != "" {
		findings = append(findings, checks.Finding{
			Code: "uncommon_variant",
			Message: checks.Textf("This kind of BMP (%[1]s) is read here, but not by many other programs, and perhaps not by the platform.",
				"这种 BMP（%[1]s）此处可以读取，但许多软件（可能包括平台）无法打开。", kind),
			Remedy: shrink(s),
		})
	}
	return checks.Observation{Findings: findings}, nil
}

// uncommon describes a BMP beyond what browsers and picture libraries agree on: the Windows
// header with 1, 4, 8, 24 or 32 plain bits. It is empty for those and for other formats.
func uncommon(data []byte) string {
	h, err := bmp.ReadHeader(data)
	if err != nil || h.Compression == bmp.RGB && h.BitsPerPixel != 2 && h.BitsPerPixel != 16 && strings.HasPrefix(h.Kind, "Windows") {
		return ""
	}
	if h.Compression == bmp.BitFields && h.BitsPerPixel == 32 && h.Masks[0] == 0xff0000 && h.Masks[1] == 0xff00 && h.Masks[2] == 0xff {
		return "" // the plain order, spelled out: what most programs write for 32 bits
	}
	return h.Detail()
}

// decoded are the formats of which a failure to decode is the file's fault.
var decoded = map[decode.Format]bool{decode.JPEG: true, decode.BMP: true, decode.GIF: true, decode.PNG: true, decode.WebP: true}

// undecodable words why there is no picture at all; an error that is not about the file is
// handed back.
func undecodable(s *checks.Subject, format decode.Format, err error) (checks.Finding, error) {
	title := format.Title()
	var broken *checks.FormatError
	var limit *checks.LimitError
	var unsupported *checks.UnsupportedError
	switch {
	case errors.As(err, &unsupported):
		return checks.Finding{
			Code: "unsupported_feature",
			Message: checks.Textf("The file is %[1]s of a kind that hardly any program reads, the platform's included: %[3]s.",
				"该文件是%[2]s，但使用了包括平台在内的绝大多数软件都不支持的特性：%[4]s。", title.En, title.Zh, unsupported.Feature, featureZh(unsupported.Feature)),
			Remedy: checks.Text{
				En: "Open it in the program that made it and save it as an ordinary (baseline) JPEG, or ask the client for one.",
				Zh: "请用制作它的软件打开并另存为普通 JPEG（基线），或请客户重新提供。",
			},
		}, nil
	case errors.As(err, &limit):
		return checks.Finding{
			Code: "too_large_to_decode",
			Message: checks.Textf("The picture was not decoded: %[1]s of %[2]s %[3]s, at most %[4]s.",
				"图片未解码：%[5]s %[2]s %[3]s，上限为 %[4]s。", limit.What, count(limit.Value), limit.Unit, count(limit.Limit), limitZh(limit.What)),
			Remedy: checks.Text{
				En: "Ask the client for a smaller picture: a photo of 6 megapixels shows every document well.",
				Zh: "请客户提供尺寸较小的图片：600 万像素足以看清任何证件。",
			},
			Measures: []checks.Measure{{Name: "cost", Value: float64(limit.Value), Unit: limit.Unit, Want: fmt.Sprintf("<= %d", limit.Limit)}},
		}, nil
	case errors.As(err, &broken):
		f := checks.Finding{
			Code: "not_decodable",
			Message: checks.Textf("The file begins as %[1]s, but no picture can be got out of it: %[3]s.",
				"该文件开头是%[2]s，但无法得到图像（%[3]s）。", title.En, title.Zh, broken.Reason),
			Remedy: resend,
		}
		if broken.Offset >= 0 {
			f.Measures = []checks.Measure{{Name: "offset", Value: float64(broken.Offset), Unit: "bytes"}}
		}
		return f, nil
	}
	return checks.Finding{}, err
}

// damage turns a picture's problems into findings: one for what is missing, and one for each
// other sort of problem, however often it occurs.
func damage(s *checks.Subject, p *decode.Picture) []checks.Finding {
	byCode := map[string][]decode.Problem{}
	for _, q := range p.Problems {
		byCode[q.Code] = append(byCode[q.Code], q)
	}
	var findings []checks.Finding
	if len(byCode[decode.ProblemTruncated])+len(byCode[decode.ProblemShort]) > 0 || p.Complete < 1 && len(byCode[decode.ProblemCorrupt]) == 0 {
		findings = append(findings, missing(s, p))
	}
	add := func(code string, sort string, message, remedy checks.Text) {
		problems := byCode[sort]
		if len(problems) == 0 {
			return
		}
		f := checks.Finding{Code: code, Message: message, Remedy: remedy, Measures: []checks.Measure{{Name: "places", Value: float64(len(problems))}}}
		if problems[0].Offset >= 0 {
			f.Measures = append(f.Measures, checks.Measure{Name: "offset", Value: float64(problems[0].Offset), Unit: "bytes"})
		}
		if sort == decode.ProblemCorrupt {
			f.Measures = append(f.Measures, complete(p))
		}
		findings = append(findings, f)
	}
	first := func(sort string) string {
		if q := byCode[sort]; len(q) > 0 {
			return q[0].Text
		}
		return ""
	}
	corrupt := checks.Textf("The picture's data is damaged (%[1]s): from there on it may show wrong colours, stripes or nothing.",
		"图片数据已损坏（%[1]s）：此后的画面可能出现偏色、条纹或空白。", first(decode.ProblemCorrupt))
	if p.Complete < 1 {
		corrupt = checks.Textf("The picture's data is damaged (%[1]s): about %[2]s of the picture cannot be shown.",
			"图片数据已损坏（%[1]s）：约 %[2]s 的画面无法显示。", first(decode.ProblemCorrupt), percent(1-p.Complete))
	}
	add("corrupt_data", decode.ProblemCorrupt, corrupt, resend)
	add("coarse_only", decode.ProblemCoarse, checks.Text{
		En: "The whole picture is there, but only coarsely: the file ends before the steps that carry the fine detail, so small print is soft.",
		Zh: "画面完整但模糊：文件在传送细节层之前就结束了，小字会看不清。",
	}, resend)
	mend := checks.Text{
		En: "It may be submitted; if the form refuses it, run dossier shrink and submit the copy.",
		Zh: "可以提交；若页面拒绝，请运行 dossier shrink 后提交副本。",
	}
	add("end_mark_missing", decode.ProblemNoEnd, checks.Text{
		En: "The picture is whole, but the file stops without the mark of its end, which some programs insist on.",
		Zh: "画面完整，但文件缺少结束标记，有些软件会拒绝打开。",
	}, mend)
	add("irregular", decode.ProblemOdd, checks.Textf("The file breaks a rule of its format (%[1]s); no part of the picture is lost.",
		"文件不完全符合格式规范（%[1]s），但画面没有缺失。", first(decode.ProblemOdd)), mend)
	if len(byCode[decode.ProblemOdd]) == 0 {
		add("irregular", decode.ProblemPalette, checks.Textf("The file uses colours that it does not define (%[1]s); they show as black.",
			"文件使用了未定义的颜色（%[1]s），这些像素显示为黑色。", first(decode.ProblemPalette)), mend)
	}
	return findings
}

// missing words what part of the picture is not there, and where.
func missing(s *checks.Subject, p *decode.Picture) checks.Finding {
	b := p.Image.Bounds()
	f := checks.Finding{Code: "truncated", Measures: []checks.Measure{complete(p)}, Remedy: resend}
	if s.Size > 0 {
		f.Measures = append(f.Measures, checks.Measure{Name: "bytes", Value: float64(s.Size), Unit: "bytes"})
	}
	share := percent(1 - p.Complete)
	where := part(p.Missing, b)
	switch {
	case p.Complete >= 1:
		f.Message = checks.Text{
			En: "The file ends, or a part of its data does, before the picture is complete; what is lost is too little to show.",
			Zh: "文件或其中一段数据提前结束；缺失的部分很小，画面上看不出来。",
		}
	case p.Complete == 0:
		f.Message = checks.Text{
			En: "The file ends before the first pixel: it has the picture's headers and nothing else.",
			Zh: "文件在第一个像素之前就结束了：只有文件头，没有图像。",
		}
	case where.En == "":
		f.Message = checks.Textf("The file is incomplete: %[1]s of the picture is missing.", "文件不完整：缺少 %[1]s 的画面。", share)
	default:
		f.Message = checks.Textf("The file is incomplete: %[2]s %[1]s of the picture is missing.", "文件不完整：缺少画面%[3]s的 %[1]s。", share, where.En, where.Zh)
	}
	if m := p.Missing; !m.Empty() && m != b {
		f.Region = checks.Region{X: m.Min.X, Y: m.Min.Y, Width: m.Dx(), Height: m.Dy()}
	}
	return f
}

func complete(p *decode.Picture) checks.Measure {
	return checks.Measure{Name: "complete", Value: math.Round(p.Complete*1e4) / 1e4, Want: "1"}
}

// part names the edge at which the missing strip lies, in the upright picture.
func part(missing, whole image.Rectangle) checks.Text {
	switch {
	case missing.Empty() || missing == whole:
		return checks.Text{}
	case missing.Dx() == whole.Dx() && missing.Max.Y == whole.Max.Y:
		return checks.Text{En: "the last", Zh: "下方"}
	case missing.Dx() == whole.Dx() && missing.Min.Y == whole.Min.Y:
		return checks.Text{En: "the upper", Zh: "上方"}
	case missing.Dy() == whole.Dy() && missing.Max.X == whole.Max.X:
		return checks.Text{En: "the right-hand", Zh: "右侧"}
	case missing.Dy() == whole.Dy() && missing.Min.X == whole.Min.X:
		return checks.Text{En: "the left-hand", Zh: "左侧"}
	}
	return checks.Text{}
}

// percent writes a share so that neither a little nor nearly all is rounded away.
func percent(share float64) string {
	p := share * 100
	switch {
	case p > 0 && p < 1:
		return "<1 %"
	case p > 99 && p < 100:
		return ">99 %"
	}
	return fmt.Sprintf("%.0f %%", p)
}

// featureZh names the features that occur in Chinese; others keep their technical name.
func featureZh(feature string) string {
	for _, f := range []struct{ en, zh string }{
		{"arithmetic", "算术编码"}, {"lossless", "无损 JPEG 编码"}, {"hierarchical", "分层 JPEG 编码"}, {"12-bit", "12 位色深"},
		{"animation", "动画"}, {"(embedded JPEG)", "BMP 内嵌 JPEG"}, {"(embedded PNG)", "BMP 内嵌 PNG"},
		{"Huffman 1D", "OS/2 传真编码"}, {"64 bits", "每像素 64 位"},
	} {
		if strings.Contains(feature, f.en) {
			return f.zh
		}
	}
	return feature
}

func limitZh(what string) string {
	switch what {
	case "decoded picture", "jpeg frame":
		return "图片像素"
	case "memory for the decoded picture", "jpeg coefficients":
		return "解码所需内存"
	case "file":
		return "文件大小"
	}
	return "编码结构（" + what + "）"
}
