package main

import (
	"context"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"dossier/checks"
	"dossier/checks/all"
	"dossier/pipeline/profile"
	"dossier/pipeline/vault"
)

func (p *program) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: p.say("Look at the installation and the desk: is everything whole?", "检查程序和工作台是否完好"),
		Long: p.say(`Looks at what Dossier stands on: the checks and profiles it was built with, the desk's settings and
ledger, whether the inbox announces changes, and, byte for byte, every original in the vault.
Nothing is mended or changed. Exit code 1 if something needs attention.`,
			`检查 Dossier 的各个部分：内置检查与规则、工作台设置与台账、收件夹能否通知变化，
并逐字节核对保险库中的每份原件。不做任何修改。如有需要注意之处，退出码为 1。`),
		Args: wants(0, 0, checks.Text{En: "doctor takes no arguments", Zh: "doctor 不需要参数"}),
		RunE: func(c *cobra.Command, _ []string) error { return p.doctor(c.Context()) },
	}
}

func (p *program) doctor(ctx context.Context) error {
	bad := 0
	say := func(ok bool, en, zh string, args ...any) {
		mark := p.say("ok  ", "正常")
		if !ok {
			mark = p.say("LOOK", "注意")
			bad++
		}
		fmt.Fprintf(p.out, "%s  %s\n", mark, p.say(en, zh, args...))
	}
	say(true, "dossier %[1]s, %[2]s on %[3]s/%[4]s", "dossier %[1]s，%[2]s，%[3]s/%[4]s", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	if err := profile.Validate(all.Checks()); err != nil {
		say(false, "a built-in profile does not fit the checks: %v", "内置规则与检查不符：%v", err)
	} else {
		say(true, "%d checks and %d profiles fit together", "%d 项检查与 %d 套规则相互匹配", len(all.Checks()), len(profile.List()))
	}
	d, err := p.openDesk(ctx)
	if err != nil {
		say(false, "the desk cannot be opened", "工作台无法打开")
		return err
	}
	defer d.Close()
	say(true, "desk %s", "工作台 %s", d.Dir())
	h, err := d.Health(ctx, p.vaultProgress())
	if err != nil {
		return err
	}
	if h.Private {
		say(true, "only the owner may open the desk's folder", "工作台文件夹仅所有者可访问")
	} else {
		say(false, "other accounts may look into the desk's folder; chmod 700 %s mends it", "其他账户可以查看工作台文件夹；可用 chmod 700 %s 修正", d.Dir())
	}
	switch {
	case d.Config.Polling:
		say(true, "the inbox is walked every %s", "收件夹每 %s 扫描一次", d.Config.Rescan)
	case h.Notifies:
		say(true, "the inbox announces changes", "收件夹能通知变化")
	default:
		say(false, "the inbox announces no changes, so that files wait for the rescan every %s; polling: true in dossier.yaml takes them in sooner",
			"收件夹不能通知变化，文件要等到每 %s 一次的扫描；在 dossier.yaml 中设置 polling: true 可更快收取", d.Config.Rescan)
	}
	for _, path := range checks.Paths() {
		if err := h.Profiles[path]; err != nil {
			say(false, "the profile for %[1]s: %[2]v", "%[1]s 的规则：%[2]v", path, err)
		}
	}
	lost := len(h.Vault.Damaged) + len(h.Vault.Unreadable) + len(h.Missing)
	say(lost == 0, "originals in the vault: %[1]d, of them damaged %[2]d, unreadable %[3]d; missing %[4]d",
		"保险库中的原件：%[1]d 份，其中损坏 %[2]d 份、无法读取 %[3]d 份；缺失 %[4]d 份",
		h.Vault.Files, len(h.Vault.Damaged), len(h.Vault.Unreadable), len(h.Missing))
	for _, damaged := range h.Vault.Damaged {
		fmt.Fprintf(p.out, "      %s  %s\n", damaged.Path, damaged.Reason)
	}
	for _, sha := range h.Missing {
		fmt.Fprintf(p.out, "      %s\n", sha)
	}
	if bad > 0 {
		return outcome(exitWork)
	}
	return nil
}

// vaultProgress shows how far the reading of the vault has come, on a terminal only.
func (p *program) vaultProgress() func(vault.Progress) {
	if !terminal(p.err) {
		return nil
	}
	return func(v vault.Progress) {
		fmt.Fprintf(p.err, "\r%s", p.say("reading the vault: %d of %d ", "正在核对保险库：%d / %d ", v.Done, v.Files))
		if v.Done == v.Files {
			fmt.Fprintln(p.err)
		}
	}
}
