package legibility

import (
	"image"
	"testing"

	"dossier/checks/picture/moire"
)

// A grid is in all places, or keeps its period where it is in some; an ornament does neither.
func TestScreenIsEverywhereOrSteady(t *testing.T) {
	settings, err := Screen.Settings(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name              string
		height, sharpness float64
		agree, windows    int
		want              bool
	}{
		{"in all places", 15, 1.1, 9, 9, true},
		{"in half of them, of one period", 48, 30, 9, 16, true},
		{"an ornament", 15.7, 1.1, 5, 9, false},
		{"an ornament in three places", 68, 1.5, 3, 16, false},
		{"two places", 30, 30, 2, 16, false},
		{"a chance peak", 6.9, 1.2, 16, 16, false},
		{"a faint grid", 4, 12, 9, 16, true},
		{"a faint grid that changes its period", 4, 3, 9, 16, false},
	} {
		p := &moire.Pattern{Height: test.height, Sharpness: test.sharpness, Period: 2.5,
			Windows: make([]image.Rectangle, test.windows), Agree: make([]image.Rectangle, test.agree)}
		if got := screenMeasures(p, settings) != nil; got != test.want {
			t.Errorf("%s: a screen is %v, want %v", test.name, got, test.want)
		}
	}
}
