package jpeg

import "encoding/binary"

// The five ways a block is coded. Each function takes what it needs from b and reports whether
// the bits were codes; running dry is for the caller to notice, an MCU at a time.

// sequential decodes a whole block (T.81 F.2.2) into out, which is all zero.
func sequential(b *bitReader, dc, ac *coder, pred *int32, out *[64]int16) bool {
	acc, n, pos := b.acc, b.n, b.pos

	// One look-up takes at most 16 bits of code and 16 of value.
	if n < 32 {
		acc, n, pos = b.refill(acc, n, pos)
	}
	e := dc.fast[acc>>(64-fastBits)]
	if e&fused != 0 {
		acc <<= e & 63
		n -= uint(e & 63)
		*pred += int32(int16(e >> 16))
	} else {
		size, length := uint(e>>8), uint(e&63)
		if length == 0 {
			var s uint8
			s, length = dc.long(acc)
			size = uint(s)
		}
		if length == 0 || size > 15 {
			b.acc, b.n, b.pos = acc, n, pos
			return false
		}
		acc <<= length & 63
		n -= length
		if size > 0 {
			*pred += value(acc, size)
			acc <<= size & 63
			n -= size
		}
	}
	out[0] = int16(*pred)

	k := 1
	for k < 64 {
		if n < 32 {
			if pos+8 <= len(b.buf) { // refill by hand: the compiler does not inline it
				acc |= binary.BigEndian.Uint64(b.buf[pos:]) >> (n & 63)
				pos += int((63 - n) >> 3)
				n |= 56
			} else {
				acc, n, pos = b.refillEnd(acc, n, pos)
			}
		}
		e := ac.fast[acc>>(64-fastBits)]
		if e&fused != 0 {
			k += int(e >> 8 & 15)
			acc <<= e & 63
			n -= uint(e & 63)
			out[natural[k&127]&63] = int16(e >> 16)
			k++
			continue
		}
		symbol, length := uint(e>>8), uint(e&63)
		if length == 0 {
			var s uint8
			if s, length = ac.long(acc); length == 0 {
				b.acc, b.n, b.pos = acc, n, pos
				return false
			}
			symbol = uint(s)
		}
		acc <<= length & 63
		n -= length
		size := symbol & 15
		if size == 0 {
			if symbol != 0xF0 { // end of block
				break
			}
			k += 16
			continue
		}
		k += int(symbol >> 4)
		out[natural[k&127]&63] = int16(value(acc, size))
		acc <<= size & 63
		n -= size
		k++
	}
	b.acc, b.n, b.pos = acc, n, pos
	return k <= 64
}

// value returns the signed number in the next size bits, 1..15.
func value(acc uint64, size uint) int32 {
	v := int32(acc >> (64 - size&63))
	// Negative values are sent less 1 of their ones' complement: the first bit is 0.
	return v + (int32(int64(^acc)>>63) & (1 - 1<<(size&31)))
}

// dcFirst decodes the first pass of a DC coefficient (G.1.2.1).
func dcFirst(b *bitReader, dc *coder, pred *int32, al uint, out *[64]int16) bool {
	size, ok := b.symbol(dc)
	if !ok || size > 15 {
		return false
	}
	if size > 0 {
		*pred += int32(extend(b.get(uint(size)), int(size)))
	}
	out[0] = int16(*pred << al)
	return true
}

// dcRefine adds one bit to a DC coefficient.
func dcRefine(b *bitReader, al uint, out *[64]int16) {
	out[0] |= int16(b.get(1) << al)
}

// acFirst decodes the first pass of a band first..last of AC coefficients (G.1.2.2). eobrun is
// the number of blocks ahead, this one included, that have nothing (more) in the band.
func acFirst(b *bitReader, ac *coder, first, last int, al uint, eobrun *int, out *[64]int16) bool {
	if *eobrun > 0 {
		*eobrun--
		return true
	}
	acc, n, pos := b.acc, b.n, b.pos
	k := first
	for k <= last {
		if n < 32 {
			if pos+8 <= len(b.buf) { // refill by hand: the compiler does not inline it
				acc |= binary.BigEndian.Uint64(b.buf[pos:]) >> (n & 63)
				pos += int((63 - n) >> 3)
				n |= 56
			} else {
				acc, n, pos = b.refillEnd(acc, n, pos)
			}
		}
		e := ac.fast[acc>>(64-fastBits)]
		if e&fused != 0 {
			k += int(e >> 8 & 15)
			acc <<= e & 63
			n -= uint(e & 63)
			out[natural[k&127]&63] = int16(e>>16) << (al & 15)
			k++
			continue
		}
		symbol, length := uint(e>>8), uint(e&63)
		if length == 0 {
			var s uint8
			if s, length = ac.long(acc); length == 0 {
				b.acc, b.n, b.pos = acc, n, pos
				return false
			}
			symbol = uint(s)
		}
		acc <<= length & 63
		n -= length
		run, size := symbol>>4, symbol&15
		if size == 0 {
			if run == 15 {
				k += 16
				continue
			}
			*eobrun = 1<<run - 1
			if run > 0 {
				*eobrun += int(acc >> (64 - run&63))
				acc <<= run & 63
				n -= run
			}
			break
		}
		k += int(run)
		out[natural[k&127]&63] = int16(value(acc, size)) << (al & 15)
		acc <<= size & 63
		n -= size
		k++
	}
	b.acc, b.n, b.pos = acc, n, pos
	return k <= last+1
}

// acRefine adds one bit to each coefficient of a band that is not zero yet and may set some that are
// (G.1.2.3).
func acRefine(b *bitReader, ac *coder, first, last int, al uint, eobrun *int, out *[64]int16) bool {
	bit := int16(1) << (al & 15)
	k := first
	if *eobrun == 0 {
		for k <= last {
			symbol, ok := b.symbol(ac)
			if !ok {
				return false
			}
			run, size := int(symbol>>4), symbol&15
			fresh := int16(0)
			switch {
			case size == 1:
				fresh = -bit
				if b.get(1) == 1 {
					fresh = bit
				}
			case size != 0:
				return false
			case run < 15:
				*eobrun = 1 << run
				if run > 0 {
					*eobrun += b.get(uint(run))
				}
			}
			if *eobrun > 0 {
				break
			}
			// Pass over run coefficients that are still zero; those that are not get their bit.
			for ; k <= last; k++ {
				p := &out[ZigZag[k&63]]
				if *p != 0 {
					refine(b, p, bit)
					continue
				}
				if run == 0 {
					*p = fresh
					k++
					break
				}
				run--
			}
		}
	}
	if *eobrun > 0 {
		for ; k <= last; k++ {
			if p := &out[ZigZag[k&63]]; *p != 0 {
				refine(b, p, bit)
			}
		}
		*eobrun--
	}
	return true
}

// refine reads the correction bit of a coefficient that is not zero.
func refine(b *bitReader, p *int16, bit int16) {
	if b.get(1) == 1 {
		if *p > 0 {
			*p += bit
		} else {
			*p -= bit
		}
	}
}
