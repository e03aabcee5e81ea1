package jpeg

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

func plural(n int, of string, total int, what string) string {
	return fmt.Sprintf("%d %s %d %s", n, of, total, what)
}

// interpret reads the payload of one segment; offset is that of the payload. Malformed tables
// are problems: the scans that need them will say so. Only a frame that cannot be used is an error.
func (r *reader) interpret(marker byte, offset int, p []byte) error {
	f := r.file
	switch {
	case isFrame(marker):
		if r.framed {
			f.problem(Problem{Code: UnexpectedMarker, Offset: int64(offset - 4), Scan: -1, MCU: -1, Detail: "a second frame header"})
			return nil
		}
		return r.frame(marker, offset, p)
	case marker == DQT:
		return r.quantization(offset, p)
	case marker == DHT:
		return r.huffman(offset, p)
	case marker == DRI:
		if len(p) < 2 {
			r.badSegment(offset, "restart interval without a value")
			return nil
		}
		f.RestartInterval = int(binary.BigEndian.Uint16(p))
	case marker == DAC:
		return unsupported("arithmetic coding")
	case marker == DHP, marker == EXP:
		return unsupported("hierarchical coding")
	case marker == APP0:
		if bytes.HasPrefix(p, []byte("JFIF\x00")) {
			f.JFIF = true
		}
	case marker == APP14:
		// "Adobe", version, two flag words, transform (Adobe technical note 5116).
		if len(p) >= 12 && bytes.HasPrefix(p, []byte("Adobe")) {
			f.Adobe, f.AdobeTransform = true, int(p[11])
		}
	}
	return nil
}

func (r *reader) badSegment(offset int, detail string) {
	r.file.problem(Problem{Code: BadSegment, Offset: int64(offset), Scan: -1, MCU: -1, Detail: detail})
}

// frame reads a frame header (T.81 B.2.2).
func (r *reader) frame(marker byte, offset int, p []byte) error {
	f := r.file
	if len(p) < 6 {
		return formatError(offset, "frame header too short")
	}
	f.FrameMarker = marker
	f.Precision = int(p[0])
	f.Height = int(binary.BigEndian.Uint16(p[1:]))
	f.Width = int(binary.BigEndian.Uint16(p[3:]))
	n := int(p[5])
	switch marker {
	case SOF0, SOF1:
	case SOF2:
		f.Progressive = true
	case 0xC3:
		return unsupported("lossless coding")
	case 0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF:
		return unsupported("hierarchical coding")
	case 0xCB:
		return unsupported("lossless arithmetic coding")
	default:
		return unsupported("arithmetic coding")
	}
	if f.Precision == 12 {
		return unsupported("12-bit samples")
	}
	if f.Precision != 8 {
		return formatError(offset, fmt.Sprintf("%d bits a sample", f.Precision))
	}
	if f.Width == 0 {
		return formatError(offset, "width 0")
	}
	if n == 0 {
		return formatError(offset, "a frame without components")
	}
	if n > 4 {
		return unsupported(fmt.Sprintf("%d components", n))
	}
	if len(p) < 6+3*n {
		return formatError(offset, "frame header too short for its components")
	}
	if f.Height == 0 {
		if f.Height = r.linesAhead(offset + len(p)); f.Height == 0 {
			return formatError(offset, "height 0 and no number of lines (DNL) behind the first scan")
		}
	}
	if int64(f.Height) > r.limit.Pixels/int64(f.Width) {
		return limitError("jpeg frame", int64(f.Width)*int64(f.Height), r.limit.Pixels, "pixels")
	}
	f.Components = make([]Component, n)
	maxH, maxV := 1, 1
	for i := range f.Components {
		c := &f.Components[i]
		s := p[6+3*i:]
		c.ID, c.H, c.V, c.TableIndex = s[0], int(s[1]>>4), int(s[1]&15), int(s[2])
		if c.H < 1 || c.H > 4 || c.V < 1 || c.V > 4 {
			return formatError(offset, fmt.Sprintf("sampling factors %d x %d", c.H, c.V))
		}
		if c.TableIndex > 3 {
			return formatError(offset, fmt.Sprintf("quantization table %d", c.TableIndex))
		}
		maxH, maxV = max(maxH, c.H), max(maxV, c.V)
		for k := range c.sent {
			c.sent[k] = -1
		}
	}
	var blocks int64
	for i := range f.Components {
		c := &f.Components[i]
		h, v, maxH, maxV := c.H, c.V, maxH, maxV
		if n == 1 { // a single component is never interleaved (A.2.2)
			h, v, maxH, maxV = 1, 1, 1, 1
		}
		c.Width = ceilDiv(f.Width*h, maxH)
		c.Height = ceilDiv(f.Height*v, maxV)
		c.BlocksWide = ceilDiv(f.Width, 8*maxH) * h
		c.BlocksHigh = ceilDiv(f.Height, 8*maxV) * v
		blocks += int64(c.BlocksWide) * int64(c.BlocksHigh) // both below 2^16
	}
	if blocks > r.limit.Memory/(64*2) {
		return limitError("jpeg coefficients", blocks*64*2, r.limit.Memory, "bytes")
	}
	r.framed = true
	return nil
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// linesAhead looks for the DNL segment behind the first scan (B.2.5) and returns its number of
// lines, or 0.
func (r *reader) linesAhead(pos int) int {
	for {
		at, marker, ok := findMarker(r.data, pos)
		if !ok || marker == EOI || marker == SOI {
			return 0
		}
		end, ok := segmentEnd(r.data, at)
		if !ok {
			return 0
		}
		pos = end
		if marker != SOS {
			continue
		}
		at = skipEntropy(r.data, end, endsScan)
		if end, ok = segmentEnd(r.data, at); ok && r.data[at+1] == DNL && end >= at+6 {
			return int(binary.BigEndian.Uint16(r.data[at+4:]))
		}
		return 0
	}
}

// allocate makes room for the coefficients. The frame has passed the limits.
func (r *reader) allocate() {
	if r.allocated {
		return
	}
	r.allocated = true
	for i := range r.file.Components {
		c := &r.file.Components[i]
		c.Coefficients = make([]int16, c.BlocksWide*c.BlocksHigh*64)
	}
}

func (r *reader) countTable() error {
	if r.tables++; r.tables > maxTables {
		return limitError("jpeg tables", int64(r.tables), maxTables, "definitions")
	}
	return nil
}

// quantization reads a DQT segment (B.2.4.1).
func (r *reader) quantization(offset int, p []byte) error {
	for len(p) > 0 {
		precision, index := p[0]>>4, int(p[0]&15)
		size := 1 + 64*(int(precision&1)+1)
		if precision > 1 || index > 3 || len(p) < size {
			r.badSegment(offset, "malformed quantization table")
			return nil
		}
		if err := r.countTable(); err != nil {
			return err
		}
		t := QuantizationTable{Index: index, Precision: 8 * (int(precision) + 1), Offset: int64(offset)}
		for k, natural := range ZigZag {
			if precision == 0 {
				t.Values[natural] = uint16(p[1+k])
			} else {
				t.Values[natural] = binary.BigEndian.Uint16(p[1+2*k:])
			}
		}
		r.file.QuantizationTables = append(r.file.QuantizationTables, t)
		r.quant[index] = &t
		p, offset = p[size:], offset+size
	}
	return nil
}

// huffman reads a DHT segment (B.2.4.2).
func (r *reader) huffman(offset int, p []byte) error {
	for len(p) > 0 {
		if len(p) < 17 || p[0]>>4 > 1 || p[0]&15 > 3 {
			r.badSegment(offset, "malformed Huffman table")
			return nil
		}
		t := HuffmanTable{Class: int(p[0] >> 4), Index: int(p[0] & 15), Offset: int64(offset)}
		copy(t.Counts[:], p[1:17])
		n := 0
		for _, c := range t.Counts {
			n += int(c)
		}
		if n > 256 || len(p) < 17+n {
			r.badSegment(offset, "malformed Huffman table")
			return nil
		}
		if err := r.countTable(); err != nil {
			return err
		}
		t.Symbols = bytes.Clone(p[17 : 17+n])
		r.coders[t.Class][t.Index] = nil
		if t.overfull() {
			r.badSegment(offset, "a Huffman table with more codes than their lengths allow")
			r.huff[t.Class][t.Index] = nil
		} else {
			r.huff[t.Class][t.Index] = &t
		}
		r.file.HuffmanTables = append(r.file.HuffmanTables, t)
		p, offset = p[17+n:], offset+17+n
	}
	return nil
}
