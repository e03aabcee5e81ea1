// Package shrink makes a copy of a picture that meets the platform's limits: upright, a JPEG,
// small enough in bytes and pixels, and as sharp as those limits allow.
//
// What lives here: decoding, also of formats the platform refuses (HEIC, TIFF, PNG, WebP),
// reducing, and the search for the best quality that fits. What must not: files and folders.
//
// The copy is a new picture and its metadata stays behind. Whoever asks about signs of editing
// should be shown the original, which Dossier keeps.
package shrink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"
	"math"

	"github.com/disintegration/imaging"
	"github.com/gen2brain/heic"
	"golang.org/x/image/tiff"

	"dossier/checks"
	"dossier/checks/picture/decode"
)

// Limits are what a copy must meet.
type Limits struct {
	MaxBytes  int64 // at most this many bytes
	MaxPixels int64 // width times height at most

	// Always makes a copy also of a picture within the limits: for one that something else is
	// wrong with, such as printing inks, or bytes behind its end.
	Always bool
}

// A Copy is a picture within limits.
type Copy struct {
	Data          []byte // a baseline JPEG
	Width, Height int
	Quality       int           // of the JPEG, as libjpeg counts it
	From          image.Point   // width and height of the upright original
	Format        decode.Format // of the original
	Unchanged     bool          // the original was within the limits already; Data is the original
}

// An UnfitError says that no copy can be made, and why.
type UnfitError struct {
	What checks.Text
	Todo checks.Text
}

func (e *UnfitError) Error() string { return e.What.En }

// Message says so in both languages.
func (e *UnfitError) Message() checks.Text { return e.What }

// Hint says what to do instead.
func (e *UnfitError) Hint() checks.Text { return e.Todo }

const (
	// maxDecode bounds the pixels of an original: 64 megapixels of RGBA are 256 MB. The largest
	// phones write 50 megapixels by default.
	maxDecode = 64 << 20

	// Qualities tried, best first found by bisection. Above 92 a JPEG grows fast and looks the
	// same; below 60 the strokes of small print begin to dissolve into blocks.
	bestQuality, leastQuality = 92, 60

	// leastSide is where reducing stops: below it not even a card's number can be read.
	leastSide = 400
)

// Make returns a copy of the picture in data that meets the limits.
func Make(ctx context.Context, data []byte, l Limits) (Copy, error) {
	c := Copy{Format: decode.Sniff(data)}
	header, err := decode.ReadHeader(data)
	if err == nil && !l.Always && accepted(c.Format) && int64(len(data)) <= l.MaxBytes && header.Frames == 1 && header.Orientation == 1 &&
		header.Width > 0 && int64(header.Height) <= l.MaxPixels/int64(header.Width) {
		if p, err := decode.Decode(data); err == nil && p.Complete == 1 && len(p.Problems) == 0 {
			c.Data, c.Unchanged, c.Width, c.Height = data, true, header.Width, header.Height
			c.From = image.Pt(header.Width, header.Height)
			return c, nil
		}
	}
	img, err := open(data, c.Format)
	if err != nil {
		return c, err
	}
	c.From = img.Bounds().Size()
	img = onWhite(img)
	width, height := fit(c.From, float64(l.MaxPixels))
	for {
		if err := ctx.Err(); err != nil {
			return c, err
		}
		reduced := img
		if width < c.From.X {
			// Lanczos keeps strokes sharp where a box filter would grey them.
			reduced = imaging.Resize(img, width, height, imaging.Lanczos)
		}
		data, quality, err := encodeWithin(reduced, l.MaxBytes)
		if err != nil {
			return c, err
		}
		if data != nil {
			c.Data, c.Quality, c.Width, c.Height = data, quality, width, height
			return c, nil
		}
		// Bytes go with the pixels: a fifth fewer pixels is a step that finds a fit quickly and
		// misses the best by little.
		width, height = int(float64(width)*math.Sqrt(0.8)), int(float64(height)*math.Sqrt(0.8))
		if width < leastSide && height < leastSide {
			return c, &UnfitError{
				What: checks.Textf("no readable copy fits into %d bytes", "无法在 %d 字节内生成清晰可读的副本", l.MaxBytes),
				Todo: checks.Text{En: "have it scanned or photographed again against a plain background", Zh: "请在素色背景下重新扫描或拍摄"},
			}
		}
	}
}

func accepted(f decode.Format) bool { return f == decode.JPEG || f == decode.BMP || f == decode.GIF }

// fit reduces a size, keeping its form, until it has at most so many pixels.
func fit(size image.Point, pixels float64) (width, height int) {
	area := float64(size.X) * float64(size.Y)
	if area <= pixels {
		return size.X, size.Y
	}
	f := math.Sqrt(pixels / area)
	return max(1, int(float64(size.X)*f)), max(1, int(float64(size.Y)*f))
}

// encodeWithin returns the picture as a JPEG of the best quality that fits, or nil if none does.
func encodeWithin(img image.Image, most int64) ([]byte, int, error) {
	encode := func(quality int) ([]byte, error) {
		var b bytes.Buffer
		err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality})
		return b.Bytes(), err
	}
	var best []byte
	quality := 0
	low, high := leastQuality, bestQuality
	for low <= high {
		middle := high // most pictures fit at once
		if best != nil || high != bestQuality {
			middle = (low + high) / 2
		}
		data, err := encode(middle)
		if err != nil {
			return nil, 0, fmt.Errorf("encoding the copy: %w", err)
		}
		if int64(len(data)) <= most {
			best, quality, low = data, middle, middle+1
		} else {
			high = middle - 1
		}
	}
	return best, quality, nil
}

// open decodes the original, upright.
func open(data []byte, f decode.Format) (image.Image, error) {
	switch f {
	case decode.HEIC:
		return openOther(data, f, heic.DecodeConfig, heic.Decode)
	case decode.TIFF:
		return openOther(data, f, tiff.DecodeConfig, tiff.Decode)
	case decode.JPEG, decode.BMP, decode.GIF, decode.PNG, decode.WebP:
	default:
		title := f.Title()
		return nil, &UnfitError{
			What: checks.Textf("the file is %[1]s, of which no copy can be made", "文件是%[2]s，无法生成副本", title.En, title.Zh),
			Todo: checks.Text{En: "export or photograph the document as a JPG", Zh: "请将文件导出或拍摄为 JPG"},
		}
	}
	p, err := decode.Decode(data)
	if err != nil {
		return nil, broken(err)
	}
	if p.Complete < 1 {
		return nil, &UnfitError{
			What: checks.Textf("only %.0f %% of the picture is in the file", "文件中只有 %.0f %% 的画面", math.Floor(100*p.Complete)),
			Todo: checks.Text{En: "have it sent again; a copy would hide that a part is missing", Zh: "请重新发送；生成副本会掩盖缺失的部分"},
		}
	}
	return p.Image, nil
}

func openOther(data []byte, f decode.Format, config func(r io.Reader) (image.Config, error), full func(r io.Reader) (image.Image, error)) (img image.Image, err error) {
	// These decoders were not written for hostile files: what they trip over is a bad file.
	defer func() {
		if p := recover(); p != nil {
			img, err = nil, broken(fmt.Errorf("%s: the decoder broke down", f))
		}
	}()
	c, err := config(bytes.NewReader(data))
	if err != nil {
		return nil, broken(err)
	}
	if c.Width <= 0 || c.Height <= 0 {
		return nil, broken(&checks.FormatError{Format: string(f), Offset: -1, Reason: "it has no size"})
	}
	if c.Height > maxDecode/c.Width {
		return nil, &checks.LimitError{What: "picture", Value: int64(c.Width) * int64(c.Height), Limit: maxDecode, Unit: "pixels"}
	}
	if img, err = full(bytes.NewReader(data)); err != nil {
		return nil, broken(err)
	}
	return img, nil
}

func broken(err error) error {
	var limit *checks.LimitError
	if errors.As(err, &limit) {
		return err
	}
	return &UnfitError{
		What: checks.Textf("the picture cannot be decoded: %v", "图片无法解码：%v", err),
		Todo: checks.Text{En: "have it sent again", Zh: "请重新发送"},
	}
}

// onWhite lays a picture with transparent parts on white paper, for a JPEG has none.
func onWhite(img image.Image) image.Image {
	if o, ok := img.(interface{ Opaque() bool }); ok && o.Opaque() {
		return img
	}
	b := img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), img, b.Min, draw.Over)
	return out
}
