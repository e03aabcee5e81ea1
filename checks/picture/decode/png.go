package decode

import (
	"encoding/binary"
	"fmt"

	"dossier/checks/picture/orientation"
)

// pngHeader reads a PNG file's chunks (PNG specification, third edition) as far as they say
// something about the whole picture.
func pngHeader(data []byte, h *Header) error {
	if len(data) < 33 || string(data[12:16]) != "IHDR" {
		return broken(PNG, 8, "no header chunk")
	}
	h.Width, h.Height = side(binary.BigEndian.Uint32(data[16:])), side(binary.BigEndian.Uint32(data[20:]))
	depth, kind, interlaced := data[24], data[25], data[28] == 1
	names := map[byte]string{0: "grayscale", 2: "RGB", 3: "palette", 4: "grayscale with alpha", 6: "RGB with alpha"}
	name, ok := names[kind]
	if !ok {
		return broken(PNG, 25, "colour type %d", kind)
	}
	h.Detail = fmt.Sprintf("%d bits, %s", depth, name)
	// What the standard library makes of it, and the opaque copy where one is needed.
	pixel := int64(4)
	switch {
	case kind == 0 && depth <= 8 || kind == 3:
		pixel = 1
	case depth == 16:
		pixel = 8
	}
	if interlaced {
		h.Detail += ", interlaced"
		pixel *= 2
	}
	h.MemoryCost = (pixel + 4) * area(h.Width, h.Height)
	pngChunks(data, func(name string, payload []byte) {
		switch {
		case name == "acTL" && len(payload) >= 8:
			h.Frames = max(1, side(binary.BigEndian.Uint32(payload)))
		case name == "eXIf":
			h.Orientation = orientation.FromEXIF(payload)
		}
	})
	return nil
}

// pngChunks calls visit for the chunks of a PNG file and returns the offset behind the last
// whole one, and whether that was the end chunk.
func pngChunks(data []byte, visit func(name string, payload []byte)) (end int64, ended bool) {
	at := int64(8)
	for at+12 <= int64(len(data)) {
		n := int64(binary.BigEndian.Uint32(data[at:]))
		if n > int64(len(data))-at-12 {
			break
		}
		name := string(data[at+4 : at+8])
		visit(name, data[at+8:at+8+n])
		at += 12 + n
		if name == "IEND" {
			return at, true
		}
	}
	return at, false
}
