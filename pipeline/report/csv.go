package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"dossier/checks"
	"dossier/pipeline"
)

// A CSV writes the summary of a batch: a header, then one row a case, for a spreadsheet.
//
// It is UTF-8 with a byte order mark, without which Excel takes Chinese for another encoding,
// and lines end in CR LF. No cell can start a formula: one that begins like one gets an
// apostrophe in front. Numbers of people are masked, because such tables are passed around.
// Columns are only ever added, at the end.
type CSV struct {
	w      *csv.Writer
	raw    io.Writer
	lang   string
	opened bool
}

// csvColumns are the columns; the English names are for programs as well as people.
var csvColumns = []checks.Text{
	{En: "case", Zh: "客户"},
	{En: "verdict", Zh: "结论"},
	{En: "path", Zh: "注册类型"},
	{En: "documents", Zh: "文件数"},
	{En: "must_be_put_right", Zh: "必须改正"},
	{En: "needs_a_look", Zh: "需人工查看"},
	{En: "accepted", Zh: "已认可"},
	{En: "notes", Zh: "提示"},
	{En: "checks_not_completed", Zh: "未完成的检查"},
	{En: "to_do", Zh: "要做的事"},
	{En: "profile", Zh: "规则集"},
	{En: "examined_at", Zh: "检查时间"},
	{En: "report_version", Zh: "报告版本"},
	{En: "report", Zh: "报告"},
}

// NewCSV makes a summary with its header and words in the language given. Nothing is written
// before the first row or Flush.
func NewCSV(w io.Writer, lang string) *CSV {
	c := csv.NewWriter(w)
	c.UseCRLF = true
	return &CSV{w: c, raw: w, lang: lang}
}

// Case writes the row of an examined case; report says where its report lies, for people.
func (s *CSV) Case(c *pipeline.Case, report string) error {
	results := [][]pipeline.Result{c.Results}
	for _, d := range c.Documents {
		results = append(results, d.Results)
	}
	n := tally(Number(c), results...)
	var steps []string
	for _, it := range ToDo(c) {
		step := it.Remedy.In(s.lang)
		var names []string
		for _, p := range it.Points {
			if p.Document >= 0 && (len(names) == 0 || names[len(names)-1] != c.Documents[p.Document].Path) {
				names = append(names, c.Documents[p.Document].Path)
			}
		}
		if len(names) > 0 {
			step += " (" + strings.Join(names, ", ") + ")"
		}
		steps = append(steps, step)
	}
	return s.row(c.Case, VerdictWord(c.Verdict).In(s.lang), c.Path.Title().In(s.lang),
		strconv.Itoa(len(c.Documents)), strconv.Itoa(n.fail), strconv.Itoa(n.review), strconv.Itoa(n.accepted), strconv.Itoa(n.note), strconv.Itoa(n.broken),
		MaskNumbers(strings.Join(steps, " | ")), c.Profile.ID, c.GeneratedAt.Format(time.RFC3339), strconv.Itoa(c.Version), report)
}

// Problem writes the row of a case that could not be examined, and why.
func (s *CSV) Problem(name string, why checks.Text) error {
	word := checks.Text{En: "Not examined", Zh: "未检查"}
	cells := make([]string, len(csvColumns))
	cells[0], cells[1], cells[9] = name, word.In(s.lang), MaskNumbers(why.In(s.lang))
	return s.row(cells...)
}

// Flush writes what is buffered. A summary without rows is its header.
func (s *CSV) Flush() error {
	if err := s.open(); err != nil {
		return err
	}
	s.w.Flush()
	if err := s.w.Error(); err != nil {
		return fmt.Errorf("summary as CSV: %w", err)
	}
	return nil
}

func (s *CSV) open() error {
	if s.opened {
		return nil
	}
	s.opened = true
	if _, err := io.WriteString(s.raw, "\ufeff"); err != nil {
		return fmt.Errorf("summary as CSV: %w", err)
	}
	var header []string
	for _, column := range csvColumns {
		header = append(header, column.In(s.lang))
	}
	return s.row(header...)
}

func (s *CSV) row(cells ...string) error {
	if err := s.open(); err != nil {
		return err
	}
	guarded := make([]string, len(cells))
	for i, cell := range cells {
		guarded[i] = guardCell(cell)
	}
	if err := s.w.Write(guarded); err != nil {
		return fmt.Errorf("summary as CSV: %w", err)
	}
	return nil
}

// guardCell spells out control characters and keeps a spreadsheet from taking a cell for a
// formula: = + - @ and their full-width forms, also behind spaces, which some programs drop, and
// a tab or line break in front, which some take for the start of the next cell.
func guardCell(s string) string {
	guard := strings.HasPrefix(s, "\t") || strings.HasPrefix(s, "\r") || strings.HasPrefix(s, "\n")
	s = visible(s)
	if first := strings.TrimLeft(s, " \u00a0\u3000"); guard || first != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(first)[0]) {
		return "'" + s
	}
	return s
}
