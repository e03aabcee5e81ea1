package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"dossier/checks/picture/reading"
)

// The scripts in testdata/script run the whole program but for the process around it, each in a
// folder of its own. Beside testscript's own commands they have:
//
//	dossier ARG...        runs dossier, which must end with 0; "< FILE" first gives it an input
//	code N ARG...         runs dossier, which must end with exit code N
//	interrupt N ARG...    runs dossier and interrupts it after N lines of results
//	watch, unwatch        starts and stops `dossier watch`
//	told REGEXP           waits until the watch has said so
//	client SAMPLE DIR     copies a case of the fixtures to DIR
//	picture KIND FILE     writes a picture: see pictures_test.go
//	oddly NAME FILE DIR   copies FILE into DIR under a name a script cannot spell
//	tree DIR FILE         lists DIR with the digest and time of everything in it
//	flip FILE OFFSET      flips one bit
//	damage DIR            changes a byte in the first file below DIR
//	nothing-of TEXT DIR   looks for TEXT in the names and bytes of everything in DIR
//
// The condition [models] says that the program can read, [!models] that it was built without (nomodels).
func TestScripts(t *testing.T) {
	defer os.Chdir(sourceDir)
	testscript.RunT(inTurn{t}, testscript.Params{
		Dir:                 filepath.Join(sourceDir, "testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			for _, v := range os.Environ() { // what the person running the tests has set must not matter
				if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "DOSSIER_") || strings.HasPrefix(name, "LC_") || name == "LANG" {
					env.Setenv(name, "")
				}
			}
			env.Setenv("LANG", "en_US.UTF-8")
			s := &session{}
			env.Values[sessionKey{}] = s
			env.Defer(func() { s.stop() })
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond != "models" {
				return false, fmt.Errorf("no condition %q", cond)
			}
			_, err := reading.Unreadable("")
			return err == nil, nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"dossier":    cmdDossier,
			"code":       cmdCode,
			"interrupt":  cmdInterrupt,
			"watch":      cmdWatch,
			"unwatch":    cmdUnwatch,
			"told":       cmdTold,
			"client":     cmdClient,
			"picture":    cmdPicture,
			"oddly":      cmdOddly,
			"tree":       cmdTree,
			"flip":       cmdFlip,
			"damage":     cmdDamage,
			"nothing-of": cmdNothingOf,
		},
	})
}

// sourceDir is the folder of this package, where tests are started.
var sourceDir = func() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	return dir
}()

// inTurn runs scripts one after the other: each works in a current folder of its own, of which
// a process has but one.
type inTurn struct{ *testing.T }

func (t inTurn) Parallel()     {}
func (t inTurn) Verbose() bool { return testing.Verbose() }
func (t inTurn) Run(name string, f func(testscript.T)) {
	t.T.Run(name, func(t *testing.T) { f(inTurn{t}) })
}

type sessionKey struct{}

// A session is the watch of a script.
type session struct {
	cancel context.CancelFunc
	ended  chan int
	said   lockedBuffer
	seen   int // bytes of said that `told` has passed
}

func (s *session) stop() int {
	if s.cancel == nil {
		return 0
	}
	s.cancel()
	s.cancel = nil
	return <-s.ended
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func dossier(ts *testscript.TestScript, ctx context.Context, s streams, args []string) int {
	ts.Check(os.Chdir(ts.MkAbs(".")))
	if len(args) > 1 && args[0] == "<" {
		s.in = strings.NewReader(ts.ReadFile(args[1]))
		args = args[2:]
	}
	return run(ctx, args, s, ts.Getenv)
}

func cmdDossier(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("say which exit code: code N ...")
	}
	expect(ts, exitPass, args)
}

func cmdCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: code N ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	expect(ts, want, args[1:])
}

func expect(ts *testscript.TestScript, want int, args []string) {
	got := dossier(ts, context.Background(), streams{in: strings.NewReader(""), out: ts.Stdout(), err: ts.Stderr()}, args)
	if got != want {
		ts.Fatalf("dossier ended with %d, want %d", got, want)
	}
}

// cmdInterrupt does what Ctrl-C does: the context of the program is cancelled.
func cmdInterrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: interrupt N ARG...")
	}
	lines, err := strconv.Atoi(args[0])
	ts.Check(err)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out := &linesThen{w: ts.Stdout(), left: lines, then: cancel}
	if got := dossier(ts, ctx, streams{in: strings.NewReader(""), out: out, err: ts.Stderr()}, args[1:]); got != exitPartial {
		ts.Fatalf("dossier ended with %d, want %d", got, exitPartial)
	}
}

type linesThen struct {
	w    io.Writer
	left int
	then func()
}

func (l *linesThen) Write(p []byte) (int, error) {
	if l.left -= bytes.Count(p, []byte("\n")); l.left <= 0 {
		l.then()
	}
	return l.w.Write(p)
}

func cmdWatch(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(sessionKey{}).(*session)
	if s.cancel != nil {
		ts.Fatalf("there is a watch already")
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel, s.ended = cancel, make(chan int, 1)
	ts.Check(os.Chdir(ts.MkAbs(".")))
	go func() {
		s.ended <- run(ctx, append([]string{"watch"}, args...), streams{in: strings.NewReader(""), out: &s.said, err: &s.said}, ts.Getenv)
	}()
	told(ts, s, "watching|正在监视")
}

func cmdUnwatch(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(sessionKey{}).(*session)
	if code := s.stop(); code != exitPass {
		ts.Fatalf("the watch ended with %d:\n%s", code, s.said.String())
	}
	ts.Logf("the watch said:\n%s", s.said.String())
}

func cmdTold(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: told REGEXP")
	}
	told(ts, ts.Value(sessionKey{}).(*session), args[0])
}

// told waits; the limit is for a watch that hangs, not a measurement.
func told(ts *testscript.TestScript, s *session, pattern string) {
	re := regexp.MustCompile("(?m)" + pattern)
	for begin := time.Now(); time.Since(begin) < time.Minute; time.Sleep(10 * time.Millisecond) {
		text := s.said.String()
		if at := re.FindStringIndex(text[s.seen:]); at != nil {
			s.seen += at[1]
			return
		}
		select {
		case code := <-s.ended:
			s.ended <- code
			ts.Fatalf("the watch ended with %d:\n%s", code, s.said.String())
		default:
		}
	}
	ts.Fatalf("the watch has not said %q, but:\n%s", pattern, s.said.String())
}

func cmdOddly(ts *testscript.TestScript, neg bool, args []string) {
	names := map[string]string{
		"newline": "two\nlines 营业执照.jpg",
		"emoji":   "🙂 licence.jpg",
		"longest": strings.Repeat("照", 83) + "ab.jpg", // 255 bytes
		"latin1":  "caf\xe9.jpg",
		"turned":  "\u202egpj.exe",
	}
	if neg || len(args) != 3 || names[args[0]] == "" {
		ts.Fatalf("usage: oddly NAME FILE DIR")
	}
	data := ts.ReadFile(args[1])
	ts.Check(os.MkdirAll(ts.MkAbs(args[2]), 0o755))
	ts.Check(os.WriteFile(filepath.Join(ts.MkAbs(args[2]), names[args[0]]), []byte(data), 0o644))
}

func cmdTree(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: tree DIR FILE")
	}
	var lines []string
	root := ts.MkAbs(args[0])
	ts.Check(filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		line := fmt.Sprintf("%q %v %d", path, info.Mode(), info.ModTime().UnixNano())
		if info.Mode().IsRegular() {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			line += fmt.Sprintf(" %x", sha256.Sum256(data))
		}
		lines = append(lines, line)
		return nil
	}))
	sort.Strings(lines)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.Join(lines, "\n")+"\n"), 0o644))
}

func cmdFlip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: flip FILE OFFSET|TEXT")
	}
	data := []byte(ts.ReadFile(args[0]))
	at, err := strconv.Atoi(args[1])
	if err != nil {
		at = bytes.Index(data, []byte(args[1]))
	}
	if at < 0 || at >= len(data) {
		ts.Fatalf("%s has no byte %s", args[0], args[1])
	}
	data[at] ^= 0x10
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o644))
}

func cmdDamage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: damage DIR")
	}
	done := false
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, e fs.DirEntry, err error) error {
		if err != nil || done || !e.Type().IsRegular() {
			return err
		}
		done = true
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		data[len(data)/2] ^= 1
		if err := os.Chmod(path, 0o600); err != nil {
			return err
		}
		return os.WriteFile(path, data, 0o600)
	}))
	if !done {
		ts.Fatalf("%s holds no file", args[0])
	}
}

func cmdNothingOf(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: nothing-of TEXT DIR")
	}
	ts.Check(filepath.WalkDir(ts.MkAbs(args[1]), func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if strings.Contains(e.Name(), args[0]) {
			ts.Fatalf("%s is still there", path)
		}
		if !e.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(args[0])) {
			ts.Fatalf("%s still holds %q", path, args[0])
		}
		return err
	}))
}
