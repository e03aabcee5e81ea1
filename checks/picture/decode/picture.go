package decode

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/draw"
	"image/png"

	"dossier/checks"
	"dossier/checks/picture/bmp"
	"dossier/checks/picture/jpeg"
	"dossier/checks/picture/orientation"

	"golang.org/x/image/webp"
)

// MaxMemory is the most memory one decode may take: 320 MiB, so that the whole process, with
// the planes that checks derive from the picture, stays within 512 MiB.
const MaxMemory = 320 << 20

// MaxPixels is the largest picture that is decoded, whatever its cost: 64 Mi pixels, room for
// the 50-megapixel cameras of phones and ten times what any profile accepts. A check that
// copies the picture at four bytes a pixel then stays within 256 MiB.
const MaxPixels = 64 << 20

// A Picture is a decoded file.
type Picture struct {
	// Image is the upright picture: orientation applied, Bounds().Min at the origin, opaque
	// (what was transparent lies on white). It is one of *image.YCbCr and *image.Gray (JPEG,
	// WebP), *image.Paletted and *image.RGBA. Parts that are not in the file are grey or the
	// first colour of the palette. Never write to it.
	Image    image.Image
	Stored   image.Rectangle // size as stored, before the orientation was applied
	Complete float64         // 0..1, the share of the picture that really was in the file
	Problems []Problem       // in the order they were met; nil for a sound picture
	// Missing is where the upright picture is not in the file, if that is one strip of rows (or,
	// of a turned picture, columns); empty otherwise. Up to a row of blocks of it may be there.
	Missing image.Rectangle
}

// A Problem is something wrong with a file that could be decoded all the same.
type Problem struct {
	Code   string // one of the Problem... constants
	Offset int64  // where in the file, -1 if unknown
	Text   string // what is wrong, in technical English
}

// Codes of problems.
const (
	ProblemTruncated = "truncated"    // the file ends within the picture
	ProblemShort     = "short_data"   // the picture's data ends early although the file goes on
	ProblemCorrupt   = "corrupt_data" // data that cannot be what the writer meant
	ProblemCoarse    = "coarse"       // a progressive picture without its fine detail
	ProblemNoEnd     = "no_end_mark"  // nothing is missing but the mark of the end
	ProblemPalette   = "bad_palette"  // colours are used that the file does not define
	ProblemOdd       = "odd"          // against the rules of the format, but no pixel is lost
)

func (p *Picture) problem(code string, offset int, text string) {
	p.Problems = append(p.Problems, Problem{code, int64(offset), text})
}

// Pictures is the subject's decoded picture, decoded once. Its errors are those of
// Decode, and a *checks.LimitError for a file longer than a subject may hold.
var Pictures = checks.NewShared("decoded picture", func(ctx context.Context, s *checks.Subject) (*Picture, error) {
	if !s.Whole() {
		return nil, &checks.LimitError{What: "file", Value: s.Size, Limit: checks.MaxSubjectBytes, Unit: "bytes"}
	}
	return decode(s.Data, func() (*jpeg.File, error) { return jpeg.Shared.Of(ctx, s) })
})

// Decode decodes a JPEG, BMP, GIF (its first frame on the canvas), PNG or WebP file. Where a
// JPEG, BMP or GIF is damaged but shows something, it returns the part that is there and says
// so in Complete and Problems. The error is a *checks.LimitError for pictures that would take
// more than MaxMemory or MaxPixels, a *checks.UnsupportedError for formats and features that
// are not read, and a *checks.FormatError if nothing can be shown.
func Decode(data []byte) (*Picture, error) {
	return decode(data, func() (*jpeg.File, error) { return jpeg.Read(data, jpeg.DefaultLimits()) })
}

func decode(data []byte, readJPEG func() (*jpeg.File, error)) (*Picture, error) {
	h, err := ReadHeader(data)
	if err != nil {
		return nil, err
	}
	if h.refused != nil {
		return nil, h.refused
	}
	if h.Height > MaxPixels/h.Width {
		return nil, &checks.LimitError{What: "decoded picture", Value: area(h.Width, h.Height), Limit: MaxPixels, Unit: "pixels"}
	}
	if h.MemoryCost > MaxMemory {
		return nil, &checks.LimitError{What: "memory for the decoded picture", Value: h.MemoryCost, Limit: MaxMemory, Unit: "bytes"}
	}
	var p *Picture
	switch h.Format {
	case JPEG:
		var f *jpeg.File
		if f, err = readJPEG(); err == nil {
			p, err = renderJPEG(f)
		}
	case BMP:
		p, err = decodeBMP(data)
	case GIF:
		p, err = decodeGIF(data)
	case PNG:
		p, err = whole(png.Decode(bytes.NewReader(data)))
	case WebP:
		p, err = whole(webp.Decode(bytes.NewReader(data)))
	default:
		return nil, &checks.UnsupportedError{Format: string(h.Format), Feature: "decoding it"}
	}
	if err != nil {
		if typed(err) {
			return nil, err
		}
		return nil, broken(h.Format, -1, "%v", err)
	}
	p.Stored = image.Rect(0, 0, h.Width, h.Height)
	p.Missing = orientation.Rect(p.Missing, h.Width, h.Height, h.Orientation)
	p.Image = orientation.Apply(opaque(p.Image), h.Orientation)
	return p, nil
}

// whole wraps the result of a decoder that gives all or nothing.
func whole(img image.Image, err error) (*Picture, error) {
	if err != nil {
		return nil, err
	}
	return &Picture{Image: img, Complete: 1}, nil
}

func typed(err error) bool {
	var f *checks.FormatError
	var l *checks.LimitError
	var u *checks.UnsupportedError
	return errors.As(err, &f) || errors.As(err, &l) || errors.As(err, &u) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// Skip turns an error of Decode or ReadHeader into the reason for which a check that needs the
// pixels could not measure: the format checks report it as a finding. Other errors are
// returned as they are.
func Skip(err error) error {
	var f *checks.FormatError
	var l *checks.LimitError
	var u *checks.UnsupportedError
	switch {
	case errors.As(err, &l):
		return checks.Skip(checks.Text{En: "the picture is too large to be decoded", Zh: "图片过大，无法解码"})
	case errors.As(err, &u):
		return checks.Skip(checks.Text{En: "the file is not a picture that can be decoded here", Zh: "该文件不是此处能够解码的图片"})
	case errors.As(err, &f):
		return checks.Skip(checks.Text{En: "the picture is damaged and cannot be decoded", Zh: "图片已损坏，无法解码"})
	}
	return err
}

func decodeBMP(data []byte) (*Picture, error) {
	b, err := bmp.Decode(data)
	if err != nil {
		return nil, err
	}
	p := &Picture{Image: b.Image, Complete: b.Complete}
	p.Missing = strip(b.Width, b.Height, b.Complete, !b.TopDown)
	for _, q := range b.Problems {
		code := ProblemOdd
		switch q.Code {
		case bmp.Truncated:
			code = ProblemTruncated
		case bmp.EarlyEnd:
			code = ProblemShort
		case bmp.BadRunLength:
			code = ProblemCorrupt
		case bmp.BadIndex, bmp.NoPalette:
			code = ProblemPalette
		}
		p.Problems = append(p.Problems, Problem{code, q.Offset, q.Text})
	}
	return p, nil
}

// strip returns the rows of a w x h picture that are not there when only the share complete is:
// the last ones, or the first ones of a picture stored from the bottom up.
func strip(w, h int, complete float64, bottomUp bool) image.Rectangle {
	there := int(complete * float64(h))
	if bottomUp {
		return image.Rect(0, 0, w, h-there)
	}
	return image.Rect(0, there, w, h)
}

// opaque returns img as one of the types a Picture promises, laid on white where it is see-through.
func opaque(img image.Image) image.Image {
	switch m := img.(type) {
	case *image.YCbCr, *image.Gray:
		return img
	case *image.Paletted:
		if m.Opaque() {
			return img
		}
	case *image.RGBA:
		if m.Opaque() {
			return img
		}
	}
	b := img.Bounds()
	dst := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(dst, dst.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(dst, dst.Bounds(), img, b.Min, draw.Over)
	return dst
}
