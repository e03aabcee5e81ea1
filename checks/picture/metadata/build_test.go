package metadata

import (
	"encoding/binary"
	"time"
	"unicode/utf16"

	"dossier/checks/picture/filetest"
	"dossier/fixtures/jpegwriter"
)

// jpegWith is a picture of 8 x 8 pixels with the segments given.
func jpegWith(segments ...[]byte) []byte {
	var all []byte
	for _, s := range segments {
		all = append(all, s...)
	}
	return filetest.JPEG{Width: 8, Height: 8, Values: []uint8{128}, Adobe: -1, Segments: all}.Bytes()
}

func exifSegment(tiff []byte) []byte {
	return filetest.Segment(0xE1, append([]byte("Exif\x00\x00"), tiff...))
}

func xmpSegment(packet string) []byte {
	return filetest.Segment(0xE1, append([]byte("http://ns.adobe.com/xap/1.0/\x00"), packet...))
}

// packet wraps the properties of one description as XMP does.
func packet(attributes, elements string) string {
	return `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="test">` +
		`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""` +
		` xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"` +
		` xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#" xmlns:stRef="http://ns.adobe.com/xap/1.0/sType/ResourceRef#"` +
		` xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" ` + attributes + `>` + elements +
		`</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`
}

// resource builds one image resource of Photoshop.
func resource(id uint16, data []byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte("8BIM"), id)
	b = append(b, 0, 0)
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	b = append(b, data...)
	if len(data)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

func photoshopSegment(resources ...[]byte) []byte {
	b := []byte("Photoshop 3.0\x00")
	for _, r := range resources {
		b = append(b, r...)
	}
	return filetest.Segment(0xED, b)
}

// dataset builds one IPTC dataset (IIM 4.2, 1.5).
func dataset(record, id byte, value string) []byte {
	b := []byte{0x1C, record, id}
	b = binary.BigEndian.AppendUint16(b, uint16(len(value)))
	return append(b, value...)
}

// versionResource is the data of resource 1057.
func versionResource(writer string) []byte {
	b := []byte{0, 0, 0, 1, 1}
	for _, name := range []string{writer, writer + " CC"} {
		units := utf16.Encode([]rune(name))
		b = binary.BigEndian.AppendUint32(b, uint32(len(units)))
		for _, u := range units {
			b = binary.BigEndian.AppendUint16(b, u)
		}
	}
	return append(b, 0, 0, 0, 1)
}

func utf16Bytes(s string, order binary.AppendByteOrder) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

// An entry is one field of a hand-made directory; its value stands behind the directories unless it fits.
type entry struct {
	tag, kind uint16
	count     uint32
	value     []byte
	offset    uint32 // written instead of the place of value, if not 0
}

// tiffOf builds a TIFF structure of one directory in the given order, next of which is the offset given.
func tiffOf(order binary.AppendByteOrder, next uint32, entries ...entry) []byte {
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, uint16(len(entries)))
	at := 8 + 2 + 12*len(entries) + 4
	var values []byte
	for _, e := range entries {
		b = order.AppendUint16(b, e.tag)
		b = order.AppendUint16(b, e.kind)
		b = order.AppendUint32(b, e.count)
		switch {
		case e.offset != 0:
			b = order.AppendUint32(b, e.offset)
		case len(e.value) <= 4:
			b = append(b, append(append([]byte(nil), e.value...), 0, 0, 0, 0)[:4]...)
		default:
			b = order.AppendUint32(b, uint32(at+len(values)))
			values = append(values, e.value...)
		}
	}
	b = order.AppendUint32(b, next)
	return append(b, values...)
}

func ascii(tag uint16, s string) entry {
	return entry{tag: tag, kind: 2, count: uint32(len(s) + 1), value: append([]byte(s), 0)}
}

// phone is what a phone writes.
func phone() *jpegwriter.EXIF {
	taken := time.Date(2014, 9, 1, 10, 30, 0, 0, time.UTC)
	return &jpegwriter.EXIF{
		Make: "Canon", Model: "Canon PowerShot S100", Software: "Ver.1.00", Orientation: 6, Taken: taken, Modified: taken,
		Width: 4000, Height: 3000, Latitude: 31.23, Longitude: 121.47, MakerNote: []byte("\x01\x00secret maker note"), Comment: "hello",
	}
}

// gifWith is a GIF of one pixel with blocks before the picture.
func gifWith(blocks ...[]byte) []byte {
	b := []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff")
	for _, x := range blocks {
		b = append(b, x...)
	}
	return append(b, "\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b"...)
}

func subBlocksOf(s string) []byte {
	var b []byte
	for len(s) > 0 {
		n := min(len(s), 255)
		b = append(append(b, byte(n)), s[:n]...)
		s = s[n:]
	}
	return append(b, 0)
}

func gifComment(s string) []byte { return append([]byte{0x21, 0xFE}, subBlocksOf(s)...) }

func gifApplication(name, data string) []byte {
	return append(append([]byte{0x21, 0xFF, 11}, name...), subBlocksOf(data)...)
}

// gifXMP stores a packet as XMP part 3 says: raw, with a tail that leads every walk to its end.
func gifXMP(packet string) []byte {
	b := append([]byte{0x21, 0xFF, 11}, "XMP DataXMP"...)
	b = append(append(b, packet...), 1)
	for i := 255; i >= 0; i-- {
		b = append(b, byte(i))
	}
	return append(b, 0)
}
