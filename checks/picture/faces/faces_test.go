//go:build !nomodels

package faces

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"dossier/checks"
	"dossier/checks/picture/network"
	"dossier/fixtures"
	"dossier/fixtures/invent"
)

// The network gives what onnxruntime gives. See testdata/reference.js.
func TestNetwork(t *testing.T) {
	n, err := theNetwork()
	if err != nil {
		t.Fatal(err)
	}
	x := network.NewTensor(1, 3, 416, 416)
	for i := range x.Data {
		x.Data[i] = float32((float64(i%512)/512-0.5)/2 + float64(i/5000%7)/16)
	}
	got, err := n.NewSession().Run(context.Background(), x)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/reference.f32")
	if err != nil {
		t.Fatal(err)
	}
	if len(want) != 4*len(got.Data) {
		t.Fatalf("%d values, want %d", len(got.Data), len(want)/4)
	}
	for i, v := range got.Data {
		w := math.Float32frombits(binary.LittleEndian.Uint32(want[4*i:]))
		// The values are up to 52: one part in ten thousand of a unit is asked of those near 1.
		if d := math.Abs(float64(v - w)); !(d <= 1e-4*max(1, math.Abs(float64(w)))) {
			t.Fatalf("value %d is %v, want %v", i, v, w)
		}
	}
}

func holder(t *testing.T, seed uint64) (image.Image, fixtures.Truth) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(seed, 1))
	shot := fixtures.Shot{Device: fixtures.Messenger, Detail: fixtures.Small, Taken: time.Date(2014, 9, 1, 10, 0, 0, 0, time.UTC)}
	p := shot.Scene(rnd, fixtures.Holder(rnd, invent.NewPerson(rnd), 1200, 900, fixtures.HolderOptions{}))
	return p.Image, p.Truth
}

func near(a, b checks.Region) bool { return shared(a, b) > 0.3 }

// The holder's face in the whole picture, and the one on the card in the part around the card.
func TestHolderAndCard(t *testing.T) {
	for seed := range uint64(3) {
		img, truth := holder(t, seed)
		found, err := Find(context.Background(), img, img.Bounds(), LeastConfidence)
		if err != nil {
			t.Fatal(err)
		}
		x0, y0, x1, y1 := truth.Card.Bounds()
		around := image.Rect(int(x0), int(y0), int(x1), int(y1)).Inset(-20)
		onCard, err := Find(context.Background(), img, around, LeastConfidence)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range truth.Faces {
			have := found
			if want.Of == "card" {
				have = onCard
			}
			ok := false
			for _, f := range have {
				ok = ok || near(f.Box, want.Box)
			}
			if !ok {
				t.Errorf("seed %d: the %s's face at %v was not found among %v", seed, want.Of, want.Box, have)
			}
		}
	}
}

func TestNoFaceOnPaper(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	now := time.Date(2014, 9, 1, 10, 0, 0, 0, time.UTC)
	company := invent.NewCompany(rnd, now)
	sheet := fixtures.OldLicence(rnd, company, now, 4, fixtures.LicenceOptions{})
	found, err := Find(context.Background(), sheet.Raster.Image(), image.Rect(0, 0, 10000, 10000), LeastConfidence)
	if err != nil || len(found) > 0 {
		t.Errorf("found %v, %v", found, err)
	}
	flat := image.NewUniform(color.Gray{128})
	for _, area := range []image.Rectangle{{}, image.Rect(0, 0, 5, 500), image.Rect(-100, -100, -10, -10), image.Rect(0, 0, 640, 30), image.Rect(0, 0, 300, 400)} {
		if found, err := Find(context.Background(), &bounded{flat, image.Rect(0, 0, 640, 480)}, area, LeastConfidence); err != nil || len(found) > 0 {
			t.Errorf("area %v of grey: %v, %v", area, found, err)
		}
	}
}

// bounded is an endless picture within bounds.
type bounded struct {
	image.Image
	r image.Rectangle
}

func (b *bounded) Bounds() image.Rectangle { return b.r }

func TestSharedAndSkip(t *testing.T) {
	if _, err := Faces.Of(context.Background(), checks.NewSubject("a.jpg", checks.HolderPhoto, []byte("no picture"))); err == nil {
		t.Error("no error for what is no picture")
	} else if _, skipped := checks.SkipReason(err); !skipped {
		t.Errorf("not skipped: %v", err)
	}
}

func TestSeparate(t *testing.T) {
	box := func(x int) checks.Region { return checks.Region{X: x, Y: 0, Width: 100, Height: 100} }
	got := separate([]Face{{box(0), 0.6}, {box(10), 0.9}, {box(300), 0.7}, {box(60), 0.55}})
	if len(got) != 3 || got[0].Box.X != 10 || got[1].Box.X != 300 || got[2].Box.X != 60 {
		t.Errorf("%v", got)
	}
}

func TestWeightsAreRefused(t *testing.T) {
	entry := func(shape []int, kind string) []byte {
		type quantization struct {
			Type string `json:"dtype"`
		}
		type weight struct {
			Name         string       `json:"name"`
			Shape        []int        `json:"shape"`
			Quantization quantization `json:"quantization"`
		}
		b, _ := json.Marshal([]map[string][]weight{{"weights": {{"a", shape, quantization{kind}}}}})
		return b
	}
	if _, err := readWeights(entry([]int{2, 3}, "uint8"), make([]byte, 6)); err != nil {
		t.Errorf("sound weights: %v", err)
	}
	for name, c := range map[string]struct {
		manifest []byte
		n        int
	}{
		"no manifest":    {[]byte("{"), 0},
		"empty shape":    {entry([]int{0}, "uint8"), 0},
		"negative":       {entry([]int{-1, -6}, "uint8"), 6},
		"beyond memory":  {entry([]int{1 << 30, 1 << 30}, "uint8"), 6},
		"too few bytes":  {entry([]int{2, 3}, "uint8"), 5},
		"too many bytes": {entry([]int{2, 3}, "uint8"), 7},
		"other type":     {entry([]int{2, 3}, "uint16"), 6},
	} {
		if _, err := readWeights(c.manifest, make([]byte, c.n)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := build(map[string]*network.Tensor{}); err == nil {
		t.Error("a network of nothing: no error")
	}
}

func BenchmarkFind(b *testing.B) {
	img := image.NewRGBA(image.Rect(0, 0, 1200, 900))
	for b.Loop() {
		if _, err := Find(context.Background(), img, img.Bounds(), LeastConfidence); err != nil {
			b.Fatal(err)
		}
	}
}
