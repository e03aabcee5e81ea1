package report

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"dossier/checks"
	"dossier/pipeline"
	paper "dossier/pipeline/page"
)

// The measures of the printed page, in points.
const (
	sideMargin = 18 * paper.MM
	headMargin = 20 * paper.MM // leaves room for the running head
	footMargin = 18 * paper.MM

	pictureWidth  = 66 * paper.MM // beside it the facts still have a line of Chinese each
	pictureHeight = 84 * paper.MM // an upright A4 scan of that width, and what goes with it

	evidenceWidth, evidenceHeight = 90 * paper.MM, 55 * paper.MM

	// perPixel enlarges a small picture to at most 96 dots an inch.
	perPixel = 72.0 / 96

	longestName = 255 // characters of a name that are printed: any name a file system allows
)

func inSize(size float64, c paper.Color) paper.Style { return paper.Style{Size: size, Color: c} }

var (
	bodyText  = inSize(9.5, paper.Black)
	smallText = inSize(8, paper.Grey)
	stepText  = inSize(10.5, paper.Black)
	headText  = inSize(13, paper.Black)
)

// toneColor is the colour of a tone or verdict. Its word always stands beside it: a page is
// often printed in grey.
func toneColor(tone string) paper.Color {
	switch tone {
	case "pass", "accepted":
		return paper.Green
	case "review":
		return paper.Amber
	case "note":
		return paper.Grey
	}
	return paper.Red
}

// PDF writes the report of a case for paper, in opt.Lang alone: the verdict, what to do, every
// document with its picture and findings, and what the report rests on, on A4 with page numbers.
// The same record and pictures always give the same bytes.
//
// Of the options DocumentLink and Versions have no meaning on paper. A picture that cannot be
// shown is left out and the page says so.
func PDF(w io.Writer, c *pipeline.Case, opt Options) error {
	if opt.Lang != Chinese {
		opt.Lang = English
	}
	opt.DocumentLink = nil
	pictures := loadPictures(c, &opt)
	view := newPage(c, opt)
	info := paper.Info{Title: view.Title.In(opt.Lang), Subject: c.Profile.ID, Created: c.GeneratedAt}
	made, err := paper.Make(info, func(b *paper.Book) error {
		p := &printer{Flow: paper.Flow{Book: b}, lang: opt.Lang, view: view, pictures: pictures, numbered: Number(c)}
		p.Next = func(*paper.Flow) { p.newPage() }
		p.report()
		return nil
	})
	if err != nil {
		return fmt.Errorf("report of case %q as PDF: %w", c.Case, err)
	}
	_, err = w.Write(made.PDF)
	return err
}

// A preview is a picture ready to be printed, with the size in which regions are measured.
type preview struct {
	picture       paper.Picture
	width, height int
}

// placeKey is under which the cut-out for a finding of the case is kept among the pictures.
func placeKey(number int) string { return "place " + strconv.Itoa(number) }

// loadPictures asks for every picture once, for they are needed in every pass of the layout, and
// replaces the functions in opt by ones that remember.
func loadPictures(c *pipeline.Case, opt *Options) map[string]preview {
	out := map[string]preview{}
	notShown := errors.New("not shown")
	if ask := opt.Picture; ask != nil {
		for _, d := range c.Documents {
			if _, ok := out[d.SHA256]; ok {
				continue
			}
			data, _, width, height, err := ask(d.SHA256)
			if err != nil || len(data) > maxEmbedded {
				continue
			}
			if p, err := paper.LoadPicture(data); err == nil {
				out[d.SHA256] = preview{p, width, height}
			}
			for _, n := range Number(c) {
				if on, ok := placeOn(c, n); ok && on.SHA256 == d.SHA256 {
					if shown, err := cut(data, width, height, n.Finding.Region); err == nil {
						if p, err := paper.LoadPicture(shown); err == nil {
							out[placeKey(n.Number)] = preview{picture: p}
						}
					}
				}
			}
		}
		opt.Picture = func(sum string) ([]byte, string, int, int, error) {
			if p, ok := out[sum]; ok {
				return []byte{0}, "image/jpeg", p.width, p.height, nil // the view wants its size alone
			}
			return nil, "", 0, 0, notShown
		}
	}
	if ask := opt.Overlay; ask != nil {
		c.Walk(func(_ *pipeline.Document, _ *pipeline.Result, f *pipeline.Finding) {
			if f.Overlay == "" {
				return
			}
			data, _, err := ask(f.Overlay)
			if err != nil || len(data) > maxEmbedded {
				return
			}
			if p, err := paper.LoadPicture(data); err == nil {
				out["overlay "+f.Overlay] = preview{picture: p}
			}
		})
		opt.Overlay = nil
	}
	return out
}

// A printer sets one report.
type printer struct {
	paper.Flow
	lang     string
	view     page
	pictures map[string]preview
	numbered []Numbered
}

// say is a text in the report's language, safe to set.
func (p *printer) say(t checks.Text) string { return visible(t.In(p.lang)) }

func (p *printer) word(en, zh string) string { return checks.Text{En: en, Zh: zh}.In(p.lang) }

// colon joins a heading and what it heads, as the language writes it.
func (p *printer) colon() string { return p.word(": ", "：") }

func outside(s string) string { return paper.OneLine(visible(s), longestName) }

// newPage begins a page with the running head and foot.
func (p *printer) newPage() {
	p.AddPage(false)
	w, h := p.Size()
	p.Left, p.Width, p.Y, p.Bottom = sideMargin, w-2*sideMargin, headMargin, h-footMargin
	if p.Number() > 1 {
		verdict := p.say(p.view.VerdictWord)
		p.TextFit(p.Left, 10*paper.MM, p.Width-40*paper.MM, outside(p.view.Case.Case), smallText)
		p.TextRight(p.Left+p.Width, 10*paper.MM, verdict, inSize(8, toneColor(p.view.Verdict)))
		p.Line(p.Left, 15*paper.MM, p.Left+p.Width, 15*paper.MM, 0.4, paper.Rule)
	}
	foot := h - 12*paper.MM
	about := fmt.Sprintf(p.word("Dossier %s · report, version %d", "Dossier %s · 检查报告，第 %d 版"), visible(p.view.Case.Versions.Dossier), p.view.Case.Version)
	p.TextFit(p.Left, foot, p.Width-30*paper.MM, about, smallText)
	p.TextRight(p.Left+p.Width, foot, fmt.Sprintf("%d / %d", p.Number(), p.Total()), smallText)
}

func (p *printer) report() {
	p.newPage()
	c := p.view.Case
	p.Run(0, outside(c.Case), inSize(20, paper.Black))
	p.Run(0, fmt.Sprintf("%s · %s (%s) · %s %s", p.say(p.view.Path), p.say(c.Profile.Title), visible(c.Profile.ID),
		p.word("examined", "检查时间"), formatTime(c.GeneratedAt)), smallText)
	p.Space(4 * paper.MM)
	p.verdict()
	p.toDo()
	for i := range p.view.Documents {
		p.document(i)
	}
	p.caseSection()
	p.replaced()
	p.rules()
	p.origin()
	if notes := p.Strange(); len(notes) > 0 {
		p.Space(4 * paper.MM)
		p.Run(0, p.word("Characters the typeface lacks are shown as boxes: ", "字体中没有的字符以方框代替：")+strings.Join(notes, "   "), smallText)
	}
}

// verdict is the banner a reader sees first.
func (p *printer) verdict() {
	const pad = 4 * paper.MM
	big, counts := inSize(16, paper.White), inSize(10, paper.White)
	line := p.say(p.view.VerdictWord) + p.colon() + p.say(p.view.VerdictMeaning)
	inner := p.Width - 2*pad
	height := 2*pad + p.Height(line, inner, big) + p.Height(p.say(p.view.Counts), inner, counts)
	p.Need(height)
	p.Fill(p.Left, p.Y, p.Width, height, toneColor(p.view.Verdict))
	y := p.Paragraph(p.Left+pad, p.Y+pad, inner, line, big)
	p.Paragraph(p.Left+pad, y, inner, p.say(p.view.Counts), counts)
	p.Y += height
	p.Outline(p.say(p.view.VerdictWord))
}

// heading begins a part, never alone at the foot of a page.
func (p *printer) heading(text string) {
	p.Space(7 * paper.MM)
	p.Need(headText.LineHeight() + 22*paper.MM)
	p.Run(0, text, headText)
	p.Line(p.Left, p.Y+1, p.Left+p.Width, p.Y+1, 0.8, paper.Black)
	p.Space(2 * paper.MM)
}

func (p *printer) toDo() {
	p.heading(p.word("What to do", "要做的事"))
	if len(p.view.ToDo) == 0 {
		p.Run(0, p.word("Nothing is left to do: every document is there and nothing was found against it.", "无需处理：材料齐全，未发现问题。"), bodyText)
		return
	}
	const indent = 8 * paper.MM
	for _, g := range p.view.ToDo {
		p.Space(1.5 * paper.MM)
		p.Need(3 * stepText.LineHeight())
		p.Run(0, fmt.Sprintf("%s  %d", p.say(g.Word), len(g.Items)), inSize(10.5, toneColor(g.Tone)))
		for i, it := range g.Items {
			p.Need(stepText.LineHeight() + bodyText.LineHeight())
			p.Text(p.Left, p.Y, strconv.Itoa(g.Start+i)+".", stepText)
			p.Run(indent, p.say(it.Remedy), stepText)
			for _, pt := range it.Points {
				line := p.say(pt.Message)
				if pt.Document != nil {
					line = p.say(pt.Document.Title) + " " + outside(pt.Document.Path) + p.colon() + line
				}
				p.Need(bodyText.LineHeight())
				left := indent
				if pt.Number > 0 {
					left += p.tag(p.Left+indent, p.Y+1, pt.Number, paper.Grey) + 3
				}
				p.Run(left, line, inSize(9, paper.Grey))
			}
			p.Space(1.2 * paper.MM)
		}
	}
}

// tag sets a finding's number, white on a colour, and returns its width.
func (p *printer) tag(x, y float64, number int, c paper.Color) float64 {
	style := inSize(7.5, paper.White)
	text := strconv.Itoa(number)
	inner := p.Measure(text, style.Size)
	width := max(inner+5, style.LineHeight())
	p.Fill(x, y, width, style.LineHeight(), c)
	p.Text(x+(width-inner)/2, y, text, style)
	return width
}

// document is one document: its picture with the places of the findings, the facts beside it,
// and the findings below.
func (p *printer) document(i int) {
	d := p.view.Documents[i]
	record := &p.view.Case.Documents[i]
	shown, ok := p.pictures[record.SHA256]
	w, h := shown.picture.Fit(pictureWidth, pictureHeight, perPixel)
	p.Space(7 * paper.MM)
	p.Need(headText.LineHeight() + 8*paper.MM + max(h, 30*paper.MM)) // the heading stays with its picture

	verdict := p.say(d.VerdictWord)
	p.Outline(fmt.Sprintf("%d. %s: %s", d.Number, p.say(d.Title), verdict))
	p.TextRight(p.Left+p.Width, p.Y, verdict, inSize(headText.Size, toneColor(d.Verdict)))
	room := p.Width
	p.Width -= p.Measure(verdict, headText.Size) + 6*paper.MM
	p.Run(0, fmt.Sprintf("%d. %s", d.Number, p.say(d.Title)), headText)
	p.Width = room
	p.Run(0, outside(d.Path), smallText)
	p.Line(p.Left, p.Y+1, p.Left+p.Width, p.Y+1, 0.8, toneColor(d.Verdict))
	p.Space(2.5 * paper.MM)

	top, number := p.Y, p.Number()
	beside := pictureWidth + 5*paper.MM
	if ok {
		p.picture(shown, p.Left, top, w, h, i)
		beside = w + 5*paper.MM
	} else {
		h = p.Paragraph(p.Left, top, pictureWidth, p.word("No picture to show: the file could not be read as one.", "没有可显示的图片：该文件无法作为图片读取。"), smallText) - top
	}
	p.facts(d, beside)
	if p.Number() == number { // the facts may have gone over to another page, past the picture
		p.Y = max(p.Y, top+h)
	}
	p.Space(2 * paper.MM)
	p.findings(d.Findings)
	p.rest(d.restView)
}

// picture sets a document's picture and outlines the places of its findings on it.
func (p *printer) picture(shown preview, x, y, w, h float64, document int) {
	p.Picture(shown.picture, x, y, w, h)
	p.Frame(x, y, w, h, 0.4, paper.Rule)
	if shown.width <= 0 || shown.height <= 0 {
		return
	}
	sx, sy := w/float64(shown.width), h/float64(shown.height)
	for _, n := range p.numbered {
		if n.Document != document {
			continue
		}
		r, ok := clip(n.Finding.Region, shown.width, shown.height)
		if !ok {
			continue
		}
		left, top := x+float64(r.X)*sx, y+float64(r.Y)*sy
		p.Frame(left, top, float64(r.Width)*sx, float64(r.Height)*sy, 2.2, paper.White) // seen on dark pictures too
		p.Frame(left, top, float64(r.Width)*sx, float64(r.Height)*sy, 1.1, toneColor(tone(n.Finding)))
		p.tag(min(left, x+w-11), min(top, y+h-11), n.Number, toneColor(tone(n.Finding)))
	}
}

func (p *printer) facts(d documentView, indent float64) {
	const name = 26 * paper.MM
	left, width := p.Left, p.Width
	p.Left, p.Width = left+indent, width-indent
	defer func() { p.Left, p.Width = left, width }()
	fact := func(title, value string) {
		p.Row(2*paper.MM, paper.Cell{Width: name, Lines: []paper.Styled{{Text: title, Style: inSize(9, paper.Grey)}}},
			paper.Cell{Width: p.Width - name - 2*paper.MM, Lines: []paper.Styled{{Text: value, Style: inSize(9, paper.Black)}}})
		p.Space(0.6 * paper.MM)
	}
	fact(p.word("Kind", "类型"), p.say(d.Title)+p.word(", ", "，")+p.say(d.KindSource))
	file := d.Format
	if d.Pixels != "" {
		file += p.word(", ", "，") + d.Pixels
	}
	fact(p.word("File", "文件"), file+p.word(", ", "，")+p.say(d.Bytes))
	if d.Edit != nil {
		fact(p.word("Editing", "修改痕迹"), p.say(*d.Edit))
	}
	if d.Seals != nil {
		fact(p.word("Chops (company seals)", "印章"), p.say(*d.Seals))
	}
	for _, r := range d.Readings {
		fact(p.say(r.Title), outside(r.Value)+p.word(" (", "（")+p.say(r.Confidence)+p.word(")", "）"))
	}
	if d.Origin != nil {
		fact(p.word("Taken from", "取自"), fmt.Sprintf(p.word("%s, page %d", "%s，第 %d 页"), outside(d.Origin.Name), d.Origin.Page))
	}
	if d.Parts != nil {
		fact(p.word("Holds", "内含"), p.say(*d.Parts))
	}
	if d.Received != "" {
		fact(p.word("Received", "收到时间"), d.Received)
	}
	fact("SHA-256", shortHash(d.SHA256))
}

func (p *printer) findings(list []findingView) {
	if len(list) == 0 {
		p.Run(0, p.word("Nothing was found.", "未发现问题。"), bodyText)
		return
	}
	for _, f := range list {
		p.finding(f)
	}
}

func (p *printer) finding(f findingView) {
	const indent = 8 * paper.MM
	c := toneColor(f.Tone)
	p.Space(2.5 * paper.MM)
	p.Need(2*bodyText.LineHeight() + stepText.LineHeight())
	p.tag(p.Left, p.Y+1, f.Number, c)
	p.Run(indent, p.say(f.Word)+" · "+p.say(f.CheckTitle), inSize(8.5, c))
	p.Run(indent, p.say(f.Message), stepText)
	if f.Follows != nil {
		p.Run(indent, p.say(*f.Follows), bodyText)
	}
	if f.Remedied {
		p.Run(indent, "→ "+p.say(f.Remedy), bodyText)
	}
	if len(f.Documents) > 0 {
		var names []string
		for _, d := range f.Documents {
			name := outside(d.Name)
			if d.Number > 0 {
				name = fmt.Sprintf("%d. %s", d.Number, name)
			}
			names = append(names, name)
		}
		p.Run(indent, p.word("About: ", "涉及：")+strings.Join(names, p.word(", ", "，")), smallText)
	}
	for _, m := range f.Measures {
		line := p.say(m.Title) + " " + m.Value
		if unit := p.say(m.Unit); unit != "" {
			line += " " + unit
		}
		if m.Want != "" {
			line += p.word(" (wanted: ", "（要求 ") + visible(m.Want) + p.word(")", "）")
		}
		p.Run(indent, line, smallText)
	}
	if f.HasPlace {
		p.Run(indent, p.word("Place: ", "位置：")+p.say(f.Place), smallText)
	}
	e, ok := p.pictures["overlay "+p.numbered[f.Number-1].Finding.Overlay]
	if !ok {
		e, ok = p.pictures[placeKey(f.Number)]
	}
	if ok {
		w, h := e.picture.Fit(evidenceWidth, evidenceHeight, perPixel)
		p.Need(smallText.LineHeight() + h)
		p.Run(indent, p.word("Evidence:", "依据图："), smallText)
		p.Picture(e.picture, p.Left+indent, p.Y, w, h)
		p.Space(h + 1*paper.MM)
	}
	if f.Rule != nil {
		line := p.word("Rule ", "规则 ") + visible(f.Rule.ID)
		if text := p.say(f.Rule.Text); text != "" {
			line += p.colon() + text
		}
		p.Run(indent, line, smallText)
	}
	if d := f.Decision; d != nil {
		p.Run(indent, fmt.Sprintf(p.word("Accepted by %s, %s. Because: %s", "认可人：%s，%s。理由：%s"), outside(d.Who), formatTime(d.When), visible(d.Because)), inSize(9, paper.Green))
	}
}

// rest is what became of the checks that found nothing.
func (p *printer) rest(r restView) {
	p.Space(2 * paper.MM)
	for _, f := range r.Failed {
		p.Run(0, p.word("Could not be completed: ", "未能完成：")+p.say(f.Titles)+p.colon()+p.say(f.Reason), inSize(8.5, paper.Red))
	}
	for _, s := range r.Skipped {
		p.Run(0, p.word("Not measured: ", "未检测：")+p.say(s.Titles)+p.colon()+p.say(s.Reason), smallText)
	}
	if r.Passed != nil {
		p.Run(0, p.say(r.Passed.Summary)+p.colon()+p.say(r.Passed.Titles), smallText)
	}
}

func (p *printer) caseSection() {
	if p.view.CaseSection == nil {
		return
	}
	title := p.word("The case as a whole", "整份材料")
	p.heading(title)
	p.Outline(title)
	p.findings(p.view.CaseSection.Findings)
	p.rest(p.view.CaseSection.restView)
}

func (p *printer) replaced() {
	if len(p.view.Case.Replaced) == 0 {
		return
	}
	p.heading(p.word("Replaced documents", "已被替换的文件"))
	for _, r := range p.view.Case.Replaced {
		p.Row(3*paper.MM, paper.Cell{Width: p.Width - 86*paper.MM, Lines: []paper.Styled{{Text: outside(r.Name), Style: bodyText}}},
			paper.Cell{Width: 44 * paper.MM, Lines: []paper.Styled{{Text: formatTime(r.At), Style: bodyText}}},
			paper.Cell{Width: 36 * paper.MM, Lines: []paper.Styled{{Text: "SHA-256 " + shortHash(r.SHA256), Style: smallText}}})
	}
}

func (p *printer) rules() {
	if len(p.view.Rules) == 0 {
		return
	}
	p.heading(p.word("Rules cited", "引用的规则"))
	for _, r := range p.view.Rules {
		p.Row(3*paper.MM, paper.Cell{Width: 16 * paper.MM, Lines: []paper.Styled{{Text: visible(r.ID), Style: bodyText}}},
			paper.Cell{Width: p.Width - 65*paper.MM, Lines: []paper.Styled{{Text: p.say(r.Text), Style: bodyText}}},
			paper.Cell{Width: 43 * paper.MM, Lines: []paper.Styled{{Text: visible(r.Source), Style: smallText}}})
		p.Space(1 * paper.MM)
	}
}

// origin says what made the report.
func (p *printer) origin() {
	c := p.view.Case
	p.heading(p.word("What made this report", "本报告由何而来"))
	p.Run(0, fmt.Sprintf("Dossier %s · %s %s, SHA-256 %s", visible(c.Versions.Dossier), p.word("profile", "规则集"), visible(c.Profile.ID), visible(c.Profile.SHA256)), smallText)
	var list []string
	for _, v := range p.view.CheckVersions {
		list = append(list, visible(v.Check)+" "+strconv.Itoa(v.Version))
	}
	if len(list) > 0 {
		p.Run(0, p.word("Checks and their versions: ", "检查项及版本：")+strings.Join(list, ", "), smallText)
	}
}
