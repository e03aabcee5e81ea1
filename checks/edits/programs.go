package edits

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"dossier/checks"
)

// A class says what a program that names itself in a file is for. The values are the headings of
// programs.txt.
type class string

const (
	editor       class = "editor"        // changes what a picture shows: painting, montage, correction
	retoucher    class = "retoucher"     // makes faces and photos prettier, and is used for nothing else
	layout       class = "layout"        // composes pages: office and drawing programs
	converter    class = "converter"     // develops raw pictures; most of them can retouch
	manager      class = "manager"       // sorts, transfers and corrects pictures
	scannerApp   class = "scanner app"   // photographs papers: straightens, brightens, repaints the background
	scanner      class = "scanner"       // scanners and their drivers
	pdfTool      class = "pdf tool"      // makes or takes apart PDF files
	messenger    class = "messenger"     // sends pictures on, mostly smaller
	library      class = "library"       // writes files for other programs and for servers
	viewer       class = "viewer"        // shows pictures, and saves them when they are turned
	screenshot   class = "screenshot"    // copies a screen
	metadataTool class = "metadata tool" // writes metadata and leaves the picture alone
	firmware     class = "firmware"      // the camera or phone itself
	unspecified  class = "unknown"       // a name that the table does not hold
)

// classTitles are the classes for people, fit for "the file names ...".
var classTitles = map[class]checks.Text{
	editor:       {En: "an editor", Zh: "图片编辑软件"},
	retoucher:    {En: "an app made for retouching", Zh: "美化修图软件"},
	layout:       {En: "a program that composes pages", Zh: "办公或排版软件"},
	converter:    {En: "a program that develops and corrects photos", Zh: "照片冲洗、调整软件"},
	manager:      {En: "a program that sorts and corrects photos", Zh: "照片管理、校正软件"},
	scannerApp:   {En: "a scanner app", Zh: "扫描应用"},
	scanner:      {En: "a scanner", Zh: "扫描仪"},
	pdfTool:      {En: "a program for PDF files", Zh: "PDF 处理软件"},
	messenger:    {En: "a messenger or social network", Zh: "聊天或社交软件"},
	library:      {En: "a program library, as websites and converters use", Zh: "网站或转换工具使用的程序库"},
	viewer:       {En: "a picture viewer", Zh: "看图软件"},
	screenshot:   {En: "a screenshot tool", Zh: "截图工具"},
	metadataTool: {En: "a program that writes metadata alone", Zh: "元数据工具"},
	firmware:     {En: "the camera itself", Zh: "相机或手机自带的程序"},
	unspecified:  {En: "a program Dossier does not know", Zh: "未知软件"},
}

func (c class) title() checks.Text { return classTitles[c] }

// A program is one entry of the table.
type program struct {
	name  string // as its maker writes it
	class class
	words []word
}

// A word is one way in which a program names itself.
type word struct {
	text   string // lower case
	whole  bool   // the value is this word and nothing else
	number bool   // a number follows
	mark   bool   // counts wherever it stands in a free text
}

//go:embed programs.txt
var programsText string

// programs is the table. Its form is explained in its file.
var programs = mustReadPrograms(programsText)

func mustReadPrograms(text string) []program {
	list, err := readPrograms(text)
	if err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	return list
}

func readPrograms(text string) ([]program, error) {
	var list []program
	var c class
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if line[0] == '[' {
			c = class(strings.Trim(line, "[]"))
			if _, ok := classTitles[c]; !ok {
				return nil, fmt.Errorf("programs.txt:%d: no class %q", i+1, c)
			}
			continue
		}
		name, words, ok := strings.Cut(line, "|")
		if !ok || c == "" {
			return nil, fmt.Errorf("programs.txt:%d: want: name | words, below a class", i+1)
		}
		p := program{name: strings.TrimSpace(name), class: c}
		for _, w := range strings.Split(words, ",") {
			p.words = append(p.words, readWord(strings.ToLower(strings.TrimSpace(w))))
		}
		list = append(list, p)
	}
	return list, nil
}

func readWord(s string) word {
	w := word{text: s, mark: strings.HasPrefix(s, `"`)}
	w.text, w.whole = strings.CutPrefix(w.text, "=")
	w.text, w.number = strings.CutSuffix(w.text, "#")
	return w
}

// longestName bounds what is looked at of a value: the longest names with version and system have about 60 runes.
const longestName = 200

// identify returns the program that s, the value of a field for programs, names. Of several that
// fit, the one that begins first wins, and of those the longest: so "photoshop lightroom" is not
// "photoshop". Firmware counts only where nothing else fits: versions stand beside any name.
func identify(s string) (program, bool) {
	p, at := find(s, false)
	return p, at >= 0
}

// find returns the program that s names and where its name begins, or -1. In a free text, the
// words that are a program's name only by what stands around them do not count: "photos 2015".
func find(s string, free bool) (best program, at int) {
	s = strings.ToLower(strings.TrimSpace(cut(s, longestName)))
	at = -1
	length := 0
	for _, p := range programs {
		for _, w := range p.words {
			if free && (w.whole || w.number && strings.HasSuffix(w.text, " ")) {
				continue
			}
			i := w.in(s)
			if i < 0 {
				continue
			}
			better := at < 0 || i < at || i == at && len(w.text) > length
			if (p.class == firmware) != (best.class == firmware) && at >= 0 {
				better = best.class == firmware
			}
			if better {
				best, at, length = p, i, len(w.text)
			}
		}
	}
	return best, at
}

// in returns where the word stands in s, which is in lower case, or -1.
//
// It must stand by itself and not as a part of a longer word ("wps" in "shewps"). A version
// number may follow directly ("snapseed2"). Chinese has no gaps between words.
func (w word) in(s string) int {
	if w.whole {
		if s == w.text {
			return 0
		}
		return -1
	}
	first, _ := utf8.DecodeRuneInString(w.text)
	last, _ := utf8.DecodeLastRuneInString(w.text)
	for from := 0; ; {
		i := strings.Index(s[from:], w.text)
		if i < 0 {
			return -1
		}
		i += from
		rest := s[i+len(w.text):]
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		after, _ := utf8.DecodeRuneInString(rest)
		opens := i == 0 || !inWord(first) || !inWord(before) && !unicode.IsDigit(before)
		closes := rest == "" || !inWord(last) && !unicode.IsDigit(last) || !inWord(after)
		if unicode.IsDigit(last) && unicode.IsDigit(after) {
			closes = false // "b612" is not in "b6123"
		}
		if w.number {
			closes = rest != "" && unicode.IsDigit(after)
		}
		if opens && closes {
			return i
		}
		from = i + 1
	}
}

// inWord reports whether r joins with its neighbours to a word: a letter, but not an ideograph.
func inWord(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Han, r) }

// opensWith are the words after which a free text names the program that wrote the file.
var opensWith = []string{
	"created with", "created by", "created in", "created using", "made with", "made by", "edited with", "edited by", "edited in", "edited using",
	"processed with", "processed by", "saved with", "saved by", "written by", "generated by", "generated with", "exported from",
	"scanned by", "scanned with", "optimized by", "compressed by", "creator:", "software:", "由", "来自", "使用",
}

// identifyIn looks for a program in a free text such as a description, which may mention one
// without having been written by it: only a name at its beginning or right behind "created
// with" and the like counts, and the marks of programs that write records of their own.
func identifyIn(s string) (program, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, p := range programs {
		for _, w := range p.words {
			if w.mark && strings.Contains(s, w.text) {
				return p, true
			}
		}
	}
	if p, at := find(s, true); at == 0 {
		return p, true
	}
	const near = 48 // runes: room for the maker's name before the program's
	for _, opening := range opensWith {
		if i := strings.Index(s, opening); i >= 0 {
			if p, at := find(cut(s[i+len(opening):], near), true); at >= 0 && p.class != firmware {
				return p, true
			}
		}
	}
	return program{}, false
}

// cut returns the first runes of s.
func cut(s string, runes int) string {
	for i := range s {
		if runes == 0 {
			return s[:i]
		}
		runes--
	}
	return s
}
