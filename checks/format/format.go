// Package format holds the checks of the file itself, before anybody looks at what the picture
// shows: whether the upload form will take it, and whether it is whole.
//
// What lives here: one check a file, with its document beside it, and the few words they share.
// What must not: decoding (checks/picture/decode does it) and anything that looks at content.
package format

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"dossier/checks"
	"dossier/checks/picture/decode"
)

// Checks lists the family in the order a clerk would ask: what is it, is it whole, does it fit.
func Checks() []*checks.Check {
	return []*checks.Check{Content, Extension, Decode, Size, Pixels, Animation, TrailingData}
}

// notPicture is the reason for which a check of pictures is not made on something else.
func notPicture(f decode.Format) error {
	t := f.Title()
	return checks.Skip(checks.Text{En: "the file is " + t.En + ", not a picture of which this could be measured", Zh: "该文件是" + t.Zh + "，无法作为图片测量"})
}

func empty() error {
	return checks.Skip(checks.Text{En: "the file is empty", Zh: "文件为空"})
}

// tooLong is the reason for which the end of a file could not be looked at.
func tooLong() error {
	return checks.Skip(checks.Text{
		En: fmt.Sprintf("the file is longer than the %s that are looked at", fileSize(checks.MaxSubjectBytes)),
		Zh: fmt.Sprintf("文件超过可检查的长度（%s）", fileSize(checks.MaxSubjectBytes)),
	})
}

// shrink is the remedy that a command of ours provides.
func shrink(s *checks.Subject) checks.Text {
	n := show(s.Name)
	return checks.Textf(
		"Run dossier shrink %[1]q, which writes a JPEG copy that meets the limits, and submit that copy.",
		"运行 dossier shrink %[1]q，生成符合要求的 JPEG 副本，然后提交该副本。", n)
}

// resend asks for the original once more.
var resend = checks.Text{
	En: "Ask the client to send the original file again, best by email or as a file (not as a chat picture), and open it once before submitting.",
	Zh: "请客户重新发送原始文件（最好用邮件，或以“文件”方式而非聊天图片发送），提交前先打开看一遍。",
}

// show makes a received name fit for a sentence: control and invisible characters become a
// visible mark, and a very long name keeps its beginning and its end.
func show(name string) string {
	name = strings.ToValidUTF8(name, "\uFFFD")
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, name)
	const most = 80 // a line of a report
	if utf8.RuneCountInString(name) > most {
		r := []rune(name)
		name = string(r[:most/2]) + "…" + string(r[len(r)-most/2:])
	}
	return name
}

// count writes n with a comma after every three digits: 2,097,152.
func count[T int | int64](n T) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// fileSize writes a number of bytes as people know it from their file manager, in MiB and KiB
// named MB and KB, which is what Windows shows.
func fileSize(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.2f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d B", n)
}

// list joins words as a sentence does.
func list(words []string, and string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + and + words[len(words)-1]
}
