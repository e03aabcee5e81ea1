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
	signAdobe       = "Adobe"
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
	var resources resourceReader
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
				resources.read(m, p[len(signPhotoshop):])
			}
		case app12:
			if bytes.HasPrefix(p, []byte(signDucky)) {
				m.source(Photoshop)
				m.add(Field{Source: Photoshop, Name: Ducky, Value: duckyText(p[len(signDucky):]), Bytes: len(p)})
			}
		case jpeg.APP14:
			if bytes.HasPrefix(p, []byte(signAdobe)) && len(p) >= 12 {
				// Libraries write it too, so it is no Source by itself.
				m.add(Field{Source: Photoshop, Name: AdobeMarker, Value: fmt.Sprintf("transform %d", p[11]), Bytes: len(p)})
			}
		case jpeg.COM:
			m.source(Comment)
			m.add(Field{Source: Comment, Name: "comment", Value: text(p), Bytes: len(p)})
		}
	}
	resources.close(m)
	if len(extended) > 0 {
		m.readXMP(extended)
	}
}

const app12 = 0xEC

// Names of fields of the source Photoshop.
const (
	Ducky       = "Ducky"       // the segment of "save for web" (APP12)
	AdobeMarker = "AdobeMarker" // APP14, which tells how colours are transformed
	Writer      = "Writer"      // the program in the version resource (8BIM 1057)
)

// duckyText reads the quality that stands in a Ducky segment: records of a tag, a length and a
// value, of which tag 1 is the quality (0..100). Comments and copyrights are left out.
func duckyText(b []byte) string {
	for len(b) >= 4 {
		tag, size := binary.BigEndian.Uint16(b), int(binary.BigEndian.Uint16(b[2:]))
		if b = b[4:]; tag == 0 || size > len(b) {
			break
		}
		if tag == 1 && size == 4 {
			return fmt.Sprintf("quality %d", binary.BigEndian.Uint32(b))
		}
		b = b[size:]
	}
	return ""
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
