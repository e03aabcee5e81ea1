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

// phone is what a phone writes.
func phone() *jpegwriter.EXIF {
	taken := time.Date(2014, 9, 1, 10, 30, 0, 0, time.UTC)
	return &jpegwriter.EXIF{
		Make: "Canon", Model: "Canon PowerShot S100", Software: "Ver.1.00", Orientation: 6, Taken: taken, Modified: taken,
		Width: 4000, Height: 3000, Latitude: 31.23, Longitude: 121.47, MakerNote: []byte("\x01\x00secret maker note"), Comment: "hello",
	}
}
