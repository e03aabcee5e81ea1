package decode

import (
	"bytes"
	"context"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"

	"dossier/checks"

	"golang.org/x/image/bmp"
	"golang.org/x/image/webp"
)

// A Header is what a picture's headers say of it. Nothing in it has been verified against the
// pixels.
type Header struct {
	Format      Format
	Width       int    // in pixels, as stored: before Orientation is applied
	Height      int    // likewise; 0 if only the picture data can tell (a JPEG with a DNL segment)
	Orientation int    // 1..8 as EXIF counts; 1 is upright, and the value where none is given
	Frames      int    // pictures in the file that are shown one after another; 1 if it does not move
	Detail      string // how the pixels are stored, in English: "progressive, 4:2:0"
	MemoryCost  int64  // bytes of memory the full decode takes at its peak
}

// Upright returns the width and height of the picture as it is shown, orientation applied.
func (h Header) Upright() (width, height int) {
	if h.Orientation >= 5 {
		return h.Height, h.Width
	}
	return h.Width, h.Height
}

// Headers is the subject's header, read once.
var Headers = checks.NewShared("picture header", func(_ context.Context, s *checks.Subject) (Header, error) {
	return ReadHeader(s.Data)
})

// ReadHeader reads a picture's headers and nothing more. Format is set in every case. The error
// is a *checks.FormatError for headers that are damaged, and a *checks.UnsupportedError for
// files that are not pictures.
func ReadHeader(data []byte) (Header, error) {
	h := Header{Format: Sniff(data), Orientation: 1, Frames: 1}
	var c image.Config
	var err error
	switch h.Format {
	case JPEG:
		c, err = jpeg.DecodeConfig(bytes.NewReader(data))
	case BMP:
		c, err = bmp.DecodeConfig(bytes.NewReader(data))
	case GIF:
		c, err = gif.DecodeConfig(bytes.NewReader(data))
	case PNG:
		c, err = png.DecodeConfig(bytes.NewReader(data))
	case WebP:
		c, err = webp.DecodeConfig(bytes.NewReader(data))
	default:
		return h, &checks.UnsupportedError{Format: string(h.Format), Feature: "reading it as a picture"}
	}
	if err != nil {
		return h, &checks.FormatError{Format: string(h.Format), Offset: -1, Reason: err.Error()}
	}
	h.Width, h.Height = c.Width, c.Height
	h.MemoryCost = 16 * int64(c.Width) * int64(c.Height)
	return h, nil
}
