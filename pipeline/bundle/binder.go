package bundle

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/pipeline"
	"dossier/pipeline/page"
)

const (
	// coverMargin is for the cover, which may be punched and filed; sheetMargin keeps a document
	// as large as printers that cannot print to the edge allow (they lose up to 6.4 mm).
	coverMargin = 20 * page.MM
	sheetMargin = 9 * page.MM

	// maxPointsPerPixel is how far a small picture is enlarged: to 96 dots an inch, below
	// which the dots show more than the document.
	maxPointsPerPixel = 72.0 / 96

	// longestName is how many characters of a name are printed: all of any name a file system
	// allows (255 bytes), not all of a path made to fill the page.
	longestName = 255

	shortDigest = 16 // hex digits of a SHA-256 shown on paper: 64 bits tell any two files apart
)

var (
	titleStyle   = page.Style{Size: 22, Color: page.Black}
	caseStyle    = page.Style{Size: 15, Color: page.Black}
	headingStyle = page.Style{Size: 11.5, Color: page.Black}
	textStyle    = page.Style{Size: 9.5, Color: page.Black}
	smallStyle   = page.Style{Size: 8, Color: page.Grey}
)

// bind sets the documents on paper: a cover page, then every document, one a page. It fills in
// the page of each leaf.
func bind(ctx context.Context, c *pipeline.Case, leaves []leaf, left []LeftOut) (*page.Made, error) {
	sheets := make([]sheet, len(leaves))
	for i, l := range leaves {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var err error
		if sheets[i], err = newSheet(l); err != nil {
			return nil, err
		}
	}
	info := page.Info{
		Title:   fmt.Sprintf("%s · 送审材料册 Submission binder", page.OneLine(c.Case, longestName)),
		Subject: c.Profile.ID, Created: c.GeneratedAt,
	}
	return page.Make(info, func(b *page.Book) error {
		binder := &binder{Book: b, c: c, leaves: leaves, left: left}
		binder.cover()
		for i := range sheets {
			b.AddPage(sheets[i].picture.Width > sheets[i].picture.Height)
			leaves[i].page = b.Number()
			b.Mark(leaves[i].name)
			b.Outline(fmt.Sprintf("%d %s %s", i+1, leaves[i].document.Kind.Title().Zh, leaves[i].document.Kind.Title().En))
			binder.sheet(i, sheets[i])
		}
		return ctx.Err()
	})
}

// A sheet is a document as it goes on paper.
type sheet struct {
	picture page.Picture
	why     checks.Text // it cannot be shown; zero if it can
}

func newSheet(l leaf) (sheet, error) {
	p, err := page.LoadPicture(l.data)
	if err == nil {
		return sheet{picture: p}, nil
	}
	var format *checks.FormatError
	var limit *checks.LimitError
	var unsupported *checks.UnsupportedError
	what := decode.Sniff(l.data).Title()
	switch {
	case errors.As(err, &limit):
		return sheet{why: checks.Textf("the picture is too large to be printed (%v)", "图片过大，无法打印（%v）", limit)}, nil
	case errors.As(err, &unsupported):
		return sheet{why: checks.Textf("the file is %[1]s, which cannot be set on a page", "该文件是%[2]s，无法排入页面", what.En, what.Zh)}, nil
	case errors.As(err, &format):
		return sheet{why: checks.Textf("the file is %[1]s, and damaged (%[3]v)", "该文件是%[2]s，且已损坏（%[3]v）", what.En, what.Zh, format)}, nil
	}
	return sheet{}, err
}

// A binder draws the pages.
type binder struct {
	*page.Book
	c      *pipeline.Case
	leaves []leaf
	left   []LeftOut
}

// cover draws the cover page, and further ones if the lists are long.
func (b *binder) cover() {
	b.AddPage(false)
	b.Mark("cover")
	b.Outline("封面 Cover")
	w, h := b.Size()
	f := &page.Flow{Book: b.Book, Left: coverMargin, Width: w - 2*coverMargin, Y: coverMargin, Bottom: h - coverMargin,
		Next: func(f *page.Flow) {
			f.AddPage(false)
			f.Y = coverMargin
			b.foot()
		}}
	b.foot()

	f.Run(0, "送审材料册 Submission binder", titleStyle)
	f.Run(0, page.OneLine(b.c.Case, longestName), caseStyle)
	f.Space(4 * page.MM)
	path := b.c.Path.Title()
	verdict := verdictTitle(b.c.Verdict)
	for _, fact := range [][2]string{
		{"注册类型 Path", path.Zh + "  " + path.En},
		{"审核依据 Profile", b.c.Profile.ID + "\n" + b.c.Profile.Title.Zh + "\n" + b.c.Profile.Title.En},
		{"审核报告 Report", fmt.Sprintf("第 %d 版 version %d · %s", b.c.Version, b.c.Version, moment(b.c.GeneratedAt))},
		{"结论 Verdict", verdict.Zh + "  " + verdict.En},
	} {
		f.Row(4*page.MM,
			page.Cell{Width: 34 * page.MM, Lines: []page.Styled{{Text: fact[0], Style: page.Style{Size: textStyle.Size, Color: page.Grey}}}},
			page.Cell{Width: f.Width - 38*page.MM, Lines: []page.Styled{{Text: fact[1], Style: textStyle}}})
		f.Space(1 * page.MM)
	}
	b.contents(f)
	b.leftOut(f)
	b.decisions(f)
	b.strange(f)
}

func (b *binder) heading(f *page.Flow, s string) {
	f.Space(6 * page.MM)
	f.Need(headingStyle.LineHeight() + 12*page.MM) // never alone at the foot of a page
	f.Run(0, s, headingStyle)
	f.Line(f.Left, f.Y+2, f.Left+f.Width, f.Y+2, 0.8, page.Black)
	f.Space(2 * page.MM)
}

// contents is the table of the documents.
func (b *binder) contents(f *page.Flow) {
	b.heading(f, fmt.Sprintf("材料目录 Documents (%d)", len(b.leaves)))
	const gap, no, digest, pageNo = 3 * page.MM, 7 * page.MM, 34 * page.MM, 12 * page.MM
	for i, l := range b.leaves {
		kind := l.document.Kind.Title()
		lines := []page.Styled{{Text: kind.Zh + "  " + kind.En, Style: textStyle},
			{Text: page.OneLine(l.document.Path, longestName), Style: smallStyle}}
		if o := l.document.Origin; o != nil {
			lines = append(lines, page.Styled{Style: smallStyle, Text: fmt.Sprintf("取自 from %s，第 %d 页 page %d",
				page.OneLine(o.Name, longestName), o.Page, o.Page)})
		}
		f.Row(gap,
			page.Cell{Width: no, Lines: []page.Styled{{Text: fmt.Sprint(i + 1), Style: textStyle}}},
			page.Cell{Width: f.Width - no - digest - pageNo - 3*gap, Lines: lines, Link: l.name},
			page.Cell{Width: digest, Lines: []page.Styled{{Text: "SHA-256", Style: smallStyle},
				{Text: short(l.document.SHA256), Style: smallStyle}}},
			page.Cell{Width: pageNo, Lines: []page.Styled{{Text: "p. " + fmt.Sprint(b.PageOf(l.name)), Style: textStyle}}, Link: l.name})
		b.rule(f)
	}
}

func (b *binder) rule(f *page.Flow) {
	f.Line(f.Left, f.Y+2.5, f.Left+f.Width, f.Y+2.5, 0.4, page.Rule)
	f.Space(2 * page.MM)
}

func (b *binder) leftOut(f *page.Flow) {
	if len(b.left) == 0 {
		return
	}
	b.heading(f, "未收入的文件 Not included")
	for _, l := range b.left {
		f.Run(0, page.OneLine(l.OriginalName, longestName), textStyle)
		f.Run(0, l.Reason.Zh+"\n"+l.Reason.En, smallStyle)
		b.rule(f)
	}
}

// decisions lists what people have accepted, who, when and why.
func (b *binder) decisions(f *page.Flow) {
	b.heading(f, "人工决定 Decisions")
	n := 0
	b.c.Walk(func(doc *pipeline.Document, r *pipeline.Result, finding *pipeline.Finding) {
		d := finding.Decision
		if d == nil {
			return
		}
		n++
		about := r.Check + " · " + finding.Code
		if doc != nil {
			about += " · " + page.OneLine(doc.Path, longestName)
		} else if len(finding.Documents) > 0 {
			about += " · " + page.OneLine(strings.Join(finding.Documents, ", "), longestName)
		}
		f.Need(4 * textStyle.LineHeight())
		f.Run(0, fmt.Sprintf("%d.  %s", n, finding.Message.Zh), textStyle)
		f.Run(0, finding.Message.En, textStyle)
		f.Run(0, about, smallStyle)
		f.Run(0, fmt.Sprintf("接受人 accepted by %s · %s", page.OneLine(d.Who, longestName), moment(d.When)), smallStyle)
		f.Run(0, "理由 because: "+page.OneLine(d.Because, 2000), textStyle)
		b.rule(f)
	})
	if n == 0 {
		f.Run(0, "无 None", textStyle)
	}
}

// strange explains the boxes that stand for characters the typeface lacks.
func (b *binder) strange(f *page.Flow) {
	notes := b.Strange()
	if len(notes) == 0 {
		return
	}
	f.Space(6 * page.MM)
	f.Run(0, "字体中没有的字符以方框代替：Characters the typeface lacks are shown as boxes:  "+strings.Join(notes, "   "), smallStyle)
}

// foot is the line at the foot of every page.
func (b *binder) foot() {
	w, h := b.Size()
	y := h - 10*page.MM
	b.TextFit(coverMargin, y, w-2*coverMargin-30*page.MM, page.OneLine(b.c.Case, longestName)+" · "+b.c.Profile.ID, smallStyle)
	b.TextRight(w-coverMargin, y, fmt.Sprintf("%d / %d", b.Number(), b.Total()), smallStyle)
}

// sheet draws document i on its page.
func (b *binder) sheet(i int, s sheet) {
	w, h := b.Size()
	l := b.leaves[i]
	kind := l.document.Kind.Title()
	caption := page.Style{Size: 9.5, Color: page.Black}
	x, width := sheetMargin, w-2*sheetMargin

	b.TextFit(x, sheetMargin, width-20*page.MM, fmt.Sprintf("%d/%d  %s  %s", i+1, len(b.leaves), kind.Zh, kind.En), caption)
	b.TextRight(w-sheetMargin, sheetMargin, fmt.Sprintf("%d / %d", b.Number(), b.Total()), caption)
	top := sheetMargin + caption.LineHeight() + 1.5*page.MM
	foot := h - sheetMargin - smallStyle.LineHeight()
	b.TextFit(x, foot, width, fmt.Sprintf("%s · %s · SHA-256 %s", l.name, page.OneLine(l.document.Path, longestName), short(l.document.SHA256)), smallStyle)

	room := foot - 1.5*page.MM - top
	if s.why.En != "" {
		y := top + 20*page.MM
		y = b.Paragraph(x, y, width, s.why.Zh+"。"+"原文件在提交包中："+l.name, textStyle)
		b.Paragraph(x, y, width, "This document is not shown: "+s.why.En+". The file itself is in the bundle: "+l.name, textStyle)
		return
	}
	pw, ph := s.picture.Fit(width, room, maxPointsPerPixel)
	b.Picture(s.picture, x+(width-pw)/2, top+(room-ph)/2, pw, ph)
}

func short(digest string) string { return digest[:min(len(digest), shortDigest)] }

// china is the zone times are printed in, fixed so that a bundle is the same wherever it is
// built: the clerks, the platform and its deadlines are there.
var china = time.FixedZone("UTC+8", 8*60*60)

func moment(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(china).Format("2006-01-02 15:04 MST")
}

func verdictTitle(v pipeline.Verdict) checks.Text {
	switch v {
	case pipeline.VerdictPass:
		return checks.Text{En: "pass", Zh: "通过"}
	case pipeline.VerdictReview:
		return checks.Text{En: "review", Zh: "待复核"}
	}
	return checks.Text{En: "fail", Zh: "未通过"}
}
