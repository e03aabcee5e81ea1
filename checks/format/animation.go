package format

import (
	"context"
	_ "embed"
	"fmt"

	"dossier/checks"
	"dossier/checks/picture/decode"
)

//go:embed animation.md
var animationDoc string

// Animation looks whether a file holds more than the one picture a document is.
var Animation = &checks.Check{
	ID:      "format/animation",
	Version: 1,
	Title:   checks.Text{En: "the file holds one still picture", Zh: "文件只包含一张静态图片"},
	Doc:     animationDoc,
	Limits: []checks.Limit{
		{Name: "max_frames", Default: 1, Reason: "a document is one still picture; a reviewer is shown the first frame only"},
	},
	Codes: []checks.Code{
		{Code: "animated", Title: checks.Text{En: "a moving picture", Zh: "动态图片"}},
		{Code: "several_pages", Title: checks.Text{En: "several pages in one file", Zh: "一个文件包含多页"}},
		{Code: "further_pictures", Title: checks.Text{En: "further pictures behind the one that is shown", Zh: "文件中还附带其他图片"}},
	},
	Run: runAnimation,
}

func runAnimation(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	h, err := pictureHeader(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	limit := int(settings.Number("max_frames"))
	var findings []checks.Finding
	if h.Frames > limit {
		code, message := "animated", checks.Textf(
			"The picture moves: it has %[1]s frames. The platform and its reviewers see the first one only.",
			"这是动态图片，共 %[1]s 帧；平台和审核人员只能看到第一帧。", count(h.Frames))
		if h.Format == decode.TIFF {
			code, message = "several_pages", checks.Textf("The file holds %[1]s or more pages; only the first would be seen.",
				"该文件至少有 %[1]s 页，只有第一页会被看到。", count(h.Frames))
		}
		findings = append(findings, checks.Finding{Code: code, Message: message,
			Remedy: checks.Text{
				En: "Submit one still picture for each page: dossier shrink keeps the first picture of the file.",
				Zh: "每页请提交一张静态图片；dossier shrink 会保留文件中的第一张。",
			},
			Measures: []checks.Measure{{Name: "frames", Value: float64(h.Frames), Want: fmt.Sprintf("<= %d", limit)}},
		})
	}
	if h.Extras > 0 {
		findings = append(findings, checks.Finding{Code: "further_pictures",
			Message: checks.Textf(
				"Besides the picture that is shown, the file says it holds %[1]s more (a preview, a depth map or a second exposure: phones do this).",
				"除显示的图片外，文件还声明附带 %[1]s 张图片（预览图、景深图或另一次曝光，手机常见）。", count(h.Extras)),
			Remedy: checks.Text{
				En: "Nothing needs to be done; dossier shrink makes a copy without them if a smaller file is wanted.",
				Zh: "无需处理；如需减小文件，dossier shrink 生成的副本不含这些图片。",
			},
			Measures: []checks.Measure{{Name: "further_pictures", Value: float64(h.Extras)}},
		})
	}
	return checks.Observation{Findings: findings}, nil
}
