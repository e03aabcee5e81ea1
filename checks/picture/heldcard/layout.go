package heldcard

import (
	"math"

	"dossier/checks/picture/reading"
)

// The card's size in millimetres: ID-1 of ISO/IEC 7810.
const (
	CardWidth  = 85.6
	CardHeight = 54.0
)

// A Place is a part of the card's front, in millimetres from its top left corner.
type Place struct {
	Name           string // of the field, as in checks.Reading
	X0, Y0, X1, Y1 float64
}

// The places of what the front of a card shows (GA 448, the layout of the second-generation card;
// measured on 32 drawn cards), line by line. A name has two characters at least, and an address two
// lines nearly always: what may be empty is not among them. Portrait is the photograph.
var (
	Name          = Place{"name", 14.5, 6.6, 23, 12}
	Sex           = Place{"sex", 14.5, 14, 19, 19}
	Ethnicity     = Place{"ethnicity", 31.5, 14, 35.5, 19}
	Birth         = Place{"birth_date", 14.5, 21, 40, 26}
	Address       = Place{"address", 14.5, 28, 47, 33}
	AddressSecond = Place{"address", 14.5, 33, 40, 37.5}
	Number        = Place{"id_number", 28, 44.8, 78, 49.4}
	Portrait      = Place{"portrait", 54, 5, 83, 40}
)

// Pitch is the distance between two digits of the number, in millimetres: they are the largest
// print on the card. The characters of the address, the smallest that must be read, are 3.15 wide.
const Pitch = 2.78

// anchors says where the left end of each label is, the middle of its height, as the search for lines
// finds them: a little left of the print. Each varies by 0.3 mm.
var anchors = map[string]reading.Point{
	"姓名": {X: 5.1, Y: 9.5}, "性别": {X: 5.2, Y: 16.6}, "民族": {X: 21.6, Y: 16.6}, "出生": {X: 5.4, Y: 23.7},
	"住址": {X: 5.4, Y: 30.8}, "公民身份号码": {X: 5.7, Y: 47.2}, "公民身份证号码": {X: 5.7, Y: 47.2},
}

// Where the line of the number begins and ends.
var (
	numberBegin = reading.Point{X: 27.5, Y: 47.1}
	numberEnd   = reading.Point{X: 78.4, Y: 47.1}
)

// backLabels stand on the card's other side, with the emblem.
var backLabels = map[string]bool{"签发机关": true, "有效期限": true}

// A transform takes millimetres of the card to pixels of the picture: x' = a x + b y + c, y' = d x + e y + f.
type transform struct{ a, b, c, d, e, f float64 }

func (t transform) at(x, y float64) reading.Point {
	return reading.Point{X: t.a*x + t.b*y + t.c, Y: t.d*x + t.e*y + t.f}
}

// of is the place on the card of a point of the picture, in millimetres.
func (t transform) of(p reading.Point) reading.Point {
	det := t.a*t.e - t.b*t.d
	x, y := p.X-t.c, p.Y-t.f
	return reading.Point{X: (t.e*x - t.b*y) / det, Y: (t.a*y - t.d*x) / det}
}

// mirrored is how the card lies with its left and right exchanged in its own place.
func (t transform) mirrored() transform {
	return transform{-t.a, t.b, t.c + t.a*CardWidth, -t.d, t.e, t.f + t.d*CardWidth}
}

// scale is how many pixels a millimetre has, in the mean of all directions.
func (t transform) scale() float64 { return math.Sqrt(math.Abs(t.a*t.e - t.b*t.d)) }

// sound reports whether a card could lie so: not mirrored, not seen from so far aside that it could
// not be read, and of a size that fits in a picture.
func (t transform) sound() bool {
	across, down := math.Hypot(t.a, t.d), math.Hypot(t.b, t.e)
	det := t.a*t.e - t.b*t.d
	if !(across > 0.2 && down > 0.2 && across < 400 && down < 400) {
		return false
	}
	// A card turned by 45 degrees is 0.7 times as wide; sheared by 30 degrees it hardly can be.
	return across/down > 0.6 && across/down < 1.7 && det > 0.8*across*down
}
