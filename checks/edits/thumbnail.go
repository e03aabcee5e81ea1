package edits

import (
	"context"
	_ "embed"
	"fmt"
	"image"
	"math"

	"dossier/checks"
	"dossier/checks/picture/c2pa"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/preview"
)

//go:embed thumbnail.md
var thumbnailDoc string

// Thumbnail compares the picture with the small copy of it that cameras put into the file.
var Thumbnail = &checks.Check{
	ID:      "edits/thumbnail",
	Version: 1,
	Title:   checks.Text{En: "the embedded thumbnail shows the same picture", Zh: "内嵌缩略图与画面一致"},
	Doc:     thumbnailDoc,
	Limits: []checks.Limit{
		{Name: "most_difference", Default: 14, Unit: "levels", Reason: "of 25 untouched device photos the worst block differed by 7.0 of 256 levels; pasted areas of 1 % of the picture differ by more than 18 (49 of 50)"},
		{Name: "least_correlation", Default: 0.6, Unit: "", Reason: "of 25 untouched device photos none was below 0.99; another picture seldom comes above 0.5"},
		{Name: "least_contrast", Default: 4, Unit: "levels", Reason: "the standard deviation of brightness below which a correlation means nothing"},
	},
	Codes: []checks.Code{
		{Code: "thumbnail_differs", Title: checks.Text{En: "a part of the picture is not as in its thumbnail", Zh: "画面局部与内嵌缩略图不一致"}},
		{Code: "thumbnail_of_another_picture", Title: checks.Text{En: "the thumbnail shows another picture", Zh: "内嵌缩略图是另一张图片"}},
		{Code: "thumbnail_shows_more", Title: checks.Text{En: "the thumbnail shows more than the picture", Zh: "内嵌缩略图的画面范围更大"}},
		{Code: "thumbnail_turned", Title: checks.Text{En: "the picture was turned without its thumbnail", Zh: "画面被旋转而缩略图未旋转"}},
		{Code: "thumbnail_unreadable", Title: checks.Text{En: "the thumbnail cannot be decoded", Zh: "内嵌缩略图无法解码"}},
	},
	Run: runThumbnail,
}

func runThumbnail(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	h, err := decode.ReadHeader(s.Data)
	if err != nil || h.Format != decode.JPEG {
		return checks.Observation{}, checks.Skip(checks.Text{En: "only JPEG files carry a thumbnail of themselves", Zh: "只有 JPEG 文件带有内嵌缩略图"})
	}
	previews := preview.Find(s.Data)
	store, err := c2pa.Shared.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	if store != nil {
		if small := store.Thumbnail(); small != nil {
			previews = append(previews, preview.Preview{Source: preview.Credentials, Data: small})
		}
	}
	if len(previews) == 0 {
		return checks.Observation{}, checks.Skip(checks.Text{En: "the file carries no thumbnail to compare with", Zh: "文件没有可供比对的内嵌缩略图"})
	}
	picture, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, checks.Skip(checks.Text{En: "the picture cannot be decoded, so there is nothing to compare its thumbnail with", Zh: "图片无法解码，不能与内嵌缩略图比对"})
	}
	if picture.Complete < 1 {
		return checks.Observation{}, checks.Skip(checks.Text{En: "a part of the picture is missing, so it cannot be compared with its thumbnail", Zh: "画面不完整，不能与内嵌缩略图比对"})
	}
	var o checks.Observation
	compared, small := 0, false
	sources := map[preview.Source]bool{}
	for _, p := range previews {
		// Photoshop writes its own copy beside EXIF's, of the same moment.
		if sources[p.Source] || p.Source == preview.Photoshop && sources[preview.EXIF] {
			continue
		}
		sources[p.Source] = true
		img := p.Decode()
		if img == nil {
			o.Findings = append(o.Findings, unreadableThumbnail(p))
			continue
		}
		c := preview.Compare(img, picture.Image, h.Orientation)
		if c == nil {
			small = true
			continue
		}
		compared++
		o.Findings = append(o.Findings, judgeThumbnail(c, p, picture.Image, settings)...)
	}
	if compared == 0 && small {
		return checks.Observation{}, checks.Skip(checks.Text{En: "the picture is too small to compare it with its thumbnail", Zh: "图片尺寸过小，不能与内嵌缩略图比对"})
	}
	return o, nil
}

func unreadableThumbnail(p preview.Preview) checks.Finding {
	return checks.Finding{
		Code: "thumbnail_unreadable",
		Message: checks.Textf("The file carries a thumbnail (%[1]s, %[2]d bytes) that cannot be decoded, or is too small or too large to compare.",
			"文件带有内嵌缩略图（%[1]s，%[2]d 字节），但无法解码，或尺寸不适合比对。", p.Source, len(p.Data)),
		Remedy:   checks.Text{En: "Nothing needs to be done.", Zh: "无需处理。"},
		Measures: []checks.Measure{{Name: "thumbnail_bytes", Value: float64(len(p.Data)), Unit: "bytes"}},
	}
}

// compareByEye is the remedy where the thumbnail and the picture are two.
var compareByEye = checks.Text{
	En: "Look at the two side by side in the overlay. Ask the client for the photo as the camera wrote it, and what was changed.",
	Zh: "请在对照图中比较两者，并请客户提供相机生成的原始照片，说明改动之处。",
}

func judgeThumbnail(c *preview.Comparison, p preview.Preview, picture image.Image, settings checks.Settings) (findings []checks.Finding) {
	limit, least := settings.Number("most_difference"), settings.Number("least_correlation")
	measures := []checks.Measure{
		{Name: "worst_difference", Value: round1(c.Worst), Unit: "levels", Want: fmt.Sprintf("<= %g", limit)},
		{Name: "typical_difference", Value: round1(c.Typical), Unit: "levels"},
		{Name: "correlation", Value: math.Round(1000*c.Correlation) / 1000, Want: fmt.Sprintf(">= %g", least)},
	}
	size := c.Turned.Bounds()
	// A flat picture correlates with nothing: only its differences count.
	if c.Correlation < least && c.Contrast >= settings.Number("least_contrast") {
		return []checks.Finding{{
			Code: "thumbnail_of_another_picture",
			Message: checks.Textf("The thumbnail in the file (%[1]s, %[2]d x %[3]d) shows another picture: their brightness correlates by %.2[4]f, and the same picture's by 0.99 or more, however it is turned or cut.",
				"文件内嵌的缩略图（%[1]s，%[2]d x %[3]d）显示的是另一张图片：亮度相关系数为 %.2[4]f，同一画面无论旋转或裁剪通常在 0.99 以上。",
				p.Source, size.Dx(), size.Dy(), c.Correlation),
			Remedy: compareByEye, Measures: append(measures, suspicionOf(0.9)), Overlay: thumbnailOverlay(c, picture, false),
		}}
	}
	if c.Worst > limit {
		r := c.Changed
		findings = append(findings, checks.Finding{
			Code: "thumbnail_differs",
			Message: checks.Textf("A part of the picture, %[1]d x %[2]d pixels at (%[3]d, %[4]d), is not as in the thumbnail in the file (%[5]s): it differs by up to %.0[6]f of 256 levels there and by %.1[7]f elsewhere. Thumbnails are made with the photo and are seldom renewed when it is changed.",
				"画面中位于 (%[3]d, %[4]d)、大小 %[1]d x %[2]d 像素的部分与文件内嵌缩略图（%[5]s）不一致：该处亮度最多相差 %.0[6]f 级（共 256 级），其余部分约 %.1[7]f 级。缩略图在拍摄时生成，之后改动画面时往往不会更新。",
				r.Dx(), r.Dy(), r.Min.X, r.Min.Y, p.Source, c.Worst, c.Typical),
			Remedy: compareByEye, Region: checks.Region{X: r.Min.X, Y: r.Min.Y, Width: r.Dx(), Height: r.Dy()},
			// The worst of 46 honest pictures comes near the limit, none near twice as much.
			Measures: append(measures, suspicionOf(min(0.95, 0.5+0.45*(c.Worst-limit)/limit))),
			Overlay:  thumbnailOverlay(c, picture, true),
		})
	}
	if c.Cropped {
		share := float64(c.Frame.Dx()) * float64(c.Frame.Dy()) / (float64(size.Dx()) * float64(size.Dy()))
		findings = append(findings, checks.Finding{
			Code: "thumbnail_shows_more",
			Message: checks.Textf("The thumbnail in the file (%[1]s) shows more than the picture: what is left is %.0[2]f %% of what was taken. The picture was cut.",
				"文件内嵌缩略图（%[1]s）的画面范围大于图片本身：图片只保留了拍摄画面的 %.0[2]f %%，经过裁剪。", p.Source, 100*share),
			Remedy: checks.Text{
				En: "Look whether the document or the card is complete. If not, ask for the photo before it was cut.",
				Zh: "请确认证件是否完整；如不完整，请客户提供裁剪前的照片。",
			},
			Measures: append(measures, checks.Measure{Name: "part_left", Value: round1(100 * share), Unit: "%"}), Overlay: thumbnailOverlay(c, picture, false),
		})
	}
	if c.Orientation != 1 {
		how := turnTitle(c.Orientation)
		findings = append(findings, checks.Finding{
			Code: "thumbnail_turned",
			Message: checks.Textf("The picture matches its thumbnail (%[1]s) only when that is %[2]s: the picture was turned after it was taken, and saved by a program.",
				"缩略图（%[1]s）需%[3]s才与画面一致：图片在拍摄后经程序旋转并保存。", p.Source, how.En, how.Zh),
			Remedy:   checks.Text{En: "Nothing needs to be done if the picture stands upright and its writing can be read.", Zh: "画面方向正确、文字可读即无需处理。"},
			Measures: append(measures, checks.Measure{Name: "orientation", Value: float64(c.Orientation)}),
		})
	}
	return findings
}

func round1(v float64) float64 { return math.Round(10*v) / 10 }

func turnTitle(o int) checks.Text {
	switch o {
	case 3:
		return checks.Text{En: "turned upside down", Zh: "旋转 180 度"}
	case 6:
		return checks.Text{En: "turned clockwise by 90 degrees", Zh: "顺时针旋转 90 度"}
	case 8:
		return checks.Text{En: "turned counter-clockwise by 90 degrees", Zh: "逆时针旋转 90 度"}
	}
	return checks.Text{En: "mirrored", Zh: "镜像翻转"}
}
