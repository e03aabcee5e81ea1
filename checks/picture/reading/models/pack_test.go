package models

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
)

var from = flag.String("pack", "", "folder with the published models, to be packed anew into this one")

// published are the sums of the files as published. See README.md.
var published = map[string]string{
	"ch_PP-OCRv4_det_infer.onnx":          "30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff",
	"ch_PP-OCRv4_rec_infer.onnx":          "06b3e6af6c59a1ba5d53790ed8c2e4b2de389870b6cf5a97f349f3412cb269c0",
	"ch_ppocr_mobile_v2.0_cls_infer.onnx": "491843a3c65de46295864c6815e41127eaa812c4dac1e19c6850ec49da9d3640",
}

// go test ./checks/picture/reading/models -run TestPackPublished -pack FOLDER makes the packed models
// of the published ones, and prints the sums that models.go wants.
func TestPackPublished(t *testing.T) {
	if *from == "" {
		t.Skip("only with -pack FOLDER")
	}
	for name, sum := range published {
		file, err := os.ReadFile(filepath.Join(*from, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%x", sha256.Sum256(file)); got != sum {
			t.Fatalf("%s is not the published file: %s", name, got)
		}
		drop := 8
		if name == Detection.Name {
			drop = 4
		}
		packed, err := pack(file, weightsOf(t, file, 0, []int{7, 1, 5, 5}), drop)
		if err != nil {
			t.Fatal(err)
		}
		out, err := unpack(packed)
		if err != nil || len(out) != len(file) {
			t.Fatal(len(out), err)
		}
		if err := os.WriteFile(name+".packed", packed, 0o644); err != nil {
			t.Fatal(err)
		}
		fmt.Printf("%s %d bytes packed, unpacked %x\n", name, len(packed), sha256.Sum256(out))
	}
}

// pack packs an ONNX file, given where its weights stand, as pairs of the offset and the number of
// 32-bit floats, and how many of their bits are dropped (1..8).
func pack(file []byte, stretches [][2]int, drop int) ([]byte, error) {
	var head, rest []byte
	var planes [4][]byte
	head = binary.AppendUvarint(head, uint64(len(stretches)))
	at := 0
	for _, s := range stretches {
		begin, n := s[0], s[1]
		if begin < at || begin+4*n > len(file) {
			return nil, fmt.Errorf("weights at %d overlap or lie outside", begin)
		}
		head = binary.AppendUvarint(binary.AppendUvarint(head, uint64(begin-at)), uint64(n))
		rest = append(rest, file[at:begin]...)
		for i := range n {
			v := (binary.LittleEndian.Uint32(file[begin+4*i:]) + 1<<(drop-1)) >> drop << drop // the nearest
			for p := range planes {
				planes[p] = append(planes[p], byte(v>>(24-8*p)))
			}
		}
		at = begin + 4*n
	}
	head = binary.AppendUvarint(head, uint64(len(file)-at))
	rest = append(rest, file[at:]...)
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	for _, part := range [][]byte{head, rest, planes[0], planes[1], planes[2], planes[3]} {
		if _, err := w.Write(part); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// weightsOf finds the raw data of float tensors with at least 16 values: down the path of field
// numbers graph, node, attribute, tensor, of which the models keep all their weights in.
func weightsOf(t *testing.T, b []byte, base int, path []int) (out [][2]int) {
	t.Helper()
	kind, begin, length := uint64(0), 0, 0
	for at := 0; at < len(b); {
		key, n := binary.Uvarint(b[at:])
		at += n
		switch key & 7 {
		case 0:
			v, n := binary.Uvarint(b[at:])
			at += n
			if len(path) == 0 && key>>3 == 2 {
				kind = v
			}
		case 1:
			at += 8
		case 5:
			at += 4
		case 2:
			size, n := binary.Uvarint(b[at:])
			at += n
			if len(path) > 0 && int(key>>3) == path[0] {
				out = append(out, weightsOf(t, b[at:at+int(size)], base+at, path[1:])...)
			}
			if len(path) == 0 && key>>3 == 9 {
				begin, length = base+at, int(size)
			}
			at += int(size)
		default:
			t.Fatal("not a protocol buffer")
		}
	}
	if len(path) == 0 && kind == 1 && length >= 64 {
		out = append(out, [2]int{begin, length / 4})
	}
	return out
}

// What is packed comes back: other bytes as they were, weights to one part in 60,000.
func TestPackAndUnpack(t *testing.T) {
	file := []byte("before")
	values := []float32{0, 1, -1, 3.14159265, -1e-7, 1e20, 0.333333}
	for _, v := range values {
		file = binary.LittleEndian.AppendUint32(file, math.Float32bits(v))
	}
	file = append(file, "between"...)
	file = binary.LittleEndian.AppendUint32(file, math.Float32bits(2.71828))
	packed, err := pack(file, [][2]int{{6, len(values)}, {6 + 4*len(values) + 7, 1}}, 8)
	if err != nil {
		t.Fatal(err)
	}
	out, err := unpack(packed)
	if err != nil || len(out) != len(file) || !bytes.HasPrefix(out, []byte("before")) || !bytes.Contains(out, []byte("between")) {
		t.Fatalf("%q, %v", out, err)
	}
	for i, v := range append(values, 2.71828) {
		at := 6 + 4*i
		if i == len(values) {
			at += 7
		}
		got := math.Float32frombits(binary.LittleEndian.Uint32(out[at:]))
		if d := math.Abs(float64(got - v)); d > math.Abs(float64(v))/60000 {
			t.Errorf("%v came back as %v", v, got)
		}
	}
	if _, err := pack(file, [][2]int{{6, 1000}}, 8); err == nil {
		t.Error("weights outside the file were packed")
	}
	for n := range packed {
		if got, err := unpack(packed[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes unpack to %q", n, len(packed), got)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	packed, err := pack([]byte("before0123after"), [][2]int{{6, 1}}, 8)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Fuzz(func(t *testing.T, data []byte) {
		if out, err := unpack(data); err == nil && len(out) > maxUnpacked {
			t.Errorf("%d bytes", len(out))
		}
	})
}
