package jumbf

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"

	"dossier/checks/picture/decode"
	"dossier/checks/picture/jpeg"
)

// A Span is a range of bytes of the file: From <= offset < To.
type Span struct{ From, To int }

// An Embedded is one box as it stands in a file.
type Embedded struct {
	Data   []byte // the box with its header, put together if it came in pieces
	Places []Span // of the segments or chunks that carry it, their own headers included
	// Damage is set if the pieces do not make a whole: a piece is missing or out of order, or
	// there are fewer bytes than the box says it has.
	Damage error
}

// maxEmbedded bounds the separate boxes of one file. Content credentials are one; other uses of
// JUMBF (360 degree views, HDR layers) a few.
const maxEmbedded = 64

// Find returns the top-level boxes that data, a JPEG, PNG or GIF file, carries.
func Find(data []byte) []Embedded {
	switch decode.Sniff(data) {
	case decode.JPEG:
		return findJPEG(data)
	case decode.PNG:
		return findPNG(data)
	case decode.GIF:
		return findGIF(data)
	}
	return nil
}

// A piece is the payload of one APP11 segment behind its common identifier "JP" (ISO/IEC 19566-5, D.2).
type piece struct {
	instance uint16 // which box it belongs to
	sequence uint32 // from 1
	box      []byte // the box header, repeated in every piece, and this piece's share
	place    Span
}

func readPiece(p []byte, place Span) (piece, bool) {
	if len(p) < 16 || p[0] != 'J' || p[1] != 'P' {
		return piece{}, false
	}
	return piece{binary.BigEndian.Uint16(p[2:]), binary.BigEndian.Uint32(p[4:]), p[8:], place}, true
}

func findJPEG(data []byte) []Embedded {
	// An error leaves what came before it.
	layout, _ := jpeg.ScanSegments(data, jpeg.DefaultLimits())
	if len(layout.Segments) == 0 {
		return nil
	}
	var out []Embedded
	open := map[uint16]int{}    // instance to its place in out
	next := map[uint16]uint32{} // the sequence number that is due
	segments := layout.Segments
	// The file may end within the segment that carries the box: the walk leaves that one out.
	if last := segments[len(segments)-1]; !layout.Ended {
		if at := last.Offset + last.Length + last.Entropy; int64(len(data))-at > 4 && data[at] == 0xFF && data[at+1] == jpeg.APP11 {
			segments = append(segments, jpeg.Segment{Marker: jpeg.APP11, Offset: at, Length: int64(len(data)) - at})
		}
	}
	for _, s := range segments {
		if s.Marker != jpeg.APP11 {
			continue
		}
		p, ok := readPiece(s.Payload(data), Span{int(s.Offset), int(s.Offset + s.Length)})
		if !ok {
			continue
		}
		i, known := open[p.instance]
		switch {
		case !known || p.sequence == 1:
			if len(out) >= maxEmbedded {
				return out
			}
			i = len(out)
			out = append(out, Embedded{Data: bytes.Clone(p.box), Places: []Span{p.place}})
			open[p.instance] = i
			if p.sequence != 1 {
				out[i].Damage = broken(p.place.From, "the first piece of a box is missing")
			}
		default:
			e := &out[i]
			if p.sequence != next[p.instance] && e.Damage == nil {
				e.Damage = broken(p.place.From, "a piece of a box is missing or out of order")
			}
			header := 8
			if binary.BigEndian.Uint32(p.box) == 1 {
				header = 16
			}
			e.Data = append(e.Data, p.box[min(header, len(p.box)):]...)
			e.Places = append(e.Places, p.place)
		}
		next[p.instance] = p.sequence + 1
	}
	for i := range out {
		out[i].measure()
	}
	return out
}

// measure compares the box with its own length.
func (e *Embedded) measure() {
	_, _, size, err := readHeader(e.Data, 0)
	if err == nil {
		e.Data = e.Data[:size]
	} else if e.Damage == nil {
		e.Damage = err
	}
}

func findPNG(data []byte) []Embedded {
	var out []Embedded
	for at := 8; at+12 <= len(data) && len(out) < maxEmbedded; {
		n := int(binary.BigEndian.Uint32(data[at:]))
		kind := string(data[at+4 : at+8])
		whole := n <= len(data)-at-12
		end := len(data)
		if whole {
			end = at + 12 + n
		}
		if kind == "caBX" {
			e := Embedded{Data: data[at+8 : min(at+8+n, len(data))], Places: []Span{{at, end}}}
			if !whole {
				e.Damage = broken(at, "the file ends within the caBX chunk")
			} else if crc32.ChecksumIEEE(data[at+4:at+8+n]) != binary.BigEndian.Uint32(data[at+8+n:]) {
				e.Damage = broken(at, "the checksum of the caBX chunk is wrong")
			}
			e.measure()
			out = append(out, e)
		}
		at = end
	}
	return out
}

// findGIF looks for the application extension "C2PA_GIF" (C2PA 2.1, A.3.5), whose sub-blocks hold the box.
func findGIF(data []byte) []Embedded {
	if len(data) < 13 {
		return nil
	}
	at := 13
	if flags := data[10]; flags&0x80 != 0 {
		at += 3 << (flags&7 + 1)
	}
	var out []Embedded
	for at+2 <= len(data) && len(out) < maxEmbedded {
		begin := at
		switch data[at] {
		case 0x2C: // a picture: descriptor, colour table, code size, data
			if at+11 > len(data) {
				return out
			}
			flags := data[at+9]
			at += 11
			if flags&0x80 != 0 {
				at += 3 << (flags&7 + 1)
			}
			_, at, _ = subBlocks(data, at, false)
		case 0x21:
			mine := data[at+1] == 0xFF && bytes.HasPrefix(data[at+2:], []byte("\x0bC2PA_GIF"))
			if !mine {
				_, at, _ = subBlocks(data, at+2, false)
				continue
			}
			var e Embedded
			var whole bool
			e.Data, at, whole = subBlocks(data, min(begin+14, len(data)), true)
			e.Places = []Span{{begin, at}}
			if !whole {
				e.Damage = broken(begin, "the file ends within the extension")
			}
			e.measure()
			out = append(out, e)
		default:
			return out
		}
	}
	return out
}

// subBlocks walks sub-blocks up to the empty one that ends them (GIF89a, 15) and, if keep is
// set, joins what they hold.
func subBlocks(data []byte, at int, keep bool) (joined []byte, end int, whole bool) {
	for at < len(data) {
		n := int(data[at])
		at++
		if n == 0 {
			return joined, at, true
		}
		if keep {
			joined = append(joined, data[min(at, len(data)):min(at+n, len(data))]...)
		}
		at += n
	}
	return joined, len(data), false
}
