package main

import (
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
	worst                   pipeline.Verdict
	rows                    rows
}

// rows writes the summary in the order of the folders, while the cases get done in another.
type rows struct {
	next    int                  // the number of the case whose row is next
	waiting map[int]func() error // rows that came before their turn
	last    []func() error       // rows that have no place
}

// add writes the row of case number n when its turn has come; at the latest at the end.
func (r *rows) add(n int, write func() error) error {
	if n < 0 {
		r.last = append(r.last, write)
		return nil
	}
	if r.waiting == nil {
		r.waiting = map[int]func() error{}
	}
	r.waiting[n] = write
	for {
		write, ok := r.waiting[r.next]
		if !ok {
			return nil
		}
		delete(r.waiting, r.next)
		r.next++
		if err := write(); err != nil {
			return err
		}
	}
}

// rest writes what waits for cases that will not come, because the batch was interrupted.
func (r *rows) rest() error {
	var err error
	for _, n := range slices.Sorted(maps.Keys(r.waiting)) {
		err = errors.Join(err, r.waiting[n]())
	}
	for _, write := range r.last {
		err = errors.Join(err, write())
	}
	return err
}

func (p *program) batch(ctx context.Context, d *desk.Desk, dirs []string, o batchOptions) error {
	if o.csv == "" {
		o.csv = filepath.Join(d.Dir(), desk.SummaryName)
	}
	t := tally{verdicts: map[pipeline.Verdict]int{}, worst: pipeline.VerdictPass}
	begin := time.Now()
	var total int
	var batchErr error
	err := durable.Write(o.csv, durable.FileMode, func(w io.Writer) error {
		summary := report.NewCSV(w, p.lang)
		bar := p.newProgress()
		defer bar.close()
		var rowErr error
		total, batchErr = d.Batch(ctx, dirs, desk.BatchOptions{Workers: o.workers}, func(e desk.BatchEvent) {
			if e.Planned > 0 {
				bar.start(e.Planned)
				return
			}
			rowErr = errors.Join(rowErr, p.batchStep(d, &t, summary, bar, o.quiet, e))
		})
		return errors.Join(rowErr, t.rows.rest(), summary.Flush())
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
	return verdictOutcome(t.worst)
}

// batchStep shows, counts and sums up one case that is done.
func (p *program) batchStep(d *desk.Desk, t *tally, summary *report.CSV, bar *progress, quiet bool, e desk.BatchEvent) error {
	defer bar.step()
	if e.Err != nil {
		t.trouble++
		why := inWords(e.Err)
		bar.line(p.err, p.say("%[1]s: not done: %[2]s", "%[1]s：未完成：%[2]s", visible(e.Case), why.In(p.lang)))
		return t.rows.add(e.Number, func() error { return summary.Problem(e.Case, why) })
	}
	t.cases++
	t.verdicts[e.Report.Verdict]++
	t.worst = t.worst.Worse(e.Report.Verdict)
	if e.Resumed {
		t.resumed++
	}
	if !quiet || e.Report.Verdict != pipeline.VerdictPass {
		bar.line(p.out, p.caseLine(d, e.Report))
	}
	for _, i := range e.Ignored {
		bar.line(p.err, p.say("  left alone: %[1]s (%[2]s)", "  未收取：%[1]s（%[3]s）", visible(i.Path), ignoreWord(i.Reason).En, ignoreWord(i.Reason).Zh))
	}
	return t.rows.add(e.Number, func() error {
		if err := summary.Case(e.Report, filepath.Join(d.CaseDir(e.Case), "report.html")); err != nil {
			return fmt.Errorf("writing the summary: %w", err)
		}
		return nil
	})
}
