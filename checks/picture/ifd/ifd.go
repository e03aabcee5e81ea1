// Package ifd reads the directories of TIFF structures, which is what EXIF data and the index of
// multi-picture files are, down to the raw bytes of each value.
//
// What lives here: the guarded walk. What must not: the meaning of tags (checks/picture/metadata
// and the rooms that ask for single tags have it), and decoding of pictures. Every slice handed out lies within the block
// that was given, and nothing is allocated by a number that the block merely claims.
package ifd

import (
	"encoding/binary"

	"dossier/checks"
)

// Limits of the walk. EXIF has two directories in its chain and two or three linked ones, of a few dozen entries each.
const (
	maxChain   = 8
	maxEntries = 512
)

// A Block is a TIFF structure.
type Block struct {
	Data  []byte
	Order binary.ByteOrder
	first uint32
}

// An Entry is one value of a directory.
type Entry struct {
	Tag, Type uint16
	Count     uint32
	Value     []byte // as stored, of Count values
	order     binary.ByteOrder
}

// A Directory is a list of entries in file order.
type Directory []Entry

var typeSize = [13]int64{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8} // TIFF 6.0, section 2

// Open reads the header of a TIFF structure. The error is a *checks.FormatError.
func Open(block []byte) (*Block, error) {
	if len(block) < 8 {
		return nil, &checks.FormatError{Format: "tiff", Offset: 0, Reason: "too short for a header"}
	}
	b := &Block{Data: block}
	switch string(block[:4]) {
	case "II*\x00":
		b.Order = binary.LittleEndian
	case "MM\x00*":
		b.Order = binary.BigEndian
	default:
		return nil, &checks.FormatError{Format: "tiff", Offset: 0, Reason: "no byte order mark"}
	}
	b.first = b.Order.Uint32(block[4:])
	return b, nil
}

// Chain returns the directories that follow each other from the header on: of EXIF data, that of
// the picture and that of its thumbnail.
func (b *Block) Chain() []Directory {
	var out []Directory
	seen := map[uint32]bool{}
	for offset := b.first; offset != 0 && !seen[offset] && len(out) < maxChain; {
		seen[offset] = true
		d, next, ok := b.directory(offset)
		if !ok {
			break
		}
		out = append(out, d)
		offset = next
	}
	return out
}

// Linked returns the directory that an entry of d points to, such as the Exif IFD (tag 0x8769);
// nil if there is none.
func (b *Block) Linked(d Directory, tag uint16) Directory {
	offset, ok := d.Uint(tag)
	if !ok {
		return nil
	}
	linked, _, _ := b.directory(offset)
	return linked
}

func (b *Block) directory(offset uint32) (d Directory, next uint32, ok bool) {
	at, size := int64(offset), int64(len(b.Data))
	if at < 8 || at > size-2 {
		return nil, 0, false
	}
	n := int64(b.Order.Uint16(b.Data[at:]))
	if n == 0 || n > maxEntries {
		return nil, 0, false
	}
	for i := range n {
		e := at + 2 + 12*i
		if e > size-12 {
			return d, 0, len(d) > 0
		}
		if entry, ok := b.entry(b.Data[e : e+12]); ok {
			d = append(d, entry)
		}
	}
	if end := at + 2 + 12*n; end <= size-4 {
		next = b.Order.Uint32(b.Data[end:])
	}
	return d, next, true
}

// entry reads one entry; not ok if its value lies outside the block.
func (b *Block) entry(raw []byte) (Entry, bool) {
	e := Entry{Tag: b.Order.Uint16(raw), Type: b.Order.Uint16(raw[2:]), Count: b.Order.Uint32(raw[4:]), order: b.Order}
	if int(e.Type) >= len(typeSize) || typeSize[e.Type] == 0 {
		return e, false
	}
	n := int64(e.Count) * typeSize[e.Type] // below 2^35
	if n <= 4 {
		e.Value = raw[8 : 8+n]
		return e, true
	}
	at := int64(b.Order.Uint32(raw[8:]))
	if at > int64(len(b.Data)) || n > int64(len(b.Data))-at {
		return e, false
	}
	e.Value = b.Data[at : at+n]
	return e, true
}

// Find returns the first entry with that tag.
func (d Directory) Find(tag uint16) (Entry, bool) {
	for _, e := range d {
		if e.Tag == tag {
			return e, true
		}
	}
	return Entry{}, false
}

// Uint returns the first value of an integer entry (types BYTE, SHORT, LONG).
func (d Directory) Uint(tag uint16) (uint32, bool) {
	e, ok := d.Find(tag)
	if !ok || e.Count == 0 {
		return 0, false
	}
	switch e.Type {
	case 1:
		return uint32(e.Value[0]), true
	case 3:
		return uint32(e.order.Uint16(e.Value)), true
	case 4:
		return e.order.Uint32(e.Value), true
	}
	return 0, false
}

// Text returns the value of a text entry up to its first zero byte, undecoded.
func (d Directory) Text(tag uint16) string {
	e, _ := d.Find(tag)
	for i, c := range e.Value {
		if c == 0 {
			return string(e.Value[:i])
		}
	}
	return string(e.Value)
}
