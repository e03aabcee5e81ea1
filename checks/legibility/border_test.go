package legibility

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/reading"
	"dossier/checks/picture/strokes"
	"dossier/fixtures"
	"dossier/fixtures/canvas"
)

// TestBorder measures where reading stops: documents are drawn, made worse step by step, read, and compared with
// what they say. It writes a table, one line of text a row, to the file that DOSSIER_BORDER names; the limits of the
// family's checks were chosen on it. It takes minutes, and fails if reading stops elsewhere than max_blur says: well below
// it most lines must be read, well above it most must not.
func TestBorder(t *testing.T) {
	path := os.Getenv("DOSSIER_BORDER")
	if path == "" {
		t.Skip("takes minutes: set DOSSIER_BORDER to the file for its table")
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	table := csv.NewWriter(file)
	defer func() {
		table.Flush()
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}()
	row := func(v ...any) {
		cells := make([]string, len(v))
		for i := range v {
			cells[i] = fmt.Sprint(v[i])
			if f, ok := v[i].(float64); ok {
				cells[i] = fmt.Sprintf("%.4f", f)
			}
		}
		if err := table.Write(cells); err != nil {
			t.Fatal(err)
		}
	}
	var sharp, blurred lines
	row("fault", "step", "paper", "device", "field", "true_height", "height", "blur", "contrast", "paper_level", "ink_level", "noise", "stroke", "read")
	for i, paper := range papers {
		device := []fixtures.Device{fixtures.Phone, fixtures.Messenger, fixtures.Scanner}[i%3]
		if paper == "holder" {
			device = fixtures.Phone
		}
		d := drawing{paper, 2000 + uint64(i), fixtures.Shot{Device: device, Detail: fixtures.Small}}
		data, truth := d.draw()
		picture, err := decode.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range worse {
			for _, step := range w.steps {
				m, by := w.make(canvasOf(picture.Image), step)
				seen := saved(t, m, w.quality(step))
				page, err := reading.Read(t.Context(), seen)
				if err != nil {
					t.Fatal(err)
				}
				print, err := strokes.Measure(t.Context(), seen, raster.Reduce(seen, raster.ReducedSide))
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range truth.Fields {
					for _, l := range f.Lines {
						if f.Covered || len([]rune(l.Text)) < 3 {
							continue
						}
						box := scaledBox(l.Box, by)
						s := lineAt(print, box)
						like := likeness(page, box, l.Text)
						row(w.name, step, paper, device, f.Name, height(l.Quad)*by, s.Height, s.Blur, s.Contrast(), s.Paper, s.Ink, s.Noise, s.Stroke, like)
						switch border := limitOf(Sharpness, limitBlur) / 100; {
						case w.name != "none" && w.name != "blur" && w.name != "motion" || s.Glyphs == 0:
						case s.Blur < 0.6*border:
							sharp.count(like)
						case s.Blur > 1.25*border:
							blurred.count(like)
						}
					}
				}
				table.Flush()
			}
		}
	}
	t.Logf("read: %d of %d lines well below the border, %d of %d well above", sharp.read, sharp.all, blurred.read, blurred.all)
	if 10*sharp.read < 7*sharp.all || 2*blurred.read > blurred.all || sharp.all == 0 || blurred.all == 0 {
		t.Error("reading does not stop where max_blur says")
	}
}

// lines counts those that were read, to nine characters in ten.
type lines struct{ read, all int }

func (l *lines) count(likeness float64) {
	l.all++
	if likeness >= 0.9 {
		l.read++
	}
}

// A worsening makes a picture worse by a step, and says by how much it changed its size.
type worsening struct {
	name    string
	steps   []float64
	make    func(m *canvas.Raster, step float64) (*canvas.Raster, float64)
	quality func(step float64) int
}

func goodQuality(float64) int { return 80 }

var worse = []worsening{
	{"none", []float64{0}, func(m *canvas.Raster, _ float64) (*canvas.Raster, float64) { return m, 1 }, goodQuality},
	{"blur", []float64{0.8, 1.2, 1.6, 2, 2.5, 3.2}, func(m *canvas.Raster, s float64) (*canvas.Raster, float64) { m.Blur(s); return m, 1 }, goodQuality},
	{"motion", []float64{3, 4.5, 6, 8, 11}, func(m *canvas.Raster, s float64) (*canvas.Raster, float64) { m.MotionBlur(s, 20); return m, 1 }, goodQuality},
	{"dark", []float64{2, 3, 4, 5, 6}, func(m *canvas.Raster, s float64) (*canvas.Raster, float64) { darken(m, s); return m, 1 }, goodQuality},
	{"faint", []float64{0.4, 0.25, 0.16, 0.1, 0.06}, func(m *canvas.Raster, s float64) (*canvas.Raster, float64) { fade(m, s); return m, 1 }, goodQuality},
	{"small", []float64{0.75, 0.6, 0.5, 0.42, 0.35, 0.28}, func(m *canvas.Raster, s float64) (*canvas.Raster, float64) {
		return m.Resize(int(float64(m.W)*s), int(float64(m.H)*s)), s
	}, goodQuality},
	{"noise", []float64{12, 24, 36, 50, 70}, func(m *canvas.Raster, s float64) (*canvas.Raster, float64) { grain(m, s/255); return m, 1 }, goodQuality},
	{"jpeg", []float64{30, 20, 12, 7}, func(m *canvas.Raster, _ float64) (*canvas.Raster, float64) { return m, 1 }, func(s float64) int { return int(s) }},
}

// darken takes s stops of light away and adds the noise of a phone's sensor.
func darken(m *canvas.Raster, s float64) {
	rnd := rand.New(rand.NewPCG(1, 2))
	gain := math.Exp2(-s)
	for i, v := range m.Pix {
		light := math.Pow(float64(v), 2.2)*gain + rnd.NormFloat64()*0.004
		m.Pix[i] = float32(math.Pow(max(0, min(1, light)), 1/2.2))
	}
}

// fade leaves the part s of all contrast, on a bright ground, with a little noise.
func fade(m *canvas.Raster, s float64) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for i, v := range m.Pix {
		m.Pix[i] = canvas.Clamp(0.85 + (v-0.85)*float32(s) + float32(rnd.NormFloat64())*0.008)
	}
}

func canvasOf(m image.Image) *canvas.Raster {
	from := raster.New(m, m.Bounds())
	to := canvas.NewRaster(from.Width, from.Height, canvas.Color{})
	for i, v := range from.Pixels {
		to.Pix[i] = float32(v) / 255
	}
	return to
}

func saved(t testing.TB, m *canvas.Raster, quality int) image.Image {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m.Image(), &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	p, err := decode.Decode(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return p.Image
}

func scaledBox(r checks.Region, by float64) image.Rectangle {
	at := func(v int) int { return int(float64(v) * by) }
	return image.Rect(at(r.X), at(r.Y), at(r.X+r.Width), at(r.Y+r.Height))
}

func height(q canvas.Quad) float64 { return math.Hypot(q[3].X-q[0].X, q[3].Y-q[0].Y) }

// lineAt is the line of print that shares most with a box; the zero line if none does.
func lineAt(page *strokes.Page, box image.Rectangle) (best strokes.Line) {
	most := 0
	for _, l := range page.Lines {
		if in := l.Box.Intersect(box); in.Dx()*in.Dy() > most {
			best, most = l, in.Dx()*in.Dy()
		}
	}
	if most == 0 {
		best.Height = 1
	}
	return best
}

// likeness is the part of a text, 0..1, that was read in its order at its place.
func likeness(page *reading.Page, box image.Rectangle, text string) float64 {
	var there string
	for _, l := range page.Lines {
		if b := l.Box; image.Rect(b.X, b.Y, b.X+b.Width, b.Y+b.Height).Overlaps(box) {
			there += l.Text
		}
	}
	want, have := []rune(text), []rune(there)
	common := make([]int, len(have)+1)
	for _, w := range want {
		diagonal := 0
		for j, h := range have {
			above := common[j+1]
			if w == h {
				common[j+1] = diagonal + 1
			} else {
				common[j+1] = max(common[j+1], common[j])
			}
			diagonal = above
		}
	}
	return float64(common[len(have)]) / float64(len(want))
}
