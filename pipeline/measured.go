package pipeline

import (
	"fmt"
	"image"
	"strings"

	"dossier/checks"
)

// Measured is what became of one check on one document or case, before the profile has judged
// it: the runner makes it, the profile turns it into a Result.
type Measured struct {
	Check       *checks.Check
	Outcome     Outcome
	Reason      checks.Text // why it was skipped or failed; zero when it ran
	Observation checks.Observation
}

// Examined is one document after every check has had its turn, before judging.
type Examined struct {
	Name       string
	SHA256     string
	Kind       checks.Kind
	KindSource KindSource
	Format     string // what the bytes are, by content
	Bytes      int64
	Width      int // of the upright picture; 0 if unknown
	Height     int
	// Parts is how many pictures were taken out of this file and are documents of their own;
	// 0 for an ordinary picture. What cannot be measured on such a container is measured on them.
	Parts    int
	Measured []Measured
	Preview  []byte // a reduced upright picture as JPEG; nil if the picture could not be decoded
	// Overlays are the pictures of evidence, by the relative path their finding names.
	Overlays map[string]image.Image
}

// OverlayPath is where the evidence picture of a check's n-th finding (from 0) on a document is
// kept, relative to the report: the runner and the judge must agree on it.
func OverlayPath(sha256, checkID string, n int) string {
	short := sha256
	if len(short) > 12 {
		short = short[:12]
	}
	return fmt.Sprintf("overlays/%s-%s-%d.png", short, strings.ReplaceAll(checkID, "/", "-"), n+1)
}
