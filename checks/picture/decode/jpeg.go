package decode

import (
	"errors"
	"fmt"
	"image"
	"math"

	"dossier/checks"
	"dossier/checks/picture/jpeg"
	"dossier/checks/picture/orientation"
)

// headerLimits let every size pass: reading the header allocates nothing for the pixels, and
// a picture that is too large must still be told its size.
var headerLimits = jpeg.Limits{Pixels: math.MaxInt64, Memory: math.MaxInt64, Scans: 1, Segments: jpeg.DefaultLimits().Segments}

func jpegHeader(data []byte, h *Header) error {
	f, err := jpeg.ReadHeader(data, headerLimits)
	h.Width, h.Height = f.Width, f.Height
	var u *checks.UnsupportedError
	if errors.As(err, &u) && f.Width > 0 && f.Height > 0 {
		h.refused, h.Detail = err, u.Feature
		err = nil
	}
	if err != nil {
		return err
	}
	for _, s := range f.Segments {
		payload := s.Payload(data)
		switch {
		case s.Marker == 0xe1 && hasPrefix(payload, "Exif\x00") && h.Orientation == orientation.Upright:
			h.Orientation = orientation.FromEXIF(payload)
		case s.Marker == 0xe2 && hasPrefix(payload, "MPF\x00"):
			h.Extras = max(h.Extras, extraPictures(payload[4:]))
		}
	}
	if h.refused != nil {
		return nil
	}
	h.Detail = jpegDetail(f)
	// A sample costs a byte, and two more while its coefficient is held; the planes are padded
	// to whole blocks. Other colour models than YCbCr are brought to four bytes a pixel.
	var samples int64
	for i := range f.Components {
		samples += 64 * int64(f.Components[i].BlocksWide) * int64(f.Components[i].BlocksHigh)
	}
	// The entropy decoder also holds a copy of the data, which doubles while it grows.
	h.MemoryCost = 3*samples + 2*int64(len(data))
	if _, ok := f.Subsampling(); !ok && len(f.Components) > 1 || f.StoresRGB() {
		h.MemoryCost += 8 * area(h.Width, h.Height)
	}
	return nil
}

// extraPictures reads how many pictures a multi-picture file holds behind the first: the
// number-of-images tag of its index (CIPA DC-007, tag 0xB001). More than 255 is nonsense.
func extraPictures(index []byte) int {
	tags, _, err := orientation.Tags(index)
	if err != nil {
		return 0
	}
	if n := tags[0xb001]; n >= 2 && n <= 256 {
		return int(n) - 1
	}
	return 0
}

func jpegDetail(f *jpeg.File) string {
	s := "baseline"
	switch {
	case f.Progressive:
		s = "progressive"
	case f.FrameMarker == 0xc1:
		s = "extended sequential"
	}
	switch len(f.Components) {
	case 1:
		return s + ", grayscale"
	case 3:
		y, c := &f.Components[0], &f.Components[1]
		ratio := fmt.Sprintf("%dx%d", y.H, y.V)
		if r, ok := f.Subsampling(); ok {
			ratio = map[image.YCbCrSubsampleRatio]string{
				image.YCbCrSubsampleRatio444: "4:4:4", image.YCbCrSubsampleRatio422: "4:2:2", image.YCbCrSubsampleRatio420: "4:2:0",
				image.YCbCrSubsampleRatio440: "4:4:0", image.YCbCrSubsampleRatio411: "4:1:1", image.YCbCrSubsampleRatio410: "4:1:0",
			}[r]
		} else if c.H > 0 && c.V > 0 {
			ratio += fmt.Sprintf(" to %dx%d", c.H, c.V)
		}
		if f.StoresRGB() {
			return s + ", RGB"
		}
		return s + ", " + ratio
	case 4:
		if f.AdobeTransform == 2 {
			return s + ", YCCK"
		}
		return s + ", CMYK"
	}
	return fmt.Sprintf("%s, %d components", s, len(f.Components))
}

// renderJPEG turns a file whose coefficients have been read into a picture.
func renderJPEG(f *jpeg.File) (*Picture, error) {
	img, err := f.Render()
	if err != nil {
		return nil, err
	}
	p := &Picture{Image: img, Complete: f.Complete}
	for _, q := range f.Problems {
		// Only a file that just ends lacks one strip: elsewhere, restart markers may have saved
		// what comes behind the damage.
		if q.Code == jpeg.Truncated && f.Complete < 1 && len(f.Problems) == 1 {
			p.Missing = strip(f.Width, f.Height, f.Complete, false)
		}
		p.Problems = append(p.Problems, Problem{Code: jpegProblem(f, q), Offset: q.Offset, Text: q.Code + ": " + q.Detail})
	}
	if f.Complete < 1 && len(f.Problems) == 0 {
		p.problem(ProblemShort, int(f.End), "the file ends in order, but not every part of the picture was sent")
	}
	return p, nil
}

// jpegProblem sorts the many ways a JPEG can be damaged into those that matter to whoever
// looks at the picture.
func jpegProblem(f *jpeg.File, q jpeg.Problem) string {
	switch q.Code {
	case jpeg.Truncated, jpeg.ScanCutShort:
		// Every block has arrived at least once: what is lost are later steps of a progressive
		// picture. Some encoders leave out the last MCUs of a scan, which nobody can see.
		const unseen = 0.01
		if f.Complete == 1 && f.Progressive {
			if q.Scan >= 0 && float64(f.Scans[q.Scan].MCUs-q.MCU) <= max(1, unseen*float64(f.Scans[q.Scan].MCUs)) && q.Code == jpeg.ScanCutShort {
				return ProblemOdd
			}
			return ProblemCoarse
		}
		if q.Code == jpeg.Truncated {
			return ProblemTruncated
		}
		return ProblemShort
	case jpeg.ScansMissing:
		return ProblemCoarse
	case jpeg.MissingEndMarker:
		return ProblemNoEnd
	case jpeg.BytesBetween, jpeg.StandardTables, jpeg.UnexpectedMarker, jpeg.ComponentCodedTwice:
		return ProblemOdd
	}
	return ProblemCorrupt
}

func hasPrefix(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }
