package page

import "strings"

// A Flow is a column that text runs down, from page to page.
type Flow struct {
	*Book
	Left, Width float64
	Y           float64 // where the next thing goes
	Bottom      float64 // nothing goes below
	// Next begins a new page, draws what every page has, and sets Y (and, if they change, the
	// other measures).
	Next func(*Flow)
}

// Need begins a new page if less than height is left on this one. A thing higher than a whole
// page is let through to begin on a fresh one.
func (f *Flow) Need(height float64) {
	if f.Y+height > f.Bottom {
		f.Next(f)
	}
}

// Space leaves height empty, but not at the top of a page.
func (f *Flow) Space(height float64) { f.Y = min(f.Y+height, f.Bottom) }

// Run sets a text broken to the column less indent, over as many pages as it takes.
func (f *Flow) Run(indent float64, s string, style Style) {
	for _, line := range f.lines(s, style.Size, f.Width-indent) {
		f.Need(style.LineHeight())
		f.set(f.Left+indent, f.Y, line, style)
		f.Y += style.LineHeight()
	}
}

// A Cell is one cell of a row: its width, and paragraphs one below the other.
type Cell struct {
	Width float64
	Lines []Styled
	Link  string // name of the page the cell leads to, or ""
}

// Styled is a text and how it is set.
type Styled struct {
	Text  string
	Style Style
}

// Row sets cells side by side, kept together on one page, and leaves Y below the highest.
func (f *Flow) Row(gap float64, cells ...Cell) {
	height := 0.0
	for _, c := range cells {
		h := 0.0
		for _, l := range c.Lines {
			h += f.Height(l.Text, c.Width, l.Style)
		}
		height = max(height, h)
	}
	f.Need(height)
	x := f.Left
	for _, c := range cells {
		y := f.Y
		for _, l := range c.Lines {
			y = f.Paragraph(x, y, c.Width, l.Text, l.Style)
		}
		if c.Link != "" {
			f.Link(c.Link, x, f.Y, c.Width, height)
		}
		x += c.Width + gap
	}
	f.Y += height
}

// OneLine makes a text from outside into one that cannot break a line: line breaks become the
// symbols for them, which are shown as boxes and explained. Texts longer than most characters
// lose their middle.
func OneLine(s string, most int) string {
	s = strings.NewReplacer("\r", "\u240d", "\n", "\u240a", "\v", "\u240b", "\f", "\u240c", "\u2028", "\u240a", "\u2029", "\u240a").
		Replace(strings.ToValidUTF8(s, "\uFFFD"))
	if r := []rune(s); len(r) > most && most > 2 {
		head := (most - 1) * 2 / 3
		return string(r[:head]) + "…" + string(r[len(r)-(most-1-head):])
	}
	return s
}
