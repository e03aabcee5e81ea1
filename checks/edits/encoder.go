package edits

import (
	"context"
	_ "embed"
	"encoding/csv"
	"errors"
	"strconv"
	"strings"
	"sync"

	"dossier/checks"
	"dossier/checks/picture/encoder"
	"dossier/checks/picture/metadata"
)

//go:embed encoder.md
var encoderDoc string

// encodersTable is what cmd fingerprints below internal/ learned; its package comment says how.
//
//go:embed encoders.csv
var encodersTable string

// Encoder compares the way the file was compressed with who is said to have written it.
var Encoder = &checks.Check{
	ID:      "edits/encoder",
	Version: 1,
	Title:   checks.Text{En: "the file was compressed by the device it names", Zh: "压缩方式与所称设备相符"},
	Doc:     encoderDoc,
	Codes: []checks.Code{
		{Code: "camera_claim_contradicted", Title: checks.Text{En: "a camera is named, and an editor's compression is found", Zh: "声称由相机生成，但压缩方式属于图像编辑软件"}},
		{Code: "unlike_cameras", Title: checks.Text{En: "compressed as cameras do not", Zh: "压缩方式与常见相机不同"}},
		{Code: "unlike_device", Title: checks.Text{En: "tables that this model was not seen to use", Zh: "量化表未见于该型号"}},
		{Code: "device_unknown", Title: checks.Text{En: "a device that is not in the table", Zh: "设备型号不在对照表中"}},
		{Code: "editor_tables", Title: checks.Text{En: "an editor's tables", Zh: "量化表属于图像编辑软件"}},
		{Code: "library_tables", Title: checks.Text{En: "tables of the common library", Zh: "量化表来自通用程序库"}},
		{Code: "program_claim_contradicted", Title: checks.Text{En: "another program saved the file than the one it names", Zh: "最后保存文件的并非所署名的程序"}},
		{Code: "tables_redefined", Title: checks.Text{En: "tables are defined twice, or not used", Zh: "量化表被重复定义"}},
	},
	Run: runEncoder,
}

// A fingerprint is one line of the table.
type fingerprint struct {
	name, tables, sampling, huffman string
	files                           int
}

// fingerprints reads the table once: devices by name, and programs by their quantization tables.
var fingerprints = sync.OnceValues(func() (devices map[string][]fingerprint, programsByTables map[string]string) {
	devices, programsByTables = map[string][]fingerprint{}, map[string]string{}
	rows, err := csv.NewReader(strings.NewReader(encodersTable)).ReadAll()
	if err != nil {
		panic(err) // embedded, and read by a test
	}
	for _, r := range rows[1:] {
		n, err := strconv.Atoi(r[6])
		if err != nil {
			panic(err)
		}
		switch r[0] {
		case "device":
			devices[r[1]] = append(devices[r[1]], fingerprint{r[1], r[2], r[4], r[5], n})
		case "program":
			programsByTables[r[2]] = r[1]
		}
	}
	return devices, programsByTables
})

func runEncoder(ctx context.Context, s *checks.Subject, _ checks.Settings) (checks.Observation, error) {
	notJPEG := checks.Skip(checks.Text{En: "only JPEG files show by whom they were compressed", Zh: "只有 JPEG 文件能看出由何种程序压缩"})
	if len(s.Data) < 2 || s.Data[0] != 0xFF || s.Data[1] != 0xD8 {
		return checks.Observation{}, notJPEG
	}
	d, err := encoder.Shared.Of(ctx, s)
	var format *checks.FormatError
	var unsupported *checks.UnsupportedError
	var limit *checks.LimitError
	switch {
	case errors.As(err, &format), errors.As(err, &unsupported), errors.As(err, &limit):
		return checks.Observation{}, checks.Skip(checks.Text{En: "the file's header cannot be read", Zh: "文件头无法读取"})
	case err != nil:
		return checks.Observation{}, err
	case d.Luma == nil:
		return checks.Observation{}, checks.Skip(checks.Text{En: "the file defines no quantization table", Zh: "文件未定义量化表"})
	}
	m, err := metadata.Shared.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	r := encoderReport{d: d, device: encoder.DeviceName(m.Value(metadata.EXIF, "Make"), m.Value(metadata.EXIF, "Model"))}
	r.program, r.named = namedWriter(m)
	r.run()
	return checks.Observation{Findings: r.findings}, nil
}

// namedWriter returns the program that the metadata name as having written the file, if it is
// another one than the device's own.
func namedWriter(m *metadata.Metadata) (program, bool) {
	for _, f := range m.Fields {
		last := f.Name[strings.LastIndex(f.Name, "/")+1:]
		switch last {
		case "Software", "ProcessingSoftware", "CreatorTool", "ImageEditingSoftware", "ImageEditor":
		default:
			continue
		}
		if p, ok := identify(f.Value); ok && p.class != firmware {
			return p, true
		}
	}
	for _, e := range m.History {
		if p, ok := identify(e.Agent); ok && p.class != firmware {
			return p, true
		}
	}
	return program{}, false
}

type encoderReport struct {
	d        *encoder.Description
	device   string  // Make and Model; empty if the file names none
	program  program // that the metadata name
	named    bool
	findings []checks.Finding
}

func (r *encoderReport) add(code string, suspicion float64, message, remedy checks.Text) {
	measures := []checks.Measure{
		{Name: "ijg_quality", Value: float64(r.d.Quality)},
		{Name: "first_step", Value: float64(r.d.Luma.Values[0])},
	}
	if suspicion > 0 {
		measures = append(measures, suspicionOf(suspicion))
	}
	r.findings = append(r.findings, checks.Finding{Code: code, Message: message, Remedy: remedy, Measures: measures})
}

var (
	savedNothingToDo = checks.Text{
		En: "Nothing needs to be done for this alone: saving a picture again does not change what it shows.",
		Zh: "仅此一项无需处理：重新保存并不改变画面内容。",
	}
	askForCameraFile = checks.Text{
		En: "Ask the client for the file as the camera wrote it, and for what was done to this one.",
		Zh: "请客户提供相机生成的原始文件，并说明该图片经过何种处理。",
	}
)

// strange lists what is found in the file and was in none of the table's device files.
func (r *encoderReport) strange() (en, zh []string) {
	say := func(is bool, e, z string) {
		if is {
			en, zh = append(en, e), append(zh, z)
		}
	}
	say(r.d.Adobe, "an Adobe marker", "Adobe 标记")
	say(r.d.Huffman == "optimized", "Huffman tables made for the picture", "优化过的霍夫曼表")
	say(r.d.Sampling == "1x1,1x1,1x1", "colour at full resolution (4:4:4)", "未降采样的色度（4:4:4）")
	say(r.d.Progressive, "progressive coding", "渐进式编码")
	say(strings.Count(r.d.Sampling, ",") == 3, "four ink channels", "四色油墨通道")
	return en, zh
}

func (r *encoderReport) run() {
	devices, programsByTables := fingerprints()
	learned := 0
	for _, prints := range devices {
		for _, p := range prints {
			learned += p.files
		}
	}
	editorsTables, fromEditor := programsByTables[r.d.Hash()]
	strangeEn, strangeZh := r.strange()
	odd := joinedList(strangeEn, ", ")
	oddZh := joinedList(strangeZh, "、")

	// What the metadata leave out is what matters: an editor that is named is for edits/metadata to tell.
	switch {
	case r.device != "" && !r.named && (fromEditor || r.d.Adobe):
		what := checks.Textf("the marker that Adobe's programs write", "Adobe 软件写入的标记")
		if fromEditor {
			what = checks.Textf("quantization tables that %[1]s writes", "%[1]s 使用的量化表", editorsTables)
		}
		r.add("camera_claim_contradicted", 0.6, checks.Textf(
			"The file names %[1]s as its camera and no program, but was compressed as an editor does it: %[2]s (also: %[4]s). None of %[6]d files from devices had this.",
			"文件称由相机 %[1]s 生成且未署名任何软件，但压缩方式属于图像编辑软件：%[3]s（另有：%[5]s）。用于对照的 %[6]d 个设备文件均无此特征。",
			clip(r.device, 60), what.En, what.Zh, odd, oddZh, learned), askForCameraFile)
	case fromEditor:
		r.add("editor_tables", 0, checks.Textf("The file was last compressed with quantization tables that %[1]s writes.",
			"文件最后一次压缩使用的是 %[1]s 的量化表。", editorsTables), savedNothingToDo)
	case r.device != "" && !r.named && len(strangeEn) > 0:
		r.add("unlike_cameras", 0, checks.Textf(
			"The file names %[1]s as its camera and no program, and has what none of %[4]d files from devices had: %[2]s. A program may have saved it again; some phones write so themselves.",
			"文件称由相机 %[1]s 生成且未署名任何软件，但具有 %[4]d 个设备文件中均未出现的特征：%[3]s。可能经程序重新保存，也有部分手机本身如此写入。",
			clip(r.device, 60), odd, oddZh, learned), savedNothingToDo)
	case r.device != "" && !r.named:
		r.compareDevice(devices[r.device], learned)
	case r.d.Quality > 0:
		r.add("library_tables", 0, checks.Textf(
			"The file was last compressed with the tables of the common JPEG library at quality %[1]d, as converters, websites and messengers write them (%[2]s Huffman tables, sampling %[3]s).",
			"文件最后一次压缩使用通用 JPEG 程序库的量化表，质量 %[1]d，常见于转换工具、网站和聊天软件（霍夫曼表：%[4]s，采样 %[3]s）。",
			r.d.Quality, r.d.Huffman, r.d.Sampling, huffmanTitle(r.d.Huffman)), savedNothingToDo)
	}
	// Photoshop marks every JPEG that it writes with Adobe's segment.
	if r.named && r.program.name == "Adobe Photoshop" && !r.d.Adobe && !fromEditor {
		r.add("program_claim_contradicted", 0, checks.Textf(
			"The metadata name %[1]s, but the file lacks the marker that it writes: another program saved the file after it.",
			"元数据署名 %[1]s，但文件没有该软件写入的标记，说明之后又由其他程序保存过。", r.program.name), savedNothingToDo)
	}
	if r.d.Changed {
		r.add("tables_redefined", 0, checks.Textf(
			"The file defines a quantization table twice, with different values: two programs may have put it together.",
			"文件中同一量化表被定义两次且数值不同，可能由两个程序拼接而成。"), savedNothingToDo)
	}
}

func huffmanTitle(kind string) string {
	switch kind {
	case "standard":
		return "标准"
	case "optimized":
		return "优化"
	}
	return "未定义"
}

// compareDevice compares with what was learned of the model that the file names.
func (r *encoderReport) compareDevice(prints []fingerprint, learned int) {
	if len(prints) == 0 {
		r.add("device_unknown", 0, checks.Textf(
			"The file names %[1]s, which is not among the devices whose compression was learned (files: %[2]d), so nothing could be compared. Its tables: %[3]s.",
			"文件称由 %[1]s 生成，该型号不在已学习的设备之列（共 %[2]d 个文件），无法比对。其量化表：%[4]s。",
			clip(r.device, 60), learned, r.tablesTitle().En, r.tablesTitle().Zh), checks.Text{En: "Nothing needs to be done.", Zh: "无需处理。"})
		return
	}
	files := 0
	for _, p := range prints {
		files += p.files
		if p.huffman == r.d.Huffman && (p.tables == r.d.Hash() || p.tables == r.d.HashTurned()) {
			return
		}
	}
	r.add("unlike_device", 0, checks.Textf(
		"The file names %[1]s, but its tables (%[2]s) are none of those in %[4]d files of that model. Many cameras choose their tables by the picture, so this alone says little.",
		"文件称由 %[1]s 生成，但其量化表（%[3]s）与该型号的 %[4]d 个文件均不相同。许多相机会按画面选择量化表，仅此不能说明问题。",
		clip(r.device, 60), r.tablesTitle().En, r.tablesTitle().Zh, files), savedNothingToDo)
}

func (r *encoderReport) tablesTitle() checks.Text {
	if r.d.Quality > 0 {
		return checks.Textf("those of the common library at quality %[1]d", "通用程序库，质量 %[1]d", r.d.Quality)
	}
	return checks.Textf("of its maker's own, hash %[1]s", "厂商自定义，散列 %[1]s", r.d.Hash())
}

// joinedList joins words; a dash stands for none.
func joinedList(words []string, between string) string {
	if len(words) == 0 {
		return "-"
	}
	return strings.Join(words, between)
}
