package strokes

import (
	"cmp"
	"slices"
)

// What print is like beside the textures that look like lines of it: the grain of wood, noise in the dark,
// guilloche. All are judged against the picture's own strongest print, for ink on paper is the most
// contrasty thing of its size in the picture of a document.
const (
	// leastOfNoise: characters differ from paper by more than that many standard deviations of the noise.
	leastOfNoise = 6
	// leastContrast and leastStepOfPrint are parts of the strongest print's contrast and step: print in the
	// hard shadow of a hand keeps half of its step, and all of its contrast.
	leastContrast    = 0.45
	leastStepOfPrint = 0.22
	// strongestShare: the strongest print is what three quarters of the ink are weaker than.
	strongestShare = 0.75
)

// prominent keeps the lines that are as strong as the picture's print.
func prominent(lines []Line) []Line {
	lines = slices.DeleteFunc(lines, func(l Line) bool {
		return l.Edges == 0 || l.Paper-l.Ink < leastOfNoise*l.Noise
	})
	contrast := weighted(lines, strongestShare, Line.Contrast)
	step := weighted(lines, strongestShare, Line.step)
	return slices.DeleteFunc(lines, func(l Line) bool {
		return l.Contrast() < leastContrast*contrast || l.step() < leastStepOfPrint*step
	})
}

func (l Line) step() float64 { return l.Paper - l.Ink }

// weighted is the value that the given share of the print is below, each line counting by its ink: by how
// many pieces it has and how far they stand out.
func weighted(lines []Line, share float64, value func(Line) float64) float64 {
	order := slices.Clone(lines)
	slices.SortFunc(order, func(a, b Line) int { return cmp.Compare(value(a), value(b)) })
	total := 0.0
	for _, l := range order {
		total += l.mass()
	}
	left := share * total
	for _, l := range order {
		if left -= l.mass(); left <= 0 {
			return value(l)
		}
	}
	return 0
}

// mass is how much a line counts among others: its ink.
func (l Line) mass() float64 { return float64(l.Glyphs) * l.step() }
