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

// MaxMemory is the most memory one decode may take: 320 MiB, so that the whole process, with
// the planes that checks derive from the picture, stays within 512 MiB.
const MaxMemory = 320 << 20

// A Picture is a decoded file.
type Picture struct {
	// Image is the upright picture: orientation applied, Bounds().Min at the origin, opaque
	// (what was transparent lies on white). It is *image.YCbCr or *image.Gray for most JPEGs
	// and *image.RGBA, *image.Paletted or another standard type otherwise. Never write to it.
	Image    image.Image
	Stored   image.Rectangle // size as stored, before the orientation was applied
	Complete float64         // 0..1, the share of the picture that really was in the file
	Problems []Problem       // in the order of their place in the file; nil for a sound picture
}

// A Problem is something wrong with a file that could be decoded all the same.
type Problem struct {
	Code   string // one of the Problem... constants
	Offset int64  // where in the file, -1 if unknown
	Text   string // what is wrong, in technical English
}

// Pictures is the subject's decoded picture, decoded once.
var Pictures = checks.NewShared("decoded picture", func(_ context.Context, s *checks.Subject) (*Picture, error) {
	return Decode(s.Data)
})

// Decode decodes a JPEG, BMP, GIF (its first frame on the canvas), PNG or WebP file. Where the
// file is damaged but shows something, it returns the part that is there and says so in
// Complete and Problems. The error is a *checks.LimitError for pictures that would take more
// than MaxMemory, a *checks.UnsupportedError for formats and features that are not read, and a
// *checks.FormatError if nothing can be shown.
func Decode(data []byte) (*Picture, error) {
	h, err := ReadHeader(data)
	if err != nil {
		return nil, err
	}
	if h.MemoryCost > MaxMemory {
		return nil, &checks.LimitError{What: "memory to decode the picture", Value: h.MemoryCost, Limit: MaxMemory, Unit: "bytes"}
	}
	var img image.Image
	switch h.Format {
	case JPEG:
		img, err = jpeg.Decode(bytes.NewReader(data))
	case BMP:
		img, err = bmp.Decode(bytes.NewReader(data))
	case GIF:
		img, err = gif.Decode(bytes.NewReader(data))
	case PNG:
		img, err = png.Decode(bytes.NewReader(data))
	case WebP:
		img, err = webp.Decode(bytes.NewReader(data))
	}
	if err != nil {
		return nil, &checks.FormatError{Format: string(h.Format), Offset: -1, Reason: err.Error()}
	}
	return &Picture{Image: img, Stored: image.Rect(0, 0, h.Width, h.Height), Complete: 1}, nil
}
