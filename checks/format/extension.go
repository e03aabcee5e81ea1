package format

import (
	"context"
	_ "embed"
	"path"
	"slices"
	"strings"
	"unicode"

	"dossier/checks"
	"dossier/checks/picture/decode"
)

//go:embed extension.md
var extensionDoc string

// Extension compares a name's extension with the content, and with what the form lets people
// choose in its file dialog.
var Extension = &checks.Check{
	ID:      "format/extension",
	Version: 1,
	Title:   checks.Text{En: "the name's extension fits the content", Zh: "扩展名与内容一致"},
	Doc:     extensionDoc,
	Choices: []checks.Choice{{
		Name: "extensions", Default: []string{"jpg", "jpeg", "bmp", "gif"},
		Reason: "the extensions the upload form of September 2014 takes (rule S21)",
	}},
	Codes: []checks.Code{
		{Code: "extension_mismatch", Title: checks.Text{En: "the extension names another format than the content", Zh: "扩展名与文件内容不符"}},
		{Code: "extension_missing", Title: checks.Text{En: "the name has no extension", Zh: "文件名没有扩展名"}},
		{Code: "extension_not_accepted", Title: checks.Text{En: "an extension the form does not take, on content it takes", Zh: "内容可接受，但扩展名不被接受"}},
		{Code: "extension_unclean", Title: checks.Text{En: "spaces, full-width or invisible characters in the extension", Zh: "扩展名中含空格、全角或不可见字符"}},
		{Code: "extension_double", Title: checks.Text{En: "two extensions one after the other", Zh: "文件名带有两个扩展名"}},
	},
	Run: runExtension,
}

func runExtension(_ context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	if err := s.OnePage(); err != nil {
		return checks.Observation{}, err
	}
	format := decode.Sniff(s.Data)
	n := parseName(s.Name)
	accepted := settings.Words("extensions")
	better := n.better(format, accepted)
	rename := checks.Textf("Rename the file to %q and submit it under that name.", "将文件改名为 %q 后再提交。", show(better))
	title := format.Title()

	var findings []checks.Finding
	add := func(code string, message, remedy checks.Text) {
		findings = append(findings, checks.Finding{Code: code, Message: message, Remedy: remedy})
	}
	belongs := acceptedExtension(format, accepted)
	if better == "" || belongs == "" {
		// A new name cannot make it acceptable: what can is said by format/content.
		rename = checks.Text{
			En: "Do not just rename it: turn it into a JPEG picture first, or ask the client for one.",
			Zh: "仅改名没有用：请先转换成 JPEG 图片，或请客户重新提供图片。",
		}
	}
	switch {
	case n.extension == "" && n.unclean == "":
		add("extension_missing", checks.Textf("The name %q has no extension; the upload form takes %s only.",
			"文件名 %q 没有扩展名；上传页面只接受 %s。", show(s.Name), list(dotted(accepted), ", ")), rename)
	case n.unclean != "":
		add("extension_unclean", checks.Textf("The ending of the name %[1]q is not written plainly: it holds %[2]s.",
			"文件名 %[1]q 的结尾写法不规范：含有%[3]s。", show(s.Name), uncleanWords[n.unclean].En, uncleanWords[n.unclean].Zh), rename)
	}
	if n.extension == "" || len(s.Data) == 0 || format == decode.Unknown {
		return checks.Observation{Findings: findings}, nil // nothing to compare
	}
	own := slices.Contains(format.Extensions(), "."+n.extension)
	switch {
	case !own:
		add("extension_mismatch", checks.Textf("The file is named .%[1]s, but its content is %[2]s.",
			"文件扩展名为 .%[1]s，但内容是%[3]s。", show(n.extension), title.En, title.Zh), rename)
	case belongs != "" && !slices.Contains(accepted, n.extension):
		add("extension_not_accepted", checks.Textf("The content is %[2]s, which is accepted, but the upload form does not take the extension .%[1]s.",
			"内容是%[3]s，可以接受，但上传页面不接受扩展名 .%[1]s。", show(n.extension), title.En, title.Zh), rename)
	}
	if n.second != "" {
		add("extension_double", checks.Textf("The name %q carries two extensions, .%s and .%s.",
			"文件名 %q 带有两个扩展名：.%s 和 .%s。", show(s.Name), show(n.second), show(n.extension)), rename)
	}
	return checks.Observation{Findings: findings}, nil
}

// acceptedExtension returns the first extension of the format that is accepted, without its
// dot; empty if there is none.
func acceptedExtension(f decode.Format, accepted []string) string {
	for _, e := range f.Extensions() {
		if e = strings.TrimPrefix(e, "."); slices.Contains(accepted, e) {
			return e
		}
	}
	return ""
}

func dotted(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = "." + w
	}
	return out
}

// A name is a received file name taken apart. Folders are cut off first.
type name struct {
	stem      string // without the extensions
	extension string // lower case, without its dot; empty if there is none
	second    string // a known extension that stands before the last one
	unclean   string // a key of uncleanWords
}

var uncleanWords = map[string]checks.Text{
	"space":     {En: "a space or a dot at the end", Zh: "末尾的空格或点"},
	"fullwidth": {En: "full-width characters, such as a Chinese full stop in place of the dot", Zh: "全角字符（例如用“。”代替了“.”）"},
	"invisible": {En: "invisible characters", Zh: "不可见字符"},
}

func parseName(received string) name {
	base := path.Base(strings.ReplaceAll(received, `\`, "/"))
	if base == "." || base == "/" {
		return name{}
	}
	raw := []rune(strings.ToValidUTF8(base, "\uFFFD"))
	visible := slices.DeleteFunc(slices.Clone(raw), invisible)
	plain := make([]rune, len(visible))
	for i, r := range visible {
		plain[i] = narrow(r)
	}
	end := len(plain)
	for end > 0 && (plain[end-1] == '.' || unicode.IsSpace(plain[end-1])) {
		end--
	}
	ext := []rune(extensionOf(string(plain[:end])))
	n := name{stem: string(visible[:end-len(ext)])}
	if len(ext) == 0 {
		return n
	}
	n.extension = strings.ToLower(strings.TrimSpace(string(ext[1:])))
	tail := len(plain) - end + len(ext) // runes from the dot on
	switch {
	case slices.ContainsFunc(raw, turnsText), !slices.Equal(raw[len(raw)-tail:], visible[len(visible)-tail:]):
		n.unclean = "invisible"
	case !slices.Equal(visible[len(visible)-tail:], plain[len(plain)-tail:]):
		n.unclean = "fullwidth"
	case end < len(plain), slices.ContainsFunc(ext, unicode.IsSpace):
		n.unclean = "space"
	}
	if before := strings.TrimPrefix(extensionOf(n.stem), "."); before != "" && knownExtension(strings.ToLower(before)) {
		n.second = strings.ToLower(before)
		n.stem = n.stem[:len(n.stem)-len(before)-1]
	}
	return n
}

// invisible characters take no room: joiners, marks of direction, control characters.
func invisible(r rune) bool { return unicode.Is(unicode.Cf, r) || unicode.IsControl(r) }

// turnsText reports whether r makes what follows run the other way, with which a name can be
// made to look as if it ended in another extension.
func turnsText(r rune) bool { return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' }

// narrow turns the full-width forms of ASCII characters, and the Chinese full stop that an
// input method puts in place of the dot, into what was meant.
func narrow(r rune) rune {
	switch {
	case r == '。' || r == '｡':
		return '.'
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	}
	return r
}

// extensionOf is what follows the last dot, the dot included. A name that begins with its only
// dot has none, and neither has one where no extension would have so many characters: the part
// behind "No." in a sentence is not one.
func extensionOf(s string) string {
	const longest = 12 // the longest in use for documents are of 4 or 5
	i := strings.LastIndexByte(s, '.')
	if i <= 0 || i == len(s)-1 || len(s)-i > longest {
		return ""
	}
	return s[i:]
}

// knownExtension reports whether some format goes by ext: only such a word before the last dot
// makes a second extension, for "scan.v2.jpg" has one.
func knownExtension(ext string) bool {
	return slices.ContainsFunc(knownFormats, func(f decode.Format) bool {
		return slices.Contains(f.Extensions(), "."+ext)
	})
}

var knownFormats = []decode.Format{
	decode.JPEG, decode.BMP, decode.GIF, decode.PNG, decode.WebP, decode.TIFF, decode.HEIC, decode.AVIF, decode.PSD,
	decode.SVG, decode.PDF, decode.OFD, decode.Office, decode.RTF, decode.HTML, decode.Text, decode.ZIP, decode.RAR,
	decode.SevenZip, decode.MP4, decode.Executable, decode.Shortcut,
}

// better returns the name the file should have, or "" if no name makes it acceptable.
func (n name) better(f decode.Format, accepted []string) string {
	ext := acceptedExtension(f, accepted)
	if ext == "" {
		return ""
	}
	if slices.Contains(f.Extensions(), "."+n.extension) && slices.Contains(accepted, n.extension) {
		ext = n.extension // .jpeg may stay .jpeg
	}
	stem := n.stem
	if stem == "" {
		stem = "document"
	}
	return stem + "." + ext
}
