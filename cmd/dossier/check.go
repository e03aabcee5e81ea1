package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"dossier/checks"
	"dossier/checks/all"
	"dossier/pipeline"
	"dossier/pipeline/desk"
	"dossier/pipeline/durable"
	"dossier/pipeline/examine"
	"dossier/pipeline/report"
)

func (p *program) checkCommand() *cobra.Command {
	var o checkOptions
	c := &cobra.Command{
		Use:   "check FILE...",
		Short: p.say("Check single files, without a desk", "检查单个文件（不需要工作台）"),
		Long: p.say(`Checks each file by itself and says what is wrong with it. Nothing is kept, moved or changed.
On a terminal the result is a table; --json prints one JSON object a line, in the order of the
files (schema dossier.document/1).`,
			`逐个检查文件并指出问题。不保存、不移动、不修改任何文件。
默认输出表格；--json 则按文件顺序每行输出一个 JSON 对象（dossier.document/1）。`),
		Example: "  dossier check scans/*.jpg\n  dossier check --kind business_license --json 执照.jpg",
		Args:    wants(1, -1, checks.Text{En: "check takes the names of files", Zh: "check 需要文件名"}),
		RunE:    func(c *cobra.Command, args []string) error { return p.check(c.Context(), args, o) },
	}
	c.Flags().BoolVar(&o.json, "json", false, p.say("print one JSON object a line", "每行输出一个 JSON 对象"))
	c.Flags().StringVar(&o.kind, "kind", "", p.say("what the files are: business_license, holder_photo, application_form, ...",
		"文件种类：business_license、holder_photo、application_form 等"))
	c.Flags().StringVar(&o.overlays, "overlays", "", p.say("write pictures of the evidence into this folder", "把证据图片写入此文件夹"))
	c.Flags().StringVar(&o.profile, "profile", "wechat-organization", p.say("the profile to judge by: a name or a file", "使用的规则：名称或文件"))
	return c
}

type checkOptions struct {
	json     bool
	kind     string
	overlays string
	profile  string
}

func (p *program) check(ctx context.Context, files []string, o checkOptions) error {
	kind := checks.Kind(o.kind)
	if o.kind != "" && !knownKind(kind) {
		return usage(checks.Textf("there is no kind %q", "没有 %q 这种文件", o.kind),
			checks.Textf("the kinds are: %s", "可用的种类：%s", kindNames()))
	}
	judge, err := desk.FindProfile(o.profile)
	if err != nil {
		return err
	}
	examiner, err := desk.NewExaminer(all.Checks(), judge, examine.Options{Log: p.logger(), Recognize: all.Recognize})
	if err != nil {
		return err
	}

	worst := pipeline.VerdictPass
	unread := 0
	var table []pipeline.Document
	err = inOrder(ctx, len(files), examine.Workers(),
		func(ctx context.Context, i int) (desk.Examination, error) {
			return p.checkFile(ctx, examiner, files[i], kind, o.overlays)
		},
		func(i int, e desk.Examination, err error) error {
			if err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				unread++
				p.report(err)
				return nil
			}
			worst = worst.Worse(e.Document.Verdict)
			if o.json {
				return report.DocumentJSON(p.out, &e.Document)
			}
			table = append(table, e.Document)
			return nil
		})
	if !o.json && len(table) > 0 {
		if err := report.DocumentTable(p.out, table, p.lang, p.colors(p.out)); err != nil {
			return err
		}
	}
	switch {
	case err != nil:
		return err
	case unread == len(files):
		return outcome(exitFault)
	case unread > 0:
		return outcome(exitPartial)
	}
	return verdictOutcome(worst)
}

func (p *program) checkFile(ctx context.Context, e *desk.Examiner, path string, kind checks.Kind, overlays string) (desk.Examination, error) {
	s, err := readSubject(path)
	if err != nil {
		return desk.Examination{}, err
	}
	source := pipeline.KindGiven
	if s.Kind = kind; kind == "" {
		s.Kind, source = checks.Unknown, pipeline.KindFromName
		if k, ok := pipeline.KindByName(filepath.Base(path)); ok {
			s.Kind = k
		}
	}
	got, err := e.Document(ctx, s, source)
	if err != nil {
		return got, err
	}
	got.Document.Path = path
	if overlays == "" {
		// Without a folder to put them in, no picture may be promised.
		got.Document.Walk(func(_ *pipeline.Result, f *pipeline.Finding) { f.Overlay = "" })
		return got, nil
	}
	for name, img := range got.Overlays {
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			return got, fmt.Errorf("encoding %s: %w", name, err)
		}
		file := filepath.Join(overlays, filepath.FromSlash(name))
		if err := durable.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return got, err
		}
		if err := durable.WriteFile(file, b.Bytes(), 0o600); err != nil {
			return got, err
		}
	}
	return got, nil
}

// readSubject reads what the checks may see of a file, and the digest of all of it.
func readSubject(path string) (*checks.Subject, error) {
	cannot := func(err error) error {
		return &problem{code: exitFault, what: checks.Textf("cannot read %s", "无法读取 %s", visible(path)), err: reason(err),
			hint: checks.Text{En: "check the name and the permissions", Zh: "请检查文件名和访问权限"}}
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, cannot(err)
	}
	if info.IsDir() {
		return nil, &problem{code: exitFault, what: checks.Textf("%s is a folder", "%s 是文件夹", visible(path)),
			hint: checks.Textf("`dossier batch %[1]s` checks folders", "检查文件夹请用 `dossier batch %[1]s`", visible(path))}
	}
	if !info.Mode().IsRegular() {
		return nil, &problem{code: exitFault, what: checks.Textf("%s is not a file", "%s 不是普通文件", visible(path))}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, cannot(err)
	}
	defer f.Close()
	digest := sha256.New()
	head, err := io.ReadAll(io.LimitReader(io.TeeReader(f, digest), checks.MaxSubjectBytes))
	if err != nil {
		return nil, cannot(err)
	}
	rest, err := io.Copy(digest, f)
	if err != nil {
		return nil, cannot(err)
	}
	return &checks.Subject{Name: filepath.Base(path), Data: head, Size: int64(len(head)) + rest,
		SHA256: hex.EncodeToString(digest.Sum(nil))}, nil
}

// reason takes the path out of a file system error: the sentence around it has it already.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

func knownKind(k checks.Kind) bool {
	for _, known := range checks.Kinds() {
		if k == known {
			return true
		}
	}
	return false
}

func kindNames() string {
	var b bytes.Buffer
	for i, k := range checks.Kinds() {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(k))
	}
	return b.String()
}

// inOrder does n pieces of work with several workers and hands the results over one by one in
// their order. No more than a few results wait at any time.
func inOrder[T any](ctx context.Context, n, workers int, work func(context.Context, int) (T, error), each func(int, T, error) error) error {
	type result struct {
		value T
		err   error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	queue := make(chan chan result, workers)
	go func() {
		defer close(queue)
		slots := make(chan struct{}, workers)
		for i := range n {
			out := make(chan result, 1)
			select {
			case queue <- out:
			case <-ctx.Done():
				return
			}
			slots <- struct{}{}
			go func() {
				defer func() { <-slots }()
				v, err := work(ctx, i)
				out <- result{v, err}
			}()
		}
	}()
	i := 0
	for out := range queue {
		r := <-out
		if err := each(i, r.value, r.err); err != nil {
			return err
		}
		i++
	}
	return ctx.Err()
}
