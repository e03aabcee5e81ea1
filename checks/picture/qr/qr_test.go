package qr

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"dossier/checks"
	"dossier/checks/picture/raster"
	"dossier/fixtures"
	"dossier/fixtures/invent"
)

const link = "http://www.gsxt.gov.cn/index.html?uniscid=91530102MA95711566"

// modules draws the code of a text, a pixel a module.
func modules(t testing.TB, text string) *gozxing.BitMatrix {
	t.Helper()
	bits, err := qrcode.NewQRCodeWriter().Encode(text, gozxing.BarcodeFormat_QR_CODE, 0, 0,
		map[gozxing.EncodeHintType]interface{}{gozxing.EncodeHintType_MARGIN: 0})
	if err != nil {
		t.Fatal(err)
	}
	return bits
}

// page puts a code on a page: its middle, the width of a module in pixels, its turn, and how much
// smaller its far side is than its near one.
func page(t testing.TB, w, h int, cx, cy, module, turn, lean float64) *image.Gray {
	bits := modules(t, link)
	n := float64(bits.GetWidth())
	m := image.NewGray(image.Rect(0, 0, w, h))
	sin, cos := math.Sincos(turn)
	const fine = 3 // samples a pixel and direction
	for y := range h {
		for x := range w {
			sum := 0
			for k := range fine * fine {
				px := float64(x) + (float64(k%fine)+0.5)/fine - cx
				py := float64(y) + (float64(k/fine)+0.5)/fine - cy
				u, v := (px*cos+py*sin)/module, (py*cos-px*sin)/module
				w := 1 - lean*v/n // perspective, about the middle
				u, v = u/w+n/2, v/w+n/2
				if u < 0 || v < 0 || u >= n || v >= n || !bits.Get(int(u), int(v)) {
					sum += 235
				} else {
					sum += 30
				}
			}
			m.SetGray(x, y, color.Gray{uint8(sum / (fine * fine))})
		}
	}
	return m
}

// of saves a picture and searches it.
func of(t testing.TB, m image.Image) []Code {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 60}); err != nil {
		t.Fatal(err)
	}
	return inFile(t, b.Bytes())
}

func inFile(t testing.TB, data []byte) []Code {
	t.Helper()
	codes, err := Of.Of(t.Context(), checks.NewSubject("a.jpg", checks.BusinessLicense, data))
	if err != nil {
		t.Fatal(err)
	}
	return codes
}

// Codes of any size and turn are read, and are where they are.
func TestCodesAreRead(t *testing.T) {
	for _, test := range []struct {
		w, h                       int
		cx, cy, module, turn, lean float64
	}{
		{600, 400, 300, 200, 2.5, 0, 0},
		{600, 400, 420, 130, 3, 0.1, 0},
		{600, 500, 300, 250, 6, 0.8, 0},
		{700, 600, 320, 300, 10, -2.5, 0},
		{900, 900, 450, 450, 20, 0.05, 0},
		{600, 400, 300, 200, 4, math.Pi / 2, 0},
		{700, 500, 350, 250, 5, 0.2, 0.15},
		{2400, 1700, 1900, 400, 5, 0.03, 0.05},
	} {
		codes := of(t, page(t, test.w, test.h, test.cx, test.cy, test.module, test.turn, test.lean))
		if len(codes) != 1 || codes[0].Text != link {
			t.Errorf("%+v: %+v", test, codes)
			continue
		}
		b := codes[0].Box
		x, y := float64(b.X)+float64(b.Width)/2, float64(b.Y)+float64(b.Height)/2
		if math.Hypot(x-test.cx, y-test.cy) > 4*test.module {
			t.Errorf("%+v: found about %v, %v", test, x, y)
		}
	}
}

// What spans a code and cannot be read is said to be one; print and noise are none.
func TestWhatIsNoCode(t *testing.T) {
	m := page(t, 600, 400, 300, 200, 4, 0, 0)
	for y := 180; y < 240; y++ { // too much of it is painted over for the error correction
		for x := 260; x < 350; x++ {
			m.SetGray(x, y, color.Gray{uint8(200 * ((x/5 + y/3) % 2))})
		}
	}
	if codes := of(t, m); len(codes) != 1 || codes[0].Text != "" || codes[0].Box.IsZero() {
		t.Errorf("a damaged code: %+v", codes)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = uint8(rnd.Uint32())
	}
	if codes := of(t, m); len(codes) != 0 {
		t.Errorf("noise: %+v", codes)
	}
	for _, size := range [][2]int{{1, 1}, {5000, 1}, {1, 5000}, {30, 22}} {
		if codes := of(t, image.NewGray(image.Rect(0, 0, size[0], size[1]))); len(codes) != 0 {
			t.Errorf("an empty picture of %v: %+v", size, codes)
		}
	}
	_, err := Of.Of(t.Context(), checks.NewSubject("a.jpg", checks.Unknown, []byte("text")))
	if _, ok := checks.SkipReason(err); !ok {
		t.Errorf("no picture: %v", err)
	}
}

// The licence of 2019 through a phone, a messenger and a scanner.
func TestLicences(t *testing.T) {
	for i, device := range []fixtures.Device{fixtures.Phone, fixtures.Messenger, fixtures.Scanner} {
		d := licence(uint64(i), device, fixtures.Frugal)
		codes := inFile(t, d.data)
		if len(codes) != 1 || codes[0].Text != d.truth.QR.Text || !near(codes[0].Box, d.truth.QR.Box) {
			t.Errorf("%s: %+v, want %+v", device, codes, d.truth.QR)
		}
	}
}

type document struct {
	data  []byte
	truth fixtures.Truth
}

func licence(seed uint64, device fixtures.Device, detail fixtures.Detail) document {
	date := time.Date(2019, 6, 3, 0, 0, 0, 0, time.UTC)
	r := rand.New(rand.NewPCG(seed, 13))
	c := invent.NewCompany(r, date)
	s := fixtures.Shot{Device: device, Detail: detail, Taken: date}
	p := s.Sheet(r, 297, 210, func(ppm float64) *fixtures.Sheet {
		return fixtures.NewLicence(r, c, date, ppm, fixtures.LicenceOptions{})
	})
	return document{s.JPEG(r, p), p.Truth}
}

func near(a, b checks.Region) bool {
	return math.Abs(float64(a.X-b.X)) < 10 && math.Abs(float64(a.Y-b.Y)) < 10 && math.Abs(float64(a.Width-b.Width)) < 20
}

// Whatever the picture, the search ends without a panic and places lie within it.
func FuzzFind(f *testing.F) {
	f.Add(uint16(40), uint16(30), uint64(1), uint8(3))
	f.Fuzz(func(t *testing.T, w, h uint16, seed uint64, block uint8) {
		m := image.NewGray(image.Rect(0, 0, 1+int(w%300), 1+int(h%300)))
		rnd := rand.New(rand.NewPCG(seed, 1))
		b := 1 + int(block%8)
		for y := 0; y < m.Rect.Dy(); y += b {
			for x := 0; x < m.Rect.Dx(); x += b {
				v := color.Gray{uint8(rnd.IntN(2) * 255)}
				for j := range b {
					for i := range b {
						m.SetGray(x+i, y+j, v)
					}
				}
			}
		}
		for _, c := range of(t, m) {
			if c.Box.X < 0 || c.Box.Y < 0 || c.Box.X+c.Box.Width > m.Rect.Dx() || c.Box.Y+c.Box.Height > m.Rect.Dy() {
				t.Errorf("%+v lies outside", c)
			}
		}
	})
}

func BenchmarkLicence(b *testing.B) {
	d := licence(1, fixtures.Phone, fixtures.Full)
	for b.Loop() {
		b.StopTimer()
		s := checks.NewSubject("a.jpg", checks.BusinessLicense, d.data)
		if _, err := raster.Reduced.Of(b.Context(), s); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, err := Of.Of(b.Context(), s); err != nil {
			b.Fatal(err)
		}
	}
}
