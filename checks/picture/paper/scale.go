package paper

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/metadata"
)

// A size is a paper's, in millimetres, the longer side first.
type size struct{ long, short float64 }

// Known sizes: ISO 216, and the identity card of ISO/IEC 7810 ID-1. A4 is first: sheets of the same proportions
// are taken for it, since nothing in an outline tells A3 from A4.
var (
	sheets = []size{{297, 210}, {420, 297}, {210, 148}}
	card   = size{85.6, 54}
)

const (
	// sheetTolerance and cardTolerance are how far the proportions seen may lie from the paper's. A business
	// card of 90 x 54 mm is 5 % from an identity card.
	sheetTolerance = 0.03
	cardTolerance  = 0.02
	// declaredTolerance is how far a scan may differ from the paper's size by its declared resolution: a
	// scanner adds some millimetres of its lid, or cuts some off.
	declaredTolerance = 0.06
)

// outlineScale is the scale of an outline that is whole, 0 if its proportions are no known paper's.
func outlineScale(q Quad) float64 {
	w, h := (q.Side(Top)+q.Side(Bottom))/2, (q.Side(Left)+q.Side(Right))/2
	ratio := max(w, h) / min(w, h)
	for _, known := range []struct {
		size
		tolerance float64
	}{{sheets[0], sheetTolerance}, {card, cardTolerance}} {
		if math.Abs(ratio/(known.long/known.short)-1) <= known.tolerance {
			return math.Sqrt(polygon(q[:]).area() / (known.long * known.short))
		}
	}
	return 0
}

// declaredScale is what the file says, pixels a millimetre, if a sheet that fills that many pixels then
// measures like a known paper; otherwise 0.
func declaredScale(s *checks.Subject, width, height float64) float64 {
	scale := declared(s)
	if scale == 0 {
		return 0
	}
	long, short := max(width, height)/scale, min(width, height)/scale
	for _, known := range sheets {
		if math.Abs(long/known.long-1) <= declaredTolerance && math.Abs(short/known.short-1) <= declaredTolerance {
			return scale
		}
	}
	return 0
}

// declared is the resolution that the file states, in pixels a millimetre, 0 if it states none or two that differ.
func declared(s *checks.Subject) float64 {
	for _, read := range []func(*checks.Subject) (x, y float64){jfifDensity, exifResolution, bmpResolution} {
		if x, y := read(s); x > 0 && math.Abs(x/y-1) < 0.01 && !unknown(x) {
			return x
		}
	}
	return 0
}

// unknown reports whether a resolution is one that is written where none is known: 72 dots an inch by cameras
// (Exif 2.32, 4.6.4) and 96 by programs for screens. A photograph of 1200 x 1600 pixels would measure like A3.
func unknown(perMM float64) bool {
	dpi := perMM * 25.4
	return math.Abs(dpi-72) < 0.5 || math.Abs(dpi-96) < 0.5
}

// jfifDensity reads the APP0 segment, which stands first (ISO/IEC 10918-5, 10.1).
func jfifDensity(s *checks.Subject) (x, y float64) {
	const units, end = 13, 18
	if len(s.Data) < end || string(s.Data[6:11]) != "JFIF\x00" {
		return 0, 0
	}
	mm := map[byte]float64{1: 25.4, 2: 10}[s.Data[units]]
	if mm == 0 {
		return 0, 0 // only proportions
	}
	return float64(binary.BigEndian.Uint16(s.Data[units+1:])) / mm, float64(binary.BigEndian.Uint16(s.Data[units+3:])) / mm
}

// exifResolution reads the tags of TIFF 6.0.
func exifResolution(s *checks.Subject) (x, y float64) {
	m, err := metadata.Read(s.Data)
	if err != nil {
		return 0, 0
	}
	mm := 25.4
	if m.Value(metadata.EXIF, "ResolutionUnit") == "3" {
		mm = 10
	}
	return rational(m.Value(metadata.EXIF, "XResolution")) / mm, rational(m.Value(metadata.EXIF, "YResolution")) / mm
}

// rational is the value of "300/1" or "300", 0 of anything else.
func rational(s string) float64 {
	above, below, divided := strings.Cut(s, "/")
	a, err := strconv.ParseFloat(above, 64)
	if err != nil || !divided {
		return max(0, a)
	}
	b, err := strconv.ParseFloat(below, 64)
	if err != nil || b <= 0 {
		return 0
	}
	return max(0, a/b)
}

// bmpResolution reads the pixels a metre of BITMAPINFOHEADER.
func bmpResolution(s *checks.Subject) (x, y float64) {
	if len(s.Data) < 46 || string(s.Data[:2]) != "BM" {
		return 0, 0
	}
	return float64(binary.LittleEndian.Uint32(s.Data[38:])) / 1000, float64(binary.LittleEndian.Uint32(s.Data[42:])) / 1000
}
