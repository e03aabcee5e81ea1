// Package typeface holds the one typeface that Dossier's own pages are set in, and says which
// characters it can show.
//
// What lives here: the embedded font and its coverage. What must not: layout.
package typeface

import (
	_ "embed"
	"fmt"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

// SHA256 is the digest of the embedded font, as the README beside it states it.
const SHA256 = "d40076910790cba6e5a281cae18af93e23057a255540a12b3b3e909a8aa915e7"

//go:embed NotoSansSC-Regular-subset.ttf
var regular []byte

// Regular returns the TrueType font file. It must not be written to.
func Regular() []byte { return regular }

var parsed = sync.OnceValue(func() *sfnt.Font {
	f, err := opentype.Parse(regular)
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
