package decode

import (
	"encoding/binary"

	"dossier/checks/picture/bmp"
	"dossier/checks/picture/jpeg"
)

// End returns the offset just behind the last byte that belongs to the picture at the start of
// data; what follows is no part of it. It is not known (ok is false) for formats that do not
// say, and for files that end, or stop making sense, before their end mark.
func End(data []byte) (end int64, ok bool) {
	switch Sniff(data) {
	case JPEG:
		layout, err := jpeg.ScanSegments(data, headerLimits)
		return layout.End, err == nil && layout.Ended
	case GIF:
		g, err := readGIF(data)
		return g.end, err == nil && g.ended
	case PNG:
		return pngChunks(data, func(string, []byte) {})
	case BMP:
		h, err := bmp.ReadHeader(data)
		if err != nil {
			return 0, false
		}
		return h.End(data)
	case WebP:
		if len(data) < 12 {
			return 0, false
		}
		n := int64(binary.LittleEndian.Uint32(data[4:]))
		end = 8 + n + n%2
		return end, end <= int64(len(data))
	}
	return 0, false
}
