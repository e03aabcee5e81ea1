package intake

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"
	"time"

	"dossier/checks"
	"dossier/pipeline"
)

// A Taker takes files in, one at a time: bytes into the vault, receipts into the ledger. It
// may be used by several goroutines.
type Taker struct {
	Vault   Vault
	Ledger  Ledger
	MaxFile int64            // bytes; 0 means DefaultMaxFile
	Now     func() time.Time // nil means time.Now
	Pages   PageReader       // opens PDF scans; nil means Pages with DefaultPDFLimits
}

// A PageReader takes the pictures out of a PDF: see Pages.
type PageReader func(ctx context.Context, data []byte) (Scan, error)

func (t *Taker) now() time.Time {
	if t.Now != nil {
		return t.Now()
	}
	return time.Now()
}

func (t *Taker) maxFile() int64 {
	if t.MaxFile > 0 {
		return t.MaxFile
	}
	return DefaultMaxFile
}

func (t *Taker) pages(ctx context.Context, data []byte) (Scan, error) {
	if t.Pages != nil {
		return t.Pages(ctx, data)
	}
	return Pages(ctx, data, DefaultPDFLimits())
}

// What may become of a file that is not taken in. None of these is trouble.
var (
	errChanged = errors.New("the file changed while it was looked at") // wait until it rests again
	errGone    = errors.New("the file is no longer there")
)

// A leftAlone says that an entry is not taken in, and why.
type leftAlone struct {
	reason pipeline.IgnoreReason
	detail string
}

func (e *leftAlone) Error() string {
	if e.detail == "" {
		return string(e.reason)
	}
	return string(e.reason) + ": " + e.detail
}

// unreadable words a failure to read the file itself. The path is left out of the detail: it
// is said beside it.
func unreadable(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	return &leftAlone{pipeline.IgnoreUnreadable, err.Error()}
}

// A file names one file to take in.
type file struct {
	root  *os.Root // opened on the inbox, or on the batch's folder
	rel   string   // below root, slash-separated
	path  string   // absolute
	place place
}

// A staged file is in the vault, whole, and not yet in the ledger.
type staged struct {
	stamp    stamp // of the very file whose bytes these are
	receipts []pipeline.Receipt
}

// stage copies the file into the vault, and with it the pages of a PDF. want is what the file
// looked like when it had settled; any difference, before, during or after the reading, is
// errChanged: the bytes that the vault got are then receipted to nobody.
func (t *Taker) stage(ctx context.Context, in file, want *stamp) (staged, error) {
	f, opened, err := t.open(in, want)
	if err != nil {
		return staged{}, err
	}
	defer f.Close()

	// One byte more than there should be: a file that grows under the reading is noticed and
	// never followed to the end of the disk.
	src := &source{ctx: ctx, r: io.LimitReader(f, opened.info.Size()+1)}
	sum, size, err := t.Vault.Put(ctx, src, t.maxFile())
	if src.err != nil {
		if ctx.Err() != nil {
			return staged{}, ctx.Err()
		}
		return staged{}, unreadable(src.err)
	}
	if err != nil {
		var tooLong *checks.LimitError
		if errors.As(err, &tooLong) {
			return staged{}, errChanged // it was short enough when it was opened
		}
		return staged{}, fmt.Errorf("put into the vault: %w", err)
	}
	receipt := pipeline.Receipt{
		Case: in.place.Case, Name: in.place.Name, Path: in.path, SHA256: sum, Bytes: size,
		Modified: opened.info.ModTime(), At: t.now(),
	}
	out := staged{stamp: opened, receipts: []pipeline.Receipt{receipt}}
	if src.isPDF() {
		pages, problems, err := t.openPDF(ctx, f, receipt)
		if err != nil {
			return staged{}, err
		}
		out.receipts[0].Problems = problems
		out.receipts = append(out.receipts, pages...)
	}
	// Settled means: still so after the last byte was read, both what was opened and what now
	// lies at the path.
	if size != opened.info.Size() || !t.still(in, f, opened) {
		return staged{}, errChanged
	}
	return out, nil
}

// open opens a regular file for reading, certain that what it opened is what lies at the path.
func (t *Taker) open(in file, want *stamp) (*os.File, stamp, error) {
	info, err := in.root.Lstat(in.rel)
	switch {
	case missing(err):
		return nil, stamp{}, errGone
	case err != nil:
		return nil, stamp{}, unreadable(err)
	}
	seen := stamp{info}
	// Whoever asks for an answers sheet at the top of in.root has made sure that this is a case's
	// folder and not the inbox, where it would be misplaced.
	if reason, detail := ignoreEntry(in.rel, info.Mode()); reason != "" && reason != pipeline.IgnoreMisplaced {
		return nil, stamp{}, &leftAlone{reason, detail}
	}
	if info.IsDir() || want != nil && !want.alike(seen) {
		return nil, stamp{}, errChanged
	}
	if info.Size() > t.maxFile() {
		return nil, stamp{}, &leftAlone{pipeline.IgnoreTooLarge, fmt.Sprintf("%d bytes, at most %d are taken in", info.Size(), t.maxFile())}
	}
	f, err := in.root.OpenFile(in.rel, os.O_RDONLY|openFlags, 0)
	switch {
	case missing(err):
		return nil, stamp{}, errGone
	case busy(err):
		return nil, stamp{}, errChanged
	case err != nil:
		return nil, stamp{}, unreadable(err)
	}
	info, err = f.Stat()
	if err != nil || !seen.identical(stamp{info}) {
		f.Close()
		return nil, stamp{}, errChanged
	}
	return f, stamp{info}, nil
}

// still reports whether the open file and the path both are what they were.
func (t *Taker) still(in file, f *os.File, opened stamp) bool {
	now, err := f.Stat()
	if err != nil || !opened.identical(stamp{now}) {
		return false
	}
	now, err = in.root.Lstat(in.rel)
	return err == nil && opened.identical(stamp{now})
}

// openPDF takes the pictures out of the PDF that f has open and puts each into the vault.
func (t *Taker) openPDF(ctx context.Context, f *os.File, of pipeline.Receipt) ([]pipeline.Receipt, []checks.Text, error) {
	if of.Bytes > MaxPDF {
		return nil, []checks.Text{checks.Textf(
			"the PDF has %d bytes; at most %d are opened, so its pages were not looked at",
			"该 PDF 有 %d 字节；最多打开 %d 字节，因此未查看其中的页面", of.Bytes, int64(MaxPDF))}, nil
	}
	release, err := pdfSlot(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer release()
	data := make([]byte, of.Bytes)
	if _, err := f.ReadAt(data, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, unreadable(err)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != of.SHA256 {
		return nil, nil, errChanged
	}
	scan, err := t.pages(ctx, data)
	if err != nil {
		return nil, nil, err
	}
	var receipts []pipeline.Receipt
	for _, page := range scan.Pages {
		sum, size, err := t.Vault.Put(ctx, bytes.NewReader(page.Data), int64(len(page.Data)))
		if err != nil {
			return nil, nil, fmt.Errorf("put page %d into the vault: %w", page.Number, err)
		}
		suffix := page.Suffix()
		receipts = append(receipts, pipeline.Receipt{
			Case: of.Case, Name: of.Name + suffix, Path: of.Path + suffix, SHA256: sum, Bytes: size,
			Modified: of.Modified, At: of.At,
			Origin: &checks.Origin{Name: of.Name, SHA256: of.SHA256, Page: page.Number},
		})
	}
	return receipts, scan.Problems, nil
}

// record writes the receipts into the ledger, all or none.
func (t *Taker) record(ctx context.Context, receipts []pipeline.Receipt) ([]pipeline.Standing, error) {
	standings, err := t.Ledger.TakeInAll(ctx, receipts)
	if err != nil {
		return nil, fmt.Errorf("record in the ledger: %w", err)
	}
	if len(standings) != len(receipts) {
		return nil, fmt.Errorf("record in the ledger: %d answers to %d receipts", len(standings), len(receipts))
	}
	for _, r := range receipts {
		// An earlier run may have had to leave it alone. That this cannot be taken back is no
		// reason to take the file in again.
		if r.Origin == nil {
			_ = t.Ledger.ForgetIgnored(ctx, r.Path)
		}
	}
	return standings, nil
}

// answers reads a settled answers.yaml and records it. It stays where it lies.
func (t *Taker) answers(ctx context.Context, in file, want *stamp) (changed bool, err error) {
	if base := path.Base(in.rel); base != "answers.yaml" {
		if _, err := in.root.Lstat(path.Join(path.Dir(in.rel), "answers.yaml")); err == nil {
			return false, &leftAlone{pipeline.IgnoreMisplaced, "answers.yaml lies beside it and is the one that is read"}
		}
	}
	f, opened, err := t.open(in, want)
	if err != nil {
		return false, err
	}
	defer f.Close()
	if opened.info.Size() > MaxAnswers {
		return false, &leftAlone{pipeline.IgnoreTooLarge, fmt.Sprintf("%d bytes, at most %d are read", opened.info.Size(), MaxAnswers)}
	}
	data, err := io.ReadAll(io.LimitReader(f, opened.info.Size()+1))
	if err != nil {
		return false, unreadable(err)
	}
	if int64(len(data)) != opened.info.Size() || !t.still(in, f, opened) {
		return false, errChanged
	}
	changed, err = t.Ledger.RecordAnswers(ctx, in.place.Case, data, t.now())
	if err != nil {
		return false, fmt.Errorf("record the answers: %w", err)
	}
	return changed, nil
}

// remove removes the file from the inbox if it still is the very file that was read.
//
// Between looking and removing, another file could take its place. So it is first renamed, in
// its own folder, to a name that nobody else uses, looked at once more there, and only then
// removed; a stranger is given its name back. What is removed is never anything but what was
// read, and links are never followed: all names are resolved below root.
func remove(in file, s stamp) error {
	info, err := in.root.Lstat(in.rel)
	switch {
	case missing(err):
		return nil
	case err != nil:
		return err
	case !s.identical(stamp{info}):
		return errChanged
	}
	var random [8]byte
	rand.Read(random[:])
	unique := hex.EncodeToString(random[:])
	aside := path.Join(path.Dir(in.rel), leavingPrefix+unique)
	if err := in.root.Rename(in.rel, aside); err != nil {
		if missing(err) {
			return nil
		}
		return err
	}
	info, err = in.root.Lstat(aside)
	if err == nil && s.identical(stamp{info}) {
		if err := in.root.Remove(aside); !missing(err) {
			return err
		}
		return nil // another process that watches the same inbox took it for left behind
	}
	return errors.Join(errChanged, putBack(in, aside, unique))
}

// putBack gives a file that was moved aside by mistake its name back, or, if that is taken
// again by now, a name of its own under which it is taken in.
func putBack(in file, aside, unique string) error {
	ext := path.Ext(in.rel)
	if len(ext) > 16 {
		ext = ""
	}
	spare := path.Join(path.Dir(in.rel), "restored-"+unique+ext)
	for _, name := range []string{in.rel, spare} {
		// A link never replaces an existing file, as a rename would.
		if err := in.root.Link(aside, name); err == nil {
			return in.root.Remove(aside)
		}
	}
	// No links on this file system (FAT, some shares).
	if _, err := in.root.Lstat(in.rel); missing(err) {
		return in.root.Rename(aside, in.rel)
	}
	return in.root.Rename(aside, spare)
}

// missing reports whether err says that there is nothing at a path: the entry or one of its
// folders is not there, or a folder has become a file.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// A source is what the vault reads from. It remembers its own error, so that a scan that cannot
// be read is told from a vault that cannot be written, and the first bytes.
type source struct {
	ctx  context.Context
	r    io.Reader
	head []byte
	err  error
}

// headBytes is how far into a file its "%PDF-" may stand: Adobe's readers accept it anywhere in
// the first 1024 bytes, and some scanners do put a header of their own before it.
const headBytes = 1024

func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		s.err = err
		return 0, err
	}
	n, err := s.r.Read(p)
	if room := headBytes - len(s.head); room > 0 {
		s.head = append(s.head, p[:min(n, room)]...)
	}
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// isPDF reports whether the bytes read claim to be a PDF. A picture that only carries the word,
// in a comment say, is a picture.
func (s *source) isPDF() bool {
	for _, magic := range []string{"\xff\xd8\xff", "BM", "GIF8", "\x89PNG", "RIFF", "II*\x00", "MM\x00*"} {
		if bytes.HasPrefix(s.head, []byte(magic)) {
			return false
		}
	}
	return bytes.Contains(s.head, []byte("%PDF-"))
}
