package page

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/signintech/gopdf"

	"dossier/pipeline/typeface"
)

// MM is a millimetre in points, the unit of every length and coordinate here. Coordinates run
// from the upper left corner, y downward.
const MM = 72 / 25.4

// A4 in points, rounded as every other program rounds it.
const (
	a4Short = 595.28
	a4Long  = 841.89
)

// maxPasses bounds how often a book is laid out until its page numbers hold still. Two are the
// rule (one to count, one to draw), a third is needed when the numbers themselves move a line.
const maxPasses = 5

// Info goes into the PDF's document information.
type Info struct {
	Title   string
	Subject string
	Created time.Time // written as UTC; the zero time writes none
}

// A Color is an opaque colour.
type Color struct{ R, G, B uint8 }

// The colours pages are set in: each is dark enough to be read when printed in grey.
var (
	Black = Color{0x1a, 0x1a, 0x1a}
	Grey  = Color{0x5f, 0x66, 0x70}
	Rule  = Color{0xc9, 0xce, 0xd6}
	Green = Color{0x14, 0x6c, 0x43}
	Amber = Color{0x8a, 0x54, 0x00}
	Red   = Color{0xa8, 0x1e, 0x22}
	White = Color{0xff, 0xff, 0xff}
	Pale  = Color{0xf3, 0xf5, 0xf8}
)

// A Made is a finished book.
type Made struct {
	PDF   []byte
	Pages []Page
}

// A Page tells what a page of a finished book holds.
type Page struct {
	Width, Height float64  // in points
	Lines         []string // the text as it is shown, one entry a line drawn, in drawing order
	Pictures      int
}

// A Book is a PDF while it is being drawn. Its methods remember the first error, which Make
// returns; after it they do nothing.
type Book struct {
	pdf     *gopdf.GoPdf // nil in a pass that only counts
	err     error
	pages   []Page
	before  layout // what the pass before this one found
	now     layout
	strange map[string]int // characters that cannot be shown, to their number
}

// layout is what one pass learns and the next one draws with.
type layout struct {
	pages   int
	marks   map[string]int // name to page number
	strange []string
}

func (l layout) equal(m layout) bool {
	if l.pages != m.pages || len(l.marks) != len(m.marks) || !slices.Equal(l.strange, m.strange) {
		return false
	}
	for name, page := range l.marks {
		if m.marks[name] != page {
			return false
		}
	}
	return true
}

// Make draws a book. It calls draw several times, first to learn on which page everything
// comes to lie and then to draw it, so draw must do the same each time.
func Make(info Info, draw func(*Book) error) (*Made, error) {
	var known layout
	for range maxPasses {
		b := &Book{before: known}
		if err := b.run(draw); err != nil {
			return nil, err
		}
		if b.now.equal(known) {
			return b.print(info, draw)
		}
		known = b.now
	}
	return nil, fmt.Errorf("page numbers did not hold still in %d passes", maxPasses)
}

// run is one pass over the drawing.
func (b *Book) run(draw func(*Book) error) error {
	b.pages, b.err = nil, nil
	b.now = layout{marks: map[string]int{}}
	b.strange = map[string]int{}
	if err := draw(b); err != nil {
		return err
	}
	if b.err != nil {
		return b.err
	}
	if len(b.pages) == 0 {
		return errors.New("a book without pages")
	}
	b.now.pages = len(b.pages)
	return nil
}

// print is the last pass, the one that is kept.
func (b *Book) print(info Info, draw func(*Book) error) (*Made, error) {
	b.pdf = &gopdf.GoPdf{}
	b.pdf.Start(gopdf.Config{PageSize: gopdf.Rect{W: a4Short, H: a4Long}})
	b.pdf.SetInfo(gopdf.PdfInfo{
		Title: shownInProperties(info.Title), Subject: shownInProperties(info.Subject),
		Creator: "Dossier", Producer: "Dossier", CreationDate: info.Created.UTC(),
	})
	if err := b.pdf.AddTTFFontData(family, typeface.Regular()); err != nil {
		return nil, fmt.Errorf("loading the typeface: %w", err)
	}
	if err := b.run(draw); err != nil {
		return nil, err
	}
	if !b.now.equal(b.before) {
		return nil, errors.New("the drawing differs from one pass to the next")
	}
	var out bytes.Buffer
	if _, err := b.pdf.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("writing the PDF: %w", err)
	}
	return &Made{PDF: out.Bytes(), Pages: b.pages}, nil
}

// AddPage begins an A4 page.
func (b *Book) AddPage(landscape bool) {
	size := gopdf.Rect{W: a4Short, H: a4Long}
	if landscape {
		size.W, size.H = size.H, size.W
	}
	b.pages = append(b.pages, Page{Width: size.W, Height: size.H})
	if b.drawing() {
		b.pdf.AddPageWithOption(gopdf.PageOption{PageSize: &size})
		b.pdf.SetLineWidth(1) // a page with no content at all would not be a valid one
	}
}

// drawing reports whether this pass leaves marks on paper.
func (b *Book) drawing() bool { return b.pdf != nil && b.err == nil }

func (b *Book) fail(err error) {
	if b.err == nil && err != nil {
		b.err = err
	}
}

// Number is the number of the current page, from 1.
func (b *Book) Number() int { return len(b.pages) }

// Total is how many pages the book has; 0 in the first pass, which is only counting.
func (b *Book) Total() int { return b.before.pages }

// Size is the current page's width and height.
func (b *Book) Size() (width, height float64) {
	p := b.page()
	return p.Width, p.Height
}

func (b *Book) page() *Page {
	if len(b.pages) == 0 {
		b.fail(errors.New("drawing before the first page"))
		return &Page{Width: a4Short, Height: a4Long}
	}
	return &b.pages[len(b.pages)-1]
}

// Mark names the current page, for PageOf and Link.
func (b *Book) Mark(name string) {
	b.now.marks[name] = b.Number()
	if b.drawing() {
		b.pdf.SetXY(0, 0)
		b.pdf.SetAnchor(name)
	}
}

// PageOf is the number of the page that is marked with name, wherever it lies in the book; 0
// in the first pass.
func (b *Book) PageOf(name string) int { return b.before.marks[name] }

// Link makes a rectangle lead to the page marked with name.
func (b *Book) Link(name string, x, y, width, height float64) {
	if !b.drawing() {
		return
	}
	// The library measures a link from the foot of the default page; ours may lie on its side.
	_, h := b.Size()
	b.pdf.AddInternalLink(name, x, y+a4Long-h, width, height)
}

// Outline adds the current page to the list of contents that a reader shows beside the pages.
func (b *Book) Outline(title string) {
	if b.drawing() {
		b.pdf.AddOutline(shownInProperties(title))
	}
}

// Line draws a straight line.
func (b *Book) Line(x1, y1, x2, y2, width float64, c Color) {
	b.page()
	if !b.drawing() {
		return
	}
	b.pdf.SetLineWidth(width)
	b.pdf.SetStrokeColor(c.R, c.G, c.B)
	b.pdf.Line(x1, y1, x2, y2)
}

// Fill paints a rectangle.
func (b *Book) Fill(x, y, width, height float64, c Color) {
	b.page()
	if !b.drawing() {
		return
	}
	b.pdf.SetFillColor(c.R, c.G, c.B)
	b.fail(b.pdf.RectFromUpperLeftWithOpts(gopdf.DrawableRectOptions{
		X: x, Y: y, Rect: gopdf.Rect{W: width, H: height}, PaintStyle: gopdf.FillPaintStyle}))
}

// Frame draws a rectangle's outline.
func (b *Book) Frame(x, y, width, height, line float64, c Color) {
	b.page()
	if !b.drawing() {
		return
	}
	b.pdf.SetLineWidth(line)
	b.pdf.SetStrokeColor(c.R, c.G, c.B)
	b.fail(b.pdf.RectFromUpperLeftWithOpts(gopdf.DrawableRectOptions{
		X: x, Y: y, Rect: gopdf.Rect{W: width, H: height}, PaintStyle: gopdf.DrawPaintStyle}))
}
