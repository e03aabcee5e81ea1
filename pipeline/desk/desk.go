package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"dossier/checks"
	"dossier/pipeline"
	"dossier/pipeline/durable"
	"dossier/pipeline/examine"
	"dossier/pipeline/intake"
	"dossier/pipeline/ledger"
	"dossier/pipeline/profile"
	"dossier/pipeline/vault"
)

// A Desk is an open desk. Its methods may be called from several goroutines, and several
// processes may have the same desk open.
type Desk struct {
	// Config may be changed between Open and the first work.
	Config Config

	dir     string
	checks  []*checks.Check
	vault   *vault.Vault
	ledger  *ledger.Ledger
	log     *slog.Logger
	now     func() time.Time
	version string
	memory  examine.Options
	taker   *intake.Taker

	// reached, nil but in tests, is called between the steps of writing a report: places where
	// a crash must do no harm.
	reached func(step string)

	mu        sync.Mutex
	examiners map[string]*Examiner // by the profile's digest
	first     *Examiner            // whose memory budget all others share

	keyOnce sync.Once // places.key is read or made once
	key     []byte
	keyErr  error
}

// Options of a desk.
type Options struct {
	Checks  []*checks.Check
	Version string           // of the program, for reports
	Log     *slog.Logger     // nil: silence
	Now     func() time.Time // nil: time.Now
	Examine examine.Options  // limits of the runner
}

// Open opens the desk in dir, and makes it, with all its folders, at first use.
func Open(ctx context.Context, dir string, o Options) (*Desk, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the desk %s: %w", dir, err)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Examine.Log = o.Log
	d := &Desk{dir: abs, checks: o.Checks, log: o.Log, now: o.Now, version: o.Version, memory: o.Examine,
		examiners: map[string]*Examiner{}}
	for _, folder := range []string{abs, d.InboxDir(), filepath.Join(abs, "cases")} {
		if err := durable.MkdirAll(folder, durable.DirMode); err != nil {
			return nil, fmt.Errorf("opening the desk: %w", err)
		}
	}
	if _, err := durable.Sweep(abs, leftoverAge); err != nil {
		return nil, fmt.Errorf("opening the desk: %w", err)
	}
	if d.Config, err = loadConfig(abs); err != nil {
		return nil, err
	}
	if d.vault, err = vault.Open(filepath.Join(abs, "vault")); err != nil {
		return nil, fmt.Errorf("opening the desk: %w", err)
	}
	if d.ledger, err = ledger.Open(ctx, filepath.Join(abs, "ledger.db")); err != nil {
		return nil, fmt.Errorf("opening the desk: %w", err)
	}
	d.taker = &intake.Taker{Vault: d.vault, Ledger: d.ledger, Now: d.now}
	return d, nil
}

func (d *Desk) step(name string) {
	if d.reached != nil {
		d.reached(name)
	}
}

// Close closes the desk.
func (d *Desk) Close() error { return d.ledger.Close() }

// Dir is the desk's folder, as an absolute path.
func (d *Desk) Dir() string { return d.dir }

// InboxDir is the folder that is watched.
func (d *Desk) InboxDir() string { return filepath.Join(d.dir, "inbox") }

// CaseDir is the folder of a case's report, documents and bundle.
func (d *Desk) CaseDir(caseName string) string { return filepath.Join(d.dir, "cases", caseName) }

// A NameError says that a name cannot be that of a case.
type NameError struct {
	Name string
	Why  checks.Text
}

func (e *NameError) Error() string { return fmt.Sprintf("%q cannot be the name of a case", e.Name) }

// Message says so in both languages.
func (e *NameError) Message() checks.Text {
	return checks.Textf("%q cannot be the name of a case", "%q 不能作为案件名", e.Name)
}

// Hint says why.
func (e *NameError) Hint() checks.Text { return e.Why }

// checkName refuses names that would not be one folder on every file system.
func checkName(name string) error {
	refuse := func(en, zh string) error { return &NameError{name, checks.Text{En: en, Zh: zh}} }
	switch {
	case strings.TrimSpace(name) == "":
		return refuse("a case needs a name", "案件需要名称")
	case name == pipeline.Unsorted:
		return refuse("that is the name of the tray for files of no case", "这是待分拣文件专用的名称")
	case strings.HasPrefix(name, "."):
		return refuse("a name may not begin with a dot", "名称不能以点开头")
	case strings.ContainsAny(name, `/\:*?"<>|`) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return refuse(`a name may not contain / \ : * ? " < > | or control characters`, `名称不能包含 / \ : * ? " < > | 或控制字符`)
	case strings.TrimSpace(name) != name || strings.HasSuffix(name, "."):
		return refuse("a name may not begin or end with a blank or end with a dot", "名称首尾不能是空格，也不能以点结尾")
	case len(name) > 200 || !utf8.ValidString(name):
		// 255 bytes is what file systems allow; some room is left for what is written beside it.
		return refuse("a name may have at most 200 bytes", "名称最长 200 字节")
	}
	return nil
}

// NewCase makes a case's folder in the inbox with an answers sheet to fill in, and returns the
// folder. Answers that are already there, in the folder or taken in, are left as they are.
func (d *Desk) NewCase(ctx context.Context, name string, path checks.Path) (string, error) {
	folder, _, err := d.newCase(ctx, name, path, profile.Template(path))
	return folder, err
}

// newCase makes a case with these answers and reports whether there were none before.
func (d *Desk) newCase(ctx context.Context, name string, path checks.Path, answers []byte) (folder string, made bool, err error) {
	if err := checkName(name); err != nil {
		return "", false, err
	}
	if !knownPath(path) {
		return "", false, &PathError{path}
	}
	folder = filepath.Join(d.InboxDir(), name)
	if err := durable.MkdirAll(folder, durable.DirMode); err != nil {
		return "", false, err
	}
	sheet := filepath.Join(folder, profile.AnswersFile)
	if _, err := os.Lstat(sheet); !errors.Is(err, fs.ErrNotExist) {
		return folder, false, err
	}
	switch _, err := d.ledger.Answers(ctx, name); {
	case err == nil:
		return folder, false, nil // they were taken in: an empty sheet would take their place
	case !errors.Is(err, ledger.ErrNotFound):
		return "", false, err
	}
	if err := durable.WriteFile(sheet, answers, durable.FileMode); err != nil {
		return "", false, err
	}
	return folder, true, d.ledger.SetPath(ctx, name, path)
}

// A PathError says that there is no such registration path.
type PathError struct{ Path checks.Path }

func (e *PathError) Error() string { return fmt.Sprintf("there is no registration path %q", e.Path) }

// Message says so in both languages.
func (e *PathError) Message() checks.Text {
	return checks.Textf("there is no registration path %q", "没有 %q 这种注册类型", string(e.Path))
}

// Hint names the paths there are.
func (e *PathError) Hint() checks.Text {
	return checks.Text{En: "use organization, individual or overseas", Zh: "请使用 organization、individual 或 overseas"}
}

// CaseNames lists the cases by name.
func (d *Desk) CaseNames(ctx context.Context) ([]string, error) {
	lines, err := d.ledger.Cases(ctx)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(lines))
	for i, l := range lines {
		names[i] = l.Name
	}
	return names, nil
}

// A NoCaseError says that the desk has no such case, or no report of it yet.
type NoCaseError struct {
	Name string
	Err  error
}

func (e *NoCaseError) Error() string { return fmt.Sprintf("there is no case %q on this desk", e.Name) }

// Message says so in both languages.
func (e *NoCaseError) Message() checks.Text {
	return checks.Textf("there is no case %q on this desk", "工作台上没有案件 %q", e.Name)
}

// Unwrap returns the ledger's error.
func (e *NoCaseError) Unwrap() error { return e.Err }

// Hint says how to go on.
func (e *NoCaseError) Hint() checks.Text {
	return checks.Text{En: "`dossier status` lists the cases; --desk says which desk", Zh: "`dossier status` 列出全部案件；--desk 指定工作台"}
}

// named turns the ledger's "not found" into one that names the case.
func named(caseName string, err error) error {
	if errors.Is(err, ledger.ErrNotFound) {
		return &NoCaseError{caseName, err}
	}
	return err
}

// examinerFor returns the examiner for a profile, each made once.
func (d *Desk) examinerFor(p *profile.Profile) (*Examiner, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := p.Digest()
	if e, ok := d.examiners[key]; ok {
		return e, nil
	}
	var e *Examiner
	var err error
	if d.first == nil {
		e, err = NewExaminer(d.checks, p, d.memory)
		d.first = e
	} else {
		e, err = d.first.under(p)
	}
	if err != nil {
		return nil, err
	}
	d.examiners[key] = e
	return e, nil
}

// FindProfile returns the profile of that name, or the one in the file of that name; what has
// a folder in it or ends in .yaml is a file.
func FindProfile(name string) (*profile.Profile, error) {
	if strings.ContainsAny(name, `/\`) || strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml") {
		return profile.Load(name)
	}
	return profile.Get(name)
}

// profileFor chooses a case's profile: what its answers ask for, else what the desk's settings
// give its path, else the path's latest.
func (d *Desk) profileFor(path checks.Path, asked string) (*profile.Profile, error) {
	if asked != "" {
		return profile.Get(asked) // a client's sheet may name a profile, never a file
	}
	if name := d.Config.Profiles[path]; name != "" {
		if strings.HasSuffix(name, ".yaml") && !filepath.IsAbs(name) {
			name = filepath.Join(d.dir, name)
		}
		return FindProfile(name)
	}
	p, ok := profile.ForPath(path)
	if !ok {
		return nil, &PathError{path}
	}
	return p, nil
}
