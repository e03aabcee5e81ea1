package jpeg

import "sort"

// A File is a JPEG file as it was read.
type File struct {
	Width, Height   int // pixels, as stored (not turned upright); Height comes from DNL if the frame says 0
	Precision       int // bits a sample
	Progressive     bool
	FrameMarker     byte // SOF0, SOF1 or SOF2; another one when the file is of an unsupported kind
	RestartInterval int  // MCUs between restart markers as last defined, 0 without
	JFIF            bool // an APP0 JFIF segment comes before the first scan
	Adobe           bool // an APP14 Adobe segment was seen
	AdobeTransform  int  // its colour transform: 0 none (RGB or CMYK), 1 YCbCr, 2 YCCK; -1 without Adobe
	Components      []Component

	Segments           []Segment // every marker segment in file order, SOI and EOI included, RSTn not
	QuantizationTables []QuantizationTable
	HuffmanTables      []HuffmanTable
	Scans              []Scan

	// End is the offset just behind the end marker; without one, the offset where the entropy
	// coded data or the last whole segment stopped.
	End int64
	// Complete is the share of the picture that arrived, 0..1: blocks whose DC coefficient was
	// decoded, over all blocks of all components. A progressive file can be complete in this
	// sense and still lack its fine detail: then Problems holds ScansMissing.
	Complete float64
	// Problems says what is wrong with the file, in the order it was met; at most maxProblems.
	Problems []Problem
	// ProblemsOmitted counts the problems beyond those listed.
	ProblemsOmitted int
}

// A Component is one colour plane.
type Component struct {
	ID         byte
	H, V       int // sampling factors as declared, 1..4; without meaning in a frame of one component
	TableIndex int // of its quantization table, 0..3

	Width, Height int // samples
	// BlocksWide and BlocksHigh count the stored blocks, those that only fill the last MCUs
	// included. The visible ones are (Width+7)/8 by (Height+7)/8.
	BlocksWide, BlocksHigh int
	// Quantization is the table in force at the component's first scan, in natural order; all
	// zero if the file never defined it.
	Quantization [64]uint16
	// Coefficients holds BlocksWide*BlocksHigh blocks of 64 quantized values, row by row, each in
	// natural order. Blocks that never arrived are zero. Nil after ReadHeader.
	Coefficients []int16

	arrival arrival
	sent    [64]int8 // the lowest bit that arrived of each zigzag coefficient; -1: none
	broken  [64]bool // zigzag coefficients whose scan broke off: refining them would read noise
}

// Block returns the coefficients of block (x, y), counted from the top left.
func (c *Component) Block(x, y int) *[64]int16 {
	i := (y*c.BlocksWide + x) * 64
	return (*[64]int16)(c.Coefficients[i : i+64])
}

// Arrived reports whether the file held block (x, y): whether its DC coefficient was decoded.
func (c *Component) Arrived(x, y int) bool { return c.arrival.has(x, y) }

// A Segment is one marker segment.
type Segment struct {
	Marker byte  // the byte behind 0xFF, e.g. 0xE1 for APP1
	Offset int64 // of the 0xFF
	Length int64 // marker, length field and payload; entropy-coded data not included
	// Entropy is the number of bytes of entropy-coded data, with its restart markers, that
	// follow an SOS segment.
	Entropy int64
}

// Payload returns the segment's bytes behind the length field; data is the file.
func (s Segment) Payload(data []byte) []byte {
	if s.Length < 4 || s.Offset < 0 || s.Offset+s.Length > int64(len(data)) {
		return nil
	}
	return data[s.Offset+4 : s.Offset+s.Length]
}

// A QuantizationTable is one definition in a DQT segment.
type QuantizationTable struct {
	Index     int        // the slot it fills, 0..3
	Precision int        // 8 or 16 bits a value
	Offset    int64      // of the definition in the file
	Values    [64]uint16 // in natural order
}

// A HuffmanTable is one definition in a DHT segment.
type HuffmanTable struct {
	Class   int      // 0: DC, 1: AC
	Index   int      // the slot it fills, 0..3
	Offset  int64    // of the definition in the file; -1 for the standard tables of a file without any
	Counts  [16]byte // codes of length 1..16
	Symbols []byte   // in order of code length; shares no memory with the file
}

// A Scan is one pass over some components.
type Scan struct {
	Offset     int64 // of its SOS marker
	Components []int // indexes into File.Components
	// Spectral band (zigzag, inclusive) and successive approximation: AH 0 is a first pass, AL the
	// lowest bit sent. A sequential scan has 0..63, 0, 0.
	First, Last, AH, AL int
	RestartInterval     int
	MCUs                int // in the whole scan
	MCUsRead            int // decoded without a problem
	Restarts            int // restart markers that were met where they belong
}

// A Problem is one thing that is wrong with the file.
type Problem struct {
	Code   string // one of the Problem codes
	Offset int64  // in the file
	Scan   int    // index into File.Scans, -1 outside of scans
	MCU    int    // the MCU in the scan, -1 outside of scans
	Bytes  int64  // how many bytes it is about; 0 if it is not about bytes
	Detail string // one clause in English, for logs and reports of detail
}

// The problem codes.
const (
	Truncated           = "truncated"              // the file ends inside the picture
	MissingEndMarker    = "missing_end_marker"     // everything arrived, only the end marker did not
	BadHuffmanCode      = "bad_huffman_code"       // bits that are no code, or a block of more than 64 coefficients
	BadRestartMarker    = "bad_restart_marker"     // missing, or out of order
	ScanCutShort        = "scan_cut_short"         // a marker stands before the scan is complete
	DataAfterLastBlock  = "data_after_last_block"  // entropy data that belongs to no block
	BytesBetween        = "bytes_between_segments" // bytes that are no segment
	BadSegment          = "bad_segment"            // a segment that contradicts itself
	MissingTable        = "missing_table"          // a scan names a table that the file does not define
	StandardTables      = "standard_tables"        // no Huffman table at all: the standard ones were used
	ScansMissing        = "scans_missing"          // the file ends before all detail of a progressive picture
	RefinementSkipped   = "refinement_skipped"     // a scan refines what never arrived
	UnexpectedMarker    = "unexpected_marker"      // a second frame or a second start of image
	ComponentCodedTwice = "component_coded_twice"  // a sequential scan repeats a component
)

// maxProblems bounds the list: a damaged file with restart markers can break thousands of times,
// and the first few tell all.
const maxProblems = 32

// Broken reports whether something is wrong with the picture itself: data that never arrived or
// could not be decoded. Oddities that cost no pixel (a missing end marker, stray bytes) do not count.
func (f *File) Broken() bool {
	for _, p := range f.Problems {
		switch p.Code {
		case MissingEndMarker, BytesBetween, DataAfterLastBlock, StandardTables, UnexpectedMarker, ComponentCodedTwice:
		default:
			return true
		}
	}
	return f.Complete < 1
}

// FirstBreak returns the first problem that cost picture data, and false if none did.
func (f *File) FirstBreak() (Problem, bool) {
	for _, p := range f.Problems {
		switch p.Code {
		case Truncated, BadHuffmanCode, BadRestartMarker, ScanCutShort, MissingTable, ScansMissing:
			return p, true
		}
	}
	return Problem{}, false
}

func (f *File) problem(p Problem) {
	if len(f.Problems) >= maxProblems {
		f.ProblemsOmitted++
		return
	}
	f.Problems = append(f.Problems, p)
}

// arrival remembers which MCUs of a component's first scan never arrived.
type arrival struct {
	scanned      bool
	stepX, stepY int // blocks of this component in an MCU
	wide, total  int // MCUs in a row, in the scan
	missing      []span
}

// A span is a range of MCUs, from <= i < to.
type span struct{ from, to int }

func (a *arrival) has(x, y int) bool {
	if !a.scanned || x < 0 || y < 0 {
		return false
	}
	i := y/a.stepY*a.wide + x/a.stepX
	if x/a.stepX >= a.wide || i >= a.total {
		return false
	}
	// The spans are disjoint and rising: find the first that ends behind i.
	n := sort.Search(len(a.missing), func(n int) bool { return a.missing[n].to > i })
	return n == len(a.missing) || i < a.missing[n].from
}

// lose notes that MCUs from..to-1 did not arrive. Calls come in rising order.
func (a *arrival) lose(from, to int) {
	if n := len(a.missing); n > 0 && a.missing[n-1].to == from {
		a.missing[n-1].to = to
	} else if from < to {
		a.missing = append(a.missing, span{from, to})
	}
}

// share returns how much of the component arrived, 0..1.
func (a *arrival) share() float64 {
	if !a.scanned || a.total == 0 {
		return 0
	}
	lost := 0
	for _, s := range a.missing {
		lost += s.to - s.from
	}
	return float64(a.total-lost) / float64(a.total)
}
