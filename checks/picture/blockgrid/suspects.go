package blockgrid

import (
	"image"

	"dossier/checks/picture/dct"
)

// The sample looks at one point in 16 x 16 pixels, where 64 blocks begin, one of each grid.
// A region of 64 x 64 pixels holds 16 points. Where at least sampleVotes of the points of
// such a square name one foreign grid, its surroundings are looked at in full: a region that is meaningful in the
// end has four pixels of ten and more on its grid, so that six points of 16 are expected.
const (
	sampleStep  = 16
	sampleSide  = 4
	sampleVotes = 3
	// Without a main grid every point votes, and three of 16 agree by chance in one square of eight; five in
	// one of 4,000.
	sampleVotesAll = 5
)

// suspects returns the parts of the picture, disjoint, that need a full count.
func (c *counter) suspects() []image.Rectangle {
	wide, high := (c.Width-15)/sampleStep+1, (c.Height-15)/sampleStep+1
	if c.Width < 15 || c.Height < 15 {
		return nil
	}
	need := sampleVotes
	if c.own == nil {
		need = sampleVotesAll
	}
	named := make([]uint8, wide*high)
	for y := range high {
		for x := range wide {
			named[y*wide+x] = c.point(x*sampleStep, y*sampleStep)
		}
	}
	// Tiles of 4 x 4 points, each marked with its neighbours.
	tw, th := (wide+sampleSide-1)/sampleSide, (high+sampleSide-1)/sampleSide
	marked := make([]bool, tw*th)
	for y := 0; y < high; y += sampleSide / 2 {
		for x := 0; x < wide; x += sampleSide / 2 {
			if !agree(named, wide, high, x, y, need) {
				continue
			}
			for v := max(0, y/sampleSide-1); v <= min(th-1, (y+sampleSide-1)/sampleSide+1); v++ {
				for u := max(0, x/sampleSide-1); u <= min(tw-1, (x+sampleSide-1)/sampleSide+1); u++ {
					marked[v*tw+u] = true
				}
			}
		}
	}
	var out []image.Rectangle
	const tile = sampleStep * sampleSide
	for y := range th {
		for x := 0; x < tw; x++ {
			from := x
			for x < tw && marked[y*tw+x] {
				x++
			}
			if x > from {
				// Seven pixels beyond, so that the blocks across the border are counted too.
				out = append(out, image.Rect(from*tile, y*tile, x*tile+7, y*tile+tile+7).Intersect(image.Rect(0, 0, c.Width, c.Height)))
			}
		}
	}
	return out
}

// agree reports whether enough points of the square at (x, y) name the same foreign grid.
func agree(named []uint8, wide, high, x, y, need int) bool {
	var count [64]int
	for v := y; v < min(high, y+sampleSide); v++ {
		for u := x; u < min(wide, x+sampleSide); u++ {
			if g := named[v*wide+u]; g != None {
				if count[g]++; count[g] >= need {
					return true
				}
			}
		}
	}
	return false
}

// point returns the foreign grid whose block, of the 64 that begin in the 8 x 8 pixels at (x, y), has the most zeros and
// more than the main grid's blocks there; None if there is none.
func (c *counter) point(x, y int) uint8 {
	least := int(min(c.least(x, y), c.least(x+7, y+7), c.least(x+7, y), c.least(x, y+7)))
	if least > mostZeros {
		return None
	}
	var rows [8][8][15]float32 // per dx: the eight frequencies of 15 rows
	at := y*c.stride + x
	for r := range 15 {
		p := c.plane[at : at+15 : at+15]
		at += c.stride
		var s [15]float32
		for i, v := range p {
			s[i] = float32(v)
		}
		for dx := range 8 {
			t := s[dx : dx+8 : dx+8]
			o := &rows[dx]
			o[0][r], o[1][r], o[2][r], o[3][r], o[4][r], o[5][r], o[6][r], o[7][r] = dct.Line(t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7])
		}
	}
	best, winner := 0, -1
	for dy := range 8 {
		for dx := range 8 {
			if (x+dx)%8 == c.Main%8 && (y+dy)%8 == c.Main/8 {
				continue
			}
			allowed := 63 - max(int(c.least(x+dx, y+dy))+1, best)
			if allowed < 63-mostZeros {
				continue
			}
			nonzero := -1 // for DC
			for u := 0; u < 8 && nonzero <= allowed; u++ {
				s := rows[dx][u][dy : dy+8 : dy+8]
				nonzero += columnNonzero(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7])
			}
			switch z := 63 - nonzero; {
			case nonzero > allowed:
			case z > best:
				best, winner = z, dy*8+dx
			default:
				winner = -1 // a tie
			}
		}
	}
	if winner < 0 {
		return None
	}
	x, y = x+winner%8, y+winner/8
	if _, ok := c.zeros(x, y); !ok {
		return None
	}
	return uint8(y%8*8 + x%8)
}
