package metadata

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/bep/imagemeta"

	"dossier/checks/picture/decode"
	"dossier/checks/picture/jpeg"
)

// Signatures of the segments' payloads.
const (
	signEXIF        = "Exif\x00" // a second zero or a fill byte follows
	signXMP         = "http://ns.adobe.com/xap/1.0/\x00"
	signExtendedXMP = "http://ns.adobe.com/xmp/extension/\x00"
	signPhotoshop   = "Photoshop 3.0\x00"
	signDucky       = "Ducky"
)

// maxExtendedXMP bounds the packet that is put together of several segments. Phones store depth
// maps there, of a few MiB, which are of no interest here.
const maxExtendedXMP = 4 << 20

func (m *Metadata) readJPEG(data []byte) {
	// An error leaves the segments before it, and that is what there is to read.
	layout, err := jpeg.ScanSegments(data, jpeg.DefaultLimits())
	if err != nil {
		m.problem(Comment, err.Error())
	}
	var extended []byte
	packets, blocks := 0, 0
	for _, s := range layout.Segments {
		p := s.Payload(data)
		switch s.Marker {
		case jpeg.APP1:
			switch {
			case bytes.HasPrefix(p, []byte(signEXIF)) && len(p) > 6:
				// A second block is not EXIF's; viewers read the first.
				if blocks++; blocks == 1 {
					m.readEXIF(p[6:])
				}
			case bytes.HasPrefix(p, []byte(signXMP)):
				if packets++; packets <= maxPackets {
					m.readSegment(jpeg.APP1, p)
				}
			case bytes.HasPrefix(p, []byte(signExtendedXMP)):
				// Behind the signature: 32 bytes of digest, 4 of length, 4 of offset. Segments come in order.
				if head := len(signExtendedXMP) + 40; len(p) > head && len(extended)+len(p)-head <= maxExtendedXMP {
					extended = append(extended, p[head:]...)
				}
			}
		case jpeg.APP13:
			if bytes.HasPrefix(p, []byte(signPhotoshop)) {
				m.readResources(p[len(signPhotoshop):])
				if packets++; packets <= maxPackets {
					m.readSegment(jpeg.APP13, p)
				}
			}
		case 0xEC: // APP12
			if bytes.HasPrefix(p, []byte(signDucky)) {
				m.source(Photoshop)
				m.add(Field{Source: Photoshop, Name: "Ducky", Value: "", Bytes: len(p)})
			}
		case jpeg.COM:
			m.source(Comment)
			m.add(Field{Source: Comment, Name: "comment", Value: text(p), Bytes: len(p)})
		}
	}
	if len(extended) > 0 {
		m.readXMP(extended)
	}
}

// readSegment hands one segment to imagemeta, as a JPEG file of nothing else.
func (m *Metadata) readSegment(marker byte, payload []byte) {
	file := []byte{0xFF, jpeg.SOI, 0xFF, marker}
	file = binary.BigEndian.AppendUint16(file, uint16(len(payload)+2)) // it came out of a segment, so it fits one
	file = append(file, payload...)
	file = append(file, 0xFF, jpeg.SOS, 0, 2)
	source, kind := XMP, imagemeta.XMP
	if marker == jpeg.APP13 {
		source, kind = IPTC, imagemeta.IPTC
	}
	m.imagemeta(file, imagemeta.JPEG, source, kind)
}

// readOther reads formats that are not accepted as documents: only to tell more about them.
func (m *Metadata) readOther(data []byte) {
	format := map[decode.Format]imagemeta.ImageFormat{
		decode.PNG: imagemeta.PNG, decode.WebP: imagemeta.WebP, decode.TIFF: imagemeta.TIFF,
		decode.HEIC: imagemeta.HEIF, decode.AVIF: imagemeta.AVIF,
	}[m.Format]
	m.imagemeta(data, format, EXIF, imagemeta.EXIF|imagemeta.XMP|imagemeta.IPTC)
}

// imagemeta reads the kinds asked for; blame is whom a failure is noted against.
func (m *Metadata) imagemeta(file []byte, format imagemeta.ImageFormat, blame Source, kinds imagemeta.Source) {
	var fields []Field
	var packets [][]byte
	_, err := safely(func() (imagemeta.DecodeResult, error) {
		return imagemeta.Decode(imagemeta.Options{
			R: bytes.NewReader(file), ImageFormat: format, Sources: kinds,
			LimitNumTags: maxFields,
			LimitTagSize: maxValue,
			HandleXMP: func(r io.Reader) error {
				b, err := io.ReadAll(io.LimitReader(r, maxExtendedXMP))
				if err == nil && len(packets) < maxPackets {
					packets = append(packets, b)
				}
				_, _ = io.Copy(io.Discard, r)
				return err
			},
			HandleTag: func(t imagemeta.TagInfo) error {
				f := Field{Source: EXIF, Name: t.Tag, Value: tagValue(t.Value)}
				if t.Source == imagemeta.IPTC {
					f.Source = IPTC
				} else if name, ok := sameTag[t.Tag]; ok {
					f.Name = name
				}
				fields = append(fields, f)
				return nil
			},
		})
	})
	if err != nil {
		m.source(blame)
		m.problem(blame, strings.TrimSpace(err.Error()))
	}
	// Datasets that may repeat come out of a map, in any order.
	slices.SortStableFunc(fields, func(a, b Field) int { return strings.Compare(string(a.Source)+a.Name, string(b.Source)+b.Name) })
	for _, f := range fields {
		m.source(f.Source)
		m.add(f)
	}
	for _, p := range packets {
		m.readXMP(p)
	}
}

// sameTag maps imagemeta's names to those of the EXIF standard, where they differ.
var sameTag = map[string]string{"ModifyDate": "DateTime", "CreateDate": "DateTimeDigitized"}

// safely turns a panic of decode into an error.
func safely(decode func() (imagemeta.DecodeResult, error)) (r imagemeta.DecodeResult, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("reading metadata: %v", p)
		}
	}()
	return decode()
}

func tagValue(v any) string {
	switch v := v.(type) {
	case string:
		return text([]byte(v))
	case []string:
		return strings.Join(v, "; ")
	case []byte:
		return ""
	case time.Time:
		return v.Format("2006:01:02 15:04:05")
	}
	return fmt.Sprint(v)
}

// readResources lists Photoshop's image resources (Photoshop file format specification, "Image
// Resource Blocks"): signature, id, a name padded to an even length, the size, the data padded likewise.
func (m *Metadata) readResources(b []byte) {
	m.source(Photoshop)
	for len(b) >= 12 && len(m.Resources) < 1000 {
		if string(b[:4]) != "8BIM" && string(b[:4]) != "PHUT" && string(b[:4]) != "DCSR" && string(b[:4]) != "AgHg" && string(b[:4]) != "MeSa" {
			return
		}
		m.Resources = append(m.Resources, int(binary.BigEndian.Uint16(b[4:])))
		at := 6 + (int(b[6])+2)&^1
		if at+4 > len(b) {
			return
		}
		size := uint64(binary.BigEndian.Uint32(b[at:]))
		if size > uint64(len(b)-at-4) {
			m.problem(Photoshop, "an image resource reaches beyond its segment")
			return
		}
		b = b[min(len(b), at+4+int(size+size&1)):]
	}
}
