package decode

import (
	"compress/lzw"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"

	"dossier/checks"
)

// A gifFile is what the blocks of a GIF file say; no pixel has been decoded. The layout follows
// the GIF89a specification.
type gifFile struct {
	canvas     image.Point   // the logical screen, grown where the first frame is larger
	screen     color.Palette // the global colour table, or nil
	frames     int           // that begin in the file
	first      gifFrame
	firstWhole bool  // the first frame's data runs to its terminator
	ended      bool  // the trailer was there
	end        int64 // behind the trailer, or where the blocks stop making sense
	stray      bool  // something that is no block stands at end
}

// A gifFrame is one picture of a GIF file.
type gifFrame struct {
	rect        image.Rectangle
	interlaced  bool
	palette     color.Palette // local or global; nil if the file has none
	transparent int           // index of the see-through colour, -1 without
	codeSize    int
	data        int // offset of the first data sub-block
}

func gifError(offset int, format string, args ...any) error {
	return &checks.FormatError{Format: string(GIF), Offset: int64(offset), Reason: fmt.Sprintf(format, args...)}
}

// readGIF walks the blocks of a GIF file. The file may end anywhere behind the first frame's
// header; without a frame there is nothing to show, and the error says so.
func readGIF(data []byte) (gifFile, error) {
	var g gifFile
	if len(data) < 13 {
		return g, gifError(len(data), "the file ends within its header")
	}
	g.canvas = image.Pt(int(binary.LittleEndian.Uint16(data[6:])), int(binary.LittleEndian.Uint16(data[8:])))
	at := 13
	if flags := data[10]; flags&0x80 != 0 {
		g.screen = gifPalette(data, at, flags)
		at += 3 << (flags&7 + 1)
	}
	transparent := -1
walk:
	for at < len(data) {
		switch data[at] {
		case 0x3b: // trailer
			at++
			g.ended = true
			break walk
		case 0x21: // extension: a label, then sub-blocks
			if at+1 >= len(data) {
				at = len(data)
				break walk
			}
			if data[at+1] == 0xf9 && at+8 <= len(data) && data[at+2] == 4 { // graphic control
				transparent = -1
				if data[at+3]&1 != 0 {
					transparent = int(data[at+6])
				}
			}
			at, _ = skipSubBlocks(data, at+2)
		case 0x2c: // image descriptor
			frame, ok := g.descriptor(data, at)
			if !ok {
				at = len(data)
				break walk
			}
			frame.transparent, transparent = transparent, -1
			next, whole := skipSubBlocks(data, frame.data)
			if g.frames++; g.frames == 1 {
				g.first, g.firstWhole = frame, whole
			}
			at = next
		case 0: // some writers leave a stray terminator between blocks
			at++
		default:
			g.stray = true
			break walk
		}
	}
	g.end = int64(min(at, len(data)))
	if g.frames == 0 {
		return g, gifError(int(g.end), "there is no picture in the file")
	}
	if g.first.rect.Empty() {
		return g, gifError(g.first.data, "a picture of %d x %d pixels", g.first.rect.Dx(), g.first.rect.Dy())
	}
	// A first frame larger than the screen is shown whole, as browsers do.
	g.canvas.X = max(g.canvas.X, g.first.rect.Max.X)
	g.canvas.Y = max(g.canvas.Y, g.first.rect.Max.Y)
	return g, nil
}

// descriptor reads the image descriptor at at, with its colour table and code size.
func (g *gifFile) descriptor(data []byte, at int) (gifFrame, bool) {
	if at+10 > len(data) {
		return gifFrame{}, false
	}
	field := func(i int) int { return int(binary.LittleEndian.Uint16(data[at+i:])) }
	x, y, w, h, flags := field(1), field(3), field(5), field(7), data[at+9]
	f := gifFrame{rect: image.Rect(x, y, x+w, y+h), interlaced: flags&0x40 != 0, palette: g.screen}
	at += 10
	if flags&0x80 != 0 {
		f.palette = gifPalette(data, at, flags)
		at += 3 << (flags&7 + 1)
	}
	if at >= len(data) {
		return gifFrame{}, false
	}
	f.codeSize = int(data[at])
	f.data = at + 1
	return f, true
}

// gifPalette reads a colour table; what the file no longer holds stays black.
func gifPalette(data []byte, at int, flags byte) color.Palette {
	p := make(color.Palette, 2<<(flags&7))
	for i := range p {
		c := color.RGBA{A: 255}
		if j := at + 3*i; j+3 <= len(data) {
			c.R, c.G, c.B = data[j], data[j+1], data[j+2]
		}
		p[i] = c
	}
	return p
}

// skipSubBlocks returns the offset behind the sub-blocks that begin at at, and whether their
// terminator was there.
func skipSubBlocks(data []byte, at int) (next int, whole bool) {
	for at < len(data) {
		n := int(data[at])
		at += 1 + n
		if n == 0 {
			return at, true
		}
	}
	return len(data), false
}

// subBlocks reads the bytes of a chain of sub-blocks as one stream.
type subBlocks struct {
	data []byte
	at   int // the next length byte, once left is 0
	left int
}

func (s *subBlocks) Read(p []byte) (int, error) {
	if s.left == 0 {
		if s.at >= len(s.data) || s.data[s.at] == 0 {
			return 0, io.EOF
		}
		s.left = int(s.data[s.at])
		s.at++
	}
	n := copy(p[:min(len(p), s.left)], s.data[min(s.at, len(s.data)):])
	if n == 0 {
		return 0, io.EOF
	}
	s.at += n
	s.left -= n
	return n, nil
}

func (s *subBlocks) ReadByte() (byte, error) {
	var b [1]byte
	if n, err := s.Read(b[:]); n == 0 {
		return 0, err
	}
	return b[0], nil
}

func gifHeader(data []byte, h *Header) error {
	g, err := readGIF(data)
	if err != nil {
		return err
	}
	h.Width, h.Height, h.Frames = g.canvas.X, g.canvas.Y, g.frames
	h.Detail = fmt.Sprintf("%s, %d colours", data[:6], len(g.first.palette))
	if g.first.interlaced {
		h.Detail += ", interlaced"
	}
	frame := area(g.first.rect.Dx(), g.first.rect.Dy())
	h.MemoryCost = frame
	if !g.first.covers(g.canvas) {
		h.MemoryCost += 4 * area(g.canvas.X, g.canvas.Y)
	}
	return nil
}

// covers reports whether the frame alone makes the picture: it fills the canvas and nothing
// shows through it.
func (f *gifFrame) covers(canvas image.Point) bool {
	return f.transparent < 0 && f.rect == image.Rectangle{Max: canvas}
}

// decodeGIF decodes the first frame and lays it on the canvas, which is white.
func decodeGIF(data []byte) (*Picture, error) {
	g, err := readGIF(data)
	if err != nil {
		return nil, err
	}
	f := g.first
	if f.codeSize < 2 || f.codeSize > 8 {
		return nil, gifError(f.data-1, "code size %d", f.codeSize)
	}
	p := &Picture{Stored: image.Rectangle{Max: g.canvas}, Complete: 1}
	if f.palette == nil {
		// The specification lets a reader choose: black and white first, as most readers do.
		f.palette = color.Palette{color.Black, color.White}
		p.problem(ProblemPalette, f.data, "the file holds no colour table")
	}
	w, h := f.rect.Dx(), f.rect.Dy()
	m := image.NewPaletted(image.Rect(0, 0, w, h), fullPalette(f.palette, f.transparent))
	src := &subBlocks{data: data, at: f.data}
	r := lzw.NewReader(src, lzw.LSB, f.codeSize)
	defer r.Close()
	var got int64
	for _, y := range rowOrder(h, f.interlaced) {
		n, readErr := io.ReadFull(r, m.Pix[y*m.Stride:y*m.Stride+w])
		got += int64(n)
		if readErr == nil {
			continue
		}
		code, text := ProblemCorrupt, "the compressed data is damaged"
		if errors.Is(readErr, io.EOF) || errors.Is(readErr, io.ErrUnexpectedEOF) {
			if code, text = ProblemShort, "the compressed data ends before the picture is full"; !g.firstWhole {
				code, text = ProblemTruncated, "the file ends within the picture"
			}
		}
		p.problem(code, src.at, text)
		break
	}
	p.Complete = float64(got) / float64(area(w, h))
	if !f.interlaced {
		p.Missing = strip(w, h, p.Complete, false).Add(f.rect.Min)
	}
	if p.Complete == 1 && !g.ended {
		p.problem(ProblemNoEnd, int(g.end), "the end mark is missing")
	}
	if beyond(m, len(f.palette)) {
		p.problem(ProblemPalette, f.data, "pixels name colours that the colour table lacks")
	}
	p.Image = m
	if !f.covers(g.canvas) {
		p.Image = onCanvas(m, f.rect.Min, g.canvas)
	}
	return p, nil
}

// fullPalette gives every index a colour, for data may hold any; see-through pixels are
// transparent.
func fullPalette(p color.Palette, transparent int) color.Palette {
	full := make(color.Palette, 256)
	for i := range full {
		full[i] = color.RGBA{A: 255}
		if i < len(p) {
			full[i] = p[i]
		}
	}
	if transparent >= 0 {
		full[transparent] = color.RGBA{}
	}
	return full
}

func beyond(m *image.Paletted, defined int) bool {
	if defined == 256 {
		return false
	}
	for _, i := range m.Pix {
		if int(i) >= defined {
			return true
		}
	}
	return false
}

// rowOrder lists the rows as they are stored: from the top, or interlaced in four passes.
func rowOrder(h int, interlaced bool) []int {
	rows := make([]int, 0, h)
	if !interlaced {
		for y := range h {
			rows = append(rows, y)
		}
		return rows
	}
	for _, pass := range [4][2]int{{0, 8}, {4, 8}, {2, 4}, {1, 2}} {
		for y := pass[0]; y < h; y += pass[1] {
			rows = append(rows, y)
		}
	}
	return rows
}

// onCanvas lays a frame on a white canvas.
func onCanvas(frame *image.Paletted, at image.Point, canvas image.Point) *image.RGBA {
	dst := image.NewRGBA(image.Rectangle{Max: canvas})
	for i := range dst.Pix {
		dst.Pix[i] = 255
	}
	var table [256]color.RGBA
	for i, c := range frame.Palette {
		table[i] = color.RGBAModel.Convert(c).(color.RGBA)
	}
	b := frame.Bounds()
	for y := range min(b.Dy(), canvas.Y-at.Y) {
		row := frame.Pix[y*frame.Stride : y*frame.Stride+b.Dx()]
		out := dst.Pix[dst.PixOffset(at.X, at.Y+y):]
		for x, i := range row[:min(len(row), canvas.X-at.X)] {
			if c := table[i]; c.A != 0 {
				out[4*x], out[4*x+1], out[4*x+2] = c.R, c.G, c.B
			}
		}
	}
	return dst
}
