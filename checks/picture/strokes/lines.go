package strokes

import (
	"image"
	"math"
	"slices"
)

// What can be a character or a part of one, in pixels of the reduced picture.
const (
	leastHeight = 4
	// tallest is the greatest height as a part of the picture's shorter side: the title of a business
	// card fills a sixth of it.
	tallest = 0.2
	// widest is how much wider than high a component may be: words whose letters touch, and lines of
	// text blurred into bars, which are told apart later.
	widest = 30
	// Less of its box than this is filled by the corner of a frame.
	leastFill = 0.12
)

// What makes two components neighbours in a line of text, in parts of the height of the larger. Characters
// that are written apart, such as in 名 称, stand up to two heights from each other.
const (
	farthest   = 1.6
	offLine    = 0.5
	likeHeight = 2.4
	// leastGlyphs is the least number of components in a line: names of two characters have three or
	// four, and chance makes chains of three out of any texture.
	leastGlyphs = 4
)

// glyphs lists the components that can be characters.
func glyphs(all []component, width, height int) []component {
	most := int(tallest * float64(min(width, height)))
	var list []component
	for _, c := range all {
		w, h := c.width(), c.height()
		small, large := min(w, h), max(w, h)
		if large < leastHeight || small > most || large > widest*small || float64(c.area) < leastFill*float64(w*h) {
			continue
		}
		list = append(list, c)
	}
	return list
}

// A chain is a line of text: indexes of its components from its one end to the other.
type chain []int

// chains finds lines of text that run across, or down if the components are given with x and y exchanged.
// gap is the mean distance of neighbours, in heights.
func chains(list []component) []chain {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return list[a].box.Min.X - list[b].box.Min.X })
	at := newGrid(list)
	next := make([]int, len(list)) // right-hand neighbour, -1 for none
	taken := make([]bool, len(list))
	for i := range next {
		next[i] = -1
	}
	for _, i := range order {
		if n := at.neighbour(i); n >= 0 && !taken[n] {
			next[i], taken[n] = n, true
		}
	}
	var found []chain
	for _, i := range order {
		if taken[i] {
			continue // not the beginning of a line
		}
		var c chain
		for k := i; k >= 0; k = next[k] {
			c = append(c, k)
		}
		found = append(found, c)
	}
	return found
}

// A grid finds components near a place.
type grid struct {
	list  []component
	cells map[image.Point][]int
}

// cell is the side of a grid's cell: the height of a large line of body text.
const cell = 32

func newGrid(list []component) *grid {
	g := &grid{list, map[image.Point][]int{}}
	for i, c := range list {
		if c.height() < leastHeight {
			continue
		}
		p := image.Pt(c.box.Min.X/cell, (c.box.Min.Y+c.box.Max.Y)/2/cell)
		g.cells[p] = append(g.cells[p], i)
	}
	return g
}

// neighbour finds the component that follows i in its line, -1 if there is none.
func (g *grid) neighbour(i int) int {
	c := g.list[i]
	h := c.height()
	if h < leastHeight {
		return -1
	}
	reach := int(farthest * likeHeight * float64(h))
	best, nearest := -1, math.MaxInt
	middle := (c.box.Min.Y + c.box.Max.Y) / 2
	up := int(offLine * likeHeight * float64(h))
	for y := (middle - up) / cell; y <= (middle+up)/cell; y++ {
		for x := c.box.Min.X / cell; x <= (c.box.Max.X+reach)/cell; x++ {
			for _, k := range g.cells[image.Pt(x, y)] {
				if d, ok := follows(c, g.list[k]); ok && d < nearest {
					best, nearest = k, d
				}
			}
		}
	}
	return best
}

// follows reports whether b can be what follows a in a line of text, and the distance between them.
func follows(a, b component) (distance int, ok bool) {
	ha, hb := a.height(), b.height()
	large := float64(max(ha, hb))
	if b.box.Min.X+b.box.Max.X <= a.box.Min.X+a.box.Max.X || large > likeHeight*float64(min(ha, hb)) {
		return 0, false
	}
	off := math.Abs(float64(a.box.Min.Y+a.box.Max.Y-b.box.Min.Y-b.box.Max.Y)) / 2
	gap := b.box.Min.X - a.box.Max.X
	if off > offLine*large || float64(gap) > farthest*large || float64(gap) < -offLine*large {
		return 0, false
	}
	return max(gap, 0) + int(off), true
}
