package jpeg

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"dossier/checks"
)

func load(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".jpg"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func mustRead(t testing.TB, data []byte) *File {
	t.Helper()
	f, err := Read(data, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The standard library decodes the same pixels from the same coefficients, but for the rounding
// of two different inverse transforms.
func TestRenderAgreesWithStandardLibrary(t *testing.T) {
	names, _ := filepath.Glob("testdata/*.jpg")
	compared := 0
	for _, path := range names {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want, err := stdjpeg.Decode(bytes.NewReader(data))
		if err != nil {
			continue // arithmetic coding and odd sampling, which it does not read
		}
		f := mustRead(t, data)
		if len(f.Problems) != 0 || f.Complete != 1 || f.End != int64(len(data)) {
			t.Errorf("%s: problems %v, complete %v, end %d of %d; want a faultless file", path, f.Problems, f.Complete, f.End, len(data))
		}
		got, err := f.Render()
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		compared++
		tolerance := 1
		if f.Adobe || len(f.Components) == 4 {
			tolerance = 3 // converted from YCbCr, which multiplies a difference by up to 1.8
		}
		if d := difference(got, want); d > tolerance {
			t.Errorf("%s: differs from image/jpeg by %d, want at most %d", path, d, tolerance)
		}
	}
	if compared < 14 {
		t.Errorf("compared %d files; the test data are not there", compared)
	}
}

// difference returns the largest difference of two pictures, sample by sample where both keep YCbCr.
func difference(a, b image.Image) int {
	if a.Bounds() != b.Bounds() {
		return 1000
	}
	d := 0
	r := a.Bounds()
	ya, ok := a.(*image.YCbCr)
	yb, ok2 := b.(*image.YCbCr)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if ok && ok2 && ya.SubsampleRatio == yb.SubsampleRatio {
				p, q := ya.YCbCrAt(x, y), yb.YCbCrAt(x, y)
				d = max(d, abs(int(p.Y)-int(q.Y)), abs(int(p.Cb)-int(q.Cb)), abs(int(p.Cr)-int(q.Cr)))
				continue
			}
			ar, ag, ab, _ := a.At(x, y).RGBA()
			br, bg, bb, _ := b.At(x, y).RGBA()
			d = max(d, abs(int(ar)-int(br))>>8, abs(int(ag)-int(bg))>>8, abs(int(ab)-int(bb))>>8)
		}
	}
	return d
}

// Sampling that image/jpeg refuses still gives the picture: compared with the same drawing at 4:4:4.
func TestRenderOddSampling(t *testing.T) {
	want, err := mustRead(t, load(t, "optimized-444")).Render()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sequential-3x1", "sequential-odd", "sequential-411"} {
		got, err := mustRead(t, load(t, name)).Render()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		// Chroma was reduced, so only the average must agree.
		if d := meanDifference(got, want); d > 11 {
			t.Errorf("%s: differs from 4:4:4 by %.1f on average", name, d)
		}
	}
	colourless, err := mustRead(t, load(t, "gray")).Render()
	if err != nil {
		t.Fatal(err)
	}
	if d := meanDifference(colourless, want); d < 22 {
		t.Errorf("without colour the difference is only %.1f: the comparison above proves nothing", d)
	}
}

func meanDifference(a, b image.Image) float64 {
	r := a.Bounds()
	sum := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			p := color.RGBAModel.Convert(a.At(x, y)).(color.RGBA)
			q := color.RGBAModel.Convert(b.At(x, y)).(color.RGBA)
			sum += abs(int(p.R)-int(q.R)) + abs(int(p.G)-int(q.G)) + abs(int(p.B)-int(q.B))
		}
	}
	return float64(sum) / float64(3*r.Dx()*r.Dy())
}

// A lossless transcoder changes the coding and not one coefficient.
func TestSameCoefficientsInEveryCoding(t *testing.T) {
	for _, family := range [][]string{
		{"sequential-420", "progressive-420", "restart-420", "progressive-restart-420", "three-scans-420"},
		{"optimized-444", "progressive-444"},
		{"gray", "progressive-gray"},
	} {
		want := mustRead(t, load(t, family[0]))
		for _, name := range family[1:] {
			got := mustRead(t, load(t, name))
			for i := range want.Components {
				a, b := &want.Components[i], &got.Components[i]
				for y := range (a.Height + 7) / 8 { // blocks beyond are not coded in every way
					for x := range (a.Width + 7) / 8 {
						if *a.Block(x, y) != *b.Block(x, y) {
							t.Fatalf("%s: component %d, block %d,%d differs from %s", name, i, x, y, family[0])
						}
					}
				}
			}
		}
	}
}

// Any coefficients, sampling and restart interval that can be written are read back exactly.
func TestReadsBackAnyCoefficients(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := randomSample(t)
		f, err := Read(s.encode(), DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Problems) > 0 || f.Complete != 1 {
			t.Fatalf("problems %v, complete %v", f.Problems, f.Complete)
		}
		for i := range s.sampling {
			if !slices.Equal(f.Components[i].Coefficients, s.coefficients[i]) {
				t.Fatalf("component %d differs", i)
			}
		}
	})
}

func randomSample(t *rapid.T) *sample {
	s := &sample{
		width: rapid.IntRange(1, 70).Draw(t, "width"), height: rapid.IntRange(1, 70).Draw(t, "height"),
		restart: rapid.IntRange(0, 9).Draw(t, "restart"), adobe: -1,
		lines: rapid.Bool().Draw(t, "lines"),
	}
	for range rapid.SampledFrom([]int{1, 3, 4}).Draw(t, "components") {
		s.sampling = append(s.sampling, [2]int{rapid.IntRange(1, 4).Draw(t, "h"), rapid.IntRange(1, 4).Draw(t, "v")})
	}
	fill(s, rapid.Uint64().Draw(t, "seed"), rapid.IntRange(0, 63).Draw(t, "density"))
	return s
}

// fill gives the sample random coefficients, about density a block, of every size the format has.
func fill(s *sample, seed uint64, density int) {
	r := rand.New(rand.NewPCG(seed, 1))
	s.coefficients = nil
	for i := range s.sampling {
		wide, high := s.blocks(i)
		c := make([]int16, wide*high*64)
		for b := 0; b < len(c); b += 64 {
			c[b] = int16(r.IntN(2048) - 1024)
			for range density {
				size := 1 + r.IntN(10)
				c[b+1+r.IntN(63)] = int16(r.IntN(1<<(size+1)-1) - 1<<size + 1)
			}
		}
		s.coefficients = append(s.coefficients, c)
	}
}

func TestHeaderAndTables(t *testing.T) {
	f, err := ReadHeader(load(t, "restart-420"), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if f.Width != 75 || f.Height != 53 || f.Progressive || !f.JFIF || f.RestartInterval != 2 {
		t.Errorf("header %+v", f)
	}
	if c := f.Components[0]; c.H != 2 || c.V != 2 || c.BlocksWide != 10 || c.BlocksHigh != 8 || c.Coefficients != nil {
		t.Errorf("component 0 is %+v", c)
	}
	if c := f.Components[1]; c.Width != 38 || c.Height != 27 || c.BlocksWide != 5 || c.TableIndex != 1 {
		t.Errorf("component 1 is %+v", c)
	}
	if len(f.QuantizationTables) != 2 || len(f.HuffmanTables) != 4 {
		t.Fatalf("%d quantization and %d Huffman tables", len(f.QuantizationTables), len(f.HuffmanTables))
	}
	// Quality 80 of the IJG tables: (16*40+50)/100 for DC, (11*40+50)/100 beside it.
	if q := f.QuantizationTables[0]; q.Values[0] != 6 || q.Values[1] != 4 || q.Values[8] != 5 || q.Precision != 8 {
		t.Errorf("quantization table begins %v", q.Values[:9])
	}
	if f := mustRead(t, load(t, "sequential-420")); !f.HuffmanTables[1].Standard() {
		t.Error("a plain encoder's Huffman tables are the standard ones")
	}
	if f := mustRead(t, load(t, "optimized-444")); f.HuffmanTables[1].Standard() {
		t.Error("an optimizing encoder's Huffman tables are not the standard ones")
	}
	if f := mustRead(t, load(t, "sixteen-bit-tables")); f.QuantizationTables[0].Precision != 16 || f.QuantizationTables[0].Values[0] < 256 {
		t.Errorf("16-bit quantization table is %+v", f.QuantizationTables[0])
	}
}

func TestScansAreDescribed(t *testing.T) {
	f := mustRead(t, load(t, "progressive-420"))
	if len(f.Scans) != 10 || !f.Progressive {
		t.Fatalf("%d scans, want the 10 of the usual script", len(f.Scans))
	}
	if s := f.Scans[0]; s.First != 0 || s.Last != 0 || s.AH != 0 || s.AL != 1 || s.MCUs != 20 || s.MCUsRead != 20 || len(s.Components) != 3 {
		t.Errorf("first scan is %+v", s)
	}
	if s := f.Scans[9]; s.First != 1 || s.Last != 63 || s.AH != 1 || s.AL != 0 || len(s.Components) != 1 {
		t.Errorf("last scan is %+v", s)
	}
}

// A frame of height 0 gets its height from the DNL segment behind the scan.
func TestNumberOfLines(t *testing.T) {
	s := &sample{width: 20, height: 17, sampling: [][2]int{{1, 1}}, adobe: -1, lines: true}
	fill(s, 1, 5)
	data := s.encode()
	if f := mustRead(t, data); f.Height != 17 || f.Complete != 1 || len(f.Problems) > 0 {
		t.Errorf("height %d, complete %v, problems %v", f.Height, f.Complete, f.Problems)
	}
	cut := bytes.Replace(data, []byte{0xFF, DNL}, []byte{0xFF, COM}, 1)
	var bad *checks.FormatError
	if _, err := Read(cut, DefaultLimits()); !errors.As(err, &bad) {
		t.Errorf("height 0 without DNL gives %v, want a format error", err)
	}
}

// Motion JPEG frames leave the standard tables out.
func TestStandardTablesAssumed(t *testing.T) {
	s := &sample{width: 20, height: 20, sampling: [][2]int{{1, 1}}, adobe: -1, noTables: true}
	fill(s, 2, 10)
	f := mustRead(t, s.encode())
	if !slices.Equal(f.Components[0].Coefficients, s.coefficients[0]) || f.Problems[0].Code != StandardTables || f.Broken() {
		t.Errorf("complete %v, problems %v", f.Complete, f.Problems)
	}
}

// Adobe programs store ink inverted; the inks of a file without the segment are as they are.
func TestInkIsTurnedTheRightWay(t *testing.T) {
	for _, c := range []struct {
		adobe int
		want  color.CMYK
	}{
		{0, color.CMYK{C: 255 - 28, M: 255 - 128, Y: 255 - 128, K: 255 - 128}},
		{-1, color.CMYK{C: 28, M: 128, Y: 128, K: 128}},
	} {
		s := &sample{width: 8, height: 8, sampling: [][2]int{{1, 1}, {1, 1}, {1, 1}, {1, 1}}, adobe: c.adobe,
			coefficients: [][]int16{make([]int16, 64), make([]int16, 64), make([]int16, 64), make([]int16, 64)}}
		s.coefficients[0][0] = -800 // 128 - 800/8
		m, err := mustRead(t, s.encode()).Render()
		if err != nil {
			t.Fatal(err)
		}
		if got := m.(*image.CMYK).CMYKAt(3, 3); got != c.want {
			t.Errorf("transform %d: ink %v, want %v", c.adobe, got, c.want)
		}
	}
}

// Three components without JFIF or Adobe, called R, G and B, are that.
func TestComponentIDsSayRGB(t *testing.T) {
	for ids, want := range map[string]bool{"RGB": true, "": false} {
		s := &sample{width: 8, height: 8, sampling: [][2]int{{1, 1}, {1, 1}, {1, 1}}, adobe: -1, ids: ids}
		fill(s, 3, 2)
		m, err := mustRead(t, s.encode()).Render()
		if err != nil {
			t.Fatal(err)
		}
		if _, rgb := m.(*image.RGBA); rgb != want {
			t.Errorf("ids %q give %T", ids, m)
		}
	}
}

func TestTypedErrors(t *testing.T) {
	good := load(t, "sequential-420")
	frame := bytes.Index(good, []byte{0xFF, SOF0})
	with := func(at int, v byte) []byte {
		b := bytes.Clone(good)
		b[frame+at] = v
		return b
	}
	unsupported := map[string][]byte{
		"arithmetic coding": load(t, "arithmetic"), "lossless coding": with(1, 0xC3), "hierarchical coding": with(1, 0xC5),
		"12-bit samples": with(4, 12), "5 components": with(9, 5),
	}
	for feature, data := range unsupported {
		var e *checks.UnsupportedError
		if f, err := Read(data, DefaultLimits()); !errors.As(err, &e) || e.Feature != feature {
			t.Errorf("%s: error %v", feature, err)
		} else if f.Width != 75 || f.Height != 53 {
			t.Errorf("%s: size %d x %d, want it named all the same", feature, f.Width, f.Height)
		}
	}
	malformed := map[string][]byte{
		"empty": nil, "not a jpeg": []byte("GIF89a"), "ends early": good[:frame], "no frame": append(bytes.Clone(good[:frame]), 0xFF, EOI),
		"scan first":    append(bytes.Clone(good[:frame]), good[bytes.Index(good, []byte{0xFF, SOS}):]...),
		"width 0":       append(with(7, 0)[:frame+8], append([]byte{0}, good[frame+9:]...)...),
		"sampling 0":    with(11, 0x02),
		"9-bit samples": with(4, 9),
	}
	for name, data := range malformed {
		var e *checks.FormatError
		if _, err := Read(data, DefaultLimits()); !errors.As(err, &e) {
			t.Errorf("%s: error %v, want a format error", name, err)
		}
	}
	limits := map[string]Limits{
		"pixels":   {Pixels: 75*53 - 1, Memory: 1 << 20, Scans: 9, Segments: 99},
		"memory":   {Pixels: 1 << 20, Memory: (80 + 2*20) * 128, Scans: 9, Segments: 99},
		"scans":    {Pixels: 1 << 20, Memory: 1 << 20, Scans: 0, Segments: 99},
		"segments": {Pixels: 1 << 20, Memory: 1 << 20, Scans: 9, Segments: 5},
	}
	limits["memory"] = Limits{Pixels: 1 << 20, Memory: (80+2*20)*128 - 1, Scans: 9, Segments: 99}
	for name, limit := range limits {
		var e *checks.LimitError
		if _, err := Read(good, limit); !errors.As(err, &e) {
			t.Errorf("%s: error %v, want a limit error", name, err)
		}
	}
	if _, err := Read(good, Limits{Pixels: 75 * 53, Memory: (80 + 2*20) * 128, Scans: 1, Segments: 99}); err != nil {
		t.Errorf("at the limits: %v", err)
	}
}

// A few bytes can ask for hours: a huge flat progressive picture, refined again and again.
func TestProgressiveBomb(t *testing.T) {
	good := load(t, "progressive-gray")
	f := mustRead(t, good)
	last := f.Scans[len(f.Scans)-1]
	scan := good[last.Offset : len(good)-2]
	bomb := bytes.Clone(good[:len(good)-2])
	for range 2000 {
		bomb = append(bomb, scan...)
	}
	var e *checks.LimitError
	if _, err := Read(bomb, DefaultLimits()); !errors.As(err, &e) {
		t.Errorf("error %v, want a limit error", err)
	}
	limit := DefaultLimits()
	limit.Scans, limit.Segments = 1<<20, 1<<20
	if _, err := Read(bomb, limit); !errors.As(err, &e) {
		t.Errorf("with scans unlimited: error %v, want a limit error for the work", err)
	}
}

func TestScanSegments(t *testing.T) {
	names, _ := filepath.Glob("testdata/*.jpg")
	for _, path := range names {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		l, err := ScanSegments(append(bytes.Clone(data), "PK\x03\x04\xFF\xD9 more"...), DefaultLimits())
		if err != nil || !l.Ended || l.End != int64(len(data)) {
			t.Errorf("%s: end %d (%v), error %v; the picture ends at %d", path, l.End, l.Ended, err, len(data))
		}
		sum := int64(0)
		for _, s := range l.Segments {
			sum += s.Length + s.Entropy
		}
		if sum != int64(len(data)) {
			t.Errorf("%s: segments and entropy data are %d bytes of %d", path, sum, len(data))
		}
		if f, err := Read(data, DefaultLimits()); err == nil && !slices.Equal(f.Segments, l.Segments) {
			t.Errorf("%s: Read and ScanSegments disagree:\n%v\n%v", path, f.Segments, l.Segments)
		}
	}
	cut := load(t, "sequential-420")
	cut = cut[:len(cut)-2]
	if l, err := ScanSegments(cut, DefaultLimits()); err != nil || l.Ended || l.End != int64(len(cut)) {
		t.Errorf("without end marker: %+v, %v", l, err)
	}
	if _, err := ScanSegments([]byte("BM"), DefaultLimits()); err == nil {
		t.Error("a bitmap passes for a JPEG")
	}
}
