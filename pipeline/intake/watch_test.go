package intake

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"

	"dossier/pipeline"
)

// The suite runs in three worlds: with the system's notifications and no rescan to help, by
// polling, and with notifications that never say anything so that the rescan must find all.
func worlds(t *testing.T, test func(t *testing.T, d *desk, change func(*Options, *Taker))) {
	t.Parallel()
	t.Run("notified", func(t *testing.T) {
		t.Parallel()
		test(t, newDesk(t), func(*Options, *Taker) {})
	})
	t.Run("polled", func(t *testing.T) {
		t.Parallel()
		test(t, newDesk(t), func(o *Options, _ *Taker) { o.Poll = true })
	})
	t.Run("unnotified", func(t *testing.T) {
		t.Parallel()
		test(t, newDesk(t), func(o *Options, _ *Taker) {
			o.Rescan = 50 * time.Millisecond
			o.source = func() (eventSource, error) { return newSilence(), nil }
		})
	})
}

// A silence is a source of notifications that watches and says nothing unless the test does.
type silence struct {
	events chan fsnotify.Event
	errors chan error
}

func newSilence() *silence {
	return &silence{events: make(chan fsnotify.Event), errors: make(chan error)}
}

func (s *silence) Add(string) error              { return nil }
func (s *silence) Events() <-chan fsnotify.Event { return s.events }
func (s *silence) Errors() <-chan error          { return s.errors }
func (s *silence) Close() error                  { return nil }

func TestTakesInWhatLandsAndWhatLay(t *testing.T) {
	worlds(t, func(t *testing.T, d *desk, change func(*Options, *Taker)) {
		d.write("acme/before.jpg", "lay there at the start")
		d.write("loose.jpg", "in no case's folder")
		d.start(change)
		d.waitEmpty()
		d.write("acme/after.jpg", "landed later")
		d.write("acme/scans/id.jpg", "one folder down")
		d.waitEmpty()
		d.stop()
		wantDocuments(t, d.ledger, "acme", map[string]string{
			"before.jpg": "lay there at the start", "after.jpg": "landed later", "scans/id.jpg": "one folder down",
		})
		wantDocuments(t, d.ledger, pipeline.Unsorted, map[string]string{"loose.jpg": "in no case's folder"})
		if n := len(d.happened(EventTaken)); n != 4 {
			t.Errorf("%d events of files taken in, want 4: one a file", n)
		}
		if _, err := os.Stat(d.path("acme/scans")); err != nil {
			t.Error("the folders that people made must stay:", err)
		}
	})
}

// The case of the specification: 200 files at once, some of them still being written for a
// while, folders moved in whole, files replaced. Each is taken in whole and once.
func TestManyAtOnceSomeWrittenSlowly(t *testing.T) {
	worlds(t, func(t *testing.T, d *desk, change func(*Options, *Taker)) {
		outside := t.TempDir()
		for i := range 40 {
			write(t, filepath.Join(outside, "moved", fmt.Sprintf("deep/%d/m%d.jpg", i%4, i)), fmt.Sprintf("moved %d", i))
		}
		// A long window, so that a writer held up by a busy machine is not taken for finished.
		const window = 6 * testWindow
		d.start(func(o *Options, k *Taker) {
			change(o, k)
			o.Settle = window
		})
		want := map[string]map[string]string{"moved": {}}
		for i := range 40 {
			want["moved"][fmt.Sprintf("deep/%d/m%d.jpg", i%4, i)] = fmt.Sprintf("moved %d", i)
		}
		var writers sync.WaitGroup
		heldUp := 0 // writers that a busy machine kept from writing for so long that the file came to rest
		var counting sync.Mutex
		for i := range 200 {
			name, doc := fmt.Sprintf("case-%d", i%20), fmt.Sprintf("d%d.jpg", i)
			if want[name] == nil {
				want[name] = map[string]string{}
			}
			content := strings.Repeat(fmt.Sprintf("%d.", i), 200)
			want[name][doc] = content
			if i%10 != 0 {
				d.write(filepath.Join(name, doc), content)
				continue
			}
			// Slow: for longer than the window, each piece well within it after the one before.
			os.MkdirAll(d.path(name), 0o700)
			writers.Go(func() {
				f, err := os.Create(d.path(filepath.Join(name, doc)))
				if err != nil {
					t.Error(err)
					return
				}
				defer f.Close()
				last, longest := time.Now(), time.Duration(0)
				for piece := range 40 {
					from, to := piece*len(content)/40, (piece+1)*len(content)/40
					f.WriteString(content[from:to])
					longest, last = max(longest, time.Since(last)), time.Now()
					time.Sleep(window / 24)
				}
				if longest > window/2 {
					counting.Lock()
					heldUp++
					counting.Unlock()
				}
			})
		}
		if err := os.Rename(filepath.Join(outside, "moved"), d.path("moved")); err != nil {
			t.Fatal(err)
		}
		writers.Wait()
		d.waitEmpty()
		d.stop()
		for name, documents := range want {
			wantDocuments(t, d.ledger, name, documents)
		}
		n, same := d.ledger.count()
		if heldUp > 0 {
			t.Logf("%d writers were held up: their files may have been taken in as they rested, and again", heldUp)
			if n < 240 {
				t.Errorf("%d receipts, want at least 240", n)
			}
		} else if n != 240 || same != 0 {
			t.Errorf("%d receipts and %d repetitions, want 240 and none: each file once", n, same)
		}
	})
}

func TestReplacedFileIsTakenInAgain(t *testing.T) {
	worlds(t, func(t *testing.T, d *desk, change func(*Options, *Taker)) {
		d.start(change)
		d.write("acme/id.jpg", "blurred")
		d.waitEmpty()
		d.write("acme/id.jpg", "sharp")
		d.waitEmpty()
		d.stop()
		wantDocuments(t, d.ledger, "acme", map[string]string{"id.jpg": "sharp"})
		taken := d.happened(EventTaken)
		if len(taken) != 2 || taken[1].Standings[0] != pipeline.StandingReplaced {
			t.Errorf("events %v, want a new document and then its replacement", taken)
		}
	})
}

func TestDeepChainsMadeAtOnce(t *testing.T) {
	worlds(t, func(t *testing.T, d *desk, change func(*Options, *Taker)) {
		d.start(change)
		want := map[string]string{}
		for i := range 8 {
			rel := fmt.Sprintf("%d/b/c/d/e/f/g/h/i/j", i)
			d.write("chain/"+rel+"/x.jpg", rel)
			d.write(fmt.Sprintf("chain/%d/b/top.jpg", i), rel)
			want[rel+"/x.jpg"] = rel
			want[fmt.Sprintf("%d/b/top.jpg", i)] = rel
		}
		d.waitEmpty()
		d.stop()
		wantDocuments(t, d.ledger, "chain", want)
	})
}

func TestNamesOfEveryKind(t *testing.T) {
	worlds(t, func(t *testing.T, d *desk, change func(*Options, *Taker)) {
		names := []string{
			"营业执照 副本.jpg", "🪪📷.png", strings.Repeat("长", 83) + "a.jpg" /* 254 bytes */, strings.Repeat("x", 255),
			"two\nlines.jpg", "tab\t.jpg", " leading and trailing ", "-rf", "quote'\"`$(x).jpg", "%2e%2e", "back\\slash.jpg", "no-extension",
			"stray \xb9\xab\xcb\xbe.jpg", "\xff", "a:b*c?.jpg", "...", "..jpg.jpg"[2:],
		}
		want := map[string]string{}
		d.start(change)
		for i, name := range names {
			if name == "..." {
				continue // hidden; see the rules
			}
			d.write("名字 \n🪪/"+name, fmt.Sprint(i))
			want[printable(name)] = fmt.Sprint(i)
		}
		d.waitEmpty()
		d.stop()
		wantDocuments(t, d.ledger, "名字 \n🪪", want)
	})
}

func TestLeftAloneWithAReason(t *testing.T) {
	worlds(t, func(t *testing.T, d *desk, change func(*Options, *Taker)) {
		secret := filepath.Join(t.TempDir(), "secret.jpg")
		write(t, secret, "not for the desk")
		os.MkdirAll(d.path("acme"), 0o700)
		d.start(change)
		want := map[string]pipeline.IgnoreReason{}
		plain := func(rel string, reason pipeline.IgnoreReason) {
			d.write(rel, "x")
			want[rel] = reason
		}
		plain("acme/.hidden.jpg", pipeline.IgnoreHidden)
		plain("acme/photo.jpg.crdownload", pipeline.IgnoreTemporary)
		plain("acme/~$form.docx", pipeline.IgnoreTemporary)
		plain("acme/Thumbs.db", pipeline.IgnoreSystem)
		plain("acme/._id.jpg", pipeline.IgnoreSystem)
		plain("answers.yaml", pipeline.IgnoreMisplaced)
		d.write("acme/__MACOSX/._x.jpg", "x")
		want["acme/__MACOSX"] = pipeline.IgnoreSystem
		d.write(".git/config", "x")
		want[".git"] = pipeline.IgnoreHidden
		if err := os.Symlink(secret, d.path("acme/link.jpg")); err != nil {
			t.Skip("no links here:", err)
		}
		want["acme/link.jpg"] = pipeline.IgnoreSymlink
		os.Symlink(filepath.Dir(secret), d.path("folderlink"))
		want["folderlink"] = pipeline.IgnoreSymlink
		if makeFifo(d.path("acme/pipe.jpg")) == nil {
			want["acme/pipe.jpg"] = pipeline.IgnoreDevice
		}
		for rel, reason := range want {
			d.wait(fmt.Sprintf("%s is ignored as %q", rel, reason), func() bool { return d.ledger.reason(d.path(rel)) == reason })
		}
		d.write("acme/real.jpg", "taken")
		d.wait("the real file is taken in", func() bool { return len(d.ledger.documents("acme")) > 0 })
		// What goes away is no longer spoken of.
		os.Remove(d.path("acme/Thumbs.db"))
		os.RemoveAll(d.path(".git"))
		for _, rel := range []string{"acme/Thumbs.db", ".git"} {
			d.wait(rel+" is forgotten", func() bool { return d.ledger.reason(d.path(rel)) == "" })
		}
		d.stop()
		wantDocuments(t, d.ledger, "acme", map[string]string{"real.jpg": "taken"})
		wantDocuments(t, d.ledger, pipeline.Unsorted, nil)
		for rel := range want {
			if rel == "acme/Thumbs.db" || rel == ".git" {
				continue
			}
			if _, err := os.Lstat(d.path(rel)); err != nil {
				t.Errorf("what is left alone must stay: %v", err)
			}
		}
		if n := len(d.happened(EventIgnored)); n != len(want) {
			t.Errorf("%d events of entries left alone, want %d: said once each", n, len(want))
		}
	})
}

// A download keeps a temporary name and then takes its own, which is a rename and no write.
func TestDownloadThatIsRenamed(t *testing.T) {
	worlds(t, func(t *testing.T, d *desk, change func(*Options, *Taker)) {
		d.start(change)
		d.write("acme/id.jpg.part", "whole")
		d.wait("the download is left alone", func() bool { return d.ledger.reason(d.path("acme/id.jpg.part")) == pipeline.IgnoreTemporary })
		if err := os.Rename(d.path("acme/id.jpg.part"), d.path("acme/id.jpg")); err != nil {
			t.Fatal(err)
		}
		d.waitEmpty()
		d.wait("the download is forgotten", func() bool { return d.ledger.reason(d.path("acme/id.jpg.part")) == "" })
		d.stop()
		wantDocuments(t, d.ledger, "acme", map[string]string{"id.jpg": "whole"})
	})
}

// Firefox makes the empty file first and writes the real one beside it, as id.jpg.part.
func TestEmptyFileWaitsForItsDownload(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.write("acme/id.jpg.part", "half")
	d.write("acme/id.jpg", "")
	d.start(func(o *Options, _ *Taker) { o.Settle = 10 * time.Millisecond })
	d.write("acme/other.jpg", "")
	d.wait("an empty file without a download is taken in", func() bool {
		_, ok := d.ledger.documents("acme")["other.jpg"]
		return ok
	})
	if _, ok := d.ledger.documents("acme")["id.jpg"]; ok {
		t.Error("the empty file that holds the name of a running download was taken in")
	}
	if err := os.Rename(d.path("acme/id.jpg.part"), d.path("acme/id.jpg")); err != nil {
		t.Fatal(err)
	}
	d.waitEmpty()
	d.stop()
	wantDocuments(t, d.ledger, "acme", map[string]string{"id.jpg": "half", "other.jpg": ""})
}

func TestAnswersStayAndAreRecorded(t *testing.T) {
	worlds(t, func(t *testing.T, d *desk, change func(*Options, *Taker)) {
		d.start(change)
		d.write("acme/answers.yaml", "path: organization\n")
		d.wait("the answers are recorded", func() bool { return len(d.happened(EventAnswers)) == 1 })
		d.write("acme/answers.yaml", "path: individual\n")
		d.wait("the changed answers are recorded", func() bool { return len(d.happened(EventAnswers)) == 2 })
		d.write("acme/sub/answers.yaml", "an ordinary file here")
		d.wait("an attachment of that name is a document", func() bool { return len(d.ledger.documents("acme")) == 1 })
		d.stop()
		if got := string(d.ledger.answers["acme"]); got != "path: individual\n" {
			t.Errorf("recorded %q", got)
		}
		if d.ledger.recorded != 2 {
			t.Errorf("recorded %d times, want 2", d.ledger.recorded)
		}
		if left := files(t, d.inbox); left["acme/answers.yaml"] != "path: individual\n" || len(left) != 1 {
			t.Errorf("in the inbox lies %v, want the answers alone", left)
		}
	})
}

func TestAnswersTooLargeOrTwice(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.write("big/answers.yaml", strings.Repeat("#", MaxAnswers+1))
	d.write("two/answers.yaml", "a: 1\n")
	d.write("two/answers.yml", "a: 2\n")
	d.write("one/Answers.YML", "a: 3\n")
	d.start(nil)
	d.wait("the large one is refused", func() bool { return d.ledger.reason(d.path("big/answers.yaml")) == pipeline.IgnoreTooLarge })
	d.wait("the second is misplaced", func() bool { return d.ledger.reason(d.path("two/answers.yml")) == pipeline.IgnoreMisplaced })
	d.wait("the others are recorded", func() bool { return len(d.happened(EventAnswers)) == 2 })
	d.stop()
	if string(d.ledger.answers["two"]) != "a: 1\n" || string(d.ledger.answers["one"]) != "a: 3\n" || d.ledger.answers["big"] != nil {
		t.Errorf("recorded %q", d.ledger.answers)
	}
}

func TestFileStaysWhenTheLedgerFails(t *testing.T) {
	worlds(t, func(t *testing.T, d *desk, change func(*Options, *Taker)) {
		var mu sync.Mutex
		tries := 0
		d.ledger.fail = func(op, path string) error {
			mu.Lock()
			defer mu.Unlock()
			if op == "take in" && strings.HasSuffix(path, "bad.jpg") {
				if tries++; tries < 3 {
					if _, err := os.Lstat(path); err != nil {
						t.Error("the file left although the ledger failed:", err)
					}
					return errBoom
				}
			}
			return nil
		}
		d.start(change)
		d.write("acme/bad.jpg", "bad")
		d.write("acme/good.jpg", "good")
		d.waitEmpty()
		d.stop()
		wantDocuments(t, d.ledger, "acme", map[string]string{"bad.jpg": "bad", "good.jpg": "good"})
		if n := len(d.happened(EventTrouble)); n != 2 {
			t.Errorf("%d events of trouble, want 2", n)
		}
	})
}

func TestFullVaultStopsNothingElse(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.vault.failing = errBoom
	d.start(nil)
	d.write("acme/id.jpg", "x")
	d.write("acme/answers.yaml", "a: 1\n")
	d.wait("trouble is told", func() bool { return len(d.happened(EventTrouble)) > 0 })
	d.wait("answers are recorded all the same", func() bool { return len(d.happened(EventAnswers)) == 1 })
	d.vault.mu.Lock()
	d.vault.failing = nil
	d.vault.mu.Unlock()
	d.wait("the file is taken in when there is room", func() bool { return len(files(t, d.inbox)) == 1 })
	d.stop()
	wantDocuments(t, d.ledger, "acme", map[string]string{"id.jpg": "x"})
}

func TestNotesAreTriedAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var mu sync.Mutex
	failed := false
	d.ledger.fail = func(op, _ string) error {
		mu.Lock()
		defer mu.Unlock()
		if op == "ignore" && !failed {
			failed = true
			return errBoom
		}
		return nil
	}
	d.write("acme/.hidden", "x")
	d.start(nil)
	d.wait("the reason is in the ledger at last", func() bool { return d.ledger.reason(d.path("acme/.hidden")) == pipeline.IgnoreHidden })
}

func TestUnreadableFileIsReportedAndTriedAgain(t *testing.T) {
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("nothing is unreadable to this user")
	}
	t.Parallel()
	d := newDesk(t)
	d.write("acme/id.jpg", "x")
	os.Chmod(d.path("acme/id.jpg"), 0)
	d.start(nil)
	d.wait("it is reported", func() bool { return d.ledger.reason(d.path("acme/id.jpg")) == pipeline.IgnoreUnreadable })
	os.Chmod(d.path("acme/id.jpg"), 0o600)
	d.waitEmpty()
	d.wait("it is forgotten", func() bool { return d.ledger.reason(d.path("acme/id.jpg")) == "" })
}

func TestNeverRestingFileIsReportedAndStillWatched(t *testing.T) {
	worlds(t, func(t *testing.T, d *desk, change func(*Options, *Taker)) {
		d.start(func(o *Options, k *Taker) {
			change(o, k)
			o.Patience = 2 * testWindow
		})
		f, err := os.Create(d.path("restless.jpg"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		d.wait("it is reported as still changing", func() bool {
			f.WriteString("more")
			return d.ledger.reason(d.path("restless.jpg")) == pipeline.IgnoreUnsettled
		})
		d.waitEmpty()
		d.wait("that is taken back", func() bool { return d.ledger.reason(d.path("restless.jpg")) == "" })
	})
}

func TestKeepLeavesFilesAndTakesThemOnce(t *testing.T) {
	worlds(t, func(t *testing.T, d *desk, change func(*Options, *Taker)) {
		keep := func(o *Options, k *Taker) {
			change(o, k)
			o.Keep = true
			o.Rescan = 20 * time.Millisecond
		}
		d.write("acme/id.jpg", "first")
		d.start(keep)
		d.wait("it is taken in", func() bool { return len(d.happened(EventTaken)) == 1 })
		d.stop()
		puts := d.vault.puts
		// A restart recognises it; a sentinel taken in afterwards shows that it had its turn.
		d.start(keep)
		d.write("acme/sentinel.jpg", "s")
		d.wait("the sentinel is taken in", func() bool { return len(d.happened(EventTaken)) == 2 })
		if d.vault.puts != puts+1 {
			t.Errorf("%d files read after the restart, want the sentinel alone", d.vault.puts-puts)
		}
		d.write("acme/id.jpg", "second version")
		d.wait("the new version is taken in", func() bool { return len(d.happened(EventTaken)) == 3 })
		d.stop()
		if got := files(t, d.inbox); got["acme/id.jpg"] != "second version" || len(got) != 2 {
			t.Errorf("the inbox holds %v, want both files untouched", got)
		}
		wantDocuments(t, d.ledger, "acme", map[string]string{"id.jpg": "second version", "sentinel.jpg": "s"})
	})
}

func TestInboxGoesAndComesBack(t *testing.T) {
	worlds(t, func(t *testing.T, d *desk, change func(*Options, *Taker)) {
		d.write("acme/.hidden", "x")
		d.start(change)
		d.wait("it watches", func() bool { return d.ledger.reason(d.path("acme/.hidden")) != "" })
		if err := os.Rename(d.inbox, d.inbox+"-away"); err != nil {
			t.Fatal(err)
		}
		d.wait("its absence is told", func() bool { return len(d.happened(EventTrouble)) > 0 })
		if err := os.Mkdir(d.inbox, 0o700); err != nil {
			t.Fatal(err)
		}
		d.write("acme/id.jpg", "after the return")
		d.waitEmpty()
		d.write("other/id.jpg", "and watched again")
		d.waitEmpty()
		d.stop()
		wantDocuments(t, d.ledger, "acme", map[string]string{"id.jpg": "after the return"})
		wantDocuments(t, d.ledger, "other", map[string]string{"id.jpg": "and watched again"})
	})
}

func TestOverflowLeadsToARescan(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	quiet := newSilence()
	d.start(func(o *Options, _ *Taker) { o.source = func() (eventSource, error) { return quiet, nil } })
	d.wait("the first look is over", func() bool { // an event the watcher has received shows that it is in its loop
		quiet.events <- fsnotify.Event{Name: d.inbox}
		return true
	})
	d.write("acme/id.jpg", "nobody said so")
	quiet.errors <- fsnotify.ErrEventOverflow
	d.waitEmpty()
	wantDocuments(t, d.ledger, "acme", map[string]string{"id.jpg": "nobody said so"})
}

func TestWithoutNotificationsItPolls(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.start(func(o *Options, _ *Taker) { o.source = func() (eventSource, error) { return nil, errBoom } })
	d.wait("that is told", func() bool { return len(d.happened(EventTrouble)) == 1 })
	d.write("acme/id.jpg", "x")
	d.waitEmpty()
}

func TestTooLargeAndTooDeep(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	deep := strings.Repeat("d/", MaxDepth+1) + "x.jpg"
	d.write(deep, "x")
	d.write("acme/film.mov", "0123456789")
	d.write("acme/id.jpg", "012345678")
	d.start(func(_ *Options, k *Taker) { k.MaxFile = 9 })
	d.wait("the film is refused", func() bool { return d.ledger.reason(d.path("acme/film.mov")) == pipeline.IgnoreTooLarge })
	d.wait("the chain is refused", func() bool {
		return d.ledger.reason(d.path(strings.TrimSuffix(deep, "/d/x.jpg")+"/d")) == pipeline.IgnoreTooDeep ||
			d.ledger.reason(filepath.Dir(d.path(deep))) == pipeline.IgnoreTooDeep
	})
	d.wait("the file of just the limit is taken in", func() bool { return len(d.ledger.documents("acme")) == 1 })
	d.write("acme/film.mov", "short")
	d.wait("a shorter one is taken in", func() bool { return len(d.ledger.documents("acme")) == 2 })
	d.wait("the refusal is forgotten", func() bool { return d.ledger.reason(d.path("acme/film.mov")) == "" })
}

func TestWatcherRefusesToStartWithout(t *testing.T) {
	v := newMemoryVault()
	for name, try := range map[string]func() error{
		"a vault": func() error {
			_, err := NewWatcher(&Taker{Ledger: newMemoryLedger(v)}, Options{Inbox: "x"})
			return err
		},
		"a ledger": func() error { _, err := NewWatcher(&Taker{Vault: v}, Options{Inbox: "x"}); return err },
		"an inbox": func() error {
			_, err := NewWatcher(&Taker{Vault: v, Ledger: newMemoryLedger(v)}, Options{})
			return err
		},
	} {
		if try() == nil {
			t.Errorf("a watcher without %s was made", name)
		}
	}
}
