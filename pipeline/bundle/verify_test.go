package bundle

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dossier/checks"
)

func verify(t testing.TB, data []byte) *Verification {
	t.Helper()
	v, err := Verify(t.Context(), bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if v.OK != (len(v.Differences) == 0) {
		t.Fatalf("ok is %v with %d differences", v.OK, len(v.Differences))
	}
	for _, d := range v.Differences {
		if d.Text.En == "" || d.Text.Zh == "" || strings.Contains(d.Text.En+d.Text.Zh, "%!") {
			t.Fatalf("a difference without words: %+v", d)
		}
	}
	return v
}

// told writes the differences as "what entry", one after another.
func told(v *Verification) string {
	var out []string
	for _, d := range v.Differences {
		out = append(out, strings.TrimSpace(string(d.What)+" "+d.Entry))
	}
	return strings.Join(out, ", ")
}

// small is a bundle of a few hundred bytes: two documents and a report, without a binder.
func small(t testing.TB) ([]byte, *building) {
	t.Helper()
	b := &building{manifest: Manifest{Schema: ManifestSchema, Case: "c", Entries: []Entry{}, LeftOut: []LeftOut{}}}
	b.add(Entry{Name: "documents/01-business-license.jpg", Role: RoleDocument, OriginalName: "执照.jpg"}, []byte("\xff\xd8 licence \xff\xd9"))
	b.add(Entry{Name: "documents/02-holder-photo.jpg", Role: RoleDocument}, []byte("\xff\xd8 holder \xff\xd9"))
	b.add(Entry{Name: "report/report.json", Role: RoleReport}, []byte("{}"))
	if err := b.finish(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := b.write(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), b
}

func TestAnUntouchedBundleVerifies(t *testing.T) {
	for name, data := range map[string][]byte{
		"small": func() []byte { b, _ := small(t); return b }(),
		"whole": func() []byte { b, _ := build(t, passing(t)); return b }(),
	} {
		v := verify(t, data)
		if !v.OK || v.Manifest == nil || v.Intact != len(v.Manifest.Entries) || len(v.SHA256) != 64 {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// Every single bit of a bundle, wherever it lies, is noticed when it flips, and the report says
// where: a bit of a document names that document and nothing else.
func TestEveryFlippedBitIsNoticed(t *testing.T) {
	data, b := small(t)
	l := layoutOf(b.parts)
	owner := func(at int64) (entry string, content bool) {
		for i, p := range b.parts {
			if at >= l.header[i] && at < l.content[i] {
				return p.name, false
			}
			if at >= l.content[i] && at < l.content[i]+p.bytes {
				return p.name, true
			}
			if at >= l.directory[i] && at < l.directory[i]+centralHeaderBytes+int64(len(p.name)) {
				return p.name, false
			}
		}
		return "", false
	}
	for at := range data {
		for bit := range 8 {
			data[at] ^= 1 << bit
			v := verify(t, data)
			data[at] ^= 1 << bit
			entry, content := owner(int64(at))
			got := told(v)
			switch {
			case v.OK:
				t.Fatalf("bit %d of byte %d (%s) went unnoticed", bit, at, entry)
			case content && entry != manifestName && got != "changed "+entry:
				t.Fatalf("bit %d of byte %d in %s: reported as %q", bit, at, entry, got)
			case content && entry == manifestName && !strings.HasPrefix(got, "changed manifest.json"):
				t.Fatalf("bit %d of byte %d in the manifest: reported as %q", bit, at, got)
			case !content && !strings.Contains(got, "structure"):
				t.Fatalf("bit %d of byte %d in the structure (%s): reported as %q", bit, at, entry, got)
			case !content && !slices.ContainsFunc(v.Differences, func(d Difference) bool { return d.What == Structure && d.Offset == int64(at) && d.Entry == entry }):
				t.Fatalf("bit %d of byte %d in the structure of %q: reported as %+v", bit, at, entry, v.Differences)
			}
		}
	}
}

// The same on a real bundle, for every byte that is not the inside of the binder and a sample
// of those.
func TestFlippedBytesOfARealBundleAreNoticed(t *testing.T) {
	data, m := build(t, passing(t))
	parts := []part{{name: manifestName, bytes: int64(binary.LittleEndian.Uint32(data[headerSizeAt:]))}}
	for _, e := range m.Entries {
		parts = append(parts, part{name: e.Name, bytes: e.Bytes})
	}
	l := layoutOf(parts)
	step := func(at int64) int64 {
		for i, p := range parts {
			end := l.content[i] + p.bytes
			if at < l.content[i] || at >= end {
				continue
			}
			switch {
			case p.name == "binder.pdf":
				return 997 // a prime: no pattern of the file is met at the same place each time
			case testing.Short() || p.name == manifestName:
				return 41
			}
			return 7
		}
		return 3
	}
	for at := int64(0); at < int64(len(data)); at += step(at) {
		data[at] ^= 0x10
		if v := verify(t, data); v.OK {
			t.Fatalf("byte %d went unnoticed", at)
		}
		data[at] ^= 0x10
	}
	if v := verify(t, data); !v.OK {
		t.Fatalf("put back as it was: %s", told(v))
	}
}

func TestEveryCutAndEveryAttachmentIsNoticed(t *testing.T) {
	data, _ := small(t)
	for n := range data {
		v := verify(t, data[:n])
		if v.OK {
			t.Fatalf("cut to %d bytes: not noticed", n)
		}
	}
	// A download that broke off: the documents that are whole are told from those that are not.
	_, b := small(t)
	l := layoutOf(b.parts)
	v := verify(t, data[:l.content[2]+3])
	if got := told(v); got != "missing documents/02-holder-photo.jpg, missing report/report.json, structure" || v.Intact != 1 {
		t.Errorf("cut off within the second document: %q, %d intact", got, v.Intact)
	}
	for _, tail := range [][]byte{{0}, []byte("\n"), []byte("PK\x05\x06"), make([]byte, 100), bytes.Repeat([]byte("x"), 70000), data} {
		if v := verify(t, append(slices.Clone(data), tail...)); v.OK {
			t.Errorf("%d bytes behind the end: not noticed", len(tail))
		}
		if v := verify(t, append(slices.Clone(tail), data...)); v.OK {
			t.Errorf("%d bytes before the beginning: not noticed", len(tail))
		}
	}
}

// entry is a file of a zip somebody packs.
type entry struct {
	name   string
	data   []byte
	method uint16
}

func entriesOf(t testing.TB, data []byte) []entry {
	content, names := files(t, data)
	var out []entry
	for _, n := range names {
		out = append(out, entry{n, content[n], zip.Store})
	}
	return out
}

func pack(t testing.TB, entries []entry) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, e := range entries {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: e.method, Modified: time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Somebody opens the bundle with another program and packs it again.
func TestABundlePackedAnew(t *testing.T) {
	whole, _ := build(t, passing(t))
	for _, c := range []struct {
		name   string
		change func(e []entry) []entry
		want   string
		intact int
	}{
		{"as it was", func(e []entry) []entry { return e }, "structure", 10},
		{"compressed", func(e []entry) []entry {
			for i := range e {
				e[i].method = zip.Deflate
			}
			return e
		}, "structure", 10},
		{"in another order", func(e []entry) []entry { slices.Reverse(e); return e }, "structure", 10},
		{"a document taken out", func(e []entry) []entry { return slices.Delete(e, 3, 4) }, "missing documents/01-business-license.jpg", 9},
		{"a document put in", func(e []entry) []entry { return append(e, entry{"documents/05-x.jpg", []byte("x"), zip.Store}) }, "added documents/05-x.jpg", 10},
		{"a document renamed", func(e []entry) []entry { e[3].name = "documents/01.jpg"; return e },
			"missing documents/01-business-license.jpg, added documents/01.jpg", 9},
		{"a document replaced by one of the same length", func(e []entry) []entry {
			e[3].data = bytes.Repeat([]byte("x"), len(e[3].data))
			return e
		}, "changed documents/01-business-license.jpg", 9},
		{"a document replaced by a longer one", func(e []entry) []entry { e[3].data = append(e[3].data, 0); return e },
			"changed documents/01-business-license.jpg", 9},
		{"the manifest taken out", func(e []entry) []entry { return e[1:] }, "missing manifest.json", 0},
		{"the manifest made into nonsense", func(e []entry) []entry { e[0].data = []byte("{"); return e }, "changed manifest.json", 0},
		{"a name twice", func(e []entry) []entry { return append(e, e[3]) }, "added documents/01-business-license.jpg", 10},
	} {
		v := verify(t, pack(t, c.change(entriesOf(t, whole))))
		if got := told(v); got != c.want || v.Intact != c.intact {
			t.Errorf("%s: %q with %d intact, want %q with %d", c.name, got, v.Intact, c.want, c.intact)
		}
	}
}

// Deliberately changing a document and everything that speaks of it makes another bundle that
// agrees with itself. Verify must not claim more than that; a signature finds it out.
func TestAnotherBundleAgreesWithItself(t *testing.T) {
	in := passing(t)
	other, _ := build(t, in)
	v := verify(t, other)
	if !v.OK || !strings.Contains(v.Assurance().En, "on purpose") || !strings.Contains(v.Assurance().Zh, "故意") {
		t.Errorf("%v %v", v.OK, v.Assurance())
	}
	if bad := verify(t, other[:len(other)-1]); strings.Contains(bad.Assurance().En, "agrees") {
		t.Errorf("a broken bundle is reassured about: %v", bad.Assurance())
	}
}

// endRecord is a zip's end record with any lies in it.
func endRecord(count uint16, size, offset uint32, comment uint16) []byte {
	out := []byte("PK\x05\x06\x00\x00\x00\x00")
	le := binary.LittleEndian
	out = le.AppendUint16(le.AppendUint16(out, count), count)
	out = le.AppendUint32(le.AppendUint32(out, size), offset)
	return le.AppendUint16(out, comment)
}

func manifestZip(t testing.TB, m any, more ...entry) []byte {
	t.Helper()
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return pack(t, append([]entry{{manifestName, data, zip.Store}}, more...))
}

func TestHostileFiles(t *testing.T) {
	sha := strings.Repeat("0", 64)
	manifest := func(entries ...Entry) Manifest { return Manifest{Schema: ManifestSchema, Entries: entries} }
	many := make([]entry, 100_000)
	for i := range many {
		many[i] = entry{name: fmt.Sprintf("e%06d", i)}
	}
	tooMany := make([]Entry, maxEntries+1)
	for i := range tooMany {
		tooMany[i] = Entry{Name: fmt.Sprintf("e%06d", i), SHA256: sha}
	}
	zeros64M := make([]byte, 64<<20)
	bomb := make([]Entry, 6) // 384 MiB in 400 KB, and a manifest that promises them
	packedBomb := make([]entry, len(bomb))
	for i := range bomb {
		bomb[i] = Entry{Name: fmt.Sprintf("b%d", i), Bytes: int64(len(zeros64M)), SHA256: sha}
		packedBomb[i] = entry{bomb[i].Name, nil, zip.Deflate}
	}
	packedBomb[0].data = zeros64M
	for name, data := range map[string][]byte{
		"nothing":                       nil,
		"one byte":                      {'P'},
		"text":                          []byte("营业执照"),
		"a JPEG":                        jpegOf(t, 8, 8, 0),
		"an end record alone":           endRecord(0, 0, 0, 0),
		"65,535 entries in no bytes":    endRecord(0xffff, 0, 0, 0),
		"zip64 numbers":                 endRecord(0xffff, 0xffffffff, 0xffffffff, 0),
		"a directory beyond the end":    endRecord(5, 1000, 0xfffffff0, 0),
		"a comment beyond the end":      endRecord(0, 0, 0, 0xffff),
		"100,000 entries":               pack(t, many),
		"a manifest that is a number":   pack(t, []entry{{manifestName, []byte("7"), zip.Store}}),
		"a manifest of another program": manifestZip(t, map[string]any{"schema": "web-ext"}),
		"an entry outside":              manifestZip(t, manifest(Entry{Name: "../../etc/passwd", SHA256: sha}), entry{"../../etc/passwd", nil, zip.Store}),
		"an absolute entry":             manifestZip(t, manifest(Entry{Name: "/etc/passwd", SHA256: sha})),
		"a Windows path":                manifestZip(t, manifest(Entry{Name: `C:\x`, SHA256: sha})),
		"a negative size":               manifestZip(t, manifest(Entry{Name: "a", Bytes: -1, SHA256: sha})),
		"sizes that overflow":           manifestZip(t, manifest(Entry{Name: "a", Bytes: 1 << 62, SHA256: sha}, Entry{Name: "b", Bytes: 1 << 62, SHA256: sha})),
		"sizes just within, no bytes":   manifestZip(t, manifest(Entry{Name: "a", Bytes: maxBundleBytes, SHA256: sha})),
		"too many entries listed":       manifestZip(t, manifest(tooMany...)),
		"one entry listed twice":        manifestZip(t, manifest(Entry{Name: "a", SHA256: sha}, Entry{Name: "A", SHA256: sha})),
		"the manifest lists itself":     manifestZip(t, manifest(Entry{Name: "manifest.json", SHA256: sha})),
		"a bomb":                        manifestZip(t, manifest(bomb...), packedBomb...),
	} {
		if v := verify(t, data); v.OK {
			t.Errorf("%s: accepted as a bundle", name)
		}
	}
}

// A directory that says ten entries and goes on for thousands: the standard reader would read
// them all.
func TestADirectoryLongerThanItSays(t *testing.T) {
	data := pack(t, make([]entry, 5000)) // 5,000 entries without a name
	copy(data[len(data)-endRecordBytes+8:], []byte{10, 0, 10, 0})
	if v := verify(t, data); v.OK || v.Manifest != nil {
		t.Errorf("%+v", v)
	}
}

// Two records that point at the same bytes, one of them listed in the manifest.
func TestOverlappingEntries(t *testing.T) {
	data, b := small(t)
	l := layoutOf(b.parts)
	// The third record is made to point at the second header: the file keeps its length.
	binary.LittleEndian.PutUint32(data[l.directory[2]+42:], uint32(l.header[1]))
	if got := told(verify(t, data)); got != "structure documents/02-holder-photo.jpg" {
		t.Errorf("reported as %q", got)
	}
}

func TestTooLargeAFileIsNotRead(t *testing.T) {
	v, err := Verify(t.Context(), failing{}, 5<<40)
	if err != nil || v.OK || told(v) != "unreadable" {
		t.Errorf("%+v %v", v, err)
	}
}

type failing struct{}

func (failing) ReadAt([]byte, int64) (int, error) { return 0, errors.New("disk on fire") }

// A disk that fails is not a bundle that differs.
func TestReadErrorsAreErrors(t *testing.T) {
	if v, err := Verify(t.Context(), failing{}, 1000); err == nil {
		t.Errorf("no error, but %+v", v)
	}
	data, _ := small(t)
	for budget := range 60 {
		v, err := Verify(t.Context(), &failsAfter{bytes.NewReader(data), budget}, int64(len(data)))
		if err == nil && !v.OK {
			t.Fatalf("failing after %d reads is reported as %s", budget, told(v))
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Verify(cancelled, bytes.NewReader(data), int64(len(data))); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled verification ended with %v", err)
	}
}

type failsAfter struct {
	r    io.ReaderAt
	left int
}

func (f *failsAfter) ReadAt(p []byte, off int64) (int, error) {
	if f.left--; f.left < 0 {
		return 0, errors.New("disk on fire")
	}
	return f.r.ReadAt(p, off)
}

func TestVerifyFile(t *testing.T) {
	dir := t.TempDir()
	if _, err := VerifyFile(t.Context(), filepath.Join(dir, "none.zip"), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := VerifyFile(t.Context(), dir, Options{}); err == nil {
		t.Error("a folder was verified")
	}
}

// A name from a manifest is printed, never obeyed.
func TestNamesAreMadePrintable(t *testing.T) {
	data, b := small(t)
	_ = data
	b.manifest.Entries[0].OriginalName = "a\x1b[2J\u202egpj\n" + strings.Repeat("长", 300)
	b.parts, b.data = b.parts[1:], b.data[1:]
	if err := b.finish(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := b.write(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	changed := out.Bytes()
	changed[layoutOf(b.parts).content[1]+3] ^= 1
	text := verify(t, changed).Differences[0].Text
	if strings.ContainsAny(text.En+text.Zh, "\x1b\n\u202e") || len([]rune(text.En)) > 500 || !strings.Contains(text.En, `\x1b[2J\u202egpj\n长`) {
		t.Errorf("said as %q", text.En)
	}
}

func TestParseManifestErrorsAreTyped(t *testing.T) {
	var format *checks.FormatError
	var limit *checks.LimitError
	if _, err := parseManifest([]byte("x")); !errors.As(err, &format) {
		t.Errorf("nonsense: %v", err)
	}
	if _, err := parseManifest(make([]byte, maxManifestBytes+1)); !errors.As(err, &limit) {
		t.Errorf("too long: %v", err)
	}
}

// FuzzVerify: whatever the bytes, Verify ends, and what it accepts is exactly what packing the
// contents again gives.
func FuzzVerify(f *testing.F) {
	data, b := small(f)
	f.Add(data)
	f.Add(pack(f, entriesOf(f, data)))
	f.Add(data[:len(data)-5])
	f.Add(data[:layoutOf(b.parts).content[2]])
	f.Add(endRecord(3, 100, 0, 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		v := verify(t, data)
		if !v.OK {
			return
		}
		content, names := files(t, data)
		var parts []part
		for _, n := range names {
			parts = append(parts, part{n, int64(len(content[n])), crc32.ChecksumIEEE(content[n])})
		}
		var again bytes.Buffer
		err := writeZip(&again, parts, func(i int, w io.Writer) error { _, err := w.Write(content[parts[i].name]); return err }, nil)
		if err != nil || !bytes.Equal(again.Bytes(), data) {
			t.Fatalf("accepted, but packing it again gives other bytes (%v)", err)
		}
	})
}
