package jpeg

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// A sample describes a sequential file for encode.
type sample struct {
	width, height int
	sampling      [][2]int // of each component
	restart       int
	adobe         int    // transform of an Adobe segment, -1 for none
	ids           string // component ids; 1, 2, 3 if empty
	coefficients  [][]int16
	tables        [2]HuffmanTable // DC and AC; the standard luminance ones if empty
	noTables      bool
	lines         bool // height 0 in the frame, DNL behind the scan
}

// blocks returns the stored blocks of component i, as Component.BlocksWide and BlocksHigh.
func (s *sample) blocks(i int) (wide, high int) {
	maxH, maxV := 1, 1
	for _, f := range s.sampling {
		maxH, maxV = max(maxH, f[0]), max(maxV, f[1])
	}
	if len(s.sampling) == 1 {
		return ceilDiv(s.width, 8), ceilDiv(s.height, 8)
	}
	return ceilDiv(s.width, 8*maxH) * s.sampling[i][0], ceilDiv(s.height, 8*maxV) * s.sampling[i][1]
}

// encode writes the file: one interleaved scan, all quantization values 1.
func (s *sample) encode() []byte {
	var out bytes.Buffer
	segment := func(marker byte, payload []byte) {
		out.Write([]byte{0xFF, marker})
		binary.Write(&out, binary.BigEndian, uint16(len(payload)+2))
		out.Write(payload)
	}
	out.Write([]byte{0xFF, SOI})
	if s.adobe >= 0 {
		segment(APP14, append([]byte("Adobe\x00\x64\x00\x00\x00\x00"), byte(s.adobe)))
	}
	segment(DQT, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...))
	height := s.height
	if s.lines {
		height = 0
	}
	frame := []byte{8, byte(height >> 8), byte(height), byte(s.width >> 8), byte(s.width), byte(len(s.sampling))}
	scan := []byte{byte(len(s.sampling))}
	for i, f := range s.sampling {
		id := byte(i + 1)
		if s.ids != "" {
			id = s.ids[i]
		}
		frame = append(frame, id, byte(f[0]<<4|f[1]), 0)
		scan = append(scan, id, 0)
	}
	segment(SOF0, frame)
	if s.tables[0].Symbols == nil {
		s.tables = [2]HuffmanTable{standard[0][0], standard[1][0]}
	}
	if !s.noTables {
		for class, t := range s.tables {
			segment(DHT, append(append([]byte{byte(class << 4)}, t.Counts[:]...), t.Symbols...))
		}
	}
	if s.restart > 0 {
		segment(DRI, []byte{byte(s.restart >> 8), byte(s.restart)})
	}
	segment(SOS, append(scan, 0, 63, 0))
	s.entropy(&out)
	if s.lines {
		segment(DNL, []byte{byte(s.height >> 8), byte(s.height)})
	}
	out.Write([]byte{0xFF, EOI})
	return out.Bytes()
}

func (s *sample) entropy(out *bytes.Buffer) {
	w := &bitWriter{out: out}
	var codes [2]map[byte][2]int // symbol to code and length
	for class, t := range s.tables {
		codes[class] = map[byte][2]int{}
		code, n := 0, 0
		for length := 1; length <= 16; length++ {
			for range t.Counts[length-1] {
				codes[class][t.Symbols[n]] = [2]int{code, length}
				code, n = code+1, n+1
			}
			code <<= 1
		}
	}
	put := func(class int, symbol byte, v, size int) {
		c, ok := codes[class][symbol]
		if !ok {
			panic("symbol without a code")
		}
		w.put(c[0], c[1])
		if v < 0 {
			v += 1<<size - 1
		}
		w.put(v, size)
	}
	wide0, high0 := s.blocks(0)
	perRow, rows := wide0/s.sampling[0][0], high0/s.sampling[0][1]
	if len(s.sampling) == 1 {
		perRow, rows = wide0, high0
	}
	pred := make([]int, len(s.sampling))
	for mcu := range perRow * rows {
		if s.restart > 0 && mcu > 0 && mcu%s.restart == 0 {
			w.flush()
			out.Write([]byte{0xFF, RST0 + byte((mcu/s.restart-1)&7)})
			clear(pred)
		}
		for i, f := range s.sampling {
			wide, _ := s.blocks(i)
			h, v := f[0], f[1]
			if len(s.sampling) == 1 {
				h, v = 1, 1
			}
			for b := range h * v {
				x, y := mcu%perRow*h+b%h, mcu/perRow*v+b/h
				block := s.coefficients[i][(y*wide+x)*64:][:64]
				d := int(block[0]) - pred[i]
				pred[i] = int(block[0])
				n := bits.Len(uint(abs(d)))
				put(0, byte(n), d, n)
				run := 0
				for _, at := range ZigZag[1:] {
					v := int(block[at])
					if v == 0 {
						run++
						continue
					}
					for ; run > 15; run -= 16 {
						put(1, 0xF0, 0, 0)
					}
					n := bits.Len(uint(abs(v)))
					put(1, byte(run<<4|n), v, n)
					run = 0
				}
				if run > 0 {
					put(1, 0, 0, 0)
				}
			}
		}
	}
	w.flush()
}

type bitWriter struct {
	out *bytes.Buffer
	acc uint64
	n   int
}

func (w *bitWriter) put(v, n int) {
	w.acc = w.acc<<n | uint64(v)
	for w.n += n; w.n >= 8; w.n -= 8 {
		b := byte(w.acc >> (w.n - 8))
		w.out.WriteByte(b)
		if b == 0xFF {
			w.out.WriteByte(0)
		}
	}
}

func (w *bitWriter) flush() {
	if w.n > 0 {
		w.put(1<<(8-w.n)-1, 8-w.n)
	}
}

func abs(a int) int {
	if a < 0 {
		return -a
	}
	return a
}
