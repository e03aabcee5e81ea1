package metadata

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dossier/checks"
	"dossier/checks/picture/filetest"
)

func read(t *testing.T, data []byte) *Metadata {
	t.Helper()
	m, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func wantValue(t *testing.T, m *Metadata, source Source, name, want string) {
	t.Helper()
	if got := m.Value(source, name); got != want {
		t.Errorf("%s %s = %q, want %q", source, name, got, want)
	}
}

func noProblems(t *testing.T, m *Metadata) {
	t.Helper()
	if len(m.Problems) > 0 {
		t.Errorf("problems: %v", m.Problems)
	}
}

func TestEXIF(t *testing.T) {
	for _, bigEndian := range []bool{false, true} {
		x := phone()
		x.BigEndian = bigEndian
		m := read(t, jpegWith(filetest.EXIFSegment(x.Bytes())))
		noProblems(t, m)
		wantValue(t, m, EXIF, "Make", "Canon")
		wantValue(t, m, EXIF, "Software", "Ver.1.00")
		wantValue(t, m, EXIF, "PixelXDimension", "4000")
		wantValue(t, m, EXIF, "UserComment", "hello")
		wantValue(t, m, EXIF, "MakerNote", "")
		if !slices.ContainsFunc(m.Fields, func(f Field) bool { return f.Name == "MakerNote" && f.Bytes == len(x.MakerNote) }) {
			t.Error("the maker note is not listed with its length")
		}
		d, ok := m.Date(EXIF, "DateTimeOriginal")
		if !ok || !d.Time.Equal(x.Taken) || d.HasZone {
			t.Errorf("DateTimeOriginal = %+v", d)
		}
		if !slices.Equal(m.Sources, []Source{EXIF}) {
			t.Errorf("sources %v", m.Sources)
		}
	}
}

func TestEXIFTagsTheLibraryDoesNotName(t *testing.T) {
	le := binary.LittleEndian
	first := func(exifIFD uint32) []byte {
		return filetest.Directories(le, 0, filetest.Text(0x000B, "digiKam-7.1.0"), filetest.Text(0x013C, "Mac OS X 10.5"),
			filetest.Pointer(le, 0x8769, exifIFD), filetest.Text(0x0110, "X1"))
	}
	at := uint32(len(first(0)))
	tiff := first(at)
	sub := filetest.Directory(le, at, 0, filetest.Text(0x9011, "+08:00"), filetest.Text(0xA43B, "SomeEditor 1"))
	m := read(t, jpegWith(filetest.EXIFSegment(append(tiff, sub...))))
	noProblems(t, m)
	wantValue(t, m, EXIF, "ProcessingSoftware", "digiKam-7.1.0")
	wantValue(t, m, EXIF, "HostComputer", "Mac OS X 10.5")
	wantValue(t, m, EXIF, "OffsetTimeOriginal", "+08:00")
	wantValue(t, m, EXIF, "ImageEditingSoftware", "SomeEditor 1")
}

// Writers of UTF-16 comments disagree about the byte order, with the standard and among themselves.
func TestUserComment(t *testing.T) {
	const chinese = "由 醒图 编辑 2014"
	for _, c := range []struct {
		name  string
		bytes []byte
		want  string
	}{
		{"ascii", []byte("ASCII\x00\x00\x00plain"), "plain"},
		{"little-endian", append([]byte("UNICODE\x00"), utf16Bytes(chinese, binary.LittleEndian)...), chinese},
		{"big-endian", append([]byte("UNICODE\x00"), utf16Bytes(chinese, binary.BigEndian)...), chinese},
		{"with a mark", append([]byte("UNICODE\x00"), utf16Bytes("\uFEFF"+chinese, binary.BigEndian)...), chinese},
		{"no code, UTF-8", append(make([]byte, 8), chinese...), chinese},
		{"no code at all", []byte("a comment without a code"), "a comment without a code"},
		{"Chinese national encoding", append(make([]byte, 8), "\xc3\xc0\xcd\xbc\xd0\xe3\xd0\xe3"...), "美图秀秀"},
		{"empty", append([]byte("UNICODE\x00"), make([]byte, 20)...), ""},
		{"short", []byte("abc"), "abc"},
	} {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			if got := clean(userComment(c.bytes, order)); got != c.want {
				t.Errorf("%s, block in %v: %q, want %q", c.name, order, got, c.want)
			}
		}
	}
}

func TestXMP(t *testing.T) {
	m := read(t, jpegWith(filetest.XMPSegment(filetest.XMPPacket(
		`xmp:CreatorTool="Adobe Photoshop CS6 (Windows)" xmp:ModifyDate="2014-09-02T08:00:00+08:00" xmpMM:DocumentID="d2"`,
		`<xmpMM:DerivedFrom stRef:documentID="d1" stRef:instanceID="i1"/>
		<xmpMM:History><rdf:Seq>
		 <rdf:li stEvt:action="created" stEvt:when="2014-09-01T10:00:00+08:00" stEvt:softwareAgent="Adobe Photoshop CS6 (Windows)"/>
		 <rdf:li rdf:parseType="Resource"><stEvt:action>converted</stEvt:action><stEvt:parameters>from image/png to image/jpeg</stEvt:parameters></rdf:li>
		</rdf:Seq></xmpMM:History>
		<photoshop:TextLayers><rdf:Bag><rdf:li photoshop:LayerName="name" photoshop:LayerText="text"/></rdf:Bag></photoshop:TextLayers>
		<photoshop:DocumentAncestors><rdf:Bag><rdf:li>a1</rdf:li><rdf:li>a2</rdf:li></rdf:Bag></photoshop:DocumentAncestors>`))))
	noProblems(t, m)
	wantValue(t, m, XMP, "CreatorTool", "Adobe Photoshop CS6 (Windows)")
	wantValue(t, m, XMP, "DerivedFrom/documentID", "d1")
	wantValue(t, m, XMP, "TextLayers/LayerName", "name")
	want := []Event{
		{Action: "created", Agent: "Adobe Photoshop CS6 (Windows)", When: "2014-09-01T10:00:00+08:00"},
		{Action: "converted", Parameters: "from image/png to image/jpeg"},
	}
	if !slices.Equal(m.History, want) {
		t.Errorf("history %+v", m.History)
	}
	ancestors := 0
	for _, f := range m.Fields {
		if f.Name == "DocumentAncestors" && f.Namespace == NamespacePhotoshop {
			ancestors++
		}
	}
	if ancestors != 2 {
		t.Errorf("%d ancestors, want 2", ancestors)
	}
	if d, ok := m.Date(XMP, "ModifyDate"); !ok || !d.HasZone || !d.Time.Equal(time.Date(2014, 9, 2, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("ModifyDate = %+v", d)
	}
}

func TestExtendedXMP(t *testing.T) {
	main := filetest.XMPPacket(`xmp:CreatorTool="X"`, "")
	far := filetest.XMPPacket("", `<xmpMM:DerivedFrom stRef:documentID="far"/>`)
	var segments [][]byte
	segments = append(segments, filetest.XMPSegment(main))
	for i := 0; i < len(far); i += 100 {
		b := append([]byte("http://ns.adobe.com/xmp/extension/\x00"), strings.Repeat("0", 32)...)
		b = binary.BigEndian.AppendUint32(b, uint32(len(far)))
		b = binary.BigEndian.AppendUint32(b, uint32(i))
		segments = append(segments, filetest.Segment(0xE1, append(b, far[i:min(len(far), i+100)]...)))
	}
	m := read(t, jpegWith(segments...))
	noProblems(t, m)
	wantValue(t, m, XMP, "CreatorTool", "X")
	wantValue(t, m, XMP, "DerivedFrom/documentID", "far")
}

func TestPhotoshopResourcesAndIPTC(t *testing.T) {
	iptc := slices.Concat(filetest.IPTCDataset(2, 0, "\x00\x02"), filetest.IPTCDataset(2, 65, "Some Program"), filetest.IPTCDataset(2, 70, "7.1"), filetest.IPTCDataset(2, 40, "FBMD0100"))
	m := read(t, jpegWith(filetest.PhotoshopSegment(filetest.PhotoshopResource(1061, make([]byte, 16)), filetest.PhotoshopResource(1028, iptc), filetest.PhotoshopResource(1057, filetest.PhotoshopVersion("Adobe Photoshop")))))
	noProblems(t, m)
	if !slices.Equal(m.Resources, []int{1061, 1028, 1057}) {
		t.Errorf("resources %v", m.Resources)
	}
	wantValue(t, m, IPTC, "OriginatingProgram", "Some Program")
	wantValue(t, m, IPTC, "SpecialInstructions", "FBMD0100")
	wantValue(t, m, Photoshop, Writer, "Adobe Photoshop")
	if !m.Has(IPTC) || !m.Has(Photoshop) {
		t.Errorf("sources %v", m.Sources)
	}
}

// Photoshop lets a long resource run over several segments.
func TestResourceOverTwoSegments(t *testing.T) {
	iptc := append(filetest.IPTCDataset(2, 65, "Far Program"), filetest.IPTCDataset(2, 5, "title")...)
	all := slices.Concat(filetest.PhotoshopResource(2000, make([]byte, 300)), filetest.PhotoshopResource(1028, iptc))
	for cutAt := 1; cutAt < len(all); cutAt += 7 {
		m := read(t, jpegWith(filetest.PhotoshopSegment(all[:cutAt]), filetest.PhotoshopSegment(all[cutAt:])))
		if bytes.HasPrefix(all[cutAt:], []byte("8BIM")) || cutAt < 12 {
			continue // the cut lies between two resources, or leaves less than a header
		}
		if !slices.Contains(m.Resources, 2000) {
			t.Fatalf("cut at %d: resources %v, problems %v", cutAt, m.Resources, m.Problems)
		}
		if cutAt <= len(all)-len(filetest.PhotoshopResource(1028, iptc)) {
			wantValue(t, m, IPTC, "OriginatingProgram", "Far Program")
		}
	}
	file := jpegWith(filetest.PhotoshopSegment(all[:100]), filetest.PhotoshopSegment(all[100:]))
	before := bytes.Clone(file)
	read(t, file)
	if !bytes.Equal(file, before) {
		t.Error("reading changed the file's bytes")
	}
	m := read(t, jpegWith(filetest.PhotoshopSegment(all[:100])))
	if len(m.Problems) != 1 || m.Problems[0].Source != Photoshop {
		t.Errorf("a resource that is cut off: %v", m.Problems)
	}
}

func TestDuckyAndAdobe(t *testing.T) {
	ducky := filetest.Segment(0xEC, []byte("Ducky\x00\x01\x00\x04\x00\x00\x00\x3c\x00\x00"))
	adobe := filetest.Segment(0xEE, []byte("Adobe\x00\x64\x00\x00\x00\x00\x01"))
	m := read(t, jpegWith(ducky, adobe))
	wantValue(t, m, Photoshop, Ducky, "quality 60")
	wantValue(t, m, Photoshop, AdobeMarker, "transform 1")
	if m := read(t, jpegWith(adobe)); len(m.Sources) != 0 {
		t.Errorf("Adobe's colour segment alone is no metadata, got %v", m.Sources)
	}
	for _, b := range []string{"Ducky", "Ducky\x00\x01", "Ducky\x00\x01\xff\xff", "Ducky\x00\x01\x00\x04\x00"} {
		wantValue(t, read(t, jpegWith(filetest.Segment(0xEC, []byte(b)))), Photoshop, Ducky, "")
	}
}

func TestComments(t *testing.T) {
	m := read(t, jpegWith(filetest.Segment(0xFE, []byte("CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 90\n\x00"))))
	wantValue(t, m, Comment, "comment", "CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 90")
	long := strings.Repeat("a line of a comment. ", 40)
	m = read(t, filetest.GIFWith(filetest.GIFComment(long), filetest.GIFApplication("NETSCAPE2.0", "\x01\x00\x00"), filetest.GIFApplication("ImageMagick", "gamma=0.45")))
	noProblems(t, m)
	wantValue(t, m, Comment, "comment", strings.TrimSpace(long))
	wantValue(t, m, GIFApp, "application", "ImageMagick")
	m = read(t, filetest.GIFWith(filetest.GIFApplication("NETSCAPE2.0", "\x01\x00\x00")))
	if len(m.Sources) != 0 || len(m.Fields) != 0 {
		t.Errorf("the loop count is no word of a program: %+v", m)
	}
	m = read(t, filetest.GIFWith(filetest.GIFXMP(filetest.XMPPacket(`xmp:CreatorTool="Adobe Photoshop CS6"`, "")), filetest.GIFComment("behind it")))
	noProblems(t, m)
	wantValue(t, m, XMP, "CreatorTool", "Adobe Photoshop CS6")
	wantValue(t, m, Comment, "comment", "behind it")
}

func TestNothingToRead(t *testing.T) {
	m := read(t, jpegWith())
	if len(m.Sources)+len(m.Fields)+len(m.Problems) != 0 {
		t.Errorf("a plain file says something: %+v", m)
	}
	for _, data := range [][]byte{nil, []byte("BM"), filetest.BMP{Width: 1, Height: 1, Bits: 24, Pixels: make([]byte, 4)}.Bytes(), []byte("%PDF-1.4")} {
		var unsupported *checks.UnsupportedError
		if _, err := Read(data); !errors.As(err, &unsupported) {
			t.Errorf("%.8q: error %v", data, err)
		}
	}
}

func TestParseTime(t *testing.T) {
	utc := time.Date(2014, 9, 1, 10, 30, 5, 0, time.UTC)
	for _, c := range []struct {
		text, zone string
		want       time.Time
		zoned, ok  bool
	}{
		{"2014:09:01 10:30:05", "", utc, false, true},
		{"2014:09:01 10:30:05", "+08:00", utc.Add(-8 * time.Hour), true, true},
		{"2014:09:01 10:30:05", "nonsense", utc, false, true},
		{"2014-09-01T10:30:05+08:00", "", utc.Add(-8 * time.Hour), true, true},
		{"2014-09-01T10:30:05.5Z", "", utc.Add(500 * time.Millisecond), true, true},
		{"2014-09-01T10:30", "", utc.Truncate(time.Minute), false, true},
		{"0000:00:00 00:00:00", "", time.Time{}, false, false},
		{"    :  :     :  :  ", "", time.Time{}, false, false},
		{"2014-09-01", "", time.Time{}, false, false},
		{"", "", time.Time{}, false, false},
	} {
		got, zoned, ok := parseTime(c.text, c.zone)
		if !got.Equal(c.want) || zoned != c.zoned || ok != c.ok {
			t.Errorf("%q %q: %v %v %v", c.text, c.zone, got, zoned, ok)
		}
	}
	if d := ParseDate(XMP, "x", "never"); !d.Time.IsZero() || d.Text != "never" {
		t.Errorf("%+v", d)
	}
}

func TestCleanKeepsValuesFitToShow(t *testing.T) {
	for in, want := range map[string]string{
		" a\r\nb\tc ": "a  b c", "x\x00\x1b[31my": "x[31my", "美图\u202e秀秀": "美图秀秀", "bad\xffbyte": "badbyte",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
	if got := clean(strings.Repeat("美", maxValue)); len(got) > maxValue || strings.ContainsRune(got, '\uFFFD') {
		t.Errorf("a long value became %d bytes", len(got))
	}
}

func TestFieldsAreBounded(t *testing.T) {
	var lots strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&lots, "<xmp:a%d>v</xmp:a%d>", i, i)
	}
	lots.WriteString("<photoshop:DocumentAncestors><rdf:Bag>" + strings.Repeat("<rdf:li>a</rdf:li>", 5000) + "</rdf:Bag></photoshop:DocumentAncestors>")
	m := &Metadata{}
	m.readXMP([]byte(filetest.XMPPacket(`xmp:CreatorTool="X"`, lots.String()+`<xmpMM:InstanceID>behind</xmpMM:InstanceID>`)))
	if len(m.Fields) > maxFields {
		t.Errorf("%d fields", len(m.Fields))
	}
	m = &Metadata{}
	m.readXMP([]byte(filetest.XMPPacket("", "<photoshop:DocumentAncestors><rdf:Bag>"+strings.Repeat("<rdf:li>a</rdf:li>", 50_000)+"</rdf:Bag></photoshop:DocumentAncestors><xmpMM:InstanceID>behind</xmpMM:InstanceID>")))
	noProblems(t, m)
	wantValue(t, m, XMP, "InstanceID", "behind")
	if n := len(m.Fields); n > MaxRepeats+10 {
		t.Errorf("%d fields of 50,000 repeats", n)
	}
}
