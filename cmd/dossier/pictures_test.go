package main

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"dossier/fixtures"
)

// samples are the cases that are kept with the source.
var samples = filepath.Join("..", "..", "fixtures", fixtures.CasesDir)

func cmdClient(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: client SAMPLE DIR")
	}
	dir := ts.MkAbs(args[1])
	ts.Check(os.CopyFS(dir, os.DirFS(filepath.Join(sourceDir, samples, args[0]))))
}

// page is a small picture of a paper with lines on it.
func page(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(240 - (x+y)%7)
			if y%24 < 3 && x > w/10 && x < w*9/10 && (x/5)%4 > 0 {
				v = 40
			}
			m.SetRGBA(x, y, color.RGBA{v, v, v - 8, 255})
		}
	}
	return m
}

var pictures = map[string]func() []byte{
	"jpeg":      func() []byte { return jpegOf(page(800, 600), 80) },
	"other":     func() []byte { return jpegOf(page(820, 600), 80) },
	"truncated": func() []byte { d := jpegOf(page(800, 600), 80); return d[:len(d)*2/3] },
	"trailing":  func() []byte { return append(jpegOf(page(800, 600), 80), "something else behind the end"...) },
	"wide":      func() []byte { return jpegOf(page(3100, 2000), 40) }, // 6.2 megapixels
	"png": func() []byte {
		var b bytes.Buffer
		png.Encode(&b, page(800, 600))
		return b.Bytes()
	},
	"gif": func() []byte { return fixtures.GIF(page(800, 600), 32) },
	"animation": func() []byte {
		frame := image.NewPaletted(image.Rect(0, 0, 300, 200), color.Palette{color.Black, color.White})
		var b bytes.Buffer
		gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{10, 10}})
		return b.Bytes()
	},
	"bmp":  func() []byte { return fixtures.BMP(page(800, 600)) },
	"tiff": func() []byte { return fixtures.TIFF(page(800, 600), 200) },
	"pdf": func() []byte {
		return fixtures.PDF([][]byte{jpegOf(page(800, 1100), 70), jpegOf(page(810, 1100), 70)}, 100, fixtures.PDFOptions{})
	},
	"text":  func() []byte { return []byte("this is no picture\n") },
	"empty": func() []byte { return nil },
	// The first bytes of a HEIC file, which is all that is looked at to name it.
	"heic": func() []byte {
		return append([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), make([]byte, 400)...)
	},
	"webp": func() []byte { return append([]byte("RIFF\x20\x00\x00\x00WEBPVP8 "), make([]byte, 400)...) },
	// A bitmap that says it is 60000 x 60000.
	"bomb": func() []byte {
		d := fixtures.BMP(page(80, 60))
		copy(d[18:], "\x60\xea\x00\x00\x60\xea\x00\x00")
		return d
	},
}

func cmdPicture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 || pictures[args[0]] == nil {
		var kinds []string
		for k := range pictures {
			kinds = append(kinds, k)
		}
		ts.Fatalf("usage: picture KIND FILE; kinds: %s", strings.Join(kinds, " "))
	}
	file := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(filepath.Dir(file), 0o755))
	ts.Check(os.WriteFile(file, pictures[args[0]](), 0o644))
}

func jpegOf(m image.Image, quality int) []byte {
	var b bytes.Buffer
	jpeg.Encode(&b, m, &jpeg.Options{Quality: quality})
	return b.Bytes()
}
