package jpeg

import (
	"bytes"
	"image"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// flat makes a gray file of 8 x 8 blocks where each block has another DC value and some detail.
func flat(restart int) *sample {
	s := &sample{width: 64, height: 64, sampling: [][2]int{{1, 1}}, restart: restart, adobe: -1}
	fill(s, 11, 12)
	return s
}

func codes(f *File) []string {
	var out []string
	for _, p := range f.Problems {
		out = append(out, p.Code)
	}
	return out
}

func has(f *File, code string) bool {
	for _, p := range f.Problems {
		if p.Code == code {
			return true
		}
	}
	return false
}

// However much is cut off, what came before is there, exactly, and the rest is counted.
func TestTruncatedAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := randomSample(t)
		s.lines = false
		whole := s.encode()
		begin := bytes.LastIndex(whole, []byte{0xFF, SOS})
		cut := rapid.IntRange(begin+8+2*len(s.sampling), len(whole)-1).Draw(t, "cut")
		f, err := Read(whole[:cut], DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		if f.End != int64(cut) || len(f.Problems) == 0 || !f.Broken() && !has(f, MissingEndMarker) {
			t.Fatalf("end %d of %d, problems %v", f.End, cut, f.Problems)
		}
		if has(f, MissingEndMarker) != (f.Complete == 1) {
			t.Fatalf("complete %v but problems %v", f.Complete, codes(f))
		}
		scan := f.Scans[0]
		if want := float64(scan.MCUsRead) / float64(scan.MCUs); math.Abs(f.Complete-want) > 1e-9 {
			t.Fatalf("complete %v, want %v", f.Complete, want)
		}
		for i := range f.Components {
			c := &f.Components[i]
			for y := range c.BlocksHigh {
				for x := range c.BlocksWide {
					at := (y*c.BlocksWide + x) * 64
					want := [64]int16{}
					if c.Arrived(x, y) {
						want = [64]int16(s.coefficients[i][at : at+64])
					}
					if *c.Block(x, y) != want {
						t.Fatalf("component %d block %d,%d (arrived: %v) is %v", i, x, y, c.Arrived(x, y), *c.Block(x, y))
					}
				}
			}
		}
	})
}

func TestTruncationIsLocated(t *testing.T) {
	data := flat(0).encode()
	half := data[:len(data)/2]
	f := mustRead(t, half)
	p, ok := f.FirstBreak()
	if !ok || p.Code != Truncated || p.Offset != int64(len(half)) || p.MCU != f.Scans[0].MCUsRead || p.Scan != 0 {
		t.Errorf("first break %+v", p)
	}
	if f.Complete < 0.4 || f.Complete > 0.6 || len(f.Problems) != 1 {
		t.Errorf("half a file is complete to %v, problems %v", f.Complete, f.Problems)
	}
	m, err := f.Render()
	if err != nil {
		t.Fatal(err)
	}
	if got := m.(*image.Gray).GrayAt(60, 60).Y; got != 128 {
		t.Errorf("the part that never arrived is %d, want mid grey", got)
	}
}

func TestOnlyTheEndMarkerIsMissing(t *testing.T) {
	for _, name := range []string{"sequential-420", "progressive-420"} {
		data := load(t, name)
		f := mustRead(t, data[:len(data)-2])
		if f.Complete != 1 || f.Broken() || len(f.Problems) != 1 || f.Problems[0].Code != MissingEndMarker {
			t.Errorf("%s: complete %v, problems %v", name, f.Complete, f.Problems)
		}
	}
}

// A progressive file cut between scans shows the whole picture without its fine detail.
func TestProgressiveWithoutItsLastScans(t *testing.T) {
	data := load(t, "progressive-420")
	scans := mustRead(t, data).Scans
	f := mustRead(t, data[:scans[4].Offset])
	if f.Complete != 1 || !f.Broken() || !has(f, Truncated) || !has(f, ScansMissing) || len(f.Scans) != 4 {
		t.Errorf("cut after 4 of %d scans: complete %v, problems %v", len(scans), f.Complete, f.Problems)
	}
	// Inside the first scan, only part of the picture is there.
	f = mustRead(t, data[:(scans[0].Offset+14+scans[1].Offset)/2])
	if f.Complete <= 0 || f.Complete >= 1 || !has(f, ScansMissing) {
		t.Errorf("cut in the first scan: complete %v, problems %v", f.Complete, f.Problems)
	}
	m, err := f.Render()
	if err != nil {
		t.Fatal(err)
	}
	y := m.(*image.YCbCr)
	if got := y.YCbCrAt(74, 52); got.Y != 128 || got.Cb != 128 || got.Cr != 128 {
		t.Errorf("the part that never arrived is %v, want mid grey", got)
	}
}

// A component whose scan never came counts as missing by its share of the blocks.
func TestMissingColourScans(t *testing.T) {
	data := load(t, "three-scans-420")
	scans := mustRead(t, data).Scans
	f := mustRead(t, data[:scans[1].Offset])
	if want := 70.0 / (70 + 2*20); math.Abs(f.Complete-want) > 1e-9 {
		t.Errorf("complete %v with the luminance alone, want %v", f.Complete, want)
	}
}

// Restart markers are there so that damage stays local.
func TestDamageStaysWithinARestartInterval(t *testing.T) {
	s := flat(8)
	data := s.encode()
	marks := restarts(data)
	if len(marks) != 7 {
		t.Fatalf("%d restart markers", len(marks))
	}
	broken := append(bytes.Clone(data[:marks[2]-20]), data[marks[2]:]...) // 20 bytes missing in the third row
	f := mustRead(t, broken)
	lost := 0
	for y := range 8 {
		for x := range 8 {
			c := &f.Components[0]
			at := (y*8 + x) * 64
			switch {
			case !c.Arrived(x, y):
				lost++
				if y != 2 {
					t.Errorf("block %d,%d is lost", x, y)
				}
			case *c.Block(x, y) != [64]int16(s.coefficients[0][at:at+64]):
				t.Errorf("block %d,%d differs", x, y)
			}
		}
	}
	if lost == 0 || lost > 7 || f.Complete != float64(64-lost)/64 {
		t.Errorf("%d blocks lost, complete %v", lost, f.Complete)
	}
	if p, _ := f.FirstBreak(); p.MCU < 16 || p.MCU >= 24 || p.Offset > int64(marks[2]) {
		t.Errorf("first break %+v", p)
	}
}

func restarts(data []byte) (at []int) {
	pos := bytes.LastIndex(data, []byte{0xFF, SOS}) + 10
	for {
		i := skipEntropy(data, pos, func(byte) bool { return true })
		if i == len(data) || !isRestart(data[i+1]) {
			return at
		}
		at = append(at, i)
		pos = i + 2
	}
}

// A whole interval that vanished moves nothing: the number of the next marker tells.
func TestLostRestartInterval(t *testing.T) {
	s := flat(8)
	data := s.encode()
	marks := restarts(data)
	f := mustRead(t, append(bytes.Clone(data[:marks[1]]), data[marks[3]:]...)) // rows 2 and 3 are gone
	c := &f.Components[0]
	if !has(f, BadRestartMarker) || f.Complete != 6.0/8 || c.Arrived(0, 2) || c.Arrived(7, 3) || !c.Arrived(0, 4) {
		t.Errorf("complete %v, problems %v", f.Complete, f.Problems)
	}
	if got, want := *c.Block(3, 5), [64]int16(s.coefficients[0][(5*8+3)*64:][:64]); got != want {
		t.Error("the rows behind the gap are not in their place")
	}
	// The same interval twice: the second one is passed over.
	twice := append(bytes.Clone(data[:marks[2]]), data[marks[1]:]...)
	f = mustRead(t, twice)
	if !has(f, BadRestartMarker) || f.Complete != 1 {
		t.Errorf("repeated interval: complete %v, problems %v", f.Complete, f.Problems)
	}
}

func TestBadHuffmanCode(t *testing.T) {
	data := flat(0).encode()
	at := bytes.LastIndex(data, []byte{0xFF, SOS}) + 10 + 600
	broken := bytes.Clone(data)
	copy(broken[at:], bytes.Repeat([]byte{0xFF, 0}, 20)) // sixteen ones are no standard code
	f := mustRead(t, broken)
	p, ok := f.FirstBreak()
	if !ok || p.Code != BadHuffmanCode || p.Offset < int64(at)-8 || p.Offset > int64(at)+48 {
		t.Errorf("first break %+v, damage at %d", p, at)
	}
	if f.Complete <= 0 || f.Complete >= 1 || f.End != int64(len(broken)) {
		t.Errorf("complete %v, end %d of %d", f.Complete, f.End, len(broken))
	}
}

func TestOddities(t *testing.T) {
	s := flat(0)
	data := s.encode()
	insert := func(at int, b ...byte) []byte { return append(append(bytes.Clone(data[:at]), b...), data[at:]...) }
	dht := bytes.Index(data, []byte{0xFF, DHT})
	for name, c := range map[string]struct {
		data   []byte
		code   string
		broken bool
	}{
		"fill bytes before a marker":      {insert(dht, 0xFF, 0xFF), "", false},
		"stray bytes between segments":    {insert(dht, 1, 2, 3), BytesBetween, false},
		"data behind the last block":      {insert(len(data)-2, 1, 2, 3, 4, 5), DataAfterLastBlock, false},
		"a marker before the last block":  {insert(len(data)-600, 0xFF, EOI), ScanCutShort, true},
		"another picture without an end":  {append(bytes.Clone(data[:len(data)-2]), data...), UnexpectedMarker, false},
		"a segment of length 1":           {insert(dht, 0xFF, COM, 0, 1), BadSegment, true},
		"a Huffman table of length 5":     {insert(dht, 0xFF, DHT, 0, 5, 0, 0, 0), BadSegment, true},
		"restart markers nobody declared": {insert(len(data)-600, 0xFF, RST0), BadRestartMarker, true},
		"the component again":             {insert(len(data)-2, data[bytes.Index(data, []byte{0xFF, SOS}):len(data)-2]...), ComponentCodedTwice, false},
	} {
		f := mustRead(t, c.data)
		if (c.code != "" && !has(f, c.code)) || c.code == "" && len(f.Problems) > 0 || f.Broken() != c.broken {
			t.Errorf("%s: problems %v, broken %v; want %q, %v", name, f.Problems, f.Broken(), c.code, c.broken)
		}
	}
	f := mustRead(t, insert(len(data)-2, 1, 2, 3, 4, 5))
	if p := f.Problems[0]; p.Bytes != 5 || p.Offset != int64(len(data)-2) {
		t.Errorf("5 bytes behind the last block at %d are reported as %+v", len(data)-2, p)
	}
	again := append(bytes.Clone(data[:len(data)-2]), data...)
	if f := mustRead(t, again); f.End != int64(len(data)-2) {
		t.Errorf("the picture ends at %d, where the next begins at %d", f.End, len(data)-2)
	}
}

func TestTableProblems(t *testing.T) {
	data := flat(0).encode()
	edit := func(marker byte, at int, v byte) []byte {
		b := bytes.Clone(data)
		b[bytes.Index(b, []byte{0xFF, marker})+at] = v
		return b
	}
	for name, b := range map[string][]byte{
		"overfull Huffman table":       edit(DHT, 5, 200),
		"Huffman table in slot 7":      edit(DHT, 4, 7),
		"scan names an undefined slot": edit(SOS, 6, 0x33),
		"quantization table elsewhere": edit(DQT, 4, 3),
		"scan of unknown component":    edit(SOS, 5, 99),
	} {
		f := mustRead(t, b)
		if !f.Broken() {
			t.Errorf("%s: no problem seen", name)
		}
		if _, err := f.Render(); err != nil {
			t.Errorf("%s: render: %v", name, err)
		}
	}
}

// Thousands of broken intervals must not become thousands of problems.
func TestProblemsAreBounded(t *testing.T) {
	s := &sample{width: 800, height: 80, sampling: [][2]int{{1, 1}}, restart: 1, adobe: -1}
	fill(s, 5, 3)
	data := s.encode()
	at := bytes.LastIndex(data, []byte{0xFF, SOS}) + 10
	for i := at; i+2 < len(data); i++ {
		if data[i] == 0xFF && isRestart(data[i+1]) {
			data[i+1] = RST0 // all with the same number
		}
	}
	f := mustRead(t, data)
	if len(f.Problems) > maxProblems || f.ProblemsOmitted == 0 {
		t.Errorf("%d problems, %d omitted", len(f.Problems), f.ProblemsOmitted)
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"sequential-420", "progressive-420", "progressive-restart-420", "restart-420", "cmyk", "three-scans-420", "sixteen-bit-tables", "sequential-odd"} {
		f.Add(load(f, name))
	}
	f.Add((&sample{width: 9, height: 9, sampling: [][2]int{{1, 1}}, adobe: 0, lines: true, coefficients: [][]int16{make([]int16, 4*64)}}).encode())
	limit := Limits{Pixels: 1 << 20, Memory: 8 << 20, Scans: 40, Segments: 200}
	f.Fuzz(func(t *testing.T, data []byte) {
		layout, layoutErr := ScanSegments(data, limit)
		if layout.End > int64(len(data)) {
			t.Fatalf("layout ends at %d of %d", layout.End, len(data))
		}
		header, headerErr := ReadHeader(data, limit)
		file, err := Read(data, limit)
		if file == nil || header == nil {
			t.Fatal("no file")
		}
		if file.End < 0 || file.End > int64(len(data)) || file.Complete < 0 || file.Complete > 1 || math.IsNaN(file.Complete) {
			t.Fatalf("end %d of %d, complete %v", file.End, len(data), file.Complete)
		}
		for _, s := range file.Segments {
			s.Payload(data)
		}
		if err != nil {
			return
		}
		if headerErr != nil || layoutErr != nil {
			t.Fatalf("Read accepts what ReadHeader (%v) or ScanSegments (%v) refuses", headerErr, layoutErr)
		}
		if header.Width != file.Width || header.Height != file.Height {
			t.Fatalf("header says %d x %d, file %d x %d", header.Width, header.Height, file.Width, file.Height)
		}
		for i := range file.Components {
			c := &file.Components[i]
			c.Arrived(c.BlocksWide-1, c.BlocksHigh-1)
			c.Arrived(-1, 1<<40)
		}
		if m, err := file.Render(); err == nil && (m.Bounds().Dx() != file.Width || m.Bounds().Dy() != file.Height) {
			t.Fatalf("rendered %v", m.Bounds())
		}
	})
}
