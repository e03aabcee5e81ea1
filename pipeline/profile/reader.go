package profile

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
	"golang.org/x/text/encoding/simplifiedchinese"
	textunicode "golang.org/x/text/encoding/unicode"

	"dossier/checks"
)

const (
	// maxFileBytes is far more than any sheet or profile needs (the longest built-in profile
	// has 20 KB) and little enough that no YAML can make the parser slow.
	maxFileBytes = 128 << 10

	// maxDepth bounds brackets in brackets: the parser's time grows with the square of it.
	// Profiles go four deep.
	maxDepth = 32

	// maxProblems is how many problems are collected: after that the file is not the kind of
	// file we took it for.
	maxProblems = 50
)

// A place is where something stands in a file.
type place struct {
	file         string
	line, column int
	source       string
}

// A reader walks one YAML file strictly and collects what is wrong with it: keys nobody knows,
// values of another type, anything YAML has beyond mappings, lists and plain values.
type reader struct {
	file     string
	lines    []string
	private  bool // an answers sheet: no value may be repeated in a problem
	problems Problems
}

// An entry is one key of a mapping with its value.
type entry struct {
	key   string
	at    place
	value ast.Node
}

// open parses data, which must hold one mapping, and returns its entries.
func (r *reader) open(data []byte) ([]entry, bool) {
	if len(data) > maxFileBytes {
		r.whole(checks.Textf("the file has %d bytes, at most %d are read", "文件有 %d 字节，最多读取 %d 字节", len(data), maxFileBytes),
			checks.Text{En: "is it the right file?", Zh: "是否选错了文件？"})
		return nil, false
	}
	text, ok := decodeText(data)
	if !ok {
		r.whole(checks.Text{En: "the file is not text in a known encoding", Zh: "文件不是可识别编码的文本"},
			checks.Text{En: "save it as UTF-8 in the editor", Zh: "请在编辑器中另存为 UTF-8 编码"})
		return nil, false
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	r.lines = strings.Split(text, "\n")
	if line := tooDeep(r.lines); line > 0 {
		r.add(r.at(line, 1), checks.Textf("more than %d brackets or dashes inside each other", "括号或短横嵌套超过 %d 层", maxDepth),
			checks.Text{En: "put the value in quotation marks", Zh: "请用引号把该值括起来"})
		return nil, false
	}
	file, err := parse(text)
	if err != nil {
		r.syntax(err)
		return nil, false
	}
	var body ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case body != nil:
			r.add(r.of(doc.Body), checks.Text{En: "a second document begins here", Zh: "此处开始了第二个文档"},
				checks.Text{En: "remove the line ---", Zh: "请删除 --- 这一行"})
			return nil, false
		default:
			body = doc.Body
		}
	}
	if body == nil {
		return nil, true
	}
	if _, ok := mapNode(body); !ok {
		if !r.slip(0) {
			r.add(r.of(body), checks.Text{En: "expected lines of the form \"name: value\"", Zh: "应为“名称: 值”形式的行"}, checks.Text{})
		}
		return nil, false
	}
	return r.mapping(body), len(r.problems) == 0
}

// parse calls the YAML parser; a panic in it is a bad file like any other.
func parse(text string) (file *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.New("the parser broke down")
		}
	}()
	return parser.ParseBytes([]byte(text), 0)
}

// decodeText turns what editors save into a string: UTF-8 with or without mark, UTF-16 with
// one, or the Chinese GB 18030 that Notepad calls ANSI.
func decodeText(data []byte) (string, bool) {
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		out, err := textunicode.UTF16(textunicode.LittleEndian, textunicode.UseBOM).NewDecoder().Bytes(data)
		return string(out), err == nil && !bytes.ContainsRune(out, utf8.RuneError) && !bytes.ContainsRune(out, 0)
	case bytes.ContainsRune(data, 0):
		return "", false
	case utf8.Valid(data):
		return string(bytes.TrimPrefix(data, []byte("\ufeff"))), true
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	return string(out), err == nil && !bytes.ContainsRune(out, utf8.RuneError)
}

var nestedDashes = regexp.MustCompile(fmt.Sprintf(`^\s*([-?]\s+){%d,}`, maxDepth))

// tooDeep returns the first line, from 1, that nests deeper than the parser should be asked to
// follow, or 0. Brackets in quotation marks are counted too: the mistake is on the safe side.
func tooDeep(lines []string) int {
	depth := 0
	for i, line := range lines {
		for _, c := range []byte(line) {
			switch c {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(depth-1, 0)
			}
			if depth > maxDepth {
				return i + 1
			}
		}
		if nestedDashes.MatchString(line) {
			return i + 1
		}
	}
	return 0
}

func (r *reader) at(line, column int) place {
	p := place{file: r.file, line: max(line, 1), column: max(column, 1)}
	if p.line <= len(r.lines) {
		p.source = r.lines[p.line-1]
		if r.private {
			p.source = withoutValue(p.source)
		}
	}
	return p
}

func (r *reader) of(n ast.Node) place {
	// A mapping's own token is its first colon; people look for its first key.
	switch m := n.(type) {
	case *ast.MappingNode:
		if len(m.Values) > 0 {
			return r.of(m.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return r.of(m.Key)
	case *ast.SequenceNode:
		if len(m.Values) > 0 && m.Start.Type != token.SequenceStartType {
			return r.of(m.Values[0])
		}
	}
	return r.ofToken(n.GetToken())
}

func (r *reader) ofToken(t *token.Token) place {
	if t == nil || t.Position == nil {
		return r.at(1, 1)
	}
	return r.at(t.Position.Line, t.Position.Column)
}

// withoutValue keeps of a line what stands before the value.
func withoutValue(line string) string {
	i := strings.IndexAny(line, ":：")
	if i < 0 {
		return ""
	}
	_, size := utf8.DecodeRuneInString(line[i:])
	key, rest := line[:i+size], line[i+size:]
	if strings.TrimSpace(rest) != "" {
		key += " …"
	}
	return key
}

func (r *reader) add(at place, message, remedy checks.Text) {
	if len(r.problems) < maxProblems {
		r.problems = append(r.problems, &Problem{File: at.file, Line: at.line, Column: at.column, Source: at.source, Message: message, Remedy: remedy})
	}
}

func (r *reader) whole(message, remedy checks.Text) {
	r.add(place{file: r.file}, message, remedy)
}

// mapping returns the entries of n, which must be a mapping or empty.
func (r *reader) mapping(n ast.Node) []entry {
	if r.empty(n) {
		return nil
	}
	m, ok := mapNode(n)
	if !ok {
		r.wrongType(n, checks.Text{En: "a mapping (lines of the form \"name: value\")", Zh: "映射（“名称: 值”形式的行）"})
		return nil
	}
	var out []entry
	for it := m.MapRange(); it.Next(); {
		key, ok := it.Key().(ast.Node)
		if !ok {
			continue
		}
		if it.Key().IsMergeKey() {
			r.notPlain(key)
			continue
		}
		text, ok := r.plain(key)
		if !ok {
			r.notPlain(key)
			continue
		}
		out = append(out, entry{key: text, at: r.of(key), value: it.Value()})
	}
	return out
}

// mapNode returns n if it is a mapping as such: anchors and aliases would pass for one too.
func mapNode(n ast.Node) (ast.MapNode, bool) {
	switch m := n.(type) {
	case *ast.MappingNode:
		return m, true
	case *ast.MappingValueNode:
		return m, true
	}
	return nil, false
}

// list returns the elements of n, which must be a list or empty.
func (r *reader) list(n ast.Node) []ast.Node {
	if r.empty(n) {
		return nil
	}
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		r.wrongType(n, checks.Text{En: "a list, for example [a, b]", Zh: "列表，例如 [a, b]"})
		return nil
	}
	return s.Values
}

// plain returns a scalar as it is written: 0101 stays 0101 and yes stays yes.
func (r *reader) plain(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.MappingKeyNode:
		return r.plain(n.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode, *ast.NullNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// empty reports whether nothing stands after the colon.
func (r *reader) empty(n ast.Node) bool {
	if n == nil {
		return true
	}
	_, null := n.(*ast.NullNode)
	return null
}

// words returns a scalar that must be there.
func (r *reader) words(n ast.Node, at place, want checks.Text) (string, bool) {
	if r.empty(n) {
		r.add(at, checks.Text{En: "nothing stands after the colon", Zh: "冒号后没有内容"}, checks.Text{En: "expected " + want.En, Zh: "应为：" + want.Zh})
		return "", false
	}
	s, ok := r.plain(n)
	if !ok {
		r.wrongType(n, want)
		return "", false
	}
	return strings.TrimSpace(s), true
}

// number returns a number that must be there, finite and not negative.
func (r *reader) number(n ast.Node, at place) (float64, bool) {
	want := checks.Text{En: "a number such as 2097152", Zh: "数字，例如 2097152"}
	s, ok := r.words(n, at, want)
	if !ok {
		return 0, false
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
		r.wrongType(n, want)
		return 0, false
	}
	return v, true
}

// boolean returns true or false; yes and no are taken too, because people write them.
func (r *reader) boolean(n ast.Node, at place) (bool, bool) {
	want := checks.Text{En: "yes or no", Zh: "yes 或 no"}
	s, ok := r.words(n, at, want)
	if !ok {
		return false, false
	}
	switch strings.ToLower(s) {
	case "true", "yes", "是":
		return true, true
	case "false", "no", "否":
		return false, true
	}
	r.wrongType(n, want)
	return false, false
}

// text returns a sentence in both languages: {en: ..., zh: ...}.
func (r *reader) text(n ast.Node, at place) checks.Text {
	var t checks.Text
	r.fields(n, at, map[string]func(entry){
		"en": func(e entry) {
			t.En, _ = r.words(e.value, e.at, checks.Text{En: "the English words", Zh: "英文文字"})
		},
		"zh": func(e entry) {
			t.Zh, _ = r.words(e.value, e.at, checks.Text{En: "the Chinese words", Zh: "中文文字"})
		},
	}, "en", "zh")
	return t
}

// fields gives every entry of the mapping n to the function of its key, as keys does. That n is
// no mapping is one problem, not also one for each key that is not there.
func (r *reader) fields(n ast.Node, at place, take map[string]func(entry), required ...string) {
	before := len(r.problems)
	entries := r.mapping(n)
	if len(entries) == 0 && len(r.problems) > before {
		return
	}
	r.keys(entries, at, take, required...)
}

// keys gives every entry to the function of its key. A key without one is a problem, and so is
// a required key that is not there.
func (r *reader) keys(entries []entry, at place, take map[string]func(entry), required ...string) {
	given := map[string]bool{}
	for _, e := range entries {
		given[e.key] = true
		if f, ok := take[e.key]; ok {
			f(e)
			continue
		}
		r.unknownKey(e, sortedKeys(take))
	}
	for _, k := range required {
		if !given[k] {
			r.add(at, checks.Textf("%[1]q is missing here", "此处缺少 %[1]q", k), checks.Text{})
		}
	}
}

func (r *reader) unknownKey(e entry, known []string) {
	r.add(e.at, checks.Textf("unknown key %[1]q", "未知的名称 %[1]q", e.key), didYouMean(e.key, known))
}

func (r *reader) wrongType(n ast.Node, want checks.Text) {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		r.notPlain(n)
		return
	}
	found := checks.Text{En: "a mapping", Zh: "映射"}
	switch n.(type) {
	case *ast.SequenceNode:
		found = checks.Text{En: "a list", Zh: "列表"}
	case ast.ScalarNode:
		found = checks.Text{En: "another value", Zh: "其他内容"}
		if s, ok := r.plain(n); ok && !r.private {
			found = checks.Textf("%[1]q", "%[1]q", s)
		}
	}
	r.add(r.of(n), checks.Text{En: "this is " + found.En, Zh: "此处是" + found.Zh}, checks.Text{En: "expected " + want.En, Zh: "应为：" + want.Zh})
}

// notPlain refuses what YAML has beyond data: anchors, aliases, tags and merges.
func (r *reader) notPlain(n ast.Node) {
	r.add(r.of(n), checks.Text{En: "a value cannot begin with this character: YAML gives it another meaning", Zh: "值不能以此字符开头：它在 YAML 中另有含义"},
		checks.Text{En: "put the value in quotation marks", Zh: "请用引号把该值括起来"})
}

var (
	fullWidthColon = regexp.MustCompile(`^\s*[A-Za-z_]+\s*：`)
	noSpaceAfter   = regexp.MustCompile(`^\s*[A-Za-z_]+:[^\s:]`)
	definedTwice   = regexp.MustCompile(`^mapping key "(.*)" already defined at \[(\d+):\d+\]$`)
)

// slip looks for the slips of the hand that make a line unreadable as YAML, in the line given
// (from 1) and its neighbours, or everywhere for 0, and reports the first.
func (r *reader) slip(line int) bool {
	for i, source := range r.lines {
		if line > 0 && (i+1 < line-1 || i+1 > line+1) {
			continue
		}
		if at := fullWidthColon.FindString(source); at != "" {
			r.add(r.at(i+1, utf8.RuneCountInString(at)), checks.Text{En: "a Chinese colon stands after the name", Zh: "名称后使用了中文冒号"},
				checks.Text{En: "write an ordinary colon and a space: \"name: value\"", Zh: "请改用英文冒号加一个空格：“名称: 值”"})
			return true
		}
		if at := noSpaceAfter.FindString(source); at != "" {
			r.add(r.at(i+1, utf8.RuneCountInString(at)), checks.Text{En: "there is no space after the colon", Zh: "冒号后缺少空格"},
				checks.Text{En: "write a space after the colon: \"name: value\"", Zh: "请在冒号后加一个空格：“名称: 值”"})
			return true
		}
	}
	return false
}

// syntax words an error of the YAML parser.
func (r *reader) syntax(err error) {
	var e yaml.Error
	if !errors.As(err, &e) {
		r.whole(checks.Text{En: "the file cannot be read as YAML", Zh: "文件无法按 YAML 读取"}, checks.Text{})
		return
	}
	at, detail := r.ofToken(e.GetToken()), e.GetMessage()
	if m := definedTwice.FindStringSubmatch(detail); m != nil {
		r.add(at, checks.Textf("%[1]q stands here a second time, first on line %[2]s", "%[1]q 重复出现，首次在第 %[2]s 行", m[1], m[2]),
			checks.Text{En: "remove one of the two", Zh: "请删除其中一处"})
		return
	}
	if r.slip(at.line) {
		return
	}
	quote := checks.Text{En: "put the value in quotation marks", Zh: "请用引号把该值括起来"}
	switch {
	case strings.Contains(detail, "found character '\t'"), strings.Contains(detail, "tab character"):
		r.add(at, checks.Text{En: "a tab stands where only spaces may", Zh: "此处使用了制表符，只能用空格"},
			checks.Text{En: "replace it with spaces", Zh: "请改为空格"})
	case strings.Contains(detail, "end character of"):
		r.add(at, checks.Text{En: "a quotation mark is opened and never closed", Zh: "引号没有成对"},
			checks.Text{En: "close it at the end of the value", Zh: "请在值的末尾补上引号"})
	case strings.Contains(detail, "mapping value is not allowed"):
		r.add(at, checks.Text{En: "a second colon in the value, or a line that is indented differently", Zh: "值中另有冒号，或此行缩进与上一行不一致"},
			checks.Text{En: "put the value in quotation marks, or start the line below the line before", Zh: "请用引号把该值括起来，或与上一行左对齐"})
	case strings.Contains(detail, "reserved character"), strings.Contains(detail, "cannot start any token"):
		r.add(at, checks.Text{En: "a value cannot begin with this character", Zh: "值不能以此字符开头"}, quote)
	case strings.Contains(detail, "unexpected key name"):
		r.add(at, checks.Text{En: "there is no colon with a space after it", Zh: "缺少冒号及其后的空格"},
			checks.Text{En: "write \"name: value\"", Zh: "请写成“名称: 值”"})
	case r.private:
		// The parser's own words may repeat what stands there.
		r.add(at, checks.Text{En: "this line cannot be read", Zh: "此行无法读取"}, quote)
	default:
		r.add(at, checks.Textf("this cannot be read as YAML: %[1]s", "此处无法按 YAML 读取：%[1]s", detail), checks.Text{})
	}
}
