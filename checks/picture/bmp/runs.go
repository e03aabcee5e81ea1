package bmp

import "image"

// decodeRuns decodes RLE8, RLE4 and the RLE24 of OS/2. A run is a count and a pixel; a count of
// zero begins an escape: 0 end of line, 1 end of bitmap, 2 a jump, 3 and more that many literal
// pixels, padded to 16 bits. Pixels that are jumped over keep colour 0.
//
// Complete counts the rows that were reached: jumped-over pixels belong to the picture.
func (b *Bitmap) decodeRuns(src []byte) {
	r := runReader{b: b, src: src, y: b.Height - 1}
	bounds := image.Rect(0, 0, b.Width, b.Height)
	if b.Compression == RLE24 {
		r.rgba = newOpaque(bounds)
		b.Image = r.rgba
	} else {
		r.paletted = image.NewPaletted(bounds, b.Palette)
		b.Image = r.paletted
	}
	ended := r.run()
	b.End = b.Pixels + int64(r.at)
	if !ended && int64(b.imageSize) > int64(r.at) && int64(b.imageSize) <= int64(len(src)) {
		b.End = b.Pixels + int64(b.imageSize)
	}
	if r.outside {
		b.problem(BadRunLength, r.outsideAt, "run-length data writes outside the picture")
	}
	rows := b.Height - 1 - r.y // rows that were left behind
	share := float64(rows)
	if r.y >= 0 {
		share += float64(r.x) / float64(b.Width)
	}
	b.Complete = min(share/float64(b.Height), 1)
	switch {
	case r.y < 0, r.y == 0 && (ended || r.x >= b.Width), ended && r.jumped:
		// Full; or the rest was left out on purpose, as jumps leave pixels out.
		b.Complete = 1
	case ended:
		b.problem(EarlyEnd, b.End, "the run-length data declares its end before the picture is full")
	default:
		b.problem(Truncated, b.Pixels+int64(len(src)), "the run-length data ends too early")
	}
}

type runReader struct {
	b         *Bitmap
	src       []byte
	at        int // next byte of src
	x, y      int // next pixel; y runs down to -1
	paletted  *image.Paletted
	rgba      *image.RGBA
	jumped    bool
	outside   bool
	outsideAt int64
}

// run reads to the end of the bitmap and reports whether the data declared it.
func (r *runReader) run() bool {
	for r.at+2 <= len(r.src) && r.y >= 0 {
		count, v := int(r.src[r.at]), r.src[r.at+1]
		if count > 0 {
			if !r.encoded(count) {
				return false
			}
			continue
		}
		r.at += 2
		switch v {
		case 0:
			r.x = 0
			r.y--
		case 1:
			return true
		case 2:
			if r.at+2 > len(r.src) {
				return false
			}
			r.x += int(r.src[r.at])
			r.y -= int(r.src[r.at+1])
			r.at += 2
			r.jumped = true
			if r.x > r.b.Width || r.y < -1 {
				r.miss()
				r.x, r.y = min(r.x, r.b.Width), max(r.y, -1)
			}
		default:
			if !r.literal(int(v)) {
				return false
			}
		}
	}
	// The last line may be closed before the end marker, which then still belongs to the data.
	if r.at+2 <= len(r.src) && r.src[r.at] == 0 && r.src[r.at+1] == 1 {
		r.at += 2
		return true
	}
	return false
}

func (r *runReader) miss() {
	if !r.outside {
		r.outside, r.outsideAt = true, r.b.Pixels+int64(r.at)
	}
}

// encoded writes a run of one pixel (in RLE4, of two in turn).
func (r *runReader) encoded(count int) bool {
	size := 1
	if r.rgba != nil {
		size = 3
	}
	if r.at+1+size > len(r.src) {
		return false
	}
	p := r.src[r.at+1 : r.at+1+size]
	r.at += 1 + size
	if room := r.b.Width - r.x; count > room {
		r.miss()
		count = room
	}
	for i := range count {
		switch {
		case r.rgba != nil:
			r.putRGB(p)
		case r.b.Compression == RLE8:
			r.put(p[0])
		case i%2 == 0:
			r.put(p[0] >> 4)
		default:
			r.put(p[0] & 15)
		}
	}
	return true
}

// literal writes count pixels that stand one by one, padded to 16 bits. Those that are there
// are written even if the data ends among them.
func (r *runReader) literal(count int) bool {
	bytes := count
	switch r.b.Compression {
	case RLE4:
		bytes = (count + 1) / 2
	case RLE24:
		bytes = 3 * count
	}
	p := r.src[r.at:min(r.at+bytes, len(r.src))]
	for i := range count {
		switch r.b.Compression {
		case RLE8:
			if i >= len(p) {
				break
			}
			r.put(p[i])
		case RLE4:
			if i/2 >= len(p) {
				break
			}
			r.put(p[i/2] >> (4 - 4*(i%2)) & 15)
		default:
			if 3*i+3 > len(p) {
				break
			}
			r.putRGB(p[3*i:])
		}
	}
	whole := len(p) == bytes
	r.at = min(r.at+bytes+bytes%2, len(r.src))
	return whole
}

func (r *runReader) put(index byte) {
	if r.x >= r.b.Width {
		r.miss()
		return
	}
	r.paletted.Pix[r.y*r.paletted.Stride+r.x] = index
	r.x++
}

func (r *runReader) putRGB(p []byte) {
	if r.x >= r.b.Width {
		r.miss()
		return
	}
	i := r.y*r.rgba.Stride + 4*r.x
	r.rgba.Pix[i], r.rgba.Pix[i+1], r.rgba.Pix[i+2] = p[2], p[1], p[0]
	r.x++
}
