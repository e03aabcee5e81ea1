package overlay

import (
	"image"
	"image/color"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func heat(cells map[image.Rectangle]float32) func(func(image.Rectangle, float32) bool) {
	return func(yield func(image.Rectangle, float32) bool) {
		for r, v := range cells {
			if !yield(r, v) {
				return
			}
		}
	}
}

func TestDrawingIsBoundedAndNeverFails(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 3000).Draw(t, "width"), rapid.IntRange(1, 3000).Draw(t, "height")
		x, y := rapid.IntRange(-50, 3000).Draw(t, "x"), rapid.IntRange(-50, 3000).Draw(t, "y")
		r := image.Rect(x, y, x+rapid.IntRange(0, 900).Draw(t, "rw"), y+rapid.IntRange(0, 900).Draw(t, "rh"))
		p := image.NewGray(image.Rect(0, 0, w, h))
		m := Draw(Evidence{Picture: p, Region: slices.Values([]image.Rectangle{r}), Heat: heat(map[image.Rectangle]float32{r: 0.7}), Low: "0", High: "1"})
		if empty := r.Intersect(p.Bounds()).Empty(); empty != (m == nil) {
			t.Fatalf("region %v in %v: drawing %v", r, p.Bounds(), m != nil)
		}
		if m != nil && (m.Bounds().Dx() > MaxSide || m.Bounds().Dy() > MaxSide) {
			t.Fatalf("the drawing has %v", m.Bounds())
		}
	})
}

// The region is outlined, inside the map shows, what was not measured stays grey.
func TestDrawingShowsTheRegion(t *testing.T) {
	p := image.NewGray(image.Rect(0, 0, 600, 400))
	for i := range p.Pix {
		p.Pix[i] = 100
	}
	r := image.Rect(200, 120, 280, 200)
	m := Draw(Evidence{Picture: p, Region: slices.Values([]image.Rectangle{r}), Heat: heat(map[image.Rectangle]float32{r: 1}), Low: "0", High: "1"})
	at := func(x, y int) color.RGBA { return m.RGBAAt(x+gap, y+gap) }
	if c := at(240, 160); c.R <= c.B+40 {
		t.Errorf("inside the region the colour is %v, want yellow", c)
	}
	if c := at(50, 300); c.R != c.B || c.R != 100 {
		t.Errorf("where nothing was measured the colour is %v, want the grey of the picture", c)
	}
	if c := at(240, 118); c != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("the line is %v, want white", c)
	}
	if c := at(240, 116); c != (color.RGBA{0, 0, 0, 255}) {
		t.Errorf("outside the line is %v, want black", c)
	}
}

// In order for every eye: the ramp only ever gets brighter.
func TestRampRisesInBrightness(t *testing.T) {
	last := -1
	for i := range 101 {
		c := Ramp(float32(i) / 100)
		v := 299*int(c.R) + 587*int(c.G) + 114*int(c.B)
		if v <= last {
			t.Fatalf("at %d %% the ramp is not brighter than before", i)
		}
		last = v
	}
}

func TestNeighbourAvoidsTheRegion(t *testing.T) {
	picture := image.Rect(0, 0, 2000, 1000)
	region := image.Rect(1700, 400, 1800, 500)
	there := detail(region, picture)
	if !region.In(there) || there.Dx() != crop {
		t.Errorf("the detail %v does not show %v", there, region)
	}
	beside := neighbour(there, region, picture)
	if beside.Empty() || beside.Overlaps(region) || !beside.In(picture) {
		t.Errorf("the neighbour is %v", beside)
	}
}
