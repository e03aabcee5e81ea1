package intake

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"dossier/checks"
)

// MaxPDF is the largest PDF that is opened, in bytes. It is what a check may see of a file:
// forty A4 pages at 300 dpi in the best JPEG quality.
const MaxPDF = checks.MaxSubjectBytes

// PDFLimits bound what opening a PDF may cost. The zero value is not usable; begin with
// DefaultPDFLimits.
type PDFLimits struct {
	Pages       int           // pages looked at; those after are named in the problems
	Pixels      int64         // of one picture that has to be decoded
	SampleBytes int64         // of one picture's decoded samples
	OutputBytes int64         // of all pictures handed out
	Structure   time.Duration // for finding the pages in the file
	Total       time.Duration // for everything
	HeapGrowth  int64         // bytes the heap may grow while the structure is read
}

// DefaultPDFLimits returns the limits used when nothing else is said.
//
// Memory: the file's bytes (64 MiB at most), pdfcpu's copy of its streams (the guard stops it
// at twice that), and one picture at a time: its samples, up to twice that again while the
// decoder's buffer grows, and four bytes a pixel. One PDF is opened at a time.
func DefaultPDFLimits() PDFLimits {
	return PDFLimits{
		Pages:       200,       // a client's whole file; nobody registers an account with a book
		Pixels:      40 << 20,  // A4 at 600 dpi has 35 million
		SampleBytes: 80 << 20,  // A4 at 400 dpi in colour has 47 MB, at 600 dpi in grey 35 MB
		OutputBytes: 128 << 20, // twice MaxPDF: pictures stored as JPEG add up to the file at most
		// Reading the structure of a 64 MiB scan takes tens of milliseconds; whatever takes
		// seconds is hostile.
		Structure: 8 * time.Second,
		// Decoding and encoding a page takes some 0.3 s; 200 honest pages fit.
		Total:      90 * time.Second,
		HeapGrowth: 320 << 20, // leaves room below 512 MiB for the rest of the program
	}
}

// A Page is the picture of one page.
type Page struct {
	Number int    // from 1
	Format string // "jpg" or "bmp"
	Data   []byte
	// Orientation is how the PDF shows the picture, as an EXIF orientation 1..8: 1 as it is
	// stored, 6 turned clockwise by 90 degrees, ... A picture that had to be encoded anew has
	// been turned already and has 1.
	Orientation int
}

// Suffix is what is appended to the PDF's name to name this picture: "#page-1.jpg".
func (p Page) Suffix() string { return fmt.Sprintf("#page-%d.%s", p.Number, p.Format) }

// A Scan is what was taken out of a PDF.
type Scan struct {
	Pages    []Page        // in page order; a page without a usable picture is left out
	Problems []checks.Text // what could not be taken out and why; empty when all is well
}

func (s *Scan) problem(en, zh string, args ...any) {
	s.Problems = append(s.Problems, checks.Textf(en, zh, args...))
}

// slots lets one PDF be opened at a time: the memory argued for in DefaultPDFLimits is spent
// once, whatever the number of workers. Reading PDFs is rare and mostly copying.
var slots = make(chan struct{}, 1)

// pdfSlot waits for the right to open a PDF.
func pdfSlot(ctx context.Context) (release func(), err error) {
	select {
	case slots <- struct{}{}:
		return func() { <-slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// abandoned counts PDF readers that ran out of time and have not noticed yet. Their memory and
// their core are lost until they do, so only a few are borne.
var abandoned atomic.Int32

const maxAbandoned = 2

// ErrPDFBusy says that earlier PDFs still hang in the reader, so that no other is opened.
var ErrPDFBusy = errors.New("earlier PDF files still occupy the reader; they are tried again later")

// errHeap is the cause with which the watch over the heap stops a reading.
var errHeap = errors.New("the heap grew too much")

func init() {
	// pdfcpu otherwise writes a folder with fonts and settings into the user's home.
	api.DisableConfigDir()
}

// Pages takes the scanned pictures out of a PDF, one a page. A picture stored as JPEG comes out
// byte for byte as it was stored, so that what is measured and submitted is what the scanner
// made. Any other is encoded in a format the platform accepts: black-and-white as 1-bit BMP,
// which loses nothing and is small, all else as JPEG of high quality, because a BMP of a page
// would always be beyond 2 MB. Where a page holds several pictures the largest is taken, and
// the problems say so.
//
// data is untrusted. What is wrong with it (broken, encrypted, too large, no scan at all) is
// told in Scan.Problems. An error means only that the work could not be done now: ctx has
// ended, or ErrPDFBusy.
//
// Source of the structures: ISO 32000-1:2008, 7.5 file structure, 7.7.3 page tree, 8.9 images.
func Pages(ctx context.Context, data []byte, limits PDFLimits) (Scan, error) {
	scan, err := pagesOnce(ctx, data, limits)
	if errors.Is(err, errHeap) {
		// Somebody else may have needed the memory at that moment. Once more, then it is the file.
		debug.FreeOSMemory()
		scan, err = pagesOnce(ctx, data, limits)
	}
	if errors.Is(err, errHeap) {
		return brokenScan("opening it needs too much memory", "打开它需要过多内存"), nil
	}
	return scan, err
}

func brokenScan(en, zh string) Scan {
	var s Scan
	s.problem("the PDF could not be opened: %[1]s; ask for the pages as JPEG pictures instead",
		"无法打开该 PDF：%[2]s；请让客户改发 JPEG 图片", en, zh)
	return s
}

// pagesOnce runs the reader where a panic is caught and a hang is left behind.
func pagesOnce(parent context.Context, data []byte, limits PDFLimits) (Scan, error) {
	if err := parent.Err(); err != nil {
		return Scan{}, err
	}
	if int64(len(data)) > MaxPDF {
		return brokenScan(fmt.Sprintf("it has more than %d bytes", int64(MaxPDF)), fmt.Sprintf("文件超过 %d 字节", int64(MaxPDF))), nil
	}
	if abandoned.Load() >= maxAbandoned {
		return Scan{}, ErrPDFBusy
	}
	ctx, cancel := context.WithTimeout(parent, limits.Total)
	defer cancel()
	type answer struct {
		scan Scan
		err  error
	}
	done := make(chan answer, 1)
	var left atomic.Bool // set by whoever comes first: the reader ending, or its being abandoned
	go func() {
		var a answer
		defer func() {
			if p := recover(); p != nil {
				a = answer{scan: brokenScan("its structure is damaged", "文件结构已损坏")}
			}
			if left.Swap(true) {
				abandoned.Add(-1)
			}
			done <- a
		}()
		a.scan, a.err = readScan(ctx, data, limits)
	}()
	select {
	case a := <-done:
		if parent.Err() != nil {
			return Scan{}, parent.Err()
		}
		return a.scan, a.err
	case <-ctx.Done():
	}
	// The reader looks at ctx often; give it the time to say how far it came.
	grace := time.NewTimer(2 * time.Second)
	defer grace.Stop()
	select {
	case a := <-done:
		if parent.Err() != nil {
			return Scan{}, parent.Err()
		}
		return a.scan, a.err
	case <-grace.C:
	}
	if !left.Swap(true) {
		abandoned.Add(1)
	}
	if parent.Err() != nil {
		return Scan{}, parent.Err()
	}
	return brokenScan("reading it takes too long", "读取耗时过长"), nil
}

// readScan opens the file and takes the picture of each page.
func readScan(ctx context.Context, data []byte, limits PDFLimits) (Scan, error) {
	doc, scan, err := openStructure(ctx, data, limits)
	if doc == nil {
		return scan, err
	}
	var found problems
	total := int64(0)
	for i, leaf := range doc.leaves {
		number := i + 1
		if ctx.Err() != nil {
			found.rest(number, len(doc.leaves), problemf("%%s not looked at: the file takes too long; ask for it in parts",
				"未查看%%s：处理该文件耗时过长；请让客户分开发送"))
			break
		}
		page, trouble := doc.picture(leaf, number, limits)
		if page != nil {
			if total += int64(len(page.Data)); total > limits.OutputBytes {
				found.rest(number, len(doc.leaves), problemf("%%s left out: the pictures together exceed %d bytes; ask for the file in parts",
					"%%s未取出：图片总量超过 %d 字节；请让客户分开发送", limits.OutputBytes))
				break
			}
			scan.Pages = append(scan.Pages, *page)
		}
		found.add(trouble, number)
	}
	scan.Problems = append(scan.Problems, found.texts()...)
	return scan, nil
}

// openStructure reads the file's objects and finds its pages. A nil document comes with the
// scan that says why.
func openStructure(ctx context.Context, data []byte, limits PDFLimits) (*document, Scan, error) {
	watched, stop := watchHeap(ctx, limits)
	defer stop()
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationRelaxed // real scanners err; we need the pictures only
	conf.Optimize = false
	conf.Offline = true
	conf.Cmd = model.EXTRACTIMAGES
	conf.Limits = model.ResourceLimits{
		MaxStreamBytes: int64(len(data)),
		// Cross-reference and object streams are all that is decoded here. A scan's have some
		// kilobytes; 4 MiB is an index of 100,000 objects.
		MaxDecodeBytes:       4 << 20,
		MaxImagePixels:       limits.Pixels,
		MaxImageBytes:        limits.SampleBytes,
		MaxObjectCount:       maxObjects,
		MaxObjectStreamCount: maxObjects,
		MaxObjectStreamFirst: 1 << 20,
		MaxXRefEntries:       maxObjects,
		MaxRecursionDepth:    64, // pages nest four or five deep
	}
	file, err := pdfcpu.ReadWithContext(watched, newGuard(data), conf)
	if cause := context.Cause(watched); cause != nil && ctx.Err() == nil {
		if errors.Is(cause, errHeap) {
			return nil, Scan{}, errHeap
		}
		return nil, brokenScan("reading it takes too long", "读取耗时过长"), nil
	}
	switch {
	case ctx.Err() != nil:
		return nil, brokenScan("reading it takes too long", "读取耗时过长"), nil
	case errors.Is(err, pdfcpu.ErrWrongPassword) || errors.Is(err, pdfcpu.ErrEncrypted):
		return nil, encryptedScan(), nil
	case errors.Is(err, errGuard):
		return nil, brokenScan("it is far more involved than a scan", "其结构远比扫描件复杂"), nil
	case err != nil:
		return nil, brokenScan("it is damaged or incomplete", "文件已损坏或不完整"), nil
	case file == nil || file.XRefTable == nil:
		return nil, brokenScan("it is damaged or incomplete", "文件已损坏或不完整"), nil
	}
	doc := &document{file: file, size: int64(len(data))}
	var scan Scan
	more, err := doc.findPages(limits.Pages)
	if err != nil || len(doc.leaves) == 0 {
		return nil, brokenScan("no page can be found in it", "其中找不到任何页面"), nil
	}
	if more {
		scan.problem("the PDF has more than %[1]d pages; only the first %[1]d were looked at", "该 PDF 超过 %[1]d 页；只查看了前 %[1]d 页", limits.Pages)
	}
	return doc, scan, nil
}

func encryptedScan() Scan {
	var s Scan
	s.problem("the PDF is protected by a password; ask for it without one, or for JPEG pictures",
		"该 PDF 设有密码；请让客户发送无密码的版本或 JPEG 图片")
	return s
}
