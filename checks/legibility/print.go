package legibility

import (
	"context"
	"image"
	"iter"
	"math"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/overlay"
	"dossier/checks/picture/paper"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/strokes"
)

// printed lists the kinds of documents that have print to be read.
var printed = []checks.Kind{checks.BusinessLicense, checks.OrganizationCodeCertificate, checks.HolderPhoto, checks.ApplicationForm,
	checks.Proposal, checks.Credential}

// leastPieces of ink make print: a card held out shows fifty, and textures rarely make lines of so many.
const leastPieces = 24

// A document is a picture and its print.
type document struct {
	picture image.Image
	page    *strokes.Page
	// tiles are those that lie on the paper; ink those with something dark in them; noise is how noisy it is there, levels
	// of the reduced picture.
	tiles []int
	ink   []inkTile
	noise float64
}

// documents finds the print of a subject, once for the checks of the family.
var documents = checks.NewShared("print of the document", func(ctx context.Context, s *checks.Subject) (document, error) {
	picture, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return document{}, decode.Skip(err)
	}
	page, err := strokes.Of.Of(ctx, s)
	if err != nil {
		return document{}, err
	}
	sheet, err := outlineOf(ctx, s)
	if err != nil {
		return document{}, err
	}
	reduced, err := raster.Reduced.Of(ctx, s)
	if err != nil {
		return document{}, err
	}
	d := document{picture: picture.Image, page: onPaper(page, sheet)}
	d.tiles = d.sheetTiles(sheet)
	d.ink, d.noise = d.inkTiles(reduced, d.tiles), d.noiseOf(reduced, d.tiles)
	d.page = withoutGrains(d.page, d.noise)
	return d, nil
})

// documentOf finds the print of a subject. Its error says why nothing was measured.
func documentOf(ctx context.Context, s *checks.Subject) (document, error) {
	if err := s.OnePage(); err != nil {
		return document{}, err
	}
	return documents.Of(ctx, s)
}

const (
	// grainy is the noise from which on its grains make chains that look like lines: three times that of any good picture.
	grainy = 4
	// clearOfGrains is how many standard deviations of the noise print stands out that is no such chain: chains do by 8 to 11, black
	// print in the same noise by 14 and more.
	clearOfGrains = 12
)

// withoutGrains leaves out what are chains of noise and no lines.
func withoutGrains(page *strokes.Page, noise float64) *strokes.Page {
	if noise < grainy {
		return page
	}
	less := *page
	less.Lines = slices.DeleteFunc(slices.Clone(page.Lines), func(l strokes.Line) bool { return clearness(l) < clearOfGrains })
	return &less
}

// onPaper leaves out lines that lie beside the paper: the grain of a table makes some that look like print. Where
// they are most of the print, the outline is that of something else and all are kept, unless they lie on something far darker
// than what is outlined: print that has faded away leaves only the table's.
func onPaper(page *strokes.Page, sheet *paper.Paper) *strokes.Page {
	if sheet == nil || sheet.Whole {
		return page
	}
	unit := sheet.Corners.FromUnit()
	toUnit := unit.Inverse()
	var on, beside []strokes.Line
	all, kept := 0, 0
	for _, l := range page.Lines {
		all += l.Glyphs
		middle := l.Box.Min.Add(l.Box.Max).Div(2)
		p := toUnit.Map(paper.Point{X: float64(middle.X), Y: float64(middle.Y)})
		if p.X >= 0 && p.X <= 1 && p.Y >= 0 && p.Y <= 1 {
			on, kept = append(on, l), kept+l.Glyphs
		} else {
			beside = append(beside, l)
		}
	}
	less := *page
	less.Lines = on
	if 2*kept >= all || besideIsDark(&less, sheet, beside) {
		return &less
	}
	return page
}

// farDarker is the part of the paper's brightness below which what lies beside it is no paper: a third of its light.
const farDarker = 0.6

func besideIsDark(page *strokes.Page, sheet *paper.Paper, beside []strokes.Line) bool {
	if page.Light == nil {
		return false
	}
	d := document{page: page}
	level := d.levelOf(d.sheetTiles(sheet))
	table := *page
	table.Lines = beside
	return document{page: &table}.middle(paperOf) < farDarker*level
}

// leastClear is how many standard deviations of the noise ink stands out from paper where print can be told from noise:
// good print does by 25 and more, chains of noise in the dark by 8.
const leastClear = 9

// hasPrint reports whether there is enough print to say something of it.
func (d document) hasPrint() bool {
	if d.middle(clearness) < leastClear {
		return false
	}
	pieces := 0
	for _, l := range d.page.Lines {
		pieces += l.Glyphs
	}
	return pieces >= leastPieces
}

// clearness is how many standard deviations of the noise ink stands out from paper.
func clearness(l strokes.Line) float64 { return (l.Paper - l.Ink) / max(l.Noise, 0.5) }

// noPrint is the reason of a check that needs print where there is none.
func noPrint() error {
	return checks.Skip(checks.Text{En: "no lines of print were found in the picture", Zh: "图片中未发现成行的印刷文字"})
}

// middle is the value that half of the print is below, each line counting by its characters.
func (d document) middle(value func(strokes.Line) float64) float64 { return d.quantile(0.5, value) }

func (d document) quantile(share float64, value func(strokes.Line) float64) float64 {
	lines := slices.Clone(d.page.Lines)
	slices.SortFunc(lines, func(a, b strokes.Line) int {
		if value(a) < value(b) {
			return -1
		}
		return 1
	})
	total := 0
	for _, l := range lines {
		total += l.Glyphs
	}
	left := share * float64(total)
	for _, l := range lines {
		if left -= float64(l.Glyphs); left <= 0 {
			return value(l)
		}
	}
	return 0
}

// where gives the lines that have a property, what part of the print they are, and the box around them.
func (d document) where(has func(strokes.Line) bool) (boxes []image.Rectangle, share float64, region checks.Region) {
	var all image.Rectangle
	total, these := 0, 0
	for _, l := range d.page.Lines {
		total += l.Glyphs
		if has(l) {
			these += l.Glyphs
			boxes = append(boxes, l.Box)
			all = all.Union(l.Box)
		}
	}
	return boxes, float64(these) / float64(max(total, 1)), d.region(all)
}

// region cuts a box to the picture.
func (d document) region(box image.Rectangle) checks.Region {
	box = box.Intersect(image.Rect(0, 0, d.page.Width, d.page.Height))
	return checks.Region{X: box.Min.X, Y: box.Min.Y, Width: box.Dx(), Height: box.Dy()}
}

// readable draws the map of how well the print can be read, with the places a finding is about outlined.
func (d document) readable(m *strokes.Map, places []image.Rectangle) image.Image {
	return drawn(overlay.Draw(overlay.Evidence{Picture: d.picture, Heat: m.Tiles(), Region: slices.Values(places), Low: "0 %", High: "100 %"}))
}

// drawn keeps a missing drawing from becoming a picture that is not nil.
func drawn(m *image.RGBA) image.Image {
	if m == nil {
		return nil
	}
	return m
}

// boxesOf gives tiles as rectangles in pixels of the picture.
func (d document) boxesOf(tiles iter.Seq[int]) (list []image.Rectangle, region checks.Region) {
	var all image.Rectangle
	for i := range tiles {
		b := d.page.TileBox(i)
		list, all = append(list, b), all.Union(b)
	}
	return list, d.region(all)
}

// readableMeasure gives the share of a map as a number for people.
func readableMeasure(m *strokes.Map) checks.Measure {
	return checks.Measure{Name: "readable", Value: percent(m.Share), Unit: "%"}
}

func percent(v float64) float64 { return math.Round(100 * v) }

func rounded(v, step float64) float64 {
	per := math.Round(1 / step) // dividing by a whole number keeps 7.3 from becoming 7.300000000000001
	return math.Round(v*per) / per
}

// outlineOf is the outline of the document's paper, nil without one. Behind a person there are doors and windows, and
// how the card is held is for the checks of the holder to say.
func outlineOf(ctx context.Context, s *checks.Subject) (*paper.Paper, error) {
	if s.Kind == checks.HolderPhoto {
		return nil, nil
	}
	return paper.Of.Of(ctx, s)
}
