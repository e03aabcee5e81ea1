// Command fingerprints learns how devices and programs write JPEG files, from pictures whose writer is
// known, and prints the table that edits/encoder compares with.
//
//	go run ./checks/edits/internal/fingerprints -devices DIR [-programs DIR] [-half calibrate] > checks/edits/encoders.csv
//
// What lives here: reading folders and printing. What must not: the pictures. The table holds names of
// models and programs, hashes of quantization tables and words for the rest: no picture can be made from it, and
// no person found by it.
package main

import (
	"crypto/sha256"
	"encoding/csv"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"dossier/checks/picture/decode"
	"dossier/checks/picture/encoder"
	"dossier/checks/picture/metadata"
	"dossier/checks/picture/preview"
)

// editors are the programs whose own quantization tables are learned; what they are called in the
// EXIF Software tag.
var editors = []struct{ word, name string }{
	{"photoshop", "Adobe Photoshop"}, {"lightroom", "Adobe Lightroom"}, {"acd systems", "ACDSee"}, {"digital photo profession", "Canon Digital Photo Professional"},
}

func main() {
	devices := flag.String("devices", "", "folder of pictures straight from devices")
	programs := flag.String("programs", "", "folder of pictures whose metadata names the program that saved them")
	half := flag.String("half", "", `"calibrate": only files whose name's SHA-256 begins with an even byte, so that the others can test the table`)
	flag.Parse()
	if *devices == "" && *programs == "" || *half != "" && *half != "calibrate" {
		flag.Usage()
		os.Exit(2)
	}
	l := learner{half: *half != "", counts: map[[6]string]int{}}
	for kind, dir := range map[string]string{"device": *devices, "program": *programs} {
		if dir == "" {
			continue
		}
		if err := l.walk(kind, dir); err != nil {
			fmt.Fprintln(os.Stderr, "fingerprints:", err)
			os.Exit(3)
		}
	}
	if err := l.print(); err != nil {
		fmt.Fprintln(os.Stderr, "fingerprints:", err)
		os.Exit(3)
	}
}

type learner struct {
	half   bool
	counts map[[6]string]int // kind, name, tables, quality, sampling, huffman
}

func (l *learner) walk(kind, dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if l.half && sha256.Sum256([]byte(d.Name()))[0]%2 != 0 {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		e, err := encoder.Describe(data)
		if err != nil {
			return nil // not a JPEG that can be described
		}
		m, err := metadata.Read(data)
		if err != nil {
			return nil
		}
		name := encoder.DeviceName(m.Value(metadata.EXIF, "Make"), m.Value(metadata.EXIF, "Model"))
		if kind == "program" {
			// Tables scaled from the standard's belong to everybody.
			if name = editorOf(m.Value(metadata.EXIF, "Software")); e.Quality > 0 || !e.Adobe {
				return nil
			}
		}
		if kind == "device" && saved(data) {
			return nil
		}
		if name != "" {
			l.counts[[6]string{kind, name, e.Hash(), strconv.Itoa(e.Quality), e.Sampling, e.Huffman}]++
		}
		return nil
	})
}

// saved reports whether the picture was cut or turned after it was taken, as its thumbnail shows: then
// another program saved it, whatever the metadata say.
func saved(data []byte) bool {
	previews := preview.Find(data)
	if len(previews) == 0 {
		return false
	}
	h, err := decode.ReadHeader(data)
	if err != nil {
		return true
	}
	picture, err := decode.Decode(data)
	small := previews[0].Decode()
	if err != nil || small == nil {
		return err != nil
	}
	c := preview.Compare(small, picture.Image, h.Orientation)
	return c != nil && (c.Cropped || c.Orientation != 1)
}

func editorOf(software string) string {
	for _, e := range editors {
		if strings.Contains(strings.ToLower(software), e.word) {
			return e.name
		}
	}
	return ""
}

func (l *learner) print() error {
	w := csv.NewWriter(os.Stdout)
	if err := w.Write([]string{"kind", "name", "tables", "quality", "sampling", "huffman", "files"}); err != nil {
		return err
	}
	var keys [][6]string
	for k := range l.counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b [6]string) int { return slices.Compare(a[:], b[:]) })
	for _, k := range keys {
		if err := w.Write(append(k[:], strconv.Itoa(l.counts[k]))); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
