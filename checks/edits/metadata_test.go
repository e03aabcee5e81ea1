package edits

import (
	"context"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"dossier/checks"
	"dossier/checks/picture/filetest"
	"dossier/fixtures/jpegwriter"
)

// observe runs the check with its own limits. Every finding is held to what all have to keep.
func observe(t rapid.TB, data []byte) ([]checks.Finding, error) {
	t.Helper()
	settings, err := Metadata.Settings(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := Metadata.Run(context.Background(), checks.NewSubject("a.jpg", checks.HolderPhoto, data), settings)
	for _, f := range o.Findings {
		if !slices.ContainsFunc(Metadata.Codes, func(c checks.Code) bool { return c.Code == f.Code }) {
			t.Errorf("code %s is not declared", f.Code)
		}
		if !f.Region.IsZero() {
			t.Errorf("%s: metadata have no place in the picture", f.Code)
		}
		for _, text := range []checks.Text{f.Message, f.Remedy} {
			if text.En == "" || text.Zh == "" || strings.Contains(text.En+text.Zh, "%!") || !strings.HasSuffix(text.Zh, "。") {
				t.Errorf("%s: %+v", f.Code, text)
			}
			for _, word := range []string{"forged", "fake", "tamper", "伪造", "篡改"} {
				if strings.Contains(strings.ToLower(text.En+text.Zh), word) {
					t.Errorf("%s accuses: %q", f.Code, text)
				}
			}
		}
	}
	return o.Findings, err
}

func find1(t *testing.T, data []byte, code string) checks.Finding {
	t.Helper()
	findings, err := observe(t, data)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if f.Code == code {
			return f
		}
	}
	t.Fatalf("no %s, but %v", code, codes(findings))
	return checks.Finding{}
}

func codes(findings []checks.Finding) []string {
	out := []string{}
	for _, f := range findings {
		out = append(out, f.Code)
	}
	return out
}

func wantCodes(t *testing.T, data []byte, want ...string) []checks.Finding {
	t.Helper()
	findings, err := observe(t, data)
	if err != nil {
		t.Fatal(err)
	}
	if got := codes(findings); !slices.Equal(got, append([]string{}, want...)) {
		t.Errorf("found %v, want %v", got, want)
		for _, f := range findings {
			t.Log(f.Message.En)
		}
	}
	return findings
}

// picture is a JPEG of w x h pixels behind the segments given.
func picture(w, h int, segments ...[]byte) []byte {
	return filetest.JPEG{Width: w, Height: h, Values: []uint8{128}, Adobe: -1, Segments: slices.Concat(segments...)}.Bytes()
}

var taken = time.Date(2014, 9, 1, 10, 30, 0, 0, time.UTC)

// camera is what a camera writes with a picture of 400 x 300, changed as asked.
func camera(change func(x *jpegwriter.EXIF)) []byte {
	x := &jpegwriter.EXIF{
		Make: "Canon", Model: "Canon PowerShot S100", Software: "Ver.1.00", Taken: taken, Modified: taken,
		Width: 400, Height: 300, Latitude: 31.23, Longitude: 121.47, MakerNote: []byte("\x01\x00the maker's own"),
	}
	if change != nil {
		change(x)
	}
	return filetest.EXIFSegment(x.Bytes())
}

func photo(change func(x *jpegwriter.EXIF)) []byte { return picture(400, 300, camera(change)) }

// scan is a picture without a camera, of a program that names itself.
func scan(software string) []byte {
	x := &jpegwriter.EXIF{Software: software}
	return picture(400, 300, filetest.EXIFSegment(x.Bytes()))
}

func withXMP(attributes, elements string) []byte {
	return picture(400, 300, filetest.XMPSegment(filetest.XMPPacket(attributes, elements)))
}

// The weights stand for codes that exist, and reach the finding.
func TestSuspicion(t *testing.T) {
	for code, s := range suspicion {
		if s <= 0 || s > 1 || !slices.ContainsFunc(Metadata.Codes, func(c checks.Code) bool { return c.Code == code }) {
			t.Errorf("%s weighs %v", code, s)
		}
	}
	weight := func(f checks.Finding) float64 {
		for _, m := range f.Measures {
			if m.Name == "suspicion" {
				return m.Value
			}
		}
		return 0
	}
	text := find1(t, withXMP("", `<photoshop:TextLayers><rdf:Bag><rdf:li photoshop:LayerName="a"/></rdf:Bag></photoshop:TextLayers>`), "text_added")
	if name := find1(t, scan("GIMP 2.8"), "editor_named"); weight(text) <= weight(name) || weight(name) == 0 {
		t.Errorf("a record of text weighs %v, a name %v", weight(text), weight(name))
	}
	if w := weight(find1(t, picture(200, 150, camera(nil)), "resized")); w != 0 {
		t.Errorf("resizing weighs %v", w)
	}
}

// What devices write of themselves is no finding at all.
func TestUntouchedPictures(t *testing.T) {
	for name, change := range map[string]func(x *jpegwriter.EXIF){
		"a camera":            nil,
		"held upright":        func(x *jpegwriter.EXIF) { x.Orientation = 6 },
		"turned without loss": func(x *jpegwriter.EXIF) { x.Width, x.Height = 300, 400 },
		"big-endian":          func(x *jpegwriter.EXIF) { x.BigEndian = true },
		"a phone": func(x *jpegwriter.EXIF) {
			x.Make, x.Model, x.Software, x.MakerNote = "HUAWEI", "EVA-AL10", "EVA-AL10C00B398", nil
		},
		"night mode":              func(x *jpegwriter.EXIF) { x.Make, x.Software, x.MakerNote = "Google", "HDR+ 1.0.345618096zd", nil },
		"an unknown program":      func(x *jpegwriter.EXIF) { x.Software = "Acme Imaging 2" },
		"written minutes later":   func(x *jpegwriter.EXIF) { x.Modified = taken.Add(5 * time.Minute) },
		"another zone":            func(x *jpegwriter.EXIF) { x.Modified = taken.Add(-13 * time.Hour) },
		"no dates":                func(x *jpegwriter.EXIF) { x.Taken, x.Modified, x.MakerNote = time.Time{}, time.Time{}, nil },
		"before notes were usual": func(x *jpegwriter.EXIF) { x.Taken = taken.AddDate(-14, 0, 0); x.Modified, x.MakerNote = x.Taken, nil },
		"a comment that mentions": func(x *jpegwriter.EXIF) { x.Comment = "a screen that shows Photoshop" },
	} {
		t.Run(name, func(t *testing.T) { wantCodes(t, photo(change)) })
	}
	wantCodes(t, picture(400, 300, filetest.Segment(0xFE, []byte("PFU ScanSnap Manager #iX500"))))
	wantCodes(t, scan("EPSON Scan 3.2"))
	// A caption's resource is written by cameras' transfer programs and picture agencies alike.
	wantCodes(t, picture(400, 300, camera(nil), filetest.PhotoshopSegment(filetest.PhotoshopResource(1028, filetest.IPTCDataset(2, 5, "title")), filetest.PhotoshopResource(1061, make([]byte, 16)))))
}

func TestSkipped(t *testing.T) {
	for name, data := range map[string][]byte{
		"no metadata": picture(8, 8), "BMP": filetest.BMP{Width: 1, Height: 1, Bits: 24, Pixels: make([]byte, 4)}.Bytes(), "nothing": nil,
	} {
		_, err := observe(t, data)
		if reason, ok := checks.SkipReason(err); !ok || reason.Zh == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestProgramsNamed(t *testing.T) {
	for software, want := range map[string]string{
		"Adobe Photoshop CS6 (Windows)": "editor_named", "GIMP 2.8": "editor_named", "paint.net 4.2": "editor_named",
		"美图秀秀": "retoucher_named", "醒图": "retoucher_named", "PicsArt": "retoucher_named", "Snapseed 2.0": "retoucher_named",
		"WPS Office": "layout_named", "Microsoft® PowerPoint® 2013": "layout_named", "扫描全能王": "scanner_app_named", "CamScanner": "scanner_app_named",
		"Adobe Lightroom 5": "photo_program_named", "ACD Systems Digital Imaging": "photo_program_named", "Microsoft Windows Photo Viewer 6.1": "photo_program_named",
		"WeChat": "messenger_named", "ImageMagick 6.9": "library_named", "Snipaste": "screenshot_named", "iTextSharp 4": "pdf_tool_named",
		"Acme Imaging": "unknown_program_named",
	} {
		f := wantCodes(t, scan(software), want)
		if len(f) == 1 && (!strings.Contains(f[0].Message.En, software) || !strings.Contains(f[0].Message.Zh, software) || !strings.Contains(f[0].Message.En, "EXIF Software")) {
			t.Errorf("the message does not say what stands where: %q", f[0].Message)
		}
		// The camera beside it changes nothing, unless the name could be the camera's.
		if want != "unknown_program_named" {
			wantCodes(t, photo(func(x *jpegwriter.EXIF) { x.Software = software }), want)
		}
	}
}

func TestWhereProgramsNameThemselves(t *testing.T) {
	resource, segment := filetest.PhotoshopResource, filetest.PhotoshopSegment
	for name, c := range map[string]struct {
		data        []byte
		code, field string
	}{
		"XMP CreatorTool":     {withXMP(`xmp:CreatorTool="GIMP 2.10"`, ""), "editor_named", "XMP CreatorTool"},
		"IPTC":                {picture(8, 8, segment(resource(1028, filetest.IPTCDataset(2, 65, "Adobe Photoshop")))), "editor_named", "IPTC OriginatingProgram"},
		"version resource":    {picture(8, 8, segment(resource(1057, filetest.PhotoshopVersion("Adobe Photoshop")))), "editor_named", "8BIM 1057"},
		"JPEG comment":        {picture(8, 8, filetest.Segment(0xFE, []byte("CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 90"))), "library_named", "comment"},
		"GIF comment":         {filetest.GIFWith(filetest.GIFComment("Created with GIMP")), "editor_named", "comment"},
		"GIF application":     {filetest.GIFWith(filetest.GIFApplication("ImageMagick", "gamma=0.45")), "library_named", "GIF application"},
		"GIF XMP":             {filetest.GIFWith(filetest.GIFXMP(filetest.XMPPacket(`xmp:CreatorTool="Adobe Photoshop CS6"`, ""))), "editor_named", "XMP CreatorTool"},
		"record of 醒图":        {photo(func(x *jpegwriter.EXIF) { x.Comment = `{"data":{"os":"android","product":"retouch"}}` }), "retoucher_named", "EXIF UserComment"},
		"screenshot":          {photo(func(x *jpegwriter.EXIF) { x.Comment = "Screenshot" }), "screenshot_named", "EXIF UserComment"},
		"Facebook's mark":     {picture(8, 8, segment(resource(1028, filetest.IPTCDataset(2, 40, "FBMD01000a9a0d0000")))), "messenger_named", "SpecialInstructions"},
		"PDF that held it":    {withXMP("", "<pdf:Producer>iText 2.0.8</pdf:Producer>"), "pdf_tool_named", "pdf:Producer"},
		"Ducky":               {picture(8, 8, filetest.Segment(0xEC, []byte("Ducky\x00\x01\x00\x04\x00\x00\x00\x3c\x00\x00"))), "adobe_marks", "Ducky quality 60"},
		"Adobe's APP14":       {picture(8, 8, filetest.Segment(0xEE, []byte("Adobe\x00\x64\x00\x00\x00\x00\x01"))), "adobe_marks", "APP14"},
		"Photoshop resources": {picture(8, 8, segment(resource(1005, make([]byte, 16)))), "adobe_marks", "8BIM"},
	} {
		t.Run(name, func(t *testing.T) {
			if f := wantCodes(t, c.data, c.code); len(f) == 1 && !strings.Contains(f[0].Message.En, c.field) {
				t.Errorf("%q does not name %s", f[0].Message.En, c.field)
			}
		})
	}
}

func history(steps ...string) string {
	return "<xmpMM:History><rdf:Seq>" + strings.Join(steps, "") + "</rdf:Seq></xmpMM:History>"
}

func saved(agent, when string) string {
	return `<rdf:li stEvt:action="saved" stEvt:softwareAgent="` + agent + `" stEvt:when="` + when + `"/>`
}

func TestLastWriter(t *testing.T) {
	photoshop := saved("Adobe Photoshop CS4 Windows", "2010-03-04T11:59:38+01:00")
	exif := filetest.EXIFSegment((&jpegwriter.EXIF{Software: "paint.net 4.2", Modified: taken}).Bytes())
	for name, c := range map[string]struct {
		data        []byte
		first, date string
	}{
		"the tag, written by a program without a history": {picture(8, 8, exif, filetest.XMPSegment(filetest.XMPPacket("", history(saved("Adobe Photoshop CS6", "2014-08-30T10:00:00Z"))))), "Paint.NET", "1 September 2014, 10:30"},
		"a tag that kept the date of the program before":  {picture(8, 8, exif, filetest.XMPSegment(filetest.XMPPacket("", history(saved("Adobe Photoshop CS6", "2014-09-01T10:30:00+08:00"))))), "Paint.NET", ""},
		"the last step of the history":                    {withXMP(`xmp:CreatorTool="GIMP 2.4"`, history(saved("GIMP 2.4", "2010-03-03T11:00:00Z"), photoshop)), "Adobe Photoshop", "4 March 2010, 11:59"},
		"the creator, which saved once more":              {withXMP(`xmp:CreatorTool="Adobe Fireworks CS5" xmp:ModifyDate="2011-08-31T15:00:07Z"`, history(photoshop)), "Adobe Fireworks", "31 August 2011, 15:00"},
		"the creator, at the same moment":                 {withXMP(`xmp:CreatorTool="Adobe Fireworks CS5" xmp:ModifyDate="2010-03-04T10:59:38Z"`, history(photoshop)), "Adobe Photoshop", ""},
		"firmware in the tag":                             {picture(400, 300, camera(nil), filetest.XMPSegment(filetest.XMPPacket("", history(photoshop)))), "Adobe Photoshop", "4 March 2010, 11:59"},
	} {
		t.Run(name, func(t *testing.T) {
			findings, err := observe(t, c.data)
			if err != nil || len(findings) == 0 {
				t.Fatal(findings, err)
			}
			m := findings[0].Message.En
			if !strings.Contains(m, "last program that wrote it: "+c.first) {
				t.Errorf("%q does not name %s", m, c.first)
			}
			if c.date == "" && strings.Contains(m, "20") != strings.Contains(m, "CS20") || !strings.Contains(m, c.date) {
				t.Errorf("%q, want the date %q", m, c.date)
			}
		})
	}
}

// An editor that stands before a messenger or a viewer is told too: it is the one that counts.
func TestEarlierWriters(t *testing.T) {
	data := picture(8, 8, filetest.EXIFSegment((&jpegwriter.EXIF{Software: "Picasa"}).Bytes()),
		filetest.XMPSegment(filetest.XMPPacket(`xmp:CreatorTool="Adobe Illustrator CS5"`, history(saved("Adobe Photoshop CS6", "2014-08-30T10:00:00Z")))))
	f := wantCodes(t, data, "photo_program_named", "editor_named", "layout_named")
	if len(f) == 3 && (!strings.Contains(f[0].Message.En, "Before it: Adobe Photoshop, Adobe Illustrator.") || !strings.Contains(f[1].Message.En, "earlier programs")) {
		t.Errorf("%q, %q", f[0].Message.En, f[1].Message.En)
	}
}

func TestEarlierWritersAreBounded(t *testing.T) {
	steps := []string{saved("GIMP 2.8", "2010-03-04T11:00:00Z")}
	for i := range 400 {
		steps = append(steps, saved("Program "+strconv.Itoa(i)+" of many", ""))
	}
	f := find1(t, withXMP("", history(steps...)), "unknown_program_named")
	if !strings.Contains(f.Message.En, " and 395 more.") || len(f.Message.En) > 600 {
		t.Errorf("%d bytes: %q", len(f.Message.En), f.Message.En)
	}
	find1(t, withXMP("", history(steps...)), "editor_named")
	many := `<photoshop:DocumentAncestors><rdf:Bag>` + strings.Repeat("<rdf:li>u</rdf:li>", 2000) + `</rdf:Bag></photoshop:DocumentAncestors>`
	if f := find1(t, withXMP("", many), "content_pasted"); !strings.Contains(f.Message.En, "at least 1000 other documents") || !strings.Contains(f.Message.Zh, "至少 1000 个") {
		t.Errorf("%+v", f.Message)
	}
}

// What the metadata say was done to the content.
func TestContent(t *testing.T) {
	for name, c := range map[string]struct {
		attributes, elements string
		want                 []string
		says                 string
	}{
		"text layers":     {"", `<photoshop:TextLayers><rdf:Bag><rdf:li photoshop:LayerName="a" photoshop:LayerText="张三丰"/><rdf:li photoshop:LayerName="b" photoshop:LayerText="c"/></rdf:Bag></photoshop:TextLayers>`, []string{"text_added"}, "2 text layers"},
		"pasted":          {"", `<photoshop:DocumentAncestors><rdf:Bag><rdf:li>uuid:1</rdf:li></rdf:Bag></photoshop:DocumentAncestors>`, []string{"content_pasted"}, "1 other document "},
		"edited":          {"", history(`<rdf:li stEvt:action="edited"/>`, `<rdf:li stEvt:action="filtered"/>`), []string{"content_edited"}, "2 steps that change what a picture shows (edited, filtered"},
		"Photoshop's log": {"", `<photoshop:History>Open&#xA;Spot Healing Brush&#xA;Clone Stamp&#xA;Clone Stamp</photoshop:History>`, []string{"content_edited"}, "3 steps"},
		"a log of levels": {"", `<photoshop:History>Open&#xA;Levels&#xA;Image Size</photoshop:History>`, nil, ""},
		"healed places":   {"", `<crs:RetouchAreas><rdf:Seq><rdf:li crs:SpotType="heal"/></rdf:Seq></crs:RetouchAreas>`, []string{"retouched"}, "1 setting"},
		"darktable":       {"", `<darktable:history><rdf:Seq><rdf:li darktable:operation="exposure"/></rdf:Seq></darktable:history><darktable:history_operation><rdf:Bag><rdf:li>retouch</rdf:li><rdf:li>sharpen</rdf:li></rdf:Bag></darktable:history_operation>`, []string{"retouched"}, "1 setting"},
		"a Photoshop document in layers": {"", history(`<rdf:li stEvt:action="converted" stEvt:parameters="from application/vnd.adobe.photoshop to image/jpeg"/>`),
			[]string{"layers_recorded"}, "in layers"},
		"saved, converted, resized, cropped": {"", history(`<rdf:li stEvt:action="saved"/>`, `<rdf:li stEvt:action="converted" stEvt:parameters="from image/png to image/jpeg"/>`, `<rdf:li stEvt:action="resized"/>`, `<rdf:li stEvt:action="cropped"/>`), nil, ""},
		"developed":                          {`crs:Exposure2012="+0.50" crs:HasSettings="True"`, "", nil, ""},
		"derived":                            {`xmpMM:DocumentID="d2"`, `<xmpMM:DerivedFrom stRef:documentID="d1"/>`, []string{"derived"}, "another document"},
		"derived from itself":                {`xmpMM:DocumentID="d1"`, `<xmpMM:DerivedFrom stRef:documentID="d1"/>`, nil, ""},
		"ancestors of other kind":            {"", `<xmp:DocumentAncestors><rdf:Bag><rdf:li>uuid:1</rdf:li></rdf:Bag></xmp:DocumentAncestors>`, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := wantCodes(t, withXMP(c.attributes, c.elements), c.want...)
			if len(f) == 1 && !strings.Contains(f[0].Message.En, c.says) {
				t.Errorf("%q does not say %q", f[0].Message.En, c.says)
			}
			for _, x := range f {
				if strings.Contains(x.Message.En+x.Message.Zh, "张三丰") {
					t.Error("the text of a layer is shown, which may be a person's name")
				}
			}
		})
	}
	layered := picture(8, 8, filetest.PhotoshopSegment(filetest.PhotoshopResource(1024, []byte{0, 1}), filetest.PhotoshopResource(1057, filetest.PhotoshopVersion("Adobe Photoshop"))))
	wantCodes(t, layered, "layers_recorded", "editor_named")
}

func TestDevice(t *testing.T) {
	wantCodes(t, photo(func(x *jpegwriter.EXIF) { x.MakerNote = nil }), "maker_note_missing")
	for xmp, want := range map[string][]string{
		`tiff:Make="Canon" tiff:Model="Canon PowerShot S100"`:   nil,
		`tiff:Make="CANON" tiff:Model="PowerShot S100"`:         nil,
		`tiff:Make="NIKON CORPORATION" tiff:Model="NIKON D300"`: {"devices_disagree"},
		`tiff:Make="Canon" tiff:Model="Canon EOS 5D"`:           {"devices_disagree"},
		`xmp:Rating="5"`: nil,
	} {
		f := wantCodes(t, picture(400, 300, camera(nil), filetest.XMPSegment(filetest.XMPPacket(xmp, ""))), want...)
		if len(f) == 1 && !strings.Contains(f[0].Message.En, "Canon PowerShot S100") {
			t.Errorf("%q does not name the devices", f[0].Message.En)
		}
	}
}

func TestFrame(t *testing.T) {
	for _, c := range []struct {
		w, h int
		want []string
	}{
		{400, 300, nil}, {300, 400, nil}, {200, 150, []string{"resized"}}, {150, 200, []string{"resized"}}, {133, 100, []string{"resized"}},
		{800, 600, []string{"resized"}}, {400, 299, []string{"resized"}}, {400, 200, []string{"cropped"}}, {300, 300, []string{"cropped"}}, {1, 1, []string{"cropped"}},
	} {
		wantCodes(t, picture(c.w, c.h, camera(nil)), c.want...)
	}
	f := find1(t, picture(200, 150, camera(nil)), "resized")
	if !strings.Contains(f.Message.En, "400 x 300 pixels, the file has 200 x 150") {
		t.Errorf("%q", f.Message.En)
	}
	// A size of nothing, or one that no integer holds, is no size.
	wantCodes(t, picture(400, 300, camera(func(x *jpegwriter.EXIF) { x.Width, x.Height = 0, 0 })))
}

func TestDates(t *testing.T) {
	later := find1(t, photo(func(x *jpegwriter.EXIF) { x.Modified = taken.Add(50 * time.Hour) }), "saved_later")
	if !strings.Contains(later.Message.En, "1 September 2014, 10:30") || !strings.Contains(later.Message.En, "2 days later") || !strings.Contains(later.Message.Zh, "2014年9月3日 12:30") {
		t.Errorf("%+v", later.Message)
	}
	if len(later.Measures) != 1 || later.Measures[0].Value != 3000 {
		t.Errorf("%+v", later.Measures)
	}
	wantCodes(t, photo(func(x *jpegwriter.EXIF) { x.Modified = taken.Add(-27 * time.Hour) }), "dates_disagree")
	wantCodes(t, photo(func(x *jpegwriter.EXIF) { x.Modified = taken.Add(11 * time.Minute) }), "saved_later")
}

func TestPosition(t *testing.T) {
	for _, c := range []struct {
		latitude, longitude float64
		want                []string
	}{
		{31.23, 121.47, nil}, {-90, -180, nil}, {120, 31, []string{"position_impossible"}}, {31, 200, []string{"position_impossible"}},
	} {
		f := wantCodes(t, photo(func(x *jpegwriter.EXIF) { x.Latitude, x.Longitude = c.latitude, c.longitude }), c.want...)
		for _, x := range f {
			if strings.Contains(x.Message.En, "31") {
				t.Errorf("%q tells where somebody was", x.Message.En)
			}
		}
	}
}

// The satellites' date is UTC's, and a phone may keep an old one for a while.
func TestSatelliteDate(t *testing.T) {
	le := binary.LittleEndian
	stamped := func(date string) []byte {
		main := func(exif, gps uint32) []byte {
			return filetest.Directories(le, 0, filetest.Text(0x0110, "X1"), filetest.Pointer(le, 0x8769, exif), filetest.Pointer(le, 0x8825, gps))
		}
		exifAt := uint32(len(main(0, 0)))
		exif := filetest.Directory(le, exifAt, 0, filetest.Text(0x9003, "2014:09:01 10:30:00"))
		gpsAt := exifAt + uint32(len(exif))
		return picture(8, 8, filetest.EXIFSegment(slices.Concat(main(exifAt, gpsAt), exif, filetest.Directory(le, gpsAt, 0, filetest.Text(0x001D, date)))))
	}
	for date, want := range map[string][]string{
		"2014:09:01": nil, "2014:08:31": nil, "2014:09:02": nil, "1980:01:06": nil, "0000:00:00": nil, "rubbish": nil,
		"2014:08:20": {"dates_disagree"}, "2014:10:01": {"dates_disagree"},
	} {
		wantCodes(t, stamped(date), want...)
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		11 * time.Minute: "11 minutes", time.Hour: "1 hour", 47 * time.Hour: "47 hours", 48 * time.Hour: "2 days", 731 * 24 * time.Hour: "2 years",
	} {
		if got := span(d); got.En != want || got.Zh == "" {
			t.Errorf("span(%v) = %+v, want %q", d, got, want)
		}
	}
}

func TestDamage(t *testing.T) {
	f := find1(t, picture(8, 8, filetest.EXIFSegment([]byte("rubbish rubbish")), filetest.XMPSegment("<x")), "metadata_damaged")
	if !strings.Contains(f.Message.En, "EXIF, XMP") {
		t.Errorf("%q", f.Message.En)
	}
}

// Whatever stands in the fields, messages stay sentences: one line, no control characters, bounded.
func TestMessagesStayShort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		software := rapid.String().Draw(t, "software") + rapid.SampledFrom([]string{"", " Adobe Photoshop", "美图"}).Draw(t, "program")
		if len(software) > 2000 {
			t.Skip("longer than the block")
		}
		x := &jpegwriter.EXIF{Software: software, Comment: rapid.StringN(0, 200, 2000).Draw(t, "comment"), Modified: taken}
		findings, err := observe(t, picture(8, 8, filetest.EXIFSegment(x.Bytes())))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			for _, m := range []string{f.Message.En, f.Message.Zh} {
				if len([]rune(m)) > 400 || strings.ContainsFunc(m, unicode.IsControl) {
					t.Fatalf("%s: %q", f.Code, m)
				}
			}
		}
	})
}
