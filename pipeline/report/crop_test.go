package report

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"strings"
	"testing"

	"dossier/checks"
	"dossier/pipeline"
)

// twoHalves is a preview of 200 x 100 of an original ten times as large: white, and black on the right.
func twoHalves(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 200, 100))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(m, image.Rect(100, 0, 200, 100), image.Black, image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCutShowsThePlace(t *testing.T) {
	gray := func(m image.Image, x, y int) uint8 { return color.GrayModel.Convert(m.At(x, y)).(color.Gray).Y }
	for name, test := range map[string]struct {
		region      checks.Region
		light, dark bool
	}{
		"left":        {checks.Region{X: 100, Y: 400, Width: 500, Height: 100}, true, false},
		"right":       {checks.Region{X: 1400, Y: 400, Width: 500, Height: 100}, false, true},
		"at the edge": {checks.Region{X: 1900, Y: 950, Width: 400, Height: 400}, false, true},
	} {
		data, err := cut(twoHalves(t), 2000, 1000, test.region)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		m, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		b := m.Bounds()
		if v := gray(m, b.Dx()/2, b.Dy()/2); test.light != (v > 200) || test.dark != (v < 60) {
			t.Errorf("%s: the middle is %d", name, v)
		}
		if b.Dx() > cutWidth+1 || b.Dy() > cutWidth {
			t.Errorf("%s: %v is larger than a page shows", name, b)
		}
	}
	for name, region := range map[string]checks.Region{"outside": {X: 2000, Y: 0, Width: 10, Height: 10}, "nowhere": {}} {
		if _, err := cut(twoHalves(t), 2000, 1000, region); err == nil {
			t.Errorf("%s: a place that is not in the picture was cut out", name)
		}
	}
	if _, err := cut([]byte("no picture"), 2000, 1000, checks.Region{Width: 10, Height: 10}); err == nil {
		t.Error("what is no picture was cut")
	}
}

// A number that differs is shown as it stands on the paper, under the finding.
func TestAFindingOfTheCaseShowsItsPlace(t *testing.T) {
	c := passCase()
	d := &c.Documents[0]
	finding := pipeline.Finding{Code: "number_differs", Severity: "fail", Message: checks.Text{En: "another number", Zh: "号码不同"},
		Region: checks.Region{X: 100, Y: 100, Width: 300, Height: 40}, Documents: []string{d.Path}}
	c.Results = append(c.Results, pipeline.Result{Check: "casefile/consistent", Outcome: pipeline.Ran, Findings: []pipeline.Finding{finding}})
	opt := Options{Picture: func(string) ([]byte, string, int, int, error) { return twoHalves(t), "image/jpeg", 2000, 1000, nil }}
	page := render(t, c, opt)
	if strings.Count(page, `<figure class="evidence">`) != 1 {
		t.Error("the place on the paper is not shown")
	}
	c.Results[len(c.Results)-1].Findings[0].Region = checks.Region{}
	if page := render(t, c, opt); strings.Contains(page, `<figure class="evidence">`) {
		t.Error("a finding without a place shows one")
	}
}
