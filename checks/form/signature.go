package form

import (
	"context"
	_ "embed"
	"math"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/fields"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/reading"
)

//go:embed signature.md
var signatureDoc string

const (
	choiceReading = "reading"
	choiceLabels  = "labels"
	limitNoInk    = "no_ink"
	limitInk      = "least_ink"
	limitWidth    = "least_width"
	limitHeight   = "least_height"
)

// Signature looks whether somebody has signed where the form asks for it.
var Signature = &checks.Check{
	ID:      "form/signature",
	Version: 1,
	Title:   checks.Text{En: "the form is signed", Zh: "申请表已签名"},
	Doc:     signatureDoc,
	Kinds:   []checks.Kind{checks.ApplicationForm},
	Limits: []checks.Limit{
		{Name: limitNoInk, Default: 0.12, Unit: "squares of a character", Reason: "less ink than this beside the label is dirt or the end of a stroke from elsewhere: a single printed digit has 0.15"},
		{Name: limitInk, Default: 0.5, Unit: "squares of a character", Reason: "a signature has the ink of two characters or more; the smallest of 52 drawn ones has 1.7"},
		{Name: limitWidth, Default: 1.5, Unit: "characters", Reason: "two written characters are wider; an initial or a tick is not"},
		{Name: limitHeight, Default: 0.8, Unit: "characters", Reason: "writing is about as high as print or higher; a dash is not"},
	},
	Choices: []checks.Choice{
		{Name: choiceReading, Default: []string{"on"}, As: "legibility/text", Reason: "the place is found by its label, which has to be read; \"off\" leaves it out"},
		{Name: choiceLabels, Default: []string{"签名", "签字", "签署"}, Reason: "how the labels of places to sign end: 运营者签名, 法定代表人签字, 经办人签字"},
	},
	Codes: []checks.Code{
		{Code: "no_signature", Title: checks.Text{En: "the place for the signature is empty", Zh: "签名处为空"}},
		{Code: "signature_unclear", Title: checks.Text{En: "what stands where the signature belongs does not look like one", Zh: "签名处的内容不像签名"}},
	},
	Effort: 4, // it may be the first that reads; see legibility/text
	Run:    runSignature,
}

// longestLabel is how many characters a label has at most; what is longer is a sentence about signing.
const longestLabel = 16

// read returns the page's text, the reduced picture, or the reason why there is neither.
func read(ctx context.Context, s *checks.Subject, settings checks.Settings) (*reading.Page, *raster.Raster, error) {
	if !settings.Has(choiceReading, "on") {
		return nil, nil, checks.Skip(checks.Text{En: "reading is switched off in the profile", Zh: "当前要求中已关闭文字识别"})
	}
	if s.Parts > 0 {
		return nil, nil, checks.Skip(checks.Text{
			En: "the pages of this file were taken out and are examined as pictures of their own", Zh: "该文件的各页已取出，并作为独立图片检查"})
	}
	page, err := reading.Text.Of(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	reduced, err := raster.Reduced.Of(ctx, s)
	return page, reduced, err
}

func runSignature(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	page, reduced, err := read(ctx, s, settings)
	if err != nil {
		return checks.Observation{}, err
	}
	places := fields.Ending(page, settings.Words(choiceLabels), longestLabel)
	if len(places) == 0 {
		return checks.Observation{}, checks.Skip(checks.Text{
			En: "no label such as 签名 or 签字 could be read, so that the place for the signature is not known", Zh: "未能读出“签名”“签字”等字样，无法确定签名位置"})
	}
	var o checks.Observation
	for _, p := range places {
		w := signedAt(page, reduced, p)
		if f, ok := w.finding(p, settings); ok {
			o.Findings = append(o.Findings, f)
		}
	}
	return o, nil
}

// A writing is what was seen where a signature belongs, in heights of the label's characters.
type writing struct {
	ink           float64 // squares of a character
	width, height float64
	printed       string // what was read there, if all of the ink is print
	inside        float64
	region        checks.Region
}

// Where a signature is looked for, in heights of the label's characters: behind the label, up to
// three characters above and below the row, or else below the label. A name of four characters written
// large takes nine.
var (
	behindLabel = box{0.2, -2.2, 13, 2.2}
	belowLabel  = box{-1, -1.6, 11, 1.8}
)

// belowBy is how far below the label's row the middle of a signature is that stands below it.
const belowBy = 2.7

// leastMark leaves out dirt and the noise of compression.
const leastMark = 0.015

// signedAt looks behind a label, and below it where there is nothing behind.
func signedAt(page *reading.Page, reduced *raster.Raster, p fields.Place) writing {
	direction := directionOf(page)
	first := writtenIn(page, reduced, p, behind(p.Quad, direction), behindLabel)
	if first.ink > 0 {
		return first
	}
	if second := writtenIn(page, reduced, p, below(p.Quad, direction, belowBy), belowLabel); second.ink > 0 && second.printed == "" && second.width > 3 {
		return second
	}
	return first
}

// writtenIn measures the ink in a part of a frame, but for ruled lines and print that belongs elsewhere.
func writtenIn(page *reading.Page, reduced *raster.Raster, p fields.Place, f frame, in box) writing {
	in.x1 = min(in.x1, nextInRow(page, f, in))
	s := look(reduced, f, in)
	w := writing{inside: s.inside, region: regionOf(f, in, page)}
	s.withoutRules()
	s.wipeBox(f.boxOf(p.Quad))
	var here box
	for _, l := range page.Lines {
		b := f.boxOf(l.Quad)
		if b.overlap(in) == 0 {
			continue
		}
		switch {
		case elsewhere(b, l):
			s.wipeBox(b)
		case isPrint(b, l):
			w.printed, here = l.Text, b
		}
	}
	all := box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	covered := 0.0
	for _, m := range s.marks(leastMark) {
		w.ink += m.area
		if m.overlap(here) > 0.8*m.box.area() {
			covered += m.area
		}
		all = box{min(all.x0, m.x0), min(all.y0, m.y0), max(all.x1, m.x1), max(all.y1, m.y1)}
	}
	if w.ink > 0 {
		w.width, w.height = all.x1-all.x0, all.y1-all.y0
		w.region = regionOf(f, all, page)
	}
	if covered < 0.9*w.ink {
		w.printed = ""
	}
	return w
}

// sure is the confidence from which a line is print that was read; scrawl is read with less.
const sure = 0.85

// nextInRow is where the next printed label of the row begins: the day beside the signature.
func nextInRow(page *reading.Page, f frame, in box) float64 {
	next := in.x1
	for _, l := range page.Lines {
		b := f.boxOf(l.Quad)
		if inRow(b) && b.x0 > 3 && l.Confidence >= sure && (strings.ContainsAny(l.Text, ":：") || len(l.Characters) > 5) {
			next = min(next, b.x0)
		}
	}
	return next
}

// inRow reports whether the middle of a box is the label's row.
func inRow(b box) bool { return math.Abs(b.y0+b.y1) < 2*0.5 }

// elsewhere reports whether a line is print of another row: as high as the label, and not in its row.
func elsewhere(b box, l reading.Line) bool {
	return !inRow(b) && l.Confidence >= sure && b.y1-b.y0 < 2.4 && len(l.Characters) >= 2
}

// isPrint reports whether a line of the label's row is print as the label is: as high, on the same line.
func isPrint(b box, l reading.Line) bool {
	return l.Confidence >= 0.95 && math.Abs(b.y1-b.y0-boxed) < 0.3 && math.Abs(b.y0+b.y1) < 2*0.2
}

var signHere = checks.Text{
	En: "Have the form signed by hand at the place marked, and scan it again.",
	Zh: "请在标出的位置手写签名后重新扫描。",
}

func (w writing) finding(p fields.Place, settings checks.Settings) (checks.Finding, bool) {
	measures := []checks.Measure{
		{Name: "ink", Value: rounded(w.ink), Unit: "squares of a character", Want: ">= " + number(settings.Number(limitInk))},
		{Name: "width", Value: rounded(w.width), Unit: "characters", Want: ">= " + number(settings.Number(limitWidth))},
		{Name: "height", Value: rounded(w.height), Unit: "characters", Want: ">= " + number(settings.Number(limitHeight))},
	}
	f := checks.Finding{Code: "signature_unclear", Region: w.region, Measures: measures, Remedy: signHere}
	switch {
	case w.ink < settings.Number(limitNoInk) && w.inside < 0.5:
		f.Message = checks.Textf("The place beside %[1]q lies outside the picture: whether it is signed cannot be seen.", "“%[1]s”旁的位置在图片之外，无法看到是否已签名。", p.Label)
		f.Remedy = checks.Text{En: "Scan the form again with its whole page in the picture.", Zh: "请将整页表格完整扫描。"}
	case w.ink < settings.Number(limitNoInk):
		f.Code = "no_signature"
		f.Message = checks.Textf("Nothing is written beside %[1]q.", "“%[1]s”旁没有任何字迹。", p.Label)
	case w.printed != "":
		f.Message = checks.Textf("What stands beside %[1]q looks printed (%[2]q), not signed by hand.", "“%[1]s”旁的“%[2]s”像是打印的，而不是手写签名。", p.Label, w.printed)
	case w.ink < settings.Number(limitInk) || w.width < settings.Number(limitWidth) || w.height < settings.Number(limitHeight):
		f.Message = checks.Textf("What stands beside %[1]q is very small for a signature: %.1[2]f characters wide and %.1[3]f high.",
			"“%[1]s”旁的字迹作为签名过小：宽 %.1[2]f 个字，高 %.1[3]f 个字。", p.Label, w.width, w.height)
	default:
		return checks.Finding{}, false
	}
	return f, true
}
