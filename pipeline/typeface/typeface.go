// Package typeface holds the one typeface that Dossier's own pages are set in, and says which
// characters it can show.
//
// What lives here: the embedded font and its coverage. What must not: layout.
package typeface

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

// SHA256 is the digest of the font file, as the README beside it states it.
const SHA256 = "d40076910790cba6e5a281cae18af93e23057a255540a12b3b3e909a8aa915e7"

// The font is packed in the program, which is a megabyte smaller for it; unpacking takes some hundredths of a second,
// once, when a page is made.
//
//go:embed NotoSansSC-Regular-subset.ttf.gz
var packed []byte

var regular = sync.OnceValue(func() []byte {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic(fmt.Sprintf("typeface: the embedded font is broken: %v", err))
	}
	font, err := io.ReadAll(r) // of our own making: it needs no bound
	if err != nil {
		panic(fmt.Sprintf("typeface: the embedded font is broken: %v", err))
	}
	return font
})

// Regular returns the TrueType font file. It must not be written to.
func Regular() []byte { return regular() }

var parsed = sync.OnceValue(func() *sfnt.Font {
	f, err := opentype.Parse(regular())
	if err != nil {
		panic(fmt.Sprintf("typeface: the embedded font is broken: %v", err))
	}
	return f
})

// Covers reports whether the typeface has a glyph for r.
func Covers(r rune) bool {
	var buf sfnt.Buffer
	i, err := parsed().GlyphIndex(&buf, r)
	return err == nil && i != 0
}

// Missing returns the characters of s that the typeface cannot show, each once, in order.
func Missing(s string) []rune {
	var missing []rune
	seen := map[rune]bool{}
	for _, r := range s {
		if r < ' ' || seen[r] || Covers(r) {
			continue
		}
		seen[r] = true
		missing = append(missing, r)
	}
	return missing
}

// Face returns the typeface at a size in pixels an em, for drawing into pictures. A Face is
// not safe for use by several goroutines at once.
func Face(pixels float64) (font.Face, error) {
	return opentype.NewFace(parsed(), &opentype.FaceOptions{Size: pixels, DPI: 72, Hinting: font.HintingNone})
}
