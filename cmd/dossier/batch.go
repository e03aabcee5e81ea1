package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"dossier/checks"
	"dossier/pipeline"
	"dossier/pipeline/desk"
	"dossier/pipeline/durable"
	"dossier/pipeline/report"
)

func (p *program) batchCommand() *cobra.Command {
	var o batchOptions
	c := &cobra.Command{
		Use:   "batch DIR...",
		Short: p.say("Check existing client folders, once, without touching them", "一次性检查已有的客户文件夹，不改动原文件"),
		Long: p.say(`Reads the folders given: each folder below DIR is a client's case (a DIR that holds files and no such
folders is one case). Nothing in them is moved, renamed or written to. Every case gets its report
in desk/cases/, and a summary of all goes to a CSV file. Interrupted, the same command goes on where
it was; a case that is done and unchanged is not done again.`,
			`读取给定的文件夹：DIR 下每个子文件夹是一个客户案件（若 DIR 只含文件，则它本身是一个案件）。
不移动、不改名、不写入其中任何文件。每个案件的报告写入 desk/cases/，汇总写入 CSV 文件。
中断后再次运行同一命令即可继续；已完成且未变化的案件不会重复处理。`),
		Example: "  dossier batch clients/\n  dossier batch clients/2014-09 clients/2014-10 --csv summary.csv",
		Args:    wants(1, -1, checks.Text{En: "batch takes the names of folders", Zh: "batch 需要文件夹名"}),
		RunE: func(c *cobra.Command, args []string) error {
			d, err := p.openDesk(c.Context())
			if err != nil {
				return err
			}
			defer d.Close()
			return p.batch(c.Context(), d, args, o)
		},
	}
	c.Flags().StringVar(&o.csv, "csv", "", p.say("where the summary goes (default summary.csv on the desk)", "汇总文件的位置（默认为工作台中的 summary.csv）"))
	c.Flags().IntVar(&o.workers, "workers", 0, p.say("cases at the same time (default: one a core)", "同时处理的案件数（默认每个核心一个）"))
	c.Flags().BoolVarP(&o.quiet, "quiet", "q", false, p.say("only name the cases that do not pass", "只列出未通过的案件"))
	return c
}

type batchOptions struct {
	csv     string
	workers int
	quiet   bool
}

// tally counts what a batch came to.
type tally struct {
	cases, resumed, trouble int
	verdicts                map[pipeline.Verdict]int
	seen                    map[int]pipeline.Verdict // what was told of the cases, by their numbers
	rows                    *rows
}

// rows gather the summary: a case's row may be replaced by a later one, and in the end they
// stand in the order of the folders. A row is about a kilobyte.
type rows struct {
	text    bytes.Buffer
	csv     *report.CSV
	header  []byte
	placed  map[int][]byte // by the number of the case
	nowhere [][]byte       // rows that have no place
}

func newRows(lang string) (*rows, error) {
	r := &rows{placed: map[int][]byte{}}
	r.csv = report.NewCSV(&r.text, lang)
	var err error
	r.header, err = r.take(func() error { return nil })
	return r, err
}

// take returns what write has the CSV write.
func (r *rows) take(write func() error) ([]byte, error) {
	r.text.Reset()
	if err := errors.Join(write(), r.csv.Flush()); err != nil {
		return nil, fmt.Errorf("writing the summary: %w", err)
	}
	return bytes.Clone(r.text.Bytes()), nil
}

// put keeps the row of case number n, in place of an earlier one.
func (r *rows) put(n int, write func(*report.CSV) error) error {
	row, err := r.take(func() error { return write(r.csv) })
	if n >= 0 {
		r.placed[n] = row
	} else {
		r.nowhere = append(r.nowhere, row)
	}
	return err
}

func (r *rows) writeTo(w io.Writer) error {
	all := [][]byte{r.header}
	for _, n := range slices.Sorted(maps.Keys(r.placed)) {
		all = append(all, r.placed[n])
	}
	for _, row := range append(all, r.nowhere...) {
		if _, err := w.Write(row); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) batch(ctx context.Context, d *desk.Desk, dirs []string, o batchOptions) error {
	if o.csv == "" {
		o.csv = filepath.Join(d.Dir(), desk.SummaryName)
	}
	rows, err := newRows(p.lang)
	if err != nil {
		return err
	}
	t := tally{verdicts: map[pipeline.Verdict]int{}, seen: map[int]pipeline.Verdict{}, rows: rows}
	begin := time.Now()
	var total int
	var batchErr error
	// The summary's file is opened first: should it be impossible, that is known at once.
	err = durable.Write(o.csv, durable.FileMode, func(w io.Writer) error {
		bar := p.newProgress()
		defer bar.close()
		var rowErr error
		total, batchErr = d.Batch(ctx, dirs, desk.BatchOptions{Workers: o.workers}, func(e desk.BatchEvent) {
			if e.Planned > 0 {
				bar.start(e.Planned)
				return
			}
			rowErr = errors.Join(rowErr, p.batchStep(d, &t, bar, o.quiet, e))
		})
		return errors.Join(rowErr, rows.writeTo(w))
	})
	if batchErr != nil && t.cases == 0 {
		return batchErr
	}
	if err != nil {
		return err
	}
	if t.cases > 0 {
		p.tell("%[7]s in %[2]s: %[3]d pass, %[4]d to look at, %[5]d to mend; %[8]s done before",
			"共 %[1]d 个案件，用时 %[2]s：%[3]d 个通过，%[4]d 个须人工确认，%[5]d 个须改正；其中 %[6]d 个此前已完成",
			t.cases, time.Since(begin).Round(100*time.Millisecond), t.verdicts[pipeline.VerdictPass],
			t.verdicts[pipeline.VerdictReview], t.verdicts[pipeline.VerdictFail], t.resumed,
			count(t.cases, "case", "cases"), count(t.resumed, "was", "were"))
		p.tell("reports: %[1]s  summary: %[2]s", "报告：%[1]s　汇总：%[2]s", filepath.Join(d.Dir(), "cases"), o.csv)
	}
	switch {
	case batchErr != nil:
		p.report(batchErr)
		return outcome(exitPartial)
	case t.trouble > 0 && t.cases > 0:
		return outcome(exitPartial)
	case t.trouble > 0:
		return outcome(exitFault)
	case total == 0:
		return &problem{code: exitFault, what: checks.Text{En: "there are no files in these folders", Zh: "这些文件夹中没有文件"},
			hint: checks.Text{En: "give the folder that holds one folder for each client", Zh: "请给出包含各客户文件夹的上级文件夹"}}
	}
	return verdictOutcome(t.worst())
}

// batchStep shows, counts and sums up one case that is done.
func (p *program) batchStep(d *desk.Desk, t *tally, bar *progress, quiet bool, e desk.BatchEvent) error {
	if !e.Again {
		defer bar.step()
	}
	if e.Err != nil {
		t.trouble++
		why := inWords(e.Err)
		name := ""
		if e.Case != "" { // else the folder is named in the error
			name = visible(e.Case) + p.say(": ", "：")
		}
		bar.line(p.err, p.say("not done: %s%s", "未完成：%s%s", name, why.In(p.lang)))
		return t.rows.put(e.Number, func(csv *report.CSV) error { return csv.Problem(e.Case, why) })
	}
	before, told := t.seen[e.Number]
	t.count(e)
	if (!quiet || e.Report.Verdict != pipeline.VerdictPass) && (!told || before != e.Report.Verdict) {
		bar.line(p.out, p.caseLine(d, e.Report))
	}
	for _, i := range e.Ignored {
		switch i.Reason {
		case pipeline.IgnoreUnreadable, pipeline.IgnoreUnsettled, pipeline.IgnoreTooLarge:
			t.trouble++ // the report is not about everything the client sent
		}
		bar.line(p.err, p.say("  left alone: %[1]s (%[2]s)", "  未收取：%[1]s（%[3]s）", visible(i.Path), ignoreWord(i.Reason).En, ignoreWord(i.Reason).Zh))
	}
	return t.rows.put(e.Number, func(csv *report.CSV) error {
		return csv.Case(e.Report, filepath.Join(d.CaseDir(e.Case), "report.html"))
	})
}

// count counts a case, or in place of what was counted of it before.
func (t *tally) count(e desk.BatchEvent) {
	v := e.Report.Verdict
	if before, told := t.seen[e.Number]; told {
		t.verdicts[before]--
	} else {
		t.cases++
		if e.Resumed {
			t.resumed++
		}
	}
	t.verdicts[v]++
	t.seen[e.Number] = v
}

// worst is the worst verdict of all cases.
func (t *tally) worst() pipeline.Verdict {
	worst := pipeline.VerdictPass
	for v, n := range t.verdicts {
		if n > 0 {
			worst = worst.Worse(v)
		}
	}
	return worst
}
