package format

import (
	"context"
	_ "embed"
	"fmt"

	"dossier/checks"
)

//go:embed size.md
var sizeDoc string

// Size compares the file's bytes with what the form takes.
var Size = &checks.Check{
	ID:      "format/size",
	Version: 1,
	Title:   checks.Text{En: "the file is neither too big nor too small", Zh: "文件大小合适"},
	Doc:     sizeDoc,
	Limits: []checks.Limit{
		{Name: "max_bytes", Default: 2_097_152, Unit: "bytes", Reason: "2 MB as the form of September 2014 counts them: 2 x 1024 x 1024 (rule S21)"},
		{Name: "warn_bytes", Default: 2_000_000, Unit: "bytes", Reason: "2 MB as some programs count them; above it two honest rulers disagree"},
		{Name: "min_bytes", Default: 10_240, Unit: "bytes", Reason: "preview pictures that messengers and file managers make have 3 to 10 KB; a page or card whose print can be read takes more. A judgement, not a rule of the platform"},
	},
	Codes: []checks.Code{
		{Code: "size_over_limit", Title: checks.Text{En: "more bytes than the form takes", Zh: "文件超过大小上限"}},
		{Code: "size_near_limit", Title: checks.Text{En: "close below the limit", Zh: "文件接近大小上限"}},
		{Code: "size_suspiciously_small", Title: checks.Text{En: "too few bytes for a readable document", Zh: "文件过小，可能只是缩略图"}},
		{Code: "size_zero", Title: checks.Text{En: "no bytes at all", Zh: "文件为空"}},
	},
	Run: runSize,
}

func runSize(_ context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	if err := s.OnePage(); err != nil {
		return checks.Observation{}, err
	}
	limit, warn, least := int64(settings.Number("max_bytes")), int64(settings.Number("warn_bytes")), int64(settings.Number("min_bytes"))
	f := checks.Finding{Measures: []checks.Measure{{Name: "bytes", Value: float64(s.Size), Unit: "bytes", Want: fmt.Sprintf("<= %d", limit)}}}
	switch {
	case s.Size == 0:
		f.Code = "size_zero"
		f.Message = checks.Text{En: "The file has 0 bytes.", Zh: "文件大小为 0 字节。"}
		f.Remedy = resend
		f.Measures[0].Want = "> 0"
	case s.Size > limit:
		f.Code = "size_over_limit"
		f.Message = checks.Textf("The file has %[1]s (%[2]s bytes); at most %[3]s (%[4]s bytes) are accepted.",
			"文件大小为 %[1]s（%[2]s 字节），上限为 %[3]s（%[4]s 字节）。", fileSize(s.Size), count(s.Size), fileSize(limit), count(limit))
		f.Remedy = shrink(s)
	case s.Size > warn:
		f.Code = "size_near_limit"
		f.Message = checks.Textf("The file has %[1]s bytes: %[2]s below the limit, and more than the 2,000,000 bytes that some programs call 2 MB.",
			"文件大小为 %[1]s 字节，距上限仅 %[2]s 字节；按十进制计算可能已超过上限。", count(s.Size), count(limit-s.Size))
		if warn != 2_000_000 {
			f.Message = checks.Textf("The file has %[1]s bytes: only %[2]s below the limit.", "文件大小为 %[1]s 字节，距上限仅 %[2]s 字节。", count(s.Size), count(limit-s.Size))
		}
		f.Remedy = checks.Text{
			En: "It may be submitted as it is; if the form refuses it, run dossier shrink and submit the copy.",
			Zh: "可以直接提交；若页面提示过大，请运行 dossier shrink 后提交副本。",
		}
		f.Measures[0].Want = fmt.Sprintf("<= %d", warn)
	case s.Size < least:
		f.Code = "size_suspiciously_small"
		f.Message = checks.Textf("The file has only %[1]s (%[2]s bytes): that is the size of a preview picture, not of a readable document.",
			"文件只有 %[1]s（%[2]s 字节）：这是缩略图的大小，证件内容很可能看不清。", fileSize(s.Size), count(s.Size))
		f.Remedy = checks.Text{
			En: "Look at it at full size. If the print cannot be read, ask the client for the original picture, sent as a file.",
			Zh: "请按原始大小查看；如文字看不清，请客户以“文件”方式发送原图。",
		}
		f.Measures[0].Want = fmt.Sprintf(">= %d", least)
	default:
		return checks.Observation{}, nil
	}
	return checks.Observation{Findings: []checks.Finding{f}}, nil
}
