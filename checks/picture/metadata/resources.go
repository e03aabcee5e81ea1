package metadata

import (
	"encoding/binary"
	"slices"
	"strings"

	"dossier/checks/picture/jpeg"
)

// Ids of Photoshop's image resources that are read.
const (
	resourceIPTC    = 1028
	resourceVersion = 1057
)

const (
	maxResources = 1000 // Photoshop has about 100 kinds and writes each once
	// maxCarry bounds a resource that runs over several segments; the largest honest ones hold
	// paths of some hundred KiB.
	maxCarry = 1 << 20
)

// A resourceReader lists Photoshop's image resources (Photoshop file format specification, "Image
// Resource Blocks"): signature, id, a name padded to an even length, the size, the data padded
// likewise. A resource that does not fit one segment goes on in the next (XMP specification part 3, 1.1.3).
type resourceReader struct {
	carry   []byte // the beginning of a resource whose rest is still to come
	packets int    // of IPTC
}

// read takes the resources of one segment; p follows the segment's signature.
func (r *resourceReader) read(m *Metadata, p []byte) {
	m.source(Photoshop)
	if len(r.carry) > 0 {
		if resourceSignature(p) || len(r.carry)+len(p) > maxCarry {
			r.close(m)
		} else {
			p = slices.Concat(r.carry, p) // in memory of its own: p is a part of the file
			r.carry = nil
		}
	}
	for len(p) >= 12 && resourceSignature(p) && len(m.Resources) < maxResources {
		name := 6 + (int(p[6])+2)&^1
		if name+4 > len(p) {
			r.carry = p
			return
		}
		size := uint64(binary.BigEndian.Uint32(p[name:]))
		data := p[name+4:]
		if size > uint64(len(data)) {
			r.carry = p
			return
		}
		r.resource(m, int(binary.BigEndian.Uint16(p[4:])), data[:size])
		p = data[min(uint64(len(data)), size+size&1):]
	}
}

// close notes a resource whose rest never came.
func (r *resourceReader) close(m *Metadata) {
	if len(r.carry) > 0 {
		m.problem(Photoshop, "an image resource reaches beyond its segment")
		r.carry = nil
	}
}

func resourceSignature(b []byte) bool {
	if len(b) < 4 {
		return false
	}
	switch string(b[:4]) {
	case "8BIM", "PHUT", "DCSR", "AgHg", "MeSa":
		return true
	}
	return false
}

func (r *resourceReader) resource(m *Metadata, id int, data []byte) {
	m.Resources = append(m.Resources, id)
	switch id {
	case resourceIPTC:
		m.readIPTC(r, data)
	case resourceVersion:
		if name := versionWriter(data); name != "" {
			m.add(Field{Source: Photoshop, Name: Writer, Value: name})
		}
	}
}

// readIPTC hands the data of one IPTC resource to imagemeta, as a segment of nothing else.
func (m *Metadata) readIPTC(r *resourceReader, data []byte) {
	const head = len(signPhotoshop) + 12
	if r.packets++; r.packets > maxPackets || len(data) == 0 {
		return
	}
	if len(data) > 0xFFFF-2-head-1 {
		m.source(IPTC)
		m.problem(IPTC, "longer than a segment")
		return
	}
	p := append([]byte(signPhotoshop), "8BIM\x04\x04\x00\x00"...)
	p = binary.BigEndian.AppendUint32(p, uint32(len(data)))
	p = append(p, data...)
	if len(data)%2 == 1 {
		p = append(p, 0)
	}
	m.readSegment(jpeg.APP13, p)
}

// versionWriter reads the writing program's name in a version resource: the version, a flag, and
// two names, the writer's and the reader's, as a count and UTF-16.
func versionWriter(b []byte) string {
	if len(b) < 9 {
		return ""
	}
	count := uint64(binary.BigEndian.Uint32(b[5:]))
	if b = b[9:]; count > uint64(len(b)/2) || count > maxValue {
		return ""
	}
	return strings.TrimSpace(utf16Text(b[:2*count], binary.BigEndian))
}
