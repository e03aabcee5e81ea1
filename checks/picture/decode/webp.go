package decode

import (
	"bytes"
	"encoding/binary"

	"dossier/checks"
	"dossier/checks/picture/orientation"

	"golang.org/x/image/webp"
)

// webpHeader reads a WebP file's chunks (RFC 9649).
func webpHeader(data []byte, h *Header) error {
	config, err := webp.DecodeConfig(bytes.NewReader(data[:min(len(data), 4096)]))
	if err != nil {
		return broken(WebP, -1, "%v", err)
	}
	h.Width, h.Height, h.Detail = config.Width, config.Height, "lossy"
	pixel, frames := int64(2), 0
	riffChunks(data, func(name string, payload []byte) {
		switch name {
		case "VP8L":
			h.Detail, pixel = "lossless", 16 // pixels, transforms and the opaque copy
		case "ALPH":
			h.Detail, pixel = "lossy with alpha", max(pixel, 16)
		case "ANMF":
			frames++
		case "EXIF":
			h.Orientation = orientation.FromEXIF(payload)
		}
	})
	if frames > 0 {
		h.Frames, h.Detail = frames, "animated"
		h.refused = &checks.UnsupportedError{Format: string(WebP), Feature: "animation"}
	}
	h.MemoryCost = pixel * area(h.Width, h.Height)
	return nil
}

// riffChunks calls visit for the chunks behind the 12 bytes of a RIFF header; the last one may
// be cut off.
func riffChunks(data []byte, visit func(name string, payload []byte)) {
	for at := int64(12); at+8 <= int64(len(data)); {
		n := int64(binary.LittleEndian.Uint32(data[at+4:]))
		body := data[at+8:]
		visit(string(data[at:at+4]), body[:min(n, int64(len(body)))])
		at += 8 + n + n%2
	}
}
