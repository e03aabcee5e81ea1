package jumbf

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"dossier/checks"
)

// A Box is one box of the tree. Its slices share the memory they were read from.
type Box struct {
	Type    string // four characters; "jumb" for a superbox
	Offset  int    // of its length field, in the bytes given to Parse
	Payload []byte // everything behind the box's own header; of a superbox its description and children
	// The following are set for a superbox only; they come from its description box.
	UUID     [16]byte // what kind of content it holds
	Label    string   // empty if it has none
	Children []*Box   // without the description box
}

// Limits of a tree. Content credentials nest four superboxes deep and hold some dozens of boxes a
// manifest; archives of a hundred ingredients stay below a few thousand.
const (
	maxDepth = 16
	maxBoxes = 1 << 14
)

// Parse reads the boxes that stand one behind the other in data.
//
// The error is a *checks.FormatError where the boxes contradict themselves or end early, and a
// *checks.LimitError for trees deeper or larger than any in use. What was read before stands in the result.
func Parse(data []byte) ([]*Box, error) {
	p := parser{base: data}
	boxes, err := p.boxes(data, 0, 0)
	return boxes, err
}

type parser struct {
	base  []byte
	count int
}

func (p *parser) boxes(b []byte, offset, depth int) ([]*Box, error) {
	if depth > maxDepth {
		return nil, &checks.LimitError{What: "nested JUMBF boxes", Value: int64(depth), Limit: maxDepth, Unit: "levels"}
	}
	var out []*Box
	for at := 0; at < len(b); {
		if p.count++; p.count > maxBoxes {
			return out, &checks.LimitError{What: "JUMBF boxes", Value: int64(p.count), Limit: maxBoxes, Unit: "boxes"}
		}
		kind, header, size, err := readHeader(b[at:], offset+at)
		if err != nil {
			return out, err
		}
		box := &Box{Type: kind, Offset: offset + at, Payload: b[at+header : at+size]}
		out = append(out, box)
		if kind == "jumb" {
			if err := p.superbox(box, offset+at+header, depth); err != nil {
				return out, err
			}
		}
		at += size
	}
	return out, nil
}

// readHeader reads a box's length and type (ISO/IEC 19566-5, A.2). Length 0 means "to the end of
// what encloses it", length 1 that eight bytes of length follow the type.
func readHeader(b []byte, offset int) (kind string, header, size int, err error) {
	if len(b) < 8 {
		return "", 0, 0, broken(offset, "the data end within a box header")
	}
	header, n := 8, uint64(binary.BigEndian.Uint32(b))
	kind = string(b[4:8])
	switch n {
	case 0:
		n = uint64(len(b))
	case 1:
		if len(b) < 16 {
			return "", 0, 0, broken(offset, "the data end within a box header")
		}
		header, n = 16, binary.BigEndian.Uint64(b[8:])
	}
	if n < uint64(header) {
		return "", 0, 0, broken(offset, fmt.Sprintf("box %q is shorter than its header", kind))
	}
	if n > uint64(len(b)) {
		return "", 0, 0, broken(offset, fmt.Sprintf("box %q has %d bytes, %d are there", kind, n, len(b)))
	}
	return kind, header, int(n), nil
}

// superbox reads the description box (19566-5, A.3) and the children.
func (p *parser) superbox(box *Box, offset, depth int) error {
	kind, header, size, err := readHeader(box.Payload, offset)
	if err != nil {
		return err
	}
	if kind != "jumd" {
		return broken(offset, "a superbox without a description")
	}
	if err := box.describe(box.Payload[header:size], offset); err != nil {
		return err
	}
	box.Children, err = p.boxes(box.Payload[size:], offset+size, depth+1)
	return err
}

// describe reads a description: the kind of content, a byte of flags, and, as these say, a label
// and further fields, which are of no use here.
func (box *Box) describe(b []byte, offset int) error {
	if len(b) < 17 {
		return broken(offset, "a description box shorter than its fixed fields")
	}
	copy(box.UUID[:], b)
	const hasLabel = 0x02
	if b[16]&hasLabel == 0 {
		return nil
	}
	end := bytes.IndexByte(b[17:], 0)
	if end < 0 {
		return broken(offset, "a label without an end")
	}
	box.Label = string(b[17 : 17+end])
	return nil
}

// Child returns the first child with that label, or nil.
func (box *Box) Child(label string) *Box {
	for _, c := range box.Children {
		if c.Label == label {
			return c
		}
	}
	return nil
}

// Content returns the payload of the first child of the given type, such as "cbor", or nil.
func (box *Box) Content(kind string) []byte {
	for _, c := range box.Children {
		if c.Type == kind {
			return c.Payload
		}
	}
	return nil
}

func broken(offset int, reason string) error {
	return &checks.FormatError{Format: "jumbf", Offset: int64(offset), Reason: reason}
}
