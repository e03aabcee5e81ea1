package metadata

import "bytes"

// readGIF walks the blocks of a GIF for comments and application extensions (GIF89a, sections 24 and 26).
func (m *Metadata) readGIF(data []byte) {
	if len(data) < 13 {
		return
	}
	at := 13
	if flags := data[10]; flags&0x80 != 0 {
		at += 3 << (flags&7 + 1)
	}
	for at+2 <= len(data) {
		switch data[at] {
		case 0x2C: // picture: descriptor, colour table, code size, data
			if at+10 > len(data) {
				return
			}
			flags := data[at+9]
			at += 11
			if flags&0x80 != 0 {
				at += 3 << (flags&7 + 1)
			}
			at = subBlocks(data, at, nil)
		case 0x21:
			kind := data[at+1]
			var b bytes.Buffer
			begin := at + 2
			at = subBlocks(data, begin, &b)
			switch kind {
			case 0xFE:
				m.source(Comment)
				m.add(Field{Source: Comment, Name: "comment", Value: text(b.Bytes())})
			case 0xFF:
				m.application(data[min(begin, len(data)):min(at, len(data))])
			}
		default: // the trailer, or nothing a GIF has
			return
		}
	}
}

// application reads an application extension: its name in the first sub-block, data behind.
func (m *Metadata) application(b []byte) {
	if len(b) < 12 || b[0] != 11 {
		return
	}
	name := string(b[1:12])
	switch name {
	case "NETSCAPE2.0", "ANIMEXTS1.0": // the loop count of an animation, whoever wrote it
	case "XMP DataXMP":
		// The packet stands there as it is; a tail of 258 bytes that count down makes any walk over
		// sub-blocks come out right (XMP specification part 3).
		if packet := b[12:]; len(packet) > 258 && len(packet) <= maxExtendedXMP {
			m.readXMP(packet[:len(packet)-258])
		}
	default:
		m.source(GIFApp)
		m.add(Field{Source: GIFApp, Name: "application", Value: text([]byte(name))})
	}
}

// subBlocks returns the offset behind the sub-blocks at at; into gets their first bytes.
func subBlocks(data []byte, at int, into *bytes.Buffer) int {
	for at < len(data) {
		n := int(data[at])
		at++
		if n == 0 {
			return at
		}
		if into != nil && into.Len() < maxValue {
			into.Write(data[min(at, len(data)):min(at+n, len(data))])
		}
		at += n
	}
	return len(data)
}
