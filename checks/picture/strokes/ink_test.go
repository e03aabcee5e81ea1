package strokes

import (
	"testing"

	"pgregory.net/rapid"
)

// Between the middles of tiles the threshold runs straight from one's value to the next's; beyond the outermost middles
// it stays.
func TestInterpolate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &Light{Columns: rapid.IntRange(1, 5).Draw(t, "columns"), Rows: rapid.IntRange(1, 4).Draw(t, "rows")}
		of := rapid.SliceOfN(rapid.Byte(), l.Columns*l.Rows, l.Columns*l.Rows).Draw(t, "values")
		width := rapid.IntRange(1, l.Columns*TileSide).Draw(t, "width")
		y := rapid.IntRange(0, l.Rows*TileSide-1).Draw(t, "y")
		to := make([]int32, width)
		l.interpolate(of, y, to)
		upper, lower, down := between(y, l.Rows)
		for x, got := range to {
			left, right, along := between(x, l.Columns)
			value := func(row, column int) int { return int(of[row*l.Columns+column]) }
			want := (value(upper, left)*(TileSide-along)+value(upper, right)*along)*(TileSide-down) +
				(value(lower, left)*(TileSide-along)+value(lower, right)*along)*down
			if int(got) != want {
				t.Fatalf("column %d of row %d is %d, want %d", x, y, got, want)
			}
		}
	})
}
