package edits

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/metadata"
)

// device compares what the file says of the device with itself.
func (e *examination) device() {
	m := e.m
	exifMake, exifModel := m.Value(metadata.EXIF, "Make"), m.Value(metadata.EXIF, "Model")
	xmpMake, xmpModel := m.Value(metadata.XMP, "Make"), m.Value(metadata.XMP, "Model")
	if differ(exifMake, xmpMake) || differ(exifModel, xmpModel) {
		e.find("devices_disagree",
			checks.Textf("The file names two devices: %[1]s in EXIF, %[2]s in XMP.", "文件记录了两台设备：EXIF 为 %[1]s，XMP 为 %[2]s。",
				shorten(strings.TrimSpace(exifMake+" "+exifModel)), shorten(strings.TrimSpace(xmpMake+" "+xmpModel))),
			look)
	}
	taken, dated := m.Date(metadata.EXIF, "DateTimeOriginal")
	if maker := noteMaker(exifMake); maker != "" && dated && taken.Time.Year() >= noteYear && !hasField(m, "MakerNote") {
		e.find("maker_note_missing",
			checks.Textf("The file names a camera of %[1]s and lacks the record that its cameras write (EXIF MakerNote): another program saved it since.",
				"文件记录的相机品牌为 %[1]s，却缺少该品牌相机都会写入的厂商记录（EXIF MakerNote），说明此后曾由其他软件保存。", maker), nothingToDo)
	}
	e.adobe()
}

func differ(a, b string) bool {
	a, b = strings.ToLower(strings.TrimSpace(a)), strings.ToLower(strings.TrimSpace(b))
	return a != "" && b != "" && !strings.Contains(a, b) && !strings.Contains(b, a)
}

// noteYear is the first full year of EXIF 2.2 (April 2002). Earlier cameras of the same makers may write no note.
const noteYear = 2003

// noteMakers write a MakerNote with every picture of their cameras.
var noteMakers = []string{"canon", "nikon", "olympus", "fujifilm", "pentax", "panasonic", "casio", "minolta"}

func noteMaker(make string) string {
	for _, n := range noteMakers {
		if (word{text: n}).in(strings.ToLower(make)) >= 0 {
			return strings.ToUpper(n[:1]) + n[1:]
		}
	}
	return ""
}

func hasField(m *metadata.Metadata, name string) bool {
	return slices.ContainsFunc(m.Fields, func(f metadata.Field) bool { return f.Source == metadata.EXIF && f.Name == name && f.Bytes > 0 })
}

// adobe reports the segments of Adobe's programs where no program is named at all.
func (e *examination) adobe() {
	if len(e.writers) > 0 {
		return
	}
	resources := 0
	for _, id := range e.m.Resources {
		if id != 1028 && id != 1061 { // captions and their digest: any program that writes IPTC has them
			resources++
		}
	}
	var where []string
	if resources > 0 {
		where = append(where, fmt.Sprintf("APP13 8BIM x %d", resources))
	}
	for _, mark := range []struct{ field, title string }{{metadata.Ducky, "APP12 Ducky"}, {metadata.AdobeMarker, "APP14 Adobe"}} {
		for _, f := range e.m.Fields {
			if f.Source == metadata.Photoshop && f.Name == mark.field {
				where = append(where, strings.TrimSpace(mark.title+" "+f.Value))
				break
			}
		}
	}
	if len(where) == 0 {
		return
	}
	e.find("adobe_marks",
		checks.Textf("No program is named, but the file has segments as Adobe's programs write them, and a few others (%[1]s).",
			"文件未记录软件名称，但含有 Adobe 等少数软件才会写入的数据段（%[2]s）。", join(where, ", "), join(where, "、")), remedyOf(editor))
}

// frame compares the size the device recorded with the picture's.
func (e *examination) frame(ctx context.Context, s *checks.Subject) {
	w, h := number(e.m, "PixelXDimension"), number(e.m, "PixelYDimension")
	head, err := decode.Headers.Of(ctx, s)
	if err != nil || w <= 0 || h <= 0 || head.Format != decode.JPEG {
		return
	}
	fw, fh := head.Width, head.Height
	if w == fw && h == fh || w == fh && h == fw { // turned without loss, with or without the tag
		return
	}
	shape := func(a, b int) float64 { return float64(max(a, b)) / float64(min(a, b)) }
	off := math.Abs(shape(w, h)/shape(fw, fh)-1) * 100
	measures := []checks.Measure{
		{Name: "recorded_width", Value: float64(w), Unit: "px"}, {Name: "recorded_height", Value: float64(h), Unit: "px"},
		{Name: "width", Value: float64(fw), Unit: "px"}, {Name: "height", Value: float64(fh), Unit: "px"},
	}
	if off > e.settings.Number("shape_percent") {
		e.find("cropped", checks.Textf(
			"The metadata record a picture of %[1]d x %[2]d pixels, the file has %[3]d x %[4]d: another shape, so it was cropped or put together anew.",
			"元数据记录的尺寸为 %[1]d x %[2]d 像素，文件实际为 %[3]d x %[4]d：长宽比不同，图片曾被裁剪或重新拼合。", w, h, fw, fh),
			checks.Text{En: "Look whether everything of the paper is on it; ask for the uncropped picture if not.", Zh: "请查看证件是否完整；如不完整，请索取未裁剪的图片。"},
			append(measures, checks.Measure{Name: "shape_difference", Value: off, Unit: "%"})...)
		return
	}
	e.find("resized", checks.Textf(
		"The metadata record a picture of %[1]d x %[2]d pixels, the file has %[3]d x %[4]d: the whole picture was resized, as messengers and mail programs do.",
		"元数据记录的尺寸为 %[1]d x %[2]d 像素，文件实际为 %[3]d x %[4]d：整幅图片被缩放，聊天软件和邮件程序常会如此。", w, h, fw, fh), nothingToDo, measures...)
}

// number returns a size that the file records, in EXIF or else in XMP; 0 if it is none a JPEG can have.
func number(m *metadata.Metadata, name string) int {
	text := m.Value(metadata.EXIF, name)
	if text == "" {
		text = m.Value(metadata.XMP, name)
	}
	v, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || v < 0 || v > 65535 {
		return 0
	}
	return v
}

// dates compares the times the file gives.
func (e *examination) dates() {
	taken, ok1 := e.m.Date(metadata.EXIF, "DateTimeOriginal")
	saved, ok2 := e.m.Date(metadata.EXIF, "DateTime")
	zones := time.Duration(e.settings.Number("clock_hours") * float64(time.Hour))
	if ok1 && ok2 {
		gap := clock(saved.Time).Sub(clock(taken.Time))
		t, s := day(taken.Time), day(saved.Time)
		switch {
		case gap > time.Duration(e.settings.Number("saved_later_minutes")*float64(time.Minute)):
			long := span(gap)
			e.find("saved_later", checks.Textf(
				"The picture was taken on %[1]s and saved again on %[3]s, %[5]s later (EXIF DateTimeOriginal, ModifyDate).",
				"图片拍摄于%[2]s，又于%[4]s保存，相隔 %[6]s（EXIF DateTimeOriginal、ModifyDate）。", t.En, t.Zh, s.En, s.Zh, long.En, long.Zh),
				nothingToDo, checks.Measure{Name: "saved_later", Value: math.Round(gap.Minutes()), Unit: "min"})
		case gap < -zones:
			long := span(-gap)
			e.find("dates_disagree", checks.Textf(
				"The file says it was last changed on %[3]s, %[5]s before it was taken on %[1]s (EXIF ModifyDate, DateTimeOriginal).",
				"文件记录的最后修改时间%[4]s早于拍摄时间%[2]s，相差 %[6]s（EXIF ModifyDate、DateTimeOriginal）。", t.En, t.Zh, s.En, s.Zh, long.En, long.Zh),
				nothingToDo, checks.Measure{Name: "saved_later", Value: math.Round(gap.Minutes()), Unit: "min", Want: ">= 0"})
		}
	}
	gps, err := time.Parse("2006:01:02", strings.TrimSpace(e.m.Value(metadata.EXIF, "GPSDateStamp")))
	if err == nil && ok1 && gps.Year() > 1980 { // the era of GPS; earlier is a receiver without a fix
		from := clock(taken.Time)
		gap := from.Sub(gps) // the stamp is a whole day in UTC
		if gap > 24*time.Hour+zones || gap < -zones {
			t := day(taken.Time)
			e.find("dates_disagree", checks.Textf(
				"The clock says the picture was taken on %[1]s, the satellites say %[3]s (EXIF DateTimeOriginal, GPSDateStamp).",
				"相机时钟记录的拍摄时间为%[2]s，卫星定位日期为%[4]s（EXIF DateTimeOriginal、GPSDateStamp）。",
				t.En, t.Zh, gps.Format("2 January 2006"), gps.Format("2006年1月2日")),
				nothingToDo, checks.Measure{Name: "clock_against_satellites", Value: math.Round(gap.Hours()), Unit: "h"})
		}
	}
}

// span says a length of time in words.
func span(d time.Duration) checks.Text {
	unit := func(n int, en, zh string) checks.Text {
		if n != 1 {
			en += "s"
		}
		return checks.Text{En: fmt.Sprintf("%d %s", n, en), Zh: fmt.Sprintf("%d %s", n, zh)}
	}
	days := int(d.Hours() / 24)
	switch {
	case d < time.Hour:
		return unit(int(d.Minutes()), "minute", "分钟")
	case days < 2:
		return unit(int(d.Hours()), "hour", "小时")
	case days < 730:
		return unit(days, "day", "天")
	}
	return unit(days/365, "year", "年")
}

// position reports a place that is not on Earth.
func (e *examination) position() {
	for _, c := range []struct {
		name  string
		limit float64
	}{{"GPSLatitude", 90}, {"GPSLongitude", 180}} {
		v, ok := degrees(e.m.Value(metadata.EXIF, c.name))
		if ok && v > c.limit {
			e.find("position_impossible", checks.Textf("EXIF gives a position that is not on Earth: %[1]s of %.0[2]f degrees.",
				"EXIF 中的位置数据不合理：%[1]s 为 %.0[2]f 度。", c.name, v),
				nothingToDo, checks.Measure{Name: "angle", Value: v, Unit: "degrees", Want: fmt.Sprintf("<= %.0f", c.limit)})
		}
	}
}

// degrees reads "d/1 m/1 s/100".
func degrees(s string) (float64, bool) {
	parts := strings.Fields(s)
	if len(parts) == 0 {
		return 0, false
	}
	sum, unit := 0.0, 1.0
	for _, p := range parts {
		a, b, _ := strings.Cut(p, "/")
		n, err1 := strconv.ParseFloat(a, 64)
		d, err2 := strconv.ParseFloat(b, 64)
		if err1 != nil || err2 != nil || d == 0 {
			return 0, false
		}
		sum += n / d * unit
		unit /= 60
	}
	return sum, true
}
