package jpeg

import (
	"bytes"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"math"
	"math/rand/v2"
	"testing"
)

// Reading the coefficients is to cost no more than the standard library's decoding of the same
// file: compare the two lines. MB/s are million pixels a second.
func BenchmarkRead(b *testing.B) {
	const w, h = 2000, 1500
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(1, 2))
	for y := range h {
		for x := range w {
			v := 128 + 60*math.Sin(float64(x)/37)*math.Cos(float64(y)/29) + 8*r.NormFloat64()
			m.SetRGBA(x, y, color.RGBA{uint8(max(0, min(255, v+10))), uint8(max(0, min(255, v))), uint8(max(0, min(255, v-20))), 255})
		}
	}
	for _, quality := range []int{75, 95} {
		var file bytes.Buffer
		if err := stdjpeg.Encode(&file, m, &stdjpeg.Options{Quality: quality}); err != nil {
			b.Fatal(err)
		}
		name := map[int]string{75: "quality-75", 95: "quality-95"}[quality]
		b.Run(name+"/coefficients", func(b *testing.B) {
			b.SetBytes(w * h)
			b.ReportAllocs()
			for range b.N {
				if _, err := Read(file.Bytes(), DefaultLimits()); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/standard-library", func(b *testing.B) {
			b.SetBytes(w * h)
			b.ReportAllocs()
			for range b.N {
				if _, err := stdjpeg.Decode(bytes.NewReader(file.Bytes())); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
