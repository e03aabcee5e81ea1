package edits

import (
	"strings"
	"testing"
)

// What programs and devices really write into the fields for software.
func TestIdentify(t *testing.T) {
	for _, c := range []struct {
		value, name string
		class       class
	}{
		{"Adobe Photoshop CS6 (Macintosh)", "Adobe Photoshop", editor},
		{"Adobe Photoshop Elements 12.0 Macintosh", "Adobe Photoshop", editor},
		{"Photoshop Express", "Adobe Photoshop", editor},
		{"Adobe Photoshop Lightroom 4.4 (Windows)", "Adobe Lightroom", converter},
		{"Adobe Photoshop Lightroom Classic 9.2 (Windows)", "Adobe Lightroom", converter},
		{"Adobe Lightroom 5.3 (Macintosh)", "Adobe Lightroom", converter},
		{"Adobe Photoshop Camera Raw 11.1 (Macintosh)", "Adobe Camera Raw", converter},
		{"Adobe Photoshop Album Starter Edition 3.0", "Adobe Photoshop Album", manager},
		{"Adobe Bridge CS5", "Adobe Bridge", manager},
		{"Adobe Fireworks CS5 11.0.0.484 Windows", "Adobe Fireworks", editor},
		{"Adobe Illustrator CS5", "Adobe Illustrator", layout},
		{"Adobe Acrobat 9.41 Paper Capture Plug-in", "Adobe Acrobat", pdfTool},
		{"GIMP 2.10.32", "GIMP", editor},
		{"gimp 2.8", "GIMP", editor},
		{"paint.net 4.2.13", "Paint.NET", editor},
		{"Corel PaintShop Pro X8", "PaintShop Pro", editor},
		{"Corel Paint Shop Pro Photo X2", "PaintShop Pro", editor},
		{"ACD Systems Digital Imaging", "ACDSee", manager},
		{"ACD Systems 数码成像", "ACDSee", manager},
		{"Picasa", "Picasa", manager},
		{"Google", "Google Photos", manager},
		{"Photos 1.5", "Apple Photos", manager},
		{"Microsoft Windows Photo Viewer 6.1.7600.16385", "Windows Photo Viewer", viewer},
		{"Windows Photo Editor 10.0.10011.16384", "Windows Photos", manager},
		{"Microsoft Windows Live Photo Gallery 15.4.3555.308", "Windows Photo Gallery", manager},
		{"Microsoft Office Picture Manager", "Microsoft Office Picture Manager", manager},
		{"Microsoft Office Lens", "Microsoft Lens", scannerApp},
		{"OLYMPUS CAMEDIA Master", "Olympus CAMEDIA Master", manager},
		{"Nikon Transfer 1.1 W", "Nikon Transfer", manager},
		{"Digital Photo Professional", "Canon Digital Photo Professional", converter},
		{"美图秀秀", "美图秀秀 (Meitu)", retoucher},
		{"Meitu", "美图秀秀 (Meitu)", retoucher},
		{"Software:Meitu2.1", "美图秀秀 (Meitu)", retoucher},
		{"醒图7.9.0", "醒图", retoucher},
		{"PicsArt", "PicsArt", retoucher},
		{"Snapseed 2.0", "Snapseed", retoucher},
		{"snapseed2", "Snapseed", retoucher},
		{"天天P图 5.9", "天天P图 (Pitu)", retoucher},
		{"扫描全能王", "扫描全能王 (CamScanner)", scannerApp},
		{"CamScanner 6.1", "扫描全能王 (CamScanner)", scannerApp},
		{"由扫描全能王扫描创建", "扫描全能王 (CamScanner)", scannerApp},
		{"WPS Office", "WPS Office", layout},
		{"WPS 演示", "WPS Office", layout},
		{"Microsoft® PowerPoint® 2013", "Microsoft PowerPoint", layout},
		{"Microsoft Office PowerPoint", "Microsoft Office", layout},
		{"微信", "微信 (WeChat)", messenger},
		{"QQ", "QQ", messenger},
		{"QQ影像 3.1", "QQ影像", editor},
		{"Android Screenshot", "Screenshot", screenshot},
		{"ImageMagick 6.9", "ImageMagick", library},
		{"Lavc57.48.101", "FFmpeg", library},
		{"ExifTool 12.0", "ExifTool", metadataTool},
		{"PFU ScanSnap Manager 6.3", "Fujitsu scanner", scanner},
		{"FUJITSU M4097Ddm", "Fujitsu scanner", scanner},
		// An editor's name counts, whatever versions stand before it.
		{"Version 1.2 Snapseed", "Snapseed", retoucher},
		{"Ver.1.00; Adobe Photoshop 7.0", "Adobe Photoshop", editor},
		{"iOS Photoshop Express 5", "Adobe Photoshop", editor},
	} {
		p, ok := identify(c.value)
		if !ok || p.name != c.name || p.class != c.class {
			t.Errorf("identify(%q) = %s (%s) %v, want %s (%s)", c.value, p.name, p.class, ok, c.name, c.class)
		}
	}
}

// What cameras and phones write there, and names that only look like a program's: none may be
// taken for a program.
func TestIdentifyFalseFriends(t *testing.T) {
	for _, value := range []string{
		"", "   ", "1.0", "8.3", "15.1", "4.1", "Ver.1.00", "Ver 1.12", "Ver1.10 ", "Version 1.3", "V100-02", "v321-78", "v88-74", "A2v055u",
		"E995v1.6", "1.01+R", "34-1036", "42-0119", "V 05.50", "v553p-73", "fw 05.15 prm 07.53",
		"HDR+ 1.0.345618096zd", "HDR+ 1.0.540104767zdr", "Digital Camera FinePix2650    Ver1.00", "MediaTek Camera Application",
		"J327T1UVS4ASH2", "G950FXXU1AQJ5", "BlackBerry 10.1.0.4633", "MIUI Camera", "HUAWEI P9", "EVA-AL10C00B398",
		// Builds of phones carry code names, some of which are also names of programs' makers.
		"topaz-user 13 TKQ1.221114.001 V14.0.5.0", "venus-user 12 RKQ1", "PENTAX K-5 Ver 1.14", "ILCE-7M3 v3.10", "NIKON D300 Ver.1.10",
		"shewps", "wpsx", "mygimpy", "b6123", "xphotoshopx", "canvas 3", "lightroomy", "Epson PhotoPC 3000Z", "EPSON DSC picture",
		"Photos", "Preview", "photographer QQ", "Google Pixel 6", "Enlightened", "snow", "acorn", "affinity", "sane", "aperture", "topaz",
		"KODAK DX6490 ZOOM DIGITAL CAMERA", "OLYMPUS DIGITAL CAMERA",
	} {
		if p, ok := identify(value); ok && p.class != firmware {
			t.Errorf("identify(%q) = %s (%s)", value, p.name, p.class)
		}
	}
}

func TestIdentifyIn(t *testing.T) {
	for text, want := range map[string]string{
		"CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 90": "GD",
		"File written by Adobe Photoshop® 5.2":                     "Adobe Photoshop",
		"Created with The GIMP":                                    "GIMP",
		"Created with GIMP":                                        "GIMP",
		"GIF made with https://ezgif.com/maker":                    "Ezgif",
		"Adobe Photoshop 4.0":                                      "Adobe Photoshop",
		"LEAD Technologies Inc. V1.01":                             "LEAD Technologies",
		"Intel(R) JPEG Library, version [1.51.12.44]":              "Intel JPEG Library",
		"AppleMark ": "AppleMark",
		"Handmade Software, Inc. Image Alchemy v1.9":    "Handmade Software",
		"Optimized by JPEGmini 3.14.2.84235":            "JPEGmini",
		"Lavc58.54.100":                                 "FFmpeg",
		"PFU ScanSnap Manager #iX500":                   "Fujitsu scanner",
		"由扫描全能王扫描创建":                                    "扫描全能王 (CamScanner)",
		"Screenshot":                                    "Screenshot",
		"Processed with VSCO with a6 preset":            "VSCO",
		`{"data":{"os":"android","product":"retouch"}}`: "醒图",
	} {
		if p, ok := identifyIn(text); !ok || p.name != want {
			t.Errorf("identifyIn(%q) = %q %v, want %q", text, p.name, ok, want)
		}
	}
	for _, text := range []string{
		"", "A photo of a screen that shows Photoshop", "I learned GIMP at school", "my photos 2015 in the park", "Photos 2015 of our trip", "Preview 3 of the plan",
		"PADBYTES", "EPSON DSC picture", "DCF 1.0", "OLYMPUS DIGITAL CAMERA", "SAMSUNG", "holiday with the canva shop in view",
		"XMPFiles BlueSquare test file, saved as .psd in Photoshop", "Created by an artist who never used a computer in all of his long life, not even Photoshop",
		`{"product":"camera","note":"retouch"}`, "QQ", "使用说明", "来自北京",
	} {
		if p, ok := identifyIn(text); ok && p.class != firmware {
			t.Errorf("identifyIn(%q) = %s", text, p.name)
		}
	}
}

// The table itself: every program is found by each of its words, under its own name.
func TestTableOfPrograms(t *testing.T) {
	names, words := map[string]bool{}, map[string]string{}
	perClass := map[class]int{}
	for _, p := range programs {
		if names[p.name] {
			t.Errorf("%s is listed twice", p.name)
		}
		names[p.name] = true
		perClass[p.class]++
		for _, w := range p.words {
			if len([]rune(w.text)) < 2 || w.text != strings.ToLower(w.text) || strings.TrimLeft(w.text, " ") != w.text {
				t.Errorf("%s: the word %q", p.name, w.text)
			}
			if other := words[w.text]; other != "" {
				t.Errorf("%q stands for %s and %s", w.text, other, p.name)
			}
			words[w.text] = p.name
			value := w.text
			if w.number {
				value += "12"
			}
			if got, ok := identify(value); !ok || got.name != p.name {
				t.Errorf("%q names %s, not %s", value, got.name, p.name)
			}
			if w.whole && w.in(value+" x") >= 0 {
				t.Errorf("%q is to be the whole value", w.text)
			}
		}
	}
	for c, title := range classTitles {
		if c != unspecified && perClass[c] == 0 {
			t.Errorf("no program of class %s", c)
		}
		if title.En == "" || title.Zh == "" {
			t.Errorf("class %s lacks a title", c)
		}
	}
}

func TestReadProgramsRefuses(t *testing.T) {
	for _, text := range []string{"name | word", "[no such class]\nname | word", "[editor]\nname without words"} {
		if _, err := readPrograms(text); err == nil || !strings.HasPrefix(err.Error(), "programs.txt:") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
