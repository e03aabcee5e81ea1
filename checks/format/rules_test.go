package format

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"testing"

	"dossier/checks"
)

// S21: pictures are .jpg, .jpeg, .bmp or .gif and have at most 2 MB. Kept, the three checks that watch it
// find nothing; broken in each way, one of them says so.
func TestRuleS21(t *testing.T) {
	m := image.NewGray(image.Rect(0, 0, 400, 300))
	for i := range m.Pix {
		m.Pix[i] = uint8(i * 7)
	}
	var photo, drawing bytes.Buffer
	if err := jpeg.Encode(&photo, m, nil); err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(&drawing, m); err != nil {
		t.Fatal(err)
	}
	sized := func(n int) []byte { return append(bytes.Clone(photo.Bytes()), make([]byte, n-photo.Len())...) }
	for name, test := range map[string]struct {
		file string
		data []byte
		want string
	}{
		"a JPEG":                      {"a.jpg", photo.Bytes(), ""},
		"of exactly 2 MB":             {"a.jpeg", sized(2 << 20), "size_near_limit"},
		"one byte more":               {"a.jpg", sized(2<<20 + 1), "size_over_limit"},
		"a PNG":                       {"a.png", drawing.Bytes(), "format_not_accepted"},
		"a PNG that is called a JPEG": {"a.jpg", drawing.Bytes(), "extension_mismatch format_not_accepted"},
		"a JPEG that is called a GIF": {"a.gif", photo.Bytes(), "extension_mismatch"},
	} {
		t.Run(name, func(t *testing.T) {
			s := checks.NewSubject(test.file, checks.BusinessLicense, test.data)
			got := ""
			for _, c := range []*checks.Check{Extension, Content, Size} {
				settings, err := c.Settings(nil, nil)
				if err != nil {
					t.Fatal(err)
				}
				o, err := c.Run(t.Context(), s, settings)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range o.Findings {
					if f.Code == "size_suspiciously_small" {
						continue // a small test picture, and no matter of this rule
					}
					if got != "" {
						got += " "
					}
					got += f.Code
				}
			}
			if got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}
