package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"dossier/checks"
)

type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// program is what every command is given: where to read and write, in which language, and
// which desk. Words for people go to err, results to out.
type program struct {
	streams
	lang    string // en or zh
	deskDir string
	verbose bool
	getenv  func(string) string
}

// run is the whole program but for the process around it. It returns the exit code.
func run(ctx context.Context, args []string, s streams, getenv func(string) string) int {
	p := &program{streams: s, getenv: getenv, lang: chooseLanguage(args, getenv)}
	root := p.rootCommand()
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	return p.report(root.ExecuteContext(ctx))
}

// chooseLanguage looks for --lang before anything else is read, for help and usage errors must
// already be in the right language; then at DOSSIER_LANG and the locale.
func chooseLanguage(args []string, getenv func(string) string) string {
	for i, a := range args {
		if a == "--" {
			break
		}
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			return languageOf(v)
		}
		if a == "--lang" && i+1 < len(args) {
			return languageOf(args[i+1])
		}
	}
	// The order POSIX gives to the locale's variables.
	for _, name := range []string{"DOSSIER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			return languageOf(v)
		}
	}
	return "en"
}

func languageOf(locale string) string {
	if strings.HasPrefix(strings.ToLower(locale), "zh") {
		return "zh"
	}
	return "en"
}

// say returns the sentence in the language chosen.
func (p *program) say(en, zh string, args ...any) string {
	return checks.Textf(en, zh, args...).In(p.lang)
}

// tell writes a sentence for people to standard error.
func (p *program) tell(en, zh string, args ...any) {
	fmt.Fprintln(p.err, p.say(en, zh, args...))
}

// terminal reports whether w is a screen that can redraw lines.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// redraws reports whether a bar can be drawn on w. A terminal that does not know its width (as
// under some schedulers and editors) would show nothing at all.
func (p *program) redraws(w io.Writer) bool {
	if !terminal(w) || p.getenv("TERM") == "dumb" {
		return false
	}
	width, _, err := term.GetSize(int(w.(*os.File).Fd()))
	return err == nil && width > 0
}

// colors reports whether w may be written to in colour (https://no-color.org).
func (p *program) colors(w io.Writer) bool {
	return terminal(w) && p.getenv("NO_COLOR") == "" && p.getenv("TERM") != "dumb"
}

func (p *program) logger() *slog.Logger {
	level := slog.LevelWarn
	if p.verbose {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: level}))
}

func (p *program) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use: "dossier",
		Short: p.say("Check registration documents and build submissions that pass",
			"检查公众号注册材料，生成可以提交的材料包"),
		Long: p.say(`Dossier checks the scans, photos and forms that clients send for the registration of a WeChat
Official Account, says what is wrong with them, where, and how to mend it, and builds the
submission when everything is right. Nothing leaves this machine.

  dossier new acme --path organization     make a folder for a client, with a form to fill in
  dossier watch                            check whatever is dropped into desk/inbox, as it comes
  dossier batch clients/                   check existing client folders, once
  dossier check licence.jpg                check single files
  dossier bundle acme                      build the submission`,
			`Dossier 检查客户为注册微信公众号提供的扫描件、照片和申请表，指出哪里有问题、
如何修正；全部合格后生成可提交的材料包。所有数据都留在本机。

  dossier new acme --path organization     为客户建立文件夹和待填表格
  dossier watch                            持续检查放入 desk/inbox 的文件
  dossier batch clients/                   一次性检查已有的客户文件夹
  dossier check licence.jpg                检查单个文件
  dossier bundle acme                      生成材料包`),
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			what := checks.Textf("there is no command %q", "没有 %q 这个命令", args[0])
			hint := checks.Text{En: "`dossier --help` lists the commands", Zh: "`dossier --help` 列出全部命令"}
			if near := c.SuggestionsFor(args[0]); len(near) > 0 {
				hint = checks.Textf("did you mean `dossier %s`?", "是否想输入 `dossier %s`？", near[0])
			}
			return usage(what, hint)
		},
	}
	root.SuggestionsMinimumDistance = 2
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetVersionTemplate("dossier {{.Version}}\n")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return &problem{code: exitUsage, what: checks.Text{En: err.Error(), Zh: "参数有误：" + err.Error()},
			hint: checks.Textf("`%[1]s --help` shows how it is used", "`%[1]s --help` 查看用法", c.CommandPath())}
	})
	flags := root.PersistentFlags()
	flags.StringVar(&p.deskDir, "desk", "", p.say("the folder where all cases live (default ./desk, or DOSSIER_DESK)",
		"存放全部案件的文件夹（默认 ./desk，或环境变量 DOSSIER_DESK）"))
	flags.String("lang", "", p.say("language of the words: en or zh (default from the locale)", "界面语言：en 或 zh（默认取自系统）"))
	flags.BoolVarP(&p.verbose, "verbose", "v", false, p.say("say more about what is being done", "显示更多过程信息"))
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error {
		if lang, _ := c.Flags().GetString("lang"); lang != "" && lang != "en" && lang != "zh" {
			return usage(checks.Textf("there is no language %q", "没有 %q 这种语言", lang),
				checks.Text{En: "use --lang en or --lang zh", Zh: "请用 --lang en 或 --lang zh"})
		}
		if p.deskDir == "" {
			p.deskDir = p.getenv("DOSSIER_DESK")
		}
		if p.deskDir == "" {
			p.deskDir = "desk"
		}
		return nil
	}
	root.AddCommand(p.newCommand(), p.watchCommand(), p.batchCommand(), p.checkCommand(), p.bundleCommand(), p.verifyCommand(),
		p.statusCommand(), p.markCommand(), p.assignCommand(), p.examineCommand(), p.explainCommand(), p.profilesCommand(), p.readCommand(), p.shrinkCommand(), p.purgeCommand(), p.schemaCommand(),
		p.evalCommand(), p.doctorCommand())
	if p.lang == "zh" {
		translateHelp(root)
	}
	return root
}

// wants returns an argument check that explains itself.
func wants(least, most int, what checks.Text) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) >= least && (most < 0 || len(args) <= most) {
			return nil
		}
		return usage(what, checks.Textf("`%[1]s --help` shows how it is used", "`%[1]s --help` 查看用法", c.CommandPath()))
	}
}

// version is what the build says of itself: the module's version, else the commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "commit " + s.Value[:12]
		}
	}
	return "unreleased"
}

// translateHelp puts the words of cobra's own help into Chinese.
func translateHelp(root *cobra.Command) {
	root.SetUsageTemplate(`用法：{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} [命令]{{end}}{{if .HasExample}}

示例：
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}

命令：{{range .Commands}}{{if (or .IsAvailableCommand (eq .Name "help"))}}
  {{rpad .Name .NamePadding }} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

选项：
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

通用选项：
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableSubCommands}}

用 "{{.CommandPath}} [命令] --help" 查看某个命令的说明。{{end}}
`)
	root.InitDefaultHelpCmd()
	root.InitDefaultHelpFlag()
	root.InitDefaultVersionFlag()
	if f := root.Flags().Lookup("help"); f != nil {
		f.Usage = "显示说明"
	}
	if f := root.Flags().Lookup("version"); f != nil {
		f.Usage = "显示版本"
	}
	for _, c := range root.Commands() {
		if c.Name() == "help" {
			c.Short = "显示某个命令的说明"
			continue
		}
		c.InitDefaultHelpFlag()
		if f := c.Flags().Lookup("help"); f != nil {
			f.Usage = "显示说明"
		}
	}
}
