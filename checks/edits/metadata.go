package edits

import (
	"context"
	_ "embed"
	"errors"

	"dossier/checks"
	"dossier/checks/picture/metadata"
)

//go:embed metadata.md
var metadataDoc string

// Metadata reads what a file says of the programs that wrote it and of what they did.
var Metadata = &checks.Check{
	ID:      "edits/metadata",
	Version: 1,
	Title:   checks.Text{En: "the file's own words: who wrote it, and what was done to it", Zh: "文件自述：由何软件保存、做过何种处理"},
	Doc:     metadataDoc,
	Limits: []checks.Limit{
		{Name: "saved_later_minutes", Default: 10, Unit: "min", Reason: "a device writes a picture within seconds of taking it, after long exposures and series within a few minutes; later was another occasion"},
		{Name: "clock_hours", Default: 26, Unit: "h", Reason: "EXIF's times have no zone; the earliest and the latest zone are 26 hours apart, so less proves nothing"},
		{Name: "shape_percent", Default: 1, Unit: "%", Reason: "rounding to whole pixels or to whole blocks of 16 changes the shape of a picture of 1600 pixels by less than this"},
	},
	Codes: []checks.Code{
		{Code: "text_added", Title: checks.Text{En: "text layers are recorded", Zh: "记录了文字图层"}},
		{Code: "content_pasted", Title: checks.Text{En: "content of other documents was placed in it", Zh: "置入过其他文件的内容"}},
		{Code: "content_edited", Title: checks.Text{En: "the history records editing", Zh: "历史记录中有编辑操作"}},
		{Code: "retouched", Title: checks.Text{En: "retouching of places is recorded", Zh: "记录了局部修饰"}},
		{Code: "retoucher_named", Title: checks.Text{En: "written by a program made for retouching", Zh: "由美化修图软件保存"}},
		{Code: "layout_named", Title: checks.Text{En: "written by a program that composes pages", Zh: "由排版或办公软件保存"}},
		{Code: "screenshot_named", Title: checks.Text{En: "a copy of a screen", Zh: "屏幕截图"}},
		{Code: "devices_disagree", Title: checks.Text{En: "two devices are named", Zh: "记录了两台不同的设备"}},
		{Code: "editor_named", Title: checks.Text{En: "written by an editor", Zh: "由图片编辑软件保存"}},
		{Code: "layers_recorded", Title: checks.Text{En: "the picture was kept in layers", Zh: "曾以分层文件保存"}},
		{Code: "derived", Title: checks.Text{En: "made from another document", Zh: "由另一文件生成"}},
		{Code: "photo_program_named", Title: checks.Text{En: "written by a program for photos", Zh: "由照片软件保存"}},
		{Code: "scanner_app_named", Title: checks.Text{En: "written by a scanner app", Zh: "由扫描应用保存"}},
		{Code: "messenger_named", Title: checks.Text{En: "written by a messenger", Zh: "由聊天软件保存"}},
		{Code: "library_named", Title: checks.Text{En: "written by a program library", Zh: "由程序库保存"}},
		{Code: "pdf_tool_named", Title: checks.Text{En: "written by a program for PDF files", Zh: "由 PDF 软件保存"}},
		{Code: "unknown_program_named", Title: checks.Text{En: "written by a program Dossier does not know", Zh: "由未知软件保存"}},
		{Code: "adobe_marks", Title: checks.Text{En: "segments as Adobe's programs write them", Zh: "含 Adobe 软件写入的数据段"}},
		{Code: "resized", Title: checks.Text{En: "the picture was resized", Zh: "图片尺寸被改变"}},
		{Code: "cropped", Title: checks.Text{En: "the picture has another shape than recorded", Zh: "图片长宽比与记录不符"}},
		{Code: "saved_later", Title: checks.Text{En: "saved again after it was taken", Zh: "拍摄后又被保存"}},
		{Code: "dates_disagree", Title: checks.Text{En: "the dates contradict each other", Zh: "日期相互矛盾"}},
		{Code: "position_impossible", Title: checks.Text{En: "an impossible position", Zh: "位置数据不合理"}},
		{Code: "maker_note_missing", Title: checks.Text{En: "the maker's own record is gone", Zh: "缺少厂商记录"}},
		{Code: "metadata_damaged", Title: checks.Text{En: "metadata that cannot be read", Zh: "元数据无法读取"}},
	},
	Run: runMetadata,
}

func runMetadata(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	m, err := metadata.Shared.Of(ctx, s)
	var unsupported *checks.UnsupportedError
	if errors.As(err, &unsupported) {
		return checks.Observation{}, checks.Skip(checks.Text{
			En: "a file of this format has no room for words about itself, or Dossier does not read them",
			Zh: "该格式不含元数据，或 Dossier 不读取其元数据",
		})
	}
	if err != nil {
		return checks.Observation{}, err
	}
	if len(m.Sources) == 0 && len(m.Fields) == 0 {
		return checks.Observation{}, checks.Skip(checks.Text{
			En: "the file says nothing about itself: most messengers and websites take the metadata out, so their absence means nothing",
			Zh: "文件不含元数据：多数聊天软件和网站会将其删除，因此没有元数据并不说明问题",
		})
	}
	e := &examination{m: m, settings: settings, writers: findWriters(m)}
	e.content()
	e.named()
	e.derived()
	e.device()
	e.frame(ctx, s)
	e.dates()
	e.position()
	e.damage()
	return checks.Observation{Findings: e.findings}, nil
}

// An examination is one run over one file.
type examination struct {
	m        *metadata.Metadata
	settings checks.Settings
	writers  []writer
	findings []checks.Finding
}

// suspicion is how much a code weighs in the score of editing, 0..1; those not listed weigh nothing.
// It counts only where the profile makes the finding more than a note. The values are no
// probabilities: they rank the evidence, from a record of text set over the picture, which no
// honest scan has, down to a name that says where the picture was saved. Chosen by judgement, to
// be measured again once enough files with such records are at hand.
var suspicion = map[string]float64{
	"text_added": 0.8, "content_pasted": 0.7, "content_edited": 0.6, "retouched": 0.6,
	"retoucher_named": 0.5, "layout_named": 0.5, "devices_disagree": 0.5,
	"editor_named": 0.4, "screenshot_named": 0.3, "layers_recorded": 0.3,
	"cropped": 0.2, "dates_disagree": 0.2,
}

// find adds a finding, with its weight as a measure.
func (e *examination) find(code string, message, remedy checks.Text, measures ...checks.Measure) {
	if s := suspicion[code]; s > 0 {
		measures = append(measures, checks.Measure{Name: "suspicion", Value: s})
	}
	e.findings = append(e.findings, checks.Finding{Code: code, Message: message, Remedy: remedy, Measures: measures})
}

// has reports whether a finding of that code was made.
func (e *examination) has(code string) bool {
	for _, f := range e.findings {
		if f.Code == code {
			return true
		}
	}
	return false
}

// damage tells of metadata that are there and could not be read.
func (e *examination) damage() {
	if len(e.m.Problems) == 0 {
		return
	}
	var sources []string
	seen := map[metadata.Source]bool{}
	for _, p := range e.m.Problems {
		if !seen[p.Source] {
			seen[p.Source] = true
			sources = append(sources, string(p.Source))
		}
	}
	e.find("metadata_damaged",
		checks.Textf("Metadata are there and cannot be read wholly: %[1]s.", "元数据存在但无法完整读取：%[2]s。", join(sources, ", "), join(sources, "、")),
		nothingToDo, checks.Measure{Name: "problems", Value: float64(len(e.m.Problems))})
}

var nothingToDo = checks.Text{En: "Nothing needs to be done.", Zh: "无需处理。"}
