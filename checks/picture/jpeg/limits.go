package jpeg

import "dossier/checks"

// Limits bounds what one file may cost. They are compared before anything is allocated.
type Limits struct {
	Pixels   int64 // of the frame
	Memory   int64 // bytes of coefficients
	Scans    int   // in the file
	Segments int   // in the file
}

// DefaultLimits returns limits that every picture a phone or scanner makes stays under and that
// keep one file within half a gibibyte.
func DefaultLimits() Limits {
	return Limits{
		Pixels: 64 << 20,  // phones deliver 50 megapixels (8160 x 6144)
		Memory: 320 << 20, // 50 megapixels without subsampling: 3 planes of 2 bytes
		Scans:  128,       // the usual progressive scripts have 8 to 12, the finest known script optimizers under 70
		// Extended metadata comes in pieces of 64 KiB: 64 MiB of it, the most a check sees, would
		// be 1,024. No honest file comes near.
		Segments: 4096,
	}
}

// maxTables bounds the table definitions. A progressive file may define new ones for each scan:
// 128 scans with 8 tables each.
const maxTables = 1024

// maxPasses bounds how often a coefficient may be visited: sent once and refined for each of the
// at most 13 lower bits (T.81 G.1.1.1.1). A file that asks for more repeats itself to cost time.
const maxPasses = 14

func limitError(what string, value, limit int64, unit string) error {
	return &checks.LimitError{What: what, Value: value, Limit: limit, Unit: unit}
}

func formatError(offset int, reason string) error {
	return &checks.FormatError{Format: "jpeg", Offset: int64(offset), Reason: reason}
}

func unsupported(feature string) error {
	return &checks.UnsupportedError{Format: "jpeg", Feature: feature}
}
