package evaluate

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"time"

	"dossier/checks/picture/decode"
	"dossier/checks/picture/jpeg"
)

// CalibrationSchema is the name of the published JSON schema of a Calibration.
const CalibrationSchema = "dossier.calibration/1"

// Origins: the kinds of file that honest scores are tabulated for. Each can be told from the file
// itself, so that a check can look up the table for the file before it.
const (
	OriginDevice    = "device_jpeg"    // a JPEG whose EXIF names a maker: from a camera or phone
	OriginScan      = "scan"           // a JPEG without, at a resolution of at least 100 dots an inch
	OriginMessenger = "messenger_jpeg" // any other JPEG: sent, downloaded or saved again
	OriginBitmap    = "bitmap"         // not a JPEG: BMP, GIF, PNG
)

// Origins lists them in a fixed order.
func Origins() []string {
	return []string{OriginDevice, OriginMessenger, OriginScan, OriginBitmap}
}

// A Calibration tabulates, for every check and origin, the scores that honest files get. From it
// a score s becomes a p-value, how often an honest file of the kind shows as much:
//
//	p = (1 + honest files with a score of at least s) / (1 + honest files)
//
// which is never 0 and never says more than the number of files allows (the rank test with the
// file itself counted; Phipson and Smyth 2010).
type Calibration struct {
	Schema  string    `json:"schema"`
	MadeAt  time.Time `json:"made_at"`
	Labels  string    `json:"labels"` // base name of the list it was made from
	SHA256  string    `json:"labels_sha256"`
	Dossier string    `json:"dossier"`
	Profile string    `json:"profile"`
	Half    string    `json:"half"` // only files of this half were used
	Tables  []Table   `json:"tables"`
}

// A Table is the distribution of one check's scores over honest files of one origin.
type Table struct {
	Check   string `json:"check"`   // an id, or "all" for edit.score
	Version int    `json:"version"` // of the check; 0 for "all"
	Origin  string `json:"origin"`
	Files   int    `json:"files"`   // honest files of the origin
	Sources int    `json:"sources"` // pictures they were made from: the number that counts
	// Measured is on how many of them the check could measure; the others count with score 0.
	Measured int `json:"measured"`
	// Steps are the distinct scores above 0, rising, each with the number of files that score at
	// least as much; thinned to at most maxSteps, the highest always kept. A score between two
	// steps has the count of the lower one, which errs on the side of honesty.
	Steps []Step `json:"steps"`
	// Quantiles are for reading: the scores that 50, 90, 95, 98, 99 and 99.9 % of the files stay
	// at or below. One finer than 1/files says the greatest score.
	Quantiles []Quantile `json:"quantiles"`
}

// A Step is a score and how many files have at least it.
type Step struct {
	Score   float64 `json:"score"`
	AtLeast int     `json:"at_least"`
}

// A Quantile is the score that the share of files stays at or below.
type Quantile struct {
	Share float64 `json:"share"`
	Score float64 `json:"score"`
}

// maxSteps keeps a table short; the tail, which is what is looked up, has few files and is kept whole.
const maxSteps = 64

var quantiles = []float64{0.5, 0.9, 0.95, 0.98, 0.99, 0.999}

// Tabulate makes a calibration from the honest and untouched files of the half "calibrate".
func Tabulate(l *List, files []File) (*Calibration, error) {
	c := &Calibration{Schema: CalibrationSchema, Labels: l.Name, SHA256: l.SHA256, Half: Calibrate, Tables: []Table{}}
	honest := pick(files, func(f File) bool { return f.negative() && f.Half == Calibrate })
	if len(honest) == 0 {
		return nil, errors.New("there are no honest files in the half to calibrate on")
	}
	versions := map[string]int{}
	ids := map[string]bool{}
	for _, f := range honest {
		for _, s := range f.Checks {
			ids[s.Check], versions[s.Check] = true, s.Version
		}
	}
	for _, id := range append([]string{"all"}, sorted(ids)...) {
		v := overall
		if id != "all" {
			v = ofCheck(id)
		}
		for _, origin := range Origins() {
			of := pick(honest, func(f File) bool { return f.Origin == origin })
			if len(of) > 0 {
				t := tabulate(of, v)
				t.Check, t.Version, t.Origin = id, versions[id], origin
				c.Tables = append(c.Tables, t)
			}
		}
	}
	return c, nil
}

func tabulate(files []File, v view) Table {
	t := Table{Files: len(files), Steps: []Step{}}
	sources := map[string]bool{}
	for i := range files {
		sources[files[i].Source] = true
		if v.measured(&files[i]) {
			t.Measured++
		}
	}
	t.Sources = len(sources)
	s := scores(files, v)
	slices.Sort(s)
	for _, q := range quantiles {
		// The smallest score that at least that share does not exceed.
		at := min(len(s)-1, max(0, ceil(q*float64(len(s)))-1))
		t.Quantiles = append(t.Quantiles, Quantile{q, s[at]})
	}
	for i, score := range s {
		if score > 0 && (i == 0 || s[i-1] != score) {
			t.Steps = append(t.Steps, Step{score, len(s) - i})
		}
	}
	if over := len(t.Steps) - maxSteps; over > 0 {
		// The upper half of the places goes to the tail as it is, the lower half to the rest in
		// even steps.
		tail := t.Steps[len(t.Steps)-maxSteps/2:]
		rest := t.Steps[:len(t.Steps)-maxSteps/2]
		var thin []Step
		for k := range maxSteps / 2 {
			thin = append(thin, rest[k*len(rest)/(maxSteps/2)])
		}
		t.Steps = append(thin, tail...)
	}
	return t
}

func ceil(v float64) int {
	n := int(v)
	if float64(n) < v-1e-9 {
		n++
	}
	return n
}

// P is the p-value of a score under the table.
func (t *Table) P(score float64) float64 {
	if score <= 0 || t.Files == 0 {
		return 1
	}
	// The highest step at or below the score; below the lowest step the files that score 0 are
	// all that is sure to lie beneath.
	i, exact := slices.BinarySearchFunc(t.Steps, score, func(s Step, v float64) int {
		switch {
		case s.Score < v:
			return -1
		case s.Score > v:
			return 1
		}
		return 0
	})
	n := 0
	switch {
	case exact:
		n = t.Steps[i].AtLeast
	case i == len(t.Steps): // above all that was seen
		n = 0
	case i == 0:
		n = t.Steps[0].AtLeast
	default:
		n = t.Steps[i-1].AtLeast
	}
	return float64(1+n) / float64(1+t.Files)
}

// Write writes the calibration as indented JSON.
func (c *Calibration) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	e.SetEscapeHTML(false)
	return e.Encode(c)
}

// OriginOf tells what kind of file bytes are, by what they say of themselves.
func OriginOf(data []byte) string {
	h, err := decode.ReadHeader(data)
	if err != nil || h.Format != decode.JPEG {
		return OriginBitmap
	}
	f, err := jpeg.ReadHeader(data, jpeg.DefaultLimits())
	if err != nil {
		return OriginMessenger
	}
	dense := false
	for _, s := range f.Segments {
		p := s.Payload(data)
		if s.Marker == jpeg.APP1 && bytes.HasPrefix(p, []byte("Exif\x00")) && len(p) > 6 && hasMake(p[6:]) {
			return OriginDevice
		}
		if s.Marker == jpeg.APP0 && len(p) >= 12 && bytes.HasPrefix(p, []byte("JFIF\x00")) {
			density := int(binary.BigEndian.Uint16(p[8:]))
			// Unit 1 is dots an inch, 2 dots a centimetre. Below 100 dots an inch no scanner is
			// set; 72 and 96 are what programs write without having measured.
			dense = p[7] == 1 && density >= 100 || p[7] == 2 && density >= 40
		}
	}
	if dense {
		return OriginScan
	}
	return OriginMessenger
}

// hasMake reports whether the first directory of a TIFF structure has the tag Make with a text.
func hasMake(tiff []byte) bool {
	if len(tiff) < 8 {
		return false
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at > int64(len(tiff))-2 {
		return false
	}
	const makeTag, mostEntries = 0x010F, 512
	for i := range min(int(order.Uint16(tiff[at:])), mostEntries) {
		e := at + 2 + 12*int64(i)
		if e > int64(len(tiff))-12 {
			return false
		}
		if order.Uint16(tiff[e:]) == makeTag {
			return order.Uint32(tiff[e+4:]) > 1 // more than the closing zero
		}
	}
	return false
}
