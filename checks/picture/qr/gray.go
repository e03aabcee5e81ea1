package qr

import "dossier/checks/picture/raster"

// gray is a picture in shades of grey.
type gray struct {
	w, h  int
	v     []uint8
	scale float64 // pixels of the upright picture a pixel of this one
}

func grayOf(r *raster.Raster) gray { return gray{r.Width, r.Height, r.Luma(), float64(r.Reduce)} }

// half is the picture at half the size.
func (g gray) half() gray {
	h := gray{g.w / 2, g.h / 2, make([]uint8, (g.w/2)*(g.h/2)), 2 * g.scale}
	for y := range h.h {
		a, b := g.v[2*y*g.w:], g.v[(2*y+1)*g.w:]
		for x := range h.w {
			h.v[y*h.w+x] = uint8((int(a[2*x]) + int(a[2*x+1]) + int(b[2*x]) + int(b[2*x+1])) / 4)
		}
	}
	return h
}

// window is half the side of the square whose mean is the threshold: a mark of the smallest code that can
// be read, seven modules of two pixels, fits into it several times.
const window = 20

// least is by how much darker than its surroundings a dark pixel is: less is noise.
const least = 10

// dark says of every pixel whether it is darker than its surroundings.
func (g gray) dark() []bool {
	out := make([]bool, len(g.v))
	sums := make([]int, g.w) // of the columns of the window
	add := func(y, sign int) {
		if y < 0 || y >= g.h {
			return
		}
		for x, v := range g.v[y*g.w:][:g.w] {
			sums[x] += sign * int(v)
		}
	}
	for y := range window {
		add(y, 1)
	}
	for y := range g.h {
		add(y+window, 1)
		add(y-window-1, -1)
		rows := min(g.h-1, y+window) - max(0, y-window) + 1
		sum, from, to := 0, 0, 0 // of the columns from..to-1
		row, marked := g.v[y*g.w:][:g.w], out[y*g.w:][:g.w]
		for x, v := range row {
			for ; to < min(g.w, x+window+1); to++ {
				sum += sums[to]
			}
			if from < x-window {
				sum -= sums[from]
				from++
			}
			marked[x] = (int(v)+least)*rows*(to-from) < sum
		}
	}
	return out
}
