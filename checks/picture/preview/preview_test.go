package preview

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	stdjpeg "image/jpeg"
	"sync"
	"testing"

	"dossier/checks/picture/decode"
	"dossier/checks/picture/filetest"
	"dossier/checks/picture/orientation"
	"dossier/fixtures/jpegwriter"
)

// testScene is the picture of most tests; nobody writes to it.
var testScene = sync.OnceValue(func() *image.YCbCr { return scene(1200, 900) })

func coded(t testing.TB, img image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, img, &stdjpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// reread is img after a JPEG of the given quality.
func reread(t testing.TB, img image.Image, quality int) image.Image {
	t.Helper()
	out, err := stdjpeg.Decode(bytes.NewReader(coded(t, img, quality)))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func thumbnailOf(t testing.TB, img image.Image) image.Image {
	return reread(t, decode.Thumbnail(img, 160), 70)
}

// part returns the part r of img as a picture of its own.
func part(img image.Image, r image.Rectangle) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	draw.Draw(out, out.Bounds(), img, r.Min, draw.Src)
	return out
}

func TestSamePicture(t *testing.T) {
	img := testScene()
	thumb := thumbnailOf(t, img)
	brighter := image.NewYCbCr(img.Rect, img.SubsampleRatio)
	copy(brighter.Cb, img.Cb)
	copy(brighter.Cr, img.Cr)
	for i, v := range img.Y {
		brighter.Y[i] = uint8(40 + float64(v)*0.7)
	}
	// Every fifth pixel of every fifth row, as old cameras make thumbnails.
	picked := image.NewGray(image.Rect(0, 0, 240, 180))
	for y := range 180 {
		for x := range 240 {
			picked.Pix[y*240+x] = img.Y[img.YOffset(5*x, 5*y)]
		}
	}
	barred := image.NewRGBA(image.Rect(0, 0, 160, 160))
	draw.Draw(barred, barred.Bounds(), image.Black, image.Point{}, draw.Src)
	draw.Draw(barred, image.Rect(0, 20, 160, 140), thumb, image.Point{}, draw.Src)
	for name, c := range map[string]struct{ preview, picture image.Image }{
		"as it is":                   {thumb, img},
		"saved again, poorly":        {thumb, reread(t, img, 40)},
		"brighter and softer":        {thumb, brighter},
		"smaller than it was":        {thumb, decode.Thumbnail(img, 400)},
		"pixels left out":            {picked, img},
		"with black bars":            {barred, img},
		"a little of the rim is off": {thumbnailOf(t, part(img, image.Rect(60, 45, 1140, 855))), img},
		"another shape, cut":         {thumbnailOf(t, part(img, image.Rect(0, 112, 1200, 788))), img},
	} {
		r := Compare(c.preview, c.picture, orientation.Upright)
		if r == nil || r.Cropped || r.Orientation != orientation.Upright || r.Worst > 10 || r.Correlation < 0.9 {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestTurns(t *testing.T) {
	img := testScene()
	thumb := thumbnailOf(t, img)
	for o := 1; o <= 8; o++ {
		upright := orientation.Apply(img, o)
		// The file says so, and both are stored alike.
		if r := Compare(thumb, upright, o); r.Orientation != orientation.Upright || r.Worst > 10 || r.Correlation < 0.9 {
			t.Errorf("orientation %d of the file: %d, worst %.1f, correlation %.2f", o, r.Orientation, r.Worst, r.Correlation)
		}
		// The picture was turned and the thumbnail was not.
		if r := Compare(thumb, upright, orientation.Upright); r.Orientation != o || r.Worst > 10 || r.Correlation < 0.9 {
			t.Errorf("picture turned by %d: %d, worst %.1f, correlation %.2f", o, r.Orientation, r.Worst, r.Correlation)
		}
	}
}

func TestChangesAreFoundAndPlaced(t *testing.T) {
	img := testScene()
	thumb := thumbnailOf(t, img)
	for _, r := range []image.Rectangle{image.Rect(100, 100, 200, 180), image.Rect(700, 300, 1100, 600), image.Rect(30, 700, 130, 800)} {
		changed := part(img, img.Bounds())
		draw.Draw(changed, r, image.NewUniform(color.RGBA{200, 40, 40, 255}), image.Point{}, draw.Src)
		c := Compare(thumb, reread(t, changed, 85), orientation.Upright)
		if c.Worst < 15 {
			t.Errorf("%v: worst difference %.1f", r, c.Worst)
		}
		in := c.Changed.Intersect(r)
		union := c.Changed.Dx()*c.Changed.Dy() + r.Dx()*r.Dy() - in.Dx()*in.Dy()
		if iou := float64(in.Dx()*in.Dy()) / float64(union); iou < 0.5 {
			t.Errorf("%v was placed at %v, overlap %.2f", r, c.Changed, iou)
		}
	}
}

func TestAnotherPicture(t *testing.T) {
	img := testScene()
	other := filetest.Noise(800, 600)
	if c := Compare(thumbnailOf(t, other), img, orientation.Upright); c.Correlation > 0.6 {
		t.Errorf("correlation with another picture %.2f", c.Correlation)
	}
	if c := Compare(thumbnailOf(t, img), image.NewGray(image.Rect(0, 0, 20, 500)), orientation.Upright); c != nil {
		t.Error("a picture of 20 pixels was compared")
	}
}

// Shapes no camera makes must not break anything.
func TestExtremeShapes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes under the race detector, and shares nothing between goroutines")
	}
	for _, a := range []image.Rectangle{image.Rect(0, 0, 32, 900), image.Rect(0, 0, 900, 32), image.Rect(0, 0, 33, 33)} {
		for _, b := range []image.Rectangle{image.Rect(0, 0, 32, 3000), image.Rect(0, 0, 3000, 32), image.Rect(0, 0, 40, 40)} {
			flat, noise := image.NewGray(a), filetest.Noise(b.Dx(), b.Dy())
			if c := Compare(flat, noise, 6); c == nil || !c.Changed.In(b) {
				t.Errorf("%v and %v: %+v", a, b, c)
			}
			if c := Compare(filetest.Noise(a.Dx(), a.Dy()), image.NewGray(b), orientation.Upright); c == nil || !c.Changed.In(b) {
				t.Errorf("%v and %v: %+v", a, b, c)
			}
		}
	}
}

func TestCropIsFound(t *testing.T) {
	img := scene(1600, 1200)
	thumb := thumbnailOf(t, img)
	for _, r := range []image.Rectangle{image.Rect(400, 300, 1200, 900), image.Rect(0, 0, 900, 700), image.Rect(700, 500, 1600, 1200)} {
		c := Compare(thumb, part(img, r), orientation.Upright)
		want := image.Rect(r.Min.X/10, r.Min.Y/10, r.Max.X/10, r.Max.Y/10)
		in := c.Frame.Intersect(want)
		if iou := float64(in.Dx()*in.Dy()) / float64(c.Frame.Dx()*c.Frame.Dy()+want.Dx()*want.Dy()-in.Dx()*in.Dy()); !c.Cropped || iou < 0.8 {
			t.Errorf("crop %v: found %v at %v", r, c.Cropped, c.Frame)
		}
	}
}

func TestCompose(t *testing.T) {
	img := filetest.Noise(5, 3)
	for a := 1; a <= 8; a++ {
		for b := 1; b <= 8; b++ {
			twice := orientation.Apply(orientation.Apply(img, a), b)
			once := orientation.Apply(img, compose(a, b))
			if !bytes.Equal(twice.(*image.RGBA).Pix, once.(*image.RGBA).Pix) {
				t.Errorf("%d and then %d is not %d", a, b, compose(a, b))
			}
		}
	}
}

func jpegWith(segments ...[]byte) []byte {
	return filetest.JPEG{Width: 64, Height: 48, Values: []uint8{100}, Adobe: -1, Segments: bytes.Join(segments, nil)}.Bytes()
}

func TestFind(t *testing.T) {
	small := coded(t, decode.Thumbnail(scene(320, 240), 160), 60)
	exif := filetest.Segment(0xE1, append([]byte("Exif\x00\x00"), (&jpegwriter.EXIF{Make: "x", Thumbnail: small}).Bytes()...))
	jfxx := filetest.Segment(0xE0, append([]byte("JFXX\x00\x10"), small...))
	resource := append([]byte("8BIM\x04\x0C\x00\x00"), binary.BigEndian.AppendUint32(nil, uint32(28+len(small)))...)
	resource = append(append(resource, make([]byte, 28)...), small...)
	photoshop := filetest.Segment(0xED, append([]byte("Photoshop 3.0\x00"), resource...))
	got := Find(jpegWith(exif, jfxx, photoshop))
	if len(got) != 3 || got[0].Source != EXIF || got[1].Source != JFIF || got[2].Source != Photoshop {
		t.Fatalf("found %v", got)
	}
	for _, p := range got {
		if img := p.Decode(); img == nil || img.Bounds().Dx() != 160 {
			t.Errorf("%s: decoded to %v", p.Source, img)
		}
	}
	if got := Find(jpegWith()); len(got) != 0 {
		t.Errorf("found %v in a picture without", got)
	}
}

// A multi-picture file: the index lists the picture itself, a preview and another view of the scene.
func TestFindMultiPicture(t *testing.T) {
	small := coded(t, decode.Thumbnail(scene(320, 240), 160), 60)
	le := binary.LittleEndian
	index := []byte("MPF\x00II*\x00\x08\x00\x00\x00\x01\x00\x02\xb0\x07\x00")
	index = le.AppendUint32(index, 48)
	index = le.AppendUint32(index, 26)
	index = le.AppendUint32(index, 0)
	at := len(index) - 4 + 48 // of what follows the index, seen from its header
	behind := filetest.Segment(0xE3, append([]byte("preview"), small...))
	for _, e := range [][3]uint32{{0x030000, 100, 0}, {0x010001, uint32(len(small)), uint32(at + 4 + 7)}, {0x020002, uint32(len(small)), uint32(at + 4 + 7)}} {
		index = le.AppendUint32(index, e[0])
		index = le.AppendUint32(index, e[1])
		index = le.AppendUint32(index, e[2])
		index = le.AppendUint32(index, 0)
	}
	got := Find(jpegWith(filetest.Segment(0xE2, index), behind))
	if len(got) != 1 || got[0].Source != MPF || got[0].Decode() == nil {
		t.Fatalf("found %v", got)
	}
}

// Thumbnails of the first cameras are not compressed.
func TestFindUncompressed(t *testing.T) {
	x := (&jpegwriter.EXIF{Make: "x", Thumbnail: bytes.Repeat([]byte{10, 20, 30}, 64*48)}).Bytes()
	// The writer knows JPEG thumbnails only: its directory is rewritten as TIFF's.
	le := binary.LittleEndian
	next := le.Uint32(x[8+2+12*int(le.Uint16(x[8:])):])
	d := x[next+2:]
	for i, v := range [][3]uint32{{0x0100, 3, 64}, {0x0101, 3, 48}, {0x0103, 3, 1}} {
		e := d[12*i:]
		le.PutUint16(e, uint16(v[0]))
		le.PutUint16(e[2:], uint16(v[1]))
		le.PutUint32(e[4:], 1)
		le.PutUint32(e[8:], v[2])
	}
	le.PutUint16(d[12*4:], 0x0111)
	le.PutUint16(d[12*5:], 0x0117)
	got := Find(jpegWith(filetest.Segment(0xE1, append([]byte("Exif\x00\x00"), x...))))
	if len(got) != 1 || got[0].Image == nil || got[0].Image.Bounds() != image.Rect(0, 0, 64, 48) || got[0].Image.At(5, 5) != (color.RGBA{10, 20, 30, 255}) {
		t.Errorf("found %+v", got)
	}
}

// A header that promises more than is decoded, and a preview that is cut off.
func TestPreviewsThatAreNotDecoded(t *testing.T) {
	small := coded(t, decode.Thumbnail(scene(320, 240), 160), 60)
	large := filetest.JPEG{Width: 5000, Height: 5000, Values: []uint8{1}, Adobe: -1}.Bytes()
	for name, data := range map[string][]byte{"cut off": small[:len(small)/2], "too large": large, "too small": filetest.JPEG{Width: 8, Height: 8, Values: []uint8{1}, Adobe: -1}.Bytes(),
		"not a picture": []byte("\xff\xd8\xff\xe0nothing")} {
		if img := (Preview{Source: EXIF, Data: data}).Decode(); img != nil {
			t.Errorf("%s was decoded to %v", name, img.Bounds())
		}
	}
}

func FuzzFind(f *testing.F) {
	small := coded(f, decode.Thumbnail(scene(320, 240), 64), 40)
	f.Add(jpegWith(filetest.Segment(0xE1, append([]byte("Exif\x00\x00"), (&jpegwriter.EXIF{Make: "x", Thumbnail: small}).Bytes()...))))
	f.Add(jpegWith(filetest.Segment(0xE0, append([]byte("JFXX\x00\x10"), small...))))
	f.Add(jpegWith(filetest.Segment(0xED, []byte("Photoshop 3.0\x008BIM\x04\x0C\x00\x00\x00\x00\x00\x20"))))
	picture := scene(120, 90)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, p := range Find(data) {
			if img := p.Decode(); img != nil {
				Compare(img, picture, 1)
			}
		}
	})
}
