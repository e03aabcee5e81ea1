package filetest

import (
	"encoding/binary"
	"unicode/utf16"
)

// EXIFSegment puts a TIFF structure into the APP1 segment that EXIF stands in.
func EXIFSegment(tiff []byte) []byte {
	return Segment(0xE1, append([]byte("Exif\x00\x00"), tiff...))
}

// XMPSegment puts a packet into the APP1 segment that XMP stands in.
func XMPSegment(packet string) []byte {
	return Segment(0xE1, append([]byte("http://ns.adobe.com/xap/1.0/\x00"), packet...))
}

// XMPPacket wraps the properties of one description as XMP does.
func XMPPacket(attributes, elements string) string {
	return `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="test">` +
		`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""` +
		` xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"` +
		` xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#" xmlns:stRef="http://ns.adobe.com/xap/1.0/sType/ResourceRef#"` +
		` xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"` +
		` xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:darktable="http://darktable.sf.net/" ` + attributes + `>` + elements +
		`</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`
}

// PhotoshopResource builds one image resource of Photoshop.
func PhotoshopResource(id uint16, data []byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte("8BIM"), id)
	b = append(b, 0, 0)
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	b = append(b, data...)
	if len(data)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

// PhotoshopSegment puts image resources into an APP13 segment.
func PhotoshopSegment(resources ...[]byte) []byte {
	b := []byte("Photoshop 3.0\x00")
	for _, r := range resources {
		b = append(b, r...)
	}
	return Segment(0xED, b)
}

// IPTCDataset builds one IPTC dataset (IIM 4.2, 1.5).
func IPTCDataset(record, id byte, value string) []byte {
	b := []byte{0x1C, record, id}
	b = binary.BigEndian.AppendUint16(b, uint16(len(value)))
	return append(b, value...)
}

// PhotoshopVersion is the data of resource 1057, which names the program that wrote the file.
func PhotoshopVersion(writer string) []byte {
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

// GIFWith is a GIF of one pixel with blocks before the picture.
func GIFWith(blocks ...[]byte) []byte {
	b := []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff")
	for _, x := range blocks {
		b = append(b, x...)
	}
	return append(b, "\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b"...)
}

// GIFComment is a comment block.
func GIFComment(s string) []byte { return append([]byte{0x21, 0xFE}, subBlocks([]byte(s))...) }

// GIFApplication is an application block; the name has 11 bytes.
func GIFApplication(name, data string) []byte {
	return append(append([]byte{0x21, 0xFF, 11}, name...), subBlocks([]byte(data))...)
}

// GIFXMP stores a packet as XMP part 3 says: raw, with a tail that leads every walk to its end.
func GIFXMP(packet string) []byte {
	b := append([]byte{0x21, 0xFF, 11}, "XMP DataXMP"...)
	b = append(append(b, packet...), 1)
	for i := 255; i >= 0; i-- {
		b = append(b, byte(i))
	}
	return append(b, 0)
}

// An Entry is one field of a TIFF directory, sound or not. Its value stands in the entry if it has at most
// four bytes, else behind the directory.
type Entry struct {
	Tag, Type uint16
	Count     uint32
	Value     []byte
	Offset    uint32 // written instead of the place of Value, if not 0
}

// Text is an entry of type ASCII.
func Text(tag uint16, s string) Entry {
	return Entry{Tag: tag, Type: 2, Count: uint32(len(s) + 1), Value: append([]byte(s), 0)}
}

// Pointer is an entry that leads to the directory at an offset.
func Pointer(order binary.AppendByteOrder, tag uint16, to uint32) Entry {
	return Entry{Tag: tag, Type: 4, Count: 1, Value: order.AppendUint32(nil, to)}
}

// Directory builds a TIFF directory with its values, to stand at an offset and be followed by the
// directory at next (0: none).
func Directory(order binary.AppendByteOrder, at, next uint32, entries ...Entry) []byte {
	b := order.AppendUint16(nil, uint16(len(entries)))
	at += uint32(2 + 12*len(entries) + 4)
	var values []byte
	for _, e := range entries {
		b = order.AppendUint16(b, e.Tag)
		b = order.AppendUint16(b, e.Type)
		b = order.AppendUint32(b, e.Count)
		switch {
		case e.Offset != 0:
			b = order.AppendUint32(b, e.Offset)
		case len(e.Value) <= 4:
			b = append(b, append(append([]byte(nil), e.Value...), 0, 0, 0, 0)[:4]...)
		default:
			b = order.AppendUint32(b, at+uint32(len(values)))
			values = append(values, e.Value...)
		}
	}
	return append(order.AppendUint32(b, next), values...)
}

// Directories builds a TIFF structure of the first directory given; more bytes may follow.
func Directories(order binary.AppendByteOrder, next uint32, entries ...Entry) []byte {
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	return append(order.AppendUint32(b, 8), Directory(order, 8, next, entries...)...)
}
