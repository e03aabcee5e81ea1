package desk

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/goccy/go-yaml"

	"dossier/checks"
	"dossier/checks/deadline"
	"dossier/pipeline/durable"
)

// Config is dossier.yaml, the desk's settings. Every key has a default; a key that does not
// exist is an error, for a misspelt setting must not be silently without effect.
type Config struct {
	Settle   time.Duration          `yaml:"settle"`   // a file must rest this long before it is taken in
	Rescan   time.Duration          `yaml:"rescan"`   // the inbox is walked this often, whatever the watcher says
	Polling  bool                   `yaml:"polling"`  // walk only, for network drives that announce nothing
	Keep     bool                   `yaml:"keep"`     // leave files in the inbox after taking them in
	Path     checks.Path            `yaml:"path"`     // of cases whose answers.yaml does not say
	Profiles map[checks.Path]string `yaml:"profiles"` // the profile of each path: a name, or a file below the desk
	Language string                 `yaml:"language"` // the reports open in: en or zh
	// Days announced since this program was made: weekdays off, and weekends that are worked.
	Holidays Holidays `yaml:"holidays"`
}

// Holidays are China's public holidays as the desk has them beyond those the program knows, each day
// written as 2027-01-01.
type Holidays struct {
	Off  []string `yaml:"off"`
	Work []string `yaml:"work"`
}

func (c Config) calendar() deadline.Calendar {
	return deadline.Calendar{Off: c.Holidays.Off, Work: c.Holidays.Work}
}

// DefaultConfig is the configuration of a new desk.
func DefaultConfig() Config {
	return Config{
		Settle:   2 * time.Second,
		Rescan:   30 * time.Second,
		Path:     checks.Organization,
		Profiles: map[checks.Path]string{},
		Language: "zh",
	}
}

const configName = "dossier.yaml"

// maxConfig is how long the settings may be, in bytes: thirty times the file of defaults.
const maxConfig = 64 << 10

const defaultConfigText = `# Settings of this desk. 本工作台的设置。
# Lines behind "#" are explanations; take the "#" away in front of a setting to change it.
# “#” 开头的行是说明；要修改某项设置，请去掉该行开头的 “#”。

# A file must rest this long before it is taken in. 文件静止多久后才收取。
#settle: 2s

# The inbox is walked this often, whatever the watcher says. 定期重新扫描收件夹的间隔。
#rescan: 30s

# true for network drives, which announce no changes. 收件夹在网络盘上时设为 true。
#polling: false

# true leaves files in the inbox after they were taken in. 设为 true 则收取后保留原文件。
#keep: false

# The registration path of cases without an answers.yaml. 没有 answers.yaml 时的注册类型。
#path: organization

# Your own profiles, by path: a name or a file in this folder. 自定义规则，可填名称或本文件夹内的文件。
#profiles:
#  organization: profiles/ours.yaml

# The language reports open in: en or zh. 报告默认语言。
#language: zh

# Public holidays announced since this version was made. 本版本发布之后公布的节假日安排。
#holidays:
#  off: [2028-01-03]    # weekdays off 放假的工作日
#  work: [2028-01-08]   # Saturdays and Sundays worked 调休上班的周末
`

// loadConfig reads the desk's settings, writing a commented file of defaults first if there is
// none.
func loadConfig(dir string) (Config, error) {
	c := DefaultConfig()
	path := filepath.Join(dir, configName)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := durable.WriteFile(path, []byte(defaultConfigText), 0o600); err != nil {
			return c, err
		}
		return c, nil
	}
	if err != nil {
		return c, err
	}
	if len(data) > maxConfig {
		return c, &ConfigError{Path: path, Err: fmt.Errorf("the file has more than %d bytes", maxConfig)}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // Windows' own editor puts it there
	// A file of comments only is read as null, and null would set everything to zero.
	var anything any
	if err := yaml.Unmarshal(data, &anything); err != nil {
		return c, &ConfigError{Path: path, Err: err}
	}
	if anything != nil {
		if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&c); err != nil {
			return c, &ConfigError{Path: path, Err: err}
		}
	}
	return c, c.validate(path)
}

func (c Config) validate(path string) error {
	wrong := func(format string, args ...any) error {
		return &ConfigError{Path: path, Err: fmt.Errorf(format, args...)}
	}
	// Below 100 ms a file that is written in pieces looks at rest between two of them.
	if c.Settle < 100*time.Millisecond || c.Settle > 10*time.Minute {
		return wrong("settle is %s, wanted between 100ms and 10m", c.Settle)
	}
	if c.Rescan < time.Second || c.Rescan > 24*time.Hour {
		return wrong("rescan is %s, wanted between 1s and 24h", c.Rescan)
	}
	if !knownPath(c.Path) {
		return wrong("path is %q, wanted organization, individual or overseas", c.Path)
	}
	for p := range c.Profiles {
		if !knownPath(p) {
			return wrong("profiles has the path %q, wanted organization, individual or overseas", p)
		}
	}
	for _, day := range append(append([]string{}, c.Holidays.Off...), c.Holidays.Work...) {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return wrong("holidays has %q, wanted a day such as 2028-01-03", day)
		}
	}
	if c.Language != "en" && c.Language != "zh" {
		return wrong("language is %q, wanted en or zh", c.Language)
	}
	return nil
}

func knownPath(p checks.Path) bool {
	for _, known := range checks.Paths() {
		if p == known {
			return true
		}
	}
	return false
}

// A ConfigError says what is wrong with dossier.yaml, with the line where it can be known.
type ConfigError struct {
	Path string
	Err  error
}

func (e *ConfigError) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap returns the error beneath.
func (e *ConfigError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *ConfigError) Hint() checks.Text {
	return checks.Text{
		En: "correct the line, or delete the file: it is made anew with every setting explained",
		Zh: "请更正该行，或删除此文件：程序会重新生成带说明的默认设置",
	}
}
