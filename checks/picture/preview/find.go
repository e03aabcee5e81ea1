// Package preview finds the small copies that a JPEG file carries of its own picture, and compares
// them with it.
//
// What lives here: finding and decoding previews (EXIF thumbnail, JFIF extension, Photoshop's
// resource, the previews of the multi-picture format), and measuring where a preview and the picture differ. What must
// not: saying what a difference means (checks/edits does).
package preview

import (
	"bytes"
	"encoding/binary"
	"image"

	"dossier/checks/picture/decode"
	"dossier/checks/picture/ifd"
	"dossier/checks/picture/jpeg"
)

// A Source says where a preview stands in the file.
type Source string

// The sources, in the order of their weight: the first is written by cameras and left alone by most editors.
const (
	EXIF      Source = "EXIF"
	JFIF      Source = "JFIF extension"
	Photoshop Source = "Photoshop resource"
	MPF       Source = "multi-picture format"
	// Credentials are not looked for here: checks/picture/c2pa hands them out.
	Credentials Source = "content credentials"
)

// A Preview is one small copy.
type Preview struct {
	Source Source
	Data   []byte      // a JPEG, still coded; nil if Image was not coded at all
	Image  image.Image // of uncompressed previews
}

// Limits. The EXIF segment bounds its thumbnail to 64 KiB; the previews of the multi-picture format
// are up to 1920 x 1080.
const (
	maxPreviews = 4
	maxBytes    = 2 << 20
	maxPixels   = 2_200_000
	minSide     = 32 // of less, nothing can be compared
)

// Find returns the previews in the JPEG file data, still coded.
func Find(data []byte) []Preview {
	var f finder
	// An error leaves what came before it.
	layout, _ := jpeg.ScanSegments(data, jpeg.DefaultLimits())
	for _, s := range layout.Segments {
		p := s.Payload(data)
		switch s.Marker {
		case jpeg.APP0:
			// JFIF extension (ITU-T T.871, 10.2): code 0x10 is a JPEG.
			if rest, ok := bytes.CutPrefix(p, []byte("JFXX\x00\x10")); ok {
				f.add(JFIF, rest)
			}
		case jpeg.APP1:
			if rest, ok := bytes.CutPrefix(p, []byte("Exif\x00")); ok && len(rest) > 1 {
				f.exif(rest[1:])
			}
		case 0xE2: // APP2
			if bytes.HasPrefix(p, []byte("MPF\x00")) {
				f.multiPicture(data, int(s.Offset)+8)
			}
		case jpeg.APP13:
			if rest, ok := bytes.CutPrefix(p, []byte("Photoshop 3.0\x00")); ok {
				f.photoshop(rest)
			}
		}
	}
	return f.found
}

type finder struct{ found []Preview }

func (f *finder) add(source Source, data []byte) {
	if len(f.found) < maxPreviews && len(data) >= 4 && len(data) <= maxBytes && data[0] == 0xFF && data[1] == jpeg.SOI {
		f.found = append(f.found, Preview{Source: source, Data: data})
	}
}

// Tags of the thumbnail's directory (TIFF 6.0; EXIF 2.32, 4.6.4).
const (
	tagWidth       = 0x0100
	tagHeight      = 0x0101
	tagCompression = 0x0103
	tagStrip       = 0x0111
	tagStripBytes  = 0x0117
	tagJPEG        = 0x0201
	tagJPEGLength  = 0x0202
)

// exif finds the thumbnail of the second directory.
func (f *finder) exif(block []byte) {
	b, err := ifd.Open(block)
	if err != nil {
		return
	}
	chain := b.Chain()
	if len(chain) < 2 {
		return
	}
	d := chain[1]
	if at, ok := d.Uint(tagJPEG); ok {
		n, _ := d.Uint(tagJPEGLength)
		if int64(at) < int64(len(block)) {
			f.add(EXIF, block[at:min(int64(len(block)), int64(at)+int64(n))])
		}
		return
	}
	if c, _ := d.Uint(tagCompression); c != 1 {
		return
	}
	// Uncompressed: one strip of red, green, blue.
	w, _ := d.Uint(tagWidth)
	h, _ := d.Uint(tagHeight)
	at, _ := d.Uint(tagStrip)
	n, _ := d.Uint(tagStripBytes)
	if w < minSide || h < minSide || w > 1<<12 || h > 1<<12 || n != 3*w*h || int64(at)+int64(n) > int64(len(block)) || len(f.found) >= maxPreviews {
		return
	}
	img := image.NewRGBA(image.Rect(0, 0, int(w), int(h)))
	for i, p := 0, block[at:at+n]; len(p) >= 3; i, p = i+4, p[3:] {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = p[0], p[1], p[2], 255
	}
	f.found = append(f.found, Preview{Source: EXIF, Image: img})
}

// photoshop finds the thumbnail among Photoshop's image resources (Photoshop file format
// specification: resource 1036, a header of 28 bytes and a JPEG).
func (f *finder) photoshop(b []byte) {
	const thumbnail, header = 1036, 28
	for n := 0; len(b) >= 12 && string(b[:4]) == "8BIM" && n < 1000; n++ {
		id := int(binary.BigEndian.Uint16(b[4:]))
		at := 6 + (int(b[6])+2)&^1
		if at+4 > len(b) {
			return
		}
		size := int64(binary.BigEndian.Uint32(b[at:]))
		if size > int64(len(b)-at-4) {
			return
		}
		if content := b[at+4 : at+4+int(size)]; id == thumbnail && len(content) > header {
			f.add(Photoshop, content[header:])
		}
		b = b[min(len(b), at+4+int(size+size&1)):]
	}
}

// multiPicture finds the previews that the index at offset at lists (CIPA DC-007: tag 0xB002, 16 bytes an entry;
// the types 0x010001 and 0x010002 are previews, others are pictures of their own).
func (f *finder) multiPicture(data []byte, at int) {
	if at > len(data) {
		return
	}
	const entries, entrySize = 0xB002, 16
	b, err := ifd.Open(data[at:])
	if err != nil {
		return
	}
	for _, d := range b.Chain() {
		e, ok := d.Find(entries)
		if !ok {
			continue
		}
		for v := e.Value; len(v) >= entrySize; v = v[entrySize:] {
			kind := b.Order.Uint32(v) & 0xFFFFFF
			size, offset := int64(b.Order.Uint32(v[4:])), int64(b.Order.Uint32(v[8:]))
			if (kind == 0x010001 || kind == 0x010002) && offset > 0 && offset < int64(len(b.Data)) && size <= int64(len(b.Data))-offset {
				f.add(MPF, b.Data[offset:offset+size])
			}
		}
	}
}

// Decode returns the preview as it is stored; nil if it cannot be decoded, or is too small or too
// large to compare.
func (p Preview) Decode() image.Image {
	if p.Image != nil {
		return p.Image
	}
	h, err := decode.ReadHeader(p.Data)
	if err != nil || h.Format != decode.JPEG || h.Width < minSide || h.Height < minSide || h.Height > maxPixels/h.Width {
		return nil
	}
	d, err := decode.Decode(p.Data)
	if err != nil || d.Complete < 1 {
		return nil
	}
	return d.Image
}
