package document

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/fixtures"
	"dossier/fixtures/invent"
)

// licence draws one of the layout of 2019, or of 2014.
func licence(t *testing.T, old bool) ([]byte, fixtures.Truth) {
	t.Helper()
	r := rand.New(rand.NewPCG(5, 6))
	date := time.Date(2019, 6, 3, 0, 0, 0, 0, time.UTC)
	c := invent.NewCompany(r, date)
	shot := fixtures.Shot{Device: fixtures.Messenger, Detail: fixtures.Frugal}
	p := shot.Sheet(r, 297, 210, func(ppm float64) *fixtures.Sheet {
		if old {
			return fixtures.OrganizationCodeCertificate(r, c, date, ppm)
		}
		return fixtures.NewLicence(r, c, date, ppm, fixtures.LicenceOptions{})
	})
	return shot.JPEG(r, p), p.Truth
}

func runOnFile(t *testing.T, data []byte) (checks.Observation, error) {
	t.Helper()
	settings, err := QR.Settings(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return QR.Run(t.Context(), checks.NewSubject("a.jpg", checks.BusinessLicense, data), settings)
}

// A code is read and given on; where there is none nothing is said; one that is spoilt is named.
func TestQR(t *testing.T) {
	data, truth := licence(t, false)
	o, err := runOnFile(t, data)
	if err != nil || len(o.Findings) != 0 || len(o.Readings) != 1 || o.Readings[0].Field != "qr" || o.Readings[0].Value != truth.QR.Text || o.Readings[0].Box.IsZero() {
		t.Errorf("a licence of 2019: %+v, %v; want %q", o, err, truth.QR.Text)
	}

	o, err = runOnFile(t, spoilt(t, data, truth.QR.Box))
	if err != nil || len(o.Readings) != 0 || len(o.Findings) != 1 || o.Findings[0].Code != "qr_unread" || o.Findings[0].Region.IsZero() {
		t.Errorf("a spoilt code: %+v, %v", o, err)
	}

	data, _ = licence(t, true)
	if o, err = runOnFile(t, data); err != nil || len(o.Findings)+len(o.Readings) != 0 {
		t.Errorf("a paper without a code: %+v, %v", o, err)
	}

	_, err = runOnFile(t, []byte("no picture"))
	if why, ok := checks.SkipReason(err); !ok || strings.TrimSpace(why.Zh) == "" {
		t.Errorf("no picture: %v", err)
	}
}

// spoilt turns every module in the middle of the code to its opposite.
func spoilt(t *testing.T, data []byte, box checks.Region) []byte {
	t.Helper()
	p, err := decode.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	m := image.NewRGBA(p.Image.Bounds())
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			c := color.RGBAModel.Convert(p.Image.At(x, y)).(color.RGBA)
			if 3*(x-box.X) > box.Width && 3*(y-box.Y) > box.Height && 3*(x-box.X) < 2*box.Width && 4*(y-box.Y) < 3*box.Height {
				c = color.RGBA{255 - c.R, 255 - c.G, 255 - c.B, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 80}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
