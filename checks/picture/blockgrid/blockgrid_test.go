package blockgrid

import (
	"bytes"
	"context"
	"image"
	"image/draw"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"
)

// texture is a grey picture with detail of every size and noise, as photos have.
func texture(w, h int, seed uint64) *image.Gray {
	r := rand.New(rand.NewPCG(seed, 7))
	m := image.NewGray(image.Rect(0, 0, w, h))
	p := [4]float64{r.Float64() * 6, r.Float64() * 6, 20 + 30*r.Float64(), 5 + 9*r.Float64()}
	for y := range h {
		for x := range w {
			v := 128 + 40*math.Sin(float64(x)/p[2]+p[0])*math.Cos(float64(y)/p[2]*1.3+p[1]) + 25*math.Sin(float64(x+2*y)/p[3])
			m.Pix[y*m.Stride+x] = uint8(max(1, min(254, v+r.NormFloat64()*6)))
		}
	}
	return m
}

// saved is m after JPEG compression.
func saved(t testing.TB, m image.Image, quality int) *image.Gray {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	d, err := jpeg.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewGray(m.Bounds())
	draw.Draw(out, out.Bounds(), d, d.Bounds().Min, draw.Src)
	return out
}

func count(t testing.TB, m *image.Gray, main int) *Votes {
	v, err := Count(context.Background(), m.Pix, m.Stride, m.Bounds().Dx(), m.Bounds().Dy(), main, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestFindsTheGridOfACroppedPicture(t *testing.T) {
	big := saved(t, texture(400, 300, 1), 80)
	for _, d := range []image.Point{{0, 0}, {3, 5}, {7, 1}} {
		m := image.NewGray(image.Rect(0, 0, 360, 260))
		draw.Draw(m, m.Bounds(), big, d, draw.Src)
		v := count(t, m, Unknown)
		if want := (8-d.Y)%8*8 + (8-d.X)%8; v.Main != want {
			t.Errorf("cropped by %v the grid is %d, want %d", d, v.Main, want)
		}
		if f := v.Foreign(); len(f) != 0 {
			t.Errorf("cropped by %v: %d regions with another grid", d, len(f))
		}
	}
}

func TestNoGridInAPictureThatWasNeverCompressed(t *testing.T) {
	v := count(t, texture(400, 300, 2), Unknown)
	if v.Main != Unknown || len(v.Foreign()) != 0 {
		t.Errorf("a grid %d and %d regions where nothing was compressed", v.Main, len(v.Foreign()))
	}
}

// A part of another JPEG, pasted off the grid, is found where it is; on the grid it is not.
func TestFindsAPastedPart(t *testing.T) {
	host := saved(t, texture(512, 384, 3), 75)
	donor := saved(t, texture(512, 384, 4), 75)
	for _, main := range []int{0, Unknown} {
		for _, shift := range []image.Point{{0, 0}, {2, 3}} {
			m := image.NewGray(host.Bounds())
			copy(m.Pix, host.Pix)
			at := image.Rect(160, 120, 280, 220)
			draw.Draw(m, at, donor, at.Min.Add(image.Pt(64, 64)).Add(shift), draw.Src)
			found := count(t, m, main).Foreign()
			if shift == (image.Point{}) {
				if len(found) != 0 {
					t.Errorf("main %d: a part on the picture's own grid is called foreign", main)
				}
				continue
			}
			if len(found) == 0 {
				t.Errorf("main %d: nothing found", main)
				continue
			}
			both := found[0].Bounds.Intersect(at)
			if 10*both.Dx()*both.Dy() < 7*at.Dx()*at.Dy() || !found[0].Bounds.In(at.Inset(-16)) {
				t.Errorf("main %d: found %v, pasted at %v", main, found[0].Bounds, at)
			}
			if want := (8-shift.Y)%8*8 + (8-shift.X)%8; found[0].Grid != want {
				t.Errorf("main %d: grid %d, want %d", main, found[0].Grid, want)
			}
		}
	}
}

// newCounter is a counter before any vote.
func newCounter(m *image.Gray, main int) *counter {
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	c := &counter{Votes: &Votes{Width: w, Height: h, Main: main, Vote: make([]uint8, w*h)}, plane: m.Pix, stride: m.Stride, best: make([]uint8, w*h)}
	for i := range c.Vote {
		c.Vote[i] = None
	}
	return c
}

// Giving blocks up early must not change a vote.
func TestShortcutsChangeNothing(t *testing.T) {
	const w, h = 200, 150
	m := saved(t, texture(w, h, 5), 90)
	quick, slow := newCounter(m, 0), newCounter(m, 0)
	quick.ownGrid(nil)
	quick.castOwn(image.Rect(0, 0, w, h))
	for x := 0; x+8 <= w; x += strip {
		quick.strip(x, min(x+strip, w-7), 0, h)
	}
	for y := 0; y+8 <= h; y++ {
		for x := 0; x+8 <= w; x++ {
			n, ok := slow.zeros(x, y)
			slow.cast(x, y, n, ok)
		}
	}
	same := 0
	for i := range slow.Vote {
		if quick.Vote[i] == slow.Vote[i] {
			same++
		}
	}
	// The order of blocks decides some ties of three.
	if same*1000 < len(slow.Vote)*995 {
		t.Errorf("%d of %d votes are the same", same, len(slow.Vote))
	}
}

func TestLogBinomialTail(t *testing.T) {
	direct := func(n, k int, p float64) float64 {
		sum := 0.0
		for i := k; i <= n; i++ {
			c := 1.0
			for j := range i {
				c *= float64(n-j) / float64(j+1)
			}
			sum += c * math.Pow(p, float64(i)) * math.Pow(1-p, float64(n-i))
		}
		return math.Log10(sum)
	}
	for _, c := range [][2]int{{10, 1}, {10, 3}, {64, 5}, {64, 20}, {100, 2}, {200, 60}} {
		if got, want := LogBinomialTail(c[0], c[1], 1.0/64), direct(c[0], c[1], 1.0/64); math.Abs(got-want) > 1e-6 {
			t.Errorf("tail of %v is %g, want %g", c, got, want)
		}
	}
	if LogBinomialTail(100000, 3, 1.0/64) != 0 || !math.IsInf(LogBinomialTail(5, 6, 0.5), -1) {
		t.Error("the ends are wrong")
	}
}

func TestTinyPictures(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {7, 9}, {8, 8}, {9, 15}, {16, 8}} {
		v := count(t, texture(size.X, size.Y, 6), Unknown)
		v.Foreign()
		count(t, texture(size.X, size.Y, 6), 0).Foreign()
	}
}

func BenchmarkCount(b *testing.B) {
	for _, c := range []struct {
		name    string
		quality int
		main    int
	}{{"jpeg", 85, 0}, {"bitmap", 85, Unknown}, {"never-compressed", 0, Unknown}} {
		b.Run(c.name, func(b *testing.B) {
			m := texture(2000, 1500, 9)
			if c.quality > 0 {
				m = saved(b, m, c.quality)
			}
			b.SetBytes(int64(len(m.Pix))) // pixels: MB/s are megapixels a second
			for range b.N {
				count(b, m, c.main)
			}
		})
	}
}
