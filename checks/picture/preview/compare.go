package preview

import (
	"cmp"
	"image"
	"math"
	"slices"

	"dossier/checks/picture/orientation"
)

// A Comparison is how a preview and the picture agree.
type Comparison struct {
	// Orientation is how the preview had to be turned to match the upright picture best, as EXIF
	// numbers turns (1..8), beyond what the file asks for: 1 means that it agrees as it is.
	Orientation int
	// Frame is the part of the turned preview that shows what the picture shows, in its pixels: less than
	// all of it where black bars fill its shape, or where the picture is a part of what it shows.
	Frame image.Rectangle
	// Shown is the part of the picture, in its pixels, that the preview shows: all but a little, unless the
	// preview has another shape and was cut.
	Shown image.Rectangle
	// Cropped is set if the preview shows more than the picture does.
	Cropped bool
	// Correlation of brightness over the whole, -1..1, after alignment.
	Correlation float64
	// Worst is the largest difference of a block, in levels of brightness (0..255) beyond what tone, sharpness and
	// alignment explain; Typical is the upper quartile over all blocks.
	Worst, Typical float64
	// Contrast is the standard deviation of the picture's brightness at the compared size, in levels.
	Contrast float64
	// Changed is the area, in pixels of the picture, of the worst block and the differing ones around it;
	// Share is the part of the picture, 0..1, that these blocks fill.
	Changed image.Rectangle
	Share   float64
	// Turned is the preview turned upright, and Reduced the picture at the size it was compared at.
	Turned  image.Image
	Reduced *image.Gray
}

const (
	// compared is the longer side at which pictures are compared: that of EXIF's usual 160 x 120.
	compared = 160
	// coarse is the longer side at which turns and frames are tried out.
	coarse = 48
	// sure is the correlation at the coarse size beyond which no other way to lay the preview is tried.
	sure = 0.95
	// finer is how many times finer than compared the picture itself is looked at: old cameras leave out pixels to
	// make a thumbnail instead of averaging them, so that it shows any of the tones within a pixel.
	finer = 3
)

// Compare compares a decoded preview, as stored, with the upright picture; stored is the orientation that the
// file declares, 1..8, which belongs to both. It returns nil if the picture holds too little for a comparison: fewer
// than minSide pixels a side.
func Compare(preview, picture image.Image, stored int) *Comparison {
	b := picture.Bounds()
	if b.Dx() < minSide || b.Dy() < minSide {
		return nil
	}
	whole := reduce(picture, finer*compared)
	shape := whole[0].table()
	var tried []candidate
	for _, turn := range turns {
		turned := orientation.Apply(preview, compose(stored, turn))
		small := reduce(turned, compared)[0]
		shapeOfPreview := small.table()
		best := candidate{score: -2}
		for _, f := range framings(small, turned.Bounds(), b) {
			c := candidate{turn: turn, turned: turned, frame: f.frame, shown: f.shown}
			if c.score = c.try(shapeOfPreview, shape, b); c.score > best.score {
				best = c
			}
		}
		tried = append(tried, best)
		if turn == orientation.Upright && best.score > sure {
			break
		}
	}
	// As the file says, unless the best of the other turns, or a part of the preview, is clearly better
	// once it is aligned.
	result := tried[0].compare(whole, b, false)
	if tried[0].score > sure {
		return result
	}
	const (
		clearly = 0.02
		// A chance likeness of a part goes up to 0.8; a true part, once aligned, is as like as a whole.
		partly = 0.9
	)
	if other := slices.MaxFunc(tried[1:], func(a, b candidate) int { return cmp.Compare(a.score, b.score) }); other.score > tried[0].score+clearly {
		if r := other.compare(whole, b, false); r.Correlation > result.Correlation+clearly {
			result = r
		}
	}
	// A picture that was cut may have been turned too.
	for _, t := range tried[:plainTurns] {
		if result.Correlation > sure {
			break
		}
		if c, ok := findCrop(t, shape, b); ok {
			if r := c.compare(whole, b, true); r.Correlation > result.Correlation+clearly && r.Correlation > partly {
				result = r
			}
		}
	}
	return result
}

// turns are tried in this order: as the file says, the other ways a picture is turned, then mirrored.
var turns = []int{1, 6, 8, 3, 2, 4, 5, 7}

// plainTurns is how many of them do not mirror.
const plainTurns = 4

// compose returns the orientation that turns as first does and then as second does.
func compose(first, second int) int {
	if second == orientation.Upright {
		return first
	}
	if first < 1 || first > 8 {
		first = orientation.Upright
	}
	// Found by turning three marked pixels, which tell all eight apart.
	const w, h = 3, 2
	for o := 1; o <= 8; o++ {
		same := true
		for _, p := range []image.Point{{0, 0}, {2, 0}, {0, 1}} {
			r := image.Rectangle{p, p.Add(image.Pt(1, 1))}
			once := orientation.Rect(r, w, h, first)
			w1, h1 := w, h
			if orientation.Swaps(first) {
				w1, h1 = h, w
			}
			if orientation.Rect(once, w1, h1, second) != orientation.Rect(r, w, h, o) {
				same = false
			}
		}
		if same {
			return o
		}
	}
	return first
}

// A candidate is one way to lay the preview over the picture.
type candidate struct {
	turn         int
	turned       image.Image
	frame, shown image.Rectangle
	score        float64
}

// try returns the correlation at the coarse size.
func (c *candidate) try(small, whole *table, picture image.Rectangle) float64 {
	w, h := fit(c.shown.Dx(), c.shown.Dy(), coarse)
	a := whole.cut(c.shown, picture, w, h)
	p := small.cut(c.frame, c.turned.Bounds(), w, h)
	return correlation(a, p)
}

func fit(w, h, longest int) (int, int) {
	if w >= h {
		return longest, max(8, int(math.Round(float64(h)*float64(longest)/float64(w))))
	}
	return max(8, int(math.Round(float64(w)*float64(longest)/float64(h)))), longest
}

// A framing says which part of the preview shows which part of the picture.
type framing struct{ frame, shown image.Rectangle }

// framings returns the ways in which a preview of one shape shows a picture of another: the whole
// in the whole, less black bars, less what fills up the shape, or cut to the preview's shape.
func framings(small *plane, preview, picture image.Rectangle) []framing {
	out := []framing{{preview, picture}}
	if trimmed := small.trim(preview); trimmed != preview {
		out = append(out, framing{trimmed, picture})
	}
	pw, ph, w, h := preview.Dx(), preview.Dy(), picture.Dx(), picture.Dy()
	// Shapes that differ by less than a pixel of the preview are the same.
	if d := pw*h - w*ph; d > max(w, h) || -d > max(w, h) {
		out = append(out, framing{centred(preview, w, h), picture}, framing{preview, centred(picture, pw, ph)})
	}
	return out
}

// centred returns the largest rectangle of shape w x h in the middle of r.
func centred(r image.Rectangle, w, h int) image.Rectangle {
	cw, ch := r.Dx(), r.Dx()*h/w
	if ch > r.Dy() {
		cw, ch = r.Dy()*w/h, r.Dy()
	}
	cw, ch = max(cw, 1), max(ch, 1)
	x, y := r.Min.X+(r.Dx()-cw)/2, r.Min.Y+(r.Dy()-ch)/2
	return image.Rect(x, y, x+cw, y+ch)
}

// findCrop looks for the picture as a part of what the preview, turned as in t, shows.
func findCrop(t candidate, whole *table, picture image.Rectangle) (candidate, bool) {
	b := t.turned.Bounds()
	small := reduce(t.turned, compared)[0].table()
	// From coarse to fine: everywhere with few cells, then around the best with more.
	const smallest = 0.35 // of the preview's side: of less, too little is left to be sure
	full := centred(b, picture.Dx(), picture.Dy())
	search := func(cells int, from, to, step, stride float64, near image.Rectangle) (best image.Rectangle, score float64) {
		w, h := fit(picture.Dx(), picture.Dy(), cells)
		a := whole.cut(picture, picture, w, h)
		score = -2
		for s := from; s >= to; s *= step {
			cw, ch := int(s*float64(full.Dx())), int(s*float64(full.Dy()))
			if cw < 8 || ch < 8 {
				break
			}
			dx, dy := max(1, int(stride*float64(cw))), max(1, int(stride*float64(ch)))
			for y := max(near.Min.Y, b.Min.Y); y+ch <= min(near.Max.Y, b.Max.Y); y += dy {
				for x := max(near.Min.X, b.Min.X); x+cw <= min(near.Max.X, b.Max.X); x += dx {
					frame := image.Rect(x, y, x+cw, y+ch)
					if c := correlation(a, small.cut(frame, b, w, h)); c > score {
						score, best = c, frame
					}
				}
			}
		}
		return best, score
	}
	first, score := search(12, 1, smallest, 0.92, 0.08, b)
	if score < 0.6 {
		return candidate{}, false
	}
	margin := max(first.Dx(), first.Dy()) / 8
	size := float64(first.Dx()) / float64(full.Dx())
	best := candidate{turn: t.turn, turned: t.turned, shown: picture}
	best.frame, best.score = search(coarse, min(1, size*1.1), size*0.9, 0.97, 0.03, first.Inset(-margin))
	// Busy pictures are this unlike themselves until they are aligned.
	return best, best.score > 0.7
}
