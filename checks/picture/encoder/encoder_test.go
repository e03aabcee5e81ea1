package encoder

import (
	"image"
	"strings"
	"testing"

	"dossier/checks/picture/filetest"
	"dossier/checks/picture/jpeg"
	"dossier/fixtures/jpegwriter"
)

func describe(t *testing.T, o jpegwriter.Options) *Description {
	t.Helper()
	data, err := jpegwriter.Encode(filetest.Noise(40, 24), o)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Describe(data)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEveryQualityIsRecognised(t *testing.T) {
	seen := map[string]int{}
	for q := 1; q <= 100; q++ {
		luma, chroma := jpegwriter.IJG(q)
		d := describe(t, jpegwriter.Options{Luma: luma, Chroma: chroma})
		if d.Quality != q || d.LumaQuality != q {
			t.Errorf("quality %d was read as %d (%d)", q, d.Quality, d.LumaQuality)
		}
		if before, twice := seen[d.Hash()]; twice {
			t.Errorf("qualities %d and %d have one hash", before, q)
		}
		seen[d.Hash()] = q
	}
	luma, chroma := jpegwriter.Camera(5)
	if d := describe(t, jpegwriter.Options{Luma: luma, Chroma: chroma}); d.Quality != 0 {
		t.Errorf("a camera's own tables were read as quality %d", d.Quality)
	}
	// The two tables of different qualities.
	luma, _ = jpegwriter.IJG(90)
	_, chroma = jpegwriter.IJG(80)
	if d := describe(t, jpegwriter.Options{Luma: luma, Chroma: chroma}); d.Quality != 0 || d.LumaQuality != 90 {
		t.Errorf("mixed tables were read as %d (%d)", d.Quality, d.LumaQuality)
	}
}

func TestDescription(t *testing.T) {
	d := describe(t, jpegwriter.Options{Quality: 90, EXIF: &jpegwriter.EXIF{Make: "x"}, Restart: 2, Sampling: jpegwriter.S422})
	if d.Order != "APP0/JFIF APP1/Exif DQT SOF0 DHT DRI SOS" && !strings.HasPrefix(d.Order, "APP0/JFIF APP1/Exif DQT") {
		t.Errorf("order %q", d.Order)
	}
	if d.Huffman != "standard" || d.Sampling != "2x1,1x1,1x1" || !d.Restart || d.Progressive || !d.JFIF || !d.EXIF || d.Adobe || d.Changed || d.Unused != 0 {
		t.Errorf("%+v", d)
	}
	d = describe(t, jpegwriter.Options{Quality: 90, Progressive: true, Sampling: jpegwriter.S444, NoJFIF: true})
	if d.Huffman != "optimized" || d.Sampling != "1x1,1x1,1x1" || !d.Progressive || d.JFIF {
		t.Errorf("%+v", d)
	}
	if d = describe(t, jpegwriter.Options{Mode: jpegwriter.Gray, Quality: 60}); d.Chroma != nil || d.Quality != 60 {
		t.Errorf("grey: %+v", d)
	}
	if _, err := Describe([]byte("nothing")); err == nil {
		t.Error("something that is no JPEG was described")
	}
}

// A quarter turn without decoding swaps the tables' rows and columns.
func TestHashTurned(t *testing.T) {
	d := &Description{Luma: &jpeg.QuantizationTable{}}
	turned := &Description{Luma: &jpeg.QuantizationTable{}}
	for i := range 64 {
		d.Luma.Values[i] = uint16(i + 1)
		turned.Luma.Values[i%8*8+i/8] = uint16(i + 1)
	}
	if d.Hash() == turned.Hash() || d.HashTurned() != turned.Hash() || turned.HashTurned() != d.Hash() {
		t.Error("the hash of the turned tables is not the turned hash")
	}
	if (&Description{}).Hash() != "" {
		t.Error("a hash without tables")
	}
}

func TestDeviceName(t *testing.T) {
	for _, c := range [][3]string{
		{"Canon", "Canon EOS 5D", "CANON EOS 5D"}, {"NIKON CORPORATION", "NIKON D300", "NIKON D300"}, {"SONY ", " DSC-P52", "SONY DSC-P52"},
		{"HUAWEI", "P9", "HUAWEI P9"}, {"", "P9", ""}, {"HTC", "", ""},
	} {
		if got := DeviceName(c[0], c[1]); got != c[2] {
			t.Errorf("%q, %q: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func FuzzDescribe(f *testing.F) {
	data, err := jpegwriter.Encode(image.NewRGBA(image.Rect(0, 0, 8, 8)), jpegwriter.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		if d, err := Describe(data); err == nil {
			d.Hash()
			d.HashTurned()
		}
	})
}
