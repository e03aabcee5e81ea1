package encoder

import (
	"slices"

	"dossier/checks/picture/jpeg"
)

// The example tables of T.81 (tables K.1 and K.2), in natural order, from which the library of the
// Independent JPEG Group and most others scale theirs.
var (
	baseLuma = [64]uint16{
		16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
		18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
	}
	baseChroma = [64]uint16{
		17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
	}
)

// scaled returns the table that the IJG library makes of base for a quality of 1..100, limited to
// what baseline files hold (jpeg_quality_scaling and jpeg_add_quant_table of its interface).
func scaled(base [64]uint16, quality int) (out [64]uint16) {
	percent := 200 - 2*quality
	if quality < 50 {
		percent = 5000 / quality
	}
	for i, v := range base {
		out[i] = uint16(min(max((int(v)*percent+50)/100, 1), 255))
	}
	return out
}

// qualityOf returns the quality at which base becomes t, or 0.
func qualityOf(t, base [64]uint16) int {
	for q := 100; q >= 1; q-- {
		if scaled(base, q) == t {
			return q
		}
	}
	return 0
}

// The lengths of the standard Huffman codes (T.81 tables K.3 to K.6): for DC of luminance and chrominance, then
// for AC. Together with the number of symbols they tell the standard tables from all others that are in use.
var standardCounts = [][16]byte{
	{0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0}, {0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0},
	{0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7D}, {0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77},
}

func huffmanKind(f *jpeg.File) string {
	if len(f.HuffmanTables) == 0 {
		return "none"
	}
	for _, t := range f.HuffmanTables {
		if !slices.Contains(standardCounts, t.Counts) {
			return "optimized"
		}
	}
	return "standard"
}
