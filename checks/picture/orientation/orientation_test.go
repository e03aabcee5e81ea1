package orientation

import (
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"dossier/checks"
)

type entry struct {
	tag, kind uint16
	count     uint32
	value     uint32 // as the four bytes of the entry, in the file's order
}

// directory builds a TIFF structure with one directory at offset 8.
func directory(order binary.ByteOrder, next uint32, entries ...entry) []byte {
	b := []byte("II*\x00")
	if order == binary.BigEndian {
		b = []byte("MM\x00*")
	}
	var w [4]byte
	u16 := func(v uint16) { order.PutUint16(w[:], v); b = append(b, w[:2]...) }
	u32 := func(v uint32) { order.PutUint32(w[:], v); b = append(b, w[:4]...) }
	u32(8)
	u16(uint16(len(entries)))
	for _, e := range entries {
		u16(e.tag)
		u16(e.kind)
		u32(e.count)
		if e.kind == 3 && e.count == 1 {
			u16(uint16(e.value))
			u16(0)
		} else {
			u32(e.value)
		}
	}
	u32(next)
	return b
}

func TestOrientationIsReadInBothByteOrders(t *testing.T) {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		for o := uint32(1); o <= 8; o++ {
			tiff := directory(order, 0, entry{0x010f, 2, 20, 99999}, entry{Orientation, 3, 1, o})
			if got := FromTIFF(tiff); got != int(o) {
				t.Errorf("%v orientation %d read as %d", order, o, got)
			}
			if got := FromEXIF(append([]byte("Exif\x00\x00"), tiff...)); got != int(o) {
				t.Errorf("%v orientation %d read as %d behind the EXIF mark", order, o, got)
			}
		}
	}
}

func TestHostileDirectoriesMeanUpright(t *testing.T) {
	le := binary.LittleEndian
	cases := map[string][]byte{
		"nothing":                   nil,
		"mark alone":                []byte("II*\x00"),
		"directory beyond the end":  append([]byte("II*\x00"), 0xff, 0xff, 0xff, 0xff),
		"orientation 0":             directory(le, 0, entry{Orientation, 3, 1, 0}),
		"orientation 9":             directory(le, 0, entry{Orientation, 3, 1, 9}),
		"4 billion values":          directory(le, 0, entry{Orientation, 3, 0xffffffff, 0xfffffff0}),
		"as text":                   directory(le, 0, entry{Orientation, 2, 1, 6}),
		"no values":                 directory(le, 0, entry{Orientation, 3, 0, 6}),
		"directory that names more": directory(le, 0, entry{Orientation, 3, 0, 6})[:12],
		"another order":             append([]byte("XX*\x00"), directory(le, 0, entry{Orientation, 3, 1, 6})[4:]...),
	}
	for name, tiff := range cases {
		if got := FromTIFF(tiff); got != Upright {
			t.Errorf("%s: orientation %d, want upright", name, got)
		}
	}
}

func TestDirectoriesThatPointAtEachOtherEnd(t *testing.T) {
	// The directory is its own successor: readers without a memory never return.
	tags, n, err := Tags(directory(binary.LittleEndian, 8, entry{Orientation, 3, 1, 6}))
	if err != nil || n != 1 || tags[Orientation] != 6 {
		t.Fatalf("tags %v, %d directories, %v", tags, n, err)
	}
}

func TestErrorsAreTyped(t *testing.T) {
	var f *checks.FormatError
	if _, _, err := Tags([]byte("II")); !errors.As(err, &f) {
		t.Errorf("two bytes: %v, want a FormatError", err)
	}
	var u *checks.UnsupportedError
	if _, _, err := Tags([]byte("II+\x00\x08\x00\x00\x00")); !errors.As(err, &u) {
		t.Errorf("BigTIFF: %v, want an UnsupportedError", err)
	}
}

// The corner that EXIF says is where, after turning: the stored first pixel must land there.
func TestEachOrientationPutsTheFirstPixelWhereEXIFSays(t *testing.T) {
	const w, h = 6, 4
	want := map[int]image.Point{
		1: {0, 0}, 2: {w - 1, 0}, 3: {w - 1, h - 1}, 4: {0, h - 1},
		5: {0, 0}, 6: {h - 1, 0}, 7: {h - 1, w - 1}, 8: {0, w - 1},
	}
	src := image.NewGray(image.Rect(0, 0, w, h))
	src.SetGray(0, 0, color.Gray{Y: 200})
	for o, p := range want {
		dst := Apply(src, o).(*image.Gray)
		if dst.GrayAt(p.X, p.Y).Y != 200 {
			t.Errorf("orientation %d: the first pixel is not at %v", o, p)
		}
		if swapped := dst.Bounds().Dx() == h; swapped != Swaps(o) {
			t.Errorf("orientation %d: bounds %v", o, dst.Bounds())
		}
	}
}

func TestRectFollowsItsPixels(t *testing.T) {
	const w, h = 9, 5
	r := image.Rect(2, 3, 9, 5)
	src := image.NewGray(image.Rect(0, 0, w, h))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			src.Pix[src.PixOffset(x, y)] = 255
		}
	}
	for o := 1; o <= 8; o++ {
		got := Rect(r, w, h, o)
		dst := Apply(src, o).(*image.Gray)
		for y := range dst.Bounds().Dy() {
			for x := range dst.Bounds().Dx() {
				if inside := image.Pt(x, y).In(got); inside != (dst.GrayAt(x, y).Y == 255) {
					t.Fatalf("orientation %d: %v does not hold exactly the pixels of the rectangle", o, got)
				}
			}
		}
	}
	if got := Rect(image.Rect(20, 20, 30, 30), w, h, 6); !got.Empty() {
		t.Errorf("a rectangle outside the picture became %v", got)
	}
}

// Every type must show the same colours after turning as the generic definition says, whatever
// the size, the subsampling and the offset of a sub-image.
func TestApplyKeepsEveryPixel(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	fill := func(b []byte) {
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
	}
	var pictures []image.Image
	for _, size := range []image.Point{{1, 1}, {7, 5}, {8, 4}, {130, 67}} {
		r := image.Rect(0, 0, size.X, size.Y)
		for ratio := image.YCbCrSubsampleRatio444; ratio <= image.YCbCrSubsampleRatio410; ratio++ {
			m := image.NewYCbCr(r, ratio)
			fill(m.Y)
			fill(m.Cb)
			fill(m.Cr)
			pictures = append(pictures, m)
			if size.X > 4 {
				pictures = append(pictures, m.SubImage(image.Rect(0, 0, size.X-2, size.Y-2)))
			}
		}
		rgba, nrgba, gray := image.NewRGBA(r), image.NewNRGBA(r), image.NewGray(r)
		fill(rgba.Pix)
		for i := 3; i < len(rgba.Pix); i += 4 {
			rgba.Pix[i] = 255
		}
		copy(nrgba.Pix, rgba.Pix)
		fill(gray.Pix)
		pal := image.NewPaletted(r, color.Palette{color.Black, color.White, color.RGBA{R: 255, A: 255}})
		for i := range pal.Pix {
			pal.Pix[i] = byte(rng.IntN(3))
		}
		pictures = append(pictures, rgba, nrgba, gray, pal)
	}
	for _, src := range pictures {
		b := src.Bounds()
		for o := 1; o <= 8; o++ {
			dst := Apply(src, o)
			place := placer(b.Dx(), b.Dy(), o)
			for y := 0; y < b.Dy(); y++ {
				for x := 0; x < b.Dx(); x++ {
					tx, ty := place(x, y)
					r0, g0, b0, _ := src.At(b.Min.X+x, b.Min.Y+y).RGBA()
					r1, g1, b1, _ := dst.At(tx, ty).RGBA()
					if r0 != r1 || g0 != g1 || b0 != b1 {
						t.Fatalf("%T %v orientation %d: pixel %d,%d differs at %d,%d", src, b, o, x, y, tx, ty)
					}
				}
			}
		}
	}
}

func FuzzTags(f *testing.F) {
	f.Add(directory(binary.LittleEndian, 8, entry{Orientation, 3, 1, 6}))
	f.Add(directory(binary.BigEndian, 0, entry{ImageWidth, 4, 1, 60000}, entry{Orientation, 3, 9, 4}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if o := FromEXIF(b); o < 1 || o > 8 {
			t.Fatalf("orientation %d", o)
		}
		if tags, n, _ := Tags(b); len(tags) > maxEntries || n > maxDirectories {
			t.Fatalf("%d tags in %d directories", len(tags), n)
		}
	})
}
