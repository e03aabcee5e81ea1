package legibility

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"testing"

	"dossier/checks"
)

// page draws a page with print, and a chop of that colour and that share of the page's width.
func page(ground, chop color.Color, width int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 600, 850))
	draw.Draw(m, m.Rect, image.NewUniform(ground), image.Point{}, draw.Src)
	for y := 60; y < 800; y += 24 {
		draw.Draw(m, image.Rect(60, y, 540, y+6), image.NewUniform(color.Gray{30}), image.Point{}, draw.Src)
	}
	draw.Draw(m, image.Rect(300, 500, 300+width, 500+width), image.NewUniform(chop), image.Point{}, draw.Src)
	return m
}

func colorsOf(t *testing.T, m image.Image) []checks.Finding {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 85}); err != nil {
		t.Fatal(err)
	}
	settings, err := Color.Settings(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := Color.Run(t.Context(), checks.NewSubject("a.jpg", checks.BusinessLicense, b.Bytes()), settings)
	if err != nil {
		t.Fatal(err)
	}
	return o.Findings
}

// S22: a licence is a colour scan or photograph. Kept it finds nothing, broken it says so.
func TestRuleS22(t *testing.T) {
	white, red := color.RGBA{250, 250, 248, 255}, color.RGBA{200, 40, 45, 255}
	for name, test := range map[string]struct {
		picture image.Image
		want    string
	}{
		"a colour scan with its chop":      {page(white, red, 90), ""},
		"a faded chop":                     {page(white, color.RGBA{225, 175, 172, 255}, 90), ""},
		"yellow light on a faded chop":     {page(color.RGBA{235, 222, 205, 255}, color.RGBA{214, 140, 128, 255}, 90), ""},
		"a grey copy":                      {page(color.Gray{225}, color.Gray{110}, 90), "gray"},
		"a grey copy under a yellow lamp":  {page(color.RGBA{235, 225, 208, 255}, color.RGBA{115, 110, 101, 255}, 90), "gray"},
		"a fax":                            {page(color.White, color.Black, 90), "gray"},
		"a coloured speck is not a colour": {page(color.Gray{225}, red, 6), "gray"},
	} {
		t.Run(name, func(t *testing.T) {
			f := colorsOf(t, test.picture)
			got := ""
			if len(f) > 0 {
				got = f[0].Code
			}
			if got != test.want {
				t.Errorf("%q, want %q: %+v", got, test.want, f)
			}
		})
	}
}

func TestColorOfWhatIsNoPicture(t *testing.T) {
	settings, _ := Color.Settings(nil, nil)
	_, err := Color.Run(t.Context(), checks.NewSubject("a.jpg", checks.BusinessLicense, []byte("no picture")), settings)
	if _, ok := checks.SkipReason(err); !ok {
		t.Errorf("%v, want a reason why nothing was measured", err)
	}
}
