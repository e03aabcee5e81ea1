package reading

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawn makes a map with a bar of text in it: centre, half its length and height, turned by degrees.
func drawn(width, height int, centre Point, along, across, degrees float64, value float32) []float32 {
	m := make([]float32, width*height)
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	for i := range m {
		p := Point{float64(i%width) + 0.5, float64(i/width) + 0.5}.minus(centre)
		if math.Abs(p.X*cos+p.Y*sin) <= along && math.Abs(p.Y*cos-p.X*sin) <= across {
			m[i] = value
		}
	}
	return m
}

// A bar is found where it is, grown as it should be, at every angle.
func TestBoxes(t *testing.T) {
	for _, degrees := range []float64{0, 3, 20, -37, 85, 90} {
		got := boxes(drawn(200, 160, Point{100, 80}, 50, 8, degrees, 0.9), 200, 160)
		if len(got) != 1 {
			t.Fatalf("%v degrees: %d boxes", degrees, len(got))
		}
		q := got[0]
		if m := middle(q); m.minus(Point{100, 80}).length() > 1.5 {
			t.Errorf("%v degrees: its middle is %v", degrees, m)
		}
		long, short := q.size()
		if degrees >= 45 {
			long, short = short, long
		}
		grown := 2 * 100 * 16 * growth / (2 * (100.0 + 16))
		if math.Abs(long-100-grown) > 4 || math.Abs(short-16-grown) > 4 {
			t.Errorf("%v degrees: %.1f x %.1f, want %.1f x %.1f", degrees, long, short, 100+grown, 16+grown)
		}
	}
}

func TestBoxesLeftOut(t *testing.T) {
	for name, m := range map[string][]float32{
		"nothing":         make([]float32, 200*160),
		"below threshold": drawn(200, 160, Point{100, 80}, 50, 8, 0, 0.29),
		"unsure":          drawn(200, 160, Point{100, 80}, 50, 8, 0, 0.55),
		"a hair":          drawn(200, 160, Point{100, 80}, 50, 1, 0, 0.9),
		"a speck":         drawn(200, 160, Point{100, 80}, 1, 1, 0, 0.9),
	} {
		if got := boxes(m, 200, 160); len(got) != 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
	two := drawn(200, 160, Point{100, 40}, 50, 8, 0, 0.9)
	for i, v := range drawn(200, 160, Point{100, 120}, 50, 8, 0, 0.9) {
		two[i] = max(two[i], v)
	}
	if got := boxes(two, 200, 160); len(got) != 2 {
		t.Errorf("two bars: %v", got)
	}
	if got := boxes(slices.Repeat([]float32{1}, 64*64), 64, 64); len(got) != 1 {
		t.Errorf("all text: %v", got)
	}
}

// The smallest rectangle holds every point, and is no larger than the upright one.
func TestSmallest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		points := make([]Point, rapid.IntRange(1, 40).Draw(t, "n"))
		for i := range points {
			points[i] = Point{float64(rnd.IntN(50)), float64(rnd.IntN(50))}
		}
		slices.SortFunc(points, func(p, q Point) int {
			if p.X != q.X {
				return sign(p.X - q.X)
			}
			return sign(p.Y - q.Y)
		})
		r := smallest(hull(slices.Clone(points)))
		x0, y0, x1, y1 := 50.0, 50.0, 0.0, 0.0
		grown := r.grow(1e-6).quad()
		for _, p := range points {
			if !grown.contains(p) {
				t.Fatalf("%v is not in %v", p, grown)
			}
			x0, y0, x1, y1 = min(x0, p.X), min(y0, p.Y), max(x1, p.X), max(y1, p.Y)
		}
		if area := 4 * r.along * r.across; area > (x1-x0)*(y1-y0)+1e-6 {
			t.Fatalf("area %v, upright %v", area, (x1-x0)*(y1-y0))
		}
	})
}

func TestReadingOrder(t *testing.T) {
	at := func(x, y float64) Quad {
		return Quad{{x, y}, {x + 40, y}, {x + 40, y + 20}, {x, y + 20}}
	}
	q := []Quad{at(200, 102), at(10, 300), at(10, 100), at(10, 130), at(100, 97)}
	inReadingOrder(q)
	for i, want := range []Point{{10, 100}, {100, 97}, {200, 102}, {10, 130}, {10, 300}} {
		if q[i][0] != want {
			t.Errorf("place %d is %v, want %v", i, q[i][0], want)
		}
	}
}

// Pieces of one line are joined, whichever comes first and however it lies; other lines are not.
func TestJoined(t *testing.T) {
	at := func(x, y, w, h float64) Quad { return Quad{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}} }
	for name, c := range map[string]struct {
		quads []Quad
		want  int
	}{
		"three pieces":      {[]Quad{at(150, 12, 60, 20), at(10, 10, 80, 20), at(100, 11, 40, 20)}, 1},
		"one":               {[]Quad{at(10, 10, 80, 20)}, 0},
		"the line below":    {[]Quad{at(10, 10, 80, 20), at(10, 34, 80, 20)}, 0},
		"the next column":   {[]Quad{at(10, 10, 80, 20), at(120, 10, 80, 20)}, 0},
		"a heading beside":  {[]Quad{at(10, 10, 80, 20), at(95, 5, 80, 36)}, 0},
		"the same twice":    {[]Quad{at(10, 10, 80, 20), at(12, 11, 80, 20)}, 0},
		"two pairs":         {[]Quad{at(10, 10, 80, 20), at(100, 10, 80, 20), at(10, 60, 80, 20), at(100, 62, 80, 20)}, 2},
		"a speck beside it": {[]Quad{at(10, 10, 80, 20), at(92, 18, 5, 5)}, 0},
	} {
		got := joined(c.quads)
		if len(got) != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	whole := joined([]Quad{at(150, 12, 60, 20), at(10, 10, 80, 20), at(100, 11, 40, 20)})[0]
	if whole[0] != (Point{10, 10}) || whole[2] != (Point{210, 32}) {
		t.Errorf("the whole line is %v", whole)
	}
}

func TestQuadTurned(t *testing.T) {
	q := Quad{{0, 0}, {10, 0}, {10, 40}, {0, 40}}
	if got := q.turned(1); got != (Quad{{10, 0}, {10, 40}, {0, 40}, {0, 0}}) {
		t.Errorf("a quarter: %v", got)
	}
	if got := q.turned(4); got != q {
		t.Errorf("four quarters: %v", got)
	}
	if b := (Quad{{-5.5, 2.2}, {300, 2}, {300, 30}, {-5, 30.7}}).Box(200, 100); b.X != 0 || b.Y != 2 || b.Width != 200 || b.Height != 29 {
		t.Errorf("box %v", b)
	}
}

func TestDetectSize(t *testing.T) {
	for _, c := range [][4]int{{960, 736, 960, 736}, {4000, 3000, 960, 736}, {100, 20, 96, 32}, {1, 1, 32, 32}, {3000, 10, 960, 32}, {970, 960, 960, 960}} {
		if w, h := detectSize(c[0], c[1]); w != c[2] || h != c[3] {
			t.Errorf("%d x %d is searched at %d x %d, want %d x %d", c[0], c[1], w, h, c[2], c[3])
		}
	}
}
