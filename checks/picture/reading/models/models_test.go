//go:build !nomodels

package models

import (
	"context"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"testing"

	"dossier/checks/picture/network"
)

func TestFilesAreWhatTheyShouldBe(t *testing.T) {
	for _, f := range []File{Detection, Recognition, Direction, Dictionary} {
		if _, err := f.Read(); err != nil {
			t.Error(err)
		}
		changed := f
		changed.SHA256 = "0" + f.SHA256[1:]
		if f.SHA256[0] == '0' {
			changed.SHA256 = "1" + f.SHA256[1:]
		}
		if _, err := changed.Read(); err == nil {
			t.Errorf("%s with another sum was given out", f.Name)
		}
	}
}

// parity holds a model against onnxruntime. See testdata/reference.js.
type parity struct {
	name          string
	model         File
	height, width int
	step          int
}

var small = []parity{
	{"detection-64x96", Detection, 64, 96, 1},
	{"detection-96x160", Detection, 96, 160, 7},
	{"direction-48x192", Direction, 48, 192, 1},
	{"recognition-48x64", Recognition, 48, 64, 1},
	{"recognition-48x320", Recognition, 48, 320, 53},
}

var large = []parity{
	{"recognition-48x1000", Recognition, 48, 1000, 211},
	{"detection-736x960", Detection, 736, 960, 101},
}

func TestModels(t *testing.T) {
	for _, p := range small {
		t.Run(p.name, p.check)
	}
}

func TestModelsAtFullSize(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds without vectors or with the race detector")
	}
	for _, p := range large {
		t.Run(p.name, p.check)
	}
}

// The same on processors without AVX-512, and without AVX2.
func TestModelsWithoutVectors(t *testing.T) {
	if os.Getenv("GODEBUG") != "" {
		t.Skip("already told")
	}
	for _, off := range []string{"cpu.avx512f=off", "cpu.avx2=off"} {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestModels$")
		cmd.Env = append(os.Environ(), "GODEBUG="+off)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("with %s: %v\n%s", off, err, out)
		}
	}
}

func (p parity) check(t *testing.T) {
	n := load(t, p.model)
	data, err := os.ReadFile("testdata/" + p.name + ".f32")
	if err != nil {
		t.Fatal(err)
	}
	got, err := n.NewSession().Run(context.Background(), p.input())
	if err != nil {
		t.Fatal(err)
	}
	if want := (len(got.Data) + p.step - 1) / p.step * 4; len(data) != want {
		t.Fatalf("%d values of shape %v: the reference has %d bytes, want %d", len(got.Data), got.Shape, len(data), want)
	}
	worst, most := 0.0, 0.0
	for i := 0; 4*i < len(data); i++ {
		want := math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
		d := math.Abs(float64(got.Data[i*p.step] - want))
		if !(d <= 1e-4) {
			t.Fatalf("value %d is %v, onnxruntime has %v", i*p.step, got.Data[i*p.step], want)
		}
		worst, most = max(worst, d), max(most, float64(want))
	}
	if most < 0.1 {
		t.Errorf("the largest value is %v: nothing to compare", most)
	}
	t.Logf("largest difference %.1g", worst)
}

func load(t testing.TB, f File) *network.Network {
	t.Helper()
	data, err := f.Read()
	if err != nil {
		t.Fatal(err)
	}
	n, err := network.Load(data)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// input is the input of the reference outputs.
func (p parity) input() *network.Tensor {
	x := network.NewTensor(1, 3, p.height, p.width)
	state := uint32(12345)
	for i := range x.Data {
		state = state*1664525 + 1013904223
		x.Data[i] = float32((float64(i%512)/512 - 0.5) + (float64(state>>8)/16777216 - 0.5))
		if p.model == Detection {
			column, row := i%p.width, i/p.width%p.height
			band := row%48 >= 12 && row%48 < 36 && column >= 16 && column < p.width-16 && column%24 < 20
			hash := (uint32(column>>2)*40503 + uint32(row>>2)*30011) >> 3
			x.Data[i] = 2.25
			if band && hash%3 != 0 {
				x.Data[i] = -1.75
			}
		}
	}
	return x
}

func BenchmarkModels(b *testing.B) {
	for _, p := range []parity{small[4], large[1], small[2]} {
		b.Run(p.name, func(b *testing.B) {
			s, x := load(b, p.model).NewSession(), p.input()
			for b.Loop() {
				if _, err := s.Run(context.Background(), x); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(s.Bytes()>>20), "MiB")
		})
	}
}

// A model that was changed, however it was changed, is refused or computes something; nothing
// brings the program down. (That the sum is compared first is not what saves it.)
func FuzzLoad(f *testing.F) {
	f.Add(uint32(100), byte(1), uint32(5000), byte(255), uint32(0), true)
	f.Add(uint32(20), byte(9), uint32(400000), byte(3), uint32(577000), false)
	whole, err := Direction.Read()
	if err != nil {
		f.Fatal(err)
	}
	x := small[2].input()
	f.Fuzz(func(t *testing.T, at uint32, v byte, at2 uint32, v2 byte, cut uint32, back bool) {
		data := append([]byte{}, whole...)
		n := uint32(len(data))
		if back { // most of what is not weights stands at the end of nodes; reach both ends
			at, at2 = n-1-at%n, n-1-at2%n
		}
		data[at%n], data[at2%n] = v, v2
		if cut%7 == 0 {
			data = data[:n-cut%n]
		}
		net, err := network.Load(data)
		if err != nil {
			return
		}
		_, _ = net.NewSession().Run(context.Background(), x)
	})
}
