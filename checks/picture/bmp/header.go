// Package bmp reads every kind of Windows and OS/2 bitmap that people still send.
//
// What lives here: headers from OS/2 1.x to V5, palettes, RLE, 16-bit and bit-field pixels,
// and the part that is there of a file that was cut off. What must not: other formats,
// opinions, anything allocated before the caller could refuse it (ReadHeader comes first and
// allocates nothing but a palette).
//
// The layouts follow Microsoft's documentation of BITMAPFILEHEADER, BITMAPCOREHEADER,
// BITMAPINFOHEADER, BITMAPV4HEADER and BITMAPV5HEADER, and for OS/2 2.x the BITMAPINFOHEADER2
// of the IBM Presentation Manager reference.
package bmp

import (
	"encoding/binary"
	"fmt"
	"image/color"
	"math"
	"math/bits"

	"dossier/checks"
)

// Compression is how the pixels are stored; values as in the header's field, those of OS/2
// (which gives 3 and 4 other meanings) above 255.
type Compression uint32

// Ways of storing pixels.
const (
	RGB            Compression = 0
	RLE8           Compression = 1
	RLE4           Compression = 2
	BitFields      Compression = 3
	EmbeddedJPEG   Compression = 4
	EmbeddedPNG    Compression = 5
	AlphaBitFields Compression = 6
	Huffman1D      Compression = 0x103 // OS/2: fax coding of black and white
	RLE24          Compression = 0x104 // OS/2
)

func (c Compression) String() string {
	switch c {
	case RGB:
		return "uncompressed"
	case RLE8:
		return "RLE8"
	case RLE4:
		return "RLE4"
	case BitFields:
		return "bit fields"
	case EmbeddedJPEG:
		return "embedded JPEG"
	case EmbeddedPNG:
		return "embedded PNG"
	case AlphaBitFields:
		return "bit fields with alpha"
	case Huffman1D:
		return "Huffman 1D"
	case RLE24:
		return "RLE24"
	}
	return fmt.Sprintf("compression %d", uint32(c))
}

// A Header is what stands before the pixels.
type Header struct {
	Width, Height int // in pixels, both positive
	TopDown       bool
	BitsPerPixel  int // 1, 2, 4, 8, 16, 24, 32
	Compression   Compression
	Kind          string        // "OS/2 1.x", "OS/2 2.x", "Windows 3", "Windows V4", ...
	Palette       color.Palette // 2^BitsPerPixel colours, opaque, for up to 8 bits; else nil
	Defined       int           // how many of the palette's colours the file defines
	Masks         [4]uint32     // red, green, blue, alpha bits for 16 and 32 bits per pixel
	PixelsPerM    [2]int        // declared resolution across and down, pixels a metre; 0 if none
	Pixels        int64         // offset of the pixel data in the file
	OffsetWrong   bool          // the file's own pixel offset was unusable; Pixels was computed
	imageSize     uint32
	profile       [2]int64 // ICC profile, offset and length in the file
}

const fileHeader = 14

func broken(offset int64, format string, args ...any) error {
	return &checks.FormatError{Format: "bmp", Offset: offset, Reason: fmt.Sprintf(format, args...)}
}

func unsupported(feature string) error {
	return &checks.UnsupportedError{Format: "bmp", Feature: feature}
}

// ReadHeader reads the headers of a bitmap file. It allocates nothing but the palette of at
// most 256 colours. With a *checks.UnsupportedError (an embedded JPEG or PNG, fax coding,
// 64-bit pixels) the header is filled in as far as it was understood.
func ReadHeader(data []byte) (Header, error) {
	var h Header
	if len(data) < fileHeader+4 || data[0] != 'B' || data[1] != 'M' {
		return h, broken(0, "no bitmap header")
	}
	le := binary.LittleEndian
	pixels := int64(le.Uint32(data[10:]))
	size := int64(le.Uint32(data[14:]))
	if size != 12 && (size < 16 || size > 1024) {
		return h, broken(14, "header of %d bytes", size)
	}
	if int64(len(data)) < fileHeader+size {
		return h, broken(int64(len(data)), "the file ends within its header")
	}
	dib := data[fileHeader : fileHeader+size]
	os2 := size == 12 || size < 40 || size > 40 && size <= 64 && size != 52 && size != 56
	h.Kind = kind(size, os2)
	var w, ht int64
	var planes, colours uint32
	if size == 12 {
		w, ht = int64(le.Uint16(dib[4:])), int64(le.Uint16(dib[6:]))
		planes, h.BitsPerPixel = uint32(le.Uint16(dib[8:])), int(le.Uint16(dib[10:]))
	} else {
		// OS/2 2.x may leave out the end of its header; what is left out is zero.
		var full [40]byte
		copy(full[:], dib)
		w, ht = int64(int32(le.Uint32(full[4:]))), int64(int32(le.Uint32(full[8:])))
		planes, h.BitsPerPixel = uint32(le.Uint16(full[12:])), int(le.Uint16(full[14:]))
		h.Compression = Compression(le.Uint32(full[16:]))
		if os2 && (h.Compression == 3 || h.Compression == 4) {
			h.Compression += 0x100
		}
		h.imageSize = le.Uint32(full[20:])
		h.PixelsPerM = [2]int{resolution(le.Uint32(full[24:])), resolution(le.Uint32(full[28:]))}
		colours = le.Uint32(full[32:])
	}
	if ht < 0 {
		ht, h.TopDown = -ht, true
	}
	if w <= 0 || ht == 0 {
		return h, broken(18, "picture of %d x %d pixels", w, ht)
	}
	// -2^31 has no positive counterpart in 32 bits; beyond that the numbers are ordinary.
	if w > math.MaxInt32 || ht > math.MaxInt32 {
		return h, broken(18, "picture of %d x %d pixels", w, ht)
	}
	h.Width, h.Height = int(w), int(ht)
	if planes > 1 {
		return h, broken(26, "%d colour planes", planes)
	}
	if err := h.checkDepth(); err != nil {
		return h, err
	}
	after := fileHeader + size // first byte behind the headers
	after, err := h.readMasks(data, dib, after)
	if err != nil {
		return h, err
	}
	h.readPalette(data, size == 12, after, pixels, colours)
	h.placePixels(len(data), size == 12, after, pixels)
	if size >= 124 {
		const profileEmbedded = 0x4d424544 // "MBED"
		if le.Uint32(dib[56:]) == profileEmbedded {
			h.profile = [2]int64{fileHeader + int64(le.Uint32(dib[112:])), int64(le.Uint32(dib[116:]))}
		}
	}
	return h, nil
}

func kind(size int64, os2 bool) string {
	switch {
	case size == 12:
		return "OS/2 1.x"
	case os2:
		return "OS/2 2.x"
	case size >= 124:
		return "Windows V5"
	case size >= 108:
		return "Windows V4"
	}
	return "Windows 3"
}

// resolution refuses numbers no scanner has: 1,000,000 pixels a metre are 25,400 dpi.
func resolution(v uint32) int {
	if v > 1_000_000 {
		return 0
	}
	return int(v)
}

// checkDepth refuses depths and compressions that do not exist or do not go together.
func (h *Header) checkDepth() error {
	switch h.Compression {
	case EmbeddedJPEG, EmbeddedPNG:
		return unsupported("a picture file inside the bitmap (" + h.Compression.String() + ")")
	case Huffman1D:
		return unsupported("OS/2 fax coding (Huffman 1D)")
	}
	allowed := map[Compression][]int{
		RGB: {1, 2, 4, 8, 16, 24, 32}, RLE8: {8}, RLE4: {4}, RLE24: {24},
		BitFields: {16, 32}, AlphaBitFields: {16, 32},
	}
	depths, ok := allowed[h.Compression]
	if !ok {
		return broken(30, "unknown compression %d", uint32(h.Compression))
	}
	for _, d := range depths {
		if d == h.BitsPerPixel {
			if h.TopDown && (h.Compression == RLE8 || h.Compression == RLE4 || h.Compression == RLE24) {
				return broken(22, "run-length coded pixels stored from the top down")
			}
			return nil
		}
	}
	if h.BitsPerPixel == 64 && h.Compression == RGB {
		return unsupported("64 bits a pixel")
	}
	return broken(28, "%d bits a pixel, %s", h.BitsPerPixel, h.Compression)
}

// readMasks sets the bit masks of 16 and 32 bits a pixel and returns the offset behind them.
func (h *Header) readMasks(data, dib []byte, after int64) (int64, error) {
	if h.BitsPerPixel != 16 && h.BitsPerPixel != 32 {
		return after, nil
	}
	if h.Compression == RGB {
		// The fourth byte of a plain 32-bit pixel is reserved, so there is no alpha.
		h.Masks = [4]uint32{0xff0000, 0xff00, 0xff, 0}
		if h.BitsPerPixel == 16 {
			h.Masks = [4]uint32{0x7c00, 0x3e0, 0x1f, 0}
		}
		return after, nil
	}
	n := 3
	if h.Compression == AlphaBitFields || len(dib) >= 56 {
		n = 4
	}
	at := int64(fileHeader + 40) // inside a longer header, or just behind the 40 bytes of the short one
	if len(dib) <= 40 {
		after += int64(4 * n)
	}
	if int64(len(data)) < at+int64(4*n) {
		return after, broken(int64(len(data)), "the file ends within its bit masks")
	}
	var seen uint32
	for i := range n {
		m := binary.LittleEndian.Uint32(data[at+int64(4*i):])
		contiguous := m == 0 || bits.OnesCount32(m) == 32-bits.LeadingZeros32(m)-bits.TrailingZeros32(m)
		if !contiguous || m&seen != 0 || h.BitsPerPixel == 16 && m > 0xffff {
			return after, broken(at, "impossible bit masks")
		}
		seen |= m
		h.Masks[i] = m
	}
	if h.Masks[0]|h.Masks[1]|h.Masks[2] == 0 {
		return after, broken(at, "empty bit masks")
	}
	return after, nil
}

// readPalette reads as many colours as are declared, fit the depth and lie before the pixels;
// the rest of the palette is black, as Windows shows it.
func (h *Header) readPalette(data []byte, core bool, at, pixels int64, colours uint32) {
	if h.BitsPerPixel > 8 {
		return
	}
	n := int64(1) << h.BitsPerPixel
	entry := int64(4)
	if core {
		entry = 3
	}
	declared := n
	if colours != 0 && int64(colours) < n {
		declared = int64(colours)
	}
	if room := (pixels - at) / entry; pixels >= at && pixels <= int64(len(data)) && room < declared {
		declared = room
	}
	h.Palette = make(color.Palette, n)
	for i := range n {
		c := color.RGBA{A: 255}
		if p := at + i*entry; i < declared && p+3 <= int64(len(data)) {
			c = color.RGBA{R: data[p+2], G: data[p+1], B: data[p], A: 255}
			h.Defined++
		}
		h.Palette[i] = c
	}
}

// placePixels takes the file's pixel offset if it can be right, and otherwise the first byte
// behind headers and palette, where nearly every writer puts the pixels.
func (h *Header) placePixels(size int, core bool, after, pixels int64) {
	computed := after
	if h.BitsPerPixel <= 8 {
		entry := int64(4)
		if core {
			entry = 3
		}
		computed += int64(h.Defined) * entry
	}
	h.Pixels = pixels
	if pixels < after || pixels > int64(size) {
		h.Pixels, h.OffsetWrong = min(computed, int64(size)), true
	}
}

// rowBytes is the length of a stored row: whole 32-bit words.
func (h *Header) rowBytes() int64 {
	return (int64(h.Width)*int64(h.BitsPerPixel) + 31) / 32 * 4
}

// MemoryCost is how many bytes Decode takes at its peak; it cannot overflow.
func (h *Header) MemoryCost() int64 {
	perPixel := int64(4)
	if h.BitsPerPixel <= 8 {
		perPixel = 1
	}
	area := int64(h.Width) * int64(h.Height) // below 2^62
	if area > math.MaxInt64/8/perPixel {
		return math.MaxInt64
	}
	return area * perPixel
}

// Detail says how the pixels are stored: "Windows 3, 24 bits a pixel, uncompressed".
func (h *Header) Detail() string {
	s := fmt.Sprintf("%s, %d bits a pixel, %s", h.Kind, h.BitsPerPixel, h.Compression)
	if h.TopDown {
		s += ", top-down"
	}
	return s
}

// End returns the offset behind the last byte of the bitmap, as the headers promise it: the
// pixels, an ICC profile if one follows them, and for run-length coded pixels the declared
// size of their data. It is not known (ok is false) if the file ends before it, or if
// run-length data declares no size.
func (h *Header) End(data []byte) (end int64, ok bool) {
	switch h.Compression {
	case RLE8, RLE4, RLE24:
		if h.imageSize == 0 {
			return 0, false
		}
		end = h.Pixels + int64(h.imageSize)
	default:
		row := h.rowBytes()
		if int64(h.Height) > (math.MaxInt64-h.Pixels)/row {
			return 0, false
		}
		end = h.Pixels + row*int64(h.Height)
	}
	if p := h.profile; p[1] > 0 && p[0] >= end && p[0]+p[1] <= int64(len(data)) {
		end = p[0] + p[1]
	}
	return end, end <= int64(len(data))
}
