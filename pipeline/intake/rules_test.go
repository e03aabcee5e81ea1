package intake

import (
	"io/fs"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"dossier/pipeline"
)

func TestWhatIsLeftAlone(t *testing.T) {
	for rel, want := range map[string]pipeline.IgnoreReason{
		"acme/id.jpg":                          "",
		"acme/营业执照.jpg":                        "",
		"acme/.id.jpg":                         pipeline.IgnoreHidden,
		"acme/..id.jpg":                        pipeline.IgnoreHidden,
		"acme/~$form.docx":                     pipeline.IgnoreTemporary,
		"acme/.~lock.form.odt#":                pipeline.IgnoreTemporary,
		"acme/~id.jpg":                         "",
		"acme/id.jpg.part":                     pipeline.IgnoreTemporary,
		"acme/ID.JPG.PART":                     pipeline.IgnoreTemporary,
		"acme/id.jpg.baiduyun.downloading":     pipeline.IgnoreTemporary,
		"acme/id.part.jpg":                     "",
		"acme/part":                            "",
		"acme/thumbs.db":                       pipeline.IgnoreSystem,
		"acme/THUMBS.DB":                       pipeline.IgnoreSystem,
		"acme/.DS_Store":                       pipeline.IgnoreSystem,
		"acme/._id.jpg":                        pipeline.IgnoreSystem,
		"acme/desktop.ini":                     pipeline.IgnoreSystem,
		"acme/my desktop.ini.jpg":              "",
		"answers.yaml":                         pipeline.IgnoreMisplaced,
		"acme/answers.yaml":                    "",
		strings.Repeat("d/", MaxDepth) + "x":   "",
		strings.Repeat("d/", MaxDepth+1) + "x": pipeline.IgnoreTooDeep,
	} {
		if got, _ := ignoreEntry(rel, 0); got != want {
			t.Errorf("file %q: %q, want %q", rel, got, want)
		}
	}
	for rel, want := range map[string]pipeline.IgnoreReason{
		"acme": "", "acme.tmp": "", "~acme": "", ".git": pipeline.IgnoreHidden, "acme/__MACOSX": pipeline.IgnoreSystem,
		"@eaDir": pipeline.IgnoreSystem, "id.jpg.download": pipeline.IgnoreTemporary, "answers.yaml": "",
	} {
		if got, _ := ignoreEntry(rel, fs.ModeDir); got != want {
			t.Errorf("folder %q: %q, want %q", rel, got, want)
		}
	}
	for mode, want := range map[fs.FileMode]pipeline.IgnoreReason{
		fs.ModeSymlink: pipeline.IgnoreSymlink, fs.ModeNamedPipe: pipeline.IgnoreDevice, fs.ModeSocket: pipeline.IgnoreDevice,
		fs.ModeDevice | fs.ModeCharDevice: pipeline.IgnoreDevice, fs.ModeIrregular: pipeline.IgnoreDevice, 0o777: "",
	} {
		if got, _ := ignoreEntry("acme/id.jpg", mode); got != want {
			t.Errorf("mode %v: %q, want %q", mode, got, want)
		}
	}
}

func TestPlaces(t *testing.T) {
	for rel, want := range map[string]place{
		"id.jpg":             {pipeline.Unsorted, "id.jpg"},
		"acme/id.jpg":        {"acme", "id.jpg"},
		"acme/a/b/id.jpg":    {"acme", "a/b/id.jpg"},
		"unsorted/id.jpg":    {pipeline.Unsorted, "id.jpg"},
		"张 三\n/\xb9\xab.jpg": {"张 三\n", `\xb9\xab.jpg`},
	} {
		if got := placeOf(rel); got != want {
			t.Errorf("%q: %+v, want %+v", rel, got, want)
		}
	}
	for rel, want := range map[string]string{
		"acme/answers.yaml": "acme", "acme/Answers.YML": "acme", "answers.yaml": "", "acme/sub/answers.yaml": "", "acme/answers.yaml.jpg": "",
	} {
		if got, ok := answersCase(rel); got != want || ok != (want != "") {
			t.Errorf("%q answers for %q, %v; want %q", rel, got, ok, want)
		}
	}
}

// Different paths are different documents, whatever bytes their names are made of, and what
// comes out can be written into JSON.
func FuzzPlaces(f *testing.F) {
	f.Add("acme/id.jpg", "acme/\xff.jpg")
	f.Add(`a/\xff`, "a/\xff")
	f.Add(`a/\\xff`, "a/\\\xff")
	f.Add("unsorted/x", "x")
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, rel := range []string{a, b} {
			if !fs.ValidPath(strings.ToValidUTF8(rel, "x")) || rel == "." {
				t.Skip()
			}
		}
		pa, pb := placeOf(a), placeOf(b)
		for _, s := range []string{pa.Case, pa.Name} {
			if s == "" || !utf8.ValidString(s) {
				t.Fatalf("%q became %+v", a, pa)
			}
		}
		tray := func(rel string) string { return strings.TrimPrefix(rel, pipeline.Unsorted+"/") }
		if a != b && pa == pb && tray(a) != tray(b) {
			t.Fatalf("%q and %q are both %+v", a, b, pa)
		}
		if utf8.ValidString(a) && !strings.Contains(a, `\x`) && pa.Name != a && !strings.HasSuffix(a, "/"+pa.Name) {
			t.Fatalf("%q was renamed to %+v", a, pa)
		}
	})
}

func TestRestIsJudgedByObservationNotByTheFilesClock(t *testing.T) {
	now := time.Now()
	at := func(modified time.Time, size int64) stamp { return stamp{fakeInfo{size: size, modified: modified}} }
	future := now.Add(24 * time.Hour)
	r := newRest(at(future, 5), now)
	r.observe(at(future, 5), now.Add(time.Second))
	if due := r.due(2 * time.Second); !due.Equal(now.Add(2 * time.Second)) {
		t.Errorf("a file dated tomorrow is due after %v, want 2 s after it was first seen", due.Sub(now))
	}
	r.observe(at(future.Add(-48*time.Hour), 5), now.Add(3*time.Second))
	if due := r.due(2 * time.Second); !due.Equal(now.Add(5 * time.Second)) {
		t.Errorf("a file whose date went back is due after %v, want the window after that was seen", due.Sub(now))
	}
	r.observe(at(future, 0), now.Add(10*time.Second))
	if due := r.due(2 * time.Second); !due.Equal(now.Add(30 * time.Second)) {
		t.Errorf("an empty file is due after %v, want ten windows", due.Sub(now))
	}
}

type fakeInfo struct {
	fs.FileInfo
	size     int64
	modified time.Time
}

func (f fakeInfo) Size() int64        { return f.size }
func (f fakeInfo) ModTime() time.Time { return f.modified }
func (f fakeInfo) Mode() fs.FileMode  { return 0 }
