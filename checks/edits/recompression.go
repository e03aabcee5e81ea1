package edits

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"math"

	"dossier/checks"
	"dossier/checks/picture/recompression"
)

//go:embed recompression.md
var recompressionDoc string

// Recompression looks for two compression histories in one picture.
var Recompression = &checks.Check{
	ID:      "edits/recompression",
	Version: 2,
	Effort:  4, // a 16-megapixel photo on a laptop that does other things meanwhile
	Title:   checks.Text{En: "the whole picture has one compression history", Zh: "整张图片的压缩历史一致"},
	Doc:     recompressionDoc,
	Limits: []checks.Limit{
		{Name: "least_blocks", Default: 256, Unit: "blocks", Reason: "fewer blocks of 8 x 8 pixels with detail (128 x 128 pixels) do not fill the histograms"},
		{Name: "lacks_review", Default: 0.75, Reason: calibrated},
		{Name: "lacks_strong", Default: 2, Reason: calibrated},
		{Name: "lacks_own_table_review", Default: 3, Reason: calibrated},
		{Name: "lacks_own_table_strong", Default: 6, Reason: calibrated},
		{Name: "lacks_shifted_review", Default: 5, Reason: calibrated},
		{Name: "lacks_shifted_strong", Default: 10, Reason: calibrated},
		{Name: "own_aligned_review", Default: 2.2, Reason: calibrated},
		{Name: "own_aligned_strong", Default: 4, Reason: calibrated},
		{Name: "own_shifted_review", Default: 3.5, Reason: calibrated},
		{Name: "own_shifted_strong", Default: 7, Reason: calibrated},
	},
	Codes: []checks.Code{
		{Code: "recompressed", Title: checks.Text{En: "the whole picture was saved as JPEG more than once", Zh: "整张图片曾多次保存为 JPEG"}},
		{Code: "recompressed_shifted", Title: checks.Text{En: "the whole picture was cropped and saved again", Zh: "整张图片曾被裁剪后重新保存"}},
		{Code: "history_at_edge", Title: checks.Text{En: "a part at the edge has another compression history", Zh: "边缘区域的压缩历史与其余部分不同"}},
		{Code: "two_histories", Title: checks.Text{En: "one part has another compression history", Zh: "局部区域的压缩历史与其余部分不同"}},
		{Code: "two_histories_strong", Title: checks.Text{En: "one part clearly has another compression history", Zh: "局部区域的压缩历史与其余部分明显不同"}},
	},
	Run: runRecompression,
}

const calibrated = "beyond what honest pictures of the calibration half reach (device photos, and copies of them saved again, resized, turned and cropped; of 100 drawn documents and copies of that half none): counts in the document"

var notJPEG = checks.Text{
	En: "the file is not a JPEG with a brightness plane: only such a file keeps its coefficients",
	Zh: "该文件不是带亮度分量的 JPEG：只有这类文件保留了压缩系数",
}

// historyOf returns the compression history, or the error to return where there is none.
func historyOf(ctx context.Context, s *checks.Subject, least int) (*recompression.History, error) {
	h, err := recompression.Histories.Of(ctx, s)
	if err != nil {
		return nil, skipUnreadable(err)
	}
	if h == nil {
		return nil, checks.Skip(notJPEG)
	}
	return h, enough(h.Luma, least)
}

// enough is nil if the plane holds enough blocks with detail, and else why the check is skipped.
func enough(l *recompression.Luma, least int) error {
	if l == nil {
		return checks.Skip(notJPEG)
	}
	if n := l.Usable; n < least {
		return checks.Skip(checks.Textf(
			"too small or too flat: %[1]d blocks of 8 x 8 pixels hold detail, %[2]d are needed",
			"图片太小或过于平坦：含细节的 8 x 8 像素块只有 %[1]d 个，至少需要 %[2]d 个", n, least))
	}
	return nil
}

// skipUnreadable turns the errors of bad documents into a skip: format checks report them.
func skipUnreadable(err error) error {
	var f *checks.FormatError
	var l *checks.LimitError
	var u *checks.UnsupportedError
	if errors.As(err, &f) || errors.As(err, &l) || errors.As(err, &u) {
		return checks.Skip(notJPEG)
	}
	return err
}

func runRecompression(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	h, err := historyOf(ctx, s, int(settings.Number("least_blocks")))
	if err != nil {
		return checks.Observation{}, err
	}
	var o checks.Observation
	if h.Whole != nil {
		o.Findings = append(o.Findings, wholeFinding(h))
	}
	if h.Odd == nil {
		return o, nil
	}
	how := h.Odd.How
	if how == recompression.Lacks && h.Odd.First.Quality == 0 {
		how = "lacks_own_table" // the steps are estimated one by one, and some of them wrong
	}
	review, strong := settings.Number(how+"_review"), settings.Number(how+"_strong")
	if h.Odd.Window.Score < review {
		return o, nil
	}
	f, err := oddFinding(ctx, s, h, how, review, strong)
	if err != nil {
		return checks.Observation{}, err
	}
	o.Findings = append(o.Findings, f)
	return o, nil
}

// wholeFinding says that the picture as a whole was saved before.
func wholeFinding(h *recompression.History) checks.Finding {
	first := h.Whole
	f := checks.Finding{
		Code: "recompressed",
		Message: checks.Textf("The whole picture was saved as JPEG before it was saved last%[1]s.",
			"整张图片在最后一次保存之前还保存过一次 JPEG%[2]s。", quality(first).En, quality(first).Zh),
		Remedy: checks.Text{
			En: "Nothing needs to be done: saving again, as messengers and scanning apps do, changes no content.",
			Zh: "无需处理：聊天软件、扫描软件等重新保存不会改变内容。",
		},
		Measures: firstMeasures(first),
	}
	if !first.Aligned() {
		f.Code = "recompressed_shifted"
		f.Message = checks.Textf("The whole picture was cut out of a larger JPEG and saved again: its first grid of blocks lies %[1]d pixels right of and %[2]d below the present one.",
			"整张图片是从更大的 JPEG 中裁剪后重新保存的：原有分块网格相对现有网格右移 %[1]d、下移 %[2]d 像素。", first.DX, first.DY)
		f.Remedy = checks.Text{
			En: "Nothing needs to be done if the document is complete. If an edge is missing, ask for the uncut picture.",
			Zh: "如果证件完整则无需处理；若缺少边缘，请提供未裁剪的原图。",
		}
	}
	return f
}

func quality(f *recompression.First) checks.Text {
	if f.Quality == 0 {
		return checks.Text{}
	}
	return checks.Textf(" (quality about %[1]d)", "（质量约 %[1]d）", f.Quality)
}

func firstMeasures(f *recompression.First) []checks.Measure {
	var m []checks.Measure
	if f.Quality > 0 {
		m = append(m, checks.Measure{Name: "primary_quality", Value: float64(f.Quality)})
	}
	if !f.Aligned() {
		m = append(m, checks.Measure{Name: "grid_shift_x", Value: float64(f.DX), Unit: "px"}, checks.Measure{Name: "grid_shift_y", Value: float64(f.DY), Unit: "px"})
	}
	return m
}

// oddFinding says that a part of the picture tells another history than the rest.
func oddFinding(ctx context.Context, s *checks.Subject, h *recompression.History, how string, review, strong float64) (checks.Finding, error) {
	turn, err := uprightOf(s)
	if err != nil {
		return checks.Finding{}, err
	}
	odd, l := h.Odd, h.Luma
	const suspicionAt = 4
	posterior := recompression.Posterior(odd.Map, l.Wide, l.High)
	b := blockMap{wide: l.Wide, high: l.High, in: odd.Region.Mask, value: func(i int) float32 {
		if odd.Class[i] == recompression.Masked {
			return -1
		}
		return posterior[i]
	}}
	b.offset.X, b.offset.Y = odd.First.DX, odd.First.DY
	place := turn.rect(b.bounds())
	score := odd.Window.Score
	f := checks.Finding{
		Code:   "two_histories",
		Region: region(place),
		Remedy: checks.Text{
			En: "Compare the marked part (A) with its surroundings (B), then ask the client for the file as it came from the camera or scanner, or look at the paper itself.",
			Zh: "请对比标出的区域（A）与其周围（B），并请客户提供相机或扫描仪直接生成的原始文件，或核对纸质原件。",
		},
		Measures: append([]checks.Measure{
			{Name: "score", Value: round(score, 2), Want: fmt.Sprintf("< %g", review)},
			{Name: "evidence", Value: math.Round(odd.Window.Evidence), Unit: "nat"},
			{Name: "deviation", Value: round(odd.Window.Deviation, 1), Unit: "standard deviations"},
			{Name: "region_blocks", Value: float64(odd.Region.Count), Unit: "blocks"},
			{Name: "suspicion", Value: suspicionAbove(score, review, strong)},
		}, firstMeasures(&odd.First)...),
		Overlay: b.drawing(ctx, s, turn, "p 0", "p 1"),
	}
	switch {
	case atEdge(b.bounds(), turn.width, turn.height):
		f.Code = "history_at_edge"
		f.Measures[suspicionAt].Value = min(f.Measures[suspicionAt].Value, harmless)
		f.Remedy = checks.Text{
			En: "Look whether the marked part (A) belongs to the page. Scanning programs that store a page in strips or layers leave the same.",
			Zh: "请确认标出的区域（A）是否属于该页面。按条带或图层存储页面的扫描软件也会留下这种痕迹。",
		}
	case score >= strong:
		f.Code = "two_histories_strong"
	}
	share := 100 * float64(odd.Region.Count) / float64(len(l.Class))
	en, zh := sentences(odd.How)
	first := quality(&odd.First)
	as := honestAsHigh(how, score)
	f.Message = checks.Textf(en+" Of %[6]d honest pictures it was calibrated on, %[7]d showed as much.", zh+"用于校准的 %[6]d 张正常图片中，达到该程度的有 %[7]d 张。",
		place.Dx(), place.Dy(), share, first.En, first.Zh, honestPictures, as)
	f.Measures = append(f.Measures, checks.Measure{Name: "false_alarm_rate", Value: round(float64(as+1)/(honestPictures+1), 4)})
	return f, nil
}

// honestPictures is how many pictures the calibration looked at: 28 device photos of its half and five
// honest copies of each, saved again, saved twice, reduced as a messenger does, turned, and cropped.
const honestPictures = 168

// honestScores are the highest scores of parts of those pictures, by how the part differs; none had a part
// that lacks a table of its own.
var honestScores = map[string][]float64{
	"lacks":         {0.73, 0.71, 0.42},
	"lacks_shifted": {3.36, 2.76, 2.11, 0.92, 0.62},
	"own_aligned":   {1.33, 1.16, 1.09, 1.08, 1.03, 0.92, 0.82, 0.82, 0.78, 0.70},
	"own_shifted":   {1.54},
}

// honestAsHigh counts the honest pictures with at least that score.
func honestAsHigh(how string, score float64) (n int) {
	for _, v := range honestScores[how] {
		if v >= score {
			n++
		}
	}
	return n
}

// sentences are the two wordings of how a part differs: %[1]d and %[2]d its size, %[3]f its share of the picture
// in percent, %[4]s and %[5]s the quality in English and Chinese.
func sentences(how string) (en, zh string) {
	switch how {
	case recompression.Lacks, recompression.LacksShifted:
		return "Two compression histories in one picture: the picture was saved as JPEG before%[4]s, but the marked part (%[1]d x %[2]d pixels, %.1[3]f %% of the picture) was not, or not so.",
			"一张图片中有两种压缩历史：图片整体此前保存过 JPEG%[5]s，而标出的区域（%[1]d x %[2]d 像素，占画面 %.1[3]f%%）没有，或方式不同。"
	case recompression.OwnAligned:
		return "Two compression histories in one picture: the marked part (%[1]d x %[2]d pixels, %.1[3]f %% of the picture) was saved as JPEG before%[4]s, the rest was not, or not so.",
			"一张图片中有两种压缩历史：标出的区域（%[1]d x %[2]d 像素，占画面 %.1[3]f%%）此前保存过 JPEG%[5]s，其余部分没有，或方式不同。"
	}
	return "Two compression histories in one picture: the marked part (%[1]d x %[2]d pixels, %.1[3]f %% of the picture) was saved as JPEG before%[4]s on a grid of blocks of its own, of which the rest shows nothing.",
		"一张图片中有两种压缩历史：标出的区域（%[1]d x %[2]d 像素，占画面 %.1[3]f%%）此前以另一套分块网格保存过 JPEG%[5]s，其余部分没有这种痕迹。"
}

// harmless is the most suspicion of what has common honest causes.
const harmless = 0.2

// suspicionAbove is 0.5 at the threshold of review, 0.9 at that of strong, and nears 1 beyond.
func suspicionAbove(score, review, strong float64) float64 {
	if score <= review {
		return round(0.5*max(score, 0)/review, 3)
	}
	// 0.5 falls to 0.1 between the two thresholds.
	return round(1-0.5*math.Pow(0.2, (score-review)/(strong-review)), 3)
}

func round(v float64, digits int) float64 {
	p := math.Pow10(digits)
	return math.Round(v*p) / p
}
