//go:build !nomodels

package paper

import (
	"bytes"
	"context"
	"image/jpeg"
	"strings"
	"testing"

	"dossier/checks/picture/orientation"
	"dossier/fixtures"
)

// Which way up a page stands is told from its text, and whether it is mirrored: 2 is how EXIF calls that, 6
// and 7 what is lying on its side as it is and mirrored.
func TestTurnOf(t *testing.T) {
	r := seeded(100)
	picture := fixtures.Shot{Device: fixtures.Scanner, Detail: fixtures.Frugal}.Sheet(r, 210, 297, form(r))
	for orient, want := range map[int]Turn{1: {}, 2: {Mirrored: true}, 6: {Quarters: 1}, 7: {Mirrored: true, Quarters: 3}} {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, orientation.Apply(picture.Image, orient), nil); err != nil {
			t.Fatal(err)
		}
		got, err := TurnOf.Of(context.Background(), subject(t, b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if !got.Known || got.Mirrored != want.Mirrored || got.Quarters != want.Quarters {
			t.Errorf("orientation %d: %+v, want %+v", orient, got, want)
		}
		var read strings.Builder
		for _, l := range got.Lines {
			read.WriteString(l.Text)
		}
		if want.Mirrored != strings.Contains(read.String(), "授权") {
			t.Errorf("orientation %d: the mirrored lines read %q", orient, read.String())
		}
	}
}
