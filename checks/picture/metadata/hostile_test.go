package metadata

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"runtime"
	"slices"
	"strings"
	"testing"

	"dossier/checks/picture/filetest"
)

// memory returns how many bytes f allocates.
func memory(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// hostile are blocks that make an unguarded reader ask for gigabytes, run in circles or read
// outside. Each holds one sound field, the model, which has to survive.
func hostile() map[string][]byte {
	le := binary.LittleEndian
	model := filetest.Text(0x0110, "survivor")
	pointer := func(tag uint16, to uint32) filetest.Entry { return filetest.Pointer(le, tag, to) }
	blocks := map[string][]byte{
		// 2^32-1 rationals of 8 bytes, which goexif would keep as a slice of 40 GiB and more.
		"a tag of 51 GB":                   filetest.Directories(le, 0, filetest.Entry{Tag: 0x0111, Type: 5, Count: 0xFFFFFFFF, Offset: 8}, model),
		"a count that overflows 32 bits":   filetest.Directories(le, 0, filetest.Entry{Tag: 0x0111, Type: 4, Count: 0x40000001, Offset: 8}, model),
		"a value outside":                  filetest.Directories(le, 0, filetest.Entry{Tag: 0x010E, Type: 2, Count: 100, Offset: 0xFFFFFF00}, model),
		"a value over the end":             filetest.Directories(le, 0, filetest.Entry{Tag: 0x010E, Type: 2, Count: 100, Offset: 60}, model),
		"a type that does not exist":       filetest.Directories(le, 0, filetest.Entry{Tag: 0x010E, Type: 999, Count: 1}, model),
		"type 0":                           filetest.Directories(le, 0, filetest.Entry{Tag: 0x010E, Type: 0, Count: 1}, model),
		"a directory that follows itself":  filetest.Directories(le, 8, model),
		"an Exif directory that is itself": filetest.Directories(le, 0, pointer(0x8769, 8), model),
		"a GPS directory outside":          filetest.Directories(le, 0, pointer(0x8825, 0xFFFFFFF0), model),
		"a next directory outside":         filetest.Directories(le, 0xFFFFFFF0, model),
		"an empty value":                   filetest.Directories(le, 0, filetest.Entry{Tag: 0x010E, Type: 2, Count: 0}, model),
		"a pointer that is text":           filetest.Directories(le, 0, filetest.Text(0x8769, "nowhere"), model),
		"directories across each other":    filetest.Directories(le, 0, pointer(0x8769, 14), pointer(0x8825, 20), pointer(0xA005, 26), model),
	}
	// Two directories that link to each other: the classic that never returns.
	first := filetest.Directories(le, 0, pointer(0x8769, 0), model)
	at := uint32(len(first))
	first = filetest.Directories(le, at, pointer(0x8769, at), model)
	blocks["two directories that link to each other"] = append(first, filetest.Directory(le, at, 8, pointer(0x8769, 8))...)
	return blocks
}

func TestHostileEXIF(t *testing.T) {
	for name, block := range hostile() {
		t.Run(name, func(t *testing.T) {
			var m *Metadata
			used := memory(func() { m = read(t, jpegWith(filetest.EXIFSegment(block))) })
			wantValue(t, m, EXIF, "Model", "survivor")
			if used > 8<<20 {
				t.Errorf("%d bytes of memory for a block of %d", used, len(block))
			}
		})
	}
}

// The formats that are not accepted as documents are read by the library alone: it has to stand the same.
func TestHostileDirectoriesInOtherFormats(t *testing.T) {
	chunk := func(kind string, data []byte) []byte {
		b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
		b = append(append(b, kind...), data...)
		return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
	}
	for name, block := range hostile() {
		png := slices.Concat([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", []byte("\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00")),
			chunk("eXIf", block), chunk("IDAT", nil), chunk("IEND", nil))
		for _, file := range [][]byte{block, png} {
			used := memory(func() {
				if _, err := Read(file); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
			if used > 64<<20 {
				t.Errorf("%s: %d MiB for %d bytes", name, used>>20, len(file))
			}
		}
	}
}

func TestEXIFWithoutADirectory(t *testing.T) {
	for name, block := range map[string][]byte{
		"nothing": nil, "no header": []byte("garbage garbage"), "short": []byte("II*\x00\x08"),
		"a first directory outside": []byte("II*\x00\xff\xff\xff\xff"), "a first directory in the header": []byte("II*\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
		"more entries than bytes": []byte("MM\x00*\x00\x00\x00\x08\xff\xff\x00\x00\x00\x00\x00\x00"),
	} {
		m := read(t, jpegWith(filetest.EXIFSegment(block)))
		if name == "nothing" {
			continue // a segment of a signature alone is passed over
		}
		if !m.Has(EXIF) || len(m.Problems) == 0 {
			t.Errorf("%s: sources %v, problems %v", name, m.Sources, m.Problems)
		}
	}
}

// Many entries that point at the same large value would be decoded many times over.
func TestValuesThatOverlap(t *testing.T) {
	var entries []filetest.Entry
	for i := range 400 {
		entries = append(entries, filetest.Entry{Tag: uint16(0x1000 + i), Type: 1, Count: 50_000, Offset: 8})
	}
	block := append(filetest.Directories(binary.LittleEndian, 0, entries...), make([]byte, 55_000)...)
	var m *Metadata
	used := memory(func() { m = read(t, jpegWith(filetest.EXIFSegment(block))) })
	if used > 64<<20 {
		t.Errorf("%d MiB for a block of 60 KB", used>>20)
	}
	if len(m.Problems) == 0 {
		t.Error("nothing is said of the entries that were left out")
	}
}

func TestHostileXMP(t *testing.T) {
	deep := strings.Repeat("<xmp:a>", 1000)
	long := "<xmp:" + strings.Repeat("n", 2000) + ">v"
	for name, p := range map[string]string{
		"nested deeply": filetest.XMPPacket("", deep), "long names": filetest.XMPPacket("", long), "cut off": filetest.XMPPacket("", "<xmp:a>")[:300],
		"no RDF": "<html/>", "not XML": "\x00\x01\x02 no markup", "an entity of its own": `<!DOCTYPE a [<!ENTITY b "bbbbbbbb">]><a>&b;&b;</a>`, "empty": "",
	} {
		m := &Metadata{}
		m.readXMP([]byte(p))
		if len(m.Problems) == 0 {
			t.Errorf("%s: nothing is said of it", name)
		}
	}
	// A long name with many attributes: names are kept once a field, so both together are quadratic.
	var b strings.Builder
	b.WriteString("<xmp:" + strings.Repeat("n", 400) + " ")
	for range 100_000 {
		b.WriteString(`xmp:a="" `)
	}
	b.WriteString("/>")
	if used := memory(func() { (&Metadata{}).readXMP([]byte(filetest.XMPPacket("", b.String()))) }); used > 400<<20 {
		t.Errorf("%d MiB for a packet of %d KiB", used>>20, b.Len()>>10)
	}
}

func TestHostileResources(t *testing.T) {
	for name, b := range map[string][]byte{
		"a length beyond all":   []byte("8BIM\x04\x04\x00\x00\xff\xff\xff\xff"),
		"a name over the end":   []byte("8BIM\x04\x04\xff000000"),
		"an IPTC of rubbish":    filetest.PhotoshopResource(1028, []byte("\x1c\x02\x41\xff\xff")),
		"IPTC, extended length": filetest.PhotoshopResource(1028, []byte("\x1c\x02\x41\x80\x04\xff\xff\xff\xffabc")),
		"a version too long":    filetest.PhotoshopResource(1057, []byte("\x00\x00\x00\x01\x01\xff\xff\xff\xff")),
		"a version too short":   filetest.PhotoshopResource(1057, []byte("\x00\x00")),
		"empty":                 nil,
		"another signature":     []byte("XXXX\x04\x04\x00\x00\x00\x00\x00\x00"),
	} {
		m := read(t, jpegWith(filetest.PhotoshopSegment(b), filetest.PhotoshopSegment(b)))
		if !m.Has(Photoshop) {
			t.Errorf("%s: sources %v", name, m.Sources)
		}
	}
	// A resource that claims 3 MiB and is fed segment after segment.
	segments := [][]byte{filetest.PhotoshopSegment([]byte("8BIM\x07\xd0\x00\x00\x00\x30\x00\x00"))}
	for range 200 {
		segments = append(segments, filetest.PhotoshopSegment(make([]byte, 60_000)))
	}
	if used := memory(func() { read(t, jpegWith(segments...)) }); used > 256<<20 {
		t.Errorf("%d MiB", used>>20)
	}
}

func TestHostileGIF(t *testing.T) {
	head := []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff")
	for _, tail := range []string{"", "\x21", "\x21\xfe", "\x21\xfe\xff", "\x21\xff\x0b", "\x21\xff\x0bXMP DataXMP", "\x2c", "\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x87", "\x21\xff\x0bXMP DataXMPabc\x00"} {
		read(t, append(bytes.Clone(head), tail...))
	}
	read(t, []byte("GIF89a"))
	m := read(t, filetest.GIFWith(bytes.Repeat(filetest.GIFComment("c"), 20_000)))
	if len(m.Fields) != maxFields {
		t.Errorf("%d fields of 20,000 comments, want the bound of %d", len(m.Fields), maxFields)
	}
}

// A file that ends anywhere is read as far as it goes, and reading says so or says nothing; it never fails.
func TestCutOffAnywhere(t *testing.T) {
	file := jpegWith(filetest.EXIFSegment(phone().Bytes()), filetest.XMPSegment(filetest.XMPPacket(`xmp:CreatorTool="X"`, "")),
		filetest.PhotoshopSegment(filetest.PhotoshopResource(1028, filetest.IPTCDataset(2, 65, "P")), filetest.PhotoshopResource(1057, filetest.PhotoshopVersion("W"))), filetest.Segment(0xFE, []byte("a comment")))
	for n := 4; n < len(file); n++ {
		if _, err := Read(file[:n]); err != nil {
			t.Fatalf("first %d bytes: %v", n, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(jpegWith())
	f.Add(jpegWith(filetest.EXIFSegment(phone().Bytes())))
	for _, block := range hostile() {
		f.Add(jpegWith(filetest.EXIFSegment(block)))
	}
	f.Add(jpegWith(filetest.XMPSegment(filetest.XMPPacket(`xmp:CreatorTool="Adobe Photoshop"`, `<xmpMM:History><rdf:Seq><rdf:li stEvt:action="saved"/></rdf:Seq></xmpMM:History>`))))
	f.Add(jpegWith(filetest.PhotoshopSegment(filetest.PhotoshopResource(1028, filetest.IPTCDataset(2, 65, "Program")), filetest.PhotoshopResource(1057, filetest.PhotoshopVersion("Adobe Photoshop")))))
	f.Add(jpegWith(filetest.PhotoshopSegment(filetest.PhotoshopResource(2000, make([]byte, 40))[:30]), filetest.PhotoshopSegment(make([]byte, 22))))
	f.Add(jpegWith(filetest.Segment(0xEC, []byte("Ducky\x00\x01\x00\x04\x00\x00\x00\x3c\x00\x00")), filetest.Segment(0xFE, []byte("comment"))))
	f.Add(filetest.GIFWith(filetest.GIFComment("made with GIMP"), filetest.GIFApplication("ImageMagick", "x"), filetest.GIFXMP(filetest.XMPPacket("", ""))))
	f.Add(filetest.TIFF(6))
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		m, err := Read(data)
		if !bytes.Equal(before, data) {
			t.Fatal("reading changed the file's bytes")
		}
		if err != nil {
			return
		}
		if len(m.Fields) > maxFields || len(m.History) > maxEvents || len(m.Problems) > 20 || len(m.Resources) > maxResources {
			t.Fatalf("bounds are broken: %d fields, %d events, %d problems, %d resources", len(m.Fields), len(m.History), len(m.Problems), len(m.Resources))
		}
		for _, field := range m.Fields {
			if len(field.Value) > maxValue || field.Value != clean(field.Value) {
				t.Fatalf("%s %s is not fit to show: %q", field.Source, field.Name, field.Value)
			}
		}
	})
}
