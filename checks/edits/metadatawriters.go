package edits

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"dossier/checks"
	"dossier/checks/picture/metadata"
)

// A writer is a program that a field names.
type writer struct {
	program
	field string // for people: "EXIF Software"
	value string // as written, or the part of it that names the program
	date  metadata.Date
}

// findWriters lists the programs the file names, the last that wrote the picture first. Each program
// is listed once; names that are firmware's are left out.
//
// Which was the last: programs that know XMP (Adobe's) put their name into the history and the EXIF
// tag alike, others into the tag alone. So the tag is the later word, unless the
// history's date is later than the tag's. CreatorTool is the program that made the document, and
// the last one only where nothing later is named.
func findWriters(m *metadata.Metadata) []writer {
	camera := m.Value(metadata.EXIF, "Make") != "" || m.Value(metadata.EXIF, "Model") != ""
	var list []writer
	add := func(field, value string, date metadata.Date, known bool, p program) {
		value = strings.TrimSpace(value)
		if value == "" || p.class == firmware || p.class == scanner || p.class == metadataTool {
			return
		}
		if !known {
			// Beside a camera's name, an unknown program is the camera's own.
			if camera || !looksLikeName(value) {
				return
			}
			p = program{name: shorten(value), class: unspecified}
		}
		list = append(list, writer{program: p, field: field, value: shorten(value), date: date})
	}
	whole := func(source metadata.Source, name, field string, date metadata.Date) {
		v := m.Value(source, name)
		p, known := identify(v)
		add(field, v, date, known, p)
	}

	exifDate, _ := m.Date(metadata.EXIF, "DateTime")
	xmpDate, _ := m.Date(metadata.XMP, "ModifyDate")
	whole(metadata.EXIF, "Software", "EXIF Software", exifDate)
	whole(metadata.EXIF, "ImageEditingSoftware", "EXIF ImageEditingSoftware", exifDate)
	whole(metadata.EXIF, "ProcessingSoftware", "EXIF ProcessingSoftware", exifDate)
	tags := len(list)
	for i := len(m.History) - 1; i >= 0; i-- {
		h := m.History[i]
		if h.Agent == "" {
			continue
		}
		p, known := identify(h.Agent)
		add("XMP History", h.Agent, metadata.ParseDate(metadata.XMP, "History/when", h.When), known, p)
	}
	history := len(list)
	whole(metadata.XMP, "CreatorTool", "XMP CreatorTool", xmpDate)
	creator := len(list)
	whole(metadata.EXIF, "RAWDevelopingSoftware", "EXIF RAWDevelopingSoftware", metadata.Date{})
	whole(metadata.XMP, "Software", "XMP tiff:Software", metadata.Date{})
	whole(metadata.XMP, "Producer", "XMP pdf:Producer", metadata.Date{})
	whole(metadata.IPTC, "OriginatingProgram", "IPTC OriginatingProgram", metadata.Date{})
	for _, f := range m.Fields {
		switch {
		case f.Source == metadata.GIFApp:
			p, known := identify(f.Value)
			add("GIF application", f.Value, metadata.Date{}, known, p)
		case f.Source == metadata.Comment,
			f.Source == metadata.EXIF && (f.Name == "UserComment" || f.Name == "ImageDescription" || f.Name == "XPComment"):
			if p, known := identifyIn(f.Value); known {
				field := "EXIF " + f.Name
				if f.Source == metadata.Comment {
					field = "comment"
				}
				// A free text may hold anything, a person's name too: only the program is repeated.
				add(field, p.name, metadata.Date{}, true, p)
			}
		}
	}

	// Put the last writer first.
	last := 0
	if tags == 0 && creator > history && history > 0 && later(list[history], list[0]) {
		last = history // the document's program saved it once more after the last step of the history
	} else if tags > 0 && history > tags && later(list[tags], list[0]) {
		last = tags
	}
	if last > 0 {
		w := list[last]
		copy(list[1:last+1], list[:last])
		list[0] = w
	}
	return distinct(list)
}

// later reports whether a's date is clearly later than b's.
func later(a, b writer) bool {
	if a.date.Time.IsZero() || b.date.Time.IsZero() {
		return false
	}
	at, bt := a.date.Time, b.date.Time
	if !a.date.HasZone || !b.date.HasZone {
		at, bt = clock(at), clock(bt)
	}
	return at.Sub(bt) > time.Minute // the parts of one file are written within a minute
}

// clock is the reading of the clock on the wall, as if it were UTC.
func clock(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

func distinct(list []writer) []writer {
	seen := map[string]bool{}
	var out []writer
	for _, w := range list {
		if !seen[w.name] {
			seen[w.name] = true
			out = append(out, w)
		}
	}
	return out
}

// looksLikeName tells a program's name from a version number or rubbish: three letters at least.
func looksLikeName(s string) bool {
	letters := 0
	for _, r := range s {
		if r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r > 0x2E80 {
			letters++
		}
	}
	return letters >= 3
}

// shorten keeps a value fit for a sentence.
func shorten(s string) string {
	const most = 60 // the longest names of programs, with version and system, have about 50
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

// codeOf is the code by which a class is reported.
var codeOf = map[class]string{
	editor: "editor_named", retoucher: "retoucher_named", layout: "layout_named",
	converter: "photo_program_named", manager: "photo_program_named", viewer: "photo_program_named",
	scannerApp: "scanner_app_named", messenger: "messenger_named", library: "library_named",
	screenshot: "screenshot_named", unspecified: "unknown_program_named",
}

// weightOf is how much a class weighs as suspicion: nothing unless the profile makes it more than a note.
var weightOf = map[class]float64{retoucher: 0.5, layout: 0.5, screenshot: 0.3, editor: 0.4}

// named reports the last writer, and of the earlier ones those that can change what a picture shows.
func (e *examination) named() {
	for i, w := range e.writers {
		changes := w.class == editor || w.class == retoucher || w.class == layout || w.class == screenshot
		if i > 0 && (!changes || e.has(codeOf[w.class])) {
			continue
		}
		t := w.class.title()
		when := checks.Text{}
		if i == 0 && !w.date.Time.IsZero() {
			d := day(w.date.Time)
			when = checks.Textf(", %[1]s", "，%[2]s", d.En, d.Zh)
		}
		var message checks.Text
		if i == 0 {
			message = checks.Textf("The file names %[1]s as the last program that wrote it: %[3]s (%[4]s: “%[5]s”%[6]s).",
				"文件记录的最后保存软件为%[2]s：%[3]s（%[4]s：“%[5]s”%[7]s）。", t.En, t.Zh, w.name, w.field, w.value, when.En, when.Zh)
			if earlier := names(e.writers[1:]); len(earlier) > 0 {
				message.En += " Before it: " + join(earlier, ", ") + "."
				message.Zh += "此前还有：" + join(earlier, "、") + "。"
			}
		} else {
			message = checks.Textf("The file names %[1]s among the earlier programs that wrote it: %[3]s (%[4]s: “%[5]s”).",
				"文件记录的较早保存软件中有%[2]s：%[3]s（%[4]s：“%[5]s”）。", t.En, t.Zh, w.name, w.field, w.value)
		}
		e.find(codeOf[w.class], weightOf[w.class], message, remedyOf(w.class))
	}
}

func remedyOf(c class) checks.Text {
	switch c {
	case editor, unspecified:
		return checks.Text{
			En: "Compare the picture with the paper. The name alone says only that the picture was saved there; if the client has the original, ask for it.",
			Zh: "请与原件核对。软件名称只说明图片曾由其保存；如客户有原图，请索取原图。",
		}
	case retoucher:
		return checks.Text{
			En: "Ask the client for the picture as the phone took it, without beauty filters; the platform takes no retouched picture.",
			Zh: "请客户提供手机直接拍摄、未经美颜或修饰的原图；平台不接受修改过的照片。",
		}
	case layout:
		return checks.Text{
			En: "Ask the client for the scan or photo itself, not for a page on which it was placed.",
			Zh: "请客户提供扫描件或照片原文件，而不是排版后的页面。",
		}
	case screenshot:
		return checks.Text{
			En: "Ask the client for the picture itself instead of a copy of a screen.",
			Zh: "请客户提供原图，而不是屏幕截图。",
		}
	}
	return checks.Text{
		En: "Nothing needs to be done: such programs save pictures anew without changing what they show.",
		Zh: "无需处理：此类软件只是重新保存图片，不改变内容。",
	}
}

func names(list []writer) []string {
	var out []string
	for _, w := range list {
		out = append(out, w.name)
	}
	return out
}

func join(words []string, between string) string { return strings.Join(words, between) }

// day writes a time as people say it, as the clock showed it.
func day(t time.Time) checks.Text {
	return checks.Text{
		En: t.Format("2 January 2006, 15:04"),
		Zh: fmt.Sprintf("%d年%d月%d日 %02d:%02d", t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute()),
	}
}
