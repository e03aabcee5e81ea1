//go:build nomodels

package reading

import (
	"context"
	"image"
	"testing"

	"dossier/checks"
)

// A program without models says so, as a check that could not measure.
func TestLeftOut(t *testing.T) {
	_, read := Read(context.Background(), image.NewGray(image.Rect(0, 0, 100, 100)))
	_, text := Text.Of(context.Background(), checks.NewSubject("a.jpg", checks.Unknown, nil))
	_, unreadable := Unreadable("a")
	for name, err := range map[string]error{"Read": read, "Text": text, "Unreadable": unreadable} {
		if why, ok := checks.SkipReason(err); !ok || why.En != "not measured: built without models" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
