// Package filetest builds the bytes of picture files for tests: small, exact, and of kinds that
// the standard library's encoders do not write.
//
// What lives here: builders. What must not: anything a program that is not a test would call.
package filetest

import (
	"bytes"
	"compress/lzw"
	"encoding/binary"
	"image"
	"image/color"
	"math/rand/v2"
)

// A JPEG describes a file in which every component has one value all over the picture.
type JPEG struct {
	Width, Height int
	Values        []uint8 // one a component: gray; Y, Cb, Cr; or four inks
	Marker        byte    // of the frame; 0 means SOF0 (baseline). SOF2 writes the scans of a progressive file
	Precision     byte    // bits a sample; 0 means 8
	Adobe         int     // colour transform of an APP14 segment; below 0 for none
	Segments      []byte  // whole segments to put behind the start marker, such as EXIF makes
	Lines         bool    // give the height behind the scan (DNL) and 0 in the frame
}

// Bytes builds the file.
func (j JPEG) Bytes() []byte {
	out := append([]byte{0xff, 0xd8}, j.Segments...)
	if j.Adobe >= 0 {
		out = append(out, segment(0xee, []byte{'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, byte(j.Adobe)})...)
	}
	// All quantizers are 8, so a DC coefficient is the sample's distance from 128.
	out = append(out, segment(0xdb, append([]byte{0}, bytes.Repeat([]byte{8}, 64)...))...)
	marker, precision, height := j.Marker, j.Precision, j.Height
	if marker == 0 {
		marker = 0xc0
	}
	if precision == 0 {
		precision = 8
	}
	if j.Lines {
		height = 0
	}
	frame := []byte{precision, byte(height >> 8), byte(height), byte(j.Width >> 8), byte(j.Width), byte(len(j.Values))}
	for i := range j.Values {
		frame = append(frame, byte(i+1), 0x11, 0)
	}
	out = append(out, segment(marker, frame)...)
	// DC: twelve codes of four bits, for 0 to 11 magnitude bits. AC: one code, "0", end of block.
	dc := append([]byte{0x00, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
	ac := append([]byte{0x10, 1}, append(make([]byte, 15), 0)...)
	out = append(out, segment(0xc4, dc)...)
	out = append(out, segment(0xc4, ac)...)
	all := make([]int, len(j.Values))
	for i := range all {
		all[i] = i
	}
	if marker == 0xc2 {
		out = append(out, j.scan(all, 0, 0)...)
		for i := range all {
			out = append(out, j.scan(all[i:i+1], 1, 63)...)
		}
	} else {
		out = append(out, j.scan(all, 0, 63)...)
	}
	if j.Lines {
		dnl := segment(0xdc, []byte{byte(j.Height >> 8), byte(j.Height)})
		out = append(out, dnl...)
	}
	return append(out, 0xff, 0xd9)
}

func (j JPEG) scan(components []int, first, last byte) []byte {
	header := []byte{byte(len(components))}
	for _, i := range components {
		header = append(header, byte(i+1), 0)
	}
	out := segment(0xda, append(header, first, last, 0))
	var w bitWriter
	for n := range (j.Width + 7) / 8 * ((j.Height + 7) / 8) {
		for _, i := range components {
			if first == 0 {
				diff := 0
				if n == 0 {
					diff = int(j.Values[i]) - 128
				}
				w.magnitude(diff)
			}
			if last > 0 {
				w.put(0, 1)
			}
		}
	}
	return append(out, w.done()...)
}

func segment(marker byte, payload []byte) []byte {
	n := len(payload) + 2
	return append([]byte{0xff, marker, byte(n >> 8), byte(n)}, payload...)
}

// Segment builds one JPEG segment around a payload.
func Segment(marker byte, payload []byte) []byte { return segment(marker, payload) }

// EXIF builds the APP1 segment that gives a picture its orientation.
func EXIF(orientation uint16) []byte {
	return segment(0xe1, append([]byte("Exif\x00\x00"), TIFF(orientation)...))
}

// TIFF builds a TIFF structure of one directory that holds nothing but the orientation.
func TIFF(orientation uint16) []byte {
	b := []byte("II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00")
	b = binary.LittleEndian.AppendUint16(b, orientation)
	return append(b, make([]byte, 6)...)
}

type bitWriter struct {
	out  []byte
	acc  uint32
	bits int
}

func (w *bitWriter) put(v uint32, n int) {
	for n--; n >= 0; n-- {
		w.acc = w.acc<<1 | v>>n&1
		if w.bits++; w.bits == 8 {
			w.out = append(w.out, byte(w.acc))
			if byte(w.acc) == 0xff {
				w.out = append(w.out, 0)
			}
			w.acc, w.bits = 0, 0
		}
	}
}

// magnitude writes a difference: the number of its bits as a four-bit code, then the bits.
func (w *bitWriter) magnitude(v int) {
	n := 0
	for a := max(v, -v); a > 0; a >>= 1 {
		n++
	}
	w.put(uint32(n), 4)
	if v < 0 {
		v += 1<<n - 1
	}
	w.put(uint32(v), n)
}

func (w *bitWriter) done() []byte {
	for w.bits != 0 {
		w.put(1, 1)
	}
	return w.out
}

// A GIF describes a file of palette pictures.
type GIF struct {
	Width, Height int           // of the logical screen
	Palette       color.Palette // 2, 4, 8, ... 256 colours
	Frames        []GIFFrame
}

// A GIFFrame is one picture of a GIF.
type GIFFrame struct {
	X, Y, Width, Height int
	Pixels              []byte // palette indexes, row by row from the top; nil for all 0
	Interlaced          bool
	Transparent         int // a see-through index, or below 0 for none
}

// Bytes builds the file.
func (g GIF) Bytes() []byte {
	bits := 1
	for 1<<bits < len(g.Palette) {
		bits++
	}
	le := binary.LittleEndian
	out := []byte("GIF89a")
	out = le.AppendUint16(out, uint16(g.Width))
	out = le.AppendUint16(out, uint16(g.Height))
	if len(g.Palette) > 0 {
		out = append(out, 0x80|byte(bits-1), 0, 0)
		for i := range 1 << bits {
			var c color.NRGBA
			if i < len(g.Palette) {
				c = color.NRGBAModel.Convert(g.Palette[i]).(color.NRGBA)
			}
			out = append(out, c.R, c.G, c.B)
		}
	} else {
		out = append(out, 0, 0, 0)
	}
	for _, f := range g.Frames {
		if f.Transparent >= 0 {
			out = append(out, 0x21, 0xf9, 4, 1, 0, 0, byte(f.Transparent), 0)
		}
		out = append(out, 0x2c)
		for _, v := range []int{f.X, f.Y, f.Width, f.Height} {
			out = le.AppendUint16(out, uint16(v))
		}
		flags := byte(0)
		if f.Interlaced {
			flags = 0x40
		}
		code := max(bits, 2)
		out = append(out, flags, byte(code))
		out = append(out, subBlocks(f.compress(code))...)
	}
	return append(out, 0x3b)
}

func (f GIFFrame) compress(code int) []byte {
	pixels := f.Pixels
	if pixels == nil {
		pixels = make([]byte, f.Width*f.Height)
	}
	var rows [][]byte
	for y := range f.Height {
		rows = append(rows, pixels[y*f.Width:(y+1)*f.Width])
	}
	if f.Interlaced {
		var stored [][]byte
		for _, pass := range [4][2]int{{0, 8}, {4, 8}, {2, 4}, {1, 2}} {
			for y := pass[0]; y < f.Height; y += pass[1] {
				stored = append(stored, rows[y])
			}
		}
		rows = stored
	}
	var b bytes.Buffer
	w := lzw.NewWriter(&b, lzw.LSB, code)
	for _, r := range rows {
		w.Write(r) // into memory: it cannot fail
	}
	w.Close()
	return b.Bytes()
}

func subBlocks(data []byte) []byte {
	var out []byte
	for len(data) > 0 {
		n := min(len(data), 255)
		out = append(append(out, byte(n)), data[:n]...)
		data = data[n:]
	}
	return append(out, 0)
}

// A BMP describes a bitmap with a Windows header of 40 bytes.
type BMP struct {
	Width, Height int // a negative height is stored from the top down
	Bits          int
	Compression   uint32
	Palette       color.Palette
	Pixels        []byte // as stored
}

// Bytes builds the file.
func (b BMP) Bytes() []byte {
	le := binary.LittleEndian
	out := make([]byte, 54)
	copy(out, "BM")
	le.PutUint32(out[2:], uint32(54+4*len(b.Palette)+len(b.Pixels)))
	le.PutUint32(out[10:], uint32(54+4*len(b.Palette)))
	le.PutUint32(out[14:], 40)
	le.PutUint32(out[18:], uint32(int32(b.Width)))
	le.PutUint32(out[22:], uint32(int32(b.Height)))
	le.PutUint16(out[26:], 1)
	le.PutUint16(out[28:], uint16(b.Bits))
	le.PutUint32(out[30:], b.Compression)
	le.PutUint32(out[46:], uint32(len(b.Palette)))
	for _, c := range b.Palette {
		n := color.NRGBAModel.Convert(c).(color.NRGBA)
		out = append(out, n.B, n.G, n.R, 0)
	}
	return append(out, b.Pixels...)
}

// Noise is a picture that does not compress: smooth shapes with seeded grain on them.
func Noise(w, h int) *image.RGBA {
	rng := rand.New(rand.NewPCG(uint64(w), uint64(h)))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			g := rng.IntN(40)
			m.SetRGBA(x, y, color.RGBA{R: uint8(x*200/w + g), G: uint8(y*200/h + g), B: uint8(128 + g), A: 255})
		}
	}
	return m
}
