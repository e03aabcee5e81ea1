package network

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dossier/checks"
)

// A reference is an input and what onnxruntime computes from it. See testdata/reference.js.
type reference struct {
	Shape  []int     `json:"shape"`
	Input  []float32 `json:"input"`
	Want   []int     `json:"want"`
	Output []float32 `json:"output"`
}

// Every operator, alone and in the company that the models have it in, gives what onnxruntime gives.
func TestOperators(t *testing.T) {
	files, err := filepath.Glob("testdata/ops/*.onnx")
	if err != nil || len(files) < 35 {
		t.Fatalf("%d cases, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".onnx"), func(t *testing.T) {
			model, ref := readReference(t, file)
			n, err := Load(model)
			if err != nil {
				t.Fatal(err)
			}
			s := n.NewSession()
			// Twice: the second run finds the first one's memory in its buffers.
			for range 2 {
				got, err := s.Run(context.Background(), &Tensor{ref.Shape, ref.Input})
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(got.Shape, ref.Want) {
					t.Fatalf("shape %v, want %v", got.Shape, ref.Want)
				}
				for i, v := range got.Data {
					if d := math.Abs(float64(v - ref.Output[i])); !(d <= 1e-5*(1+math.Abs(float64(ref.Output[i])))) {
						t.Fatalf("value %d is %v, want %v", i, v, ref.Output[i])
					}
				}
			}
		})
	}
}

// Shared among processors, large convolutions give the same to the last bit.
func TestThreads(t *testing.T) {
	for _, name := range []string{"conv-1x1", "conv-3x3", "depthwise-5x5", "depthwise-3x3-stride-2-1"} {
		model, ref := readReference(t, "testdata/ops/"+name+".onnx")
		n, err := Load(model)
		if err != nil {
			t.Fatal(err)
		}
		in := NewTensor(1, ref.Shape[1], 211, 197)
		for i := range in.Data {
			in.Data[i] = float32(i*7919%1009)/1009 - 0.5
		}
		var want []float32
		for _, threads := range []int{0, 2, 300} {
			s := n.NewSession()
			s.Threads = threads
			got, err := s.Run(context.Background(), in)
			if err != nil {
				t.Fatal(err)
			}
			if threads == 0 {
				want = slices.Clone(got.Data)
			} else if len(s.others) == 0 {
				t.Errorf("%s was not shared among %d", name, threads)
			}
			if !slices.Equal(got.Data, want) {
				t.Errorf("%s on %d processors is another", name, threads)
			}
		}
	}
}

func readReference(t testing.TB, file string) ([]byte, reference) {
	t.Helper()
	model, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(strings.TrimSuffix(file, ".onnx") + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var ref reference
	if err := json.Unmarshal(data, &ref); err != nil {
		t.Fatal(err)
	}
	return model, ref
}

// The same without the instructions that this machine has and others do not: the run is repeated in
// a process of its own, which is told not to see them.
func TestOperatorsWithoutVectors(t *testing.T) {
	if os.Getenv("GODEBUG") != "" {
		t.Skip("already told")
	}
	for _, off := range []string{"cpu.avx512f=off", "cpu.avx2=off"} {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestOperators$")
		cmd.Env = append(os.Environ(), "GODEBUG="+off)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("with %s: %v\n%s", off, err, out)
		}
	}
}

// What fuses must have fused: each of these is one or a few operators in the end.
func TestFusion(t *testing.T) {
	for name, want := range map[string]int{
		"conv-scaled-hardswish-9": 1, "depthwise-scaled-hardswish-11": 1, "conv-normalised-relu": 1, "conv-leaky": 1,
		"transposed": 1, "layer-norm": 1, "swish": 1, "matrix-2": 1, "transposed-to-one-channel": 2, "squeeze-and-excite-added": 5,
	} {
		model, _ := readReference(t, "testdata/ops/"+name+".onnx")
		n, err := Load(model)
		if err != nil {
			t.Fatal(err)
		}
		if len(n.steps) != want {
			var have []string
			for _, s := range n.steps {
				have = append(have, s.name)
			}
			t.Errorf("%s: %d operators, want %d: %s", name, len(n.steps), want, strings.Join(have, ", "))
		}
	}
}

func TestRunRefusesWhatDoesNotFit(t *testing.T) {
	model, ref := readReference(t, "testdata/ops/conv-3x3.onnx")
	n, err := Load(model)
	if err != nil {
		t.Fatal(err)
	}
	s := n.NewSession()
	for name, in := range map[string]*Tensor{
		"other channels":     NewTensor(1, 17, 6, 9),
		"two pictures":       NewTensor(2, 18, 6, 9),
		"three dimensions":   NewTensor(18, 6, 9),
		"too few values":     {ref.Shape, ref.Input[1:]},
		"nothing":            {[]int{1, 18, 0, 9}, nil},
		"negative":           {[]int{1, 18, -1, 9}, nil},
		"beyond any machine": {[]int{1, 18, 1 << 40, 1 << 40}, nil},
	} {
		if _, err := s.Run(context.Background(), in); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := s.RunPicture(context.Background(), 6, 9, make([]float32, 6*9*3)); err == nil {
		t.Error("a picture of three colours for eighteen channels: no error")
	}
	// The session still works, and an ended context ends a run.
	if _, err := s.Run(context.Background(), &Tensor{ref.Shape, ref.Input}); err != nil {
		t.Error(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := s.Run(ctx, &Tensor{ref.Shape, ref.Input}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestUnknownOperatorIsNamed(t *testing.T) {
	model, _ := readReference(t, "testdata/ops/swish.onnx")
	changed := []byte(strings.Replace(string(model), "Sigmoid", "Sigmund", 1))
	_, err := Load(changed)
	var u *checks.UnsupportedError
	if !errors.As(err, &u) || !strings.Contains(err.Error(), "Sigmund") {
		t.Errorf("%v", err)
	}
}

func TestMemoryIsUsedAgainAndGivenBack(t *testing.T) {
	model, ref := readReference(t, "testdata/ops/squeeze-and-excite.onnx")
	n, err := Load(model)
	if err != nil {
		t.Fatal(err)
	}
	s := n.NewSession()
	in := &Tensor{ref.Shape, ref.Input}
	held := 0
	for i := range 5 {
		if _, err := s.Run(context.Background(), in); err != nil {
			t.Fatal(err)
		}
		if i > 2 && s.Bytes() != held { // the first runs find out what sizes are needed
			t.Errorf("run %d holds %d bytes, the one before held %d", i, s.Bytes(), held)
		}
		held = s.Bytes()
	}
	if held == 0 {
		t.Error("nothing is held")
	}
	s.Trim(0)
	if s.Bytes() != 0 {
		t.Errorf("%d bytes held after all was given back", s.Bytes())
	}
}
