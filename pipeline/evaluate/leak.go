package evaluate

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"

	"dossier/checks/picture/decode"
	"dossier/checks/picture/jpeg"
)

// A Leak is what the files' headers alone give away. A set whose honest and altered files were
// written by different programs can be told apart without looking at a pixel; every figure
// measured on it is then worth less. 0.5 means that the headers know nothing.
type Leak struct {
	AUC   Estimate `json:"auc"`
	Files int      `json:"files"`
	// Telling are the header facts that weigh most, for finding the leak; heaviest first.
	Telling []Telling `json:"telling"`
}

// A Telling is a header fact and its weight in log odds: above 0 it speaks for altered.
type Telling struct {
	Fact   string  `json:"fact"`
	Weight float64 `json:"weight"`
}

// features are the facts of one header, each a word.
type features []string

// headerOf lists what the header of a file says, before any pixel: its format and size, and of a
// JPEG the order of its markers, its tables, sampling, restart interval and metadata.
func headerOf(data []byte) features {
	var f features
	add := func(format string, args ...any) { f = append(f, fmt.Sprintf(format, args...)) }
	h, err := decode.ReadHeader(data)
	if err != nil {
		return features{"unreadable"}
	}
	add("format %s", h.Format)
	// Sizes in steps of a quarter octave, so that near ones share a word.
	step := func(v float64) int { return int(math.Round(4 * math.Log2(max(v, 1)))) }
	add("width %d", step(float64(h.Width)))
	add("height %d", step(float64(h.Height)))
	add("size %dx%d", h.Width, h.Height)
	add("orientation %d", h.Orientation)
	add("bits a pixel %d", step(1000*float64(len(data))/(float64(h.Width)*float64(h.Height)+1)))
	if h.Format != decode.JPEG {
		return f
	}
	j, err := jpeg.ReadHeader(data, jpeg.DefaultLimits())
	if err != nil {
		return append(f, "jpeg unreadable")
	}
	var markers strings.Builder
	for _, s := range j.Segments {
		fmt.Fprintf(&markers, "%02X ", s.Marker)
		p := s.Payload(data)
		switch {
		case s.Marker == jpeg.APP1 && bytes.HasPrefix(p, []byte("Exif\x00")):
			add("exif")
			add("exif of %s", short(p))
		case s.Marker >= jpeg.APP0 && s.Marker <= jpeg.APP15:
			add("application segment %02X of %s", s.Marker, short(p))
		case s.Marker == 0xFE:
			add("comment")
		case s.Marker == jpeg.DQT:
			add("quantization %s", short(p))
		}
	}
	add("markers %s", markers.String())
	sampling := ""
	for _, c := range j.Components {
		sampling += fmt.Sprintf("%dx%d ", c.H, c.V)
	}
	add("sampling %s", sampling)
	add("restart %d", j.RestartInterval)
	add("progressive %t", j.Progressive)
	for _, t := range j.HuffmanTables {
		if t.Index == 0 && t.Class == 1 {
			// The usual table of annex K.3 has 162 symbols; one made for the picture has fewer.
			add("huffman usual %t", len(t.Symbols) == 162)
		}
	}
	return f
}

func short(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:4])
}

const (
	// folds is into how many parts the sources are divided: each file is judged by a classifier
	// that has seen no file of its source.
	folds = 5
	// Logistic regression by gradient descent; with facts that are words, a ridge of this size and
	// these steps the weights stand still to two digits on sets of hundreds to thousands of files.
	leakRidge  = 0.003
	leakRounds = 60
	leakRate   = 0.5
)

// measureLeak trains logistic regression on the header facts of some sources and judges the
// others, so that each file is judged once.
func measureLeak(files []File) Leak {
	leak := Leak{Files: len(files), Telling: []Telling{}}
	out := make([]float64, len(files))
	for fold := range folds {
		var train []int
		for i := range files {
			if foldOf(files[i].Source) != fold {
				train = append(train, i)
			}
		}
		w := fitLogistic(files, train)
		for i := range files {
			if foldOf(files[i].Source) == fold {
				out[i] = w.logit(files[i].header)
			}
		}
	}
	// The folds' scores are made comparable by their own ranks: a fold with more altered sources
	// in training has higher scores throughout, which says nothing about its files.
	for fold := range folds {
		var at []int
		var v []float64
		for i := range files {
			if foldOf(files[i].Source) == fold {
				at, v = append(at, i), append(v, out[i])
			}
		}
		for k, r := range midranks(v) {
			out[at[k]] = (r - 0.5) / float64(len(v))
		}
	}
	var s []scored
	for i := range files {
		s = append(s, scored{files[i].Source, files[i].Label == Altered, out[i]})
	}
	leak.AUC = clusteredAUC(s)

	var everything []int
	for i := range files {
		everything = append(everything, i)
	}
	w := fitLogistic(files, everything)
	for fact, v := range w.weights {
		leak.Telling = append(leak.Telling, Telling{fact, math.Round(v*1000) / 1000})
	}
	slices.SortFunc(leak.Telling, func(a, b Telling) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)), strings.Compare(a.Fact, b.Fact))
	})
	const listed = 8
	leak.Telling = leak.Telling[:min(listed, len(leak.Telling))]
	return leak
}

func foldOf(source string) int {
	h := fnv.New32a()
	h.Write([]byte("fold " + source))
	return int(h.Sum32() % folds)
}

type logistic struct {
	weights map[string]float64
	bias    float64
}

func (l *logistic) logit(f features) float64 {
	v := l.bias
	for _, word := range f {
		v += l.weights[word]
	}
	return v
}

// fitLogistic trains with the classes weighted alike, by full-batch gradient descent with a step
// for each fact that shrinks with its past gradients (AdaGrad).
func fitLogistic(files []File, train []int) *logistic {
	l := &logistic{weights: map[string]float64{}}
	if len(train) == 0 {
		return l
	}
	// Words are numbered in the order they are met, so that sums come out the same every time.
	number := map[string]int{}
	var words []string
	rows := make([][]int, len(train))
	positives := 0
	for k, i := range train {
		for _, word := range files[i].header {
			n, ok := number[word]
			if !ok {
				n = len(words)
				number[word] = n
				words = append(words, word)
			}
			rows[k] = append(rows[k], n)
		}
		if files[i].Label == Altered {
			positives++
		}
	}
	if positives == 0 || positives == len(train) {
		return l
	}
	weight := [2]float64{0.5 / float64(len(train)-positives), 0.5 / float64(positives)}
	w, past, gradient := make([]float64, len(words)), make([]float64, len(words)), make([]float64, len(words))
	for range leakRounds {
		clear(gradient)
		for k, i := range train {
			v := 0.0
			for _, n := range rows[k] {
				v += w[n]
			}
			y, class := 0.0, 0
			if files[i].Label == Altered {
				y, class = 1, 1
			}
			d := (1/(1+math.Exp(-v)) - y) * weight[class]
			for _, n := range rows[k] {
				gradient[n] += d
			}
		}
		for n := range w {
			g := gradient[n] + leakRidge*w[n]
			past[n] += g * g
			if past[n] > 0 {
				w[n] -= leakRate * g / math.Sqrt(past[n])
			}
		}
	}
	for n, word := range words {
		l.weights[word] = w[n]
	}
	return l
}
