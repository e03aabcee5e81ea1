package decode

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"

	"dossier/checks"
)

// A Format is what a file's bytes are, whatever its name says.
type Format string

// The formats told apart. Only the pictures among them can have a Header, and only JPEG, BMP,
// GIF, PNG and WebP are decoded to pixels here.
const (
	JPEG Format = "jpeg"
	BMP  Format = "bmp"
	GIF  Format = "gif"
	PNG  Format = "png"
	WebP Format = "webp"
	TIFF Format = "tiff"
	HEIC Format = "heic"
	AVIF Format = "avif"

	JPEG2000 Format = "jpeg2000"
	JPEGXL   Format = "jpegxl"
	JPEGXR   Format = "jpegxr"
	PSD      Format = "psd"
	SVG      Format = "svg"
	ICO      Format = "ico"
	WMF      Format = "wmf" // Windows metafiles, both WMF and EMF

	PDF        Format = "pdf"
	OFD        Format = "ofd"    // the Chinese national layout format GB/T 33190
	Office     Format = "office" // Word, Excel, PowerPoint, WPS and OpenDocument files
	RTF        Format = "rtf"
	PostScript Format = "postscript"
	HTML       Format = "html"
	Text       Format = "text"

	ZIP      Format = "zip"
	RAR      Format = "rar"
	SevenZip Format = "7z"
	Gzip     Format = "gzip"

	MP4        Format = "mp4" // and QuickTime
	Executable Format = "executable"
	Shortcut   Format = "shortcut" // a Windows .lnk: the link was sent in place of the file

	Unknown Format = "unknown"
)

// Title is the format's name for people, fit for "the file is ...".
func (f Format) Title() checks.Text {
	switch f {
	case JPEG:
		return checks.Text{En: "a JPEG picture", Zh: "JPEG 图片"}
	case BMP:
		return checks.Text{En: "a BMP picture", Zh: "BMP 图片"}
	case GIF:
		return checks.Text{En: "a GIF picture", Zh: "GIF 图片"}
	case PNG:
		return checks.Text{En: "a PNG picture", Zh: "PNG 图片"}
	case WebP:
		return checks.Text{En: "a WebP picture", Zh: "WebP 图片"}
	case TIFF:
		return checks.Text{En: "a TIFF picture", Zh: "TIFF 图片"}
	case HEIC:
		return checks.Text{En: "a HEIC picture (the usual format of iPhones)", Zh: "HEIC 图片（苹果手机的默认格式）"}
	case AVIF:
		return checks.Text{En: "an AVIF picture", Zh: "AVIF 图片"}
	case JPEG2000:
		return checks.Text{En: "a JPEG 2000 picture", Zh: "JPEG 2000 图片"}
	case JPEGXL:
		return checks.Text{En: "a JPEG XL picture", Zh: "JPEG XL 图片"}
	case JPEGXR:
		return checks.Text{En: "a JPEG XR picture", Zh: "JPEG XR 图片"}
	case PSD:
		return checks.Text{En: "a Photoshop document", Zh: "Photoshop 文档（PSD）"}
	case SVG:
		return checks.Text{En: "an SVG drawing", Zh: "SVG 矢量图"}
	case ICO:
		return checks.Text{En: "a Windows icon", Zh: "Windows 图标文件"}
	case WMF:
		return checks.Text{En: "a Windows metafile", Zh: "Windows 图元文件（WMF/EMF）"}
	case PDF:
		return checks.Text{En: "a PDF document", Zh: "PDF 文档"}
	case OFD:
		return checks.Text{En: "an OFD document", Zh: "OFD 文档"}
	case Office:
		return checks.Text{En: "an office document (Word, Excel, PowerPoint or WPS)", Zh: "办公文档（Word、Excel、PowerPoint 或 WPS）"}
	case RTF:
		return checks.Text{En: "an RTF text document", Zh: "RTF 文本文档"}
	case PostScript:
		return checks.Text{En: "a PostScript file", Zh: "PostScript 文件"}
	case HTML:
		return checks.Text{En: "a web page", Zh: "网页文件"}
	case Text:
		return checks.Text{En: "plain text", Zh: "纯文本"}
	case ZIP:
		return checks.Text{En: "a ZIP archive", Zh: "ZIP 压缩包"}
	case RAR:
		return checks.Text{En: "a RAR archive", Zh: "RAR 压缩包"}
	case SevenZip:
		return checks.Text{En: "a 7-Zip archive", Zh: "7-Zip 压缩包"}
	case Gzip:
		return checks.Text{En: "a gzip archive", Zh: "gzip 压缩包"}
	case MP4:
		return checks.Text{En: "a video", Zh: "视频"}
	case Executable:
		return checks.Text{En: "a program", Zh: "可执行程序"}
	case Shortcut:
		return checks.Text{En: "a Windows shortcut, not the file itself", Zh: "Windows 快捷方式，而不是文件本身"}
	}
	return checks.Text{En: "of an unknown format", Zh: "无法识别的格式"}
}

// Extensions lists the name endings the format goes by, lower case with their dot, the usual
// one first; nil for Unknown.
func (f Format) Extensions() []string { return extensions[f] }

var extensions = map[Format][]string{
	JPEG: {".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".jfi"}, BMP: {".bmp", ".dib", ".rle"}, GIF: {".gif"},
	PNG: {".png"}, WebP: {".webp"}, TIFF: {".tif", ".tiff"}, HEIC: {".heic", ".heif", ".hif"}, AVIF: {".avif"},
	JPEG2000: {".jp2", ".j2k", ".jpf", ".jpx"}, JPEGXL: {".jxl"}, JPEGXR: {".jxr", ".wdp", ".hdp"},
	PSD: {".psd", ".psb"}, SVG: {".svg"}, ICO: {".ico", ".cur"}, WMF: {".wmf", ".emf"},
	PDF: {".pdf"}, OFD: {".ofd"},
	Office: {".docx", ".doc", ".xlsx", ".xls", ".pptx", ".ppt", ".wps", ".et", ".dps", ".odt", ".ods", ".odp", ".docm", ".xlsm"},
	RTF:    {".rtf"}, PostScript: {".ps", ".eps", ".ai"}, HTML: {".html", ".htm", ".mht"}, Text: {".txt", ".csv", ".md"},
	ZIP: {".zip"}, RAR: {".rar"}, SevenZip: {".7z"}, Gzip: {".gz", ".tgz"},
	MP4: {".mp4", ".mov", ".m4v", ".3gp"}, Executable: {".exe", ".dll", ".scr"}, Shortcut: {".lnk"},
}

// Picture reports whether files of the format are pictures made of pixels.
func (f Format) Picture() bool {
	switch f {
	case JPEG, BMP, GIF, PNG, WebP, TIFF, HEIC, AVIF, JPEG2000, JPEGXL, JPEGXR, PSD, ICO:
		return true
	}
	return false
}

// Sniff says what data is, by its magic bytes and the structure behind them, never by a name.
// It looks at no more than the first 64 KiB and the zip directory entries within them.
func Sniff(data []byte) Format {
	for _, m := range magics {
		if m.matches(data) {
			return m.format
		}
	}
	return Unknown
}

// sniffWindow bounds how much of a file Sniff looks at: text formats and zip entries show what
// they are well within it.
const sniffWindow = 64 << 10

// A magic is one way to recognise a format. The list is ordered: specific before general.
type magic struct {
	format  Format
	matches func(data []byte) bool
}

var magics = []magic{
	{JPEG, isJPEG},
	{PNG, prefix("\x89PNG\r\n\x1a\n")},
	{GIF, func(b []byte) bool { return prefix("GIF87a")(b) || prefix("GIF89a")(b) }},
	{BMP, isBMP},
	{WebP, func(b []byte) bool { return prefix("RIFF")(b) && at(b, 8, "WEBP") }},
	{JPEGXR, prefix("II\xbc\x01")},
	{TIFF, func(b []byte) bool {
		return prefix("II*\x00")(b) || prefix("MM\x00*")(b) || prefix("II+\x00")(b) || prefix("MM\x00+")(b)
	}},
	{AVIF, brand(AVIF)},
	{HEIC, brand(HEIC)},
	{MP4, brand(MP4)},
	{JPEG2000, func(b []byte) bool {
		return prefix("\x00\x00\x00\x0cjP  \r\n\x87\n")(b) || prefix("\xff\x4f\xff\x51")(b)
	}},
	{JPEGXL, func(b []byte) bool { return prefix("\x00\x00\x00\x0cJXL \r\n\x87\n")(b) || prefix("\xff\x0a")(b) }},
	{PSD, prefix("8BPS\x00")},
	{OFD, func(b []byte) bool { return zipHolds(b, "OFD.xml") }},
	{Office, func(b []byte) bool {
		return prefix("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")(b) || // the OLE2 container of .doc, .xls, .ppt, .wps
			zipHolds(b, "word/", "xl/", "ppt/", "[Content_Types].xml", "mimetypeapplication/vnd.oasis")
	}},
	{ZIP, func(b []byte) bool {
		return prefix("PK\x03\x04")(b) || prefix("PK\x05\x06")(b) || prefix("PK\x07\x08PK")(b)
	}},
	{RAR, prefix("Rar!\x1a\x07")},
	{SevenZip, prefix("7z\xbc\xaf\x27\x1c")},
	{Gzip, prefix("\x1f\x8b\x08")},
	{Executable, func(b []byte) bool { return isPE(b) || prefix("\x7fELF")(b) }},
	{Shortcut, prefix("L\x00\x00\x00\x01\x14\x02\x00")},
	{ICO, isICO},
	{WMF, func(b []byte) bool {
		return prefix("\xd7\xcd\xc6\x9a")(b) || prefix("\x01\x00\x00\x00")(b) && at(b, 40, " EMF")
	}},
	{RTF, prefix(`{\rtf`)},
	{PostScript, func(b []byte) bool { return prefix("%!PS")(b) || prefix("\xc5\xd0\xd3\xc6")(b) }},
	// Readers accept a PDF whose header lies anywhere in the first 1024 bytes.
	{PDF, func(b []byte) bool { return bytes.Contains(b[:min(len(b), 1024)], []byte("%PDF-")) }},
	{SVG, func(b []byte) bool { return markup(b, "<svg") }},
	{HTML, func(b []byte) bool { return markup(b, "<!doctype html", "<html", "<head", "<body", "<script") }},
	{Text, isText},
}

func prefix(s string) func([]byte) bool {
	return func(b []byte) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }
}

func at(b []byte, offset int, s string) bool {
	return len(b) >= offset+len(s) && string(b[offset:offset+len(s)]) == s
}

// isJPEG wants the start-of-image marker and behind it a marker that can begin a JPEG: a
// frame, tables, application data or a comment. Three bytes alone are a JPEG cut off at once.
func isJPEG(b []byte) bool {
	if !prefix("\xff\xd8\xff")(b) {
		return false
	}
	if len(b) == 3 {
		return true
	}
	switch m := b[3]; {
	case m >= 0xc0 && m <= 0xcf, m >= 0xda && m <= 0xdf, m >= 0xe0 && m <= 0xef, m == 0xfe, m == 0xff:
		return true
	}
	return false
}

// isBMP wants "BM" and a bitmap header of a size that exists, for "BM" alone also begins words.
func isBMP(b []byte) bool {
	if !prefix("BM")(b) || len(b) < 18 {
		return false
	}
	switch size := binary.LittleEndian.Uint32(b[14:]); size {
	case 12: // OS/2 1.x
		return len(b) < 26 || binary.LittleEndian.Uint16(b[22:]) == 1
	case 40, 52, 56, 108, 124: // Windows 3 to V5
	default:
		if size < 16 || size > 64 { // OS/2 2.x may be cut anywhere from 16 to 64 bytes
			return false
		}
	}
	return len(b) < 28 || binary.LittleEndian.Uint16(b[26:]) <= 1 // planes: 1, and some writers leave 0
}

// brand recognises the ISO base media family by the brands of its leading "ftyp" box.
func brand(want Format) func([]byte) bool {
	return func(b []byte) bool { return fileType(b) == want }
}

func fileType(b []byte) Format {
	if !at(b, 4, "ftyp") || len(b) < 12 {
		return Unknown
	}
	// The major brand, then (behind a version) the compatible ones; a still picture may call
	// itself just "mif1" and name its coding only among the latter.
	size := min(int64(binary.BigEndian.Uint32(b)), int64(len(b)), 512)
	generic := Unknown
	for i := int64(8); i+4 <= size; i += 4 {
		if i == 12 {
			continue
		}
		switch string(b[i : i+4]) {
		case "avif", "avis":
			return AVIF
		case "heic", "heix", "hevc", "hevx", "heim", "heis", "hevm", "hevs":
			return HEIC
		case "mif1", "msf1", "mif2":
			generic = HEIC
		}
	}
	if generic != Unknown {
		return generic
	}
	return MP4
}

// isPE follows the offset in the DOS header to the "PE" signature; "MZ" alone also begins text.
func isPE(b []byte) bool {
	if !prefix("MZ")(b) || len(b) < 64 {
		return false
	}
	offset := int64(binary.LittleEndian.Uint32(b[60:]))
	return offset >= 4 && offset <= int64(len(b))-4 && string(b[offset:offset+4]) == "PE\x00\x00"
}

func isICO(b []byte) bool {
	if len(b) < 22 || b[0] != 0 || b[1] != 0 || b[3] != 0 || b[2] != 1 && b[2] != 2 {
		return false
	}
	n := int64(binary.LittleEndian.Uint16(b[4:]))
	first := int64(binary.LittleEndian.Uint32(b[18:]))
	return n > 0 && n <= 256 && b[9] == 0 && first >= 6+16*n && first < int64(len(b))
}

// zipHolds reports whether b is a zip file with an entry, within the window, whose name (and
// stored content) begins with one of the names. It walks nothing: it looks for local headers.
func zipHolds(b []byte, names ...string) bool {
	if !prefix("PK\x03\x04")(b) {
		return false
	}
	b = b[:min(len(b), sniffWindow)]
	for i := 0; ; {
		j := bytes.Index(b[i:], []byte("PK\x03\x04"))
		if j < 0 || i+j+30 > len(b) {
			return false
		}
		i += j + 30 // the name follows the 30 bytes of the local header
		for _, n := range names {
			if at(b, i, n) {
				return true
			}
		}
	}
}

// markup reports whether b is text that begins as a document of one of the tags (lower case):
// only a byte order mark, white space, an XML declaration, comments and a document type may
// come before.
func markup(b []byte, tags ...string) bool {
	b = bytes.ToLower(b[:min(len(b), 4096)])
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	for {
		b = bytes.TrimLeft(b, " \t\r\n")
		for _, t := range tags {
			if bytes.HasPrefix(b, []byte(t)) {
				return true
			}
		}
		end := ">"
		switch {
		case bytes.HasPrefix(b, []byte("<!--")):
			end = "-->"
		case bytes.HasPrefix(b, []byte("<?xml")), bytes.HasPrefix(b, []byte("<!doctype")):
		default:
			return false
		}
		i := bytes.Index(b, []byte(end))
		if i < 0 {
			return false
		}
		b = b[i+len(end):]
	}
}

// isText accepts UTF-8, UTF-16 with a byte order mark, and the double-byte GBK of Chinese
// Windows, all without control characters.
func isText(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	if prefix("\xff\xfe")(b) || prefix("\xfe\xff")(b) {
		// The mark alone is weak evidence: the first characters must not be control characters.
		return len(b) >= 4 && len(b)%2 == 0 && utf16Text(b)
	}
	b = b[:min(len(b), sniffWindow)]
	for i := 0; i < len(b); {
		c := b[i]
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b || c == 0x7f {
			return false
		}
		if c < 0x80 {
			i++
			continue
		}
		if r, n := utf8.DecodeRune(b[i:]); r != utf8.RuneError {
			i += n
			continue
		}
		if i > 0 && i == len(b)-1 { // a character cut by the window or by the file's end
			break
		}
		if i == len(b)-1 {
			return false
		}
		if c < 0x81 || c == 0xff || b[i+1] < 0x40 || b[i+1] == 0x7f || b[i+1] == 0xff {
			return false
		}
		i += 2
	}
	return true
}

func utf16Text(b []byte) bool {
	order := binary.ByteOrder(binary.LittleEndian)
	if b[0] == 0xfe {
		order = binary.BigEndian
	}
	for i := 2; i+1 < min(len(b), 1024); i += 2 {
		if c := order.Uint16(b[i:]); c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return true
}
