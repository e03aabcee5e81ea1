//go:build !nomodels

package reading

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"dossier/checks"
	"dossier/checks/picture/raster"
	"dossier/fixtures"
	"dossier/fixtures/invent"
)

var day = time.Date(2014, 9, 1, 10, 0, 0, 0, time.UTC)

// form draws an application form, chop and all, through a scanner.
func form(t testing.TB, seed uint64) (*image.RGBA, fixtures.Truth) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(seed, 9))
	company := invent.NewCompany(rnd, day)
	shot := fixtures.Shot{Device: fixtures.Scanner, Detail: fixtures.Detail{DPI: 120, Quality: 80}, Taken: day}
	p := shot.Sheet(rnd, 210, 297, func(ppm float64) *fixtures.Sheet {
		return fixtures.Form(rand.New(rand.NewPCG(seed, 2)), company, day, ppm, fixtures.FormOptions{})
	})
	return p.Image, p.Truth
}

// plain is text as it is compared: one width of letters, no spaces.
func plain(s string) string {
	return strings.NewReplacer(" ", "", "·", "").Replace(norm.NFKC.String(s))
}

// says returns the line that holds the text near a place, or nil.
func says(p *Page, text string, near checks.Region) *Line {
	for i, l := range p.Lines {
		across := l.Box.Y < near.Y+near.Height && near.Y < l.Box.Y+l.Box.Height
		along := l.Box.X < near.X+near.Width && near.X < l.Box.X+l.Box.Width
		if across && along && strings.Contains(plain(l.Text), plain(text)) {
			return &p.Lines[i]
		}
	}
	return nil
}

func expectFields(t *testing.T, p *Page, truth fixtures.Truth, names ...string) {
	t.Helper()
	for _, name := range names {
		f, ok := truth.Field(name)
		if !ok {
			t.Fatalf("the drawing has no field %s", name)
		}
		for _, want := range f.Lines {
			l := says(p, want.Text, want.Box)
			if l == nil {
				t.Errorf("%s %q was not read at %v", name, want.Text, want.Box)
				continue
			}
			if l.Confidence < 0.8 || l.Confidence > 1 || l.Least > l.Confidence {
				t.Errorf("%s: confidence %v, least %v", name, l.Confidence, l.Least)
			}
		}
	}
}

func TestReadForm(t *testing.T) {
	img, truth := form(t, 1)
	p, err := Read(context.Background(), img)
	if err != nil {
		t.Fatal(err)
	}
	expectFields(t, p, truth, "title", "account_name", "company", "license_number", "organization_code", "id_number", "mobile")
	// The company's name stands once more under the chop.
	expectFields(t, p, truth, "company_signed")
	if !p.Red {
		t.Error("the chop's red was not seen")
	}
	if p.Width != img.Rect.Dx() || p.Height != img.Rect.Dy() {
		t.Errorf("page of %d x %d", p.Width, p.Height)
	}
	for i, l := range p.Lines {
		if l.Text == "" || len(l.Characters) == 0 || l.Box.Width < 1 || l.Box.Height < 1 || l.Box.X+l.Box.Width > p.Width || l.Box.Y+l.Box.Height > p.Height {
			t.Errorf("line %d: %q, %d characters, box %v", i, l.Text, len(l.Characters), l.Box)
		}
		for _, c := range l.Characters {
			if c.Begin < 0 || c.End > 1 || c.Begin >= c.End || len(c.Candidates) == 0 || c.Candidates[0].Text != c.Text {
				t.Errorf("line %q: character %+v", l.Text, c)
			}
		}
	}
}

// A page that lies on its side or stands on its head is read all the same.
func TestReadTurned(t *testing.T) {
	if testing.Short() {
		t.Skip("reads three pages")
	}
	img, truth := form(t, 2)
	for quarters := 1; quarters <= 3; quarters++ {
		p, err := Read(context.Background(), turn(img, quarters))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"company", "id_number", "license_number"} {
			f, _ := truth.Field(name)
			found := p.Find(func(text string) bool { return strings.Contains(plain(text), plain(f.Text)) })
			if len(found) == 0 {
				t.Errorf("turned by %d quarters: %s %q was not read", quarters, name, f.Text)
			}
		}
	}
}

// turn turns a picture by quarters, clockwise.
func turn(m *image.RGBA, quarters int) *image.RGBA {
	for range quarters {
		w, h := m.Rect.Dx(), m.Rect.Dy()
		out := image.NewRGBA(image.Rect(0, 0, h, w))
		for y := range h {
			for x := range w {
				out.SetRGBA(h-1-y, x, m.RGBAAt(x, y))
			}
		}
		m = out
	}
	return m
}

// line cuts one field out of a drawing, with white around it.
func line(t testing.TB, name string) (*image.RGBA, string) {
	t.Helper()
	img, truth := form(t, 3)
	f, ok := truth.Field(name)
	if !ok {
		t.Fatalf("no field %s", name)
	}
	b := image.Rect(f.Box.X-20, f.Box.Y-20, f.Box.X+f.Box.Width+20, f.Box.Y+f.Box.Height+20)
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Rect, img, b.Min, draw.Src)
	return out, f.Text
}

// Thick red strokes over a name: through the red channel they are not there. In the dark they are as red.
func TestReadUnderRedInk(t *testing.T) {
	for _, light := range []int{255, 110} {
		img, want := line(t, "company")
		for x := range img.Rect.Dx() {
			for y := range img.Rect.Dy() {
				c := img.RGBAAt(x, y)
				ink := color.RGBA{255, 255, 255, 255}
				if (x+y)%14 < 6 || (x-y+1000)%22 < 6 {
					ink = color.RGBA{230, 70, 60, 255}
				}
				part := func(v, ink uint8) uint8 { return uint8(int(v) * int(ink) / 255 * light / 255) }
				img.SetRGBA(x, y, color.RGBA{part(c.R, ink.R), part(c.G, ink.G), part(c.B, ink.B), 255})
			}
		}
		p, err := Read(context.Background(), img)
		if err != nil {
			t.Fatal(err)
		}
		found := p.Find(func(text string) bool { return plain(text) == plain(want) })
		if len(found) != 1 || found[0].Way != Red {
			t.Errorf("light %d: want %q, read %+v", light, want, p.texts())
		}
	}
}

// Red ink is found in the dark too, where it is nowhere redLeast redder than anything else.
func TestRedInTheDark(t *testing.T) {
	s := &small{width: 100, height: 100, pixels: make([]uint8, 3*100*100)}
	for i := range 100 * 100 {
		copy(s.pixels[3*i:], []uint8{66, 64, 62})
		if i%100 < 10 {
			copy(s.pixels[3*i:], []uint8{46, 25, 22})
		}
	}
	r := &raster.Raster{Width: 100, Height: 100}
	m := s.redMap(r)
	if m == nil || !m.red[205] || m.red[250] {
		t.Error("ink in the dark is not found, or paper is taken for ink")
	}
}

func (p *Page) texts() (out []string) {
	for _, l := range p.Lines {
		out = append(out, string(l.Way)+": "+l.Text)
	}
	return out
}

func TestAgain(t *testing.T) {
	img, want := line(t, "id_number")
	s := subject(t, img)
	p, err := Text.Of(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	found := p.Find(func(text string) bool { return plain(text) == want })
	if len(found) != 1 {
		t.Fatalf("want %q, read %v", want, p.texts())
	}
	for _, way := range []Way{Color, Red, Stretched} {
		r, err := Again(context.Background(), s, found[0].Quad, way)
		if err != nil {
			t.Fatal(err)
		}
		if plain(r.Text) != want || r.Way != way {
			t.Errorf("again %s: %q as %s, want %q", way, r.Text, r.Way, want)
		}
		if way == Color && r.Text != found[0].Text {
			t.Errorf("the same way reads %q and then %q", found[0].Text, r.Text)
		}
	}
	if r, err := Again(context.Background(), s, Quad{{-90, -90}, {-50, -90}, {-50, -60}, {-90, -60}}, Color); err != nil || r.Text != "" {
		t.Errorf("a line outside the picture: %q, %v", r.Text, err)
	}
}

func subject(t testing.TB, img *image.RGBA) *checks.Subject {
	t.Helper()
	return checks.NewSubject("a.bmp", checks.Unknown, fixtures.BMP(img))
}

func TestUnreadable(t *testing.T) {
	got, err := Unreadable("李赟2翀X·王")
	if err != nil || string(got) != "赟翀" {
		t.Errorf("%q, %v", string(got), err)
	}
}

func TestNothingToRead(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {2, 2000}, {30, 20}, {500, 300}} {
		img := image.NewRGBA(image.Rectangle{Max: size})
		draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
		p, err := Read(context.Background(), img)
		if err != nil || len(p.Lines) != 0 {
			t.Errorf("%v of white: %v, %v", size, p, err)
		}
	}
	_, err := Text.Of(context.Background(), checks.NewSubject("a.jpg", checks.Unknown, []byte("no picture")))
	if _, skipped := checks.SkipReason(err); !skipped {
		t.Errorf("what is no picture: %v", err)
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	img, _ := line(t, "company")
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := Read(ctx, img); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// Pages read side by side say what they say alone.
func TestReadSideBySide(t *testing.T) {
	img, _ := line(t, "company")
	want, err := Read(context.Background(), img)
	if err != nil || len(want.Lines) == 0 {
		t.Fatal(want, err)
	}
	var wait sync.WaitGroup
	for range 6 {
		wait.Go(func() {
			got, err := Read(context.Background(), img)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	wait.Wait()
}

func TestEachStopsAtAnErrorAndSurvivesAPanic(t *testing.T) {
	calls := 0
	var mu sync.Mutex
	var tasks []func(context.Context) error
	for i := range 1000 {
		tasks = append(tasks, func(ctx context.Context) error {
			mu.Lock()
			calls++
			mu.Unlock()
			if i == 3 {
				panic("three")
			}
			if i > 3 {
				<-ctx.Done() // the panic's end of the work
			}
			return nil
		})
	}
	err := each(context.Background(), tasks)
	if err == nil || !strings.Contains(err.Error(), "three") || calls > 20 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

func BenchmarkRead(b *testing.B) {
	img, _ := form(b, 1)
	for b.Loop() {
		if _, err := Read(context.Background(), img); err != nil {
			b.Fatal(err)
		}
	}
}
