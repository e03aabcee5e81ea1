package jpeg

import (
	"bytes"
	"encoding/binary"
)

// Marker codes, the byte behind 0xFF (T.81 table B.1).
const (
	SOF0  = 0xC0 // baseline
	SOF1  = 0xC1 // extended sequential
	SOF2  = 0xC2 // progressive
	DHT   = 0xC4
	DAC   = 0xCC
	RST0  = 0xD0
	RST7  = 0xD7
	SOI   = 0xD8
	EOI   = 0xD9
	SOS   = 0xDA
	DQT   = 0xDB
	DNL   = 0xDC
	DRI   = 0xDD
	DHP   = 0xDE
	EXP   = 0xDF
	APP0  = 0xE0
	APP1  = 0xE1
	APP11 = 0xEB
	APP13 = 0xED
	APP14 = 0xEE
	APP15 = 0xEF
	COM   = 0xFE
)

func isRestart(marker byte) bool { return marker >= RST0 && marker <= RST7 }

// isFrame reports whether marker begins a frame of any kind.
func isFrame(marker byte) bool {
	return marker >= 0xC0 && marker <= 0xCF && marker != DHT && marker != 0xC8 && marker != DAC
}

// endsScan reports whether marker, met inside entropy-coded data, is one that a writer puts
// behind a scan. The others there are damage: TEM, reserved codes, a frame.
func endsScan(marker byte) bool {
	switch marker {
	case EOI, SOS, DHT, DQT, DRI, DNL, SOI, COM, DAC, EXP:
		return true
	}
	return marker >= APP0 && marker <= APP15
}

// skipEntropy returns the offset of the first marker at or behind pos for which stop is true,
// or len(data). Stuffed bytes and fill bytes are passed over.
func skipEntropy(data []byte, pos int, stop func(marker byte) bool) int {
	for pos < len(data) {
		i := bytes.IndexByte(data[pos:], 0xFF)
		if i < 0 {
			break
		}
		at := pos + i
		pos = at + 1
		for pos < len(data) && data[pos] == 0xFF { // fill bytes (B.1.1.2)
			at, pos = pos, pos+1
		}
		if pos == len(data) {
			break
		}
		if m := data[pos]; m != 0 && stop(m) {
			return at
		}
		pos++
	}
	return len(data)
}

// A Layout is what the marker walk alone tells.
type Layout struct {
	Segments []Segment
	End      int64 // just behind the end marker, or where the walk stopped
	Ended    bool  // the end marker was there
}

// ScanSegments walks the markers of the JPEG picture at the start of data without decoding
// anything, and so finds where it ends. The error is a checks.FormatError if data does not
// begin with SOI, and a checks.LimitError if there are more segments than limit allows; the
// Layout then holds what came before.
func ScanSegments(data []byte, limit Limits) (Layout, error) {
	var l Layout
	if len(data) < 2 || data[0] != 0xFF || data[1] != SOI {
		return l, formatError(0, "no start-of-image marker")
	}
	l.Segments = append(l.Segments, Segment{Marker: SOI, Offset: 0, Length: 2})
	l.End = 2
	for pos := 2; ; {
		at, marker, ok := findMarker(data, pos)
		if !ok {
			return l, nil
		}
		if marker == SOI { // another picture begins: this one lacks its end
			l.End = int64(at)
			return l, nil
		}
		if len(l.Segments) >= limit.Segments {
			return l, limitError("jpeg segments", int64(len(l.Segments))+1, int64(limit.Segments), "segments")
		}
		if marker == EOI {
			l.Segments = append(l.Segments, Segment{Marker: EOI, Offset: int64(at), Length: 2})
			l.End, l.Ended = int64(at)+2, true
			return l, nil
		}
		end, ok := segmentEnd(data, at)
		if !ok {
			l.End = int64(len(data))
			return l, nil
		}
		s := Segment{Marker: marker, Offset: int64(at), Length: int64(end - at)}
		pos = end
		if marker == SOS {
			pos = skipEntropy(data, end, endsScan)
			s.Entropy = int64(pos - end)
		}
		l.Segments = append(l.Segments, s)
		l.End = int64(pos)
	}
}

// findMarker returns the next marker that begins a segment, at or behind pos. Whatever is not
// one (stray bytes, stuffed bytes, stray restart markers, TEM, reserved codes) is passed over.
func findMarker(data []byte, pos int) (at int, marker byte, ok bool) {
	at = skipEntropy(data, pos, func(m byte) bool { return m >= 0xC0 && !isRestart(m) })
	if at == len(data) {
		return at, 0, false
	}
	return at, data[at+1], true
}

// segmentEnd returns the offset behind the segment at at; ok is false if the file ends first or
// the length cannot be.
func segmentEnd(data []byte, at int) (end int, ok bool) {
	if at+4 > len(data) {
		return len(data), false
	}
	n := int(binary.BigEndian.Uint16(data[at+2:]))
	if n < 2 || n > len(data)-at-2 {
		return len(data), false
	}
	return at + 2 + n, true
}

// A reader walks a file and fills in a File.
type reader struct {
	data  []byte
	limit Limits
	file  *File

	framed bool
	quant  [4]*QuantizationTable
	huff   [2][4]*HuffmanTable
	coders [2][4]*coder // built when a scan first needs them

	visits    int64 // coefficients visited by all scans
	allocated bool
	tables    int
	buf       []byte // entropy data of one restart interval without stuffing
}

// ReadHeader reads the frame and the tables ahead of the first scan. Errors are those of Read.
func ReadHeader(data []byte, limit Limits) (*File, error) {
	r := newReader(data, limit)
	return r.file, r.walk(true)
}

// Read reads the whole file. What is broken in the entropy-coded data is reported in the File,
// not as an error: see Complete, Problems and End.
//
// The error is a checks.FormatError if there is no usable frame at all, a checks.UnsupportedError
// for arithmetic coding, lossless and hierarchical files and samples of more than 8 bits, and a
// checks.LimitError for what exceeds limit. The File is never nil: beside an error it holds what was read before it.
// It keeps no reference to data.
func Read(data []byte, limit Limits) (*File, error) {
	r := newReader(data, limit)
	err := r.walk(false)
	if err == nil {
		r.finish()
	}
	return r.file, err
}

func newReader(data []byte, limit Limits) *reader {
	return &reader{data: data, limit: limit, file: &File{AdobeTransform: -1}}
}

// walk goes from marker to marker. headerOnly stops it at the first scan.
func (r *reader) walk(headerOnly bool) error {
	f, data := r.file, r.data
	if len(data) < 2 || data[0] != 0xFF || data[1] != SOI {
		return formatError(0, "no start-of-image marker")
	}
	if err := r.segment(Segment{Marker: SOI, Length: 2}); err != nil {
		return err
	}
	pos := 2
	f.End = 2
	for {
		at, marker, ok := findMarker(data, pos)
		if n := at - pos; n > 0 && !allFill(data[pos:at]) {
			f.problem(Problem{Code: BytesBetween, Offset: int64(pos), Scan: -1, MCU: -1, Bytes: int64(n), Detail: "bytes that belong to no segment"})
		}
		if !ok {
			return r.stop(at, headerOnly)
		}
		switch marker {
		case SOI:
			f.problem(Problem{Code: UnexpectedMarker, Offset: int64(at), Scan: -1, MCU: -1, Detail: "another picture begins before this one ends"})
			f.End = int64(at)
			return r.requireFrame(at)
		case EOI:
			if err := r.segment(Segment{Marker: EOI, Offset: int64(at), Length: 2}); err != nil {
				return err
			}
			f.End = int64(at) + 2
			return r.requireFrame(at)
		}
		end, ok := segmentEnd(data, at)
		if !ok {
			if at+4 <= len(data) && data[at+2] == 0 && data[at+3] < 2 {
				f.problem(Problem{Code: BadSegment, Offset: int64(at), Scan: -1, MCU: -1, Detail: "a segment length below 2"})
				pos = at + 4
				continue
			}
			return r.stop(len(data), headerOnly)
		}
		s := Segment{Marker: marker, Offset: int64(at), Length: int64(end - at)}
		if err := r.segment(s); err != nil {
			return err
		}
		if marker == SOS && headerOnly {
			f.End = int64(end)
			return r.requireFrame(at)
		}
		if err := r.interpret(marker, at+4, data[at+4:end]); err != nil {
			return err
		}
		pos = end
		if marker == SOS {
			next, err := r.scan(at, data[at+4:end], end)
			if err != nil {
				return err
			}
			pos = next
			f.Segments[len(f.Segments)-1].Entropy = int64(next - end)
		}
		f.End = int64(pos)
	}
}

// allFill reports whether b is nothing but the fill bytes that may precede a marker.
func allFill(b []byte) bool {
	for _, c := range b {
		if c != 0xFF {
			return false
		}
	}
	return true
}

func (r *reader) segment(s Segment) error {
	if len(r.file.Segments) >= r.limit.Segments {
		return limitError("jpeg segments", int64(len(r.file.Segments))+1, int64(r.limit.Segments), "segments")
	}
	r.file.Segments = append(r.file.Segments, s)
	return nil
}

func (r *reader) requireFrame(at int) error {
	if !r.framed {
		return formatError(at, "no frame header (SOF)")
	}
	return nil
}

// stop deals with a file that ends without its end marker.
func (r *reader) stop(at int, headerOnly bool) error {
	f := r.file
	f.End = int64(at)
	if !r.framed {
		return formatError(at, "the file ends before the frame header (SOF)")
	}
	if headerOnly {
		return nil
	}
	code, detail := MissingEndMarker, "the file ends without an end marker"
	if !r.allSent() {
		code, detail = Truncated, "the file ends inside the picture"
	}
	for _, p := range f.Problems {
		if p.Code == Truncated { // the scan has already said it, with the MCU
			return nil
		}
	}
	f.problem(Problem{Code: code, Offset: int64(at), Scan: -1, MCU: -1, Detail: detail})
	return nil
}

// allSent reports whether every coefficient of every component was sent to its last bit.
func (r *reader) allSent() bool {
	for i := range r.file.Components {
		for _, bit := range r.file.Components[i].sent {
			if bit != 0 {
				return false
			}
		}
	}
	return true
}

// finish computes what can be said only at the end.
func (r *reader) finish() {
	f := r.file
	r.allocate()
	var arrived, total float64
	cut := false // the picture stopped early, as opposed to never having sent some coefficients
	for i := range f.Components {
		c := &f.Components[i]
		n := float64((c.Width+7)/8) * float64((c.Height+7)/8)
		total += n
		arrived += n * c.arrival.share()
	}
	f.Complete = arrived / total
	for _, p := range f.Problems {
		cut = cut || p.Code == Truncated || p.Code == UnexpectedMarker
	}
	if f.Progressive && cut && !r.allSent() {
		coarse := 0
		for i := range f.Components {
			for _, bit := range f.Components[i].sent {
				if bit != 0 {
					coarse++
				}
			}
		}
		f.problem(Problem{Code: ScansMissing, Offset: f.End, Scan: -1, MCU: -1,
			Detail: plural(coarse, "of", 64*len(f.Components), "frequencies never arrived in full")})
	}
}
