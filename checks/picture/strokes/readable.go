package strokes

import (
	"image"
	"iter"
)

// Where print stops to be readable. Each figure is where half of the lines of drawn documents, made worse step
// by step, could no longer be read by package reading: see the documents of the checks legibility/sharpness,
// legibility/resolution and legibility/exposure, whose limits begin before that.
const (
	BlurUnread     = 0.24 // Line.Blur
	HeightUnread   = 6.5  // pixels
	ContrastUnread = 0.08 // Line.Contrast
	DepthUnread    = 5.0  // the step from paper to ink over the noise
)

// Readable is how well a line can be read, 0..1: 0.5 where half of such lines are read, 1 at twice as good.
func (l Line) Readable() float64 {
	if l.Edges == 0 {
		return 0
	}
	noise := max(l.Noise, 0.5)
	return min(grade(BlurUnread, l.Blur), grade(l.Height, HeightUnread), grade(l.Contrast(), ContrastUnread), grade(l.step()/noise, DepthUnread))
}

// grade is 0.5 where good equals bad, 1 where good is twice as much, and 0 where it is half.
func grade(good, bad float64) float64 {
	if bad <= 0 {
		return 1
	}
	r := good / bad
	if r >= 1 {
		return min(1, r/2)
	}
	return max(0, r-0.5)
}

// A Map says how well the print of a page can be read, tile by tile.
type Map struct {
	tiles []mapped
	// Share is the part of the tiles with print in which it can be read, 0..1; 0 without print.
	Share float64
}

type mapped struct {
	box   image.Rectangle
	value float32
}

// Tiles gives the tiles with print, in pixels of the picture, and how well it can be read there, 0..1.
func (m *Map) Tiles() iter.Seq2[image.Rectangle, float32] {
	return func(yield func(image.Rectangle, float32) bool) {
		for _, t := range m.tiles {
			if !yield(t.box, t.value) {
				return
			}
		}
	}
}

// Map makes the map of a page. lost lists tiles, as indexes of Light, in which print is wiped out: by glare.
func (p *Page) Map(lost []int) *Map {
	value := make([]float32, len(p.Light.Paper))
	for i := range value {
		value[i] = -1
	}
	for _, l := range p.Lines {
		readable := float32(l.Readable())
		for i := range p.tilesOf(l.Box) {
			value[i] = max(value[i], readable)
		}
	}
	for _, i := range lost {
		value[i] = 0
	}
	m := &Map{}
	good := 0
	for i, v := range value {
		if v < 0 {
			continue
		}
		if v >= 0.5 {
			good++
		}
		m.tiles = append(m.tiles, mapped{p.TileBox(i), v})
	}
	if len(m.tiles) > 0 {
		m.Share = float64(good) / float64(len(m.tiles))
	}
	return m
}

// TileBox is where a tile of Light lies, in pixels of the picture.
func (p *Page) TileBox(i int) image.Rectangle {
	side := TileSide * p.Reduce
	x, y := i%p.Light.Columns*side, i/p.Light.Columns*side
	return image.Rect(x, y, x+side, y+side).Intersect(image.Rect(0, 0, p.Width, p.Height))
}
