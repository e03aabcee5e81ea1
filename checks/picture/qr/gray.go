package qr

import "dossier/checks/picture/raster"

// gray is a picture in shades of grey.
type gray struct {
	w, h  int
	v     []uint8
	scale float64 // pixels of the upright picture a pixel of this one
}

func grayOf(r *raster.Raster) gray {
	g := gray{r.Width, r.Height, make([]uint8, r.Width*r.Height), float64(r.Reduce)}
	for i := range g.v {
		p := r.Pixels[3*i : 3*i+3]
		g.v[i] = uint8((77*int(p[0]) + 151*int(p[1]) + 28*int(p[2])) >> 8)
	}
	return g
}

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
	sums := make([]int, g.w+1) // of the columns of the window
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
		sum := 0
		for x := range min(window, g.w) {
			sum += sums[x]
		}
		for x := range g.w {
			if x+window < g.w {
				sum += sums[x+window]
			}
			if x-window-1 >= 0 {
				sum -= sums[x-window-1]
			}
			n := rows * (min(g.w-1, x+window) - max(0, x-window) + 1)
			out[y*g.w+x] = (int(g.v[y*g.w+x])+least)*n < sum
		}
	}
	return out
}
