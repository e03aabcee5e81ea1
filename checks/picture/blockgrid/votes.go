package blockgrid

import (
	"context"
	"image"
	"math"

	"dossier/checks/picture/dct"
)

// None is the vote of a pixel that has none: a tie, or only blocks that cannot tell.
const None = 255

// Unknown is the grid of a picture that shows none.
const Unknown = -1

// Votes are the votes of a plane's pixels. Grid g has its blocks begin at x = g%8, y = g/8 (modulo 8).
type Votes struct {
	Width, Height int
	// Vote of each pixel, row by row: a grid 0..63, or None.
	Vote []uint8
	// Count is how many pixels vote for each grid.
	Count [64]int
	// Main is the grid of the whole picture, or Unknown.
	Main int
}

// mostZeros is the largest number of zeros, of 63, with which a block still votes: with fewer than
// six coefficients of its own a block is flat, and its neighbours are as flat.
const mostZeros = 57

// half is the bound below which a coefficient counts as zero, 0.5, as the bits of a float32.
const half = 0x3F000000

// Count lets the pixels of a plane vote. Only the surroundings of places vote where a sample found a
// grid other than the main one; the other pixels have no vote. main is the grid that is known to be the picture's own (0
// for a JPEG file, whose blocks begin at its corner) or Unknown; zeros, if not nil, gives the number of zeros among the 63
// AC coefficients of the main grid's block that begins at (x, y). The error is ctx's.
func Count(ctx context.Context, plane []byte, stride, width, height, main int, zeros func(x, y int) int) (*Votes, error) {
	v := &Votes{Width: width, Height: height, Main: main, Vote: make([]uint8, width*height)}
	for i := range v.Vote {
		v.Vote[i] = None
	}
	if width < 8 || height < 8 {
		return v, nil
	}
	c := &counter{Votes: v, plane: plane, stride: stride, best: make([]uint8, width*height)}
	if main == Unknown {
		v.Main = c.sample()
	}
	if v.Main != Unknown {
		c.ownGrid(zeros)
	}
	areas := c.suspects()
	if v.Main == Unknown {
		c.count = make([]uint8, width*height)
		if area(areas)*2 > width*height { // a grid all over, that the sample saw too little of
			areas = []image.Rectangle{image.Rect(0, 0, width, height)}
		}
	}
	for _, a := range areas {
		if v.Main != Unknown {
			c.castOwn(a)
		}
		for x := a.Min.X; x+8 <= a.Max.X; x += strip {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			c.strip(x, min(x+strip, a.Max.X-7), a.Min.Y, a.Max.Y)
		}
	}
	if c.count != nil && len(areas) > 0 {
		c.settle()
	}
	for _, g := range v.Vote {
		if g != None {
			v.Count[g]++
		}
	}
	if main == Unknown && v.Main == Unknown {
		v.Main = v.meaningful()
	}
	return v, nil
}

func area(rs []image.Rectangle) (n int) {
	for _, r := range rs {
		n += r.Dx() * r.Dy()
	}
	return n
}

// strip is how many blocks are worked on side by side, so that eight rows of their
// coefficients stay in the first cache: 8 * 8 * 128 * 4 bytes are 32 KiB.
const strip = 128

type counter struct {
	*Votes
	plane  []byte
	stride int
	best   []uint8 // the most zeros of a block that covers the pixel
	own    []uint8 // zeros of the blocks of the main grid, nil without one
	wide   int     // blocks in a row of own
	count  []uint8 // zeros of the block that begins at each pixel, nil with a main grid
}

// sample lets one pixel in about 2,000 places vote, and returns the grid that more than half of them
// name, or Unknown: then every pixel is asked.
func (c *counter) sample() int {
	const places = 2000
	step := max(8, int(math.Sqrt(float64(c.Width*c.Height)/places)))
	var count [64]int
	all := 0
	for y := 0; y+15 <= c.Height; y += step {
		for x := 0; x+15 <= c.Width; x += step {
			best, grid := -1, None
			for o := range 64 {
				z, ok := c.zeros(x+o%8, y+o/8)
				if z > best {
					best, grid = z, (y+o/8)%8*8+(x+o%8)%8
					if !ok {
						grid = None
					}
				} else if z == best {
					grid = None
				}
			}
			if grid != None {
				count[grid]++
				all++
			}
		}
	}
	for g, n := range count {
		if n >= 16 && n*2 > all {
			return g
		}
	}
	return Unknown
}

// zeros counts the zero coefficients of the block at (x, y), and says whether it may vote.
func (c *counter) zeros(x, y int) (n int, ok bool) {
	var f [64]float32
	at := y*c.stride + x
	dct.Forward(c.plane, at, c.stride, &f)
	var row, column int // non-zero coefficients outside of the first row, the first column
	for i := 1; i < 64; i++ {
		if math.Float32bits(f[i])&0x7FFFFFFF < half {
			n++
			continue
		}
		if i > 7 {
			row++
		}
		if i&7 != 0 {
			column++
		}
	}
	return n, n <= mostZeros && row > 0 && column > 0 && !c.saturated(at)
}

// saturated reports whether the block at offset at touches black or white.
func (c *counter) saturated(at int) bool {
	for range 8 {
		for _, v := range c.plane[at : at+8] {
			if v == 0 || v == 255 {
				return true
			}
		}
		at += c.stride
	}
	return false
}

// ownGrid notes how many zeros the blocks of the main grid have: no block with fewer can win there.
func (c *counter) ownGrid(zeros func(x, y int) int) {
	gx, gy := c.Main%8, c.Main/8
	c.wide = c.Width/8 + 2
	c.own = make([]uint8, c.wide*(c.Height/8+2))
	// Where the grid's blocks do not lie wholly in the picture nothing is known: 0 zeros.
	for y := gy; y+8 <= c.Height; y += 8 {
		for x := gx; x+8 <= c.Width; x += 8 {
			n := 0
			if zeros != nil {
				n = zeros(x, y)
			} else {
				n, _ = c.zeros(x, y)
			}
			c.own[c.ownIndex(x, y)] = uint8(n)
		}
	}
}

// castOwn lets the main grid's blocks in the area vote.
func (c *counter) castOwn(a image.Rectangle) {
	gx, gy := c.Main%8, c.Main/8
	for y := a.Min.Y/8*8 + gy; y+8 <= min(a.Max.Y+7, c.Height); y += 8 {
		for x := a.Min.X/8*8 + gx; x+8 <= min(a.Max.X+7, c.Width); x += 8 {
			n, ok := c.zeros(x, y)
			c.cast(x, y, n, ok)
		}
	}
}

// ownIndex is the place in own of the main grid's block that holds pixel (x, y).
func (c *counter) ownIndex(x, y int) int {
	return (y+8-c.Main/8)/8*c.wide + (x+8-c.Main%8)/8
}

// cast gives the vote of the block at (x, y) with n zeros to its pixels.
func (c *counter) cast(x, y, n int, ok bool) {
	vote := uint8(y%8*8 + x%8)
	mine := vote
	if !ok {
		mine = None
	}
	z := uint8(n)
	for v := y; v < y+8; v++ {
		best, votes := c.best[v*c.Width+x:v*c.Width+x+8], c.Vote[v*c.Width+x:v*c.Width+x+8]
		for i, b := range best {
			switch {
			case z > b || z == 0 && b == 0 && votes[i] == None:
				best[i], votes[i] = z, mine
			case z == b && votes[i] != vote:
				votes[i] = None
			}
		}
	}
}

// strip counts the zeros of all blocks that begin at from <= x < to and lie between the rows top and bottom. Each row is transformed once
// for all blocks that hold it; a block is given up as soon as it cannot have as many zeros as the
// main grid's blocks around it.
func (c *counter) strip(from, to, top, bottom int) {
	var lines [8][8][strip]float32 // by row modulo 8, by frequency
	full := c.own == nil
	row := func(y int) {
		l := &lines[y&7]
		p := c.plane[y*c.stride+from : y*c.stride+to+7]
		for i := range to - from {
			s := p[i : i+8 : i+8]
			a0, a1, a2, a3 := float32(s[0]), float32(s[1]), float32(s[2]), float32(s[3])
			a4, a5, a6, a7 := float32(s[4]), float32(s[5]), float32(s[6]), float32(s[7])
			if full {
				l[0][i], l[1][i], l[2][i], l[3][i], l[4][i], l[5][i], l[6][i], l[7][i] = dct.Line(a0, a1, a2, a3, a4, a5, a6, a7)
			} else {
				l[0][i], l[1][i], l[2][i], l[3][i] = dct.Low(a0, a1, a2, a3, a4, a5, a6, a7)
			}
		}
	}
	for y := top; y < top+7; y++ {
		row(y)
	}
	type candidate struct{ i, allowed int32 } // allowed: non-zero coefficients the block may still have
	var alive [strip]candidate
	for y := top; y+8 <= bottom; y++ {
		row(y + 7)
		n := 0
		for i := range to - from {
			allowed := 63
			if c.own != nil {
				// A block of the main grid has voted; and where even the least detailed of the others is too
				// flat to vote, whoever beats it is flatter.
				allowed -= int(c.least(from+i, y))
				if allowed < 63-mostZeros || (from+i)%8 == c.Main%8 && y%8 == c.Main/8 {
					continue
				}
			}
			alive[n] = candidate{int32(i), int32(allowed)}
			n++
		}
		for u := 0; u < 8 && n > 0; u++ {
			if u == 4 && !full {
				break
			}
			r0, r1, r2, r3 := &lines[y&7][u], &lines[(y+1)&7][u], &lines[(y+2)&7][u], &lines[(y+3)&7][u]
			r4, r5, r6, r7 := &lines[(y+4)&7][u], &lines[(y+5)&7][u], &lines[(y+6)&7][u], &lines[(y+7)&7][u]
			kept := 0
			for _, a := range alive[:n] {
				i := a.i & (strip - 1)
				a.allowed -= int32(columnNonzero(r0[i], r1[i], r2[i], r3[i], r4[i], r5[i], r6[i], r7[i]))
				if u == 0 {
					a.allowed++ // DC, which is far from zero in all but black
				}
				if a.allowed >= 0 {
					alive[kept] = a
					kept++
				}
			}
			n = kept
		}
		for _, a := range alive[:n] {
			x := from + int(a.i)
			if full {
				c.count[y*c.Width+x] = uint8(min(a.allowed, 63)) // what is left of 63 are the zeros
				continue
			}
			if c.highColumns(x, y) > int(a.allowed) {
				continue
			}
			z, ok := c.zeros(x, y)
			c.cast(x, y, z, ok)
		}
	}
}

// least is the smallest number of zeros of the main grid's blocks that the block at (x, y) meets.
func (c *counter) least(x, y int) uint8 {
	if c.own == nil {
		return 0
	}
	i := c.ownIndex(x, y)
	j := c.ownIndex(x+7, y+7)
	k := c.ownIndex(x+7, y)
	l := c.ownIndex(x, y+7)
	return min(c.own[i], c.own[j], c.own[k], c.own[l])
}

// columnNonzero counts the coefficients of one column that are not zero.
func columnNonzero(a0, a1, a2, a3, a4, a5, a6, a7 float32) int {
	y0, y1, y2, y3, y4, y5, y6, y7 := dct.Line(a0, a1, a2, a3, a4, a5, a6, a7)
	// The difference of the bits is negative, its highest bit 1, below one half.
	z := zero(y0) + zero(y1) + zero(y2) + zero(y3) + zero(y4) + zero(y5) + zero(y6) + zero(y7)
	return 8 - int(z)
}

func zero(v float32) uint32 { return (math.Float32bits(v)&0x7FFFFFFF - half) >> 31 }

// highColumns counts the non-zero coefficients of horizontal frequency 4 to 7.
func (c *counter) highColumns(x, y int) int {
	var w [4][8]float32
	at := y*c.stride + x
	for r := range 8 {
		s := c.plane[at : at+8 : at+8]
		_, _, _, _, w[0][r], w[1][r], w[2][r], w[3][r] = dct.Line(
			float32(s[0]), float32(s[1]), float32(s[2]), float32(s[3]), float32(s[4]), float32(s[5]), float32(s[6]), float32(s[7]))
		at += c.stride
	}
	n := 0
	for u := range w {
		a := &w[u]
		n += columnNonzero(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7])
	}
	return n
}
