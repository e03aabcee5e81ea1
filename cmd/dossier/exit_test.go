package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dossier/checks"
	"dossier/pipeline"
	"dossier/pipeline/desk"
	"dossier/pipeline/report"
)

// The exit codes are a contract with the scripts that call dossier. The numbers stand here a
// second time on purpose.
func TestExitCodes(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name string, data []byte) string {
		if err := os.MkdirAll(filepath.Dir(at(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at(name), data, 0o644); err != nil {
			t.Fatal(err)
		}
		return at(name)
	}
	good := write("good.jpg", pictures["jpeg"]())
	better := write("trailing.jpg", pictures["trailing"]())
	bad := write("bad.jpg", pictures["truncated"]())
	write("clients/a/IMG_1.jpg", pictures["jpeg"]())
	desk := "--desk=" + at("desk")

	for _, c := range []struct {
		want int
		args []string
		why  string
	}{
		{0, []string{"check", good}, "all pass"},
		{1, []string{"check", better}, "something needs review"},
		{1, []string{"check", good, bad}, "something fails"},
		{4, []string{"check", bad, at("none.jpg")}, "done in part, though what was read fails"},
		{3, []string{"check", at("none.jpg")}, "nothing could be read"},
		{2, []string{"check", "--kind", "passport", good}, "wrong usage"},
		{2, []string{"check"}, "wrong usage"},
		{1, []string{"batch", at("clients"), desk}, "a case fails"},
		{4, []string{"batch", at("clients"), at("none"), desk}, "one folder could not be read"},
		{3, []string{"batch", at("none"), desk}, "no folder could be read"},
		{0, []string{"status", desk}, "looking is no judgement"},
		{1, []string{"status", "a", desk}, "the case fails"},
		{3, []string{"status", "b", desk}, "there is no such case"},
		{1, []string{"examine", "a", desk}, "the case fails"},
		{1, []string{"bundle", "a", desk}, "the case is not ready"},
		{3, []string{"bundle", "b", desk}, "there is no such case"},
		{2, []string{"bundle", "a", "--accept", "casefile/complete", desk}, "a decision without its reason"},
		{1, []string{"verify", good}, "it is no bundle"},
		{3, []string{"verify", at("none.zip")}, "it cannot be read"},
		{0, []string{"explain", "format/size"}, ""},
		{2, []string{"explain", "format/sise"}, ""},
		{0, []string{"profiles"}, ""},
		{3, []string{"profiles", at("none.yaml")}, ""},
		{0, []string{"doctor", desk}, "all is well"},
		{0, []string{"purge", "a", "--yes", desk}, ""},
		{3, []string{"purge", "a", "--yes", desk}, "it is gone"},
		{0, []string{"--version"}, ""},
		{0, []string{"--help"}, ""},
		{2, []string{"chekc"}, ""},
	} {
		var out, err bytes.Buffer
		if got := run(context.Background(), c.args, streams{in: strings.NewReader(""), out: &out, err: &err}, func(string) string { return "" }); got != c.want {
			t.Errorf("dossier %s: exit code %d, want %d (%s)\n%s%s", strings.Join(c.args, " "), got, c.want, c.why, out.String(), err.String())
		}
	}
}

// Whatever the error, it ends in what, what to do, and the right code, in both languages.
func TestErrorsSayWhatToDo(t *testing.T) {
	for _, c := range []struct {
		err          error
		code         int
		en, zh       string
		hint, hintZh string
	}{
		{&desk.NoCaseError{Name: "a"}, 3, `there is no case "a"`, "没有案件", "dossier status", "dossier status"},
		{&desk.NameError{Name: ".", Why: checks.Text{En: "why", Zh: "原因"}}, 3, "cannot be the name", "不能作为案件名", "why", "原因"},
		{&desk.PathError{Path: "x"}, 3, "no registration path", "注册类型", "organization", "organization"},
		{&desk.NoDocumentError{Case: "a", Name: "b"}, 3, `no file "b" in "a"`, `"a" 中没有文件 "b"`, "status", "status"},
		{&desk.NothingToAcceptError{Check: "a/b", Case: "c", Failed: true}, 3, "waits for a decision", "等待决定", "mended", "改正"},
		{&desk.BusyError{Desk: "/d"}, 3, "already watches /d", "正在监视", "stop it first", "停止"},
		{fmt.Errorf("reading: %w", fs.ErrNotExist), 3, "reading", "未能完成", "check the name", "请检查名称"},
		{fmt.Errorf("reading: %w", fs.ErrPermission), 3, "reading", "未能完成", "owner", "所有者"},
		{fmt.Errorf("examining: %w", context.Canceled), 4, "interrupted", "已中断", "goes on from there", "继续"},
		{usage(checks.Text{En: "what", Zh: "何事"}, checks.Text{En: "do", Zh: "怎么办"}), 2, "what", "何事", "do", "怎么办"},
		{outcome(exitWork), 1, "", "", "", ""},
		{errors.Join(outcome(exitPartial)), 4, "", "", "", ""},
		{nil, 0, "", "", "", ""},
	} {
		for _, lang := range []string{"en", "zh"} {
			var out, said bytes.Buffer
			p := &program{streams: streams{out: &out, err: &said}, lang: lang}
			what, hint := c.en, c.hint
			if lang == "zh" {
				what, hint = c.zh, c.hintZh
			}
			if got := p.report(c.err); got != c.code {
				t.Errorf("%v: exit code %d, want %d", c.err, got, c.code)
			}
			text := said.String()
			if !strings.Contains(text, what) || !strings.Contains(text, hint) || what == "" && text != "" || out.Len() > 0 {
				t.Errorf("%v in %s: said %q, want %q and %q on standard error", c.err, lang, text, what, hint)
			}
		}
	}
}

// A desk that a later Dossier has written to is left alone, and the remedy said.
func TestADeskOfALaterDossierIsLeftAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "desk")
	say := func(args ...string) (int, string) {
		var said bytes.Buffer
		code := run(context.Background(), append(args, "--desk", dir), streams{in: strings.NewReader(""), out: &said, err: &said}, func(string) string { return "" })
		return code, said.String()
	}
	if code, text := say("new", "a"); code != exitPass {
		t.Fatal(text)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"status"}, {"new", "b"}, {"batch", dir}, {"watch"}, {"doctor"}, {"purge", "a", "--yes"}} {
		if code, text := say(args...); code != exitFault || !strings.Contains(text, "newer version of Dossier") || !strings.Contains(text, "--desk") {
			t.Errorf("%v: exit code %d, %q", args, code, text)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "inbox", "a", "answers.yaml")); err != nil {
		t.Error(err)
	}
}

// The rows of a summary stand in the order of the folders, whatever order the cases get done
// in; a later row takes the place of an earlier one of the same case, and none is lost when some
// never come.
func TestRowsKeepTheOrderOfTheFolders(t *testing.T) {
	r, err := newRows("en")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{2, 0, -1, 1, 5, 4, 0} { // 3 never comes, 0 comes twice
		name := fmt.Sprintf("case %d of %d", n, len(r.placed))
		err := r.put(n, func(csv *report.CSV) error { return csv.Problem(name, checks.Text{En: "why", Zh: "原因"}) })
		if err != nil {
			t.Fatal(err)
		}
	}
	var text bytes.Buffer
	if err := r.writeTo(&text); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(text.String()) {
		first, _, _ := strings.Cut(line, ",")
		got = append(got, first)
	}
	want := []string{"\ufeffcase", "case 0 of 5", "case 1 of 2", "case 2 of 0", "case 4 of 4", "case 5 of 3", "case -1 of 2"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Words for every reason and verdict there is.
func TestEveryWordIsThere(t *testing.T) {
	for _, v := range []pipeline.Verdict{pipeline.VerdictPass, pipeline.VerdictReview, pipeline.VerdictFail} {
		if w := (&program{lang: "zh"}).verdictWord(v); !chinese(w) {
			t.Errorf("%s: %q", v, w)
		}
	}
	for _, r := range []pipeline.IgnoreReason{pipeline.IgnoreSymlink, pipeline.IgnoreDevice, pipeline.IgnoreHidden, pipeline.IgnoreTemporary, pipeline.IgnoreSystem,
		pipeline.IgnoreUnreadable, pipeline.IgnoreUnsettled, pipeline.IgnoreTooLarge, pipeline.IgnoreTooDeep, pipeline.IgnoreMisplaced} {
		if w := ignoreWord(r); !chinese(w.Zh) || w.En == "" {
			t.Errorf("%s: %q", r, w)
		}
	}
}
