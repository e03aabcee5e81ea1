package ifd

import (
	"encoding/binary"
	"testing"

	"dossier/fixtures/jpegwriter"
)

func TestEXIFIsRead(t *testing.T) {
	for _, big := range []bool{false, true} {
		x := jpegwriter.EXIF{BigEndian: big, Make: "Maker", Model: "Model 1", Orientation: 6, Comment: "a comment", Thumbnail: []byte("thumbnail")}
		b, err := Open(x.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		chain := b.Chain()
		if len(chain) != 2 {
			t.Fatalf("%d directories, want the picture's and the thumbnail's", len(chain))
		}
		if chain[0].Text(0x010F) != "Maker" || chain[0].Text(0x0110) != "Model 1" {
			t.Errorf("make %q, model %q", chain[0].Text(0x010F), chain[0].Text(0x0110))
		}
		if v, ok := chain[0].Uint(0x0112); !ok || v != 6 {
			t.Errorf("orientation %d %v", v, ok)
		}
		at, _ := chain[1].Uint(0x0201)
		n, _ := chain[1].Uint(0x0202)
		if got := string(b.Data[at : at+n]); got != "thumbnail" {
			t.Errorf("thumbnail %q", got)
		}
		if e, ok := b.Linked(chain[0], 0x8769).Find(0x9286); !ok || len(e.Value) <= 8 {
			t.Error("the linked directory's comment was not found")
		}
	}
}

// A directory that follows itself ends; values that reach beyond the block are left out.
func TestHostileBlocks(t *testing.T) {
	le := binary.LittleEndian
	b := []byte("II*\x00\x08\x00\x00\x00\x02\x00")
	b = append(b, 0x0F, 0x01, 2, 0, 0xFF, 0xFF, 0xFF, 0xFF, 8, 0, 0, 0) // 4 GiB of text
	b = append(b, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 3, 0, 0, 0)
	b = le.AppendUint32(b, 8)
	block, err := Open(b)
	if err != nil {
		t.Fatal(err)
	}
	chain := block.Chain()
	if len(chain) != 1 || len(chain[0]) != 1 {
		t.Fatalf("chain %v", chain)
	}
	if v, ok := chain[0].Uint(0x0112); !ok || v != 3 {
		t.Errorf("orientation %d %v", v, ok)
	}
	if _, err := Open([]byte("II+\x00\x08\x00\x00\x00")); err == nil {
		t.Error("a header of another kind was read")
	}
}

func FuzzChain(f *testing.F) {
	f.Add((&jpegwriter.EXIF{Make: "a", Thumbnail: []byte("b")}).Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := Open(data)
		if err != nil {
			return
		}
		for _, d := range b.Chain() {
			for _, e := range d {
				if int64(len(e.Value)) != int64(e.Count)*typeSize[e.Type] {
					t.Fatalf("entry %x holds %d bytes", e.Tag, len(e.Value))
				}
				d.Uint(e.Tag)
				d.Text(e.Tag)
			}
			b.Linked(d, 0x8769)
		}
	})
}
