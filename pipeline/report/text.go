package report

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"

	"dossier/checks"
	"dossier/pipeline"
)

// columnsOf measures what a text takes on a terminal. Characters of ambiguous width count as
// narrow whatever the locale, because the same record must give the same table everywhere; the
// columns themselves use none.
var columnsOf = &runewidth.Condition{EastAsianWidth: false, StrictEmojiNeutral: true}

// maxNameColumns is how much of a terminal's 80 or more columns a file name may take in a table
// before its middle is left out.
const maxNameColumns = 40

// DocumentTable writes one line a document and below it what was found, for a terminal: aligned
// also with Chinese names, and with control characters in names spelled out. With color the
// verdicts are coloured by ANSI sequences; the words say the same without.
func DocumentTable(w io.Writer, documents []pipeline.Document, lang string, color bool) error {
	t := &textWriter{Writer: bufio.NewWriter(w), lang: lang, color: color}
	widths := t.documentLines(documents, nil)
	for i := range documents {
		t.documentLines(documents[i:i+1], widths)
		t.findings(inOrder(documents[i].Results, i), "  ")
		t.unfinished(documents[i].Results, "  ")
	}
	return t.Flush()
}

// Summary writes a case for a terminal: the verdict, a line a document, and what to do.
func Summary(w io.Writer, c *pipeline.Case, lang string) error {
	t := &textWriter{Writer: bufio.NewWriter(w), lang: lang}
	results := [][]pipeline.Result{c.Results}
	for _, d := range c.Documents {
		results = append(results, d.Results)
	}
	t.line(visible(c.Case) + ": " + VerdictWord(c.Verdict).In(lang) + ", " + verdictMeaning(c.Verdict).In(lang))
	t.line(countsOf(tally(Number(c), results...), len(c.Documents)).In(lang) + " (" + visible(c.Profile.ID) + ")")
	if len(c.Documents) > 0 {
		t.line("")
		t.documentLines(c.Documents, t.documentLines(c.Documents, nil))
	}
	items := ToDo(c)
	if len(items) > 0 {
		t.line("")
		t.line(t.say("What to do", "要做的事"))
	}
	for i, it := range items {
		number := columnsOf.FillLeft(strconv.Itoa(i+1), len(strconv.Itoa(len(items)))) + ". "
		indent := strings.Repeat(" ", len(number))
		t.line(number + visible(startSentence(it.Remedy).In(lang)) + " [" + toneWord(string(it.Severity)).In(lang) + "]")
		for _, p := range it.Points {
			about := ""
			if p.Document >= 0 {
				about = shorten(visible(c.Documents[p.Document].Path)) + ": "
			}
			t.line(indent + "- " + about + visible(p.Message.In(lang)))
		}
	}
	return t.Flush()
}

type textWriter struct {
	*bufio.Writer
	lang  string
	color bool
}

// line writes s; a failure stays in the buffered writer and is told by Flush.
func (t *textWriter) line(s string) {
	t.WriteString(strings.TrimRight(s, " "))
	t.WriteByte('\n')
}

func (t *textWriter) say(en, zh string) string { return checks.Text{En: en, Zh: zh}.In(t.lang) }

// documentLines writes a line a document in columns of the widths given, or without widths
// writes nothing and returns those that fit.
func (t *textWriter) documentLines(documents []pipeline.Document, widths []int) []int {
	measured := make([]int, 6)
	for _, d := range documents {
		pixels := ""
		if d.Format.Width > 0 && d.Format.Height > 0 {
			pixels = groupDigits(d.Format.Width) + " x " + groupDigits(d.Format.Height)
		}
		cells := []string{
			VerdictWord(d.Verdict).In(t.lang), shorten(visible(d.Path)), d.Kind.Title().In(t.lang),
			formatTitle(visible(d.Format.Name)), pixels, formatBytes(d.Format.Bytes),
		}
		var b strings.Builder
		for i, cell := range cells {
			measured[i] = max(measured[i], columnsOf.StringWidth(cell))
			if widths == nil {
				continue
			}
			padded := columnsOf.FillRight(cell, widths[i])
			if i >= 4 { // figures stand under each other
				padded = columnsOf.FillLeft(cell, widths[i])
			}
			if i == 0 {
				padded = t.paint(string(verdictTone(d.Verdict)), padded)
			}
			if i > 0 {
				b.WriteString("  ")
			}
			b.WriteString(padded)
		}
		if widths != nil {
			t.line(b.String())
		}
	}
	return measured
}

// findings writes each finding with its figures, the check that made it and what to do.
func (t *textWriter) findings(list []Numbered, indent string) {
	for _, n := range list {
		tone := tone(n.Finding)
		t.line(indent + t.paint(tone, toneWord(tone).In(t.lang)) + ": " + visible(n.Finding.Message.In(t.lang)) + " [" + visible(n.Result.Check) + "]")
		if remedy := n.Finding.Remedy.In(t.lang); remedy != "" && tone != "accepted" {
			t.line(indent + "  -> " + visible(startSentence(n.Finding.Remedy).In(t.lang)))
		}
		if n.Finding.Decision != nil {
			t.line(indent + "  " + visible(n.Finding.Decision.Who) + ", " + formatTime(n.Finding.Decision.When) + ": " + visible(n.Finding.Decision.Because))
		}
	}
}

// unfinished writes the checks that could not be completed, which say nothing in favour of the
// document, and how many were skipped.
func (t *textWriter) unfinished(results []pipeline.Result, indent string) {
	skipped := 0
	for _, r := range results {
		switch r.Outcome {
		case pipeline.Ran:
		case pipeline.Skipped:
			skipped++
		default:
			t.line(indent + t.paint("review", t.say("Could not be checked", "未能检查")) + ": " + visible(reasonText(r).In(t.lang)) + " [" + visible(r.Check) + "]")
		}
	}
	if skipped > 0 {
		t.line(indent + things(skipped, "check could not be measured here", "checks could not be measured here", "%s 项检查在此无法测量").In(t.lang))
	}
}

// paint colours a word by its tone. The codes are the terminal's own sixteen colours, so that
// they follow its theme.
func (t *textWriter) paint(tone, s string) string {
	code := map[string]string{"pass": "32", "accepted": "32", "review": "33", "fail": "31", "note": "36"}[tone]
	if !t.color || code == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// shorten leaves out the middle of a name that is wider than maxNameColumns.
func shorten(name string) string {
	if columnsOf.StringWidth(name) <= maxNameColumns {
		return name
	}
	const tail = 12 // columns: the ending and a few characters before it
	head := columnsOf.Truncate(name, maxNameColumns-tail-2, "")
	return head + ".." + columnsOf.TruncateLeft(name, columnsOf.StringWidth(name)-tail, "")
}
