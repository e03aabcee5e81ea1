package jpeg

// ZigZag gives the natural (row-major) position of the k-th coefficient in file order (T.81
// figure A.6).
var ZigZag = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10,
	17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34,
	27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36,
	29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46,
	53, 60, 61, 54, 47, 55, 62, 63,
}

// natural is ZigZag with room for a run that leads out of the block: the decoder looks at the
// position only after the loop. The size lets the compiler drop the bounds check of natural[k&127].
var natural = func() (n [128]uint8) {
	for k := range n {
		n[k] = ZigZag[min(k, 63)]
	}
	return n
}()

// fastBits is the length of the codes found by one table look-up. Ten bits hold nearly every
// code of a photo together with the value bits behind it. With nine, 6-megapixel photos took a
// third longer; eleven gained a tenth but double what every scan of a small picture pays to build
// its tables.
const fastBits = 10

// fused marks a fast entry that holds a whole coefficient.
const fused = 0x80

// A coder is a Huffman table ready for decoding.
type coder struct {
	// fast is indexed by the next fastBits bits. With fused set, an entry is
	//
	//	value (high 16 bits) | run of zeros << 8 | fused | bits of code and value together
	//
	// and otherwise symbol << 8 | bits of the code, or 0 for a code longer than fastBits.
	fast [1 << fastBits]uint32
	// plain holds symbol << 8 | bits of the code, or 0: for passes whose symbols mean something else.
	plain [1 << fastBits]uint16
	// The slow way (F.2.2.3): the codes of length n, aligned to 16 bits, lie below limit[n], and
	// symbols[code>>(16-n)+delta[n]] is their symbol.
	limit   [17]uint32
	delta   [17]int32
	symbols [256]uint8
}

// overfull reports whether the table has more codes than fit their lengths.
func (t *HuffmanTable) overfull() bool {
	room := 1
	for _, n := range t.Counts {
		room = 2*room - int(n)
		if room < 0 {
			return true
		}
	}
	return false
}

// coder builds the decoding tables. The table is not overfull.
func (t *HuffmanTable) coder() *coder {
	c := &coder{}
	copy(c.symbols[:], t.Symbols)
	code, index := 0, 0
	for length := 1; length <= 16; length++ {
		n := int(t.Counts[length-1])
		c.delta[length] = int32(index - code)
		if length <= fastBits {
			for i := range n {
				c.enter(code+i, length, t.Symbols[index+i], t.Class)
			}
		}
		code += n
		index += n
		c.limit[length] = uint32(code) << (16 - length)
		code <<= 1
	}
	return c
}

// enter fills the look-up entries of one code of at most fastBits bits.
func (c *coder) enter(code, length int, symbol uint8, class int) {
	free := fastBits - length
	size := int(symbol & 15)
	if class == 0 {
		size = int(symbol)
	}
	for rest := range 1 << free {
		i := code<<free | rest
		c.plain[i] = uint16(symbol)<<8 | uint16(length)
		c.fast[i] = uint32(symbol)<<8 | uint32(length)
		if size > free || class == 1 && size == 0 {
			continue
		}
		value := 0
		if size > 0 {
			value = extend(rest>>(free-size), size)
		}
		run := uint32(0)
		if class == 1 {
			run = uint32(symbol >> 4)
		}
		c.fast[i] = uint32(uint16(int16(value)))<<16 | run<<8 | fused | uint32(length+size)
	}
}

// long finds a code of any length at the head of acc; length 0 means that there is none.
func (c *coder) long(acc uint64) (symbol uint8, length uint) {
	head := uint32(acc >> 48)
	for n := uint(1); n <= 16; n++ {
		if head < c.limit[n] {
			i := int32(head>>(16-n)) + c.delta[n]
			return c.symbols[uint8(i)], n
		}
	}
	return 0, 0
}

// extend turns the size bits v into the signed value they stand for (F.2.2.1).
func extend(v, size int) int {
	if v < 1<<(size-1) {
		return v - 1<<size + 1
	}
	return v
}

// standard are the typical tables of T.81 K.3. Motion JPEG frames leave them out.
var standard = [2][2]HuffmanTable{
	{
		standardTable(0, 0, [16]byte{0, 1, 5, 1, 1, 1, 1, 1, 1}, []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}),
		standardTable(0, 1, [16]byte{0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1}, []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}),
	},
	{
		standardTable(1, 0, [16]byte{0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d}, []byte{
			0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07,
			0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52, 0xd1, 0xf0,
			0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25, 0x26, 0x27, 0x28,
			0x29, 0x2a, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49,
			0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69,
			0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
			0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7,
			0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5,
			0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2,
			0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8,
			0xf9, 0xfa,
		}),
		standardTable(1, 1, [16]byte{0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77}, []byte{
			0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71,
			0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09, 0x23, 0x33, 0x52, 0xf0,
			0x15, 0x62, 0x72, 0xd1, 0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25, 0xf1, 0x17, 0x18, 0x19, 0x1a, 0x26,
			0x27, 0x28, 0x29, 0x2a, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48,
			0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68,
			0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87,
			0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5,
			0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3,
			0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda,
			0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8,
			0xf9, 0xfa,
		}),
	},
}

func standardTable(class, index int, counts [16]byte, symbols []byte) HuffmanTable {
	return HuffmanTable{Class: class, Index: index, Offset: -1, Counts: counts, Symbols: symbols}
}

// Standard reports whether the table is one of the typical ones of T.81 K.3, as most cameras and
// plain encoders use; another one was computed for this picture, or belongs to a certain encoder.
func (t *HuffmanTable) Standard() bool {
	for _, s := range standard[t.Class&1] {
		if t.Counts == s.Counts && string(t.Symbols) == string(s.Symbols) {
			return true
		}
	}
	return false
}
