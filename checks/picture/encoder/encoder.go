// Package encoder describes how the program that wrote a JPEG file went about it: its quantization and
// Huffman tables, its sampling, the order of its segments.
//
// What lives here: the description, taken from the header alone, and the tables of the standard it is compared
// with. What must not: names of devices and programs (checks/edits has them), and the picture's coefficients.
package encoder

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/jpeg"
)

// A Description is what the header of a file tells of its writer.
type Description struct {
	Luma, Chroma *jpeg.QuantizationTable // of the first and second component; Chroma is nil for grey
	// Quality is the IJG library's quality, 1..100, at which it writes exactly these tables; 0 if it never
	// does. LumaQuality is that of the first table alone.
	Quality, LumaQuality int
	// Huffman is "standard" for the tables of T.81 annex K, "optimized" for tables made for this picture or
	// this maker.
	Huffman     string
	Sampling    string // of the components, "2x1,1x1,1x1"
	Progressive bool
	Restart     bool
	// Order lists the segments in front of the first scan, each once where it repeats:
	// "APP0 APP1/Exif DQT SOF0 DHT SOS".
	Order   string
	JFIF    bool
	Adobe   bool
	EXIF    bool
	Changed bool // a table was defined again with other values in front of the first scan
	// Unused counts the tables that no component uses.
	Unused int
}

// Shared is the subject's description. The error is that of jpeg.ReadHeader.
var Shared = checks.NewShared("encoder", func(_ context.Context, s *checks.Subject) (*Description, error) {
	return Describe(s.Data)
})

// Describe reads the header of the JPEG file in data; errors as for jpeg.ReadHeader.
func Describe(data []byte) (*Description, error) {
	f, err := jpeg.ReadHeader(data, jpeg.DefaultLimits())
	if err != nil {
		return nil, err
	}
	d := &Description{Progressive: f.Progressive, Restart: f.RestartInterval > 0, JFIF: f.JFIF, Adobe: f.Adobe, Huffman: huffmanKind(f)}
	d.tables(f)
	var sampling []string
	for _, c := range f.Components {
		sampling = append(sampling, fmt.Sprintf("%dx%d", c.H, c.V))
	}
	d.Sampling = strings.Join(sampling, ",")
	var order []string
	for _, s := range f.Segments[1:] {
		name := segmentName(s, data)
		d.EXIF = d.EXIF || name == "APP1/Exif"
		if len(order) == 0 || order[len(order)-1] != name {
			order = append(order, name)
		}
	}
	d.Order = strings.Join(order, " ")
	return d, nil
}

func (d *Description) tables(f *jpeg.File) {
	used := map[int]bool{}
	for i, c := range f.Components {
		used[c.TableIndex] = true
		t := tableOf(f, c.TableIndex)
		switch i {
		case 0:
			d.Luma = t
		case 1:
			d.Chroma = t
		}
	}
	defined := map[int][64]uint16{}
	for _, t := range f.QuantizationTables {
		if before, ok := defined[t.Index]; ok && before != t.Values {
			d.Changed = true
		}
		defined[t.Index] = t.Values
	}
	for i := range defined {
		if !used[i] {
			d.Unused++
		}
	}
	if d.Luma == nil {
		return
	}
	d.LumaQuality = qualityOf(d.Luma.Values, baseLuma)
	d.Quality = d.LumaQuality
	if d.Chroma != nil && d.Quality > 0 {
		chroma := scaled(baseChroma, d.Quality)
		if d.Chroma.Values != chroma {
			d.Quality = 0
		}
	}
}

// tableOf returns the last definition of a slot.
func tableOf(f *jpeg.File, index int) *jpeg.QuantizationTable {
	for i := len(f.QuantizationTables) - 1; i >= 0; i-- {
		if f.QuantizationTables[i].Index == index {
			return &f.QuantizationTables[i]
		}
	}
	return nil
}

// Hash names a pair of quantization tables: 16 hexadecimal digits of the SHA-256 of their values in natural
// order, two bytes each, most significant first. It is empty without tables.
func (d *Description) Hash() string {
	return d.hash(func(i int) int { return i })
}

// HashTurned is the Hash that the file would have had before it was turned by a quarter without decoding
// it, which swaps rows and columns of the tables.
func (d *Description) HashTurned() string {
	return d.hash(func(i int) int { return i%8*8 + i/8 })
}

func (d *Description) hash(place func(int) int) string {
	if d.Luma == nil {
		return ""
	}
	h := sha256.New()
	for _, t := range []*jpeg.QuantizationTable{d.Luma, d.Chroma} {
		if t == nil {
			continue
		}
		for i := range t.Values {
			v := t.Values[place(i)]
			h.Write([]byte{byte(v >> 8), byte(v)})
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// segmentName names a segment, an application segment with the word it opens with.
func segmentName(s jpeg.Segment, data []byte) string {
	switch {
	case s.Marker >= jpeg.APP0 && s.Marker <= jpeg.APP15:
		name := fmt.Sprintf("APP%d", s.Marker-jpeg.APP0)
		p := s.Payload(data)
		for _, w := range []string{"JFIF", "JFXX", "Exif", "http://ns.adobe.com/xap", "ICC_PROFILE", "MPF", "Photoshop", "Adobe", "Ducky", "FPXR", "JP"} {
			if bytes.HasPrefix(p, []byte(w)) {
				return name + "/" + strings.TrimPrefix(w, "http://ns.adobe.com/")
			}
		}
		return name
	case s.Marker == jpeg.DQT:
		return "DQT"
	case s.Marker == jpeg.DHT:
		return "DHT"
	case s.Marker == jpeg.DRI:
		return "DRI"
	case s.Marker == jpeg.SOS:
		return "SOS"
	case s.Marker == jpeg.COM:
		return "COM"
	case s.Marker >= jpeg.SOF0 && s.Marker <= 0xCF:
		return fmt.Sprintf("SOF%d", s.Marker-jpeg.SOF0)
	}
	return fmt.Sprintf("%02X", s.Marker)
}

// DeviceName joins EXIF's Make and Model to one name that is the same however the maker spaced and
// capitalised them; empty unless both are given. "Canon" and "Canon EOS 5D" make "CANON EOS 5D".
func DeviceName(maker, model string) string {
	maker, model = strings.Join(strings.Fields(strings.ToUpper(maker)), " "), strings.Join(strings.Fields(strings.ToUpper(model)), " ")
	if maker == "" || model == "" {
		return ""
	}
	first, _, _ := strings.Cut(maker, " ")
	return first + " " + strings.TrimSpace(strings.TrimPrefix(model, first+" "))
}
