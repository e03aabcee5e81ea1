package jpeg

import (
	"bytes"
	"encoding/binary"
)

// A bitReader reads entropy-coded data of one restart interval from which the stuffing was taken out.
//
// acc holds the next bits at its upper end, at least n of them valid; pos is the byte that is
// loaded next. Behind the end zeros are delivered and counted, so that the decoder needs to look
// only once an MCU whether it has run dry.
type bitReader struct {
	buf []byte
	pos int
	acc uint64
	n   uint
}

// refill returns the state with at least 56 valid bits. It is written to be inlined where
// acc, pos and n live in registers; n is at most 63.
func (b *bitReader) refill(acc uint64, n uint, pos int) (uint64, uint, int) {
	if pos+8 <= len(b.buf) {
		acc |= binary.BigEndian.Uint64(b.buf[pos:]) >> (n & 63)
		return acc, n | 56, pos + int((63-n)>>3)
	}
	return b.refillEnd(acc, n, pos)
}

// refillEnd is refill for the last bytes, one at a time, and for the zeros behind them.
func (b *bitReader) refillEnd(acc uint64, n uint, pos int) (uint64, uint, int) {
	for n <= 55 {
		if pos < len(b.buf) {
			acc |= uint64(b.buf[pos]) << (56 - n)
		}
		pos++
		n += 8
	}
	return acc, n, pos
}

// used returns how many bits were taken; more than 8*len(buf) if zeros were.
func (b *bitReader) used() int { return b.pos*8 - int(b.n) }

// dry reports whether more bits were taken than there are.
func (b *bitReader) dry() bool { return b.used() > 8*len(b.buf) }

// left returns the whole bytes that were not looked at.
func (b *bitReader) left() int { return max(0, len(b.buf)-(b.used()+7)/8) }

// get takes count bits, 0..16.
func (b *bitReader) get(count uint) int {
	if b.n < 16 {
		b.acc, b.n, b.pos = b.refill(b.acc, b.n, b.pos)
	}
	v := b.acc >> 1 >> (63 - count&63)
	b.acc <<= count & 63
	b.n -= count
	return int(v)
}

// symbol takes one Huffman code; ok is false if there is none.
func (b *bitReader) symbol(c *coder) (symbol uint8, ok bool) {
	if b.n < 16 {
		b.acc, b.n, b.pos = b.refill(b.acc, b.n, b.pos)
	}
	e := c.plain[b.acc>>(64-fastBits)]
	s, length := uint8(e>>8), uint(e&63)
	if length == 0 {
		if s, length = c.long(b.acc); length == 0 {
			return 0, false
		}
	}
	b.acc <<= length & 63
	b.n -= length
	return s, true
}

// load reads the entropy-coded data at pos up to the next marker into buf, without stuffed and fill bytes,
// and returns the offset of that marker, or len(data).
func (b *bitReader) load(data []byte, pos int, buf []byte) (next int) {
	buf = buf[:0]
	for {
		i := bytes.IndexByte(data[pos:], 0xFF)
		if i < 0 {
			buf = append(buf, data[pos:]...)
			next = len(data)
			break
		}
		buf = append(buf, data[pos:pos+i]...)
		at := pos + i
		pos = at + 1
		for pos < len(data) && data[pos] == 0xFF {
			at, pos = pos, pos+1
		}
		if pos == len(data) { // a lone 0xFF at the very end
			next = len(data)
			break
		}
		if data[pos] != 0 {
			next = at
			break
		}
		buf = append(buf, 0xFF)
		pos++
	}
	*b = bitReader{buf: buf}
	return next
}

// offset returns where in data the byte of index i of the loaded data stands; start is where
// loading began and next what load returned.
func (b *bitReader) offset(data []byte, start, next, i int) int {
	pos := start
	for ; i > 0 && pos < next; i-- {
		if data[pos] == 0xFF {
			for pos+1 < next && data[pos+1] == 0xFF {
				pos++
			}
			pos++
		}
		pos++
	}
	return min(pos, next)
}
