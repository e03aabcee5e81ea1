package jpeg

import "fmt"

// A pass is one scan being decoded.
type pass struct {
	r     *reader
	scan  *Scan
	index int // of scan in File.Scans
	first bool
	parts []part

	interleaved    bool
	wide, total    int // MCUs in a row, in the scan
	pos            int // in the file: of the next entropy-coded byte
	start          int // in the file: of the restart interval in b
	b              bitReader
	eobrun         int
	refinesNothing bool
}

// A part is one component of a pass.
type part struct {
	c      *Component
	dc, ac *coder
	pred   int32
	h, v   int // blocks of the component in an MCU
}

// scan decodes the scan whose header p stands at offset at and whose data begin at pos. It returns
// the offset of the marker behind the data.
func (r *reader) scan(at int, p []byte, pos int) (next int, err error) {
	f := r.file
	if !r.framed {
		return 0, formatError(at, "a scan before the frame header (SOF)")
	}
	if len(f.Scans) >= r.limit.Scans {
		return 0, limitError("jpeg scans", int64(len(f.Scans))+1, int64(r.limit.Scans), "scans")
	}
	r.allocate()
	s := Scan{Offset: int64(at), Last: 63, RestartInterval: f.RestartInterval}
	reason := r.scanHeader(&s, p)
	f.Scans = append(f.Scans, s)
	w := &pass{r: r, scan: &f.Scans[len(f.Scans)-1], index: len(f.Scans) - 1, pos: pos}
	if reason != "" {
		w.problem(BadSegment, at, 0, reason)
		return skipEntropy(r.data, pos, endsScan), nil
	}
	if ok, err := w.prepare(at); !ok || err != nil {
		return skipEntropy(r.data, pos, endsScan), err
	}
	w.run()
	return w.pos, nil
}

// scanHeader reads a scan header (T.81 B.2.3) and returns what is wrong with it, or "".
func (r *reader) scanHeader(s *Scan, p []byte) string {
	f := r.file
	if len(p) < 1 || p[0] < 1 || p[0] > 4 || len(p) < 4+2*int(p[0]) {
		return "malformed scan header"
	}
	n := int(p[0])
	var taken [4]bool
	for i := range n {
		id, found := p[1+2*i], -1
		for j := range f.Components {
			// Some writers give every component the same id: each is taken once, in order.
			if f.Components[j].ID == id && !taken[j] {
				found = j
				break
			}
		}
		if found < 0 {
			return fmt.Sprintf("a scan of component %d, which the frame does not have", id)
		}
		taken[found] = true
		s.Components = append(s.Components, found)
	}
	if !f.Progressive {
		return ""
	}
	t := p[1+2*n:]
	s.First, s.Last, s.AH, s.AL = int(t[0]), int(t[1]), int(t[2]>>4), int(t[2]&15)
	switch {
	case s.Last > 63, s.First > s.Last, s.First == 0 && s.Last != 0, s.First > 0 && n > 1:
		return fmt.Sprintf("a progressive scan of %d components over frequencies %d to %d", n, s.First, s.Last)
	case s.AL > 13, s.AH > 0 && s.AH != s.AL+1:
		return fmt.Sprintf("a progressive scan from bit %d to bit %d", s.AH, s.AL)
	}
	return ""
}

// prepare finds the tables and the geometry of the pass. ok is false if the scan cannot be decoded.
func (w *pass) prepare(at int) (ok bool, err error) {
	r, f, s := w.r, w.r.file, w.scan
	selectors := r.data[at+5:] // behind marker, length and count
	w.first = s.First == 0 && s.AH == 0
	w.interleaved = len(s.Components) > 1
	if !f.Progressive && r.huff == ([2][4]*HuffmanTable{}) && len(f.HuffmanTables) == 0 {
		r.assumeStandardTables(at)
	}
	maxH, maxV := 1, 1
	for _, c := range f.Components {
		maxH, maxV = max(maxH, c.H), max(maxV, c.V)
	}
	var blocks int64
	for i, j := range s.Components {
		c := &f.Components[j]
		if !f.Progressive && c.arrival.scanned {
			w.problem(ComponentCodedTwice, at, 0, fmt.Sprintf("component %d is coded a second time", c.ID))
			return false, nil
		}
		x := part{c: c, h: 1, v: 1}
		if w.interleaved {
			x.h, x.v = c.H, c.V
		}
		choice := selectors[1+2*i]
		if s.First == 0 && s.AH == 0 {
			x.dc = r.coder(0, int(choice>>4))
		}
		if s.Last > 0 {
			x.ac = r.coder(1, int(choice&15))
		}
		if s.First == 0 && s.AH == 0 && x.dc == nil || s.Last > 0 && x.ac == nil {
			w.problem(MissingTable, at, 0, "a scan names a Huffman table that the file does not define")
			return false, nil
		}
		if q := r.quant[c.TableIndex]; c.Quantization == ([64]uint16{}) {
			if q == nil {
				w.problem(MissingTable, at, 0, fmt.Sprintf("quantization table %d is not defined", c.TableIndex))
			} else {
				c.Quantization = q.Values
			}
		}
		if s.AH > 0 {
			for k := s.First; k <= s.Last; k++ {
				w.refinesNothing = w.refinesNothing || c.broken[k]
			}
		}
		blocks += int64(c.BlocksWide) * int64(c.BlocksHigh)
		w.parts = append(w.parts, x)
	}
	c := w.parts[0].c
	if w.interleaved {
		w.wide = ceilDiv(f.Width, 8*maxH)
		w.total = w.wide * ceilDiv(f.Height, 8*maxV)
	} else {
		w.wide = ceilDiv(c.Width, 8)
		w.total = w.wide * ceilDiv(c.Height, 8)
	}
	s.MCUs = w.total

	var all int64
	for _, c := range f.Components {
		all += int64(len(c.Coefficients))
	}
	if r.visits += blocks * int64(s.Last-s.First+1); r.visits > maxPasses*all {
		return false, limitError("jpeg scans: coefficients visited", r.visits, maxPasses*all, "visits")
	}
	if w.refinesNothing {
		w.problem(RefinementSkipped, at, 0, "an earlier scan of these frequencies broke off")
		return false, nil
	}
	if w.first {
		for _, x := range w.parts {
			x.c.arrival = arrival{scanned: true, stepX: x.h, stepY: x.v, wide: w.wide, total: w.total}
		}
	}
	return true, nil
}

// coder returns the decoding tables of a slot, or nil if it is not defined.
func (r *reader) coder(class, index int) *coder {
	if index > 3 || r.huff[class][index] == nil {
		return nil
	}
	if r.coders[class][index] == nil {
		r.coders[class][index] = r.huff[class][index].coder()
	}
	return r.coders[class][index]
}

// assumeStandardTables fills in the tables that Motion JPEG frames leave out.
func (r *reader) assumeStandardTables(at int) {
	for class := range standard {
		for index := range standard[class] {
			t := standard[class][index]
			r.huff[class][index] = &t
			r.file.HuffmanTables = append(r.file.HuffmanTables, t)
		}
	}
	r.file.problem(Problem{Code: StandardTables, Offset: int64(at), Scan: -1, MCU: -1, Detail: "no Huffman tables: the standard ones were used"})
}

func (w *pass) problem(code string, offset, mcu int, detail string) {
	w.r.file.problem(Problem{Code: code, Offset: int64(offset), Scan: w.index, MCU: mcu, Detail: detail})
}

// run decodes the scan, one restart interval after the other, and leaves w.pos at the marker
// behind it.
func (w *pass) run() {
	data, s := w.r.data, w.scan
	defer w.close()
	interval := w.total
	if s.RestartInterval > 0 {
		interval = s.RestartInterval
	}
	expected := byte(0) // number of the restart marker that ends this interval
	for mcu := 0; mcu < w.total; {
		w.start = w.pos
		w.pos = w.b.load(data, w.pos, w.r.buf)
		w.r.buf = w.b.buf
		w.eobrun = 0
		for i := range w.parts {
			w.parts[i].pred = 0
		}
		end := min(mcu+interval, w.total)
		done, bad := w.decode(mcu, end)
		s.MCUsRead += done
		mcu += done
		whole := mcu == end
		if !whole {
			w.explain(mcu, bad)
		} else if left := w.b.left(); left > 0 {
			at := w.b.offset(data, w.start, w.pos, len(w.b.buf)-left)
			w.r.file.problem(Problem{Code: DataAfterLastBlock, Offset: int64(at), Scan: w.index, MCU: mcu - 1, Bytes: int64(left),
				Detail: "entropy-coded data that belong to no block"})
		}
		if mcu = w.lose(mcu, end); mcu == w.total {
			break
		}
		ahead, ok := w.restart(&expected, mcu)
		if !ok {
			if whole {
				w.stopped(mcu)
			}
			w.lose(mcu, w.total)
			w.pos = skipEntropy(data, w.pos, endsScan)
			return
		}
		mcu = w.lose(mcu, min(mcu+ahead*interval, w.total))
	}
	// A writer that sets a restart marker behind the last interval too does no harm.
	w.pos = skipEntropy(data, w.pos, func(byte) bool { return true })
	if w.pos < len(data) && isRestart(data[w.pos+1]) {
		w.pos += 2
	}
	w.pos = skipEntropy(data, w.pos, endsScan)
}

// lose notes that the MCUs from..to-1 did not arrive, and returns to.
func (w *pass) lose(from, to int) int {
	if from >= to {
		return to
	}
	for _, x := range w.parts {
		if w.first {
			x.c.arrival.lose(from, to)
		}
		for k := w.scan.First; k <= w.scan.Last; k++ {
			x.c.broken[k] = true
		}
	}
	return to
}

// close notes which bits the scan has brought.
func (w *pass) close() {
	if w.scan.MCUsRead < w.scan.MCUs {
		return
	}
	for _, x := range w.parts {
		for k := w.scan.First; k <= w.scan.Last; k++ {
			x.c.sent[k] = int8(w.scan.AL)
		}
	}
}

// restart moves w.pos behind the restart marker that leads on and says how many intervals are
// missing before it; whatever else is in the way is damage. ok is false if the scan or the file
// ends first.
func (w *pass) restart(expected *byte, mcu int) (ahead int, ok bool) {
	data := w.r.data
	if w.scan.RestartInterval == 0 {
		return 0, false
	}
	for {
		w.pos = skipEntropy(data, w.pos, func(m byte) bool { return isRestart(m) || endsScan(m) })
		if w.pos == len(data) || !isRestart(data[w.pos+1]) {
			return 0, false
		}
		number := data[w.pos+1] - RST0
		if number == *expected {
			w.scan.Restarts++
		} else {
			w.problem(BadRestartMarker, w.pos, mcu, fmt.Sprintf("restart marker %d where %d belongs", number, *expected))
		}
		w.pos += 2
		// The numbers run in a ring of eight: 5 to 7 ahead is more likely an old one again.
		if ahead = int(number-*expected) & 7; ahead <= 4 {
			*expected = (number + 1) & 7
			return ahead, true
		}
	}
}

// explain records why decoding stopped at mcu inside a restart interval.
func (w *pass) explain(mcu int, bad bool) {
	if bad && !w.b.dry() {
		at := w.b.offset(w.r.data, w.start, w.pos, w.b.used()/8)
		w.problem(BadHuffmanCode, at, mcu, fmt.Sprintf("bits that are no code, in MCU %d of %d", mcu, w.total))
		return
	}
	w.stopped(mcu)
}

// stopped records that the data of a scan end at mcu.
func (w *pass) stopped(mcu int) {
	switch {
	case w.pos >= len(w.r.data):
		w.problem(Truncated, len(w.r.data), mcu, fmt.Sprintf("the file ends in MCU %d of %d", mcu, w.total))
	case isRestart(w.r.data[w.pos+1]):
		w.problem(BadRestartMarker, w.pos, mcu, fmt.Sprintf("a restart marker in MCU %d of %d", mcu, w.total))
	default:
		w.problem(ScanCutShort, w.pos, mcu, fmt.Sprintf("marker 0xFF%02X in MCU %d of %d", w.r.data[w.pos+1], mcu, w.total))
	}
}

// decode decodes the MCUs from..to-1 out of w.b. It returns how many were whole and whether it
// stopped at bits that are no code (as opposed to running dry).
func (w *pass) decode(from, to int) (done int, bad bool) {
	if w.interleaved {
		return w.decodeInterleaved(from, to)
	}
	x := &w.parts[0]
	column, row := from%w.wide, from/w.wide
	for m := from; m < to; m++ {
		out := x.c.Block(column, row)
		if ok := w.block(x, out); !ok || w.b.dry() {
			w.undo(out)
			return m - from, !ok
		}
		if column++; column == w.wide {
			column, row = 0, row+1
		}
	}
	return to - from, false
}

func (w *pass) decodeInterleaved(from, to int) (done int, bad bool) {
	column, row := from%w.wide, from/w.wide
	for m := from; m < to; m++ {
		ok := true
		for i := range w.parts {
			x := &w.parts[i]
			at := (row*x.v*x.c.BlocksWide + column*x.h) * 64
			for range x.v {
				line := x.c.Coefficients[at : at+x.h*64]
				for ; len(line) >= 64; line = line[64:] {
					ok = ok && w.block(x, (*[64]int16)(line))
				}
				at += x.c.BlocksWide * 64
			}
		}
		if !ok || w.b.dry() {
			for i := range w.parts {
				x := &w.parts[i]
				for v := range x.v {
					for h := range x.h {
						w.undo(x.c.Block(column*x.h+h, row*x.v+v))
					}
				}
			}
			return m - from, !ok
		}
		if column++; column == w.wide {
			column, row = 0, row+1
		}
	}
	return to - from, false
}

// block decodes what the pass brings for one block.
func (w *pass) block(x *part, out *[64]int16) bool {
	s := w.scan
	al := uint(s.AL)
	switch {
	case !w.r.file.Progressive:
		return sequential(&w.b, x.dc, x.ac, &x.pred, out)
	case s.First == 0 && s.AH == 0:
		return dcFirst(&w.b, x.dc, &x.pred, al, out)
	case s.First == 0:
		dcRefine(&w.b, al, out)
		return true
	case s.AH == 0:
		return acFirst(&w.b, x.ac, s.First, s.Last, al, &w.eobrun, out)
	default:
		return acRefine(&w.b, x.ac, s.First, s.Last, al, &w.eobrun, out)
	}
}

// undo clears what a broken first pass left in a block. A block of which half the bits are
// noise is worse than a grey one.
func (w *pass) undo(out *[64]int16) {
	if w.scan.AH > 0 {
		return
	}
	for k := w.scan.First; k <= w.scan.Last; k++ {
		out[ZigZag[k]] = 0
	}
}
