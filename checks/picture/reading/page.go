package reading

import (
	"context"
	"fmt"
	"image"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/raster"
)

// A Way is how a line was looked at.
type Way string

// The ways.
const (
	Color     Way = "color"     // as it is
	Red       Way = "red"       // through the red channel: red ink does not show
	Stretched Way = "stretched" // made wider by StretchedBy: doubled letters come apart
)

// A Line is one line of text.
type Line struct {
	Reading
	Quad Quad          `json:"quad"` // in pixels of the upright picture, along the text
	Box  checks.Region `json:"box"`  // around it
	// Others are what the line says looked at in other ways, or what its pieces said.
	Others []Reading `json:"others,omitempty"`
}

// A Page is the text of a picture.
type Page struct {
	Width  int    `json:"width"` // of the upright picture
	Height int    `json:"height"`
	Lines  []Line `json:"lines"` // from top to bottom, those side by side from left to right
	// Red says that the picture shows red ink and was looked at through the red channel as well.
	Red bool `json:"red"`
}

// Text is the text of the subject's upright picture, read once. An error made by checks.Skip says
// that nothing could be read here: no picture, or no models.
var Text = checks.NewShared("text lines", func(ctx context.Context, s *checks.Subject) (*Page, error) {
	if _, err := theMachine.words(); err != nil {
		return nil, err // before the picture is decoded for nothing
	}
	p, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return nil, decode.Skip(err)
	}
	return Read(ctx, p.Image)
})

// Read reads a picture that stands upright; lines that run down the page or stand on their head
// are read all the same. It takes at most 300 MB beside the picture.
func Read(ctx context.Context, picture image.Image) (*Page, error) {
	return theMachine.read(ctx, picture)
}

func (m *machine) read(ctx context.Context, picture image.Image) (*Page, error) {
	b := picture.Bounds()
	r := raster.New(picture, b)
	page := &Page{Width: b.Dx(), Height: b.Dy(), Lines: []Line{}}
	if r.Width < minSide || r.Height < minSide {
		return page, nil // not a pixel for a letter
	}
	// The recogniser is loaded while the detector works; whoever needs it first waits for it.
	go func() { _ = safely(func() error { _, err := m.recognition.load(); return err }) }()
	s := makeSmall(r)
	quads, err := m.detect(ctx, r, s, Color)
	if err != nil {
		return nil, err
	}
	ink := s.redMap(r)
	page.Red = ink != nil
	// The search through the red channel takes one processor; the lines found are read meanwhile.
	var redQuads []Quad
	drafts := make([]*draft, len(quads))
	tasks := make([]func(context.Context) error, 0, 1+len(quads))
	if ink != nil {
		tasks = append(tasks, func(ctx context.Context) (err error) {
			redQuads, err = m.detect(ctx, r, s, Red)
			return err
		})
	}
	for i, quad := range quads {
		drafts[i] = &draft{quad: quad}
		tasks = append(tasks, func(ctx context.Context) error { return drafts[i].read(ctx, m, r, Color) })
	}
	if err := each(ctx, tasks); err != nil {
		return nil, err
	}
	if ink != nil {
		if drafts, err = m.lookThroughRed(ctx, r, ink, redQuads, drafts); err != nil {
			return nil, err
		}
	}
	for _, d := range drafts {
		if d.gone || d.readings[0].Text == "" {
			continue
		}
		line := Line{Reading: d.readings[0], Others: d.readings[1:]}
		for i, p := range d.quad {
			line.Quad[i] = toPicture(r, p)
			line.Quad[i].X -= float64(b.Min.X)
			line.Quad[i].Y -= float64(b.Min.Y)
		}
		line.Box = line.Quad.Box(page.Width, page.Height)
		page.Lines = append(page.Lines, line)
	}
	page.sort()
	return page, nil
}

// sort puts the lines, which may have been found in two passes, into the order of reading.
func (p *Page) sort() {
	quads, lines := make([]Quad, len(p.Lines)), map[Quad][]Line{}
	for i, l := range p.Lines {
		quads[i] = l.Quad
		lines[l.Quad] = append(lines[l.Quad], l)
	}
	inReadingOrder(quads)
	p.Lines = p.Lines[:0]
	for _, q := range quads {
		p.Lines = append(p.Lines, lines[q][0])
		lines[q] = lines[q][1:]
	}
}

// Again reads one line of the subject's picture again, in the way given. A line that was read with
// a letter too few, or whose check digit does not fit, may come out right when it is Stretched.
func Again(ctx context.Context, s *checks.Subject, q Quad, way Way) (Reading, error) {
	p, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return Reading{}, decode.Skip(err)
	}
	b := p.Image.Bounds()
	box := q.Box(b.Dx(), b.Dy())
	// Two pixels around it for the samples between pixels at its edge.
	area := image.Rect(box.X-2, box.Y-2, box.X+box.Width+2, box.Y+box.Height+2).Add(b.Min)
	r := raster.New(p.Image, area)
	if r.Width == 0 {
		return Reading{Way: way}, nil
	}
	for i, p := range q {
		q[i] = toRaster(r, Point{p.X + float64(b.Min.X), p.Y + float64(b.Min.Y)})
	}
	return theMachine.recognise(ctx, r, q, way)
}

// maxReaders is how many lines are read at a time in the whole program: each holds up to 30 MB.
const maxReaders = 4

// readers is how many lines are read at a time here.
func readers() int { return min(maxReaders, runtime.GOMAXPROCS(0)) }

// each does the tasks, several at a time, and returns the first error, after which no more are
// begun.
func each(ctx context.Context, tasks []func(context.Context) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var wait sync.WaitGroup
	next := make(chan func(context.Context) error)
	for range min(len(tasks), readers()) {
		wait.Go(func() {
			for task := range next {
				if ctx.Err() != nil {
					continue
				}
				if err := safely(func() error { return task(ctx) }); err != nil {
					stop(err)
				}
			}
		})
	}
	for _, task := range tasks {
		next <- task
	}
	close(next)
	wait.Wait()
	return context.Cause(ctx)
}

// safely turns a panic into an error: on a goroutine of its own it would end the program.
func safely(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("reading: panic: %v\n%s", p, debug.Stack())
		}
	}()
	return do()
}

// Find returns the lines whose text has the property, in the order of reading.
func (p *Page) Find(has func(text string) bool) []Line {
	return slices.Collect(func(yield func(Line) bool) {
		for _, l := range p.Lines {
			if has(l.Text) && !yield(l) {
				return
			}
		}
	})
}

// Row reads a picture that is one line of text, as high as the line.
func Row(ctx context.Context, r *raster.Raster) (Reading, error) {
	if _, err := theMachine.words(); err != nil {
		return Reading{}, err
	}
	w, h := float64(r.Width), float64(r.Height)
	return theMachine.recognise(ctx, r, Quad{{0, 0}, {w, 0}, {w, h}, {0, h}}, Color)
}
