package format

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/binary"

	"dossier/checks"
	"dossier/checks/picture/decode"
)

//go:embed trailingdata.md
var trailingDataDoc string

// TrailingData looks at what stands behind the end of the picture.
var TrailingData = &checks.Check{
	ID:      "format/trailing-data",
	Version: 1,
	Title:   checks.Text{En: "nothing stands behind the end of the picture", Zh: "图片结尾之后没有多余数据"},
	Doc:     trailingDataDoc,
	Limits: []checks.Limit{
		{Name: "sector_bytes", Default: 512, Unit: "bytes", Reason: "cameras of the first decade wrote whole sectors of the memory card, which have 512 bytes"},
	},
	Codes: []checks.Code{
		{Code: "padding", Title: checks.Text{En: "padding behind the picture", Zh: "图片后有填充字节"}},
		{Code: "camera_leftover", Title: checks.Text{En: "left-over memory of the camera behind the picture", Zh: "图片后有相机写入的残留数据"}},
		{Code: "phone_record", Title: checks.Text{En: "the phone's own record behind the picture", Zh: "图片后有手机自身的记录"}},
		{Code: "picture_appended", Title: checks.Text{En: "another picture behind the picture", Zh: "图片后附有另一张图片"}},
		{Code: "video_appended", Title: checks.Text{En: "a video behind the picture (motion photo)", Zh: "图片后附有视频（动态照片）"}},
		{Code: "archive_appended", Title: checks.Text{En: "an archive behind the picture", Zh: "图片后附有压缩包"}},
		{Code: "document_appended", Title: checks.Text{En: "a document or text behind the picture", Zh: "图片后附有文档或文本"}},
		{Code: "program_appended", Title: checks.Text{En: "a program behind the picture", Zh: "图片后附有程序"}},
		{Code: "unknown_appended", Title: checks.Text{En: "unknown data behind the picture", Zh: "图片后附有未知数据"}},
	},
	Run: runTrailingData,
}

func runTrailingData(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	h, err := pictureHeader(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	if !s.Whole() {
		return checks.Observation{}, tooLong()
	}
	end, ok := decode.End(s.Data)
	if !ok {
		return checks.Observation{}, checks.Skip(checks.Text{
			En: "it is not known where the picture ends: its format does not say, or the file ends first",
			Zh: "无法确定图片在何处结束：该格式不标明结尾，或文件提前结束",
		})
	}
	tail := declared(s.Data[end:], h)
	if len(tail) == 0 {
		return checks.Observation{}, nil
	}
	code, what := classify(tail, s.Size, int64(settings.Number("sector_bytes")))
	f := checks.Finding{
		Code: code,
		Message: checks.Textf("Bytes behind the end of the picture: %[1]s (%[2]s), %[3]s.",
			"图片结束之后还有 %[1]s 字节（%[2]s）：%[4]s。", count(len(tail)), fileSize(int64(len(tail))), what.En, what.Zh),
		Remedy: checks.Text{
			En: "Run dossier shrink, whose copy holds the picture alone, or ask the client for the plain picture.",
			Zh: "请运行 dossier shrink 生成只含图片的副本，或请客户提供普通图片。",
		},
		Measures: []checks.Measure{
			{Name: "trailing", Value: float64(len(tail)), Unit: "bytes", Want: "0"},
			{Name: "offset", Value: float64(s.Size - int64(len(tail))), Unit: "bytes"},
		},
	}
	if harmless[code] {
		f.Remedy = checks.Text{
			En: "Nothing needs to be done: it does not change the picture.",
			Zh: "无需处理：不影响画面。",
		}
	}
	return checks.Observation{Findings: []checks.Finding{f}}, nil
}

var harmless = map[string]bool{"padding": true, "camera_leftover": true, "phone_record": true}

// declared cuts off the pictures that the file's own index lists behind the first one: they
// belong to it, and format/animation tells of them. What is only padding between them goes too.
func declared(tail []byte, h decode.Header) []byte {
	for range h.Extras {
		at := bytes.Index(tail, []byte("\xff\xd8\xff"))
		if at < 0 || len(bytes.Trim(tail[:at], "\x00\xff")) > 0 || decode.Sniff(tail[at:]) != decode.JPEG {
			break
		}
		end, ok := decode.End(tail[at:])
		if !ok {
			return nil // the last picture is cut off, but it is that picture
		}
		tail = tail[at+int(end):]
	}
	return tail
}

// classify says what a tail is. fileSize is of the whole file.
func classify(tail []byte, fileSize, sector int64) (string, checks.Text) {
	if uniform(tail) {
		return "padding", checks.Text{En: "padding, the same byte over and over", Zh: "同一字节重复的填充"}
	}
	leftover := sector > 0 && fileSize%sector == 0 && tail[0] == 0
	if code, text := appended(tail, !leftover); code != "" {
		return code, text
	}
	if len(tail) >= 4 && int64(binary.BigEndian.Uint32(tail)) == int64(len(tail)) {
		return "phone_record", checks.Text{En: "a record that begins with its own length, as BlackBerry phones append", Zh: "以自身长度开头的记录（黑莓手机会附加）"}
	}
	if bytes.HasSuffix(bytes.TrimRight(tail, "\x00"), []byte("SEFT")) {
		return "phone_record", checks.Text{En: "the record that Samsung phones append", Zh: "三星手机附加的记录"}
	}
	if leftover {
		return "camera_leftover", checks.Text{
			En: "the camera filled the file to a whole sector of its memory card with what lay in its memory",
			Zh: "相机为凑满存储卡扇区而写入的内存残留",
		}
	}
	return "unknown_appended", checks.Text{En: "of no known format", Zh: "格式未知"}
}

// uniform reports whether all bytes are alike, or all white space.
func uniform(b []byte) bool {
	return len(bytes.TrimLeft(b, string(b[:1]))) == 0 && (b[0] == 0 || b[0] == 0xff || b[0] == ' ') || len(bytes.Trim(b, " \t\r\n\x00")) == 0
}

// appended recognises formats: at the start of the tail, behind padding, and, if anywhere is
// asked for, inside it. The memory a camera left behind may hold parts of anything, so there
// the start alone counts.
func appended(tail []byte, anywhere bool) (string, checks.Text) {
	format := decode.Sniff(tail)
	if format == decode.Unknown {
		format = decode.Sniff(bytes.TrimLeft(tail, "\x00"))
	}
	if format == decode.Text && len(tail) < shortestText {
		format = decode.Unknown
	}
	if format == decode.Unknown && anywhere {
		format = inside(tail)
	}
	title := format.Title()
	switch format {
	case decode.Unknown:
		return "", checks.Text{}
	case decode.MP4:
		return "video_appended", checks.Text{En: "a video, as in the motion photos of phones", Zh: "一段视频（手机的动态照片）"}
	case decode.ZIP, decode.RAR, decode.SevenZip, decode.Gzip, decode.Office, decode.OFD:
		return "archive_appended", title
	case decode.Executable, decode.Shortcut:
		return "program_appended", title
	case decode.PDF, decode.HTML, decode.RTF, decode.PostScript, decode.SVG, decode.Text, decode.WMF:
		return "document_appended", title
	}
	return "picture_appended", title
}

// shortestText is how many bytes must be text before they are called so: fewer are text by
// chance too often (8 bytes of chance: once in 2,000 times).
const shortestText = 8

// inside looks for formats that do not stand at the tail's start, as when a phone puts a
// record of its own before the video.
func inside(tail []byte) decode.Format {
	if zipDirectory(tail) >= 0 {
		return decode.ZIP
	}
	for _, m := range []struct {
		mark   string
		before int // bytes of the format that stand before its mark
		format decode.Format
	}{
		{"Rar!\x1a\x07", 0, decode.RAR}, {"7z\xbc\xaf\x27\x1c", 0, decode.SevenZip}, {"%PDF-1.", 0, decode.PDF},
		{"\x89PNG\r\n\x1a\n", 0, decode.PNG}, {"ftyp", 4, decode.MP4},
	} {
		if i := bytes.Index(tail, []byte(m.mark)); i >= m.before && decode.Sniff(tail[i-m.before:]) == m.format {
			// "ftyp" is short: its box must also be of a size such boxes have.
			if m.format != decode.MP4 || tail[i-4] == 0 && tail[i-3] == 0 && tail[i-2] == 0 {
				return m.format
			}
		}
	}
	return decode.Unknown
}
