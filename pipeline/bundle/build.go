package bundle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/pipeline"
	"dossier/pipeline/durable"
)

// maxDocumentsBytes bounds the documents of one bundle together: the binder holds them in
// memory. An ordinary case has under 10 MB.
const maxDocumentsBytes = 256 << 20

// Input is all that a bundle is made of. The same input always makes the same bytes.
type Input struct {
	Case    *pipeline.Case    // the stored record of the latest report; it is not changed
	Answers []byte            // answers.yaml as it is; nil if the client has none
	Report  map[string][]byte // the rendered reports, by a plain ASCII name ("report.html")
	// Open returns the original bytes of a document, by its SHA-256. It may be called several
	// times for one document.
	Open func(sha256 string) (io.ReadCloser, error)
}

// A CorruptError says that stored bytes are not those that were received.
type CorruptError struct {
	Document   string // its name as received
	Want, Have string // SHA-256
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("the stored bytes of %q have changed: SHA-256 %s, received as %s; restore them from a backup or have the document sent again",
		e.Document, e.Have, e.Want)
}

// Build writes the bundle of a case to the file path, whole or not at all: after an error
// nothing is left behind and a bundle that was there before is untouched. A case that is not
// ready is a *NotReadyError, changed bytes in the vault are a *CorruptError, and a case too
// large for a bundle is a *checks.LimitError.
func Build(ctx context.Context, path string, in Input) (*Manifest, error) {
	b, err := prepare(ctx, in)
	if err != nil {
		return nil, err
	}
	err = durable.Write(path, durable.FileMode, func(w io.Writer) error { return b.write(ctx, w) })
	if err != nil {
		return nil, fmt.Errorf("building the bundle: %w", err)
	}
	return &b.manifest, nil
}

// Write is Build onto a writer, which after an error has received a part of a bundle.
func Write(ctx context.Context, w io.Writer, in Input) (*Manifest, error) {
	b, err := prepare(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := b.write(ctx, w); err != nil {
		return nil, fmt.Errorf("building the bundle: %w", err)
	}
	return &b.manifest, nil
}

// A building is a bundle that is ready to be written: everything but the documents in memory.
type building struct {
	in       Input
	manifest Manifest
	parts    []part   // the manifest first, then as in manifest.Entries
	data     [][]byte // of each part; nil for documents, which are read again
}

func prepare(ctx context.Context, in Input) (*building, error) {
	if in.Case == nil {
		return nil, errors.New("building a bundle: no case given")
	}
	if err := Ready(in.Case); err != nil {
		return nil, err
	}
	c := in.Case
	chosen, left := choose(c)
	b := &building{in: in, manifest: Manifest{
		Schema: ManifestSchema, Case: c.Case, Path: c.Path, Verdict: c.Verdict, ReportVersion: c.Version,
		GeneratedAt: c.GeneratedAt.UTC(), Profile: c.Profile, Versions: c.Versions,
		Entries: []Entry{}, LeftOut: append([]LeftOut{}, left...), Decisions: decisions(c),
	}}

	if in.Answers != nil {
		b.add(Entry{Name: "answers.yaml", Role: RoleAnswers}, in.Answers)
	}
	answers, err := canonicalAnswers(c)
	if err != nil {
		return nil, err
	}
	b.add(Entry{Name: "answers.json", Role: RoleAnswers}, answers)

	leaves, err := b.readDocuments(ctx, chosen)
	if err != nil {
		return nil, err
	}
	binder, err := bind(ctx, c, leaves, left)
	if err != nil {
		return nil, fmt.Errorf("making the binder: %w", err)
	}
	for i := range leaves {
		b.manifest.Entries[leaves[i].entry].BinderPage = leaves[i].page
	}
	b.add(Entry{Name: "binder.pdf", Role: RoleBinder}, binder.PDF)
	for _, name := range reportOrder(in.Report) {
		b.add(Entry{Name: "report/" + name, Role: RoleReport}, in.Report[name])
	}
	return b, b.finish()
}

// add appends a part whose bytes are in memory.
func (b *building) add(e Entry, data []byte) {
	sum := sha256.Sum256(data)
	e.Bytes, e.SHA256 = int64(len(data)), hex.EncodeToString(sum[:])
	b.manifest.Entries = append(b.manifest.Entries, e)
	b.parts = append(b.parts, part{name: e.Name, bytes: e.Bytes, crc: crc32.ChecksumIEEE(data)})
	if data == nil {
		data = []byte{}
	}
	b.data = append(b.data, data)
}

// finish puts the manifest in front and looks at the whole as Verify will.
func (b *building) finish() error {
	data, err := b.manifest.encode()
	if err != nil {
		return err
	}
	if _, err := parseManifest(data); err != nil {
		return fmt.Errorf("building a bundle: %w", err)
	}
	b.parts = slices.Insert(b.parts, 0, part{name: manifestName, bytes: int64(len(data)), crc: crc32.ChecksumIEEE(data)})
	b.data = slices.Insert(b.data, 0, data)
	if size := layoutOf(b.parts).size; size > maxBundleBytes {
		return &checks.LimitError{What: "bundle", Value: size, Limit: maxBundleBytes, Unit: "bytes"}
	}
	return nil
}

// A leaf is a document on its way into the binder.
type leaf struct {
	document *pipeline.Document
	entry    int    // its place in manifest.Entries
	name     string // in the zip
	data     []byte
	page     int // in the binder, from 1; set by bind
}

// readDocuments reads every document once, verifies it, and lists it.
func (b *building) readDocuments(ctx context.Context, chosen []*pipeline.Document) ([]leaf, error) {
	if b.in.Open == nil && len(chosen) > 0 {
		return nil, errors.New("building a bundle: no way to open documents was given")
	}
	var leaves []leaf
	left := int64(maxDocumentsBytes)
	for i, d := range chosen {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		data, err := b.readDocument(d, left)
		if err != nil {
			return nil, err
		}
		left -= int64(len(data))
		format := decode.Sniff(data)
		e := Entry{Name: documentName(i+1, d.Kind, format), Role: RoleDocument, OriginalName: d.Path,
			Kind: d.Kind, Format: string(format), Origin: d.Origin}
		leaves = append(leaves, leaf{document: d, entry: len(b.manifest.Entries), name: e.Name, data: data})
		b.add(e, data)
		b.data[len(b.data)-1] = nil // it is read, and verified, once more when it is written
	}
	return leaves, nil
}

func (b *building) readDocument(d *pipeline.Document, limit int64) ([]byte, error) {
	r, err := b.in.Open(d.SHA256)
	if err != nil {
		return nil, fmt.Errorf("opening the stored document %q: %w", d.Path, err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("reading the stored document %q: %w", d.Path, err)
	}
	if int64(len(data)) > limit {
		return nil, &checks.LimitError{What: "documents of the case together", Value: maxDocumentsBytes - limit + int64(len(data)),
			Limit: maxDocumentsBytes, Unit: "bytes"}
	}
	sum := sha256.Sum256(data)
	if have := hex.EncodeToString(sum[:]); have != d.SHA256 {
		return nil, &CorruptError{Document: d.Path, Want: d.SHA256, Have: have}
	}
	return data, nil
}

// write writes the zip. Documents come from the vault a second time, so that only the binder
// holds them in memory, and are verified a second time, for their headers are already out.
func (b *building) write(ctx context.Context, w io.Writer) error {
	return writeZip(w, b.parts, func(i int, w io.Writer) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if b.data[i] != nil {
			_, err := w.Write(b.data[i])
			return err
		}
		e := b.manifest.Entries[i-1]
		r, err := b.in.Open(e.SHA256)
		if err != nil {
			return fmt.Errorf("opening the stored document %q: %w", e.OriginalName, err)
		}
		defer r.Close()
		sum := sha256.New()
		n, err := io.Copy(io.MultiWriter(w, sum), io.LimitReader(r, e.Bytes+1))
		if err != nil {
			return fmt.Errorf("copying the stored document %q: %w", e.OriginalName, err)
		}
		if have := hex.EncodeToString(sum.Sum(nil)); n != e.Bytes || have != e.SHA256 {
			return &CorruptError{Document: e.OriginalName, Want: e.SHA256, Have: have}
		}
		return nil
	}, nil)
}

// documentName is a document's name in the zip: its place in the upload, what it is, and the
// ending of its true format.
func documentName(n int, kind checks.Kind, format decode.Format) string {
	ending := ".bin"
	if e := format.Extensions(); len(e) > 0 {
		ending = e[0]
	}
	slug := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r == '_' || r == '-':
			return '-'
		}
		return -1
	}, string(kind))
	if slug = strings.Trim(slug, "-"); slug == "" || kind == checks.Unknown {
		slug = "other"
	}
	const longest = 60
	return fmt.Sprintf("documents/%02d-%s%s", n, slug[:min(len(slug), longest)], ending)
}

// reportOrder lists the report's files: the one for programs, the one for the screen, the one
// for paper, then what else there is by name.
func reportOrder(report map[string][]byte) []string {
	first := []string{"report.json", "report.html", "report.pdf"}
	var names []string
	for name := range report {
		if !slices.Contains(first, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	first = slices.DeleteFunc(first, func(name string) bool { _, ok := report[name]; return !ok })
	return append(first, names...)
}

// decisions lists what people have accepted, in the order of the report, times in UTC.
func decisions(c *pipeline.Case) []pipeline.Decision {
	out := []pipeline.Decision{}
	c.Walk(func(_ *pipeline.Document, _ *pipeline.Result, f *pipeline.Finding) {
		if f.Decision != nil {
			d := *f.Decision
			d.When = d.When.UTC()
			out = append(out, d)
		}
	})
	return out
}

// canonicalAnswers is the answers as values.
func canonicalAnswers(c *pipeline.Case) ([]byte, error) {
	values := c.Answers
	if values == nil {
		values = map[string]string{}
	}
	return canonicalJSON(struct {
		Schema string            `json:"schema"`
		Case   string            `json:"case"`
		Path   checks.Path       `json:"path"`
		Values map[string]string `json:"values"`
	}{"dossier.answers/1", c.Case, c.Path, values})
}
