package jumbf

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"dossier/checks"
	"dossier/checks/picture/filetest"
)

func box(kind string, payload []byte) []byte {
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(payload))), kind...), payload...)
}

func super(label string, children ...[]byte) []byte {
	payload := box("jumd", append(append(append([]byte("test"), make([]byte, 12)...), 3), append([]byte(label), 0)...))
	for _, c := range children {
		payload = append(payload, c...)
	}
	return box("jumb", payload)
}

func TestTree(t *testing.T) {
	data := super("outer", super("inner", box("cbor", []byte{1, 2, 3})), box("json", []byte("{}")))
	boxes, err := Parse(data)
	if err != nil || len(boxes) != 1 {
		t.Fatalf("%d boxes, %v", len(boxes), err)
	}
	b := boxes[0]
	if b.Label != "outer" || string(b.UUID[:4]) != "test" || string(b.Content("json")) != "{}" {
		t.Errorf("outer box %+v", b)
	}
	if inner := b.Child("inner"); inner == nil || !bytes.Equal(inner.Content("cbor"), []byte{1, 2, 3}) || data[inner.Offset+4] != 'j' {
		t.Errorf("inner box %+v", inner)
	}
	if b.Child("missing") != nil || b.Content("none") != nil {
		t.Error("something that is not there was found")
	}
}

func TestLengths(t *testing.T) {
	long := append([]byte{0, 0, 0, 1, 'j', 's', 'o', 'n', 0, 0, 0, 0, 0, 0, 0, 18}, "ab"...)
	rest := append([]byte{0, 0, 0, 0, 'j', 's', 'o', 'n'}, "to the end"...)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{"eight bytes of length": {long, "ab"}, "to the end": {rest, "to the end"}} {
		boxes, err := Parse(c.data)
		if err != nil || len(boxes) != 1 || string(boxes[0].Payload) != c.want {
			t.Errorf("%s: %v %v", name, boxes, err)
		}
	}
	for name, data := range map[string][]byte{
		"shorter than its header": {0, 0, 0, 7, 'j', 's', 'o', 'n'},
		"longer than the data":    {0, 0, 0, 9, 'j', 's', 'o', 'n'},
		"2^64 bytes":              {0, 0, 0, 1, 'j', 's', 'o', 'n', 255, 255, 255, 255, 255, 255, 255, 255},
		"half a header":           {0, 0, 0},
		"no description":          box("jumb", box("json", nil)),
		"a label without an end":  box("jumb", box("jumd", append(make([]byte, 16), 3, 'x'))),
		"a short description":     box("jumb", box("jumd", make([]byte, 5))),
	} {
		var broken *checks.FormatError
		if _, err := Parse(data); !errors.As(err, &broken) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestLimits(t *testing.T) {
	deep := super("x")
	for range maxDepth + 2 {
		deep = super("x", deep)
	}
	many := super("x", bytes.Repeat(box("free", nil), maxBoxes+1))
	for name, data := range map[string][]byte{"depth": deep, "number": many} {
		var limit *checks.LimitError
		if _, err := Parse(data); !errors.As(err, &limit) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// pieces cuts a box into APP11 segments with the given sequence numbers.
func pieces(b []byte, size int, instance byte, numbers ...byte) []byte {
	var out []byte
	body := b[8:]
	for _, n := range numbers {
		part := body[:min(size, len(body))]
		body = body[len(part):]
		out = append(out, filetest.Segment(0xEB, append(append([]byte{'J', 'P', 0, instance, 0, 0, 0, n}, b[:8]...), part...))...)
	}
	return out
}

func TestPiecesArePutTogether(t *testing.T) {
	a, b := super("a", box("json", bytes.Repeat([]byte("a"), 100))), super("b", box("json", bytes.Repeat([]byte("b"), 100)))
	file := filetest.JPEG{Width: 8, Height: 8, Values: []uint8{1}, Adobe: -1, Segments: append(pieces(a, 60, 1, 1, 2, 3), pieces(b, 200, 2, 1)...)}.Bytes()
	found := Find(file)
	if len(found) != 2 || !bytes.Equal(found[0].Data, a) || !bytes.Equal(found[1].Data, b) || found[0].Damage != nil || found[1].Damage != nil {
		t.Fatalf("found %v", found)
	}
	if p := found[0].Places; len(p) != 3 || p[0].From != 2 || p[1].From != p[0].To {
		t.Errorf("places %v", p)
	}
	for name, numbers := range map[string][]byte{"the second is missing": {1, 3}, "the first is missing": {2, 3}, "out of order": {1, 3, 2}, "the last is missing": {1, 2}} {
		file := filetest.JPEG{Width: 8, Height: 8, Values: []uint8{1}, Adobe: -1, Segments: pieces(a, 60, 1, numbers...)}.Bytes()
		found := Find(file)
		if len(found) == 0 || found[0].Damage == nil {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(super("a", super("b", box("cbor", []byte{1}))))
	f.Fuzz(func(t *testing.T, data []byte) {
		boxes, _ := Parse(data)
		for _, b := range boxes {
			if b.Offset < 0 || b.Offset+8 > len(data) {
				t.Fatalf("a box at %d of %d", b.Offset, len(data))
			}
		}
	})
}

func FuzzFind(f *testing.F) {
	f.Add(filetest.JPEG{Width: 8, Height: 8, Values: []uint8{1}, Adobe: -1, Segments: pieces(super("a", box("json", []byte("abc"))), 20, 1, 1, 2)}.Bytes())
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x02caBXab\x00\x00\x00\x00"))
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00\x21\xFF\x0BC2PA_GIF\x01\x00\x00\x02ab\x00;"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, e := range Find(data) {
			for _, p := range e.Places {
				if p.From < 0 || p.To > len(data) || p.From > p.To {
					t.Fatalf("place %v of %d bytes", p, len(data))
				}
			}
			_, _ = Parse(e.Data)
		}
	})
}
