package edits

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	stdjpeg "image/jpeg"
	"math"
	"slices"
	"testing"

	"dossier/checks"
	"dossier/checks/picture/c2patest"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/filetest"
	"dossier/fixtures/jpegwriter"
)

// landscape is a picture no two parts of which are alike.
func landscape(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			u, v := float64(x)/float64(w), float64(y)/float64(h)
			g := 120 + 60*math.Sin(6*u+4*v*v) + 40*math.Cos(20*u*v+3*u)
			m.SetRGBA(x, y, color.RGBA{uint8(g), uint8(g * 0.9), uint8(g * (0.7 + 0.2*u)), 255})
		}
	}
	return m
}

func codedJPEG(t testing.TB, img image.Image, quality int, segments ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, img, &stdjpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return append(append([]byte{0xFF, 0xD8}, bytes.Join(segments, nil)...), b.Bytes()[2:]...)
}

// withThumbnail is a file that shows picture, with a thumbnail of thumb in its EXIF data.
func withThumbnail(t testing.TB, picture, thumb image.Image, turn int) []byte {
	small := codedJPEG(t, decode.Thumbnail(thumb, 160), 70)
	x := jpegwriter.EXIF{Make: "Maker", Model: "Camera", Orientation: turn, Thumbnail: small}
	return codedJPEG(t, picture, 88, filetest.Segment(0xE1, append([]byte("Exif\x00\x00"), x.Bytes()...)))
}

func TestThumbnail(t *testing.T) {
	img := landscape(1000, 750)
	pasted := image.NewRGBA(img.Bounds())
	draw.Draw(pasted, img.Bounds(), img, image.Point{}, draw.Src)
	place := image.Rect(600, 400, 720, 500)
	draw.Draw(pasted, place, image.NewUniform(color.RGBA{220, 30, 30, 255}), image.Point{}, draw.Src)
	cut := img.SubImage(image.Rect(200, 150, 800, 600))
	turned := image.NewRGBA(image.Rect(0, 0, 750, 1000))
	for y := range 750 {
		for x := range 1000 {
			turned.SetRGBA(749-y, x, img.RGBAAt(x, y))
		}
	}
	for name, c := range map[string]struct {
		data []byte
		want []string
	}{
		"same":                  {withThumbnail(t, img, img, 1), nil},
		"same, turned by EXIF":  {withThumbnail(t, img, img, 6), nil},
		"pasted":                {withThumbnail(t, pasted, img, 1), []string{"thumbnail_differs"}},
		"another picture":       {withThumbnail(t, img, filetest.Noise(800, 600), 1), []string{"thumbnail_of_another_picture"}},
		"cut":                   {withThumbnail(t, cut, img, 1), []string{"thumbnail_shows_more"}},
		"turned without it":     {withThumbnail(t, turned, img, 1), []string{"thumbnail_turned"}},
		"a thumbnail in pieces": {codedJPEG(t, img, 80, filetest.Segment(0xE1, append([]byte("Exif\x00\x00"), (&jpegwriter.EXIF{Thumbnail: []byte("\xff\xd8\xff\xe0nothing")}).Bytes()...))), []string{"thumbnail_unreadable"}},
	} {
		findings, skipped := findingsOn(t, Thumbnail, c.data)
		if got := codesOf(findings); skipped != "" || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v %s, want %v", name, got, skipped, c.want)
		}
	}

	findings, _ := findingsOn(t, Thumbnail, withThumbnail(t, pasted, img, 1))
	f := findings[0]
	r := image.Rect(f.Region.X, f.Region.Y, f.Region.X+f.Region.Width, f.Region.Y+f.Region.Height)
	if in := r.Intersect(place); in.Dx()*in.Dy() < place.Dx()*place.Dy()/2 || r.Dx() > 2*place.Dx() || r.Dy() > 2*place.Dy() {
		t.Errorf("region %v, the paste is at %v", r, place)
	}
	// The outline must stand on both halves of the overlay.
	b := f.Overlay.Bounds()
	halves := [2]int{}
	for y := range b.Dy() {
		for x := range b.Dx() {
			if f.Overlay.At(x, y) == color.Color(outlineColor) {
				halves[2*x/b.Dx()]++
			}
		}
	}
	if halves[0] < 100 || halves[1] < 100 {
		t.Errorf("outline pixels on the left and on the right: %v", halves)
	}

	// The region is that of the upright picture.
	findings, _ = findingsOn(t, Thumbnail, withThumbnail(t, pasted, img, 6))
	if len(findings) != 1 || findings[0].Region.X+findings[0].Region.Width > 750 || findings[0].Region.Y < 500 {
		t.Errorf("turned: %+v", codesOf(findings))
	} else if got := findings[0].Region; got.X > 750-400 || got.X+got.Width < 750-500 {
		t.Errorf("turned: region %v", got)
	}
}

func TestThumbnailIsSkipped(t *testing.T) {
	whole := withThumbnail(t, landscape(400, 300), landscape(400, 300), 1)
	for name, data := range map[string][]byte{
		"without one": codedJPEG(t, landscape(400, 300), 80), "not a JPEG": filetest.BMP{Width: 1, Height: 1, Bits: 24, Pixels: make([]byte, 4)}.Bytes(),
		"cut off": whole[:len(whole)*3/4], "empty": {},
	} {
		if findings, skipped := findingsOn(t, Thumbnail, data); skipped == "" {
			t.Errorf("%s: %v", name, codesOf(findings))
		}
	}
}

func weightOf(f checks.Finding) float64 {
	for _, m := range f.Measures {
		if m.Name == "suspicion" {
			return m.Value
		}
	}
	return 0
}

// Notes weigh nothing, and nothing weighs more than one.
func TestWeights(t *testing.T) {
	img := landscape(600, 450)
	painted := image.NewRGBA(img.Bounds())
	draw.Draw(painted, img.Bounds(), img, image.Point{}, draw.Src)
	draw.Draw(painted, image.Rect(100, 100, 300, 250), image.Black, image.Point{}, draw.Src)
	findings, _ := findingsOn(t, Thumbnail, withThumbnail(t, painted, img, 1))
	if len(findings) != 1 || weightOf(findings[0]) < 0.5 || weightOf(findings[0]) > 1 {
		t.Errorf("a painted-over area weighs %v", findings)
	}
	findings, _ = findingsOn(t, Thumbnail, withThumbnail(t, img.SubImage(image.Rect(100, 100, 500, 400)), img, 1))
	if len(findings) != 1 || weightOf(findings[0]) != 0 {
		t.Errorf("a crop weighs %v", findings)
	}
}

// The thumbnail that credentials sign shows what was changed after signing.
func TestSignedThumbnail(t *testing.T) {
	img := landscape(800, 600)
	signed := func(picture image.Image) []byte {
		return c2patest.JPEG(codedJPEG(t, picture, 85), 0, c2patest.Manifest{Label: "urn:c2pa:one", Signer: c2patest.NewSigner(-8, "A Maker"),
			Thumbnail: codedJPEG(t, decode.Thumbnail(img, 256), 70)})
	}
	if findings, skipped := findingsOn(t, Thumbnail, signed(img)); len(findings) > 0 || skipped != "" {
		t.Errorf("the same picture: %v %s", codesOf(findings), skipped)
	}
	painted := image.NewRGBA(img.Bounds())
	draw.Draw(painted, img.Bounds(), img, image.Point{}, draw.Src)
	draw.Draw(painted, image.Rect(500, 100, 700, 200), image.White, image.Point{}, draw.Src)
	if findings, _ := findingsOn(t, Thumbnail, signed(painted)); !slices.Equal(codesOf(findings), []string{"thumbnail_differs"}) {
		t.Errorf("painted: %v", codesOf(findings))
	}
}
