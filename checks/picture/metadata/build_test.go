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
