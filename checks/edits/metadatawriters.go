package edits

import (
	"fmt"
	"slices"
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

// findWriters lists the programs the file names, the last that wrote the picture first, each once.
// Names of firmware and of scanners, and programs that touch metadata alone, are left out.
//
// Which was the last: programs that know XMP's history (Adobe's above all) put their name into the
// EXIF tag as well, others into the tag alone, so the tag is the later word. Without one it is the
// agent of the history's last step, unless CreatorTool has saved the file after that; then
// what names no time.
func findWriters(m *metadata.Metadata) []writer {
	c := writerCollector{m: m, camera: m.Value(metadata.EXIF, "Make") != "" || m.Value(metadata.EXIF, "Model") != ""}
	exifDate, _ := m.Date(metadata.EXIF, "DateTime")
	xmpDate, _ := m.Date(metadata.XMP, "ModifyDate")

	c.field(metadata.EXIF, "Software", "EXIF Software", exifDate)
	c.field(metadata.EXIF, "ImageEditingSoftware", "EXIF ImageEditingSoftware", exifDate)
	c.field(metadata.EXIF, "ProcessingSoftware", "EXIF ProcessingSoftware", exifDate)
	tags := len(c.list)
	for i := len(m.History) - 1; i >= 0; i-- {
		h := m.History[i]
		c.add("XMP xmpMM:History", h.Agent, metadata.ParseDate(metadata.XMP, "History/when", h.When))
	}
	history := len(c.list)
	c.field(metadata.XMP, "CreatorTool", "XMP CreatorTool", xmpDate)
	if tags == 0 && len(c.list) > history && history > 0 && later(c.list[history], c.list[0]) {
		c.list = append([]writer{c.list[history]}, c.list[:history]...)
	}

	none := metadata.Date{}
	c.field(metadata.EXIF, "RAWDevelopingSoftware", "EXIF RAWDevelopingSoftware", none)
	c.field(metadata.XMP, "Software", "XMP tiff:Software", none)
	c.field(metadata.Photoshop, metadata.Writer, "APP13 8BIM 1057", none)
	c.field(metadata.XMP, "Producer", "XMP pdf:Producer", none)
	c.field(metadata.IPTC, "OriginatingProgram", "IPTC OriginatingProgram", none)
	if p, known := identify(m.Value(metadata.EXIF, "HostComputer")); known { // else it is the name of a person's computer
		c.named("EXIF HostComputer", p.name, none, p)
	}
	// Facebook's servers mark what they pass on with this prefix and a number.
	if strings.HasPrefix(m.Value(metadata.IPTC, "SpecialInstructions"), "FBMD") {
		p, _ := identify("facebook")
		c.named("IPTC SpecialInstructions", "FBMD…", none, p)
	}
	for _, f := range m.Fields {
		switch {
		case f.Source == metadata.GIFApp:
			c.add("GIF application", f.Value, none)
		case f.Source == metadata.Comment:
			c.text("comment", f.Value)
		case f.Source == metadata.EXIF && slices.Contains(freeTexts, f.Name):
			c.text("EXIF "+f.Name, f.Value)
		}
	}
	return distinct(c.list)
}

// freeTexts are the EXIF fields that may hold anything.
var freeTexts = []string{"UserComment", "ImageDescription", "XPComment", "XPTitle"}

type writerCollector struct {
	m      *metadata.Metadata
	camera bool // a camera is named
	list   []writer
}

// field adds the program that a field for programs names.
func (c *writerCollector) field(source metadata.Source, name, title string, date metadata.Date) {
	c.add(title, c.m.Value(source, name), date)
}

func (c *writerCollector) add(title, value string, date metadata.Date) {
	p, known := identify(value)
	if !known {
		// Beside a camera's name, an unknown program is the camera's own.
		if c.camera || !looksLikeName(value) {
			return
		}
		p = program{name: shorten(value), class: unspecified}
	}
	c.named(title, value, date, p)
}

// text adds the program that a free text names. Such a text may hold anything, a person's name
// too: only the program is repeated.
func (c *writerCollector) text(title, value string) {
	if p, known := identifyIn(value); known {
		c.named(title, p.name, metadata.Date{}, p)
	}
}

func (c *writerCollector) named(title, value string, date metadata.Date, p program) {
	if p.class != firmware && p.class != scanner && p.class != metadataTool {
		c.list = append(c.list, writer{program: p, field: title, value: shorten(strings.TrimSpace(value)), date: date})
	}
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
	pdfTool: "pdf_tool_named", screenshot: "screenshot_named", unspecified: "unknown_program_named",
}

// named reports the last writer, and of the earlier ones those that can change what a picture shows.
func (e *examination) named() {
	for i, w := range e.writers {
		changes := w.class == editor || w.class == retoucher || w.class == layout || w.class == screenshot
		if i > 0 && (!changes || e.has(codeOf[w.class])) {
			continue
		}
		t := w.class.title()
		when := checks.Text{}
		if i == 0 && e.ownDate(w) {
			d := day(w.date.Time)
			when = checks.Textf(", %[1]s", "，%[2]s", d.En, d.Zh)
		}
		var message checks.Text
		if i == 0 {
			message = checks.Textf("The file names %[1]s as the last program that wrote it: %[3]s (%[4]s: “%[5]s”%[6]s).",
				"文件记录的最后保存软件为%[2]s：%[3]s（%[4]s：“%[5]s”%[7]s）。", t.En, t.Zh, w.name, w.field, w.value, when.En, when.Zh)
			if len(e.writers) > 1 {
				earlier := e.earlier()
				message.En += " Before it: " + earlier.En + "."
				message.Zh += "此前还有：" + earlier.Zh + "。"
			}
		} else {
			message = checks.Textf("The file names %[1]s among the earlier programs that wrote it: %[3]s (%[4]s: “%[5]s”).",
				"文件记录的较早保存软件中有%[2]s：%[3]s（%[4]s：“%[5]s”）。", t.En, t.Zh, w.name, w.field, w.value)
		}
		e.find(codeOf[w.class], message, remedyOf(w.class))
	}
}

// ownDate reports whether the writer's date is its own. Some programs (Paint.NET) write their name
// and leave the date of the camera or of the program before them.
func (e *examination) ownDate(w writer) bool {
	if w.date.Time.IsZero() {
		return false
	}
	taken, ok := e.m.Date(metadata.EXIF, "DateTimeOriginal")
	if ok && clock(taken.Time).Equal(clock(w.date.Time)) {
		return false
	}
	for _, other := range e.writers[1:] {
		if !other.date.Time.IsZero() && !later(w, other) && other.name != w.name {
			return false
		}
	}
	return true
}

func remedyOf(c class) checks.Text {
	switch c {
	case editor, unspecified, pdfTool:
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
		En: "Nothing needs to be done: that such a program saved the picture does not mean that anything on it was changed.",
		Zh: "无需处理：由此类软件保存并不意味着图片内容被改动。",
	}
}

// earlier lists the writers before the last, a few by name.
func (e *examination) earlier() checks.Text {
	const most = 5 // honest files name up to 4; a hostile one names a thousand
	var names []string
	for _, w := range e.writers[1:min(len(e.writers), most+1)] {
		names = append(names, w.name)
	}
	t := checks.Text{En: join(names, ", "), Zh: join(names, "、")}
	if more := len(e.writers) - 1 - len(names); more > 0 {
		t.En += fmt.Sprintf(" and %d more", more)
		t.Zh += fmt.Sprintf("等，另有 %d 个", more)
	}
	return t
}

func join(words []string, between string) string { return strings.Join(words, between) }

// day writes a time as people say it, as the clock showed it.
func day(t time.Time) checks.Text {
	return checks.Text{
		En: t.Format("2 January 2006, 15:04"),
		Zh: fmt.Sprintf("%d年%d月%d日 %02d:%02d", t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute()),
	}
}
