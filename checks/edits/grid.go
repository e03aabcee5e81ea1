package edits

import (
	"context"
	_ "embed"
	"fmt"
	"image"
	"math"

	"dossier/checks"
	"dossier/checks/picture/blockgrid"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/recompression"
)

//go:embed grid.md
var gridDoc string

// Grid looks for parts of the picture whose grid of JPEG blocks lies elsewhere than the picture's.
var Grid = &checks.Check{
	ID:      "edits/grid",
	Version: 1,
	Effort:  4, // a 16-megapixel photo on a laptop that does other things meanwhile
	Title:   checks.Text{En: "the whole picture lies on one grid of JPEG blocks", Zh: "整张图片处于同一套 JPEG 分块网格"},
	Doc:     gridDoc,
	Limits: []checks.Limit{
		{Name: "least_side", Default: 64, Unit: "px", Reason: "smaller pictures hold no region that could be told from chance"},
		{Name: "log_nfa_review", Default: -20, Reason: "decimal logarithm of how many such parts a picture would have by chance; the model of chance is not the world: the clearest part of an honest picture, one cropped and saved again, reached -13"},
		{Name: "log_nfa_strong", Default: -60, Reason: "far beyond what any honest picture of the calibration reached"},
		{Name: "largest_share", Default: 0.5, Reason: "a grid that holds more than half of the picture is its own"},
	},
	Codes: []checks.Code{
		{Code: "grid_at_edge", Title: checks.Text{En: "a part at the edge on another grid of JPEG blocks", Zh: "边缘区域处于另一套 JPEG 分块网格"}},
		{Code: "foreign_grid", Title: checks.Text{En: "a part on another grid of JPEG blocks", Zh: "局部区域处于另一套 JPEG 分块网格"}},
		{Code: "foreign_grid_strong", Title: checks.Text{En: "a part clearly on another grid of JPEG blocks", Zh: "局部区域明显处于另一套 JPEG 分块网格"}},
		{Code: "cropped_jpeg", Title: checks.Text{En: "made from a JPEG that was cropped", Zh: "由裁剪过的 JPEG 转换而来"}},
		{Code: "grid_in_part", Title: checks.Text{En: "only a part shows a grid of JPEG blocks", Zh: "仅局部显示 JPEG 分块网格"}},
	},
	Run: runGrid,
}

// samples are what is looked at: a JPEG's as stored, not turned, a bitmap's upright.
type samples struct {
	plane         []byte
	stride        int
	width, height int
	main          int                // the grid that is known: 0 for a JPEG, whose blocks begin at its corner, or Unknown
	zeros         func(x, y int) int // of a JPEG's blocks, from its coefficients
}

// brightness returns the samples of a picture.
func brightness(ctx context.Context, s *checks.Subject) (p samples, err error) {
	if decode.Sniff(s.Data) == decode.JPEG {
		l, err := recompression.Shared.Of(ctx, s)
		if err != nil {
			return p, skipUnreadable(err)
		}
		if l == nil {
			return p, checks.Skip(notJPEG)
		}
		c := l.Component
		return samples{l.Plane, l.Stride, c.Width, c.Height, 0, func(x, y int) int {
			zeros := 0
			for _, v := range c.Block(x/8, y/8)[1:] {
				if v == 0 {
					zeros++
				}
			}
			return zeros
		}}, nil
	}
	picture, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return p, decode.Skip(err)
	}
	g := luma(picture.Image)
	return samples{g.Pix, g.Stride, g.Bounds().Dx(), g.Bounds().Dy(), blockgrid.Unknown, nil}, nil
}

// luma is the brightness of a decoded picture as JPEG defines it (JFIF 1.02).
func luma(m image.Image) *image.Gray {
	b := m.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	switch src := m.(type) {
	case *image.Gray:
		return src
	case *image.YCbCr:
		return &image.Gray{Pix: src.Y, Stride: src.YStride, Rect: b}
	case *image.RGBA:
		for y := range b.Dy() {
			in := src.Pix[src.PixOffset(b.Min.X, b.Min.Y+y):]
			line := out.Pix[y*out.Stride : y*out.Stride+b.Dx()]
			for x := range line {
				line[x] = weigh(in[4*x], in[4*x+1], in[4*x+2])
			}
		}
	case *image.Paletted:
		var table [256]uint8
		for i, c := range src.Palette {
			r, g, bl, _ := c.RGBA()
			table[i&255] = weigh(uint8(r>>8), uint8(g>>8), uint8(bl>>8))
		}
		for y := range b.Dy() {
			in := src.Pix[src.PixOffset(b.Min.X, b.Min.Y+y):]
			line := out.Pix[y*out.Stride : y*out.Stride+b.Dx()]
			for x := range line {
				line[x] = table[in[x]]
			}
		}
	default:
		for y := range b.Dy() {
			for x := range b.Dx() {
				r, g, bl, _ := m.At(b.Min.X+x, b.Min.Y+y).RGBA()
				out.Pix[y*out.Stride+x] = weigh(uint8(r>>8), uint8(g>>8), uint8(bl>>8))
			}
		}
	}
	return out
}

func weigh(r, g, b uint8) uint8 {
	return uint8((19595*uint32(r) + 38470*uint32(g) + 7471*uint32(b) + 1<<15) >> 16)
}

func runGrid(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	p, err := brightness(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	if least := int(settings.Number("least_side")); p.width < least || p.height < least {
		return checks.Observation{}, checks.Skip(checks.Textf("the picture has %[1]d x %[2]d pixels, %[3]d a side are needed", "图片为 %[1]d x %[2]d 像素，每边至少需要 %[3]d 像素", p.width, p.height, least))
	}
	v, err := blockgrid.Count(ctx, p.plane, p.stride, p.width, p.height, p.main, p.zeros)
	if err != nil {
		return checks.Observation{}, err
	}
	var o checks.Observation
	regions := v.Foreign()
	if p.main == blockgrid.Unknown {
		switch {
		case v.Main == blockgrid.Unknown && len(regions) == 0:
			return o, checks.Skip(checks.Text{En: "no trace of JPEG blocks: the picture was never a JPEG, or was resized since", Zh: "没有 JPEG 分块痕迹：图片从未保存为 JPEG，或之后被缩放过"})
		case v.Main > 0:
			o.Findings = append(o.Findings, checks.Finding{
				Code: "cropped_jpeg",
				Message: checks.Textf("The picture was a JPEG before, and its edges were cut: the blocks begin %[1]d pixels from the left and %[2]d from the top.",
					"该图片原为 JPEG，且边缘被裁剪过：分块从左起第 %[1]d、上起第 %[2]d 像素开始。", v.Main%8, v.Main/8),
				Remedy:   checks.Text{En: "Nothing needs to be done if the document is complete.", Zh: "如果证件完整则无需处理。"},
				Measures: []checks.Measure{{Name: "grid_x", Value: float64(v.Main % 8), Unit: "px"}, {Name: "grid_y", Value: float64(v.Main / 8), Unit: "px"}},
			})
		}
	}
	review, strong := settings.Number("log_nfa_review"), settings.Number("log_nfa_strong")
	earlier := earlierGrid(ctx, s)
	for _, r := range regions {
		if r.Grid == earlier {
			continue // shows through in a part, and is the whole picture's
		}
		if r.LogNFA > review || share(r.Cells) > settings.Number("largest_share") {
			continue
		}
		f, err := gridFinding(ctx, s, v, r, review, strong, p.main != blockgrid.Unknown)
		if err != nil {
			return checks.Observation{}, err
		}
		o.Findings = append(o.Findings, f)
		break // the clearest one: the others are usually parts of it
	}
	return o, nil
}

// earlierGrid is the grid on which the whole picture was compressed before it was cropped, if that
// shows in a JPEG's coefficients; Unknown otherwise.
func earlierGrid(ctx context.Context, s *checks.Subject) int {
	h, err := recompression.Histories.Of(ctx, s)
	if err != nil || h == nil || h.Whole == nil || h.Whole.Aligned() {
		return blockgrid.Unknown
	}
	return h.Whole.DY*8 + h.Whole.DX
}

func share(cells []bool) float64 {
	n := 0
	for _, in := range cells {
		if in {
			n++
		}
	}
	return float64(n) / float64(max(1, len(cells)))
}

func gridFinding(ctx context.Context, s *checks.Subject, v *blockgrid.Votes, r blockgrid.Region, review, strong float64, stored bool) (checks.Finding, error) {
	turn := turner{v.Width, v.Height, 1} // a bitmap was looked at upright
	if stored {
		t, err := uprightOf(s)
		if err != nil {
			return checks.Finding{}, err
		}
		turn = t
	}
	b := blockMap{wide: v.Wide(), high: v.High(), in: r.Cells, value: func(i int) float32 { return agreement(v, r.Grid, i) }}
	place := turn.rect(r.Bounds)
	suspicious := suspicionAbove(-r.LogNFA, -review, -strong)
	f := checks.Finding{
		Code: "foreign_grid",
		Message: checks.Textf("A part of %[1]d x %[2]d pixels lies on another grid of JPEG blocks than the picture: its blocks begin %[3]d pixels right of and %[4]d below those around. Chance makes one such part in 10^%.0[5]f pictures.",
			"有一块 %[1]d x %[2]d 像素的区域处于另一套 JPEG 分块网格：其分块相对周围右移 %[3]d、下移 %[4]d 像素。偶然出现的概率约为 10^%.0[5]f 张图片中一次。",
			place.Dx(), place.Dy(), away(r.Grid%8, max(v.Main, 0)%8), away(r.Grid/8, max(v.Main, 0)/8), math.Min(-r.LogNFA, 300)),
		Remedy: checks.Text{
			En: "Compare the marked part (A) with its surroundings (B), then ask the client for the file as it came from the camera or scanner, or look at the paper itself.",
			Zh: "请对比标出的区域（A）与其周围（B），并请客户提供相机或扫描仪直接生成的原始文件，或核对纸质原件。",
		},
		Region: region(place),
		Measures: []checks.Measure{
			{Name: "log_nfa", Value: round(math.Max(r.LogNFA, -1000), 1), Want: fmt.Sprintf("> %g", review)},
			{Name: "votes", Value: float64(r.Votes), Unit: "px"},
			{Name: "grid_x", Value: float64(r.Grid % 8), Unit: "px"}, {Name: "grid_y", Value: float64(r.Grid / 8), Unit: "px"},
			{Name: "suspicion", Value: suspicious},
		},
		Overlay: b.drawing(ctx, s, turn, "0 %", "100 %"),
	}
	switch {
	case v.Main == blockgrid.Unknown:
		f.Code = "grid_in_part"
		f.Measures[len(f.Measures)-1].Value = min(suspicious, harmless)
		f.Message = checks.Textf("A part of %[1]d x %[2]d pixels was once JPEG, the rest shows no trace of it. Scanning programs that store text and pictures apart do this too.",
			"有一块 %[1]d x %[2]d 像素的区域曾经是 JPEG，其余部分没有这种痕迹。将文字与图像分层存储的扫描软件也会如此。", place.Dx(), place.Dy())
	case atEdge(r.Bounds, v.Width, v.Height):
		f.Code = "grid_at_edge"
		f.Measures[len(f.Measures)-1].Value = min(suspicious, harmless)
	case r.LogNFA <= strong:
		f.Code = "foreign_grid_strong"
	}
	return f, nil
}

// away is how far a grid lies right of (or below) another, 0..7.
func away(to, from int) int { return (to - from + 8) % 8 }

// agreement is the share of a cell's pixels that vote for grid g, of those that vote at all; -1 if fewer than a
// quarter do.
func agreement(v *blockgrid.Votes, g, cell int) float32 {
	x0, y0 := cell%v.Wide()*8, cell/v.Wide()*8
	yes, all := 0, 0
	for y := y0; y < min(y0+8, v.Height); y++ {
		for x := x0; x < min(x0+8, v.Width); x++ {
			switch vote := v.Vote[y*v.Width+x]; {
			case int(vote) == g:
				yes++
				all++
			case vote != blockgrid.None:
				all++
			}
		}
	}
	if all < 16 {
		return -1
	}
	return float32(yes) / float32(all)
}
