package blockgrid

// settle gives every pixel its vote once the zeros of all blocks are counted: the block with the most among the 64 that
// cover it, none if two have as many. The best of eight blocks beside each other comes first, then
// of eight such rows.
func (c *counter) settle() {
	w := c.Width
	type best struct {
		zeros uint8
		back  int8 // pixels from the block's left edge, -1 for a tie
	}
	rows := make([]best, 8*w) // of the last eight rows of blocks
	// Whether a block may vote is asked only of winners, once each.
	const yes, no = 1, 2
	may := make([]uint8, len(c.count))
	for y := range c.Height {
		if y+8 <= c.Height {
			line, to := c.count[y*w:(y+1)*w], rows[y&7*w:(y&7+1)*w]
			for x := range w {
				b := best{}
				for d := max(0, x+8-w); d < min(8, x+1); d++ {
					switch z := line[x-d]; {
					case z > b.zeros:
						b = best{z, int8(d)}
					case z == b.zeros:
						b.back = -1
					}
				}
				to[x] = b
			}
		}
		vote := c.Vote[y*w : (y+1)*w]
		for x := range w {
			b, row := best{}, 0
			for v := max(0, y-7); v <= min(y, c.Height-8); v++ {
				switch r := rows[v&7*w+x]; {
				case r.zeros > b.zeros:
					b, row = r, v
				case r.zeros == b.zeros:
					b.back = -1
				}
			}
			if b.zeros == 0 || b.back < 0 || b.zeros > mostZeros {
				continue
			}
			left := x - int(b.back)
			at := row*w + left
			if may[at] == 0 {
				may[at] = no
				if _, ok := c.zeros(left, row); ok {
					may[at] = yes
				}
			}
			if may[at] == yes {
				vote[x] = uint8(row%8*8 + left%8)
			}
		}
	}
}
