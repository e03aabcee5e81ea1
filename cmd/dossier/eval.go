package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"dossier/checks"
	"dossier/checks/all"
	"dossier/pipeline"
	"dossier/pipeline/desk"
	"dossier/pipeline/durable"
	"dossier/pipeline/evaluate"
	"dossier/pipeline/examine"
)

func (p *program) evalCommand() *cobra.Command {
	var o evalOptions
	c := &cobra.Command{
		Use:   "eval LABELS",
		Short: p.say("Measure the checks for signs of editing on labelled files", "用带标签的文件衡量篡改检查的效果"),
		Long: p.say(`Runs the checks over files whose truth is known and says how well they tell altered pictures from
honest ones: what is found at 1 %% and 5 %% false alarms, with 95 %% intervals, by type of alteration and by
check, how well the regions lie on what was altered, false alarms by severity, time and memory; and how
much the files' headers alone would give away.

LABELS is a CSV file with a header, or one JSON object a line: path, label (altered, honest, untouched),
type, mask (a PNG as large as the upright picture, not black where altered), and, if known, source,
half (calibrate, report), chain and kind. Paths are relative to the list. Files of one source belong to
one half; without a word on it, the digest of the source's name decides. Thresholds are set on the half
"calibrate" and stated on "report".`,
			`对已知真实情况的文件运行检查，衡量其区分改动图片与正常图片的能力：误报率 1%% 与 5%% 时的检出率
（附 95%% 置信区间，按改动类型和检查项分列）、标出区域与实际改动区域的重合度、各级误报、耗时与内存；
并测量仅凭文件头能猜对多少。

LABELS 为带表头的 CSV 文件，或每行一个 JSON 对象：path、label（altered 改动、honest 正常处理、
untouched 原始）、type、mask（与转正后图片同尺寸的 PNG，改动处非黑色），以及可选的 source、
half（calibrate 校准、report 报告）、chain、kind。路径相对于列表文件。同一来源的文件归入同一半；
未注明时由来源名称的摘要决定。阈值在 calibrate 部分设定，在 report 部分报告。`),
		Example: "  dossier eval bench/labels.jsonl --html eval.html\n  dossier eval bench/labels.jsonl --calibrate calibration.json",
		Args:    wants(1, 1, checks.Text{En: "eval takes the name of one list of labels", Zh: "eval 需要一个标签列表文件名"}),
		RunE:    func(c *cobra.Command, args []string) error { return p.eval(c.Context(), args[0], o) },
	}
	f := c.Flags()
	f.BoolVar(&o.json, "json", false, p.say("print one JSON object with every figure and file (schema dossier.eval/1)", "输出一个包含全部数据的 JSON 对象（dossier.eval/1）"))
	f.StringVar(&o.html, "html", "", p.say("write a page with ROC curves and the worst mistakes into this file", "把含 ROC 曲线和最严重误判的页面写入此文件"))
	f.StringVar(&o.calibrate, "calibrate", "", p.say("write the distribution of honest scores into this file (schema dossier.calibration/1)", "把正常文件的得分分布写入此文件（dossier.calibration/1）"))
	f.StringVar(&o.half, "half", "", p.say("only this half: calibrate or report", "仅限其中一半：calibrate 或 report"))
	f.StringVar(&o.profile, "profile", "wechat-organization", p.say("the profile to judge by: a name or a file", "使用的规则：名称或文件"))
	f.IntVar(&o.workers, "workers", examine.Workers(), p.say("files examined at the same time", "同时检查的文件数"))
	f.DurationVar(&o.timeout, "timeout", evalTimeout, p.say("what one check may take on one file", "单项检查处理单个文件的时限"))
	f.BoolVar(&o.noCost, "no-cost", false, p.say("leave out the measuring of time and memory", "不测量耗时与内存"))
	return c
}

// evalTimeout is longer than in daily work: on a machine busy with many files a check that ran
// out of time would be counted as one that saw nothing.
const evalTimeout = time.Minute

type evalOptions struct {
	json, noCost          bool
	html, calibrate, half string
	profile               string
	workers               int
	timeout               time.Duration
}

func (p *program) eval(ctx context.Context, path string, o evalOptions) error {
	if o.half != "" && o.half != evaluate.Calibrate && o.half != evaluate.Report {
		return usage(checks.Textf("there is no half %q", "没有 %q 这一半", o.half),
			checks.Text{En: "use --half calibrate or --half report", Zh: "请用 --half calibrate 或 --half report"})
	}
	if o.workers < 1 || o.timeout <= 0 {
		return usage(checks.Text{En: "--workers and --timeout must be above 0", Zh: "--workers 与 --timeout 必须大于 0"},
			checks.Text{En: "leave them out for the defaults", Zh: "省略即使用默认值"})
	}
	list, err := evaluate.ReadLabels(path)
	if err == nil {
		err = list.Verify()
	}
	if err != nil {
		return labelsProblem(path, err)
	}
	judge, err := desk.FindProfile(o.profile)
	if err != nil {
		return err
	}
	metered, meter := evaluate.Metered(all.Checks())
	options := examine.Options{Timeout: o.timeout, Log: p.logger()}
	examiner, err := desk.NewExaminer(all.Checks(), judge, options)
	if err != nil {
		return err
	}
	alone, err := desk.NewExaminer(metered, judge, options)
	if err != nil {
		return err
	}

	show := p.newFileCount()
	files, err := evaluate.Run(ctx, list, documentOf(examiner), evaluate.Options{Workers: o.workers, Half: o.half, Told: show.told})
	show.end()
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return &problem{code: exitFault, what: checks.Textf("no file of %s is in the half %s", "%s 中没有属于 %s 的文件", visible(path), o.half)}
	}
	var costs *evaluate.Costs
	if !o.noCost {
		p.tell("measuring time and memory", "正在测量耗时与内存")
		if costs, err = evaluate.MeasureCosts(ctx, files, documentOf(alone), meter); err != nil {
			return err
		}
	}
	result := evaluate.Summarize(list, files, costs)
	result.Dossier, result.Profile, result.MadeAt = version(), judge.Ref().ID, time.Now().UTC().Truncate(time.Second)
	return p.writeEvaluation(list, files, &result, o)
}

// writeEvaluation writes the files asked for before the words on the screen: who sees these has the files.
func (p *program) writeEvaluation(list *evaluate.List, files []evaluate.File, result *evaluate.Result, o evalOptions) error {
	write := func(path string, fill func(io.Writer) error) error {
		var b bytes.Buffer
		if err := fill(&b); err != nil {
			return err
		}
		if err := durable.WriteFile(path, b.Bytes(), 0o600); err != nil {
			return &problem{code: exitFault, what: checks.Textf("cannot write %s", "无法写入 %s", visible(path)), err: reason(err)}
		}
		p.tell("written: %s", "已写入：%s", visible(path))
		return nil
	}
	if o.calibrate != "" {
		c, err := evaluate.Tabulate(list, files)
		if err != nil {
			return err
		}
		c.Dossier, c.Profile, c.MadeAt = result.Dossier, result.Profile, result.MadeAt
		if err := write(o.calibrate, c.Write); err != nil {
			return err
		}
	}
	if o.html != "" {
		if err := write(o.html, func(w io.Writer) error { return evaluate.HTML(w, result, p.lang) }); err != nil {
			return err
		}
	}
	if o.json {
		e := json.NewEncoder(p.out)
		e.SetEscapeHTML(false)
		return e.Encode(result)
	}
	return result.Text(p.out, p.lang)
}

// labelsProblem words what is wrong with a list of labels.
func labelsProblem(path string, err error) error {
	var bad *evaluate.LabelError
	if errors.As(err, &bad) {
		return &problem{code: exitFault, what: checks.Text{En: bad.In("en"), Zh: bad.In("zh")},
			hint: checks.Text{En: "mend these lines; `dossier eval --help` says what a list holds", Zh: "请修正以上各行；`dossier eval --help` 说明列表的内容"}}
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return &problem{code: exitFault, what: checks.Textf("cannot read %s", "无法读取 %s", visible(path)), err: reason(err),
			hint: checks.Text{En: "check the name and the permissions", Zh: "请检查文件名和访问权限"}}
	}
	return err
}

func documentOf(e *desk.Examiner) evaluate.Examine {
	return func(ctx context.Context, s *checks.Subject) (pipeline.Document, error) {
		got, err := e.Document(ctx, s, pipeline.KindGiven)
		return got.Document, err
	}
}

// fileCount tells how many files are done: on a terminal in one line that is rewritten, otherwise now
// and then.
type fileCount struct {
	p     *program
	mu    sync.Mutex
	begin time.Time
	said  time.Time
	open  bool
}

func (p *program) newFileCount() *fileCount {
	return &fileCount{p: p, begin: time.Now(), said: time.Now()}
}

func (c *fileCount) told(done, of int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	screen := terminal(c.p.err)
	every := sayEvery
	if screen {
		every = 200 * time.Millisecond // often enough to look alive
	}
	if time.Since(c.said) < every && done < of {
		return
	}
	c.said = time.Now()
	left := time.Duration(float64(time.Since(c.begin)) / float64(done) * float64(of-done)).Round(time.Second)
	words := c.p.say("%[1]d of %[2]d files, %[3]s left", "已检查 %[1]d / %[2]d 个文件，剩余 %[3]s", done, of, left)
	if screen {
		fmt.Fprintf(c.p.err, "\r\x1b[K%s", words)
		c.open = true
		return
	}
	fmt.Fprintln(c.p.err, words)
}

func (c *fileCount) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open {
		fmt.Fprintln(c.p.err)
	}
}
