package recompression

import (
	"context"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/dct"
	"dossier/checks/picture/jpeg"
)

// Terms is how many coefficients of a block are looked at: the first in zigzag order, DC left
// out. Later ones are nearly always zero after the qualities people use, and tell nothing.
const Terms = 20

// activities is how many groups blocks are sorted into by how much detail they hold. A
// histogram of coefficients depends on the detail as much as on the compression, so a
// block is only ever compared with blocks of its group.
const activities = 4

// classes doubles the groups: blocks that touch black or white in a colour channel are kept apart,
// because a decoder cuts there what the first compression left in the coefficients.
const classes = 2 * activities

// Masked is the class of a block that cannot tell anything.
const Masked = 255

// A Luma is the brightness plane of a JPEG file, as coefficients and as samples, with what all
// methods need to know of each block. It is shared: never write to it.
type Luma struct {
	Component *jpeg.Component
	// Wide and High count the blocks that lie wholly inside the picture.
	Wide, High int
	// Step is the quantization table in natural order, never 0.
	Step [64]int
	// Plane holds the decoded samples, Stride in a row.
	Plane  []byte
	Stride int
	// Class is each block's group, 0 (least detail) to activities-1 and the same again, behind
	// them, for blocks that touch black or white; or Masked: blocks without any detail, coloured
	// ones that touch black or white, and blocks that never arrived.
	Class []uint8
	// Usable counts the blocks that are not Masked.
	Usable int
	// White is the share of blocks that are white all over, 0..1.
	White float64

	chroma  []*jpeg.Component
	terms   []term  // the non-zero terms of all blocks, block by block
	from    []int32 // where the terms of block i begin; one longer than the blocks
	density [classes][Terms]*density
}

// A term is one non-zero coefficient: which one, and its size without sign.
type term uint16

// maxLevel is the largest quantized value that is told apart; a larger one is rare and its
// neighbours are too thinly populated to show a comb.
const maxLevel = 63

func newTerm(k, level int) term { return term(k<<6 | level) }

// Shared is the subject's brightness plane, computed once. It is nil, without an error, if the file
// is a JPEG without a brightness plane (CMYK, RGB), and the error is that of jpeg.Shared
// otherwise.
var Shared = checks.NewShared("brightness plane and its blocks", func(ctx context.Context, s *checks.Subject) (*Luma, error) {
	f, err := jpeg.Shared.Of(ctx, s)
	if err != nil {
		return nil, err
	}
	return NewLuma(f), nil
})

// NewLuma prepares the brightness plane of f; nil if f has none or no whole block.
func NewLuma(f *jpeg.File) *Luma {
	if n := len(f.Components); n != 1 && n != 3 || f.StoresRGB() || f.Components[0].Coefficients == nil {
		return nil
	}
	c := &f.Components[0]
	l := &Luma{Component: c, Wide: c.Width / 8, High: c.Height / 8, Stride: c.BlocksWide * 8}
	if l.Wide == 0 || l.High == 0 || c.Quantization == ([64]uint16{}) {
		return nil
	}
	for i, q := range c.Quantization {
		l.Step[i] = max(1, int(q))
	}
	if n := len(f.Components); n == 3 {
		l.chroma = []*jpeg.Component{&f.Components[1], &f.Components[2]}
	}
	l.Plane = f.Plane(0)
	l.sortBlocks()
	l.measureDensities()
	return l
}

// activity is the class of a block with that many non-zero terms among the first Terms.
func activity(nonzero int) uint8 {
	switch {
	case nonzero <= 2:
		return 0
	case nonzero <= 6:
		return 1
	case nonzero <= 12:
		return 2
	}
	return 3
}

func (l *Luma) sortBlocks() {
	n := l.Wide * l.High
	l.Class = make([]uint8, n)
	l.from = make([]int32, n+1)
	l.terms = make([]term, 0, 6*n)
	white := 0
	for y := range l.High {
		for x := range l.Wide {
			i := y*l.Wide + x
			l.from[i] = int32(len(l.terms))
			l.Class[i] = Masked
			if !l.Component.Arrived(x, y) {
				continue
			}
			block := l.Component.Block(x, y)
			for k := 1; k <= Terms; k++ {
				v := int(block[jpeg.ZigZag[k]])
				if v != 0 {
					l.terms = append(l.terms, newTerm(k-1, min(max(v, -v), maxLevel)))
				}
			}
			nonzero := len(l.terms) - int(l.from[i])
			if nonzero == 0 {
				if l.Plane[y*8*l.Stride+x*8] >= 254 {
					white++
				}
				continue
			}
			class := activity(nonzero)
			if near := l.headroom(x, y); near < safeHeadroom {
				// Where colour is surely cut off, brightness is too: red or blue ink on white paper
				// keeps nothing of its first compression.
				if near < cutHeadroom && l.coloured(x, y) {
					continue
				}
				class += activities
			}
			l.Class[i] = class
			l.Usable++
		}
	}
	l.White = float64(white) / float64(n)
	l.from[n] = int32(len(l.terms))
	l.terms = slices.Clip(l.terms)
}

// How far, in levels, a block must stay from black and white in every colour channel not to be touched
// by clipping, and where clipping is certain. The chroma is only known as the mean of its block, which single pixels
// exceed.
const (
	safeHeadroom = 16
	cutHeadroom  = 4
)

// headroom returns how many levels the pixels of the block stay from black and white, in the colour
// channel that comes nearest: a decoder cuts them there, and what the first compression left in the
// coefficients is lost.
func (l *Luma) headroom(x, y int) float32 {
	at := y*8*l.Stride + x*8
	lo, hi := uint32(255), uint32(0)
	for range 8 {
		for _, b := range l.Plane[at : at+8] {
			v := uint32(b)
			lo, hi = min(lo, v), max(hi, v)
		}
		at += l.Stride
	}
	below, above := l.channels(x, y)
	return min(float32(lo)+below, 255-float32(hi)-above)
}

// coloured reports whether the block holds colour that changes within it, or strong colour.
func (l *Luma) coloured(x, y int) bool {
	const strong = 20 // levels from grey
	for _, p := range l.chroma {
		block := p.Block(x*p.H/l.Component.H, y*p.V/l.Component.V)
		if d := int(block[0]) * int(p.Quantization[0]) / 8; d > strong || d < -strong {
			return true
		}
		for _, v := range block[1:] {
			if v != 0 {
				return true
			}
		}
	}
	return false
}

// channels returns how far the darkest and the brightest of red, green and blue stand from
// the brightness in a block (the equations of JFIF 1.02).
func (l *Luma) channels(x, y int) (below, above float32) {
	if len(l.chroma) != 2 {
		return 0, 0
	}
	var c [2]float32
	for i, p := range l.chroma {
		c[i] = float32(p.Block(x*p.H/l.Component.H, y*p.V/l.Component.V)[0]) * float32(p.Quantization[0]) / 8
	}
	red, green, blue := 1.402*c[1], -0.344136*c[0]-0.714136*c[1], 1.772*c[0]
	return min(red, green, blue), max(red, green, blue)
}

// nonzero counts the terms of the transformed block c that the file's own steps would not make zero.
func (l *Luma) nonzero(c *[64]float32) (count int) {
	for k := 1; k <= Terms; k++ {
		n := jpeg.ZigZag[k]
		if half := float32(l.Step[n]) / 2; c[n] > half || c[n] < -half {
			count++
		}
	}
	return count
}

// measureDensities estimates how the coefficients were distributed before they were quantized: from the
// same picture on a grid moved by half a block, where quantization left no comb (Lukáš and
// Fridrich, "Estimation of primary quantization matrix in double compressed JPEG images", 2003).
func (l *Luma) measureDensities() {
	// 20,000 blocks give every class thousands; more changes nothing.
	const enough = 20000
	var counts [classes][Terms][maxMagnitude]uint32
	columns, rows := l.Wide-1, l.High-1
	step := max(1, columns*rows/enough)
	var c [64]float32
	// Four shifts in turn: one of them may be the grid of an earlier compression.
	shifts := [4][2]int{{4, 4}, {3, 5}, {5, 3}, {4, 3}}
	for i := 0; i < columns*rows; i += step {
		x, y := i%columns, i/columns
		shift := shifts[i/step&3]
		dct.Forward(l.Plane, (8*y+shift[1])*l.Stride+8*x+shift[0], l.Stride, &c)
		nonzero := l.nonzero(&c)
		if nonzero == 0 {
			continue
		}
		class := activity(nonzero)
		if l.Class[y*l.Wide+x]/activities == 1 {
			class += activities
		}
		for k := 1; k <= Terms; k++ {
			v := c[jpeg.ZigZag[k]]
			if v < 0 {
				v = -v
			}
			counts[class][k-1][min(int(v), maxMagnitude-1)]++
		}
	}
	for class := range counts {
		for k := range Terms {
			l.density[class][k] = newDensity(&counts[class][k])
		}
	}
}
