package decode

import (
	"image"

	"golang.org/x/image/draw"
)

// Thumbnail returns a copy of img whose longer side is longest pixels, or its own size if it is
// smaller already. Fine print is averaged, not dropped, so that text stays readable.
func Thumbnail(img image.Image, longest int) *image.RGBA {
	b := img.Bounds()
	w, h := fit(b.Dx(), b.Dy(), longest)
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.ApproxBiLinear.Scale(dst, dst.Bounds(), img, b, draw.Src, nil)
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
