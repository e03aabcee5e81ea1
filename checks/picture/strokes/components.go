package strokes

import "image"

// A component is ink that hangs together, in pixels of the reduced picture.
type component struct {
	box  image.Rectangle
	area int
}

func (c component) width() int  { return c.box.Dx() }
func (c component) height() int { return c.box.Dy() }

// components joins runs that touch each other, also at their corners.
func components(runs []run) []component {
	parent := make([]int, len(runs))
	for i := range parent {
		parent[i] = i
	}
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	above := 0 // the first run of the row above that may still touch
	for i, r := range runs {
		for above < i && (runs[above].y < r.y-1 || runs[above].y == r.y-1 && runs[above].to < r.from) {
			above++
		}
		for k := above; k < i && runs[k].y == r.y-1 && runs[k].from <= r.to; k++ {
			if a, b := root(k), root(i); a != b {
				parent[max(a, b)] = min(a, b)
			}
		}
	}
	var list []component
	of := make([]int, len(runs))
	for i, r := range runs {
		box := image.Rect(r.from, r.y, r.to, r.y+1)
		p := root(i)
		if p == i {
			of[i] = len(list)
			list = append(list, component{box, r.to - r.from})
			continue
		}
		c := &list[of[p]]
		c.box = c.box.Union(box)
		c.area += r.to - r.from
	}
	return list
}
