// Package orientation reads how a picture has to be turned to stand upright, and turns it.
//
// What lives here: a guarded reader of the first directory of a TIFF structure (which is what
// EXIF data is), of which only plain integers are read, and the eight turns. What must not:
// any other metadata. The reader exists apart from the metadata libraries because a picture
// must be turned before anything is known of it, and those libraries can be made to ask for
// gigabytes by a three-line tag.
package orientation

import (
	"encoding/binary"
	"image"
	"image/draw"

	"dossier/checks"
)

// Upright is the orientation of a picture that needs no turning, and the one assumed when a
// file gives none.
const Upright = 1

// maxDirectories and maxEntries bound the walk: EXIF has one first directory of a few dozen
// entries (baseline TIFF names about 40 tags), and a hostile file has any number.
const (
	maxDirectories = 4
	maxEntries     = 512
)

// Tags that are read with Tags; numbers from TIFF 6.0, section 8.
const (
	ImageWidth  = 0x0100
	ImageLength = 0x0101
	Compression = 0x0103
	Orientation = 0x0112
)

// Tags reads the first value of every integer tag (types BYTE, SHORT, LONG) in the first
// directory of a TIFF structure, and follows the chain of directories only to count them; the
// count says how many pages a TIFF file holds, up to maxDirectories. Values that lie outside
// the bytes given are left out. The error is a *checks.FormatError if there is no readable
// directory.
func Tags(tiff []byte) (tags map[uint16]uint32, directories int, err error) {
	if len(tiff) < 8 {
		return nil, 0, broken(0, "too short for a header")
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	case "II+\x00", "MM\x00+":
		return nil, 0, &checks.UnsupportedError{Format: "tiff", Feature: "BigTIFF"}
	default:
		return nil, 0, broken(0, "no byte order mark")
	}
	size := int64(len(tiff))
	offset := int64(order.Uint32(tiff[4:]))
	visited := map[int64]bool{}
	for offset != 0 && directories < maxDirectories && !visited[offset] {
		if offset > size-2 {
			break
		}
		visited[offset] = true
		entries := int64(order.Uint16(tiff[offset:]))
		if entries == 0 {
			break
		}
		directories++
		if directories == 1 {
			tags = readDirectory(tiff, order, offset+2, min(entries, maxEntries))
		}
		next := offset + 2 + 12*entries
		if next > size-4 {
			break
		}
		offset = int64(order.Uint32(tiff[next:]))
	}
	if directories == 0 {
		return nil, 0, broken(offset, "no directory where the header points")
	}
	return tags, directories, nil
}

func readDirectory(tiff []byte, order binary.ByteOrder, offset, entries int64) map[uint16]uint32 {
	tags := map[uint16]uint32{}
	for i := int64(0); i < entries; i++ {
		at := offset + 12*i
		if at > int64(len(tiff))-12 {
			break
		}
		entry := tiff[at : at+12]
		tag, kind, count := order.Uint16(entry), order.Uint16(entry[2:]), order.Uint32(entry[4:])
		if count == 0 {
			continue
		}
		if _, twice := tags[tag]; twice {
			continue // readers take the first
		}
		// The first value stands in the entry itself unless the values need more than 4 bytes.
		value := entry[8:]
		if width := map[uint16]int64{1: 1, 3: 2, 4: 4}[kind]; width == 0 {
			continue
		} else if int64(count) > 4/width {
			p := int64(order.Uint32(value))
			if p > int64(len(tiff))-4 {
				continue
			}
			value = tiff[p:]
		}
		switch kind {
		case 1:
			tags[tag] = uint32(value[0])
		case 3:
			tags[tag] = uint32(order.Uint16(value))
		case 4:
			tags[tag] = order.Uint32(value)
		}
	}
	return tags
}

// FromTIFF returns the orientation, 1..8, that a TIFF structure declares; Upright if it
// declares none or nonsense.
func FromTIFF(tiff []byte) int {
	tags, _, err := Tags(tiff)
	if err != nil {
		return Upright
	}
	if o, ok := tags[Orientation]; ok && o >= 1 && o <= 8 {
		return int(o)
	}
	return Upright
}

// FromEXIF is FromTIFF for the payload of an EXIF segment, with or without its leading
// "Exif\0\0".
func FromEXIF(payload []byte) int {
	if len(payload) >= 6 && string(payload[:4]) == "Exif" && payload[4] == 0 {
		payload = payload[6:]
	}
	return FromTIFF(payload)
}

func broken(offset int64, reason string) error {
	return &checks.FormatError{Format: "tiff", Offset: offset, Reason: reason}
}

// Swaps reports whether orientation o exchanges width and height.
func Swaps(o int) bool { return o >= 5 && o <= 8 }

// Apply returns img turned so that a picture stored with orientation o (1..8) stands upright,
// with its bounds beginning at the origin. Gray, paletted and YCbCr pictures keep their type
// and exact values; the chroma of a YCbCr picture is brought to full resolution where its
// samples would no longer fall on the turned grid. Other types become *image.RGBA. For
// Upright, or an o outside 1..8, img itself is returned.
func Apply(img image.Image, o int) image.Image {
	if o <= Upright || o > 8 {
		return img
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	turned := image.Rect(0, 0, w, h)
	if Swaps(o) {
		turned = image.Rect(0, 0, h, w)
	}
	switch src := img.(type) {
	case *image.Gray:
		dst := image.NewGray(turned)
		turn(dst.Pix, dst.Stride, src.Pix[src.PixOffset(b.Min.X, b.Min.Y):], src.Stride, w, h, 1, o)
		return dst
	case *image.Paletted:
		dst := image.NewPaletted(turned, src.Palette)
		turn(dst.Pix, dst.Stride, src.Pix[src.PixOffset(b.Min.X, b.Min.Y):], src.Stride, w, h, 1, o)
		return dst
	case *image.YCbCr:
		return applyYCbCr(src, turned, o)
	case *image.RGBA:
		dst := image.NewRGBA(turned)
		turn(dst.Pix, dst.Stride, src.Pix[src.PixOffset(b.Min.X, b.Min.Y):], src.Stride, w, h, 4, o)
		return dst
	}
	rgba := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(rgba, rgba.Bounds(), img, b.Min, draw.Src)
	return Apply(rgba, o)
}

func applyYCbCr(src *image.YCbCr, turned image.Rectangle, o int) *image.YCbCr {
	b := src.Bounds()
	w, h := b.Dx(), b.Dy()
	sx, sy := Subsampling(src.SubsampleRatio)
	ratio, ok := turnedRatio(src.SubsampleRatio, o)
	// A mirrored axis keeps its chroma grid only if whole chroma samples cover it.
	if ok && w%sx == 0 && h%sy == 0 && b.Min.X%sx == 0 && b.Min.Y%sy == 0 {
		dst := image.NewYCbCr(turned, ratio)
		y, c := src.YOffset(b.Min.X, b.Min.Y), src.COffset(b.Min.X, b.Min.Y)
		turn(dst.Y, dst.YStride, src.Y[y:], src.YStride, w, h, 1, o)
		turn(dst.Cb, dst.CStride, src.Cb[c:], src.CStride, w/sx, h/sy, 1, o)
		turn(dst.Cr, dst.CStride, src.Cr[c:], src.CStride, w/sx, h/sy, 1, o)
		return dst
	}
	dst := image.NewYCbCr(turned, image.YCbCrSubsampleRatio444)
	place := placer(w, h, o)
	for y := 0; y < h; y++ {
		for x := 0; x < w; x++ {
			tx, ty := place(x, y)
			yi, ci := src.YOffset(b.Min.X+x, b.Min.Y+y), src.COffset(b.Min.X+x, b.Min.Y+y)
			i := ty*dst.YStride + tx
			dst.Y[i], dst.Cb[i], dst.Cr[i] = src.Y[yi], src.Cb[ci], src.Cr[ci]
		}
	}
	return dst
}

// Subsampling returns how many luma samples share a chroma sample, across and down.
func Subsampling(r image.YCbCrSubsampleRatio) (x, y int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio420:
		return 2, 2
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	}
	return 1, 1
}

// turnedRatio returns the ratio after orientation o; not ok if the standard library has none.
func turnedRatio(r image.YCbCrSubsampleRatio, o int) (image.YCbCrSubsampleRatio, bool) {
	if !Swaps(o) {
		return r, true
	}
	switch r {
	case image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio420:
		return r, true
	case image.YCbCrSubsampleRatio422:
		return image.YCbCrSubsampleRatio440, true
	case image.YCbCrSubsampleRatio440:
		return image.YCbCrSubsampleRatio422, true
	}
	return r, false
}

// placer returns the function from a stored pixel of a w x h picture to its upright place.
// EXIF 2.3, tag 0x0112: the value names where the stored first row and first column belong.
func placer(w, h, o int) func(x, y int) (int, int) {
	switch o {
	case 2: // mirrored left to right
		return func(x, y int) (int, int) { return w - 1 - x, y }
	case 3: // upside down
		return func(x, y int) (int, int) { return w - 1 - x, h - 1 - y }
	case 4: // mirrored top to bottom
		return func(x, y int) (int, int) { return x, h - 1 - y }
	case 5: // mirrored along the main diagonal
		return func(x, y int) (int, int) { return y, x }
	case 6: // needs a quarter turn clockwise
		return func(x, y int) (int, int) { return h - 1 - y, x }
	case 7: // mirrored along the other diagonal
		return func(x, y int) (int, int) { return h - 1 - y, w - 1 - x }
	case 8: // needs a quarter turn counter-clockwise
		return func(x, y int) (int, int) { return y, w - 1 - x }
	}
	return func(x, y int) (int, int) { return x, y }
}

// Rect returns where the rectangle r of a stored w x h picture lies once it stands upright.
func Rect(r image.Rectangle, w, h, o int) image.Rectangle {
	r = r.Intersect(image.Rect(0, 0, w, h))
	if r.Empty() {
		return image.Rectangle{}
	}
	place := placer(w, h, o)
	x0, y0 := place(r.Min.X, r.Min.Y)
	x1, y1 := place(r.Max.X-1, r.Max.Y-1)
	return image.Rect(min(x0, x1), min(y0, y1), max(x0, x1)+1, max(y0, y1)+1)
}

// turn moves the w x h samples of size bytes each from src to their upright places in dst. The
// places are a linear function of x and y, so two steps and a start describe them.
func turn(dst []byte, dstStride int, src []byte, srcStride, w, h, size, o int) {
	if w == 0 || h == 0 {
		return
	}
	place := placer(w, h, o)
	at := func(x, y int) int {
		tx, ty := place(x, y)
		return ty*dstStride + tx*size
	}
	start := at(0, 0)
	stepX, stepY := at(1, 0)-start, at(0, 1)-start
	// Tiles of 64 samples keep both sides in the cache while one of them is walked by columns.
	const tile = 64
	for y0 := 0; y0 < h; y0 += tile {
		for x0 := 0; x0 < w; x0 += tile {
			for y := y0; y < min(y0+tile, h); y++ {
				s := src[y*srcStride+x0*size:]
				d := start + y*stepY + x0*stepX
				for x := x0; x < min(x0+tile, w); x++ {
					copy(dst[d:d+size], s[:size])
					s = s[size:]
					d += stepX
				}
			}
		}
	}
}
