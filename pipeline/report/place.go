package report

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"dossier/checks"
)

// A regionView is a finding's place as it is outlined on the picture. Positions are percentages
// of the picture's sides, so that the outline fits whatever size the picture is shown at, while
// its line and its number keep theirs.
type regionView struct {
	Number              int
	Tone                string
	X, Y, Width, Height string // percent
	TagX, TagY          string // percent; where the number stands
	ShiftX, ShiftY      int    // CSS pixels beside that
	Radius              int    // of the number's disc, CSS pixels
}

// The numbers' discs, in CSS pixels at the size the picture is shown.
const (
	discRadius = 11 // holds two digits of 13 px
	wideRadius = 15 // holds three
	// nearEdge is in percent of a side: nearer to it than this, a disc centred on the corner of
	// its region would be cut off by the window on a phone, where 3% are about 10 px.
	nearEdge = 3.5
	// nearTag is in percent: closer than this, two discs would cover each other.
	nearTag = 4.0
)

// frame outlines the findings that have a place inside the picture, the largest first so that
// a small one inside it can be reached. Width and height are of the upright picture.
func frame(findings []Numbered, width, height int) []regionView {
	if width <= 0 || height <= 0 {
		return nil
	}
	var list []regionView
	type corner struct{ x, y float64 }
	var taken []corner
	for _, n := range findings {
		r, ok := clip(n.Finding.Region, width, height)
		if !ok {
			continue
		}
		x, y := percent(r.X, width), percent(r.Y, height)
		v := regionView{Number: n.Number, Tone: tone(n.Finding), Radius: discRadius,
			X: trim(x), Y: trim(y), Width: trim(percent(r.Width, width)), Height: trim(percent(r.Height, height)), TagX: trim(x), TagY: trim(y)}
		if n.Number >= 100 {
			v.Radius = wideRadius
		}
		if x < nearEdge {
			v.ShiftX = v.Radius + 2
		}
		if y < nearEdge {
			v.ShiftY = v.Radius + 2
		}
		for _, c := range taken {
			if math.Abs(c.x-x) < nearTag && math.Abs(c.y-y) < nearTag {
				v.ShiftX += 2*v.Radius + 3
			}
		}
		taken = append(taken, corner{x, y})
		list = append(list, v)
	}
	area := map[int]int64{}
	for _, n := range findings {
		area[n.Number] = int64(n.Finding.Region.Width) * int64(n.Finding.Region.Height)
	}
	slices.SortStableFunc(list, func(a, b regionView) int { return cmp.Compare(area[b.Number], area[a.Number]) })
	return list
}

// clip returns the part of r that lies inside the picture; not ok if there is none.
func clip(r checks.Region, width, height int) (checks.Region, bool) {
	if r.Width <= 0 || r.Height <= 0 || r.X >= width || r.Y >= height {
		return checks.Region{}, false
	}
	if r.X < 0 {
		r.Width, r.X = r.Width+r.X, 0
	}
	if r.Y < 0 {
		r.Height, r.Y = r.Height+r.Y, 0
	}
	r.Width, r.Height = min(r.Width, width-r.X), min(r.Height, height-r.Y)
	return r, r.Width > 0 && r.Height > 0
}

func percent(part, whole int) float64 { return 100 * float64(part) / float64(whole) }

// trim writes a percentage to a hundredth: a tenth of a pixel at any size on a screen.
func trim(p float64) string {
	return strconv.FormatFloat(math.Round(p*100)/100, 'f', -1, 64)
}

// placeText says where a region lies, in words where the picture's size is known and in pixels
// always.
func placeText(r checks.Region, width, height int) checks.Text {
	where := groupDigits(r.Width) + " × " + groupDigits(r.Height) + " px"
	t := checks.Text{
		En: where + " at x " + groupDigits(r.X) + ", y " + groupDigits(r.Y),
		Zh: where + "，起点 x " + groupDigits(r.X) + "，y " + groupDigits(r.Y),
	}
	inside, ok := clip(r, width, height)
	if !ok {
		return t
	}
	column := third(inside.X+inside.Width/2, width)
	row := third(inside.Y+inside.Height/2, height)
	names := [3][3]checks.Text{
		{{En: "upper left", Zh: "左上"}, {En: "top", Zh: "上部"}, {En: "upper right", Zh: "右上"}},
		{{En: "left", Zh: "左侧"}, {En: "middle", Zh: "中部"}, {En: "right", Zh: "右侧"}},
		{{En: "lower left", Zh: "左下"}, {En: "bottom", Zh: "下部"}, {En: "lower right", Zh: "右下"}},
	}
	name := names[row][column]
	// Nine tenths of the area are no particular place.
	if percent(inside.Width, width)*percent(inside.Height, height) >= 9000 {
		name = checks.Text{En: "nearly the whole picture", Zh: "几乎整张图片"}
	}
	return checks.Text{En: name.En + " (" + t.En + ")", Zh: name.Zh + "（" + t.Zh + "）"}
}

// third tells in which third of a side a point lies: 0, 1 or 2.
func third(at, side int) int {
	switch {
	case at < side/3:
		return 0
	case at < side-side/3:
		return 1
	}
	return 2
}
