package faces

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"dossier/checks/picture/network"
)

// The files of the model. See model/README.md.
const (
	weightsFile  = "tiny_face_detector_model.bin"
	manifestFile = "tiny_face_detector_model-weights_manifest.json"
	weightsSum   = "b7503ce7df31039b1c43316a9b865cab6a70dd748cc602d3fa28b551503c3871"
	manifestSum  = "5d1af4849ac48d5b985f4a9b16010c512353ddd6fcc63d50fd0bc9e9e64296e5"
)

// load makes the network of the files.
func load() (*network.Network, error) {
	weights, err := sure(weightsFile, weightsSum)
	if err != nil {
		return nil, err
	}
	manifest, err := sure(manifestFile, manifestSum)
	if err != nil {
		return nil, err
	}
	tensors, err := readWeights(manifest, weights)
	if err != nil {
		return nil, err
	}
	return build(tensors)
}

// sure reads a file and compares its sum.
func sure(name, want string) ([]byte, error) {
	data, err := read(name)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != want {
		return nil, fmt.Errorf("model %s is not the one expected: its SHA-256 is %x", name, sum)
	}
	return data, nil
}

// maxWeights bounds one tensor of the manifest: the largest here has 131,072 values.
const maxWeights = 1 << 22

// readWeights reads weights in the format of TensorFlow.js: a manifest that names the tensors in
// the order in which they lie in the file, each quantised to a byte with a scale and a least value
// (https://www.tensorflow.org/js/guide/conversion).
func readWeights(manifest, data []byte) (map[string]*network.Tensor, error) {
	var groups []struct {
		Weights []struct {
			Name         string `json:"name"`
			Shape        []int  `json:"shape"`
			Quantization struct {
				Type  string  `json:"dtype"`
				Scale float64 `json:"scale"`
				Min   float64 `json:"min"`
			} `json:"quantization"`
		} `json:"weights"`
	}
	if err := json.Unmarshal(manifest, &groups); err != nil {
		return nil, fmt.Errorf("face model: manifest: %w", err)
	}
	tensors := map[string]*network.Tensor{}
	for _, g := range groups {
		for _, w := range g.Weights {
			n := 1
			for _, d := range w.Shape {
				if d < 1 || n > maxWeights/d {
					return nil, fmt.Errorf("face model: %s has the shape %v", w.Name, w.Shape)
				}
				n *= d
			}
			if w.Quantization.Type != "uint8" {
				return nil, fmt.Errorf("face model: %s is not stored in bytes", w.Name)
			}
			if n > len(data) {
				return nil, fmt.Errorf("face model: the weights end within %s", w.Name)
			}
			t := network.NewTensor(w.Shape...)
			for i, b := range data[:n] {
				t.Data[i] = float32(float64(b)*w.Quantization.Scale + w.Quantization.Min)
			}
			data = data[n:]
			tensors[w.Name] = t
		}
	}
	if len(data) > 0 {
		return nil, fmt.Errorf("face model: %d bytes more than the manifest names", len(data))
	}
	return tensors, nil
}

// build makes the network: a convolution, then five separable ones, each after a halving of the
// picture by maximum, and one that gives five boxes of five numbers for each place.
func build(tensors map[string]*network.Tensor) (*network.Network, error) {
	var missing error
	take := func(name string, dimensions int) *network.Tensor {
		t := tensors[name]
		if t == nil || len(t.Shape) != dimensions {
			if missing == nil {
				missing = fmt.Errorf("face model: no tensor %s of %d dimensions", name, dimensions)
			}
			return &network.Tensor{Shape: make([]int, dimensions)}
		}
		return t
	}
	b := network.NewBuilder()
	b.Conv(transposed(take("conv0/filters", 4)), take("conv0/bias", 1), 1, 0).LeakyReLU(slope)
	for i := 1; i <= 5; i++ {
		name := fmt.Sprintf("conv%d/", i)
		each := transposedDepthwise(take(name+"depthwise_filter", 4))
		b.MaxPool(2).Conv(each, nil, each.Shape[0], 1)
		b.Conv(transposed(take(name+"pointwise_filter", 4)), take(name+"bias", 1), 1, 0).LeakyReLU(slope)
	}
	// The last pool moves by one pixel: the grid stays as fine as it is.
	b.MaxPool(1).Conv(transposed(take("conv8/filters", 4)), take("conv8/bias", 1), 1, 0)
	if missing != nil {
		return nil, missing
	}
	return b.Network()
}

// slope of the leaky rectifier below zero, as trained.
const slope = 0.1

// transposed turns a filter [height, width, in, out] into [out, in, height, width].
func transposed(t *network.Tensor) *network.Tensor {
	h, w, in, out := t.Shape[0], t.Shape[1], t.Shape[2], t.Shape[3]
	u := network.NewTensor(out, in, h, w)
	for i, v := range t.Data {
		o, c, at := i%out, i/out%in, i/out/in
		u.Data[(o*in+c)*h*w+at] = v
	}
	return u
}

// transposedDepthwise turns a filter [height, width, channels, 1] into [channels, 1, height, width].
func transposedDepthwise(t *network.Tensor) *network.Tensor {
	h, w, channels := t.Shape[0], t.Shape[1], t.Shape[2]
	u := network.NewTensor(channels, 1, h, w)
	for i, v := range t.Data {
		u.Data[i%channels*h*w+i/channels] = v
	}
	return u
}
