package decode

import (
	"image"
	"image/color"

	"golang.org/x/image/draw"
)

// Thumbnail returns a copy of img whose longer side is longest pixels, or its own size if it is
// smaller already. Whole blocks of pixels are averaged first and only the rest of the way is
// interpolated, so that fine print is not dropped between samples and stays readable.
func Thumbnail(img image.Image, longest int) *image.RGBA {
	b := img.Bounds()
	w, h := fit(b.Dx(), b.Dy(), longest)
	if k := min(b.Dx()/max(w, 1), b.Dy()/max(h, 1)); k >= 2 {
		img = average(img, k)
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.ApproxBiLinear.Scale(dst, dst.Bounds(), img, img.Bounds(), draw.Src, nil)
	return dst
}

// fit returns the size of a w x h picture whose longer side is brought down to longest.
func fit(w, h, longest int) (int, int) {
	longest = max(longest, 1)
	if max(w, h) <= longest {
		return w, h
	}
	if w >= h {
		return longest, max(1, int((int64(h)*int64(longest)+int64(w)/2)/int64(w)))
	}
	return max(1, int((int64(w)*int64(longest)+int64(h)/2)/int64(h))), longest
}

// average returns img with every k x k block of pixels as one; the blocks at the right and
// lower edge are cut where the picture ends.
func average(img image.Image, k int) *image.RGBA {
	b := img.Bounds()
	w, h := (b.Dx()+k-1)/k, (b.Dy()+k-1)/k
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	row := rowReader(img)
	line := make([]byte, 3*b.Dx())
	sums := make([]uint32, 3*w)
	for y := range h {
		clear(sums)
		rows := min(k, b.Dy()-y*k)
		for dy := range rows {
			row(y*k+dy, line)
			for x := range w {
				var r, g, bl uint32
				from, to := 3*x*k, 3*min((x+1)*k, b.Dx())
				for p := line[from:to]; len(p) >= 3; p = p[3:] {
					r += uint32(p[0])
					g += uint32(p[1])
					bl += uint32(p[2])
				}
				sums[3*x] += r
				sums[3*x+1] += g
				sums[3*x+2] += bl
			}
		}
		out := dst.Pix[y*dst.Stride:]
		for x := range w {
			n := uint32(rows * min(k, b.Dx()-x*k))
			for c := range 3 {
				out[4*x+c] = byte((sums[3*x+c] + n/2) / n)
			}
			out[4*x+3] = 255
		}
	}
	return dst
}

// rowReader returns what writes row y of img, counted from its top, as RGB triples; the types
// a Picture promises have their own way, the others go through At.
func rowReader(img image.Image) func(y int, line []byte) {
	b := img.Bounds()
	switch m := img.(type) {
	case *image.Gray:
		return func(y int, line []byte) {
			src := m.Pix[m.PixOffset(b.Min.X, b.Min.Y+y):]
			for x := range b.Dx() {
				line[3*x], line[3*x+1], line[3*x+2] = src[x], src[x], src[x]
			}
		}
	case *image.YCbCr:
		return func(y int, line []byte) {
			for x := range b.Dx() {
				yi, ci := m.YOffset(b.Min.X+x, b.Min.Y+y), m.COffset(b.Min.X+x, b.Min.Y+y)
				line[3*x], line[3*x+1], line[3*x+2] = color.YCbCrToRGB(m.Y[yi], m.Cb[ci], m.Cr[ci])
			}
		}
	case *image.RGBA:
		return func(y int, line []byte) {
			src := m.Pix[m.PixOffset(b.Min.X, b.Min.Y+y):]
			for x := range b.Dx() {
				copy(line[3*x:3*x+3], src[4*x:4*x+3])
			}
		}
	}
	return func(y int, line []byte) {
		for x := range b.Dx() {
			r, g, bl, _ := img.At(b.Min.X+x, b.Min.Y+y).RGBA()
			line[3*x], line[3*x+1], line[3*x+2] = byte(r>>8), byte(g>>8), byte(bl>>8)
		}
	}
}
