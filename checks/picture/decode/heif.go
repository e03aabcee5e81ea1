package decode

import (
	"encoding/binary"

	"dossier/checks"
)

// heifHeader finds the size and turn of a HEIC or AVIF picture in its item properties (ISO/IEC
// 23008-12, 6.5): the largest "ispe" box is the picture, the smaller ones are its tiles and
// thumbnails.
func heifHeader(data []byte, h *Header) error {
	boxes(data, 0, func(name string, body []byte) {
		switch name {
		case "ispe":
			if len(body) >= 12 {
				w, ht := side(binary.BigEndian.Uint32(body[4:])), side(binary.BigEndian.Uint32(body[8:]))
				if area(w, ht) > area(h.Width, h.Height) {
					h.Width, h.Height = w, ht
				}
			}
		case "irot":
			if len(body) >= 1 {
				// Quarter turns counter-clockwise, as EXIF orientations.
				h.Orientation = [4]int{1, 8, 3, 6}[body[0]&3]
			}
		}
	})
	if h.Width == 0 {
		return broken(h.Format, -1, "no picture size among the item properties")
	}
	h.MemoryCost = 12 * area(h.Width, h.Height)
	h.refused = &checks.UnsupportedError{Format: string(h.Format), Feature: "decoding it"}
	return nil
}

// boxes calls visit for every box of an ISO base media file along the way to the item
// properties. The depth is bounded by the names it descends into.
func boxes(data []byte, depth int, visit func(name string, body []byte)) {
	const maxBoxes = 4096 // properties of a 50-megapixel picture in 512-pixel tiles: about 200
	for n := 0; len(data) >= 8 && n < maxBoxes; n++ {
		size, header := uint64(binary.BigEndian.Uint32(data)), uint64(8)
		name := string(data[4:8])
		switch size {
		case 0: // to the end of the file
			size = uint64(len(data))
		case 1: // 64-bit size
			if len(data) < 16 {
				return
			}
			size, header = binary.BigEndian.Uint64(data[8:]), 16
		}
		if size < header {
			return
		}
		body := data[header:]
		if size-header < uint64(len(body)) {
			body = body[:size-header]
		}
		visit(name, body)
		switch {
		case depth == 0 && name == "meta" && len(body) >= 4:
			boxes(body[4:], 1, visit) // behind its version and flags
		case depth == 1 && name == "iprp", depth == 2 && name == "ipco":
			boxes(body, depth+1, visit)
		}
		if size > uint64(len(data)) {
			return
		}
		data = data[size:]
	}
}
