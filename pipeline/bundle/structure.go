package bundle

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"dossier/checks"
)

const (
	// maxDirectoryBytes bounds the directory of a zip that is looked into: four times what a
	// bundle with the most entries and the longest names has.
	maxDirectoryBytes = 1 << 20

	// maxListed bounds its records.
	maxListed = 4 * maxEntries

	// maxInflated bounds what is unpacked of a bundle that somebody has packed anew with
	// compression: as much as the documents of a bundle may have together. Dossier's own
	// bundles are not compressed, so nothing they hold is ever unpacked.
	maxInflated = maxDocumentsBytes

	// maxNamed is how many added entries are listed by name.
	maxNamed = 20
)

// listed is an entry as the zip's own directory lists it.
type listed struct {
	file     *zip.File
	bytes    int64 // unpacked
	crc      uint32
	headerAt int64 // where its data begins, or -1
}

// readDirectory reads the zip's directory if it is one that can be trusted to be small. That it
// cannot be read is no error but kept in directoryErr: entries can still be found by the layout.
func (x *inspection) readDirectory() error {
	end, err := x.findEnd()
	if err != nil || x.directoryErr != nil {
		return err
	}
	z, err := zip.NewReader(&contextReaderAt{x}, end)
	if z == nil {
		if x.ctx.Err() != nil {
			return x.ctx.Err()
		}
		x.directoryErr = err
		return nil
	}
	x.directory = map[string]listed{}
	for _, f := range z.File {
		if _, twice := x.directory[f.Name]; twice {
			x.extra = append(x.extra, f.Name)
			continue
		}
		l := listed{file: f, bytes: -1, crc: f.CRC32, headerAt: -1}
		if f.UncompressedSize64 <= maxBundleBytes {
			l.bytes = int64(f.UncompressedSize64)
		}
		if at, err := f.DataOffset(); err == nil {
			l.headerAt = at
		}
		x.directory[f.Name] = l
	}
	slices.Sort(x.extra)
	return x.ctx.Err()
}

// contextReaderAt lets the zip reader end with the context.
type contextReaderAt struct{ x *inspection }

func (c *contextReaderAt) ReadAt(p []byte, off int64) (int, error) {
	if err := c.x.ctx.Err(); err != nil {
		return 0, err
	}
	return c.x.r.ReadAt(p, off)
}

// findEnd looks for the end record and returns the offset behind it. A directory that is not
// small, or not where it would have to be, or that needs 64 bit, is not looked into: a lie in
// the record's counts could cost any amount of memory.
func (x *inspection) findEnd() (int64, error) {
	no := func(format string, args ...any) (int64, error) {
		x.directoryErr = &checks.FormatError{Format: "zip", Offset: -1, Reason: fmt.Sprintf(format, args...)}
		return 0, nil
	}
	const longestComment = 1<<16 - 1
	n := min(x.size, endRecordBytes+longestComment)
	tail, _, err := x.read(x.size-n, n)
	if err != nil {
		return 0, err
	}
	i := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if i < 0 || len(tail)-i < endRecordBytes {
		return no("no end record")
	}
	record := tail[i:]
	le := binary.LittleEndian
	count, size, offset := int64(le.Uint16(record[10:])), int64(le.Uint32(record[12:])), int64(le.Uint32(record[16:]))
	comment := int64(le.Uint16(record[20:]))
	at := x.size - n + int64(i)
	switch {
	case count > maxListed || size > maxDirectoryBytes:
		return no("the directory claims %d entries in %d bytes", count, size)
	case offset > at || at-offset != size:
		return no("the directory is not where the end record puts it")
	case comment > x.size-at-endRecordBytes:
		return no("the comment is cut off")
	}
	return at + endRecordBytes + comment, nil
}

// errPacked says that a compressed entry is not unpacked.
var errPacked = errors.New("it is compressed beyond what is unpacked here")

// open reads an entry through the zip's directory, unpacking it if somebody has packed it.
func (x *inspection) open(l listed) (io.Reader, error) {
	if l.headerAt < 0 || l.bytes < 0 {
		return nil, &checks.FormatError{Format: "zip", Offset: -1, Reason: "its header is damaged"}
	}
	if l.file.Method == zip.Store {
		return x.section(l.headerAt, l.bytes), nil
	}
	if l.bytes > maxInflated-x.inflated {
		return nil, errPacked
	}
	x.inflated += l.bytes
	r, err := l.file.Open()
	if err != nil {
		return nil, err
	}
	return &contextReader{ctx: x.ctx, r: r}, nil
}

// readEntry reads a small entry whole. Bytes that do not unpack are as good as none.
func (x *inspection) readEntry(l listed, limit int64) ([]byte, error) {
	r, err := x.open(l)
	if err != nil {
		return nil, nil
	}
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if x.ctx.Err() != nil {
		return nil, x.ctx.Err()
	}
	if err != nil || int64(len(data)) > limit {
		return nil, nil
	}
	return data, nil
}

// added lists the names of entries the manifest does not list.
func (x *inspection) added() []string {
	known := map[string]bool{manifestName: true}
	for _, e := range x.Manifest.Entries {
		known[e.Name] = true
	}
	var names []string
	for name := range x.directory {
		if !known[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// verifyStructure writes the zip anew, with nothing in place of the contents, and compares all
// that is not content.
func (x *inspection) verifyStructure() error {
	c := &comparison{x: x}
	err := writeZip(c, x.parts, func(i int, w io.Writer) error {
		_, err := io.Copy(w, io.LimitReader(zeros{}, x.parts[i].bytes))
		return err
	}, func(_ int, content bool) { c.skip = content })
	if err != nil {
		return err
	}
	if c.at != x.size {
		return fmt.Errorf("the layout of a bundle has %d bytes, its zip %d", x.size, c.at)
	}
	return nil
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// A comparison is a writer that compares what is written with the file.
type comparison struct {
	x    *inspection
	at   int64
	skip bool // a content is being written
	last string
}

func (c *comparison) Write(p []byte) (int, error) {
	at := c.at
	c.at += int64(len(p))
	if c.skip {
		return len(p), c.x.ctx.Err()
	}
	have, ok, err := c.x.read(at, int64(len(p)))
	if err != nil {
		return 0, err
	}
	if !ok {
		return 0, io.ErrUnexpectedEOF
	}
	for i := range p {
		if p[i] != have[i] {
			c.differs(at + int64(i))
		}
	}
	return len(p), nil
}

// differs reports the first different byte of every header and record.
func (c *comparison) differs(offset int64) {
	place, entry := c.x.place(offset)
	if place.En == c.last {
		return
	}
	c.last = place.En
	c.x.add(Structure, entry, offset, checks.Textf("the zip structure has been changed at byte %[1]d, in %[2]s",
		"zip 结构在第 %[1]d 字节处（%[3]s）已被改动", offset, place.En, place.Zh))
}

// place names the part of the structure that holds the byte at offset.
func (x *inspection) place(offset int64) (checks.Text, string) {
	for i, p := range x.parts {
		if offset >= x.at.header[i] && offset < x.at.content[i] {
			return checks.Textf("the header of %s", "%s 的文件头", p.name), p.name
		}
		if offset >= x.at.directory[i] && offset < x.at.directory[i]+centralHeaderBytes+int64(len(p.name)) {
			return checks.Textf("the directory record of %s", "%s 的目录项", p.name), p.name
		}
	}
	return checks.Text{En: "the end record", Zh: "结尾记录"}, ""
}
