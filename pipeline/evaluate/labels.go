package evaluate

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/decode"
)

// A Label is what a file is.
type Label string

// Labels. The last two are the negatives.
const (
	Altered   Label = "altered"   // pixels were changed after the camera or scanner
	Honest    Label = "honest"    // saved again, sent, resized, turned: the document is unchanged
	Untouched Label = "untouched" // as its device wrote it
)

// Halves of a set.
const (
	Calibrate = "calibrate"
	Report    = "report"
)

// An Entry is one labelled file.
type Entry struct {
	Line   int         `json:"-"`
	Path   string      `json:"path"` // as written in the list; relative to it
	Label  Label       `json:"label"`
	Type   string      `json:"type"`            // of alteration or of honest change; may be empty
	Mask   string      `json:"mask,omitempty"`  // PNG of the upright picture's size, not black where altered
	Source string      `json:"source"`          // files of one source are never split; empty: the file's own name
	Half   string      `json:"half"`            // empty: by the rule of HalfOf on the source
	Chain  string      `json:"chain,omitempty"` // what happened to the file before and after
	Kind   checks.Kind `json:"kind,omitempty"`  // of document

	File     string `json:"-"` // where the file is
	MaskFile string `json:"-"`
}

// HalfOf is the rule by which sources are split: even first byte of the SHA-256 of the base name
// to calibrate on, odd to report.
func HalfOf(source string) string {
	if sha256.Sum256([]byte(filepath.Base(source)))[0]%2 == 0 {
		return Calibrate
	}
	return Report
}

// A LabelError says what is wrong with a list of labels, and where.
type LabelError struct {
	List     string
	Problems []LineProblem // at most maxProblems
	More     int           // problems beyond those
}

// A LineProblem is one thing wrong with one line.
type LineProblem struct {
	Line int
	What checks.Text
}

// maxProblems is how many problems are listed: the first few show the pattern.
const maxProblems = 10

func (e *LabelError) Error() string {
	return e.In("en")
}

// In words the error in a language.
func (e *LabelError) In(lang string) string {
	var b strings.Builder
	b.WriteString(checks.Textf("the list of labels %s cannot be used", "标签列表 %s 无法使用", e.List).In(lang))
	for _, p := range e.Problems {
		b.WriteString("\n  " + checks.Textf("line %[1]d: %[2]s", "第 %[1]d 行：%[3]s", p.Line, p.What.En, p.What.Zh).In(lang))
	}
	if e.More > 0 {
		b.WriteString("\n  " + checks.Textf("and %d more", "另有 %d 处", e.More).In(lang))
	}
	return b.String()
}

func (e *LabelError) add(line int, what checks.Text) {
	if len(e.Problems) >= maxProblems {
		e.More++
		return
	}
	e.Problems = append(e.Problems, LineProblem{line, what})
}

// A List is a read list of labels.
type List struct {
	Name    string // base name of the file
	SHA256  string // of its bytes
	Entries []Entry
}

// maxList bounds a list: 64 MiB is some hundred thousand lines.
const maxList = 64 << 20

// ReadLabels reads a list: JSON lines, or CSV with a header that names the columns path, label,
// type and mask, and may name source, half, chain and kind; further columns and members are
// ignored. The error is a *LabelError for what is wrong with the lines.
func ReadLabels(path string) (*List, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxList+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxList {
		return nil, &checks.LimitError{What: "list of labels", Value: int64(len(data)), Limit: maxList, Unit: "bytes"}
	}
	sum := sha256.Sum256(data)
	list := &List{Name: filepath.Base(path), SHA256: hex.EncodeToString(sum[:])}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	bad := &LabelError{List: path}
	if trimmed := bytes.TrimLeft(data, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '{' {
		list.Entries = readLines(data, bad)
	} else {
		list.Entries = readCSV(data, bad)
	}
	seen := map[string]int{}
	dir := filepath.Dir(path)
	for i := range list.Entries {
		e := &list.Entries[i]
		e.complete(dir, bad)
		if first := seen[e.File]; first > 0 && e.Path != "" {
			bad.add(e.Line, checks.Textf("%[1]s stands on line %[2]d already", "%[1]s 在第 %[2]d 行已出现", e.Path, first))
		}
		seen[e.File] = e.Line
	}
	if len(list.Entries) == 0 && len(bad.Problems) == 0 {
		bad.add(1, checks.Text{En: "there are no labels", Zh: "没有任何标签"})
	}
	if len(bad.Problems) > 0 {
		return nil, bad
	}
	return list, nil
}

func readLines(data []byte, bad *LabelError) (out []Entry) {
	s := bufio.NewScanner(bytes.NewReader(data))
	s.Buffer(nil, 1<<20)
	line := 0
	for s.Scan() {
		line++
		text := bytes.TrimSpace(s.Bytes())
		if len(text) == 0 {
			continue
		}
		var e Entry
		if err := json.Unmarshal(text, &e); err != nil {
			bad.add(line, checks.Textf("not a JSON object of the right form: %[1]v", "不是正确的 JSON 对象：%[1]v", err))
			continue
		}
		e.Line = line
		out = append(out, e)
	}
	if err := s.Err(); err != nil {
		bad.add(line+1, checks.Text{En: err.Error(), Zh: err.Error()})
	}
	return out
}

func readCSV(data []byte, bad *LabelError) (out []Entry) {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	r.TrimLeadingSpace = true
	header, err := r.Read()
	if err != nil {
		bad.add(1, checks.Textf("no header: %[1]v", "没有表头：%[1]v", err))
		return nil
	}
	column := map[string]int{}
	for i, name := range header {
		column[strings.ToLower(strings.TrimSpace(name))] = i
	}
	for _, name := range []string{"path", "label"} {
		if _, ok := column[name]; !ok {
			bad.add(1, checks.Textf("the header names no column %q", "表头缺少 %q 列", name))
		}
	}
	if len(bad.Problems) > 0 {
		return nil
	}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			line := 1
			var syntax *csv.ParseError
			if errors.As(err, &syntax) {
				line = syntax.Line
			}
			bad.add(line, checks.Textf("not CSV: %[1]v", "不是有效的 CSV：%[1]v", err))
			return out
		}
		line, _ := r.FieldPos(0)
		get := func(name string) string {
			if i, ok := column[name]; ok && i < len(record) {
				return strings.TrimSpace(record[i])
			}
			return ""
		}
		out = append(out, Entry{Line: line, Path: get("path"), Label: Label(get("label")), Type: get("type"), Mask: get("mask"),
			Source: get("source"), Half: get("half"), Chain: get("chain"), Kind: checks.Kind(get("kind"))})
	}
}

// complete fills in what may be left out and refuses what is wrong.
func (e *Entry) complete(dir string, bad *LabelError) {
	if e.Path == "" {
		bad.add(e.Line, checks.Text{En: "no path", Zh: "缺少路径"})
		return
	}
	place := func(p string) string {
		if p == "" || filepath.IsAbs(p) {
			return p
		}
		return filepath.Join(dir, filepath.FromSlash(p))
	}
	e.File, e.MaskFile = place(e.Path), place(e.Mask)
	switch e.Label {
	case Altered, Honest, Untouched:
	default:
		bad.add(e.Line, checks.Textf("there is no label %[1]q; the labels are altered, honest and untouched",
			"没有 %[1]q 这种标签；可用的标签为 altered、honest、untouched", string(e.Label)))
	}
	if e.Label != Altered && e.Mask != "" && e.Label != "" {
		bad.add(e.Line, checks.Textf("a mask of what was altered, but the label is %[1]q", "标签为 %[1]q，却给出了改动区域的掩膜", string(e.Label)))
	}
	if e.Source == "" {
		e.Source = filepath.Base(filepath.FromSlash(e.Path))
	}
	switch e.Half {
	case "":
		e.Half = HalfOf(e.Source)
	case Calibrate, Report:
	default:
		bad.add(e.Line, checks.Textf("there is no half %[1]q; the halves are calibrate and report", "没有 %[1]q 这一半；可用 calibrate 与 report", e.Half))
	}
	if e.Kind == "" {
		e.Kind = checks.Unknown
	}
	if !slices.Contains(checks.Kinds(), e.Kind) {
		bad.add(e.Line, checks.Textf("there is no kind of document %[1]q", "没有 %[1]q 这种文件", string(e.Kind)))
	}
	if e.Type == "" {
		e.Type = string(e.Label)
	}
}

// Verify looks at every file and mask before the long work begins. The error is a *LabelError.
func (l *List) Verify() error {
	bad := &LabelError{List: l.Name}
	for _, e := range l.Entries {
		if info, err := os.Stat(e.File); err != nil || !info.Mode().IsRegular() {
			bad.add(e.Line, checks.Textf("there is no file %[1]s", "找不到文件 %[1]s", e.File))
			continue
		}
		if e.Mask == "" {
			continue
		}
		if what, ok := maskFits(e); !ok {
			bad.add(e.Line, what)
		}
	}
	// One source in both halves would let what was tuned on be reported.
	half := map[string]Entry{}
	for _, e := range l.Entries {
		if first, ok := half[e.Source]; ok && first.Half != e.Half {
			bad.add(e.Line, checks.Textf("source %[1]s is in the half %[2]s here and in %[3]s on line %[4]d",
				"来源 %[1]s 在此处属于 %[2]s，而在第 %[4]d 行属于 %[3]s", e.Source, e.Half, first.Half, first.Line))
			continue
		}
		half[e.Source] = e
	}
	if len(bad.Problems) > 0 {
		return bad
	}
	return nil
}

func maskFits(e Entry) (checks.Text, bool) {
	f, err := os.Open(e.MaskFile)
	if err != nil {
		return checks.Textf("there is no mask %[1]s", "找不到掩膜 %[1]s", e.MaskFile), false
	}
	defer f.Close()
	mask, err := png.DecodeConfig(bufio.NewReader(f))
	if err != nil {
		return checks.Textf("the mask %[1]s is not a PNG file", "掩膜 %[1]s 不是 PNG 文件", e.MaskFile), false
	}
	data, err := os.ReadFile(e.File)
	if err != nil {
		return checks.Textf("%[1]s cannot be read", "无法读取 %[1]s", e.File), false
	}
	h, err := decode.ReadHeader(data)
	if err != nil {
		return checks.Textf("%[1]s is not a picture that can be read", "%[1]s 不是可读取的图片", e.File), false
	}
	if w, ht := h.Upright(); w != mask.Width || ht != mask.Height {
		return checks.Textf("the mask is %[1]d x %[2]d pixels, the upright picture %[3]d x %[4]d",
			"掩膜为 %[1]d×%[2]d 像素，而转正后的图片为 %[3]d×%[4]d", mask.Width, mask.Height, w, ht), false
	}
	return checks.Text{}, true
}
