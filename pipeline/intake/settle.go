package intake

import (
	"io/fs"
	"os"
	"time"
)

// A stamp is what a file looked like when it was observed. Two stamps that are alike mean that
// nothing has been written in between, as far as the file system tells.
type stamp struct{ info fs.FileInfo }

// alike reports whether two observations show the same size, modification time and type. The
// modification time is only ever compared with itself, never with a clock: it may lie in the
// future, or be that of a camera set wrong.
func (s stamp) alike(t stamp) bool {
	return s.info.Size() == t.info.Size() && s.info.ModTime().Equal(t.info.ModTime()) && s.info.Mode().Type() == t.info.Mode().Type()
}

// identical reports whether two observations are alike and also of one and the same file, not
// of another that has taken its place under the same name.
func (s stamp) identical(t stamp) bool { return s.alike(t) && os.SameFile(s.info, t.info) }

// emptyFactor is how much longer an empty file must rest. Browsers and chat programs make an
// empty file first, to claim the name, and write the real one beside it: ten windows (20 s by
// default) outlast the pause before the first byte without leaving a really empty file lying.
const emptyFactor = 10

// A rest is the memory of one file's coming to rest.
type rest struct {
	last  stamp
	since time.Time // when a change was last observed, by the clock of observation (monotonic)
	first time.Time // when the file was first observed to be unsettled
}

// newRest begins to observe a file.
func newRest(s stamp, now time.Time) rest { return rest{last: s, since: now, first: now} }

// observe notes what the file looks like now.
func (r *rest) observe(s stamp, now time.Time) {
	if !r.last.alike(s) {
		r.since = now
	}
	r.last = s
}

// due returns when the file will have rested long enough, if nothing changes until then.
func (r *rest) due(window time.Duration) time.Time {
	if r.last.info.Size() == 0 {
		window *= emptyFactor
	}
	return r.since.Add(window)
}
