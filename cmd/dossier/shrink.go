package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dossier/checks"
	"dossier/checks/all"
	"dossier/pipeline"
	"dossier/pipeline/desk"
	"dossier/pipeline/durable"
	"dossier/pipeline/examine"
	"dossier/pipeline/profile"
	"dossier/pipeline/shrink"
)

func (p *program) shrinkCommand() *cobra.Command {
	var output, profileName string
	c := &cobra.Command{
		Use:   "shrink FILE",
		Short: p.say("Make a copy of a picture that meets the platform's limits", "生成一份符合平台限制的图片副本"),
		Long: p.say(`Writes an upright JPEG of FILE that keeps within the profile's limits of bytes and pixels, and loses no
more than it must. PNG, WebP, TIFF and HEIC pictures are converted. FILE itself is never touched, and
an existing copy is never written over. Metadata does not go along: keep the original, for whoever
asks about signs of editing.`,
			`把 FILE 转成方向端正、符合字节数和像素限制的 JPEG，画质损失尽量小。PNG、WebP、TIFF、HEIC 会被转换。
不改动原文件，也不覆盖已有的副本。副本不含元数据：请保留原件，以备查验。`),
		Example: "  dossier shrink 营业执照.heic\n  dossier shrink licence.jpg -o licence-small.jpg",
		Args:    wants(1, 1, checks.Text{En: "shrink takes the name of one file", Zh: "shrink 需要一个文件名"}),
		RunE: func(c *cobra.Command, args []string) error {
			return p.shrink(c.Context(), args[0], output, profileName)
		},
	}
	c.Flags().StringVarP(&output, "output", "o", "", p.say("the copy's name (default NAME-small.jpg beside FILE)", "副本的文件名（默认在原文件旁，名为 NAME-small.jpg）"))
	c.Flags().StringVar(&profileName, "profile", "wechat-organization", p.say("whose limits it must meet: a name or a file", "须满足的规则：名称或文件"))
	return c
}

func (p *program) shrink(ctx context.Context, path, output, profileName string) error {
	judge, err := desk.FindProfile(profileName)
	if err != nil {
		return err
	}
	limits, err := uploadLimits(judge)
	if err != nil {
		return err
	}
	s, err := readSubject(path)
	if err != nil {
		return err
	}
	if !s.Whole() {
		return &problem{code: exitFault, what: checks.Textf("%[1]s is larger than the %[2]d MiB that are read", "%[1]s 超过可读取的 %[2]d MiB", visible(path), checks.MaxSubjectBytes>>20),
			hint: checks.Text{En: "save it smaller with the program that made it", Zh: "请用生成它的程序另存为较小的文件"}}
	}
	if output == "" {
		output = strings.TrimSuffix(path, filepath.Ext(path)) + "-small.jpg"
	}
	if _, err := os.Lstat(output); err == nil {
		return &problem{code: exitFault, what: checks.Textf("%s is already there", "%s 已存在", visible(output)),
			hint: checks.Text{En: "give another name with --output, or remove it", Zh: "请用 --output 指定其他名称，或先删除它"}}
	}
	if info, err := os.Stat(filepath.Dir(output)); err != nil || !info.IsDir() {
		return &problem{code: exitFault, what: checks.Textf("there is no folder %s", "没有文件夹 %s", visible(filepath.Dir(output))),
			hint: checks.Text{En: "make it first, or give another name with --output", Zh: "请先建立该文件夹，或用 --output 指定其他名称"}}
	}
	if limits.Always, err = p.wantsCopy(ctx, s, judge); err != nil {
		return err
	}
	copied, err := shrink.Make(ctx, s.Data, limits)
	if err != nil {
		return err
	}
	if copied.Unchanged {
		p.tell("%s meets the limits as it is; no copy was made", "%s 已符合限制，未生成副本", visible(path))
		fmt.Fprintln(p.out, path)
		return nil
	}
	if err := durable.WriteFile(output, copied.Data, 0o600); err != nil {
		return err
	}
	fmt.Fprintln(p.out, output)
	p.tell("%[1]d x %[2]d pixels, %[3]d bytes (the original: %[4]d x %[5]d, %[6]d bytes)",
		"%[1]d x %[2]d 像素，%[3]d 字节（原图：%[4]d x %[5]d，%[6]d 字节）",
		copied.Width, copied.Height, len(copied.Data), copied.From.X, copied.From.Y, s.Size)
	return nil
}

// mendedByCopy are the checks whose findings a copy gets rid of, besides those of the limits.
var mendedByCopy = []string{"format/content", "format/decode", "format/animation", "format/trailing-data"}

// wantsCopy reports whether something is wrong with the file that a copy mends, though it may
// be within the limits: the remedies of the checks promise that shrink does.
func (p *program) wantsCopy(ctx context.Context, s *checks.Subject, judge *profile.Profile) (bool, error) {
	examiner, err := desk.NewExaminer(all.Checks(), judge, examine.Options{Log: p.logger()})
	if err != nil {
		return false, err
	}
	examined, err := examiner.Document(ctx, s, pipeline.KindFromName)
	if err != nil {
		return false, err
	}
	found := false
	examined.Document.Walk(func(r *pipeline.Result, _ *pipeline.Finding) {
		found = found || slices.Contains(mendedByCopy, r.Check)
	})
	return found, nil
}

// uploadLimits asks the two checks that compare a file with the platform's limits for the numbers
// they would use under the profile.
func uploadLimits(judge *profile.Profile) (shrink.Limits, error) {
	var limits shrink.Limits
	for _, c := range all.Checks() {
		settings, err := judge.Settings(c)
		if err != nil {
			return limits, err
		}
		switch c.ID {
		case "format/size":
			// Below the warning, so that no form that counts otherwise refuses the copy.
			limits.MaxBytes = int64(min(settings.Number("max_bytes"), settings.Number("warn_bytes")))
		case "format/pixels":
			limits.MaxPixels = int64(settings.Number("max_pixels"))
		}
	}
	return limits, nil
}
