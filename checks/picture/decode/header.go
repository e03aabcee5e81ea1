package decode

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"dossier/checks"
	"dossier/checks/picture/bmp"
	"dossier/checks/picture/orientation"
)

// A Header is what a picture's headers say of it. Nothing in it has been verified against the
// pixels.
type Header struct {
	Format      Format
	Width       int    // in pixels, as stored: before Orientation is applied
	Height      int    // likewise
	Orientation int    // 1..8 as EXIF counts; 1 is upright, and the value where none is given
	Frames      int    // pictures in the file that are shown one after another; 1 if it does not move
	Extras      int    // further pictures behind the first, of which viewers show none (JPEG multi-picture format)
	Detail      string // how the pixels are stored, in English: "progressive, 4:2:0"
	MemoryCost  int64  // bytes of memory the full decode takes at its peak

	// refused is why the pixels cannot be decoded although the headers are understood.
	refused error
}

// Upright returns the width and height of the picture as it is shown, orientation applied.
func (h Header) Upright() (width, height int) {
	if orientation.Swaps(h.Orientation) {
		return h.Height, h.Width
	}
	return h.Width, h.Height
}

// Headers is the subject's header, read once.
var Headers = checks.NewShared("picture header", func(_ context.Context, s *checks.Subject) (Header, error) {
	return ReadHeader(s.Data)
})

// ReadHeader reads a picture's headers and spends next to nothing on it, whatever they claim.
// Format is set in every case; width and height are set if the error is nil. The error is a
// *checks.FormatError for headers that are damaged, and a *checks.UnsupportedError for files
// that are not pictures or whose size is not read here (JPEG 2000, JPEG XL, JPEG XR, ICO).
func ReadHeader(data []byte) (Header, error) {
	h := Header{Format: Sniff(data), Orientation: orientation.Upright, Frames: 1}
	read, ok := map[Format]func([]byte, *Header) error{
		JPEG: jpegHeader, BMP: bmpHeader, GIF: gifHeader, PNG: pngHeader, WebP: webpHeader,
		TIFF: tiffHeader, HEIC: heifHeader, AVIF: heifHeader, PSD: psdHeader,
	}[h.Format]
	if !ok {
		return h, &checks.UnsupportedError{Format: string(h.Format), Feature: "reading it as a picture"}
	}
	if err := read(data, &h); err != nil {
		return h, err
	}
	if h.Width <= 0 || h.Height <= 0 {
		return h, broken(h.Format, -1, "a picture of %d x %d pixels", h.Width, h.Height)
	}
	if h.Orientation != orientation.Upright {
		// The turned copy, at up to four bytes a pixel, exists beside the one it is made of.
		h.MemoryCost += 4 * area(h.Width, h.Height)
	}
	return h, nil
}

func broken(f Format, offset int64, format string, args ...any) error {
	return &checks.FormatError{Format: string(f), Offset: offset, Reason: fmt.Sprintf(format, args...)}
}

// area is width x height for a memory estimate: at most 2^56, so that a few bytes a pixel
// cannot overflow either. Negative sides count as none.
func area(w, h int) int64 {
	if w <= 0 || h <= 0 {
		return 0
	}
	const limit = math.MaxInt64 / 128
	if int64(h) > limit/int64(w) {
		return limit
	}
	return int64(w) * int64(h)
}

func bmpHeader(data []byte, h *Header) error {
	b, err := bmp.ReadHeader(data)
	h.Width, h.Height, h.Detail = b.Width, b.Height, b.Detail()
	var u *checks.UnsupportedError
	if errors.As(err, &u) && b.Width > 0 {
		h.refused = err
		return nil
	}
	if err != nil {
		return err
	}
	h.MemoryCost = b.MemoryCost()
	if b.Masks[3] != 0 {
		h.MemoryCost += 4 * area(b.Width, b.Height) // the opaque copy
	}
	return nil
}

// tiffHeader reads the size of a TIFF file's first page. Camera raw files are TIFF files too
// and give the size of whatever picture stands first in them.
func tiffHeader(data []byte, h *Header) error {
	tags, pages, err := orientation.Tags(data)
	if err != nil {
		return err
	}
	h.Width, h.Height, h.Frames = side(tags[orientation.ImageWidth]), side(tags[orientation.ImageLength]), pages
	h.Detail = fmt.Sprintf("compression %d", tags[orientation.Compression])
	if o := tags[orientation.Orientation]; o >= 1 && o <= 8 {
		h.Orientation = int(o)
	}
	h.MemoryCost = 8 * area(h.Width, h.Height)
	return nil
}

// side turns a stored width or height into an int; beyond 2^31 it is nonsense, told as 0.
func side(v uint32) int {
	if v > math.MaxInt32 {
		return 0
	}
	return int(v)
}

func psdHeader(data []byte, h *Header) error {
	if len(data) < 26 {
		return broken(PSD, int64(len(data)), "the file ends within its header")
	}
	h.Width, h.Height = side(binary.BigEndian.Uint32(data[18:])), side(binary.BigEndian.Uint32(data[14:]))
	h.MemoryCost = 8 * area(h.Width, h.Height)
	return nil
}
