package network

import (
	"encoding/binary"
	"fmt"
	"math"

	"dossier/checks"
)

// The wire types of protocol buffers (https://protobuf.dev/programming-guides/encoding/). Groups
// are not used by ONNX and are refused.
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

// A field is one key and value of a protocol buffer message.
type field struct {
	number int
	wire   int
	bits   uint64 // the value of a varint or a fixed number
	bytes  []byte // the value of a length-delimited field; shares the file's memory
	offset int64  // of the field in the file
}

// A message is the rest of a protocol buffer message that is still to be read. It never reads
// outside its bytes, and every call of next consumes at least one byte or ends with an error.
type message struct {
	data   []byte
	offset int64 // of data[0] in the file
}

func (m *message) broken(format string, args ...any) error {
	return &checks.FormatError{Format: "onnx", Offset: m.offset, Reason: fmt.Sprintf(format, args...)}
}

func (m *message) skip(n int) {
	m.data = m.data[n:]
	m.offset += int64(n)
}

func (m *message) varint() (uint64, error) {
	v, n := binary.Uvarint(m.data)
	if n <= 0 {
		return 0, m.broken("a number is cut off or longer than 64 bits")
	}
	m.skip(n)
	return v, nil
}

// next reads one field; ok is false at the end of the message.
func (m *message) next() (f field, ok bool, err error) {
	if len(m.data) == 0 {
		return field{}, false, nil
	}
	f.offset = m.offset
	key, err := m.varint()
	if err != nil {
		return field{}, false, err
	}
	if key>>3 == 0 || key>>3 > math.MaxInt32>>3 {
		return field{}, false, m.broken("field number %d is not possible", key>>3)
	}
	f.number, f.wire = int(key>>3), int(key&7)
	size := 0
	switch f.wire {
	case wireVarint:
		f.bits, err = m.varint()
		return f, err == nil, err
	case wireFixed64:
		size = 8
	case wireFixed32:
		size = 4
	case wireBytes:
		n, err := m.varint()
		if err != nil {
			return field{}, false, err
		}
		if n > uint64(len(m.data)) {
			return field{}, false, m.broken("field %d has %d bytes where %d are left", f.number, n, len(m.data))
		}
		f.offset = m.offset
		f.bytes = m.data[:n:n]
		m.skip(int(n))
		return f, true, nil
	default:
		return field{}, false, m.broken("wire type %d is not known", f.wire)
	}
	if size > len(m.data) {
		return field{}, false, m.broken("field %d is cut off", f.number)
	}
	if size == 8 {
		f.bits = binary.LittleEndian.Uint64(m.data)
	} else {
		f.bits = uint64(binary.LittleEndian.Uint32(m.data))
	}
	m.skip(size)
	return f, true, nil
}

// each calls visit for every field of the message in f, which must be length-delimited.
func (f field) each(visit func(field) error) error {
	sub, err := f.message()
	if err != nil {
		return err
	}
	for {
		g, ok, err := sub.next()
		if err != nil {
			return err
		}
		if !ok {
			return nil
		}
		if err := visit(g); err != nil {
			return err
		}
	}
}

func (f field) broken(format string, args ...any) error {
	return &checks.FormatError{Format: "onnx", Offset: f.offset, Reason: fmt.Sprintf(format, args...)}
}

func (f field) message() (message, error) {
	if f.wire != wireBytes {
		return message{}, f.broken("field %d is not a message", f.number)
	}
	return message{f.bytes, f.offset}, nil
}

// text reads a string; a name longer than limit is refused.
func (f field) text(limit int) (string, error) {
	if f.wire != wireBytes {
		return "", f.broken("field %d is not a string", f.number)
	}
	if len(f.bytes) > limit {
		return "", &checks.LimitError{What: "a name in the model", Value: int64(len(f.bytes)), Limit: int64(limit), Unit: "bytes"}
	}
	return string(f.bytes), nil
}

func (f field) integer() (int64, error) {
	if f.wire != wireVarint {
		return 0, f.broken("field %d is not a whole number", f.number)
	}
	return int64(f.bits), nil
}

func (f field) float() (float32, error) {
	if f.wire != wireFixed32 {
		return 0, f.broken("field %d is not a 32-bit float", f.number)
	}
	return math.Float32frombits(uint32(f.bits)), nil
}

// integers appends the numbers of a repeated field, packed or not, up to limit in all.
func (f field) integers(to []int64, limit int) ([]int64, error) {
	if f.wire == wireVarint {
		if len(to) >= limit {
			return nil, f.broken("field %d has more than %d numbers", f.number, limit)
		}
		return append(to, int64(f.bits)), nil
	}
	m, err := f.message()
	if err != nil {
		return nil, err
	}
	for len(m.data) > 0 {
		v, err := m.varint()
		if err != nil {
			return nil, err
		}
		if len(to) >= limit {
			return nil, f.broken("field %d has more than %d numbers", f.number, limit)
		}
		to = append(to, int64(v))
	}
	return to, nil
}

// floats appends the numbers of a repeated field of 32-bit floats, packed or not.
func (f field) floats(to []float32, limit int) ([]float32, error) {
	if f.wire == wireFixed32 {
		if len(to) >= limit {
			return nil, f.broken("field %d has more than %d numbers", f.number, limit)
		}
		return append(to, math.Float32frombits(uint32(f.bits))), nil
	}
	if f.wire != wireBytes || len(f.bytes)%4 != 0 {
		return nil, f.broken("field %d is not a list of 32-bit floats", f.number)
	}
	if len(f.bytes)/4 > limit-len(to) {
		return nil, f.broken("field %d has more than %d numbers", f.number, limit)
	}
	for b := f.bytes; len(b) > 0; b = b[4:] {
		to = append(to, math.Float32frombits(binary.LittleEndian.Uint32(b)))
	}
	return to, nil
}
