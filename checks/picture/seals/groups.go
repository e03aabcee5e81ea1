package seals

// The least ink that counts is tried in turn. At strong, what the noise of a JPEG of poor quality and the
// pale patterns of certificates leave stays below; at faint, faint chops are seen where there are no such
// things. Faint blue is not looked for: shadows and skies are.
const (
	strong = 14
	faint  = 7
)

// tile is the side of the squares by which ink is grouped, in pixels of a plane. Ink belongs together
// that is no further apart than two of them, 1 to 3 mm on a sheet that fills the picture: a chop's ring,
// the text within and its star are, a title and the text under it are not.
const tile = 4

// A group is ink that lies together.
type group struct {
	x0, y0, x1, y1 int // in tiles, x1 and y1 excluded
	tiles          []int
}

// groups finds ink that lies together and could make up a chop of at least the least size, in pixels.
func groups(p *plane, least int) (all []group, cols int, label []int32) {
	cols = (p.w + tile - 1) / tile
	rows := (p.h + tile - 1) / tile
	count := make([]uint8, cols*rows)
	for y := range p.h {
		for x, v := range p.ink[y*p.w:][:p.w] {
			if int(v) >= p.least {
				count[y/tile*cols+x/tile]++
			}
		}
	}
	label = make([]int32, cols*rows) // 0: not yet seen
	var stack []int
	for start, n := range count {
		if n < 2 || label[start] != 0 { // a single pixel is noise
			continue
		}
		g := group{cols, rows, 0, 0, nil}
		id := int32(len(all) + 1)
		label[start] = id
		for stack = append(stack[:0], start); len(stack) > 0; {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			x, y := at%cols, at/cols
			g.tiles = append(g.tiles, at)
			g.x0, g.y0, g.x1, g.y1 = min(g.x0, x), min(g.y0, y), max(g.x1, x+1), max(g.y1, y+1)
			for j := max(0, y-2); j <= min(rows-1, y+2); j++ {
				for i := max(0, x-2); i <= min(cols-1, x+2); i++ {
					if to := j*cols + i; count[to] >= 2 && label[to] == 0 {
						label[to] = id
						stack = append(stack, to)
					}
				}
			}
		}
		all = append(all, g)
	}
	// Labels stay those of the whole list, so that what is left out is only skipped.
	for i := range all {
		if g := &all[i]; max(g.x1-g.x0, g.y1-g.y0)*tile < least {
			g.tiles = nil
		}
	}
	return all, cols, label
}

// outline lists the outermost ink of a group: the first and last pixel of each row and column.
func (g *group) outline(p *plane, cols int, label []int32, id int32) []point {
	x0, y0 := g.x0*tile, g.y0*tile
	w, h := min(p.w, g.x1*tile)-x0, min(p.h, g.y1*tile)-y0
	first, last := make([]int, w+h), make([]int, w+h)
	for i := range first {
		first[i] = -1
	}
	note := func(line, at int) {
		if first[line] < 0 {
			first[line] = at
		}
		last[line] = at
	}
	for y := range h {
		row := p.ink[(y0+y)*p.w+x0:][:w]
		labels := label[(y0+y)/tile*cols:]
		for x, v := range row {
			if int(v) >= p.least && labels[(x0+x)/tile] == id {
				note(y, x)
				note(h+x, y)
			}
		}
	}
	var points []point
	for i := range first {
		if first[i] < 0 {
			continue
		}
		for _, at := range []int{first[i], last[i]} {
			if i < h {
				points = append(points, point{float64(x0+at) + 0.5, float64(y0+i) + 0.5})
			} else {
				points = append(points, point{float64(x0+i-h) + 0.5, float64(y0+at) + 0.5})
			}
		}
	}
	return points
}
