package strokes

// The threshold between paper and ink.
const (
	// inkDepth is where it lies on the way from paper to ink: below the middle, for thin strokes of a
	// reduced picture never become as dark as thick ones.
	inkDepth = 0.42
	// What is less darker than paper than this part of it, or than this many levels, is no ink: it is the
	// grain of paper, noise, or a faint background print.
	leastInkShare  = 0.09
	leastInkLevels = 5
)

// A run is a row's stretch of ink.
type run struct {
	y, from, to int // to is behind the last
}

// inkRuns lists the stretches of ink, row by row, at most limit of them.
func inkRuns(luma []uint8, width, height int, l *Light, limit int) []run {
	threshold := l.thresholds()
	var runs []run
	at := make([]int32, width) // threshold of a row's pixels, in 1/256 levels
	for y := range height {
		l.interpolate(threshold, y, at)
		row := luma[y*width:][:width]
		for x := 0; x < width; x++ {
			if int32(row[x])<<8 >= at[x] {
				continue
			}
			from := x
			for x < width && int32(row[x])<<8 < at[x] {
				x++
			}
			runs = append(runs, run{y: y, from: from, to: x})
		}
		if len(runs) > limit {
			return runs
		}
	}
	return runs
}

func (l *Light) thresholds() []uint8 {
	paper := l.around(l.Paper, func(a, b uint8) uint8 { return max(a, b) })
	ink := l.around(l.Ink, func(a, b uint8) uint8 { return min(a, b) })
	out := make([]uint8, len(paper))
	for i, p := range paper {
		depth := max(inkDepth*(float64(p)-float64(ink[i])), leastInkShare*float64(p), leastInkLevels)
		out[i] = uint8(max(0, float64(p)-depth))
	}
	return out
}

// interpolate gives the values of the tiles along row y of the reduced picture, in 1/256.
func (l *Light) interpolate(of []uint8, y int, to []int32) {
	upper, lower, fy := between(y, l.Rows)
	up, low := of[upper*l.Columns:][:l.Columns], of[lower*l.Columns:][:l.Columns]
	mixed := func(column int) int32 { return int32(up[column])*int32(TileSide-fy) + int32(low[column])*int32(fy) }
	for x := 0; x < len(to); {
		// From the middle of one tile to that of the next: a straight line.
		left, right, fx := between(x, l.Columns)
		a, b := mixed(left), mixed(right)
		value, n := a*TileSide+(b-a)*int32(fx), TileSide-fx // TileSide squared is 256
		if x < TileSide/2 {
			n = TileSide/2 - x // before the first middle
		}
		for i := x; i < min(x+n, len(to)); i++ {
			to[i] = value
			value += b - a
		}
		x += n
	}
}

// between finds the tiles whose middles lie before and behind a pixel, and how far it is on the way, of
// TileSide.
func between(x, tiles int) (before, behind, share int) {
	x -= TileSide / 2
	if x < 0 {
		return 0, 0, 0
	}
	before = x / TileSide
	return min(before, tiles-1), min(before+1, tiles-1), x % TileSide
}
