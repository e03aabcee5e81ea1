package examine

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"

	"dossier/checks"
	"dossier/checks/picture/decode"
)

// previewSide and previewQuality give a page of print that can still be read in a report, in
// about 200 KB.
const (
	previewSide    = 1400 // pixels
	previewQuality = 80   // IJG's scale
)

func makePreview(ctx context.Context, s *checks.Subject) ([]byte, error) {
	p, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, reduced(p.Image, previewSide), &jpeg.Options{Quality: previewQuality}); err != nil {
		return nil, fmt.Errorf("encoding the preview: %w", err)
	}
	return b.Bytes(), nil
}

// reduced returns img with its longer side brought down to longest pixels. What most documents
// are, JPEGs with a luminance and two colour planes, is reduced plane by plane and never turned
// into RGB and back: half the time of an examination used to go there.
func reduced(img image.Image, longest int) image.Image {
	m, ok := img.(*image.YCbCr)
	b := img.Bounds()
	if !ok || b.Min != (image.Point{}) || b.Empty() {
		return decode.Thumbnail(img, longest)
	}
	if max(b.Dx(), b.Dy()) <= longest {
		return m
	}
	w, h := longest, max(1, (b.Dy()*longest+b.Dx()/2)/b.Dx())
	if b.Dy() > b.Dx() {
		w, h = max(1, (b.Dx()*longest+b.Dy()/2)/b.Dy()), longest
	}
	// 4:2:0 is what the encoder writes, whatever it is given.
	out := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	reducePlane(out.Y, out.YStride, w, h, m.Y, m.YStride, b.Dx(), b.Dy())
	cw, ch := chromaSize(m)
	reducePlane(out.Cb, out.CStride, (w+1)/2, (h+1)/2, m.Cb, m.CStride, cw, ch)
	reducePlane(out.Cr, out.CStride, (w+1)/2, (h+1)/2, m.Cr, m.CStride, cw, ch)
	return out
}

// chromaSize is how many samples a colour plane has across and down.
func chromaSize(m *image.YCbCr) (w, h int) {
	across, down := 1, 1
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio422:
		across = 2
	case image.YCbCrSubsampleRatio420:
		across, down = 2, 2
	case image.YCbCrSubsampleRatio440:
		down = 2
	case image.YCbCrSubsampleRatio411:
		across = 4
	case image.YCbCrSubsampleRatio410:
		across, down = 4, 2
	}
	return (m.Rect.Dx() + across - 1) / across, (m.Rect.Dy() + down - 1) / down
}

// reducePlane fills a plane of dw x dh samples from one of sw x sh: each sample is the mean of
// those that its area covers, at least one. Taking whole samples only shifts an edge by less
// than one of the source's, and keeps fine print from being dropped between samples.
func reducePlane(dst []byte, dstStride, dw, dh int, src []byte, srcStride, sw, sh int) {
	from, to := make([]int, dw), make([]int, dw)
	for x := range dw {
		from[x] = min(x*sw/dw, sw-1)
		to[x] = max(from[x]+1, (x+1)*sw/dw)
	}
	sums := make([]uint32, dw) // at most 255 times the samples one covers: far from its end
	for y := range dh {
		top := min(y*sh/dh, sh-1)
		bottom := max(top+1, (y+1)*sh/dh)
		clear(sums)
		for sy := top; sy < bottom; sy++ {
			row := src[sy*srcStride:][:sw]
			for x := range dw {
				var sum uint32
				for _, v := range row[from[x]:to[x]] {
					sum += uint32(v)
				}
				sums[x] += sum
			}
		}
		out := dst[y*dstStride:][:dw]
		for x := range dw {
			n := uint32((bottom - top) * (to[x] - from[x]))
			out[x] = byte((sums[x] + n/2) / n)
		}
	}
}
