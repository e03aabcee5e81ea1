package format

import (
	"context"
	_ "embed"
	"fmt"
	"math"

	"dossier/checks"
	"dossier/checks/picture/decode"
)

//go:embed pixels.md
var pixelsDoc string

// Pixels compares the picture's width and height with what the platform decodes.
var Pixels = &checks.Check{
	ID:      "format/pixels",
	Version: 1,
	Title:   checks.Text{En: "width and height are within what is accepted", Zh: "图片的像素尺寸合适"},
	Doc:     pixelsDoc,
	Limits: []checks.Limit{
		{Name: "max_pixels", Default: 6_000_000, Unit: "px", Reason: "width x height above this is answered with upload error -39 (the form's own code, 2014); 0 for no limit"},
		{Name: "min_side", Default: 256, Unit: "px", Reason: "the only smallest side the platform has published (2018); the form of 2014 states none, and no document can be read from less"},
		{Name: "max_side", Default: 20_000, Unit: "px", Reason: "the long side of an A3 sheet at 1200 dpi has 19,843; a longer side is no scan or photo of a document"},
	},
	Codes: []checks.Code{
		{Code: "too_many_pixels", Title: checks.Text{En: "more pixels than the form takes", Zh: "像素数超过上限"}},
		{Code: "side_too_short", Title: checks.Text{En: "the picture is too small to be read", Zh: "图片尺寸过小"}},
		{Code: "side_too_long", Title: checks.Text{En: "a side no document has", Zh: "图片边长异常"}},
	},
	Run: runPixels,
}

func runPixels(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	h, err := pictureHeader(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	w, ht := h.Upright()
	limit, least, longest := int64(settings.Number("max_pixels")), int(settings.Number("min_side")), int(settings.Number("max_side"))
	pixels := float64(w) * float64(ht) // as a float: a hostile header's product may not fit an integer

	var findings []checks.Finding
	add := func(code string, message, remedy checks.Text, m checks.Measure) {
		findings = append(findings, checks.Finding{Code: code, Message: message, Remedy: remedy, Measures: []checks.Measure{
			{Name: "width", Value: float64(w), Unit: "px"}, {Name: "height", Value: float64(ht), Unit: "px"}, m}})
	}
	if limit > 0 && int64(ht) > limit/int64(w) {
		ratio := math.Sqrt(float64(limit) / pixels)
		remedy := shrink(s)
		if s.Size <= checks.MaxSubjectBytes && max(w, ht) <= longest {
			fit := fmt.Sprintf("%d x %d", int(float64(w)*ratio), int(float64(ht)*ratio))
			remedy.En += " The copy will have about " + fit + " pixels, or set the camera to a smaller picture size."
			remedy.Zh += "副本约为 " + fit + " 像素；也可将相机的照片尺寸调小后重拍。"
		}
		add("too_many_pixels", checks.Textf(
			"The picture has %[1]d x %[2]d pixels, %.1[3]f million; at most %.1[4]f million are accepted, however few bytes the file has (%[5]s).",
			"图片为 %[1]d x %[2]d 像素，共 %.1[3]f 百万像素；无论文件多小（当前 %[5]s），最多只接受 %.1[4]f 百万像素。",
			w, ht, pixels/1e6, float64(limit)/1e6, fileSize(s.Size)),
			remedy, checks.Measure{Name: "pixels", Value: pixels, Unit: "px", Want: fmt.Sprintf("<= %d", limit)})
	}
	if short := min(w, ht); short < least {
		add("side_too_short", checks.Textf("The picture has %[1]d x %[2]d pixels; the shorter side must have at least %[3]d for anything on it to be read.",
			"图片为 %[1]d x %[2]d 像素；短边至少需要 %[3]d 像素，否则无法看清内容。", w, ht, least),
			checks.Text{
				En: "Ask the client for the original picture: this is a preview or a cut-out. Enlarging it does not help.",
				Zh: "请客户提供原图：这是缩略图或截图，放大没有用。",
			}, checks.Measure{Name: "short_side", Value: float64(short), Unit: "px", Want: fmt.Sprintf(">= %d", least)})
	}
	if long := max(w, ht); long > longest {
		add("side_too_long", checks.Textf("The picture claims %[1]d x %[2]d pixels; no scan or photo of a document has a side of more than %[3]d.",
			"图片声称为 %[1]d x %[2]d 像素；证件的扫描件或照片边长不会超过 %[3]d 像素。", w, ht, longest),
			resend, checks.Measure{Name: "long_side", Value: float64(long), Unit: "px", Want: fmt.Sprintf("<= %d", longest)})
	}
	return checks.Observation{Findings: findings}, nil
}

// pictureHeader returns the subject's header, or the reason for which there is none.
func pictureHeader(ctx context.Context, s *checks.Subject) (decode.Header, error) {
	if len(s.Data) == 0 {
		return decode.Header{}, empty()
	}
	if err := s.OnePage(); err != nil {
		return decode.Header{}, err
	}
	h, err := decode.Headers.Of(ctx, s)
	if err == nil {
		return h, nil
	}
	if !h.Format.Picture() {
		return h, notPicture(h.Format)
	}
	return h, decode.Skip(err)
}
