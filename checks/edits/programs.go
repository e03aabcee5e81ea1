package edits

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dossier/checks"
)

// A class says what a program that names itself in a file is for.
type class string

const (
	editor       class = "editor"        // changes what a picture shows: retouching, painting, layout, office programs
	retoucher    class = "retoucher"     // makes faces and photos prettier, and is used for nothing else
	layout       class = "layout"        // composes pages: office and drawing programs
	converter    class = "converter"     // develops raw pictures; most of them can retouch
	manager      class = "manager"       // sorts, transfers and corrects pictures
	scannerApp   class = "scanner_app"   // photographs papers: straightens, brightens, repaints the background
	scanner      class = "scanner"       // scanners and their drivers
	messenger    class = "messenger"     // sends pictures on, mostly smaller
	library      class = "library"       // writes files for other programs and for servers
	viewer       class = "viewer"        // shows pictures, and saves them when they are turned
	screenshot   class = "screenshot"    // copies a screen
	firmware     class = "firmware"      // the camera or phone itself
	metadataTool class = "metadata_tool" // writes metadata and leaves the picture alone
	unspecified  class = "unknown"       // a name that the table does not hold
)

// title is the class for people, fit for "NAME, which is ...".
func (c class) title() checks.Text {
	switch c {
	case editor:
		return checks.Text{En: "an editor", Zh: "图片编辑软件"}
	case retoucher:
		return checks.Text{En: "a program made for retouching", Zh: "美化修图软件"}
	case layout:
		return checks.Text{En: "a program that composes pages", Zh: "排版、办公软件"}
	case converter:
		return checks.Text{En: "a program that develops and retouches photos", Zh: "照片冲洗、修图软件"}
	case manager:
		return checks.Text{En: "a program that sorts and corrects photos", Zh: "照片管理、校正软件"}
	case scannerApp:
		return checks.Text{En: "a scanner app", Zh: "扫描应用"}
	case scanner:
		return checks.Text{En: "a scanner", Zh: "扫描仪"}
	case messenger:
		return checks.Text{En: "a messenger", Zh: "聊天软件"}
	case library:
		return checks.Text{En: "a program library, as websites and converters use", Zh: "网站或转换工具使用的程序库"}
	case viewer:
		return checks.Text{En: "a picture viewer", Zh: "看图软件"}
	case screenshot:
		return checks.Text{En: "a screenshot tool", Zh: "截图工具"}
	case metadataTool:
		return checks.Text{En: "a program that writes metadata alone", Zh: "元数据工具"}
	case firmware:
		return checks.Text{En: "the camera itself", Zh: "相机或手机自带的程序"}
	}
	return checks.Text{En: "a program Dossier does not know", Zh: "未知软件"}
}

// A program is one entry of the table.
type program struct {
	name  string // as its maker writes it
	class class
	words []string // lower case; any of them names it, as whole words
}

// programs are the programs that are known to name themselves, in the EXIF Software tag, in XMP, in
// IPTC or in a comment. The longest word that fits decides, so that "photoshop lightroom" is not
// "photoshop". Chosen from makers' documents and from files in the wild; to be extended freely: a
// program that is missing is reported as unknown, or not at all if a camera is named beside it.
var programs = []program{
	// Editors for the desk.
	{"Adobe Photoshop", editor, []string{"photoshop", "photoshop elements", "photoshop express", "photoshop fix", "photoshop mix", "photoshop camera", "adobe imageready"}},
	{"GIMP", editor, []string{"gimp", "gnu image manipulation program"}},
	{"Paint.NET", editor, []string{"paint.net"}},
	{"Microsoft Paint", editor, []string{"microsoft paint", "mspaint", "paint 3d", "windows paint"}},
	{"Microsoft Photo Editor", editor, []string{"microsoft photo editor", "microsoft picture it", "microsoft digital image", "microsoft photodraw"}},
	{"Microsoft PowerPoint", layout, []string{"powerpoint"}},
	{"Microsoft Word", layout, []string{"microsoft word", "microsoft office word"}},
	{"Microsoft Office", layout, []string{"microsoft office", "microsoft excel", "microsoft publisher", "microsoft visio"}},
	{"WPS Office", layout, []string{"wps", "wps office", "kingsoft", "金山"}},
	{"LibreOffice", layout, []string{"libreoffice", "openoffice"}},
	{"Adobe Illustrator", layout, []string{"adobe illustrator"}},
	{"Adobe InDesign", layout, []string{"adobe indesign"}},
	{"Adobe Fireworks", editor, []string{"adobe fireworks", "macromedia fireworks", "fireworks mx"}},
	{"Adobe Express", layout, []string{"adobe express", "adobe spark"}},
	{"Adobe Firefly", retoucher, []string{"adobe firefly"}},
	{"Adobe Acrobat", layout, []string{"adobe acrobat"}},
	{"Affinity Photo", editor, []string{"affinity", "serif affinity", "serif photoplus"}},
	{"Corel PHOTO-PAINT", editor, []string{"corel", "photo-paint", "coreldraw"}},
	{"PaintShop Pro", editor, []string{"paint shop pro", "paintshop pro", "paint shop photo", "jasc"}},
	{"Ulead PhotoImpact", editor, []string{"photoimpact", "ulead"}},
	{"Pixelmator", editor, []string{"pixelmator"}},
	{"Acorn", editor, []string{"flying meat acorn", "acorn version"}},
	{"Krita", editor, []string{"krita"}},
	{"Inkscape", layout, []string{"inkscape"}},
	{"Clip Studio Paint", editor, []string{"clip studio", "celsys"}},
	{"MediBang Paint", editor, []string{"medibang"}},
	{"Procreate", editor, []string{"procreate"}},
	{"ibisPaint", editor, []string{"ibispaint", "ibis paint"}},
	{"PhotoScape", editor, []string{"photoscape"}},
	{"PhotoFiltre", editor, []string{"photofiltre"}},
	{"PhotoDirector", editor, []string{"photodirector"}},
	{"Movavi", editor, []string{"movavi"}},
	{"Zoner Photo Studio", editor, []string{"zoner"}},
	{"Pixlr", editor, []string{"pixlr"}},
	{"Photopea", editor, []string{"photopea"}},
	{"Fotor", editor, []string{"fotor"}},
	{"BeFunky", editor, []string{"befunky"}},
	{"PicMonkey", editor, []string{"picmonkey"}},
	{"Ribbet", editor, []string{"ribbet"}},
	{"Canva", layout, []string{"canva"}},
	{"Figma", layout, []string{"figma"}},
	{"Aviary", editor, []string{"aviary"}},
	{"Topaz", editor, []string{"topaz", "gigapixel ai"}},
	{"Luminar", editor, []string{"luminar", "skylum", "aurora hdr"}},
	{"Nik Collection", editor, []string{"nik collection", "color efex", "silver efex"}},
	{"Photomatix", editor, []string{"photomatix"}},
	{"Portrait Professional", retoucher, []string{"portraitpro", "portrait professional"}},
	{"Polaroid/Arcsoft PhotoStudio", editor, []string{"photostudio", "arcsoft"}},
	{"Roxio PhotoSuite", editor, []string{"photosuite", "photoworks"}},
	{"Micrografx Picture Publisher", editor, []string{"picture publisher", "micrografx"}},
	{"GraphicConverter", editor, []string{"graphicconverter", "graphic converter", "lemke"}},
	{"Seashore", editor, []string{"seashore"}},
	{"Skitch", editor, []string{"skitch"}},
	{"Snagit", editor, []string{"snagit"}},
	// Editors for the phone, and those people here use most.
	{"美图秀秀 (Meitu)", retoucher, []string{"meitu", "美图", "mtxx", "xiuxiu", "meituxiuxiu", "beautyplus", "beautycam", "美颜相机"}},
	{"醒图", retoucher, []string{"醒图", "xingtu", "hypic", "retouch by bytedance"}},
	{"轻颜", retoucher, []string{"轻颜", "ulike"}},
	{"Faceu 激萌", retoucher, []string{"faceu", "激萌"}},
	{"B612", retoucher, []string{"b612"}},
	{"天天P图 (Pitu)", retoucher, []string{"天天p图", "pitu"}},
	{"黄油相机", retoucher, []string{"黄油相机", "butter camera", "buttercam"}},
	{"剪映 (CapCut)", retoucher, []string{"剪映", "capcut", "jianying", "lemon8"}},
	{"泼辣修图 (Polarr)", retoucher, []string{"泼辣", "polarr"}},
	{"光影魔术手", editor, []string{"光影魔术手", "neoimaging", "nEO iMAGING"}},
	{"可牛影像", editor, []string{"可牛", "keniu"}},
	{"360 图片", editor, []string{"360图片", "360画报"}},
	{"2345 看图王", viewer, []string{"2345看图王", "2345pic", "看图王"}},
	{"稿定设计", layout, []string{"稿定"}},
	{"创客贴", layout, []string{"创客贴"}},
	{"美册", retoucher, []string{"美册"}},
	{"PicsArt", retoucher, []string{"picsart"}},
	{"Snapseed", retoucher, []string{"snapseed"}},
	{"VSCO", retoucher, []string{"vsco", "vscocam"}},
	{"Facetune", retoucher, []string{"facetune", "lightricks", "enlight"}},
	{"YouCam", retoucher, []string{"youcam", "cyberlink"}},
	{"LINE Camera", retoucher, []string{"line camera", "linecamera"}},
	{"SNOW", retoucher, []string{"snow corp", "snow camera"}},
	{"Camera360", retoucher, []string{"camera360", "pinguo"}},
	{"Retrica", retoucher, []string{"retrica"}},
	{"InShot", retoucher, []string{"inshot"}},
	{"PhotoGrid", retoucher, []string{"photogrid", "photo grid"}},
	{"AirBrush", retoucher, []string{"airbrush"}},
	{"Foodie", retoucher, []string{"foodie"}},
	{"TouchRetouch", retoucher, []string{"touchretouch", "adva soft"}},
	{"Instagram", retoucher, []string{"instagram"}},
	{"Samsung Photo Editor", editor, []string{"samsung photo editor", "photo editor", "photoeditor"}},
	{"Windows Photos", manager, []string{"windows photo editor", "microsoft photos"}},
	{"Remini", retoucher, []string{"remini"}},
	{"remove.bg", retoucher, []string{"remove.bg"}},

	// Raw converters.
	{"Adobe Lightroom", converter, []string{"lightroom", "photoshop lightroom"}},
	{"Adobe Camera Raw", converter, []string{"camera raw"}},
	{"Capture One", converter, []string{"capture one"}},
	{"DxO", converter, []string{"dxo", "dxo photolab", "dxo opticspro"}},
	{"RawTherapee", converter, []string{"rawtherapee"}},
	{"darktable", converter, []string{"darktable"}},
	{"UFRaw", converter, []string{"ufraw", "dcraw"}},
	{"ON1 Photo RAW", converter, []string{"on1"}},
	{"Silkypix", converter, []string{"silkypix", "ichikawa soft"}},
	{"Bibble", converter, []string{"bibble", "aftershot"}},
	{"Aperture", converter, []string{"aperture 1", "aperture 2", "aperture 3"}},
	{"Nikon Capture", converter, []string{"nikon capture", "capture nx", "nx studio", "viewnx"}},
	{"Canon Digital Photo Professional", converter, []string{"digital photo professional"}},
	{"Sony Imaging Edge", converter, []string{"imaging edge", "image data converter"}},
	{"Olympus Studio", converter, []string{"olympus studio", "om workspace", "olympus workspace", "olympus viewer"}},
	{"Phase One", converter, []string{"phase one"}},

	// Programs that sort and correct.
	{"Picasa", manager, []string{"picasa"}},
	{"Google Photos", manager, []string{"google photos", "google inc"}},
	{"ACDSee", manager, []string{"acdsee", "acd systems"}},
	{"Apple Photos", manager, []string{"apple photos", "photos 1", "photos 2", "photos 3", "photos 4", "photos 5", "photos 6", "photos 7", "photos 8", "photos 9", "photos 10"}},
	{"iPhoto", manager, []string{"iphoto"}},
	{"QuickTime", manager, []string{"quicktime"}},
	{"Adobe Photoshop Album", manager, []string{"photoshop album"}},
	{"Adobe Bridge", manager, []string{"adobe bridge"}},
	{"Photo Mechanic", manager, []string{"photo mechanic", "camera bits"}},
	{"digiKam", manager, []string{"digikam", "showfoto"}},
	{"Shotwell", manager, []string{"shotwell"}},
	{"gThumb", manager, []string{"gthumb"}},
	{"F-Spot", manager, []string{"f-spot"}},
	{"Windows Photo Gallery", manager, []string{"windows live photo gallery", "windows photo gallery", "photo gallery"}},
	{"FastStone", manager, []string{"faststone"}},
	{"XnView", manager, []string{"xnview"}},
	{"IrfanView", manager, []string{"irfanview"}},
	{"Nikon Transfer", manager, []string{"nikon transfer", "nikon view", "nikonview"}},
	{"Olympus CAMEDIA Master", manager, []string{"camedia master", "olympus master", "olympus ib"}},
	{"Canon ZoomBrowser", manager, []string{"zoombrowser", "imagebrowser", "canon utilities"}},
	{"Kodak EasyShare", manager, []string{"kodak easyshare software", "easyshare software"}},
	{"Sony Picture Motion Browser", manager, []string{"picture motion browser", "playmemories"}},
	{"FinePixViewer", manager, []string{"finepixviewer", "myfinepix"}},
	{"Magix", manager, []string{"magix"}},
	{"Mihov", manager, []string{"mihov image resizer"}},
	{"PhotoME", manager, []string{"photome"}},
	{"ExifTool", metadataTool, []string{"exiftool", "exifer", "exif pilot", "geosetter"}},

	// Scanner apps.
	{"扫描全能王 (CamScanner)", scannerApp, []string{"camscanner", "扫描全能王", "intsig", "cs scanner"}},
	{"Adobe Scan", scannerApp, []string{"adobe scan"}},
	{"Microsoft Lens", scannerApp, []string{"office lens", "microsoft lens"}},
	{"夸克扫描王", scannerApp, []string{"夸克扫描", "扫描王"}},
	{"布丁扫描", scannerApp, []string{"布丁扫描"}},
	{"白描", scannerApp, []string{"白描"}},
	{"Genius Scan", scannerApp, []string{"genius scan", "grizzly labs"}},
	{"Scanbot", scannerApp, []string{"scanbot"}},
	{"Scanner Pro", scannerApp, []string{"scanner pro", "readdle"}},
	{"Tiny Scanner", scannerApp, []string{"tiny scanner", "tinyscan"}},
	{"TurboScan", scannerApp, []string{"turboscan"}},
	{"SwiftScan", scannerApp, []string{"swiftscan"}},
	{"iScanner", scannerApp, []string{"iscanner"}},
	{"Evernote Scannable", scannerApp, []string{"scannable"}},
	{"Google PhotoScan", scannerApp, []string{"photoscan"}},

	// Scanners.
	{"EPSON Scan", scanner, []string{"epson scan", "epson"}},
	{"VueScan", scanner, []string{"vuescan"}},
	{"SilverFast", scanner, []string{"silverfast", "lasersoft"}},
	{"HP Scan", scanner, []string{"hp scan", "hp scanjet", "hp smart"}},
	{"Canon scanner", scanner, []string{"canoscan", "canon mf toolbox", "ij scan utility", "scangear"}},
	{"Brother scanner", scanner, []string{"controlcenter4", "brother iprint"}},
	{"Fujitsu ScanSnap", scanner, []string{"scansnap", "paperstream"}},
	{"Windows Fax and Scan", scanner, []string{"windows fax and scan"}},
	{"SANE", scanner, []string{"xsane", "simple scan", "sane"}},
	{"NAPS2", scanner, []string{"naps2"}},

	// Messengers.
	{"WeChat", messenger, []string{"wechat", "weixin", "微信"}},
	{"QQ", messenger, []string{"qq", "tencent qq"}},
	{"DingTalk", messenger, []string{"dingtalk", "钉钉"}},
	{"WhatsApp", messenger, []string{"whatsapp"}},
	{"Telegram", messenger, []string{"telegram"}},

	// Libraries and servers.
	{"GD", library, []string{"gd-jpeg", "gd version"}},
	{"ImageMagick", library, []string{"imagemagick", "magickwand", "graphicsmagick"}},
	{"FFmpeg", library, []string{"lavc", "ffmpeg"}},
	{"IJG", library, []string{"using ijg jpeg", "intel(r) jpeg library", "jpeg encoder copyright", "xv version", "handmade software", "lead technologies", "accusoft", "pegasus imaging", "apache commons imaging", "aspose", "imagegear", "image alchemy"}},
	{"Pillow", library, []string{"pillow", "python imaging"}},
	{"libvips", library, []string{"libvips", "vips"}},
	{"JPEGmini", library, []string{"jpegmini"}},
	{"Matplotlib", library, []string{"matplotlib"}},
	{"AppleMark", library, []string{"applemark"}},

	// Viewers and screens.
	{"Windows Photo Viewer", viewer, []string{"windows photo viewer", "microsoft windows photo viewer"}},
	{"macOS Preview", viewer, []string{"preview 1", "mac os x", "macos version"}},
	{"gPhotoShow", viewer, []string{"gphotoshow", "eye of gnome", "gwenview"}},
	{"screenshot", screenshot, []string{"screenshot", "screen shot", "greenshot", "gnome-screenshot", "lightshot", "snipaste", "截图", "截屏"}},

	// Names that look like programs and are the camera's.
	{"camera", firmware, []string{"camera application", "mediatek camera", "digital camera", "hdr+", "huawei", "harmonyos", "miui", "coloros", "funtouch", "oneui", "blackberry", "android", "windows phone", "firmware", "version", "ver", "fw", "ios", "camera firmware", "oplus"}},
}

// identify returns the program that s names, and false if it names none of the table.
func identify(s string) (program, bool) {
	s = strings.ToLower(s)
	best, longest := program{}, 0
	for _, p := range programs {
		for _, w := range p.words {
			w = strings.ToLower(w)
			if len(w) > longest && holdsWord(s, w) {
				best, longest = p, len(w)
			}
		}
	}
	return best, longest > 0
}

// holdsWord reports whether word stands in s by itself: not as a part of a longer word ("wps" in
// "shewps"). A version number may follow directly ("snapseed2"). Chinese has no gaps between words.
func holdsWord(s, word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	last, _ := utf8.DecodeLastRuneInString(word)
	for from := 0; ; {
		i := strings.Index(s[from:], word)
		if i < 0 {
			return false
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		after, _ := utf8.DecodeRuneInString(s[i+len(word):])
		opens := i == 0 || unicode.Is(unicode.Han, first) || !unicode.IsLetter(before) && !unicode.IsDigit(before) || unicode.Is(unicode.Han, before)
		closes := i+len(word) == len(s) || unicode.Is(unicode.Han, last) || !unicode.IsLetter(after) || unicode.Is(unicode.Han, after)
		if closes && unicode.IsDigit(last) && unicode.IsDigit(after) {
			closes = false // "photos 1" is not in "photos 17"
		}
		if opens && closes {
			return true
		}
		from = i + 1
	}
}

// opensWith are the words after which a free text names the program that wrote the file.
var opensWith = []string{
	"created with", "created by", "created in", "created using", "made with", "made by", "edited with", "edited by", "edited in", "edited using",
	"processed with", "processed by", "saved with", "saved by", "written by", "generated by", "generated with", "exported from",
	"scanned by", "scanned with", "optimized by", "compressed by", "creator:", "software:", "由", "来自", "使用",
}

// identifyIn looks for a program in a free text such as a description, which may mention one
// without having been written by it: only a name at its beginning or right behind "created
// with" and the like counts.
func identifyIn(s string) (program, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	const near = 48 // runes: room for the maker's name before the program's
	if p, ok := identify(cut(s, near)); ok {
		for _, w := range p.words {
			if strings.HasPrefix(s, strings.ToLower(w)) {
				return p, true
			}
		}
	}
	for _, opening := range opensWith {
		if i := strings.Index(s, opening); i >= 0 {
			if p, ok := identify(cut(s[i+len(opening):], near)); ok && p.class != firmware {
				return p, true
			}
		}
	}
	return program{}, false
}

func cut(s string, runes int) string {
	for i := range s {
		if runes == 0 {
			return s[:i]
		}
		runes--
	}
	return s
}
